/*
 * bundle: cutting planes held near the best multipliers (Lemarechal 1975; proximity control of
 * Kiwiel 1990; on annealers Sharma & Lau 2025, arXiv 2507.12159).
 *
 *   max over l in a box of   min_i [f(x_i) + l g(x_i)] - |l - c|^2 / (2 tau)
 *
 * with c the centre and |.| in units of the rows' prices (cuts.h). The maximiser is the trial
 * point; with predicted = model(trial) - L(c) and gain = L(trial) - L(c):
 *
 *   gain >= SERIOUS * predicted    serious step: c <- trial
 *   else                           null step: c stays, the trial's cut joins the model
 *
 * tau, with tau_q = tau / (2 (1 - gain / predicted)), the length at which a parabola through L(c)
 * with the model's slope and L(trial) is largest: after a serious step with gain > predicted / 2 it
 * grows to tau_q, at most fivefold; after a null step whose cut lies further above L(c) at the
 * centre than was predicted it falls to tau_q, at most to a tenth.
 *
 * Closed forms: STEPS_START evaluations before the first round and STEPS_ROUND after each, until
 * predicted is GAP of |L| and nothing in the box promises more than PROMISE; what is annealed is
 * dual.h's form at the centre. Else every round anneals the form at the trial point, every distinct
 * sample of the round is a cut, and L at trial and centre is taken from the model, which is from
 * above.
 *
 * The master's optimum is a model of L, never a bound. The quadratic program is proximal.h's.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "formulations/lagrangian/dual.h"
#include "formulations/lagrangian/proximal.h"
#include "formulations/methods.h"

enum { STEPS_START = 200, STEPS_ROUND = 20, CUTS_PER_SIDE = 4, CUTS_LEAST = 128, IDLE_MAX = 12 };
static const double SERIOUS = 0.1;
static const double GAP = 1e-7;
static const double PROMISE = 1e-6;

static const double FIRST_MOVE = 0.5; /* of the price of an average item */

typedef struct {
	taut_dual dual;  /* first */
	double    tau;   /* 0: not yet set */
	double    model; /* at the trial point */
	double    above; /* the weighted cuts there: the model, where the master is solved well */
	uint32_t  idle;  /* proposals in a row that promised too little to be tried */
	bool      settled;
} method;

/* tau with which the first cut alone moves the multipliers by FIRST_MOVE. */
static double first_tau(const taut_cuts *c)
{
	double square = 0;

	for (uint32_t j = 0; j < c->n; j++)
		square += c->slope[j] * c->slope[j];
	return square > 0 ? FIRST_MOVE / sqrt(square) : 1.0;
}

/* How much the model may gain anywhere in the box: the trial point's gain, and as far as the box
 * reaches the slope there, |trial - c| / tau. A short step that gains little promises nothing. */
static double promise(const method *s)
{
	const taut_dual *d = &s->dual;
	double           move = 0;
	double           reach = 0;

	for (uint32_t j = 0; j < d->cuts.n; j++) {
		const double step = d->trial[j] - d->best[j];
		const double side =
			fmax(d->cuts.side[j].hi - d->trial[j], d->trial[j] - d->cuts.side[j].lo);

		move += step * step;
		reach += side * side;
	}
	return s->above - d->value + sqrt(move * reach) / s->tau;
}

/* The master's maximiser to dual.trial. */
static taut_status propose(method *s, taut_error *err)
{
	taut_dual  *d = &s->dual;
	taut_status st;

	if (s->tau == 0.0)
		s->tau = first_tau(&d->cuts);
	st = taut_proximal_solve(d->trial, &s->model, &s->above, &d->cuts, d->best, d->value,
	                         s->tau, err);
	if (st == TAUT_OK && s->model - d->value <= GAP * taut_dual_size(d)) {
		s->settled = ++s->idle > IDLE_MAX || promise(s) <= PROMISE * taut_dual_size(d);
		/* the length is one that nothing is gained with, or too long for the master */
		s->tau *= s->above - d->value <= 2 * GAP * taut_dual_size(d) ? 10 : 0.3;
	}
	return st;
}

/* A serious or a null step. value: L at the trial point; behind: what its cut says at the centre,
 * less L there. */
static void judge(method *s, double value, double behind)
{
	taut_dual   *d = &s->dual;
	const double predicted = s->model - d->value;
	const double gain = value - d->value;
	double       tau;

	s->idle = 0;
	if (!(predicted > 0))
		return;
	tau = gain < predicted ? s->tau / (2 * (1 - gain / predicted)) : 5 * s->tau;
	if (gain >= SERIOUS * predicted) {
		if (gain > 0.5 * predicted)
			s->tau = fmax(s->tau, fmin(tau, 5 * s->tau));
		d->value = value;
		memcpy(d->best, d->trial, d->cuts.n * sizeof *d->best);
		(void)taut_cuts_widen(&d->cuts, d->best);
	} else if (behind > predicted) {
		s->tau = fmin(s->tau, fmax(tau, s->tau / 10));
	}
}

/* Up to `wish` evaluations, fewer where ctx stops it. */
static taut_status advance(method *s, uint64_t wish, const taut_ctx *ctx, taut_error *err)
{
	taut_dual     *d = &s->dual;
	const uint64_t end = d->cuts.evaluations + taut_dual_budget(d, wish);
	uint64_t       proposals = 0;
	double         there;
	taut_status    st = TAUT_OK;

	if (d->cuts.evaluations == 0)
		st = taut_cuts_evaluate(&d->value, &there, &d->cuts, d->best, d->best, err);
	while (st == TAUT_OK && !s->settled && d->cuts.evaluations < end &&
	       proposals++ < 2 * wish && !taut_ctx_stopped(ctx)) {
		double value;

		st = propose(s, err);
		if (st != TAUT_OK || s->settled || s->model - d->value <= GAP * taut_dual_size(d))
			continue;
		st = taut_cuts_evaluate(&value, &there, &d->cuts, d->trial, d->best, err);
		if (st == TAUT_OK)
			judge(s, value, there - d->value);
	}
	return st;
}

/* The samples were annealed at the trial point: L there and at the centre by the model. */
static taut_status follow(method *s, taut_error *err)
{
	taut_dual *d = &s->dual;
	double     before = d->value;

	if (d->cuts.count == 0)
		return TAUT_OK;
	d->value = taut_cuts_model(&d->cuts, d->best);
	if (isfinite(before))
		judge(s, taut_cuts_model(&d->cuts, d->trial),
		      taut_cuts_model(&d->cuts, d->trial) - d->value);
	return propose(s, err);
}

static taut_status observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx,
                           taut_error *err)
{
	method     *s = (method *)f;
	taut_dual  *d = &s->dual;
	taut_status st;

	if (d->cuts.n == 0)
		return TAUT_OK;
	st = taut_cuts_take(&d->cuts, round, d->best, err);
	if (st == TAUT_OK && d->cuts.closed) {
		st = advance(s, STEPS_ROUND, ctx, err);
		taut_dual_stiffen(d, round->mean_activity);
	} else if (st == TAUT_OK) {
		st = follow(s, err);
	}
	if (st == TAUT_OK)
		taut_dual_apply(d, d->cuts.closed ? d->best : d->trial, round->mean_activity);
	return st;
}

static void close(taut_formulation *f)
{
	method *s = (method *)f;

	if (!s)
		return;
	taut_dual_fini(&s->dual);
	taut_free(s);
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	const size_t limit = (size_t)CUTS_PER_SIDE * 2 * model->n_rows + CUTS_LEAST;
	method      *s = taut_alloc(1, sizeof *s, err);
	taut_status  st;

	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	st = taut_dual_init(&s->dual, &taut_bundle_ops, model, options, exchange, multipliers,
	                    limit, err);
	if (st == TAUT_OK && s->dual.cuts.n > 0 && s->dual.cuts.closed)
		st = advance(s, STEPS_START, ctx, err);
	if (st != TAUT_OK) {
		close(&s->dual.plan.base);
		return st;
	}
	taut_dual_apply(&s->dual, s->dual.best, NULL);
	*out = &s->dual.plan.base;
	return TAUT_OK;
}

const taut_formulation_ops taut_bundle_ops = {
	.name = TAUT_METHOD_BUNDLE,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = observe,
	.describe = taut_dual_describe,
	.close = close,
};
