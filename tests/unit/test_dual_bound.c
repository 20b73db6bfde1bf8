/* The bound at a method's multipliers: never better than the best answer, whatever the multipliers,
 * and near the LP's at settled ones. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/rng.h"
#include "bound/lagrangian.h"
#include "formulations/formulation.h"
#include "model/evaluate.h"

enum { N = 12, ROWS = 3, SEED = 20251122 };

static const taut_ctx CTX = {.threads = 1};

static taut_model *knapsack(taut_rng *rng)
{
	taut_model *m = NULL;
	uint32_t    columns[N];
	int64_t     weights[N];

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", N, true, 0, NULL), TAUT_OK);
	for (uint32_t k = 0; k < ROWS; k++) {
		int64_t sum = 0;

		for (uint32_t i = 0; i < N; i++) {
			columns[i] = i;
			weights[i] = (int64_t)taut_rng_below(rng, 100);
			sum += weights[i];
		}
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, columns, weights, N,
		                                    TAUT_NO_LIMIT_LO, sum / 2, 0, NULL, NULL),
		                 TAUT_OK);
	}
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(
			taut_model_add_term(m, i, i, 1 + (int64_t)taut_rng_below(rng, 100), NULL),
			TAUT_OK);
	assert_int_equal(taut_model_add_offset(m, 7, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(m->structure, TAUT_STRUCTURE_KNAPSACK);
	return m;
}

static int64_t best_answer(const taut_model *m)
{
	int64_t best = INT64_MIN;

	for (uint32_t number = 0; number < 1u << N; number++) {
		uint8_t x[N];

		for (uint32_t i = 0; i < N; i++)
			x[i] = (uint8_t)(number >> i & 1);
		if (taut_model_feasible(m, x) && taut_model_objective(m, x) > best)
			best = taut_model_objective(m, x);
	}
	return best;
}

static void any_multipliers_prove(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 0);
	for (int turn = 0; turn < 20; turn++) {
		taut_model   *m = knapsack(&rng);
		const int64_t best = best_answer(m);

		for (int k = 0; k < 30; k++) {
			double  l[ROWS];
			int64_t value;

			for (uint32_t row = 0; row < ROWS; row++)
				l[row] = ((double)taut_rng_below(&rng, 3000) - 500) / 1000;
			assert_int_equal(taut_bound_lagrangian_at(&value, m, l, NULL), TAUT_OK);
			assert_true(value >= best);
		}
		taut_model_free(m);
	}
}

static void methods_multipliers_are_good(void **state)
{
	static const taut_method METHODS[] = {TAUT_METHOD_SUBGRADIENT, TAUT_METHOD_STOCHASTIC,
	                                      TAUT_METHOD_DUAL_AVERAGING,
	                                      TAUT_METHOD_MIRROR_DESCENT, TAUT_METHOD_BUNDLE};
	taut_options             options;
	taut_rng                 rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	taut_options_default(&options);
	for (int turn = 0; turn < 5; turn++) {
		taut_model *m = knapsack(&rng);
		taut_bound  bound;

		assert_int_equal(taut_bound_lagrangian(&bound, m, &CTX, NULL), TAUT_OK);
		for (size_t k = 0; k < sizeof METHODS / sizeof METHODS[0]; k++) {
			taut_formulation *f = NULL;
			taut_applied      applied;
			int64_t           value;

			assert_int_equal(taut_formulation_find(METHODS[k])
			                         ->start(&f, m, &options, false, NULL, &CTX, NULL),
			                 TAUT_OK);
			f->ops->describe(&applied, f);
			assert_non_null(applied.dual);
			assert_int_equal(taut_bound_lagrangian_at(&value, m, applied.dual, NULL),
			                 TAUT_OK);
			assert_true(value >= best_answer(m));
			assert_true(value <= bound.value + 1);
			f->ops->close(f);
		}
		taut_bound_fini(&bound);
		taut_model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_multipliers_prove),
		cmocka_unit_test(methods_multipliers_are_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
