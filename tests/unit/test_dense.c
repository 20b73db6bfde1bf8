/*
 * Dense couplings on the cpu, in each of its instruction sets: the same bits as hls/model whatever
 * the kernel (dot products, population counts, kept sums), the digits of an entry, the rule and the
 * mode, on sizes and numbers of reads that miss every boundary.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "backend/cpu/isa.h"
#include "backend_fixture.h"

enum { SEED = 20250819 };

/* Same couplings as a matrix, which must be multiples of factor up to 127 times. */
static taut_problem *as_matrix(const taut_problem *p, int32_t factor)
{
	taut_problem *d = must(taut_alloc(1, sizeof *d, NULL));
	taut_matrix  *m;

	d->n = p->n;
	d->linear = must(taut_copy(p->linear, p->n, sizeof *d->linear, NULL));
	assert_int_equal(taut_matrix_new(&m, p->n, NULL), TAUT_OK);
	for (size_t i = 0; i < p->n; i++)
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++) {
			assert_int_equal(p->coef[k] % factor, 0);
			m->entry[i * m->stride + p->col[k]] = (int8_t)(p->coef[k] / factor);
		}
	d->dense = m;
	d->dense_factor = factor;
	return d;
}

/* Multiplies the couplings, after an optional cut to -1, 0 and 1. */
static void scale(taut_problem *p, bool signs, int32_t factor)
{
	for (uint64_t k = 0; k < p->row[p->n]; k++) {
		if (signs)
			p->coef[k] = p->coef[k] > 0 ? 1 : -1;
		p->coef[k] *= factor;
	}
}

/* Samples of a problem, given as a CSR and where factor is not 0 as a matrix, against the model. */
static void compare(const taut_problem *p, int32_t factor, const taut_schedule *s)
{
	taut_samples *want = reference(p, s, s->sweeps / 2);
	taut_problem *twin = factor ? as_matrix(p, factor) : NULL;

	assert_energies(p, want);
	for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++) {
		taut_backend *b;

		if (taut_cpu_open_isa(&b, ISAS[k], NULL))
			continue;
		taut_cpu_set_form(b, TAUT_CPU_FORM_DENSE);
		for (int t = 0; t < (twin ? 2 : 1); t++) {
			taut_samples *got = run(b, t ? twin : p, s, 1 + (uint32_t)t);

			assert_int_not_equal(((const taut_cpu *)b)->dense.n, 0);
			assert_same(want, got);
			taut_samples_free(got);
		}
		b->ops->close(b);
	}
	taut_samples_free(want);
	taut_problem_free(twin);
}

static void compare_sa(const taut_problem *p, int32_t factor, uint32_t reads, uint64_t sweeps,
                       uint64_t seed, double t_hot, double t_cold)
{
	for (int heat = 0; heat < 2; heat++) {
		const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
		                         .acceptance = heat ? TAUT_ACCEPTANCE_HEATBATH
		                                            : TAUT_ACCEPTANCE_METROPOLIS,
		                         .reads = reads,
		                         .sweeps = sweeps,
		                         .seed = seed,
		                         .t_hot = t_hot,
		                         .t_cold = t_cold,
		                         .track_from = sweeps / 3};

		compare(p, factor, &s);
	}
}

typedef struct {
	int32_t size; /* |entry| <= size */
	bool    signs;
	double  density;
	int32_t factor;
	bool    matrix; /* fits one */
} shape;

static const shape SHAPES[] = {{127, false, 1.0, 1, true},  {127, false, 0.6, -3, true},
                               {7, false, 1.0, 2, true},    {1, true, 1.0, 1, true},
                               {1, true, 0.7, 6, true},     {9000, false, 1.0, 1, false},
                               {300, false, 0.9, 4, false}, {400000, false, 0.8, 1, false}};

enum { N_SHAPES = sizeof SHAPES / sizeof SHAPES[0] };

static taut_problem *shaped(const shape *s, uint32_t n, taut_rng *rng)
{
	taut_problem *p = bits_problem(n, s->density, s->size, false, rng);

	scale(p, s->signs, s->factor);
	for (uint32_t i = 0; i < n; i++)
		p->linear[i] *= abs(s->factor);
	return p;
}

static void test_sizes(void **state)
{
	static const uint32_t SIZES[] = {1, 2, 31, 33, 63, 64, 65, 130};
	static const uint32_t READS[] = {1, 64, 65, 130, 2, 63, 7};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < 8; k++)
		for (size_t c = 0; c < N_SHAPES; c++) {
			const shape  *s = &SHAPES[c];
			taut_problem *p = shaped(s, SIZES[k], &rng);
			const double  t = 3.0 * s->size * abs(s->factor);

			compare_sa(p, s->matrix ? s->factor : 0, READS[(k + c) % 7], 7,
			           taut_rng_next(&rng), t, t / 50);
			taut_problem_free(p);
		}
}

/* Several chunks of columns and spans of rows; hot and cold sweeps. */
static void test_large(void **state)
{
	static const uint32_t SIZES[] = {511, 513, 1000};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (size_t k = 0; k < 3; k++) {
		const shape  *s = &SHAPES[k == 2 ? 3 : k == 1 ? 0 : 5];
		taut_problem *p = shaped(s, SIZES[k], &rng);
		const double  t = 20.0 * s->size;

		compare_sa(p, s->matrix ? s->factor : 0, k == 1 ? 65 : 3, k == 2 ? 3 : 4,
		           taut_rng_next(&rng), t, t / 400);
		taut_problem_free(p);
	}
}

static void test_temperatures(void **state)
{
	static const double HOT[] = {0.0, 1e-12, 1e-3, 5.0, 3000.0, 1e8, 5e9, 1e12, 1e30};
	taut_rng            rng;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (size_t k = 0; k < sizeof HOT / sizeof HOT[0]; k++) {
		const shape  *s = &SHAPES[k % N_SHAPES];
		taut_problem *p = shaped(s, 70, &rng);

		compare_sa(p, s->matrix ? s->factor : 0, 66, 5, k, HOT[k], HOT[k] / 3);
		taut_problem_free(p);
	}
}

/* Changes near 2^30, of which few fit 32 bits together. */
static void test_limit(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (int32_t f = 1; f < 1 << 17; f *= 40) {
		taut_problem *p = bits_problem(66, 1.0, 120, false, &rng);

		scale(p, false, f);
		for (uint32_t i = 0; i < p->n; i++)
			p->linear[i] = (i % 2 ? 1 : -1) * ((1 << 30) - 1 - f * 120 * 65);
		if (taut_problem_change_bound(p) < 1 << TAUT_CHANGE_BITS)
			compare_sa(p, f, 64, 5, 9, 1e9, 1e5);
		taut_problem_free(p);
	}
}

static void test_modes(void **state)
{
	static const uint32_t RUNGS[] = {2, 5, 16, 64};
	static const uint32_t RINGS[] = {4, 8, 32, 64};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 5);
	for (uint32_t k = 0; k < 16; k++) {
		const shape  *s = &SHAPES[k % N_SHAPES];
		const double  t = 4.0 * s->size * abs(s->factor);
		taut_problem *p = shaped(s, 20 + 9 * k, &rng);
		double        rung[TAUT_LANES];
		taut_schedule run = {.acceptance = k / 8 ? TAUT_ACCEPTANCE_HEATBATH
		                                         : TAUT_ACCEPTANCE_METROPOLIS,
		                     .reads = k % 3 ? 70 : 5,
		                     .sweeps = 6,
		                     .seed = k,
		                     .track_from = 2};

		run.algorithm = TAUT_ALGORITHM_PT;
		run.n_rungs = RUNGS[k % 4];
		run.rungs = rung;
		for (uint32_t r = 0; r < run.n_rungs; r++)
			rung[r] = t * (1 + r) / run.n_rungs;
		compare(p, s->matrix ? s->factor : 0, &run);
		run.n_rungs = 0;
		run.algorithm = TAUT_ALGORITHM_SQA;
		run.ring = RINGS[k % 4];
		run.t_hot = t / run.ring;
		run.t_cold = t / (4 * run.ring);
		run.gamma_hot = 2.0 * t;
		run.gamma_cold = t / 50;
		compare(p, s->matrix ? s->factor : 0, &run);
		taut_problem_free(p);
	}
}

/* Hot and cold sweeps in any order leave the same spins and energies, at one half of flips too,
 * where no run would choose cold ones. */
static void test_tempers(void **state)
{
	taut_rng    rng;
	taut_noise *noise;

	(void)state;
	taut_rng_init(&rng, SEED, 6);
	assert_int_equal(taut_noise_new(&noise, NULL), TAUT_OK);
	for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++)
		for (size_t c = 0; c < N_SHAPES; c++) {
			const taut_cpu_kernels *kernels = taut_cpu_isa_find(ISAS[k]);
			taut_problem           *p = shaped(&SHAPES[c], 330, &rng);
			const taut_temperature  t = taut_encode_temperature(20.0 * SHAPES[c].size *
			                                                    abs(SHAPES[c].factor));
			taut_cpu_dense          d;
			taut_cpu_dense_group    g[2];

			if (!kernels) {
				taut_problem_free(p);
				continue;
			}
			assert_int_equal(
				taut_cpu_dense_init(&d, p, taut_problem_change_bound(p), NULL),
				TAUT_OK);
			for (int w = 0; w < 2; w++)
				assert_int_equal(
					taut_cpu_dense_group_init(&g[w], &d, TAUT_LANES,
				                                  noise->metropolis_doubled, NULL),
					TAUT_OK);
			for (uint32_t i = 0; i < p->n; i++)
				g[0].spins[i] = g[1].spins[i] = taut_rng_next(&rng);
			for (int w = 0; w < 2; w++)
				kernels->dense.start(&g[w]);
			for (uint32_t s = 0; s < 6; s++) {
				g[0].cold = false;
				g[1].cold = s != 2 && s != 4;
				if (s == 3 || s == 5)
					kernels->dense.keep_sums(&g[1]);
				for (int w = 0; w < 2; w++)
					kernels->dense.sweep[0](&g[w], s + 1, &t, 1);
				assert_true(g[0].flips > 330 * 64 / 4);
				assert_int_equal(g[0].flips, g[1].flips);
				assert_memory_equal(g[0].spins, g[1].spins, 330 * 8);
				assert_memory_equal(g[0].energy, g[1].energy, 64 * 8);
			}
			for (int w = 0; w < 2; w++)
				taut_cpu_dense_group_fini(&g[w]);
			taut_cpu_dense_fini(&d);
			taut_problem_free(p);
		}
	taut_noise_free(noise);
}

/* Long rows are taken as dense and short ones as sparse, on every instruction set. */
static void test_choice(void **state)
{
	static const struct {
		uint32_t n;
		double   density;
		int32_t  size;
		bool     dense;
	} CASES[] = {{500, 1.0, 100, true}, {500, 1.0, 5000, true}, {500, 0.03, 100, false},
	             {20, 1.0, 100, false}, {500, 0.02, 1, false},  {1200, 1.0, 1, true}};
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 8);
	for (size_t c = 0; c < sizeof CASES / sizeof CASES[0]; c++) {
		taut_problem *p =
			bits_problem(CASES[c].n, CASES[c].density, CASES[c].size, false, &rng);

		for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++) {
			taut_backend *b;

			if (taut_cpu_open_isa(&b, ISAS[k], NULL))
				continue;
			assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
			assert_int_equal(((const taut_cpu *)b)->dense.n != 0, CASES[c].dense);
			b->ops->close(b);
		}
		taut_problem_free(p);
	}
}

/* Every allocation of load and run may fail: ENOMEM and nothing left behind. */
static void test_faults(void **state)
{
	const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
	                         .reads = 65,
	                         .sweeps = 2,
	                         .seed = 1,
	                         .t_hot = 9.0,
	                         .t_cold = 1.0};
	taut_rng            rng;

	(void)state;
	if (!taut_faults_built())
		skip();
	taut_rng_init(&rng, SEED, 7);
	for (size_t c = 0; c < N_SHAPES; c++) {
		taut_problem *p = shaped(&SHAPES[c], 70, &rng);
		taut_backend *b;

		assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
		taut_cpu_set_form(b, TAUT_CPU_FORM_DENSE);
		assert_true(walk_backend_faults(b, p, &s) > 18);
		b->ops->close(b);
		taut_problem_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),  cmocka_unit_test(test_large),
		cmocka_unit_test(test_limit),  cmocka_unit_test(test_temperatures),
		cmocka_unit_test(test_modes),  cmocka_unit_test(test_tempers),
		cmocka_unit_test(test_choice), cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
