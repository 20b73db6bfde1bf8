/*
 * taut_anneal: one word of couplings meets the spins of all lanes. Columns of the window's
 * variables, whose spins may still be on their way to memory, are left out and their coefficients
 * kept (late).
 *
 * SPARSE: the 8 columns' words of lanes are read, and every lane adds the coefficients of its ones.
 * DENSE*: the word is 16 units of 32 sign bits or bits of coefficients, each with its block of 32
 * variables; a lane's share is the population count of both:
 *
 *   kind      units            block            share
 *   DENSE1    u                16 at + u        -2 count(x & unit)
 *   DENSE8    u = 8 h + bit    2 at + h         +-2^bit count(x & unit)
 *   DENSE16   u = 8 h + bit    at               +-2^(8 h + bit) count(x & unit)
 *
 * DENSE1 is the coefficient 1 between all variables, which the lane's number of ones gives, less 2
 * where the sign bit is set: what is gathered here is the second part.
 */
#ifndef TAUT_HLS_KERNEL_ANNEAL_GATHER_H
#define TAUT_HLS_KERNEL_ANNEAL_GATHER_H

#include "hls/kernel/anneal.h"

enum { UNITS = 16 };

/* Groups that gather in a step. */
enum { GATHERS = (TAUT_KERNEL_GROUPS + TAUT_ANNEAL_PASSES - 1) / TAUT_ANNEAL_PASSES };

/* A word made ready for the lanes. */
typedef struct {
	uint32_t mask[UNITS];
	uint32_t block[UNITS];
} units;

/* The lowest k bits of 32. */
static inline uint32_t below(int32_t k)
{
	return k <= 0 ? 0 : k >= 32 ? UINT32_MAX : ((uint32_t)1 << k) - 1;
}

/* The columns of a block of 32 that count now: below n, not in the window of row t, not t. */
static uint32_t counting(uint32_t block, uint32_t t, uint32_t n)
{
	const int32_t first = (int32_t)(32 * block);
	const int32_t row = (int32_t)t;

	return below((int32_t)n - first) &
	       ~(below(row + 1 - first) & ~below(row - TAUT_KERNEL_WINDOW - first));
}

/* Bit p of the word's 64 bytes, for every p: rows and columns of 8 blocks of 8 by 8 bits change
 * places. */
static void byte_planes(uint64_t plane[8], const taut_word *word)
{
plane_clear:
	for (uint32_t p = 0; p < 8; p++) {
		TAUT_UNROLL
		plane[p] = 0;
	}
plane_blocks:
	for (uint32_t k = 0; k < 8; k++) {
		TAUT_UNROLL
		uint64_t x = word->v[k];
		uint64_t y;

		y = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAu;
		x ^= y ^ (y << 7);
		y = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCu;
		x ^= y ^ (y << 14);
		y = (x ^ (x >> 28)) & 0x00000000F0F0F0F0u;
		x ^= y ^ (y << 28);
	plane_bytes:
		for (uint32_t p = 0; p < 8; p++) {
			TAUT_UNROLL
			plane[p] |= ((x >> (8 * p)) & 255) << (8 * k);
		}
	}
}

/* Even bits to the low half, odd bits to the high half. */
static uint64_t unshuffle(uint64_t x)
{
	uint64_t y;

	y = (x ^ (x >> 1)) & 0x2222222222222222u;
	x ^= y ^ (y << 1);
	y = (x ^ (x >> 2)) & 0x0C0C0C0C0C0C0C0Cu;
	x ^= y ^ (y << 2);
	y = (x ^ (x >> 4)) & 0x00F000F000F000F0u;
	x ^= y ^ (y << 4);
	y = (x ^ (x >> 8)) & 0x0000FF000000FF00u;
	x ^= y ^ (y << 8);
	y = (x ^ (x >> 16)) & 0x00000000FFFF0000u;
	return x ^ y ^ (y << 16);
}

static void units_of(units *out, const taut_anneal_plan *plan, uint32_t t, const taut_word *word,
                     uint32_t at)
{
	uint64_t plane[8];

	TAUT_INLINE
	TAUT_PARTITION(plane, 1)
	byte_planes(plane, word);
unit_masks:
	for (uint32_t u = 0; u < UNITS; u++) {
		TAUT_UNROLL
		const uint32_t half = u >> 3;
		const uint64_t bits =
			plan->kind == TAUT_KIND_DENSE16 ? unshuffle(plane[u & 7]) : plane[u & 7];
		uint32_t unit = (uint32_t)(bits >> (32 * half));
		uint32_t block = plan->kind == TAUT_KIND_DENSE8 ? 2 * at + half : at;

		if (plan->kind == TAUT_KIND_DENSE1) {
			unit = (uint32_t)(word->v[u >> 1] >> (32 * (u & 1)));
			block = 16 * at + u;
		}
		out->mask[u] = unit & counting(block, t, plan->n);
		out->block[u] = block;
	}
}

/* A lane's sum of a half's eight counts, weighted 1 (shift 0) or by powers of 2, the highest
 * perhaps negative. */
static inline uint32_t weigh(uint32_t ones[8][TAUT_KERNEL_LANES], uint32_t l, uint32_t shift,
                             uint32_t negative)
{
	const uint32_t top = (ones[7][l] ^ (0u - negative)) + negative;
	const uint32_t a = ones[0][l] + (ones[1][l] << shift);
	const uint32_t b = ones[2][l] + (ones[3][l] << shift);
	const uint32_t c = ones[4][l] + (ones[5][l] << shift);
	const uint32_t d = ones[6][l] + (top << shift);

	return (a + (b << (2 * shift))) + ((c + (d << (2 * shift))) << (4 * shift));
}

static void gather_group(taut_anneal_chip *chip, uint32_t kind, const units *w, uint32_t g)
{
	const uint32_t shift = kind == TAUT_KIND_DENSE1 ? 0 : 1;
	const uint32_t low_negative = kind == TAUT_KIND_DENSE8;
	const uint32_t high = kind == TAUT_KIND_DENSE16 ? 8 : 0;
	uint32_t       ones[UNITS][TAUT_KERNEL_LANES];

	TAUT_INLINE
	TAUT_PARTITION(ones, 0)
dense_units:
	for (uint32_t u = 0; u < UNITS; u++) {
		TAUT_UNROLL
		const uint32_t mask = w->mask[u];
		const uint32_t block = w->block[u];

	dense_counts:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			ones[u][l] = taut_anneal_count(chip->halves[g][block][l] & mask);
		}
	}
dense_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint32_t share = weigh(ones, l, shift, low_negative) +
		                       (weigh(ones + 8, l, shift, shift) << high);

		chip->row.sum[g][l] += kind == TAUT_KIND_DENSE1 ? 0u - 2 * share : share;
	}
}

/* Groups g = pass, pass + TAUT_ANNEAL_PASSES, ..: a step's. */
static void gather_dense(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                         const taut_word *word, uint32_t at, uint32_t pass)
{
	units w;

	TAUT_INLINE
	TAUT_PARTITION(w.mask, 1)
	TAUT_PARTITION(w.block, 1)
	units_of(&w, plan, chip->row.t, word, at);
dense_groups:
	for (uint32_t k = 0; k < GATHERS; k++) {
		TAUT_UNROLL
		const uint32_t g = TAUT_ANNEAL_PASSES * k + pass;

		if (g < plan->groups)
			gather_group(chip, plan->kind, &w, g);
	}
}

/* As the shares count it. */
static int32_t coefficient(uint32_t kind, const taut_word *word, uint32_t k)
{
	if (kind == TAUT_KIND_DENSE1)
		return ((word->v[(k >> 6) & 7] >> (k & 63)) & 1) ? -2 : 0;
	if (kind == TAUT_KIND_DENSE8)
		return (int8_t)(uint8_t)(word->v[(k >> 3) & 7] >> (8 * (k & 7)));
	return (int16_t)(uint16_t)(word->v[(k >> 2) & 7] >> (16 * (k & 3)));
}

static void late_dense(taut_anneal_chip *chip, const taut_anneal_plan *plan, const taut_word *word,
                       uint32_t at)
{
	const uint32_t bits = plan->kind == TAUT_KIND_DENSE1   ? 9
	                      : plan->kind == TAUT_KIND_DENSE8 ? 6
	                                                       : 5;

late_columns:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		const uint32_t column =
			chip->row.t + k - TAUT_KERNEL_WINDOW; /* before the first: huge */

		if (column < chip->row.t && column >> bits == at)
			chip->row.late[k] = (uint32_t)coefficient(plan->kind, word,
			                                          column & ((1u << bits) - 1));
	}
}

static void gather_sparse(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                          const taut_word *word, uint32_t pass)
{
	static const uint32_t bit_of[32] = {
		1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
		1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
		1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
		1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31};
	uint32_t column[8];
	uint32_t coef[8];

	TAUT_PARTITION(column, 1)
	TAUT_PARTITION(coef, 1)
sparse_items:
	for (uint32_t k = 0; k < 8; k++) {
		TAUT_UNROLL
		const uint32_t late = (uint32_t)word->v[k] + TAUT_KERNEL_WINDOW - chip->row.t;

		column[k] = (uint32_t)word->v[k];
		coef[k] = (uint32_t)(word->v[k] >> 32);
		if (late < TAUT_KERNEL_WINDOW) {
			if (pass == 0)
				chip->row.late[late] += coef[k]; /* a row ends on (0, 0) */
			coef[k] = 0;
		}
	}
sparse_groups:
	for (uint32_t i = 0; i < GATHERS; i++) {
		TAUT_UNROLL
		const uint32_t g = TAUT_ANNEAL_PASSES * i + pass;

		if (g >= plan->groups)
			continue;
	sparse_halves:
		for (uint32_t h = 0; h < (TAUT_KERNEL_LANES + 31) / 32; h++) {
			TAUT_UNROLL
			uint32_t x[8];

		sparse_columns:
			for (uint32_t k = 0; k < 8; k++) {
				TAUT_UNROLL
				x[k] = (uint32_t)(chip->spins[g][column[k]] >> (32 * h));
			}
		sparse_lanes:
			for (uint32_t l = 0; l < TAUT_KERNEL_LANES && l < 32; l++) {
				TAUT_UNROLL
				uint32_t add = 0;

			sparse_sum:
				for (uint32_t k = 0; k < 8; k++) {
					TAUT_UNROLL
					add += (x[k] & bit_of[l]) ? coef[k] : 0;
				}
				chip->row.sum[g][32 * h + l] += add;
			}
		}
	}
}

/* Word number `at` of row chip->row.t, for the groups of the pass. */
static void taut_anneal_gather(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                               const taut_word *word, uint32_t at, uint32_t pass)
{
	TAUT_INLINE
	if (plan->kind == TAUT_KIND_SPARSE) {
		gather_sparse(chip, plan, word, pass);
	} else {
		late_dense(chip, plan, word, at);
		gather_dense(chip, plan, word, at, pass);
	}
}

#endif
