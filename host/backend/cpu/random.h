/* Uniform random states: what any search must beat. */
#ifndef TAUT_BACKEND_CPU_RANDOM_H
#define TAUT_BACKEND_CPU_RANDOM_H

#include "backend/cpu/cpu.h"

/* The first states in *samples with their energies, of any problem. Sweeps are not used; a state
 * counts as many proposals as it has variables, or positions. *finished as in backend/backend.h.
 * ENOMEM. */
taut_status taut_cpu_random_run(taut_samples *samples, bool *finished, const taut_cpu *cpu,
                                const taut_schedule *schedule, const taut_ctx *ctx,
                                taut_error *err) TAUT_MUST_CHECK;

#endif
