/*
 * Test bench for co-simulation (hls/rtl/rtl): 64 variables or a permutation of 8, small parameters,
 * every mode the kernel has, against hls/model. With TAUT_RTL_EXCHANGE of taut_exchange, else of
 * taut_anneal. One source: the tool takes one, so the model is included. Compiled by the host's
 * compiler it runs the C (test rtl_tb_*), so that everything but the tool's part is tried.
 */
#include "hls/kernel/kernels.h"
#include "hls/model/model.c"
#include "hls/tb/tb.h"

#ifdef __BAMBU_SIM__
#include <mdpi/mdpi_user.h>
#endif

enum { N = 64, LENGTH = 8, SWEEPS = 3, STRIDE = 8, LAUNCH_WORDS = TAUT_LAUNCH_TABLE_WORD + SWEEPS };

typedef struct {
	taut_machine_problem p;
	int32_t              linear[N];
	uint64_t             row[N + 1];
	uint32_t             col[N * N];
	int32_t              coef[N * N];
	uint32_t             group[N];
	int32_t              matrix[2][LENGTH * LENGTH];
	taut_word            problem[32];
	taut_word            couplings[N * N / 8];
	uint64_t             coupling_words;
} instance;

static instance  x;
static taut_word launch_words[LAUNCH_WORDS];
static taut_word noise_words[TAUT_NOISE_COUNT / 32];
static taut_word got[512];
static taut_word want[512];
static taut_word status;

/* Size of pointer argument `index` of the top: what the tool allocates and compares. */
static void parameter(uint32_t index, size_t size_bytes)
{
#ifdef __BAMBU_SIM__
	m_param_alloc((unsigned char)index, size_bytes);
#else
	TB_CHECK(index >= 1 && index < TAUT_KERNEL_ARGUMENTS && size_bytes, "argument %" PRIu32,
	         index);
#endif
}

static void call(uint64_t state_words)
{
	parameter(1, sizeof launch_words);
	parameter(2, sizeof noise_words);
	parameter(3, sizeof x.problem);
	parameter(4, sizeof x.couplings);
	parameter(5, state_words * sizeof *got);
	parameter(6, sizeof status);
#ifdef TAUT_RTL_EXCHANGE
	taut_exchange(TAUT_KERNEL_ABI, launch_words, noise_words, x.problem, x.couplings, got,
	              &status);
#else
	taut_anneal(TAUT_KERNEL_ABI, launch_words, noise_words, x.problem, x.couplings, got,
	            &status);
#endif
}

static void put(taut_word *words, uint64_t at, uint64_t k, uint32_t item)
{
	taut_word_set32(&words[at + k / 16], k % 16, item);
}

/* Sparse: neighbours i +- STRIDE, +- 2 STRIDE and half-way round, beyond any window. */
static void make_rows(void)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < N; i++) {
		const uint64_t first = x.coupling_words;

		for (uint32_t j = 0; j < N; j++) {
			const uint32_t apart = i < j ? j - i : i - j;
			const uint64_t key = (uint64_t)(i < j ? i * N + j : j * N + i);
			const int32_t  q = (int32_t)(taut_machine_mix(key) % 19) - 9;

			if (!apart || apart % STRIDE ||
			    (apart / STRIDE != 4 && apart / STRIDE > 2) || !q)
				continue;
			x.couplings[first + (count - x.row[i]) / 8].v[(count - x.row[i]) % 8] =
				(uint64_t)(uint32_t)q << 32 | j;
			x.col[count] = j;
			x.coef[count++] = q;
		}
		x.row[i + 1] = count;
		x.coupling_words = first + (count - x.row[i] + 7) / 8;
		put(x.problem, 1 + N / 16, i + 1, (uint32_t)x.coupling_words);
	}
}

static void make_bits(bool grouped)
{
	const uint64_t at = 1 + N / 16 + N / 16 + 1; /* after the linear terms and first words */

	memset(&x, 0, sizeof x);
	put(x.problem, 0, TAUT_PROBLEM_KIND, TAUT_KIND_SPARSE);
	put(x.problem, 0, TAUT_PROBLEM_SIZE, N);
	put(x.problem, 0, TAUT_PROBLEM_FACTOR, 1);
	put(x.problem, 0, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW);
	make_rows();
	for (uint32_t i = 0; i < N; i++) {
		x.linear[i] = (int32_t)(taut_machine_mix(7000 + i) % 19) - 9;
		put(x.problem, 1, i, (uint32_t)x.linear[i]);
		x.group[i] = i < 48 ? i % 8 : TAUT_UNGROUPED;
		if (grouped)
			put(x.problem, at, i, x.group[i]);
	}
	for (uint32_t g = 0; grouped && g < 8; g++)
		put(x.problem, at + N / 16, g, 6);
	if (grouped)
		put(x.problem, 0, TAUT_PROBLEM_GROUPS, 8);
	x.p.n = N;
	x.p.linear = x.linear;
	x.p.row = x.row;
	x.p.col = x.col;
	x.p.coef = x.coef;
	x.p.group = grouped ? x.group : NULL;
	x.p.n_groups = grouped ? 8 : 0;
}

static void make_permutation(void)
{
	memset(&x, 0, sizeof x);
	put(x.problem, 0, TAUT_PROBLEM_KIND, TAUT_KIND_PERMUTATION);
	put(x.problem, 0, TAUT_PROBLEM_SIZE, LENGTH);
	put(x.problem, 0, TAUT_PROBLEM_ROW_WORDS, 1);
	put(x.problem, 0, TAUT_PROBLEM_FACTOR, 1);
	put(x.problem, 0, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW);
	for (uint32_t k = 0; k < 2 * LENGTH * LENGTH; k++) {
		const int32_t entry = (int32_t)(taut_machine_mix(9000 + k) % 19) - 9;

		x.matrix[k / (LENGTH * LENGTH)][k % (LENGTH * LENGTH)] = entry;
		put(x.couplings, k / LENGTH, k % LENGTH, (uint32_t)entry);
	}
	x.p.permutation_n = LENGTH;
	x.p.flow = x.matrix[0];
	x.p.distance = x.matrix[1];
}

static void first_state(taut_machine_state *s)
{
	tb_state_new(s, x.p.n, x.p.permutation_n);
	for (uint32_t i = 0; i < x.p.n; i++)
		if (!x.p.group || x.group[i] == TAUT_UNGROUPED)
			s->spins[i] = taut_machine_mix(100 + i);
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		for (uint32_t g = 0; g < x.p.n_groups; g++)
			s->spins[g + 8 * (taut_machine_mix(g * 64 + l) % 6)] |= (uint64_t)1 << l;
		for (uint32_t a = 0; a < x.p.permutation_n; a++)
			s->position[l * LENGTH + a] = (uint16_t)((a + l) % LENGTH);
		s->rung[l] = l % 4;
		s->energy[l] = taut_model_energy(&x.p, s, l);
	}
}

/* Accepted exchanges are written by the kernel alone: taken over, the benches of hls/tb check them.
 */
static void compare(taut_machine_mode mode, uint64_t words)
{
	memcpy(want + TAUT_STATE_PAIRS, got + TAUT_STATE_PAIRS, 4 * sizeof *got);
	tb_check_status(&status, TAUT_CODE_DONE, SWEEPS);
	for (uint64_t k = 0; k < words; k++)
		TB_CHECK(memcmp(&got[k], &want[k], sizeof *got) == 0, "mode %d: word %" PRIu64,
		         (int)mode, k);
}

static void run(taut_machine_mode mode, const tb_noise *noise)
{
	static const uint32_t     EXCHANGE[3] = {40000, 30000, 20000};
	static const int64_t      JQ[SWEEPS] = {1 << 26, 1 << 27, 1 << 28};
	const taut_temperature    t[SWEEPS] = {tb_step(92), tb_step(96), tb_step(100)};
	const uint64_t            words = taut_kernel_state_words(x.p.n, x.p.permutation_n);
	const taut_machine_launch h = {.mode = mode,
	                               .rule = TAUT_RULE_METROPOLIS,
	                               .seed = 5,
	                               .group = 3,
	                               .sweep_end = SWEEPS,
	                               .sweep_count = SWEEPS,
	                               .temperature_width = 1,
	                               .temperature = t,
	                               .rungs = mode == TAUT_MODE_PT ? 4 : 0,
	                               .exchange = EXCHANGE,
	                               .exchange_fraction = 20,
	                               .ring = mode == TAUT_MODE_SQA ? 4 : 0,
	                               .jq = JQ,
	                               .noise = noise->metropolis};
	taut_word                *packed = tb_pack_launch(&h, 1);
	taut_machine_state        state;

	TB_CHECK(words <= sizeof got / sizeof *got, "%" PRIu64 " words", words);
	memcpy(launch_words, packed, sizeof launch_words);
	free(packed);
	first_state(&state);
	tb_pack_state(got, &state, x.p.n, x.p.permutation_n, NULL);
	taut_model_launch(&x.p, &h, &state);
	tb_pack_state(want, &state, x.p.n, x.p.permutation_n, NULL);
	tb_state_free(&state);
	call(words);
	compare(mode, words);
}

int main(void)
{
	tb_noise  *noise = tb_noise_new();
	taut_word *packed = tb_pack_noise(noise, TAUT_RULE_METROPOLIS);
	bool       grouped = false;

	memcpy(noise_words, packed, sizeof noise_words);
	free(packed);
#ifdef TAUT_RTL_EXCHANGE
	grouped = true;
	make_permutation();
	run(TAUT_MODE_SA, noise);
	run(TAUT_MODE_PT, noise);
#else
	(void)make_permutation;
#endif
	make_bits(grouped);
	run(TAUT_MODE_SA, noise);
	run(TAUT_MODE_PT, noise);
	run(TAUT_MODE_SQA, noise);
	printf("equal to the model\n");
	free(noise);
	return 0;
}
