/* Proven bounds, one per file, each with its proof obligation in the header; a table keyed by the model's structure. A
 * value that is not proven is not given. */
#ifndef TAUT_BOUND_BOUND_H
#define TAUT_BOUND_BOUND_H

#include "base/ctx.h"
#include "model/model.h"

typedef struct {
	bool        known;
	int64_t     value; /* no feasible objective is better; units of 10^-decimals, model's sense */
	const char *kind;  /* "lagrangian", "lp", "lp_cover", "lp_clique", "lp_products", "deviation", "gilmore_lawler", "dual_ascent",
	                    * "one_tree", "assignment", "clique_cover", "theta", "roof_duality", "sdp", "gershgorin"; between rounds also
	                    * "depth_first"; static */
	double     *multipliers; /* [n_rows] good multipliers, >= 0 for <= rows, per unit of the row's integers in
	                          * units of 10^-decimals of the objective; or NULL */
	/* What fixing by reduced costs needs; NULL, 0, 0 where the bound has none. With g the objective, negated where it is
	 * minimised, every feasible x has
	 *   2^bits g(x) <= reach - sum of |reduced_j| over the x_j that are 0 where reduced_j > 0, or 1 where it is < 0. */
	int64_t *reduced; /* [n] */
	int64_t  reach;
	int      bits;
} taut_bound;

/* Counted work, so the same bound on every machine; with a deadline it may stop early with a weaker, still proven
 * value. *out.known is false where no bound is built for the structure. ENOMEM. */
taut_status taut_bound_compute(taut_bound *out, const taut_model *model, const taut_ctx *ctx, taut_error *err)
	TAUT_MUST_CHECK;
void taut_bound_fini(taut_bound *bound);

/* The value that x_j has in every feasible answer better than `incumbent` (units as value, model's sense), by its reduced cost;
 * -1: either. Proof: with the other value 2^bits g(x) <= reach - |reduced_j|, and where that is at most 2^bits g(incumbent) no
 * such x is better. */
int taut_bound_fixes(const taut_bound *bound, const taut_model *model, uint32_t j, int64_t incumbent);

#endif
