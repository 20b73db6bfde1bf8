/*
 * Cycles that the intervals stated in a kernel's header comment give. A model: what a tool makes of
 * the loops, and what the card's memory adds beyond CYCLES_MEMORY, is not in it.
 */
#ifndef TAUT_HLS_TB_CYCLES_H
#define TAUT_HLS_TB_CYCLES_H

#include "hls/kernel/anneal.h"

enum { CYCLES_MEMORY = 120 }; /* from a burst's request to its first word, and to fill a pipeline */

/* Work of one sweep: words, and steps of the rows, which are their words but TAUT_ANNEAL_STEPS at
 * least. */
typedef struct {
	uint32_t n;
	uint64_t words;
	uint64_t steps;
	bool     sparse;
} tb_anneal_work;

static inline uint64_t tb_anneal_cycles_sweep(const tb_anneal_work *w, const taut_machine_launch *h,
                                              uint32_t groups)
{
	const uint64_t tiles = w->words ? (w->words + TAUT_ANNEAL_TILE - 1) / TAUT_ANNEAL_TILE : 1;
	const uint64_t first = w->words < TAUT_ANNEAL_TILE ? w->words : TAUT_ANNEAL_TILE;
	uint64_t       cycles =
		2 * CYCLES_MEMORY + (h->temperature_width == 1 ? 1 : 4); /* temperature_words */

	/* tile_words of the first tile, then tile_steps hide those of the next */
	cycles += first + w->steps + tiles * (TAUT_ANNEAL_DISTANCE + CYCLES_MEMORY);
	if (h->mode == TAUT_MODE_PT) /* ladder_lanes, ladder_pairs */
		cycles += (uint64_t)groups * (TAUT_KERNEL_LANES / h->rungs) *
		          (h->rungs + h->rungs / 2);
	return cycles + (w->n + 7) / 8; /* best_rows */
}

static inline uint64_t tb_anneal_cycles(const tb_anneal_work *w, const taut_machine_launch *h,
                                        uint32_t groups)
{
	const uint64_t block = TAUT_KERNEL_LANES / 8 + 64;
	const uint64_t blocks = (w->n + 63) / 64;
	const uint64_t lengths = w->sparse ? w->n / 16 + 1 : w->n; /* start_words or length_rows */
	const uint64_t head = 2 * TAUT_KERNEL_LANES / 8 + 8;
	const uint64_t load = 2 * TAUT_NOISE_ROWS + (w->n + 15) / 16 + lengths +
	                      groups * (head + 2 * block * blocks);
	const uint64_t store = groups * (head + 2 * block * blocks);

	return 8 * CYCLES_MEMORY + load + store +
	       (h->sweep_end - h->sweep_begin) * tb_anneal_cycles_sweep(w, h, groups);
}

#endif
