#include "flow/rival.h"

#include "base/clock.h"
#include "flow/run.h"

/* Of the time left, for the rival's start. */
static const double START_SHARE = 0.1;

/* The one method worth a try beside the chosen one, or the same: its multipliers move by the cuts
 * of all samples, not along their mean. */
static taut_method rival_of(taut_method chosen)
{
	return chosen == TAUT_METHOD_AUGMENTED_LAGRANGIAN ? TAUT_METHOD_BUNDLE : chosen;
}

static bool applies(const taut_run *r)
{
	const taut_method chosen = r->result->formulation.played[0].method;

	return r->options->method == TAUT_METHOD_AUTO && r->timed && rival_of(chosen) != chosen;
}

/* Rounds with progress for the work of all; the work of a method that has not played is 0. */
static double rate(const taut_run *r, int which)
{
	const double work = r->rival.work[which];

	return work > 0 ? (double)r->result->formulation.played[which].progress / work : 1;
}

void taut_rival_observe(taut_run *r, bool progress)
{
	taut_rival    *v = &r->rival;
	const uint64_t done = r->result->solver.proposals;

	r->result->formulation.played[v->playing].rounds++;
	r->result->formulation.played[v->playing].progress += progress;
	v->work[v->playing] += (double)(done - v->proposals);
	v->proposals = done;
	v->due = applies(r) && r->rounds.stalled && rate(r, !v->playing) >= rate(r, v->playing);
	if (v->due && v->work[!v->playing] == 0 && r->rounds.level > 0)
		r->rounds.level--; /* the first try is as long as what it is compared with */
}

taut_status taut_rival_change(taut_run *r, taut_error *err)
{
	taut_rival         *v = &r->rival;
	taut_formulation   *now = r->formulation;
	taut_method_result *played = r->result->formulation.played;
	taut_ctx            slice = *r->ctx;
	const double        t0 = taut_clock_s();
	taut_status         st = TAUT_OK;

	if (!v->due)
		return TAUT_OK;
	v->due = false;
	slice.deadline_s = t0 + START_SHARE * (r->ctx->deadline_s - t0);
	if (!v->other) {
		played[1].method = rival_of(played[0].method);
		st = taut_formulation_find(played[1].method)
		             ->start(&v->other, r->model, r->options, r->exchange,
		                     r->bound.multipliers, &slice, err);
	}
	if (st != TAUT_OK)
		return st;
	r->formulation = v->other;
	v->other = now;
	v->playing = !v->playing;
	r->result->formulation.method = r->formulation->ops->name;
	return TAUT_OK;
}
