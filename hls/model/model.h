/*
 * The bit-exact reference of the machine (hls/abi/machine.h), written for clarity: every change is
 * recomputed from the definition, lane by lane. All other implementations are compared with it.
 */
#ifndef TAUT_HLS_MODEL_MODEL_H
#define TAUT_HLS_MODEL_MODEL_H

#include "hls/abi/machine.h"

/* Runs one launch on one group and updates *state. Buffers as machine.h says; nothing is allocated.
 * Sizes and ranges are the caller's duty (asserted). */
void taut_model_launch(const taut_machine_problem *problem, const taut_machine_launch *launch,
                       taut_machine_state *state);

/* Energy of one lane from the definition, without the host's offset. */
int64_t taut_model_energy(const taut_machine_problem *problem, const taut_machine_state *state,
                          uint32_t lane);

#endif
