/*
 * Test bench of taut_anneal: random problems of every kind against hls/model, bit for bit, in
 * random cuts of the sweeps. A sweep visits every variable once, so the model's accepted moves are
 * the spins that differ after it, and its accepted exchanges the rungs that rose.
 */
#include "hls/tb/tb.h"

#include "hls/kernel/kernels.h"
#include "hls/model/model.h"
#include "hls/tb/cycles.h"

enum { SWEEPS_MAX = 24 };

static const char *const kind_names[] = {"sparse", "dense1", "dense8", "dense16"};
static const char *const mode_names[] = {"sa", "pt", "sqa"};

typedef struct {
	uint32_t          n;
	taut_kernel_kind  kind;
	taut_machine_mode mode;
	taut_machine_rule rule;
	uint32_t          groups;
	uint32_t          width;
	uint32_t          rungs;
	uint32_t          ring;
	uint32_t          sweeps;
	uint64_t          seed;
} bench_case;

/* A problem in both forms. */
typedef struct {
	taut_machine_problem machine;
	int32_t             *linear;
	uint64_t            *row;
	uint32_t            *col;
	int32_t             *coef;
	taut_word           *problem;
	taut_word           *couplings;
	tb_anneal_work       work;
	uint32_t             scale; /* about a field's size, a power of two's exponent */
} bench_problem;

typedef struct {
	taut_machine_launch launch;
	taut_temperature    temperature[SWEEPS_MAX * TAUT_LANES];
	uint32_t            exchange[TAUT_LANES];
	int64_t             jq[SWEEPS_MAX];
} bench_schedule;

/* Problems. */

/* Sparse: a band that keeps the window busy, some far couplings, a hub, lonely variables. */
static int32_t sparse_coef(uint64_t *random, uint32_t i, uint32_t j, uint32_t n)
{
	const uint32_t gap = i - j; /* j < i */
	const bool     hub = j == n / 3;

	if (i % 11 == 5 && !hub)
		return 0;
	if (j % 11 == 5 || (j > n / 2 && j < n / 2 + 12 && !hub))
		return 0;
	if (hub || (gap <= TAUT_KERNEL_WINDOW + 2 && tb_below(random, 4)) ||
	    tb_below(random, n) < 3)
		return tb_signed(random, 100000);
	return 0;
}

static int32_t draw_coef(uint64_t *random, taut_kernel_kind kind, uint32_t i, uint32_t j,
                         uint32_t n)
{
	if (kind == TAUT_KIND_SPARSE)
		return sparse_coef(random, i, j, n);
	if (kind == TAUT_KIND_DENSE1)
		return tb_below(random, 2) ? 1 : -1;
	if (kind == TAUT_KIND_DENSE8)
		return tb_below(random, 9) ? (int32_t)tb_below(random, 256) - 128 : -128;
	return tb_below(random, 9) ? (int32_t)tb_below(random, 65536) - 32768 : -32768;
}

static uint32_t bits_of(taut_kernel_kind kind)
{
	return kind == TAUT_KIND_DENSE1 ? 1 : kind == TAUT_KIND_DENSE8 ? 8 : 16;
}

static void put_coef(bench_problem *p, taut_kernel_kind kind, uint32_t row_words, uint32_t i,
                     uint32_t j, int32_t q)
{
	const uint32_t   bits = bits_of(kind);
	const uint32_t   bit = j * bits;
	taut_word *const word = p->couplings + (uint64_t)i * row_words + bit / 512;
	const uint64_t   item =
                kind == TAUT_KIND_DENSE1 ? q < 0 : (uint64_t)(int64_t)q & ((1u << bits) - 1);

	word->v[bit / 64 % 8] |= item << (bit % 64);
}

static void pack_dense(bench_problem *p, taut_kernel_kind kind, const int32_t *q, int32_t factor)
{
	const uint32_t n = p->machine.n;
	const uint32_t row_words = (uint32_t)taut_words_of(n, bits_of(kind));

	p->couplings = tb_new((uint64_t)n * row_words, sizeof(taut_word));
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < n; j++)
			if (j != i)
				put_coef(p, kind, row_words, i, j, q[(size_t)i * n + j]);
	taut_word_set32(p->problem, TAUT_PROBLEM_ROW_WORDS, row_words);
	taut_word_set32(p->problem, TAUT_PROBLEM_FACTOR, (uint32_t)factor);
	for (uint32_t i = 0; i < n; i++)
		tb_anneal_add_row(&p->work, row_words);
}

static void pack_sparse(bench_problem *p)
{
	const uint32_t n = p->machine.n;
	taut_word     *starts = p->problem + 1 + taut_words_of(n, 32);
	uint64_t       word = 0;

	p->couplings = tb_new(p->row[n] / 8 + n, sizeof(taut_word));
	for (uint32_t i = 0; i < n; i++) {
		const uint64_t count = p->row[i + 1] - p->row[i];
		const uint64_t words = (count + 7) / 8;

		taut_word_set32(&starts[i / 16], i % 16, (uint32_t)word);
		for (uint64_t k = 0; k < count; k++)
			p->couplings[word + k / 8].v[k % 8] =
				p->col[p->row[i] + k] | (uint64_t)(uint32_t)p->coef[p->row[i] + k]
								<< 32;
		word += words;
		tb_anneal_add_row(&p->work, words);
	}
	taut_word_set32(&starts[n / 16], n % 16, (uint32_t)word);
}

static void rows_of(bench_problem *p, const int32_t *q, uint32_t n, int32_t factor)
{
	uint64_t entries = 0;

	for (size_t k = 0; k < (size_t)n * n; k++)
		entries += q[k] != 0;
	p->row = tb_new(n + 1, sizeof *p->row);
	p->col = tb_new(entries, sizeof *p->col);
	p->coef = tb_new(entries, sizeof *p->coef);
	entries = 0;
	for (uint32_t i = 0; i < n; i++) {
		p->row[i] = entries;
		for (uint32_t j = 0; j < n; j++)
			if (q[(size_t)i * n + j] != 0) {
				p->col[entries] = j;
				p->coef[entries++] = factor * q[(size_t)i * n + j];
			}
	}
	p->row[n] = entries;
}

static void problem_new(bench_problem *p, const bench_case *c, uint64_t *random)
{
	static const int32_t  factors[] = {1, 3, -2};
	static const uint32_t scales[] = {18, 4, 10, 18};
	const uint32_t        n = c->n;
	const int32_t factor = c->kind == TAUT_KIND_SPARSE ? 1 : factors[tb_below(random, 3)];
	int32_t      *q = tb_new((size_t)n * n, sizeof *q);

	memset(p, 0, sizeof *p);
	p->scale = scales[c->kind];
	p->linear = tb_new(n, sizeof *p->linear);
	p->problem = tb_new(2 + 2 * taut_words_of(n + 1, 32), sizeof *p->problem);
	for (uint32_t i = 0; i < n; i++) {
		p->linear[i] = tb_signed(random, 1 << p->scale);
		taut_word_set32(&p->problem[1 + i / 16], i % 16, (uint32_t)p->linear[i]);
		for (uint32_t j = 0; j < i; j++)
			q[(size_t)i * n + j] = q[(size_t)j * n + i] =
				draw_coef(random, c->kind, i, j, n);
	}
	rows_of(p, q, n, factor);
	p->machine = (taut_machine_problem){
		.n = n, .linear = p->linear, .row = p->row, .col = p->col, .coef = p->coef};
	p->work.n = n;
	p->work.sparse = c->kind == TAUT_KIND_SPARSE;
	p->work.parts = c->kind == TAUT_KIND_DENSE1 ? 8 : c->kind == TAUT_KIND_SPARSE ? 2 : 1;
	taut_word_set32(p->problem, TAUT_PROBLEM_KIND, c->kind);
	taut_word_set32(p->problem, TAUT_PROBLEM_SIZE, n);
	taut_word_set32(p->problem, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW);
	if (c->kind == TAUT_KIND_SPARSE)
		pack_sparse(p);
	else
		pack_dense(p, c->kind, q, factor);
	free(q);
}

static void problem_free(bench_problem *p)
{
	free(p->linear);
	free(p->row);
	free(p->col);
	free(p->coef);
	free(p->problem);
	free(p->couplings);
}

/* Schedules: temperatures from four times a field's size to a sixteenth, some of 0, some beyond
 * every change. */

static taut_temperature draw_temperature(uint64_t *random, uint32_t scale)
{
	const uint32_t   kind = tb_below(random, 12);
	taut_temperature t = tb_step(4 * (25 - scale) + tb_below(random, 24));

	if (kind == 0)
		t.m = 0;
	if (kind == 1)
		t.s = (int16_t)tb_signed(random, 80);
	return t;
}

static void schedule_new(bench_schedule *s, const bench_case *c, uint32_t scale, uint64_t *random)
{
	memset(s, 0, sizeof *s);
	for (uint32_t k = 0; k < c->sweeps * c->width; k++)
		s->temperature[k] = draw_temperature(random, scale);
	for (uint32_t k = 0; k + 1 < TAUT_LANES; k++)
		s->exchange[k] = (uint32_t)tb_below(random, 1u << (31 - scale));
	for (uint32_t k = 0; k < c->sweeps; k++) {
		const int s_k = s->temperature[k].s;
		const int shift = s_k < 0 ? 0 : s_k > 30 ? 30 : s_k;

		s->jq[k] = tb_below(random, 6) ? (int64_t)tb_below(random, 1u << scale) << shift
		                               : TAUT_JQ_MAX;
	}
	s->launch = (taut_machine_launch){.mode = c->mode,
	                                  .rule = c->rule,
	                                  .seed = tb_random(random),
	                                  .group = tb_below(random, 100),
	                                  .sweep_end = c->sweeps,
	                                  .sweep_count = c->sweeps + tb_below(random, 2),
	                                  .track_from = tb_below(random, c->sweeps + 2),
	                                  .temperature_width = c->width,
	                                  .temperature = s->temperature,
	                                  .rungs = c->rungs,
	                                  .exchange = s->exchange,
	                                  .exchange_fraction = 30,
	                                  .ring = c->ring,
	                                  .jq = s->jq};
}

/* Sweeps [begin, end) of it. */
static taut_machine_launch part_of(const bench_schedule *s, uint64_t begin, uint64_t end)
{
	taut_machine_launch part = s->launch;

	part.sweep_begin = begin;
	part.sweep_end = end;
	part.temperature += begin * part.temperature_width;
	part.jq += begin;
	return part;
}

/* Model and kernel. */

static void state_new(taut_machine_state *state, const bench_problem *p, const bench_case *c,
                      uint64_t *random)
{
	const uint64_t live = TAUT_KERNEL_LANES == 64
	                              ? UINT64_MAX
	                              : ((uint64_t)1 << (TAUT_KERNEL_LANES % 64)) - 1;
	const int64_t  offset = tb_signed(random, 1000000);

	tb_state_new(state, c->n, 0);
	for (uint32_t i = 0; i < c->n; i++)
		state->spins[i] = tb_random(random) & live;
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		state->energy[l] =
			offset +
			(l < TAUT_KERNEL_LANES ? taut_model_energy(&p->machine, state, l) : 0);
		state->rung[l] = (uint8_t)(c->mode == TAUT_MODE_PT ? l % c->rungs : 7);
	}
}

/* Runs the model; what a kernel counts is found by comparing states before and after every sweep.
 */
static uint64_t run_model(taut_machine_state *state, const bench_problem *p,
                          const bench_schedule *s, uint32_t group, uint32_t accepted[TAUT_LANES],
                          const tb_noise *noise)
{
	const uint32_t n = p->machine.n;
	uint64_t      *before = tb_new(n, sizeof *before);
	uint64_t       moves = 0;

	for (uint64_t k = 0; k < s->launch.sweep_end; k++) {
		taut_machine_launch one = part_of(s, k, k + 1);
		uint8_t             rung[TAUT_LANES];

		one.group += group;
		one.noise = tb_pool(noise, one.rule);
		if (n)
			memcpy(before, state->spins, n * sizeof *before);
		memcpy(rung, state->rung, sizeof rung);
		taut_model_launch(&p->machine, &one, state);
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++)
				moves += (before[i] ^ state->spins[i]) >> l & 1;
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++)
			if (state->rung[l] > rung[l])
				accepted[l - l % s->launch.rungs + rung[l]]++;
	}
	free(before);
	return moves;
}

static uint64_t run_kernel(taut_word *words, const bench_problem *p, const bench_case *c,
                           const bench_schedule *s, const tb_noise    *noise,
                           uint32_t (*accepted)[TAUT_LANES], uint64_t *random)
{
	const uint64_t size = taut_kernel_state_words(c->n, 0);
	taut_word     *pool = tb_pack_noise(noise, c->rule);
	uint64_t       moves = 0;
	uint64_t       begin = 0;

	while (begin < c->sweeps) {
		const uint64_t end = begin + tb_below(random, (uint32_t)(c->sweeps - begin) + 1);
		const taut_machine_launch part = part_of(s, begin, end);
		taut_word                *launch = tb_pack_launch(&part, c->groups);
		taut_word                 status = {{0}};

		taut_anneal(TAUT_KERNEL_ABI, launch, pool, p->problem, p->couplings, words,
		            &status);
		tb_check_status(&status, TAUT_CODE_DONE, end - begin);
		moves += taut_word_get64(&status, TAUT_STATUS_MOVES);
		for (uint32_t g = 0; g < c->groups; g++)
			for (uint32_t k = 0; k < TAUT_LANES; k++)
				accepted[g][k] += taut_word_get32(
					&words[g * size + TAUT_STATE_PAIRS + k / 16], k % 16);
		free(launch);
		begin = end;
	}
	free(pool);
	return moves;
}

static void run_case(const bench_case *c, const tb_noise *noise)
{
	const uint64_t     size = taut_kernel_state_words(c->n, 0);
	uint64_t           random = c->seed;
	uint64_t           moves = 0;
	uint64_t           moved;
	uint32_t           accepted[TAUT_KERNEL_GROUPS][TAUT_LANES] = {{0}};
	uint32_t           counted[TAUT_KERNEL_GROUPS][TAUT_LANES] = {{0}};
	taut_machine_state state[TAUT_KERNEL_GROUPS];
	bench_problem      p;
	bench_schedule     s;
	taut_word         *words = tb_new(c->groups * size, sizeof *words);
	taut_word         *expected = tb_new(c->groups * size, sizeof *words);

	problem_new(&p, c, &random);
	schedule_new(&s, c, p.scale, &random);
	for (uint32_t g = 0; g < c->groups; g++) {
		state_new(&state[g], &p, c, &random);
		tb_pack_state(words + g * size, &state[g], c->n, 0, NULL);
		moves += run_model(&state[g], &p, &s, g, accepted[g], noise);
	}
	moved = run_kernel(words, &p, c, &s, noise, counted, &random);
	printf("%-7s n %4u %-3s %s width %2u groups %u rungs %2u ring %2u: %u sweeps, %" PRIu64
	       " moves, %" PRIu64 " cycles\n",
	       kind_names[c->kind], c->n, mode_names[c->mode],
	       c->rule ? "heat bath " : "metropolis", c->width, c->groups, c->rungs, c->ring,
	       c->sweeps, moved, tb_anneal_cycles(&p.work, &s.launch, c->groups));
	for (uint32_t g = 0; g < c->groups; g++) {
		tb_pack_state(expected + g * size, &state[g], c->n, 0, NULL);
		for (uint64_t w = TAUT_STATE_PAIRS; w < TAUT_STATE_BODY; w++)
			memcpy(&expected[g * size + w], &words[g * size + w],
			       sizeof *words); /* counted above */
		for (uint64_t w = 0; w < size; w++)
			TB_CHECK(!memcmp(&words[g * size + w], &expected[g * size + w],
			                 sizeof *words),
			         "group %u, word %" PRIu64 " of its state", g, w);
		TB_CHECK(!memcmp(accepted[g], counted[g], sizeof counted[g]),
		         "group %u, accepted exchanges", g);
		tb_state_free(&state[g]);
	}
	TB_CHECK(moved == moves, "%" PRIu64 " moves, not %" PRIu64, moved, moves);
	problem_free(&p);
	free(words);
	free(expected);
}

/* Refused launches touch nothing but the status. */

static void refuse(uint32_t abi, const taut_word *launch, const taut_word *problem,
                   taut_kernel_code code)
{
	static taut_word
		  words[1]; /* a read of anything but the headers would be seen by the sanitizers */
	taut_word status = {{0}};

	taut_anneal(abi, launch, words, problem, words, words, &status);
	tb_check_status(&status, code, 0);
	for (uint32_t k = 0; k < 8; k++)
		TB_CHECK(words[0].v[k] == 0, "a refused launch wrote");
}

static void refuse_launch(const taut_word *launch, const taut_word *problem, uint32_t item,
                          uint32_t value, taut_kernel_code code)
{
	taut_word changed[2] = {launch[0], launch[1]};

	taut_word_set32(&changed[item / 16], item % 16, value);
	refuse(TAUT_KERNEL_ABI, changed, problem, code);
}

static void refuse_problem(const taut_word *launch, const taut_word *problem, uint32_t item,
                           uint32_t value, taut_kernel_code code)
{
	taut_word changed = problem[0];

	taut_word_set32(&changed, item, value);
	refuse(TAUT_KERNEL_ABI, launch, &changed, code);
}

static void test_codes(void)
{
	const bench_case c = {
		.n = 70, .kind = TAUT_KIND_DENSE8, .groups = 1, .width = 1, .sweeps = 2};
	uint64_t       random = 5;
	bench_problem  p;
	bench_schedule s;
	taut_word     *sa;
	taut_word     *pt;
	taut_word     *sqa;

	problem_new(&p, &c, &random);
	schedule_new(&s, &c, p.scale, &random);
	sa = tb_pack_launch(&s.launch, 1);
	s.launch.mode = TAUT_MODE_PT;
	s.launch.rungs = 8;
	pt = tb_pack_launch(&s.launch, 1);
	s.launch.mode = TAUT_MODE_SQA;
	s.launch.ring = 8;
	sqa = tb_pack_launch(&s.launch, 1);
	refuse(TAUT_KERNEL_ABI + 1, sa, p.problem, TAUT_CODE_ABI);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_ABI, TAUT_KERNEL_ABI + 1, TAUT_CODE_ABI);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_MODE, 3, TAUT_CODE_KIND);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_RULE, 2, TAUT_CODE_KIND);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_WIDTH, 2, TAUT_CODE_KIND);
	refuse_launch(sqa, p.problem, TAUT_LAUNCH_WIDTH, TAUT_LANES, TAUT_CODE_KIND);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_GROUPS, 0, TAUT_CODE_SIZE);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_GROUPS, TAUT_KERNEL_GROUPS + 1, TAUT_CODE_SIZE);
	refuse_launch(pt, p.problem, TAUT_LAUNCH_RUNGS, 1, TAUT_CODE_SIZE);
	refuse_launch(pt, p.problem, TAUT_LAUNCH_RUNGS, TAUT_KERNEL_LANES + 1, TAUT_CODE_SIZE);
	refuse_launch(pt, p.problem, TAUT_LAUNCH_FRACTION, TAUT_EXCHANGE_FRACTION_MIN - 1,
	              TAUT_CODE_SIZE);
	refuse_launch(pt, p.problem, TAUT_LAUNCH_FRACTION, TAUT_EXCHANGE_FRACTION_MAX + 1,
	              TAUT_CODE_SIZE);
	refuse_launch(sqa, p.problem, TAUT_LAUNCH_RING, 12, TAUT_CODE_SIZE);
	refuse_launch(sqa, p.problem, TAUT_LAUNCH_RING, 2 * TAUT_KERNEL_LANES, TAUT_CODE_SIZE);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_BEGIN, 3, TAUT_CODE_SIZE);
	refuse_launch(sa, p.problem, TAUT_LAUNCH_COUNT, 1, TAUT_CODE_SIZE);
	refuse_problem(sa, p.problem, TAUT_PROBLEM_KIND, TAUT_KIND_DENSE32, TAUT_CODE_KIND);
	refuse_problem(sa, p.problem, TAUT_PROBLEM_KIND, TAUT_KIND_PERMUTATION, TAUT_CODE_KIND);
	refuse_problem(sa, p.problem, TAUT_PROBLEM_GROUPS, 1, TAUT_CODE_KIND);
	refuse_problem(sa, p.problem, TAUT_PROBLEM_SIZE, TAUT_KERNEL_VARIABLES + 1, TAUT_CODE_SIZE);
	refuse_problem(sa, p.problem, TAUT_PROBLEM_ROW_WORDS, 3, TAUT_CODE_SIZE);
	refuse_problem(sa, p.problem, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW + 1,
	               TAUT_CODE_WINDOW);
	free(sa);
	free(pt);
	free(sqa);
	problem_free(&p);
}

int main(void)
{
	static const uint32_t sizes[] = {0, 1, 2, 31, 33, 63, 65, 127, 129, 511, 513, 600};
	static const uint32_t rungs[] = {2, 3, 8, 33, 64};
	static const uint32_t rings[] = {4, 8, 16, 32, 64};
	tb_noise             *noise = tb_noise_new();
	uint32_t              number = 0;
	uint32_t              cases = 0;

	test_codes();
	for (uint32_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
		for (uint32_t kind = TAUT_KIND_SPARSE; kind <= TAUT_KIND_DENSE16; kind++)
			for (uint32_t mode = TAUT_MODE_SA; mode <= TAUT_MODE_SQA;
			     mode++, number++) {
				bench_case c = {
					.n = sizes[k],
					.kind = (taut_kernel_kind)kind,
					.mode = (taut_machine_mode)mode,
					.rule = (taut_machine_rule)(number % 2),
					.groups = 1 + number % TAUT_KERNEL_GROUPS,
					.width = mode == TAUT_MODE_SQA || number % 3 == 0 ? 1 : 64,
					.rungs = rungs[number % 5],
					.ring = rings[number / 3 % 5],
					.sweeps = sizes[k] < 100   ? SWEEPS_MAX
				                  : sizes[k] < 500 ? 6
				                                   : 2,
					.seed = number};

				if (c.n > TAUT_KERNEL_VARIABLES)
					continue;
				if (c.rungs > TAUT_KERNEL_LANES || TAUT_KERNEL_LANES < 64)
					c.rungs = 4; /* of the model's ladders only whole ones are
					                in the kernel */
				if (c.ring > TAUT_KERNEL_LANES)
					c.ring = TAUT_KERNEL_LANES;
				run_case(&c, noise);
				cases++;
			}
	printf("%u cases equal the model\n", cases);
	free(noise);
	return 0;
}
