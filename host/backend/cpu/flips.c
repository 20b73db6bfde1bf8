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
	taut_temperature      *scratch;
	int64_t                energy[LANES_MAX];
	int64_t                best_energy[LANES_MAX];
} flips;

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
	w->scratch = taut_alloc(run->temperature ? 0 : TAUT_CPU_CHUNK, sizeof *w->scratch, err);
	if (!w->scratch)
		return TAUT_ENOMEM;
	return w->layout->open(&w->state, run, &w->batch, err);
}

static void fini(flips *w)
{
	w->layout->close(w->state);
	taut_free(w->scratch);
}

static void keep_best(flips *w)
{
	uint64_t better[TAUT_CPU_GROUPS] = {0};
	bool     any = false;

	w->layout->energies(w->energy, w->state);
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

/* Returns the number of sweeps done. */
static uint64_t anneal(flips *w)
{
	const taut_cpu_run     *run = w->run;
	const taut_schedule    *schedule = run->schedule;
	const uint64_t          per_look = 1 + VISITS_PER_LOOK / (run->cpu->problem->n + 1);
	const taut_temperature *temperature = NULL;
	taut_cpu_drive          drive = {.width = 1};
	uint64_t                begin = 0;
	uint64_t                end = 0;
	uint64_t                s;

	for (s = 0; s < run->sweeps; s++) {
		if (s % per_look == 0 && taut_ctx_stopped(run->ctx))
			break;
		if (s == end) {
			begin = s;
			temperature = taut_cpu_run_temperatures(&end, run, w->scratch, begin);
		}
		drive.temperature = temperature + (s - begin);
		for (uint32_t g = 0; g < w->batch.groups; g++)
			drive.generator[g] = taut_machine_reseed(schedule->seed, w->group + g, s);
		w->layout->sweep(w->state, &drive);
		if (s >= schedule->track_from || s + 1 == run->sweeps)
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
