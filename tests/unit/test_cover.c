/* Vertex cover search: independent sets come out, never smaller ones, the largest on small graphs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "answer/cover.h"
#include "base/alloc.h"

enum { N_MAX = 300 };

typedef struct {
	uint32_t n;
	uint8_t  edge[N_MAX][N_MAX];
	size_t   row[N_MAX + 1];
	uint32_t col[N_MAX * N_MAX];
} graph;

static void random_graph(graph *g, uint32_t n, uint32_t per_mille, taut_rng *rng)
{
	memset(g, 0, sizeof *g);
	g->n = n;
	for (uint32_t u = 0; u < n; u++)
		for (uint32_t v = u + 1; v < n; v++)
			g->edge[u][v] = g->edge[v][u] = taut_rng_below(rng, 1000) < per_mille;
	for (uint32_t u = 0; u < n; u++) {
		g->row[u + 1] = g->row[u];
		for (uint32_t v = 0; v < n; v++)
			if (g->edge[u][v])
				g->col[g->row[u + 1]++] = v;
	}
}

static uint32_t size_of(const graph *g, const uint8_t *x)
{
	uint32_t size = 0;

	for (uint32_t u = 0; u < g->n; u++) {
		size += x[u];
		for (uint32_t v = 0; v < g->n && x[u]; v++)
			assert_false(x[v] && g->edge[u][v]);
	}
	return size;
}

static uint32_t largest(const graph *g)
{
	uint32_t best = 0;

	for (uint32_t set = 0; set < 1u << g->n; set++) {
		uint32_t size = 0;
		bool     independent = true;
		for (uint32_t u = 0; u < g->n && independent; u++)
			for (uint32_t v = 0; v < u && set >> u & 1; v++)
				independent = independent && !(set >> v & 1 && g->edge[u][v]);
		for (uint32_t u = 0; u < g->n; u++)
			size += set >> u & 1;
		best = independent && size > best ? size : best;
	}
	return best;
}

static void search(uint8_t *x, const graph *g, uint64_t work, uint64_t seed)
{
	const taut_ctx ctx = {.threads = 1};
	taut_rng       rng;
	taut_error     err;

	taut_rng_init(&rng, seed, 0);
	assert_int_equal(taut_cover_search(x, g->n, g->row, g->col, work, &rng, &ctx, &err),
	                 TAUT_OK);
}

static void finds_the_largest_set_of_small_graphs(void **state)
{
	taut_rng rng;
	graph   *g = taut_alloc(1, sizeof *g, NULL);

	(void)state;
	taut_rng_init(&rng, 5, 0);
	assert_non_null(g);
	for (uint32_t round = 0; round < 150; round++) {
		uint8_t x[N_MAX] = {0};
		random_graph(g, round % 13, (uint32_t)taut_rng_below(&rng, 1001), &rng);
		search(x, g, 100000, round);
		assert_int_equal(size_of(g, x), largest(g));
	}
	taut_free(g);
}

static void never_gets_worse_and_repeats(void **state)
{
	taut_rng rng;
	graph   *g = taut_alloc(1, sizeof *g, NULL);

	(void)state;
	taut_rng_init(&rng, 6, 0);
	assert_non_null(g);
	for (uint32_t round = 0; round < 20; round++) {
		uint8_t  x[N_MAX] = {0};
		uint8_t  y[N_MAX];
		uint8_t  z[N_MAX];
		uint32_t before;
		random_graph(g, N_MAX, 20 + 40 * round, &rng);
		for (uint32_t u = 0; u < g->n; u++) { /* greedy */
			x[u] = 1;
			for (uint32_t v = 0; v < u; v++)
				x[u] = x[u] && !(x[v] && g->edge[u][v]);
		}
		before = size_of(g, x);
		memcpy(y, x, sizeof y);
		memcpy(z, x, sizeof z);
		search(y, g, 3000000, 9);
		search(z, g, 3000000, 9);
		assert_memory_equal(y, z, sizeof y);
		assert_true(size_of(g, y) > before);
		search(x, g, 0, 9);
		assert_int_equal(size_of(g, x), before);
	}
	taut_free(g);
}

/* Forgetting weights is what long runs on small dense graphs come to; gains must stay exact through
 * it. */
static void survives_forgetting(void **state)
{
	taut_rng rng;
	graph   *g = taut_alloc(1, sizeof *g, NULL);

	(void)state;
	taut_rng_init(&rng, 7, 0);
	assert_non_null(g);
	for (uint32_t n = 2; n <= 12; n++) {
		uint8_t x[N_MAX] = {0};
		random_graph(g, n, 900, &rng);
		search(x, g, 2000000, n);
		assert_int_equal(size_of(g, x), largest(g));
	}
	taut_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_largest_set_of_small_graphs),
		cmocka_unit_test(never_gets_worse_and_repeats),
		cmocka_unit_test(survives_forgetting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
