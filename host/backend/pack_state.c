/* Noise, launches, states and status in the words of the kernels. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "backend/transpose.h"
#include "backend/pack.h"
#include "base/alloc.h"

void taut_pack_noise(taut_word *out, const taut_noise *noise, taut_machine_rule rule)
{
	for (size_t k = 0; k < TAUT_NOISE_COUNT; k += 4) {
		uint64_t four = 0;

		for (size_t e = 4; e-- > 0;)
			four = four << 16 |
			       (rule == TAUT_RULE_HEATBATH ? (uint16_t)noise->heatbath[k + e]
			                                   : noise->metropolis[k + e]);
		out[k / 32].v[k % 32 / 4] = four;
	}
}

taut_status taut_pack_pools(taut_word *pool[2], const taut_noise *noise, taut_error *err)
{
	for (int rule = 0; rule < 2; rule++) {
		pool[rule] = taut_alloc_aligned(TAUT_NOISE_WORDS, sizeof *pool[rule], err);
		if (!pool[rule])
			return TAUT_ENOMEM;
		taut_pack_noise(pool[rule], noise, (taut_machine_rule)rule);
	}
	return TAUT_OK;
}

taut_status taut_words_reserve(taut_word_buffer *b, uint64_t words, taut_error *err)
{
	if (words <= b->words)
		return TAUT_OK;
	taut_words_free(b);
	b->word = taut_alloc_aligned(words, sizeof *b->word, err);
	if (!b->word)
		return TAUT_ENOMEM;
	b->words = words;
	return TAUT_OK;
}

void taut_words_free(taut_word_buffer *b)
{
	taut_free(b->word);
	*b = (taut_word_buffer){NULL, 0};
}

/* Words of one sweep's temperatures. */
static uint64_t table_words(const taut_machine_launch *l)
{
	return l->temperature_width == 1 ? 1 : TAUT_LANES / 16;
}

uint64_t taut_pack_launch_words(const taut_job *job)
{
	const taut_machine_launch *l = &job->launch;

	return TAUT_LAUNCH_TABLE_WORD + (l->sweep_end - l->sweep_begin) * table_words(l);
}

static void put32(taut_word *words, uint32_t item, uint32_t value)
{
	taut_word_set32(words + item / 16, item % 16, value);
}

static void put64(taut_word *words, uint32_t item, uint64_t value)
{
	words[item / 16].v[item % 16 / 2] = value;
}

static uint32_t temperature_item(taut_temperature t)
{
	return t.m | (uint32_t)(uint16_t)t.s << 16;
}

static void put_temperatures(taut_word *out, const taut_machine_launch *l)
{
	for (uint64_t s = 0; s < l->sweep_end - l->sweep_begin; s++, out += table_words(l))
		if (l->temperature_width == 1) {
			put32(out, 0, temperature_item(l->temperature[s]));
			if (l->mode == TAUT_MODE_SQA)
				put64(out, 2, (uint64_t)l->jq[s]);
		} else {
			for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
				put32(out, lane,
				      temperature_item(l->temperature[s * TAUT_LANES + lane]));
		}
}

void taut_pack_launch(taut_word *out, const taut_job *job)
{
	const taut_machine_launch *l = &job->launch;

	memset(out, 0, taut_pack_launch_words(job) * sizeof *out);
	put32(out, TAUT_LAUNCH_ABI, TAUT_KERNEL_ABI);
	put32(out, TAUT_LAUNCH_MODE, l->mode);
	put32(out, TAUT_LAUNCH_RULE, l->rule);
	put32(out, TAUT_LAUNCH_GROUPS, job->groups);
	put32(out, TAUT_LAUNCH_GROUP, l->group);
	put32(out, TAUT_LAUNCH_WIDTH, l->temperature_width);
	if (l->mode == TAUT_MODE_PT) {
		put32(out, TAUT_LAUNCH_RUNGS, l->rungs);
		put32(out, TAUT_LAUNCH_FRACTION, l->exchange_fraction);
		for (uint32_t k = 0; k + 1 < l->rungs; k++)
			put32(out, TAUT_LAUNCH_EXCHANGE + k, l->exchange[k]);
	}
	if (l->mode == TAUT_MODE_SQA)
		put32(out, TAUT_LAUNCH_RING, l->ring);
	put64(out, TAUT_LAUNCH_SEED, l->seed);
	put64(out, TAUT_LAUNCH_BEGIN, l->sweep_begin);
	put64(out, TAUT_LAUNCH_END, l->sweep_end);
	put64(out, TAUT_LAUNCH_COUNT, l->sweep_count);
	put64(out, TAUT_LAUNCH_TRACK, l->track_from);
	put_temperatures(out + TAUT_LAUNCH_TABLE_WORD, l);
}

/* Words of one of the two sets of spins, or of positions. */
static uint64_t half_words(const taut_problem *p)
{
	return (taut_kernel_state_words(p->n, p->permutation_n) - TAUT_STATE_BODY) / 2;
}

/* Spins by variable to blocks of 64 variables by lane. */
static void put_spins(taut_word *out, const uint64_t *spins, uint32_t n)
{
	for (size_t first = 0; first < n; first += 64, out += 8) {
		uint64_t block[64] = {0};

		memcpy(block, spins + first, (n - first < 64 ? n - first : 64) * sizeof *block);
		taut_transpose_64(block);
		for (size_t l = 0; l < 64; l++)
			out[l / 8].v[l % 8] = block[l];
	}
}

static void get_spins(uint64_t *spins, const taut_word *words, uint32_t n)
{
	for (size_t first = 0; first < n; first += 64, words += 8) {
		uint64_t block[64];

		for (size_t l = 0; l < 64; l++)
			block[l] = words[l / 8].v[l % 8];
		taut_transpose_64(block);
		memcpy(spins + first, block, (n - first < 64 ? n - first : 64) * sizeof *block);
	}
}

static void put_positions(taut_word *out, const uint16_t *position, uint32_t n)
{
	const uint32_t row = taut_position_words(n);

	memset(out, 0, (size_t)TAUT_LANES * row * sizeof *out);
	for (size_t l = 0; l < TAUT_LANES; l++, out += row)
		for (size_t a = 0; a < n; a++)
			out[a / 32].v[a % 32 / 4] |= (uint64_t)position[l * n + a] << 16 * (a % 4);
}

static void get_positions(uint16_t *position, const taut_word *words, uint32_t n)
{
	const uint32_t row = taut_position_words(n);

	for (size_t l = 0; l < TAUT_LANES; l++, words += row)
		for (size_t a = 0; a < n; a++)
			position[l * n + a] =
				(uint16_t)(words[a / 32].v[a % 32 / 4] >> 16 * (a % 4));
}

void taut_pack_state(taut_word *out, const taut_pack *pack, const taut_job *job)
{
	const taut_problem *p = pack->source;
	const uint64_t      half = half_words(p);

	for (uint32_t g = 0; g < job->groups; g++, out += TAUT_STATE_BODY + 2 * half) {
		const taut_machine_state *state = &job->state[g];

		memset(out, 0, TAUT_STATE_BODY * sizeof *out);
		for (uint32_t l = 0; l < TAUT_LANES; l++) {
			out[TAUT_STATE_ENERGY + l / 8].v[l % 8] = (uint64_t)state->energy[l];
			out[TAUT_STATE_BEST + l / 8].v[l % 8] = (uint64_t)state->best_energy[l];
			out[TAUT_STATE_RUNG].v[l / 8] |= (uint64_t)state->rung[l] << 8 * (l % 8);
		}
		if (p->permutation_n) {
			put_positions(out + TAUT_STATE_BODY, state->position, p->permutation_n);
			put_positions(out + TAUT_STATE_BODY + half, state->best_position,
			              p->permutation_n);
		} else {
			put_spins(out + TAUT_STATE_BODY, state->spins, p->n);
			put_spins(out + TAUT_STATE_BODY + half, state->best_spins, p->n);
		}
	}
}

/* Pair k of ladder j is item j rungs + k. */
static void add_accepted(taut_job *job, uint32_t g, const taut_word *pairs)
{
	const uint32_t rungs = job->launch.rungs;

	for (uint32_t j = 0; j < taut_job_ladders(job, g); j++)
		for (uint32_t k = 0; k + 1 < rungs; k++) {
			const uint32_t item = j * rungs + k;

			job->accepted[k] += taut_word_get32(pairs + item / 16, item % 16);
		}
}

static bool is_permutation(const taut_word *words, uint32_t n)
{
	uint64_t seen[(TAUT_KERNEL_PERMUTATION + 63) / 64] = {0};

	for (size_t a = 0; a < n; a++) {
		const uint16_t at = (uint16_t)(words[a / 32].v[a % 32 / 4] >> 16 * (a % 4));

		if (at >= n || seen[at / 64] >> at % 64 & 1)
			return false;
		seen[at / 64] |= (uint64_t)1 << at % 64;
	}
	return true;
}

/* What is an index later on: a card that is lost or broken returns anything. */
static taut_status check_states(const taut_job *job, const taut_problem *p, const taut_word *words,
                                taut_error *err)
{
	const uint32_t n = p->permutation_n;
	const uint32_t rungs = job->launch.mode == TAUT_MODE_PT ? job->launch.rungs : 1;
	const uint32_t row = taut_position_words(n);

	for (uint32_t g = 0; g < job->groups; g++) {
		const bool tracked = (int64_t)words[TAUT_STATE_BEST].v[0] != TAUT_NO_ENERGY;

		for (uint32_t l = 0; l < TAUT_LANES; l++)
			if ((words[TAUT_STATE_RUNG].v[l / 8] >> 8 * (l % 8) & 0xff) >= rungs)
				return taut_fail(err, TAUT_EDEVICE,
				                 "the card returned a rung out of range: it is "
				                 "lost or its memory is bad");
		for (uint32_t l = 0; n && l < (tracked ? 2 : 1) * TAUT_LANES; l++)
			if (!is_permutation(words + TAUT_STATE_BODY + (size_t)l * row, n))
				return taut_fail(err, TAUT_EDEVICE,
				                 "the card returned what is no permutation: it is "
				                 "lost or its memory is bad");
		words += TAUT_STATE_BODY + 2 * half_words(p);
	}
	return TAUT_OK;
}

taut_status taut_unpack_state(taut_job *job, const taut_pack *pack, const taut_word *words,
                              taut_error *err)
{
	const taut_problem *p = pack->source;
	const uint64_t      half = half_words(p);
	const taut_status   st = check_states(job, p, words, err);

	if (st)
		return st;
	for (uint32_t g = 0; g < job->groups; g++, words += TAUT_STATE_BODY + 2 * half) {
		taut_machine_state *state = &job->state[g];

		for (uint32_t l = 0; l < TAUT_LANES; l++) {
			state->energy[l] = (int64_t)words[TAUT_STATE_ENERGY + l / 8].v[l % 8];
			state->best_energy[l] = (int64_t)words[TAUT_STATE_BEST + l / 8].v[l % 8];
			state->rung[l] = (uint8_t)(words[TAUT_STATE_RUNG].v[l / 8] >> 8 * (l % 8));
		}
		if (p->permutation_n) {
			get_positions(state->position, words + TAUT_STATE_BODY, p->permutation_n);
			get_positions(state->best_position, words + TAUT_STATE_BODY + half,
			              p->permutation_n);
		} else {
			get_spins(state->spins, words + TAUT_STATE_BODY, p->n);
			get_spins(state->best_spins, words + TAUT_STATE_BODY + half, p->n);
		}
		if (job->launch.mode == TAUT_MODE_PT)
			add_accepted(job, g, words + TAUT_STATE_PAIRS);
	}
	return TAUT_OK;
}

taut_status taut_pack_check(const taut_word *status, uint64_t sweeps, taut_error *err)
{
	static const char *const TEXTS[] = {
		[TAUT_CODE_NOTHING] = "wrote no status: it did not run, or was cut off",
		[TAUT_CODE_DONE] = "",
		[TAUT_CODE_ABI] = "",
		[TAUT_CODE_SIZE] = "refuses the problem's size: it was built for less than this "
				   "program; use the bitstream built with it",
		[TAUT_CODE_KIND] = "lacks the form of the couplings or the algorithm; use a newer "
				   "bitstream, or --backend cpu",
		[TAUT_CODE_WINDOW] =
			"was built for another window of pending flips "
			"(TAUT_KERNEL_WINDOW); use the bitstream built with this program",
	};
	const uint32_t code = taut_word_get32(status, TAUT_STATUS_CODE);
	const uint32_t abi = taut_word_get32(status, TAUT_STATUS_ABI);
	const uint64_t hash = taut_word_get64(status, TAUT_STATUS_HASH);
	const uint64_t done = taut_word_get64(status, TAUT_STATUS_SWEEPS);

	if (code == UINT32_MAX && abi == UINT32_MAX)
		return taut_fail(err, TAUT_EDEVICE,
		                 "device lost: it answers every read with ones; see whether the "
		                 "card is still there and reset it");
	if (code == TAUT_CODE_ABI || (code != TAUT_CODE_NOTHING && abi != TAUT_KERNEL_ABI))
		return taut_fail(err, TAUT_EDEVICE,
		                 "the kernel speaks version %" PRIu32
		                 " of the contract, this program version %u; use the bitstream "
		                 "built with it",
		                 abi, TAUT_KERNEL_ABI);
	if (code >= sizeof TEXTS / sizeof TEXTS[0])
		return taut_fail(err, TAUT_EDEVICE, "the kernel wrote an unknown status %" PRIu32,
		                 code);
	if (code != TAUT_CODE_NOTHING && hash != TAUT_KERNEL_HASH)
		return taut_fail(err, TAUT_EDEVICE,
		                 "the kernel was built with hash %016" PRIx64
		                 ", this program with %016" PRIx64
		                 "; use the bitstream built with it",
		                 hash, (uint64_t)TAUT_KERNEL_HASH);
	if (code != TAUT_CODE_DONE)
		return taut_fail(err, TAUT_EDEVICE, "the kernel %s", TEXTS[code]);
	if (done != sweeps)
		return taut_fail(err, TAUT_EDEVICE, "the kernel did %" PRIu64 " sweeps of %" PRIu64,
		                 done, sweeps);
	return TAUT_OK;
}
