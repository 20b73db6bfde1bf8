/* Minimum (weight) vertex cover: minimise w x, x_u + x_v >= 1 for every edge. x_v: vertex v is in
 * the cover. */
#include "docs/templates/templates.h"
#include "formulations/families/common.h"

/* In the tree a row of TAUT_FAMILIES in base/names.h makes this name. */
#define TAUT_FAMILY_COVER TAUT_FAMILY_MIS

/* At least one end of every edge: a linear row without upper limit. */
static taut_status add_edges(taut_model *m, const taut_graph_data *graph, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (size_t e = 0; e < graph->n_edges && st == TAUT_OK; e++) {
		const uint32_t ends[2] = {graph->u[e], graph->v[e]};
		const int64_t  ones[2] = {1, 1};

		st = taut_model_add_row(m, TAUT_ROW_LINEAR, ends, ones, 2, 1, TAUT_NO_LIMIT_HI, 0,
		                        NULL, err);
	}
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
		st = taut_model_new(&m, TAUT_FAMILY_COVER, instance->name, graph->n, false,
		                    graph->vertex_weights.decimals, err);
	for (uint32_t v = 0; v < graph->n && st == TAUT_OK; v++)
		st = taut_model_add_term(m, v, v, weighted ? graph->vertex_weights.v[v] : 1, err);
	if (st == TAUT_OK)
		st = add_edges(m, graph, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	*out = (taut_decoded){0};
	return taut_decoded_add_ones(out, "cover", m, x, err);
}

const taut_family_ops taut_cover_ops = {TAUT_FAMILY_COVER, build, decode};
