/*
 * native: no squares and no slack bits. Rows stay integer activities in the machine, and the
 * acceptance prices what exceeds their limits:
 *
 *   f(x) + sum_k P_k (max(0, a_k x - hi_k) + max(0, lo_k - a_k x)) + products
 *
 * the exact penalty of Zangwill (1967, "Non-linear programming via penalty functions"). Where P_k
 * is above the multiplier l_k of the relaxation, its least value is that of the problem itself
 * (Bertsekas 1975, "Necessary and sufficient conditions for a penalty method to be exact",
 * proposition 1, for the convex case); how far above the integers want it is found out.
 *
 * Start: P_k = FACTOR l_k of a bound; rows that it prices at 0, and all where there is none: what a
 * unit of the row is worth were it the only one, an average item's share of the objective per unit
 * (taut_plan_mild_weight), divided among the rows.
 *
 * Step, after every round, from what its best samples exceed the row by, in average items: the mean
 * v_k (of the mean activity where there are none):
 *
 *   P_k <- GROW P_k     where v_k > BROKEN
 *   P_k <- SHRINK P_k   where v_k = 0 and the mean leaves room for an average item, not below l_k
 *
 * and never above the price at which no single flip that breaks the row by its least amount gains.
 * Less than BROKEN is left to repair: a price high enough to forbid it freezes the exchange of
 * items, each of which breaks rows for a moment (measured: docs/native.md).
 * --penalty replaces every P_k.
 */
#include <math.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "formulations/methods.h"
#include "formulations/plan.h"

static const double FACTOR = 1.2; /* measured: docs/native.md */
static const double GROW = 1.3;
static const double SHRINK = 0.9;
static const double BROKEN = 0.5; /* of an average item */

typedef struct {
	taut_plan plan;  /* first */
	double   *least; /* [n_rows] l_k, or 0 */
	double   *most;  /* [n_rows] of P_k */
	bool      given; /* prices do not move */
} native;

static void native_close(taut_formulation *f)
{
	native *s = (native *)f;

	if (!s)
		return;
	taut_plan_fini(&s->plan);
	taut_free(s->least);
	taut_free(s->most);
	taut_free(s);
}

/* An average item's share of the objective per unit of the row. */
static double worth(const taut_plan *plan, uint32_t k)
{
	const double v = taut_plan_mild_weight(plan, k) * taut_row_mean_size(plan->model, k);

	return v > 0 ? v : 1.0;
}

static void init_row(native *s, uint32_t k, uint32_t priced, const double *multipliers,
                     const taut_options *options)
{
	const taut_plan *plan = &s->plan;
	const double     unit = (double)taut_power_of_ten(plan->model->rows[k].decimals);
	double           price;

	s->least[k] = multipliers ? fabs(multipliers[k]) : 0;
	s->most[k] = 1 + taut_plan_top_change(plan, k);
	price = s->least[k] > 0 ? FACTOR * s->least[k] : worth(plan, k) / priced;
	/* an equation is worth as much in either direction, and nothing keeps it but the price */
	if (taut_row_is_equation(&plan->model->rows[k]) && s->least[k] <= 0)
		price = worth(plan, k);
	if (s->given)
		price = options->penalty * plan->objective_unit / unit;
	s->plan.rows[k].excess = s->given ? price : fmin(price, s->most[k]);
}

static taut_status native_start(taut_formulation **out, const taut_model *model,
                                const taut_options *options, bool exchange,
                                const double *multipliers, const taut_ctx *ctx, taut_error *err)
{
	native     *s = taut_alloc(1, sizeof *s, err);
	uint32_t    priced = 0;
	taut_status st;

	(void)ctx;
	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	st = taut_plan_init(&s->plan, &taut_native_ops, model, options, exchange, err);
	if (st == TAUT_OK) {
		s->least = taut_alloc(model->n_rows, sizeof *s->least, err);
		s->most = taut_alloc(model->n_rows, sizeof *s->most, err);
		st = s->least && s->most ? TAUT_OK : TAUT_ENOMEM;
	}
	if (st != TAUT_OK) {
		native_close(&s->plan.base);
		return st;
	}
	s->given = options->penalty > 0;
	for (uint32_t k = 0; k < model->n_rows; k++)
		priced += taut_plan_has_row(&s->plan, k);
	for (uint32_t k = 0; k < model->n_rows; k++)
		if (taut_plan_has_row(&s->plan, k))
			init_row(s, k, priced, multipliers, options);
	*out = &s->plan.base;
	return TAUT_OK;
}

static double excess(const taut_row *row, double activity)
{
	return fmax(0, fmax(activity - (double)row->hi, (double)row->lo - activity));
}

/* Mean excess of the best samples over row k, in average items. */
static double broken(const taut_model *m, uint32_t k, const taut_round *round)
{
	const taut_row *row = &m->rows[k];
	double          sum = 0;

	if (!round->n_points)
		return excess(row, round->mean_activity[k]) / taut_row_mean_size(m, k);
	for (size_t p = 0; p < round->n_points; p++)
		sum += excess(row, (double)round->point_activity[p * m->n_rows + k]);
	return sum / ((double)round->n_points * taut_row_mean_size(m, k));
}

/* Room that the mean activity leaves to the nearer limit. */
static double room(const taut_row *row, double mean)
{
	const double above = row->hi == TAUT_NO_LIMIT_HI ? INFINITY : (double)row->hi - mean;
	const double below = row->lo == TAUT_NO_LIMIT_LO ? INFINITY : mean - (double)row->lo;

	return fmin(above, below);
}

static taut_status native_observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx,
                                  taut_error *err)
{
	native           *s = (native *)f;
	const taut_model *m = s->plan.model;

	(void)ctx;
	(void)err;
	for (uint32_t k = 0; k < m->n_rows && !s->given; k++) {
		double *const price = &s->plan.rows[k].excess;
		const double  items = *price > 0 ? broken(m, k, round) : 0;

		if (!(*price > 0))
			continue;
		if (items > BROKEN)
			*price = fmin(GROW * *price, fmax(s->most[k], *price));
		else if (items <= 0 &&
		         room(&m->rows[k], round->mean_activity[k]) > taut_row_mean_size(m, k))
			*price = fmax(SHRINK * *price, fmin(s->least[k], *price));
	}
	return TAUT_OK;
}

const taut_formulation_ops taut_native_ops = {
	.name = TAUT_METHOD_NATIVE,
	.multiplier = true,
	.flips = true,
	.start = native_start,
	.encode = taut_plan_encode,
	.observe = native_observe,
	.describe = taut_plan_describe,
	.close = native_close,
};
