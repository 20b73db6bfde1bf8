/*
 * The constrained binary quadratic model, exact:
 *
 *   min or max   offset + sum_i c_i x_i + sum_{i<j} q_ij x_i x_j            plain terms
 *                + sum_f weight_f (a_f x - b_f)^2  or  weight_f |a_f x - b_f|    linear forms
 *                + sum_{a,b} F_ab D_{p(a)p(b)}                               flow x distance
 *   subject to   lo_k <= a_k x <= hi_k,  x_u x_v = 0 for conflicts,  x in {0,1}^n
 *
 * All numbers are int64. Objective numbers are in units of 10^-decimals; each row is in units of its own
 * 10^-decimals. Groups and permutation blocks are rows with a tag, so that any formulation may treat
 * them as plain rows. A model is built once (taut_model_new, add..., taut_model_finish) and read-only after.
 */
#ifndef TAUT_MODEL_MODEL_H
#define TAUT_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/names.h"
#include "base/status.h"

#define TAUT_NO_LIMIT_LO INT64_MIN /* lo of a row without a lower limit */
#define TAUT_NO_LIMIT_HI INT64_MAX /* hi of a row without an upper limit */
#define TAUT_NO_GROUP UINT32_MAX

typedef enum {
	TAUT_ROW_LINEAR,     /* any row */
	TAUT_ROW_ONE_HOT,    /* sum of distinct variables = 1 */
	TAUT_ROW_AT_MOST_ONE /* sum of distinct variables <= 1 */
} taut_row_tag;

typedef enum {
	TAUT_FORM_SQUARE, /* weight * (a x - b)^2 */
	TAUT_FORM_ABS     /* weight * |a x - b|; formulations anneal its square instead */
} taut_form_kind;

/* Which repair, local search and bound an answer gets; tables keyed by it stand in answer and bound. */
typedef enum {
	TAUT_STRUCTURE_GENERIC,     /* any rows: weighted constraint walk */
	TAUT_STRUCTURE_FREE,        /* no rows, no conflicts, no forms: every bitstring is feasible */
	TAUT_STRUCTURE_KNAPSACK,    /* maximise, c >= 0, rows a x <= b with a, b >= 0 only, no plain quadratic terms */
	TAUT_STRUCTURE_INDEPENDENT, /* maximise, c >= 0, conflicts only */
	TAUT_STRUCTURE_ASSIGNMENT,  /* one permutation block over all variables, flow x distance objective (qap) */
	TAUT_STRUCTURE_TOUR,        /* the same with cyclic flow: a closed tour (tsp) */
	TAUT_STRUCTURE_DEVIATION    /* no rows; objective is a sum of forms (market_share) */
} taut_structure;

typedef struct {
	size_t       first, count; /* slice of row_col and row_coef */
	int64_t      lo, hi;       /* in units of 10^-decimals */
	int32_t      decimals;
	taut_row_tag tag;
	int64_t      shift; /* what a report adds to activity and limits: lower bounds of integers; < 2^61 in size */
	char        *name; /* NULL: unnamed; owned */
} taut_row;

typedef struct {
	taut_form_kind kind;
	int64_t        weight; /* objective units per unit of the form (per squared unit for SQUARE) */
	size_t         first, count; /* slice of form_col and form_coef */
	int64_t        target;       /* b */
	char          *name;         /* NULL: unnamed; owned */
} taut_form;

/*
 * Variables x[first + a * n + l] = 1 iff p(a) = l form a permutation of n; its 2n one-hot rows are ordinary rows of
 * the model. flow and distance give the objective's factored term, NULL where it has none.
 */
typedef struct {
	uint32_t first;
	uint32_t n;        /* 0: the model has no permutation block */
	int64_t *flow;     /* [n][n] */
	int64_t *distance; /* [n][n] */
} taut_permutation;

/* A whole number that bits of the model say: lo + the sum of bit_weight over its bits that are 1. */
typedef struct {
	char    *name; /* owned */
	int64_t  lo;
	uint32_t first, count; /* variables [first, first + count) */
} taut_integer;

typedef struct taut_model {
	taut_family    family;
	taut_structure structure;
	char          *name; /* owned */
	uint32_t       n;    /* variables */
	char         **variable_name; /* [n] or NULL; owned */

	bool     maximise;
	int32_t  decimals; /* of every objective number */
	int64_t  offset;
	int64_t *linear; /* [n] */
	/* plain quadratic terms, symmetric CSR: each pair stands as (i,j) and (j,i) and counts once; rows sorted
	 * by column, no zeros, no diagonal */
	size_t   *quad_row;  /* [n + 1] */
	uint32_t *quad_col;  /* [quad_row[n]] */
	int64_t  *quad_coef; /* [quad_row[n]] */
	/* in place of them, which are then empty: q_ij = dense_factor * entry(i, j); such a model has nothing
	 * else but offset and linear terms. Shared, or NULL. */
	const taut_matrix *dense;
	int64_t            dense_factor;

	uint32_t   n_forms;
	taut_form *forms;
	uint32_t  *form_col;
	int64_t   *form_coef;

	uint32_t  n_rows;
	taut_row *rows;
	uint32_t *row_col;  /* sorted within a row, no repeats, no zeros */
	int64_t  *row_coef;
	/* the same entries by variable: entry e of variable i, column_first[i] <= e < column_first[i + 1] */
	size_t   *column_first; /* [n + 1] */
	uint32_t *column_row;
	int64_t  *column_coef;

	/* conflicts, symmetric CSR: each pair stands twice and counts once; rows sorted */
	size_t    n_conflicts;
	size_t   *conflict_row; /* [n + 1] */
	uint32_t *conflict_col; /* [2 n_conflicts] */

	/* one-hot rows that do not overlap: group_of[i] is the row's index or TAUT_NO_GROUP; a permutation block's
	 * first n rows (one per a) are taken. For exchange moves. */
	uint32_t *group_of; /* [n] */

	taut_permutation permutation;

	/* what the problem calls integers; for those who say an answer, no arithmetic looks at them */
	uint32_t      n_integers;
	taut_integer *integers;
	int64_t       integer_weight; /* most that a bit of them weighs, as asked; 0: any */
	int64_t      *bit_weight; /* [n], 0 for a variable of no integer; NULL where there are none */

	struct taut_model_draft *draft; /* only before taut_model_finish */
} taut_model;

/* A new model of n variables without terms. The caller frees. ENOMEM. On failure *out is NULL. */
taut_status taut_model_new(taut_model **out, taut_family family, const char *name, uint32_t n, bool maximise,
			   int32_t decimals, taut_error *err) TAUT_MUST_CHECK;
void taut_model_free(taut_model *model); /* accepts NULL */

/* Building, before taut_model_finish. Repeated terms add up. EINPUT on overflow, ENOMEM. i == j in add_term
 * is linear. Column arrays of rows and forms are copied; repeated columns add up. A tagged row must have distinct
 * variables, coefficients 1, hi 1, no decimals, and lo 1 (one-hot) or <= 0 (at most one: stored as no limit). */
taut_status taut_model_add_offset(taut_model *m, int64_t value, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_model_add_term(taut_model *m, uint32_t i, uint32_t j, int64_t value, taut_error *err)
	TAUT_MUST_CHECK;
/* All plain quadratic terms at once: factor * entry(i, j) for i < j; n rows. The matrix is shared. Nothing but
 * offset and linear terms goes with it. */
void        taut_model_set_dense(taut_model *m, const taut_matrix *matrix, int64_t factor);
taut_status taut_model_add_form(taut_model *m, taut_form_kind kind, int64_t weight, const uint32_t *col,
				const int64_t *coef, size_t count, int64_t target, const char *name,
				taut_error *err) TAUT_MUST_CHECK;
taut_status taut_model_add_row(taut_model *m, taut_row_tag tag, const uint32_t *col, const int64_t *coef,
			       size_t count, int64_t lo, int64_t hi, int32_t decimals, const char *name,
			       taut_error *err) TAUT_MUST_CHECK;
taut_status taut_model_add_conflict(taut_model *m, uint32_t u, uint32_t v, taut_error *err) TAUT_MUST_CHECK;
/* Adds the block over variables [0, n * n) and its 2n one-hot rows; flow and distance ([n][n]) are copied. */
taut_status taut_model_set_permutation(taut_model *m, uint32_t n, const int64_t *flow,
				       const int64_t *distance, taut_error *err) TAUT_MUST_CHECK;

/* Sorts and merges, builds the adjacency, and proves that no objective value, activity or form can leave
 * int64 for any x (EINPUT otherwise), so that evaluation needs no checks. */
taut_status taut_model_finish(taut_model *m, taut_error *err) TAUT_MUST_CHECK;

/* The quadratic terms of variable i, of a finished model: each pair stands in both rows and counts once. */
static inline taut_coupling_row taut_model_couplings(const taut_model *m, uint32_t i)
{
	if (m->dense)
		return (taut_coupling_row){.count = m->n,
					   .entry = taut_matrix_row(m->dense, i),
					   .factor = m->dense_factor};
	return (taut_coupling_row){.count = m->quad_row[i + 1] - m->quad_row[i],
				   .col = m->quad_col + m->quad_row[i],
				   .coef = m->quad_coef + m->quad_row[i]};
}

/* True when there are quadratic terms, forms and permutations aside. */
static inline bool taut_model_is_coupled(const taut_model *m)
{
	return m->dense != NULL || m->quad_row[m->n] > 0;
}

#endif
