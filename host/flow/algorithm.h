/* What pt and sqa need besides a range of temperatures: a ladder that fits the problem, rings and a
 * transverse field. docs/pt.md and docs/sqa.md say where the numbers come from. */
#ifndef TAUT_FLOW_ALGORITHM_H
#define TAUT_FLOW_ALGORITHM_H

#include "backend/ladder.h"
#include "qubo/temperature.h"

/* Temperatures between which an algorithm works by default. */
taut_temperature_range taut_algorithm_range(taut_algorithm algorithm, const taut_problem *problem);

/*
 * Completes a schedule whose temperatures are set, for a problem that is loaded: the rungs of pt
 * (those of a schedule file, else a ladder's, the first time after a pilot whose work *proposals
 * grows by), ring and field of sqa, and from when on sa and sqa look for best states. The ladder is
 * zeroed before the first round; the rungs are a view of it. EUSAGE where a schedule file gives no
 * ladder, ELIMIT for sqa on permutations, and the backend's.
 */
taut_status taut_algorithm_prepare(taut_schedule *schedule, taut_ladder *ladder,
                                   uint64_t *proposals, const taut_problem *problem,
                                   taut_backend *backend, const taut_ctx *ctx,
                                   taut_error *err) TAUT_MUST_CHECK;

#endif
