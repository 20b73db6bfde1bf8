/*
 * One body on every backend of the registry: the contract of backend.h on all of them, and on those
 * that say they are exact the bits of hls/model. conformance.h says how to choose backends
 * (TAUT_TEST_BACKENDS). The cpu's instruction sets and forms have tests of their own
 * (test_backend_cpu, test_dense, ..).
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/clock.h"
#include "conformance.h"

enum { SEED = 20261120 };

/* How couplings look: what a backend may pack in different ways. */
typedef enum { FEW, SIGNS, BYTES, SCALED_BYTES, SHORTS, SCALED_SHORTS, WIDE, N_FORMS } form;

static const struct {
	double  density;
	int32_t size;   /* largest coupling */
	int32_t factor; /* of all of them */
} FORMS[N_FORMS] = {
	[FEW] = {0.06, 50, 1},      [SIGNS] = {2.0, 1, 77},
	[BYTES] = {0.9, 127, 1},    [SCALED_BYTES] = {0.9, 127, 9000},
	[SHORTS] = {0.9, 32767, 1}, [SCALED_SHORTS] = {0.9, 32767, 11},
	[WIDE] = {0.5, 1000000, 1},
};

static const taut_algorithm ALGORITHMS[] = {TAUT_ALGORITHM_SA, TAUT_ALGORITHM_PT,
                                            TAUT_ALGORITHM_SQA};

/* Every coupling from -size to size, 0 left out where all pairs are to be coupled. */
static taut_problem *problem_of(uint32_t n, form f, taut_rng *rng)
{
	taut_problem *p = bits_problem(n, FORMS[f].density, FORMS[f].size, false, rng);

	if (f == SIGNS) {
		uint64_t at = 0;

		for (uint32_t i = 0; i < n; i++) {
			for (uint32_t j = 0; j < n; j++) {
				if (i == j)
					continue;
				p->col[at] = j;
				p->coef[at++] = (i * j + i + j) % 3 ? 1 : -1;
			}
			p->row[i + 1] = at;
		}
	}
	for (uint64_t e = 0; e < p->row[n]; e++)
		p->coef[e] *= FORMS[f].factor;
	return p;
}

/* A schedule of `sweeps` sweeps around temperature t; k varies what is left open. */
static taut_schedule schedule_of(taut_algorithm algorithm, uint32_t reads, uint64_t sweeps,
                                 double t, uint64_t k, double *rung)
{
	static const uint32_t RUNGS[] = {2, 3, 5, 8, 16, 33, 64};
	const uint32_t        n = RUNGS[k % 7];
	taut_schedule         s = {.algorithm = algorithm,
	                           .acceptance = (taut_acceptance)(k / 3 % 2),
	                           .reads = reads,
	                           .sweeps = sweeps,
	                           .seed = 977 * k + 5,
	                           .t_hot = t,
	                           .t_cold = t / 30,
	                           .track_from = k % 4 == 3 ? UINT64_MAX : k % 4 * sweeps / 3};

	if (algorithm == TAUT_ALGORITHM_PT) {
		for (uint32_t r = 0; r < n; r++)
			rung[r] = t / 40 + (t - t / 40) * r * r / ((n - 1.0) * (n - 1.0));
		s.rungs = rung;
		s.n_rungs = n;
	}
	if (algorithm == TAUT_ALGORITHM_SQA) {
		s.ring = 4u << k % 5;
		s.gamma_hot = 2.0 * t;
		s.gamma_cold = t / 50;
		s.t_cold = t / 4;
	}
	return s;
}

static void test_flips(void **state)
{
	static const uint32_t SIZES[] = {1, 2, 31, 63, 64, 65, 130};
	static const uint32_t READS[] = {1, 64, 65, 130, 2, 63, 7};
	double                rung[TAUT_LANES];
	taut_rng              rng;
	uint64_t              k = 0;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (int f = 0; f < N_FORMS; f++)
		for (size_t i = 0; i < 7; i++) {
			taut_problem *p = problem_of(SIZES[i], (form)f, &rng);
			taut_problem *d =
				FORMS[f].size <= 127 ? dense_twin(p, FORMS[f].factor) : NULL;

			for (size_t a = 0; a < 3; a++, k++) {
				const double        t = 2.0 * FORMS[f].size * FORMS[f].factor;
				const taut_schedule s = schedule_of(
					ALGORITHMS[a], READS[(i + k) % 7], 6, t, k, rung);

				compare(p, d, &s);
			}
			taut_problem_free(p);
			taut_problem_free(d);
		}
}

/* Rows of several words, more than one block of variables and the last of each not full. */
static void test_longer_rows(void **state)
{
	static const uint32_t SIZES[] = {511, 513, 1000};
	double                rung[TAUT_LANES];
	taut_rng              rng;
	uint64_t              k = 0;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (size_t i = 0; i < 3; i++)
		for (int f = 0; f < N_FORMS; f++, k++) {
			taut_problem       *p = problem_of(SIZES[i], (form)f, &rng);
			const double        t = 10.0 * FORMS[f].size * FORMS[f].factor;
			const taut_schedule s =
				schedule_of(ALGORITHMS[(i + k) % 3], 70, 3, t, k, rung);

			compare_cpu(p, &s);
			taut_problem_free(p);
		}
}

static void test_groups(void **state)
{
	static const uint32_t SIZES[] = {2, 31, 64, 65, 130};
	double                rung[TAUT_LANES];
	taut_rng              rng;
	uint64_t              k = 0;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (size_t i = 0; i < 5; i++)
		for (int32_t size = 1; size < 2000000; size *= 100) {
			taut_problem *p =
				bits_problem(SIZES[i], i % 2 ? 0.8 : 0.1, size, true, &rng);

			for (size_t a = 0; a < 3; a++, k++) {
				const taut_schedule s = schedule_of(ALGORITHMS[a], k % 2 ? 66 : 5,
				                                    5, 4.0 * size, k, rung);

				compare(p, NULL, &s);
			}
			taut_problem_free(p);
		}
}

/* Couplings within groups beyond all changes: fields may wrap at 32 bits. */
static void test_wrapping_groups(void **state)
{
	double        rung[TAUT_LANES];
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	p = wrapping_problem(&rng);
	for (uint64_t k = 0; k < 6; k++) {
		const taut_schedule s = schedule_of(ALGORITHMS[k % 3], 64, 8, 60.0, k, rung);

		compare(p, NULL, &s);
	}
	taut_problem_free(p);
}

static void test_permutations(void **state)
{
	static const uint32_t LENGTHS[] = {1, 2, 3, 5, 15, 17, 33};
	double                rung[TAUT_LANES];
	taut_rng              rng;
	uint64_t              k = 0;

	(void)state;
	taut_rng_init(&rng, SEED, 5);
	for (size_t i = 0; i < 7; i++)
		for (int kind = BOTH_SYMMETRIC; kind <= ASYMMETRIC; kind++)
			for (size_t a = 0; a < 2; a++, k++) {
				const int32_t size = kind % 2 ? 9 : 1500;
				taut_problem *p = permutation_problem(
					LENGTHS[i], (symmetry)kind, i % 2 ? 0.3 : 1.0, size, &rng);
				const taut_schedule s =
					schedule_of(ALGORITHMS[a], i > 4 ? 3 : 70, i > 4 ? 2 : 5,
				                    4.0 * size * size, k, rung);

				compare(p, NULL, &s);
				taut_problem_free(p);
			}
	for (uint32_t n = 63; n <= 128; n += n == 63 ? 2 : 63) {
		taut_problem       *p = permutation_problem(n, ASYMMETRIC, 0.5, 99, &rng);
		const taut_schedule s = schedule_of(ALGORITHMS[n % 2], 70, 2, 40000.0, n, rung);

		compare_cpu(p, &s);
		taut_problem_free(p);
	}
}

/* Temperatures and fields at the ends of the machine's range, 0 among them. */
static void test_extremes(void **state)
{
	static const double HOT[] = {0.0, 1e-12, 0.05, 3000.0, 2e8, 1e12, 1e30};
	double              rung[TAUT_LANES];
	taut_rng            rng;

	(void)state;
	taut_rng_init(&rng, SEED, 6);
	for (uint64_t k = 0; k < 7; k++) {
		taut_problem *p = bits_problem(40, 0.3, 700, k % 3 == 2, &rng);
		taut_problem *q = permutation_problem(7, BOTH_SYMMETRIC, 1.0, 300, &rng);

		for (size_t a = 0; a < 3; a++) {
			taut_schedule s = schedule_of(ALGORITHMS[a], 20, 4, HOT[k], k, rung);

			compare(p, NULL, &s);
			if (a < 2)
				compare(q, NULL, &s);
			s.gamma_hot *= 1e-300;
			s.gamma_cold = 0.0;
			compare(p, NULL, &s);
		}
		taut_problem_free(p);
		taut_problem_free(q);
	}
}

/* Longer than any launch, in few variables. */
static void test_long_runs(void **state)
{
	double        rung[TAUT_LANES];
	taut_rng      rng;
	taut_problem *p;
	taut_problem *q;

	(void)state;
	taut_rng_init(&rng, SEED, 7);
	p = bits_problem(3, 1.0, 10, false, &rng);
	q = permutation_problem(3, ASYMMETRIC, 1.0, 10, &rng);
	for (size_t a = 0; a < 3; a++) {
		const taut_schedule s = schedule_of(ALGORITHMS[a], 9, 5000, 30.0, 2, rung);

		compare(p, NULL, &s);
		if (a < 2)
			compare(q, NULL, &s);
	}
	taut_problem_free(p);
	taut_problem_free(q);
}

/* More groups of lanes than a device takes at once; a schedule along points; given states. */
static void test_schedules(void **state)
{
	static const double points[] = {90.0, 1.0, 40.0, 0.5};
	double              rung[TAUT_LANES];
	taut_rng            rng;

	(void)state;
	taut_rng_init(&rng, SEED, 8);
	for (int kind = 0; kind < 3; kind++) {
		taut_problem *p = kind == 2 ? permutation_problem(9, ASYMMETRIC, 1.0, 20, &rng)
		                            : bits_problem(60, 0.3, 20, kind == 1, &rng);
		taut_samples *first;
		taut_schedule s = schedule_of(ALGORITHMS[kind % 2], 64 * 9 + 13, 5, 90.0, 4, rung);

		compare_cpu(p, &s);
		s = schedule_of(TAUT_ALGORITHM_SA, 130, 7, 90.0, 1, rung);
		s.points = points;
		s.n_points = 4;
		compare_cpu(p, &s);
		first = run_cpu(p, &s);
		first->count = 67;
		s.initial = first;
		s.seed++;
		compare_cpu(p, &s);
		s = schedule_of(TAUT_ALGORITHM_SA, 3, 0, 90.0, 1, rung);
		compare_cpu(p, &s);
		taut_samples_free(first);
		taut_problem_free(p);
	}
}

/* Backends under test, one after the other, those that skip left out. */
static tested *next_tested(tested *t)
{
	for (t = t ? t + 1 : under_test; t < under_test + TAUT_N_BACKENDS; t++)
		if (t->backend)
			return t;
	return NULL;
}

static void test_registry(void **state)
{
	(void)state;
	assert_ptr_equal(taut_backend_find(TAUT_BACKEND_AUTO), taut_backend_find(TAUT_BACKEND_CPU));
	assert_null(taut_backend_find(TAUT_N_BACKENDS));
	for (int name = TAUT_BACKEND_CPU; name < TAUT_N_BACKENDS; name++) {
		const taut_backend_ops *ops = taut_backend_find((taut_backend_name)name);
		taut_devices            devices;

		if (!ops)
			continue;
		assert_int_equal(ops->abi, TAUT_BACKEND_ABI);
		assert_int_equal(ops->name, name);
		assert_true(ops->devices && ops->open && ops->limits && ops->times && ops->load &&
		            ops->run && ops->close);
		ops->close(NULL);
		ops->devices(&devices);
		assert_true(devices.count <= TAUT_DEVICES_MAX);
		assert_true(devices.count > 0 || devices.missing[0] != '\0');
		for (uint32_t k = 0; k < devices.count; k++)
			assert_true(devices.name[k][0] != '\0');
	}
	for (tested *t = next_tested(NULL); t; t = next_tested(t)) {
		assert_true(t->limits.device[0] != '\0');
		assert_true(t->limits.max_variables > 0);
		assert_true(t->limits.algorithms >> TAUT_ALGORITHM_SA & 1);
	}
}

/* Times never run backwards, and a run takes some. */
static void test_times(void **state)
{
	double        rung[TAUT_LANES];
	taut_rng      rng;
	taut_problem *p;

	(void)state;
	taut_rng_init(&rng, SEED, 9);
	p = bits_problem(100, 0.5, 20, false, &rng);
	for (tested *t = next_tested(NULL); t; t = next_tested(t)) {
		const taut_schedule s = schedule_of(TAUT_ALGORITHM_SA, 64, 50, 30.0, 0, rung);
		taut_backend_times  before;
		taut_backend_times  after;

		t->backend->ops->times(&before, t->backend);
		taut_samples_free(run(t->backend, p, &s, 1));
		t->backend->ops->times(&after, t->backend);
		assert_true(after.pack >= before.pack && after.transfer >= before.transfer &&
		            after.kernel >= before.kernel);
		if (t->limits.exact)
			assert_true(after.kernel > before.kernel);
	}
	taut_problem_free(p);
}

/* Stopped before it starts, and by a deadline: valid states of the first reads, not finished. */
static void test_stop(void **state)
{
	double   rung[TAUT_LANES];
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 10);
	for (int kind = 0; kind < 6; kind++) {
		taut_problem       *p = kind % 3 == 2
		                                ? permutation_problem(9, BOTH_SYMMETRIC, 1.0, 50, &rng)
		                                : bits_problem(70, 0.2, 50, kind % 3 == 1, &rng);
		const taut_schedule s = schedule_of(ALGORITHMS[kind / 3], 200, 100000000, 50.0,
		                                    (uint64_t)kind, rung);

		for (tested *t = next_tested(NULL); t; t = next_tested(t)) {
			const taut_backend_ops *ops = t->backend->ops;
			const int               stop = kind < 3;
			const taut_ctx          ctx = {.threads = 2,
			                               .stop = &stop,
			                               .deadline_s = stop ? 0.0 : taut_clock_s() + 0.05};
			taut_samples           *got;
			bool                    finished = true;

			if (ops->name == TAUT_BACKEND_NONE || !takes(&t->limits, p, &s))
				continue;
			assert_int_equal(ops->load(t->backend, p, NULL), TAUT_OK);
			assert_int_equal(ops->run(&got, &finished, t->backend, &s, &ctx, NULL),
			                 TAUT_OK);
			assert_false(finished);
			assert_true(got->count >= 1 && got->count <= 200);
			assert_energies(p, got);
			taut_samples_free(got);
		}
		taut_problem_free(p);
	}
}

/* ELIMIT with a message that has `text`; the handle goes on to work. */
static void expect_limit(tested *t, const taut_problem *p, const char *text)
{
	const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SA,
	                         .reads = 2,
	                         .sweeps = 2,
	                         .t_hot = 2.0,
	                         .t_cold = 1.0};
	taut_problem       *small = plain_problem(3);
	taut_error          err = {TAUT_OK, ""};

	assert_int_equal(t->backend->ops->load(t->backend, p, &err), TAUT_ELIMIT);
	if (!strstr(err.text, text))
		fail_msg("'%s' lacks '%s'", err.text, text);
	taut_samples_free(run(t->backend, small, &s, 1));
	taut_problem_free(small);
}

static void test_limits(void **state)
{
	char     text[24];
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 11);
	for (tested *t = next_tested(NULL); t; t = next_tested(t)) {
		const taut_limits *l = &t->limits;
		taut_problem      *p;

		if (!l->exact)
			continue;
		p = plain_problem(2);
		p->linear[1] = (1 << 30) - 1;
		assert_int_equal(t->backend->ops->load(t->backend, p, NULL), TAUT_OK);
		p->linear[1] = 1 << 30;
		expect_limit(t, p, "1073741823");
		taut_problem_free(p);
		if (l->max_permutation) {
			p = permutation_problem(4, BOTH_SYMMETRIC, 1.0, 1000000, &rng);
			expect_limit(t, p, "1073741823");
			taut_problem_free(p);
		}
		if (l->max_variables < 1 << 22) {
			p = plain_problem((uint32_t)l->max_variables + 1);
			(void)snprintf(text, sizeof text, "%u", p->n);
			expect_limit(t, p, text);
			taut_problem_free(p);
		}
		if (l->max_permutation < 1000) {
			p = permutation_problem(l->max_permutation + 1, BOTH_SYMMETRIC, 0.1, 5,
			                        &rng);
			(void)snprintf(text, sizeof text, "%u", p->permutation_n);
			expect_limit(t, p, text);
			taut_problem_free(p);
		}
	}
}

static void test_null_gives_first_states(void **state)
{
	const taut_schedule s = {
		.algorithm = TAUT_ALGORITHM_SA, .reads = 67, .sweeps = 9, .seed = 3};
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 12);
	for (int kind = 0; kind < 3; kind++) {
		taut_problem *p = kind == 2 ? permutation_problem(9, ASYMMETRIC, 1.0, 50, &rng)
		                            : bits_problem(70, 0.2, 50, kind == 1, &rng);
		taut_backend *b;
		taut_samples *got;
		taut_samples *want;

		assert_int_equal(taut_backend_find(TAUT_BACKEND_NONE)->open(&b, NULL, NULL),
		                 TAUT_OK);
		got = run(b, p, &s, 1);
		assert_int_equal(taut_initial_new(&want, p, &s, NULL), TAUT_OK);
		assert_int_equal(got->count, 67);
		assert_memory_equal(got->bits, want->bits, want->count * want->words * 8);
		assert_memory_equal(got->position, want->position,
		                    want->count * want->permutation_n * 2);
		assert_energies(p, got);
		taut_samples_free(got);
		taut_samples_free(want);
		b->ops->close(b);
		taut_problem_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_longer_rows),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_wrapping_groups),
		cmocka_unit_test(test_permutations),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_long_runs),
		cmocka_unit_test(test_schedules),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_null_gives_first_states),
	};

	return cmocka_run_group_tests(tests, open_backends, close_backends);
}
