#include "flow/pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "backend/initial.h"
#include "base/alloc.h"

enum {
	NEAR_SHARE = 40,  /* elites differ in this part of the variables: docs/portfolio.md */
	MIRROR_TRIALS = 8 /* states whose complements are evaluated */
};

taut_status taut_pool_init(taut_pool *out, const taut_problem *problem, size_t capacity,
                           taut_error *err)
{
	const uint32_t n = problem->permutation_n ? problem->permutation_n : problem->n;
	taut_status    st;

	assert(capacity > 0);
	*out = (taut_pool){.problem = problem,
	                   .capacity = capacity,
	                   .distance = n / NEAR_SHARE > 1 ? n / NEAR_SHARE : 1};
	/* one place more than the capacity: for an entrant before the last leaves, and for trials
	 */
	st = taut_samples_new(&out->states, problem, capacity + 1, err);
	if (st == TAUT_OK)
		out->states->count = 0;
	return st;
}

void taut_pool_fini(taut_pool *pool)
{
	taut_samples_free(pool->states);
	*pool = (taut_pool){0};
}

static uint32_t ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555u;
	x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
	x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
	return (uint32_t)(x * 0x0101010101010101u >> 56);
}

/* Bits or positions in which elite k and sample r differ. */
static uint32_t differences(const taut_pool *pool, size_t k, const taut_samples *s, size_t r)
{
	const taut_samples *elite = pool->states;
	uint32_t            count = 0;

	for (uint32_t a = 0; a < s->permutation_n; a++)
		count += elite->position[k * s->permutation_n + a] !=
		         s->position[r * s->permutation_n + a];
	for (size_t w = 0; w < s->words; w++)
		count += ones(elite->bits[k * s->words + w] ^ s->bits[r * s->words + w]);
	if (pool->mirrored && count > s->n - count)
		count = s->n - count;
	return count;
}

/* Moves place `from` of the elites to place `to`. */
static void move(taut_samples *s, size_t to, size_t from)
{
	memmove(s->bits + to * s->words, s->bits + from * s->words, s->words * sizeof *s->bits);
	memmove(s->position + to * s->permutation_n, s->position + from * s->permutation_n,
	        s->permutation_n * sizeof *s->position);
	s->energy[to] = s->energy[from];
}

static void put(taut_samples *s, size_t to, const taut_samples *from, size_t r)
{
	memcpy(s->bits + to * s->words, from->bits + r * s->words, s->words * sizeof *s->bits);
	memcpy(s->position + to * s->permutation_n, from->position + r * s->permutation_n,
	       s->permutation_n * sizeof *s->position);
	s->energy[to] = from->energy[r];
}

/* E(x) - E(not x) is linear in x, for the quadratic terms cancel: where it is zero at random states
 * it is zero. Groups and permutations have no complement. */
static bool is_mirrored(taut_pool *pool, const taut_samples *samples)
{
	taut_samples *s = pool->states;
	const size_t  count = s->count;
	const size_t  at = pool->capacity; /* for the complements */
	bool          mirrored = !s->permutation_n && !pool->problem->group && s->n > 0;

	s->count = at + 1;
	for (size_t r = 0; mirrored && r < samples->count && r < MIRROR_TRIALS; r++) {
		put(s, at, samples, r);
		for (size_t w = 0; w < s->words; w++)
			s->bits[at * s->words + w] = ~s->bits[at * s->words + w];
		if (s->n % 64)
			s->bits[at * s->words + s->words - 1] &= ((uint64_t)1 << s->n % 64) - 1;
		mirrored = taut_initial_energy(pool->problem, s, at) == samples->energy[r];
	}
	s->count = count;
	return mirrored;
}

/* Sample r enters where it may. Its rank, or capacity where it does not. */
static size_t enter(taut_pool *pool, const taut_samples *samples, size_t r)
{
	taut_samples *s = pool->states;
	const int64_t energy = samples->energy[r];
	size_t        rank = 0;
	size_t        kept;

	if (s->count == pool->capacity && energy >= s->energy[s->count - 1])
		return pool->capacity;
	for (; rank < s->count && s->energy[rank] <= energy; rank++)
		if (differences(pool, rank, samples, r) < pool->distance)
			return pool->capacity;
	kept = rank;
	for (size_t k = rank; k < s->count; k++)
		if (differences(pool, k, samples, r) >= pool->distance)
			move(s, kept++, k);
	for (size_t k = kept; k > rank; k--)
		move(s, k, k - 1);
	put(s, rank, samples, r);
	s->count = kept < pool->capacity ? kept + 1 : pool->capacity;
	return rank;
}

typedef struct {
	int64_t energy;
	size_t  sample;
} offered;

static int by_energy(const void *a, const void *b)
{
	const offered *p = a;
	const offered *q = b;

	if (p->energy != q->energy)
		return p->energy < q->energy ? -1 : 1;
	return p->sample < q->sample ? -1 : p->sample > q->sample;
}

taut_status taut_pool_offer(double *gain, taut_pool *pool, const taut_samples *samples,
                            taut_error *err)
{
	offered *order = taut_alloc(samples->count, sizeof *order, err);

	*gain = 0.0;
	if (!order)
		return TAUT_ENOMEM;
	if (!pool->tried) {
		pool->mirrored = is_mirrored(pool, samples);
		pool->tried = true;
	}
	for (size_t r = 0; r < samples->count; r++)
		order[r] = (offered){samples->energy[r], r};
	qsort(order, samples->count, sizeof *order, by_energy);
	for (size_t r = 0; r < samples->count; r++) {
		const size_t rank = enter(pool, samples, order[r].sample);

		if (rank < pool->capacity)
			*gain += 1.0 / (1.0 + (double)rank);
	}
	taut_free(order);
	return TAUT_OK;
}
