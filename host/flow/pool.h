/* Elite states of one problem: the best that its rounds have found, no two of them alike. What it
 * holds depends on the states that it was given and their order alone. */
#ifndef TAUT_FLOW_POOL_H
#define TAUT_FLOW_POOL_H

#include "qubo/problem.h"

typedef struct {
	const taut_problem *problem; /* view */
	taut_samples       *states; /* the elites, best first; equal energies in order of arrival */
	size_t              capacity; /* most that it holds */
	uint32_t            distance; /* bits or positions in which two elites differ at least */
	bool                tried;    /* mirrored is known */
	bool mirrored; /* a state and its complement have one energy and count as one */
} taut_pool;

/* An empty pool of a problem that outlives it. ELIMIT, ENOMEM; on failure there is nothing to fini.
 */
taut_status taut_pool_init(taut_pool *out, const taut_problem *problem, size_t capacity,
                           taut_error *err) TAUT_MUST_CHECK;
void        taut_pool_fini(taut_pool *pool);

/*
 * Offers states of the problem with their energies. One enters when it is better than the worst of
 * a full pool and no elite at least as good is near; worse elites near it leave, else the last of a
 * full pool. *gain: the sum of 1 / (1 + rank) over the states that entered, rank 0 for a new best.
 * ENOMEM.
 */
taut_status taut_pool_offer(double *gain, taut_pool *pool, const taut_samples *samples,
                            taut_error *err) TAUT_MUST_CHECK;

#endif
