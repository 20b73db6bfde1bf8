/* Plain IEEE * and / in fixed order: temperatures reach every sample. */
#include "flow/algorithm.h"

#include "base/exactmath.h"

/* docs/pt.md and docs/sqa.md measure these. */
static const double PT_HOT = 0.8; /* of the annealing's ends */
static const double PT_COLD = 1.25;
static const double SQA_COLD = 0.1;  /* of the hottest temperature, at least */
static const double GAMMA_HOT = 2.0; /* of the hottest temperature */
static const double GAMMA_COLD = 0.1;

static const double NEAR_COLD = 1.25;

enum { SLICES = 16 };

taut_temperature_range taut_algorithm_range(taut_algorithm algorithm, const taut_problem *problem)
{
	taut_temperature_range t = taut_temperature_default(problem);

	if (algorithm == TAUT_ALGORITHM_PT) {
		t.hot *= PT_HOT;
		t.cold *= PT_COLD;
	}
	if (algorithm == TAUT_ALGORITHM_SQA && t.cold < SQA_COLD * t.hot)
		t.cold = SQA_COLD * t.hot;
	if (t.cold > t.hot)
		t.cold = t.hot;
	return t;
}

/* A schedule file's temperatures, coldest first. */
static taut_status take_points(taut_schedule *schedule, taut_ladder *ladder, taut_error *err)
{
	if (schedule->n_points < 2 || schedule->n_points > TAUT_RUNGS_MAX)
		return taut_fail(err, TAUT_EUSAGE,
		                 "schedule: it has %u temperatures; the ladder of pt has 2 to %d",
		                 schedule->n_points, TAUT_RUNGS_MAX);
	for (uint32_t k = 0; k < schedule->n_points; k++) {
		uint32_t at = k;

		for (; at > 0 && ladder->rung[at - 1] > schedule->points[k]; at--)
			ladder->rung[at] = ladder->rung[at - 1];
		ladder->rung[at] = schedule->points[k];
	}
	schedule->rungs = ladder->rung;
	schedule->n_rungs = schedule->n_points;
	return TAUT_OK;
}

/* Flips: energies cost about as much as a sweep, and states get better as it cools. So
 * the best ones are looked for once the temperature is within a factor of the last. */
static uint64_t track_from(const taut_schedule *s)
{
	double part = 0.25;

	if (s->points || s->t_hot <= NEAR_COLD * s->t_cold)
		return 0;
	if (s->t_cold > 0.0)
		part = taut_log(NEAR_COLD) / taut_log(s->t_hot / s->t_cold);
	return s->sweeps - (uint64_t)(part * (double)s->sweeps);
}

taut_status taut_algorithm_prepare(taut_schedule *schedule, taut_ladder *ladder,
                                   uint64_t *proposals, const taut_problem *problem,
                                   taut_backend *backend, const taut_ctx *ctx, taut_error *err)
{
	if (schedule->algorithm == TAUT_ALGORITHM_PT)
		return schedule->points
		               ? take_points(schedule, ladder, err)
		               : taut_ladder_plan(ladder, schedule, proposals, backend, ctx, err);
	if (schedule->algorithm == TAUT_ALGORITHM_SA && !problem->permutation_n)
		schedule->track_from = track_from(schedule);
	if (schedule->algorithm != TAUT_ALGORITHM_SQA)
		return TAUT_OK;
	if (problem->permutation_n)
		return taut_fail(
			err, TAUT_ELIMIT,
			"algorithm 'sqa' does not move permutations; --moves flip gives it bits");
	schedule->track_from = track_from(schedule);
	schedule->ring = SLICES;
	schedule->gamma_hot = GAMMA_HOT * schedule->t_hot;
	schedule->gamma_cold = GAMMA_COLD * schedule->t_hot;
	return TAUT_OK;
}
