/* Weights of rows: limits that their coefficients do not divide, and numbers too wide for 64 bits.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "formulations/formulation.h"

/* maximise sum profit x with one row a x <= hi. */
static taut_model *one_row(uint32_t n, const int64_t *profit, const int64_t *a, int64_t hi)
{
	const uint32_t col[4] = {0, 1, 2, 3};
	taut_model    *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "row", n, true, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(taut_model_add_term(m, i, i, profit[i], NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, col, a, n, TAUT_NO_LIMIT_LO, hi, 0,
	                                    NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

/* The form of a method's first round and the weight that it reports for the row. */
static taut_qubo *encoded(double *weight, const taut_model *m, taut_method method)
{
	const taut_ctx    ctx = {.threads = 1};
	taut_options      options;
	taut_formulation *f = NULL;
	taut_qubo        *q = NULL;
	taut_codec        codec;
	taut_applied      applied;

	taut_options_default(&options);
	assert_int_equal(
		taut_formulation_find(method)->start(&f, m, &options, false, NULL, &ctx, NULL),
		TAUT_OK);
	assert_int_equal(f->ops->encode(&q, &codec, f, &ctx, NULL), TAUT_OK);
	f->ops->describe(&applied, f);
	assert_non_null(applied.weights);
	*weight = applied.weights[0];
	taut_codec_fini(&codec);
	f->ops->close(f);
	return q;
}

static double value(const taut_qubo *q, uint64_t bits)
{
	uint8_t x[64];
	int64_t energy = 0;

	assert_true(q->n <= 64);
	for (uint32_t i = 0; i < q->n; i++)
		x[i] = bits >> i & 1;
	assert_int_equal(taut_qubo_energy(&energy, q, x, NULL), TAUT_OK);
	return ldexp((double)energy, -q->fraction_bits);
}

/* 10 x1 + 10 x2 <= 19: both together overshoot by 1 only, so the least form of the slack method
 * must not be there. */
static void slack_weighs_the_least_overshoot(void **state)
{
	const int64_t profit[2] = {5, 5};
	const int64_t a[2] = {10, 10};
	taut_model   *m = one_row(2, profit, a, 19);
	double        weight;
	taut_qubo    *q = encoded(&weight, m, TAUT_METHOD_SLACK);
	double        best = INFINITY;
	uint64_t      at = 0;

	(void)state;
	assert_int_equal(q->n, 2 + 5);
	assert_true(weight == 6.0);
	for (uint64_t bits = 0; bits < UINT64_C(1) << q->n; bits++) {
		if (value(q, bits) >= best)
			continue;
		best = value(q, bits);
		at = bits;
	}
	assert_true(best == -5.0);
	assert_true((at & 3) == 1 || (at & 3) == 2);
	taut_qubo_free(q);
	taut_model_free(m);
}

/* Numbers whose squares leave 64 bits, and numbers whose weight is too small for the fraction: the
 * form is still the formula, to the accuracy that weights are kept with. */
static void wide_rows_are_rounded(void **state)
{
	static const struct {
		int64_t profit[3], a[3], hi;
	} cases[] = {
		{{400000000, 900000000, 300000000},
	         {57639501085, 45961217466, 28088447418},
	         98705471100},
		{{3, 2, 4}, {30000001, 20000003, 10000007}, 35000000},
		{{3, 2, 4}, {INT64_C(1) << 48, INT64_C(3) << 47, 7}, INT64_C(5) << 46},
	};
	static const taut_method methods[] = {TAUT_METHOD_PENALTY,
	                                      TAUT_METHOD_AUGMENTED_LAGRANGIAN};

	(void)state;
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		taut_model *m = one_row(3, cases[c].profit, cases[c].a, cases[c].hi);

		for (size_t k = 0; k < 2; k++) {
			double     weight;
			taut_qubo *q = encoded(&weight, m, methods[k]);

			for (uint64_t bits = 0; bits < 8; bits++) {
				double off = -(double)cases[c].hi;
				double expected = 0;

				for (int i = 0; i < 3; i++) {
					if (!(bits >> i & 1))
						continue;
					off += (double)cases[c].a[i];
					expected -= (double)cases[c].profit[i];
				}
				off = weight * off * off;
				assert_true(fabs(value(q, bits) - expected - off) <=
				            0.01 * (1 + off));
			}
			taut_qubo_free(q);
		}
		taut_model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slack_weighs_the_least_overshoot),
		cmocka_unit_test(wide_rows_are_rounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
