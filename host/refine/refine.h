/* Better states from many: what annealed samples of a large sparse problem have found in different
 * places is put together (docs/refine.md). Single flips leave an error that grows with the size of
 * the problem, for every sample has its own mistakes somewhere; together they have few. */
#ifndef TAUT_REFINE_REFINE_H
#define TAUT_REFINE_REFINE_H

#include "base/ctx.h"
#include "qubo/problem.h"

/* Whether taut_refine_run takes this problem: sparse couplings, no one-hot groups, no permutation.
 */
bool taut_refine_applies(const taut_problem *problem);

/*
 * Refines the states of a round. in: at least one sample; pool: elite states kept from before, or
 * NULL. *out: between 1 and in->count + pool->count samples, different from each other, the best
 * first, with exact energies; its best is not worse than the best of in and pool, and
 * out->proposals counts the work done (couplings looked at). The caller frees *out. The next round
 * may start from *out at a moderate temperature.
 *
 * budget: couplings to look at, about, at most. The result depends on problem, in, pool, budget and
 * seed alone, not on ctx->threads; when ctx stops the call it returns what there is, which is never
 * less than the best of in and pool. ENOMEM, ELIMIT. On failure *out is NULL.
 */
taut_status taut_refine_run(taut_samples **out, const taut_problem *problem, const taut_samples *in,
                            const taut_samples *pool, uint64_t budget, uint64_t seed,
                            const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

#endif
