/*
 * Roof duality of an objective without rows (Hammer, Hansen & Simeone 1984; by maximum flow: Boros
 * & Hammer 2002, Discrete Applied Mathematics 123).
 *
 * Proof obligation. To be minimised, the objective is f = constant + sum a_uv u v over literals u,
 * v (a variable, its complement, or "true") with all a > 0: a linear term c x with c < 0 is c + |c|
 * (1 - x), a product q x y with q < 0 is q x + |q| x (1 - y). The network has a node for every
 * literal, source "true", sink "false", and for each term arcs u -> not v and v -> not u of
 * capacity a_uv. The true literals of any x are one side of a cut; an arc u -> not v crosses it
 * exactly if u = v = 1, and then so does its twin, so that the cut's capacity is 2 (f - constant).
 * No flow is larger than a cut: f >= constant + flow / 2 for any flow, also one that is not the
 * largest. All in integers.
 *
 * Persistency. Let R be what the source reaches once the flow is the largest: the smallest minimal
 * cut. The network is its own mirror image (u -> w and not w -> not u), so the complement Q of R's
 * mirror image is the largest minimal cut, and R contains no literal together with its complement.
 * For any x with true literals T, capacities being submodular, (T u R) n Q is a cut no larger than
 * T, and it is x with the literals of R set to 1: some best x has all of R true.
 *
 * Without linear terms in spins (host/bound/ising.h) the best is the sum of all magnitudes: each
 * term alone at its least. (All variables at 1/2 attain it in the relaxation that roof duality
 * solves.) No flow is then needed.
 */
#ifndef TAUT_BOUND_ROOF_H
#define TAUT_BOUND_ROOF_H

#include "bound/bound.h"

/* Of a model with TAUT_STRUCTURE_FREE, kind "roof_duality". `fixed`: NULL, or [n]: 0 or 1 where
 * some best answer has all these values at once, -1 elsewhere. Weaker and without fixed values
 * where ctx stops it or the work limit is met; unknown above 2^20 terms or where sums leave 64
 * bits. ENOMEM. */
taut_status taut_bound_roof(taut_bound *out, int8_t *fixed, const taut_model *model,
                            const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

#endif
