/*
 * Simulated bifurcation (Goto, Endo, Suzuki, Sakai, Kanao, Hamakawa, Hidaka, Yamasaki, Tatsumura:
 * "High-performance combinatorial optimization based on classical mechanics", Science Advances 7,
 * eabe7953, 2021): even reads are ballistic, odd ones discrete. docs/sb.md.
 */
#ifndef TAUT_BACKEND_CPU_BIFURCATION_H
#define TAUT_BACKEND_CPU_BIFURCATION_H

#include "backend/cpu/cpu.h"

/* From the first states in *samples to the best states seen, with their energies. A sweep is a time
 * step. The problem is over bits without groups. *finished as in backend/backend.h. ENOMEM. */
taut_status taut_cpu_bifurcation_run(taut_samples *samples, bool *finished, const taut_cpu *cpu,
                                     const taut_schedule *schedule, const taut_ctx *ctx,
                                     taut_error *err) TAUT_MUST_CHECK;

#endif
