/*
 * taut_exchange: what both of its engines share beside launch.h. Energies and rungs of a group of
 * lanes, replica exchange. Static functions, for one source file.
 */
#ifndef TAUT_HLS_KERNEL_EXCHANGE_LANES_H
#define TAUT_HLS_KERNEL_EXCHANGE_LANES_H

#include "hls/kernel/launch.h"

typedef struct {
	uint16_t entry[TAUT_NOISE_ROWS][TAUT_LANES];
} exchange_pool;

/* One group of lanes, but for its states. */
typedef struct {
	int64_t  energy[TAUT_KERNEL_LANES];
	int64_t  best_energy[TAUT_KERNEL_LANES];
	uint8_t  rung[TAUT_LANES];     /* those that are not computed are carried along */
	uint32_t pairs[TAUT_LANES];    /* accepted exchanges: ladder's first lane + colder rung */
	uint32_t exchange[TAUT_LANES]; /* constants of the launch */
	uint64_t moves;                /* of all groups of the launch */
} exchange_lanes;

static void load_lanes(exchange_lanes *lanes, const taut_word *block)
{
	const taut_word rung = block[TAUT_STATE_RUNG];

load_lanes_energies:
	for (uint32_t k = 0; k < TAUT_KERNEL_LANES / 8; k++) {
		TAUT_PIPELINE(2)
		const taut_word energy = block[TAUT_STATE_ENERGY + k];
		const taut_word best = block[TAUT_STATE_BEST + k];

	load_lanes_items:
		for (uint32_t l = 0; l < 8; l++) {
			TAUT_UNROLL
			lanes->energy[8 * k + l] = (int64_t)energy.v[l];
			lanes->best_energy[8 * k + l] = (int64_t)best.v[l];
		}
	}
load_lanes_rungs:
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		TAUT_PIPELINE(1)
		lanes->rung[l] = (uint8_t)(rung.v[l >> 3] >> (8 * (l & 7u)));
		lanes->pairs[l] = 0;
	}
}

static void store_lanes(taut_word *block, const exchange_lanes *lanes)
{
	taut_word rung = {{0}};

store_lanes_energies:
	for (uint32_t k = 0; k < TAUT_KERNEL_LANES / 8; k++) {
		TAUT_PIPELINE(2)
		taut_word energy;
		taut_word best;

	store_lanes_items:
		for (uint32_t l = 0; l < 8; l++) {
			TAUT_UNROLL
			energy.v[l] = (uint64_t)lanes->energy[8 * k + l];
			best.v[l] = (uint64_t)lanes->best_energy[8 * k + l];
		}
		block[TAUT_STATE_ENERGY + k] = energy;
		block[TAUT_STATE_BEST + k] = best;
	}
store_lanes_rungs:
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		TAUT_PIPELINE(1)
		rung.v[l >> 3] |= (uint64_t)lanes->rung[l] << (8 * (l & 7u));
	}
	block[TAUT_STATE_RUNG] = rung;
store_lanes_pairs:
	for (uint32_t k = TAUT_STATE_PAIRS; k < TAUT_STATE_BODY; k++) {
		TAUT_PIPELINE(1)
		taut_word word = {{0}};

		if (k < TAUT_STATE_PAIRS + TAUT_LANES / 16) {
		store_lanes_counts:
			for (uint32_t l = 0; l < 16; l++) {
				TAUT_UNROLL
				taut_word_set32(&word, l,
				                lanes->pairs[16 * (k - TAUT_STATE_PAIRS) + l]);
			}
		}
		block[k] = word;
	}
}

/* What is read of the table for `sweep` and lane or rung `lane`. */
static taut_word temperature_word(const taut_word *launch, const taut_launch *h, uint64_t sweep,
                                  uint32_t lane)
{
	const uint64_t k = sweep - h->begin;

	if (h->width == 1)
		return launch[TAUT_LAUNCH_TABLE_WORD + k];
	return launch[TAUT_LAUNCH_TABLE_WORD + 4 * k + (lane >> 4)];
}

static int32_t draw_at(const exchange_pool *pool, uint32_t rule, uint32_t bits, uint32_t lane)
{
	const uint32_t at = taut_machine_draw(bits, lane);

	return taut_launch_draw(pool->entry[at >> 6][at & 63u], rule);
}

/* One ladder: lanes first .. first + rungs - 1. */
static void exchange_ladder(exchange_lanes *lanes, const taut_launch *h, const exchange_pool *pool,
                            uint32_t bits, uint32_t odd, uint32_t first)
{
	uint8_t at[TAUT_LANES]; /* lane of each rung */

ladder_seats:
	for (uint32_t k = 0; k < h->rungs; k++) {
		TAUT_TRIP(2, TAUT_KERNEL_LANES)
		TAUT_PIPELINE(1)
		at[lanes->rung[first + k] & (TAUT_LANES - 1)] = (uint8_t)(first + k);
	}
ladder_pairs:
	for (uint32_t k = odd; k + 1 < h->rungs; k += 2) {
		TAUT_TRIP(0, TAUT_KERNEL_LANES / 2)
		const uint32_t colder = at[k];
		const uint32_t hotter = at[k + 1];

		if (taut_machine_exchange(lanes->exchange[k], h->fraction, lanes->energy[colder],
		                          lanes->energy[hotter],
		                          draw_at(pool, h->rule, bits, first + k))) {
			lanes->rung[colder] = (uint8_t)(k + 1);
			lanes->rung[hotter] = (uint8_t)k;
			lanes->pairs[first + k]++;
		}
	}
}

/* After sweep number `sweep`, whose last visit left the generator at `generator`. */
static void exchange_rungs(exchange_lanes *lanes, const taut_launch *h, const exchange_pool *pool,
                           uint32_t generator, uint64_t sweep)
{
	const uint32_t bits = taut_machine_bits(taut_machine_advance(generator));
	const uint32_t odd = (uint32_t)sweep & 1u;

exchange_ladders:
	for (uint32_t first = 0; first + h->rungs <= TAUT_KERNEL_LANES; first += h->rungs) {
		TAUT_TRIP(1, TAUT_KERNEL_LANES / 2)
		exchange_ladder(lanes, h, pool, bits, odd, first);
	}
}

#endif
