/* The kernels' tops (hls/abi/kernel.h). Static on-chip memory: one call at a time in a process. Nothing fails but by
 * status. */
#ifndef TAUT_HLS_KERNEL_KERNELS_H
#define TAUT_HLS_KERNEL_KERNELS_H

#include "hls/abi/kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

void taut_anneal(uint32_t abi, const taut_word *launch, const taut_word *noise, const taut_word *problem,
                 const taut_word *couplings, taut_word *state, taut_word *status);

void taut_exchange(uint32_t abi, const taut_word *launch, const taut_word *noise, const taut_word *problem,
                   const taut_word *couplings, taut_word *state, taut_word *status);

#ifdef __cplusplus
}
#endif

#endif
