/*
 * The ladder of parallel tempering, found by counted work on any backend. docs/pt.md derives it.
 *
 * A pilot cools 64 reads through a few temperatures and takes the variance of their energies at
 * each: two rungs at inverse temperatures b and b + db refuse an exchange with probability
 * db sigma / sqrt(pi), nearly. The rungs are spaced so that all pairs refuse alike; then, and after
 * every run that is learnt from, by the refusals that were counted.
 */
#ifndef TAUT_BACKEND_LADDER_H
#define TAUT_BACKEND_LADDER_H

#include "backend/backend.h"

enum { TAUT_RUNGS_MAX = 64 };

/* Zeroed before the first use; nothing to fini. */
typedef struct {
	uint32_t n;                     /* rungs; 0: not found yet */
	double   place[TAUT_RUNGS_MAX]; /* ln(T / t_cold) / ln(t_hot / t_cold), rising from 0 */
	double   refused;               /* share of exchanges expected to be refused, every pair */
	double   rung[TAUT_RUNGS_MAX];  /* temperatures of the last plan */
} taut_ladder;

/*
 * Gives a schedule of pt its rungs, between its t_cold and t_hot, 0 < t_cold <= t_hot; the problem
 * is loaded. The first call runs the pilot, about a third of the schedule's work; later ones place
 * the same ladder between their own temperatures. *proposals grows by the pilot's work. The rungs
 * are a view that holds until the next call. Errors are the backend's.
 */
taut_status taut_ladder_plan(taut_ladder *ladder, taut_schedule *schedule, uint64_t *proposals,
                             taut_backend *backend, const taut_ctx *ctx,
                             taut_error *err) TAUT_MUST_CHECK;

/* Respaces the ladder by the exchanges that a run on it counted. */
void taut_ladder_learn(taut_ladder *ladder, const taut_samples *samples);

#endif
