/* Method native: its form for every x of small models, its closed loop, its samples; and squares of
 * rows that stay factors or become couplings, with the same samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "backend_fixture.h"
#include "formulations/factors.h"
#include "formulations/formulation.h"
#include "model/evaluate.h"
#include "qubo/scale.h"
#include "qubo/temperature.h"

enum { N = 8, MODELS = 20 };
static const taut_ctx CTX = {.threads = 1};
static const uint32_t COLUMNS[] = {0, 1, 2, 3, 4, 5, 6, 7};

static void add_row(taut_model *m, taut_rng *rng, int64_t least, int64_t lo, int64_t hi)
{
	int64_t coef[N];

	for (int i = 0; i < N; i++)
		coef[i] = least + (int64_t)taut_rng_below(rng, 9);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, N, lo, hi, 0, NULL, NULL),
		TAUT_OK);
}

/* Rows of each kind: <=, >=, =, ranged, one that nothing breaks. */
static taut_model *random_program(taut_rng *rng, bool maximise, bool quadratic)
{
	taut_model *m = NULL;

	assert_int_equal(
		taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "small", N, maximise, 1, NULL),
		TAUT_OK);
	for (uint32_t i = 0; i < N; i++)
		for (uint32_t j = 0; j <= i; j++)
			if (i == j || quadratic)
				assert_int_equal(
					taut_model_add_term(m, i, j, within(rng, 40), NULL),
					TAUT_OK);
	add_row(m, rng, 1, TAUT_NO_LIMIT_LO, 20);
	add_row(m, rng, 1, 9, TAUT_NO_LIMIT_HI);
	add_row(m, rng, -3, 4, 4);
	add_row(m, rng, -4, -5, 6);
	add_row(m, rng, 1, 0, 1000);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static taut_formulation *start(const taut_model *m, taut_method method, const double *multipliers,
                               double penalty)
{
	taut_options      o;
	taut_formulation *f = NULL;

	taut_options_default(&o);
	o.penalty = penalty;
	assert_int_equal(
		taut_formulation_find(method)->start(&f, m, &o, false, multipliers, &CTX, NULL),
		TAUT_OK);
	return f;
}

static taut_qubo *encode(taut_formulation *f)
{
	taut_qubo *q = NULL;
	taut_codec codec;

	assert_int_equal(f->ops->encode(&q, &codec, f, &CTX, NULL), TAUT_OK);
	assert_non_null(q);
	taut_codec_fini(&codec);
	return q;
}

/* f(x) + sum_k P_k excess_k at every x, to the last bit of the numbers applied. */
static void form_is_the_formula(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, 11, 1);
	for (int c = 0; c < MODELS; c++) {
		taut_model       *m = random_program(&rng, c % 2, c % 3 == 0);
		taut_formulation *f = start(m, TAUT_METHOD_NATIVE, NULL, c % 4 == 3 ? 2.5 : 0);
		taut_qubo        *q = encode(f);
		taut_applied      applied;
		uint8_t           x[N];

		f->ops->describe(&applied, f);
		assert_non_null(applied.weights);
		assert_true(applied.weights[4] == 0.0); /* nothing breaks it */
		assert_int_equal(applied.slack_variables, 0);
		if (c % 4 == 3)
			assert_true(applied.weights[2] == 2.5);
		for (uint32_t bits = 0; bits < 1u << N; bits++) {
			double  want;
			int64_t energy;

			for (uint32_t i = 0; i < N; i++)
				x[i] = bits >> i & 1;
			want = (m->maximise ? -1.0 : 1.0) * (double)taut_model_objective(m, x);
			for (uint32_t k = 0; k < m->n_rows; k++)
				want += 10 * applied.weights[k] *
				        (double)taut_row_violation(m, k,
				                                   taut_row_activity(m, k, x));
			assert_int_equal(taut_qubo_energy(&energy, q, x, NULL), TAUT_OK);
			assert_true(fabs(ldexp((double)energy, -q->fraction_bits) - want) <
			            1e-9 * (1 + fabs(want)));
		}
		taut_qubo_free(q);
		f->ops->close(f);
		taut_model_free(m);
	}
}

static double price(taut_formulation *f, uint32_t k)
{
	taut_applied applied;
	taut_qubo   *q = encode(f);

	f->ops->describe(&applied, f);
	taut_qubo_free(q);
	return applied.weights[k];
}

static void assert_near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-4);
}

static void observe(taut_formulation *f, const taut_model *m, int64_t activity, double mean)
{
	double     means[5];
	int64_t    activities[10];
	int64_t    objective[2] = {0, 0};
	uint64_t   conflicts[2] = {0, 0};
	taut_round round = {.samples = 2,
	                    .mean_activity = means,
	                    .n_points = 2,
	                    .point_objective = objective,
	                    .point_activity = activities,
	                    .point_conflicts = conflicts};

	assert_int_equal(m->n_rows, 5);
	for (int k = 0; k < 10; k++)
		activities[k] = k % 5 == 0 ? activity : k % 5 == 1 ? 9 : k % 5 == 2 ? 4 : 0;
	for (int k = 0; k < 5; k++)
		means[k] = (double)activities[k];
	means[0] = mean;
	assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
}

/* Prices grow where rows stay broken, shrink where they are slack, down to the multiplier, and stay
 * where they are given. */
static void prices_follow_the_rows(void **state)
{
	const double      multipliers[5] = {0.7, 0, 0, 0, 0};
	taut_rng          rng;
	taut_model       *m;
	taut_formulation *f;
	double            before;

	(void)state;
	taut_rng_init(&rng, 12, 1);
	m = random_program(&rng, true, false);
	f = start(m, TAUT_METHOD_NATIVE, multipliers, 0);
	before = price(f, 0);
	assert_near(before, 1.2 * 0.07);
	observe(f, m, 40, 40);
	assert_near(price(f, 0), 1.3 * before);
	observe(f, m, 21, 21); /* a fifth of an item: left to repair */
	assert_near(price(f, 0), 1.3 * before);
	observe(f, m, 20, 19); /* kept, with no room to spare */
	assert_near(price(f, 0), 1.3 * before);
	for (int t = 0; t < 12; t++)
		observe(f, m, 5, 5);
	assert_near(price(f, 0), 0.07);
	for (int t = 0; t < 200; t++)
		observe(f, m, 40, 40);
	assert_in_range((uint64_t)(10 * price(f, 0)), 2, 41); /* 1 + the largest change, 40 */
	f->ops->close(f);
	f = start(m, TAUT_METHOD_NATIVE, multipliers, 3);
	observe(f, m, 40, 40);
	assert_true(price(f, 0) == 3.0);
	f->ops->close(f);
	taut_model_free(m);
}

/* Rows whose integers leave 30 bits are taken in multiples of a power of two. */
static void wide_rows_fit(void **state)
{
	const int64_t coef[N] = {
		INT64_C(3) << 40, INT64_C(5) << 40, INT64_C(7) << 40, 1, 1, 1, 1, 1};
	taut_model       *m = NULL;
	taut_formulation *f;
	taut_qubo        *q;
	taut_problem     *p = NULL;
	taut_scale        scale;
	taut_backend     *b = NULL;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "wide", N, true, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(taut_model_add_term(m, i, i, 10 + i, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, N, TAUT_NO_LIMIT_LO,
	                                    INT64_C(8) << 40, 0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	f = start(m, TAUT_METHOD_NATIVE, NULL, 0);
	q = encode(f);
	assert_int_equal(taut_scale_problem(&p, &scale, q, NULL), TAUT_OK);
	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
	b->ops->close(b);
	taut_problem_free(p);
	taut_qubo_free(q);
	f->ops->close(f);
	taut_model_free(m);
}

/* sum x = n / 2 and a second equation over every third variable. */
static taut_model *cardinality(uint32_t n, taut_rng *rng)
{
	taut_model *m = NULL;
	uint32_t   *col = must(taut_alloc(n, sizeof *col, NULL));
	int64_t    *coef = must(taut_alloc(n, sizeof *coef, NULL));
	uint32_t    third = 0;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "half", n, false, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < n; i++) {
		col[i] = i;
		coef[i] = 1;
		assert_int_equal(taut_model_add_term(m, i, i, within(rng, 9), NULL), TAUT_OK);
	}
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, n, n / 2, n / 2, 0, NULL, NULL),
		TAUT_OK);
	for (uint32_t i = 0; i < n; i += 3) {
		coef[third] = 1 + i % 2;
		col[third++] = i;
	}
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, third, third, third, 0,
	                                    NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	taut_free(col);
	taut_free(coef);
	return m;
}

static taut_samples *sample(bool *terms, const taut_model *m, taut_factors factors)
{
	taut_formulation      *f = start(m, TAUT_METHOD_PENALTY, NULL, 0);
	taut_qubo             *q;
	taut_problem          *p = NULL;
	taut_backend          *b = NULL;
	taut_samples          *out;
	taut_scale             scale;
	taut_temperature_range t;

	((taut_plan *)f)->factors = factors;
	q = encode(f);
	assert_int_equal(taut_scale_problem(&p, &scale, q, NULL), TAUT_OK);
	*terms = p->terms != NULL;
	t = taut_temperature_default(p);
	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	out = run(b, p,
	          &(taut_schedule){.algorithm = TAUT_ALGORITHM_SA,
	                           .reads = 70,
	                           .sweeps = 50,
	                           .seed = 5,
	                           .t_hot = t.hot,
	                           .t_cold = t.cold},
	          2);
	b->ops->close(b);
	taut_problem_free(p);
	taut_qubo_free(q);
	f->ops->close(f);
	return out;
}

/* The choice of the cost model does not show in the samples, energies and temperatures included. */
static void the_choice_changes_no_sample(void **state)
{
	static const uint32_t sizes[] = {12, 100, 700};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, 13, 1);
	for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
		taut_model   *m = cardinality(sizes[k], &rng);
		bool          kept, expanded, chosen;
		taut_samples *a = sample(&kept, m, TAUT_FACTORS_KEPT);
		taut_samples *b = sample(&expanded, m, TAUT_FACTORS_EXPANDED);
		taut_samples *c = sample(&chosen, m, TAUT_FACTORS_AUTO);

		assert_true(kept && !expanded);
		assert_same(a, b);
		assert_same(a, c);
		/* couplings of few variables, factors of many */
		assert_true(chosen == (sizes[k] > 100) || sizes[k] == 100);
		taut_samples_free(a);
		taut_samples_free(b);
		taut_samples_free(c);
		taut_model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form_is_the_formula),
		cmocka_unit_test(prices_follow_the_rows),
		cmocka_unit_test(wide_rows_fit),
		cmocka_unit_test(the_choice_changes_no_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
