/*
 * A linear relaxation in exact integers, and what its prices prove.
 *
 *   gain x,   lo_k <= A_k x <= hi_k,   0 <= x_j <= most_j
 *
 * gain is the model's objective, negated where it is minimised, so that it is to be large. The first columns are the model's
 * variables; products may follow, each a column that is x_i x_j in every answer. The first rows are the model's; cuts may
 * follow, each a row that every feasible answer of the model keeps. Whoever adds a column or a row owes the proof of that.
 *
 * Proof obligation. For any numbers y_k, 0 where the row has no limit on the side that y_k prices, every feasible answer has
 *   gain x <= gain x + sum_{y_k > 0} y_k (hi_k - A_k x) + sum_{y_k < 0} y_k (lo_k - A_k x)
 *          <= sum_{y_k > 0} y_k hi_k + sum_{y_k < 0} y_k lo_k + sum_j most_j max(0, d_j) = U(y),     d_j = gain_j - y A_j,
 * the safe dual bound of Neumaier & Shcherbina (2004, Math. Programming A 99, section 3) for variables with limits; with
 * x_j against the sign of d_j, |d_j| is lost. y are the prices of a simplex basis in floating point (CLP), optimal or not,
 * rounded to whole multiples of 2^-bits; d and U are then summed in integers, every overflow noticed. U is rounded down to
 * a multiple of the gains' common divisor. No rounding enters the value, and none of the solver's objective.
 */
#ifndef TAUT_BOUND_RELAXATION_H
#define TAUT_BOUND_RELAXATION_H

#include "base/clp.h"
#include "bound/bound.h"

typedef struct {
	const taut_model *m;

	uint32_t n; /* columns */
	int64_t *gain; /* [n] */
	uint8_t *most; /* [n] 0 or 1 */
	size_t   gain_capacity, most_capacity;

	size_t    n_rows;
	size_t   *first; /* [n_rows + 1] */
	int64_t  *lo, *hi; /* [n_rows] */
	uint32_t *col;     /* [first[n_rows]] */
	int64_t  *coef;
	size_t    first_capacity, lo_capacity, hi_capacity, col_capacity, coef_capacity;

	taut_clp *lp;     /* NULL: not solved yet */
	size_t    loaded; /* rows in it */

	int64_t *price; /* [price_capacity] y of the last certificate, scaled; scratch */
	size_t   price_capacity;
	int64_t *d; /* [n], scratch */
	double  *x; /* [n] of the last basis */
	size_t   d_capacity, x_capacity;

	bool     known; /* of the best certificate so far: */
	int      bits;
	int64_t  reach; /* U, scaled */
	int64_t *row_price; /* [m->n_rows] scaled */
	int64_t *reduced;   /* [m->n] scaled */
} taut_relaxation;

/* The model's linear objective and rows; a variable whose one entry already breaks a knapsack row is limited to 0. Products,
 * conflicts and forms are the caller's to add. The model outlives it. fini frees, also after a failure. ENOMEM. */
taut_status taut_relaxation_init(taut_relaxation *out, const taut_model *model, taut_error *err) TAUT_MUST_CHECK;
void        taut_relaxation_fini(taut_relaxation *r);

/* Before the first solve. ENOMEM. */
taut_status taut_relaxation_add_column(taut_relaxation *r, int64_t gain, taut_error *err) TAUT_MUST_CHECK;

/* ENOMEM. */
taut_status taut_relaxation_add_row(taut_relaxation *r, const uint32_t *col, const int64_t *coef, size_t count, int64_t lo,
				    int64_t hi, taut_error *err) TAUT_MUST_CHECK;

/* Simplex steps, at most about `steps`, and the certificate of the prices. x: [n] of the basis, a view until the next call;
 * *solved: it is an optimum. ENOMEM, ELIMIT, EUSAGE of base/clp.h. */
taut_status taut_relaxation_solve(const double **x, bool *solved, taut_relaxation *r, int steps, const taut_ctx *ctx,
				  taut_error *err) TAUT_MUST_CHECK;

/* Takes away the rows behind the first `keep` that the last prices left out. ENOMEM. */
taut_status taut_relaxation_drop(taut_relaxation *r, size_t keep, taut_error *err) TAUT_MUST_CHECK;

/* The best certificate as a bound of the model's objective plus `constant`, which bounds what the relaxation leaves out from
 * above, as a gain; without multipliers. out->known is false where there is none or the sum leaves 64 bits. ENOMEM. */
taut_status taut_relaxation_bound(taut_bound *out, const taut_relaxation *r, int64_t constant, const char *kind,
				  taut_error *err) TAUT_MUST_CHECK;

#endif
