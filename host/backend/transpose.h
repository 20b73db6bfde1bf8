/* Bits by variable against bits by lane: the transposition of a 64 x 64 block of bits. */
#ifndef TAUT_BACKEND_TRANSPOSE_H
#define TAUT_BACKEND_TRANSPOSE_H

#include <stdint.h>

/* Bit j of word i changes places with bit i of word j: exchanges of ever smaller squares (Warren,
 * Hacker's Delight, section 7-3). */
static inline void taut_transpose_64(uint64_t word[64])
{
	uint64_t mask = 0x00000000FFFFFFFFu;

	for (unsigned size = 32; size != 0; size >>= 1, mask ^= mask << size)
		for (unsigned i = 0; i < 64; i = ((i | size) + 1) & ~size) {
			const uint64_t t = (word[i] >> size ^ word[i | size]) & mask;

			word[i] ^= t << size;
			word[i | size] ^= t;
		}
}

#endif
