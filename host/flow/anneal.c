#include "flow/anneal.h"

#include <stdio.h>

#include "backend/backend.h"
#include "base/clock.h"

static void note_ladder(taut_run *r, const taut_schedule *schedule, const taut_samples *samples)
{
	taut_ladder_result *out = &r->result->solver.ladder;

	out->n = schedule->n_rungs;
	for (uint32_t k = 0; k < out->n; k++) {
		const double proposed = (double)samples->exchanges_proposed[k];

		out->temperature[k] = schedule->rungs[k] / taut_run_units(r);
		out->rate[k] =
			proposed > 0.0 ? (double)samples->exchanges_accepted[k] / proposed : -1.0;
	}
	taut_ladder_learn(&r->ladder, samples);
}

/* A run of the schedule, completed. */
static taut_status run_once(taut_samples **samples, bool *finished, taut_run *r,
                            taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	uint64_t    pilot = 0;
	taut_status st = taut_algorithm_prepare(schedule, &r->ladder, &pilot, r->problem,
	                                        r->backend, ctx, err);

	if (st == TAUT_OK)
		st = r->backend->ops->run(samples, finished, r->backend, schedule, ctx, err);
	if (*samples) /* also of a device that was lost */
		(*samples)->proposals += pilot;
	if (st == TAUT_OK && schedule->algorithm == TAUT_ALGORITHM_PT)
		note_ladder(r, schedule, *samples);
	return st;
}

taut_status taut_run_survive(const taut_samples *samples, bool *finished, taut_run *r,
                             taut_status st, const taut_error *why, taut_error *err)
{
	if (st != TAUT_EDEVICE || (!samples && !r->answers.has_incumbent)) {
		if (err)
			*err = *why;
		return st;
	}
	(void)snprintf(r->result->failure, sizeof r->result->failure, "%s", why->text);
	*finished = false;
	return TAUT_OK;
}

/* *samples stays NULL where the device was lost before there were any. */
static taut_status run_schedule(taut_samples **samples, bool *finished, taut_run *r,
                                const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	taut_schedule completed = *schedule;
	taut_error    why = {TAUT_OK, ""};
	taut_status   st = run_once(samples, finished, r, &completed, ctx, &why);

	if (st == TAUT_OK)
		return st;
	if (!*samples && r->may_change && (st == TAUT_EDEVICE || st == TAUT_ELIMIT)) {
		st = taut_run_fall_back(r, st, &why, &why);
		if (st == TAUT_OK) {
			completed = *schedule;
			st = run_once(samples, finished, r, &completed, ctx, &why);
		}
	}
	return st == TAUT_OK ? st : taut_run_survive(*samples, finished, r, st, &why, err);
}

taut_status taut_run_anneal(taut_samples **samples, bool *finished, taut_run *r,
                            const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	const double t0 = taut_clock_s();
	taut_status  st;

	*samples = NULL;
	st = run_schedule(samples, finished, r, schedule, ctx, err);
	if (st == TAUT_OK && *samples)
		r->result->solver.proposals += (*samples)->proposals;
	r->result->time_s.anneal += taut_clock_s() - t0;
	return st;
}

taut_status taut_run_learn(taut_run *r, taut_error *err)
{
	const taut_answers *a = &r->answers;
	const taut_round    seen = {
		   .samples = a->round_samples,
		   .feasible = a->round_feasible,
		   .mean_activity = a->mean_activity,
		   .mean_conflicts = a->mean_conflicts,
		   .has_incumbent = a->has_incumbent && a->incumbent_feasible,
		   .incumbent = a->incumbent_objective,
		   .n_points = a->n_points,
		   .point_objective = a->point_objective,
		   .point_activity = a->point_activity,
		   .point_conflicts = a->point_conflicts,
        };

	return r->formulation->ops->observe(r->formulation, &seen, r->ctx, err);
}
