/* One group of 64 lanes over bits, from first states to samples. */
#include <assert.h>
#include <string.h>

#include "backend/cpu/cpu.h"
#include "backend/cpu/transpose.h"
#include "backend/initial.h"
#include "base/alloc.h"

/* Visits between two looks at the clock, which takes about 30 ns: they take 10 microseconds at
 * least. */
enum { VISITS_PER_LOOK = 2048 };

typedef struct {
	taut_cpu_flips              f;
	const taut_cpu_flip_kernel *kernel;
	uint64_t                   *best; /* [n] */
	int64_t                     best_energy[TAUT_LANES];
	taut_temperature           *scratch;
	size_t                      first; /* read of lane 0 */
	uint32_t                    lanes; /* reads of this group */
} group;

static const taut_cpu_flip_kernel *choose(const taut_cpu *cpu, taut_machine_rule rule)
{
	if (cpu->problem->group)
		return &cpu->kernels->exchange[rule];
	if (cpu->narrow && rule == TAUT_RULE_METROPOLIS && cpu->kernels->has_narrow)
		return &cpu->kernels->narrow;
	return &cpu->kernels->flip[rule];
}

static void fini(group *g)
{
	taut_free(g->f.spins);
	taut_free(g->f.fields);
	taut_free(g->f.current);
	taut_free(g->f.member_first);
	taut_free(g->f.member);
	taut_free(g->f.number);
	taut_free(g->best);
	taut_free(g->scratch);
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

static taut_status init(group *g, const taut_cpu_run *run, size_t number, taut_error *err)
{
	const taut_problem     *p = run->cpu->problem;
	const taut_machine_rule rule = run->schedule->acceptance == TAUT_ACCEPTANCE_HEATBATH
	                                       ? TAUT_RULE_HEATBATH
	                                       : TAUT_RULE_METROPOLIS;
	const taut_noise       *noise = run->cpu->noise;
	const size_t            left = run->out->count - number * TAUT_LANES;
	const size_t            n = p->n;

	*g = (group){
		.f = {.n = p->n,
	              .linear = p->linear,
	              .row = p->row,
	              .col = p->col,
	              .coef = p->coef,
	              .noise = rule == TAUT_RULE_HEATBATH ? (const void *)noise->heatbath_doubled
	                                                  : noise->metropolis_doubled,
	              .group = p->group},
		.kernel = choose(run->cpu, rule),
		.first = number * TAUT_LANES,
		.lanes = left < TAUT_LANES ? (uint32_t)left : TAUT_LANES,
	};
	g->f.active = ~(uint64_t)0 >> (TAUT_LANES - g->lanes);
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		g->best_energy[l] = TAUT_NO_ENERGY;
	g->f.spins = taut_alloc(n, sizeof *g->f.spins, err);
	if (!g->f.spins)
		return TAUT_ENOMEM;
	g->best = taut_alloc(n, sizeof *g->best, err);
	if (!g->best)
		return TAUT_ENOMEM;
	g->f.fields = taut_alloc_aligned(n * TAUT_LANES, sizeof(int32_t), err);
	if (!g->f.fields)
		return TAUT_ENOMEM;
	g->scratch = taut_alloc(run->temperature ? 0 : TAUT_CPU_CHUNK, sizeof *g->scratch, err);
	if (!g->scratch)
		return TAUT_ENOMEM;
	return p->group ? init_groups(&g->f, p, err) : TAUT_OK;
}

/* Bits of the reads into words of lanes. */
static void load_spins(group *g, const taut_samples *s)
{
	for (size_t w = 0; w < s->words; w++) {
		const size_t n = s->n - 64 * w < 64 ? s->n - 64 * w : 64;
		uint64_t     block[64] = {0};

		for (size_t l = 0; l < g->lanes; l++)
			block[l] = s->bits[(g->first + l) * s->words + w];
		taut_transpose_64(block);
		memcpy(g->f.spins + 64 * w, block, n * sizeof *block);
	}
}

static void store_spins(taut_samples *s, const group *g, const uint64_t *spins)
{
	for (size_t w = 0; w < s->words; w++) {
		const size_t n = s->n - 64 * w < 64 ? s->n - 64 * w : 64;
		uint64_t     block[64] = {0};

		memcpy(block, spins + 64 * w, n * sizeof *block);
		taut_transpose_64(block);
		for (size_t l = 0; l < g->lanes; l++)
			s->bits[(g->first + l) * s->words + w] = block[l];
	}
}

static void keep_best(group *g)
{
	uint64_t better = 0;

	g->kernel->measure(&g->f);
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		if (g->f.energy[l] < g->best_energy[l])
			better |= (uint64_t)1 << l;
	better &= g->f.active;
	if (!better)
		return;
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		if (better >> l & 1)
			g->best_energy[l] = g->f.energy[l];
	for (size_t i = 0; i < g->f.n; i++)
		g->best[i] = (g->best[i] & ~better) | (g->f.spins[i] & better);
}

/* Returns the number of sweeps done. */
static uint64_t anneal(group *g, const taut_cpu_run *run, uint32_t number)
{
	const taut_schedule    *schedule = run->schedule;
	const uint64_t          per_look = 1 + VISITS_PER_LOOK / (g->f.n + 1);
	const taut_temperature *temperature = NULL;
	uint64_t                begin = 0;
	uint64_t                end = 0;
	uint64_t                s;

	for (s = 0; s < run->sweeps; s++) {
		if (s % per_look == 0 && taut_ctx_stopped(run->ctx))
			break;
		if (s == end) {
			begin = s;
			temperature = taut_cpu_run_temperatures(&end, run, g->scratch, begin);
		}
		g->kernel->sweep(&g->f, taut_machine_reseed(schedule->seed, number, s),
		                 temperature[s - begin]);
		if (s >= schedule->track_from || s + 1 == run->sweeps)
			keep_best(g);
	}
	return s;
}

static void finish(group *g, taut_samples *out)
{
	const bool tracked = g->best_energy[0] != TAUT_NO_ENERGY;

	if (!tracked)
		g->kernel->measure(&g->f);
	store_spins(out, g, tracked ? g->best : g->f.spins);
	memcpy(out->energy + g->first, tracked ? g->best_energy : g->f.energy,
	       g->lanes * sizeof *out->energy);
}

taut_status taut_cpu_flip_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const taut_cpu_run *run = payload;
	group               g;
	uint64_t            done;
	taut_status         st;

	(void)worker;
	assert(run->parts == 1);
	/* the first group always gives samples */
	if (task > 0 && taut_ctx_stopped(run->ctx))
		return TAUT_OK;
	st = init(&g, run, task, err);
	if (st)
		goto done;
	load_spins(&g, run->out);
	if (g.f.group)
		for (uint32_t l = 0; l < g.lanes; l++)
			g.f.energy[l] =
				taut_initial_energy(run->cpu->problem, run->out, g.first + l);
	g.kernel->start(&g.f);
	done = anneal(&g, run, (uint32_t)task);
	finish(&g, run->out);
	run->outcome[task] = done == run->sweeps ? TAUT_CPU_DONE : TAUT_CPU_CUT;
	run->proposals[task] = done * g.f.n * g.lanes;
done:
	fini(&g);
	return st;
}
