/* Where the graph generators put their edges: a graph of mis (no edge weights, perhaps vertex
 * weights) or of maxcut, or the terms of a qubo. Weights are drawn from a stream of their own, so
 * that one seed gives one graph whatever its weights. Weights of 8 bits on more than half of all
 * pairs go to a dense matrix: 1 byte in place of 16 a pair. */
#ifndef TAUT_GENERATE_EDGES_H
#define TAUT_GENERATE_EDGES_H

#include "generate/draw.h"
#include "generate/recipe.h"

typedef struct {
	taut_instance *instance;
	int64_t        low, high;
	taut_rng       weights;
	taut_matrix   *matrix; /* view: the instance owns it; NULL: the edges are listed */
} taut_edges;

enum { TAUT_EDGES_DENSE_FROM = 512 }; /* vertices; smaller graphs are always listed */

/* Empties the instance into n vertices, with room for about `expected` edges (more may come).
 * EUSAGE when these are too many, ENOMEM. */
taut_status taut_edges_init(taut_edges *out, taut_instance *instance, const taut_recipe *recipe,
                            double expected, taut_error *err) TAUT_MUST_CHECK;

/* Adds {u, v}, u != v, which was not there. ENOMEM. */
taut_status taut_edges_add(taut_edges *edges, uint32_t u, uint32_t v,
                           taut_error *err) TAUT_MUST_CHECK;

/* The same with its weight, for a qubo or maxcut; of a qubo u == v is linear. */
taut_status taut_edges_put(taut_edges *edges, uint32_t u, uint32_t v, int64_t weight,
                           taut_error *err) TAUT_MUST_CHECK;

/* After the last edge. */
void taut_edges_finish(taut_edges *edges);

/* n (n - 1) / 2 */
static inline uint64_t taut_edges_pairs(uint32_t n)
{
	return (uint64_t)n * (n - 1) / 2;
}

#endif
