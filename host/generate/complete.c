/* Complete graphs with random weights: with +-1 the Sherrington-Kirkpatrick spin glass (1975) and
 * the graphs K_n of the annealing literature, with -127 .. 127 their 8-bit kind. */
#include "generate/edges.h"

taut_status taut_generate_complete(taut_instance *instance, const taut_recipe *recipe,
                                   taut_error *err)
{
	taut_edges  edges;
	taut_status st = taut_edges_init(&edges, instance, recipe,
	                                 (double)taut_edges_pairs(recipe->size), err);

	for (uint32_t u = 0; st == TAUT_OK && u < recipe->size; u++)
		for (uint32_t v = u + 1; st == TAUT_OK && v < recipe->size; v++)
			st = taut_edges_add(&edges, u, v, err);
	if (st == TAUT_OK)
		taut_edges_finish(&edges);
	return st;
}
