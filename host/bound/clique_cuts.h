/*
 * Clique inequalities of the conflict graph.
 *
 * Proof obligation. A feasible x has no two ones in conflict, so sum_{v in C} x_v <= 1 where every two of C are in conflict.
 * C is grown from one vertex by vertices that are adjacent to all before (a mark per vertex, set from the adjacency of each
 * member), so it is a clique. (Padberg 1973; separated greedily, largest x first, and extended by vertices of x = 0 to a
 * maximal one.)
 */
#ifndef TAUT_BOUND_CLIQUE_CUTS_H
#define TAUT_BOUND_CLIQUE_CUTS_H

#include "bound/relaxation.h"

typedef struct taut_clique_cuts taut_clique_cuts;

/* Scratch. ENOMEM. */
taut_status taut_clique_cuts_new(taut_clique_cuts **out, const taut_model *model, taut_error *err) TAUT_MUST_CHECK;
void        taut_clique_cuts_free(taut_clique_cuts *c); /* accepts NULL */

/* Adds violated cliques to the model's relaxation, no two with the same seed; *n_added grows. Adjacency entries looked at
 * are added to *work; no more are begun where it exceeds `limit`. x: [r->n]. ENOMEM. */
taut_status taut_clique_cuts_separate(size_t *n_added, taut_clique_cuts *c, taut_relaxation *r, const double *x,
				      uint64_t *work, uint64_t limit, taut_error *err) TAUT_MUST_CHECK;

#endif
