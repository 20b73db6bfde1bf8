/* What the loops over dense couplings (dense_body.h) need of an instruction set beyond lanes.h:
 * dot products of bytes, population counts, widening, transposition. */
#ifndef TAUT_BACKEND_CPU_DENSE_LANES_H
#define TAUT_BACKEND_CPU_DENSE_LANES_H

#include "backend/cpu/lanes.h"

enum {
	COUNT_64 = TAUT_LANES * 8 / VECTOR_BYTES, /* registers for 64 lanes of 64 bits */
	COLUMNS_16 = 64 / WIDTH_16,               /* registers for 64 columns of 16 bits */
	COLUMNS_8 = 64 / VECTOR_BYTES
};

typedef int8_t vec_8     TAUT_VECTOR(VECTOR_BYTES);
typedef uint8_t uvec_8   TAUT_VECTOR(VECTOR_BYTES);
typedef uint64_t uvec_64 TAUT_VECTOR(VECTOR_BYTES);

/*
 * Dot products of four bytes a lane, unsigned u <= 2 by signed. Without VNNI in 16 bits by pairs:
 * 128 steps of u <= 1, TAUT_DENSE_COLUMNS columns, stay within 128 * 2 * 127 < 2^15.
 */
#ifdef __AVX512VNNI__
typedef vec_32 dots;

static inline dots dots_add(dots sum, uvec_32 u, int32_t four)
{
	return (dots)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)u, _mm512_set1_epi32(four));
}

static inline uvec_32 dots_total(dots sum)
{
	return (uvec_32)sum;
}
#else
typedef vec_16 dots;

static inline dots dots_add(dots sum, uvec_32 u, int32_t four)
{
#if VECTOR_BYTES == 64
	return sum + (dots)_mm512_maddubs_epi16((__m512i)u, _mm512_set1_epi32(four));
#elif VECTOR_BYTES == 32
	return sum + (dots)_mm256_maddubs_epi16((__m256i)u, _mm256_set1_epi32(four));
#else
	const uint32_t q = (uint32_t)four;
	const vec_16   even = (vec_16)((uvec_32){0} + q);
	const vec_16   bytes = (vec_16)u;

	return sum + (bytes & 255) * ((vec_16)((uvec_16)even << 8) >> 8) +
	       (bytes >> 8) * (even >> 8);
#endif
}

static inline uvec_32 dots_total(dots sum)
{
#if VECTOR_BYTES == 64
	return (uvec_32)_mm512_madd_epi16((__m512i)sum, _mm512_set1_epi16(1));
#elif VECTOR_BYTES == 32
	return (uvec_32)_mm256_madd_epi16((__m256i)sum, _mm256_set1_epi16(1));
#else
	return (uvec_32)(((vec_32)((uvec_32)sum << 16) >> 16) + ((vec_32)sum >> 16));
#endif
}
#endif

/* Population counts: counts_of gives them for parts of a word that may be added COUNTS times before
 * counts_total makes them one for each word of 64 bits. */
#ifdef __AVX512VPOPCNTDQ__
enum { COUNTS = 1 << 30 };

static inline uvec_64 counts_of(uvec_64 x)
{
	return (uvec_64)_mm512_popcnt_epi64((__m512i)x);
}

static inline uvec_64 counts_total(uvec_64 counts)
{
	return counts;
}
#else
enum { COUNTS = 31 }; /* of at most 8 in a byte */

#if VECTOR_BYTES > 16
/* By tables of 16 (Mula, Kurz & Lemire 2018). */
static inline uvec_64 counts_of(uvec_64 x)
{
	const uvec_64 low = (uvec_64){0} + 0x0F0F0F0F0F0F0F0Fu;
	const __m128i of_16 = _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
#if VECTOR_BYTES == 64
	const __m512i table = _mm512_broadcast_i32x4(of_16);
	const __m512i a = _mm512_shuffle_epi8(table, (__m512i)(x & low));
	const __m512i b = _mm512_shuffle_epi8(table, (__m512i)(x >> 4 & low));

	return (uvec_64)_mm512_add_epi8(a, b);
#else
	const __m256i table = _mm256_broadcastsi128_si256(of_16);
	const __m256i a = _mm256_shuffle_epi8(table, (__m256i)(x & low));
	const __m256i b = _mm256_shuffle_epi8(table, (__m256i)(x >> 4 & low));

	return (uvec_64)_mm256_add_epi8(a, b);
#endif
}

static inline uvec_64 counts_total(uvec_64 counts)
{
#if VECTOR_BYTES == 64
	return (uvec_64)_mm512_sad_epu8((__m512i)counts, _mm512_setzero_si512());
#else
	return (uvec_64)_mm256_sad_epu8((__m256i)counts, _mm256_setzero_si256());
#endif
}
#else
/* In pairs, fours and bytes of bits (Warren, Hacker's Delight, section 5-1). */
static inline uvec_64 counts_of(uvec_64 x)
{
	x -= x >> 1 & 0x5555555555555555u;
	x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
	return (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
}

static inline uvec_64 counts_total(uvec_64 counts)
{
	counts = (counts & 0x00FF00FF00FF00FFu) + (counts >> 8 & 0x00FF00FF00FF00FFu);
	counts += counts >> 16;
	return (counts + (counts >> 32)) & 0xFFFFu;
}
#endif
#endif

/* x + y in the lanes of register v whose bits are 1. */
static inline uvec_32 add_where(uvec_32 x, uint64_t bits, uint32_t v, uvec_32 y)
{
#if VECTOR_BYTES == 64
	return (uvec_32)_mm512_mask_add_epi32((__m512i)x, (__mmask16)(bits >> (v * WIDTH_32)),
	                                      (__m512i)x, (__m512i)y);
#else
	return x + (y & (uvec_32)expand_32(bits, v));
#endif
}

static inline uvec_32 minimum_unsigned(uvec_32 x, uvec_32 y)
{
#if VECTOR_BYTES == 64
	return (uvec_32)_mm512_min_epu32((__m512i)x, (__m512i)y);
#elif VECTOR_BYTES == 32
	return (uvec_32)_mm256_min_epu32((__m256i)x, (__m256i)y);
#else
	const uvec_32 below = (uvec_32)(x < y);

	return (x & below) | (y & ~below);
#endif
}

/* x within -cap and cap. */
static inline vec_32 within(vec_32 x, vec_32 cap)
{
#if VECTOR_BYTES == 64
	const __m512i low = _mm512_max_epi32((__m512i)x, (__m512i)-cap);

	return (vec_32)_mm512_min_epi32(low, (__m512i)cap);
#else
	const vec_32 over = x > cap;
	const vec_32 under = x < -cap;

	return (x & ~over & ~under) | (cap & over) | (-cap & under);
#endif
}

/* Asks for the cache line at p, soon but not at once. */
static inline void prefetch(const void *p)
{
	__builtin_prefetch(p, 0, 2);
}

/* Register v of consecutive bytes, widened to 16 bits. */
static inline uvec_16 widen_8(const int8_t *from, uint32_t v)
{
#if VECTOR_BYTES == 64
	return (uvec_16)_mm512_cvtepi8_epi16(((const __m256i *)from)[v]);
#elif VECTOR_BYTES == 32
	return (uvec_16)_mm256_cvtepi8_epi16(((const __m128i *)from)[v]);
#else
	uvec_16 x;

	for (uint32_t k = 0; k < WIDTH_16; k++)
		x[k] = (uint16_t)from[v * WIDTH_16 + k];
	return x;
#endif
}

/* Register v of consecutive 16 bits, widened to 32. */
static inline uvec_32 widen_16(const uvec_16 *from, uint32_t v)
{
	return (uvec_32)widen_signed((const int16_t *)from + v * WIDTH_32);
}

/* to[j][i] = from[i][j], 64 by 64. */
static inline void transpose_32(int32_t *to, const int32_t *from)
{
#if VECTOR_BYTES == 64
	for (uint32_t i = 0; i < 64; i += 16)
		for (uint32_t j = 0; j < 64; j += 16) {
			__m512i a[16];
			__m512i b[16];

			for (uint32_t k = 0; k < 16; k++)
				a[k] = _mm512_load_si512(from + (i + k) * 64 + j);
			/* of every 128 bits: pairs, fours; then the 128 bits themselves */
			for (uint32_t k = 0; k < 16; k += 2) {
				b[k] = _mm512_unpacklo_epi32(a[k], a[k + 1]);
				b[k + 1] = _mm512_unpackhi_epi32(a[k], a[k + 1]);
			}
			for (uint32_t k = 0; k < 16; k += 4) {
				a[k] = _mm512_unpacklo_epi64(b[k], b[k + 2]);
				a[k + 1] = _mm512_unpackhi_epi64(b[k], b[k + 2]);
				a[k + 2] = _mm512_unpacklo_epi64(b[k + 1], b[k + 3]);
				a[k + 3] = _mm512_unpackhi_epi64(b[k + 1], b[k + 3]);
			}
			for (uint32_t k = 0; k < 4; k++) {
				b[k] = _mm512_shuffle_i32x4(a[k], a[k + 4], 0x88);
				b[k + 4] = _mm512_shuffle_i32x4(a[k], a[k + 4], 0xDD);
				b[k + 8] = _mm512_shuffle_i32x4(a[k + 8], a[k + 12], 0x88);
				b[k + 12] = _mm512_shuffle_i32x4(a[k + 8], a[k + 12], 0xDD);
			}
			for (uint32_t k = 0; k < 8; k++) {
				a[k] = _mm512_shuffle_i32x4(b[k], b[k + 8], 0x88);
				a[k + 8] = _mm512_shuffle_i32x4(b[k], b[k + 8], 0xDD);
			}
			for (uint32_t k = 0; k < 16; k++)
				_mm512_store_si512(to + (j + k) * 64 + i, a[k]);
		}
#else
	/* a cache line of both at a time */
	for (uint32_t i = 0; i < 64; i += 16)
		for (uint32_t j = 0; j < 64; j += 16)
			for (uint32_t k = 0; k < 16; k++)
				for (uint32_t l = 0; l < 16; l++)
					to[(j + l) * 64 + i + k] = from[(i + k) * 64 + j + l];
#endif
}

#endif
