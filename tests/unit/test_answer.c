/* Verification of one answer, and the answer stage over rounds of samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "answer/answers.h"
#include "answer/verify.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "model/evaluate.h"

#define OK(call) assert_int_equal((call), TAUT_OK)

static const taut_ctx ctx = {.threads = 1};

/* Maximise 5 x0 + 4 x1 + 3 x2 + 2 x3 + x4, 2 x0 + 3 x1 + x2 <= 4, 1 <= x3 + x4, x0 x2 = x1 x4 = 0.
 */
static taut_model *small_model(void)
{
	taut_model *m;

	OK(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "small", 5, true, 0, NULL));
	for (uint32_t i = 0; i < 5; i++)
		OK(taut_model_add_term(m, i, i, 5 - (int64_t)i, NULL));
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, (uint32_t[]){0, 1, 2}, (int64_t[]){2, 3, 1}, 3,
	                      TAUT_NO_LIMIT_LO, 4, 0, NULL, NULL));
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, (uint32_t[]){3, 4}, (int64_t[]){1, 1}, 2, 1,
	                      TAUT_NO_LIMIT_HI, 0, NULL, NULL));
	OK(taut_model_add_conflict(m, 0, 2, NULL));
	OK(taut_model_add_conflict(m, 1, 4, NULL));
	OK(taut_model_finish(m, NULL));
	return m;
}

static void test_verify(void **state)
{
	taut_model   *m = small_model();
	taut_verdict  v;
	uint32_t      a;
	uint32_t      b;
	const uint8_t good[] = {1, 0, 0, 1, 1};
	const uint8_t bad[] = {1, 1, 1, 0, 1};
	const uint8_t empty[] = {0, 0, 0, 0, 0};

	(void)state;
	OK(taut_verify(&v, m, good, NULL));
	assert_true(v.feasible);
	assert_int_equal(v.objective, 8);
	assert_int_equal(v.activity[0], 2);
	assert_int_equal(v.violation[0], 0);
	taut_verdict_fini(&v);

	OK(taut_verify(&v, m, bad, NULL));
	assert_false(v.feasible);
	assert_int_equal(v.objective, 13);
	assert_int_equal(v.n_violated_rows, 1);
	assert_int_equal(v.activity[0], 6);
	assert_int_equal(v.violation[0], 2);
	assert_int_equal(v.violation[1], 0);
	assert_int_equal(v.n_conflicts, 2);
	taut_verdict_conflict(&a, &b, m, bad, 0);
	assert_int_equal(a, 0);
	assert_int_equal(b, 2);
	taut_verdict_conflict(&a, &b, m, bad, 1);
	assert_int_equal(a, 1);
	assert_int_equal(b, 4);
	taut_verdict_fini(&v);

	OK(taut_verify(&v, m, empty, NULL));
	assert_false(v.feasible);
	assert_int_equal(v.n_violated_rows, 1);
	assert_int_equal(v.violation[1], 1);
	taut_verdict_fini(&v);
	taut_model_free(m);
}

/* Samples of n bits, each a number's binary digits, lowest first. */
static void put_samples(taut_samples *s, uint64_t *bits, const uint64_t *numbers, size_t count,
                        uint32_t n)
{
	memcpy(bits, numbers, count * sizeof *bits);
	static int64_t none[1024]; /* equal energies: the order of the samples decides */

	assert_true(count <= sizeof none / sizeof none[0]);
	*s = (taut_samples){.count = count, .n = n, .words = 1, .bits = bits, .energy = none};
}

/* Without repair: what is counted is exactly what came. */
static void test_counts(void **state)
{
	taut_model      *m = small_model();
	taut_answers     a;
	taut_samples     s;
	uint64_t         bits[5];
	const uint64_t   numbers[5] = {0x17, 0x19, 0x08, 0x19, 0x00};
	const uint8_t    best[] = {1, 0, 0, 1, 1};
	const taut_codec codec = {.n_model = 5};

	(void)state;
	put_samples(&s, bits, numbers, 5, 5);
	OK(taut_answers_init(&a, m, NULL, false, false, 2, NULL));
	OK(taut_answers_take(&a, &codec, &s, 1, &ctx, NULL));
	assert_int_equal(a.totals.samples, 5);
	assert_int_equal(a.totals.feasible, 3);
	assert_int_equal(a.totals.repaired, 0);
	assert_int_equal(a.totals.distance, 0);
	assert_true(a.totals.has_best);
	assert_int_equal(a.totals.best, 8);
	assert_true(a.has_incumbent && a.incumbent_feasible);
	assert_int_equal(a.incumbent_objective, 8);
	assert_memory_equal(a.incumbent, best, 5);
	assert_int_equal(a.round_samples, 5);
	assert_int_equal(a.round_feasible, 3);
	assert_true(a.mean_activity[0] == (6.0 + 2.0 + 0.0 + 2.0 + 0.0) / 5.0);
	assert_true(a.mean_activity[1] == (1.0 + 2.0 + 1.0 + 2.0 + 0.0) / 5.0);
	assert_true(a.mean_conflicts == 2.0 / 5.0);

	/* a worse round keeps the incumbent, an infeasible one too */
	put_samples(&s, bits, numbers, 1, 5);
	OK(taut_answers_take(&a, &codec, &s, 2, &ctx, NULL));
	assert_int_equal(a.totals.samples, 6);
	assert_int_equal(a.round_feasible, 0);
	assert_memory_equal(a.incumbent, best, 5);
	taut_answers_fini(&a);

	/* nothing feasible: fewest violations first */
	OK(taut_answers_init(&a, m, NULL, false, false, 1, NULL));
	OK(taut_answers_take(&a, &codec, &s, 1, &ctx, NULL));
	assert_true(a.has_incumbent);
	assert_false(a.incumbent_feasible);
	assert_int_equal(a.incumbent_violations, 3);
	bits[0] = 0x00;
	OK(taut_answers_take(&a, &codec, &s, 1, &ctx, NULL));
	assert_int_equal(a.incumbent_violations, 1);
	assert_int_equal(a.incumbent_objective, 0);
	assert_false(a.totals.has_best);
	taut_answers_fini(&a);
	taut_model_free(m);
}

/* Negative activities of either size average exactly. */
static void test_mean_of_large_activities(void **state)
{
	const int64_t    large = INT64_C(1) << 60;
	taut_model      *m;
	taut_answers     a;
	taut_samples     s;
	uint64_t         bits[8];
	const uint64_t   numbers[8] = {1, 1, 1, 1, 1, 1, 1, 1};
	const taut_codec codec = {.n_model = 2};

	(void)state;
	OK(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "large", 2, false, 0, NULL));
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, (uint32_t[]){0, 1}, (int64_t[]){-large, 3}, 2,
	                      -large, 0, 0, NULL, NULL));
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, (uint32_t[]){0, 1}, (int64_t[]){-3, 2}, 2, -3,
	                      TAUT_NO_LIMIT_HI, 0, NULL, NULL));
	OK(taut_model_finish(m, NULL));
	put_samples(&s, bits, numbers, 8, 2);
	OK(taut_answers_init(&a, m, NULL, false, false, 1, NULL));
	OK(taut_answers_take(&a, &codec, &s, 1, &ctx, NULL));
	assert_true(a.mean_activity[0] == -(double)large);
	assert_true(a.mean_activity[1] == -3.0);
	taut_answers_fini(&a);
	taut_model_free(m);
}

static taut_model *knapsack(uint32_t n)
{
	taut_model *m;
	taut_rng    rng;
	uint32_t    col[64];
	int64_t     coef[64];

	assert_true(n <= 64);
	taut_rng_init(&rng, 5, 0);
	OK(taut_model_new(&m, TAUT_FAMILY_MDKP, "knapsack", n, true, 0, NULL));
	for (uint32_t k = 0; k < 3; k++) {
		int64_t sum = 0;
		for (uint32_t i = 0; i < n; i++) {
			col[i] = i;
			coef[i] = 1 + (int64_t)taut_rng_below(&rng, 90);
			sum += coef[i];
		}
		OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, n, TAUT_NO_LIMIT_LO, sum / 3,
		                      0, NULL, NULL));
	}
	for (uint32_t i = 0; i < n; i++)
		OK(taut_model_add_term(m, i, i, 10 + (int64_t)taut_rng_below(&rng, 90), NULL));
	OK(taut_model_finish(m, NULL));
	return m;
}

static void assert_same(const taut_answers *a, const taut_answers *b)
{
	assert_int_equal(a->totals.samples, b->totals.samples);
	assert_int_equal(a->totals.feasible, b->totals.feasible);
	assert_int_equal(a->totals.repaired, b->totals.repaired);
	assert_int_equal(a->totals.distance, b->totals.distance);
	assert_int_equal(a->incumbent_objective, b->incumbent_objective);
	assert_memory_equal(a->incumbent, b->incumbent, a->model->n);
	assert_memory_equal(a->mean_activity, b->mean_activity,
	                    a->model->n_rows * sizeof *a->mean_activity);
}

/* One and three threads, rounds of samples with repeats and a baseline: the same answers. */
static void test_threads(void **state)
{
	enum { N = 40, COUNT = 24 };
	taut_model      *m = knapsack(N);
	taut_answers     one;
	taut_answers     three;
	taut_samples     s;
	uint64_t         bits[COUNT];
	uint64_t         numbers[COUNT];
	taut_rng         rng;
	const taut_codec codec = {.n_model = N};

	(void)state;
	OK(taut_answers_init(&one, m, NULL, true, true, 1, NULL));
	OK(taut_answers_init(&three, m, NULL, true, true, 3, NULL));
	taut_rng_init(&rng, 9, 0);
	for (uint64_t round = 0; round < 3; round++) {
		for (size_t r = 0; r < COUNT; r++)
			numbers[r] = r % 3 == 2 ? numbers[r - 1] : taut_rng_next(&rng) >> (64 - N);
		put_samples(&s, bits, numbers, COUNT, N);
		OK(taut_answers_take(&one, &codec, &s, round, &ctx, NULL));
		OK(taut_answers_take(&three, &codec, &s, round, &ctx, NULL));
		assert_same(&one, &three);
	}
	assert_int_equal(one.totals.samples, 3 * COUNT);
	assert_int_equal(one.totals.feasible + one.totals.repaired, 3 * COUNT);
	assert_true(one.incumbent_feasible && taut_model_feasible(m, one.incumbent));
	assert_int_equal(one.incumbent_objective, taut_model_objective(m, one.incumbent));
	OK(taut_answers_take_random(&one, 16, 3, false, &ctx, NULL));
	OK(taut_answers_take_random(&three, 16, 3, false, &ctx, NULL));
	assert_same(&one, &three);
	assert_int_equal(one.totals.samples, 3 * COUNT + 16);
	taut_answers_fini(&one);
	taut_answers_fini(&three);
	taut_model_free(m);
}

/* Structured random starts are permutations; permutation samples are read as such. */
static void test_permutations(void **state)
{
	enum { N = 6 };
	taut_model        *m;
	taut_answers       a;
	int64_t            flow[N * N];
	int64_t            distance[N * N];
	uint16_t           position[2 * N] = {0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0};
	const taut_codec   codec = {.n_model = N * N, .permutation = N};
	int64_t            energy[2] = {0, 0};
	const taut_samples s = {
		.count = 2, .permutation_n = N, .position = position, .energy = energy};

	(void)state;
	for (int k = 0; k < N * N; k++) {
		flow[k] = k * 7 % 11;
		distance[k] = k * 5 % 13;
	}
	OK(taut_model_new(&m, TAUT_FAMILY_QAP, "qap", N * N, false, 0, NULL));
	OK(taut_model_set_permutation(m, N, flow, distance, NULL));
	OK(taut_model_finish(m, NULL));
	OK(taut_answers_init(&a, m, NULL, false, false, 1, NULL));
	OK(taut_answers_take_random(&a, 20, 1, true, &ctx, NULL));
	assert_int_equal(a.totals.feasible, 20);
	OK(taut_answers_take_random(&a, 20, 1, false, &ctx, NULL));
	assert_true(a.totals.feasible < 40);
	taut_answers_fini(&a);

	OK(taut_answers_init(&a, m, NULL, true, true, 1, NULL));
	OK(taut_answers_take(&a, &codec, &s, 1, &ctx, NULL));
	assert_int_equal(a.totals.feasible, 2);
	assert_true(a.incumbent_objective <= a.totals.best);
	taut_answers_fini(&a);
	taut_model_free(m);
}

/* A polished round ends with the best answer there is, and says so. */
static void test_polish(void **state)
{
	enum { N = 16 };
	taut_model  *m;
	taut_answers a;
	taut_rng     rng;
	uint32_t     col[N];
	int64_t      coef[N];
	int64_t      best = INT64_MAX;

	(void)state;
	taut_rng_init(&rng, 3, 0);
	OK(taut_model_new(&m, TAUT_FAMILY_MARKET_SHARE, "market", N, false, 0, NULL));
	for (int f = 0; f < 3; f++) {
		int64_t sum = 0;
		for (uint32_t i = 0; i < N; i++) {
			col[i] = i;
			coef[i] = (int64_t)taut_rng_below(&rng, 100);
			sum += coef[i];
		}
		OK(taut_model_add_form(m, TAUT_FORM_ABS, 1, col, coef, N, sum / 2, NULL, NULL));
	}
	OK(taut_model_finish(m, NULL));
	for (uint32_t bits = 0; bits < 1u << N; bits++) {
		uint8_t x[N];
		for (uint32_t i = 0; i < N; i++)
			x[i] = bits >> i & 1;
		if (taut_model_objective(m, x) < best)
			best = taut_model_objective(m, x);
	}
	OK(taut_answers_init(&a, m, NULL, true, true, 2, NULL));
	OK(taut_answers_take_random(&a, 8, 1, false, &ctx, NULL));
	assert_int_equal(a.incumbent_objective, best);
	assert_true(a.optimal);
	taut_answers_fini(&a);
	taut_model_free(m);
}

/* A deadline that has passed: all samples counted, none repaired but the one without which there is
 * no answer. */
static void test_deadline(void **state)
{
	enum { N = 40 };
	taut_model      *m = knapsack(N);
	taut_answers     a;
	taut_samples     s;
	uint64_t         bits[2];
	const uint64_t   numbers[2] = {(UINT64_C(1) << N) - 1, 0};
	const taut_codec codec = {.n_model = N};
	const taut_ctx   late = {.threads = 1, .deadline_s = 1e-9};

	(void)state;
	put_samples(&s, bits, numbers, 2, N);
	OK(taut_answers_init(&a, m, NULL, true, true, 1, NULL));
	OK(taut_answers_take(&a, &codec, &s, 1, &late, NULL));
	assert_int_equal(a.totals.samples, 2);
	assert_int_equal(a.totals.feasible, 1);
	assert_int_equal(a.totals.repaired, 0);
	assert_int_equal(a.incumbent_objective, 0);
	taut_answers_fini(&a);

	s.count = 1;
	OK(taut_answers_init(&a, m, NULL, true, true, 1, NULL));
	OK(taut_answers_take(&a, &codec, &s, 1, &late, NULL));
	assert_int_equal(a.totals.feasible, 0);
	assert_true(a.incumbent_feasible && taut_model_feasible(m, a.incumbent));
	assert_true(a.incumbent_objective > 0);
	taut_answers_fini(&a);
	taut_model_free(m);
}

/* Where no sample can be repaired, later rounds try less; the incumbent breaks as little as it can.
 */
static void test_infeasible(void **state)
{
	const uint32_t col[3] = {0, 1, 2};
	const int64_t  even[3] = {2, 2, 2};
	const int64_t  ones[3] = {1, 1, 1};
	taut_model    *m = NULL;
	taut_answers   a;

	(void)state;
	OK(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "none", 3, true, 0, NULL));
	OK(taut_model_add_term(m, 0, 0, 7, NULL));
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, even, 3, 3, 3, 0, NULL, NULL));
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, ones, 3, 2, TAUT_NO_LIMIT_HI, 0, NULL,
	                      NULL));
	OK(taut_model_finish(m, NULL));
	OK(taut_answers_init(&a, m, NULL, true, true, 2, NULL));
	for (uint32_t round = 0; round < 8; round++) {
		assert_int_equal(a.fruitless, round < 5 ? round : 5);
		OK(taut_answers_take_random(&a, 9, round, false, &ctx, NULL));
		assert_true(a.has_incumbent && !a.incumbent_feasible);
		assert_int_equal(a.incumbent_violations, 1);
		assert_int_equal(a.incumbent_objective, 7);
	}
	taut_answers_fini(&a);
	taut_model_free(m);

	m = knapsack(20);
	OK(taut_answers_init(&a, m, NULL, true, true, 1, NULL));
	a.fruitless = 3;
	OK(taut_answers_take_random(&a, 2, 1, false, &ctx, NULL));
	assert_int_equal(a.fruitless, 0);
	taut_answers_fini(&a);
	taut_model_free(m);
}

/* Every allocation of the stage fails once: ENOMEM, and nothing leaks. */
static void test_faults(void **state)
{
	taut_model *m = knapsack(20);
	taut_status st = TAUT_ENOMEM;
	long        nth = 0;

	(void)state;
	if (!taut_faults_built()) {
		taut_model_free(m);
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	while (st != TAUT_OK) {
		taut_answers a;
		assert_int_equal(st, TAUT_ENOMEM);
		taut_faults_arm(++nth, 0);
		st = taut_answers_init(&a, m, NULL, true, true, 2, NULL);
		if (st == TAUT_OK) {
			st = taut_answers_take_random(&a, 3, 1, false, &ctx, NULL);
			taut_answers_fini(&a);
		}
		taut_faults_arm(0, 0);
	}
	assert_true(nth > 10);
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_mean_of_large_activities),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_permutations),
		cmocka_unit_test(test_polish),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_infeasible),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
