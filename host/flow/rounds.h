/* What every round anneals: reads, sweeps, temperatures, seed and starts. A fixed sequence that
 * depends on the options and the problem alone; a time limit only cuts it. */
#ifndef TAUT_FLOW_ROUNDS_H
#define TAUT_FLOW_ROUNDS_H

#include "backend/backend.h"
#include "base/options.h"

typedef struct {
	const taut_options *options;
	bool                timed;
	bool multiplier; /* every round changes the QUBO; set when the method is known */
	/* of multiplier rounds under a time limit, moved by taut_rounds_observe (docs/loop.md) */
	uint32_t level; /* the sweeps have doubled so often */
	uint32_t here;  /* rounds of this level */
	uint32_t idle;  /* rounds in a row without progress */
	bool     stalled; /* the last round was one too many without progress */
	bool     warm;  /* the next anneals begin where the last ended, not so hot */
	/* a schedule file's temperatures, or none */
	double  *temperature; /* [n] objective units */
	double  *point;       /* [n] device units, of the last round planned */
	uint32_t n;
} taut_rounds;

/* Reads the schedule file where the options name one. The options outlive it. EUSAGE for options
 * that contradict each other, EINPUT with file:line:column, EIO, ENOMEM. On failure there is
 * nothing to fini. */
taut_status taut_rounds_init(taut_rounds *out, const taut_options *options, bool timed,
                             taut_error *err) TAUT_MUST_CHECK;
void        taut_rounds_fini(taut_rounds *rounds);

/* Whether rounds of several arms are to be played (flow/portfolio.h): in time, of one QUBO, where
 * the options leave algorithm, starts and temperatures open. */
bool taut_rounds_portfolio(const taut_rounds *rounds);

/* After a round: whether it has made progress, a better answer or a better bound. Rounds that make
 * none are answered by longer anneals from random states. */
void taut_rounds_observe(taut_rounds *rounds, bool progress);

/* Round number `round`, from 0, of a problem with that many device units to an objective unit; of a
 * portfolio what each arm's first round starts from, for the portfolio to change. The schedule's
 * points are a view that holds until the next call; its initial states are left to the caller. */
void taut_rounds_plan(taut_schedule *out, taut_rounds *rounds, const taut_problem *problem,
                      double device_units, uint64_t round);

#endif
