/*
 * The 64 lanes of a group as vectors: what the bodies of the loops use. A file that includes this
 * has defined VECTOR_BYTES, the width of a native register; where an instruction set does something
 * better than the compiler's vector types can say, it is asked for by name.
 */
#ifndef TAUT_BACKEND_CPU_LANES_H
#define TAUT_BACKEND_CPU_LANES_H

#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "hls/abi/machine.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

enum {
	WIDTH_8 = VECTOR_BYTES, /* lanes of 8 bits in a register */
	WIDTH_16 = VECTOR_BYTES / 2,
	WIDTH_32 = VECTOR_BYTES / 4,
	COUNT_8 = TAUT_LANES / WIDTH_8, /* registers for the 64 lanes */
	COUNT_16 = TAUT_LANES / WIDTH_16,
	COUNT_32 = TAUT_LANES / WIDTH_32
};

typedef int8_t vec_8     TAUT_VECTOR(VECTOR_BYTES);
typedef uint8_t uvec_8   TAUT_VECTOR(VECTOR_BYTES);
typedef int16_t vec_16   TAUT_VECTOR(VECTOR_BYTES);
typedef uint16_t uvec_16 TAUT_VECTOR(VECTOR_BYTES);
typedef int32_t vec_32   TAUT_VECTOR(VECTOR_BYTES);
typedef uint32_t uvec_32 TAUT_VECTOR(VECTOR_BYTES);

static inline uvec_16 load_16(const uint16_t *from)
{
	uvec_16 x;

	memcpy(&x, from, sizeof x);
	return x;
}

/* 16 bits to 32, unsigned (uint16) and signed (int16). */
static inline uvec_32 widen_unsigned(const uint16_t *from)
{
#if VECTOR_BYTES == 64
	return (uvec_32)_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)from));
#elif VECTOR_BYTES == 32
	return (uvec_32)_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)from));
#else
	return (uvec_32){from[0], from[1], from[2], from[3]};
#endif
}

static inline vec_32 widen_signed(const int16_t *from)
{
#if VECTOR_BYTES == 64
	return (vec_32)_mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)from));
#elif VECTOR_BYTES == 32
	return (vec_32)_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)from));
#else
	return (vec_32){from[0], from[1], from[2], from[3]};
#endif
}

/* Register v of the lanes of a word of bits: -1 where the bit is 1, else 0. */
static inline vec_32 expand_32(uint64_t bits, uint32_t v)
{
	const uint64_t own = bits >> (v * WIDTH_32);
#if VECTOR_BYTES == 64
	return (vec_32)_mm512_movm_epi32((__mmask16)own);
#else
#if VECTOR_BYTES == 32
	const uvec_32 place = {1, 2, 4, 8, 16, 32, 64, 128};
#else
	const uvec_32 place = {1, 2, 4, 8};
#endif
	return ((place & (uint32_t)own) == place);
#endif
}

/* The bits of WIDTH_32 lanes where change <= threshold. */
static inline uint64_t accepted_32(vec_32 change, vec_32 threshold)
{
#if VECTOR_BYTES == 64
	return _mm512_cmple_epi32_mask((__m512i)change, (__m512i)threshold);
#else
	const vec_32 yes = change <= threshold;
#if VECTOR_BYTES == 32
	return (uint32_t)_mm256_movemask_ps((__m256)yes);
#elif defined(__SSE2__)
	return (uint32_t)_mm_movemask_ps((__m128)yes);
#else
	return (uint64_t)((yes[0] & 1) | (yes[1] & 2) | (yes[2] & 4) | (yes[3] & 8));
#endif
#endif
}

static inline vec_32 load_32(const void *from)
{
	vec_32 x;

	memcpy(&x, from, sizeof x);
	return x;
}

/* from[index[k]] */
static inline vec_32 gather_32(const void *from, vec_32 index)
{
#if VECTOR_BYTES == 64
	return (vec_32)_mm512_i32gather_epi32((__m512i)index, from, 4);
#elif VECTOR_BYTES == 32
	return (vec_32)_mm256_i32gather_epi32(from, (__m256i)index, 4);
#else
	const int32_t *const x = from;

	return (vec_32){x[index[0]], x[index[1]], x[index[2]], x[index[3]]};
#endif
}

static inline vec_16 expand_16(uint64_t bits, uint32_t v)
{
	const uint64_t own = bits >> (v * WIDTH_16);
#if VECTOR_BYTES == 64
	return (vec_16)_mm512_movm_epi16((__mmask32)own);
#else
#if VECTOR_BYTES == 32
	const uvec_16 place = {1,       1 << 1,  1 << 2,  1 << 3, 1 << 4,  1 << 5,
	                       1 << 6,  1 << 7,  1 << 8,  1 << 9, 1 << 10, 1 << 11,
	                       1 << 12, 1 << 13, 1 << 14, 1 << 15};
#else
	const uvec_16 place = {1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7};
#endif
	return ((place & (uint16_t)own) == place);
#endif
}

static inline vec_8 expand_8(uint64_t bits, uint32_t v)
{
	const uint64_t own = bits >> (v * (WIDTH_8 % 64));
#if VECTOR_BYTES == 64
	return (vec_8)_mm512_movm_epi8(own);
#else
	typedef uint64_t wide TAUT_VECTOR(VECTOR_BYTES);

	/* the bits' bytes eight times each */
	const uvec_8 place = (uvec_8)((wide){0} + 0x8040201008040201u);
#if VECTOR_BYTES == 32
	const wide   from = {0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303};
	const uvec_8 bytes =
		(uvec_8)_mm256_shuffle_epi8(_mm256_set1_epi32((int)own), (__m256i)from);
#else
	const wide    repeated = {(own & 255) * 0x0101010101010101u,
	                          (own >> 8 & 255) * 0x0101010101010101u};
	const uvec_8  bytes = (uvec_8)repeated;
#endif
	return ((place & bytes) == place);
#endif
}

/* 16 bits to 8, saturated: the lanes of a, then those of b. */
static inline vec_8 pack_8(vec_16 a, vec_16 b)
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

/* The highest bits of WIDTH_8 lanes. */
static inline uint64_t signs_8(vec_8 x)
{
#if VECTOR_BYTES == 64
	return _mm512_movepi8_mask((__m512i)x);
#elif VECTOR_BYTES == 32
	return (uint32_t)_mm256_movemask_epi8((__m256i)x);
#elif defined(__SSE2__)
	return (uint32_t)_mm_movemask_epi8((__m128i)x);
#else
	uint64_t out = 0;

	for (uint32_t l = 0; l < WIDTH_8; l++)
		out |= (uint64_t)(x[l] < 0) << l;
	return out;
#endif
}

static inline uint64_t accepted_16(vec_16 change, vec_16 threshold)
{
#if VECTOR_BYTES == 64
	const __mmask32 yes = _mm512_cmple_epi16_mask((__m512i)change, (__m512i)threshold);
	uint32_t        out;

	/* said in full: GCC 12 -O1 stores 32 bits of a mask that it widens and loads 64 */
	__asm__("kmovd %1, %0" : "=r"(out) : "k"(yes));
	return out;
#elif VECTOR_BYTES == 32
	const __m256i yes = (__m256i)(change <= threshold);
	const __m128i packed =
		_mm_packs_epi16(_mm256_castsi256_si128(yes), _mm256_extracti128_si256(yes, 1));

	return (uint32_t)_mm_movemask_epi8(packed);
#else
	return signs_8(pack_8(change <= threshold, (vec_16){0}));
#endif
}

static inline uint64_t accepted_8(vec_8 change, vec_8 threshold)
{
#if VECTOR_BYTES == 64
	return _mm512_cmple_epi8_mask((__m512i)change, (__m512i)threshold);
#else
	return signs_8(change <= threshold);
#endif
}

/* a * b >> 16, unsigned and signed */
static inline uvec_16 high_products_16(uvec_16 a, uvec_16 b)
{
#if VECTOR_BYTES == 64
	return (uvec_16)_mm512_mulhi_epu16((__m512i)a, (__m512i)b);
#elif VECTOR_BYTES == 32
	return (uvec_16)_mm256_mulhi_epu16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
	return (uvec_16)_mm_mulhi_epu16((__m128i)a, (__m128i)b);
#else
	for (uint32_t l = 0; l < WIDTH_16; l++)
		a[l] = (uint16_t)((uint32_t)a[l] * b[l] >> 16);
	return a;
#endif
}

static inline vec_16 high_products_signed_16(vec_16 a, vec_16 b)
{
#if VECTOR_BYTES == 64
	return (vec_16)_mm512_mulhi_epi16((__m512i)a, (__m512i)b);
#elif VECTOR_BYTES == 32
	return (vec_16)_mm256_mulhi_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
	return (vec_16)_mm_mulhi_epi16((__m128i)a, (__m128i)b);
#else
	for (uint32_t l = 0; l < WIDTH_16; l++)
		a[l] = (int16_t)((int32_t)a[l] * b[l] >> 16);
	return a;
#endif
}

static inline uvec_16 high_product_16(uvec_16 a, uint16_t b)
{
	return high_products_16(a, (uvec_16){0} + b);
}

static inline vec_16 saturated_sum_16(vec_16 a, vec_16 b)
{
#if VECTOR_BYTES == 64
	return (vec_16)_mm512_adds_epi16((__m512i)a, (__m512i)b);
#elif VECTOR_BYTES == 32
	return (vec_16)_mm256_adds_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
	return (vec_16)_mm_adds_epi16((__m128i)a, (__m128i)b);
#else
	for (uint32_t l = 0; l < WIDTH_16; l++) {
		const int32_t sum = a[l] + b[l];

		a[l] = (int16_t)(sum > INT16_MAX ? INT16_MAX : sum < INT16_MIN ? INT16_MIN : sum);
	}
	return a;
#endif
}

#endif
