/*
 * slack: the baseline that the other methods do without.
 *
 *   f(x) + sum_{= rows} P_k (a_k x - b_k)^2 + sum_{other rows} P_k (a_k x + s_k - hi_k)^2 +
 * products
 *
 * with 0 <= s_k <= R_k, R_k = hi_k - lo_k after both limits are cut to what the row can reach. s_k
 * takes floor(log2 R_k) + 1 bits (Sharma & Lau 2025, arXiv 2507.12159, table 1): 1, 2, 4, ..., and
 * last what is left of R_k, so that exactly 0..R_k is reached. At a feasible x some s makes the
 * square 0: for weights large enough the form's minimum is the constrained one. P_k by the
 * single-flip rule as in penalty.c; the least amount by which a row can be broken is the common
 * divisor of its coefficients and limits. --penalty replaces every P_k.
 */
#include "base/alloc.h"
#include "formulations/methods.h"
#include "formulations/plan.h"

static void set_row(taut_plan *plan, uint32_t k, const taut_options *options)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	taut_row_term    *term = &plan->rows[k];
	int64_t           lo, hi;

	if (!taut_row_needs_term(m, k, plan->exchange))
		return;
	taut_row_range(&lo, &hi, m, k);
	lo = row->lo > lo ? row->lo : lo;
	hi = row->hi < hi ? row->hi : hi;
	term->target = hi;
	term->slack = row->lo != row->hi && hi > lo ? hi - lo : 0;
	term->weight = taut_plan_given_weight(plan, options, k);
	if (term->weight == 0.0)
		term->weight = taut_plan_flip_weight(plan, k);
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	taut_plan  *plan = taut_alloc(1, sizeof *plan, err);
	taut_status st;

	(void)multipliers;
	(void)ctx;
	*out = NULL;
	if (!plan)
		return TAUT_ENOMEM;
	st = taut_plan_init(plan, &taut_slack_ops, model, options, exchange, err);
	if (st != TAUT_OK) {
		taut_plan_close(&plan->base);
		return st;
	}
	for (uint32_t k = 0; k < model->n_rows; k++)
		set_row(plan, k, options);
	*out = &plan->base;
	return TAUT_OK;
}

const taut_formulation_ops taut_slack_ops = {
	.name = TAUT_METHOD_SLACK,
	.multiplier = false,
	.start = start,
	.encode = taut_plan_encode,
	.observe = taut_plan_observe,
	.complete = taut_plan_complete,
	.describe = taut_plan_describe,
	.close = taut_plan_close,
};
