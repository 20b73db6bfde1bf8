#include "generate/edges.h"

#include <assert.h>

#include "base/alloc.h"

static taut_status reserve(uint32_t **u, uint32_t **v, size_t *capacity, size_t count,
                           taut_error *err)
{
	assert(!*u && !*v);
	*u = taut_alloc(count, sizeof **u, err);
	*v = *u ? taut_alloc(count, sizeof **v, err) : NULL;
	if (!*v)
		return TAUT_ENOMEM;
	*capacity = count;
	return TAUT_OK;
}

/* Room for count numbers, none of which is there yet. */
static taut_status reserve_numbers(taut_numbers *out, size_t count, taut_error *err)
{
	taut_status st = taut_draw_zeros(out, count, err);

	if (st == TAUT_OK)
		out->n = 0;
	return st;
}

static bool weighted(const taut_edges *edges)
{
	return edges->low != 1 || edges->high != 1;
}

/* A weighted independent set has its weights on the vertices. */
static taut_status draw_vertices(taut_edges *edges, taut_graph_data *graph, taut_error *err)
{
	taut_status st = taut_draw_zeros(&graph->vertex_weights, graph->n, err);

	for (uint32_t i = 0; st == TAUT_OK && i < graph->n; i++)
		graph->vertex_weights.v[i] = taut_draw(&edges->weights, edges->low, edges->high);
	return st;
}

static bool is_dense(const taut_edges *edges, uint32_t n, double expected)
{
	const int64_t most = TAUT_MATRIX_ENTRY_MAX;
	const bool    narrow =
		edges->low == edges->high || (edges->low >= -most && edges->high <= most);

	return edges->instance->family != TAUT_FAMILY_MIS && narrow && n >= TAUT_EDGES_DENSE_FROM &&
	       expected > 0.5 * (double)taut_edges_pairs(n);
}

/* All entries 0 yet; a weight that all edges have is the factor. */
static taut_status make_matrix(taut_edges *edges, const taut_matrix **dense, int64_t *factor,
                               uint32_t n, taut_error *err)
{
	taut_status st = taut_matrix_new(&edges->matrix, n, err);

	*dense = edges->matrix;
	*factor = edges->low == edges->high ? edges->low : 1;
	return st;
}

static taut_status init_qubo(taut_edges *edges, taut_qubo_data *qubo, uint32_t n, double expected,
                             taut_error *err)
{
	taut_status st;

	qubo->n = n;
	qubo->pairs_twice = true;
	if (is_dense(edges, n, expected))
		return make_matrix(edges, &qubo->dense, &qubo->dense_factor, n, err);
	st = reserve(&qubo->i, &qubo->j, &qubo->capacity, (size_t)expected, err);
	return st == TAUT_OK ? reserve_numbers(&qubo->q, (size_t)expected, err) : st;
}

static taut_status init_graph(taut_edges *edges, taut_graph_data *graph, uint32_t n,
                              double expected, taut_error *err)
{
	taut_status st;

	graph->n = n;
	if (is_dense(edges, n, expected))
		return make_matrix(edges, &graph->dense, &graph->dense_factor, n, err);
	st = reserve(&graph->u, &graph->v, &graph->capacity, (size_t)expected, err);
	if (st != TAUT_OK || !weighted(edges))
		return st;
	return edges->instance->family == TAUT_FAMILY_MIS
	               ? draw_vertices(edges, graph, err)
	               : reserve_numbers(&graph->edge_weights, (size_t)expected, err);
}

taut_status taut_edges_init(taut_edges *out, taut_instance *instance, const taut_recipe *recipe,
                            double expected, taut_error *err)
{
	taut_status st = taut_draw_room(expected, err);

	*out = (taut_edges){.instance = instance, .low = recipe->low, .high = recipe->high};
	taut_rng_init(&out->weights, recipe->seed, 1);
	if (st != TAUT_OK)
		return st;
	return instance->family == TAUT_FAMILY_QUBO
	               ? init_qubo(out, &instance->data.qubo, recipe->size, expected, err)
	               : init_graph(out, &instance->data.graph, recipe->size, expected, err);
}

taut_status taut_edges_put(taut_edges *edges, uint32_t u, uint32_t v, int64_t weight,
                           taut_error *err)
{
	taut_instance     *instance = edges->instance;
	const taut_decimal number = {.value = weight};

	if (edges->matrix && u != v) {
		const uint32_t low = u < v ? u : v;

		edges->matrix->entry[low * edges->matrix->stride + (u ^ v ^ low)] =
			(int8_t)(edges->low == edges->high ? 1 : weight);
		return TAUT_OK;
	}
	return instance->family == TAUT_FAMILY_QUBO
	               ? taut_qubo_add_term(&instance->data.qubo, u, v, number, err)
	               : taut_graph_add_edge(&instance->data.graph, u, v,
	                                     weighted(edges) ? &number : NULL, err);
}

taut_status taut_edges_add(taut_edges *edges, uint32_t u, uint32_t v, taut_error *err)
{
	int64_t weight = 1;

	assert(u != v);
	if (edges->instance->family == TAUT_FAMILY_MIS)
		return taut_graph_add_edge(&edges->instance->data.graph, u, v, NULL, err);
	if (weighted(edges))
		weight = taut_draw_nonzero(&edges->weights, edges->low, edges->high);
	return taut_edges_put(edges, u, v, weight, err);
}

void taut_edges_finish(taut_edges *edges)
{
	if (edges->matrix)
		taut_matrix_mirror(edges->matrix);
}
