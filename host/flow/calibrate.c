#include "flow/calibrate.h"

#include "base/rng.h"
#include "flow/anneal.h"

/* As many samples as a share is judged by, of anneals a fraction as long as those of the rounds. */
enum { READS = 64, PART = 8, SWEEPS_LEAST = 16 };

static taut_status anneal(taut_samples **samples, bool *finished, taut_run *r, uint64_t step,
                          taut_error *err)
{
	taut_schedule schedule;

	taut_rounds_plan(&schedule, &r->rounds, r->problem, taut_run_units(r), 0);
	schedule.seed = taut_mix64(schedule.seed + 1 + step);
	schedule.algorithm = TAUT_ALGORITHM_SA;
	schedule.reads = schedule.reads < READS ? schedule.reads : READS;
	if (!r->timed)
		schedule.sweeps = schedule.sweeps > SWEEPS_LEAST * PART ? schedule.sweeps / PART
		                                                        : SWEEPS_LEAST;
	return taut_run_anneal(samples, finished, r, &schedule, r->ctx, err);
}

static taut_status step(bool *finished, taut_run *r, uint64_t number, taut_error *err)
{
	const taut_answer_totals before = r->answers.totals;
	taut_samples            *samples = NULL;
	taut_status              st = taut_run_encode(r, err);

	if (st == TAUT_OK && r->problem)
		st = taut_run_load(r, err);
	if (st == TAUT_OK && r->problem)
		st = anneal(&samples, finished, r, number, err);
	if (st == TAUT_OK && samples)
		st = taut_answers_take(&r->answers, &r->codec, samples, (uint64_t)r->options->seed,
		                       r->ctx, err);
	if (st == TAUT_OK && samples)
		st = taut_run_learn(r, err);
	r->answers.totals = before;
	*finished = *finished && samples;
	taut_samples_free(samples);
	return st;
}

taut_status taut_run_calibrate(taut_run *r, taut_error *err)
{
	bool        finished = true;
	taut_status st = TAUT_OK;

	if (!r->formulation->calibrating)
		return TAUT_OK;
	for (uint64_t n = 0;
	     st == TAUT_OK && finished && r->formulation->calibrating && !taut_ctx_stopped(r->ctx);
	     n++)
		st = step(&finished, r, n, err);
	taut_problem_free(r->problem); /* of numbers that may not be the last */
	r->problem = NULL;
	return st;
}
