/*
 * Test bench of taut_exchange: the kernel's C against hls/model, bit by bit and launch by launch,
 * over sizes around every boundary, all kinds, modes and rules, several groups of lanes, random
 * cuts of the sweeps, and the words that must stay as they are. Prints the cycles by the stated
 * intervals where it is built with TAUT_HLS_COUNT (pragmas.h).
 *
 *   tb_exchange [SEED]
 */
#include "hls/kernel/kernels.h"
#include "hls/model/model.h"
#include "hls/tb/exchange_instances.h"
#include "hls/tb/tb.h"

#ifdef TAUT_HLS_COUNT
uint64_t taut_hls_cycles;
#endif

enum { GUARD_WORDS = 2 };

/* A run of one problem, cut into launches. */
typedef struct {
	taut_machine_launch h; /* of the whole run */
	uint32_t            groups;
	taut_machine_state  state[TAUT_KERNEL_GROUPS]; /* the model's */
	uint64_t            moves;
	uint64_t            cycles;
} trial;

static uint64_t   n_launches;
static tb_noise  *noise;
static taut_word *noise_words[2];

static taut_temperature random_temperature(const instance *x, uint64_t *seed)
{
	const taut_temperature cold = {0, 20};
	const taut_temperature hottest = {40000, -3};

	if (tb_below(seed, 40) == 0)
		return cold;
	if (tb_below(seed, 40) == 0)
		return hottest;
	return tb_step(x->low + tb_below(seed, x->steps));
}

/* Tables of random entries; `size` is the number of rungs or slices. */
static void make_launch(taut_machine_launch *h, const instance *x, taut_machine_mode mode,
                        taut_machine_rule rule, uint32_t size, uint32_t width, uint32_t sweeps,
                        uint64_t *seed)
{
	taut_temperature *t = tb_new((size_t)sweeps * width, sizeof *t);
	int64_t          *jq = tb_new(sweeps, sizeof *jq);
	uint32_t         *exchange = tb_new(TAUT_LANES, sizeof *exchange);

	memset(h, 0, sizeof *h);
	h->mode = mode;
	h->rule = rule;
	h->seed = tb_random(seed);
	h->group = tb_below(seed, 1000);
	h->sweep_count = sweeps + 5;
	h->sweep_begin = tb_below(seed, 6); /* to sweeps + begin; 5: the last one is always kept */
	h->sweep_end = h->sweep_begin + sweeps;
	h->track_from = tb_below(seed, sweeps + 6);
	h->temperature_width = width;
	h->temperature = t;
	h->rungs = mode == TAUT_MODE_PT ? size : 0;
	h->ring = mode == TAUT_MODE_SQA ? size : 0;
	h->exchange = exchange;
	h->exchange_fraction = 12 + tb_below(seed, 25);
	h->jq = jq;
	h->noise = tb_pool(noise, rule);
	for (uint32_t k = 0; k < sweeps * width; k++)
		t[k] = random_temperature(x, seed);
	for (uint32_t k = 0; k < sweeps && mode == TAUT_MODE_SQA; k++)
		jq[k] = tb_below(seed, 10)
		                ? (int64_t)tb_below(seed, 2000) << (t[k].s < 0 ? 0 : t[k].s)
		                : TAUT_JQ_MAX;
	for (uint32_t k = 0; k < TAUT_LANES && mode == TAUT_MODE_PT; k++)
		exchange[k] = (uint32_t)((tb_random(seed) >> 33) >> (43 - h->exchange_fraction));
}

static void launch_free(taut_machine_launch *h)
{
	free((void *)(uintptr_t)h->temperature);
	free((void *)(uintptr_t)h->jq);
	free((void *)(uintptr_t)h->exchange);
}

static void first_spins(taut_machine_state *s, const taut_machine_problem *p, uint64_t *seed)
{
	uint32_t *size = tb_new(p->n_groups, sizeof *size);

	for (uint32_t i = 0; i < p->n; i++)
		if (p->group && p->group[i] != TAUT_UNGROUPED)
			size[p->group[i]]++;
		else
			s->spins[i] = tb_random(seed);
	for (uint32_t g = 0; g < p->n_groups; g++)
		for (uint32_t l = 0; l < TAUT_LANES; l++) {
			uint32_t left = tb_below(seed, size[g]);

			for (uint32_t i = 0; i < p->n; i++)
				if (p->group[i] == g && left-- == 0)
					s->spins[i] |= (uint64_t)1 << l;
		}
	free(size);
}

/* State of a group of lanes somewhere within a run. */
static void first_state(taut_machine_state *s, const instance *x, const taut_machine_launch *h,
                        uint64_t *seed)
{
	const uint32_t n = x->p.permutation_n;

	tb_state_new(s, x->p.n, n);
	first_spins(s, &x->p, seed);
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		uint16_t *p = s->position + (size_t)l * n;

		for (uint32_t a = 0; a < n; a++) {
			const uint32_t b = tb_below(seed, a + 1);

			p[a] = p[b];
			p[b] = (uint16_t)a;
		}
		memcpy(s->best_position + (size_t)l * n, p, n * sizeof *p);
		s->energy[l] = taut_model_energy(&x->p, s, l) + 1000000007;
		if (l & 1)
			s->best_energy[l] = s->energy[l];
		s->rung[l] = (uint8_t)(h->rungs ? l % h->rungs : 0);
	}
	if (x->p.n)
		memcpy(s->best_spins, s->spins, x->p.n * sizeof *s->spins);
}

/* The model's launch, sweep by sweep: accepted exchanges are seen in the rungs. accepted:
 * [TAUT_LANES]. */
static void run_model(taut_machine_state *s, uint32_t *accepted, const instance *x,
                      const taut_machine_launch *launch)
{
	taut_machine_launch one = *launch;

	for (uint64_t k = 0; k < launch->sweep_end - launch->sweep_begin; k++) {
		uint8_t before[TAUT_LANES];

		memcpy(before, s->rung, sizeof before);
		one.sweep_begin = launch->sweep_begin + k;
		one.sweep_end = one.sweep_begin + 1;
		one.temperature = launch->temperature + k * launch->temperature_width;
		one.jq = launch->jq + k;
		taut_model_launch(&x->p, &one, s);
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++)
			if (s->rung[l] == before[l] + 1)
				accepted[l / launch->rungs * launch->rungs + before[l]]++;
	}
}

/* One launch of all groups, kernel against model. */
static void run_launch(trial *t, const instance *x, uint64_t begin, uint64_t end)
{
	const uint32_t      n = x->p.n;
	const uint32_t      length = x->p.permutation_n;
	const uint64_t      block = taut_kernel_state_words(n, length);
	const size_t        bytes = (t->groups * block + GUARD_WORDS) * sizeof(taut_word);
	taut_machine_launch h = t->h;
	taut_word          *got = tb_new(1, bytes);
	taut_word          *want = tb_new(1, bytes);
	taut_word           status = {{0}};
	taut_word          *words;

	h.sweep_begin = begin;
	h.sweep_end = end;
	h.temperature += (begin - t->h.sweep_begin) * h.temperature_width;
	h.jq += begin - t->h.sweep_begin;
	words = tb_pack_launch(&h, t->groups);
	memset(got, TB_UNTOUCHED & 0xFF, bytes);
	memset(want, TB_UNTOUCHED & 0xFF, bytes);
	for (uint32_t r = 0; r < t->groups; r++, h.group++) {
		uint32_t accepted[TAUT_LANES] = {0};

		tb_pack_state(got + r * block, &t->state[r], n, length, NULL);
		memset(got + r * block + TAUT_STATE_PAIRS, 0x5A, 7 * sizeof *got); /* not read */
		run_model(&t->state[r], accepted, x, &h);
		tb_pack_state(want + r * block, &t->state[r], n, length, accepted);
	}
	taut_exchange(TAUT_KERNEL_ABI, words, noise_words[h.rule], x->problem, x->couplings, got,
	              &status);
	tb_check_status(&status, TAUT_CODE_DONE, end - begin);
	for (size_t k = 0; k < bytes / sizeof *got; k++)
		TB_CHECK(memcmp(&got[k], &want[k], sizeof *got) == 0,
		         "n %" PRIu32 " permutation %" PRIu32 " groups %" PRIu32
		         " mode %d rule %d width %" PRIu32 " sweeps %" PRIu64 " to %" PRIu64
		         ": word %zu of %" PRIu64 " a block",
		         n, length, x->p.n_groups, (int)h.mode, (int)h.rule, h.temperature_width,
		         begin, end, k, block);
	t->moves += taut_word_get64(&status, TAUT_STATUS_MOVES);
	n_launches++;
	free(got);
	free(want);
	free(words);
}

/* A run of random first states, cut where `cut` says (an empty launch now and then) or whole. */
static trial run_cut(const instance *x, const taut_machine_launch *h, uint32_t groups, bool cut,
                     uint64_t seed)
{
	trial    t = {.h = *h, .groups = groups};
	uint64_t at = h->sweep_begin;

	for (uint32_t r = 0; r < groups; r++)
		first_state(&t.state[r], x, h, &seed);
#ifdef TAUT_HLS_COUNT
	taut_hls_cycles = 0;
#endif
	while (at < h->sweep_end) {
		const uint64_t left = h->sweep_end - at;
		const uint64_t next = cut ? at + tb_below(&seed, (uint32_t)left + 1) : h->sweep_end;

		run_launch(&t, x, at, next);
		at = next;
	}
#ifdef TAUT_HLS_COUNT
	t.cycles = taut_hls_cycles;
#endif
	for (uint32_t r = 0; r < groups; r++)
		tb_state_free(&t.state[r]);
	return t;
}

/* Whole and cut, which must count the same moves. */
static trial run_case(const instance *x, taut_machine_mode mode, taut_machine_rule rule,
                      uint32_t size, uint32_t width, uint32_t sweeps, uint32_t groups,
                      uint64_t *seed)
{
	const uint64_t      start = tb_random(seed);
	taut_machine_launch h;
	trial               whole;
	trial               pieces;

	make_launch(&h, x, mode, rule, size, width, sweeps, seed);
	whole = run_cut(x, &h, groups, false, start);
	pieces = run_cut(x, &h, groups, true, start);
	TB_CHECK(whole.moves == pieces.moves, "%" PRIu64 " moves, cut %" PRIu64, whole.moves,
	         pieces.moves);
	launch_free(&h);
	return whole;
}

/* Rungs: divide the lanes where the kernel has fewer than the model. */
static uint32_t size_for(taut_machine_mode mode, uint64_t *seed)
{
	static const uint32_t RUNGS[] = {2, 3, 5, 8, 17, 33, 64};
	uint32_t              size = 4u << tb_below(seed, 5);

	if (mode == TAUT_MODE_PT && TAUT_KERNEL_LANES == TAUT_LANES)
		return RUNGS[tb_below(seed, 7)];
	if (mode == TAUT_MODE_PT)
		size /= 2;
	return size < TAUT_KERNEL_LANES ? size : TAUT_KERNEL_LANES;
}

static void report(const char *what, uint32_t n, taut_machine_mode mode, uint64_t visits,
                   const trial *t)
{
#ifdef TAUT_HLS_COUNT
	static const char *const MODES[] = {"sa", "pt", "sqa"};

	printf("%-12s n %4" PRIu32 "  %-3s  %9" PRIu64 " visits of a lane, %8" PRIu64
	       " moves  %11" PRIu64 " cycles, %.2f a visit\n",
	       what, n, MODES[mode], visits, t->moves, t->cycles,
	       (double)t->cycles / (double)visits);
#else
	(void)what, (void)n, (void)mode, (void)visits, (void)t;
#endif
}

static void permutations(uint64_t *seed)
{
	static const uint32_t SIZES[] = {
		1, 2, 3, 7, 15, 16, 17, 31, 33, 65, TAUT_KERNEL_PERMUTATION};
	uint32_t count = 0;

	for (size_t k = 0; k < sizeof SIZES / sizeof *SIZES; k++)
		for (uint32_t flags = 0; flags < 32; flags++) {
			const uint32_t          n = SIZES[k];
			const taut_machine_mode mode =
				(flags ^ flags >> 2) & 1 ? TAUT_MODE_PT : TAUT_MODE_SA;
			const taut_machine_rule rule =
				flags >> 1 & 1 ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS;
			const uint32_t width =
				flags >> 3 & 1 || mode == TAUT_MODE_PT ? TAUT_LANES : 1;
			const uint32_t sweeps = n < 20 ? 12 : n < 60 ? 4 : 1;
			const uint32_t groups = 1 + tb_below(seed, n < 20 ? TAUT_KERNEL_GROUPS : 1);
			instance       x;
			trial          t;

			if (n > TAUT_KERNEL_PERMUTATION || (n > 20 && flags % 5) ||
			    (n > 60 && flags % 31))
				continue;
			make_permutation(&x, n, flags, seed);
			t = run_case(&x, mode, rule, size_for(mode, seed), width, sweeps, groups,
			             seed);
			if (flags % 10 == 0)
				report("permutation", n, mode,
				       (uint64_t)n * (n - 1) / 2 * sweeps * groups *
				               TAUT_KERNEL_LANES,
				       &t);
			instance_free(&x);
			count++;
		}
	printf("permutations: %" PRIu32 " cases equal\n", count);
}

static void bits(uint64_t *seed)
{
	static const uint32_t         SIZES[] = {1, 2, 3, 9, 17, 63, 64, 65, 130, 300};
	static const taut_kernel_kind KINDS[] = {TAUT_KIND_SPARSE, TAUT_KIND_DENSE8,
	                                         TAUT_KIND_DENSE16, TAUT_KIND_DENSE32};
	uint32_t                      count = 0;

	for (size_t k = 0; k < sizeof SIZES / sizeof *SIZES; k++)
		for (uint32_t c = 0; c < 4 * 3 * N_SHAPES; c++) {
			const uint32_t          n = SIZES[k];
			const taut_machine_mode mode = (taut_machine_mode)(c / 4 % 3);
			const shape             how = (shape)(c / 12);
			const taut_machine_rule rule =
				tb_below(seed, 2) ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS;
			const uint32_t width =
				mode != TAUT_MODE_SQA && tb_below(seed, 3) ? TAUT_LANES : 1;
			const uint32_t sweeps = n < 20 ? 12 : n < 100 ? 5 : 2;
			const uint32_t groups = 1 + tb_below(seed, n < 20 ? TAUT_KERNEL_GROUPS : 1);
			instance       x;
			trial          t;

			if (n > TAUT_KERNEL_GROUPED || (n == 300 && c % 13))
				continue;
			make_bits(&x, n, how, KINDS[c % 4], tb_below(seed, 2), tb_below(seed, 2),
			          seed);
			t = run_case(&x, mode, rule, size_for(mode, seed), width, sweeps, groups,
			             seed);
			if (n >= 130 && c % 13 == 0)
				report("bits", n, mode,
				       (uint64_t)n * sweeps * groups * TAUT_KERNEL_LANES, &t);
			instance_free(&x);
			count++;
		}
	printf("bits: %" PRIu32 " cases equal\n", count);
}

/* Without changes of energy Metropolis takes every move: their number is known. */
static void moves(uint64_t *seed)
{
	const uint32_t n = 7;
	instance       x;
	trial          t;

	make_permutation(&x, n, 0, seed);
	memset(x.matrix[0], 0, n * n * sizeof *x.matrix[0]);
	pack_matrix(x.couplings, x.matrix[0], n,
	            taut_word_get32(x.problem, TAUT_PROBLEM_ROW_WORDS));
	t = run_case(&x, TAUT_MODE_SA, TAUT_RULE_METROPOLIS, 0, 1, 3, 1, seed);
	TB_CHECK(t.moves == n * (n - 1) / 2 * 3 * TAUT_KERNEL_LANES, "%" PRIu64 " moves", t.moves);
	instance_free(&x);

	/* two members: a visit to 0 leaves the one where it is, a visit to 1 moves it */
	make_bits(&x, 2, ONE_GROUP, TAUT_KIND_SPARSE, false, false, seed);
	memset(x.linear, 0, 2 * sizeof *x.linear);
	memset(x.problem + 1, 0, sizeof *x.problem);
	t = run_case(&x, TAUT_MODE_SA, TAUT_RULE_METROPOLIS, 0, 1, 3, 1, seed);
	TB_CHECK(t.moves == 3 * TAUT_KERNEL_LANES, "%" PRIu64 " moves", t.moves);
	instance_free(&x);
}

/* The kernel refuses, and touches nothing but the status. */
static void refuse(taut_kernel_code code, uint32_t abi, const taut_word *launch,
                   const taut_word *problem)
{
	taut_word state[TAUT_STATE_BODY];
	taut_word before[TAUT_STATE_BODY];
	taut_word status = {{0}};

	memset(state, 0x77, sizeof state);
	memcpy(before, state, sizeof before);
	taut_exchange(abi, launch, noise_words[0], problem, before, state, &status);
	tb_check_status(&status, code, 0);
	TB_CHECK(taut_word_get64(&status, TAUT_STATUS_MOVES) == 0, "moves");
	TB_CHECK(memcmp(state, before, sizeof state) == 0, "state was written");
}

typedef struct {
	taut_kernel_code  code;
	bool              in_launch; /* else in the problem */
	bool              bits;      /* else a permutation */
	taut_machine_mode mode;
	uint32_t          item;
	uint32_t          value;
} refusal;

#define L true
#define P false
static const refusal REFUSALS[] = {
	{TAUT_CODE_ABI, L, true, TAUT_MODE_SA, TAUT_LAUNCH_ABI, TAUT_KERNEL_ABI + 1},
	{TAUT_CODE_KIND, L, true, TAUT_MODE_SA, TAUT_LAUNCH_MODE, 3},
	{TAUT_CODE_KIND, L, false, TAUT_MODE_SA, TAUT_LAUNCH_MODE, TAUT_MODE_SQA},
	{TAUT_CODE_KIND, L, true, TAUT_MODE_SA, TAUT_LAUNCH_RULE, 2},
	{TAUT_CODE_KIND, L, true, TAUT_MODE_SA, TAUT_LAUNCH_WIDTH, 2},
	{TAUT_CODE_KIND, L, true, TAUT_MODE_SQA, TAUT_LAUNCH_WIDTH, TAUT_LANES},
	{TAUT_CODE_KIND, P, true, TAUT_MODE_SA, TAUT_PROBLEM_KIND, TAUT_KIND_DENSE1},
	{TAUT_CODE_KIND, P, true, TAUT_MODE_SA, TAUT_PROBLEM_KIND, 6},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_SA, TAUT_LAUNCH_GROUPS, 0},
	{TAUT_CODE_SIZE, L, false, TAUT_MODE_SA, TAUT_LAUNCH_GROUPS, TAUT_KERNEL_GROUPS + 1},
	{TAUT_CODE_SIZE, L, false, TAUT_MODE_PT, TAUT_LAUNCH_RUNGS, 1},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_PT, TAUT_LAUNCH_RUNGS, TAUT_KERNEL_LANES + 1},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_PT, TAUT_LAUNCH_FRACTION, 11},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_PT, TAUT_LAUNCH_FRACTION, 60},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_SQA, TAUT_LAUNCH_RING, 2},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_SQA, TAUT_LAUNCH_RING, 6},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_SQA, TAUT_LAUNCH_RING, 2 * TAUT_KERNEL_LANES},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_SA, TAUT_LAUNCH_BEGIN, 9},
	{TAUT_CODE_SIZE, L, true, TAUT_MODE_SA, TAUT_LAUNCH_COUNT, 0},
	{TAUT_CODE_SIZE, P, true, TAUT_MODE_SA, TAUT_PROBLEM_SIZE, TAUT_KERNEL_GROUPED + 1},
	{TAUT_CODE_SIZE, P, false, TAUT_MODE_SA, TAUT_PROBLEM_SIZE, TAUT_KERNEL_PERMUTATION + 1},
	{TAUT_CODE_SIZE, P, true, TAUT_MODE_SA, TAUT_PROBLEM_GROUPS, 10},
	{TAUT_CODE_SIZE, P, true, TAUT_MODE_SA, TAUT_PROBLEM_ROW_WORDS, 0},
	{TAUT_CODE_SIZE, P, false, TAUT_MODE_SA, TAUT_PROBLEM_ROW_WORDS, 0},
	{TAUT_CODE_WINDOW, P, true, TAUT_MODE_SA, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW + 1},
};
#undef L
#undef P

static void refusals(uint64_t *seed)
{
	for (size_t k = 0; k < sizeof REFUSALS / sizeof *REFUSALS; k++) {
		const refusal      *r = &REFUSALS[k];
		instance            x;
		taut_machine_launch h;
		taut_word          *words;

		if (r->bits)
			make_bits(&x, 9, ONE_GROUP, TAUT_KIND_DENSE16, true, false, seed);
		else
			make_permutation(&x, 9, 0, seed);
		make_launch(&h, &x, r->mode, TAUT_RULE_METROPOLIS, r->mode == TAUT_MODE_PT ? 2 : 4,
		            1, 1, seed);
		h.sweep_begin = 0;
		h.sweep_end = 1;
		words = tb_pack_launch(&h, 1);
		taut_word_set32(r->in_launch ? words : x.problem, r->item, r->value);
		refuse(r->code, TAUT_KERNEL_ABI, words, x.problem);
		refuse(TAUT_CODE_ABI, TAUT_KERNEL_ABI + 1, words, x.problem);
		free(words);
		launch_free(&h);
		instance_free(&x);
	}
	printf("%zu refusals\n", sizeof REFUSALS / sizeof *REFUSALS);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;

	printf("seed %" PRIu64
	       ", %d lanes, up to %d groups, permutations to %d, %d grouped variables\n",
	       seed, TAUT_KERNEL_LANES, TAUT_KERNEL_GROUPS, TAUT_KERNEL_PERMUTATION,
	       TAUT_KERNEL_GROUPED);
	noise = tb_noise_new();
	noise_words[0] = tb_pack_noise(noise, TAUT_RULE_METROPOLIS);
	noise_words[1] = tb_pack_noise(noise, TAUT_RULE_HEATBATH);
	permutations(&seed);
	bits(&seed);
	moves(&seed);
	refusals(&seed);
	printf("%" PRIu64 " launches equal to the model's\n", n_launches);
	free(noise_words[0]);
	free(noise_words[1]);
	free(noise);
	return 0;
}
