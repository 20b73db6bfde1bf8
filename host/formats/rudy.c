/* rudy and G-set graphs (G. Rinaldi; Helmberg and Rendl 2000): `n m`, then m lines `i j w`,
 * vertices from 1. */
#include "formats/pairs.h"

#include <inttypes.h>

/* Reads the line of one edge, from its first token on. */
static taut_status read_edge(taut_graph_data *graph, taut_scan *scan, taut_error *err)
{
	taut_token   token;
	taut_decimal weight;
	uint32_t     u;
	uint32_t     v;
	taut_status  st = taut_pairs_ends(&u, &v, scan, "vertex", graph->n, err);

	if (st == TAUT_OK)
		st = taut_scan_need_here(&token, scan, "the edge's weight", err);
	if (st == TAUT_OK)
		st = taut_token_number(&weight, scan, &token, "weight", err);
	if (st == TAUT_OK)
		st = taut_scan_line_end(scan, err);
	if (st == TAUT_OK && u == v)
		return taut_scan_fail(scan, NULL, err, "a loop at vertex %" PRIu32, u + 1);
	if (st != TAUT_OK)
		return st;
	return taut_scan_context(scan, taut_graph_add_edge(graph, u, v, &weight, err), err);
}

taut_status taut_read_rudy(taut_reader *reader, taut_error *err)
{
	taut_scan       *scan = reader->scan;
	taut_scan        body;
	taut_instance   *instance;
	taut_graph_data *graph;
	size_t           m;
	taut_status      st = taut_reader_add(&instance, reader, TAUT_FAMILY_MAXCUT, NULL, err);

	if (st != TAUT_OK)
		return st;
	graph = &instance->data.graph;
	(void)taut_scan_find(scan);
	st = taut_pairs_header(&graph->n, &m, scan, "number of vertices", "number of edges", err);
	body = *scan;
	for (size_t k = 0; st == TAUT_OK && k < m; k++) {
		if (!taut_scan_find(scan))
			return taut_scan_fail(scan, NULL, err,
			                      "the file ends after %zu of %zu edges", k, m);
		st = read_edge(graph, scan, err);
	}
	if (st == TAUT_OK)
		st = taut_scan_end(scan, err);
	return st == TAUT_OK ? taut_pairs_refuse_repeats(body, graph->u, graph->v, graph->n_edges,
	                                                 graph->n, err)
	                     : st;
}
