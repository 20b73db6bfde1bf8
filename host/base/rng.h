/* Host random numbers: splitmix64 (Steele, Lea & Flood 2014) for seeding and xoshiro256** (Blackman &
 * Vigna 2018) for streams. The noise of an anneal is not from here: hls/abi/machine.h defines it. */
#ifndef TAUT_BASE_RNG_H
#define TAUT_BASE_RNG_H

#include <stdint.h>

typedef struct {
	uint64_t s[4];
} taut_rng;

/* The splitmix64 finaliser: a bijection of 64 bits whose outputs look independent. */
static inline uint64_t taut_mix64(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* Stream number `stream` of `seed`; streams of one seed are independent for all uses here. */
void taut_rng_init(taut_rng *rng, uint64_t seed, uint64_t stream);

uint64_t taut_rng_next(taut_rng *rng);

/* Uniform in [0, bound), bound > 0, without bias (rejection). */
uint64_t taut_rng_below(taut_rng *rng, uint64_t bound);

/* Uniform in [0, 1) with 53 bits. */
double taut_rng_unit(taut_rng *rng);

#endif
