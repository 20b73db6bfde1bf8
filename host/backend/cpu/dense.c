/* The layout of dense couplings: one group of lanes, whose sweeps are hot or cold (dense.h) as the
 * flips of the last one suggest. */
#include <assert.h>

#include "backend/cpu/cpu.h"
#include "backend/lanes.h"
#include "base/alloc.h"

typedef struct {
	taut_cpu_dense_group         g;
	const taut_cpu_dense_kernel *kernel;
	const taut_cpu_costs        *costs;
	taut_machine_rule            rule;
	uint64_t                    *best; /* [64 blocks] */
	taut_cpu_batch               batch;
} dense;

static void dense_close(void *state)
{
	dense *m = state;

	if (!m)
		return;
	taut_cpu_dense_group_fini(&m->g);
	taut_free(m->best);
	taut_free(m);
}

static taut_status init(dense *m, const taut_cpu_run *run, taut_error *err)
{
	const taut_cpu_dense *d = &run->cpu->dense;
	const taut_noise     *noise = run->cpu->noise;

	m->kernel = &run->cpu->kernels->dense;
	m->costs = run->cpu->kernels->costs;
	m->rule = run->rule;
	m->best = taut_alloc((size_t)d->blocks * TAUT_DENSE_BLOCK, sizeof *m->best, err);
	if (!m->best)
		return TAUT_ENOMEM;
	return taut_cpu_dense_group_init(&m->g, d, m->batch.lanes,
	                                 run->rule == TAUT_RULE_HEATBATH
	                                         ? (const void *)noise->heatbath_doubled
	                                         : noise->metropolis_doubled,
	                                 err);
}

static taut_status dense_open(void **state, const taut_cpu_run *run, const taut_cpu_batch *batch,
                              taut_error *err)
{
	dense      *m = taut_alloc(1, sizeof *m, err);
	taut_status st = TAUT_ENOMEM;

	*state = NULL;
	assert(batch->groups == 1);
	if (!m)
		goto done;
	m->batch = *batch;
	st = init(m, run, err);
	if (st)
		goto done;
	*state = m;
	m = NULL;
done:
	dense_close(m);
	return st;
}

static void dense_load(void *state, const taut_samples *samples)
{
	dense *m = state;

	taut_lanes_load(m->g.spins, 1, samples, m->batch.first, m->batch.lanes);
	m->kernel->start(&m->g);
	/* as from random states at a high temperature */
	m->g.flips = (uint64_t)m->g.data->n * m->g.lanes;
}

/* A change of mind costs about a hot sweep and needs a tenth more or fewer flips. */
static void choose_temper(dense *m)
{
	const uint64_t even = taut_cpu_dense_break_even(&m->g, m->costs);

	if (m->g.cold && m->g.flips > even + even / 10)
		m->g.cold = false;
	else if (!m->g.cold && m->g.flips < even - even / 10) {
		m->kernel->keep_sums(&m->g);
		m->g.cold = true;
	}
}

static void dense_sweep(void *state, taut_cpu_drive *drive)
{
	dense          *m = state;
	uint32_t *const generator = &drive->generator[0];

	choose_temper(m);
	if (drive->ring)
		*generator = m->kernel->sweep_rings[m->rule](
			&m->g, *generator, drive->temperature[0], drive->jq, drive->ring);
	else
		*generator = m->kernel->sweep[m->rule](&m->g, *generator, drive->temperature,
		                                       drive->width);
}

static void dense_energies(int64_t *out, void *state)
{
	const dense *m = state;

	for (uint32_t l = 0; l < TAUT_LANES; l++)
		out[l] = m->g.energy[l];
}

static void dense_keep(void *state, const uint64_t *lanes)
{
	dense         *m = state;
	const uint64_t better = lanes[0];

	for (size_t i = 0; i < m->g.data->n; i++)
		m->best[i] = (m->best[i] & ~better) | (m->g.spins[i] & better);
}

static void dense_store(taut_samples *samples, const void *state, bool best)
{
	const dense *m = state;

	taut_lanes_store(samples, m->batch.first, m->batch.lanes, best ? m->best : m->g.spins,
	                     1);
}

const taut_cpu_layout taut_cpu_dense_rows = {.name = "dense",
                                             .groups = 1,
                                             .open = dense_open,
                                             .load = dense_load,
                                             .sweep = dense_sweep,
                                             .energies = dense_energies,
                                             .keep = dense_keep,
                                             .store = dense_store,
                                             .close = dense_close};
