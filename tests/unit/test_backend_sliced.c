/* Bit slices (host/backend/cpu/sliced.h) against the model: couplings of one magnitude and either
 * or both signs, every count of planes, every width of a batch, all instruction sets. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "backend/cpu/sliced.h"
#include "backend_fixture.h"

enum { SEED = 20260113 };

typedef enum { POSITIVE, NEGATIVE, BOTH } signs;

/* Every pair coupled with probability degree / n by +-size; linear terms are multiples of size / 2,
 * those of maximum cut and up to `stray` times that. */
static taut_problem *unit_problem(uint32_t n, double degree, int32_t size, signs kind,
                                  uint32_t stray, taut_rng *rng)
{
	const int32_t half = size > 1 ? size / 2 : 1;
	taut_problem *p = bits_problem(n, degree / n, 1, false, rng);
	uint64_t      stored = 0;
	uint64_t      k = 0;

	/* bits_problem draws from -1, 0, 1 */
	for (uint32_t i = 0; i < n; i++) {
		const uint64_t end = p->row[i + 1];
		int32_t        sum = 0;

		for (; k < end; k++) {
			const int32_t sign = kind == BOTH ? p->coef[k] : kind == POSITIVE ? 1 : -1;

			p->col[stored] = p->col[k];
			p->coef[stored++] = sign * size;
			sum += sign * half;
		}
		p->row[i + 1] = stored;
		p->linear[i] = half * within(rng, (int32_t)stray) - sum;
	}
	return p;
}

static void compare(const taut_problem *p, uint32_t reads, uint64_t sweeps, double t_hot,
                    double t_cold, uint64_t seed)
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
		                         .track_from = sweeps / 2};
		taut_samples       *want = reference(p, &s, sweeps / 2);

		assert_energies(p, want);
		for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++) {
			taut_backend *b;

			if (taut_cpu_open_isa(&b, ISAS[k], NULL))
				continue;
			for (uint32_t threads = 1; threads <= 3; threads++) {
				taut_samples *got;

				/* the last time lane-major */
				if (threads == 3)
					taut_cpu_set_form(b, TAUT_CPU_FORM_SPARSE);
				got = run(b, p, &s, threads);
				assert_same(want, got);
				taut_samples_free(got);
			}
			b->ops->close(b);
		}
		taut_samples_free(want);
	}
}

/* The planes of a problem's V, 0 where it is no case for bit slices. */
static uint32_t planes_of(const taut_problem *p)
{
	taut_cpu_sliced *s;
	uint32_t         planes;

	assert_int_equal(taut_cpu_sliced_new(&s, p, NULL), TAUT_OK);
	planes = s ? s->planes : 0;
	taut_cpu_sliced_free(s);
	return planes;
}

static void test_sizes(void **state)
{
	static const uint32_t SIZES[] = {2, 31, 33, 63, 65, 511, 513, 1000};
	static const uint32_t READS[] = {1, 130, 63, 64, 65, 200, 129, 2};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < sizeof SIZES / sizeof SIZES[0]; k++)
		for (int kind = POSITIVE; kind <= BOTH; kind++) {
			const int32_t size = 1 << (k + (size_t)kind) % 4;
			taut_problem *p = unit_problem(SIZES[k], SIZES[k] > 2 ? 6 : 9, size,
			                               (signs)kind, k % 2 ? 3 : 0, &rng);

			compare(p, READS[(k + (size_t)kind) % 8], 4, 2.0 * size, 0.1 * size, k);
			taut_problem_free(p);
		}
}

/* All groups of a batch, and a batch that the last group fills in part. */
static void test_widths(void **state)
{
	static const uint32_t READS[] = {128, 192, 256, 320, 449, 512, 513, 700};
	taut_rng              rng;
	taut_problem         *p;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	p = unit_problem(40, 8, 2, BOTH, 1, &rng);
	for (size_t k = 0; k < sizeof READS / sizeof READS[0]; k++)
		compare(p, READS[k], 6, 8.0, 0.2, k);
	taut_problem_free(p);
}

/* Rows of every length modulo the adders' blocks, and fields up to the last plane. */
static void test_planes(void **state)
{
	static const struct {
		uint32_t n;
		double   degree;
		uint32_t stray;
		uint32_t least, most;
	} CASES[] = {
		{60, 1, 0, 2, 3},       {60, 9, 0, 4, 5},      {100, 60, 0, 5, 7},
		{100, 40, 120, 6, 8},   {90, 80, 400, 8, 10},  {70, 70, 1900, 10, 11},
		{520, 520, 100, 6, 10}, {65, 33, 1000, 9, 11},
	};
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (size_t k = 0; k < sizeof CASES / sizeof CASES[0]; k++)
		for (int kind = POSITIVE; kind <= BOTH; kind++) {
			taut_problem  *p = unit_problem(CASES[k].n, CASES[k].degree, 2, (signs)kind,
			                                CASES[k].stray, &rng);
			const uint32_t planes = planes_of(p);

			assert_true(planes >= CASES[k].least && planes <= CASES[k].most);
			compare(p, CASES[k].n > 200 ? 3 : 65, 3, 3.0 * CASES[k].degree, 1.0, k);
			taut_problem_free(p);
		}
}

/* Thresholds that saturate, and none at all. */
static void test_temperatures(void **state)
{
	static const double HOT[] = {0.0,    1e-9,   0.3, 500.0, 2047.0,
	                             2048.0, 4096.0, 1e6, 1e12,  1e30};
	taut_rng            rng;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (int32_t size = 1; size <= 1 << 16; size *= 256) {
		taut_problem *p = unit_problem(50, 12, size, BOTH, 5, &rng);

		for (size_t k = 0; k < sizeof HOT / sizeof HOT[0]; k++)
			compare(p, 70, 3, HOT[k] * size, HOT[k] * size / 3, k);
		taut_problem_free(p);
	}
}

/* What bit slices do not take is annealed otherwise, alike. */
static void test_other_problems(void **state)
{
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, SEED, 5);
	for (int kind = 0; kind < 4; kind++) {
		p = unit_problem(30, 5, 4, BOTH, 2, &rng);
		assert_true(planes_of(p) > 0);
		if (kind == 0)
			p->linear[7] += 1; /* no multiple of g / 2 */
		else if (kind == 1)
			p->linear[7] += 4 * 2000; /* too many planes */
		else if (kind == 2)
			for (uint64_t k = 0; k < p->row[p->n]; k++)
				p->coef[k] *= 3; /* no power of two */
		else {
			taut_problem_free(p);
			p = bits_problem(30, 0.3, 9, false, &rng);
		}
		assert_int_equal(planes_of(p), 0);
		compare(p, 66, 4, 20.0, 1.0, (uint64_t)kind);
		taut_problem_free(p);
	}
	p = bits_problem(9, 0.0, 1, false, &rng);
	assert_int_equal(planes_of(p), 0);
	taut_problem_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),          cmocka_unit_test(test_widths),
		cmocka_unit_test(test_planes),         cmocka_unit_test(test_temperatures),
		cmocka_unit_test(test_other_problems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
