/*
 * Kernel taut_exchange (kernels.h, hls/abi/kernel.h): moves that keep a structure.
 *
 *   launch ----> header, a temperature word or four a sweep ---+
 *   noise -----> pool, 128 KiB ---------------------------+    |
 *                                                         v    v
 *   couplings -> F, D and turned, P, Q --+   permutations: one lane at a time, G [n][n] on chip
 *                (once a launch)         +-> make G -> scan a row (u, v), (u, v + 1), .. up to the
 *   state -----> positions of all lanes -+   first accepted -> exchange, n rows of G -> scan on
 *                                                         |
 *                          pt: lanes meet after a sweep <-+-> energies, best states, state
 *
 *   problem ---> c, groups, places, rows     flips and one-hot groups: all lanes at once, fields
 *   state -----> spins, ones ------------>   [n][lanes] on chip; per visit: draws, propose,
 *   couplings -> a row when a lane moves ->  look up q within the group, decide even lanes, then
 *                                            odd lanes, add the rows of what has changed
 *
 * Expected initiation intervals, loop by loop, with trip counts: hls/qor/taut_exchange.txt; they
 * stand at the loops as TAUT_PIPELINE and tools/check_kernels compares the two. Those that matter:
 *
 *   scan_row_pairs   1   a proposal: bank p(b) and bank p(u) of row b of G; row u is in registers;
 * the generator's step is the recurrence. What follows an accepted one is computed for nothing
 *   add_rows_each    1   a row of G, all columns: 2 TAUT_KERNEL_PERMUTATION products of 32 bits; n
 * per accepted exchange, n n for making G (once a lane and launch, in pt once a lane and sweep)
 *   add_row_entries  1   a coupling in all lanes: each lane has its own bank of fields, columns of
 * a row differ fetch_words_each 1   a word of 512 bits from card memory 1 as well: all other loops
 * over entries, items, variables and words, but load_lanes_energies, store_lanes_energies   2   two
 * words of one port place_variables_each                        3   a counter in memory is read,
 * used and written back ladder_pairs, outer loops                   -   not pipelined loops over
 * lanes, columns, items of a word  unrolled
 *
 * Cycles by these intervals, without the depths of pipelines: a sweep of one lane of a permutation
 * takes n (n - 1) / 2 + about 3 n / 2 per accepted exchange; a visit of all lanes about 30 (not
 * pipelined: draws, two halves of decisions, each a few cycles deep) and, where lanes move, a row's
 * words and couplings for every variable that has changed in some lane. The test bench prints what
 * it counts.
 *
 * On chip, defaults: fields 64 banks of 4,096 words of 32 bits (64 URAM); ones 64 x 4,096 x 16 bits
 * (128 BRAM); G, D and D turned 128 banks of 128 words each; F, F turned, P, Q 64 KiB each; the
 * pool 1,024 rows of 64 entries (128 KiB).
 */
#include "hls/kernel/kernels.h"

#include "hls/kernel/exchange_groups.h"
#include "hls/kernel/exchange_permutation.h"

typedef struct {
	uint32_t kind;
	uint32_t size;
	uint32_t row_words;
	uint32_t factor;
	uint32_t window;
	uint32_t groups;
} exchange_problem;

static void load_problem(exchange_problem *p, const taut_word *problem)
{
	const taut_word word = problem[0];

	p->kind = taut_word_get32(&word, TAUT_PROBLEM_KIND);
	p->size = taut_word_get32(&word, TAUT_PROBLEM_SIZE);
	p->row_words = taut_word_get32(&word, TAUT_PROBLEM_ROW_WORDS);
	p->factor = taut_word_get32(&word, TAUT_PROBLEM_FACTOR);
	p->window = taut_word_get32(&word, TAUT_PROBLEM_WINDOW);
	p->groups = taut_word_get32(&word, TAUT_PROBLEM_GROUPS);
}

/* Whether this kernel has the kind, the mode and the rule. */
static bool is_known(const taut_launch *h, const exchange_problem *p)
{
	if (p->kind > TAUT_KIND_PERMUTATION || p->kind == TAUT_KIND_DENSE1)
		return false;
	return taut_launch_is_known(h) &&
	       (h->mode != TAUT_MODE_SQA || p->kind != TAUT_KIND_PERMUTATION);
}

static bool problem_fits(const exchange_problem *p)
{
	uint32_t row_words = 0;

	if (p->kind == TAUT_KIND_PERMUTATION)
		return p->size <= TAUT_KERNEL_PERMUTATION && p->row_words >= (p->size + 15) >> 4;
	if (p->size > TAUT_KERNEL_GROUPED || p->groups > p->size)
		return false;
	if (p->kind == TAUT_KIND_DENSE8)
		row_words = (p->size + 63) >> 6;
	if (p->kind == TAUT_KIND_DENSE16)
		row_words = (p->size + 31) >> 5;
	if (p->kind == TAUT_KIND_DENSE32)
		row_words = (p->size + 15) >> 4;
	return p->row_words >= row_words;
}

static taut_kernel_code code_of(const taut_launch *h, const exchange_problem *p)
{
	if (!is_known(h, p))
		return TAUT_CODE_KIND;
	if (!taut_launch_fits(h) || !problem_fits(p))
		return TAUT_CODE_SIZE;
	return p->window == TAUT_KERNEL_WINDOW ? TAUT_CODE_DONE : TAUT_CODE_WINDOW;
}

static void run(const taut_launch *h, const exchange_problem *p, exchange_lanes *lanes,
                const taut_word *launch, const taut_word *noise, const taut_word *problem,
                const taut_word *couplings, taut_word *state)
{
	TAUT_ON_CHIP exchange_pool   pool;
	TAUT_ON_CHIP exchange_groups groups;
	TAUT_PARTITION(pool.entry, 2)
	TAUT_PARTITION(groups.field, 2)
	TAUT_PARTITION(groups.one, 2)
	TAUT_PARTITION(groups.t, 1)
	TAUT_PARTITION(groups.from, 1)
	TAUT_PARTITION(groups.to, 1)
	TAUT_PARTITION(groups.now, 1)
	TAUT_PARTITION(groups.number, 1)
	TAUT_PARTITION(groups.between, 1)
	TAUT_PARTITION(groups.change, 1)
	TAUT_PARTITION(groups.draw, 1)
	TAUT_PARTITION(groups.accepted, 1)
	TAUT_BIND_URAM(groups.field)

	taut_launch_load_noise(pool.entry, noise);
	taut_launch_load_exchange(lanes->exchange, launch);
	if (p->kind == TAUT_KIND_PERMUTATION) {
		exchange_permutations(lanes, &pool, h, launch, p->size, p->row_words, couplings,
		                      state);
		return;
	}
	groups.n = p->size;
	groups.n_groups = p->groups;
	groups.kind = p->kind;
	groups.row_words = p->row_words;
	groups.factor = p->factor;
	exchange_bits(&groups, lanes, &pool, h, launch, problem, couplings, state);
}

void taut_exchange(uint32_t abi, const taut_word *launch, const taut_word *noise,
                   const taut_word *problem, const taut_word *couplings, taut_word *state,
                   taut_word *status)
{
	TAUT_INTERFACE_CONTROL(abi)
	TAUT_INTERFACE_BURST(launch, gmem0)
	TAUT_INTERFACE_BURST(noise, gmem0)
	TAUT_INTERFACE_BURST(problem, gmem0)
	TAUT_INTERFACE_BURST(couplings, gmem1)
	TAUT_INTERFACE_BURST(state, gmem2)
	TAUT_INTERFACE_BURST(status, gmem2)
	TAUT_INTERFACE_CONTROL(return )
	taut_launch      h;
	exchange_problem p;
	exchange_lanes   lanes;
	taut_kernel_code code = TAUT_CODE_ABI;
	TAUT_PARTITION(lanes.energy, 1)
	TAUT_PARTITION(lanes.best_energy, 1)
	TAUT_PARTITION_CYCLIC(lanes.exchange, 16, 1)

	lanes.moves = 0;
	if (taut_launch_load(&h, abi, launch)) {
		load_problem(&p, problem);
		code = code_of(&h, &p);
	}
	if (code == TAUT_CODE_DONE)
		run(&h, &p, &lanes, launch, noise, problem, couplings, state);
	taut_launch_store_status(status, &h, code, lanes.moves);
}
