/* The permutation engine in both of its forms, and changing between them, against hls/model: every
 * instruction set and size of a block, all symmetries, diagonals, hot and cold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/backend_fixture.h"

enum { SEED = 20250713 };

/* Moves a sweep that call for the direct form: never, always, when hot. */
static const uint64_t FORMS[] = {UINT64_MAX, 0, 8};

static void check_form(taut_backend *b, const taut_samples *want, const taut_problem *p,
                       const taut_schedule *s, uint64_t from, uint32_t threads)
{
	const taut_ctx ctx = {.threads = threads};
	taut_cpu      *cpu = (taut_cpu *)b;
	taut_samples  *got;
	bool           finished;

	assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
	cpu->swaps.direct.from = from;
	assert_int_equal(b->ops->run(&got, &finished, b, s, &ctx, NULL), TAUT_OK);
	assert_true(finished);
	assert_same(want, got);
	taut_samples_free(got);
}

static void compare(const taut_problem *p, uint32_t reads, uint64_t sweeps, double t_hot, bool fits)
{
	for (int heat = 0; heat < 2; heat++) {
		const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
		                         .acceptance = heat ? TAUT_ACCEPTANCE_HEATBATH
		                                            : TAUT_ACCEPTANCE_METROPOLIS,
		                         .reads = reads,
		                         .sweeps = sweeps,
		                         .seed = reads + sweeps,
		                         .t_hot = t_hot,
		                         .t_cold = t_hot / 1000.0};
		taut_samples       *want = reference(p, &s, sweeps / 2);

		assert_energies(p, want);
		for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++) {
			taut_backend *b;

			if (taut_cpu_open_isa(&b, ISAS[k], NULL))
				continue;
			for (size_t f = 0; f < sizeof FORMS / sizeof FORMS[0]; f++)
				check_form(b, want, p, &s, FORMS[f], 1 + (uint32_t)f % 2);
			assert_int_equal(((taut_cpu *)b)->swaps.direct.fits, fits);
			b->ops->close(b);
		}
		taut_samples_free(want);
	}
}

static void test_sizes(void **state)
{
	static const uint32_t SIZES[] = {1, 2, 3, 5, 15, 16, 17, 31, 33};
	static const uint32_t READS[] = {1, 130, 63, 64, 3, 65, 2, 7, 5};
	taut_rng              rng;

	(void)state;
	printf("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < sizeof SIZES / sizeof SIZES[0]; k++)
		for (int kind = BOTH_SYMMETRIC; kind <= ASYMMETRIC; kind++) {
			const double  density = (k + (size_t)kind) % 3 ? 1.0 : 0.1;
			taut_problem *p =
				permutation_problem(SIZES[k], (symmetry)kind, density, 90, &rng);

			compare(p, READS[k], 8, 1e5, true);
			taut_problem_free(p);
		}
}

/* Rows of more than one register, and beyond what a register's permutation reaches. */
static void test_long(void **state)
{
	static const uint32_t SIZES[] = {64, 100, 129};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (size_t k = 0; k < sizeof SIZES / sizeof SIZES[0]; k++) {
		taut_problem *p = permutation_problem(SIZES[k], k % 2 ? ASYMMETRIC : BOTH_SYMMETRIC,
		                                      1.0, 50, &rng);

		compare(p, 2, 2, 1e5, true);
		taut_problem_free(p);
	}
}

/* Entries at the ends of 16 bits, where sums of products wrap at 32, and just beyond them. */
static void test_wide(void **state)
{
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (int beyond = 0; beyond < 2; beyond++) {
		p = permutation_problem(20, FLOW_SYMMETRIC, 0.3, 300, &rng);
		for (size_t k = 0; k < 400; k++)
			p->flow[k] += p->flow[k] > 0 ? 32000 : -32000;
		for (size_t k = 0; k < 20; k++)
			for (size_t l = 0; l < k; l++)
				p->flow[l * 20 + k] = p->flow[k * 20 + l];
		for (size_t k = 0; k < 400; k++)
			p->distance[k] = within(&rng, 100);
		p->flow[7 * 20 + 7] = beyond ? INT16_MAX + 1 : INT16_MIN;
		compare(p, 3, 8, 1e8, !beyond);
		taut_problem_free(p);
	}
}

static void test_extreme_temperatures(void **state)
{
	static const double HOT[] = {0.0, 1e-9, 1e9, 1e30};
	taut_rng            rng;
	taut_problem       *p;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	p = permutation_problem(18, BOTH_SYMMETRIC, 1.0, 40, &rng);
	for (size_t k = 0; k < sizeof HOT / sizeof HOT[0]; k++)
		compare(p, 4, 6, HOT[k], true);
	taut_problem_free(p);
}

/* Every allocation of a load and a run may fail. */
static void test_faults(void **state)
{
	const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
	                         .reads = 2,
	                         .sweeps = 3,
	                         .seed = 1,
	                         .t_hot = 1e4,
	                         .t_cold = 10.0};
	taut_rng            rng;
	taut_problem       *p;
	taut_backend       *b;

	(void)state;
	if (!taut_faults_built())
		skip();
	taut_rng_init(&rng, SEED, 5);
	p = permutation_problem(9, ASYMMETRIC, 1.0, 50, &rng);
	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	assert_true(walk_backend_faults(b, p, &s) > 20);
	b->ops->close(b);
	taut_problem_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),  cmocka_unit_test(test_long),
		cmocka_unit_test(test_wide),   cmocka_unit_test(test_extreme_temperatures),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
