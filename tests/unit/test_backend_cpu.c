/*
 * The cpu in each of its instruction sets: the same bits as the reference in hls/model, for any
 * number of threads; first states and limits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "backend_fixture.h"
#include "base/clock.h"

enum { SEED = 20250607 }; /* of the random problems; printed on failure by name */

/* Every instruction set and thread count against the reference, both rules. */
static void compare(const taut_problem *p, uint32_t reads, uint64_t sweeps, uint64_t seed,
                    double t_hot)
{
	for (int heat = 0; heat < 2; heat++) {
		const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
		                         .acceptance = heat ? TAUT_ACCEPTANCE_HEATBATH
		                                            : TAUT_ACCEPTANCE_METROPOLIS,
		                         .reads = reads,
		                         .sweeps = sweeps,
		                         .seed = seed,
		                         .t_hot = t_hot,
		                         .t_cold = t_hot / 50,
		                         .track_from = sweeps / 3};

		compare_with_model(p, &s);
	}
}

static void test_bits(void **state)
{
	static const uint32_t SIZES[] = {1, 2, 31, 33, 63, 65, 130};
	static const uint32_t READS[] = {1, 64, 65, 130, 2, 63, 3};
	/* 16-bit fields with hot and cold temperatures; 32-bit ones; near the limit */
	static const int32_t COEFFICIENTS[] = {1, 100, 2000, 1000000};
	taut_rng             rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < 7; k++)
		for (size_t c = 0; c < 4; c++) {
			const int32_t size = COEFFICIENTS[c];
			const double  density = (k + c) % 2 ? 0.9 : 0.1;
			taut_problem *p = bits_problem(SIZES[k], density, size, false, &rng);

			compare(p, READS[(k + c) % 7], 7, taut_rng_next(&rng), 3.0 * size);
			taut_problem_free(p);
		}
}

static void test_groups(void **state)
{
	static const uint32_t SIZES[] = {1, 2, 31, 65, 130};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (size_t k = 0; k < 5; k++)
		for (int32_t size = 1; size < 2000000; size *= 1000) {
			taut_problem *p =
				bits_problem(SIZES[k], k % 2 ? 0.8 : 0.2, size, true, &rng);

			compare(p, k % 2 ? 66 : 5, 6, taut_rng_next(&rng), 4.0 * size);
			taut_problem_free(p);
		}
}

/* Around the largest fields of 8 and 16 bits, thresholds from far within to far beyond, and many
 * energies near the bound to sum. */
static void test_narrow_edges(void **state)
{
	static const int32_t EDGES[] = {126, 127, 128, 129, 32766, 32767, 32768, 32769};
	taut_rng             rng;

	(void)state;
	taut_rng_init(&rng, SEED, 13);
	for (size_t k = 0; k < sizeof EDGES / sizeof EDGES[0]; k++)
		for (int hot = 0; hot < 3; hot++) {
			taut_problem *p = bits_problem(150, 0.1, 1, false, &rng);
			const int32_t edge = EDGES[k];
			const double  temperatures[] = {edge / 100.0, edge, edge * 1000.0};

			/* extreme fields are -edge or edge */
			for (uint32_t i = 0; i < p->n; i++) {
				p->linear[i] = i % 2 ? -edge : edge;
				for (uint64_t j = p->row[i]; j < p->row[i + 1]; j++)
					if ((p->coef[j] < 0) == (i % 2))
						p->linear[i] -= p->coef[j];
			}
			compare(p, 70, 3, (uint64_t)hot, temperatures[hot]);
			taut_problem_free(p);
		}
}

/* Fields that wrap at 32 bits while every change fits. */
static void test_wrapping_groups(void **state)
{
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	p = wrapping_problem(&rng);
	compare(p, 64, 8, 5, 60.0);
	taut_problem_free(p);
}

static void test_permutations(void **state)
{
	static const uint32_t SIZES[] = {1, 2, 3, 5, 12, 33};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (size_t k = 0; k < 6; k++)
		for (int kind = BOTH_SYMMETRIC; kind <= ASYMMETRIC; kind++) {
			const int32_t size = kind % 2 ? 9 : 2000;
			const double  density = k % 2 ? 0.2 : 1.0;
			taut_problem *p =
				permutation_problem(SIZES[k], (symmetry)kind, density, size, &rng);

			compare(p, k == 5 ? 3 : 70, k == 5 ? 3 : 6, taut_rng_next(&rng),
			        4.0 * size * size);
			taut_problem_free(p);
		}
}

/* Temperatures at the ends of the machine's range, 0 among them. */
static void test_extreme_temperatures(void **state)
{
	static const double HOT[] = {0.0, 1e-12, 1e-3, 3000.0, 5000.0, 1e8, 5e9, 1e12, 1e30};
	taut_rng            rng;
	taut_problem       *p;
	taut_problem       *q;

	(void)state;
	taut_rng_init(&rng, SEED, 5);
	p = bits_problem(40, 0.3, 700, false, &rng);
	q = permutation_problem(7, BOTH_SYMMETRIC, 1.0, 300, &rng);
	for (size_t k = 0; k < sizeof HOT / sizeof HOT[0]; k++) {
		compare(p, 20, 5, k, HOT[k]);
		compare(q, 20, 5, k, HOT[k]);
	}
	taut_problem_free(p);
	taut_problem_free(q);
}

/* Longer than one chunk of temperatures and one piece of visits. */
static void test_long_runs(void **state)
{
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, SEED, 6);
	p = bits_problem(3, 1.0, 10, false, &rng);
	compare(p, 2, 9000, 1, 30.0);
	taut_problem_free(p);
	p = permutation_problem(3, ASYMMETRIC, 1.0, 10, &rng);
	compare(p, 2, 9000, 2, 300.0);
	taut_problem_free(p);
}

/* Read r starts from (seed, r) alone, and differs from the others. */
static void test_initial_states(void **state)
{
	taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA, .reads = 40, .seed = 11};
	taut_rng      rng;
	taut_problem *p;
	taut_samples *few;
	taut_samples *many;
	taut_samples *given;
	taut_error    err;

	(void)state;
	taut_rng_init(&rng, SEED, 8);
	p = bits_problem(90, 0.1, 5, true, &rng);
	assert_int_equal(taut_initial_new(&few, p, &s, NULL), TAUT_OK);
	s.reads = 80;
	assert_int_equal(taut_initial_new(&many, p, &s, NULL), TAUT_OK);
	assert_memory_equal(few->bits, many->bits, few->count * few->words * 8);
	assert_memory_not_equal(many->bits, many->bits + many->words, many->words * 8);
	for (uint32_t g = 0; g < p->n_groups; g++) {
		int ones = 0;

		for (uint32_t i = 0; i < p->n; i++)
			ones += p->group[i] == g && taut_sample_bit(many, 79, i);
		assert_int_equal(ones, 1);
	}
	s.initial = few;
	assert_int_equal(taut_initial_new(&given, p, &s, NULL), TAUT_OK);
	assert_memory_equal(given->bits + 40 * few->words, few->bits, 40 * few->words * 8);
	taut_samples_free(given);
	/* a group without its one, and another shape */
	memset(few->bits, 0, few->words * 8);
	assert_int_equal(taut_initial_new(&given, p, &s, &err), TAUT_EINPUT);
	assert_null(given);
	assert_non_null(strstr(err.text, "initial state 1"));
	few->n--;
	assert_int_equal(taut_initial_new(&given, p, &s, &err), TAUT_EINPUT);
	taut_samples_free(few);
	taut_samples_free(many);
	taut_problem_free(p);
}

/* A cold run goes on from given states: it never ends above them. */
static void test_warm_start(void **state)
{
	taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
	                   .reads = 64,
	                   .sweeps = 50,
	                   .seed = 1,
	                   .t_hot = 50.0,
	                   .t_cold = 1.0};
	taut_rng      rng;
	taut_problem *p;
	taut_samples *first;
	taut_samples *second;
	taut_backend *b;

	(void)state;
	taut_rng_init(&rng, SEED, 9);
	p = bits_problem(60, 0.5, 30, false, &rng);
	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	first = run(b, p, &s, 1);
	s.initial = first;
	s.seed = 2;
	s.t_hot = s.t_cold = 0.0;
	second = run(b, p, &s, 1);
	assert_int_equal(second->proposals, 60u * 64 * 50);
	for (size_t r = 0; r < 64; r++)
		assert_true(second->energy[r] <= first->energy[r]);
	assert_energies(p, second);
	taut_samples_free(first);
	taut_samples_free(second);
	b->ops->close(b);
	taut_problem_free(p);
}

/* Stopped before it starts, and by a deadline: valid states of the first reads, not finished, soon.
 */
static void test_stop(void **state)
{
	const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
	                         .reads = 200,
	                         .sweeps = 100000000,
	                         .seed = 1,
	                         .t_hot = 50.0,
	                         .t_cold = 1.0};
	taut_rng            rng;

	(void)state;
	taut_rng_init(&rng, SEED, 10);
	for (int kind = 0; kind < 6; kind++) {
		taut_problem *p = kind % 3 == 2
		                          ? permutation_problem(9, BOTH_SYMMETRIC, 1.0, 50, &rng)
		                          : bits_problem(70, 0.2, 50, kind % 3 == 1, &rng);
		const int     stop = kind < 3;
		const double  begin_s = taut_clock_s();
		taut_ctx      ctx = {
			     .threads = 2, .stop = &stop, .deadline_s = stop ? 0.0 : begin_s + 0.05};
		taut_backend *b;
		taut_samples *got;
		bool          finished = true;

		assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
		assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
		assert_int_equal(b->ops->run(&got, &finished, b, &s, &ctx, NULL), TAUT_OK);
		assert_false(finished);
		assert_true(taut_clock_s() - begin_s < 2.0); /* sanitizers included */
		assert_true(got->count >= 1 && got->count <= 200);
		assert_energies(p, got);
		taut_samples_free(got);
		b->ops->close(b);
		taut_problem_free(p);
	}
}

static void test_limits(void **state)
{
	taut_rng      rng;
	taut_problem *p;
	taut_backend *b;
	taut_error    err;

	(void)state;
	taut_rng_init(&rng, SEED, 11);
	assert_int_equal(taut_cpu_open_isa(&b, "mmx", &err), TAUT_EUSAGE);
	assert_null(b);
	assert_non_null(strstr(err.text, "mmx"));
	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	p = bits_problem(2, 1.0, 1, false, &rng);
	p->linear[0] = (1 << 30) - 1 - abs(p->row[1] ? p->coef[0] : 0);
	assert_int_equal(b->ops->load(b, p, &err), TAUT_OK);
	p->linear[0] = 1 << 30;
	assert_int_equal(b->ops->load(b, p, &err), TAUT_ELIMIT);
	assert_non_null(strstr(err.text, "1073741823"));
	taut_problem_free(p);
	p = permutation_problem(4, BOTH_SYMMETRIC, 1.0, 1000000, &rng);
	assert_int_equal(b->ops->load(b, p, &err), TAUT_ELIMIT);
	taut_problem_free(p);
	b->ops->close(b);
}

/* The bound is never below a change that happens: all flips, exchanges and swaps of random states.
 */
static void test_change_bound(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 12);
	for (int trial = 0; trial < 60; trial++) {
		const bool          swaps = trial % 2;
		const taut_schedule s = {.reads = 8, .seed = (uint64_t)trial};
		taut_problem       *p = swaps ? permutation_problem(2 + (uint32_t)trial % 6,
		                                                    (symmetry)(trial % 4), 0.7, 20, &rng)
		                              : bits_problem(9, 0.5, 20, trial % 4 == 0, &rng);
		const int64_t       bound = taut_problem_change_bound(p);
		const uint32_t      n = swaps ? p->permutation_n : p->n;
		taut_samples       *x;

		assert_int_equal(taut_initial_new(&x, p, &s, NULL), TAUT_OK);
		for (size_t r = 0; r < 8; r++)
			for (uint32_t a = 0; a < n; a++)
				for (uint32_t c = 0; c < n; c++) {
					const int64_t before = taut_initial_energy(p, x, r);
					uint16_t     *pa = x->position + r * n + a;
					uint16_t     *pc = x->position + r * n + c;

					if (swaps) {
						const uint16_t t = *pa;
						*pa = *pc;
						*pc = t;
					} else if (p->group && p->group[a] != TAUT_QUBO_UNGROUPED) {
						if (p->group[a] != p->group[c] || a == c ||
						    !taut_sample_bit(x, r, c))
							continue;
						x->bits[r] ^= 1u << a | 1u << c;
					} else {
						x->bits[r] ^= 1u << a;
					}
					assert_true(llabs(taut_initial_energy(p, x, r) - before) <=
					            bound);
				}
		taut_samples_free(x);
		taut_problem_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits),         cmocka_unit_test(test_groups),
		cmocka_unit_test(test_narrow_edges), cmocka_unit_test(test_wrapping_groups),
		cmocka_unit_test(test_permutations), cmocka_unit_test(test_extreme_temperatures),
		cmocka_unit_test(test_long_runs),    cmocka_unit_test(test_initial_states),
		cmocka_unit_test(test_warm_start),   cmocka_unit_test(test_stop),
		cmocka_unit_test(test_limits),       cmocka_unit_test(test_change_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
