/* taut_anneal: from the chip to card memory. Only bursts and wires. */
#ifndef TAUT_HLS_KERNEL_ANNEAL_STORE_H
#define TAUT_HLS_KERNEL_ANNEAL_STORE_H

#include "hls/kernel/anneal.h"

/* Energies, rungs and exchanges of a group; what other lanes have there stays. */
static void store_head(taut_word *head, const taut_anneal_chip *chip, uint32_t g)
{
	taut_word rungs;
	taut_word word;

	TAUT_COPY_WORD(rungs, head[TAUT_STATE_RUNG]);
store_head_words:
	for (uint32_t w = 0; w < TAUT_KERNEL_LANES / 8; w++) {
		TAUT_PIPELINE(2)
		taut_word best;

		rungs.v[w] = 0;
	store_head_items:
		for (uint32_t k = 0; k < 8; k++) {
			TAUT_UNROLL
			word.v[k] = (uint64_t)chip->energy[g][k & 1][4 * w + (k >> 1)];
			best.v[k] = (uint64_t)chip->best_energy[g][k & 1][4 * w + (k >> 1)];
			rungs.v[w] |= (uint64_t)chip->rung[g][8 * w + k] << (8 * k);
		}
		TAUT_COPY_WORD(head[TAUT_STATE_ENERGY + w], word);
		TAUT_COPY_WORD(head[TAUT_STATE_BEST + w], best);
	}
	TAUT_COPY_WORD(head[TAUT_STATE_RUNG], rungs);
store_pair_words:
	for (uint32_t w = TAUT_STATE_PAIRS; w < TAUT_STATE_BODY; w++) {
		TAUT_PIPELINE(1)
		word = taut_launch_zeros();
	store_pair_items:
		for (uint32_t k = 0; k < 16; k++) {
			TAUT_UNROLL
			if (w < TAUT_STATE_PAIRS + TAUT_LANES / 16)
				taut_word_set32(&word, k,
				                chip->pairs[g][16 * (w - TAUT_STATE_PAIRS) + k]);
		}
		TAUT_COPY_WORD(head[w], word);
	}
}

/* 64 variables from words of lanes. */
static void store_block(taut_word *body, const uint64_t variables[64])
{
	uint64_t block[64];

	TAUT_PARTITION(block, 1)
store_variables:
	for (uint32_t k = 0; k < 64; k++) {
		TAUT_PIPELINE(1)
		block[k] = variables[k];
	}
	taut_anneal_transpose(block);
store_words:
	for (uint32_t w = 0; w < TAUT_KERNEL_LANES / 8; w++) {
		TAUT_PIPELINE(1)
		taut_word word;

	store_items:
		for (uint32_t k = 0; k < 8; k++) {
			TAUT_UNROLL
			word.v[k] = block[taut_anneal_seat(8 * w + k)];
		}
		TAUT_COPY_WORD(body[w], word);
	}
}

static void taut_anneal_store(taut_word *state, taut_anneal_chip *chip,
                              const taut_anneal_plan *plan)
{
	const uint32_t blocks = (plan->n + 63) >> 6;
	const uint32_t block_words = (uint32_t)taut_kernel_state_words(plan->n, 0);

store_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_PIPELINE_OFF
		taut_word *body = state + g * block_words + TAUT_STATE_BODY;

		if (g >= plan->launch.groups)
			break;
		store_head(state + g * block_words, chip, g);
	store_blocks:
		for (uint32_t b = 0; b < blocks; b++) {
			TAUT_PIPELINE_OFF
			TAUT_TRIP(1, TAUT_KERNEL_VARIABLES / 64)
			store_block(body + 8 * b, chip->spins[g] + 64 * b);
			store_block(body + 8 * (blocks + b), chip->best[g] + 64 * b);
		}
	}
}

#endif
