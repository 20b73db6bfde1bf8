/* BHOSLIB .mis files (Ke Xu, benchmarks with hidden optimum solutions): DIMACS graphs whose edges
 * are the conflicts. Family mis, or binary_program where --family asks for it: maximise the weight
 * of the chosen vertices, x_u + x_v <= 1 on every edge. */
#include "formats/reader.h"

static taut_status add_objective(taut_program_data *out, const taut_graph_data *graph,
                                 taut_error *err)
{
	const taut_numbers *weights = &graph->vertex_weights;
	taut_status         st = TAUT_OK;

	out->n = graph->n;
	out->maximise = true;
	for (uint32_t v = 0; v < graph->n && st == TAUT_OK; v++) {
		taut_decimal weight = {1, 0};
		if (weights->n > 0)
			weight = (taut_decimal){weights->v[v], weights->decimals};
		st = taut_program_add_term(out, v, v, weight, err);
	}
	return st;
}

/* Puts the program of the newest instance, a graph, in its place. */
static taut_status as_program(taut_reader *reader, taut_error *err)
{
	const taut_graph_data *graph = &reader->list->items[reader->list->count - 1]->data.graph;
	taut_instance         *instance;
	taut_status st = taut_instance_new(&instance, TAUT_FAMILY_BINARY_PROGRAM, NULL, err);

	if (st != TAUT_OK)
		return st;
	st = add_objective(&instance->data.program, graph, err);
	for (size_t e = 0; e < graph->n_edges && st == TAUT_OK; e++)
		st = taut_program_add_conflict(&instance->data.program, graph->u[e], graph->v[e],
		                               err);
	if (st == TAUT_OK)
		taut_reader_replace(reader, instance);
	else
		taut_instance_free(instance);
	return st;
}

taut_status taut_read_bhoslib(taut_reader *reader, taut_error *err)
{
	taut_status st = taut_read_dimacs(reader, err);

	return st == TAUT_OK && reader->options->family == TAUT_FAMILY_BINARY_PROGRAM
	               ? as_program(reader, err)
	               : st;
}
