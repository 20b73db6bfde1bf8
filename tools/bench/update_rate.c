/*
 * What a spin update costs on this processor, one thread, CPU time: tools/bench/update_rate builds
 * and runs this. An update is one visit of one lane.
 *
 *   layouts  ns per update of every way to take a problem's couplings, for so many groups of lanes,
 *            at parts of the hottest temperature, with the share of visits that flip; * is what a
 *            run would choose
 *   dense    both kinds of sweep of dense.h, with the share of the limit reached: vector
 *            instructions that the method needs against two a cycle (three of 256 bits)
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/cpu/cpu.h"
#include "backend/cpu/isa.h"
#include "backend/encode.h"
#include "backend/initial.h"
#include "base/alloc.h"
#include "base/rng.h"

static const char *const ISAS[] = {"generic", "avx2", "avx512", "avx512vnni"};
static const double      PARTS[] = {1.0, 0.3, 0.1, 0.03};

enum { N_ISAS = sizeof ISAS / sizeof ISAS[0], N_PARTS = sizeof PARTS / sizeof PARTS[0] };

static const struct {
	const char *name;
	uint32_t    n;
	double      density;
	int32_t     size; /* of the couplings, none of which is 0 */
} PROBLEMS[] = {
	{"complete 2000, +-1", 2000, 1.0, 1},        {"complete 2000, 8 bits", 2000, 1.0, 127},
	{"complete 2000, 16 bits", 2000, 1.0, 9000}, {"complete 8000, 8 bits", 8000, 1.0, 127},
	{"10 % of 2500, 8 bits", 2500, 0.1, 100},    {"10 % of 1000, 8 bits", 1000, 0.1, 100},
	{"30 % of 1000, 8 bits", 1000, 0.3, 100},    {"30 % of 200, 8 bits", 200, 0.3, 100},
	{"6 % of 800, +-1", 800, 0.06, 1},           {"1 % of 2000, +-1", 2000, 0.01, 1},
	{"4 of 3000, +-1", 3000, 0.00133, 1},        {"6 % of 800, 5 bits", 800, 0.06, 30},
};

enum { N_PROBLEMS = sizeof PROBLEMS / sizeof PROBLEMS[0] };

static void *must(void *memory)
{
	if (!memory)
		exit(6);
	return memory;
}

static void check(taut_status st, const taut_error *err)
{
	if (st == TAUT_OK)
		return;
	fprintf(stderr, "update_rate: %s\n", err->text);
	exit(1);
}

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Cycles of a nanosecond: shifts and additions that wait for each other. */
static double clock_ghz(void)
{
	const double begin_s = cpu_s();
	uint32_t     x = 1;

	for (uint32_t k = 0; k < 100000000; k++)
		x = taut_machine_advance(x); /* six operations */
	return 6e8 / (cpu_s() - begin_s) / 1e9 + (x == 0);
}

/* Random couplings whose fields are 0 on average. */
static taut_problem *new_problem(size_t at)
{
	const size_t  n = PROBLEMS[at].n;
	const int32_t size = PROBLEMS[at].size;
	taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));
	int32_t      *q = must(taut_alloc(n * n, sizeof *q, NULL));
	uint64_t      stored = 0;
	taut_rng      rng;

	taut_rng_init(&rng, 1, at);
	p->n = (uint32_t)n;
	p->linear = must(taut_alloc(n, sizeof *p->linear, NULL));
	p->row = must(taut_alloc(n + 1, sizeof *p->row, NULL));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			const int32_t x = 1 + (int32_t)taut_rng_below(&rng, (uint64_t)size);
			const bool    minus = taut_rng_below(&rng, 2);

			if (taut_rng_unit(&rng) >= PROBLEMS[at].density)
				continue;
			q[i * n + j] = q[j * n + i] = minus ? -2 * x : 2 * x;
			p->linear[i] += minus ? x : -x;
			p->linear[j] += minus ? x : -x;
			stored += 2;
		}
	p->col = must(taut_alloc(stored, sizeof *p->col, NULL));
	p->coef = must(taut_alloc(stored, sizeof *p->coef, NULL));
	for (size_t i = 0, k = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			if (q[i * n + j]) {
				p->col[k] = (uint32_t)j;
				p->coef[k++] = q[i * n + j];
			}
		p->row[i + 1] = k;
	}
	taut_free(q);
	return p;
}

/* 0.6 times the root mean square of the fields over random bits (docs/machine.md). */
static double hottest(const taut_problem *p)
{
	double sum = 0.0;

	for (uint64_t k = 0; k < p->row[p->n]; k++)
		sum += (double)p->coef[k] * p->coef[k] / 4;
	return 0.6 * sqrt(sum / p->n);
}

static uint64_t count_flips(const taut_samples *a, const taut_samples *b)
{
	uint64_t flips = 0;

	for (size_t k = 0; k < a->count * a->words; k++)
		flips += (uint64_t)__builtin_popcountll(a->bits[k] ^ b->bits[k]);
	return flips;
}

static void sweep(const taut_cpu_run *run, void *state, taut_cpu_drive *drive, uint64_t s)
{
	for (uint32_t g = 0; g < run->groups; g++)
		drive->generator[g] = taut_machine_reseed(1, g, s);
	run->layout->sweep(state, drive);
}

/* Sweeps of about a third of a second at one temperature, after a few to settle. */
static void measure(double *ns, double *flips, const taut_cpu_run *run, void *state,
                    taut_samples *scratch, double t)
{
	const taut_temperature coded = taut_encode_temperature(t);
	const taut_cpu_layout *layout = run->layout;
	const double           updates = (double)run->cpu->problem->n * TAUT_LANES * run->groups;
	taut_cpu_drive         drive = {.temperature = &coded, .width = 1};
	uint64_t               sweeps = 0;
	double                 spent_s = 0.0;

	for (uint32_t s = 0; s < 6; s++)
		sweep(run, state, &drive, s);
	layout->store(run->out, state, false);
	sweep(run, state, &drive, 6);
	layout->store(scratch, state, false);
	*flips = (double)count_flips(run->out, scratch) / updates;
	for (const double begin_s = cpu_s(); spent_s < 0.3; spent_s = cpu_s() - begin_s)
		sweep(run, state, &drive, 7 + sweeps++);
	*ns = 1e9 * spent_s / (updates * (double)sweeps);
}

/* The layout that a run of so many groups a thread would choose. */
static const taut_cpu_layout *chosen(taut_backend *b, const taut_problem *p, uint32_t groups)
{
	taut_error err;

	taut_cpu_set_form(b, TAUT_CPU_FORM_AUTO);
	check(b->ops->load(b, p, &err), &err);
	return taut_cpu_layout_choose((const taut_cpu *)b, TAUT_MODE_SA, groups);
}

static void measure_layout(const char *isa, const taut_problem *p, taut_cpu_form form,
                           uint32_t groups)
{
	const taut_schedule  schedule = {.algorithm = TAUT_ALGORITHM_SA,
	                                 .reads = groups * TAUT_LANES,
	                                 .sweeps = 1,
	                                 .seed = 1};
	const taut_cpu_batch batch = {.lanes = groups * TAUT_LANES, .groups = groups};
	taut_cpu_run         run = {.schedule = &schedule, .mode = TAUT_MODE_SA, .groups = groups};
	const taut_cpu_layout *own;
	taut_samples          *scratch;
	taut_backend          *b;
	void                  *state;
	taut_error             err;

	if (taut_cpu_open_isa(&b, isa, NULL))
		return;
	own = chosen(b, p, groups);
	taut_cpu_set_form(b, form);
	check(b->ops->load(b, p, &err), &err);
	run.cpu = (const taut_cpu *)b;
	run.layout = taut_cpu_layout_choose(run.cpu, run.mode, groups);
	if (groups > run.layout->groups || (form == TAUT_CPU_FORM_SLICED && !run.cpu->sliced))
		goto done;
	check(taut_initial_new(&run.out, p, &schedule, &err), &err);
	check(taut_initial_new(&scratch, p, &schedule, &err), &err);
	check(run.layout->open(&state, &run, &batch, &err), &err);
	run.layout->load(state, run.out);
	printf("%c %-10s x %u %-12s", own == run.layout ? '*' : ' ', run.layout->name, groups, isa);
	for (int k = 0; k < N_PARTS; k++) {
		double ns;
		double flips;

		measure(&ns, &flips, &run, state, scratch, PARTS[k] * hottest(p));
		printf(" %7.2f %5.1f %%", ns, 100.0 * flips);
	}
	printf("\n");
	run.layout->close(state);
	taut_samples_free(scratch);
	taut_samples_free(run.out);
done:
	b->ops->close(b);
}

/* Vector instructions of an update that the method cannot do without, a cycle at the limit. */
static double least_cycles(const char *isa, const taut_cpu_dense *d, bool cold, double flips)
{
	const bool   wide = strncmp(isa, "avx512", 6) == 0;
	const bool   vnni = strcmp(isa, "avx512vnni") == 0;
	const double bytes = (double)d->n / (wide ? 64 : 32); /* registers of a row of bytes */
	double       count;

	if (cold) /* a row: an addition; widened, two of each */
		count = flips * bytes * d->planes * (d->rows_8 > 1 ? 1 : 4);
	else if (d->bits) /* sign, count, add; by tables nine for the count */
		count = bytes / 8 * (vnni ? 3 : 9);
	else /* multiply and add */
		count = bytes * d->planes * (vnni ? 1 : 2);
	return count / (wide ? 2 : 3);
}

/* Both kinds of sweep at one half to a thousandth of flips. */
static void measure_dense(const char *isa, const taut_problem *p, double ghz)
{
	const taut_cpu_kernels *kernels = taut_cpu_isa_find(isa);
	taut_noise             *noise;
	taut_cpu_dense          d;
	taut_cpu_dense_group    g;
	taut_error              err;
	taut_rng                rng;

	if (!kernels)
		return;
	check(taut_noise_new(&noise, &err), &err);
	check(taut_cpu_dense_init(&d, p, taut_problem_change_bound(p), &err), &err);
	check(taut_cpu_dense_group_init(&g, &d, TAUT_LANES, noise->metropolis_doubled, &err), &err);
	taut_rng_init(&rng, 2, 0);
	for (uint32_t i = 0; i < p->n; i++)
		g.spins[i] = taut_rng_next(&rng);
	kernels->dense.start(&g);
	for (int cold = 0; cold < 2; cold++) {
		printf("  %-12s %-12s", cold ? "cold" : d.bits ? "counts" : "dots", isa);
		for (int k = 0; k < N_PARTS; k++) {
			const taut_temperature t = taut_encode_temperature(PARTS[k] * hottest(p));
			const double           updates = (double)p->n * TAUT_LANES;
			uint32_t               sweeps = 0;
			uint64_t               flips = 0;
			double                 spent_s = 0.0;
			double                 ns;

			if (cold)
				kernels->dense.keep_sums(&g);
			g.cold = cold;
			for (uint32_t s = 0; s < 4; s++)
				kernels->dense.sweep[0](&g, 1 + s, &t, 1);
			for (const double begin_s = cpu_s(); spent_s < 0.3;
			     spent_s = cpu_s() - begin_s) {
				kernels->dense.sweep[0](&g, 9 + sweeps++, &t, 1);
				flips += g.flips;
			}
			ns = 1e9 * spent_s / (updates * sweeps);
			printf(" %7.2f %5.1f %% %3.0f %%", ns,
			       100.0 * (double)flips / (updates * sweeps),
			       100.0 *
			               least_cycles(isa, &d, cold,
			                            (double)flips / (updates * sweeps)) /
			               (ghz * ns));
		}
		printf("\n");
	}
	taut_cpu_dense_group_fini(&g);
	taut_cpu_dense_fini(&d);
	taut_noise_free(noise);
}

int main(int argc, char **argv)
{
	const double ghz = clock_ghz();
	char         brand[64];

	taut_cpu_isa_brand(brand, sizeof brand);
	printf("%s, %.2f GHz now; hot temperature times", brand, ghz);
	for (int k = 0; k < N_PARTS; k++)
		printf(" %g", PARTS[k]);
	printf("\n\nlayouts: ns per update and flips per update\n");
	for (size_t at = 0; at < N_PROBLEMS; at++) {
		taut_problem *p;

		if (argc > 1 && !strstr(PROBLEMS[at].name, argv[1]))
			continue;
		p = new_problem(at);
		printf("%s\n", PROBLEMS[at].name);
		for (int k = 0; k < N_ISAS; k++) {
			measure_layout(ISAS[k], p, TAUT_CPU_FORM_SPARSE, 1);
			for (uint32_t groups = 1; groups <= TAUT_CPU_GROUPS; groups *= 2)
				measure_layout(ISAS[k], p, TAUT_CPU_FORM_SLICED, groups);
			measure_layout(ISAS[k], p, TAUT_CPU_FORM_DENSE, 1);
		}
		taut_problem_free(p);
	}
	printf("\ndense: ns per update, flips per update, share of the limit\n");
	for (size_t at = 0; at < N_PROBLEMS; at++) {
		taut_problem *p;

		if (PROBLEMS[at].density < 1.0 || (argc > 1 && !strstr(PROBLEMS[at].name, argv[1])))
			continue;
		p = new_problem(at);
		printf("%s\n", PROBLEMS[at].name);
		for (int k = 0; k < N_ISAS; k++)
			measure_dense(ISAS[k], p, ghz);
		taut_problem_free(p);
	}
	return 0;
}
