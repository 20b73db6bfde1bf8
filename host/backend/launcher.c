/*
 * A run as batches of groups of lanes: every unit takes a batch, anneals it to the end by launches
 * and takes the next one, so that states are held for the batches under way alone. Batches begin in
 * the order of their reads; what a stopped run has begun is a beginning of the reads.
 */
#include "backend/launcher.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "backend/encode.h"
#include "backend/energies.h"
#include "backend/initial.h"
#include "backend/lanes.h"
#include "base/alloc.h"
#include "base/clock.h"

enum {
	SWEEPS_MAX = 4096,   /* of a launch: tables are up to 1 MiB */
	VISITS_FIRST = 2048, /* of the first launch, before anything is measured */
	GROWTH = 8,          /* of a launch over the one before it, at most */
};

static const double LAUNCH_S = 0.02;

/* A batch of groups on its unit. */
typedef struct {
	taut_job          job;
	uint64_t         *spins;       /* [groups][2][n] */
	uint16_t         *position;    /* [groups][2][TAUT_LANES][permutation_n] */
	taut_temperature *temperature; /* sa and sqa: [table] */
	int64_t          *jq;          /* sqa: [table] */
	uint64_t          done;        /* sweeps */
	uint64_t          chunk;       /* sweeps of the next launch */
	double            start_s;     /* of the launch under way */
	bool              flying;      /* a launch is under way */
	bool              held;        /* there is a batch */
} slot;

typedef struct {
	const taut_launcher *launcher;
	const taut_problem  *problem;
	const taut_noise    *noise;
	const taut_schedule *schedule;
	const taut_ctx      *ctx;
	taut_machine_mode    mode;
	taut_machine_rule    rule;
	uint64_t             sweeps; /* 0 where there is nothing to visit */
	uint64_t             table;  /* sweeps whose temperatures are held */
	uint32_t             lanes;  /* wanted: reads and what completes their ladders and rings */
	uint32_t             n_groups;
	uint32_t             share; /* groups of a batch */
	uint32_t             next;  /* group that begins next */
	uint32_t             kept;  /* groups whose states are samples */
	bool                 finished;
	taut_samples        *out;   /* first states on entry */
	slot                *slots; /* [units] */
	uint32_t             units;
	/* pt: constant over the sweeps */
	taut_temperature *ladder; /* [table][TAUT_LANES] by rung */
	uint32_t          exchange[TAUT_LANES];
	uint32_t          fraction;
} run;

/* Proposals of a sweep of one lane. */
static uint64_t visits_of(const taut_problem *p)
{
	const uint64_t n = p->permutation_n;

	return n ? n * (n - 1) / 2 : p->n;
}

static void init_launch(run *r, taut_machine_launch *launch)
{
	const taut_schedule *s = r->schedule;

	*launch = (taut_machine_launch){
		.mode = r->mode,
		.rule = r->rule,
		.seed = s->seed,
		.sweep_count = r->sweeps,
		.track_from = s->track_from,
		.temperature_width = 1,
		.noise = r->rule == TAUT_RULE_HEATBATH ? (const void *)r->noise->heatbath
	                                               : r->noise->metropolis,
	};
	if (r->mode == TAUT_MODE_PT) {
		launch->temperature_width = TAUT_LANES;
		launch->rungs = s->n_rungs;
		launch->exchange = r->exchange;
		launch->exchange_fraction = r->fraction;
	}
	if (r->mode == TAUT_MODE_SQA)
		launch->ring = s->ring;
}

static taut_status init_slot(run *r, slot *w, taut_error *err)
{
	const size_t n = r->problem->n;
	const size_t row = (size_t)TAUT_LANES * r->problem->permutation_n;
	const bool   pt = r->mode == TAUT_MODE_PT;

	w->chunk = 1 + VISITS_FIRST / (visits_of(r->problem) + 1);
	w->job.state = taut_alloc(r->share, sizeof *w->job.state, err);
	if (!w->job.state)
		return TAUT_ENOMEM;
	w->spins = taut_alloc(2 * r->share * n, sizeof *w->spins, err);
	if (!w->spins)
		return TAUT_ENOMEM;
	w->position = taut_alloc(2 * r->share * row, sizeof *w->position, err);
	if (!w->position)
		return TAUT_ENOMEM;
	w->temperature = taut_alloc(pt ? 0 : r->table, sizeof *w->temperature, err);
	if (!w->temperature)
		return TAUT_ENOMEM;
	w->jq = taut_alloc(r->mode == TAUT_MODE_SQA ? r->table : 0, sizeof *w->jq, err);
	if (!w->jq)
		return TAUT_ENOMEM;
	for (size_t g = 0; g < r->share; g++) {
		taut_machine_state *state = &w->job.state[g];

		state->spins = w->spins + 2 * g * n;
		state->best_spins = state->spins + n;
		state->position = w->position + 2 * g * row;
		state->best_position = state->position + row;
	}
	return TAUT_OK;
}

static taut_status init_ladder(run *r, taut_error *err)
{
	const uint32_t   rungs = r->schedule->n_rungs;
	taut_temperature rung[TAUT_LANES] = {{0, 0}};

	assert(rungs >= 2 && rungs <= TAUT_LANES);
	for (uint32_t k = 0; k < rungs; k++)
		rung[k] = taut_encode_temperature(r->schedule->rungs[k]);
	r->fraction = taut_encode_exchange(r->exchange, rung, rungs);
	r->ladder = taut_alloc(r->table * TAUT_LANES, sizeof *r->ladder, err);
	if (!r->ladder)
		return TAUT_ENOMEM;
	for (uint64_t s = 0; s < r->table; s++)
		memcpy(r->ladder + s * TAUT_LANES, rung, sizeof rung);
	return TAUT_OK;
}

static taut_status init(run *r, taut_error *err)
{
	taut_schedule whole = *r->schedule; /* with all lanes of its groups */
	uint32_t      even;
	taut_status   st;

	assert(r->launcher->units > 0 && r->launcher->groups > 0);
	if (r->schedule->reads > UINT32_MAX - TAUT_LANES)
		return taut_fail(err, TAUT_ELIMIT, "%" PRIu32 " reads, at most %" PRIu32,
		                 r->schedule->reads, UINT32_MAX - TAUT_LANES);
	r->lanes = taut_lanes_of(r->schedule);
	r->n_groups = (r->lanes + TAUT_LANES - 1) / TAUT_LANES;
	whole.reads = r->n_groups * TAUT_LANES;
	r->sweeps = visits_of(r->problem) ? r->schedule->sweeps : 0;
	r->table = r->sweeps < SWEEPS_MAX ? r->sweeps : SWEEPS_MAX;
	r->units = r->launcher->units < r->n_groups ? r->launcher->units : r->n_groups;
	even = r->units ? (r->n_groups + r->units - 1) / r->units : 0;
	r->share = even < r->launcher->groups ? even : r->launcher->groups;
	st = taut_initial_new(&r->out, r->problem, &whole, err);
	if (st)
		return st;
	if (r->mode == TAUT_MODE_PT) {
		st = init_ladder(r, err);
		if (st)
			return st;
	}
	r->slots = taut_alloc(r->units, sizeof *r->slots, err);
	if (!r->slots)
		return TAUT_ENOMEM;
	for (uint32_t u = 0; u < r->units && st == TAUT_OK; u++)
		st = init_slot(r, &r->slots[u], err);
	return st;
}

static void fini(run *r)
{
	for (uint32_t u = 0; r->slots && u < r->units; u++) {
		slot *w = &r->slots[u];

		taut_free(w->job.state);
		taut_free(w->spins);
		taut_free(w->position);
		taut_free(w->temperature);
		taut_free(w->jq);
	}
	taut_free(r->slots);
	taut_free(r->ladder);
	taut_samples_free(r->out);
}

/* First states. */

/* Energies of the batch's wanted reads; those of the others are of no account. */
static taut_status set_energies(const run *r, size_t first, size_t end, taut_error *err)
{
	return taut_energies_set(r->out, r->problem, first, end < r->lanes ? end : r->lanes,
	                         r->ctx->threads, err);
}

static void load_group(const run *r, taut_machine_state *state, size_t group)
{
	const size_t first = group * TAUT_LANES;
	const size_t n = r->problem->permutation_n;

	taut_lanes_load(state->spins, 1, r->out, first, TAUT_LANES);
	memcpy(state->position, r->out->position + first * n,
	       TAUT_LANES * n * sizeof *state->position);
	for (size_t l = 0; l < TAUT_LANES; l++) {
		state->energy[l] = r->out->energy[first + l];
		state->best_energy[l] = TAUT_NO_ENERGY;
		state->rung[l] = (uint8_t)(r->mode == TAUT_MODE_PT ? l % r->schedule->n_rungs : 0);
	}
}

/* Gives the slot the batch that begins next. */
static taut_status load(run *r, slot *w, taut_error *err)
{
	const uint32_t      first = r->next;
	const uint32_t      left = r->n_groups - first;
	taut_machine_state *state = w->job.state;
	taut_status         st;

	assert(left > 0);
	w->job = (taut_job){.groups = left < r->share ? left : r->share, .state = state};
	w->job.lanes = left > r->share ? TAUT_LANES : r->lanes - (r->n_groups - 1) * TAUT_LANES;
	st = set_energies(r, (size_t)first * TAUT_LANES,
	                  ((size_t)first + w->job.groups) * TAUT_LANES, err);
	if (st)
		return st;
	init_launch(r, &w->job.launch);
	w->job.launch.group = first;
	for (uint32_t g = 0; g < w->job.groups; g++)
		load_group(r, &state[g], first + g);
	w->done = 0;
	w->held = true;
	r->next = first + w->job.groups;
	return TAUT_OK;
}

/* Samples. */

static void store_group(const run *r, const taut_machine_state *state, size_t group)
{
	const bool   tracked = state->best_energy[0] != TAUT_NO_ENERGY;
	const size_t first = group * TAUT_LANES;
	const size_t n = r->problem->permutation_n;

	taut_lanes_store(r->out, first, TAUT_LANES, tracked ? state->best_spins : state->spins, 1);
	memcpy(r->out->position + first * n, tracked ? state->best_position : state->position,
	       TAUT_LANES * n * sizeof *state->position);
	memcpy(r->out->energy + first, tracked ? state->best_energy : state->energy,
	       sizeof state->energy);
}

/* Every second sweep proposes pair k in every wanted ladder, beginning with sweep k mod 2. */
static void add_exchanges(const run *r, const slot *w)
{
	uint64_t ladders = 0;

	r->out->n_rungs = r->schedule->n_rungs;
	for (uint32_t g = 0; g < w->job.groups; g++)
		ladders += taut_job_ladders(&w->job, g);
	for (uint32_t k = 0; k + 1 < r->schedule->n_rungs; k++) {
		r->out->exchanges_proposed[k] += ladders * ((w->done + 1 - (k & 1)) / 2);
		r->out->exchanges_accepted[k] += w->job.accepted[k];
	}
}

/* The slot's states are samples from now on; it is free for the next batch. */
static void store(run *r, slot *w)
{
	const uint32_t first = w->job.launch.group;
	const uint32_t end = first + w->job.groups;
	const uint64_t lanes = (uint64_t)(w->job.groups - 1) * TAUT_LANES + w->job.lanes;

	for (uint32_t g = 0; g < w->job.groups; g++)
		store_group(r, &w->job.state[g], first + g);
	if (r->mode == TAUT_MODE_PT)
		add_exchanges(r, w);
	r->out->proposals += w->done * visits_of(r->problem) * lanes;
	if (w->done > 0 && end > r->kept)
		r->kept = end;
	w->held = false;
}

/* Launches. */

static taut_status launch(run *r, uint32_t unit, taut_error *err)
{
	slot                *w = &r->slots[unit];
	taut_machine_launch *l = &w->job.launch;
	const uint64_t       left = r->sweeps - w->done;
	const uint64_t       most = left < r->table ? left : r->table;
	taut_status          st;

	assert(w->held && !w->flying && left > 0);
	l->sweep_begin = w->done;
	l->sweep_end = w->done + (w->chunk < most ? w->chunk : most);
	l->temperature = w->temperature;
	l->jq = w->jq;
	if (r->mode == TAUT_MODE_PT)
		l->temperature = r->ladder;
	else if (r->mode == TAUT_MODE_SQA)
		taut_encode_rings(w->temperature, w->jq, r->schedule, l->sweep_begin, l->sweep_end);
	else
		taut_encode_run(w->temperature, r->schedule, l->sweep_begin, l->sweep_end);
	w->start_s = taut_clock_s();
	st = r->launcher->start(r->launcher->device, unit, &w->job, err);
	w->flying = st == TAUT_OK;
	return st;
}

/* Waits for the unit's launch and sets the length of its next one. */
static taut_status land(run *r, uint32_t unit, taut_error *err)
{
	slot             *w = &r->slots[unit];
	const uint64_t    sweeps = w->job.launch.sweep_end - w->job.launch.sweep_begin;
	const taut_status st = r->launcher->wait(r->launcher->device, unit, &w->job, err);
	double            passed_s;
	double            next;

	w->flying = false;
	if (st)
		return st;
	w->done += sweeps;
	passed_s = taut_clock_s() - w->start_s;
	next = (double)GROWTH * (double)sweeps;
	if (next * passed_s > LAUNCH_S * (double)sweeps)
		next = LAUNCH_S * (double)sweeps / passed_s;
	w->chunk = next < 1.0 ? 1 : next > SWEEPS_MAX ? SWEEPS_MAX : (uint64_t)next;
	return TAUT_OK;
}

/* Goes on with the unit's batch, or begins the next one; nothing where none is left. */
static taut_status proceed(run *r, uint32_t unit, taut_error *err)
{
	slot       *w = &r->slots[unit];
	taut_status st;

	if (!w->held) {
		if (r->next == r->n_groups)
			return TAUT_OK;
		st = load(r, w, err);
		if (st)
			return st;
	}
	return launch(r, unit, err);
}

/* Until all is done or the run is stopped; nothing is under way afterwards. */
static taut_status anneal(run *r, taut_error *err)
{
	bool        stopped = false;
	uint32_t    flying = 0;
	taut_status st = TAUT_OK;

	for (uint32_t u = 0; u < r->units && st == TAUT_OK && !stopped; u++) {
		stopped = taut_ctx_stopped(r->ctx);
		if (!stopped)
			st = proceed(r, u, err);
		flying += r->slots[u].flying;
	}
	while (flying > 0)
		for (uint32_t u = 0; u < r->units; u++) {
			slot       *w = &r->slots[u];
			taut_status failed;

			if (!w->flying)
				continue;
			/* the first failure is told; the other units are waited for */
			failed = land(r, u, st ? NULL : err);
			flying--;
			if (st == TAUT_OK)
				st = failed;
			if (failed == TAUT_OK && w->done == r->sweeps)
				store(r, w);
			stopped = stopped || taut_ctx_stopped(r->ctx);
			if (st || stopped)
				continue;
			st = proceed(r, u, err);
			flying += w->flying;
		}
	return st;
}

/* All groups without a launch. */
static taut_status keep_first(run *r, uint32_t groups, taut_error *err)
{
	r->kept = groups;
	if (r->mode == TAUT_MODE_PT)
		r->out->n_rungs = r->schedule->n_rungs;
	return set_energies(r, 0, (size_t)groups * TAUT_LANES, err);
}

static taut_status run_groups(run *r, taut_error *err)
{
	taut_status st;

	r->finished = r->sweeps == 0 || r->n_groups == 0;
	if (r->finished)
		return r->n_groups ? keep_first(r, r->n_groups, err) : TAUT_OK;
	st = anneal(r, err);
	if (st && st != TAUT_EDEVICE)
		return st;
	r->finished = st == TAUT_OK && r->next == r->n_groups;
	for (uint32_t u = 0; u < r->units; u++) {
		if (!r->slots[u].held)
			continue;
		r->finished = false;
		store(r, &r->slots[u]);
	}
	/* stopped before the first launch: there is a batch of samples all the same */
	if (st == TAUT_OK && r->kept == 0)
		st = keep_first(r, r->share, err);
	return st;
}

taut_status taut_launcher_run(taut_samples **out, bool *finished, const taut_launcher *launcher,
                              const taut_problem *problem, const taut_noise *noise,
                              const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	run         r = {.launcher = launcher,
	                 .problem = problem,
	                 .noise = noise,
	                 .schedule = schedule,
	                 .ctx = ctx,
	                 .mode = taut_encode_mode(schedule->algorithm),
	                 .rule = taut_encode_rule(schedule->acceptance)};
	taut_status st;

	*out = NULL;
	*finished = false;
	assert(r.mode != TAUT_MODE_SQA || !problem->permutation_n);
	st = init(&r, err);
	if (st)
		goto done;
	st = run_groups(&r, err);
	if (st && (st != TAUT_EDEVICE || r.kept == 0))
		goto done;
	r.out->count = (size_t)r.kept * TAUT_LANES;
	if (r.out->count > schedule->reads)
		r.out->count = schedule->reads;
	*finished = r.finished;
	*out = r.out;
	r.out = NULL;
done:
	fini(&r);
	return st;
}
