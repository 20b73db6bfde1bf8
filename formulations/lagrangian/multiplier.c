#include "formulations/lagrangian/multiplier.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "formulations/closed.h"
#include "formulations/objective.h"

enum {
	N_ARRAYS = 12,
	STREAM = 71 /* of the seed's random numbers */
};

/* The settling. Measured: docs/subgradient.md. */
enum {
	STEPS_MAX = 60000,
	STEPS_MIN = 100,
	WORK = 60000000,      /* row entries looked at: steps on large models are fewer */
	PATIENCE = 50,        /* steps without a better L that end a stage */
	PATIENCE_PER_ROW = 5, /* and as many more for every row */
	STAGE = 4,            /* patiences that a stage takes at most */
	CYCLES = 4 /* from long steps to short, at least, where there are steps for them */
};
static const double CUT = 0.5; /* of the relative length after a stage without gain at its end */
static const double LEAST = 0x1p-16;   /* relative length where a cycle ends */
static const double AGAIN = 0x1p-2;    /* of the first relative length, where the next begins */
static const double GIVEN = 0x1p-5;    /* first relative length next to given multipliers */
static const double GAIN = 1e-6;       /* relative gain of L that counts in a stage */
static const double SETTLED = 1e-9;    /* relative gain of a cycle that is none */
static const double NEGLIGIBLE = 1e-4; /* of a row's share of its price */

static const double SQUARES_LIMIT = 0x1p22; /* couplings */

/* The limit that l prices. */
static int64_t limit(const taut_row *row, double l)
{
	return row->hi == TAUT_NO_LIMIT_HI || (l < 0 && row->lo != TAUT_NO_LIMIT_LO) ? row->lo
	                                                                             : row->hi;
}

void taut_multiplier_move(taut_multiplier *s, uint32_t k, double step)
{
	const taut_row *row = &s->plan.model->rows[k];
	const double    l = s->l[k];
	double          moved = l + step;

	if ((row->lo == TAUT_NO_LIMIT_LO && moved < 0) ||
	    (row->hi == TAUT_NO_LIMIT_HI && moved > 0))
		moved = 0;
	if (!taut_row_is_equation(row) && ((l < 0 && moved > 0) || (l > 0 && moved < 0)))
		moved = 0; /* between the limits of a ranged row nothing is priced */
	s->l[k] = moved;
}

double taut_multiplier_diminishing(const taut_multiplier *s, double relative, double norm)
{
	return norm > 0 ? relative * s->radius / (sqrt((double)s->t) * norm) : 0;
}

/* --- residuals --- */

static double residual(const taut_multiplier *s, uint32_t k)
{
	const taut_row *row = &s->plan.model->rows[k];
	const double    mean = s->mean[k];

	if (s->rho[k] > 0)
		return mean - taut_row_cut(row, mean + s->l[k] / s->rho[k]);
	return mean - (s->l[k] != 0.0 ? (double)limit(row, s->l[k]) : taut_row_cut(row, mean));
}

static void residuals(taut_multiplier *s)
{
	double square = 0;

	for (uint32_t k = 0; k < s->plan.model->n_rows; k++) {
		s->g[k] = s->scale[k] > 0 ? residual(s, k) : 0;
		square += s->scale[k] * s->g[k] * s->g[k];
	}
	s->norm = sqrt(square);
}

static void begin(taut_multiplier *s)
{
	s->t = 0;
	s->rule->begin(s);
}

/* --- closed forms --- */

/* No x has a higher objective, minimised. Where L is above it, no x meets all rows and L has no
 * highest value: the multipliers would grow without end. */
static double ceiling(const taut_model *m)
{
	const double offset = (m->maximise ? -1.0 : 1.0) * (double)m->offset;
	const double range = taut_objective_range(m);

	return offset + range + GAIN * (fabs(offset) + range);
}

/* L(l), and in mean the activities of its x. */
static double evaluate(taut_multiplier *s)
{
	const taut_model *m = s->plan.model;
	double            value = (m->maximise ? -1.0 : 1.0) * (double)m->offset;

	for (uint32_t k = 0; k < m->n_rows; k++)
		value -= s->l[k] != 0.0 ? s->l[k] * (double)limit(&m->rows[k], s->l[k]) : 0;
	(void)taut_closed_minimise(s->mean, &value, s->group, s->pick, &s->plan, s->l);
	return value;
}

static bool keep_best(taut_multiplier *s, double value)
{
	const bool counts = !(value <= s->highest + GAIN * fabs(s->highest));

	if (value > s->highest) {
		s->highest = value;
		memcpy(s->best, s->l, s->plan.model->n_rows * sizeof *s->best);
	}
	return counts;
}

/* On from the best multipliers, or from the mean of all since the last time where that is better.
 * Returns L there. */
static double restart(taut_multiplier *s)
{
	const uint32_t n_rows = s->plan.model->n_rows;

	for (uint32_t k = 0; k < n_rows && s->t > 0; k++)
		s->l[k] = s->sum[k] / (double)s->t;
	if (s->t > 0)
		(void)keep_best(s, evaluate(s));
	memcpy(s->l, s->best, n_rows * sizeof *s->l);
	memset(s->sum, 0, n_rows * sizeof *s->sum);
	begin(s);
	return evaluate(s);
}

/* Stages of steps: where a number of steps finds no better L, the next stage starts from the best
 * with shorter ones; L is piecewise linear, where that converges like a geometric series if stages
 * are long enough (Yang & Lin 2018, restarted subgradient method). How long that is is not known:
 * from the shortest steps it begins again, with twice the patience. */
static void settle(taut_multiplier *s, double first, const taut_ctx *ctx)
{
	const taut_model *m = s->plan.model;
	const size_t      entries = m->column_first[m->n] + m->n + m->n_rows;
	uint32_t          patience = PATIENCE + PATIENCE_PER_ROW * s->priced;
	size_t            steps = WORK / entries;
	const double      top = ceiling(m);
	double            relative = first;
	double            value;
	double            before = -INFINITY;
	uint32_t          since = 0;
	uint32_t          cycles = 0;

	steps = steps < STEPS_MIN ? STEPS_MIN : steps > STEPS_MAX ? STEPS_MAX : steps;
	begin(s);
	value = evaluate(s);
	(void)keep_best(s, value);
	residuals(s);
	s->slope = s->norm;
	for (; steps > 0 && s->highest <= top && !taut_ctx_stopped(ctx); steps--) {
		double alpha;

		residuals(s);
		s->t++;
		alpha = s->norm > 0 ? s->rule->length(s, relative, value) : 0;
		if (!(alpha > 0))
			break;
		s->rule->step(s, alpha);
		for (uint32_t k = 0; k < m->n_rows; k++)
			s->sum[k] += s->l[k];
		value = evaluate(s);
		since = keep_best(s, value) ? 0 : since + 1;
		if (since <= patience && s->t < STAGE * patience)
			continue;
		if (since > patience)
			relative *= CUT;
		if (relative < LEAST) {
			if (++cycles >= CYCLES && s->highest - before <= SETTLED * fabs(before))
				break;
			before = s->highest;
			relative = first * AGAIN;
			patience *= 2;
		}
		since = 0;
		value = restart(s);
	}
	(void)restart(s);
}

/* --- the augmented form --- */

/* True where the price of row k is more than a remnant of the search. */
static bool is_priced(const taut_multiplier *s, uint32_t k)
{
	return fabs(s->l[k]) > NEGLIGIBLE * s->price[k] / (double)s->priced;
}

/* The row's term while the samples' shifted mean a x + l/rho is `at`. */
static void set_term(taut_multiplier *s, uint32_t k, double at)
{
	const taut_row *row = &s->plan.model->rows[k];
	const bool      squared = s->rho[k] > 0;
	const bool      above = squared && row->hi != TAUT_NO_LIMIT_HI && at > (double)row->hi;
	const bool      below = squared && row->lo != TAUT_NO_LIMIT_LO && at < (double)row->lo;
	taut_row_term   term = {0};

	if (above || below || (squared && taut_row_is_equation(row)))
		term.weight = s->rho[k] / 2;
	if (term.weight != 0.0 || is_priced(s, k))
		term.multiplier = s->l[k];
	if (term.weight != 0.0 || term.multiplier != 0.0)
		term.target = above ? row->hi : below ? row->lo : limit(row, s->l[k]);
	s->plan.rows[k] = term;
}

/* Stands in for a x + l/rho before the first samples: past the limit that is priced. */
static double first_activity(const taut_multiplier *s, uint32_t k)
{
	const taut_row *row = &s->plan.model->rows[k];
	const double    at = (double)limit(row, s->l[k]);

	if (!is_priced(s, k))
		return row->hi != TAUT_NO_LIMIT_HI ? (double)row->hi : (double)row->lo;
	return s->l[k] < 0 ? at - 1 : at + 1;
}

/* Couplings that the squares would need. */
static double couplings(const taut_multiplier *s)
{
	const taut_model *m = s->plan.model;
	double            count = 0;

	for (uint32_t k = 0; k < m->n_rows; k++)
		if (s->scale[k] > 0 && (is_priced(s, k) || taut_row_is_equation(&m->rows[k])))
			count += (double)m->rows[k].count * (double)m->rows[k].count / 2;
	return fmin(count, (double)m->n * (double)m->n / 2);
}

/* The steps of the rounds are as long as rho says, with squares or without. */
static void augment(taut_multiplier *s, const taut_options *options)
{
	const taut_model *m = s->plan.model;
	const bool        squares = couplings(s) <= SQUARES_LIMIT;
	uint32_t          sharing = 0;

	for (uint32_t k = 0; k < m->n_rows; k++)
		sharing += s->scale[k] > 0 && !taut_row_is_equation(&m->rows[k]) && is_priced(s, k);
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double given = taut_plan_given_weight(&s->plan, options, k);

		if (s->scale[k] == 0.0)
			continue;
		s->scale[k] = 2 * (given > 0 ? given : taut_plan_core_weight(&s->plan, k, sharing));
		s->rho[k] = squares ? s->scale[k] : 0;
	}
}

/* --- rounds --- */

taut_status taut_multiplier_observe(taut_formulation *f, const taut_round *round,
                                    const taut_ctx *ctx, taut_error *err)
{
	taut_multiplier  *s = (taut_multiplier *)f;
	const taut_model *m = s->plan.model;

	(void)ctx;
	(void)err;
	if (m->n_rows)
		memcpy(s->mean, round->mean_activity, m->n_rows * sizeof *s->mean);
	if (s->rule->sample)
		s->rule->sample(s, round);
	residuals(s);
	s->t++;
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (s->scale[k] > 0)
			s->overshoot = fmax(s->overshoot, fabs(s->g[k]) / s->item[k]);
	if (s->norm > 0)
		s->rule->step(s, 1 / ((s->closed ? 1 : s->overshoot) * sqrt((double)s->t)));
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (s->scale[k] > 0)
			set_term(s, k, s->mean[k] + (s->rho[k] > 0 ? s->l[k] / s->rho[k] : 0));
	return TAUT_OK;
}

/* --- life --- */

void taut_multiplier_describe(taut_applied *out, const taut_formulation *f)
{
	const taut_multiplier *s = (const taut_multiplier *)f;

	taut_plan_describe(out, f);
	out->dual = s->closed && s->priced ? s->best : s->l;
}

void taut_multiplier_close(taut_formulation *f)
{
	taut_multiplier *s = (taut_multiplier *)f;

	if (!s)
		return;
	taut_plan_fini(&s->plan);
	taut_free(s->store);
	taut_free(s->pick);
	taut_free(s);
}

static taut_status open_arrays(taut_multiplier *s, taut_error *err)
{
	const size_t n_rows = s->plan.model->n_rows;
	double     **array[N_ARRAYS] = {&s->l, &s->scale,  &s->item,  &s->price, &s->rho, &s->mean,
	                                &s->g, &s->memory, &s->lower, &s->best,  &s->sum, &s->group};

	s->store = taut_alloc(N_ARRAYS * n_rows, sizeof *s->store, err);
	s->pick = taut_alloc(n_rows, sizeof *s->pick, err);
	if (!s->store || !s->pick)
		return TAUT_ENOMEM;
	for (size_t a = 0; a < N_ARRAYS; a++)
		*array[a] = s->store + a * n_rows;
	return TAUT_OK;
}

static void init_row(taut_multiplier *s, uint32_t k, const double *multipliers)
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
	s->price[k] = s->scale[k] * s->item[k];
	if (multipliers)
		taut_multiplier_move(s, k, multipliers[k]);
	s->priced++;
}

taut_status taut_multiplier_start(taut_formulation **out, const taut_formulation_ops *ops,
                                  const taut_multiplier_rule *rule, const taut_model *model,
                                  const taut_options *options, bool exchange,
                                  const double *multipliers, const taut_ctx *ctx, taut_error *err)
{
	taut_multiplier *s = taut_alloc(1, sizeof *s, err);
	taut_status      st;

	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	st = taut_plan_init(&s->plan, ops, model, options, exchange, err);
	if (st == TAUT_OK)
		st = open_arrays(s, err);
	if (st != TAUT_OK) {
		taut_multiplier_close(&s->plan.base);
		return st;
	}
	s->rule = rule;
	s->highest = -INFINITY;
	s->overshoot = 1;
	taut_rng_init(&s->rng, (uint64_t)options->seed, STREAM);
	for (uint32_t k = 0; k < model->n_rows; k++)
		init_row(s, k, multipliers);
	for (uint32_t k = 0; k < model->n_rows; k++)
		if (s->scale[k] > 0)
			s->radius += s->price[k] * s->item[k];
	s->radius = sqrt(s->radius) / (s->priced ? s->priced : 1);
	s->closed = taut_closed_is(&s->plan);
	if (s->closed && s->priced) {
		settle(s, multipliers ? GIVEN : 1.0, ctx);
		augment(s, options);
	}
	begin(s);
	for (uint32_t k = 0; k < model->n_rows; k++)
		if (s->scale[k] > 0)
			set_term(s, k, s->closed ? first_activity(s, k) : 0);
	*out = &s->plan.base;
	return TAUT_OK;
}
