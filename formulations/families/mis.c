/* Maximum (weight) independent set: maximise w x, conflicts on the edges, or on the pairs that are
 * no edge where the complement is asked for (a clique problem). x_v: vertex v is chosen. */
#include <inttypes.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "formulations/families/common.h"

/* A complement of more pairs is refused: at about 40 bytes each while the model is built it would
 * take gigabytes. */
static const uint64_t COMPLEMENT_MAX = UINT64_C(1) << 26;

/* Number of the pair u > v in a triangle without diagonal. */
static size_t pair_at(uint32_t u, uint32_t v)
{
	return (size_t)u * (u - 1) / 2 + v;
}

/* Conflicts on all pairs but the edges, by a bit for each pair. */
static taut_status add_complement(taut_model *m, const taut_graph_data *graph, taut_error *err)
{
	const uint64_t n_pairs = (uint64_t)graph->n * (graph->n ? graph->n - 1 : 0) / 2;
	taut_status    st = TAUT_OK;
	uint8_t       *is_edge;

	if (n_pairs > graph->n_edges && n_pairs - graph->n_edges > COMPLEMENT_MAX)
		return taut_fail(
			err, TAUT_ELIMIT,
			"the complement of a graph with %" PRIu32 " vertices and %zu edges has "
			"%" PRIu64 " edges; at most %" PRIu64 " are taken",
			graph->n, graph->n_edges, n_pairs - graph->n_edges, COMPLEMENT_MAX);
	is_edge = taut_alloc((size_t)(n_pairs / 8 + 1), 1, err);
	if (!is_edge)
		return TAUT_ENOMEM;
	for (size_t e = 0; e < graph->n_edges; e++) {
		const uint32_t u = graph->u[e] > graph->v[e] ? graph->u[e] : graph->v[e];
		const size_t   at = pair_at(u, graph->u[e] ^ graph->v[e] ^ u);
		is_edge[at / 8] = (uint8_t)(is_edge[at / 8] | 1u << at % 8);
	}
	for (uint32_t u = 1; u < graph->n; u++)
		for (uint32_t v = 0; v < u && st == TAUT_OK; v++)
			if (!(is_edge[pair_at(u, v) / 8] >> pair_at(u, v) % 8 & 1))
				st = taut_model_add_conflict(m, v, u, err);
	taut_free(is_edge);
	return st;
}

static taut_status add_edges(taut_model *m, const taut_graph_data *graph, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (size_t e = 0; e < graph->n_edges && st == TAUT_OK; e++)
		st = taut_model_add_conflict(m, graph->u[e], graph->v[e], err);
	return st;
}

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_graph_data *graph = &instance->data.graph;
	const bool             weighted = graph->vertex_weights.n > 0;
	taut_model            *m = NULL;
	taut_status            st;

	*out = NULL;
	st = taut_expect_graph(graph, err);
	if (st == TAUT_OK && weighted)
		st = taut_expect_numbers(&graph->vertex_weights, 1, graph->n, "vertex weights",
		                         err);
	if (st == TAUT_OK)
		st = taut_model_new(&m, TAUT_FAMILY_MIS, instance->name, graph->n, true,
		                    graph->vertex_weights.decimals, err);
	for (uint32_t v = 0; v < graph->n && st == TAUT_OK; v++)
		st = taut_model_add_term(m, v, v, weighted ? graph->vertex_weights.v[v] : 1, err);
	if (st == TAUT_OK)
		st = graph->complement ? add_complement(m, graph, err) : add_edges(m, graph, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	*out = (taut_decoded){0};
	return taut_decoded_add_ones(out, "vertices", m, x, err);
}

const taut_family_ops taut_mis_ops = {TAUT_FAMILY_MIS, build, decode};
