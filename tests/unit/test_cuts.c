/* cutting_plane and bundle: cuts against the definition, the dual's maximum against CLP's own
 * linear program. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "formulations/lagrangian/dual.h"
#include "formulations/lagrangian/master.h"
#include "formulations/lagrangian/proximal.h"
#include "model/evaluate.h"

enum { SEED = 20240612, N_MAX = 200, ROWS_MAX = 30 };
static const taut_ctx CTX = {.threads = 1};

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

/* Chu & Beasley's recipe: weights to 1000, capacities half of their sums, profits near the mean
 * weight. */
static taut_model *knapsack(taut_rng *rng, uint32_t n, uint32_t rows)
{
	static int64_t coef[ROWS_MAX][N_MAX];
	uint32_t       column[N_MAX];
	taut_model    *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "k", n, true, 0, NULL), TAUT_OK);
	for (uint32_t i = 0; i < n; i++) {
		int64_t sum = 0;

		column[i] = i;
		for (uint32_t k = 0; k < rows; k++)
			sum += coef[k][i] = between(rng, 1, 1000);
		assert_int_equal(
			taut_model_add_term(m, i, i, sum / rows + between(rng, 0, 500), NULL),
			TAUT_OK);
	}
	for (uint32_t k = 0; k < rows; k++) {
		int64_t sum = 0;

		for (uint32_t i = 0; i < n; i++)
			sum += coef[k][i];
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, column, coef[k], n,
		                                    TAUT_NO_LIMIT_LO, sum / 2, 0, NULL, NULL),
		                 TAUT_OK);
	}
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

/* A linear program with every kind of row, feasible at a planted point. */
static taut_model *program(taut_rng *rng, bool maximise)
{
	enum { N = 14, ROWS = 5 };
	uint32_t    column[N];
	int64_t     coef[ROWS][N], activity[ROWS] = {0};
	taut_model *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "p", N, maximise, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_offset(m, -17, NULL), TAUT_OK);
	for (uint32_t i = 0; i < N; i++) {
		const int64_t planted = between(rng, 0, 1);

		column[i] = i;
		for (int k = 0; k < ROWS; k++) {
			coef[k][i] = between(rng, -4, 9);
			activity[k] += planted * coef[k][i];
		}
		assert_int_equal(taut_model_add_term(m, i, i, between(rng, -20, 20), NULL),
		                 TAUT_OK);
	}
	for (int k = 0; k < ROWS; k++) {
		const int64_t lo = k == 0 ? TAUT_NO_LIMIT_LO : activity[k] - (k == 2 ? 0 : 2);
		const int64_t hi = k == 1 ? TAUT_NO_LIMIT_HI : activity[k] + (k == 2 ? 0 : 1);

		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, column, coef[k], N, lo, hi,
		                                    0, NULL, NULL),
		                 TAUT_OK);
	}
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

static taut_status start(taut_formulation **out, taut_method method, const taut_model *m,
                         taut_error *err)
{
	taut_options options;

	taut_options_default(&options);
	return taut_formulation_find(method)->start(out, m, &options, false, NULL, &CTX, err);
}

/* False, said loudly, where this build has no cutting_plane. */
static bool has(taut_method method)
{
	if (method != TAUT_METHOD_CUTTING_PLANE || taut_master_built())
		return true;
	print_message("NOT TRIED: cutting_plane, built without CLP\n");
	return false;
}

/* --- the linear relaxation, by CLP --- */

static void *function(void *library, const char *name)
{
	void *address = dlsym(library, name);

	assert_non_null(address);
	return address;
}

#define CALL(result, name, ...) ((result(*)(__VA_ARGS__))(uintptr_t)function(library, name))

/* Least value of the objective to be minimised over the relaxation; false without CLP. */
static bool relaxed(double *out, const taut_model *m)
{
	void   *library = dlopen("libClp.so.1", RTLD_NOW | RTLD_LOCAL);
	void   *lp;
	int    *first, *row;
	double *entry, *lo, *hi, *cost, *row_lo, *row_hi;

	if (!library) {
		print_message("NOT TRIED: comparison with CLP, whose library is not here\n");
		return false;
	}
	first = calloc(m->n + 1, sizeof *first);
	row = calloc(m->column_first[m->n] + 1, sizeof *row);
	entry = calloc(m->column_first[m->n] + 1, sizeof *entry);
	lo = calloc(m->n, sizeof *lo);
	hi = calloc(m->n, sizeof *hi);
	cost = calloc(m->n, sizeof *cost);
	row_lo = calloc(m->n_rows, sizeof *row_lo);
	row_hi = calloc(m->n_rows, sizeof *row_hi);
	assert_true(first && row && entry && lo && hi && cost && row_lo && row_hi);
	for (uint32_t i = 0; i < m->n; i++) {
		hi[i] = 1;
		cost[i] = (m->maximise ? -1.0 : 1.0) * (double)m->linear[i];
		first[i + 1] = (int)m->column_first[i + 1];
	}
	for (size_t e = 0; e < m->column_first[m->n]; e++) {
		row[e] = (int)m->column_row[e];
		entry[e] = (double)m->column_coef[e];
	}
	for (uint32_t k = 0; k < m->n_rows; k++) {
		row_lo[k] = m->rows[k].lo == TAUT_NO_LIMIT_LO ? -1e300 : (double)m->rows[k].lo;
		row_hi[k] = m->rows[k].hi == TAUT_NO_LIMIT_HI ? 1e300 : (double)m->rows[k].hi;
	}
	lp = CALL(void *, "Clp_newModel", void)();
	CALL(void, "Clp_setLogLevel", void *, int)(lp, 0);
	CALL(void, "Clp_loadProblem", void *, int, int, const int *, const int *, const double *,
	     const double *, const double *, const double *, const double *, const double *)
	(lp, (int)m->n, (int)m->n_rows, first, row, entry, lo, hi, cost, row_lo, row_hi);
	(void)CALL(int, "Clp_dual", void *, int)(lp, 0);
	assert_int_equal(CALL(int, "Clp_isProvenOptimal", void *)(lp), 1);
	*out = CALL(double, "Clp_getObjValue", void *)(lp) +
	       (m->maximise ? -1.0 : 1.0) * (double)m->offset;
	CALL(void, "Clp_deleteModel", void *)(lp);
	free(first);
	free(row);
	free(entry);
	free(lo);
	free(hi);
	free(cost);
	free(row_lo);
	free(row_hi);
	return true;
}

/* L at the multipliers that the method reports, from the model's numbers alone. */
static double dual_value(taut_formulation *f, const taut_model *m)
{
	taut_applied applied;
	taut_qubo   *q = NULL;
	taut_codec   codec;
	double       value = (m->maximise ? -1.0 : 1.0) * (double)m->offset;

	assert_int_equal(f->ops->encode(&q, &codec, f, &CTX, NULL), TAUT_OK);
	taut_codec_fini(&codec);
	taut_qubo_free(q);
	f->ops->describe(&applied, f);
	assert_non_null(applied.multipliers);
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double l = applied.multipliers[k];

		assert_true(m->rows[k].lo != TAUT_NO_LIMIT_LO || l >= 0);
		assert_true(m->rows[k].hi != TAUT_NO_LIMIT_HI || l <= 0);
		if (l != 0)
			value -= l * (double)(l > 0 ? m->rows[k].hi : m->rows[k].lo);
	}
	for (uint32_t i = 0; i < m->n; i++) {
		double change = (m->maximise ? -1.0 : 1.0) * (double)m->linear[i];

		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			change += applied.multipliers[m->column_row[e]] * (double)m->column_coef[e];
		value += fmin(change, 0);
	}
	return value;
}

/* A round without points, at which every mean is at the rows' limits. */
static void quiet_round(taut_formulation *f, const taut_model *m)
{
	double     mean[ROWS_MAX];
	taut_round seen = {.samples = 1, .mean_activity = mean};

	for (uint32_t k = 0; k < m->n_rows; k++)
		mean[k] =
			(double)(m->rows[k].hi != TAUT_NO_LIMIT_HI ? m->rows[k].hi : m->rows[k].lo);
	assert_int_equal(f->ops->observe(f, &seen, &CTX, NULL), TAUT_OK);
}

/* Evaluations of Polyak's steps until L is within 1e-4 of its maximum: an incumbent 1 % below the
 * bound, theta halved after three steps without a better L (Held, Wolfe & Crowder 1974). */
static uint64_t subgradient_evaluations(const taut_model *m, double optimum)
{
	enum { EVALUATIONS_MAX = 5000 };
	taut_options options;
	taut_plan    plan = {0};
	taut_cuts    cuts = {0};
	double       v[2 * ROWS_MAX] = {0}, slope[2 * ROWS_MAX];
	double       value, there, best = -INFINITY, theta = 1;
	uint64_t     evaluations = 0;
	int          since = 0;

	taut_options_default(&options);
	assert_int_equal(taut_plan_init(&plan, taut_formulation_find(TAUT_METHOD_BUNDLE), m,
	                                &options, false, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_cuts_init(&cuts, &plan, 2, NULL), TAUT_OK);
	for (; evaluations < EVALUATIONS_MAX; evaluations++) {
		double square = 0;

		cuts.count = 0;
		assert_int_equal(taut_cuts_evaluate(&value, &there, &cuts, v, v, NULL), TAUT_OK);
		if (optimum - value * cuts.unit <= 1e-4 * fabs(optimum))
			break;
		since = value > best ? 0 : since + 1;
		best = fmax(best, value);
		if (since >= 3) {
			theta /= 2;
			since = 0;
		}
		memcpy(slope, cuts.slope, cuts.n * sizeof *slope);
		for (uint32_t j = 0; j < cuts.n; j++)
			square += v[j] > 0 || slope[j] > 0 ? slope[j] * slope[j] : 0;
		for (uint32_t j = 0; j < cuts.n; j++)
			v[j] = fmax(0, v[j] + theta * (0.99 * optimum / cuts.unit - value) /
			                               square * slope[j]);
	}
	taut_cuts_fini(&cuts);
	taut_plan_fini(&plan);
	return evaluations;
}

static void knapsacks_reach_the_linear_bound(void **state)
{
	static const uint32_t    sizes[4][2] = {{60, 5}, {100, 10}, {200, 10}, {200, 30}};
	static const taut_method methods[2] = {TAUT_METHOD_CUTTING_PLANE, TAUT_METHOD_BUNDLE};
	uint64_t                 total[3] = {0};
	taut_rng                 rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (int s = 0; s < 4; s++) {
		taut_model *m = knapsack(&rng, sizes[s][0], sizes[s][1]);
		double      bound;

		if (!relaxed(&bound, m)) {
			taut_model_free(m);
			skip();
		}
		for (int which = 0; which < 2; which++) {
			taut_formulation *f = NULL;
			double            value;
			uint64_t          evaluations;

			if (!has(methods[which]))
				continue;
			assert_int_equal(start(&f, methods[which], m, NULL), TAUT_OK);
			value = dual_value(f, m);
			evaluations = ((taut_dual *)f)->cuts.evaluations;
			print_message("%u x %u, %s: %llu evaluations, %.3g below the "
			              "bound; subgradient: %llu to 1e-4\n",
			              sizes[s][0], sizes[s][1],
			              taut_method_names.names[methods[which]].name,
			              (unsigned long long)evaluations,
			              (bound - value) / fabs(bound),
			              (unsigned long long)subgradient_evaluations(m, bound));
			total[which] += evaluations;
			if (which == 1)
				assert_true(evaluations < subgradient_evaluations(m, bound));
			assert_true(value >= bound - 1e-4 * fabs(bound));
			assert_true(value <= bound + 1e-7 * fabs(bound));
			f->ops->close(f);
		}
		total[2] += subgradient_evaluations(m, bound);
		taut_model_free(m);
	}
	/* Kelley's steps swing: fewer in all, not on every problem */
	assert_true(total[0] < total[2] && total[1] < total[2]);
}

static void rows_of_every_kind_reach_the_linear_bound(void **state)
{
	static const taut_method methods[2] = {TAUT_METHOD_CUTTING_PLANE, TAUT_METHOD_BUNDLE};
	taut_rng                 rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (int round = 0; round < 40; round++) {
		taut_model *m = program(&rng, round % 2);
		double      bound;

		if (!relaxed(&bound, m)) {
			taut_model_free(m);
			skip();
		}
		for (int which = 0; which < 2; which++) {
			taut_formulation *f = NULL;
			const taut_dual  *d;
			double            value;

			if (!has(methods[which]))
				continue;
			assert_int_equal(start(&f, methods[which], m, NULL), TAUT_OK);
			for (int k = 0; k < 10; k++)
				quiet_round(f, m);
			value = dual_value(f, m);
			/* the encoding's multipliers are rounded to 1 part in 2^13, and all changes
			 * together are some 140 */
			assert_true(value >= bound - 0.1);
			d = (const taut_dual *)f;
			assert_true(fabs(d->value * d->cuts.unit - bound) <=
			            1e-5 * fmax(1, fabs(bound)));
			assert_true(value <= bound + 1e-6 * fmax(1, fabs(bound)));
			f->ops->close(f);
		}
		taut_model_free(m);
	}
}

/* Every cut of closed form and samples lies above L at random prices, with equality for the closed
 * form's own; so does the master's value. */
static void cuts_lie_above_the_dual(void **state)
{
	taut_rng     rng;
	taut_options options;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	taut_options_default(&options);
	for (int round = 0; round < 20; round++) {
		taut_model *m = program(&rng, round % 2);
		taut_plan   plan = {0};
		taut_cuts   cuts = {0};
		double      v[2 * ROWS_MAX], value, there;
		int64_t     activity[2 * ROWS_MAX], objective[2];
		uint64_t    conflicts[2] = {0, 1}; /* the second is outside */
		taut_round  seen = {.n_points = 2,
		                    .point_objective = objective,
		                    .point_activity = activity,
		                    .point_conflicts = conflicts};

		assert_int_equal(taut_plan_init(&plan, taut_formulation_find(TAUT_METHOD_BUNDLE), m,
		                                &options, false, NULL),
		                 TAUT_OK);
		assert_int_equal(taut_cuts_init(&cuts, &plan, 8, NULL), TAUT_OK);
		assert_true(cuts.closed);
		for (int step = 0; step < 30; step++) {
			uint8_t x[14];
			size_t  before;

			for (uint32_t j = 0; j < cuts.n; j++)
				v[j] = cuts.side[j].lo +
				       (cuts.side[j].hi - cuts.side[j].lo) *
				               ((double)between(&rng, 0, 1000) / 1000);
			assert_int_equal(taut_cuts_evaluate(&value, &there, &cuts, v, v, NULL),
			                 TAUT_OK);
			assert_true(fabs(there - value) <= 1e-12);
			assert_true(fabs(taut_cuts_model(&cuts, v) - value) <= 1e-12);
			for (uint32_t i = 0; i < m->n; i++)
				x[i] = (uint8_t)between(&rng, 0, 1);
			objective[0] = objective[1] = taut_model_objective(m, x);
			for (uint32_t k = 0; k < m->n_rows; k++)
				activity[k] = activity[m->n_rows + k] = taut_row_activity(m, k, x);
			before = cuts.count;
			assert_int_equal(taut_cuts_take(&cuts, &seen, v, NULL), TAUT_OK);
			assert_true(cuts.count == before + 1 || cuts.count <= 5);
			assert_true(cuts.count <= 8);
			/* a random x is no better than the minimiser */
			assert_true(fabs(taut_cuts_model(&cuts, v) - value) <= 1e-12);
		}
		taut_cuts_fini(&cuts);
		taut_plan_fini(&plan);
		taut_model_free(m);
	}
}

/* The proximal master against its optimality conditions: no cut with weight is above the least by
 * more than the tolerance, and v is the weighted step; here by a fine search in one dimension. */
static void proximal_point_in_one_dimension(void **state)
{
	double    values[3] = {0, 0.4, 1.0}, slopes[3] = {1, 0.2, -0.5};
	taut_side side = {.lo = 0, .hi = 2};
	taut_cuts cuts = {.n = 1, .side = &side, .count = 3, .value = values, .slope = slopes};

	(void)state;
	for (double tau = 0.01; tau < 100; tau *= 3) {
		const double centre = 0.25;
		double       v, value, mean, best = -INFINITY, at = 0;

		assert_int_equal(
			taut_proximal_solve(&v, &value, &mean, &cuts, &centre, 0.25, tau, NULL),
			TAUT_OK);
		for (int k = 0; k <= 20000; k++) {
			const double u = k * 1e-4;
			const double here = taut_cuts_model(&cuts, &u) -
			                    (u - centre) * (u - centre) / (2 * tau);

			if (here > best) {
				best = here;
				at = u;
			}
		}
		assert_true(value - (v - centre) * (v - centre) / (2 * tau) >= best - 0.03);
		assert_true(mean >= value);
		assert_true(fabs(v - at) < 0.1);
	}
}

/* Same model, same rounds: the same multipliers, bit for bit. */
static void runs_repeat(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (int which = 0; which < 2; which++) {
		const taut_method method = which ? TAUT_METHOD_BUNDLE : TAUT_METHOD_CUTTING_PLANE;
		taut_model       *m = knapsack(&rng, 60, 5);
		double            seen[2][5];

		for (int run = 0; run < 2 && has(method); run++) {
			taut_formulation *f = NULL;

			assert_int_equal(start(&f, method, m, NULL), TAUT_OK);
			quiet_round(f, m);
			memcpy(seen[run], ((taut_dual *)f)->l, sizeof seen[run]);
			f->ops->close(f);
		}
		if (has(method))
			assert_memory_equal(seen[0], seen[1], sizeof seen[0]);
		taut_model_free(m);
	}
}

static void failing_allocations_leave_nothing(void **state)
{
	taut_rng rng;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 5);
	for (int which = 0; which < 2; which++) {
		const taut_method method = which ? TAUT_METHOD_BUNDLE : TAUT_METHOD_CUTTING_PLANE;
		taut_model       *m = program(&rng, false);
		taut_status       st = TAUT_ENOMEM;

		for (long nth = 1; st == TAUT_ENOMEM && has(method); nth++) {
			taut_formulation *f = NULL;
			double            mean[8] = {0};
			int64_t           objective = 3, activity[8] = {5, 1, 2, 3, 4, 5, 6, 7};
			uint64_t          conflicts = 0;
			taut_round        seen = {.samples = 1,
			                          .mean_activity = mean,
			                          .n_points = 1,
			                          .point_objective = &objective,
			                          .point_activity = activity,
			                          .point_conflicts = &conflicts};

			taut_faults_arm(nth, 0);
			st = start(&f, method, m, NULL);
			if (st == TAUT_OK)
				st = f->ops->observe(f, &seen, &CTX, NULL);
			taut_faults_arm(0, 0);
			if (f)
				f->ops->close(f);
			assert_true(nth < 100000);
		}
		if (has(method))
			assert_int_equal(st, TAUT_OK);
		taut_model_free(m);
	}
}

static void without_clp_a_message_says_what_to_do(void **state)
{
	taut_formulation *f = NULL;
	taut_model       *m;
	taut_rng          rng;
	taut_error        err = {TAUT_OK, ""};

	(void)state;
	if (taut_master_built()) {
		print_message("SKIPPED: this build has CLP\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 6);
	m = knapsack(&rng, 20, 2);
	assert_int_equal(start(&f, TAUT_METHOD_CUTTING_PLANE, m, &err), TAUT_EUSAGE);
	assert_null(f);
	assert_non_null(strstr(err.text, "-DTAUT_WITH_CLP=ON"));
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knapsacks_reach_the_linear_bound),
		cmocka_unit_test(rows_of_every_kind_reach_the_linear_bound),
		cmocka_unit_test(cuts_lie_above_the_dual),
		cmocka_unit_test(proximal_point_in_one_dimension),
		cmocka_unit_test(runs_repeat),
		cmocka_unit_test(failing_allocations_leave_nothing),
		cmocka_unit_test(without_clp_a_message_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
