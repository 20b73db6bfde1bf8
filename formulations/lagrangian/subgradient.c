/*
 * subgradient: multipliers alone, raised along the samples' residuals (Lagrangian dual ascent: Held
 * & Karp 1971; step lengths Polyak 1969, Held, Wolfe & Crowder 1974, Shor 1985). No slack bits, no
 * squares.
 *
 *   f(x) + sum_k l_k (a_k x - z_k) + products,   l_k >= 0 with z = hi, l_k <= 0 with z = lo, l_k
 * free for equations
 *
 * Step, after every round, with A the mean of a x over the samples and z = A + l / r cut to [lo,
 * hi], r = alpha M_k:
 *
 *   l <- l + r (A - z)
 *
 * which is [l + r (A - hi)]+ for <= rows, free for equations and serves ranged rows. M_k is the
 * mild weight of the row (sum |change_i| / sum a_ki^2): with alpha = 1 an overshoot by an average
 * item raises the price by what such an item earns.
 *
 *   alpha = theta (UB - L(l)) / sum_k M_k g_k^2    where L is known and there is an incumbent, UB
 * its value alpha = alpha_0 / sqrt(t)                      else, in round t
 *
 * g_k = A - z_k, 0 where l_k = 0 and the mean is within the limits. theta starts at 1 and halves
 * after PATIENCE rounds without a better L. alpha_0 = 1 / (the largest overshoot so far, in average
 * items): the first step raises no price by more than an average item earns.
 *
 * L is known where the objective is linear and there is no product: then the form has no couplings
 * and its least value, separable or group by group where exchange moves keep groups, is a closed
 * form. Nothing there needs annealing: L's maximum is the LP bound, and the samples (the closed
 * form's minimiser, with ties and near-ties at random) are starts for repair near the LP's optimum.
 * With a quadratic objective the minimum is the annealer's to find. L is used for the step alone
 * and never reported: a bound comes from host/bound.
 */
#include <math.h>

#include "base/alloc.h"
#include "formulations/methods.h"
#include "formulations/plan.h"

enum { PATIENCE = 3 };

typedef struct {
	taut_plan plan;   /* first */
	double   *l;      /* [n_rows] */
	double   *scale;  /* [n_rows] M_k; 0: the row needs no term */
	double   *item;   /* [n_rows] average item: sum a^2 / sum |a| */
	double   *group;  /* [n_rows] scratch: least change in each kept group */
	bool      closed; /* L is known */
	double    best;   /* the largest L so far */
	double    theta;
	double    overshoot; /* the largest so far, in average items; at least 1 */
	uint32_t  since;     /* rounds without a better L */
	uint32_t  round;
} method;

/* v cut to the row's limits. */
static double cut(const taut_row *row, double v)
{
	if (row->lo != TAUT_NO_LIMIT_LO && v < (double)row->lo)
		return (double)row->lo;
	if (row->hi != TAUT_NO_LIMIT_HI && v > (double)row->hi)
		return (double)row->hi;
	return v;
}

/* The limit that l prices. */
static int64_t priced(const taut_row *row, double l)
{
	return row->hi == TAUT_NO_LIMIT_HI || (l < 0 && row->lo != TAUT_NO_LIMIT_LO) ? row->lo
	                                                                             : row->hi;
}

static void set_term(method *s, uint32_t k)
{
	s->plan.rows[k] = (taut_row_term){0};
	if (s->l[k] != 0.0) {
		s->plan.rows[k].target = priced(&s->plan.model->rows[k], s->l[k]);
		s->plan.rows[k].multiplier = s->l[k];
	}
}

/* --- the dual value --- */

/* Linear objective, no products: the form is then linear in x. */
static bool is_closed(const taut_plan *plan)
{
	const taut_model *m = plan->model;

	if (taut_model_is_coupled(m) || m->n_forms || m->permutation.n || m->n_conflicts)
		return false;
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (m->rows[k].tag == TAUT_ROW_AT_MOST_ONE)
			return false;
	return true;
}

/* L(l): each kept group takes its least change, each other variable its change where that is
 * negative. */
static double dual_value(method *s)
{
	const taut_plan  *plan = &s->plan;
	const taut_model *m = plan->model;
	double            value = (m->maximise ? -1.0 : 1.0) * (double)m->offset;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		value -= plan->rows[k].multiplier * (double)plan->rows[k].target;
		s->group[k] = INFINITY;
	}
	for (uint32_t i = 0; i < m->n; i++) {
		const uint32_t k = plan->exchange ? m->group_of[i] : TAUT_NO_GROUP;
		double         change = plan->change[i].lo;

		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			change += s->l[m->column_row[e]] * (double)m->column_coef[e];
		if (k == TAUT_NO_GROUP)
			value += fmin(change, 0);
		else
			s->group[k] = fmin(s->group[k], change);
	}
	for (uint32_t k = 0; k < m->n_rows; k++)
		value += isfinite(s->group[k]) ? s->group[k] : 0;
	return value;
}

/* --- the step --- */

static double residual(const method *s, uint32_t k, double mean)
{
	const taut_row *row = &s->plan.model->rows[k];

	return mean - (s->l[k] != 0.0 ? (double)priced(row, s->l[k]) : cut(row, mean));
}

/* alpha; 0 where nothing is to be learnt. */
static double step_length(method *s, const taut_round *round)
{
	const taut_model *m = s->plan.model;
	double            norm = 0;
	double            value;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double g = s->scale[k] > 0 ? residual(s, k, round->mean_activity[k]) : 0;

		norm += s->scale[k] * g * g;
		if (s->scale[k] > 0)
			s->overshoot = fmax(s->overshoot, fabs(g) / s->item[k]);
	}
	s->round++;
	if (norm <= 0)
		return 0;
	if (!s->closed || !round->has_incumbent)
		return 1 / (s->overshoot * sqrt(s->round));
	value = dual_value(s);
	s->since = value > s->best ? 0 : s->since + 1;
	s->best = fmax(s->best, value);
	if (s->since >= PATIENCE) {
		s->theta /= 2;
		s->since = 0;
	}
	return s->theta * fmax(0, (m->maximise ? -1.0 : 1.0) * (double)round->incumbent - value) /
	       norm;
}

static taut_status observe(taut_formulation *f, const taut_round *round, taut_error *err)
{
	method           *s = (method *)f;
	const taut_model *m = s->plan.model;
	const double      alpha = step_length(s, round);

	(void)err;
	for (uint32_t k = 0; k < m->n_rows && alpha > 0; k++) {
		const taut_row *row = &m->rows[k];
		const double    r = alpha * s->scale[k];
		const double    mean = round->mean_activity[k];

		if (r == 0.0)
			continue;
		s->l[k] += r * (mean - cut(row, mean + s->l[k] / r));
		if ((row->lo == TAUT_NO_LIMIT_LO && s->l[k] < 0) ||
		    (row->hi == TAUT_NO_LIMIT_HI && s->l[k] > 0))
			s->l[k] = 0; /* rounding left a wrong sign */
		set_term(s, k);
	}
	return TAUT_OK;
}

/* --- life --- */

static void close(taut_formulation *f)
{
	method *s = (method *)f;

	if (!s)
		return;
	taut_plan_fini(&s->plan);
	taut_free(s->l);
	taut_free(s->scale);
	taut_free(s->item);
	taut_free(s->group);
	taut_free(s);
}

static void init_row(method *s, uint32_t k, const double *multipliers)
{
	const taut_model *m = s->plan.model;
	const taut_row   *row = &m->rows[k];
	const double      mild = taut_plan_mild_weight(&s->plan, k);
	double            square = 0;
	double            sum = 0;

	if (!taut_plan_has_row(&s->plan, k))
		return;
	for (size_t e = row->first; e < row->first + row->count; e++) {
		square += (double)m->row_coef[e] * (double)m->row_coef[e];
		sum += fabs((double)m->row_coef[e]);
	}
	s->item[k] = square / sum;
	s->scale[k] = mild > 0 ? mild : 1.0; /* nothing to gain: any scale will do */
	s->l[k] = multipliers ? multipliers[k] : 0.0;
	set_term(s, k);
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         taut_error *err)
{
	method     *s = taut_alloc(1, sizeof *s, err);
	taut_status st;

	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	st = taut_plan_init(&s->plan, &taut_subgradient_ops, model, options, exchange, err);
	s->l = taut_alloc(model->n_rows, sizeof *s->l, err);
	s->scale = taut_alloc(model->n_rows, sizeof *s->scale, err);
	s->item = taut_alloc(model->n_rows, sizeof *s->item, err);
	s->group = taut_alloc(model->n_rows, sizeof *s->group, err);
	if (st != TAUT_OK || !s->l || !s->scale || !s->item || !s->group) {
		close(&s->plan.base);
		return st != TAUT_OK ? st : TAUT_ENOMEM;
	}
	for (uint32_t k = 0; k < model->n_rows; k++)
		init_row(s, k, multipliers);
	s->closed = is_closed(&s->plan);
	s->best = -INFINITY;
	s->theta = 1;
	s->overshoot = 1;
	*out = &s->plan.base;
	return TAUT_OK;
}

const taut_formulation_ops taut_subgradient_ops = {
	.name = TAUT_METHOD_SUBGRADIENT,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = observe,
	.describe = taut_plan_describe,
	.close = close,
};
