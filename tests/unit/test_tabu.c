/* Tabu search and random states on the cpu: the same bits everywhere, exact energies, the optimum
 * of small problems, and every move against a plain search. */
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
	taut_rng_init(&rng, FIXTURE_SEED, 11);
	for (size_t k = 0; k < 7; k++)
		for (int32_t factor = 1; factor < 1000; factor *= 900) {
			const taut_schedule s = {.algorithm = TAUT_ALGORITHM_TABU,
			                         .reads = READS[k],
			                         .sweeps = 400,
			                         .seed = taut_rng_next(&rng)};
			int32_t            *q =
				random_matrix(SIZES[k], factor == 1 ? 0.1 : 0.9, 100, factor, &rng);
			taut_problem *sparse = problem_of(SIZES[k], q, 1, false);
			taut_problem *dense = problem_of(SIZES[k], q, factor, true);
			taut_samples *a = run_everywhere(sparse, &s);
			taut_samples *b = run_everywhere(dense, &s);

			assert_memory_equal(a->bits, b->bits,
			                    a->count * a->words * sizeof *a->bits);
			taut_samples_free(a);
			taut_samples_free(b);
			taut_problem_free(sparse);
			taut_problem_free(dense);
			taut_free(q);
		}
}

/* With as many moves as there are downhill ones the search is steepest descent: compared move by
 * move with the definition, where no two changes are equal. */
static void test_steepest_descent(void **state)
{
	enum { N = 200 };
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 12);
	p = random_problem(N, 0.3, 1000000, false, &rng);
	for (uint64_t sweeps = 0; sweeps < 40; sweeps++) {
		const taut_schedule s = {
			.algorithm = TAUT_ALGORITHM_TABU, .reads = 1, .sweeps = sweeps, .seed = 2};
		taut_samples *got = run_on(NULL, p, &s, 1);
		taut_samples *x;

		assert_int_equal(taut_initial_new(&x, p, &s, NULL), TAUT_OK);
		for (uint64_t k = 0; k < sweeps; k++) {
			const int64_t before = taut_initial_energy(p, x, 0);
			int64_t       least = 0;
			uint32_t      at = N;

			for (uint32_t i = 0; i < N; i++) {
				int64_t change;

				x->bits[i / 64] ^= (uint64_t)1 << i % 64;
				change = taut_initial_energy(p, x, 0) - before;
				x->bits[i / 64] ^= (uint64_t)1 << i % 64;
				if (change < least) {
					least = change;
					at = i;
				}
			}
			assert_true(at < N);
			x->bits[at / 64] ^= (uint64_t)1 << at % 64;
		}
		assert_memory_equal(got->bits, x->bits, x->words * sizeof *x->bits);
		taut_samples_free(got);
		taut_samples_free(x);
	}
	taut_problem_free(p);
}

static void test_finds_the_least(void **state)
{
	(void)state;
	check_least(TAUT_ALGORITHM_TABU, 8, 1000, 13);
}

static void test_finds_the_planted(void **state)
{
	const taut_schedule s = {
		.algorithm = TAUT_ALGORITHM_TABU, .reads = 16, .sweeps = 20000, .seed = 6};
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 14);
	for (int trial = 0; trial < 4; trial++) {
		int64_t       planted;
		taut_problem *p = planted_problem(&planted, 60, 60, &rng);
		taut_samples *got = run_on(NULL, p, &s, 1);

		for (size_t r = 0; r < 16; r++)
			assert_true(got->energy[r] >= planted);
		assert_int_equal(least_energy(got), planted);
		taut_samples_free(got);
		taut_problem_free(p);
	}
}

/* A shorter search is the beginning of a longer one: the best state only gets better. */
static void test_longer_is_better(void **state)
{
	taut_rng      rng;
	taut_problem *p;
	int64_t       before = INT64_MAX;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 15);
	p = random_problem(300, 0.05, 3, false, &rng);
	for (uint64_t sweeps = 1; sweeps < 5000; sweeps += 1 + sweeps / 3) {
		const taut_schedule s = {
			.algorithm = TAUT_ALGORITHM_TABU, .reads = 1, .sweeps = sweeps, .seed = 2};
		taut_samples *got = run_on(NULL, p, &s, 1);

		assert_true(got->energy[0] <= before);
		before = got->energy[0];
		taut_samples_free(got);
	}
	taut_problem_free(p);
}

static void test_stops(void **state)
{
	(void)state;
	check_stops(TAUT_ALGORITHM_TABU);
}

static void test_initial(void **state)
{
	(void)state;
	check_initial(TAUT_ALGORITHM_TABU);
}

static void test_prefix(void **state)
{
	(void)state;
	check_prefix(TAUT_ALGORITHM_TABU);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused(TAUT_ALGORITHM_TABU);
}

static void test_faults(void **state)
{
	(void)state;
	check_faults(TAUT_ALGORITHM_TABU);
	check_faults(TAUT_ALGORITHM_RANDOM);
}

/* The first states with their energies, as the null backend gives them. */
static void test_random(void **state)
{
	const taut_schedule s = {
		.algorithm = TAUT_ALGORITHM_RANDOM, .reads = 67, .sweeps = 1, .seed = 4};
	taut_rng      rng;
	taut_problem *p;
	taut_samples *got;
	taut_samples *want;

	(void)state;
	taut_rng_init(&rng, FIXTURE_SEED, 16);
	p = random_problem(80, 0.3, 40, false, &rng);
	got = run_everywhere(p, &s);
	assert_int_equal(taut_initial_new(&want, p, &s, NULL), TAUT_OK);
	assert_memory_equal(got->bits, want->bits, 67 * want->words * sizeof *want->bits);
	taut_samples_free(got);
	taut_samples_free(want);
	taut_problem_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_everywhere),  cmocka_unit_test(test_steepest_descent),
		cmocka_unit_test(test_finds_the_least),  cmocka_unit_test(test_finds_the_planted),
		cmocka_unit_test(test_longer_is_better), cmocka_unit_test(test_stops),
		cmocka_unit_test(test_initial),          cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_refused),          cmocka_unit_test(test_faults),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
