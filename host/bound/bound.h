/* Proven bounds, one per file, each with its proof obligation in the header; a table keyed by the model's structure. A
 * value that is not proven is not given. */
#ifndef TAUT_BOUND_BOUND_H
#define TAUT_BOUND_BOUND_H

#include "base/ctx.h"
#include "model/model.h"

typedef struct {
	bool        known;
	int64_t     value; /* no feasible objective is better; units of 10^-decimals, model's sense */
	const char *kind;  /* "lagrangian", "gilmore_lawler", "one_tree", "assignment", "clique_cover", "roof_duality", "sdp",
	                    * "gershgorin"; static */
	double     *multipliers; /* [n_rows] good multipliers, >= 0 for <= rows, per unit of the row's integers in
	                          * units of 10^-decimals of the objective; or NULL */
} taut_bound;

/* Counted work, so the same bound on every machine; with a deadline it may stop early with a weaker, still proven
 * value. *out.known is false where no bound is built for the structure. ENOMEM. */
taut_status taut_bound_compute(taut_bound *out, const taut_model *model, const taut_ctx *ctx, taut_error *err)
	TAUT_MUST_CHECK;
void taut_bound_fini(taut_bound *bound);

#endif
