/* taut_anneal: from card memory to the chip. Only bursts and wires. */
#ifndef TAUT_HLS_KERNEL_ANNEAL_LOAD_H
#define TAUT_HLS_KERNEL_ANNEAL_LOAD_H

#include "hls/kernel/anneal.h"

/* Words of a row of the kind, or 0 where the kind is not one of dense rows. */
static uint32_t words_of_row(uint32_t kind, uint32_t n)
{
	if (kind == TAUT_KIND_DENSE1)
		return (n + 511) >> 9;
	if (kind == TAUT_KIND_DENSE8)
		return (n + 63) >> 6;
	if (kind == TAUT_KIND_DENSE16)
		return (n + 31) >> 5;
	return 0;
}

/* Parts of a word: 64 coefficients or half of the pairs, DENSE16 all 32 coefficients. */
static uint32_t parts_of_word(uint32_t kind)
{
	if (kind == TAUT_KIND_DENSE1)
		return TAUT_ANNEAL_PARTS;
	return kind == TAUT_KIND_SPARSE ? 2 : 1;
}

static taut_kernel_code check_problem(const taut_anneal_plan *p, uint32_t window, uint32_t one_hot)
{
	if (p->kind > TAUT_KIND_DENSE16 || one_hot != 0)
		return TAUT_CODE_KIND;
	if (p->n > TAUT_KERNEL_VARIABLES || p->row_words != words_of_row(p->kind, p->n))
		return TAUT_CODE_SIZE;
	if (window != TAUT_KERNEL_WINDOW)
		return TAUT_CODE_WINDOW;
	return TAUT_CODE_DONE;
}

static taut_kernel_code taut_anneal_load_plan(taut_anneal_plan *plan, uint32_t abi,
                                              const taut_word *launch, const taut_word *problem)
{
	taut_word word;

	if (!taut_launch_load(&plan->launch, abi, launch))
		return TAUT_CODE_ABI;
	if (!taut_launch_is_known(&plan->launch))
		return TAUT_CODE_KIND;
	if (!taut_launch_fits(&plan->launch))
		return TAUT_CODE_SIZE;
	plan->passes = plan->launch.groups > 1 ? TAUT_ANNEAL_PASSES : 1;
	TAUT_COPY_WORD(word, problem[0]);
	plan->kind = taut_word_get32(&word, TAUT_PROBLEM_KIND);
	plan->n = taut_word_get32(&word, TAUT_PROBLEM_SIZE);
	plan->row_words = taut_word_get32(&word, TAUT_PROBLEM_ROW_WORDS);
	plan->factor = plan->kind == TAUT_KIND_SPARSE
	                       ? 1
	                       : (int32_t)taut_word_get32(&word, TAUT_PROBLEM_FACTOR);
	plan->parts = parts_of_word(plan->kind);
	return check_problem(plan, taut_word_get32(&word, TAUT_PROBLEM_WINDOW),
	                     taut_word_get32(&word, TAUT_PROBLEM_GROUPS));
}

static void load_linear(taut_anneal_chip *chip, uint32_t n, const taut_word *linear)
{
linear_words:
	for (uint32_t w = 0; w < (n + 15) >> 4; w++) {
		TAUT_PIPELINE(1)
		TAUT_TRIP(1, TAUT_KERNEL_VARIABLES / 16)
		taut_word word;

		TAUT_COPY_WORD(word, linear[w]);
	linear_items:
		for (uint32_t k = 0; k < 16; k++) {
			TAUT_UNROLL
			chip->linear[16 * w + k] = (int32_t)taut_word_get32(&word, k);
		}
	}
}

/* Lengths of sparse rows from where they begin. */
static void load_starts(taut_anneal_chip *chip, taut_anneal_plan *plan, const taut_word *starts)
{
	uint32_t before = 0;
	uint32_t base = 0;

start_words:
	for (uint32_t w = 0; w <= plan->n >> 4; w++) {
		TAUT_PIPELINE(1)
		TAUT_TRIP(1, TAUT_KERNEL_VARIABLES / 16 + 1)
		taut_word word;

		TAUT_COPY_WORD(word, starts[w]);
	start_items:
		for (uint32_t k = 0; k < 16; k++) {
			TAUT_UNROLL
			const uint32_t i = 16 * w + k;
			const uint32_t start = taut_word_get32(&word, k);

			if (i == 0)
				base = start;
			else if (i <= plan->n)
				chip->words[i - 1] = (uint16_t)(start - before);
			if (i <= plan->n)
				before = start;
		}
	}
	plan->base = base;
	plan->words = before - base;
}

static void load_lengths(taut_anneal_chip *chip, taut_anneal_plan *plan)
{
length_rows:
	for (uint32_t i = 0; i < plan->n; i++) {
		TAUT_PIPELINE(1)
		TAUT_TRIP(1, TAUT_KERNEL_VARIABLES)
		chip->words[i] = (uint16_t)plan->row_words;
	}
	plan->base = 0;
	plan->words = plan->n * plan->row_words;
}

/* Energies and rungs of a group. */
static void load_head(taut_anneal_chip *chip, uint32_t g, const taut_word *head)
{
	taut_word rungs;

	TAUT_COPY_WORD(rungs, head[TAUT_STATE_RUNG]);
head_words:
	for (uint32_t w = 0; w < TAUT_KERNEL_LANES / 8; w++) {
		TAUT_PIPELINE(2)
		taut_word energy;
		taut_word best;

		TAUT_COPY_WORD(energy, head[TAUT_STATE_ENERGY + w]);
		TAUT_COPY_WORD(best, head[TAUT_STATE_BEST + w]);
	head_items:
		for (uint32_t k = 0; k < 8; k++) {
			TAUT_UNROLL
			chip->energy[g][k & 1][4 * w + (k >> 1)] = (int64_t)energy.v[k];
			chip->best_energy[g][k & 1][4 * w + (k >> 1)] = (int64_t)best.v[k];
			chip->rung[g][8 * w + k] = (uint8_t)(rungs.v[w] >> (8 * k));
		}
	}
head_pairs:
	for (uint32_t k = 0; k < TAUT_LANES; k++) {
		TAUT_UNROLL
		chip->pairs[g][k] = 0;
	}
}

/* 64 variables of every lane, each in its seat. */
static void load_block(uint64_t block[64], const taut_word *body)
{
block_clear:
	for (uint32_t k = 0; k < 64; k++) {
		TAUT_UNROLL
		block[k] = 0;
	}
block_words:
	for (uint32_t w = 0; w < TAUT_KERNEL_LANES / 8; w++) {
		TAUT_PIPELINE(1)
		taut_word word;

		TAUT_COPY_WORD(word, body[w]);
	block_items:
		for (uint32_t k = 0; k < 8; k++) {
			TAUT_UNROLL
			block[taut_anneal_seat(8 * w + k)] = word.v[k];
		}
	}
}

static void load_spins(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t g,
                       const taut_word *body)
{
	const uint32_t blocks = (plan->n + 63) >> 6;
	const uint32_t first = TAUT_ANNEAL_PAIRS * (g % TAUT_ANNEAL_PASSES);

spin_blocks:
	for (uint32_t b = 0; b < blocks; b++) {
		TAUT_PIPELINE_OFF
		TAUT_TRIP(1, TAUT_KERNEL_VARIABLES / 64)
		uint64_t block[64];

		TAUT_PARTITION(block, 1)
		load_block(block, body + 8 * b);
	spin_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			chip->blocks[g / TAUT_ANNEAL_PASSES][0][first + b][l] = (uint32_t)block[l];
			chip->blocks[g / TAUT_ANNEAL_PASSES][1][first + b][l] =
				(uint32_t)(block[l] >> 32);
		}
		taut_anneal_transpose(block);
	spin_variables:
		for (uint32_t k = 0; k < 64; k++) {
			TAUT_PIPELINE(1)
			chip->spins[g][64 * b + k] = block[k];
		}
		load_block(block, body + 8 * (blocks + b));
		taut_anneal_transpose(block);
	best_variables:
		for (uint32_t k = 0; k < 64; k++) {
			TAUT_PIPELINE(1)
			chip->best[g][64 * b + k] = block[k];
		}
	}
}

static void taut_anneal_load(taut_anneal_chip *chip, taut_anneal_plan *plan,
                             const taut_word *launch, const taut_word *noise,
                             const taut_word *problem, const taut_word *state)
{
	const uint32_t block_words = (uint32_t)taut_kernel_state_words(plan->n, 0);

	chip->moves = 0;
	taut_launch_load_exchange(chip->exchange, launch);
	taut_launch_load_noise(chip->pool, noise);
	load_linear(chip, plan->n, problem + 1);
	if (plan->kind == TAUT_KIND_SPARSE)
		load_starts(chip, plan, problem + 1 + ((plan->n + 15) >> 4));
	else
		load_lengths(chip, plan);
load_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_PIPELINE_OFF
		if (g >= plan->launch.groups)
			break;
		load_head(chip, g, state + g * block_words);
		load_spins(chip, plan, g, state + g * block_words + TAUT_STATE_BODY);
	}
}

static void taut_anneal_load_sweep(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                                   const taut_word *launch, uint64_t sweep)
{
	const uint64_t row = sweep - plan->launch.begin;
	const uint64_t first = TAUT_LAUNCH_TABLE_WORD + (plan->launch.width == 1 ? row : 4 * row);
	taut_word      word;

temperature_words:
	for (uint32_t w = 0; w < TAUT_LANES / 16; w++) {
		TAUT_PIPELINE(1)
		if (w == 0 || plan->launch.width != 1)
			TAUT_COPY_WORD(word, launch[first + w]);
	temperature_items:
		for (uint32_t k = 0; k < 16; k++) {
			TAUT_UNROLL
			chip->table[16 * w + k] = taut_launch_temperature(
				taut_word_get32(&word, plan->launch.width == 1 ? 0 : k));
		}
	}
	chip->jq = plan->launch.mode == TAUT_MODE_SQA ? (int64_t)taut_word_get64(&word, 2) : 0;
temperature_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_UNROLL
	temperature_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			chip->temperature[g][l & 1][l >> 1] =
				chip->table[plan->launch.mode == TAUT_MODE_PT
			                            ? chip->rung[g][l] & (TAUT_LANES - 1)
			                            : l];
		}
	}
}

static void taut_anneal_load_tile(taut_word tile[TAUT_ANNEAL_TILE], const taut_anneal_plan *plan,
                                  const taut_word *couplings, uint32_t number)
{
	const uint32_t   done = number * TAUT_ANNEAL_TILE;
	const uint32_t   left = plan->words - done;
	const taut_word *first = couplings + plan->base + done;

tile_words:
	for (uint32_t w = 0; w < TAUT_ANNEAL_TILE; w++) {
		TAUT_PIPELINE(1)
		if (w >= left)
			break;
		TAUT_COPY_WORD(tile[w], first[w]);
	}
}

#endif
