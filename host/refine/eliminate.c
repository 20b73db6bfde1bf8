/* Bucket elimination (Dechter 1999) in the order of smallest degree. */
#include "refine/eliminate.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

enum {
	DEGREE_MAX = 128, /* spins with more couplings stay fixed: their lists are scanned */
	CANDIDATES =
		2 /* spins drawn when one is to be fixed: that of the largest degree is taken */
};

static const uint32_t NONE = UINT32_MAX;

/* A spin's neighbours that are neither fixed nor eliminated: entries of the pool. */
typedef struct {
	size_t   begin;
	uint32_t size;
	uint32_t capacity;
} list;

struct taut_eliminate {
	const taut_spins *spins;
	list *near; /* [n] when a spin is eliminated its list stays: the arguments of its table */
	uint32_t *pool; /* [pool_capacity] */
	size_t    pool_size;
	size_t    pool_capacity;
	uint32_t *place; /* [n] in order of elimination; NONE: fixed, or not yet eliminated */
	uint32_t *order; /* [n] the eliminated spins */
	uint32_t  n_order;
	uint32_t *left;    /* [n] spins still in the graph, and where each stands in it */
	uint32_t *left_at; /* [n] */
	uint32_t  n_left;
	uint32_t *next; /* [n] stacks of spins by degree, doubly linked */
	uint32_t *previous;
	uint32_t  first[DEGREE_MAX + 1];
	uint32_t *child;   /* [n] first of the tables to be added to a spin's, and their next */
	uint32_t *sibling; /* [n] */
	size_t   *table;   /* [n] where the spin's table begins */
	int64_t  *value;   /* [value_capacity] all tables */
	size_t    value_size;
	size_t    value_capacity;
	int64_t   sum[2 << TAUT_ELIMINATE_WIDTH_MAX];
	uint32_t  at[2 << TAUT_ELIMINATE_WIDTH_MAX];
};

taut_status taut_eliminate_new(taut_eliminate **out, const taut_spins *spins, taut_error *err)
{
	const size_t    n = spins->n;
	taut_eliminate *e = taut_alloc(1, sizeof *e, err);

	*out = NULL;
	if (!e)
		return TAUT_ENOMEM;
	e->spins = spins;
	if (!(e->near = taut_alloc(n, sizeof *e->near, err)) ||
	    !(e->place = taut_alloc(n, sizeof *e->place, err)) ||
	    !(e->order = taut_alloc(n, sizeof *e->order, err)) ||
	    !(e->left = taut_alloc(n, sizeof *e->left, err)) ||
	    !(e->left_at = taut_alloc(n, sizeof *e->left_at, err)) ||
	    !(e->next = taut_alloc(n, sizeof *e->next, err)) ||
	    !(e->previous = taut_alloc(n, sizeof *e->previous, err)) ||
	    !(e->child = taut_alloc(n, sizeof *e->child, err)) ||
	    !(e->sibling = taut_alloc(n, sizeof *e->sibling, err)) ||
	    !(e->table = taut_alloc(n, sizeof *e->table, err))) {
		taut_eliminate_free(e);
		return TAUT_ENOMEM;
	}
	*out = e;
	return TAUT_OK;
}

void taut_eliminate_free(taut_eliminate *e)
{
	if (!e)
		return;
	taut_free(e->near);
	taut_free(e->pool);
	taut_free(e->place);
	taut_free(e->order);
	taut_free(e->left);
	taut_free(e->left_at);
	taut_free(e->next);
	taut_free(e->previous);
	taut_free(e->child);
	taut_free(e->sibling);
	taut_free(e->table);
	taut_free(e->value);
	taut_free(e);
}

static uint32_t level(const taut_eliminate *e, uint32_t i)
{
	return e->near[i].size < DEGREE_MAX ? e->near[i].size : DEGREE_MAX;
}

static void push(taut_eliminate *e, uint32_t i)
{
	const uint32_t l = level(e, i);

	e->previous[i] = NONE;
	e->next[i] = e->first[l];
	if (e->first[l] != NONE)
		e->previous[e->first[l]] = i;
	e->first[l] = i;
}

static void pull(taut_eliminate *e, uint32_t i)
{
	if (e->next[i] != NONE)
		e->previous[e->next[i]] = e->previous[i];
	if (e->previous[i] != NONE)
		e->next[e->previous[i]] = e->next[i];
	else
		e->first[level(e, i)] = e->next[i];
}

static taut_status reserve(taut_eliminate *e, size_t more, taut_error *err)
{
	uint32_t *grown =
		taut_grow(e->pool, &e->pool_capacity, e->pool_size + more, sizeof *grown, err);

	if (!grown)
		return TAUT_ENOMEM;
	e->pool = grown;
	return TAUT_OK;
}

/* Adds j to i's list unless it is there; i is on no stack. */
static taut_status meet(taut_eliminate *e, uint32_t i, uint32_t j, taut_error *err)
{
	list *l = &e->near[i];

	for (uint32_t k = 0; k < l->size; k++)
		if (e->pool[l->begin + k] == j)
			return TAUT_OK;
	if (l->size == l->capacity) {
		const uint32_t capacity = 2 * l->capacity + 4;

		if (reserve(e, capacity, err) != TAUT_OK)
			return TAUT_ENOMEM;
		memcpy(e->pool + e->pool_size, e->pool + l->begin, l->size * sizeof *e->pool);
		*l = (list){e->pool_size, l->size, capacity};
		e->pool_size += capacity;
	}
	e->pool[l->begin + l->size++] = j;
	return TAUT_OK;
}

static void part(taut_eliminate *e, uint32_t i, uint32_t j)
{
	list     *l = &e->near[i];
	uint32_t *p = e->pool + l->begin;
	uint32_t  k = 0;

	while (p[k] != j)
		k++;
	p[k] = p[--l->size];
}

/* Takes i out of the graph: its neighbours lose it, and with `join` meet each other. */
static taut_status leave(taut_eliminate *e, uint32_t i, bool join, taut_error *err)
{
	const list  l = e->near[i];
	taut_status st = TAUT_OK;

	pull(e, i);
	e->left[e->left_at[i]] = e->left[--e->n_left];
	e->left_at[e->left[e->n_left]] = e->left_at[i];
	for (uint32_t k = 0; k < l.size; k++) {
		pull(e, e->pool[l.begin + k]);
		part(e, e->pool[l.begin + k], i);
	}
	for (uint32_t a = 0; a < l.size && join; a++)
		for (uint32_t b = 0; b < l.size && st == TAUT_OK; b++)
			if (a != b)
				st = meet(e, e->pool[l.begin + a], e->pool[l.begin + b], err);
	for (uint32_t k = 0; k < l.size; k++)
		push(e, e->pool[l.begin + k]);
	return st;
}

/* The graph without the spins that are always fixed, pushed in random order. */
static taut_status open_graph(taut_eliminate *e, taut_rng *rng, taut_error *err)
{
	const taut_spins *g = e->spins;

	e->pool_size = e->n_order = e->n_left = 0;
	for (uint32_t l = 0; l <= DEGREE_MAX; l++)
		e->first[l] = NONE;
	if (reserve(e, g->row[g->n] + 2 * (size_t)g->n, err) != TAUT_OK)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < g->n; i++) {
		list *l = &e->near[i];

		e->place[i] = e->child[i] = e->sibling[i] = NONE;
		*l = (list){e->pool_size, 0, 0};
		if (g->row[i + 1] - g->row[i] > DEGREE_MAX)
			continue;
		e->left[e->n_left++] = i;
		for (uint64_t k = g->row[i]; k < g->row[i + 1]; k++) {
			const uint32_t j = g->col[k];

			if (g->row[j + 1] - g->row[j] <= DEGREE_MAX)
				e->pool[e->pool_size + l->size++] = j;
		}
		l->capacity = l->size + 2;
		e->pool_size += l->capacity;
	}
	for (uint32_t k = e->n_left; k > 0; k--) {
		const uint32_t at = (uint32_t)taut_rng_below(rng, k);
		const uint32_t i = e->left[at];

		e->left[at] = e->left[k - 1];
		e->left[k - 1] = i;
		e->left_at[i] = k - 1;
		push(e, i);
	}
	return TAUT_OK;
}

static uint32_t widest(const taut_eliminate *e, taut_rng *rng)
{
	uint32_t best = e->left[taut_rng_below(rng, e->n_left)];

	for (int k = 1; k < CANDIDATES; k++) {
		const uint32_t i = e->left[taut_rng_below(rng, e->n_left)];

		if (e->near[i].size > e->near[best].size)
			best = i;
	}
	return best;
}

/* Order and arguments of all tables. */
static taut_status plan(taut_eliminate *e, int width, taut_rng *rng, taut_error *err)
{
	taut_status st = open_graph(e, rng, err);

	while (st == TAUT_OK && e->n_left > 0) {
		uint32_t l = 0;
		uint32_t i;

		while (l <= (uint32_t)width && e->first[l] == NONE)
			l++;
		if (l > (uint32_t)width) {
			st = leave(e, widest(e, rng), false, err);
			continue;
		}
		i = e->first[l];
		e->place[i] = e->n_order;
		e->order[e->n_order++] = i;
		st = leave(e, i, true, err);
	}
	return st;
}

/* Arguments that came to be fixed after the table was planned are none: their state is known. Lays
 * out the tables and hands each to the argument that is eliminated first. */
static taut_status lay_out(taut_eliminate *e, taut_error *err)
{
	int64_t *grown;

	e->value_size = 0;
	for (uint32_t at = 0; at < e->n_order; at++) {
		const uint32_t i = e->order[at];
		list          *l = &e->near[i];
		uint32_t      *p = e->pool + l->begin;
		uint32_t       kept = 0;
		uint32_t       parent = NONE;

		for (uint32_t k = 0; k < l->size; k++) {
			const uint32_t j = p[k];

			if (e->place[j] == NONE)
				continue;
			p[kept++] = j;
			if (parent == NONE || e->place[j] < e->place[parent])
				parent = j;
		}
		l->size = kept;
		e->table[i] = e->value_size;
		e->value_size += (size_t)1 << kept;
		if (parent != NONE) {
			e->sibling[i] = e->child[parent];
			e->child[parent] = i;
		}
	}
	grown = taut_grow(e->value, &e->value_capacity, e->value_size, sizeof *grown, err);
	if (!grown)
		return TAUT_ENOMEM;
	e->value = grown;
	return TAUT_OK;
}

/* at[x] = the index in child c's table of the states x of i's arguments and, as the highest bit, of
 * i itself. */
static void project(taut_eliminate *e, uint32_t i, uint32_t c)
{
	const list      from = e->near[i];
	const list      to = e->near[c];
	uint32_t *const at = e->at;

	at[0] = 0;
	for (uint32_t b = 0; b <= from.size; b++) {
		const uint32_t j = b < from.size ? e->pool[from.begin + b] : i;
		uint32_t       bit = 0;

		for (uint32_t k = 0; k < to.size; k++)
			if (e->pool[to.begin + k] == j)
				bit = 1u << k;
		for (uint32_t x = 0; x < 1u << b; x++)
			at[x | 1u << b] = at[x] | bit;
	}
}

/* The weights between i and its arguments, and the pull of the fixed spins on it. */
static int64_t own_couplings(int64_t *pair, const taut_eliminate *e, const int8_t *state,
                             uint32_t i)
{
	const taut_spins *g = e->spins;
	const list        l = e->near[i];
	int64_t           fixed = 0;

	for (uint32_t b = 0; b < l.size; b++)
		pair[b] = 0;
	for (uint64_t k = g->row[i]; k < g->row[i + 1]; k++) {
		const uint32_t j = g->col[k];

		if (e->place[j] == NONE)
			fixed += g->weight[k] * state[j];
		for (uint32_t b = 0; b < l.size; b++)
			if (e->pool[l.begin + b] == j)
				pair[b] += g->weight[k];
	}
	return fixed;
}

/* The table of i: for all states of its arguments (a set bit is a spin of 1) the larger of the sums
 * for i's two states of i's couplings and the tables of its children. */
static void fill(taut_eliminate *e, const int8_t *state, uint32_t i, uint64_t *work)
{
	const uint32_t d = e->near[i].size;
	const uint32_t half = 1u << d;
	int64_t *const sum = e->sum;
	int64_t *const own = e->value + e->table[i];
	int64_t        pair[TAUT_ELIMINATE_WIDTH_MAX];

	sum[0] = own_couplings(pair, e, state, i);
	for (uint32_t b = 0; b < d; b++)
		sum[0] -= pair[b];
	for (uint32_t b = 0; b < d; b++)
		for (uint32_t x = 0; x < 1u << b; x++)
			sum[x | 1u << b] = sum[x] + 2 * pair[b];
	for (uint32_t x = 0; x < half; x++) {
		sum[x | half] = sum[x];
		sum[x] = -sum[x];
	}
	*work += half;
	for (uint32_t c = e->child[i]; c != NONE; c = e->sibling[c]) {
		const int64_t *value = e->value + e->table[c];

		project(e, i, c);
		for (uint32_t x = 0; x < 2 * half; x++)
			sum[x] += value[e->at[x]];
		*work += half;
	}
	for (uint32_t x = 0; x < half; x++)
		own[x] = sum[x] > sum[x | half] ? sum[x] : sum[x | half];
}

/* By how much i = 1 is better than i = -1, all that comes later being set. */
static int64_t prefer(const taut_eliminate *e, const int8_t *state, uint32_t i)
{
	const list l = e->near[i];
	int64_t    pair[TAUT_ELIMINATE_WIDTH_MAX];
	int64_t    sum = own_couplings(pair, e, state, i);

	for (uint32_t b = 0; b < l.size; b++)
		sum += pair[b] * state[e->pool[l.begin + b]];
	sum *= 2;
	for (uint32_t c = e->child[i]; c != NONE; c = e->sibling[c]) {
		const int64_t *value = e->value + e->table[c];
		const list     to = e->near[c];
		uint32_t       x = 0;
		uint32_t       own = 0;

		for (uint32_t k = 0; k < to.size; k++) {
			const uint32_t j = e->pool[to.begin + k];

			if (j == i)
				own = 1u << k;
			else if (state[j] > 0)
				x |= 1u << k;
		}
		assert(own != 0);
		sum += value[x | own] - value[x];
	}
	return sum;
}

taut_status taut_eliminate_move(int64_t *gain, int8_t *state, taut_eliminate *e, int width,
                                taut_rng *rng, uint64_t *work, taut_error *err)
{
	const int64_t before = taut_spins_satisfied(e->spins, state);
	taut_status   st = plan(e, width, rng, err);

	assert(width >= 1 && width <= TAUT_ELIMINATE_WIDTH_MAX);
	if (st == TAUT_OK)
		st = lay_out(e, err);
	if (st != TAUT_OK)
		return st;
	for (uint32_t at = 0; at < e->n_order; at++)
		fill(e, state, e->order[at], work);
	for (uint32_t at = e->n_order; at > 0; at--) {
		const uint32_t i = e->order[at - 1];
		const int64_t  better = prefer(e, state, i);
		const bool     up = better > 0 || (better == 0 && taut_rng_next(rng) >> 63);

		state[i] = up ? 1 : -1;
	}
	*work += e->spins->row[e->spins->n];
	*gain = taut_spins_satisfied(e->spins, state) - before;
	assert(*gain >= 0);
	return TAUT_OK;
}
