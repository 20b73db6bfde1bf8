#include "flow/finish.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "bound/depth_first.h"
#include "flow/run.h"
#include "model/evaluate.h"

#define FIRST_WORK (UINT64_C(1) << 25) /* 0.05 s */
/* matrix entries that are saved up for the next search */
static const double WORK_PER_PROPOSAL = 0.25;
static const double WORK_PER_SAMPLE =
	262144;                       /* about half of what a repair's local search looks at */
static const double TIME_SHARE = 0.3; /* of the time left, at most */

static bool due(const taut_run *r)
{
	const taut_finish *f = &r->finish;
	const double       saved = (double)FIRST_WORK +
	                     WORK_PER_PROPOSAL * (double)r->result->solver.proposals +
	                     WORK_PER_SAMPLE * (double)r->answers.totals.samples - (double)f->spent;

	return r->answers.local_search && !r->answers.optimal && !f->infeasible &&
	       taut_depth_first_applies(r->model) && !taut_ctx_stopped(r->ctx) &&
	       (f->next == 0 || saved >= (double)f->next);
}

/* x has been found feasible and better. */
static void keep(taut_answers *a, const taut_model *m, const uint8_t *x)
{
	memcpy(a->incumbent, x, m->n);
	a->has_incumbent = a->incumbent_feasible = true;
	a->incumbent_violations = 0;
	a->incumbent_objective = taut_model_objective(m, x);
}

static void keep_bound(taut_run *r, int64_t value)
{
	if (r->bound.known && !taut_better(r->model, r->bound.value, value))
		return;
	r->bound.known = true;
	r->bound.value = value;
	r->bound.kind = "depth_first";
	r->result->bound.known = true;
	r->result->bound.value = value;
	r->result->bound.kind = r->bound.kind;
}

taut_status taut_finish_round(bool *improved, taut_run *r, taut_error *err)
{
	taut_answers    *a = &r->answers;
	taut_finish     *f = &r->finish;
	taut_ctx         slice = *r->ctx;
	const bool       has = a->has_incumbent && a->incumbent_feasible;
	const double     t0 = taut_clock_s();
	uint8_t         *x;
	taut_depth_first found;
	taut_status      st;

	*improved = false;
	if (!due(r))
		return TAUT_OK;
	if (f->next == 0)
		f->next = FIRST_WORK;
	if (r->timed)
		slice.deadline_s = t0 + TIME_SHARE * (r->ctx->deadline_s - t0);
	x = taut_alloc(r->model->n, 1, err);
	if (!x)
		return TAUT_ENOMEM;
	if (has)
		memcpy(x, a->incumbent, r->model->n);
	st = taut_depth_first_search(&found, x, has, r->model, r->bound.multipliers, f->next,
	                             &slice, err);
	if (st == TAUT_OK) {
		*improved = found.improved;
		if (found.improved)
			keep(a, r->model, x);
		if (found.bounded)
			keep_bound(r, found.bound);
		a->optimal = found.proven && (has || found.improved);
		f->infeasible = found.proven && !a->optimal;
	}
	f->spent += found.work;
	f->next *= 2;
	taut_free(x);
	r->result->time_s.answer += taut_clock_s() - t0;
	return st;
}
