/*
 * What both kernels do alike: the launch's header and its checks, the noise pool and draws from it,
 * temperatures, exchange constants, the status. Static functions, for one source file.
 */
#ifndef TAUT_HLS_KERNEL_LAUNCH_H
#define TAUT_HLS_KERNEL_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>

#include "hls/abi/kernel.h"
#include "hls/kernel/pragmas.h"

/* The header, as hls/abi/kernel.h names its items. */
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
} taut_launch;

/* False, and nothing else is read, where the caller or the launch is of another contract. */
static inline bool taut_launch_load(taut_launch *h, uint32_t abi, const taut_word *launch)
{
	taut_word first;
	taut_word second;

	if (abi != TAUT_KERNEL_ABI)
		return false;
	TAUT_COPY_WORD(first, launch[0]);
	if (taut_word_get32(&first, TAUT_LAUNCH_ABI) != TAUT_KERNEL_ABI)
		return false;
	TAUT_COPY_WORD(second, launch[1]);
	h->mode = taut_word_get32(&first, TAUT_LAUNCH_MODE);
	h->rule = taut_word_get32(&first, TAUT_LAUNCH_RULE);
	h->groups = taut_word_get32(&first, TAUT_LAUNCH_GROUPS);
	h->group = taut_word_get32(&first, TAUT_LAUNCH_GROUP);
	h->width = taut_word_get32(&first, TAUT_LAUNCH_WIDTH);
	h->rungs = taut_word_get32(&first, TAUT_LAUNCH_RUNGS);
	h->fraction = taut_word_get32(&first, TAUT_LAUNCH_FRACTION);
	h->ring = taut_word_get32(&first, TAUT_LAUNCH_RING);
	h->seed = taut_word_get64(&first, TAUT_LAUNCH_SEED);
	h->begin = taut_word_get64(&first, TAUT_LAUNCH_BEGIN);
	h->end = taut_word_get64(&first, TAUT_LAUNCH_END);
	h->count = taut_word_get64(&second, TAUT_LAUNCH_COUNT - 16);
	h->track = taut_word_get64(&second, TAUT_LAUNCH_TRACK - 16);
	return true;
}

/* Whether there is such a mode and rule; else TAUT_CODE_KIND. */
static inline bool taut_launch_is_known(const taut_launch *h)
{
	if (h->mode > TAUT_MODE_SQA || h->rule > TAUT_RULE_HEATBATH)
		return false;
	/* slices have one temperature, and jq beside it */
	return h->width == 1 || (h->width == TAUT_LANES && h->mode != TAUT_MODE_SQA);
}

/* Whether groups, rungs or slices fit, and what is computed from them is defined; else
 * TAUT_CODE_SIZE. */
static inline bool taut_launch_fits(const taut_launch *h)
{
	if (h->groups < 1 || h->groups > TAUT_KERNEL_GROUPS)
		return false;
	if (h->begin > h->end || h->end > h->count)
		return false;
	if (h->mode == TAUT_MODE_PT)
		return h->rungs >= 2 && h->rungs <= TAUT_KERNEL_LANES &&
		       h->fraction >= TAUT_EXCHANGE_FRACTION_MIN &&
		       h->fraction <= TAUT_EXCHANGE_FRACTION_MAX;
	if (h->mode == TAUT_MODE_SQA)
		return h->ring >= 4 && h->ring <= TAUT_KERNEL_LANES &&
		       (h->ring & (h->ring - 1)) == 0;
	return true;
}

static inline void taut_launch_load_exchange(uint32_t exchange[TAUT_LANES], const taut_word *launch)
{
exchange_words:
	for (uint32_t w = 0; w < TAUT_LANES / 16; w++) {
		TAUT_PIPELINE(1)
		taut_word word;

		TAUT_COPY_WORD(word, launch[TAUT_LAUNCH_EXCHANGE / 16 + w]);
	exchange_items:
		for (uint32_t k = 0; k < 16; k++) {
			TAUT_UNROLL
			exchange[16 * w + k] = taut_word_get32(&word, k);
		}
	}
}

static inline void taut_launch_load_noise(uint16_t         pool[TAUT_NOISE_ROWS][TAUT_LANES],
                                          const taut_word *noise)
{
noise_words:
	for (uint32_t w = 0; w < 2 * TAUT_NOISE_ROWS; w++) {
		TAUT_PIPELINE(1)
		taut_word word;

		TAUT_COPY_WORD(word, noise[w]);
	noise_items:
		for (uint32_t k = 0; k < 32; k++) {
			TAUT_UNROLL
			pool[w >> 1][32 * (w & 1) + k] =
				(uint16_t)(word.v[k >> 2] >> (16 * (k & 3)));
		}
	}
}

/* A pool's entry as a draw. */
static inline int32_t taut_launch_draw(uint16_t entry, uint32_t rule)
{
	return rule == TAUT_RULE_HEATBATH ? 2 * (int32_t)(int16_t)entry : (int32_t)entry;
}

static inline taut_temperature taut_launch_temperature(uint32_t item)
{
	taut_temperature t;

	t.m = (uint16_t)item;
	t.s = (int16_t)(uint16_t)(item >> 16);
	return t;
}

/* Whether states after this sweep may become best ones. */
static inline bool taut_launch_tracks(const taut_launch *h, uint64_t sweep)
{
	return sweep >= h->track || sweep + 1 == h->count;
}

static inline taut_word taut_launch_zeros(void)
{
	taut_word word;

zero_items:
	for (uint32_t k = 0; k < 8; k++) {
		TAUT_UNROLL
		word.v[k] = 0;
	}
	return word;
}

/* moves: accepted, of all lanes. */
static inline void taut_launch_store_status(taut_word *status, const taut_launch *h,
                                            taut_kernel_code code, uint64_t moves)
{
	taut_word word = taut_launch_zeros();

	taut_word_set32(&word, TAUT_STATUS_CODE, (uint32_t)code);
	taut_word_set32(&word, TAUT_STATUS_ABI, TAUT_KERNEL_ABI);
	word.v[TAUT_STATUS_HASH / 2] = TAUT_KERNEL_HASH;
	if (code == TAUT_CODE_DONE) {
		word.v[TAUT_STATUS_SWEEPS / 2] = h->end - h->begin;
		word.v[TAUT_STATUS_MOVES / 2] = moves;
	}
	TAUT_COPY_WORD(status[0], word);
}

#endif
