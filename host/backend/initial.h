/* Where the reads start: the same on every backend, a function of (seed, read) alone or given by
 * the caller. */
#ifndef TAUT_BACKEND_INITIAL_H
#define TAUT_BACKEND_INITIAL_H

#include "backend/backend.h"

/*
 * New samples, one per read, holding the first states: random bits, of every one-hot group one
 * random member, random permutations; or read r takes sample r % initial->count of the schedule.
 * Energies are 0. EINPUT when schedule->initial has another shape or breaks a group or permutation;
 * ENOMEM, ELIMIT. On failure *out is NULL.
 */
taut_status taut_initial_new(taut_samples **out, const taut_problem *problem,
                             const taut_schedule *schedule, taut_error *err) TAUT_MUST_CHECK;

/* Energy of sample r from the definition, in device units. */
int64_t taut_initial_energy(const taut_problem *problem, const taut_samples *samples, size_t r);

#endif
