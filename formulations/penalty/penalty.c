/*
 * penalty: one encoding, no slack bits, no rounds.
 *
 *   f(x) + sum_{= rows} P_k (a_k x - b_k)^2 + sum_{other rows} [ P_k (a_k x - t_k)^2 + l_k (a_k x -
 * t_k) ] + products
 *
 * Equations: P_k by the single-flip rule, row by row (Verma & Lewis 2020, "Penalty and partitioning
 * techniques to improve performance of QUBO solvers"; Ayodele 2022, "Penalty weights in QUBO
 * formulations: permutation problems"). Rows with one limit, t_k: no quadratic form in x alone is
 * zero on one side and positive on the other, so the row is drawn to its limit with a mild weight:
 * an overshoot by an average item costs an average item's share of the objective. Where multipliers
 * l of a bound are at hand they tilt the parabola (the linear term that Montanez-Barrera et al.
 * 2022 call unbalanced), and rows that they price at 0 are left to repair. Ranged rows are drawn to
 * the middle.
 * --penalty replaces every P_k.
 */
#include "base/alloc.h"
#include "formulations/methods.h"
#include "formulations/plan.h"

static int64_t target(const taut_row *row)
{
	if (row->lo == TAUT_NO_LIMIT_LO)
		return row->hi;
	if (row->hi == TAUT_NO_LIMIT_HI)
		return row->lo;
	return row->lo + (row->hi - row->lo) / 2;
}

static void set_row(taut_plan *plan, uint32_t k, const taut_options *options,
                    const double *multipliers)
{
	const taut_row *row = &plan->model->rows[k];
	taut_row_term  *term = &plan->rows[k];
	const bool      equation = taut_row_is_equation(row);

	if (!taut_plan_has_row(plan, k) || (!equation && multipliers && multipliers[k] == 0.0))
		return;
	term->target = target(row);
	term->weight = taut_plan_given_weight(plan, options, k);
	if (term->weight == 0.0)
		term->weight =
			equation ? taut_plan_flip_weight(plan, k) : taut_plan_mild_weight(plan, k);
	if (!equation && multipliers)
		term->multiplier = multipliers[k];
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	taut_plan  *plan = taut_alloc(1, sizeof *plan, err);
	taut_status st;

	(void)ctx;
	*out = NULL;
	if (!plan)
		return TAUT_ENOMEM;
	st = taut_plan_init(plan, &taut_penalty_ops, model, options, exchange, err);
	if (st != TAUT_OK) {
		taut_plan_close(&plan->base);
		return st;
	}
	for (uint32_t k = 0; k < model->n_rows; k++)
		set_row(plan, k, options, multipliers);
	*out = &plan->base;
	return TAUT_OK;
}

const taut_formulation_ops taut_penalty_ops = {
	.name = TAUT_METHOD_PENALTY,
	.multiplier = false,
	.start = start,
	.encode = taut_plan_encode,
	.observe = taut_plan_observe,
	.describe = taut_plan_describe,
	.close = taut_plan_close,
};
