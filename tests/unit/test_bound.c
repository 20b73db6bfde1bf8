/* The knapsack bound is never beaten by a feasible answer, and is close to the LP's value. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "bound/bound.h"
#include "model/evaluate.h"

enum { SEED = 20240613, N_MAX = 12, M_MAX = 5 };

static const uint32_t COLUMNS[N_MAX] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

/* Profits to `size`; every fourth model has tiny capacities, so that items fit nowhere. */
static taut_model *random_knapsack(taut_rng *rng, uint32_t n, uint32_t rows, int64_t size,
                                   bool tiny)
{
	taut_model *m = NULL;
	int64_t     coef[N_MAX];

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", n, true, 0, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_offset(m, between(rng, -5, 5), NULL), TAUT_OK);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(taut_model_add_term(m, i, i, between(rng, 0, size), NULL),
		                 TAUT_OK);
	for (uint32_t k = 0; k < rows; k++) {
		int64_t sum = 0;

		for (uint32_t i = 0; i < n; i++)
			sum += coef[i] = between(rng, 0, size);
		assert_int_equal(
			taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, n, TAUT_NO_LIMIT_LO,
		                           tiny ? between(rng, 0, size) : sum / 2, 0, NULL, NULL),
			TAUT_OK);
	}
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(m->structure, TAUT_STRUCTURE_KNAPSACK);
	return m;
}

static int64_t optimum(const taut_model *m)
{
	int64_t best = INT64_MIN;
	uint8_t x[N_MAX];

	for (uint64_t bits = 0; bits < UINT64_C(1) << m->n; bits++) {
		for (uint32_t i = 0; i < m->n; i++)
			x[i] = bits >> i & 1;
		if (taut_model_feasible(m, x) && taut_model_objective(m, x) > best)
			best = taut_model_objective(m, x);
	}
	return best;
}

static void never_below_the_optimum(void **state)
{
	const int64_t sizes[4] = {3, 100, 1000000, INT64_C(1) << 40};
	taut_rng      rng;
	taut_ctx      ctx = {.threads = 1};

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 400; round++) {
		taut_model *m = random_knapsack(&rng, (uint32_t)between(&rng, 1, N_MAX),
		                                (uint32_t)between(&rng, 1, M_MAX), sizes[round % 4],
		                                round / 4 % 4 == 0);
		taut_bound  b;

		assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
		assert_true(b.known);
		assert_string_equal(b.kind, "lagrangian");
		assert_true(b.value >= optimum(m));
		for (uint32_t k = 0; k < m->n_rows; k++)
			assert_true(b.multipliers[k] >= 0 && isfinite(b.multipliers[k]));
		taut_bound_fini(&b);
		taut_model_free(m);
	}
}

/* One row: Dantzig's LP value, filling by efficiency. */
static void close_to_dantzig(void **state)
{
	taut_rng rng;
	taut_ctx ctx = {.threads = 1};

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 100; round++) {
		taut_model *m = random_knapsack(&rng, N_MAX, 1, 10000, false);
		double      left = (double)m->rows[0].hi;
		double      lp = (double)m->offset;
		bool        used[N_MAX] = {false};
		double      weight[N_MAX] = {0};
		taut_bound  b;

		for (size_t e = 0; e < m->rows[0].count; e++)
			weight[m->row_col[e]] = (double)m->row_coef[e];
		for (int step = 0; step < N_MAX; step++) {
			int    best = -1;
			double share;

			for (int i = 0; i < N_MAX; i++)
				if (!used[i] &&
				    (best < 0 || (double)m->linear[i] * weight[best] >
				                         (double)m->linear[best] * weight[i]))
					best = i;
			used[best] = true;
			share = weight[best] > left ? left / weight[best] : 1.0;
			lp += share * (double)m->linear[best];
			left -= share * weight[best];
		}
		assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
		assert_true((double)b.value <= lp * 1.0005);
		assert_true((double)b.value >= floor(lp * (1 - 1e-12)) ||
		            b.value >= optimum(m)); /* items that fit nowhere may cut the LP's */
		taut_bound_fini(&b);
		taut_model_free(m);
	}
}

/* LP values of instances small enough to state, from an exact simplex run by hand: two rows whose
 * optimum is at the corner x = (1, 1/2, 1/2), worth 10 + 3 + 2 = 15, with multipliers (1, 1). */
static void stated_lp_value(void **state)
{
	const int64_t profit[3] = {10, 6, 4}, a[3] = {2, 4, 0}, b[3] = {2, 2, 4};
	taut_ctx      ctx = {.threads = 1};
	taut_model   *m = NULL;
	taut_bound    bound;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "lp", 3, true, 0, NULL), TAUT_OK);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(taut_model_add_term(m, i, i, 1000 * profit[i], NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, a, 3, TAUT_NO_LIMIT_LO, 4,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, b, 3, TAUT_NO_LIMIT_LO, 5,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(taut_bound_compute(&bound, m, &ctx, NULL), TAUT_OK);
	assert_in_range(bound.value, 15000, 15001);
	assert_true(fabs(bound.multipliers[0] - 1000) < 20);
	assert_true(fabs(bound.multipliers[1] - 1000) < 20);
	taut_bound_fini(&bound);
	taut_model_free(m);
}

/* A stop flag that is set from the start leaves a weaker value that is still a bound; other
 * structures have none. */
static void stopped_and_unknown(void **state)
{
	const volatile int stop = 1;
	taut_ctx           ctx = {.threads = 1, .stop = &stop};
	taut_rng           rng;
	taut_model        *m;
	taut_bound         b;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	m = random_knapsack(&rng, 10, 3, 100, false);
	assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
	assert_true(b.known && b.value >= optimum(m));
	taut_bound_fini(&b);
	taut_model_free(m);

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_QUBO, "f", 3, false, 0, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
	assert_false(b.known);
	assert_null(b.multipliers);
	taut_bound_fini(&b);
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_below_the_optimum),
		cmocka_unit_test(close_to_dantzig),
		cmocka_unit_test(stated_lp_value),
		cmocka_unit_test(stopped_and_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
