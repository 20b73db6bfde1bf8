/* A batch of groups of 64 lanes over bits, from first states to samples; how it lies in memory is
 * its layout's matter. */
#include <assert.h>
#include <string.h>

#include "backend/cpu/cpu.h"
#include "base/alloc.h"

/* Visits between two looks at the clock, which takes about 30 ns: they take 10 microseconds at
 * least. */
enum { VISITS_PER_LOOK = 2048 };

enum { LANES_MAX = TAUT_CPU_GROUPS * TAUT_LANES };

typedef struct {
	const taut_cpu_run    *run;
	const taut_cpu_layout *layout;
	void                  *state; /* the layout's */
	taut_cpu_batch         batch;
	uint32_t               group; /* number of the batch's first */
	bool                   tracked;
	/* of the sweeps [begin, end); sa and sqa */
	uint64_t                begin, end;
	const taut_temperature *temperature;
	taut_temperature       *scratch;
	int64_t                *jq;                       /* sqa */
	taut_cpu_exchanges     *exchanges;                /* pt: counts of this task */
	taut_cpu_ladders        ladders[TAUT_CPU_GROUPS]; /* pt */
	taut_temperature        by_lane[LANES_MAX];       /* pt */
	int64_t                 energy[LANES_MAX];
	int64_t                 best_energy[LANES_MAX];
} flips;

static void init_ladders(flips *w)
{
	for (uint32_t g = 0; g < w->batch.groups; g++) {
		const uint32_t left = w->batch.lanes - g * TAUT_LANES;

		taut_cpu_ladders_init(&w->ladders[g], w->run->schedule, w->run->cpu->noise, 0,
		                      left < TAUT_LANES ? left : TAUT_LANES);
	}
}

static taut_status init(flips *w, const taut_cpu_run *run, size_t task, taut_error *err)
{
	const size_t share = (size_t)run->groups * TAUT_LANES;
	const size_t left = run->out->count - task * share;

	w->run = run;
	w->layout = run->layout;
	w->state = NULL;
	w->group = (uint32_t)(task * run->groups);
	w->tracked = false;
	w->batch = (taut_cpu_batch){.first = task * share,
	                            .lanes = (uint32_t)(left < share ? left : share)};
	w->batch.groups = (w->batch.lanes + TAUT_LANES - 1) / TAUT_LANES;
	for (uint32_t l = 0; l < LANES_MAX; l++)
		w->best_energy[l] = TAUT_NO_ENERGY;
	w->begin = w->end = 0;
	w->jq = NULL;
	w->scratch = taut_alloc(run->temperature ? 0 : TAUT_CPU_CHUNK, sizeof *w->scratch, err);
	if (!w->scratch)
		return TAUT_ENOMEM;
	w->jq = taut_alloc(run->mode == TAUT_MODE_SQA ? TAUT_CPU_CHUNK : 0, sizeof *w->jq, err);
	if (!w->jq)
		return TAUT_ENOMEM;
	if (run->mode == TAUT_MODE_PT) {
		w->exchanges = &run->exchanges[task];
		init_ladders(w);
	}
	return w->layout->open(&w->state, run, &w->batch, err);
}

static void fini(flips *w)
{
	w->layout->close(w->state);
	taut_free(w->scratch);
	taut_free(w->jq);
}

static void keep_best(flips *w)
{
	uint64_t better[TAUT_CPU_GROUPS] = {0};
	bool     any = false;

	w->tracked = true;
	for (uint32_t l = 0; l < w->batch.lanes; l++) {
		if (w->energy[l] >= w->best_energy[l])
			continue;
		w->best_energy[l] = w->energy[l];
		better[l / TAUT_LANES] |= (uint64_t)1 << l % TAUT_LANES;
		any = true;
	}
	if (any)
		w->layout->keep(w->state, better);
}

static void exchange(flips *w, const taut_cpu_drive *drive, uint64_t s)
{
	for (uint32_t g = 0; g < w->batch.groups; g++)
		taut_cpu_ladders_exchange(&w->ladders[g], w->exchanges, drive->generator[g], s,
		                          w->energy + (size_t)g * TAUT_LANES);
}

/* Temperatures and the like of sweep s, which follows the last one. */
static void set_drive(taut_cpu_drive *drive, flips *w, uint64_t s)
{
	const taut_cpu_run  *run = w->run;
	const taut_schedule *schedule = run->schedule;

	for (uint32_t g = 0; g < w->batch.groups; g++)
		drive->generator[g] = taut_machine_reseed(schedule->seed, w->group + g, s);
	if (run->mode == TAUT_MODE_PT) {
		for (uint32_t g = 0; g < w->batch.groups; g++)
			taut_cpu_ladders_temperatures(w->by_lane + (size_t)g * TAUT_LANES,
			                              &w->ladders[g]);
		drive->temperature = w->by_lane;
		drive->width = TAUT_LANES;
		return;
	}
	if (s == w->end) {
		w->begin = s;
		w->temperature = taut_cpu_run_steps(&w->end, run, w->scratch, w->jq, s);
	}
	drive->temperature = w->temperature + (s - w->begin);
	drive->width = 1;
	if (run->mode == TAUT_MODE_SQA) {
		drive->ring = schedule->ring;
		drive->jq = w->jq[s - w->begin];
	}
}

/* Returns the number of sweeps done. */
static uint64_t anneal(flips *w)
{
	const taut_cpu_run *run = w->run;
	const uint64_t      per_look = 1 + VISITS_PER_LOOK / (run->cpu->problem->n + 1);
	taut_cpu_drive      drive = {.width = 1};
	uint64_t            s;

	for (s = 0; s < run->sweeps; s++) {
		const bool track = s >= run->schedule->track_from || s + 1 == run->sweeps;

		if (s % per_look == 0 && taut_ctx_stopped(run->ctx))
			break;
		set_drive(&drive, w, s);
		w->layout->sweep(w->state, &drive);
		if (track || run->mode == TAUT_MODE_PT)
			w->layout->energies(w->energy, w->state);
		if (run->mode == TAUT_MODE_PT)
			exchange(w, &drive, s);
		if (track)
			keep_best(w);
	}
	return s;
}

static void finish(flips *w)
{
	taut_samples *out = w->run->out;

	if (!w->tracked)
		w->layout->energies(w->energy, w->state);
	w->layout->store(out, w->state, w->tracked);
	memcpy(out->energy + w->batch.first, w->tracked ? w->best_energy : w->energy,
	       w->batch.lanes * sizeof *out->energy);
}

taut_status taut_cpu_flip_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const taut_cpu_run *run = payload;
	flips               w;
	uint64_t            done;
	taut_status         st;

	(void)worker;
	/* the first batch always gives samples */
	if (task > 0 && taut_ctx_stopped(run->ctx))
		return TAUT_OK;
	st = init(&w, run, task, err);
	if (st)
		goto done;
	w.layout->load(w.state, run->out);
	done = anneal(&w);
	finish(&w);
	run->outcome[task] = done == run->sweeps ? TAUT_CPU_DONE : TAUT_CPU_CUT;
	run->proposals[task] = done * run->cpu->problem->n * w.batch.lanes;
done:
	fini(&w);
	return st;
}
