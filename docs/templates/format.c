/* A bare edge list: the number of vertices, then a line `u v` for every edge until the file ends,
 * vertices from 1. */
#include "docs/templates/templates.h"

#include <inttypes.h>

#include "formats/pairs.h"

/* Reads the line of one edge, from its first token on. */
static taut_status read_edge(taut_graph_data *graph, taut_scan *scan, taut_error *err)
{
	uint32_t    u;
	uint32_t    v;
	taut_status st = taut_pairs_ends(&u, &v, scan, "vertex", graph->n, err);

	if (st == TAUT_OK)
		st = taut_scan_line_end(scan, err);
	if (st == TAUT_OK && u == v)
		return taut_scan_fail(scan, NULL, err, "a loop at vertex %" PRIu32, u + 1);
	if (st != TAUT_OK)
		return st;
	return taut_scan_context(scan, taut_graph_add_edge(graph, u, v, NULL, err), err);
}

taut_status taut_read_edges(taut_reader *reader, taut_error *err)
{
	taut_scan       *scan = reader->scan;
	taut_scan        body;
	taut_instance   *instance;
	taut_graph_data *graph;
	taut_status      st = taut_reader_add(&instance, reader, TAUT_FAMILY_MIS, NULL, err);

	if (st != TAUT_OK)
		return st;
	graph = &instance->data.graph;
	(void)taut_scan_find(scan);
	st = taut_scan_variables(&graph->n, scan, "number of vertices", err);
	if (st == TAUT_OK)
		st = taut_scan_line_end(scan, err);
	body = *scan;
	while (st == TAUT_OK && taut_scan_find(scan))
		st = read_edge(graph, scan, err);
	return st == TAUT_OK ? taut_pairs_refuse_repeats(body, graph->u, graph->v, graph->n_edges,
	                                                 graph->n, err)
	                     : st;
}

taut_status taut_write_edges(const taut_writer *w, taut_error *err)
{
	const taut_graph_data *graph = &w->instance->data.graph;

	if (graph->vertex_weights.n > 0 || graph->complement)
		return taut_fail(err, TAUT_EINPUT,
		                 "%s: an edge list holds no weights and no complement",
		                 w->instance->name);
	taut_text_format(w->text, "%" PRIu32 "\n", graph->n);
	for (size_t e = 0; e < graph->n_edges; e++)
		taut_text_format(w->text, "%" PRIu32 " %" PRIu32 "\n", graph->u[e] + 1,
		                 graph->v[e] + 1);
	return TAUT_OK;
}
