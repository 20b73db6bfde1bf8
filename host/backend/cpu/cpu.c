/* The cpu backend: lanes as vectors, chosen by instruction set at run time; groups of lanes on
 * threads. */
#include "backend/cpu/cpu.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "backend/cpu/bifurcation.h"
#include "backend/cpu/isa.h"
#include "backend/cpu/random.h"
#include "backend/cpu/tabu.h"
#include "backend/encode.h"
#include "backend/initial.h"
#include "backend/lanes.h"
#include "base/alloc.h"
#include "base/clock.h"

taut_status taut_cpu_open_isa(taut_backend **out, const char *isa, taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	taut_cpu   *cpu = NULL;
	char        brand[64];

	*out = NULL;
	cpu = taut_alloc(1, sizeof *cpu, err);
	if (!cpu)
		goto done;
	cpu->base.ops = &taut_cpu_ops;
	cpu->kernels = taut_cpu_isa_find(isa);
	if (!cpu->kernels) {
		st = taut_fail(err, TAUT_EUSAGE,
		               "instruction set '%s' (TAUT_ISA) is unknown or not on this "
		               "processor; there are generic, avx2, avx512 and avx512vnni",
		               isa);
		goto done;
	}
	st = taut_noise_new(&cpu->noise, err);
	if (st)
		goto done;
	taut_cpu_isa_brand(brand, sizeof brand);
	(void)snprintf(cpu->device, sizeof cpu->device, "%s, %s, %d lanes", brand,
	               cpu->kernels->name, TAUT_LANES);
	*out = &cpu->base;
	cpu = NULL;
done:
	taut_cpu_ops.close(cpu ? &cpu->base : NULL);
	return st;
}

static taut_status cpu_open(taut_backend **out, const taut_backend_options *options,
                            taut_error *err)
{
	(void)options; /* there is one processor */
	return taut_cpu_open_isa(out, getenv("TAUT_ISA"), err);
}

static void cpu_devices(taut_devices *out)
{
	*out = (taut_devices){.count = 1};
	taut_cpu_isa_brand(out->name[0], sizeof out->name[0]);
}

static void cpu_times(taut_backend_times *out, const taut_backend *b)
{
	*out = ((const taut_cpu *)b)->times;
}

static void cpu_limits(taut_limits *out, const taut_backend *b)
{
	const taut_cpu *cpu = (const taut_cpu *)b;

	*out = (taut_limits){.max_variables = UINT32_MAX - 1,
	                     .max_couplings = SIZE_MAX / sizeof(int32_t),
	                     .max_permutation = TAUT_PERMUTATION_MAX,
	                     .groups = true,
	                     .dense = true,
	                     .terms = true,
	                     .algorithms = TAUT_ENCODE_ALGORITHMS | 1u << TAUT_ALGORITHM_SB |
	                                   1u << TAUT_ALGORITHM_TABU | 1u << TAUT_ALGORITHM_RANDOM,
	                     .exact = true};
	(void)snprintf(out->device, sizeof out->device, "%s", cpu->device);
}

/* The narrowest width in which fields and their opposites stay, whatever the spins. */
static taut_cpu_width width_of(const taut_problem *p)
{
	int64_t largest = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t low = p->linear[i];
		int64_t high = p->linear[i];

		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++) {
			low += p->coef[k] < 0 ? p->coef[k] : 0;
			high += p->coef[k] > 0 ? p->coef[k] : 0;
		}
		largest = high > largest ? high : largest;
		largest = -low > largest ? -low : largest;
	}
	return largest <= INT8_MAX ? TAUT_CPU_8 : largest <= INT16_MAX ? TAUT_CPU_16 : TAUT_CPU_32;
}

void taut_cpu_set_form(taut_backend *b, taut_cpu_form form)
{
	((taut_cpu *)b)->form = form;
}

/* Planes of couplings that are taken as dense rather than by link; 0: they are not. */
static uint32_t dense_planes(const taut_cpu *cpu, const taut_problem *p, taut_cpu_link link)
{
	uint32_t planes;

	if (p->dense)
		return p->n > 0;
	planes = cpu->form == TAUT_CPU_FORM_SPARSE || cpu->form == TAUT_CPU_FORM_SLICED
	                 ? 0
	                 : taut_cpu_dense_planes(p);
	return planes && (cpu->form == TAUT_CPU_FORM_DENSE ||
	                  taut_cpu_dense_pays(p, planes, link, cpu->kernels->costs))
	               ? planes
	               : 0;
}

static taut_status load_dense(taut_cpu *cpu, const taut_problem *p, uint32_t planes, int64_t bound,
                              taut_error *err)
{
	taut_status st = p->dense || planes > 1 ? taut_problem_dup(&cpu->problem, p, err)
	                                        : taut_cpu_dense_problem(&cpu->problem, p, err);

	return st ? st : taut_cpu_dense_init(&cpu->dense, cpu->problem, bound, err);
}

/* The couplings of bits in the form that is cheapest. What is cheaper as dense than the cheapest
 * links is so in any case, and the others are then not made. */
static taut_status load_bits(taut_cpu *cpu, const taut_problem *p, int64_t bound, taut_error *err)
{
	uint32_t    planes;
	taut_status st;

	if (p->terms) {
		assert(!p->dense && !p->group);
		cpu->width = TAUT_CPU_32;
		st = taut_problem_dup(&cpu->problem, p, err);
		return st ? st : taut_cpu_terms_init(&cpu->terms, cpu->problem, err);
	}
	planes = dense_planes(cpu, p, TAUT_CPU_LINK_SLICED);
	if (planes)
		return load_dense(cpu, p, planes, bound, err);
	st = cpu->form == TAUT_CPU_FORM_SPARSE ? TAUT_OK
	                                       : taut_cpu_sliced_new(&cpu->sliced, p, err);
	if (st)
		return st;
	cpu->width = p->group ? TAUT_CPU_32 : width_of(p);
	if (!cpu->sliced)
		planes = dense_planes(cpu, p, (taut_cpu_link)cpu->width);
	return planes ? load_dense(cpu, p, planes, bound, err)
	              : taut_problem_dup(&cpu->problem, p, err);
}

static void unload(taut_cpu *cpu)
{
	taut_cpu_dense_fini(&cpu->dense);
	taut_cpu_terms_fini(&cpu->terms);
	taut_cpu_swaps_fini(&cpu->swaps);
	taut_problem_free(cpu->problem);
	taut_cpu_sliced_free(cpu->sliced);
	cpu->sliced = NULL;
	cpu->problem = NULL;
}

static taut_status cpu_load(taut_backend *b, const taut_problem *problem, taut_error *err)
{
	taut_cpu     *cpu = (taut_cpu *)b;
	const double  start_s = taut_clock_s();
	const int64_t bound = taut_problem_change_bound(problem);
	taut_status   st = taut_encode_check(problem, bound, "on the cpu", err);

	unload(cpu);
	if (st)
		goto done;
	if (!problem->permutation_n) {
		st = load_bits(cpu, problem, bound, err);
		goto done;
	}
	st = taut_problem_dup(&cpu->problem, problem, err);
	if (st)
		goto done;
	st = taut_cpu_swaps_init(&cpu->swaps, problem, cpu->noise, err);
done:
	if (st)
		unload(cpu);
	cpu->times.pack += taut_clock_s() - start_s;
	return st;
}

const taut_temperature *taut_cpu_run_steps(uint64_t *end, const taut_cpu_run *run,
                                           taut_temperature *scratch, int64_t *jq, uint64_t begin)
{
	*end = run->sweeps - begin > TAUT_CPU_CHUNK ? begin + TAUT_CPU_CHUNK : run->sweeps;
	if (run->temperature)
		return run->temperature + begin;
	if (run->mode == TAUT_MODE_SQA)
		taut_encode_rings(scratch, jq, run->schedule, begin, *end);
	else
		taut_encode_run(scratch, run->schedule, begin, *end);
	return scratch;
}

/* Tasks a group: permutations split their lanes, whole ladders of them, where the groups alone do
 * not fill the threads evenly. */
static uint32_t parts_of(const taut_cpu_run *run, uint32_t threads)
{
	const uint32_t whole = run->mode == TAUT_MODE_PT ? run->schedule->n_rungs : 1;
	uint32_t       parts = 1;

	while (TAUT_LANES / parts % (2 * whole) == 0) {
		const uint32_t share = TAUT_LANES / parts;
		const size_t   n_tasks = (run->out->count + share - 1) / share;

		if (n_tasks >= (size_t)4 * threads || n_tasks % threads == 0)
			break;
		parts *= 2;
	}
	return parts;
}

/* The layout, and groups a task: as many as it takes, while every thread has some. */
static void choose_layout(taut_cpu_run *run, size_t n_groups, uint32_t threads)
{
	const size_t share = (n_groups + threads - 1) / threads;

	run->layout = taut_cpu_layout_choose(run->cpu, run->mode, share);
	run->groups = share < run->layout->groups ? (uint32_t)share : run->layout->groups;
	run->groups = run->groups ? run->groups : 1;
}

static void add_exchanges(taut_samples *out, const taut_cpu_exchanges *e)
{
	for (uint32_t k = 0; k < TAUT_LANES; k++) {
		out->exchanges_proposed[k] += e->proposed[k];
		out->exchanges_accepted[k] += e->accepted[k];
	}
}

/* Drops the reads from the first group that did not begin. */
static bool collect(taut_cpu_run *run, size_t n_tasks, size_t share)
{
	bool   finished = true;
	size_t t;

	for (t = 0; t < n_tasks && run->outcome[t] != TAUT_CPU_SKIPPED; t++)
		finished = finished && run->outcome[t] == TAUT_CPU_DONE;
	if (t < n_tasks) {
		run->out->count = t * share;
		finished = false;
	}
	for (t = 0; t < n_tasks; t++)
		run->out->proposals += run->proposals[t];
	if (run->mode == TAUT_MODE_PT) {
		run->out->n_rungs = run->schedule->n_rungs;
		for (t = 0; t < n_tasks; t++)
			add_exchanges(run->out, &run->exchanges[t]);
	}
	return finished;
}

static taut_status run_tasks(bool *finished, taut_cpu_run *run, taut_error *err)
{
	const uint32_t    threads = run->ctx->threads ? run->ctx->threads : 1;
	const size_t      n_groups = (run->out->count + TAUT_LANES - 1) / TAUT_LANES;
	const bool        whole = run->mode == TAUT_MODE_SA && run->sweeps <= TAUT_CPU_CHUNK;
	taut_temperature *temperature = NULL;
	size_t            share;
	size_t            n_tasks;
	taut_status       st = TAUT_ENOMEM;

	if (run->cpu->problem->permutation_n)
		run->parts = parts_of(run, threads);
	else
		choose_layout(run, n_groups, threads);
	share = (size_t)TAUT_LANES * run->groups / run->parts;
	n_tasks = (run->out->count + share - 1) / share;
	temperature = taut_alloc(whole ? run->sweeps : 0, sizeof *temperature, err);
	if (!temperature)
		goto done;
	if (whole) {
		if (run->sweeps)
			taut_encode_run(temperature, run->schedule, 0, run->sweeps);
		run->temperature = temperature;
	}
	run->outcome = taut_alloc(n_tasks, sizeof *run->outcome, err);
	if (!run->outcome)
		goto done;
	run->proposals = taut_alloc(n_tasks, sizeof *run->proposals, err);
	if (!run->proposals)
		goto done;
	if (run->mode == TAUT_MODE_PT) {
		run->exchanges = taut_alloc(n_tasks, sizeof *run->exchanges, err);
		if (!run->exchanges)
			goto done;
	}
	st = taut_parallel(run->layout ? taut_cpu_flip_task : taut_cpu_swap_task, run, n_tasks,
	                   threads, err);
	if (st == TAUT_OK)
		*finished = collect(run, n_tasks, share);
done:
	taut_free(temperature);
	taut_free(run->outcome);
	taut_free(run->proposals);
	taut_free(run->exchanges);
	return st;
}

/* The algorithms of hls/abi/machine.h. */
static taut_status run_machine(taut_samples **out, bool *finished, const taut_cpu *cpu,
                               const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	taut_schedule whole = *schedule; /* with all lanes that move */
	taut_cpu_run  run = {.cpu = cpu,
	                     .schedule = schedule,
	                     .ctx = ctx,
	                     .mode = taut_encode_mode(schedule->algorithm),
	                     .rule = taut_encode_rule(schedule->acceptance),
	                     .groups = 1,
	                     .parts = 1};
	taut_samples *samples = NULL;
	taut_status   st;

	*out = NULL;
	*finished = false;
	assert(cpu->problem != NULL);
	assert(run.mode != TAUT_MODE_SQA || !cpu->problem->permutation_n);
	whole.reads = taut_lanes_of(schedule);
	st = taut_initial_new(&samples, cpu->problem, &whole, err);
	if (st)
		goto done;
	run.out = samples;
	run.swaps = cpu->swaps;
	run.swaps.rule = run.rule;
	/* nothing moves without a variable, or in a permutation of one */
	run.sweeps = cpu->problem->n || cpu->problem->permutation_n > 1 ? schedule->sweeps : 0;
	st = run_tasks(finished, &run, err);
	if (st)
		goto done;
	if (samples->count > schedule->reads)
		samples->count = schedule->reads;
	*out = samples;
	samples = NULL;
done:
	taut_samples_free(samples);
	return st;
}

typedef taut_status algorithm_fn(taut_samples *samples, bool *finished, const taut_cpu *cpu,
                                 const taut_schedule *schedule, const taut_ctx *ctx,
                                 taut_error *err);

/* The others, from first states to samples. */
static taut_status run_other(taut_samples **out, bool *finished, algorithm_fn *algorithm,
                             const taut_cpu *cpu, const taut_schedule *schedule,
                             const taut_ctx *ctx, taut_error *err)
{
	taut_samples *samples = NULL;
	taut_status   st;

	*out = NULL;
	*finished = false;
	assert(cpu->problem != NULL);
	if (algorithm != taut_cpu_random_run &&
	    (cpu->problem->group || cpu->problem->permutation_n)) {
		st = taut_fail(err, TAUT_ELIMIT,
		               "algorithm '%s' flips single bits, it cannot keep %s: use --moves "
		               "flip, or algorithm sa or pt",
		               taut_algorithm_names.names[schedule->algorithm].name,
		               cpu->problem->group ? "one-hot groups" : "a permutation");
		goto done;
	}
	st = taut_initial_new(&samples, cpu->problem, schedule, err);
	if (st)
		goto done;
	st = algorithm(samples, finished, cpu, schedule, ctx, err);
	if (st)
		goto done;
	*out = samples;
	samples = NULL;
done:
	taut_samples_free(samples);
	return st;
}

/* What moves beside terms over activities. */
static taut_status check_algorithm(taut_algorithm algorithm, const taut_problem *p, taut_error *err)
{
	if (!p->terms || (TAUT_BACKEND_TERM_ALGORITHMS >> algorithm & 1))
		return TAUT_OK;
	return taut_fail(err, TAUT_ELIMIT,
	                 "algorithm '%s' takes couplings one by one, not rows as activities: use "
	                 "algorithm sa or pt, or a method other than native",
	                 taut_algorithm_names.names[algorithm].name);
}

static taut_status cpu_run(taut_samples **out, bool *finished, taut_backend *b,
                           const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	static algorithm_fn *const others[TAUT_N_ALGORITHMS] = {
		[TAUT_ALGORITHM_SB] = taut_cpu_bifurcation_run,
		[TAUT_ALGORITHM_TABU] = taut_cpu_tabu_run,
		[TAUT_ALGORITHM_RANDOM] = taut_cpu_random_run,
	};
	taut_cpu           *cpu = (taut_cpu *)b;
	algorithm_fn *const other = others[schedule->algorithm];
	const double        start_s = taut_clock_s();
	taut_status         st = check_algorithm(schedule->algorithm, cpu->problem, err);

	*out = NULL;
	*finished = false;
	if (st)
		return st;
	st = other ? run_other(out, finished, other, cpu, schedule, ctx, err)
	           : run_machine(out, finished, cpu, schedule, ctx, err);

	cpu->times.kernel += taut_clock_s() - start_s;
	return st;
}

static void cpu_close(taut_backend *b)
{
	taut_cpu *cpu = (taut_cpu *)b;

	if (!cpu)
		return;
	unload(cpu);
	taut_noise_free(cpu->noise);
	taut_free(cpu);
}

const taut_backend_ops taut_cpu_ops = {.abi = TAUT_BACKEND_ABI,
                                       .name = TAUT_BACKEND_CPU,
                                       .devices = cpu_devices,
                                       .open = cpu_open,
                                       .limits = cpu_limits,
                                       .times = cpu_times,
                                       .load = cpu_load,
                                       .run = cpu_run,
                                       .close = cpu_close};
