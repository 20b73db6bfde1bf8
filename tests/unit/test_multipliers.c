/* subgradient, stochastic, dual_averaging, mirror_descent: settled multipliers against the LP's
 * value, from a simplex of this file's own; steps and encodings against their formulas by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "formats/formats.h"
#include "formulations/families/family.h"
#include "formulations/lagrangian/multiplier.h"
#include "model/evaluate.h"

enum { SEED = 20240614, N_METHODS = 4, PATH_SIZE = 1024 };
static const taut_ctx CTX = {.threads = 1};

static const taut_method METHODS[N_METHODS] = {TAUT_METHOD_SUBGRADIENT, TAUT_METHOD_STOCHASTIC,
                                               TAUT_METHOD_DUAL_AVERAGING,
                                               TAUT_METHOD_MIRROR_DESCENT};

static const uint32_t COLUMNS[64] = {
	0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
	44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

/* --- the LP --- */

/* max c x, a x <= b, 0 <= x <= 1 with c, a, b >= 0: a dense tableau of the rows and the upper
 * limits of x, whose slack basis is feasible. Largest coefficient in, least ratio out, least index
 * first. */
static double lp_value(const taut_model *m)
{
	const size_t rows = (size_t)m->n_rows + m->n;
	const size_t width = (size_t)m->n + 1; /* nonbasic columns, then the right side */
	double      *t = calloc((rows + 1) * width, sizeof *t); /* last row: the objective */
	double       value;

	assert_non_null(t);
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];

		for (size_t e = row->first; e < row->first + row->count; e++)
			t[k * width + m->row_col[e]] = (double)m->row_coef[e];
		t[k * width + m->n] = (double)row->hi;
	}
	for (uint32_t i = 0; i < m->n; i++) {
		t[(m->n_rows + i) * width + i] = 1;
		t[(m->n_rows + i) * width + m->n] = 1;
		t[rows * width + i] = -(double)m->linear[i];
	}
	for (int pivots = 0;; pivots++) {
		size_t in = m->n, out = rows;
		double pivot;

		assert_true(pivots < 20000);
		for (size_t j = 0; j < m->n; j++)
			if (t[rows * width + j] < (in < m->n ? t[rows * width + in] : -1e-9))
				in = j;
		if (in == m->n)
			break;
		for (size_t r = 0; r < rows; r++)
			if (t[r * width + in] > 1e-9 &&
			    (out == rows || t[r * width + m->n] * t[out * width + in] <
			                            t[out * width + m->n] * t[r * width + in]))
				out = r;
		assert_true(out < rows);
		pivot = 1 / t[out * width + in];
		for (size_t j = 0; j < width; j++)
			if (j != in)
				t[out * width + j] *= pivot;
		t[out * width + in] = pivot;
		for (size_t r = 0; r <= rows; r++) {
			const double factor = t[r * width + in];

			if (r == out || factor == 0.0)
				continue;
			for (size_t j = 0; j < width; j++)
				if (j != in)
					t[r * width + j] -= factor * t[out * width + j];
			t[r * width + in] = -factor * pivot;
		}
	}
	value = t[rows * width + m->n] + (double)m->offset;
	free(t);
	return value;
}

/* L(l) of a knapsack: no x that keeps the rows earns more, whatever l >= 0. */
static double lagrangian(const taut_model *m, const double *l)
{
	double value = (double)m->offset;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		assert_true(l[k] >= 0);
		value += l[k] * (double)m->rows[k].hi;
	}
	for (uint32_t i = 0; i < m->n; i++) {
		double profit = (double)m->linear[i];

		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			profit -= l[m->column_row[e]] * (double)m->column_coef[e];
		value += profit > 0 ? profit : 0;
	}
	return value;
}

/* --- models --- */

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

/* Capacities are shares of the sums, so that some rows bind and some do not; correlated: profits
 * follow weights, as in OR-Library's. */
static taut_model *knapsack(taut_rng *rng, uint32_t n, uint32_t rows, int64_t size, bool correlated)
{
	taut_model *m = NULL;
	int64_t     coef[64];
	int64_t     profit[64];

	for (uint32_t i = 0; i < n; i++)
		profit[i] = between(rng, 1, size);
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", n, true, 0, NULL), TAUT_OK);
	for (uint32_t k = 0; k < rows; k++) {
		int64_t sum = 0;

		for (uint32_t i = 0; i < n; i++) {
			sum += coef[i] = between(rng, 0, size);
			profit[i] += correlated ? coef[i] / rows : 0;
		}
		assert_int_equal(
			taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, n, TAUT_NO_LIMIT_LO,
		                           sum * between(rng, 20, 80) / 100, 0, NULL, NULL),
			TAUT_OK);
	}
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(taut_model_add_term(m, i, i, profit[i], NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(m->structure, TAUT_STRUCTURE_KNAPSACK);
	return m;
}

static taut_formulation *started(taut_method method, const taut_model *m, bool exchange,
                                 int64_t seed)
{
	taut_options      options;
	taut_formulation *f = NULL;

	taut_options_default(&options);
	options.seed = seed;
	assert_int_equal(
		taut_formulation_find(method)->start(&f, m, &options, exchange, NULL, &CTX, NULL),
		TAUT_OK);
	return f;
}

/* What an encoding applies; the views live as long as f. */
static taut_applied applied(taut_formulation *f, const taut_model *m)
{
	taut_applied out;
	taut_qubo   *q = NULL;
	taut_codec   codec;

	assert_int_equal(f->ops->encode(&q, &codec, f, &CTX, NULL), TAUT_OK);
	assert_int_equal(codec.n_model, m->n);
	taut_codec_fini(&codec);
	taut_qubo_free(q);
	f->ops->describe(&out, f);
	return out;
}

/* --- settled multipliers --- */

/* Without any help the method's own steps come within 1e-4 of the LP's value, from above. */
static void assert_reaches_the_lp(const taut_model *m, const char *name)
{
	const double lp = lp_value(m);

	for (int k = 0; k < N_METHODS; k++) {
		taut_formulation *f = started(METHODS[k], m, false, 0);
		const double      bound = lagrangian(m, ((taut_multiplier *)f)->l);

		if (!(bound >= lp * (1 - 1e-9) && bound <= lp * (1 + 1e-4)))
			fail_msg("%s, %s: %.10g, the LP's value is %.10g", name,
			         taut_method_names.names[METHODS[k]].name, bound, lp);
		f->ops->close(f);
	}
}

static void settled_multipliers_reach_the_lp(void **state)
{
	taut_rng rng;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 30; round++) {
		char        name[32];
		taut_model *m = knapsack(&rng, (uint32_t)between(&rng, 5, 64),
		                         (uint32_t)between(&rng, 1, 10), round % 3 ? 100 : 10000,
		                         round % 2);

		(void)snprintf(name, sizeof name, "round %d", round);
		assert_reaches_the_lp(m, name);
		taut_model_free(m);
	}
}

static const char *const PUBLIC[] = {"smu/hpp/hp1.dat",   "smu/hpp/hp2.dat",  "smu/hpp/pb1.dat",
                                     "smu/hpp/pb2.dat",   "smu/hpp/pb4.dat",  "smu/hpp/pb5.dat",
                                     "smu/hpp/pet2.dat",  "smu/hpp/pet3.dat", "smu/hpp/pet4.dat",
                                     "smu/hpp/pet5.dat",  "smu/hpp/pet6.dat", "smu/hpp/pet7.dat",
                                     "orlib/mknapcb4.txt"};

static void public_instances_reach_the_lp(void **state)
{
	const char *root = getenv("TAUT_INSTANCES");
	struct stat info;

	(void)state;
	root = root ? root : TAUT_SOURCE_DIR "/../shared/instances";
	if (stat(root, &info) != 0) {
		print_message("SKIPPED: no folder %s (TAUT_INSTANCES)\n", root);
		skip();
	}
	for (size_t p = 0; p < sizeof PUBLIC / sizeof *PUBLIC; p++) {
		char               path[PATH_SIZE];
		taut_options       options;
		taut_instance_list list;
		taut_error         err;
		taut_model        *m = NULL;

		(void)snprintf(path, sizeof path, "%s/mdkp/%s", root, PUBLIC[p]);
		taut_options_default(&options);
		options.family = TAUT_FAMILY_MDKP;
		if (taut_formats_read(&list, path, &options, &err) != TAUT_OK)
			fail_msg("%s", err.text);
		assert_int_equal(taut_family_find(TAUT_FAMILY_MDKP)->build(&m, list.items[0], &err),
		                 TAUT_OK);
		assert_reaches_the_lp(m, PUBLIC[p]);
		taut_model_free(m);
		taut_instance_list_fini(&list);
	}
}

/* --- steps of the rounds --- */

/* Four items, profit 4 and weight 2: M = 1, the average item is 2, its price 2. coupled: a product
 * that leaves these as they are, but no closed form. */
static taut_model *one_row(bool coupled, int64_t lo, int64_t hi)
{
	const int64_t a[4] = {2, 2, 2, 2};
	taut_model   *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "h", 4, true, 0, NULL),
	                 TAUT_OK);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(taut_model_add_term(m, i, i, 4, NULL), TAUT_OK);
	if (coupled)
		assert_int_equal(taut_model_add_term(m, 0, 1, -1, NULL), TAUT_OK);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, a, 4, lo, hi, 0, NULL, NULL),
		TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

/* One round whose samples have this mean activity. */
static void tell(taut_formulation *f, double activity)
{
	const taut_round round = {.samples = 4, .mean_activity = &activity};

	assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
}

static void assert_applied(taut_formulation *f, const taut_model *m, double weight,
                           double multiplier)
{
	const taut_applied a = applied(f, m);
	const double       w = a.weights ? a.weights[0] : 0;
	const double       l = a.multipliers ? a.multipliers[0] : 0;

	if (fabs(w - weight) > 1e-3 * (1 + weight) ||
	    fabs(l - multiplier) > 1e-3 * (1 + fabs(multiplier)))
		fail_msg("weight %g, multiplier %g; %g and %g expected", w, l, weight, multiplier);
}

/* l after rounds with these mean activities, <= 3. */
static void assert_steps(taut_method method, const double *activity, const double *l, int rounds)
{
	taut_model       *m = one_row(true, TAUT_NO_LIMIT_LO, 3);
	taut_formulation *f = started(method, m, false, 0);

	assert_true(f->ops->multiplier);
	for (int k = 0; k < rounds; k++) {
		tell(f, activity[k]);
		assert_applied(f, m, 0, l[k]);
	}
	f->ops->close(f);
	taut_model_free(m);
}

/* 8 is 5 beyond the limit, 2.5 items: alpha_0 = 0.4; 0 is 3 within. */
static void rounds_step_as_by_hand(void **state)
{
	const double seen[5] = {8, 3, 3, 0, 0};
	/* d = 5; nothing; nothing; alpha = 0.4 / 2, d = -3 + 5 / 2; 0.4 / sqrt 5, d = -3 - 1 / 4 */
	const double deflected[5] = {2, 2, 2, 1.9, 1.9 - 3.25 * 0.4 / sqrt(5)};
	const double plain[5] = {2, 2, 2, 1.4, 1.4 - 3 * 0.4 / sqrt(5)};
	/* 0.4 * 5; z stays 5, alpha falls only with a step; 0.2 (5 - 3); 5 - 3 - 3 < 0 */
	const double sum[5] = {2, 2, 2, 0.4, 0};
	/* from 2: exponents 0.4 * 5 / 2, 0, 0, -0.2 * 3 / 2, ... */
	const double e[5] = {2 * exp(1), 2 * exp(1), 2 * exp(1), 2 * exp(0.7),
	                     2 * exp(0.7 - 0.6 / sqrt(5))};

	(void)state;
	assert_steps(TAUT_METHOD_SUBGRADIENT, seen, deflected, 5);
	assert_steps(TAUT_METHOD_STOCHASTIC, seen, plain, 5);
	assert_steps(TAUT_METHOD_DUAL_AVERAGING, seen, sum, 5);
	assert_steps(TAUT_METHOD_MIRROR_DESCENT, seen, e, 5);
}

/* Equations are free, >= rows have negative prices, no step leads beyond 0 there. */
static void signs_follow_the_limits(void **state)
{
	(void)state;
	for (int k = 0; k < N_METHODS; k++) {
		const bool        mirror = METHODS[k] == TAUT_METHOD_MIRROR_DESCENT;
		taut_model       *m = one_row(true, 4, 4);
		taut_formulation *f = started(METHODS[k], m, false, 0);

		assert_applied(f, m, 0, 0);
		tell(f, 0); /* alpha = 1/2, g = -4; u, v = 2 / e, 2 e */
		assert_applied(f, m, 0, mirror ? 2 * (exp(-1) - exp(1)) : -2);
		for (int t = 0; t < 40; t++)
			tell(f, 8);
		assert_true(((taut_multiplier *)f)->l[0] > 0.5);
		f->ops->close(f);
		taut_model_free(m);

		m = one_row(true, 4, TAUT_NO_LIMIT_HI);
		f = started(METHODS[k], m, false, 0);
		tell(f, 0);
		assert_applied(f, m, 0, mirror ? -2 * exp(1) : -2);
		for (int t = 0; t < 400; t++) {
			tell(f, 8);
			assert_true(((taut_multiplier *)f)->l[0] <= 0);
		}
		assert_applied(f, m, 0, 0);
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* Closed: L(l) = 4 min(0, 2 l - 4) - 3 l is largest at 2, which is where the square is put: rho/2
 * is the mild weight 1 times 50 / (1 row of 4 entries), the step rho. */
static void closed_forms_are_augmented(void **state)
{
	(void)state;
	for (int k = 0; k < N_METHODS; k++) {
		taut_model       *m = one_row(false, TAUT_NO_LIMIT_LO, 3);
		taut_formulation *f = started(METHODS[k], m, false, 0);

		assert_applied(f, m, 12.5, 2);
		if (METHODS[k] != TAUT_METHOD_MIRROR_DESCENT) {
			tell(f, 3.5); /* 2 + 25 / 2 */
			assert_applied(f, m, 12.5, 14.5);
		} else {
			tell(f, 3.02); /* exponent 25 * 0.02 / 2 */
			assert_applied(f, m, 12.5, 2 * exp(0.25));
		}
		f->ops->close(f);
		taut_model_free(m);
	}
}

/* Costs 1 and 5, exactly one of the two, 4 x_0 + x_1 <= 1: where exchange moves keep the group,
 * L(l) is min(1 + 4 l, 5 + l) - l, at most 5. */
static void groups_take_their_least(void **state)
{
	const int64_t ones[2] = {1, 1}, a[2] = {4, 1};
	taut_model   *m = NULL;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "g", 2, false, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_term(m, 0, 0, 1, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_term(m, 1, 1, 5, NULL), TAUT_OK);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_ONE_HOT, COLUMNS, ones, 2, 1, 1, 0, NULL, NULL),
		TAUT_OK);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, a, 2, TAUT_NO_LIMIT_LO, 1,
	                                    0, NULL, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	for (int k = 0; k < N_METHODS; k++) {
		taut_formulation *f = started(METHODS[k], m, true, 0);

		assert_true(fabs(((taut_multiplier *)f)->highest - 5) < 5e-4);
		assert_true(((taut_multiplier *)f)->l[0] == 0.0);
		f->ops->close(f);
	}
	taut_model_free(m);
}

/* Of two points with 8 and 0, each alone or both: l = 2, 1 or 0. Every choice comes up, and the
 * same for the same seed. */
static void samples_are_drawn_by_the_seed(void **state)
{
	const int64_t    points[2] = {8, 0};
	const double     mean = 4;
	const taut_round round = {
		.samples = 4, .mean_activity = &mean, .n_points = 2, .point_activity = points};
	taut_model *m = one_row(true, TAUT_NO_LIMIT_LO, 3);
	int         count[3] = {0};

	(void)state;
	for (int64_t seed = 0; seed < 60; seed++) {
		double l[2];

		for (int again = 0; again < 2; again++) {
			taut_formulation *f = started(TAUT_METHOD_STOCHASTIC, m, false, seed);

			assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
			l[again] = ((taut_multiplier *)f)->l[0];
			f->ops->close(f);
		}
		assert_true(l[0] == l[1]);
		assert_true(l[0] == 0.0 || fabs(l[0] - 1) < 1e-9 || fabs(l[0] - 2) < 1e-9);
		count[(int)(l[0] + 0.5)]++;
	}
	for (int k = 0; k < 3; k++)
		assert_true(count[k] > 5);
	taut_model_free(m);
}

/* Of six rows that are all broken, a part moves: never none, not always all. */
static void rows_are_drawn_by_the_seed(void **state)
{
	const int64_t    ones[3] = {1, 1, 1};
	const double     mean[6] = {2, 2, 2, 2, 2, 2};
	const taut_round round = {.samples = 1, .mean_activity = mean};
	taut_model      *m = NULL;
	int              moved = 0;

	(void)state;
	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "r", 8, true, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_term(m, 0, 7, -1, NULL), TAUT_OK);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(taut_model_add_term(m, i, i, 3, NULL), TAUT_OK);
	for (uint32_t k = 0; k < 6; k++)
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS + k, ones, 3,
		                                    TAUT_NO_LIMIT_LO, 1, 0, NULL, NULL),
		                 TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	for (int64_t seed = 0; seed < 100; seed++) {
		taut_formulation *f = started(TAUT_METHOD_STOCHASTIC, m, false, seed);
		int               now = 0;

		assert_int_equal(f->ops->observe(f, &round, &CTX, NULL), TAUT_OK);
		for (uint32_t k = 0; k < 6; k++)
			now += ((taut_multiplier *)f)->l[k] > 0;
		assert_true(now > 0);
		moved += now;
		f->ops->close(f);
	}
	assert_in_range(moved, 250, 400); /* 3.5 of 6 are expected */
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settled_multipliers_reach_the_lp),
		cmocka_unit_test(public_instances_reach_the_lp),
		cmocka_unit_test(rounds_step_as_by_hand),
		cmocka_unit_test(signs_follow_the_limits),
		cmocka_unit_test(closed_forms_are_augmented),
		cmocka_unit_test(groups_take_their_least),
		cmocka_unit_test(samples_are_drawn_by_the_seed),
		cmocka_unit_test(rows_are_drawn_by_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
