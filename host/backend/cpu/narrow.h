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

enum {
	WIDTH_8 = VECTOR_BYTES,        /* lanes of 8 bits in a register */
	COUNT_8 = TAUT_LANES / WIDTH_8 /* registers for the 64 lanes */
};

typedef int8_t vec_8   TAUT_VECTOR(VECTOR_BYTES);
typedef uint8_t uvec_8 TAUT_VECTOR(VECTOR_BYTES);

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
	narrow_scale scale = {rule, s <= 16, t, t.m, 0};

	scale.t.s = (int16_t)s;
	if (scale.hot)
		return scale;
	if (rule == TAUT_RULE_HEATBATH) {
		scale.right = s > 32 ? 15 : s - 17;
	} else {
		scale.right = s > 31 ? 0 : s - 16;
		scale.m = s > 31 ? 0 : t.m;
	}
	return scale;
}

/* e m >> 16 */
static inline uvec_16 narrow_product(uvec_16 e, uint16_t m)
{
#if VECTOR_BYTES == 64
	return (uvec_16)_mm512_mulhi_epu16((__m512i)e, _mm512_set1_epi16((short)m));
#elif VECTOR_BYTES == 32
	return (uvec_16)_mm256_mulhi_epu16((__m256i)e, _mm256_set1_epi16((short)m));
#elif defined(__SSE2__)
	return (uvec_16)_mm_mulhi_epu16((__m128i)e, _mm_set1_epi16((short)m));
#else
	for (uint32_t l = 0; l < WIDTH_16; l++)
		e[l] = (uint16_t)((uint32_t)e[l] * m >> 16);
	return e;
#endif
}

/* h m >> 16 with m unsigned: h (m - 2^16) >> 16 falls short by h. */
static inline vec_16 narrow_signed_product(vec_16 h, uint16_t m)
{
	const vec_16 short_by = m >> 15 ? h : (vec_16){0};
#if VECTOR_BYTES == 64
	return (vec_16)_mm512_mulhi_epi16((__m512i)h, _mm512_set1_epi16((short)m)) + short_by;
#elif VECTOR_BYTES == 32
	return (vec_16)_mm256_mulhi_epi16((__m256i)h, _mm256_set1_epi16((short)m)) + short_by;
#elif defined(__SSE2__)
	return (vec_16)_mm_mulhi_epi16((__m128i)h, _mm_set1_epi16((short)m)) + short_by;
#else
	(void)short_by;
	for (uint32_t l = 0; l < WIDTH_16; l++)
		h[l] = (int16_t)((int32_t)h[l] * m >> 16);
	return h;
#endif
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
	return (vec_16)(narrow_product(load_16(draw), scale->m) >> scale->right);
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

/* 16 bits to 8, saturated: the lanes of a, then those of b. */
static inline vec_8 narrow_pack(vec_16 a, vec_16 b)
{
#if VECTOR_BYTES == 64
	return (vec_8)_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7),
	                                       _mm512_packs_epi16((__m512i)a, (__m512i)b));
#elif VECTOR_BYTES == 32
	return (vec_8)_mm256_permute4x64_epi64(_mm256_packs_epi16((__m256i)a, (__m256i)b), 0xD8);
#elif defined(__SSE2__)
	return (vec_8)_mm_packs_epi16((__m128i)a, (__m128i)b);
#else
	vec_8 out;

	for (uint32_t l = 0; l < WIDTH_16; l++) {
		out[l] = (int8_t)(a[l] > 127 ? 127 : a[l] < -128 ? -128 : a[l]);
		out[l + WIDTH_16] = (int8_t)(b[l] > 127 ? 127 : b[l] < -128 ? -128 : b[l]);
	}
	return out;
#endif
}

/* The highest bits of the 64 lanes. */
static inline uint64_t narrow_signs(const vec_8 *x)
{
	uint64_t out = 0;

	for (uint32_t v = 0; v < COUNT_8; v++) {
#if VECTOR_BYTES == 64
		out = _mm512_movepi8_mask((__m512i)x[v]);
#elif VECTOR_BYTES == 32
		out |= (uint64_t)(uint32_t)_mm256_movemask_epi8((__m256i)x[v]) << (32 * v);
#elif defined(__SSE2__)
		out |= (uint64_t)(uint32_t)_mm_movemask_epi8((__m128i)x[v]) << (16 * v);
#else
		for (uint32_t l = 0; l < WIDTH_8; l++)
			out |= (uint64_t)(x[v][l] < 0) << (WIDTH_8 * v + l);
#endif
	}
	return out;
}

#endif
