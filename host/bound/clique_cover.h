/*
 * Weighted clique cover bound of an independent set, max w x, x_u x_v = 0 on conflicts, w >= 0
 * (Babel 1994, ZOR Math. Methods of OR 40; for unit weights a colouring of the complement).
 *
 * Proof obligation. Let y_C >= 0 be numbers of cliques C of the conflict graph with sum_{C contains
 * v} y_C >= w_v for every v. An independent x has at most one 1 in each clique, so w x <= sum_v
 * sum_{C contains v} y_C x_v = sum_C y_C sum_{v in C} x_v <= sum_C y_C. The cover is built by
 * taking, again and again, a clique among the vertices whose weight is not covered yet, with y_C
 * the least weight left in it, and subtracting y_C from each: at the end nothing is left. Members
 * are added only when adjacent to all before. All in integers; the model proves that sum w fits.
 */
#ifndef TAUT_BOUND_CLIQUE_COVER_H
#define TAUT_BOUND_CLIQUE_COVER_H

#include "bound/bound.h"

/* Of a model with TAUT_STRUCTURE_INDEPENDENT. Counted work over several orders of the vertices;
 * unknown only where ctx stops before the first cover is complete. ENOMEM. */
taut_status taut_bound_clique_cover(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                    taut_error *err) TAUT_MUST_CHECK;

#endif
