/* The layout of dense couplings: one group of lanes, whose sweeps are hot or cold (dense.h) as the
 * flips of the last one suggest. */
#include <assert.h>

#include "backend/cpu/cpu.h"
#include "base/alloc.h"

typedef struct {
	taut_cpu_dense_group         g;
	const taut_cpu_dense_kernel *kernel;
	taut_machine_rule            rule;
	uint64_t                    *best; /* [64 blocks] */
	taut_cpu_batch               batch;
} dense;

static void dense_close(void *state)
{
	dense *m = state;

	if (!m)
		return;
	taut_free(m->g.spins);
	taut_free(m->g.packed);
	taut_free(m->g.bytes);
	taut_free(m->g.kept);
	taut_free(m->g.sums);
	taut_free(m->g.turned);
	taut_free(m->g.moved);
	taut_free(m->g.flipped);
	taut_free(m->g.n_flipped);
	taut_free(m->best);
	taut_free(m);
}

static taut_status init(dense *m, const taut_cpu_run *run, taut_error *err)
{
	const taut_cpu_dense *d = &run->cpu->dense;
	const size_t          padded = (size_t)d->blocks * TAUT_DENSE_BLOCK;
	const size_t          square = (size_t)TAUT_LANES * TAUT_DENSE_BLOCK;

	m->g = (taut_cpu_dense_group){
		.data = d,
		.noise = run->rule == TAUT_RULE_HEATBATH
	                         ? (const void *)run->cpu->noise->heatbath_doubled
	                         : run->cpu->noise->metropolis_doubled,
		.active = ~(uint64_t)0 >> (TAUT_LANES - m->batch.lanes),
		.lanes = m->batch.lanes};
	m->kernel = &run->cpu->kernels->dense;
	m->rule = run->rule;
	m->g.spins = taut_alloc_aligned(padded, sizeof *m->g.spins, err);
	m->g.packed = taut_alloc_aligned(padded, sizeof *m->g.packed, err);
	m->best = taut_alloc(padded, sizeof *m->best, err);
	if (!m->g.spins || !m->g.packed || !m->best)
		return TAUT_ENOMEM;
	if (!d->bits) {
		m->g.bytes = taut_alloc_aligned(padded, TAUT_LANES, err);
		if (!m->g.bytes)
			return TAUT_ENOMEM;
	}
	m->g.kept = taut_alloc_aligned(d->blocks * square, sizeof *m->g.kept, err);
	m->g.sums = taut_alloc_aligned(square, sizeof *m->g.sums, err);
	m->g.turned = taut_alloc_aligned(square, sizeof *m->g.turned, err);
	m->g.moved = taut_alloc_aligned(square, sizeof *m->g.moved, err);
	m->g.flipped = taut_alloc(TAUT_LANES, sizeof *m->g.flipped, err);
	m->g.n_flipped = taut_alloc(TAUT_LANES, sizeof *m->g.n_flipped, err);
	return m->g.kept && m->g.sums && m->g.turned && m->g.moved && m->g.flipped && m->g.n_flipped
	               ? TAUT_OK
	               : TAUT_ENOMEM;
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

	taut_cpu_words_load(m->g.spins, 1, samples, m->batch.first, m->batch.lanes);
	m->kernel->start(&m->g);
	/* as from random states at a high temperature */
	m->g.flips = (uint64_t)m->g.data->n * m->g.lanes;
}

/* Flips of a sweep from which on a hot one is cheaper, with all lanes in any case:
 * n 64 hot = n lanes keep + flips row. */
static uint64_t break_even(const dense *m)
{
	const taut_cpu_dense       *d = m->g.data;
	const taut_cpu_dense_costs *c = &m->kernel->costs;
	const uint64_t hot = TAUT_LANES * (uint64_t)(d->bits ? c->counts : c->dots * d->planes);
	const uint64_t keep = (uint64_t)m->g.lanes * c->keep;
	const uint64_t row = (uint64_t)d->planes * (d->rows_8 > 1 ? c->row_8 : c->row);

	return hot > keep ? d->n * (hot - keep) / row : 0;
}

/* A change of mind costs about a hot sweep and needs a tenth more or fewer flips. */
static void choose_temper(dense *m)
{
	const uint64_t even = break_even(m);

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

	taut_cpu_words_store(samples, m->batch.first, m->batch.lanes, best ? m->best : m->g.spins,
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
