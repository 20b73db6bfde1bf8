/* Inside host/flow only: whether two sets of samples are the same, and where they are not. */
#ifndef TAUT_FLOW_COMPARE_SAMPLES_H
#define TAUT_FLOW_COMPARE_SAMPLES_H

#include "answer/comparison.h"
#include "qubo/codec.h"

/* CRC-32 (IEEE 802.3) of all states and then all energies, little-endian. */
uint32_t taut_samples_crc(const taut_samples *samples);

/* True where they differ; *out is then the first place, read by read: states, then the energy. */
bool taut_samples_differ(taut_difference *out, const taut_samples *samples,
                         const taut_samples *reference, const taut_codec *codec,
                         const taut_model *model);

#endif
