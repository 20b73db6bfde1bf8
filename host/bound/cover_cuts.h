/*
 * Lifted cover inequalities of one side of a row.
 *
 * Proof obligation. A side of a row is a knapsack sum_j a_j y_j <= b with a_j > 0 over literals y_j, which are x_j or, where
 * the entry is negative, 1 - x_j. For any whole numbers w_j >= 0 every feasible x has sum_j w_j y_j <= v, where v is the
 * most that any y of the knapsack reaches. v is found exactly: A[u], the least weight sum a_j y_j of a y worth at
 * least u, comes from the recursion A[u] = min(A[u], A[u - w_j] + a_j) over all j with w_j > 0, and v is the largest u with
 * A[u] <= b. So the cut is valid whatever the w are; where they come from decides only how much it cuts.
 *
 * They are those of a cover lifted one by one (Balas 1975, Wolsey 1975; order of Gu, Nemhauser & Savelsbergh 1998,
 * INFORMS J. Computing 10): a cover of the fractional literals in what those at 1 leave of b, the other fractional ones up, the ones at 1
 * down, the ones at 0 up; each new w from the same table.
 */
#ifndef TAUT_BOUND_COVER_CUTS_H
#define TAUT_BOUND_COVER_CUTS_H

#include "bound/relaxation.h"

typedef struct taut_cover_cuts taut_cover_cuts;

/* Scratch for the rows of a relaxation. ENOMEM. */
taut_status taut_cover_cuts_new(taut_cover_cuts **out, const taut_relaxation *r, taut_error *err) TAUT_MUST_CHECK;
void        taut_cover_cuts_free(taut_cover_cuts *c); /* accepts NULL */

/* Adds a cut of the limit hi (or lo) of model row k that x violates, where one is found; *n_added grows by 1 then. x: [r->n].
 * *work, table entries looked at, grows; no more is begun where it exceeds `limit`. ENOMEM. */
taut_status taut_cover_cuts_separate(size_t *n_added, taut_cover_cuts *c, taut_relaxation *r, uint32_t k, bool at_lo,
				     const double *x, uint64_t *work, uint64_t limit, taut_error *err) TAUT_MUST_CHECK;

#endif
