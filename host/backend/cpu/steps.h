/*
 * Flips of a variable as its neighbours see them, for fields of 8, 16 and 32 bits: field + q dx, dx
 * being 1 in the lanes of `up`, -1 in those of `down` and 0 elsewhere. With masks that is an
 * addition and a subtraction; without, a product.
 */
#ifndef TAUT_BACKEND_CPU_STEPS_H
#define TAUT_BACKEND_CPU_STEPS_H

#include "backend/cpu/lanes.h"

#if VECTOR_BYTES == 64

typedef struct {
	uint64_t up, down;
} step_8, step_16, step_32;

#define TAUT_STEPS(bits, mask)                                                                    \
	static inline step_##bits step_of_##bits(uint64_t up, uint64_t down)                      \
	{                                                                                         \
		return (step_##bits){up, down};                                                   \
	}                                                                                         \
                                                                                                  \
	static inline vec_##bits stepped_##bits(vec_##bits field, int##bits##_t q,                \
	                                        const step_##bits *step, uint32_t v)              \
	{                                                                                         \
		const __m512i all = _mm512_set1_epi##bits(q);                                     \
		const mask    up = (mask)(step->up >> (v * WIDTH_##bits % 64));                   \
		const mask    down = (mask)(step->down >> (v * WIDTH_##bits % 64));               \
		const __m512i sum =                                                               \
			_mm512_mask_add_epi##bits((__m512i)field, up, (__m512i)field, all);       \
                                                                                                  \
		return (vec_##bits)_mm512_mask_sub_epi##bits(sum, down, sum, all);                \
	}                                                                                         \
                                                                                                  \
	/* x where the lane's bit is 0, -x where it is 1 */                                       \
	static inline vec_##bits turned_##bits(vec_##bits x, uint64_t lanes, uint32_t v)          \
	{                                                                                         \
		const mask own = (mask)(lanes >> (v * WIDTH_##bits % 64));                        \
                                                                                                  \
		return (vec_##bits)_mm512_mask_sub_epi##bits((__m512i)x, own,                     \
		                                             _mm512_setzero_si512(), (__m512i)x); \
	}

TAUT_STEPS(8, __mmask64)
TAUT_STEPS(16, __mmask32)
TAUT_STEPS(32, __mmask16)

#else

static inline vec_8 product_8(vec_8 q, vec_8 dx)
{
#if VECTOR_BYTES == 32
	return (vec_8)_mm256_sign_epi8((__m256i)q, (__m256i)dx);
#else
	return (vec_8)((uvec_8)(q & (vec_8)(dx > 0)) - (uvec_8)(q & (vec_8)(dx < 0)));
#endif
}

static inline vec_16 product_16(vec_16 q, vec_16 dx)
{
	return (vec_16)((uvec_16)q * (uvec_16)dx);
}

static inline vec_32 product_32(vec_32 q, vec_32 dx)
{
	return (vec_32)((uvec_32)q * (uvec_32)dx);
}

#define TAUT_STEPS(bits)                                                                 \
	typedef struct {                                                                 \
		vec_##bits dx[COUNT_##bits];                                             \
	} step_##bits;                                                                   \
                                                                                         \
	static inline step_##bits step_of_##bits(uint64_t up, uint64_t down)             \
	{                                                                                \
		step_##bits step;                                                        \
                                                                                         \
		for (uint32_t v = 0; v < COUNT_##bits; v++)                              \
			step.dx[v] = expand_##bits(down, v) - expand_##bits(up, v);      \
		return step;                                                             \
	}                                                                                \
                                                                                         \
	static inline vec_##bits stepped_##bits(vec_##bits field, int##bits##_t q,       \
	                                        const step_##bits *step, uint32_t v)     \
	{                                                                                \
		const vec_##bits all = (vec_##bits){0} + q;                              \
                                                                                         \
		return (vec_##bits)((uvec_##bits)field +                                 \
		                    (uvec_##bits)product_##bits(all, step->dx[v]));      \
	}                                                                                \
                                                                                         \
	/* x where the lane's bit is 0, -x where it is 1 */                              \
	static inline vec_##bits turned_##bits(vec_##bits x, uint64_t lanes, uint32_t v) \
	{                                                                                \
		const vec_##bits one = expand_##bits(lanes, v);                          \
                                                                                         \
		return (x ^ one) - one;                                                  \
	}

TAUT_STEPS(8)
TAUT_STEPS(16)
TAUT_STEPS(32)

#endif
#endif
