/* augmented_lagrangian holds a row inside its limit by as much as its samples overstep it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "formulations/formulation.h"

enum { N = 4, POINTS = 10 };

static const taut_ctx CTX = {.threads = 1};

/* max 5 x0 + 4 x1 + 3 x2 + 2 x3, 3 x0 + 4 x1 + 5 x2 + 6 x3 <= 10 or, as an equation, = 10 */
static taut_model *model(bool equation)
{
	const uint32_t columns[N] = {0, 1, 2, 3};
	const int64_t  weights[N] = {3, 4, 5, 6};
	taut_model    *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "k", N, true, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(taut_model_add_term(m, i, i, 5 - (int64_t)i, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, columns, weights, N,
	                                    equation ? 10 : TAUT_NO_LIMIT_LO, 10, 0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

/* A round of points with these activities, and their mean. */
static void feed(taut_formulation *f, double mean, const int64_t *activity, size_t count)
{
	const int64_t    objective[POINTS] = {0};
	const uint64_t   conflicts[POINTS] = {0};
	const taut_round round = {.samples = POINTS,
	                          .mean_activity = &mean,
	                          .n_points = count,
	                          .point_objective = objective,
	                          .point_activity = activity,
	                          .point_conflicts = conflicts};

	assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
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

static taut_formulation *started(const taut_model *m, double *rho)
{
	taut_options      options;
	taut_formulation *f = NULL;

	taut_options_default(&options);
	assert_int_equal(taut_formulation_find(TAUT_METHOD_AUGMENTED_LAGRANGIAN)
	                         ->start(&f, m, &options, false, NULL, &CTX, NULL),
	                 TAUT_OK);
	*rho = 2 * applied(f).weights[0];
	return f;
}

/* What a mean of 10, at the limit, adds to the multiplier: rho times the inset. */
static double inset(taut_formulation *f, double rho)
{
	const double before = applied(f).dual[0];

	feed(f, 10, NULL, 0);
	return (applied(f).dual[0] - before) / rho;
}

static void rows_move_by_their_quantile(void **state)
{
	/* six of ten may break the row: three are beyond 14, seven beyond 13 */
	const int64_t     over[POINTS] = {11, 12, 13, 14, 14, 14, 14, 15, 16, 18};
	const int64_t     far_over[POINTS] = {40, 40, 40, 40, 40, 40, 40, 40, 40, 40};
	const int64_t     spare[POINTS] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
	taut_model       *m = model(false);
	double            rho;
	taut_formulation *f = started(m, &rho);

	(void)state;
	assert_true(fabs(inset(f, rho)) < 1e-3);
	feed(f, 10, over, POINTS);
	assert_true(fabs(inset(f, rho) - 4) < 1e-3);
	feed(f, 6, spare, POINTS); /* 8 to spare: half of it back */
	assert_true(fabs(inset(f, rho)) < 1e-3);
	feed(f, 10, far_over, POINTS); /* at most 2 x 4.5 */
	assert_true(fabs(inset(f, rho) - 9) < 1e-2); /* the weight is rounded */
	f->ops->close(f);
	taut_model_free(m);
}

static void equations_stay(void **state)
{
	const int64_t     over[POINTS] = {14, 14, 14, 14, 14, 14, 14, 14, 14, 14};
	taut_model       *m = model(true);
	double            rho;
	taut_formulation *f = started(m, &rho);

	(void)state;
	feed(f, 10, over, POINTS);
	assert_true(fabs(inset(f, rho)) < 1e-3);
	f->ops->close(f);
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_move_by_their_quantile),
		cmocka_unit_test(equations_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
