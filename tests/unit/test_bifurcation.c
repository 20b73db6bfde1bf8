/* Simulated bifurcation on the cpu: the same bits everywhere, exact energies, and that it finds
 * what there is to find. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "lone_fixture.h"

static void test_same_everywhere(void **state)
{
	static const uint32_t SIZES[] = {1, 2, 31, 33, 65, 130, 513};
	static const uint32_t READS[] = {1, 2, 130, 31, 33, 65, 3};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 1);
	for (size_t k = 0; k < 7; k++)
		for (int dense = 0; dense < 2; dense++) {
			const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SB,
			                         .reads = READS[k],
			                         .sweeps = 37,
			                         .seed = taut_rng_next(&rng)};
			int32_t      *q = random_matrix(SIZES[k], dense ? 1.0 : 0.2, 100, 7, &rng);
			taut_problem *p = problem_of(SIZES[k], q, 7, dense);

			taut_samples_free(run_everywhere(p, &s));
			taut_problem_free(p);
			taut_free(q);
		}
}

/* Coefficients near the machine's limit: positions hit the walls, nothing overflows. */
static void test_large_coefficients(void **state)
{
	const taut_schedule s = {
		.algorithm = TAUT_ALGORITHM_SB, .reads = 34, .sweeps = 40, .seed = 3};
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 2);
	p = random_problem(50, 0.5, 20000000, false, &rng);
	taut_samples_free(run_everywhere(p, &s));
	taut_problem_free(p);
}

/* The discrete reads, in integers but for the particles, do not see how couplings are stored. */
static void test_dense_is_sparse(void **state)
{
	const taut_schedule s = {
		.algorithm = TAUT_ALGORITHM_SB, .reads = 40, .sweeps = 100, .seed = 4};
	taut_rng      rng;
	int32_t      *q;
	taut_problem *sparse;
	taut_problem *dense;
	taut_samples *a;
	taut_samples *b;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 3);
	q = random_matrix(150, 0.6, 120, -3, &rng);
	sparse = problem_of(150, q, 1, false);
	dense = problem_of(150, q, -3, true);
	a = run_on(NULL, sparse, &s, 1);
	b = run_on(NULL, dense, &s, 1);
	for (size_t r = 1; r < 40; r += 2)
		assert_memory_equal(a->bits + r * a->words, b->bits + r * a->words,
		                    a->words * sizeof *a->bits);
	taut_samples_free(a);
	taut_samples_free(b);
	taut_problem_free(sparse);
	taut_problem_free(dense);
	taut_free(q);
}

static void test_finds_the_least(void **state)
{
	(void)state;
	check_least(TAUT_ALGORITHM_SB, 64, 300, 4);
}

/* Both kinds of reads, each by itself. */
static void test_finds_the_planted(void **state)
{
	const taut_schedule s = {
		.algorithm = TAUT_ALGORITHM_SB, .reads = 64, .sweeps = 1000, .seed = 6};
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 5);
	for (int trial = 0; trial < 4; trial++) {
		int64_t       least[2] = {INT64_MAX, INT64_MAX};
		int64_t       planted;
		taut_problem *p = planted_problem(&planted, 60, 60, &rng);
		taut_samples *got = run_on(NULL, p, &s, 1);

		for (size_t r = 0; r < 64; r++)
			if (got->energy[r] < least[r % 2])
				least[r % 2] = got->energy[r];
		assert_int_equal(least[0], planted);
		assert_int_equal(least[1], planted);
		taut_samples_free(got);
		taut_problem_free(p);
	}
}

/* No coupling at all: every bit follows its own coefficient. */
static void test_uncoupled(void **state)
{
	const taut_schedule s = {
		.algorithm = TAUT_ALGORITHM_SB, .reads = 2, .sweeps = 50, .seed = 6};
	taut_rng      rng;
	taut_problem *p;
	taut_samples *got;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 6);
	p = random_problem(70, 0.0, 9, false, &rng);
	got = run_on(NULL, p, &s, 1);
	for (size_t r = 0; r < 2; r++)
		for (uint32_t i = 0; i < 70; i++)
			assert_true(p->linear[i] == 0 ||
			            taut_sample_bit(got, r, i) == (p->linear[i] < 0));
	taut_samples_free(got);
	taut_problem_free(p);
}

static void test_stops(void **state)
{
	(void)state;
	check_stops(TAUT_ALGORITHM_SB);
}

static void test_initial(void **state)
{
	(void)state;
	check_initial(TAUT_ALGORITHM_SB);
}

static void test_prefix(void **state)
{
	(void)state;
	check_prefix(TAUT_ALGORITHM_SB);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused(TAUT_ALGORITHM_SB);
}

static void test_faults(void **state)
{
	(void)state;
	check_faults(TAUT_ALGORITHM_SB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_everywhere),
		cmocka_unit_test(test_large_coefficients),
		cmocka_unit_test(test_dense_is_sparse),
		cmocka_unit_test(test_finds_the_least),
		cmocka_unit_test(test_finds_the_planted),
		cmocka_unit_test(test_uncoupled),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_initial),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
