/* The rungs reach every sample: only + - * /, sqrt and base/exactmath.h, in fixed order. */
#include "backend/ladder.h"

#include <assert.h>
#include <math.h>

#include "base/exactmath.h"
#include "base/rng.h"

enum {
	KNOTS = 16,       /* temperatures of the pilot */
	PILOT_READS = 64, /* one group of lanes */
	PILOT_SHARE =
		8,  /* the cooling takes this part of the schedule's sweeps, and so do the trials */
	TRIALS = 2, /* runs of pt that correct the first ladder */
	TRIAL_LEAST = 16, /* sweeps */
	PRIOR = 8         /* exchanges of a pair that its expected share of refusals stands for */
};

static const double SQRT_PI = 1.7724538509055160273;
static const double REFUSED = 0.5;      /* wanted, between neighbours */
static const double REFUSED_MOST = 0.8; /* where 64 rungs do not reach that, the ladder is cut */

/* Barriers: the expected refusals of a chain of many close rungs from place[0] to place[k],
 * barrier[0] = 0, rising. Spaces the ladder by them. */
static void space(taut_ladder *l, const double *place, const double *barrier, uint32_t knots)
{
	double   whole = barrier[knots - 1];
	uint32_t k = 0;

	for (l->n = 4; l->n < TAUT_RUNGS_MAX && whole > REFUSED * (l->n - 1); l->n *= 2)
		;
	if (whole > REFUSED_MOST * (l->n - 1))
		whole = REFUSED_MOST * (l->n - 1);
	l->refused = whole / (l->n - 1);
	for (uint32_t r = 0; r < l->n; r++) {
		const double want = r + 1 == l->n ? whole : l->refused * r;

		while (k + 2 < knots && barrier[k + 1] < want)
			k++;
		l->place[r] = place[k];
		if (barrier[k + 1] > barrier[k])
			l->place[r] += (place[k + 1] - place[k]) * (want - barrier[k]) /
			               (barrier[k + 1] - barrier[k]);
		else /* all energies are equal */
			l->place[r] = (double)r / (l->n - 1);
	}
}

/* Standard deviation of a read's energy in time, from two times: reads that are frozen in different
 * states differ by more than any of them moves, and by more than in equilibrium. */
static double spread(const taut_samples *s, const taut_samples *before)
{
	double mean = 0.0;
	double square = 0.0;

	if (s->count < 2 || s->count != before->count)
		return 0.0;
	for (size_t r = 0; r < s->count; r++)
		mean += (double)(s->energy[r] - before->energy[r]);
	mean /= (double)s->count;
	for (size_t r = 0; r < s->count; r++) {
		const double d = (double)(s->energy[r] - before->energy[r]) - mean;

		square += d * d;
	}
	return sqrt(0.5 * square / (double)(s->count - 1));
}

/* Runs from *samples, which the run's own replace; *moved: how much the reads' energies vary. */
static taut_status go_on(taut_samples **samples, double *moved, uint64_t *proposals,
                         taut_backend *b, taut_schedule *schedule, const taut_ctx *ctx,
                         taut_error *err)
{
	taut_samples *next = NULL;
	bool          finished;
	taut_status   st;

	schedule->initial = *samples;
	schedule->seed = taut_mix64(schedule->seed);
	st = b->ops->run(&next, &finished, b, schedule, ctx, err);
	if (st != TAUT_OK) {
		taut_samples_free(next); /* a lost device leaves some */
		return st;
	}
	*moved = *samples ? spread(next, *samples) : 0.0;
	taut_samples_free(*samples);
	*samples = next;
	*proposals += next->proposals;
	return TAUT_OK;
}

static double temperature(const taut_schedule *s, double place)
{
	if (place == 0.0 || s->t_hot == s->t_cold)
		return s->t_cold;
	return s->t_cold * taut_exp(place * (taut_log(s->t_hot) - taut_log(s->t_cold)));
}

/* From the variances: d barrier = sigma / sqrt(pi) db = sigma / (T sqrt(pi)) d ln T. */
static taut_status cool(taut_ladder *l, taut_samples **samples, uint64_t *proposals,
                        taut_backend *b, const taut_schedule *schedule, const taut_ctx *ctx,
                        taut_error *err)
{
	const double  range = taut_log(schedule->t_hot) - taut_log(schedule->t_cold);
	taut_schedule cooling = *schedule;
	double        place[KNOTS];
	double        density[KNOTS];
	double        barrier[KNOTS] = {0.0};

	cooling.algorithm = TAUT_ALGORITHM_SA;
	cooling.points = NULL;
	cooling.reads = PILOT_READS;
	cooling.sweeps = 2 + schedule->sweeps / (PILOT_SHARE * 2 * KNOTS);
	cooling.track_from = cooling.sweeps; /* last states, not best ones */
	for (int k = KNOTS - 1; k >= 0; k--) {
		taut_status st;
		double      moved;

		place[k] = (double)k / (KNOTS - 1);
		cooling.t_hot = cooling.t_cold = temperature(schedule, place[k]);
		st = go_on(samples, &moved, proposals, b, &cooling, ctx, err);
		if (st == TAUT_OK)
			st = go_on(samples, &moved, proposals, b, &cooling, ctx, err);
		if (st != TAUT_OK)
			return st;
		density[k] = moved / (cooling.t_hot * SQRT_PI) * range;
	}
	for (int k = 1; k < KNOTS; k++)
		barrier[k] = barrier[k - 1] +
		             0.5 * (density[k - 1] + density[k]) * (place[k] - place[k - 1]);
	space(l, place, barrier, KNOTS);
	return TAUT_OK;
}

static void set_rungs(taut_ladder *l, taut_schedule *schedule)
{
	for (uint32_t r = 0; r < l->n; r++)
		l->rung[r] = temperature(schedule, l->place[r]);
	schedule->rungs = l->rung;
	schedule->n_rungs = l->n;
}

static taut_status pilot(taut_ladder *l, const taut_schedule *schedule, uint64_t *proposals,
                         taut_backend *b, const taut_ctx *ctx, taut_error *err)
{
	taut_samples *samples = NULL;
	double        moved;
	taut_schedule trial = *schedule;
	taut_status   st = cool(l, &samples, proposals, b, schedule, ctx, err);

	trial.reads = PILOT_READS;
	trial.sweeps = TRIAL_LEAST + schedule->sweeps / (PILOT_SHARE * TRIALS);
	trial.track_from = trial.sweeps;
	for (int k = 0; k < TRIALS && st == TAUT_OK; k++) {
		set_rungs(l, &trial);
		st = go_on(&samples, &moved, proposals, b, &trial, ctx, err);
		if (st == TAUT_OK)
			taut_ladder_learn(l, samples);
	}
	taut_samples_free(samples);
	return st;
}

taut_status taut_ladder_plan(taut_ladder *l, taut_schedule *schedule, uint64_t *proposals,
                             taut_backend *backend, const taut_ctx *ctx, taut_error *err)
{
	taut_status st = TAUT_OK;

	assert(schedule->algorithm == TAUT_ALGORITHM_PT);
	assert(0.0 < schedule->t_cold && schedule->t_cold <= schedule->t_hot);
	if (l->n == 0)
		st = pilot(l, schedule, proposals, backend, ctx, err);
	if (st == TAUT_OK)
		set_rungs(l, schedule);
	return st;
}

void taut_ladder_learn(taut_ladder *l, const taut_samples *samples)
{
	double place[TAUT_RUNGS_MAX];
	double barrier[TAUT_RUNGS_MAX];

	if (l->n == 0 || samples->n_rungs != l->n)
		return;
	place[0] = l->place[0];
	barrier[0] = 0.0;
	for (uint32_t k = 0; k + 1 < l->n; k++) {
		const double proposed = (double)samples->exchanges_proposed[k];
		const double accepted = (double)samples->exchanges_accepted[k];
		const double refused = proposed - accepted;

		place[k + 1] = l->place[k + 1];
		barrier[k + 1] = barrier[k] + (refused + PRIOR * l->refused) / (proposed + PRIOR);
	}
	space(l, place, barrier, l->n);
}
