/*
 * What a formulation emits: a quadratic form to be MINIMISED, exact, in integers with one common binary exponent:
 *
 *   value(x) = 2^-fraction_bits * (offset + sum_i linear_i x_i + sum_{i<j} coef_ij x_i x_j)
 *
 * in units of the model's 10^-decimals (a maximisation is turned round), or flow x distance over one permutation. Beside
 * the couplings there may be terms over activities (terms.h).
 */
#ifndef TAUT_QUBO_QUBO_H
#define TAUT_QUBO_QUBO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/matrix.h"
#include "base/status.h"
#include "qubo/terms.h"

#define TAUT_QUBO_UNGROUPED UINT32_MAX

/* Couplings that a form is expanded to, at most: each takes about 130 bytes at the peak of a solve, together 2 GB. */
#define TAUT_QUBO_COUPLINGS_MAX 15000000

typedef struct taut_qubo {
	uint32_t  n; /* variables; of a permutation problem its length squared */
	int32_t   fraction_bits;
	int64_t   offset;
	int64_t  *linear; /* [n] */
	/* symmetric CSR, each pair stands twice and counts once; sorted, no zeros, no diagonal */
	size_t   *row;  /* [n + 1] */
	uint32_t *col;  /* [row[n]] */
	int64_t  *coef; /* [row[n]] */
	/* in place of them, which are then empty: coef_ij = dense_factor * entry(i, j). Shared, or NULL. */
	const taut_matrix *dense;
	int64_t            dense_factor;
	taut_terms *terms; /* beside couplings one by one, or NULL; never with groups */
	uint32_t *group; /* [n] one-hot groups kept by exchange moves, or NULL */
	uint32_t  n_groups;
	/* permutation problems: everything above but n, fraction_bits and offset is then empty */
	uint32_t permutation_n; /* 0: not a permutation problem */
	int64_t *flow;          /* [permutation_n][permutation_n] */
	int64_t *distance;      /* [permutation_n][permutation_n] */
} taut_qubo;

void taut_qubo_free(taut_qubo *qubo); /* accepts NULL */

/* The couplings of variable i, not of a permutation problem. */
static inline taut_coupling_row taut_qubo_couplings(const taut_qubo *q, uint32_t i)
{
	if (q->dense)
		return (taut_coupling_row){.count = q->n,
					   .entry = taut_matrix_row(q->dense, i),
					   .factor = q->dense_factor};
	return (taut_coupling_row){.count = q->row[i + 1] - q->row[i],
				   .col = q->col + q->row[i],
				   .coef = q->coef + q->row[i]};
}

/* The same form with all couplings one by one, those of a matrix and of square terms; the caller frees *out. ELIMIT
 * above 2^26 dense couplings, TAUT_QUBO_COUPLINGS_MAX of square terms, and of excess terms, which have no couplings; EINPUT on overflow, ENOMEM. On failure *out is
 * NULL. */
taut_status taut_qubo_expand(taut_qubo **out, const taut_qubo *qubo, taut_error *err) TAUT_MUST_CHECK;

/* Value of x ([n] of 0/1), without the exponent. EINPUT on overflow. */
taut_status taut_qubo_energy(int64_t *out, const taut_qubo *qubo, const uint8_t *x, taut_error *err)
	TAUT_MUST_CHECK;

/* Collects terms; repeats add up. */
typedef struct taut_qubo_builder taut_qubo_builder;

taut_status taut_qubo_builder_new(taut_qubo_builder **out, uint32_t n, int32_t fraction_bits, taut_error *err)
	TAUT_MUST_CHECK;
void        taut_qubo_builder_free(taut_qubo_builder *builder); /* accepts NULL */
taut_status taut_qubo_add_offset(taut_qubo_builder *b, int64_t value, taut_error *err) TAUT_MUST_CHECK;
/* The builder looks at ctx (counted work between looks), which outlives it. Once that has stopped, couplings are no
 * longer taken and finish hands over nothing. */
void        taut_qubo_builder_watch(taut_qubo_builder *b, const taut_ctx *ctx);
/* i == j is linear. */
taut_status taut_qubo_add_pair(taut_qubo_builder *b, uint32_t i, uint32_t j, int64_t value, taut_error *err)
	TAUT_MUST_CHECK;
/* All couplings at once: factor * entry(i, j) for i < j; n rows. The matrix is shared. Never together with other
 * couplings. */
void taut_qubo_set_dense(taut_qubo_builder *b, const taut_matrix *matrix, int64_t factor);
/* weight * (sum_k coef[k] x[col[k]] - target)^2, expanded exactly with x^2 = x; distinct columns. */
taut_status taut_qubo_add_square(taut_qubo_builder *b, int64_t weight, const uint32_t *col, const int64_t *coef,
				 size_t count, int64_t target, taut_error *err) TAUT_MUST_CHECK;
/* weight * sum_{k<l} coef[k] coef[l] x[col[k]] x[col[l]]: of twice the weight the couplings of that square alone. */
taut_status taut_qubo_add_products(taut_qubo_builder *b, int64_t weight, const uint32_t *col, const int64_t *coef,
				   size_t count, taut_error *err) TAUT_MUST_CHECK;
/* The same square with its couplings kept as a term. Columns ascend. ELIMIT where a coefficient leaves 32 bits. */
taut_status taut_qubo_keep_square(taut_qubo_builder *b, int64_t weight, const uint32_t *col, const int64_t *coef,
				  size_t count, int64_t target, taut_error *err) TAUT_MUST_CHECK;
/* weight * max(0, sum_k coef[k] x[col[k]] - limit), weight > 0, as a term. Columns ascend. ELIMIT where a coefficient
 * leaves 32 bits or an activity 61. */
taut_status taut_qubo_add_excess(taut_qubo_builder *b, int64_t weight, const uint32_t *col, const int64_t *coef,
				 size_t count, int64_t limit, taut_error *err) TAUT_MUST_CHECK;
/* Sorts, merges, and hands over; the builder is then empty. EINPUT on overflow, ENOMEM. With OK *out is NULL where a
 * watched ctx stopped it. */
taut_status taut_qubo_builder_finish(taut_qubo **out, taut_qubo_builder *b, taut_error *err) TAUT_MUST_CHECK;

#endif
