/* Tabu search over single flips, with restarts by perturbation. docs/tabu.md. */
#ifndef TAUT_BACKEND_CPU_TABU_H
#define TAUT_BACKEND_CPU_TABU_H

#include "backend/cpu/cpu.h"

/* From the first states in *samples to the best states seen, with their energies. A sweep is a
 * move: the changes of all variables are compared, and one flips. The problem is over bits without
 * groups. *finished as in backend/backend.h. ENOMEM. */
taut_status taut_cpu_tabu_run(taut_samples *samples, bool *finished, const taut_cpu *cpu,
                              const taut_schedule *schedule, const taut_ctx *ctx,
                              taut_error *err) TAUT_MUST_CHECK;

#endif
