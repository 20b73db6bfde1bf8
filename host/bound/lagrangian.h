/*
 * Separable Lagrangian bound of a knapsack structure, max c x, A x <= b, x binary, c, A, b >= 0.
 *
 * Proof obligation. For any l >= 0 and any feasible x, l (b - A x) >= 0, hence
 *   c x <= c x + l (b - A x) = l b + sum_j (c_j - l A_j) x_j <= l b + sum_j max(0, c_j - l A_j) = L(l).
 * An item that alone exceeds a capacity is 0 in every feasible x, and is left out of the sum. The printed value is
 * floor(2^-f S) with S = 2^f L(l) summed in integers at l = 2^-f (whole numbers >= 0): the search for l is in
 * floating point, but no rounding enters the value, and an integral objective permits the floor. With x_j against the sign
 * of d_j = c_j - l A_j the sum loses |d_j|: the reduced costs.
 */
#ifndef TAUT_BOUND_LAGRANGIAN_H
#define TAUT_BOUND_LAGRANGIAN_H

#include "bound/bound.h"

/* Of a model with TAUT_STRUCTURE_KNAPSACK. Subgradient steps towards the least L, whose minimum is the LP bound (Held,
 * Wolfe & Crowder 1974); a counted number of them, fewer where ctx stops. ENOMEM. */
taut_status taut_bound_lagrangian(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
				  taut_error *err) TAUT_MUST_CHECK;

/* The same value at given multipliers ([n_rows], as taut_bound's; what is below 0 counts as 0): proven at any. ENOMEM. */
taut_status taut_bound_lagrangian_at(int64_t *out, const taut_model *model, const double *multipliers,
				     taut_error *err) TAUT_MUST_CHECK;

#endif
