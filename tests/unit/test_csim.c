/*
 * csim beside what every backend is tested for (test_backend_conformance): failing allocations,
 * handles on several threads although the kernels' memory is static, buffers that grow and are used
 * again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "backend/csim/csim.h"
#include "base/parallel.h"
#include "conformance.h"
#include "hls/abi/kernel.h"

enum { SEED = 20261123, TASKS = 12 };

static const double LADDER[] = {1.0, 4.0, 9.0, 30.0, 70.0};

static taut_schedule schedule_of(taut_algorithm algorithm, uint32_t reads)
{
	return (taut_schedule){.algorithm = algorithm,
	                       .reads = reads,
	                       .sweeps = 30,
	                       .seed = reads,
	                       .t_hot = 60.0,
	                       .t_cold = 2.0,
	                       .rungs = LADDER,
	                       .n_rungs = 5,
	                       .ring = 8,
	                       .gamma_hot = 30.0,
	                       .gamma_cold = 1.0,
	                       .track_from = 10};
}

static taut_problem *problem_of(size_t k)
{
	taut_rng rng;

	taut_rng_init(&rng, SEED, k);
	return k % 3 == 2 ? permutation_problem(5 + (uint32_t)k, ASYMMETRIC, 1.0, 9, &rng)
	                  : bits_problem(30 + 11 * (uint32_t)k, 0.4, 15, k % 3 == 1, &rng);
}

typedef struct {
	taut_problem *problem[TASKS];
	taut_samples *want[TASKS];
	taut_samples *got[TASKS];
} work;

/* No assertions here: cmocka's leave the thread. */
static taut_status run_task(void *payload, size_t k, uint32_t worker, taut_error *err)
{
	work               *w = payload;
	const taut_schedule s = schedule_of(TAUT_ALGORITHM_PT, 70);
	const taut_ctx      ctx = {.threads = 1};
	taut_backend       *b;
	bool                finished;
	taut_status         st = taut_csim_ops.open(&b, NULL, err);

	(void)worker;
	if (st)
		return st;
	st = b->ops->load(b, w->problem[k], err);
	if (st == TAUT_OK)
		st = b->ops->run(&w->got[k], &finished, b, &s, &ctx, err);
	b->ops->close(b);
	return st;
}

static void test_threads(void **state)
{
	const taut_schedule s = schedule_of(TAUT_ALGORITHM_PT, 70);
	work                w = {{NULL}, {NULL}, {NULL}};

	(void)state;
	for (size_t k = 0; k < TASKS; k++) {
		w.problem[k] = problem_of(k);
		w.want[k] = run_cpu(w.problem[k], &s);
	}
	assert_int_equal(taut_parallel(run_task, &w, TASKS, 4, NULL), TAUT_OK);
	for (size_t k = 0; k < TASKS; k++) {
		assert_same(w.want[k], w.got[k]);
		assert_same_counts(w.want[k], w.got[k]);
		taut_samples_free(w.want[k]);
		taut_samples_free(w.got[k]);
		taut_problem_free(w.problem[k]);
	}
}

/* One handle through problems and runs of every shape, up and down again. */
static void test_one_handle(void **state)
{
	static const taut_algorithm ALGORITHMS[] = {TAUT_ALGORITHM_SA, TAUT_ALGORITHM_PT,
	                                            TAUT_ALGORITHM_SQA};
	taut_backend               *b;

	(void)state;
	assert_int_equal(taut_csim_ops.open(&b, NULL, NULL), TAUT_OK);
	for (size_t k = 0; k < 2 * TASKS; k++) {
		const size_t        at = k < TASKS ? k : 2 * TASKS - 1 - k;
		taut_problem       *p = problem_of(at);
		const taut_schedule s =
			schedule_of(ALGORITHMS[at % 3 == 2 ? k % 2 : k % 3], k % 4 ? 3 : 300);
		taut_samples *want = run_cpu(p, &s);
		taut_samples *got = run(b, p, &s, 1);

		assert_same(want, got);
		assert_same_counts(want, got);
		taut_samples_free(want);
		taut_samples_free(got);
		taut_problem_free(p);
	}
	b->ops->close(b);
}

static taut_status whole(taut_samples **out, const taut_problem *p, const taut_schedule *s)
{
	const taut_ctx ctx = {.threads = 1};
	taut_backend  *b;
	bool           finished;
	taut_status    st = taut_csim_ops.open(&b, NULL, NULL);

	*out = NULL;
	if (st == TAUT_OK)
		st = b->ops->load(b, p, NULL);
	if (st == TAUT_OK)
		st = b->ops->run(out, &finished, b, s, &ctx, NULL);
	taut_csim_ops.close(b);
	return st;
}

static void test_failing_allocations(void **state)
{
	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	for (size_t k = 0; k < 3; k++) {
		const taut_schedule s = schedule_of(TAUT_ALGORITHM_PT, 70);
		taut_problem       *p = problem_of(k);
		taut_status         st = TAUT_ENOMEM;
		long                nth;

		for (nth = 1; st; nth++) {
			taut_samples *got;

			taut_faults_arm(nth, 0);
			st = whole(&got, p, &s);
			taut_faults_arm(0, 0);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
			assert_int_equal(got == NULL, st != TAUT_OK);
			taut_samples_free(got);
		}
		assert_true(nth > 15);
		taut_problem_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_one_handle),
		cmocka_unit_test(test_failing_allocations),
	};

	if (TAUT_KERNEL_LANES < TAUT_LANES) {
		print_message("SKIPPED: csim needs kernels of 64 lanes, these have %d\n",
		              TAUT_KERNEL_LANES);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
