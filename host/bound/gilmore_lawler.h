/*
 * Gilmore-Lawler bound of a quadratic assignment (Gilmore 1962, J. SIAM 10; Lawler 1963, Management
 * Science 9): least sum_{a,b} F_ab D_{p(a)p(b)} over permutations p; a maximisation negates D.
 *
 * Proof obligation. For a at l, the other places of any p meet the other entries of row a of F with
 * the other entries of row l of D in some order; a sum of products is least when one side rises and
 * the other falls (rearrangement inequality, any signs). With c_al = F_aa D_ll + that least sum,
 * every p costs at least sum_a c_{a p(a)}, and hence at least any dual of the assignment problem
 * over c: u_a + v_l <= c_al gives sum_a c_{a p(a)} >= sum u + sum v. That the dual is one is
 * checked pair by pair (taut_assignment_proves), so that the value does not rest on the solver. The
 * same holds for columns in place of rows; the larger counts. All in integers; costs too large for
 * the solver are divided by 2^s, rounded down, and 2^s times their dual is a bound of the others.
 */
#ifndef TAUT_BOUND_GILMORE_LAWLER_H
#define TAUT_BOUND_GILMORE_LAWLER_H

#include "bound/bound.h"

/* Of a model with TAUT_STRUCTURE_ASSIGNMENT. O(n^3). Weaker or unknown where ctx
 * stops it. ENOMEM. */
taut_status taut_bound_gilmore_lawler(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                      taut_error *err) TAUT_MUST_CHECK;

/* Of an [n][n] matrix. */
bool taut_is_symmetric(const int64_t *matrix, uint32_t n);

#endif
