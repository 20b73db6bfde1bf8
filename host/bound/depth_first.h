/*
 * Small programs of linear objective and rows, max c x, A x <= b, x binary, to a proof: depth-first
 * branch and bound on the separable Lagrangian bound, a counted amount of work.
 *
 * Proof obligation. Objectives are multiples of `step`, so an x better than the threshold T has c x
 * >= N, the next multiple above T. A node is a set of fixed variables; F are the free ones, r the
 * rows' right sides less what is fixed, p the fixed profit. For any l >= 0 every feasible x of the
 * node has c x <= U(l) = p + l r + sum_{j in F} max(0, d_j),  d_j = c_j - l A_j, as in
 * lagrangian.h; summed in integers at l = 2^-f (whole numbers >= 0), every overflow noticed (the
 * node then has its parent's bound). So
 *   - a node with U < N holds nothing better than T;
 *   - with x_j set against the sign of d_j the sum loses |d_j|: where U - |d_j| < N, x_j is fixed
 * to its sign's value (reduced cost fixing) and only x no better than T are lost;
 *   - a row whose least activity over the free variables exceeds r_k has no feasible x, and a value
 * of x_j that would make it so is excluded. Children x_j = 0 and x_j = 1 cover their node. When all
 * nodes are closed nothing is better than T or, where a better x was met on the way and T raised to
 * it, than that x. Stopped before, nothing is better than the largest bound among T and the nodes
 * that were left open. The search for l is in floating point; no rounding enters any of this.
 *
 * Lagrangian branch and bound: Held & Karp 1971, Fisher 1981; reduced cost fixing of knapsacks:
 * Balas & Martin 1980.
 */
#ifndef TAUT_BOUND_DEPTH_FIRST_H
#define TAUT_BOUND_DEPTH_FIRST_H

#include "base/ctx.h"
#include "model/model.h"

typedef struct {
	bool improved;    /* x has become better than it was, or feasible */
	bool proven;      /* all searched: no feasible x is better than the one at hand; none at all
	                     where none is */
	bool     bounded; /* a value is known */
	int64_t  bound; /* no feasible objective is better; units of 10^-decimals, model's sense */
	int64_t  objective; /* of x, where one is known */
	uint64_t nodes;     /* looked at */
	uint64_t work;      /* matrix entries looked at */
} taut_depth_first;

/* True for a model that has the form and is small enough to be tried. */
bool taut_depth_first_applies(const taut_model *model);

/* x: [n], feasible on entry where has_incumbent, else only written to. multipliers: [n_rows] of a
 * bound, or NULL. `work`: the most matrix entries to be looked at, about; where they do not suffice
 * for a proof, part of them go to proving bounds between. Same inputs, same result, unless ctx
 * stops it early; what is given is proven even so. One thread. ENOMEM. Where the numbers are too
 * large for an exact search nothing is proven. */
taut_status taut_depth_first_search(taut_depth_first *out, uint8_t *x, bool has_incumbent,
                                    const taut_model *model, const double *multipliers,
                                    uint64_t work, const taut_ctx *ctx,
                                    taut_error *err) TAUT_MUST_CHECK;

#endif
