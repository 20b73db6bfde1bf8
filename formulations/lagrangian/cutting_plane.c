/*
 * cutting_plane: multipliers from the cutting planes of the dual (Kelley 1960; Cheney & Goldstein
 * 1959; on annealers Sharma & Lau 2025, arXiv 2507.12159).
 *
 *   max t,   t <= L_i + g_i (l - l_i) for all points seen,   l in a box
 *
 * L_i + g_i (l - l_i) = f(x_i) + l g(x_i): a cut needs the point alone. A step: the master's
 * maximiser is the next trial point; its minimiser (closed form) or the round's samples (each
 * distinct one of them) give the next cuts. A box whose edge the best point touches doubles.
 *
 * Closed forms: STEPS_START evaluations before the first round and STEPS_ROUND after each, until
 * model and L differ by GAP of |L|; what is annealed is dual.h's form at the best multipliers seen.
 * Else every round anneals the form at the master's maximiser.
 *
 * The master's optimum is a model of L from above, never a bound. The linear program is CLP's
 * (master.h); without CLP start refuses a model that has rows to price.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "formulations/lagrangian/dual.h"
#include "formulations/lagrangian/master.h"
#include "formulations/methods.h"

enum { STEPS_START = 400, STEPS_ROUND = 40, CUTS_MAX = 2048 };
static const double GAP = 1e-7;

typedef struct {
	taut_dual    dual;   /* first */
	taut_master *master; /* NULL: nothing to price */
	double       model;  /* its last optimum */
	bool         settled;
} method;

/* The master's maximiser to dual.trial. */
static taut_status maximise(bool *solved, method *s, const taut_ctx *ctx, taut_error *err)
{
	taut_dual  *d = &s->dual;
	taut_status st;

	*solved = false;
	if (d->cuts.count == 0)
		return TAUT_OK;
	st = taut_master_solve(d->trial, &s->model, solved, s->master, &d->cuts, ctx, err);
	if (st == TAUT_OK && *solved && taut_cuts_widen(&d->cuts, d->trial))
		s->settled = false;
	return st;
}

/* L at the trial point, which becomes the best where it is better. */
static taut_status evaluate(method *s, taut_error *err)
{
	taut_dual  *d = &s->dual;
	double      value, there;
	taut_status st = taut_cuts_evaluate(&value, &there, &d->cuts, d->trial, d->best, err);

	if (st == TAUT_OK && value > d->value) {
		d->value = value;
		memcpy(d->best, d->trial, d->cuts.n * sizeof *d->best);
	}
	return st;
}

/* Up to `wish` evaluations, fewer where ctx stops it. */
static taut_status advance(method *s, uint64_t wish, const taut_ctx *ctx, taut_error *err)
{
	taut_dual     *d = &s->dual;
	const uint64_t end = d->cuts.evaluations + taut_dual_budget(d, wish);
	taut_status    st = TAUT_OK;

	if (d->cuts.evaluations == 0)
		st = evaluate(s, err);
	while (st == TAUT_OK && !s->settled && d->cuts.evaluations < end &&
	       !taut_ctx_stopped(ctx)) {
		const uint64_t generation = d->cuts.generation;
		bool           solved;

		st = maximise(&solved, s, ctx, err);
		if (st != TAUT_OK || !solved)
			break;
		if (d->cuts.generation == generation &&
		    s->model - d->value <= GAP * taut_dual_size(d))
			s->settled = true;
		else
			st = evaluate(s, err);
	}
	return st;
}

static taut_status observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx,
                           taut_error *err)
{
	method     *s = (method *)f;
	taut_dual  *d = &s->dual;
	bool        solved;
	taut_status st;

	if (!s->master)
		return TAUT_OK;
	st = taut_cuts_take(&d->cuts, round, d->best, err);
	if (st == TAUT_OK && d->cuts.closed) {
		st = advance(s, STEPS_ROUND, ctx, err);
		taut_dual_stiffen(d, round->mean_activity);
	} else if (st == TAUT_OK) {
		st = maximise(&solved, s, ctx, err);
		if (st == TAUT_OK && solved)
			memcpy(d->best, d->trial, d->cuts.n * sizeof *d->best);
	}
	if (st == TAUT_OK)
		taut_dual_apply(d, d->best, round->mean_activity);
	return st;
}

static void close(taut_formulation *f)
{
	method *s = (method *)f;

	if (!s)
		return;
	taut_master_free(s->master);
	taut_dual_fini(&s->dual);
	taut_free(s);
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	method     *s = taut_alloc(1, sizeof *s, err);
	taut_status st;

	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	st = taut_dual_init(&s->dual, &taut_cutting_plane_ops, model, options, exchange,
	                    multipliers, CUTS_MAX, err);
	if (st == TAUT_OK && s->dual.cuts.n > 0)
		st = taut_master_new(&s->master, err);
	if (st == TAUT_OK && s->master && s->dual.cuts.closed)
		st = advance(s, STEPS_START, ctx, err);
	if (st != TAUT_OK) {
		close(&s->dual.plan.base);
		return st;
	}
	taut_dual_apply(&s->dual, s->dual.best, NULL);
	*out = &s->dual.plan.base;
	return TAUT_OK;
}

const taut_formulation_ops taut_cutting_plane_ops = {
	.name = TAUT_METHOD_CUTTING_PLANE,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = observe,
	.describe = taut_dual_describe,
	.close = close,
};
