/* Algorithm auto under a time limit: rounds of several arms on one problem, an arm being an
 * algorithm, where it starts and how hot. A bandit draws the arm of a round, elites of all rounds
 * are what arms start from, and every arm's schedules grow geometrically with its own rounds. All
 * of it counts work, never seconds (docs/portfolio.md). */
#ifndef TAUT_FLOW_PORTFOLIO_H
#define TAUT_FLOW_PORTFOLIO_H

#include "answer/result.h"
#include "backend/backend.h"

typedef struct taut_portfolio taut_portfolio;

/* The arms that fit the problem, which outlives the portfolio, and the backend's algorithms
 * (taut_limits). ELIMIT, ENOMEM. On failure *out is NULL. */
taut_status taut_portfolio_new(taut_portfolio **out, const taut_problem *problem,
                               uint32_t algorithms, uint64_t seed, taut_error *err) TAUT_MUST_CHECK;
void        taut_portfolio_free(taut_portfolio *portfolio); /* accepts NULL */

/* Draws the arm of the next round. schedule: on entry an annealing from random states over the
 * whole range of temperatures, with the reads of a round and the sweeps of an arm's first; on
 * return the arm's. Its initial states are a view that holds until the next call with this
 * portfolio. */
void taut_portfolio_plan(taut_schedule *schedule, taut_portfolio *portfolio);

/* The samples of the round that was planned last, with exact energies. Of sparse problems they are
 * refined together with what came of the rounds before (host/refine). ELIMIT, ENOMEM. */
taut_status taut_portfolio_take(taut_portfolio *portfolio, const taut_samples *samples,
                                const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

/* What refinement made of the round that was taken last, best first, or NULL; a view that holds
 * until the next call. */
const taut_samples *taut_portfolio_refined(const taut_portfolio *portfolio);

/* A state from elsewhere (an answer that was improved), with its exact energy. ENOMEM. */
taut_status taut_portfolio_offer(taut_portfolio *portfolio, const taut_samples *states,
                                 taut_error *err) TAUT_MUST_CHECK;

/* What the arms did so far. */
void taut_portfolio_report(taut_portfolio_result *out, const taut_portfolio *portfolio);

#endif
