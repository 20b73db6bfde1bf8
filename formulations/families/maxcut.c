/* Maximum cut: maximise sum_uv w_uv (x_u + x_v - 2 x_u x_v). x_v: the side of vertex v. */
#include "base/checked.h"
#include "formulations/families/common.h"

static taut_status add_edge(taut_model *m, uint32_t u, uint32_t v, int64_t w, taut_error *err)
{
	taut_status st;
	int64_t     product;

	if (!taut_mul64(&product, w, -2))
		return taut_fail(err, TAUT_EINPUT, "an edge weight overflows 64 bits");
	st = taut_model_add_term(m, u, u, w, err);
	if (st == TAUT_OK)
		st = taut_model_add_term(m, v, v, w, err);
	if (st == TAUT_OK)
		st = taut_model_add_term(m, u, v, product, err);
	return st;
}

/* sum_uv w_uv (x_u + x_v - 2 x_u x_v) with w = factor * entry: vertex v has the sum of its row. */
static taut_status add_dense(taut_model *m, const taut_matrix *dense, int64_t factor,
                             taut_error *err)
{
	taut_status st = TAUT_OK;
	int64_t     product;

	if (!taut_mul64(&product, factor, -2))
		return taut_fail(err, TAUT_EINPUT, "an edge weight overflows 64 bits");
	taut_model_set_dense(m, dense, product);
	for (uint32_t v = 0; v < m->n && st == TAUT_OK; v++) {
		const taut_matrix_sums row = taut_matrix_row_sums(dense, v);

		if (!taut_mul64(&product, factor, row.positive + row.negative))
			return taut_fail(err, TAUT_EINPUT, "a vertex's weights overflow 64 bits");
		st = taut_model_add_term(m, v, v, product, err);
	}
	return st;
}

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_graph_data *graph = &instance->data.graph;
	const bool             weighted = graph->edge_weights.n > 0;
	taut_model            *m = NULL;
	taut_status            st;

	*out = NULL;
	st = taut_expect_graph(graph, err);
	if (st == TAUT_OK && weighted)
		st = taut_expect_numbers(&graph->edge_weights, 1, graph->n_edges, "edge weights",
		                         err);
	if (st == TAUT_OK)
		st = taut_model_new(&m, TAUT_FAMILY_MAXCUT, instance->name, graph->n, true,
		                    graph->edge_weights.decimals, err);
	for (size_t e = 0; e < graph->n_edges && st == TAUT_OK; e++)
		st = add_edge(m, graph->u[e], graph->v[e], weighted ? graph->edge_weights.v[e] : 1,
		              err);
	if (st == TAUT_OK && graph->dense)
		st = add_dense(m, graph->dense, graph->dense_factor, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

/* One of the two sides. */
static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	*out = (taut_decoded){0};
	return taut_decoded_add_ones(out, "partition", m, x, err);
}

const taut_family_ops taut_maxcut_ops = {TAUT_FAMILY_MAXCUT, build, decode};
