/*
 * The 64 lanes of a group in 8 and 16 bits, and their thresholds: taut_machine_threshold for a
 * temperature that all lanes share, times 2^-shift and saturated at 16 bits, which decides alike
 * where changes are narrower.
 *
 * With s that of the machine plus shift, above 16: Metropolis e m >> s = (e m >> 16) >> (s - 16),
 * with e m
 * >> 16 < 48263, and 0 from s = 32 on. Heat bath 2 h m >> s = (h m >> 16) >> (s - 17) with |h| <=
 * 24131, and the sign alone from s = 32 on. Hotter ones, where s <= 16, are computed lane by lane.
 */
#ifndef TAUT_BACKEND_CPU_NARROW_H
#define TAUT_BACKEND_CPU_NARROW_H

#include <stdbool.h>

#include "backend/cpu/lanes.h"

typedef struct {
	taut_machine_rule rule;
	bool              hot; /* s <= 16 */
	taut_temperature  t;   /* s with the shift */
	uint16_t          m;
	int               right;
} narrow_scale;

static inline narrow_scale narrow_scale_of(taut_temperature t, taut_machine_rule rule, int shift)
{
	const int    s = t.s + shift;
	narrow_scale scale = {rule, t.m && s <= 16, t, t.m, 0};

	scale.t.s = (int16_t)s;
	if (scale.hot || !t.m)
		return scale;
	if (rule == TAUT_RULE_HEATBATH) {
		scale.right = s > 32 ? 15 : s - 17;
	} else {
		scale.right = s > 31 ? 0 : s - 16;
		scale.m = s > 31 ? 0 : t.m;
	}
	return scale;
}

/* h m >> 16 with m unsigned: h (m - 2^16) >> 16 falls short by h. */
static inline vec_16 narrow_signed_product(vec_16 h, uint16_t m)
{
	const vec_16 product = high_products_signed_16(h, (vec_16){0} + (int16_t)m);

	return m >> 15 ? (vec_16)(product + h) : product;
}

static vec_16 narrow_hot(const uint16_t *draw, const narrow_scale *scale)
{
	vec_16 out;

	for (uint32_t l = 0; l < WIDTH_16; l++) {
		const int32_t e = taut_machine_noise(draw, scale->rule, l);
		const int64_t t = taut_machine_threshold(e, scale->t, 0);

		out[l] = (int16_t)(t > INT16_MAX ? INT16_MAX : t < INT16_MIN ? INT16_MIN : t);
	}
	return out;
}

/* Thresholds of the WIDTH_16 draws from there on. */
static inline vec_16 narrow_threshold(const uint16_t *draw, const narrow_scale *scale)
{
	if (scale->hot)
		return narrow_hot(draw, scale);
	if (scale->rule == TAUT_RULE_HEATBATH)
		return narrow_signed_product((vec_16)load_16(draw), scale->m) >> scale->right;
	return (vec_16)(high_product_16(load_16(draw), scale->m) >> scale->right);
}

static inline vec_16 narrow_clamp(vec_16 x, int16_t low, int16_t high)
{
#if VECTOR_BYTES == 64
	return (vec_16)_mm512_max_epi16(_mm512_min_epi16((__m512i)x, _mm512_set1_epi16(high)),
	                                _mm512_set1_epi16(low));
#elif VECTOR_BYTES == 32
	return (vec_16)_mm256_max_epi16(_mm256_min_epi16((__m256i)x, _mm256_set1_epi16(high)),
	                                _mm256_set1_epi16(low));
#else
	const vec_16 over = x > high;
	const vec_16 under = x < low;

	return (x & ~over & ~under) | (((vec_16){0} + high) & over) | (((vec_16){0} + low) & under);
#endif
}

/* The same of the WIDTH_8 draws from there on, saturated at 8 bits. */
static inline vec_8 narrow_threshold_8(const uint16_t *draw, const narrow_scale *scale)
{
	return pack_8(narrow_threshold(draw, scale), narrow_threshold(draw + WIDTH_16, scale));
}

#endif
