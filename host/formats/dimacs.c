/* DIMACS graphs in ASCII (second implementation challenge, Johnson and Trick 1996; also Sloane's
 * and QOBLIB's): `c` comments, one `p edge n m` (or `p col n m`), `n v w` vertex weights, `e u v`
 * edges, vertices from 1. Fields are separated by any blanks. Colouring files list every edge in
 * both directions: repeats are merged, and m may count them or not. */
#include "formats/pairs.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

typedef struct {
	taut_reader     *reader;
	taut_graph_data *graph;
	bool             has_problem; /* the p line was read */
	size_t           declared;    /* edges */
	size_t           problem_line;
	bool            *weighted; /* [n], vertex v has a weight line; NULL before the first */
} dimacs;

static taut_status read_problem_line(dimacs *d, const taut_token *key, taut_error *err)
{
	taut_scan  *scan = d->reader->scan;
	taut_token  kind;
	char        quote[TAUT_QUOTE_SIZE];
	taut_status st;

	if (d->has_problem)
		return taut_scan_fail(scan, key, err, "a second line 'p'; the first is line %zu",
		                      d->problem_line);
	d->has_problem = true;
	d->problem_line = key->line;
	st = taut_scan_need_here(&kind, scan, "'edge'", err);
	if (st != TAUT_OK)
		return st;
	if (!taut_token_is(&kind, "edge") && !taut_token_is(&kind, "col"))
		return taut_scan_fail(scan, &kind, err, "%s where 'edge' or 'col' should stand",
		                      taut_token_quote(quote, &kind));
	return taut_pairs_header(&d->graph->n, &d->declared, scan, "number of vertices",
	                         "number of edges", err);
}

/* The first weight line gives all vertices weight 1. */
static taut_status start_weights(dimacs *d, taut_error *err)
{
	taut_status st = TAUT_OK;

	d->weighted = taut_alloc(d->graph->n, sizeof *d->weighted, err);
	if (!d->weighted)
		return TAUT_ENOMEM;
	for (uint32_t v = 0; st == TAUT_OK && v < d->graph->n; v++)
		st = taut_numbers_push(&d->graph->vertex_weights, (taut_decimal){1, 0}, err);
	return st;
}

static taut_status read_weight(dimacs *d, taut_error *err)
{
	taut_scan  *scan = d->reader->scan;
	int64_t     v = 0;
	int64_t     weight = 0;
	taut_status st = taut_scan_integer_here(&v, scan, "vertex", 1, d->graph->n, err);

	if (st == TAUT_OK)
		st = taut_scan_integer_here(&weight, scan, "vertex weight", 0, INT64_MAX, err);
	if (st == TAUT_OK)
		st = taut_scan_line_end(scan, err);
	if (st == TAUT_OK && !d->weighted)
		st = start_weights(d, err);
	if (st != TAUT_OK)
		return st;
	if (d->weighted[v - 1])
		return taut_scan_fail(scan, NULL, err, "a second weight of vertex %" PRId64, v);
	d->weighted[v - 1] = true;
	d->graph->vertex_weights.v[v - 1] = weight;
	return TAUT_OK;
}

static taut_status read_edge(dimacs *d, taut_error *err)
{
	taut_scan  *scan = d->reader->scan;
	uint32_t    u;
	uint32_t    v;
	taut_status st = taut_pairs_ends(&u, &v, scan, "vertex", d->graph->n, err);

	if (st == TAUT_OK)
		st = taut_scan_line_end(scan, err);
	if (st == TAUT_OK && u == v)
		return taut_scan_fail(scan, NULL, err, "a loop at vertex %" PRIu32, u + 1);
	return st == TAUT_OK ? taut_graph_add_edge(d->graph, u, v, NULL, err) : st;
}

static taut_status read_line(dimacs *d, const taut_token *key, taut_error *err)
{
	taut_scan *scan = d->reader->scan;
	char       quote[TAUT_QUOTE_SIZE];

	if (key->text[0] == 'c') {
		taut_scan_skip_line(scan);
		return TAUT_OK;
	}
	if (taut_token_is(key, "p"))
		return read_problem_line(d, key, err);
	if (!taut_token_is(key, "e") && !taut_token_is(key, "n"))
		return taut_scan_fail(scan, key, err,
		                      "%s where a line begins that should be c, p, n or e",
		                      taut_token_quote(quote, key));
	if (!d->has_problem)
		return taut_scan_fail(scan, key, err, "a line '%c' before the line 'p edge n m'",
		                      key->text[0]);
	return key->text[0] == 'e' ? read_edge(d, err) : read_weight(d, err);
}

/* Drops repeated edges and compares the count with the p line's. */
static taut_status merge_edges(dimacs *d, taut_error *err)
{
	taut_graph_data *g = d->graph;
	size_t           listed = g->n_edges;
	bool            *repeats;
	taut_status      st = taut_pairs_repeats(&repeats, g->u, g->v, listed, g->n, err);

	if (st != TAUT_OK)
		return st;
	g->n_edges = 0;
	for (size_t k = 0; k < listed; k++) {
		if (repeats[k])
			continue;
		g->u[g->n_edges] = g->u[k];
		g->v[g->n_edges] = g->v[k];
		g->n_edges++;
	}
	taut_free(repeats);
	if (d->declared == listed || d->declared == g->n_edges)
		return TAUT_OK;
	return taut_scan_fail(d->reader->scan, NULL, err,
	                      "line %zu declares %zu edges, the file lists %zu (%zu different)",
	                      d->problem_line, d->declared, listed, g->n_edges);
}

/* What the user may not expect: a clique file read as it stands, or complemented. */
static taut_status set_note(taut_instance *instance, const char *file, taut_error *err)
{
	size_t length = strlen(file);

	if (instance->data.graph.complement)
		return taut_reader_note(instance,
		                        "complement of the file's graph: a maximum clique", err);
	if (length > 4 && !strcmp(file + length - 4, ".clq"))
		return taut_reader_note(instance,
		                        "independent set of a clique file's graph as it stands; "
		                        "--complement makes it a maximum clique",
		                        err);
	return TAUT_OK;
}

static taut_status read_lines(dimacs *d, taut_error *err)
{
	taut_token  key;
	taut_status st = TAUT_OK;

	while (st == TAUT_OK && taut_scan_next(d->reader->scan, &key))
		st = read_line(d, &key, err);
	if (st == TAUT_OK && !d->has_problem)
		st = taut_scan_fail(d->reader->scan, NULL, err, "no line 'p edge n m' in the file");
	return st == TAUT_OK ? merge_edges(d, err) : st;
}

taut_status taut_read_dimacs(taut_reader *reader, taut_error *err)
{
	dimacs         d = {.reader = reader};
	taut_instance *instance;
	taut_status    st = taut_reader_add(&instance, reader, TAUT_FAMILY_MIS, NULL, err);

	if (st != TAUT_OK)
		return st;
	d.graph = &instance->data.graph;
	d.graph->complement = reader->options->complement;
	st = set_note(instance, reader->scan->file, err);
	if (st == TAUT_OK)
		st = read_lines(&d, err);
	if (reader->options->weights == TAUT_WEIGHTING_UNIT)
		taut_numbers_fini(&d.graph->vertex_weights);
	taut_free(d.weighted);
	return st;
}
