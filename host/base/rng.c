#include "base/rng.h"

#include <assert.h>

static const uint64_t GOLDEN = 0x9E3779B97F4A7C15u; /* 2^64 / golden ratio: splitmix64's increment */

void taut_rng_init(taut_rng *rng, uint64_t seed, uint64_t stream)
{
	uint64_t state = taut_mix64(seed + GOLDEN) ^ taut_mix64(stream * GOLDEN + 1);

	for (int i = 0; i < 4; i++) {
		state += GOLDEN;
		rng->s[i] = taut_mix64(state);
	}
}

static uint64_t rotate_left(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

uint64_t taut_rng_next(taut_rng *rng)
{
	uint64_t *s = rng->s;
	uint64_t  result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t  t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

uint64_t taut_rng_below(taut_rng *rng, uint64_t bound)
{
	uint64_t x;
	uint64_t limit;

	assert(bound > 0);
	/* Rejection on the largest multiple of bound: at most one retry expected. */
	limit = UINT64_MAX - UINT64_MAX % bound;
	do
		x = taut_rng_next(rng);
	while (x >= limit);
	return x % bound;
}

double taut_rng_unit(taut_rng *rng)
{
	return (double)(taut_rng_next(rng) >> 11) * 0x1p-53;
}
