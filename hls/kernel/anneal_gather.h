/*
 * taut_anneal: one part of a word of couplings meets the spins of all lanes. Columns of the
 * window's variables, whose spins may still be on their way to memory, are left out and their
 * coefficients kept (late).
 *
 * SPARSE: a part is 4 pairs. The columns' words of lanes are read, and every lane adds the
 * coefficients of its ones.
 * DENSE*: a part is two halves of 32 digits of 9 bits, each half with its block of 32 variables; a
 * lane adds the digits of its ones:
 *
 *   kind      parts  digits of half h                        block
 *   DENSE1    8      +-1, columns 512 at + 64 part + 32 h..  16 at + 2 part + h
 *   DENSE8    1      coefficients of columns 64 at + 32 h..  2 at + h
 *   DENSE16   1      bytes h of columns 32 at.., the low     at
 *                    byte without, the high one with a sign
 */
#ifndef TAUT_HLS_KERNEL_ANNEAL_GATHER_H
#define TAUT_HLS_KERNEL_ANNEAL_GATHER_H

#include "hls/kernel/anneal.h"

enum { PAIRS = 4 }; /* of a part */

/* A part of a dense word made ready for the lanes. */
typedef struct {
	int16_t  digit[64]; /* 0 where the column does not count now */
	uint32_t pair;      /* of blocks */
	uint32_t bank[2];   /* of the pair: each half's block */
	uint32_t shift;     /* of the second half's sum */
	int      first; /* the row's variable is the first of its block, which is in this pair */
} digits;

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

/* Digit k of a part. */
static inline int16_t digit_of(uint32_t kind, const taut_word *word, uint32_t part, uint32_t k)
{
	const uint32_t low = (uint32_t)(word->v[(k >> 2) & 7] >> (16 * (k & 3)));

	if (kind == TAUT_KIND_DENSE1)
		return ((word->v[part] >> k) & 1) ? -1 : 1;
	if (kind == TAUT_KIND_DENSE8)
		return (int8_t)(uint8_t)(word->v[k >> 3] >> (8 * (k & 7)));
	return k < 32 ? (int16_t)(low & 255) : (int8_t)(uint8_t)(low >> 8);
}

static void digits_of(digits *out, const taut_anneal_plan *plan, uint32_t t, const taut_word *word,
                      uint32_t at, uint32_t part)
{
	uint32_t counts[2];

	TAUT_INLINE
	TAUT_PARTITION(counts, 1)
	out->pair = plan->kind == TAUT_KIND_DENSE1    ? 8 * at + part
	            : plan->kind == TAUT_KIND_DENSE16 ? at >> 1
	                                              : at;
	out->shift = plan->kind == TAUT_KIND_DENSE16 ? 8 : 0;
	out->first = (t & 31) == 0 && t >> 6 == out->pair;
digit_halves:
	for (uint32_t h = 0; h < 2; h++) {
		TAUT_UNROLL
		out->bank[h] = plan->kind == TAUT_KIND_DENSE16 ? at & 1 : h;
		counts[h] = counting(2 * out->pair + out->bank[h], t, plan->n);
	}
digit_columns:
	for (uint32_t k = 0; k < 64; k++) {
		TAUT_UNROLL
		out->digit[k] = ((counts[k >> 5] >> (k & 31)) & 1)
		                        ? digit_of(plan->kind, word, part, k)
		                        : 0;
	}
}

/* One group: a lane's digits are added within 16 bits, 32 of them a half; a tree of adders that the
 * tool balances. */
static void gather_group(taut_anneal_chip *chip, const digits *d, uint32_t t, uint32_t k,
                         uint32_t pass)
{
	const uint32_t at = TAUT_ANNEAL_PAIRS * pass + d->pair;
	uint16_t       x[4][TAUT_KERNEL_LANES]; /* 16 columns each */
	int16_t        sum[2][TAUT_KERNEL_LANES];

	TAUT_INLINE
	TAUT_PARTITION(x, 0)
	TAUT_PARTITION(sum, 0)
dense_blocks:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint32_t even = chip->blocks[k][0][at][l];
		const uint32_t odd = chip->blocks[k][1][at][l];
		const uint32_t low = d->bank[0] ? odd : even;
		const uint32_t high = d->bank[1] ? odd : even;

		x[0][l] = (uint16_t)low;
		x[1][l] = (uint16_t)(low >> 16);
		x[2][l] = (uint16_t)high;
		x[3][l] = (uint16_t)(high >> 16);
		sum[0][l] = 0;
		sum[1][l] = 0;
		if (d->first)
			chip->next[k][pass][l] = (t & 32) ? odd : even;
	}
dense_columns:
	for (uint32_t c = 0; c < 64; c++) {
		TAUT_UNROLL
		const uint16_t bit = (uint16_t)(1u << (c & 15));
		const int16_t  digit = d->digit[c];

	dense_digits:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			sum[c >> 5][l] =
				(int16_t)(sum[c >> 5][l] + ((x[c >> 4][l] & bit) ? digit : 0));
		}
	}
dense_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		chip->row.sum[TAUT_ANNEAL_PASSES * k + pass][l] +=
			(uint32_t)sum[0][l] + ((uint32_t)sum[1][l] << d->shift);
	}
}

/* Groups g = pass, pass + TAUT_ANNEAL_PASSES, ..: a step's. */
static void gather_dense(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                         const taut_word *word)
{
	digits d;

	TAUT_INLINE
	TAUT_PARTITION(d.digit, 1)
	TAUT_PARTITION(d.bank, 1)
	digits_of(&d, plan, chip->row.t, word, chip->row.at, chip->row.part);
dense_groups:
	for (uint32_t k = 0; k < TAUT_ANNEAL_GATHERS; k++) {
		TAUT_UNROLL
		if (TAUT_ANNEAL_PASSES * k + chip->row.pass < plan->launch.groups)
			gather_group(chip, &d, chip->row.t, k, chip->row.pass);
	}
}

static int32_t coefficient(uint32_t kind, const taut_word *word, uint32_t k)
{
	if (kind == TAUT_KIND_DENSE1)
		return ((word->v[(k >> 6) & 7] >> (k & 63)) & 1) ? -1 : 1;
	if (kind == TAUT_KIND_DENSE8)
		return (int8_t)(uint8_t)(word->v[(k >> 3) & 7] >> (8 * (k & 7)));
	return (int16_t)(uint16_t)(word->v[(k >> 2) & 7] >> (16 * (k & 3)));
}

static void late_dense(taut_anneal_chip *chip, const taut_anneal_plan *plan, const taut_word *word)
{
	const uint32_t bits = plan->kind == TAUT_KIND_DENSE1   ? 9
	                      : plan->kind == TAUT_KIND_DENSE8 ? 6
	                                                       : 5;

late_columns:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		const uint32_t column =
			chip->row.t + k - TAUT_KERNEL_WINDOW; /* before the first: huge */

		if (column < chip->row.t && column >> bits == chip->row.at)
			chip->row.late[k] = (uint32_t)coefficient(plan->kind, word,
			                                          column & ((1u << bits) - 1));
	}
}

static void gather_sparse(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                          const taut_word *word)
{
	static const uint32_t bit_of[32] = {
		1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
		1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
		1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
		1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31};
	const uint32_t pass = chip->row.pass;
	uint32_t       column[PAIRS];
	uint32_t       coef[PAIRS];

	TAUT_PARTITION(column, 1)
	TAUT_PARTITION(coef, 1)
sparse_items:
	for (uint32_t k = 0; k < PAIRS; k++) {
		TAUT_UNROLL
		const uint64_t item = word->v[PAIRS * chip->row.part + k];
		const uint32_t late = (uint32_t)item + TAUT_KERNEL_WINDOW - chip->row.t;

		column[k] = (uint32_t)item;
		coef[k] = (uint32_t)(item >> 32);
		if (late < TAUT_KERNEL_WINDOW) {
			if (pass == 0)
				chip->row.late[late] += coef[k]; /* a row ends on (0, 0) */
			coef[k] = 0;
		}
	}
sparse_groups:
	for (uint32_t i = 0; i < TAUT_ANNEAL_GATHERS; i++) {
		TAUT_UNROLL
		const uint32_t g = TAUT_ANNEAL_PASSES * i + pass;

		if (g >= plan->launch.groups)
			continue;
	sparse_halves:
		for (uint32_t h = 0; h < (TAUT_KERNEL_LANES + 31) / 32; h++) {
			TAUT_UNROLL
			uint32_t x[PAIRS];

		sparse_columns:
			for (uint32_t k = 0; k < PAIRS; k++) {
				TAUT_UNROLL
				x[k] = (uint32_t)(chip->spins[g][column[k]] >> (32 * h));
			}
		sparse_lanes:
			for (uint32_t l = 0; l < TAUT_KERNEL_LANES && l < 32; l++) {
				TAUT_UNROLL
				uint32_t add = 0;

			sparse_sum:
				for (uint32_t k = 0; k < PAIRS; k++) {
					TAUT_UNROLL
					add += (x[k] & bit_of[l]) ? coef[k] : 0;
				}
				chip->row.sum[g][32 * h + l] += add;
			}
		}
	}
}

/* The part of the word under way of row chip->row.t, for the groups of the pass. */
static void taut_anneal_gather(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                               const taut_word *word)
{
	TAUT_INLINE
	if (plan->kind == TAUT_KIND_SPARSE) {
		gather_sparse(chip, plan, word);
	} else {
		late_dense(chip, plan, word);
		gather_dense(chip, plan, word);
	}
}

#endif
