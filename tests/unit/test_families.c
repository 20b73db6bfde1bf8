/* formulations/families: the objective and feasibility of random bits equal what the instance's
 * data say, and the answer is said in the family's own terms. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"
#include "model/instance.h"

enum { SEED = 20250103, MAX_BITS = 64 };

static void start(taut_rng *rng, uint64_t stream)
{
	print_message("seed %d, stream %" PRIu64 "\n", SEED, stream);
	taut_rng_init(rng, SEED, stream);
}

static void ok(taut_status st, const taut_error *err)
{
	if (st != TAUT_OK)
		print_error("%s\n", err->text);
	assert_int_equal(st, TAUT_OK);
}

static taut_instance *instance_of(taut_family family)
{
	taut_instance *instance;
	taut_error     err;

	ok(taut_instance_new(&instance, family, "test", &err), &err);
	return instance;
}

static taut_model *build(const taut_instance *instance)
{
	taut_model *m;
	taut_error  err;

	ok(taut_family_find(instance->family)->build(&m, instance, &err), &err);
	assert_int_equal(m->family, instance->family);
	assert_string_equal(m->name, "test");
	return m;
}

/* Building must fail with the status and a message that holds the needle; the instance is freed. */
static void expect_refused(taut_instance *instance, taut_status want, const char *needle)
{
	taut_model *m = (taut_model *)instance; /* anything but NULL */
	taut_error  err = {TAUT_OK, ""};

	assert_int_equal(taut_family_find(instance->family)->build(&m, instance, &err), want);
	assert_null(m);
	if (!strstr(err.text, needle))
		print_error("'%s' is not in '%s'\n", needle, err.text);
	assert_non_null(strstr(err.text, needle));
	taut_instance_free(instance);
}

static taut_decoded decode(const taut_model *m, const uint8_t *x)
{
	taut_decoded decoded;
	taut_error   err;

	ok(taut_family_find(m->family)->decode(&decoded, m, x, &err), &err);
	return decoded;
}

/* List number `at` is called key and holds exactly the given numbers. */
static void expect_list(const taut_decoded *decoded, size_t at, const char *key,
                        const int64_t *values, size_t count)
{
	const taut_decoded_list *list = &decoded->lists[at];

	assert_true(at < decoded->n_lists);
	assert_string_equal(list->key, key);
	assert_int_equal(list->count, count);
	assert_null(list->texts);
	for (size_t e = 0; e < count; e++)
		assert_int_equal(list->values[e], values[e]);
}

/* List 0 is called key and counts the ones of x from 1. */
static void expect_ones(const taut_decoded *decoded, const char *key, const uint8_t *x, uint32_t n)
{
	int64_t ones[MAX_BITS];
	size_t  count = 0;

	for (uint32_t i = 0; i < n; i++)
		if (x[i])
			ones[count++] = (int64_t)i + 1;
	expect_list(decoded, 0, key, ones, count);
}

static void push(taut_numbers *numbers, int64_t value, int32_t decimals)
{
	taut_error err;

	ok(taut_numbers_push(numbers, (taut_decimal){value, decimals}, &err), &err);
}

/* count numbers in [low, high] of some hidden scale, so that decimals meet. */
static void push_random(taut_numbers *numbers, taut_rng *rng, size_t count, int64_t low,
                        int64_t high)
{
	const int32_t decimals = (int32_t)taut_rng_below(rng, 3);

	for (size_t e = 0; e < count; e++)
		push(numbers, low + (int64_t)taut_rng_below(rng, (uint64_t)(high - low + 1)),
		     decimals);
}

static void random_bits(uint8_t *x, uint32_t n, taut_rng *rng)
{
	assert_true(n <= MAX_BITS);
	for (uint32_t i = 0; i < n; i++)
		x[i] = taut_rng_below(rng, 2) != 0;
}

/* The number e as an integer at `decimals` digits after the point. */
static int64_t at(const taut_numbers *numbers, size_t e, int32_t decimals)
{
	assert_true(decimals >= numbers->decimals);
	return numbers->v[e] * taut_power_of_ten(decimals - numbers->decimals);
}

static void check_mdkp(taut_rng *rng, uint32_t n, uint32_t rows)
{
	taut_instance  *instance = instance_of(TAUT_FAMILY_MDKP);
	taut_mdkp_data *data = &instance->data.mdkp;
	taut_model     *m;
	taut_decoded    decoded;
	uint8_t         x[MAX_BITS];
	int64_t         loads[MAX_BITS] = {0};
	int64_t         capacities[MAX_BITS];
	int64_t         profit = 0;
	bool            fits = true;

	data->n = n;
	data->m = rows;
	push_random(&data->profits, rng, n, 0, 99);
	push_random(&data->weights, rng, (size_t)n * rows, 0, 9);
	push_random(&data->capacities, rng, rows, 0, 40);
	m = build(instance);
	assert_true(m->maximise);
	assert_int_equal(m->structure, rows ? TAUT_STRUCTURE_KNAPSACK : TAUT_STRUCTURE_FREE);
	random_bits(x, n, rng);
	for (uint32_t i = 0; i < n; i++)
		profit += x[i] * at(&data->profits, i, m->decimals);
	for (uint32_t k = 0; k < rows; k++) {
		capacities[k] = at(&data->capacities, k, m->rows[k].decimals);
		for (uint32_t i = 0; i < n; i++)
			loads[k] +=
				x[i] * at(&data->weights, (size_t)k * n + i, m->rows[k].decimals);
		fits = fits && loads[k] <= capacities[k];
	}
	assert_int_equal(taut_model_objective(m, x), profit);
	assert_int_equal(taut_model_feasible(m, x), fits);
	decoded = decode(m, x);
	assert_int_equal(decoded.n_lists, 3);
	expect_ones(&decoded, "items", x, n);
	expect_list(&decoded, 1, "loads", loads, rows);
	expect_list(&decoded, 2, "capacities", capacities, rows);
	if (rows)
		assert_int_equal(decoded.lists[1].decimals, m->rows[0].decimals);
	taut_decoded_fini(&decoded);
	taut_model_free(m);
	taut_instance_free(instance);
}

static void mdkp_is_its_data(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 1);
	for (int round = 0; round < 300; round++)
		check_mdkp(&rng, (uint32_t)taut_rng_below(&rng, 12),
		           (uint32_t)taut_rng_below(&rng, 5));
}

/* A random graph; adjacent[u][v] says where the edges are. */
static taut_instance *random_graph(bool adjacent[8][8], taut_family family, uint32_t n,
                                   bool weighted, taut_rng *rng)
{
	taut_instance   *instance = instance_of(family);
	taut_graph_data *graph = &instance->data.graph;
	taut_error       err;

	memset(adjacent, 0, 64 * sizeof(bool));
	graph->n = n;
	for (uint32_t u = 0; u < n; u++) {
		for (uint32_t v = 0; v < u; v++) {
			const taut_decimal w = {(int64_t)taut_rng_below(rng, 41) - 20,
			                        (int32_t)taut_rng_below(rng, 2)};
			const bool         turned = taut_rng_below(rng, 2) != 0;
			if (taut_rng_below(rng, 3) == 0)
				continue;
			ok(taut_graph_add_edge(graph, turned ? v : u, turned ? u : v,
			                       weighted ? &w : NULL, &err),
			   &err);
			adjacent[u][v] = adjacent[v][u] = true;
		}
	}
	return instance;
}

static void mis_is_its_graph(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 2);
	for (int round = 0; round < 300; round++) {
		const uint32_t   n = (uint32_t)taut_rng_below(&rng, 8);
		const bool       weighted = n && taut_rng_below(&rng, 2);
		bool             adjacent[8][8];
		taut_instance   *instance = random_graph(adjacent, TAUT_FAMILY_MIS, n, false, &rng);
		taut_graph_data *graph = &instance->data.graph;
		taut_model      *m;
		taut_decoded     decoded;
		uint8_t          x[MAX_BITS];
		int64_t          weight = 0;
		size_t           clashes = 0;
		graph->complement = taut_rng_below(&rng, 2) != 0;
		if (weighted)
			push_random(&graph->vertex_weights, &rng, n, 1, 50);
		m = build(instance);
		assert_int_equal(m->structure,
		                 m->n_conflicts ? TAUT_STRUCTURE_INDEPENDENT : TAUT_STRUCTURE_FREE);
		random_bits(x, n, &rng);
		for (uint32_t u = 0; u < n; u++) {
			weight += x[u] * (weighted ? graph->vertex_weights.v[u] : 1);
			for (uint32_t v = 0; v < u; v++)
				clashes += x[u] && x[v] && adjacent[u][v] != graph->complement;
		}
		assert_int_equal(taut_model_objective(m, x), weight);
		assert_int_equal(taut_model_violations(m, x), clashes);
		decoded = decode(m, x);
		expect_ones(&decoded, "vertices", x, n);
		taut_decoded_fini(&decoded);
		taut_model_free(m);
		taut_instance_free(instance);
	}
}

static void maxcut_counts_cut_edges(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 3);
	for (int round = 0; round < 300; round++) {
		const uint32_t n = (uint32_t)taut_rng_below(&rng, 8);
		const bool     weighted = taut_rng_below(&rng, 2) != 0;
		bool           adjacent[8][8];
		taut_instance *instance =
			random_graph(adjacent, TAUT_FAMILY_MAXCUT, n, weighted, &rng);
		const taut_graph_data *graph = &instance->data.graph;
		taut_model            *m = build(instance);
		taut_decoded           decoded;
		uint8_t                x[MAX_BITS];
		int64_t                cut = 0;
		assert_true(m->maximise);
		assert_int_equal(m->structure, TAUT_STRUCTURE_FREE);
		random_bits(x, n, &rng);
		for (size_t e = 0; e < graph->n_edges; e++)
			if (x[graph->u[e]] != x[graph->v[e]])
				cut += weighted ? graph->edge_weights.v[e] : 1;
		assert_int_equal(taut_model_objective(m, x), cut);
		decoded = decode(m, x);
		expect_ones(&decoded, "partition", x, n);
		taut_decoded_fini(&decoded);
		taut_model_free(m);
		taut_instance_free(instance);
	}
}

/* p, a random permutation of n, and its bits. */
static void random_permutation(uint32_t *p, uint8_t *x, uint32_t n, taut_rng *rng)
{
	memset(x, 0, (size_t)n * n);
	for (uint32_t a = 0; a < n; a++)
		p[a] = a;
	for (uint32_t a = n; a > 1; a--) {
		const uint32_t other = (uint32_t)taut_rng_below(rng, a);
		const uint32_t kept = p[a - 1];
		p[a - 1] = p[other];
		p[other] = kept;
	}
	for (uint32_t a = 0; a < n; a++)
		x[a * n + p[a]] = 1;
}

static void qap_is_flow_times_distance(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 4);
	for (int round = 0; round < 300; round++) {
		const uint32_t n = 1 + (uint32_t)taut_rng_below(&rng, 8);
		taut_instance *instance = instance_of(TAUT_FAMILY_QAP);
		taut_qap_data *data = &instance->data.qap;
		taut_model    *m;
		taut_decoded   decoded;
		uint8_t        x[MAX_BITS];
		uint32_t       p[8];
		int64_t        assignment[8];
		int64_t        cost = 0;
		data->n = n;
		push_random(&data->flows, &rng, (size_t)n * n, -5, 20);
		push_random(&data->distances, &rng, (size_t)n * n, -5, 20);
		m = build(instance);
		assert_int_equal(m->structure, TAUT_STRUCTURE_ASSIGNMENT);
		assert_int_equal(m->decimals, data->flows.decimals + data->distances.decimals);
		random_permutation(p, x, n, &rng);
		for (uint32_t i = 0; i < n; i++) {
			assignment[i] = (int64_t)p[i] + 1;
			for (uint32_t j = 0; j < n; j++)
				cost += data->flows.v[i * n + j] *
				        data->distances.v[p[i] * n + p[j]];
		}
		assert_true(taut_model_feasible(m, x));
		assert_int_equal(taut_model_objective(m, x), cost);
		decoded = decode(m, x);
		expect_list(&decoded, 0, "assignment", assignment, n);
		taut_decoded_fini(&decoded);

		/* facility 1 nowhere, and, where there are two, facility 2 at two locations */
		x[p[0]] = 0;
		assignment[0] = 0;
		if (n > 1) {
			x[n + p[0]] = 1;
			assignment[1] = 0;
		}
		assert_false(taut_model_feasible(m, x));
		decoded = decode(m, x);
		expect_list(&decoded, 0, "assignment", assignment, n);
		taut_decoded_fini(&decoded);
		taut_model_free(m);
		taut_instance_free(instance);
	}
}

static void tsp_is_the_closed_tours_length(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 5);
	for (int round = 0; round < 300; round++) {
		const uint32_t n = 1 + (uint32_t)taut_rng_below(&rng, 8);
		taut_instance *instance = instance_of(TAUT_FAMILY_TSP);
		taut_tsp_data *data = &instance->data.tsp;
		taut_model    *m;
		taut_decoded   decoded;
		uint8_t        x[MAX_BITS];
		uint32_t       p[8];
		int64_t        tour[8];
		int64_t        length = 0;
		uint32_t       first = 0;
		data->n = n;
		push_random(&data->distances, &rng, (size_t)n * n, 0, 99); /* with a diagonal */
		m = build(instance);
		assert_int_equal(m->structure, TAUT_STRUCTURE_TOUR);
		random_permutation(p, x, n, &rng);
		while (p[first] != 0)
			first++;
		for (uint32_t a = 0; a < n; a++) {
			tour[a] = (int64_t)p[(first + a) % n] + 1;
			if (n > 1)
				length += data->distances.v[p[a] * n + p[(a + 1) % n]];
		}
		assert_true(taut_model_feasible(m, x));
		assert_int_equal(taut_model_objective(m, x), length);
		decoded = decode(m, x);
		expect_list(&decoded, 0, "tour", tour, n);
		taut_decoded_fini(&decoded);

		x[p[0]] = 0; /* nobody at position 1: the list stays as the positions stand */
		for (uint32_t a = 0; a < n; a++)
			tour[a] = a ? (int64_t)p[a] + 1 : 0;
		decoded = decode(m, x);
		expect_list(&decoded, 0, "tour", tour, n);
		taut_decoded_fini(&decoded);
		taut_model_free(m);
		taut_instance_free(instance);
	}
}

static void check_market(taut_rng *rng, uint32_t n, uint32_t products, bool feasibility)
{
	taut_instance    *instance = instance_of(TAUT_FAMILY_MARKET_SHARE);
	taut_market_data *data = &instance->data.market;
	taut_model       *m;
	taut_decoded      decoded;
	uint8_t           x[MAX_BITS];
	int64_t           deviation[MAX_BITS];
	int64_t           total = 0;
	size_t            missed = 0;

	data->n = n;
	data->m = products;
	data->feasibility = feasibility;
	push_random(&data->demands, rng, (size_t)n * products, 0, 9);
	push_random(&data->targets, rng, products, 0, 30);
	m = build(instance);
	assert_false(m->maximise);
	if (products)
		assert_int_equal(m->structure,
		                 feasibility ? TAUT_STRUCTURE_GENERIC : TAUT_STRUCTURE_DEVIATION);
	random_bits(x, n, rng);
	for (uint32_t k = 0; k < products; k++) {
		deviation[k] = -at(&data->targets, k, m->decimals);
		for (uint32_t j = 0; j < n; j++)
			deviation[k] += x[j] * at(&data->demands, (size_t)k * n + j, m->decimals);
		total += llabs(deviation[k]);
		missed += deviation[k] != 0;
	}
	assert_int_equal(taut_model_objective(m, x), feasibility ? 0 : total);
	assert_int_equal(taut_model_violations(m, x), feasibility ? missed : 0);
	decoded = decode(m, x);
	expect_ones(&decoded, "chosen", x, n);
	expect_list(&decoded, 1, "deviation", deviation, products);
	assert_int_equal(decoded.lists[1].decimals, m->decimals);
	taut_decoded_fini(&decoded);
	taut_model_free(m);
	taut_instance_free(instance);
}

static void market_share_is_its_deviation(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 6);
	for (int round = 0; round < 300; round++)
		check_market(&rng, (uint32_t)taut_rng_below(&rng, 12),
		             (uint32_t)taut_rng_below(&rng, 5), round % 2);
}

static void qubo_is_its_lines(void **state)
{
	taut_rng   rng;
	taut_error err;

	(void)state;
	start(&rng, 7);
	for (int round = 0; round < 300; round++) {
		const uint32_t  n = 1 + (uint32_t)taut_rng_below(&rng, 8);
		const size_t    n_terms = (size_t)taut_rng_below(&rng, 20);
		taut_instance  *instance = instance_of(TAUT_FAMILY_QUBO);
		taut_qubo_data *data = &instance->data.qubo;
		taut_model     *m;
		taut_decoded    decoded;
		uint8_t         x[MAX_BITS];
		int64_t         value = 0;
		data->n = n;
		data->maximise = taut_rng_below(&rng, 2) != 0;
		data->pairs_twice = taut_rng_below(&rng, 2) != 0;
		for (size_t e = 0; e < n_terms; e++)
			ok(taut_qubo_add_term(data, (uint32_t)taut_rng_below(&rng, n),
			                      (uint32_t)taut_rng_below(&rng, n),
			                      (taut_decimal){(int64_t)taut_rng_below(&rng, 99) - 49,
			                                     (int32_t)taut_rng_below(&rng, 3)},
			                      &err),
			   &err);
		m = build(instance);
		assert_int_equal(m->maximise, data->maximise);
		assert_int_equal(m->decimals, data->q.decimals);
		random_bits(x, n, &rng);
		for (size_t e = 0; e < n_terms; e++)
			value += data->q.v[e] * x[data->i[e]] * x[data->j[e]] *
			         (data->pairs_twice && data->i[e] != data->j[e] ? 2 : 1);
		assert_int_equal(taut_model_objective(m, x), value);
		decoded = decode(m, x);
		expect_ones(&decoded, "ones", x, n);
		taut_decoded_fini(&decoded);
		taut_model_free(m);
		taut_instance_free(instance);
	}
}

static void bad_data_are_refused(void **state)
{
	taut_instance *i;
	taut_error     err;

	(void)state;
	i = instance_of(TAUT_FAMILY_MDKP);
	i->data.mdkp.n = 2;
	push(&i->data.mdkp.profits, 1, 0);
	expect_refused(i, TAUT_EINPUT, "1 profits where 1 x 2 are needed");
	i = instance_of(TAUT_FAMILY_MDKP);
	i->data.mdkp.n = i->data.mdkp.m = 1;
	push(&i->data.mdkp.profits, 1, 0);
	push(&i->data.mdkp.weights, -1, 0);
	push(&i->data.mdkp.capacities, 1, 0);
	expect_refused(i, TAUT_EINPUT, "weight of item 1 in row 1 is negative");
	i = instance_of(TAUT_FAMILY_MIS);
	i->data.graph.n = 2;
	ok(taut_graph_add_edge(&i->data.graph, 0, 2, NULL, &err), &err);
	expect_refused(i, TAUT_EINPUT, "edge 1 3 in a graph of 2");
	i = instance_of(TAUT_FAMILY_MAXCUT);
	i->data.graph.n = 2;
	ok(taut_graph_add_edge(&i->data.graph, 1, 1, NULL, &err), &err);
	expect_refused(i, TAUT_EINPUT, "edge 2 2");
	i = instance_of(TAUT_FAMILY_MIS);
	i->data.graph.n = 100000; /* five thousand million pairs */
	i->data.graph.complement = true;
	expect_refused(i, TAUT_ELIMIT, "the complement of a graph");
	i = instance_of(TAUT_FAMILY_QAP);
	expect_refused(i, TAUT_EINPUT, "0 facilities");
	i = instance_of(TAUT_FAMILY_QAP);
	i->data.qap.n = 1;
	push(&i->data.qap.flows, 1, 8);
	push(&i->data.qap.distances, 1, 8);
	expect_refused(i, TAUT_EINPUT, "16 decimals");
	i = instance_of(TAUT_FAMILY_TSP);
	i->data.tsp.n = 70000;
	expect_refused(i, TAUT_EINPUT, "70000 cities");
	i = instance_of(TAUT_FAMILY_MARKET_SHARE);
	i->data.market.n = 1;
	i->data.market.m = 1;
	push(&i->data.market.demands, INT64_MAX / 2, 0);
	push(&i->data.market.targets, 1, 3);
	expect_refused(i, TAUT_EINPUT, "does not fit 64 bits");
	i = instance_of(TAUT_FAMILY_QUBO);
	i->data.qubo.n = 2;
	i->data.qubo.pairs_twice = true;
	ok(taut_qubo_add_term(&i->data.qubo, 0, 1, (taut_decimal){INT64_MAX, 0}, &err), &err);
	expect_refused(i, TAUT_EINPUT, "term 1 overflows");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mdkp_is_its_data),
		cmocka_unit_test(mis_is_its_graph),
		cmocka_unit_test(maxcut_counts_cut_edges),
		cmocka_unit_test(qap_is_flow_times_distance),
		cmocka_unit_test(tsp_is_the_closed_tours_length),
		cmocka_unit_test(market_share_is_its_deviation),
		cmocka_unit_test(qubo_is_its_lines),
		cmocka_unit_test(bad_data_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
