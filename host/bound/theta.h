/*
 * Lovasz's theta number of the conflict graph as a bound of an independent set, max w x, x_u x_v =
 * 0 on conflicts, w >= 0 (Lovasz 1979; weighted: Groetschel, Lovasz & Schrijver 1981).
 *
 * Proof obligation. For any numbers l_uv on the conflicts, of any sign, an independent x has
 *
 *   w x  =  w x - sum_uv l_uv x_u x_v  <=  max over all y in {0, 1}^n of  w y - sum_uv l_uv y_u y_v
 *
 * and a bound of the right side, an objective without rows, is proven by host/bound/sdp.h, on an
 * exact model with 2^bits w and integers 2^bits l; its value is divided by 2^bits and rounded down
 * to a multiple of the weights' common divisor. The least semidefinite bound over all l is theta:
 * by Lagrangian duality it is max sum w_v X_0v over positive semidefinite X with X_00 = 1, X_vv =
 * X_0v and X_uv = 0 on conflicts (Lovasz & Schrijver 1991).
 *
 * l is searched in floating point: vectors v_u with |v_u|^2 = v_0 v_u, that is on the sphere of
 * radius 1/2 around v_0 / 2, X their products, by an augmented Lagrangian of X_uv = 0 (Burer &
 * Monteiro 2003) whose steps turn one vector at a time.
 */
#ifndef TAUT_BOUND_THETA_H
#define TAUT_BOUND_THETA_H

#include "bound/bound.h"

/* Of a model with TAUT_STRUCTURE_INDEPENDENT, kind "theta". Counted work. Unknown for more than
 * 1,500 vertices or 2^18 conflicts, or where numbers are large; weaker where ctx stops it.
 * *settled: known, and the search has come near to its end (no |X_uv| on a conflict above 1/100),
 * so that no sum of cliques can be much better: none is below theta (Lovasz 1979). ENOMEM. */
taut_status taut_bound_theta(taut_bound *out, bool *settled, const taut_model *model,
                             const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

#endif
