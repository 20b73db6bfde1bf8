/* Better states from many: what annealed samples of a large sparse problem have found in different
 * places is put together (docs/refine.md). Single flips leave an error that grows with the size of
 * the problem, for every sample has its own mistakes somewhere; together they have few. */
#ifndef TAUT_REFINE_REFINE_H
#define TAUT_REFINE_REFINE_H

#include "base/ctx.h"
#include "qubo/problem.h"

enum { TAUT_REFINE_KEEP = 8 }; /* samples that come out, at most, besides the best */

/* Whether taut_refine_run takes this problem: sparse couplings, at most 32 to a variable in the mean
 * and 2^24 stored, no one-hot groups, no permutation. */
bool taut_refine_applies(const taut_problem *problem);

/*
 * A tournament of the samples of a round. Near ones are contracted to the spins on which they do
 * not agree, what is left is improved over most of its spins at once, and the results meet again.
 * in: at least one sample, best a whole round as annealed; pool: elite states kept from before, or
 * NULL. *out: between 1 and TAUT_REFINE_KEEP + 1 samples, different from each other, best first,
 * with exact energies; its best is not worse than the best of in and pool. The caller frees *out.
 * A round may well start from *out, at half of the hottest temperature (docs/refine.md).
 *
 * budget and out->proposals: table entries and couplings looked at, of which one takes as long as
 * some 50 proposals of the annealer. The tournament ends with the group of samples that reaches the
 * budget. The result depends on problem, in, pool, budget and seed alone, not on ctx->threads;
 * when ctx stops the call it returns what there is. ENOMEM, ELIMIT. On failure *out is NULL.
 */
taut_status taut_refine_run(taut_samples **out, const taut_problem *problem, const taut_samples *in,
                            const taut_samples *pool, uint64_t budget, uint64_t seed,
                            const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

#endif
