/*
 * penalty: one encoding, no slack bits, no rounds.
 *
 *   f(x) + sum_{= rows} P_k (a_k x - b_k)^2 + sum_{other rows} [ P_k (a_k x - t_k)^2 + l_k (a_k x -
 * t_k) ] + products
 *
 * Rows with one limit, t_k: no quadratic form in x alone is zero on one side and positive on the
 * other, so the row is drawn to its limit; ranged rows are drawn to the middle. Where multipliers l
 * of a bound are at hand they tilt the parabola (the linear term that Montanez-Barrera et al. 2022
 * call unbalanced), and rows that they price at 0 are left to repair, unless --penalty is given.
 *
 * P_k by --penalty-rule:
 *
 * - flip: equations by the single-flip rule, row by row (Verma & Lewis 2020, "Penalty and
 *   partitioning techniques to improve performance of QUBO solvers"; Ayodele 2022, "Penalty weights
 *   in QUBO formulations: permutation problems", VLM and MOMC); other rows mildly: an overshoot by
 *   an average item costs an average item's share of the objective
 * - ratio: the largest ratio of gain and breach over single flips, for every row (Ayodele's MOC)
 * - range: 1 + range of the objective for every row and product, no tilt: the one weight of the
 *   textbooks (Lucas 2014, "Ising formulations of many NP problems")
 * - calibrated: flip, times a factor that short anneals find: doubled or halved until the share of
 *   feasible samples is in a band, then the geometric mean of the last too small and too large. It
 *   scales the weights of equations, ranged rows and products, and the tilt of rows with one limit:
 *   that moves the least value of the parabola inside
 *
 * --penalty replaces every P_k.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "formulations/methods.h"
#include "formulations/objective.h"
#include "formulations/plan.h"

/* Feasible samples that calibration is after: enough to answer with, few enough that the weights
 * leave the objective a say. */
static const double SHARE_LEAST = 0.2;
static const double SHARE_MOST = 0.6;
static const double NEAR = 1.05; /* factors too small and too large this close: no further */
enum { STEPS_MAX = 16 };

typedef struct {
	taut_plan      plan;         /* first */
	taut_row_term *base;         /* [n_rows] terms at factor 1; NULL: nothing to calibrate */
	double         share, fixed; /* the products' likewise */
	double         factor;
	double         low, high; /* too small; large enough or too large. 0: none yet */
	uint32_t       steps;
} method;

static int64_t target(const taut_row *row)
{
	if (row->lo == TAUT_NO_LIMIT_LO)
		return row->hi;
	if (row->hi == TAUT_NO_LIMIT_HI)
		return row->lo;
	return row->lo + (row->hi - row->lo) / 2;
}

static bool has_one_limit(const taut_row *row)
{
	return row->lo == TAUT_NO_LIMIT_LO || row->hi == TAUT_NO_LIMIT_HI;
}

static double rule_weight(const taut_plan *plan, uint32_t k, taut_penalty_rule rule)
{
	if (rule == TAUT_PENALTY_RULE_RATIO)
		return taut_plan_ratio_weight(plan, k);
	return taut_row_is_equation(&plan->model->rows[k]) ? taut_plan_flip_weight(plan, k)
	                                                   : taut_plan_mild_weight(plan, k);
}

/* A tilt that calibration can scale: the price of an average item, shared by all rows. */
static double first_tilt(const taut_plan *plan, uint32_t k)
{
	const taut_model *m = plan->model;
	const double      l = taut_plan_mild_weight(plan, k) * taut_row_mean_size(m, k) / m->n_rows;

	return m->rows[k].lo == TAUT_NO_LIMIT_LO ? l : -l;
}

static void set_row(taut_plan *plan, uint32_t k, const taut_options *options,
                    const double *multipliers)
{
	const taut_penalty_rule rule = (taut_penalty_rule)options->penalty_rule;
	const taut_row         *row = &plan->model->rows[k];
	taut_row_term          *term = &plan->rows[k];
	const bool              equation = taut_row_is_equation(row);
	const bool              tilted = !equation && rule != TAUT_PENALTY_RULE_RANGE;
	const double            l = tilted && multipliers ? multipliers[k] : 0.0;

	if (!taut_plan_has_row(plan, k))
		return;
	if (tilted && multipliers && l == 0.0 && rule != TAUT_PENALTY_RULE_CALIBRATED &&
	    options->penalty == 0.0)
		return;
	term->target = target(row);
	term->weight = taut_plan_given_weight(plan, options, k);
	if (term->weight == 0.0)
		term->weight = rule_weight(plan, k, rule);
	term->multiplier = l;
	if (rule == TAUT_PENALTY_RULE_CALIBRATED && l == 0.0 && has_one_limit(row))
		term->multiplier = first_tilt(plan, k);
}

/* --- calibration --- */

static void apply(method *s, double factor)
{
	const taut_model *m = s->plan.model;

	s->factor = factor;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		taut_row_term *term = &s->plan.rows[k];

		*term = s->base[k];
		if (has_one_limit(&m->rows[k]))
			term->multiplier *= factor;
		else
			term->weight *= factor;
	}
	s->plan.pair_share = s->share * factor;
	s->plan.pair_fixed = s->fixed * factor;
}

static taut_status observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx,
                           taut_error *err)
{
	method      *s = (method *)f;
	const double share = (double)round->feasible / (double)round->samples;

	(void)ctx;
	(void)err;
	if (!f->calibrating)
		return TAUT_OK;
	*(share < SHARE_LEAST ? &s->low : &s->high) = s->factor;
	if ((share >= SHARE_LEAST && share <= SHARE_MOST) || ++s->steps == STEPS_MAX ||
	    (s->low > 0 && s->high > 0 && s->high <= NEAR * s->low)) {
		f->calibrating = false;
		if (share < SHARE_LEAST && s->high > 0)
			apply(s, s->high);
		return TAUT_OK;
	}
	apply(s, s->high == 0.0  ? 2 * s->low
	         : s->low == 0.0 ? s->high / 2
	                         : sqrt(s->low * s->high));
	return TAUT_OK;
}

static taut_status begin(method *s, taut_error *err)
{
	const taut_model *m = s->plan.model;
	bool              any = m->n_conflicts > 0;

	for (uint32_t k = 0; k < m->n_rows; k++)
		any |= s->plan.rows[k].weight > 0 || m->rows[k].tag == TAUT_ROW_AT_MOST_ONE;
	if (!any)
		return TAUT_OK;
	s->base = taut_copy(s->plan.rows, m->n_rows, sizeof *s->base, err);
	if (!s->base)
		return TAUT_ENOMEM;
	s->share = s->plan.pair_share;
	s->fixed = s->plan.pair_fixed;
	s->factor = 1;
	s->plan.base.calibrating = true;
	return TAUT_OK;
}

/* --- life --- */

static void close(taut_formulation *f)
{
	method *s = (method *)f;

	if (!s)
		return;
	taut_plan_fini(&s->plan);
	taut_free(s->base);
	taut_free(s);
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	method      *s = taut_alloc(1, sizeof *s, err);
	taut_options uniform = *options;
	taut_status  st;

	(void)ctx;
	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	if (options->penalty_rule == TAUT_PENALTY_RULE_RANGE && options->penalty == 0.0)
		uniform.penalty = 1 + taut_objective_range(model) /
		                              (double)taut_power_of_ten(model->decimals);
	st = taut_plan_init(&s->plan, &taut_penalty_ops, model, &uniform, exchange, err);
	for (uint32_t k = 0; st == TAUT_OK && k < model->n_rows; k++)
		set_row(&s->plan, k, &uniform, multipliers);
	if (st == TAUT_OK && options->penalty_rule == TAUT_PENALTY_RULE_CALIBRATED)
		st = begin(s, err);
	if (st != TAUT_OK) {
		close(&s->plan.base);
		return st;
	}
	*out = &s->plan.base;
	return TAUT_OK;
}

const taut_formulation_ops taut_penalty_ops = {
	.name = TAUT_METHOD_PENALTY,
	.multiplier = false,
	.start = start,
	.encode = taut_plan_encode,
	.observe = observe,
	.describe = taut_plan_describe,
	.close = close,
};
