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

taut_status taut_edges_init(taut_edges *out, taut_instance *instance, const taut_recipe *recipe,
                            double expected, taut_error *err)
{
	taut_graph_data *graph = &instance->data.graph;
	taut_qubo_data  *qubo = &instance->data.qubo;
	size_t           count;
	taut_status      st = taut_draw_room(expected, err);

	*out = (taut_edges){.instance = instance, .low = recipe->low, .high = recipe->high};
	taut_rng_init(&out->weights, recipe->seed, 1);
	if (st != TAUT_OK)
		return st;
	count = (size_t)expected;
	if (instance->family == TAUT_FAMILY_QUBO) {
		qubo->n = recipe->size;
		qubo->pairs_twice = true;
		st = reserve(&qubo->i, &qubo->j, &qubo->capacity, count, err);
		return st == TAUT_OK ? reserve_numbers(&qubo->q, count, err) : st;
	}
	graph->n = recipe->size;
	st = reserve(&graph->u, &graph->v, &graph->capacity, count, err);
	if (st != TAUT_OK || !weighted(out))
		return st;
	return instance->family == TAUT_FAMILY_MIS
	               ? draw_vertices(out, graph, err)
	               : reserve_numbers(&graph->edge_weights, count, err);
}

taut_status taut_edges_add(taut_edges *edges, uint32_t u, uint32_t v, taut_error *err)
{
	taut_instance *instance = edges->instance;
	taut_decimal   weight = {0};

	assert(u != v);
	if (instance->family == TAUT_FAMILY_MIS || !weighted(edges))
		return instance->family == TAUT_FAMILY_QUBO
		               ? taut_qubo_add_term(&instance->data.qubo, u, v,
		                                    (taut_decimal){.value = 1}, err)
		               : taut_graph_add_edge(&instance->data.graph, u, v, NULL, err);
	weight.value = taut_draw_nonzero(&edges->weights, edges->low, edges->high);
	return instance->family == TAUT_FAMILY_QUBO
	               ? taut_qubo_add_term(&instance->data.qubo, u, v, weight, err)
	               : taut_graph_add_edge(&instance->data.graph, u, v, &weight, err);
}
