/* G(n, p): every pair is an edge with probability p, independently (E. N. Gilmore, "Random graphs",
 * 1959). The pairs {v, w}, w < v, are walked row by row in gaps, as Batagelj and Brandes (2005) do:
 * time and memory of the order of vertices and edges. */
#include "generate/edges.h"

#include <math.h>

taut_status taut_generate_gnp(taut_instance *instance, const taut_recipe *recipe, taut_error *err)
{
	const double mean = recipe->density * (double)taut_edges_pairs(recipe->size);
	taut_edges   edges;
	taut_rng     rng;
	uint64_t     w = 0;
	/* four standard deviations: almost never grown */
	taut_status st = taut_edges_init(&edges, instance, recipe, mean + 4.0 * sqrt(mean), err);

	taut_rng_init(&rng, recipe->seed, 0);
	for (uint32_t v = 1; st == TAUT_OK && v < recipe->size;) {
		w += taut_draw_gap(&rng, recipe->density);
		while (v < recipe->size && w >= v)
			w -= v++;
		if (v < recipe->size)
			st = taut_edges_add(&edges, (uint32_t)w++, v, err);
	}
	if (st == TAUT_OK)
		taut_edges_finish(&edges);
	return st;
}
