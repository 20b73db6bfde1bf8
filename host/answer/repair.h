/*
 * Repair and local search: turns a bitstring into the best feasible answer near it. One strategy
 * per file, a table keyed by the model's structure. Deterministic in (x, seed); work is counted and
 * bounded.
 */
#ifndef TAUT_ANSWER_REPAIR_H
#define TAUT_ANSWER_REPAIR_H

#include "base/ctx.h"
#include "model/model.h"

/* Scratch memory and tables of one thread for one model. */
typedef struct taut_repairer taut_repairer;

/* multipliers: [n_rows] from a bound, to rank items by; NULL: by a rule from the data. The model
 * outlives it. */
taut_status taut_repairer_new(taut_repairer **out, const taut_model *m, const double *multipliers,
                              taut_error *err) TAUT_MUST_CHECK;
void        taut_repairer_free(taut_repairer *repairer); /* accepts NULL */

/* The search of a repair that may fail does 2^-halvings of its most work from now on: for where
 * many repairs have failed. */
void taut_repairer_save_work(taut_repairer *repairer, uint32_t halvings);

typedef struct {
	bool     feasible_before, feasible_after;
	int64_t  objective_before, objective_after; /* exact, units of 10^-decimals */
	uint32_t distance;                          /* bits changed */
} taut_repair_report;

/* Changes x ([n] of 0/1) in place. `repair`: make it feasible; `local_search`: improve a feasible x
 * by feasible moves until none of the strategy's moves helps or its work limit is reached. A stop
 * or deadline of ctx ends the local search early (x stays feasible). An infeasible x may remain so
 * where the generic walk finds nothing. ENOMEM. */
taut_status taut_repair(taut_repair_report *out, taut_repairer *repairer, uint8_t *x, uint64_t seed,
                        bool repair, bool local_search, const taut_ctx *ctx,
                        taut_error *err) TAUT_MUST_CHECK;

/* True where the structure has a polish: a search of bounded but larger work (a second or so),
 * worth spending on the best answer of a round. */
bool taut_repairer_polishes(const taut_repairer *repairer);

/* Improves a feasible x by it; does nothing to an infeasible one or without a polish. *optimal: x
 * is proven to be the best of all. Deterministic in (x, seed) unless ctx stops it. ENOMEM, x is
 * then as it was. */
taut_status taut_repair_polish(taut_repair_report *out, bool *optimal, taut_repairer *repairer,
                               uint8_t *x, uint64_t seed, const taut_ctx *ctx,
                               taut_error *err) TAUT_MUST_CHECK;

#endif
