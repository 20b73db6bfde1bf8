/* Graphs. DIMACS and BHOSLIB files are written from the model's conflicts, so that a complement is
 * written out; rudy files from the edges. */
#include <inttypes.h>

#include "formats/writer.h"

static bool is_weighted(const taut_model *m)
{
	for (uint32_t v = 0; v < m->n; v++)
		if (m->linear[v] != 1 || m->decimals != 0)
			return true;
	return false;
}

static void write_edges(taut_text *text, const taut_model *m)
{
	taut_text_format(text, "p edge %" PRIu32 " %zu\n", m->n, m->n_conflicts);
	for (uint32_t v = 0; v < m->n; v++) {
		if (m->linear[v] == 1)
			continue;
		taut_text_format(text, "n %" PRIu32 " ", v + 1);
		taut_write_number(text, m->linear[v], 0);
		taut_text_put(text, "\n");
	}
	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++) {
			if (m->conflict_col[e] < u)
				continue;
			taut_text_put(text, "e ");
			taut_write_number(text, (int64_t)u + 1, 0);
			taut_text_put(text, " ");
			taut_write_number(text, (int64_t)m->conflict_col[e] + 1, 0);
			taut_text_put(text, "\n");
		}
}

taut_status taut_write_dimacs(const taut_writer *w, taut_error *err)
{
	if (w->model->decimals != 0)
		return taut_fail(
			err, TAUT_EINPUT,
			"%s: weights of a DIMACS graph are whole numbers; lp holds fractions",
			w->instance->name);
	taut_text_put(w->text, "c ");
	taut_write_word(w->text, w->instance->name);
	taut_text_put(w->text, "\n");
	write_edges(w->text, w->model);
	return TAUT_OK;
}

taut_status taut_write_bhoslib(const taut_writer *w, taut_error *err)
{
	if (is_weighted(w->model))
		return taut_fail(err, TAUT_EINPUT,
		                 "%s: a BHOSLIB graph has no weights; dimacs holds them",
		                 w->instance->name);
	write_edges(w->text, w->model);
	return TAUT_OK;
}

static void write_weighted(taut_text *text, uint32_t u, uint32_t v, int64_t weight,
                           int32_t decimals)
{
	taut_write_number(text, (int64_t)u + 1, 0);
	taut_text_put(text, " ");
	taut_write_number(text, (int64_t)v + 1, 0);
	taut_text_put(text, " ");
	taut_write_number(text, weight, decimals);
	taut_text_put(text, "\n");
}

static void write_dense(taut_text *text, const taut_matrix *dense, int64_t factor)
{
	size_t n_edges = 0;

	for (uint32_t u = 0; u < dense->n; u++)
		for (uint32_t v = u + 1; v < dense->n; v++)
			n_edges += taut_matrix_row(dense, u)[v] != 0;
	taut_text_format(text, "%" PRIu32 " %zu\n", dense->n, n_edges);
	for (uint32_t u = 0; u < dense->n; u++)
		for (uint32_t v = u + 1; v < dense->n; v++)
			if (taut_matrix_row(dense, u)[v])
				write_weighted(text, u, v, factor * taut_matrix_row(dense, u)[v],
				               0);
}

taut_status taut_write_rudy(const taut_writer *w, taut_error *err)
{
	const taut_graph_data *graph = &w->instance->data.graph;
	const bool             weighted = graph->edge_weights.n > 0;

	(void)err;
	if (graph->dense) {
		write_dense(w->text, graph->dense, graph->dense_factor);
		return TAUT_OK;
	}
	taut_text_format(w->text, "%" PRIu32 " %zu\n", graph->n, graph->n_edges);
	for (size_t e = 0; e < graph->n_edges; e++)
		write_weighted(w->text, graph->u[e], graph->v[e],
		               weighted ? graph->edge_weights.v[e] : 1,
		               graph->edge_weights.decimals);
	return TAUT_OK;
}
