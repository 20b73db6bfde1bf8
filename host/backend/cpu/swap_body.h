/*
 * The permutation engine of one lane (swap.h): blocks of 16 pairs (a, b .. b + 15) are tested at
 * once; the first that is accepted is carried out and the rest of its block tested again, so that
 * the order is exactly sequential. The form is chosen sweep by sweep.
 */

enum { BLOCK = TAUT_CPU_BLOCK };

/* A block of 16 pairs (a, b .. b + 15). */
typedef struct {
	vec_32 v[TAUT_CPU_BLOCK / WIDTH_32];
} block;

static inline block swap_thresholds(const taut_cpu_swaps *s, uint32_t lane, const uint16_t *bits,
                                    taut_cpu_scale scale)
{
	const int32_t *const noise = s->noise[s->rule];
	block                threshold;

	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++) {
		const uvec_32 x = widen_unsigned(bits + v * WIDTH_32);
		const vec_32  draw = gather_32(noise, (vec_32)((x & ~63u) | ((x + lane) & 63u)));

		threshold.v[v] = s->rule == TAUT_RULE_HEATBATH
		                         ? threshold_heatbath(draw, scale)
		                         : threshold_metropolis((uvec_32)draw, scale);
	}
	return threshold;
}

/* Bit k: change k <= threshold k. */
static inline uint32_t swap_accepted(const block *change, const block *threshold)
{
	uint32_t yes = 0;

	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++)
		yes |= (uint32_t)accepted_32(change->v[v], threshold->v[v]) << (v * WIDTH_32);
	return yes;
}

static inline int32_t block_entry(const block *x, uint32_t k)
{
	int32_t entries[BLOCK];

	memcpy(entries, x, sizeof entries);
	return entries[k];
}

/* No threshold is above. */
static inline vec_32 swap_cap(const taut_cpu_swaps *s, taut_temperature t)
{
	return (vec_32){0} + (int32_t)taut_machine_threshold(s->largest[s->rule], t, 0);
}

static inline uint32_t swap_below(const block *change, vec_32 cap)
{
	uint32_t yes = 0;

	for (uint32_t v = 0; v < BLOCK / WIDTH_32; v++)
		yes |= (uint32_t)accepted_32(change->v[v], cap) << (v * WIDTH_32);
	return yes;
}

/* Those of the block from b on that are pairs (a, b), a < b < n. */
static inline uint32_t swap_open(uint32_t n, uint32_t a, uint32_t b)
{
	uint32_t open = n - b < BLOCK ? (1u << (n - b)) - 1 : (1u << BLOCK) - 1;

	return a < b ? open : open & ~((2u << (a - b)) - 1);
}

#include "backend/cpu/swap_direct_body.h"
#include "backend/cpu/swap_kept_body.h"

static void swap_start(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane)
{
	lane->kept = !s->direct.fits;
	if (lane->kept)
		kept_start(s, lane);
	else
		direct_start(s, lane);
}

static void swap_rows(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t begin,
                      uint32_t end, const uint16_t *bits, taut_temperature t)
{
	if (begin == 0) {
		/* a move less to go than to come: G is not made in vain */
		const bool direct =
			lane->moves >= (lane->kept ? s->direct.from : s->direct.from / 2);

		if (s->direct.fits && direct == lane->kept && lane->sweeps)
			kept_switch(s, lane);
		lane->moves = 0;
		lane->sweeps++;
	}
	if (lane->kept)
		kept_rows(s, lane, begin, end, bits, t);
	else
		direct_rows(s, lane, begin, end, bits, t);
}
