/* No bound is beaten by any feasible answer of random small models; each equals its definition, or
 * a value that is known. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "bound/clique_cover.h"
#include "bound/lagrangian.h"
#include "bound/gilmore_lawler.h"
#include "formats/formats.h"
#include "formulations/families/family.h"
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

		assert_int_equal(taut_bound_lagrangian(&b, m, &ctx, NULL), TAUT_OK);
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
		assert_int_equal(taut_bound_lagrangian(&b, m, &ctx, NULL), TAUT_OK);
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
	assert_int_equal(taut_bound_lagrangian(&bound, m, &ctx, NULL), TAUT_OK);
	assert_in_range(bound.value, 15000, 15001);
	assert_true(fabs(bound.multipliers[0] - 1000) < 20);
	assert_true(fabs(bound.multipliers[1] - 1000) < 20);
	taut_bound_fini(&bound);
	taut_model_free(m);
}

/* --- permutations --- */

enum { BLOCK_MAX = 7 };

static const int64_t SIZES[4] = {3, 100, 1000000, INT64_C(1) << 27};

/* Costs by permutations of 0..n-1, tried one by one. */
typedef struct {
	uint32_t n;
	int64_t  flow[BLOCK_MAX * BLOCK_MAX];
	int64_t  distance[BLOCK_MAX * BLOCK_MAX];
	bool     maximise;
} block;

static int64_t cost_of(const block *b, const uint32_t *p)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < b->n; i++)
		for (uint32_t j = 0; j < b->n; j++)
			sum += b->flow[i * b->n + j] * b->distance[p[i] * b->n + p[j]];
	return sum;
}

/* Calls on every way to complete p[0..placed). cost NULL: flow x distance; else sum cost[a][p(a)].
 */
static void try_all(int64_t *least, const block *b, const int64_t *cost, uint32_t *p,
                    uint32_t placed)
{
	int64_t sum = 0;

	if (placed == b->n || placed == BLOCK_MAX) {
		for (uint32_t a = 0; cost && a < placed; a++)
			sum += cost[a * b->n + p[a]];
		if (!cost)
			sum = b->maximise ? -cost_of(b, p) : cost_of(b, p);
		*least = sum < *least ? sum : *least;
		return;
	}
	for (uint32_t l = 0; l < b->n; l++) {
		bool taken = false;

		for (uint32_t a = 0; a < placed; a++)
			taken |= p[a] == l;
		if (taken)
			continue;
		p[placed] = l;
		try_all(least, b, cost, p, placed + 1);
	}
}

static int64_t least_of(const block *b, const int64_t *cost)
{
	uint32_t p[BLOCK_MAX];
	int64_t  least = INT64_MAX;

	try_all(&least, b, cost, p, 0);
	return least;
}

static void fill(int64_t *matrix, taut_rng *rng, uint32_t n, int64_t lo, int64_t hi, bool symmetric)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < n; j++)
			matrix[i * n + j] =
				symmetric && j < i ? matrix[j * n + i] : between(rng, lo, hi);
}

static taut_model *block_model(const block *b, taut_structure structure, int64_t offset)
{
	taut_model *m = NULL;

	assert_int_equal(
		taut_model_new(&m, TAUT_FAMILY_QAP, "p", b->n * b->n, b->maximise, 0, NULL),
		TAUT_OK);
	assert_int_equal(taut_model_add_offset(m, offset, NULL), TAUT_OK);
	assert_int_equal(taut_model_set_permutation(m, b->n, b->flow, b->distance, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(m->structure, TAUT_STRUCTURE_ASSIGNMENT);
	m->structure = structure; /* the tsp family says so itself */
	return m;
}

static taut_bound bound_of(const taut_model *m)
{
	const taut_ctx ctx = {.threads = 1};
	taut_bound     b;

	assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
	return b;
}

/* The definition, by trying all: least assignment over the least products of a line with a line. */
static int64_t gilmore_lawler(const block *b, bool columns)
{
	const uint32_t n = b->n;
	int64_t        cost[BLOCK_MAX * BLOCK_MAX];

	for (uint32_t a = 0; a < n; a++)
		for (uint32_t l = 0; l < n; l++) {
			block   line = {.n = n - 1};
			int64_t products[BLOCK_MAX * BLOCK_MAX];

			for (uint32_t i = 0; i < n; i++)
				for (uint32_t k = 0; k < n; k++) {
					const int64_t f =
						columns ? b->flow[i * n + a] : b->flow[a * n + i];
					const int64_t d = columns ? b->distance[k * n + l]
					                          : b->distance[l * n + k];

					if (i == a || k == l)
						continue;
					products[(i - (i > a)) * (n - 1) + k - (k > l)] =
						b->maximise ? -f * d : f * d;
				}
			cost[a * n + l] = b->flow[a * n + a] * b->distance[l * n + l] *
			                          (b->maximise ? -1 : 1) +
			                  (n > 1 ? least_of(&line, products) : 0);
		}
	return least_of(b, cost);
}

static void assignments_by_gilmore_and_lawler(void **state)
{
	const taut_ctx ctx = {.threads = 1};
	taut_rng       rng;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 3);
	for (int round = 0; round < 300; round++) {
		const int64_t size = SIZES[round % 4];
		block b = {.n = (uint32_t)between(&rng, 1, 5), .maximise = round / 4 % 3 == 0};
		const int64_t sign = b.maximise ? -1 : 1;
		taut_model   *m;
		taut_bound    bound;
		int64_t       rows, columns;

		fill(b.flow, &rng, b.n, round % 5 ? 0 : -size, size, round % 3 == 0);
		fill(b.distance, &rng, b.n, round % 7 ? 0 : -size, size, round % 2 == 0);
		m = block_model(&b, TAUT_STRUCTURE_ASSIGNMENT, 7);
		assert_int_equal(taut_bound_gilmore_lawler(&bound, m, &ctx, NULL), TAUT_OK);
		assert_true(bound.known);
		assert_string_equal(bound.kind, "gilmore_lawler");
		assert_null(bound.multipliers);
		rows = gilmore_lawler(&b, false);
		columns = gilmore_lawler(&b, true);
		assert_int_equal(sign * (bound.value - 7), rows > columns ? rows : columns);
		assert_true(sign * (bound.value - 7) <= least_of(&b, NULL));
		taut_bound_fini(&bound);
		taut_model_free(m);
	}
}

/* Up to five cities the 1-tree bound is the optimum (the subtour polytope is then that of the
 * tours), once the ascent has converged. */
static void tours_by_one_trees(void **state)
{
	taut_rng rng;
	int      exact = 0;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 4);
	for (int round = 0; round < 300; round++) {
		const int64_t size = SIZES[round % 4];
		const bool    symmetric = round / 4 % 3 > 0;
		block         b = {.n = (uint32_t)between(&rng, 1, BLOCK_MAX)};
		int64_t       best;
		taut_model   *m;
		taut_bound    bound;

		fill(b.distance, &rng, b.n, round % 5 ? 0 : -size, size, symmetric);
		for (uint32_t i = 0; i < b.n; i++) {
			b.distance[i * b.n + i] = 0;
			if (b.n > 1)
				b.flow[i * b.n + (i + 1) % b.n] = 1;
		}
		best = least_of(&b, NULL);
		m = block_model(&b, TAUT_STRUCTURE_TOUR, -3);
		bound = bound_of(m);
		assert_true(bound.known);
		assert_true(bound.value + 3 <= best);
		if (symmetric && b.n > 2)
			assert_string_equal(bound.kind, "one_tree");
		if (b.n <= 2 || (symmetric && b.n == 3))
			assert_int_equal(bound.value + 3, best);
		if (symmetric && b.n <= 5) {
			assert_true((double)(best - bound.value - 3) <= 0.02 * (double)size);
			exact += bound.value + 3 == best;
		}
		taut_bound_fini(&bound);
		taut_model_free(m);
	}
	assert_true(exact >= 100);
}

/* Successors alone: two pairs of cities that are near each other one way only. */
static void asymmetric_tours_by_successors(void **state)
{
	block       b = {.n = 4, .distance = {0, 1, 9, 9, 9, 0, 1, 9, 9, 9, 0, 1, 1, 9, 9, 0}};
	taut_model *m;
	taut_bound  bound;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		b.flow[i * 4 + (i + 1) % 4] = 1;
	m = block_model(&b, TAUT_STRUCTURE_TOUR, 0);
	bound = bound_of(m);
	assert_int_equal(bound.value, 4);
	assert_string_equal(bound.kind, "assignment");
	taut_bound_fini(&bound);
	taut_model_free(m);
}

/* --- independent sets --- */

static taut_model *graph(uint32_t n, const int64_t *weight)
{
	taut_model *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MIS, "g", n, true, 0, NULL), TAUT_OK);
	for (uint32_t v = 0; v < n; v++)
		assert_int_equal(taut_model_add_term(m, v, v, weight ? weight[v] : 1, NULL),
		                 TAUT_OK);
	return m;
}

static taut_bound graph_bound(taut_model *m)
{
	const taut_ctx ctx = {.threads = 1};
	taut_bound     b;

	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	if (m->n_conflicts)
		assert_int_equal(m->structure, TAUT_STRUCTURE_INDEPENDENT);
	m->structure = TAUT_STRUCTURE_INDEPENDENT; /* without conflicts it is free */
	assert_int_equal(taut_bound_clique_cover(&b, m, &ctx, NULL), TAUT_OK);
	return b;
}

static void sets_by_clique_covers(void **state)
{
	taut_rng rng;
	int      exact = 0;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 5);
	for (int round = 0; round < 400; round++) {
		const uint32_t n = (uint32_t)between(&rng, 1, N_MAX);
		const int      share = 1 + round % 8;
		int64_t        weight[N_MAX];
		taut_model    *m;
		taut_bound     b;

		for (uint32_t v = 0; v < n; v++)
			weight[v] = round % 3 ? between(&rng, 0, SIZES[round / 3 % 4]) : 1;
		m = graph(n, weight);
		for (uint32_t v = 0; v < n; v++)
			for (uint32_t u = 0; u < v; u++)
				if (taut_rng_below(&rng, 9) < (uint64_t)share)
					assert_int_equal(taut_model_add_conflict(m, u, v, NULL),
					                 TAUT_OK);
		b = graph_bound(m);
		assert_true(b.known);
		assert_string_equal(b.kind, "clique_cover");
		assert_true(b.value >= optimum(m));
		exact += b.value == optimum(m);
		taut_bound_fini(&b);
		taut_model_free(m);
	}
	assert_true(exact >= 250);
}

/* A path with weights 2 3 2: cliques {1 2} and {2 3} share the middle, y = 2 + 1 + 1. Its best set
 * weighs 4. One clique per vertex would give 5. A cycle of five: 3, the best set has 2. Two
 * triangles and a lone vertex: 3. */
static void covers_by_hand(void **state)
{
	const int64_t weight[3] = {2, 3, 2};
	taut_model   *m = graph(3, weight);
	taut_bound    b;

	(void)state;
	assert_int_equal(taut_model_add_conflict(m, 0, 1, NULL), TAUT_OK);
	assert_int_equal(taut_model_add_conflict(m, 1, 2, NULL), TAUT_OK);
	b = graph_bound(m);
	assert_int_equal(b.value, 4);
	taut_model_free(m);

	m = graph(5, NULL);
	for (uint32_t v = 0; v < 5; v++)
		assert_int_equal(taut_model_add_conflict(m, v, (v + 1) % 5, NULL), TAUT_OK);
	b = graph_bound(m);
	assert_int_equal(b.value, 3);
	taut_model_free(m);

	m = graph(7, NULL);
	for (uint32_t v = 0; v < 6; v++)
		assert_int_equal(taut_model_add_conflict(m, v, v % 3 == 2 ? v - 2 : v + 1, NULL),
		                 TAUT_OK);
	b = graph_bound(m);
	assert_int_equal(b.value, 3);
	taut_model_free(m);
}

/* --- all --- */

/* A stop flag that is set from the start leaves a weaker value that is still a bound, or none. */
static void stopped(void **state)
{
	const volatile int stop = 1;
	taut_ctx           ctx = {.threads = 1, .stop = &stop};
	block              blk = {.n = 5};
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

	for (uint32_t i = 0; i < 5; i++)
		blk.flow[i * 5 + (i + 1) % 5] = 1;
	for (int symmetric = 0; symmetric < 2; symmetric++) {
		fill(blk.distance, &rng, 5, 1, 100, symmetric);
		m = block_model(&blk, TAUT_STRUCTURE_TOUR, 0);
		assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
		assert_true(b.known && b.value <= least_of(&blk, NULL));
		m->structure = TAUT_STRUCTURE_ASSIGNMENT;
		assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
		assert_true(!b.known || b.value <= least_of(&blk, NULL));
		taut_model_free(m);
	}

	m = graph(3, NULL);
	assert_int_equal(taut_model_add_conflict(m, 0, 1, NULL), TAUT_OK);
	b = graph_bound(m);
	assert_int_equal(b.value, 2);
	assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
	assert_true(b.known && b.value == 3);
	taut_model_free(m);

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_QUBO, "f", 3, false, 0, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	m->structure = TAUT_STRUCTURE_DEVIATION;
	assert_int_equal(taut_bound_compute(&b, m, &ctx, NULL), TAUT_OK);
	assert_true(b.known && b.value == 0);
	assert_null(b.multipliers);
	taut_model_free(m);
}

/* The dual ascent of level 1 reaches 523 for nug12 (Hahn & Grant 1998); Johnson, McGeoch &
 * Rothberg 1996 say how near to the optimum the 1-tree bound comes (0.7 to 0.8 %); the frb graphs
 * are made of as many cliques as their best set has vertices. */
static void published_values(void **state)
{
	const struct {
		const char *path, *family;
		int64_t     lo, hi;
	} known[7] = {{"qap/qaplib/nug12.dat", "qap", 523, 578},
	              {"qap/qaplib/nug30.dat", "qap", 4700, 6124},
	              {"qap/qaplib/tai12a.dat", "qap", 221000, 224416},
	              {"tsp/kroA100.tsp", "tsp", 20930, 20937},
	              {"tsp/berlin52.tsp", "tsp", 7542, 7542},
	              {"tsp/gr202.tsp", "tsp", 40000, 40160},
	              {"mis/qoblib/frb45-21-3.gph", "mis", 45, 45}};
	const char *root = getenv("TAUT_INSTANCES");

	(void)state;
	for (int k = 0; k < 7; k++) {
		char               path[1024];
		taut_options       options;
		taut_instance_list list;
		taut_model        *m;
		taut_bound         b;
		FILE              *file;

		(void)snprintf(path, sizeof path, "%s/%s",
		               root ? root : TAUT_SOURCE_DIR "/../shared/instances", known[k].path);
		file = fopen(path, "r");
		if (!file) {
			print_message("skipped: no benchmark instance %s\n", path);
			skip();
		}
		(void)fclose(file);
		taut_options_default(&options);
		options.family = taut_name_find(&taut_family_names, known[k].family);
		assert_int_equal(taut_formats_read(&list, path, &options, NULL), TAUT_OK);
		assert_int_equal(
			taut_family_find(list.items[0]->family)->build(&m, list.items[0], NULL),
			TAUT_OK);
		b = bound_of(m);
		assert_true(b.known);
		assert_in_range(b.value, known[k].lo, known[k].hi);
		taut_bound_fini(&b);
		taut_model_free(m);
		taut_instance_list_fini(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_below_the_optimum),
		cmocka_unit_test(close_to_dantzig),
		cmocka_unit_test(stated_lp_value),
		cmocka_unit_test(assignments_by_gilmore_and_lawler),
		cmocka_unit_test(tours_by_one_trees),
		cmocka_unit_test(asymmetric_tours_by_successors),
		cmocka_unit_test(sets_by_clique_covers),
		cmocka_unit_test(covers_by_hand),
		cmocka_unit_test(stopped),
		cmocka_unit_test(published_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
