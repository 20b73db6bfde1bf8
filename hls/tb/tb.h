/*
 * What the kernels' test benches share: random numbers, the noise pools by libm, tables of
 * temperatures, launches and states in the words of hls/abi/kernel.h. Written apart from the host's
 * packing, so that a mistake in either shows. A bench prints and exits; memory is freed at exit.
 */
#ifndef TAUT_HLS_TB_H
#define TAUT_HLS_TB_H

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hls/abi/kernel.h"

#define TB_CHECK(condition, ...)                                                        \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
			fprintf(stderr, __VA_ARGS__);                                   \
			fputc('\n', stderr);                                            \
			exit(1);                                                        \
		}                                                                       \
	} while (0)

/* Canary in words that a kernel may not write. */
#define TB_UNTOUCHED 0xC3C3C3C3C3C3C3C3u

typedef struct {
	uint16_t metropolis[TAUT_NOISE_COUNT];
	int16_t  heatbath[TAUT_NOISE_COUNT];
} tb_noise;

static inline void *tb_new(size_t count, size_t size)
{
	void *new = calloc(count ? count : 1, size);

	TB_CHECK(new, "out of memory");
	return new;
}

/* splitmix64 */
static inline uint64_t tb_random(uint64_t *state)
{
	return taut_machine_mix(*state += TAUT_MACHINE_GOLDEN);
}

/* Uniform in [0, bound). */
static inline uint32_t tb_below(uint64_t *state, uint32_t bound)
{
	return (uint32_t)((tb_random(state) >> 32) * bound >> 32);
}

/* Uniform in [-range, range]. */
static inline int32_t tb_signed(uint64_t *state, int32_t range)
{
	return (int32_t)tb_below(state, 2 * (uint32_t)range + 1) - range;
}

static inline uint32_t tb_crc(const uint16_t *entry, size_t count)
{
	uint32_t sum = UINT32_MAX;

	for (size_t i = 0; i < 2 * count; i++) {
		sum ^= ((uint32_t)entry[i / 2] >> (8 * (i & 1))) & 0xFFu;
		for (int b = 0; b < 8; b++)
			sum = sum >> 1 ^ (0xEDB88320u & (0u - (sum & 1u)));
	}
	return ~sum;
}

/* By the formula of machine.h. */
static inline tb_noise *tb_noise_new(void)
{
	tb_noise *noise = tb_new(1, sizeof *noise);
	uint64_t  z = TAUT_NOISE_SHUFFLE_SEED;

	for (uint32_t k = 0; k < TAUT_NOISE_COUNT; k++) {
		const double u = (k + 0.5) / TAUT_NOISE_COUNT;

		noise->metropolis[k] = (uint16_t)lround(-4096 * log(u));
		noise->heatbath[k] = (int16_t)lround(2048 * log((1 - u) / u));
	}
	for (uint32_t i = TAUT_NOISE_COUNT - 1; i > 0; i--) {
		uint32_t j;
		uint16_t m;
		int16_t  h;

		z += TAUT_MACHINE_GOLDEN;
		j = (uint32_t)((taut_machine_mix(z) >> 32) * (i + 1) >> 32);
		m = noise->metropolis[i];
		h = noise->heatbath[i];
		noise->metropolis[i] = noise->metropolis[j];
		noise->heatbath[i] = noise->heatbath[j];
		noise->metropolis[j] = m;
		noise->heatbath[j] = h;
	}
	TB_CHECK(tb_crc(noise->metropolis, TAUT_NOISE_COUNT) == TAUT_NOISE_CRC_METROPOLIS, "pool");
	TB_CHECK(tb_crc((uint16_t *)noise->heatbath, TAUT_NOISE_COUNT) == TAUT_NOISE_CRC_HEATBATH,
	         "pool");
	return noise;
}

static inline const void *tb_pool(const tb_noise *noise, taut_machine_rule rule)
{
	if (rule == TAUT_RULE_HEATBATH)
		return noise->heatbath;
	return noise->metropolis;
}

/* The pool's words. */
static inline taut_word *tb_pack_noise(const tb_noise *noise, taut_machine_rule rule)
{
	const uint16_t *entry = tb_pool(noise, rule);
	taut_word      *words = tb_new(TAUT_NOISE_COUNT / 32, sizeof *words);

	for (size_t k = 0; k < TAUT_NOISE_COUNT; k++)
		words[k / 32].v[k / 4 % 8] |= (uint64_t)entry[k] << (16 * (k % 4));
	return words;
}

/* The words of a launch of `groups` groups. */
static inline taut_word *tb_pack_launch(const taut_machine_launch *h, uint32_t groups)
{
	const bool     wide = h->temperature_width != 1;
	const uint64_t sweeps = h->sweep_end - h->sweep_begin;
	taut_word *words = tb_new(TAUT_LAUNCH_TABLE_WORD + sweeps * (wide ? 4 : 1), sizeof *words);
	taut_word *table = words + TAUT_LAUNCH_TABLE_WORD;

	taut_word_set32(words, TAUT_LAUNCH_ABI, TAUT_KERNEL_ABI);
	taut_word_set32(words, TAUT_LAUNCH_MODE, h->mode);
	taut_word_set32(words, TAUT_LAUNCH_RULE, h->rule);
	taut_word_set32(words, TAUT_LAUNCH_GROUPS, groups);
	taut_word_set32(words, TAUT_LAUNCH_GROUP, h->group);
	taut_word_set32(words, TAUT_LAUNCH_WIDTH, h->temperature_width);
	taut_word_set32(words, TAUT_LAUNCH_RUNGS, h->rungs);
	taut_word_set32(words, TAUT_LAUNCH_FRACTION, h->exchange_fraction);
	taut_word_set32(words, TAUT_LAUNCH_RING, h->ring);
	words[0].v[TAUT_LAUNCH_SEED / 2] = h->seed;
	words[0].v[TAUT_LAUNCH_BEGIN / 2] = h->sweep_begin;
	words[0].v[TAUT_LAUNCH_END / 2] = h->sweep_end;
	words[1].v[TAUT_LAUNCH_COUNT / 2 - 8] = h->sweep_count;
	words[1].v[TAUT_LAUNCH_TRACK / 2 - 8] = h->track_from;
	for (uint32_t k = 0; h->mode == TAUT_MODE_PT && k + 1 < h->rungs; k++)
		taut_word_set32(&words[2 + k / 16], k % 16, h->exchange[k]);
	for (uint64_t k = 0; k < sweeps * h->temperature_width; k++) {
		const taut_temperature t = h->temperature[k];

		taut_word_set32(&table[wide ? k / 16 : k], wide ? (uint32_t)(k % 16) : 0,
		                (uint32_t)t.m | (uint32_t)(uint16_t)t.s << 16);
		if (!wide && h->mode == TAUT_MODE_SQA)
			table[k].v[1] = (uint64_t)h->jq[k];
	}
	return words;
}

/* States. */

/* n variables, or length of a permutation, the other 0. Energies of spins are the caller's. */
static inline void tb_state_new(taut_machine_state *state, uint32_t n, uint32_t permutation_n)
{
	memset(state, 0, sizeof *state);
	state->spins = tb_new(n, sizeof *state->spins);
	state->best_spins = tb_new(n, sizeof *state->best_spins);
	state->position = tb_new((size_t)TAUT_LANES * permutation_n, sizeof *state->position);
	state->best_position = tb_new((size_t)TAUT_LANES * permutation_n, sizeof *state->position);
	for (uint32_t l = 0; l < TAUT_LANES; l++)
		state->best_energy[l] = TAUT_NO_ENERGY;
}

static inline void tb_state_free(taut_machine_state *state)
{
	free(state->spins);
	free(state->best_spins);
	free(state->position);
	free(state->best_position);
}

static inline void tb_pack_spins(taut_word *words, const uint64_t *spins, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++)
			words[8 * (i / 64) + l / 8].v[l % 8] |= (spins[i] >> l & 1) << (i % 64);
}

static inline void tb_pack_positions(taut_word *words, const uint16_t *position, uint32_t n)
{
	const uint32_t row = taut_position_words(n);

	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++)
		for (uint32_t a = 0; a < n; a++)
			words[l * row + a / 32].v[a / 4 % 8] |= (uint64_t)position[l * n + a]
			                                        << (16 * (a % 4));
}

/* One group's block as a kernel leaves it: what belongs to lanes that are not computed holds the
 * canary. accepted: [TAUT_LANES], NULL: none. */
static inline void tb_pack_state(taut_word *words, const taut_machine_state *state, uint32_t n,
                                 uint32_t permutation_n, const uint32_t *accepted)
{
	const uint64_t   size = taut_kernel_state_words(n, permutation_n);
	const uint64_t   half = (size - TAUT_STATE_BODY) / 2;
	taut_word *const body = words + TAUT_STATE_BODY;

	memset(words, 0, size * sizeof *words);
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		const bool live = l < TAUT_KERNEL_LANES;

		words[TAUT_STATE_ENERGY + l / 8].v[l % 8] =
			live ? (uint64_t)state->energy[l] : TB_UNTOUCHED;
		words[TAUT_STATE_BEST + l / 8].v[l % 8] =
			live ? (uint64_t)state->best_energy[l] : TB_UNTOUCHED;
		words[TAUT_STATE_RUNG].v[l / 8] |= (live ? state->rung[l] : TB_UNTOUCHED & 0xFF)
		                                   << (8 * (l % 8));
		if (accepted)
			taut_word_set32(&words[TAUT_STATE_PAIRS + l / 16], l % 16, accepted[l]);
	}
	for (uint64_t w = 0; w < 2 * half; w++) {
		const uint64_t k = w % half;
		const uint64_t lane =
			permutation_n ? k / taut_position_words(permutation_n) : 8 * (k % 8);

		if (lane >= TAUT_KERNEL_LANES)
			memset(body[w].v, TB_UNTOUCHED & 0xFF, sizeof body[w].v);
	}
	if (permutation_n) {
		tb_pack_positions(body, state->position, permutation_n);
		tb_pack_positions(body + half, state->best_position, permutation_n);
	} else {
		tb_pack_spins(body, state->spins, n);
		tb_pack_spins(body + half, state->best_spins, n);
	}
}

/* Checks a kernel's status word. */
static inline void tb_check_status(const taut_word *status, taut_kernel_code code, uint64_t sweeps)
{
	TB_CHECK(taut_word_get32(status, TAUT_STATUS_CODE) == (uint32_t)code,
	         "code %" PRIu32 ", not %d", taut_word_get32(status, TAUT_STATUS_CODE), (int)code);
	TB_CHECK(taut_word_get32(status, TAUT_STATUS_ABI) == TAUT_KERNEL_ABI, "abi");
	TB_CHECK(taut_word_get64(status, TAUT_STATUS_HASH) == TAUT_KERNEL_HASH, "hash");
	TB_CHECK(taut_word_get64(status, TAUT_STATUS_SWEEPS) == sweeps,
	         "%" PRIu64 " sweeps, not %" PRIu64, taut_word_get64(status, TAUT_STATUS_SWEEPS),
	         sweeps);
}

/* Temperature step k: four to an octave, 0 is about 2^27 in energy, falling. */
static inline taut_temperature tb_step(uint32_t k)
{
	const taut_temperature t = {(uint16_t)(32768 + 8192 * (3 - k % 4)), (int16_t)(k / 4)};

	return t;
}

#endif
