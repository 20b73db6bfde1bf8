/*
 * Cycles that the intervals stated in a kernel's header comment give. A model: what a tool makes of
 * the loops, and what the card's memory adds beyond CYCLES_MEMORY, is not in it.
 */
#ifndef TAUT_HLS_TB_CYCLES_H
#define TAUT_HLS_TB_CYCLES_H

#include "hls/kernel/anneal.h"

enum { CYCLES_MEMORY = 120 }; /* from a burst's request to its first word, and to fill a pipeline */

/* A problem's work in a sweep. */
typedef struct {
	uint32_t n;
	uint64_t words;
	uint32_t parts;    /* of a word */
	uint64_t steps[2]; /* with 1 and 2 steps a part, and TAUT_ANNEAL_STEPS a row at least */
	bool     sparse;
} tb_anneal_work;

static inline void tb_anneal_add_row(tb_anneal_work *w, uint64_t words)
{
	w->words += words;
	for (uint64_t p = 1; p <= 2; p++)
		w->steps[p - 1] += p * w->parts * words > TAUT_ANNEAL_STEPS ? p * w->parts * words
		                                                            : TAUT_ANNEAL_STEPS;
}

static inline uint64_t tb_anneal_cycles_sweep(const tb_anneal_work *w, const taut_machine_launch *h,
                                              uint32_t groups)
{
	const uint64_t tiles = w->words ? (w->words + TAUT_ANNEAL_TILE - 1) / TAUT_ANNEAL_TILE : 1;
	const uint64_t first = w->words < TAUT_ANNEAL_TILE ? w->words : TAUT_ANNEAL_TILE;
	uint64_t       cycles = 2 * CYCLES_MEMORY + 4; /* temperature_words */

	/* tile_words of the first tile, then tile_steps hide those of the next; the last row's
	 * groups */
	cycles += first + w->steps[groups > 1 ? TAUT_ANNEAL_PASSES - 1 : 0] +
	          tiles * CYCLES_MEMORY + TAUT_ANNEAL_TURN + groups;
	if (h->mode == TAUT_MODE_PT) /* ladder_lanes, ladder_pairs */
		cycles += (uint64_t)groups * (TAUT_KERNEL_LANES / h->rungs) *
		          (h->rungs + 4 * (h->rungs / 2));
	/* best_groups, best_rows */
	return cycles + 2 * groups + (w->n + TAUT_ANNEAL_BANKS - 1) / TAUT_ANNEAL_BANKS;
}

static inline uint64_t tb_anneal_cycles(const tb_anneal_work *w, const taut_machine_launch *h,
                                        uint32_t groups)
{
	/* block_words, spin_variables or best_variables; store_variables, store_words */
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
