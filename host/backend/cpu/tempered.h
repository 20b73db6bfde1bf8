/*
 * Thresholds of lanes that each have a temperature of their own (pt), exactly as threshold.h has
 * them for one: shifts by lane, and in 16 bits, where there are none, a second product:
 * (e m >> 16) >> k = (e m >> 16) 2^(16 - k) >> 16.
 */
#ifndef TAUT_BACKEND_CPU_TEMPERED_H
#define TAUT_BACKEND_CPU_TEMPERED_H

#include <stdbool.h>

#include "backend/cpu/threshold.h"

typedef struct {
	uint32_t m[TAUT_LANES] TAUT_ALIGNED(64);
	uint32_t right[TAUT_LANES] TAUT_ALIGNED(64);
	uint32_t left[TAUT_LANES] TAUT_ALIGNED(64);
	int32_t  cap[TAUT_LANES] TAUT_ALIGNED(64);
	uint16_t narrow_m[TAUT_LANES] TAUT_ALIGNED(64);
	uint16_t factor[TAUT_LANES] TAUT_ALIGNED(64);
	bool     hot;        /* some lane needs its cap */
	bool     narrow_hot; /* some lane has s <= 16 */
} taut_cpu_scales;

static inline void taut_cpu_scales_of(taut_cpu_scales *out, const taut_temperature *t,
                                      taut_machine_rule rule)
{
	out->hot = out->narrow_hot = false;
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		taut_cpu_scale one = taut_cpu_scale_of(t[l], rule);

		if (t[l].m == 0)
			one = (taut_cpu_scale){0, 31, 0, 0};
		out->m[l] = one.m;
		out->right[l] = (uint32_t)one.right;
		out->left[l] = (uint32_t)one.left;
		out->cap[l] = one.right ? INT32_MAX : one.cap;
		out->narrow_m[l] = (uint16_t)one.m;
		out->factor[l] = (uint16_t)(one.right > 16 ? 1u << (32 - one.right) : 0);
		out->hot |= one.right == 0;
		out->narrow_hot |= one.right <= 16;
	}
}

/* Of register v. */
static inline vec_32 tempered_metropolis(uvec_32 e, const taut_cpu_scales *scales, uint32_t v)
{
	const uint32_t at = v * WIDTH_32;
	uvec_32 t = e * (uvec_32)load_32(scales->m + at) >> (uvec_32)load_32(scales->right + at);

	if (scales->hot) {
		const uvec_32 cap = (uvec_32)load_32(scales->cap + at);
		const uvec_32 over = (uvec_32)(t > cap);

		t = ((t & ~over) | (cap & over)) << (uvec_32)load_32(scales->left + at);
	}
	return (vec_32)t;
}

static inline vec_32 tempered_heatbath(vec_32 h, const taut_cpu_scales *scales, uint32_t v)
{
	const uint32_t at = v * WIDTH_32;
	vec_32         t = h * load_32(scales->m + at) >> load_32(scales->right + at);

	if (scales->hot) {
		const vec_32 cap = load_32(scales->cap + at);
		const vec_32 over = t > cap;
		const vec_32 under = t < -cap;

		t = (t & ~over & ~under) | (cap & over) | (-cap & under);
		t = (vec_32)((uvec_32)t << (uvec_32)load_32(scales->left + at));
	}
	return t;
}

/* Metropolis; saturated. */
static inline vec_16 tempered_16(const uint16_t *draw, const taut_cpu_scales *scales, uint32_t v)
{
	const uint32_t at = v * WIDTH_16;
	uint16_t       t[WIDTH_16];

	if (!scales->narrow_hot)
		return (vec_16)high_products_16(
			high_products_16(load_16(draw), load_16(scales->narrow_m + at)),
			load_16(scales->factor + at));
	for (uint32_t l = 0; l < WIDTH_16; l++) {
		const uint32_t wide =
			(uint32_t)draw[l] * scales->m[at + l] >> scales->right[at + l];

		t[l] = (uint16_t)(wide < INT16_MAX ? wide : INT16_MAX);
	}
	return (vec_16)load_16(t);
}

static inline vec_8 tempered_8(const uint16_t *draw, const taut_cpu_scales *scales, uint32_t v)
{
	return pack_8(tempered_16(draw, scales, 2 * v),
	              tempered_16(draw + WIDTH_16, scales, 2 * v + 1));
}

#endif
