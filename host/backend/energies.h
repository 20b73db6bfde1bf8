/* Energies of many states at once. */
#ifndef TAUT_BACKEND_ENERGIES_H
#define TAUT_BACKEND_ENERGIES_H

#include "qubo/problem.h"

/* Sets the energies of samples [first, end) to those of taut_initial_energy, on up to `threads` threads. ENOMEM. */
taut_status taut_energies_set(taut_samples *samples, const taut_problem *problem, size_t first, size_t end,
                              uint32_t threads, taut_error *err) TAUT_MUST_CHECK;

#endif
