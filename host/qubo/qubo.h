/*
 * What a formulation emits: a quadratic form to be MINIMISED, exact, in integers with one common binary exponent:
 *
 *   value(x) = 2^-fraction_bits * (offset + sum_i linear_i x_i + sum_{i<j} coef_ij x_i x_j)
 *
 * in units of the model's 10^-decimals (a maximisation is turned round), or flow x distance over one permutation.
 */
#ifndef TAUT_QUBO_QUBO_H
#define TAUT_QUBO_QUBO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TAUT_QUBO_UNGROUPED UINT32_MAX

typedef struct taut_qubo {
	uint32_t  n; /* variables; of a permutation problem its length squared */
	int32_t   fraction_bits;
	int64_t   offset;
	int64_t  *linear; /* [n] */
	/* symmetric CSR, each pair stands twice and counts once; sorted, no zeros, no diagonal */
	size_t   *row;  /* [n + 1] */
	uint32_t *col;  /* [row[n]] */
	int64_t  *coef; /* [row[n]] */
	uint32_t *group; /* [n] one-hot groups kept by exchange moves, or NULL */
	uint32_t  n_groups;
	/* permutation problems: everything above but n, fraction_bits and offset is then empty */
	uint32_t permutation_n; /* 0: not a permutation problem */
	int64_t *flow;          /* [permutation_n][permutation_n] */
	int64_t *distance;      /* [permutation_n][permutation_n] */
} taut_qubo;

void taut_qubo_free(taut_qubo *qubo); /* accepts NULL */

/* Value of x ([n] of 0/1), without the exponent. EINPUT on overflow. */
taut_status taut_qubo_energy(int64_t *out, const taut_qubo *qubo, const uint8_t *x, taut_error *err)
	TAUT_MUST_CHECK;

/* Collects terms; repeats add up. */
typedef struct taut_qubo_builder taut_qubo_builder;

taut_status taut_qubo_builder_new(taut_qubo_builder **out, uint32_t n, int32_t fraction_bits, taut_error *err)
	TAUT_MUST_CHECK;
void        taut_qubo_builder_free(taut_qubo_builder *builder); /* accepts NULL */
taut_status taut_qubo_add_offset(taut_qubo_builder *b, int64_t value, taut_error *err) TAUT_MUST_CHECK;
/* i == j is linear. */
taut_status taut_qubo_add_pair(taut_qubo_builder *b, uint32_t i, uint32_t j, int64_t value, taut_error *err)
	TAUT_MUST_CHECK;
/* weight * (sum_k coef[k] x[col[k]] - target)^2, expanded exactly with x^2 = x; distinct columns. */
taut_status taut_qubo_add_square(taut_qubo_builder *b, int64_t weight, const uint32_t *col, const int64_t *coef,
				 size_t count, int64_t target, taut_error *err) TAUT_MUST_CHECK;
/* Sorts, merges, and hands over; the builder is then empty. EINPUT on overflow, ENOMEM. */
taut_status taut_qubo_builder_finish(taut_qubo **out, taut_qubo_builder *b, taut_error *err) TAUT_MUST_CHECK;

#endif
