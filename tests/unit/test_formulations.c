/* Every method against its stated formula, for every x of small models. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "bound/bound.h"
#include "formulations/formulation.h"
#include "model/evaluate.h"

enum { SEED = 20240612, N = 7 };
static const taut_ctx CTX = {.threads = 1};

static taut_rng seeded(uint64_t stream)
{
	taut_rng rng;

	print_message("seed %d, stream %llu\n", SEED, (unsigned long long)stream);
	taut_rng_init(&rng, SEED, stream);
	return rng;
}

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

static void set_bits(uint8_t *x, uint32_t n, uint64_t bits)
{
	for (uint32_t i = 0; i < n; i++)
		x[i] = bits >> i & 1;
}

static const uint32_t COLUMNS[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void add_row(taut_model *m, taut_rng *rng, int64_t least, int64_t lo, int64_t hi)
{
	int64_t coef[N];

	for (int i = 0; i < N; i++)
		coef[i] = between(rng, least, 9);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, N, lo, hi, 0, NULL, NULL),
		TAUT_OK);
}

/* Plain terms, a square, and rows of each kind: <=, >=, =, ranged; conflicts; an at-most-one row.
 */
static taut_model *random_program(taut_rng *rng, bool maximise)
{
	const int64_t ones[3] = {1, 1, 1};
	const int64_t form[4] = {2, -1, 3, 1};
	taut_model   *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "t", N, maximise, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_offset(m, 11, NULL), TAUT_OK);
	for (uint32_t i = 0; i < N; i++)
		for (uint32_t j = 0; j <= i; j++)
			assert_int_equal(taut_model_add_term(m, i, j, between(rng, -6, 6), NULL),
			                 TAUT_OK);
	assert_int_equal(
		taut_model_add_form(m, TAUT_FORM_SQUARE, 2, COLUMNS, form, 4, 3, NULL, NULL),
		TAUT_OK);
	add_row(m, rng, 0, TAUT_NO_LIMIT_LO, between(rng, 5, 25));
	add_row(m, rng, -3, between(rng, 0, 9), TAUT_NO_LIMIT_HI);
	add_row(m, rng, -3, 9, 9);
	add_row(m, rng, 1, 4, between(rng, 5, 20));
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_AT_MOST_ONE, COLUMNS + 2, ones, 3,
	                                    TAUT_NO_LIMIT_LO, 1, 0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_conflict(m, 0, 6, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_conflict(m, 5, 1, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static taut_formulation *started(taut_method method, const taut_model *m, double penalty,
                                 bool exchange, const double *multipliers)
{
	taut_options      options;
	taut_formulation *f = NULL;

	taut_options_default(&options);
	options.penalty = penalty;
	assert_int_equal(taut_formulation_find(method)->start(&f, m, &options, exchange,
	                                                      multipliers, &CTX, NULL),
	                 TAUT_OK);
	return f;
}

static taut_qubo *encoded(taut_formulation *f, const taut_model *m)
{
	taut_qubo *q = NULL;
	taut_codec codec;

	assert_int_equal(f->ops->encode(&q, &codec, f, &CTX, NULL), TAUT_OK);
	assert_int_equal(codec.n_model, m->n);
	assert_null(codec.at);
	taut_codec_fini(&codec);
	return q;
}

static double value(const taut_qubo *q, const uint8_t *x)
{
	int64_t energy = 0;

	assert_int_equal(taut_qubo_energy(&energy, q, x, NULL), TAUT_OK);
	return ldexp((double)energy, -q->fraction_bits);
}

/* The objective to be minimised. */
static double objective(const taut_model *m, const uint8_t *x)
{
	return (m->maximise ? -1.0 : 1.0) * (double)taut_model_objective(m, x);
}

/* Most that setting i to 0 can cost, by trying all x, is at most what the rule takes: the rule adds
 * up the worst of every term. Here it is written out for random_program. */
static double drop(const taut_model *m, uint32_t i)
{
	const int64_t form[4] = {2, -1, 3, 1};
	const double  sign = m->maximise ? -1.0 : 1.0;
	double        lo = sign * (double)m->linear[i];
	double        at[2] = {1e300, -1e300};

	for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++)
		lo += fmin(0.0, sign * (double)m->quad_coef[e]);
	for (uint64_t bits = 0; i < 4 && bits < 16; bits++) {
		int64_t r = -3;

		if (bits >> i & 1)
			continue;
		for (int k = 0; k < 4; k++)
			r += form[k] * (int64_t)(bits >> k & 1);
		{
			const double change =
				sign * 2.0 * (double)((r + form[i]) * (r + form[i]) - r * r);

			at[0] = fmin(at[0], change);
			at[1] = fmax(at[1], change);
		}
	}
	lo += i < 4 ? at[0] : 0.0;
	return fmax(0.0, -lo) + 1.0;
}

static double products(const taut_model *m, const uint8_t *x)
{
	const uint32_t pairs[5][2] = {{0, 6}, {1, 5}, {2, 3}, {2, 4}, {3, 4}};
	double         sum = 0;

	for (int p = 0; p < 5; p++)
		if (x[pairs[p][0]] && x[pairs[p][1]])
			sum += fmin(drop(m, pairs[p][0]), drop(m, pairs[p][1]));
	return sum;
}

/* Row terms with the numbers that the method reports. */
static double row_terms(const taut_model *m, const taut_applied *a, const uint8_t *x,
                        const int64_t *target)
{
	double sum = 0;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double r = (double)(taut_row_activity(m, k, x) - target[k]);

		sum += a->weights ? a->weights[k] * r * r : 0.0;
		sum += a->multipliers ? a->multipliers[k] * r : 0.0;
	}
	return sum;
}

static void assert_formula(const taut_model *m, taut_formulation *f, const int64_t *target)
{
	taut_qubo   *q = encoded(f, m);
	taut_applied applied;
	uint8_t      x[N];

	f->ops->describe(&applied, f);
	assert_int_equal(applied.slack_variables, 0);
	assert_int_equal(q->n, N);
	for (uint64_t bits = 0; bits < 1u << N; bits++) {
		set_bits(x, N, bits);
		assert_true(fabs(value(q, x) - objective(m, x) - products(m, x) -
		                 row_terms(m, &applied, x, target)) < 1e-9);
	}
	taut_qubo_free(q);
}

static bool can_break(const taut_model *m, uint32_t k)
{
	bool broken = false;

	for (uint64_t bits = 0; bits < 1u << N; bits++) {
		uint8_t x[N];

		set_bits(x, N, bits);
		broken |= taut_row_violation(m, k, taut_row_activity(m, k, x)) > 0;
	}
	return broken;
}

static void penalty_is_its_formula(void **state)
{
	taut_rng rng = seeded(1);

	(void)state;
	for (int round = 0; round < 40; round++) {
		taut_model       *m = random_program(&rng, round % 2);
		taut_formulation *f = started(TAUT_METHOD_PENALTY, m, 0, false, NULL);
		const int64_t     target[5] = {m->rows[0].hi, m->rows[1].lo, 9,
		                               4 + (m->rows[3].hi - 4) / 2, 0};
		taut_applied      a;

		assert_formula(m, f, target);
		f->ops->describe(&a, f);
		for (uint32_t k = 0; k < 4; k++)
			assert_true((a.weights[k] > 0) == can_break(m, k));
		assert_true(a.weights[4] == 0.0);
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* Given multipliers tilt the parabola; a row priced at 0 is left out. */
static void penalty_takes_multipliers(void **state)
{
	const int64_t     profit[3] = {5, 4, 3}, a[3] = {2, 3, 1}, b[3] = {1, 1, 4};
	const double      given[2] = {1.5, 0};
	taut_model       *m = NULL;
	taut_formulation *f;
	taut_applied      applied;
	taut_qubo        *q;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", 3, true, 0, NULL), TAUT_OK);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(taut_model_add_term(m, i, i, profit[i], NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, a, 3, TAUT_NO_LIMIT_LO, 4,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, b, 3, TAUT_NO_LIMIT_LO, 5,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	f = started(TAUT_METHOD_PENALTY, m, 0, false, given);
	q = encoded(f, m);
	f->ops->describe(&applied, f);
	assert_true(fabs(applied.weights[0] - 12.0 / 14.0) < 1e-3); /* (5+4+3) / (4+9+1) */
	assert_true(applied.multipliers[0] == 1.5);
	assert_true(applied.weights[1] == 0.0);
	assert_true(applied.multipliers[1] == 0.0);
	for (uint64_t bits = 0; bits < 8; bits++) {
		uint8_t x[3];
		double  r;

		set_bits(x, 3, bits);
		r = 2 * x[0] + 3 * x[1] + x[2] - 4;
		assert_true(fabs(value(q, x) - (-5 * x[0] - 4 * x[1] - 3 * x[2] +
		                                applied.weights[0] * r * r + 1.5 * r)) < 1e-12);
	}
	taut_qubo_free(q);
	f->ops->close(f);
	taut_model_free(m);
}

/* Five variables, rows of each kind with few slack bits. */
static taut_model *small_program(taut_rng *rng, bool maximise)
{
	const int64_t lo[4] = {TAUT_NO_LIMIT_LO, between(rng, 2, 6), between(rng, 2, 4), 3};
	const int64_t hi[4] = {between(rng, 3, 7), TAUT_NO_LIMIT_HI, lo[2] + 3, 3};
	taut_model   *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "s", 5, maximise, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < 5; i++)
		for (uint32_t j = 0; j <= i; j++)
			assert_int_equal(taut_model_add_term(m, i, j, between(rng, -9, 9), NULL),
			                 TAUT_OK);
	for (int k = 0; k < 3 + (int)taut_rng_below(rng, 2); k++) {
		int64_t coef[5];

		for (int i = 0; i < 5; i++)
			coef[i] = between(rng, k == 3, k == 3 ? 2 : 3);
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, 5, lo[k],
		                                    hi[k], 0, NULL, NULL),
		                 TAUT_OK);
	}
	assert_int_equal(taut_model_add_conflict(m, 0, 4, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

/* Over all bits, slack's among them, the least value is the constrained optimum, and it is
 * feasible. */
static void slack_minimum_is_the_constrained_one(void **state)
{
	taut_rng rng = seeded(2);
	int      solved = 0;

	(void)state;
	for (int round = 0; round < 60; round++) {
		taut_model       *m = small_program(&rng, round % 2);
		taut_formulation *f = started(TAUT_METHOD_SLACK, m, 1000, false, NULL);
		taut_qubo        *q = encoded(f, m);
		taut_applied      a;
		double            least = 1e300, optimum = 1e300;
		uint64_t          argmin = 0;
		uint8_t           x[32];

		f->ops->describe(&a, f);
		assert_int_equal(q->n, 5 + a.slack_variables);
		assert_int_equal(q->n, taut_slack_baseline(m));
		assert_true(q->n <= 16);
		for (uint64_t bits = 0; bits < UINT64_C(1) << q->n; bits++) {
			set_bits(x, q->n, bits);
			if (taut_model_feasible(m, x))
				optimum = fmin(optimum, objective(m, x));
			if (value(q, x) < least) {
				least = value(q, x);
				argmin = bits;
			}
		}
		if (optimum < 1e299) {
			set_bits(x, 5, argmin);
			assert_true(taut_model_feasible(m, x));
			assert_true(least == optimum);
			solved++;
		}
		taut_qubo_free(q);
		f->ops->close(f);
		taut_model_free(m);
	}
	assert_true(solved >= 20);
}

/* For every x no slack bits give a lower value than those that complete it. */
static void slack_is_completed_best(void **state)
{
	taut_rng rng = seeded(12);

	(void)state;
	for (int round = 0; round < 40; round++) {
		taut_model       *m = small_program(&rng, round % 2);
		taut_formulation *f = started(TAUT_METHOD_SLACK, m, 1000, false, NULL);
		taut_qubo        *q = encoded(f, m);
		uint8_t           x[32];

		for (uint64_t bits = 0; bits < 32; bits++) {
			uint64_t completed = bits;
			double   least = 1e300;

			set_bits(x, 5, bits);
			f->ops->complete(&completed, f, x);
			assert_int_equal(completed & 31, bits);
			for (uint64_t slack = 0; slack < UINT64_C(1) << (q->n - 5); slack++) {
				set_bits(x, q->n, bits | slack << 5);
				least = fmin(least, value(q, x));
			}
			set_bits(x, q->n, completed);
			assert_true(value(q, x) == least);
		}
		taut_qubo_free(q);
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* The published counts (methods: floor(log2 range) + 1 bits a row) on own data, and on the papers'
 * files. */
static void slack_counts_bits_of_the_range(void **state)
{
	const int64_t  ranges[8] = {1, 2, 3, 4, 7, 8, 255, 256};
	const uint64_t bits[8] = {1, 2, 2, 3, 3, 4, 8, 9};
	const int64_t  coef[2] = {1000, 1};

	(void)state;
	for (int t = 0; t < 8; t++) {
		taut_model *m = NULL;

		assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "c", 2, true, 0, NULL),
		                 TAUT_OK);
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, 2,
		                                    TAUT_NO_LIMIT_LO, ranges[t], 0, NULL, NULL),
		                 TAUT_OK);
		/* the limit is beyond reach: the range is that of the row, 0..1001 */
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, 2,
		                                    TAUT_NO_LIMIT_LO, 5000, 0, NULL, NULL),
		                 TAUT_OK);
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, 2, 1, 1, 0,
		                                    NULL, NULL),
		                 TAUT_OK);
		assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
		assert_int_equal(taut_slack_baseline(m), 2 + bits[t] + 10);
		taut_model_free(m);
	}
}

/* SAC-94: n m optimum, profits, weights by row, capacities; all whole numbers. NULL where the file
 * is absent. */
static taut_model *read_sac94(const char *path)
{
	taut_model *m = NULL;
	FILE       *file = fopen(path, "r");
	double      head[3], v;
	int64_t    *weight;
	uint32_t    n, rows;

	if (!file)
		return NULL;
	for (int k = 0; k < 3; k++)
		assert_int_equal(fscanf(file, "%lf", &head[k]), 1);
	n = (uint32_t)head[0];
	rows = (uint32_t)head[1];
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, path, n, true, 0, NULL), TAUT_OK);
	weight = taut_alloc((size_t)n * rows + n, sizeof *weight, NULL);
	for (uint32_t i = 0; i < n + n * rows; i++) {
		assert_int_equal(fscanf(file, "%lf", &v), 1);
		weight[i] = (int64_t)v;
	}
	for (uint32_t k = 0; k < rows; k++) {
		uint32_t col[64];

		for (uint32_t i = 0; i < n; i++)
			col[i] = i;
		assert_int_equal(fscanf(file, "%lf", &v), 1);
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, col,
		                                    weight + n + (size_t)k * n, n, TAUT_NO_LIMIT_LO,
		                                    (int64_t)v, 0, NULL, NULL),
		                 TAUT_OK);
	}
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(taut_model_add_term(m, i, i, weight[i], NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	taut_free(weight);
	(void)fclose(file);
	return m;
}

static void slack_counts_are_the_published_ones(void **state)
{
	const struct {
		const char *name;
		uint64_t    count;
	} published[12] = {{"hp1", 60},   {"hp2", 67},   {"pb1", 59},  {"pb2", 66},
	                   {"pb4", 45},   {"pb5", 116},  {"pet2", 99}, {"pet3", 102},
	                   {"pet4", 107}, {"pet5", 122}, {"pet6", 86}, {"pet7", 100}};
	const char *root = getenv("TAUT_INSTANCES");
	char        path[1024];

	(void)state;
	for (int k = 0; k < 12; k++) {
		taut_model       *m;
		taut_formulation *f;
		taut_applied      a;
		taut_qubo        *q;

		(void)snprintf(path, sizeof path, "%s/mdkp/smu/hpp/%s.dat",
		               root ? root : TAUT_SOURCE_DIR "/../shared/instances",
		               published[k].name);
		m = read_sac94(path);
		if (!m) {
			print_message("skipped: no benchmark instance %s\n", path);
			skip();
		}
		assert_int_equal(taut_slack_baseline(m), published[k].count);
		f = started(TAUT_METHOD_SLACK, m, 0, false, NULL);
		q = encoded(f, m);
		f->ops->describe(&a, f);
		assert_int_equal(q->n, published[k].count);
		assert_int_equal(a.slack_variables, published[k].count - m->n);
		taut_qubo_free(q);
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* Products make a weighted independent set exact: the least value is the best set, and its argmin
 * is one. */
static void conflicts_are_exact(void **state)
{
	taut_rng rng = seeded(3);

	(void)state;
	for (int round = 0; round < 50; round++) {
		taut_model       *m = NULL;
		taut_formulation *f;
		taut_qubo        *q;
		taut_applied      a;
		double            least = 1e300, optimum = 1e300;
		const char       *why = NULL;

		assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MIS, "g", 9, true, 2, NULL),
		                 TAUT_OK);
		for (uint32_t i = 0; i < 9; i++) {
			assert_int_equal(taut_model_add_term(m, i, i, between(&rng, 1, 9), NULL),
			                 TAUT_OK);
			for (uint32_t j = 0; j < i; j++)
				if (i == 1 || taut_rng_below(&rng, 3) == 0)
					assert_int_equal(taut_model_add_conflict(m, i, j, NULL),
					                 TAUT_OK);
		}
		assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
		assert_int_equal(taut_formulation_choose(&why, m, false, true),
		                 TAUT_METHOD_PENALTY);
		assert_non_null(why);
		f = started(TAUT_METHOD_PENALTY, m, 0, false, NULL);
		q = encoded(f, m);
		f->ops->describe(&a, f);
		assert_true(a.conflict_weight >= 0.02 &&
		            a.conflict_weight <= 0.10); /* 2 decimals */
		for (uint64_t bits = 0; bits < 512; bits++) {
			uint8_t x[9];

			set_bits(x, 9, bits);
			least = fmin(least, value(q, x));
			if (taut_model_feasible(m, x))
				optimum = fmin(optimum, objective(m, x));
			else
				assert_true(value(q, x) > optimum || optimum > 0);
		}
		assert_true(least == optimum);
		taut_qubo_free(q);
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* --- augmented Lagrangian --- */

static taut_model *one_row(taut_row_tag tag, int64_t lo, int64_t hi)
{
	const int64_t a[4] = {2, 2, 2, 2};
	taut_model   *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "r", 4, true, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(taut_model_add_term(m, i, i, 4, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, tag, COLUMNS, a, 4, lo, hi, 0, NULL, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static void observe(taut_formulation *f, double activity, double conflicts)
{
	const taut_round round = {
		.samples = 4, .mean_activity = &activity, .mean_conflicts = conflicts};

	assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
}

/* Encodes and compares the weight rho/2, the multiplier and, on every x, the form. */
static void assert_state(taut_formulation *f, const taut_model *m, double weight, double multiplier,
                         double target)
{
	taut_qubo   *q = encoded(f, m);
	taut_applied a;

	f->ops->describe(&a, f);
	assert_true(fabs((a.weights ? a.weights[0] : 0.0) - weight) < 1e-9);
	assert_true(fabs((a.multipliers ? a.multipliers[0] : 0.0) - multiplier) < 1e-9);
	for (uint64_t bits = 0; bits < 16; bits++) {
		uint8_t x[4];
		double  r;

		set_bits(x, 4, bits);
		r = (double)taut_row_activity(m, 0, x) - target;
		assert_true(fabs(value(q, x) -
		                 (objective(m, x) + weight * r * r + multiplier * r)) < 1e-9);
	}
	taut_qubo_free(q);
}

/* rho/2 = 0.5 given, so rho = 1. <= 3: l <- [l + rho (A - 3)]+; the square is there while A + l/rho
 * > 3. */
static void multipliers_step_as_by_hand(void **state)
{
	taut_model       *m = one_row(TAUT_ROW_LINEAR, TAUT_NO_LIMIT_LO, 3);
	taut_formulation *f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0.5, false, NULL);

	(void)state;
	assert_true(f->ops->multiplier);
	assert_state(f, m, 0.5, 0, 3);
	observe(f, 5, 0); /* l = 0 + 1 (5 - 3) */
	assert_state(f, m, 0.5, 2, 3);
	observe(f, 3.5, 0); /* |A - z| fell from 2 to 0.5: no growth; l = 2.5 */
	assert_state(f, m, 0.5, 2.5, 3);
	observe(f, 2, 0); /* l = 1.5; A + l = 3.5 > 3: still squared */
	assert_state(f, m, 0.5, 1.5, 3);
	observe(f, 1.75, 0); /* l = 0.25; A + l = 2: the multiplier alone */
	assert_state(f, m, 0, 0.25, 3);
	observe(f, 1, 0); /* [0.25 - 2]+ = 0: nothing */
	assert_state(f, m, 0, 0, 3);
	observe(f, 6,
	        0); /* |A - z| grew from 0.25 to 3 and the mean breaks the row: l = 3, rho = 2 */
	assert_state(f, m, 1, 3, 3);
	observe(f, 6, 0); /* stalled: l = 3 + 2 * 3, rho = 4 */
	assert_state(f, m, 2, 9, 3);
	f->ops->close(f);
	taut_model_free(m);
}

/* The multiplier after a round whose mean breaks the row by 1, of whose ten samples so many were
 * feasible. */
static double stepped(taut_formulation *f, const taut_model *m, size_t feasible)
{
	const double     activity = 5;
	const taut_round round = {.samples = 10, .feasible = feasible, .mean_activity = &activity};
	taut_applied     a;

	assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
	taut_qubo_free(encoded(f, m));
	f->ops->describe(&a, f);
	return a.multipliers ? a.multipliers[0] : 0.0;
}

/* Once a tenth of the samples are feasible; rows with limits go on. */
static void equations_rest(void **state)
{
	taut_model       *m = one_row(TAUT_ROW_LINEAR, 4, 4);
	taut_formulation *f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0.5, false, NULL);

	(void)state;
	assert_true(stepped(f, m, 1) == 0);
	assert_true(stepped(f, m, 0) == 1);
	assert_true(stepped(f, m, 10) == 1);
	f->ops->close(f);
	taut_model_free(m);
	m = one_row(TAUT_ROW_LINEAR, TAUT_NO_LIMIT_LO, 4);
	f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0.5, false, NULL);
	assert_true(stepped(f, m, 1) == 1);
	assert_true(stepped(f, m, 10) == 2);
	f->ops->close(f);
	taut_model_free(m);
}

static void equations_and_ranges_step_both_ways(void **state)
{
	taut_model       *m = one_row(TAUT_ROW_LINEAR, 4, 4);
	taut_formulation *f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0.5, false, NULL);

	(void)state;
	observe(f, 2, 0);
	assert_state(f, m, 0.5, -2, 4);
	observe(f, 5, 0);
	assert_state(f, m, 0.5, -1, 4);
	f->ops->close(f);
	taut_model_free(m);

	m = one_row(TAUT_ROW_LINEAR, 2, 5);
	f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0.5, false, NULL);
	observe(f, 3, 0);
	assert_state(f, m, 0, 0, 5);
	observe(f, 0.5, 0); /* below: l = -1.5, and |A - z| grew from 0: rho = 2 */
	assert_state(f, m, 1, -1.5, 2);
	f->ops->close(f);
	taut_model_free(m);

	m = one_row(TAUT_ROW_LINEAR, 3, TAUT_NO_LIMIT_HI);
	f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0.5, false, NULL);
	assert_state(f, m, 0.5, 0, 3);
	observe(f, 7, 0); /* [.]- : stays 0, nothing to press */
	assert_state(f, m, 0, 0, 3);
	f->ops->close(f);
	taut_model_free(m);
}

static void given_multipliers_start_the_rows(void **state)
{
	const double      given = 1.25;
	const double      none = 0;
	taut_model       *m = one_row(TAUT_ROW_LINEAR, TAUT_NO_LIMIT_LO, 3);
	taut_formulation *f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0, false, &given);

	(void)state;
	/* mild weight 16 / 16 = 1, times 50 / (1 row of 4 entries) */
	assert_state(f, m, 12.5, 1.25, 3);
	f->ops->close(f);
	f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0, false, &none);
	assert_state(f, m, 0, 0, 3);
	f->ops->close(f);
	taut_model_free(m);
}

/* --- unbalanced --- */

/* |l1| = 2 WIDTH sum |a| l2 for rows with one limit; a ranged row is l2 of both limits, but for a
 * constant. */
static void unbalanced_is_its_expansion(void **state)
{
	taut_rng rng = seeded(6);

	(void)state;
	for (int round = 0; round < 40; round++) {
		taut_model       *m = random_program(&rng, round % 2);
		taut_formulation *f = started(TAUT_METHOD_UNBALANCED, m, 0, false, NULL);
		const int64_t     target[5] = {m->rows[0].hi, m->rows[1].lo, 9,
		                               4 + (m->rows[3].hi - 4) / 2, 0};
		const double      sign[2] = {1, -1};
		taut_applied      a;

		assert_formula(m, f, target);
		f->ops->describe(&a, f);
		for (uint32_t k = 0; k < 4; k++)
			assert_true((a.weights[k] > 0) == can_break(m, k));
		for (uint32_t k = 0; k < 2; k++) {
			double size = 0;

			for (size_t e = m->rows[k].first; e < m->rows[k].first + m->rows[k].count;
			     e++)
				size += fabs((double)m->row_coef[e]);
			assert_true(fabs(sign[k] * a.multipliers[k] - 0.02 * size * a.weights[k]) <=
			            1e-3 * fabs(a.multipliers[k]));
		}
		assert_true(a.multipliers[2] == 0.0);
		for (uint64_t bits = 0; bits < 1u << N && a.weights[3] > 0; bits++) {
			uint8_t x[N];
			double  mid = (double)(m->rows[3].hi + 4) / 2;
			double  r;

			set_bits(x, N, bits);
			r = (double)(taut_row_activity(m, 3, x) - target[3]);
			assert_true(fabs(a.weights[3] * r * r + a.multipliers[3] * r +
			                 a.weights[3] * ((double)target[3] - mid) *
			                         ((double)target[3] - mid) -
			                 a.weights[3] * (r + (double)target[3] - mid) *
			                         (r + (double)target[3] - mid)) <=
			            2e-3 * a.weights[3] * (1 + fabs(r)));
		}
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* Profits 12 over weights 6 in two rows: a price of 1 in each; or the given ones. */
static void unbalanced_prices_by_hand(void **state)
{
	const int64_t     profit[3] = {5, 4, 3}, a[3] = {2, 3, 1}, b[3] = {1, 1, 4};
	const double      given[2] = {1.5, 0};
	taut_model       *m = NULL;
	taut_formulation *f;
	taut_applied      applied;
	taut_qubo        *q;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", 3, true, 0, NULL), TAUT_OK);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(taut_model_add_term(m, i, i, profit[i], NULL), TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, a, 3, TAUT_NO_LIMIT_LO, 4,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, b, 3, TAUT_NO_LIMIT_LO, 5,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	for (int way = 0; way < 3; way++) {
		const double l1[3][2] = {{1, 1}, {1.5, 0}, {1.5, 0}};
		const double l2[3][2] = {{1 / 0.12, 1 / 0.12}, {12.5, 0}, {3, 3}};

		f = started(TAUT_METHOD_UNBALANCED, m, way == 2 ? 3 : 0, false, way ? given : NULL);
		q = encoded(f, m);
		f->ops->describe(&applied, f);
		for (int k = 0; k < 2; k++) {
			assert_true(fabs(applied.multipliers[k] - l1[way][k]) < 1e-3);
			assert_true(fabs(applied.weights[k] - l2[way][k]) < 2e-3);
		}
		taut_qubo_free(q);
		f->ops->close(f);
	}
	taut_model_free(m);
}

/* --- structure --- */

static taut_model *assignment(taut_rng *rng, uint32_t n, bool maximise)
{
	taut_model *m = NULL;
	int64_t     flow[16], distance[16];

	for (uint32_t e = 0; e < n * n; e++) {
		flow[e] = between(rng, 0, 9);
		distance[e] = between(rng, 0, 9);
	}
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_QAP, "q", n * n, maximise, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_set_permutation(m, n, flow, distance, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static void permutations_go_to_exchange_moves_whole(void **state)
{
	taut_rng rng = seeded(4);

	(void)state;
	for (int method = TAUT_METHOD_AUTO + 1; method < TAUT_N_METHODS; method++) {
		taut_model       *m = assignment(&rng, 4, method % 2);
		taut_formulation *f = started((taut_method)method, m, 0, true, NULL);
		taut_qubo        *q = NULL;
		taut_codec        codec;
		taut_applied      a;
		uint8_t           x[16] = {0};
		const char       *why;

		assert_true(taut_formulation_exchanges(m));
		assert_int_equal(taut_formulation_choose(&why, m, true, true), TAUT_METHOD_PENALTY);
		assert_int_equal(f->ops->encode(&q, &codec, f, &CTX, NULL), TAUT_OK);
		assert_int_equal(codec.permutation, 4);
		assert_int_equal(q->permutation_n, 4);
		assert_int_equal(q->n, 16);
		x[1] = x[4] = x[11] = x[14] = 1;
		assert_true(value(q, x) == objective(m, x));
		f->ops->describe(&a, f);
		assert_null(a.weights);
		taut_codec_fini(&codec);
		taut_qubo_free(q);
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* Nine is the largest flow and distance: no coefficient of the objective is above 2 * 81, none of
 * the form above 4 times the objective's largest. */
static void equations_start_within_four_times_the_objective(void **state)
{
	const int64_t     ones[16] = {0, 9, 9, 9, 9, 0, 9, 9, 9, 9, 0, 9, 9, 9, 9, 0};
	taut_model       *m = NULL;
	taut_formulation *f;
	taut_applied      a;
	taut_qubo        *q;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_QAP, "q", 16, false, 0, NULL), TAUT_OK);
	assert_int_equal(taut_model_set_permutation(m, 4, ones, ones, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	f = started(TAUT_METHOD_AUGMENTED_LAGRANGIAN, m, 0, false, NULL);
	q = encoded(f, m);
	f->ops->describe(&a, f);
	for (uint32_t k = 0; k < m->n_rows; k++)
		assert_true(a.weights[k] >= 1.9 * 162 && a.weights[k] <= 2 * 162);
	taut_qubo_free(q);
	f->ops->close(f);
	taut_model_free(m);
}

/* Without exchange moves: the expansion equals the judge's objective on all 2^9 x, plus the rows'
 * squares, and its least value is the best permutation's. */
static void flips_expand_flow_and_distance(void **state)
{
	taut_rng rng = seeded(5);

	(void)state;
	for (int round = 0; round < 20; round++) {
		taut_model       *m = assignment(&rng, 3, round % 2);
		taut_formulation *f = started(TAUT_METHOD_PENALTY, m, 0, false, NULL);
		taut_qubo        *q = encoded(f, m);
		double            least = 1e300, optimum = 1e300;
		int64_t           target[6] = {1, 1, 1, 1, 1, 1};
		taut_applied      a;

		f->ops->describe(&a, f);
		assert_null(q->group);
		for (uint64_t bits = 0; bits < 512; bits++) {
			uint8_t x[9];

			set_bits(x, 9, bits);
			assert_true(value(q, x) == objective(m, x) + row_terms(m, &a, x, target));
			least = fmin(least, value(q, x));
			if (taut_model_feasible(m, x))
				optimum = fmin(optimum, objective(m, x));
		}
		if (!m->maximise)
			assert_true(least == optimum);
		taut_qubo_free(q);
		f->ops->close(f);
		taut_model_free(m);
	}
}

static void too_large_an_expansion_is_refused(void **state)
{
	enum { LENGTH = 150 };
	taut_model       *m = NULL;
	int64_t          *ones = taut_alloc(LENGTH * LENGTH, sizeof *ones, NULL);
	taut_formulation *f;
	taut_qubo        *q = NULL;
	taut_codec        codec;
	taut_error        err;

	(void)state;
	for (int e = 0; e < LENGTH * LENGTH; e++)
		ones[e] = 1;
	assert_int_equal(
		taut_model_new(&m, TAUT_FAMILY_QAP, "big", LENGTH * LENGTH, false, 0, NULL),
		TAUT_OK);
	assert_int_equal(taut_model_set_permutation(m, LENGTH, ones, ones, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	taut_free(ones);
	f = started(TAUT_METHOD_PENALTY, m, 0, false, NULL);
	assert_int_equal(f->ops->encode(&q, &codec, f, &CTX, &err), TAUT_ELIMIT);
	assert_null(q);
	assert_non_null(strstr(err.text, "2.53e+08 couplings"));
	f->ops->close(f);
	taut_model_free(m);
}

/* Two one-hot groups and a free variable: exchange moves keep the groups, flips get their squares.
 */
static void one_hot_groups_are_tagged(void **state)
{
	const int64_t     ones[3] = {1, 1, 1};
	taut_model       *m = NULL;
	taut_formulation *f;
	taut_qubo        *q;
	taut_applied      a;
	const char       *why;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "g", 6, false, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_term(m, 0, 3, 5, NULL), TAUT_OK);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_ONE_HOT, COLUMNS, ones, 3, 1, 1, 0, NULL, NULL),
		TAUT_OK);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_ONE_HOT, COLUMNS + 3, ones, 2, 1, 1, 0, NULL, NULL),
		TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_true(taut_formulation_exchanges(m));
	assert_int_equal(taut_formulation_choose(&why, m, true, true), TAUT_METHOD_PENALTY);
	assert_int_equal(taut_formulation_choose(&why, m, false, true),
	                 TAUT_METHOD_AUGMENTED_LAGRANGIAN);

	f = started(TAUT_METHOD_PENALTY, m, 0, true, NULL);
	q = encoded(f, m);
	f->ops->describe(&a, f);
	assert_null(a.weights);
	assert_int_equal(q->n_groups, 2);
	assert_memory_equal(q->group, ((uint32_t[]){0, 0, 0, 1, 1, TAUT_QUBO_UNGROUPED}),
	                    6 * sizeof(uint32_t));
	assert_int_equal(q->row[6], 2); /* the one term, both ways */
	taut_qubo_free(q);
	f->ops->close(f);

	f = started(TAUT_METHOD_PENALTY, m, 0, false, NULL);
	q = encoded(f, m);
	f->ops->describe(&a, f);
	assert_null(q->group);
	assert_true(a.weights[0] == 6.0 && a.weights[1] == 6.0); /* the largest change, 5, plus 1 */
	taut_qubo_free(q);
	f->ops->close(f);
	taut_model_free(m);
}

static void deviations_enter_as_squares(void **state)
{
	const int64_t     a[3] = {3, 5, 4};
	taut_model       *m = NULL;
	taut_formulation *f;
	taut_qubo        *q;
	const char       *why;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MARKET_SHARE, "d", 3, false, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_form(m, TAUT_FORM_ABS, 2, COLUMNS, a, 3, 6, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(taut_formulation_choose(&why, m, false, true), TAUT_METHOD_PENALTY);
	assert_false(taut_formulation_exchanges(m));
	f = started(TAUT_METHOD_PENALTY, m, 0, false, NULL);
	q = encoded(f, m);
	for (uint64_t bits = 0; bits < 8; bits++) {
		uint8_t x[3];
		double  r;

		set_bits(x, 3, bits);
		r = (double)taut_form_residual(m, 0, x);
		assert_true(value(q, x) == 2 * r * r);
	}
	taut_qubo_free(q);
	f->ops->close(f);
	taut_model_free(m);
}

static void registry_is_complete(void **state)
{
	(void)state;
	for (int k = TAUT_METHOD_AUTO + 1; k < TAUT_N_METHODS; k++) {
		const taut_formulation_ops *ops = taut_formulation_find((taut_method)k);

		assert_non_null(ops);
		assert_int_equal(ops->name, k);
		assert_true(ops->start && ops->encode && ops->observe && ops->describe &&
		            ops->close);
		ops->close(NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry_is_complete),
		cmocka_unit_test(penalty_is_its_formula),
		cmocka_unit_test(penalty_takes_multipliers),
		cmocka_unit_test(slack_minimum_is_the_constrained_one),
		cmocka_unit_test(slack_is_completed_best),
		cmocka_unit_test(slack_counts_bits_of_the_range),
		cmocka_unit_test(slack_counts_are_the_published_ones),
		cmocka_unit_test(conflicts_are_exact),
		cmocka_unit_test(multipliers_step_as_by_hand),
		cmocka_unit_test(equations_rest),
		cmocka_unit_test(equations_and_ranges_step_both_ways),
		cmocka_unit_test(given_multipliers_start_the_rows),
		cmocka_unit_test(unbalanced_is_its_expansion),
		cmocka_unit_test(unbalanced_prices_by_hand),
		cmocka_unit_test(equations_start_within_four_times_the_objective),
		cmocka_unit_test(permutations_go_to_exchange_moves_whole),
		cmocka_unit_test(flips_expand_flow_and_distance),
		cmocka_unit_test(too_large_an_expansion_is_refused),
		cmocka_unit_test(one_hot_groups_are_tagged),
		cmocka_unit_test(deviations_enter_as_squares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
