/*
 * Bounds by linear programs with cuts: relaxation.h with the model's rows, products as columns (products.h), cliques of
 * the conflicts (clique_cuts.h), lifted covers of the rows (cover_cuts.h) and a constant for forms (deviation.h). What is proven stands in those
 * headers; here is the loop that solves, certifies and separates. Kind by what is in it: "lp_products", "lp_clique",
 * "lp_cover", or "lp".
 */
#ifndef TAUT_BOUND_LINEAR_PROGRAM_H
#define TAUT_BOUND_LINEAR_PROGRAM_H

#include "bound/bound.h"

/* Of a model without dense couplings and factored term. Unknown without CLP (base/clp.h), beyond 4,000,000 entries of rows, and where
 * ctx stops before the first prices. Multipliers of a knapsack structure alone: the prices of its
 * rows before cuts. Counted work. ENOMEM. */
taut_status taut_bound_linear_program(taut_bound *out, const taut_model *model, const taut_ctx *ctx, taut_error *err)
	TAUT_MUST_CHECK;

#endif
