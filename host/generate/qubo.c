/* Unconstrained problems as J. E. Beasley made OR-Library's bqp files ("Heuristic algorithms for
 * the unconstrained binary quadratic programming problem", 1998): an entry of Q's upper triangle,
 * diagonal included, is there with probability density, and then uniform over -100 .. 100; a 0 is
 * no entry. The objective is x'Qx with Q symmetric, so a pair counts twice; to be minimised (his is
 * maximised, which the symmetric range makes the same class). */
#include "generate/edges.h"

#include <math.h>

taut_status taut_generate_beasley(taut_instance *instance, const taut_recipe *recipe,
                                  taut_error *err)
{
	const double mean =
		recipe->density * (double)(taut_edges_pairs(recipe->size) + recipe->size);
	taut_edges  edges;
	taut_rng    rng;
	uint64_t    column = 0; /* of the triangle's row i, from its diagonal */
	taut_status st = taut_edges_init(&edges, instance, recipe, mean + 4.0 * sqrt(mean), err);

	taut_rng_init(&rng, recipe->seed, 0);
	for (uint32_t i = 0; st == TAUT_OK && i < recipe->size;) {
		int64_t q;
		column += taut_draw_gap(&rng, recipe->density);
		while (i < recipe->size && column >= recipe->size - i)
			column -= recipe->size - i++;
		if (i == recipe->size)
			break;
		q = taut_draw(&edges.weights, recipe->low, recipe->high);
		if (q)
			st = taut_edges_put(&edges, i, i + (uint32_t)column, q, err);
		column++;
	}
	if (st == TAUT_OK)
		taut_edges_finish(&edges);
	return st;
}
