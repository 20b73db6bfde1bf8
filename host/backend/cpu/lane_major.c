/* Lane-major: every variable keeps the fields of the 64 lanes of a group side by side (kernels.h).
 * With exchanges where the problem has one-hot groups, with activities where it has terms. */
#include <assert.h>

#include "backend/cpu/cpu.h"
#include "backend/initial.h"
#include "backend/lanes.h"
#include "base/alloc.h"

typedef struct {
	taut_cpu_flips              f;
	const taut_cpu_flip_kernel *kernel;
	const taut_problem         *problem;
	uint64_t                   *best; /* [n] */
	taut_cpu_batch              batch;
} lane_major;

/* The narrowest fields that hold the problem's and have loops for the mode. */
static taut_cpu_width width_of(const taut_cpu_run *run)
{
	taut_cpu_width w = run->cpu->width;

	for (; w < TAUT_CPU_32; w++) {
		const taut_cpu_flip_kernel *k = &run->cpu->kernels->flip[w][run->rule];

		if (run->mode == TAUT_MODE_SA || (run->mode == TAUT_MODE_PT && k->sweep_tempered) ||
		    (run->mode == TAUT_MODE_SQA && k->sweep_rings))
			break;
	}
	return w;
}

static void lane_major_close(void *state)
{
	lane_major *m = state;

	if (!m)
		return;
	taut_free(m->f.spins);
	taut_free(m->f.fields);
	taut_free(m->f.activity);
	taut_free(m->f.current);
	taut_free(m->f.member_first);
	taut_free(m->f.member);
	taut_free(m->f.number);
	taut_free(m->best);
	taut_free(m);
}

/* Members of the one-hot groups, and whether any couple inside. */
static taut_status init_groups(taut_cpu_flips *f, const taut_problem *p, taut_error *err)
{
	f->current = taut_alloc((size_t)p->n_groups * TAUT_LANES, sizeof *f->current, err);
	f->member_first = taut_alloc((size_t)p->n_groups + 1, sizeof *f->member_first, err);
	f->member = taut_alloc(p->n, sizeof *f->member, err);
	f->number = taut_alloc(p->n, sizeof *f->number, err);
	if (!f->current || !f->member_first || !f->member || !f->number)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->group[i] != TAUT_UNGROUPED)
			f->number[i] = f->member_first[p->group[i] + 1]++;
	for (uint32_t g = 0; g < p->n_groups; g++)
		f->member_first[g + 1] += f->member_first[g];
	for (uint32_t i = 0; i < p->n; i++) {
		if (p->group[i] == TAUT_UNGROUPED)
			continue;
		f->member[f->member_first[p->group[i]] + f->number[i]] = i;
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			f->coupled |= p->group[p->col[k]] == p->group[i];
	}
	return TAUT_OK;
}

static taut_status init(lane_major *m, const taut_cpu_run *run, taut_error *err)
{
	const taut_problem     *p = run->cpu->problem;
	const taut_noise       *noise = run->cpu->noise;
	const taut_cpu_kernels *kernels = run->cpu->kernels;
	const taut_cpu_width    width = width_of(run);

	m->f = (taut_cpu_flips){.n = p->n,
	                        .linear = p->linear,
	                        .row = p->row,
	                        .col = p->col,
	                        .coef = p->coef,
	                        .noise = run->rule == TAUT_RULE_HEATBATH
	                                         ? (const void *)noise->heatbath_doubled
	                                         : noise->metropolis_doubled,
	                        .active = ~(uint64_t)0 >> (TAUT_LANES - m->batch.lanes),
	                        .group = p->group};
	m->problem = p;
	m->kernel = p->group   ? &kernels->exchange[run->rule]
	            : p->terms ? &kernels->term[run->rule]
	                       : &kernels->flip[width][run->rule];
	m->f.spins = taut_alloc(p->n, sizeof *m->f.spins, err);
	if (!m->f.spins)
		return TAUT_ENOMEM;
	m->best = taut_alloc(p->n, sizeof *m->best, err);
	if (!m->best)
		return TAUT_ENOMEM;
	if (p->terms) {
		m->f.terms = &run->cpu->terms;
		m->f.activity = taut_alloc_aligned((size_t)run->cpu->terms.count * TAUT_LANES,
		                                   sizeof *m->f.activity, err);
		if (!m->f.activity)
			return TAUT_ENOMEM;
		if (p->row[p->n] == 0) /* the linear terms are all there is of a field */
			return TAUT_OK;
	}
	m->f.fields = taut_alloc_aligned((size_t)p->n * TAUT_LANES, (size_t)1 << width, err);
	if (!m->f.fields)
		return TAUT_ENOMEM;
	return p->group ? init_groups(&m->f, p, err) : TAUT_OK;
}

static taut_status lane_major_open(void **state, const taut_cpu_run *run,
                                   const taut_cpu_batch *batch, taut_error *err)
{
	lane_major *m = taut_alloc(1, sizeof *m, err);
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
	lane_major_close(m);
	return st;
}

static void lane_major_load(void *state, const taut_samples *samples)
{
	lane_major *m = state;

	taut_lanes_load(m->f.spins, 1, samples, m->batch.first, m->batch.lanes);
	if (m->f.group || m->f.terms) /* counted on from here */
		for (uint32_t l = 0; l < m->batch.lanes; l++)
			m->f.energy[l] =
				taut_initial_energy(m->problem, samples, m->batch.first + l);
	m->kernel->start(&m->f);
}

static void lane_major_sweep(void *state, taut_cpu_drive *drive)
{
	lane_major     *m = state;
	uint32_t *const generator = &drive->generator[0];

	if (drive->ring)
		*generator = m->kernel->sweep_rings(&m->f, *generator, drive->temperature[0],
		                                    drive->jq, drive->ring);
	else if (drive->width == TAUT_LANES)
		*generator = m->kernel->sweep_tempered(&m->f, *generator, drive->temperature);
	else
		*generator = m->kernel->sweep(&m->f, *generator, drive->temperature[0]);
}

static void lane_major_energies(int64_t *out, void *state)
{
	lane_major *m = state;

	m->kernel->measure(&m->f);
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		out[l] = m->f.energy[l];
}

static void lane_major_keep(void *state, const uint64_t *lanes)
{
	lane_major    *m = state;
	const uint64_t better = lanes[0];

	for (size_t i = 0; i < m->f.n; i++)
		m->best[i] = (m->best[i] & ~better) | (m->f.spins[i] & better);
}

static void lane_major_store(taut_samples *samples, const void *state, bool best)
{
	const lane_major *m = state;

	taut_lanes_store(samples, m->batch.first, m->batch.lanes, best ? m->best : m->f.spins,
	                     1);
}

const taut_cpu_layout taut_cpu_lane_major = {.name = "lane-major",
                                             .groups = 1,
                                             .open = lane_major_open,
                                             .load = lane_major_load,
                                             .sweep = lane_major_sweep,
                                             .energies = lane_major_energies,
                                             .keep = lane_major_keep,
                                             .store = lane_major_store,
                                             .close = lane_major_close};
