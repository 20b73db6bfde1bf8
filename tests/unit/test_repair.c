/* Repair and local search of every structure on random small models, against brute force; and the
 * quality on the published knapsacks where they are at hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "answer/repair.h"
#include "answer/rounding.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "formats/formats.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"

enum { N_MAX = 144, SEED = 20250711 };

#define OK(call) assert_int_equal((call), TAUT_OK)

static const taut_ctx ctx = {.threads = 1};

static int64_t below(taut_rng *rng, uint64_t bound)
{
	return (int64_t)taut_rng_below(rng, bound);
}

static taut_model *new_model(uint32_t n, bool maximise)
{
	taut_model *m;

	OK(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "random", n, maximise, 0, NULL));
	return m;
}

static taut_model *finish(taut_model *m, taut_structure structure)
{
	OK(taut_model_finish(m, NULL));
	if (structure == TAUT_STRUCTURE_TOUR) /* the tsp family says so itself */
		m->structure = structure;
	assert_int_equal(m->structure, structure);
	return m;
}

static taut_model *random_free(taut_rng *rng)
{
	const uint32_t n = 2 + (uint32_t)below(rng, 14);
	taut_model    *m = new_model(n, below(rng, 2) == 0);

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = i; j < n; j++)
			if (below(rng, 2))
				OK(taut_model_add_term(m, i, j, below(rng, 41) - 20, NULL));
	return finish(m, TAUT_STRUCTURE_FREE);
}

static taut_model *random_knapsack(taut_rng *rng)
{
	const uint32_t n = 2 + (uint32_t)below(rng, 13);
	taut_model    *m = new_model(n, true);

	for (uint32_t i = 0; i < n; i++)
		OK(taut_model_add_term(m, i, i, below(rng, 30), NULL));
	for (int64_t k = 1 + below(rng, 4); k > 0; k--) {
		uint32_t col[N_MAX];
		int64_t  coef[N_MAX];
		int64_t  sum = 0;
		for (uint32_t i = 0; i < n; i++) {
			col[i] = i;
			coef[i] = below(rng, 20);
			sum += coef[i];
		}
		OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, n, TAUT_NO_LIMIT_LO, sum / 2,
		                      0, NULL, NULL));
	}
	return finish(m, TAUT_STRUCTURE_KNAPSACK);
}

static taut_model *random_independent(taut_rng *rng)
{
	const uint32_t n = 3 + (uint32_t)below(rng, 12);
	const bool     unit = below(rng, 2) == 0;
	taut_model    *m = new_model(n, true);

	for (uint32_t i = 0; i < n; i++)
		OK(taut_model_add_term(m, i, i, unit ? 1 : below(rng, 9), NULL));
	OK(taut_model_add_conflict(m, 0, 1, NULL));
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = i + 1; j < n; j++)
			if (below(rng, 3) == 0)
				OK(taut_model_add_conflict(m, i, j, NULL));
	return finish(m, TAUT_STRUCTURE_INDEPENDENT);
}

static taut_model *random_block(taut_rng *rng, uint32_t n, bool cyclic)
{
	taut_model *m = new_model(n * n, cyclic ? false : below(rng, 2) == 0);
	int64_t     flow[N_MAX] = {0};
	int64_t     distance[N_MAX];
	const bool  symmetric = below(rng, 2) == 0;

	for (uint32_t i = 0; i < n * n; i++) {
		flow[i] = cyclic ? 0 : below(rng, 20) - 3;
		distance[i] = below(rng, 50);
	}
	for (uint32_t a = 0; a < n; a++) {
		if (cyclic)
			flow[a * n + (a + 1) % n] = 1;
		for (uint32_t b = 0; b < a && symmetric; b++)
			distance[a * n + b] = distance[b * n + a];
	}
	OK(taut_model_set_permutation(m, n, flow, distance, NULL));
	return finish(m, cyclic ? TAUT_STRUCTURE_TOUR : TAUT_STRUCTURE_ASSIGNMENT);
}

static taut_model *random_assignment(taut_rng *rng)
{
	return random_block(rng, 2 + (uint32_t)below(rng, 6), false);
}

static taut_model *random_tour(taut_rng *rng)
{
	return random_block(rng, 3 + (uint32_t)below(rng, 10), true);
}

static taut_model *random_deviation(taut_rng *rng)
{
	const uint32_t n = 2 + (uint32_t)below(rng, 11);
	const bool     maximise = below(rng, 2) == 0;
	taut_model    *m = new_model(n, maximise);

	OK(taut_model_add_offset(m, below(rng, 9) - 4, NULL));
	for (int64_t f = 1 + below(rng, 5); f > 0; f--) {
		uint32_t col[N_MAX];
		int64_t  coef[N_MAX];
		for (uint32_t i = 0; i < n; i++) {
			col[i] = i;
			coef[i] = below(rng, 60) - 10;
		}
		OK(taut_model_add_form(m, below(rng, 3) ? TAUT_FORM_ABS : TAUT_FORM_SQUARE,
		                       (1 + below(rng, 3)) * (maximise ? -1 : 1), col, coef, n,
		                       below(rng, 25 * n), NULL, NULL));
	}
	return finish(m, TAUT_STRUCTURE_DEVIATION);
}

/* A one-hot group, a knapsack row, an equation that a random point meets, conflicts, pairs and a
 * form. */
static taut_model *random_generic(taut_rng *rng)
{
	const uint32_t n = 6 + (uint32_t)below(rng, 7);
	taut_model    *m = new_model(n, below(rng, 2) == 0);
	uint8_t        point[N_MAX] = {1};
	uint32_t       col[N_MAX];
	int64_t        coef[N_MAX];
	int64_t        activity = 0;
	int64_t        sum = 0;

	for (uint32_t i = 3; i < n; i++)
		point[i] = (uint8_t)below(rng, 2);
	for (uint32_t i = 0; i < n; i++) {
		col[i] = i;
		coef[i] = 1;
	}
	OK(taut_model_add_row(m, TAUT_ROW_ONE_HOT, col, coef, 3, 1, 1, 0, NULL, NULL));
	for (uint32_t i = 0; i < n; i++) {
		coef[i] = 1 + below(rng, 5);
		activity += point[i] * coef[i];
	}
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, n, activity - below(rng, 2), activity,
	                      0, NULL, NULL));
	for (uint32_t i = 0; i < n; i++) {
		coef[i] = below(rng, 11) - 5;
		sum += point[i] * coef[i];
	}
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, n, TAUT_NO_LIMIT_LO, sum + 2, 0, NULL,
	                      NULL));
	OK(taut_model_add_form(m, TAUT_FORM_SQUARE, 1, col, coef, n, 3, NULL, NULL));
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = i; j < n; j++) {
			OK(taut_model_add_term(m, i, j, below(rng, 21) - 10, NULL));
			if (i != j && !(point[i] && point[j]) && below(rng, 6) == 0)
				OK(taut_model_add_conflict(m, i, j, NULL));
		}
	return finish(m, TAUT_STRUCTURE_GENERIC);
}

typedef taut_model *generator(taut_rng *rng);

static void random_point(uint8_t *x, uint32_t n, taut_rng *rng)
{
	for (uint32_t i = 0; i < n; i++)
		x[i] = (uint8_t)below(rng, 2);
}

/* True when flipping the listed bits gives something feasible and better. */
static bool improves(const taut_model *m, uint8_t *x, const uint32_t *flips, int count)
{
	const int64_t before = taut_model_objective(m, x);
	bool          better;

	for (int k = 0; k < count; k++)
		x[flips[k]] ^= 1u;
	better = taut_model_feasible(m, x) && taut_better(m, taut_model_objective(m, x), before);
	for (int k = 0; k < count; k++)
		x[flips[k]] ^= 1u;
	return better;
}

static void assert_no_flips(const taut_model *m, uint8_t *x, int most)
{
	for (uint32_t i = 0; i < m->n; i++) {
		assert_false(improves(m, x, (uint32_t[]){i}, 1));
		for (uint32_t j = 0; j < i && most > 1; j++) {
			assert_false(improves(m, x, (uint32_t[]){i, j}, 2));
			for (uint32_t k = 0; k < j && most > 2; k++)
				assert_false(improves(m, x, (uint32_t[]){i, j, k}, 3));
		}
	}
}

/* No exchange of the places of two rows of the block improves. */
static void assert_no_exchange(const taut_model *m, uint8_t *x)
{
	const uint32_t n = m->permutation.n;
	uint32_t       p[N_MAX];

	assert_true(taut_rounding_read(p, x, n));
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < a; b++)
			assert_false(improves(m, x,
			                      (uint32_t[]){a * n + p[a], a * n + p[b], b * n + p[a],
			                                   b * n + p[b]},
			                      4));
}

/* No reversal of a stretch of the tour improves; of symmetric tours only: others have short lists
 * of candidates. */
static void assert_no_reversal(const taut_model *m, uint8_t *x)
{
	const uint32_t n = m->permutation.n;
	const int64_t  length = taut_model_objective(m, x);
	uint32_t       p[N_MAX];
	uint32_t       q[N_MAX];
	uint8_t        y[N_MAX];

	assert_true(taut_rounding_read(p, x, n));
	for (uint32_t a = 0; a < n && n >= 5; a++)
		for (uint32_t b = a + 1; b < n; b++) {
			for (uint32_t k = 0; k < n; k++)
				q[k] = k >= a && k <= b ? p[a + b - k] : p[k];
			taut_rounding_write(y, q, n);
			assert_true(taut_model_objective(m, y) >= length);
		}
}

static void assert_local_optimum(const taut_model *m, uint8_t *x)
{
	switch (m->structure) {
	case TAUT_STRUCTURE_FREE:
	case TAUT_STRUCTURE_GENERIC:
		assert_no_flips(m, x, 1);
		break;
	case TAUT_STRUCTURE_DEVIATION:
		assert_no_flips(m, x, 2);
		break;
	case TAUT_STRUCTURE_KNAPSACK:
	case TAUT_STRUCTURE_INDEPENDENT: /* adding, 1-1, (1,2) and for knapsacks 2-1 */
		assert_no_flips(m, x, 3);
		break;
	case TAUT_STRUCTURE_ASSIGNMENT:
		assert_no_exchange(m, x);
		break;
	case TAUT_STRUCTURE_TOUR:
		assert_no_reversal(m, x);
		break;
	}
}

static void check_report(const taut_model *m, const taut_repair_report *r, const uint8_t *before,
                         const uint8_t *after)
{
	uint32_t distance = 0;

	for (uint32_t i = 0; i < m->n; i++) {
		assert_in_range(after[i], 0, 1);
		distance += before[i] != after[i];
	}
	assert_int_equal(r->distance, distance);
	assert_int_equal(r->feasible_before, taut_model_feasible(m, before));
	assert_int_equal(r->feasible_after, taut_model_feasible(m, after));
	assert_int_equal(r->objective_before, taut_model_objective(m, before));
	assert_int_equal(r->objective_after, taut_model_objective(m, after));
}

static void check_model(const taut_model *m, taut_rng *rng)
{
	taut_repairer     *r;
	taut_repair_report report;
	uint8_t            start[N_MAX];
	uint8_t            repaired[N_MAX];
	uint8_t            x[N_MAX];
	uint8_t            again[N_MAX];
	const uint64_t     seed = taut_rng_next(rng);

	assert_true(m->n <= N_MAX);
	OK(taut_repairer_new(&r, m, NULL, NULL));
	random_point(start, m->n, rng);
	memcpy(repaired, start, m->n);
	OK(taut_repair(&report, r, repaired, seed, true, false, &ctx, NULL));
	check_report(m, &report, start, repaired);
	assert_true(report.feasible_after);
	memcpy(x, repaired, m->n);
	OK(taut_repair(&report, r, x, seed, false, true, &ctx, NULL));
	check_report(m, &report, repaired, x);
	assert_true(report.feasible_after);
	assert_false(taut_better(m, report.objective_before, report.objective_after));
	assert_local_optimum(m, x);

	/* the same whatever the repairer did before, and both steps in one call */
	memcpy(x, start, m->n);
	OK(taut_repair(&report, r, x, seed, true, true, &ctx, NULL));
	check_report(m, &report, start, x);
	taut_repairer_free(r);
	OK(taut_repairer_new(&r, m, NULL, NULL));
	memcpy(again, start, m->n);
	OK(taut_repair(&report, r, again, seed, true, true, &ctx, NULL));
	assert_memory_equal(x, again, m->n);

	/* nothing asked, nothing done */
	memcpy(x, start, m->n);
	OK(taut_repair(&report, r, x, seed, false, false, &ctx, NULL));
	assert_int_equal(report.distance, 0);
	taut_repairer_free(r);
}

static void check_structure(generator *generate, int models)
{
	taut_rng rng;

	print_message("seed %d\n", SEED);
	for (int k = 0; k < models; k++) {
		taut_model *m;
		taut_rng_init(&rng, SEED, (uint64_t)k);
		m = generate(&rng);
		check_model(m, &rng);
		taut_model_free(m);
	}
}

static void test_unconstrained(void **state)
{
	(void)state;
	check_structure(random_free, 300);
}

static void test_knapsack(void **state)
{
	(void)state;
	check_structure(random_knapsack, 200);
}

static void test_independent(void **state)
{
	(void)state;
	check_structure(random_independent, 200);
}

static void test_assignment(void **state)
{
	(void)state;
	check_structure(random_assignment, 200);
}

static void test_tour(void **state)
{
	(void)state;
	check_structure(random_tour, 200);
}

static void test_deviation(void **state)
{
	(void)state;
	check_structure(random_deviation, 200);
}

static void test_generic(void **state)
{
	(void)state;
	check_structure(random_generic, 60);
}

/* Best objective of all bitstrings. */
static int64_t brute_force(const taut_model *m)
{
	uint8_t x[N_MAX];
	int64_t best = 0;
	bool    any = false;

	for (uint32_t bits = 0; bits < UINT32_C(1) << m->n; bits++) {
		for (uint32_t i = 0; i < m->n; i++)
			x[i] = bits >> i & 1;
		if (taut_model_feasible(m, x) &&
		    (!any || taut_better(m, taut_model_objective(m, x), best))) {
			best = taut_model_objective(m, x);
			any = true;
		}
	}
	assert_true(any);
	return best;
}

static void test_polish_is_exact(void **state)
{
	taut_rng rng;

	(void)state;
	for (uint64_t k = 0; k < 60; k++) {
		taut_model        *m;
		taut_repairer     *r;
		taut_repair_report report;
		uint8_t            x[N_MAX];
		bool               optimal;
		taut_rng_init(&rng, SEED, k);
		m = random_deviation(&rng);
		OK(taut_repairer_new(&r, m, NULL, NULL));
		assert_true(taut_repairer_polishes(r));
		random_point(x, m->n, &rng);
		OK(taut_repair_polish(&report, &optimal, r, x, k, &ctx, NULL));
		assert_true(optimal);
		assert_int_equal(report.objective_after, brute_force(m));
		assert_int_equal(taut_model_objective(m, x), brute_force(m));
		taut_repairer_free(r);
		taut_model_free(m);
	}
}

/* Calls visit on every permutation: Heap's method would do, plain recursion is shorter. */
static void best_assignment(int64_t *best, const int64_t *cost, uint32_t n, uint32_t a,
                            uint32_t used, int64_t sum)
{
	if (a == n) {
		*best = sum < *best ? sum : *best;
		return;
	}
	for (uint32_t l = 0; l < n; l++)
		if (!(used >> l & 1))
			best_assignment(best, cost, n, a + 1, used | UINT32_C(1) << l,
			                sum + cost[a * n + l]);
}

static void test_assignment_problem(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 0);
	for (int k = 0; k < 200; k++) {
		const uint32_t  n = 1 + (uint32_t)below(&rng, 6);
		taut_assignment r;
		uint32_t        p[6];
		uint32_t        used = 0;
		int64_t         sum = 0;
		int64_t         best = INT64_MAX;
		const int64_t   top = k % 3 ? 20 : taut_assignment_cost_max(n);
		int64_t         proven;
		OK(taut_assignment_init(&r, n, NULL));
		for (uint32_t i = 0; i < n * n; i++)
			r.cost[i] = below(&rng, 2 * (uint64_t)top + 1) - top;
		best_assignment(&best, r.cost, n, 0, 0, 0);
		taut_assignment_solve(p, &r);
		assert_true(taut_assignment_proves(&proven, &r));
		assert_int_equal(proven, best);
		for (uint32_t a = 0; a < n; a++) {
			used |= UINT32_C(1) << p[a];
			sum += r.cost[a * n + p[a]];
		}
		assert_int_equal(used, (UINT32_C(1) << n) - 1);
		assert_int_equal(sum, best);
		r.u[1 + below(&rng, n)]++; /* no longer a proof: some pair was tight */
		assert_false(taut_assignment_proves(&proven, &r));
		taut_assignment_fini(&r);
	}
}

/* The rounded permutation shares as many ones with x as any. */
static void test_rounding_is_nearest(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (int k = 0; k < 100; k++) {
		const uint32_t  n = 5 + (uint32_t)below(&rng, 2);
		taut_model     *m = random_block(&rng, n, k % 2 == 0);
		taut_assignment r;
		uint8_t         x[N_MAX];
		uint32_t        p[N_MAX];
		int64_t         missed[N_MAX];
		int64_t         shared = 0;
		int64_t         best = INT64_MAX;
		for (uint32_t i = 0; i < n * n; i++) {
			x[i] = below(&rng, 3) == 0;
			missed[i] = -(int64_t)x[i];
		}
		OK(taut_assignment_init(&r, n, NULL));
		taut_rounding_nearest(p, &r, &m->permutation, x, 1);
		for (uint32_t a = 0; a < n; a++)
			shared += x[a * n + p[a]];
		best_assignment(&best, missed, n, 0, 0, 0);
		assert_int_equal(shared, -best);
		taut_assignment_fini(&r);
		taut_model_free(m);
	}
}

/* A set stop flag leaves a feasible answer. */
static void test_stop(void **state)
{
	static generator *const all[] = {random_free,       random_knapsack, random_independent,
	                                 random_assignment, random_tour,     random_deviation};
	const volatile int      stop = 1;
	const taut_ctx          stopped = {.threads = 1, .stop = &stop};

	(void)state;
	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		taut_rng           rng;
		taut_model        *m;
		taut_repairer     *r;
		taut_repair_report report;
		uint8_t            x[N_MAX];
		taut_rng_init(&rng, SEED, k);
		m = all[k](&rng);
		OK(taut_repairer_new(&r, m, NULL, NULL));
		random_point(x, m->n, &rng);
		OK(taut_repair(&report, r, x, 1, true, true, &stopped, NULL));
		assert_true(report.feasible_after);
		assert_true(taut_model_feasible(m, x));
		taut_repairer_free(r);
		taut_model_free(m);
	}
}

/* The papers' knapsacks (Sharma & Lau 2025), by random starts and this file's subject alone. */
static const struct {
	const char *name;
	int64_t     optimum;
} PAPER[] = {{"hp1", 3418},  {"hp2", 3186},   {"pb1", 3090},   {"pb2", 3186},
             {"pb4", 95168}, {"pb5", 2139},   {"pet2", 87061}, {"pet3", 4015},
             {"pet4", 6120}, {"pet5", 12400}, {"pet6", 10618}, {"pet7", 16537}};

static bool read_model(taut_model **m, const char *path)
{
	taut_options       options;
	taut_instance_list list;
	taut_error         err = {TAUT_OK, ""};

	taut_options_default(&options);
	options.family = TAUT_FAMILY_MDKP;
	if (taut_formats_read(&list, path, &options, &err) != TAUT_OK) {
		print_message("%s\n", err.text);
		return false;
	}
	OK(taut_family_find(TAUT_FAMILY_MDKP)->build(m, list.items[0], NULL));
	taut_instance_list_fini(&list);
	return true;
}

static void test_paper_knapsacks(void **state)
{
	const char *root = getenv("TAUT_INSTANCES");
	uint32_t    reached = 0;
	char        path[1024];
	FILE       *probe;

	(void)state;
	root = root ? root : TAUT_SOURCE_DIR "/../shared/instances";
	(void)snprintf(path, sizeof path, "%s/mdkp/smu/hpp/hp1.dat", root);
	probe = fopen(path, "r");
	if (!probe) {
		print_message("skipped: no benchmark instances at %s\n", root);
		skip();
	}
	(void)fclose(probe);
	for (size_t k = 0; k < sizeof PAPER / sizeof *PAPER; k++) {
		taut_model        *m;
		taut_repairer     *r;
		taut_repair_report report;
		taut_rng           rng;
		uint8_t            x[N_MAX];
		int64_t            best = 0;
		int                hits = 0;
		(void)snprintf(path, sizeof path, "%s/mdkp/smu/hpp/%s.dat", root, PAPER[k].name);
		assert_true(read_model(&m, path));
		OK(taut_repairer_new(&r, m, NULL, NULL));
		taut_rng_init(&rng, 1, 0);
		for (uint64_t s = 0; s < 100; s++) {
			random_point(x, m->n, &rng);
			OK(taut_repair(&report, r, x, s, true, true, &ctx, NULL));
			assert_true(report.feasible_after);
			best = report.objective_after > best ? report.objective_after : best;
			hits += report.objective_after == PAPER[k].optimum;
		}
		print_message("%-5s best %ld of %ld, optimal in %d of 100 starts\n", PAPER[k].name,
		              (long)best, (long)PAPER[k].optimum, hits);
		assert_true(best <= PAPER[k].optimum);
		reached += hits > 0;
		taut_repairer_free(r);
		taut_model_free(m);
	}
	assert_true(reached >= 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unconstrained),
		cmocka_unit_test(test_knapsack),
		cmocka_unit_test(test_independent),
		cmocka_unit_test(test_assignment),
		cmocka_unit_test(test_tour),
		cmocka_unit_test(test_deviation),
		cmocka_unit_test(test_generic),
		cmocka_unit_test(test_polish_is_exact),
		cmocka_unit_test(test_assignment_problem),
		cmocka_unit_test(test_rounding_is_nearest),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_paper_knapsacks),
	};

	return cmocka_run_group_tests_name("repair", tests, NULL, NULL);
}
