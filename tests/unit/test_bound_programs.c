/* Bounds by linear programs: never beaten by any feasible answer of random small models of every
 * kind, their reduced costs and cuts never wrong, the LP's value met; and the bound of deviations.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/rng.h"
#include "bound/clique_cuts.h"
#include "bound/cover_cuts.h"
#include "bound/deviation.h"
#include "bound/lagrangian.h"
#include "bound/linear_program.h"
#include "bound/products.h"
#include "model/evaluate.h"

enum { SEED = 20250611, N_MAX = 11, COLUMNS_MAX = 80 };
static const taut_ctx CTX = {.threads = 1};

/* False, said loudly, where this build or machine has no CLP. */
static bool has_clp(void)
{
	taut_error why = {TAUT_OK, ""};

	if (taut_clp_check(&why) == TAUT_OK)
		return true;
	print_message("SKIPPED: CLP %s\n", why.text);
	return false;
}

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

static void ok(taut_status st)
{
	assert_int_equal(st, TAUT_OK);
}

/* A row over random columns near the activity of a random point, so that many are feasible. */
static void add_row(taut_model *m, taut_rng *rng, int64_t size, bool knapsack)
{
	uint32_t col[N_MAX];
	int64_t  coef[N_MAX], activity = 0;
	size_t   count = 0;
	int64_t  lo, hi;

	for (uint32_t j = 0; j < m->n; j++) {
		if (taut_rng_below(rng, 4) == 0)
			continue;
		col[count] = j;
		coef[count] = between(rng, knapsack ? 0 : -size, size);
		activity += taut_rng_below(rng, 2) ? coef[count] : 0;
		count++;
	}
	if (count == 0)
		return;
	lo = knapsack || taut_rng_below(rng, 2) ? TAUT_NO_LIMIT_LO
	                                        : activity - between(rng, 0, size);
	hi = !knapsack && taut_rng_below(rng, 3) == 0 ? TAUT_NO_LIMIT_HI
	                                              : activity + between(rng, 0, size / 4);
	if (lo == TAUT_NO_LIMIT_LO && hi == TAUT_NO_LIMIT_HI)
		hi = activity;
	ok(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, count, lo, hi, 0, NULL, NULL));
}

static void add_group(taut_model *m, taut_rng *rng, taut_row_tag tag)
{
	const int64_t ones[N_MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	uint32_t      col[N_MAX];
	size_t        count = 0;

	for (uint32_t j = 0; j < m->n; j++)
		if (taut_rng_below(rng, 3) == 0)
			col[count++] = j;
	if (count > 1)
		ok(taut_model_add_row(m, tag, col, ones, count, tag == TAUT_ROW_ONE_HOT, 1, 0, NULL,
		                      NULL));
}

enum { KNAPSACK, SET, LINEAR, PRODUCTS, MIXED, N_KINDS };

static void add_constraints(taut_model *m, taut_rng *rng, int kind, int64_t size)
{
	for (uint32_t u = 0; u < m->n && (kind == SET || kind == MIXED); u++)
		for (uint32_t v = 0; v < u; v++)
			if (taut_rng_below(rng, 100) < (kind == SET ? 45 : 15))
				ok(taut_model_add_conflict(m, u, v, NULL));
	for (int64_t k = kind == SET ? 0 : between(rng, 1, 3); k > 0; k--)
		add_row(m, rng, size, kind == KNAPSACK);
	if (kind >= PRODUCTS) {
		add_group(m, rng, TAUT_ROW_ONE_HOT);
		add_group(m, rng, TAUT_ROW_AT_MOST_ONE);
	}
}

static taut_model *random_model(taut_rng *rng, int kind, int64_t size)
{
	const uint32_t n = (uint32_t)between(rng, 1, N_MAX);
	const bool     packing = kind == KNAPSACK || kind == SET;
	taut_model    *m = NULL;

	ok(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "m", n, packing || taut_rng_below(rng, 2),
	                  0, NULL));
	ok(taut_model_add_offset(m, between(rng, -9, 9), NULL));
	for (uint32_t i = 0; i < n; i++) {
		ok(taut_model_add_term(m, i, i, between(rng, packing ? 0 : -size, size), NULL));
		for (uint32_t j = 0; j < i && kind >= PRODUCTS; j++)
			if (taut_rng_below(rng, 2))
				ok(taut_model_add_term(m, i, j, between(rng, -size, size), NULL));
	}
	add_constraints(m, rng, kind, size);
	if (kind == MIXED && size < 1000) {
		const uint32_t col[2] = {0, n - 1};
		const int64_t  coef[2] = {between(rng, -9, 9), 6};

		ok(taut_model_add_form(m, TAUT_FORM_SQUARE, between(rng, -3, 3), col, coef, 2,
		                       between(rng, -5, 9), NULL, NULL));
		ok(taut_model_add_form(m, TAUT_FORM_ABS, between(rng, -3, 3), col, coef, 2,
		                       between(rng, -5, 9), NULL, NULL));
	}
	ok(taut_model_finish(m, NULL));
	return m;
}

static void point(uint8_t *x, const taut_model *m, uint32_t bits)
{
	for (uint32_t i = 0; i < m->n; i++)
		x[i] = bits >> i & 1;
}

/* What bound.h says of the reduced costs, for a feasible x. */
static void check_reduced(const taut_bound *b, const taut_model *m, const uint8_t *x)
{
	const int64_t gain = m->maximise ? taut_model_objective(m, x) : -taut_model_objective(m, x);
	int64_t       left = b->reach, scaled;

	for (uint32_t j = 0; b->reduced && j < m->n; j++)
		if (b->reduced[j] > 0 ? !x[j] : x[j])
			assert_true(taut_sub64(&left, left,
			                       b->reduced[j] < 0 ? -b->reduced[j] : b->reduced[j]));
	if (b->reduced && taut_mul64(&scaled, gain, INT64_C(1) << b->bits))
		assert_true(scaled <= left);
}

/* The bound and its reduced costs against every x; true where the best x meets it. */
static bool check_bound(const taut_bound *b, const taut_model *m, bool *feasible)
{
	int64_t best = 0;
	uint8_t x[N_MAX], at[N_MAX] = {0};

	*feasible = false;
	for (uint32_t bits = 0; bits < UINT32_C(1) << m->n; bits++) {
		point(x, m, bits);
		if (!taut_model_feasible(m, x))
			continue;
		check_reduced(b, m, x);
		if (!*feasible || taut_better(m, taut_model_objective(m, x), best)) {
			best = taut_model_objective(m, x);
			memcpy(at, x, m->n);
		}
		*feasible = true;
	}
	if (!*feasible)
		return false;
	assert_false(taut_better(m, best, b->value));
	for (uint32_t j = 0; j < m->n; j++) {
		const int value = taut_bound_fixes(b, m, j, best + (m->maximise ? -1 : 1));

		assert_true(value == -1 ||
		            value == at[j]); /* better than that is `at` alone or its equals */
	}
	return best == b->value;
}

static void never_beaten(void **state)
{
	const int64_t sizes[5] = {1, 9, 100, 1000000, INT64_C(1) << 40};
	int           met[N_KINDS] = {0}, feasible_models = 0;
	taut_rng      rng;

	(void)state;
	if (!has_clp())
		skip();
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 3000; round++) {
		const int   kind = round % N_KINDS;
		taut_model *m = random_model(&rng, kind, sizes[round / N_KINDS % 5]);
		taut_bound  b;
		bool        feasible;

		ok(taut_bound_linear_program(&b, m, &CTX, NULL));
		assert_true(b.known);
		assert_true((b.multipliers != NULL) == (m->structure == TAUT_STRUCTURE_KNAPSACK));
		met[kind] += check_bound(&b, m, &feasible);
		feasible_models += feasible;
		taut_bound_fini(&b);
		if (m->structure == TAUT_STRUCTURE_KNAPSACK) {
			ok(taut_bound_lagrangian(&b, m, &CTX, NULL));
			assert_true(b.known && b.reduced);
			(void)check_bound(&b, m, &feasible);
			taut_bound_fini(&b);
		}
		taut_model_free(m);
	}
	print_message("%d feasible; met: %d %d %d %d %d\n", feasible_models, met[0], met[1], met[2],
	              met[3], met[4]);
	assert_true(feasible_models > 1500);
	for (int kind = 0; kind < N_KINDS; kind++)
		assert_true(met[kind] > 30);
}

/* --- every row and column that is added holds for every feasible x --- */

static void rows_hold(const taut_relaxation *r, const taut_model *m, size_t from)
{
	uint8_t x[N_MAX];
	int64_t value[COLUMNS_MAX];

	for (uint32_t bits = 0; bits < UINT32_C(1) << m->n; bits++) {
		uint32_t z = m->n;

		point(x, m, bits);
		if (!taut_model_feasible(m, x))
			continue;
		for (uint32_t i = 0; i < m->n; i++)
			value[i] = x[i];
		for (uint32_t i = 0; i < m->n && r->n > m->n; i++)
			for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++) {
				const uint32_t j = m->quad_col[e];
				const int64_t  gain =
                                        m->maximise ? m->quad_coef[e] : -m->quad_coef[e];

				/* columns come in the order of the pairs; those left out are 0 */
				if (j < i || z == r->n || gain != r->gain[z]) {
					assert_true(j < i || !(x[i] && x[j]));
					continue;
				}
				value[z++] = x[i] && x[j];
			}
		assert_int_equal(z, r->n);
		for (size_t k = from; k < r->n_rows; k++) {
			int64_t sum = 0;

			for (size_t e = r->first[k]; e < r->first[k + 1]; e++)
				sum += r->coef[e] * value[r->col[e]];
			assert_true(sum <= r->hi[k] &&
			            (r->lo[k] == TAUT_NO_LIMIT_LO || sum >= r->lo[k]));
		}
	}
}

static void cuts_hold(void **state)
{
	size_t   n_covers = 0, n_cliques = 0;
	taut_rng rng;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 1000; round++) {
		taut_model       *m = random_model(&rng,
                                             round % 2   ? MIXED
		                                   : round % 4 ? SET
		                                               : LINEAR,
		                                   30);
		taut_relaxation   r;
		taut_cover_cuts  *covers;
		taut_clique_cuts *cliques;
		uint64_t          work = 0;
		double            x[N_MAX];

		ok(taut_relaxation_init(&r, m, NULL));
		ok(taut_cover_cuts_new(&covers, &r, NULL));
		ok(taut_clique_cuts_new(&cliques, m, NULL));
		for (int point_at = 0; point_at < 8; point_at++) {
			for (uint32_t j = 0; j < m->n; j++)
				x[j] = (double)between(&rng, -3, 9) / 6;
			for (uint32_t j = 0; j < m->n; j++)
				x[j] = x[j] < 0 ? 0 : x[j] > 1 ? 1 : x[j];
			for (uint32_t k = 0; k < m->n_rows; k++)
				for (int side = 0; side < 2; side++)
					ok(taut_cover_cuts_separate(&n_covers, covers, &r, k, side,
					                            x, &work, UINT64_MAX, NULL));
			if (m->n_conflicts > 0)
				ok(taut_clique_cuts_separate(&n_cliques, cliques, &r, x, &work,
				                             UINT64_MAX, NULL));
		}
		rows_hold(&r, m, m->n_rows);
		taut_cover_cuts_free(covers);
		taut_clique_cuts_free(cliques);
		taut_relaxation_fini(&r);
		taut_model_free(m);
	}
	print_message("%zu covers, %zu cliques\n", n_covers, n_cliques);
	assert_true(n_covers > 300 && n_cliques > 1000);
}

static void products_hold(void **state)
{
	size_t   n_rows = 0;
	taut_rng rng;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 2);
	for (int round = 0; round < 1000; round++) {
		taut_model *m = random_model(&rng, round % 2 ? MIXED : PRODUCTS, INT64_C(1) << 30);
		taut_relaxation r;
		bool            fits;

		ok(taut_relaxation_init(&r, m, NULL));
		ok(taut_products_add(&fits, &r, 1 << 20, NULL));
		assert_true(fits);
		rows_hold(&r, m, m->n_rows);
		n_rows += r.n_rows - m->n_rows;
		taut_relaxation_fini(&r);
		ok(taut_relaxation_init(&r, m, NULL));
		ok(taut_products_add(&fits, &r, 0, NULL));
		assert_true(!fits || !taut_model_is_coupled(m));
		taut_relaxation_fini(&r);
		taut_model_free(m);
	}
	assert_true(n_rows > 10000);
}

/* --- values --- */

/* The certificate of an optimal basis is the LP's own value. */
static void meets_the_program(void **state)
{
	int      n_solved = 0;
	taut_rng rng;

	(void)state;
	if (!has_clp())
		skip();
	taut_rng_init(&rng, SEED, 3);
	for (int round = 0; round < 1000; round++) {
		taut_model     *m = random_model(&rng, round % N_KINDS, round % 3 ? 1000 : 1000000);
		taut_relaxation r;
		const double   *x;
		bool            solved, fits = true;

		ok(taut_relaxation_init(&r, m, NULL));
		if (taut_model_is_coupled(m))
			ok(taut_products_add(&fits, &r, 1 << 20, NULL));
		ok(taut_relaxation_solve(&x, &solved, &r, 100000, &CTX, NULL));
		assert_true(r.known);
		if (solved) {
			const double value = -taut_clp_value(r.lp);

			n_solved++;
			assert_true(fabs(ldexp((double)r.reach, -r.bits) - value) <=
			            1e-6 * (1 + fabs(value)));
		}
		taut_relaxation_fini(&r);
		taut_model_free(m);
	}
	assert_true(n_solved > 600);
}

/* 5-cycle: cliques of two, LP 5/2; two triangles and a bridge: 2 by cliques of three. Covers: 3x +
 * 3y + 3z <= 5 allows one. */
static void stated_values(void **state)
{
	const uint32_t col[3] = {0, 1, 2};
	const int64_t  coef[3] = {3, 3, 3};
	const uint32_t edge[7][2] = {{0, 1}, {1, 2}, {0, 2}, {3, 4}, {4, 5}, {3, 5}, {2, 3}};
	taut_model    *m = NULL;
	taut_bound     b;

	(void)state;
	if (!has_clp())
		skip();
	ok(taut_model_new(&m, TAUT_FAMILY_MIS, "cycle", 5, true, 0, NULL));
	for (uint32_t v = 0; v < 5; v++) {
		ok(taut_model_add_term(m, v, v, 2, NULL));
		ok(taut_model_add_conflict(m, v, (v + 1) % 5, NULL));
	}
	ok(taut_model_finish(m, NULL));
	ok(taut_bound_linear_program(&b, m, &CTX, NULL));
	assert_int_equal(b.value, 4); /* 5, a multiple of 2 */
	assert_string_equal(b.kind, "lp_clique");
	taut_bound_fini(&b);
	taut_model_free(m);
	ok(taut_model_new(&m, TAUT_FAMILY_MIS, "triangles", 6, true, 0, NULL));
	for (uint32_t v = 0; v < 6; v++)
		ok(taut_model_add_term(m, v, v, 1, NULL));
	for (int e = 0; e < 7; e++)
		ok(taut_model_add_conflict(m, edge[e][0], edge[e][1], NULL));
	ok(taut_model_finish(m, NULL));
	ok(taut_bound_linear_program(&b, m, &CTX, NULL));
	assert_int_equal(b.value, 2);
	taut_bound_fini(&b);
	taut_model_free(m);
	ok(taut_model_new(&m, TAUT_FAMILY_MDKP, "cover", 3, true, 0, NULL));
	for (uint32_t i = 0; i < 3; i++)
		ok(taut_model_add_term(m, i, i, i == 0 ? 101 : 100, NULL));
	ok(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, 3, TAUT_NO_LIMIT_LO, 5, 0, NULL,
	                      NULL));
	ok(taut_model_finish(m, NULL));
	ok(taut_bound_linear_program(&b, m, &CTX, NULL));
	assert_int_equal(b.value, 101); /* the LP's is 167 */
	assert_string_equal(b.kind, "lp_cover");
	taut_bound_fini(&b);
	taut_model_free(m);
}

/* One form at a time and many against every x. */
static void deviations(void **state)
{
	int      met = 0;
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (int round = 0; round < 1000; round++) {
		const uint32_t n = (uint32_t)between(&rng, 1, N_MAX);
		const bool     maximise = taut_rng_below(&rng, 2);
		int64_t        best = INT64_MIN;
		uint8_t        x[N_MAX];
		taut_model    *m = NULL;
		taut_bound     b;

		ok(taut_model_new(&m, TAUT_FAMILY_MARKET_SHARE, "d", n, maximise, 0, NULL));
		ok(taut_model_add_offset(m, between(&rng, -9, 9), NULL));
		for (int64_t f = between(&rng, 1, 3); f > 0; f--) {
			const int64_t unit = between(&rng, 1, 4);
			uint32_t      col[N_MAX];
			int64_t       coef[N_MAX];

			for (uint32_t j = 0; j < n; j++) {
				col[j] = j;
				coef[j] = unit * between(&rng, -2, 9);
			}
			ok(taut_model_add_form(
				m, taut_rng_below(&rng, 2) ? TAUT_FORM_SQUARE : TAUT_FORM_ABS,
				between(&rng, -2, 5), col, coef, n, between(&rng, -20, 60), NULL,
				NULL));
		}
		ok(taut_model_finish(m, NULL));
		if (m->structure == TAUT_STRUCTURE_DEVIATION) {
			ok(taut_bound_compute(&b, m, &CTX, NULL));
			assert_true(b.known);
			assert_string_equal(b.kind, "deviation");
			for (uint32_t bits = 0; bits < UINT32_C(1) << n; bits++) {
				int64_t gain;

				point(x, m, bits);
				gain = maximise ? taut_model_objective(m, x)
				                : -taut_model_objective(m, x);
				best = gain > best ? gain : best;
			}
			assert_true(best <= (maximise ? b.value : -b.value));
			met += best == (maximise ? b.value : -b.value);
			taut_bound_fini(&b);
		}
		taut_model_free(m);
	}
	print_message("%d of 1000 met\n", met);
	assert_true(met > 150);
}

/* --- the edges --- */

/* Numbers near 64 bits: a valid value or none. */
static void near_overflow(void **state)
{
	int known = 0;

	(void)state;
	if (!has_clp())
		skip();
	for (int bits = 40; bits <= 61; bits++)
		for (int kind = 0; kind < 4; kind++) {
			const int64_t  w = (INT64_C(1) << bits) - 1;
			const uint32_t col[3] = {0, 1, 2};
			const int64_t  coef[3] = {w / 3, w / 4, kind % 2 ? w / 5 : -w / 5};
			taut_model    *m = NULL;
			taut_bound     b;
			bool           feasible;

			ok(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "w", 3, kind < 2, 0,
			                  NULL));
			for (uint32_t j = 0; j < 3; j++)
				ok(taut_model_add_term(m, j, j, kind < 2 ? w / 4 : -w / 4, NULL));
			if (kind == 3)
				ok(taut_model_add_term(m, 0, 1, w / 8, NULL));
			ok(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, 3, TAUT_NO_LIMIT_LO,
			                      w / 2, 0, NULL, NULL));
			if (taut_model_finish(m, NULL) == TAUT_OK) {
				ok(taut_bound_linear_program(&b, m, &CTX, NULL));
				if (b.known)
					(void)check_bound(&b, m, &feasible);
				known += b.known;
				taut_bound_fini(&b);
			}
			taut_model_free(m);
		}
	assert_true(known > 60);
}

static void stopped_and_without_rows(void **state)
{
	const volatile int stop = 1;
	const taut_ctx     stopped = {.threads = 1, .stop = &stop};
	const uint32_t     col[1] = {0};
	const int64_t      coef[1] = {4};
	taut_model        *m = NULL;
	taut_bound         b;
	bool               feasible;

	(void)state;
	ok(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "f", 2, false, 0, NULL));
	ok(taut_model_add_term(m, 1, 1, -3, NULL));
	ok(taut_model_add_form(m, TAUT_FORM_ABS, 1, col, coef, 1, 1, NULL, NULL));
	ok(taut_model_finish(m, NULL));
	assert_int_equal(m->structure, TAUT_STRUCTURE_GENERIC);
	ok(taut_bound_linear_program(&b, m, &stopped, NULL));
	assert_false(b.known);
	ok(taut_bound_linear_program(&b, m, &CTX, NULL));
	if (has_clp()) {
		assert_string_equal(b.kind, "lp");
		assert_int_equal(b.value, 1 - 3);
		assert_true(check_bound(&b, m, &feasible));
	} else {
		assert_false(b.known);
	}
	taut_bound_fini(&b);
	taut_model_free(m);
}

/* Every allocation fails once. Effective in builds with TAUT_FAULTS. */
static void faults(void **state)
{
	taut_rng rng;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: this build has no allocation faults\n");
		skip();
	}
	if (!has_clp())
		skip();
	taut_rng_init(&rng, SEED, 5);
	for (int kind = 0; kind < N_KINDS; kind++) {
		taut_model *m = random_model(&rng, kind, 100);
		taut_bound  b;
		long        nth = 1;
		bool        feasible;

		for (;; nth++) {
			taut_error  err = {TAUT_OK, ""};
			taut_status st;

			taut_faults_arm(nth, 0);
			st = taut_bound_compute(&b, m, &CTX, &err);
			taut_faults_arm(0, 0);
			if (st == TAUT_OK)
				break;
			assert_int_equal(st, TAUT_ENOMEM);
			assert_true(err.text[0] != 0);
		}
		assert_true(nth > 15);
		(void)check_bound(&b, m, &feasible);
		taut_bound_fini(&b);
		taut_model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_beaten),  cmocka_unit_test(cuts_hold),
		cmocka_unit_test(products_hold), cmocka_unit_test(meets_the_program),
		cmocka_unit_test(stated_values), cmocka_unit_test(deviations),
		cmocka_unit_test(near_overflow), cmocka_unit_test(stopped_and_without_rows),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
