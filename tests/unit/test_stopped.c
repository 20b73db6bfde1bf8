/* Methods whose stop flag is set: start, encode and observe end early and fail not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/rng.h"
#include "formulations/formulation.h"
#include "formulations/lagrangian/master.h"

enum { N = 60, ROWS = 5, SEED = 20251121 };

static const int STOP = 1;

static taut_model *knapsack(void)
{
	taut_model *m = NULL;
	uint32_t    columns[N];
	int64_t     weights[N];
	taut_rng    rng;

	taut_rng_init(&rng, SEED, 0);
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", N, true, 0, NULL), TAUT_OK);
	for (uint32_t k = 0; k < ROWS; k++) {
		int64_t sum = 0;

		for (uint32_t i = 0; i < N; i++) {
			columns[i] = i;
			weights[i] = 1 + (int64_t)taut_rng_below(&rng, 1000);
			sum += weights[i];
		}
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, columns, weights, N,
		                                    TAUT_NO_LIMIT_LO, sum / 2, 0, NULL, NULL),
		                 TAUT_OK);
	}
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(
			taut_model_add_term(m, i, i, 1 + (int64_t)taut_rng_below(&rng, 1000), NULL),
			TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static bool built(taut_method method)
{
	if (method != TAUT_METHOD_CUTTING_PLANE || taut_master_built())
		return true;
	print_message("NOT TRIED: cutting_plane, built without CLP\n");
	return false;
}

static void test_every_method(void **state)
{
	const taut_ctx stopped = {.stop = &STOP, .threads = 1};
	const taut_ctx free_ctx = {.threads = 1};
	double         mean[ROWS];
	taut_round     round = {.samples = 1, .mean_activity = mean};
	taut_model    *m = knapsack();
	taut_options   options;

	(void)state;
	taut_options_default(&options);
	for (uint32_t k = 0; k < ROWS; k++)
		mean[k] = (double)m->rows[k].hi + 100.0;
	for (int method = TAUT_METHOD_AUTO + 1; method < TAUT_N_METHODS; method++) {
		taut_formulation *f = NULL;
		taut_qubo        *q = NULL;
		taut_codec        codec;
		taut_applied      applied;

		if (!built((taut_method)method))
			continue;
		assert_int_equal(taut_formulation_find((taut_method)method)
		                         ->start(&f, m, &options, false, NULL, &stopped, NULL),
		                 TAUT_OK);
		assert_int_equal(f->ops->encode(&q, &codec, f, &stopped, NULL), TAUT_OK);
		assert_null(q);
		taut_codec_fini(&codec);
		assert_int_equal(f->ops->observe(f, &round, &stopped, NULL), TAUT_OK);
		/* what it has is good for a form all the same */
		assert_int_equal(f->ops->encode(&q, &codec, f, &free_ctx, NULL), TAUT_OK);
		assert_non_null(q);
		assert_true(q->n >= N);
		f->ops->describe(&applied, f);
		taut_codec_fini(&codec);
		taut_qubo_free(q);
		f->ops->close(f);
	}
	taut_model_free(m);
}

/* A master looks at the flag too, and is whole when it is solved again. */
static void test_master(void **state)
{
	const taut_ctx stopped = {.stop = &STOP, .threads = 1};
	const taut_ctx free_ctx = {.threads = 1};
	taut_side      side[1] = {{.lo = 0, .hi = 5}};
	double         slope[1] = {1};
	double         value[1] = {2};
	taut_cuts      cuts = {.n = 1, .side = side, .slope = slope, .value = value, .count = 1};
	taut_master   *master = NULL;
	double         v[1] = {-1};
	double         top = 0;
	bool           solved = true;

	(void)state;
	if (!built(TAUT_METHOD_CUTTING_PLANE))
		return;
	assert_int_equal(taut_master_new(&master, NULL), TAUT_OK);
	assert_int_equal(taut_master_solve(v, &top, &solved, master, &cuts, &stopped, NULL),
	                 TAUT_OK);
	assert_false(solved);
	assert_true(v[0] == -1);
	assert_int_equal(taut_master_solve(v, &top, &solved, master, &cuts, &free_ctx, NULL),
	                 TAUT_OK);
	assert_true(solved);
	assert_true(v[0] > 5 - 1e-6 && top > 7 - 1e-6 && top < 7 + 1e-6);
	taut_master_free(master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_method),
		cmocka_unit_test(test_master),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
