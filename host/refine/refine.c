#include "refine/refine.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "refine/cross.h"
#include "refine/spins.h"

enum { CHAINS = 8 }; /* children that see disjoint parents: what keeps them different */

/* One child: starts from its first parent and takes the others in. */
typedef struct {
	int8_t  *state; /* [n] */
	int64_t  satisfied;
	uint64_t work;
} chain;

typedef struct {
	const taut_samples *in;
	const taut_samples *pool;
	const taut_ctx     *ctx;
	taut_spins          spins;
	uint64_t            budget; /* of one chain */
	uint64_t            seed;
	size_t              n_parents;
	size_t              n_chains;
	chain               chains[CHAINS];
} run;

bool taut_refine_applies(const taut_problem *problem)
{
	return problem->row && !problem->group && !problem->permutation_n && problem->n > 0;
}

static void read_parent(int8_t *state, const run *r, size_t parent)
{
	const size_t n_pool = r->pool ? r->pool->count : 0;

	if (parent < n_pool)
		taut_spins_read(state, &r->spins, r->pool, parent);
	else
		taut_spins_read(state, &r->spins, r->in, parent - n_pool);
}

/* Chain number `task` folds the parents task, task + n_chains, .. */
static taut_status fold(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	run        *r = payload;
	chain      *c = &r->chains[task];
	taut_cross  cross = {0};
	taut_rng    rng;
	taut_status st = TAUT_ENOMEM;
	int8_t     *parent = NULL;

	(void)worker;
	c->state = taut_alloc(r->spins.n, sizeof *c->state, err);
	parent = c->state ? taut_alloc(r->spins.n, sizeof *parent, err) : NULL;
	if (!parent)
		goto done;
	st = taut_cross_init(&cross, &r->spins, err);
	if (st != TAUT_OK)
		goto done;
	taut_rng_init(&rng, r->seed, task);
	read_parent(c->state, r, task);
	for (size_t at = task + r->n_chains; at < r->n_parents; at += r->n_chains) {
		if (c->work >= r->budget || taut_ctx_stopped(r->ctx))
			break;
		read_parent(parent, r, at);
		taut_cross_take(c->state, parent, &r->spins, &cross, &rng, &c->work);
	}
	c->satisfied = taut_spins_satisfied(&r->spins, c->state);
done:
	taut_cross_fini(&cross);
	taut_free(parent);
	return st;
}

/* The best chain takes the others in, and all parents once more. */
static taut_status finish(run *r, taut_error *err)
{
	chain      *best = &r->chains[0];
	taut_cross  cross;
	taut_rng    rng;
	int8_t     *parent = taut_alloc(r->spins.n, sizeof *parent, err);
	taut_status st = parent ? taut_cross_init(&cross, &r->spins, err) : TAUT_ENOMEM;

	if (st != TAUT_OK)
		goto done;
	taut_rng_init(&rng, r->seed, CHAINS);
	for (size_t k = 1; k < r->n_chains; k++)
		if (r->chains[k].satisfied > best->satisfied)
			best = &r->chains[k];
	for (size_t k = 0; k < r->n_chains; k++)
		if (&r->chains[k] != best)
			best->satisfied += taut_cross_take(best->state, r->chains[k].state,
			                                   &r->spins, &cross, &rng, &best->work);
	for (size_t k = 0; k < r->n_parents; k++) {
		read_parent(parent, r, k);
		best->satisfied +=
			taut_cross_take(best->state, parent, &r->spins, &cross, &rng, &best->work);
	}
	taut_cross_fini(&cross);
done:
	taut_free(parent);
	return st;
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

/* The chains, best first, without those that are equal to one before. */
static taut_status collect(taut_samples **out, const taut_problem *problem, run *r, taut_error *err)
{
	size_t        count = 0;
	taut_samples *s;
	taut_status   st = taut_samples_new(&s, problem, r->n_chains, err);

	if (st != TAUT_OK)
		return st;
	for (size_t left = r->n_chains; left > 0; left--) {
		uint64_t *const bits = s->bits + count * s->words;
		size_t          best = 0;
		bool            known = false;

		for (size_t k = 1; k < left; k++)
			if (r->chains[k].satisfied > r->chains[best].satisfied)
				best = k;
		taut_spins_write(bits, &r->spins, r->chains[best].state);
		for (size_t k = 0; k < count && !known; k++)
			known = memcmp(bits, s->bits + k * s->words, s->words * sizeof *bits) == 0;
		s->proposals += r->chains[best].work;
		s->energy[count] = energy(problem, bits);
		count += !known;
		chain spent = r->chains[best];
		r->chains[best] = r->chains[left - 1];
		r->chains[left - 1] = spent;
	}
	s->count = count;
	*out = s;
	return TAUT_OK;
}

taut_status taut_refine_run(taut_samples **out, const taut_problem *problem, const taut_samples *in,
                            const taut_samples *pool, uint64_t budget, uint64_t seed,
                            const taut_ctx *ctx, taut_error *err)
{
	run         r = {.in = in, .pool = pool, .ctx = ctx, .seed = seed};
	taut_status st;

	assert(taut_refine_applies(problem) && in->count > 0);
	*out = NULL;
	r.n_parents = in->count + (pool ? pool->count : 0);
	r.n_chains = r.n_parents < CHAINS ? r.n_parents : CHAINS;
	r.budget = budget / r.n_chains;
	st = taut_spins_init(&r.spins, problem, err);
	if (st == TAUT_OK)
		st = taut_parallel(fold, &r, r.n_chains, ctx->threads, err);
	if (st == TAUT_OK)
		st = finish(&r, err);
	if (st == TAUT_OK)
		st = collect(out, problem, &r, err);
	for (size_t k = 0; k < CHAINS; k++)
		taut_free(r.chains[k].state);
	taut_spins_fini(&r.spins);
	return st;
}
