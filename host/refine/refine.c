#include "refine/refine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "refine/contract.h"
#include "refine/eliminate.h"
#include "refine/spins.h"

/* docs/refine.md measures these. */
enum {
	PEOPLE_MAX = 512, /* samples that take part: the best ones */
	GROUP = 6,        /* samples contracted together */
	WIDTH = 8,        /* of the tables */
	MOVES = 2,        /* of a group */
	MOVES_ALONE = 16, /* of a sample with which there is none to contract */
	BATCH = 16        /* groups between two looks at the budget */
};

static const uint64_t STORED_MAX = UINT64_C(1) << 24;
static const uint64_t DEGREE_MAX = 32; /* mean; with more, states do not fall into small clusters */
static const uint64_t ENTRIES_MAX = UINT64_C(1) << 23; /* in the tables of one move: 64 MiB */

typedef struct {
	size_t   begin; /* first of its members */
	size_t   count;
	size_t   child;  /* row that the child is written to */
	uint64_t stream; /* of its random numbers */
	uint64_t work;
} group;

typedef struct {
	const taut_problem *problem;
	const taut_ctx     *ctx;
	uint64_t            seed;
	taut_spins          spins;
	taut_samples       *people; /* rows that children overwrite, and one row more */
	size_t             *alive;  /* [n_alive] rows, best first */
	size_t              n_alive;
	size_t             *member; /* [n_alive] rows, group by group, the best of a group first */
	group              *groups;
	size_t              n_groups;
	size_t              first; /* group of the batch */
	size_t             *distance;
	uint64_t            stream;
	uint64_t            work;
} run;

bool taut_refine_applies(const taut_problem *problem)
{
	return problem->row && !problem->group && !problem->terms && !problem->permutation_n && problem->n > 0 &&
	       problem->row[problem->n] <= STORED_MAX &&
	       problem->row[problem->n] <= DEGREE_MAX * problem->n;
}

static int64_t energy(const taut_problem *p, const uint64_t *bits)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t twice = 2 * (int64_t)p->linear[i];

		if (!(bits[i / 64] >> (i % 64) & 1))
			continue;
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			if (bits[p->col[k] / 64] >> (p->col[k] % 64) & 1)
				twice += p->coef[k];
		sum += twice;
	}
	return sum / 2;
}

static taut_status price(void *payload, size_t row, uint32_t worker, taut_error *err)
{
	run *const          r = payload;
	taut_samples *const s = r->people;

	(void)worker;
	(void)err;
	s->energy[row] = energy(r->problem, s->bits + row * s->words);
	return TAUT_OK;
}

typedef struct {
	int64_t energy;
	size_t  at;
} ranked;

static int compare(const void *a, const void *b)
{
	const ranked *x = a;
	const ranked *y = b;

	if (x->energy != y->energy)
		return x->energy < y->energy ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* The rows that are alive, best first. */
static taut_status rank(run *r, taut_error *err)
{
	ranked *list = taut_alloc(r->n_alive, sizeof *list, err);

	if (!list)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < r->n_alive; k++)
		list[k] = (ranked){r->people->energy[r->alive[k]], r->alive[k]};
	qsort(list, r->n_alive, sizeof *list, compare);
	for (size_t k = 0; k < r->n_alive; k++)
		r->alive[k] = list[k].at;
	taut_free(list);
	return TAUT_OK;
}

/* The best samples of pool and in, by their claims, and their true energies. */
static taut_status gather(run *r, const taut_samples *in, const taut_samples *pool, taut_error *err)
{
	const size_t n_pool = pool ? pool->count : 0;
	const size_t n = n_pool + in->count;
	ranked      *list = taut_alloc(n, sizeof *list, err);
	taut_status  st = TAUT_ENOMEM;

	if (!list)
		goto done;
	for (size_t k = 0; k < n; k++)
		list[k] = (ranked){k < n_pool ? pool->energy[k] : in->energy[k - n_pool], k};
	qsort(list, n, sizeof *list, compare);
	r->n_alive = n < PEOPLE_MAX ? n : PEOPLE_MAX;
	st = taut_samples_new(&r->people, r->problem, r->n_alive + 1, err);
	if (st != TAUT_OK)
		goto done;
	st = TAUT_ENOMEM;
	r->alive = taut_alloc(r->n_alive + 1, sizeof *r->alive, err);
	r->member = r->alive ? taut_alloc(r->n_alive, sizeof *r->member, err) : NULL;
	r->groups = r->member ? taut_alloc(r->n_alive, sizeof *r->groups, err) : NULL;
	r->distance = r->groups ? taut_alloc(r->n_alive, sizeof *r->distance, err) : NULL;
	if (!r->distance)
		goto done;
	for (size_t k = 0; k < r->n_alive; k++) {
		const taut_samples *from = list[k].at < n_pool ? pool : in;
		const size_t        at = list[k].at < n_pool ? list[k].at : list[k].at - n_pool;

		assert(from->words == r->people->words);
		memcpy(r->people->bits + k * from->words, from->bits + at * from->words,
		       from->words * sizeof *from->bits);
		r->alive[k] = k;
	}
	st = taut_parallel(price, r, r->n_alive, r->ctx->threads, err);
done:
	taut_free(list);
	return st;
}

/* Spins in which two rows differ; without fields a state and its complement are the same. */
static size_t distance(const run *r, size_t a, size_t b)
{
	const taut_samples *s = r->people;
	size_t              n = 0;

	for (size_t w = 0; w < s->words; w++)
		n += (size_t)__builtin_popcountll(s->bits[a * s->words + w] ^
		                                  s->bits[b * s->words + w]);
	return r->spins.ghost || n <= s->n - n ? n : s->n - n;
}

/* Groups of the best sample left and those nearest to it: what agrees in most places leaves the
 * smallest problem. The living are ranked. */
static void form_groups(run *r)
{
	size_t n_left = r->n_alive;
	size_t at = 0;

	r->n_groups = 0;
	while (n_left > 0) {
		group *g = &r->groups[r->n_groups++];

		*g = (group){.begin = at, .count = 1, .child = r->alive[0], .stream = r->stream++};
		r->member[at++] = r->alive[0];
		n_left--;
		memmove(r->alive, r->alive + 1, n_left * sizeof *r->alive);
		for (size_t k = 0; k < n_left; k++)
			r->distance[k] = distance(r, g->child, r->alive[k]);
		for (; n_left > 0 && g->count < GROUP; g->count++, n_left--) {
			size_t best = 0;

			for (size_t k = 1; k < n_left; k++)
				if (r->distance[k] < r->distance[best])
					best = k;
			r->member[at++] = r->alive[best];
			memmove(r->alive + best, r->alive + best + 1,
			        (n_left - 1 - best) * sizeof *r->alive);
			memmove(r->distance + best, r->distance + best + 1,
			        (n_left - 1 - best) * sizeof *r->distance);
		}
	}
}

/* Improves a state of any spins by some moves. *gain: of the satisfied weight. */
static taut_status improve(int64_t *gain, int8_t *state, run *r, const taut_spins *spins,
                           int n_moves, group *g, taut_error *err)
{
	taut_eliminate *eliminate;
	taut_rng        rng;
	int             width = WIDTH;
	taut_status     st = taut_eliminate_new(&eliminate, spins, err);

	*gain = 0;
	while (width > 1 && (uint64_t)spins->n << width > ENTRIES_MAX)
		width--;
	taut_rng_init(&rng, r->seed, g->stream);
	for (int k = 0; st == TAUT_OK && k < n_moves && !taut_ctx_stopped(r->ctx); k++) {
		int64_t more = 0;

		st = taut_eliminate_move(&more, state, eliminate, width, &rng, &g->work, err);
		*gain += more;
	}
	taut_eliminate_free(eliminate);
	return st;
}

/* The child of several samples. */
static taut_status merge(int64_t *gain, int8_t *state, run *r, group *g, taut_error *err)
{
	taut_contract contract;
	int8_t       *clusters = NULL;
	taut_status   st = taut_contract_init(&contract, &r->spins, r->people, r->member + g->begin,
	                                      g->count, err);

	if (st != TAUT_OK)
		return st;
	g->work += g->count * r->spins.n + r->spins.row[r->spins.n];
	clusters = taut_alloc(contract.spins.n, sizeof *clusters, err);
	st = clusters ? TAUT_OK : TAUT_ENOMEM;
	if (st == TAUT_OK) {
		memset(clusters, 1, contract.spins.n);
		st = improve(gain, clusters, r, &contract.spins, MOVES, g, err);
	}
	if (st == TAUT_OK)
		taut_contract_expand(state, &contract, clusters, r->spins.n);
	taut_free(clusters);
	taut_contract_fini(&contract);
	return st;
}

static taut_status breed(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	run          *r = payload;
	group        *g = &r->groups[r->first + task];
	taut_samples *s = r->people;
	const size_t  best = r->member[g->begin];
	int64_t       gain = 0;
	int8_t       *state = taut_alloc(r->spins.n, sizeof *state, err);
	taut_status   st = state ? TAUT_OK : TAUT_ENOMEM;

	(void)worker;
	if (st == TAUT_OK && g->count > 1) {
		st = merge(&gain, state, r, g, err);
	} else if (st == TAUT_OK) {
		taut_spins_read(state, &r->spins, s, best);
		st = improve(&gain, state, r, &r->spins, MOVES_ALONE, g, err);
	}
	if (st == TAUT_OK) {
		assert(gain % 4 == 0);
		taut_spins_write(s->bits + g->child * s->words, &r->spins, state);
		s->energy[g->child] = s->energy[best] - gain / 4;
	}
	taut_free(state);
	return st;
}

/* Breeds the groups batch by batch while there is budget; those that come too late pass their best
 * member on, which is the row of their child. */
static taut_status breed_all(run *r, uint64_t budget, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (r->first = 0; st == TAUT_OK && r->first < r->n_groups; r->first += BATCH) {
		const size_t left = r->n_groups - r->first;
		const size_t n = left < BATCH ? left : BATCH;

		if (r->work >= budget || taut_ctx_stopped(r->ctx))
			break;
		st = taut_parallel(breed, r, n, r->ctx->threads, err);
		for (size_t k = 0; k < n; k++)
			r->work += r->groups[r->first + k].work;
	}
	return st;
}

static taut_status play(run *r, uint64_t budget, taut_error *err)
{
	taut_status st = rank(r, err);

	while (st == TAUT_OK && r->n_alive > TAUT_REFINE_KEEP && r->work < budget &&
	       !taut_ctx_stopped(r->ctx)) {
		form_groups(r);
		st = breed_all(r, budget, err);
		r->n_alive = r->n_groups;
		for (size_t k = 0; k < r->n_groups; k++)
			r->alive[k] = r->groups[k].child;
		if (st == TAUT_OK)
			st = rank(r, err);
	}
	if (r->n_alive > TAUT_REFINE_KEEP)
		r->n_alive = TAUT_REFINE_KEEP;
	return st;
}

/* One child more, of all that are left; they stay. */
static taut_status crown(run *r, uint64_t budget, taut_error *err)
{
	const size_t spare = r->people->count - 1;
	taut_status  st;

	if (r->work >= budget || taut_ctx_stopped(r->ctx))
		return TAUT_OK;
	memcpy(r->member, r->alive, r->n_alive * sizeof *r->member);
	r->groups[0] = (group){.count = r->n_alive, .child = spare, .stream = r->stream++};
	r->first = 0;
	st = breed(r, 0, 0, err);
	r->work += r->groups[0].work;
	r->alive[r->n_alive++] = spare;
	return st == TAUT_OK ? rank(r, err) : st;
}

/* The living without those that are equal to one before. */
static taut_status collect(taut_samples **out, const run *r, taut_error *err)
{
	const taut_samples *from = r->people;
	taut_samples       *s;
	taut_status         st = taut_samples_new(&s, r->problem, r->n_alive, err);

	if (st != TAUT_OK)
		return st;
	s->count = 0;
	s->proposals = r->work;
	for (size_t k = 0; k < r->n_alive; k++) {
		bool known = false;

		for (size_t earlier = 0; earlier < k && !known; earlier++)
			known = distance(r, r->alive[earlier], r->alive[k]) == 0;
		if (known)
			continue;
		memcpy(s->bits + s->count * s->words, from->bits + r->alive[k] * s->words,
		       s->words * sizeof *s->bits);
		s->energy[s->count++] = from->energy[r->alive[k]];
	}
	*out = s;
	return TAUT_OK;
}

taut_status taut_refine_run(taut_samples **out, const taut_problem *problem, const taut_samples *in,
                            const taut_samples *pool, uint64_t budget, uint64_t seed,
                            const taut_ctx *ctx, taut_error *err)
{
	run         r = {.problem = problem, .ctx = ctx, .seed = seed};
	taut_status st;

	assert(taut_refine_applies(problem) && in->count > 0);
	*out = NULL;
	st = taut_spins_init(&r.spins, problem, err);
	if (st == TAUT_OK)
		st = gather(&r, in, pool, err);
	if (st == TAUT_OK)
		st = play(&r, budget, err);
	if (st == TAUT_OK)
		st = crown(&r, budget, err);
	if (st == TAUT_OK)
		st = collect(out, &r, err);
	taut_samples_free(r.people);
	taut_free(r.alive);
	taut_free(r.member);
	taut_free(r.groups);
	taut_free(r.distance);
	taut_spins_fini(&r.spins);
	return st;
}
