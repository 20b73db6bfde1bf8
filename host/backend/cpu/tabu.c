/*
 * Every move flips the variable of the least change of energy that is not held, or one that is
 * where that gives a new best state (aspiration); the variable is then held for some moves (Glover,
 * "Tabu search", 1989; for this problem Palubeckis, Informatica 17, 279-296, 2006, and Glover, Lu &
 * Hao, 4OR 8, 239-253, 2010). Ties fall by the read's random stream. After n moves without a better
 * state of the current search some variables are shaken and a new search begins, with another
 * tenure (iterated tabu search: Palubeckis).
 *
 * The least changes are kept by blocks of 64 variables; a move renews those of the blocks that hold
 * a neighbour, or a variable that is held no longer.
 */
#include "backend/cpu/tabu.h"

#include <string.h>

#include "backend/cpu/lone.h"
#include "base/alloc.h"

/* Found by trial, docs/tabu.md. */
enum {
	TENURES = 4,       /* n / 100 times 1, 2, 4 or 8: one for each search */
	SHAKES_LEAST = 10, /* variables */
	SHAKES_SHARE = 40  /* at most n / 40 */
};

static const uint32_t NONE = UINT32_MAX;

typedef struct {
	taut_cpu_lone lone;
	taut_rng      rng;
	uint64_t      now;   /* moves done */
	uint64_t     *holds; /* [words] bit: variable is held */
	uint64_t     *until; /* [n] first move at which it is not */
	uint32_t     *first; /* [slots] of the variables to look at in the moves = slot mod slots */
	uint32_t     *next;  /* [n] */
	uint32_t      slots; /* a power of two above the longest tenure */
	int32_t      *loose; /* [words] least change by block, of those not held */
	int32_t      *held;  /* [words] and of those held */
	uint32_t     *list;  /* [words] blocks whose least changes are no longer so */
	bool         *listed; /* [words] */
	uint32_t      n_listed;
	int64_t       search_best; /* energy, since the last perturbation */
	uint64_t      search_at;   /* move of that */
	uint32_t      tenure;      /* of the current search, but for the random part */
	uint32_t      shakes;      /* left of a perturbation */
} search;

static uint32_t longest_tenure(uint32_t n)
{
	const uint32_t longest = (n / 100 << (TENURES - 1)) + 10;

	return longest < n / 4 ? longest : n / 4;
}

static void renew(search *s, uint32_t block)
{
	if (s->listed[block])
		return;
	s->listed[block] = true;
	s->list[s->n_listed++] = block;
}

/* The variables whose time is over. */
static void release(search *s)
{
	uint32_t *const slot = &s->first[s->now & (s->slots - 1)];
	uint32_t        i = *slot;

	*slot = NONE;
	while (i != NONE) {
		const uint32_t next = s->next[i];

		if (s->until[i] > s->now) { /* held once more since */
			uint32_t *const later = &s->first[s->until[i] & (s->slots - 1)];

			s->next[i] = *later;
			*later = i;
		} else {
			s->holds[i / 64] &= ~((uint64_t)1 << i % 64);
			renew(s, i / 64);
		}
		i = next;
	}
}

static void hold(search *s, uint32_t i, uint32_t tenure)
{
	if (!tenure)
		return;
	s->until[i] = s->now + tenure;
	if (s->holds[i / 64] >> i % 64 & 1)
		return; /* release finds it in its old slot */
	s->holds[i / 64] |= (uint64_t)1 << i % 64;
	s->next[i] = s->first[s->until[i] & (s->slots - 1)];
	s->first[s->until[i] & (s->slots - 1)] = i;
}

static void flip(search *s, uint32_t i)
{
	const taut_problem *p = s->lone.problem;

	taut_cpu_lone_flip(&s->lone, i);
	renew(s, i / 64);
	if (p->dense)
		for (uint32_t b = 0; b < s->lone.words; b++)
			renew(s, b);
	else
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			renew(s, p->col[k] / 64);
}

/* A random one of the ones of a word, by 6 random bits. */
static uint32_t pick(uint64_t word, uint32_t bits)
{
	const uint64_t turned = word >> bits | word << (-bits & 63);

	return ((uint32_t)__builtin_ctzll(turned) + bits) & 63;
}

/* A variable of least change among those held or not: of the first block from a random one on that
 * has any. */
static uint32_t find(const search *s, bool held, int32_t change, uint64_t draw)
{
	const taut_cpu_lone *lone = &s->lone;
	const int32_t *const least = held ? s->held : s->loose;
	uint32_t             b = (uint32_t)((draw >> 32) * lone->words >> 32);
	uint64_t             matching;

	while (least[b] != change)
		b = b + 1 < lone->words ? b + 1 : 0;
	matching = lone->kernels->matching(lone->fields + (size_t)b * 64, lone->bits[b], change);
	return b * 64 + pick(matching & (held ? s->holds[b] : ~s->holds[b]), (uint32_t)draw & 63);
}

/* One move. Returns its work. */
static uint64_t move(search *s)
{
	taut_cpu_lone *const lone = &s->lone;
	const uint32_t       n = lone->problem->n;
	const uint64_t       draw = taut_rng_next(&s->rng);
	const uint32_t       longest = longest_tenure(n);
	int32_t              loose;
	int32_t              held;
	bool                 aspired;
	uint32_t             i;
	uint32_t             tenure;

	release(s);
	lone->kernels->refresh(s->loose, s->held, s->list, s->n_listed, lone->fields, lone->bits,
	                       s->holds);
	while (s->n_listed)
		s->listed[s->list[--s->n_listed]] = false;
	loose = lone->kernels->least(s->loose, lone->words);
	held = lone->kernels->least(s->held, lone->words);
	aspired = held < loose && lone->energy + held < lone->best_energy;
	i = find(s, aspired, aspired ? held : loose, draw);
	if ((aspired ? held : loose) >= 0) /* downhill, there is a better one to keep */
		taut_cpu_lone_keep(lone);
	flip(s, i);
	s->now++;
	tenure = s->tenure + 1 + (uint32_t)((draw >> 6 & 0xFFFF) * 10 >> 16);
	hold(s, i, tenure < longest ? tenure : longest);
	if (lone->energy < s->search_best) {
		s->search_best = lone->energy;
		s->search_at = s->now;
	}
	return lone->words + taut_cpu_lone_degree(lone, i);
}

/* A new search from here. */
static void begin(search *s)
{
	s->search_best = s->lone.energy;
	s->search_at = s->now;
	s->tenure = s->lone.problem->n / 100 << taut_rng_below(&s->rng, TENURES);
}

/* The end of a search: so many variables are to be shaken. */
static void end(search *s)
{
	const uint32_t n = s->lone.problem->n;

	taut_cpu_lone_keep(&s->lone);
	s->shakes = n < SHAKES_LEAST ? 1 : SHAKES_LEAST;
	if (n / SHAKES_SHARE > s->shakes)
		s->shakes += (uint32_t)taut_rng_below(&s->rng, n / SHAKES_SHARE - s->shakes + 1);
}

/* Flips a random variable, which is a move too. Returns its work. */
static uint64_t shake(search *s)
{
	const uint32_t i = (uint32_t)taut_rng_below(&s->rng, s->lone.problem->n);

	release(s);
	flip(s, i);
	s->now++;
	s->shakes--;
	if (!s->shakes)
		begin(s);
	return taut_cpu_lone_degree(&s->lone, i);
}

static void fini(search *s)
{
	taut_cpu_lone_fini(&s->lone);
	taut_free(s->holds);
	taut_free(s->until);
	taut_free(s->first);
	taut_free(s->next);
	taut_free(s->loose);
	taut_free(s->held);
	taut_free(s->list);
	taut_free(s->listed);
}

static taut_status init(search *s, const taut_cpu_lone_run *run, taut_error *err)
{
	const taut_problem *p = run->cpu->problem;
	taut_status         st;

	*s = (search){.slots = 1};
	st = taut_cpu_lone_init(&s->lone, p, &run->cpu->kernels->lone, err);
	if (st)
		return st;
	while (s->slots <= longest_tenure(p->n))
		s->slots *= 2;
	if (!(s->holds = taut_alloc(s->lone.words, sizeof *s->holds, err)) ||
	    !(s->until = taut_alloc(p->n, sizeof *s->until, err)) ||
	    !(s->first = taut_alloc(s->slots, sizeof *s->first, err)) ||
	    !(s->next = taut_alloc(p->n, sizeof *s->next, err)) ||
	    !(s->loose = taut_alloc(s->lone.words, sizeof *s->loose, err)) ||
	    !(s->held = taut_alloc(s->lone.words, sizeof *s->held, err)) ||
	    !(s->list = taut_alloc(s->lone.words, sizeof *s->list, err)) ||
	    !(s->listed = taut_alloc(s->lone.words, sizeof *s->listed, err)))
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < s->slots; k++)
		s->first[k] = NONE;
	return TAUT_OK;
}

/* Returns the moves done. */
static uint64_t walk(search *s, const taut_cpu_lone_run *run)
{
	const uint32_t n = s->lone.problem->n;
	const uint64_t moves = run->schedule->sweeps;
	uint64_t       work = TAUT_CPU_LONE_LOOK;

	for (uint32_t b = 0; b < s->lone.words; b++)
		renew(s, b);
	begin(s);
	while (s->now < moves) {
		if (work >= TAUT_CPU_LONE_LOOK) {
			if (taut_ctx_stopped(run->ctx))
				break;
			work = 0;
		}
		work += s->shakes ? shake(s) : move(s);
		if (!s->shakes && s->now - s->search_at >= n)
			end(s);
	}
	taut_cpu_lone_keep(&s->lone);
	return s->now;
}

static taut_status search_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const taut_cpu_lone_run *run = payload;
	search                   s;
	uint64_t                 done;
	taut_status              st;

	(void)worker;
	if (task > 0 && taut_ctx_stopped(run->ctx))
		return TAUT_OK;
	st = init(&s, run, err);
	if (st)
		goto done;
	taut_cpu_lone_load(&s.lone, run->out, task);
	s.rng = taut_cpu_lone_stream(run->schedule, task);
	done = walk(&s, run);
	taut_cpu_lone_store(run->out, task, &s.lone);
	run->outcome[task] = done >= run->schedule->sweeps ? TAUT_CPU_DONE : TAUT_CPU_CUT;
	run->proposals[task] = done * s.lone.problem->n;
done:
	fini(&s);
	return st;
}

taut_status taut_cpu_tabu_run(taut_samples *samples, bool *finished, const taut_cpu *cpu,
                              const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	taut_cpu_lone_run run = {
		.cpu = cpu, .schedule = schedule, .ctx = ctx, .out = samples, .block = 1};

	*finished = true;
	if (cpu->problem->n == 0)
		return TAUT_OK;
	return taut_cpu_lone_tasks(finished, &run, search_task, err);
}
