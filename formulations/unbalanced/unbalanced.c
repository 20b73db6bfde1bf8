/*
 * unbalanced: one encoding, no slack bits, no rounds (Montanez-Barrera et al. 2022, "Unbalanced
 * penalization: a new approach to encode inequality constraints of combinatorial problems for
 * quantum optimization algorithms", arXiv 2211.13914).
 *
 * A row h(x) >= 0, h = b - a x for a x <= b and a x - b for a x >= b, contributes the expansion of
 * an exponential,
 *
 *   P exp(-h / tau)  =  P - l1 h + l2 h^2 - ...,   l1 = P / tau,  l2 = l1 / (2 tau),
 *
 * whose least value is at the slack h = tau, inside. A ranged row is two rows: their linear parts
 * cancel and 2 l2 (a x - middle)^2 stays. Equations are plain squares, as in penalty.
 *
 * Weights: l1 is the row's multiplier where a bound supplies them, else its share of the objective
 * per unit, sum |change_i| / sum |a_ki|, divided among the rows with limits. tau = WIDTH sum |a_ki|
 * (measured: docs/unbalanced.md). --penalty gives l2 and the weight of equations and products.
 */
#include <math.h>

#include "base/alloc.h"
#include "formulations/methods.h"
#include "formulations/plan.h"

static const double WIDTH = 0.01;

/* sum |change| / sum |a| */
static double price(const taut_plan *plan, uint32_t k)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	double            square = 0;

	for (size_t e = row->first; e < row->first + row->count; e++)
		square += (double)m->row_coef[e] * (double)m->row_coef[e];
	return taut_plan_mild_weight(plan, k) * square / taut_row_size(m, k);
}

/* sharing: rows with limits. */
static void set_row(taut_plan *plan, uint32_t k, const taut_options *options,
                    const double *multipliers, uint32_t sharing)
{
	const taut_row *row = &plan->model->rows[k];
	taut_row_term  *term = &plan->rows[k];
	const double    given = taut_plan_given_weight(plan, options, k);
	double          l1, l2;

	if (!taut_plan_has_row(plan, k))
		return;
	if (taut_row_is_equation(row)) {
		term->target = row->lo;
		term->weight = given > 0 ? given : taut_plan_flip_weight(plan, k);
		return;
	}
	l1 = multipliers ? fabs(multipliers[k]) : price(plan, k) / sharing;
	l2 = given > 0 ? given : l1 / (2 * WIDTH * taut_row_size(plan->model, k));
	if (row->lo == TAUT_NO_LIMIT_LO) {
		*term = (taut_row_term){.target = row->hi, .weight = l2, .multiplier = l1};
	} else if (row->hi == TAUT_NO_LIMIT_HI) {
		*term = (taut_row_term){.target = row->lo, .weight = l2, .multiplier = -l1};
	} else {
		/* l2 ((hi - a x)^2 + (a x - lo)^2), the middle rounded down to the target */
		const int64_t range = row->hi - row->lo;

		*term = (taut_row_term){.target = row->lo + range / 2,
		                        .weight = 2 * l2,
		                        .multiplier = -2 * l2 * (double)(range % 2)};
	}
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	taut_plan  *plan = taut_alloc(1, sizeof *plan, err);
	uint32_t    sharing = 0;
	taut_status st;

	(void)ctx;
	*out = NULL;
	if (!plan)
		return TAUT_ENOMEM;
	st = taut_plan_init(plan, &taut_unbalanced_ops, model, options, exchange, err);
	if (st != TAUT_OK) {
		taut_plan_close(&plan->base);
		return st;
	}
	for (uint32_t k = 0; k < model->n_rows; k++)
		sharing += taut_plan_has_row(plan, k) && !taut_row_is_equation(&model->rows[k]);
	for (uint32_t k = 0; k < model->n_rows; k++)
		set_row(plan, k, options, multipliers, sharing);
	*out = &plan->base;
	return TAUT_OK;
}

const taut_formulation_ops taut_unbalanced_ops = {
	.name = TAUT_METHOD_UNBALANCED,
	.multiplier = false,
	.start = start,
	.encode = taut_plan_encode,
	.observe = taut_plan_observe,
	.describe = taut_plan_describe,
	.close = taut_plan_close,
};
