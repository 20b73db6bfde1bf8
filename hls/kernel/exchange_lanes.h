/*
 * taut_exchange: what both of its engines share. The launch's header, the noise pool, energies and
 * rungs of a group of lanes, replica exchange. Static functions, for one source file.
 */
#ifndef TAUT_HLS_KERNEL_EXCHANGE_LANES_H
#define TAUT_HLS_KERNEL_EXCHANGE_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include "hls/abi/kernel.h"
#include "hls/kernel/pragmas.h"

typedef struct {
	uint32_t mode;
	uint32_t rule;
	uint32_t groups;
	uint32_t group;
	uint32_t width;
	uint32_t rungs;
	uint32_t fraction;
	uint32_t ring;
	uint64_t seed;
	uint64_t begin;
	uint64_t end;
	uint64_t count;
	uint64_t track;
	uint32_t exchange[TAUT_LANES];
} exchange_launch;

typedef struct {
	uint16_t entry[TAUT_NOISE_ROWS][TAUT_LANES];
} exchange_pool;

/* One group of lanes, but for its states. */
typedef struct {
	int64_t  energy[TAUT_KERNEL_LANES];
	int64_t  best_energy[TAUT_KERNEL_LANES];
	uint8_t  rung[TAUT_LANES];  /* those that are not computed are carried along */
	uint32_t pairs[TAUT_LANES]; /* accepted exchanges: ladder's first lane + colder rung */
	uint64_t moves;             /* of all groups of the launch */
} exchange_lanes;

static void load_launch(exchange_launch *h, const taut_word *launch)
{
	taut_word word[TAUT_LAUNCH_TABLE_WORD];

load_launch_words:
	for (uint32_t k = 0; k < TAUT_LAUNCH_TABLE_WORD; k++) {
		TAUT_PIPELINE(1)
		word[k] = launch[k];
	}
	h->mode = taut_word_get32(&word[0], TAUT_LAUNCH_MODE);
	h->rule = taut_word_get32(&word[0], TAUT_LAUNCH_RULE);
	h->groups = taut_word_get32(&word[0], TAUT_LAUNCH_GROUPS);
	h->group = taut_word_get32(&word[0], TAUT_LAUNCH_GROUP);
	h->width = taut_word_get32(&word[0], TAUT_LAUNCH_WIDTH);
	h->rungs = taut_word_get32(&word[0], TAUT_LAUNCH_RUNGS);
	h->fraction = taut_word_get32(&word[0], TAUT_LAUNCH_FRACTION);
	h->ring = taut_word_get32(&word[0], TAUT_LAUNCH_RING);
	h->seed = taut_word_get64(&word[0], TAUT_LAUNCH_SEED);
	h->begin = taut_word_get64(&word[0], TAUT_LAUNCH_BEGIN);
	h->end = taut_word_get64(&word[0], TAUT_LAUNCH_END);
	h->count = taut_word_get64(&word[1], TAUT_LAUNCH_COUNT - 16);
	h->track = taut_word_get64(&word[1], TAUT_LAUNCH_TRACK - 16);
load_launch_exchange:
	for (uint32_t k = 0; k < TAUT_LANES; k++) {
		TAUT_PIPELINE(1)
		h->exchange[k] = taut_word_get32(&word[2 + (k >> 4)], k & 15u);
	}
}

static void load_pool(exchange_pool *pool, const taut_word *noise)
{
load_pool_words:
	for (uint32_t k = 0; k < TAUT_NOISE_COUNT / 32; k++) {
		TAUT_PIPELINE(1)
		const taut_word word = noise[k];

	load_pool_entries:
		for (uint32_t l = 0; l < 32; l++) {
			TAUT_UNROLL
			pool->entry[k >> 1][32 * (k & 1u) + l] =
				(uint16_t)(word.v[l >> 2] >> (16 * (l & 3u)));
		}
	}
}

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
static taut_word temperature_word(const taut_word *launch, const exchange_launch *h, uint64_t sweep,
                                  uint32_t lane)
{
	const uint64_t k = sweep - h->begin;

	if (h->width == 1)
		return launch[TAUT_LAUNCH_TABLE_WORD + k];
	return launch[TAUT_LAUNCH_TABLE_WORD + 4 * k + (lane >> 4)];
}

static taut_temperature temperature_of(const taut_word *word, uint32_t item)
{
	const uint32_t         packed = taut_word_get32(word, item);
	const taut_temperature t = {(uint16_t)packed, (int16_t)(uint16_t)(packed >> 16)};

	return t;
}

/* A pool's entry as a draw. */
static int32_t draw_of(uint16_t entry, uint32_t rule)
{
	return rule == TAUT_RULE_HEATBATH ? 2 * (int32_t)(int16_t)entry : (int32_t)entry;
}

static int32_t draw_at(const exchange_pool *pool, uint32_t rule, uint32_t bits, uint32_t lane)
{
	const uint32_t at = taut_machine_draw(bits, lane);

	return draw_of(pool->entry[at >> 6][at & 63u], rule);
}

/* Whether states after this sweep may become best ones. */
static bool is_tracked(const exchange_launch *h, uint64_t sweep)
{
	return sweep >= h->track || sweep + 1 == h->count;
}

/* One ladder: lanes first .. first + rungs - 1. */
static void exchange_ladder(exchange_lanes *lanes, const exchange_launch *h,
                            const exchange_pool *pool, uint32_t bits, uint32_t odd, uint32_t first)
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

		if (taut_machine_exchange(h->exchange[k], h->fraction, lanes->energy[colder],
		                          lanes->energy[hotter],
		                          draw_at(pool, h->rule, bits, first + k))) {
			lanes->rung[colder] = (uint8_t)(k + 1);
			lanes->rung[hotter] = (uint8_t)k;
			lanes->pairs[first + k]++;
		}
	}
}

/* After sweep number `sweep`, whose last visit left the generator at `generator`. */
static void exchange_rungs(exchange_lanes *lanes, const exchange_launch *h,
                           const exchange_pool *pool, uint32_t generator, uint64_t sweep)
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
