/* Reads as lanes of the machine: read r of a run is lane r % TAUT_LANES of group r / TAUT_LANES. */
#ifndef TAUT_BACKEND_LANES_H
#define TAUT_BACKEND_LANES_H

#include "backend/backend.h"

/* Lanes that a run of so many reads moves: all whose ladder or ring has a read. */
uint32_t taut_lanes_of(const taut_schedule *schedule);

/* Words of lanes, bit l of words[i] being x_i of lane l, from and to the reads [first, first +
 * lanes) of *samples, lanes <= TAUT_LANES; words of variable i are at words[i * stride]. */
void taut_lanes_load(uint64_t *words, size_t stride, const taut_samples *samples, size_t first,
                     uint32_t lanes);
void taut_lanes_store(taut_samples *samples, size_t first, uint32_t lanes, const uint64_t *words,
                      size_t stride);

#endif
