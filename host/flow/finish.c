#include "flow/finish.h"

#include <string.h>

#include "answer/merge.h"
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

/* Keys of a merge: without a deadline at most, else so many a second and thread, half of what one
 * core makes; only where that fits into this part of the time left */
#define MERGE_WORK (UINT64_C(1) << 28)
static const double MERGE_RATE = 2e8;
static const double MERGE_SHARE = 0.8;

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

/* Whether equations can be met is known, or nothing depends on it. */
static bool settled(const taut_run *r)
{
	const taut_answers *a = &r->answers;

	if (r->model->n_rows > 0)
		return a->has_incumbent && a->incumbent_feasible;
	return r->bound.known && taut_better(r->model, r->model->offset, r->bound.value);
}

static bool merge_due(const taut_run *r)
{
	const taut_answers *a = &r->answers;
	const double        left_s = r->ctx->deadline_s - taut_clock_s();
	const double        fits = MERGE_RATE * r->ctx->threads * MERGE_SHARE * left_s;
	uint64_t            work;

	if (r->finish.merged || !a->local_search || a->optimal || r->finish.infeasible ||
	    settled(r) || !taut_merge_applies(r->model) || taut_ctx_stopped(r->ctx))
		return false;
	work = taut_merge_work(r->model);
	return r->timed ? (double)work <= fits : work <= MERGE_WORK;
}

/* No deviation is 0: the least there is. Weights are >= 1 in size (window.h). */
static int64_t least_deviation(const taut_model *m)
{
	int64_t least = INT64_MAX;

	for (uint32_t f = 0; f < m->n_forms; f++) {
		const int64_t weight = m->maximise ? -m->forms[f].weight : m->forms[f].weight;

		least = weight < least ? weight : least;
	}
	return m->maximise ? m->offset - least : m->offset + least;
}

/* All equations met, or proof that they cannot be. */
static taut_status merge(bool *improved, taut_run *r, taut_error *err)
{
	const taut_model *m = r->model;
	taut_answers     *a = &r->answers;
	const double      t0 = taut_clock_s();
	uint8_t          *x = taut_alloc(m->n, 1, err);
	taut_merge        found;
	taut_status       st;

	if (!x)
		return TAUT_ENOMEM;
	r->finish.merged = true;
	st = taut_merge_search(&found, x, m, r->ctx, err);
	if (st == TAUT_OK && found.found) {
		*improved = true;
		keep(a, m, x);
		a->optimal = m->n_rows == 0;
	} else if (st == TAUT_OK && found.complete) {
		if (m->n_rows == 0)
			taut_run_keep_bound(r, least_deviation(m), "merge");
		else
			r->finish.infeasible = true;
	}
	taut_free(x);
	r->result->time_s.answer += taut_clock_s() - t0;
	return st;
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
	if (merge_due(r))
		return merge(improved, r, err);
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
			taut_run_keep_bound(r, found.bound, "depth_first");
		a->optimal = found.proven && (has || found.improved);
		f->infeasible = found.proven && !a->optimal;
	}
	f->spent += found.work;
	f->next *= 2;
	taut_free(x);
	r->result->time_s.answer += taut_clock_s() - t0;
	return st;
}
