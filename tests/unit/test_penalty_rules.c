/* Rules of penalty's weights: numbers by hand, and what calibration makes of shares of feasible
 * samples. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "formulations/formulation.h"

static const taut_ctx CTX = {.threads = 1};

/* min 3 x0 - 5 x1 + 7 x2 - 2 x3, 2 x0 + 4 x1 + 6 x2 = 6, x1 + x2 + x3 <= 2, x2 and x3 in conflict.
 */
static taut_model *model(void)
{
	const uint32_t first[] = {0, 1, 2}, second[] = {1, 2, 3};
	const int64_t  even[] = {2, 4, 6}, one[] = {1, 1, 1}, objective[] = {3, -5, 7, -2};
	taut_model    *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "p", 4, false, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(taut_model_add_term(m, i, i, objective[i], NULL), TAUT_OK);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_LINEAR, first, even, 3, 6, 6, 0, NULL, NULL),
		TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, second, one, 3, TAUT_NO_LIMIT_LO, 2,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_conflict(m, 2, 3, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static taut_formulation *started(const taut_model *m, taut_penalty_rule rule, double penalty)
{
	taut_options      options;
	taut_formulation *f = NULL;

	taut_options_default(&options);
	options.penalty_rule = rule;
	options.penalty = penalty;
	assert_int_equal(taut_formulation_find(TAUT_METHOD_PENALTY)
	                         ->start(&f, m, &options, false, NULL, &CTX, NULL),
	                 TAUT_OK);
	return f;
}

static taut_applied applied(taut_formulation *f)
{
	taut_qubo   *q = NULL;
	taut_codec   codec;
	taut_applied out;

	assert_int_equal(f->ops->encode(&q, &codec, f, &CTX, NULL), TAUT_OK);
	taut_codec_fini(&codec);
	taut_qubo_free(q);
	f->ops->describe(&out, f);
	return out;
}

static void near(double value, double expected)
{
	assert_true(value > expected * (1 - 1e-3) && value < expected * (1 + 1e-3));
}

static void expect(taut_penalty_rule rule, double penalty, double equation, double limit,
                   double pair)
{
	taut_model       *m = model();
	taut_formulation *f = started(m, rule, penalty);
	taut_applied      a = applied(f);

	near(a.weights[0], equation);
	near(a.weights[1], limit);
	near(a.conflict_weight, pair);
	assert_int_equal(f->calibrating, rule == TAUT_PENALTY_RULE_CALIBRATED);
	f->ops->close(f);
	taut_model_free(m);
}

static void test_weights(void **state)
{
	(void)state;
	/* (1 + 7) / 2^2; (5 + 7 + 2) / 3; setting x3 to 0 costs 2, x2 nothing: min(0 + 1, 2 + 1) */
	expect(TAUT_PENALTY_RULE_FLIP, 0, 2, 14.0 / 3, 1);
	/* max(4 / 4, 6 / 16, 8 / 36); max(6, 8, 3) */
	expect(TAUT_PENALTY_RULE_RATIO, 0, 1, 8, 1);
	/* 1 + 3 + 5 + 7 + 2 */
	expect(TAUT_PENALTY_RULE_RANGE, 0, 18, 18, 18);
	expect(TAUT_PENALTY_RULE_CALIBRATED, 0, 2, 14.0 / 3, 1);
	expect(TAUT_PENALTY_RULE_RANGE, 9, 9, 9, 9);
	expect(TAUT_PENALTY_RULE_RATIO, 9, 9, 9, 9);
}

static void feed(taut_formulation *f, size_t feasible)
{
	const double     mean[2] = {6, 2};
	const taut_round round = {.samples = 100, .feasible = feasible, .mean_activity = mean};

	assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
}

/* Factor of the equation's weight and of the row's tilt. */
static void expect_factor(taut_formulation *f, double factor, double tilt)
{
	const taut_applied a = applied(f);

	near(a.weights[0], 2 * factor);
	near(a.weights[1], 14.0 / 3);
	near(a.multipliers[1], tilt * factor);
	near(a.conflict_weight, factor);
}

static void test_calibration(void **state)
{
	const double      tilt = 14.0 / 3 / 2; /* mild weight x mean entry / rows */
	taut_model       *m = model();
	taut_formulation *f = started(m, TAUT_PENALTY_RULE_CALIBRATED, 0);

	(void)state;
	expect_factor(f, 1, tilt);
	feed(f, 0);
	expect_factor(f, 2, tilt);
	feed(f, 19);
	expect_factor(f, 4, tilt);
	feed(f, 61);
	expect_factor(f, 2.828427, tilt);
	assert_true(f->calibrating);
	feed(f, 20);
	assert_false(f->calibrating);
	expect_factor(f, 2.828427, tilt);
	feed(f, 0); /* a round of the loop: nothing is learnt any more */
	expect_factor(f, 2.828427, tilt);
	f->ops->close(f);

	f = started(m, TAUT_PENALTY_RULE_CALIBRATED, 0);
	feed(f, 100);
	expect_factor(f, 0.5, tilt);
	f->ops->close(f);

	/* no factor in the band: it ends, with the one that keeps the rows */
	f = started(m, TAUT_PENALTY_RULE_CALIBRATED, 0);
	for (int steps = 0; f->calibrating; steps++) {
		const double factor = applied(f).weights[0] / 2;

		assert_true(steps < 20);
		feed(f, factor < 3 ? 0 : 100);
	}
	near(applied(f).weights[0] / 2, 3.084422); /* 2^(13/8) */
	f->ops->close(f);
	taut_model_free(m);
}

/* Where no row can be broken there is nothing to calibrate. */
static void test_nothing(void **state)
{
	taut_model       *m = NULL;
	taut_formulation *f;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_QUBO, "q", 2, false, 0, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_term(m, 0, 1, 3, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	f = started(m, TAUT_PENALTY_RULE_CALIBRATED, 0);
	assert_false(f->calibrating);
	f->ops->close(f);
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_calibration),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
