/* The answer stage: decodes the samples of a round, verifies and repairs every one, and keeps the
 * incumbent. Runs in parallel; what it keeps does not depend on the thread count (best objective,
 * then lowest sample number). */
#ifndef TAUT_ANSWER_ANSWERS_H
#define TAUT_ANSWER_ANSWERS_H

#include "answer/repair.h"
#include "base/ctx.h"
#include "model/model.h"
#include "qubo/codec.h"

/* Objectives of samples, each as often as it occurs. */
typedef struct {
	uint64_t count;
	double   sum; /* units of 10^-decimals */
} taut_answer_sum;

/* Of the samples as they came. A caller that takes states which are no samples puts back the totals
 * of before. */
typedef struct {
	uint64_t samples;
	uint64_t feasible; /* before repair */
	uint64_t repaired; /* infeasible before, feasible after */
	uint64_t distance; /* bits changed by repair and local search, all samples together */
	bool     has_best;
	int64_t  best;          /* objective of the best sample that was feasible before repair */
	taut_answer_sum raw;    /* of those that were looked at and feasible before repair */
	taut_answer_sum mended; /* of those feasible after repair and local search */
} taut_answer_totals;

typedef struct {
	const taut_model *model;
	bool              repair, local_search;
	uint32_t          n_repairers;
	taut_repairer   **repairers; /* [n_repairers], one per thread */
	size_t            improved; /* distinct samples of a round, those of lowest energy, that are
	                             * looked at; the others are only counted. SIZE_MAX after init:
	                             * all. Less without rows and conflicts alone, where all are
	                             * feasible and energies tell the best */

	bool has_incumbent;
	bool incumbent_feasible; /* a feasible incumbent is never replaced by an infeasible one;
	                          * among infeasible ones fewer violations, then the better
	                          * objective, win */
	int64_t  incumbent_objective;
	size_t   incumbent_violations;
	uint8_t *incumbent; /* [n] */
	bool     optimal;   /* a polish has proven that no answer is better */
	uint32_t fruitless; /* rounds without a feasible answer, counted to FRUITLESS_MAX: the next
	                     * one's repairs get 2^-fruitless of their most work */

	taut_answer_totals totals; /* over all rounds */

	/* of the last round */
	size_t  round_samples;
	size_t  round_feasible;
	/* means over all samples, those of low energy weighing more: exp(-(E - least) / mean of E - least) */
	double *mean_activity; /* [n_rows] */
	double  mean_conflicts;
	/* its distinct samples of lowest energy as they came, at most TAUT_ANSWERS_POINTS; none of
	 * a model without rows */
	size_t    n_points;
	int64_t  *point_objective; /* [n_points] */
	int64_t  *point_activity;  /* [n_points][n_rows] */
	uint64_t *point_conflicts; /* [n_points] */
} taut_answers;

enum { TAUT_ANSWERS_POINTS = 64 };

/* Caller's storage; fini frees what init made. threads >= 1. ENOMEM. */
taut_status taut_answers_init(taut_answers *out, const taut_model *model, const double *multipliers,
                              bool repair, bool local_search, uint32_t threads,
                              taut_error *err) TAUT_MUST_CHECK;
void        taut_answers_fini(taut_answers *answers);

/* Takes one round of samples. Equal samples are repaired once (same seed, same result) and counted
 * as often as they occur. A stop or deadline of ctx: every sample is still counted raw, those not
 * yet repaired are skipped, but for the best one where no feasible answer is known yet. With local
 * search the round's best answer is polished where the structure has a polish (repair.h). ENOMEM.
 */
taut_status taut_answers_take(taut_answers *answers, const taut_codec *codec,
                              const taut_samples *samples, uint64_t seed, const taut_ctx *ctx,
                              taut_error *err) TAUT_MUST_CHECK;

/* The same for `count` uniform random bitstrings: the baseline of an annealer. Where the model has
 * a permutation block or one-hot groups and `structured`, random permutations and members, as the
 * exchange moves start from. */
taut_status taut_answers_take_random(taut_answers *answers, size_t count, uint64_t seed,
                                     bool structured, const taut_ctx *ctx,
                                     taut_error *err) TAUT_MUST_CHECK;

#endif
