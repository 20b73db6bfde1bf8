/*
 * Held-Karp bound of a closed tour by 1-trees with node potentials (Held & Karp 1970, Operations
 * Research 18; 1971, Mathematical Programming 1), and for asymmetric distances also the assignment
 * bound.
 *
 * Proof obligation. A 1-tree is a spanning tree on cities 2..n and two edges at city 1; every tour
 * of three or more cities is one. Let w_ij = w_ji be at most 2^f d_ij and 2^f d_ji: floor(2^f
 * min(d_ij, d_ji)). For any integer potentials pi and any tour, each city lies on two of its edges,
 * so 2^f d(tour) >= sum w_ij = sum (w_ij + pi_i + pi_j) - 2 sum pi >= least 1-tree - 2 sum pi =
 * V(pi), all in integers; hence d(tour) >= ceil(2^-f V). The search for pi is in floating point,
 * but pi is kept in integers and V is summed from them. Prim's method is exact; which city is city
 * 1 does not matter. The legs of a tour are also an assignment of successors without fixed points:
 * least sum d_{a,p(a)} with p(a) != a, whose dual is checked pair by pair (taut_assignment_proves).
 * The larger of the two counts.
 */
#ifndef TAUT_BOUND_ONE_TREE_H
#define TAUT_BOUND_ONE_TREE_H

#include "bound/bound.h"

/* Of a model with TAUT_STRUCTURE_TOUR. A counted number of subgradient steps of O(n^2) each, fewer
 * where ctx stops. ENOMEM. */
taut_status taut_bound_one_tree(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                taut_error *err) TAUT_MUST_CHECK;

#endif
