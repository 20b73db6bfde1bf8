/*
 * Independent sets, weighted or not. Repair: keep the least conflicting of the chosen vertices,
 * then add greedily. Local search (Andrade, Resende & Werneck 2012, J. Heuristics 18): (1,2)-swaps,
 * for weights also one vertex for its lighter chosen neighbours (Nogueira, Pinheiro & Subramanian
 * 2018), then random forced insertions, each taken back where it does not pay.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "answer/cover.h"
#include "answer/strategy.h"
#include "base/alloc.h"

#define NOBODY UINT32_MAX

/* Neighbours visited by the forced insertions of one call, beside one pass over the graph. */
enum { TOUCHED = 1, CHANGED = 2 };
enum { KICK_WORK = 1 << 20, MAX_KICKS = 2000, LOOK_EVERY = 16 };

/* Most of a polish: vertices and edges looked at, for each that the graph has and in all, and edges
 * of a graph at all. */
enum { COVER_PASSES = 4096, COVER_WORK = 400000000, COVER_EDGES = 1 << 23 };

typedef struct {
	double   key;
	uint32_t vertex;
} ranked;

typedef struct {
	const taut_model *m;
	uint8_t          *x;      /* the caller's */
	uint32_t         *order;  /* [n] by weight per degree, best first */
	uint32_t         *tight;  /* [n] chosen neighbours */
	uint32_t         *keeper; /* [n] xor of the chosen neighbours: the one where tight == 1 */
	int64_t          *load;   /* [n] weight of the chosen neighbours */
	int64_t           weight; /* of the chosen */
	uint32_t         *queue;  /* [n] circular: chosen vertices whose swaps are to be tried */
	uint32_t          head, n_queued;
	uint8_t          *queued; /* [n] */
	uint32_t         *mark;   /* [n] == stamp: neighbour of the vertex at hand */
	uint32_t          stamp;
	uint32_t         *loose; /* [n] scratch list */
	uint32_t         *near;  /* [n] scratch list */
	ranked           *rank;  /* [n] scratch */
	uint32_t         *trail; /* [n] vertices changed since the last kick, each once */
	uint32_t          n_trail;
	uint8_t *touched; /* [n] 0: not on the trail; else TOUCHED, and CHANGED after an odd number
	                     of flips */
	uint64_t work;    /* neighbours visited */
} independent;

/* Largest key first, then by index. */
static int by_key(const void *a, const void *b)
{
	const ranked *p = a;
	const ranked *q = b;

	if (p->key != q->key)
		return p->key > q->key ? -1 : 1;
	return p->vertex < q->vertex ? -1 : p->vertex > q->vertex;
}

static void independent_close(void *state)
{
	independent *s = state;

	if (!s)
		return;
	taut_free(s->order);
	taut_free(s->tight);
	taut_free(s->keeper);
	taut_free(s->load);
	taut_free(s->queue);
	taut_free(s->queued);
	taut_free(s->mark);
	taut_free(s->loose);
	taut_free(s->near);
	taut_free(s->rank);
	taut_free(s->trail);
	taut_free(s->touched);
	taut_free(s);
}

static size_t degree(const independent *s, uint32_t v)
{
	return s->m->conflict_row[v + 1] - s->m->conflict_row[v];
}

static taut_status independent_open(void **out, const taut_model *m, const double *multipliers,
                                    taut_error *err)
{
	taut_status  st = TAUT_ENOMEM;
	independent *s = taut_alloc(1, sizeof *s, err);

	(void)multipliers;
	*out = NULL;
	if (!s)
		goto done;
	s->m = m;
	s->order = taut_alloc(m->n, sizeof *s->order, err);
	s->tight = taut_alloc(m->n, sizeof *s->tight, err);
	s->keeper = taut_alloc(m->n, sizeof *s->keeper, err);
	s->load = taut_alloc(m->n, sizeof *s->load, err);
	s->queue = taut_alloc(m->n, sizeof *s->queue, err);
	s->queued = taut_alloc(m->n, 1, err);
	s->mark = taut_alloc(m->n, sizeof *s->mark, err);
	s->loose = taut_alloc(m->n, sizeof *s->loose, err);
	s->near = taut_alloc(m->n, sizeof *s->near, err);
	s->rank = taut_alloc(m->n, sizeof *s->rank, err);
	s->trail = taut_alloc(m->n, sizeof *s->trail, err);
	s->touched = taut_alloc(m->n, 1, err);
	if (!s->order || !s->tight || !s->keeper || !s->load || !s->queue || !s->queued ||
	    !s->mark || !s->loose || !s->near || !s->rank || !s->trail || !s->touched)
		goto done;
	for (uint32_t v = 0; v < m->n; v++)
		s->rank[v] = (ranked){(double)m->linear[v] / (double)(degree(s, v) + 1), v};
	qsort(s->rank, m->n, sizeof *s->rank, by_key);
	for (uint32_t r = 0; r < m->n; r++)
		s->order[r] = s->rank[r].vertex;
	*out = s;
	s = NULL; /* now the caller's */
	st = TAUT_OK;
done:
	independent_close(s);
	return st;
}

static void push(independent *s, uint32_t v)
{
	uint32_t at = s->head + s->n_queued;

	if (s->queued[v])
		return;
	s->queue[at < s->m->n ? at : at - s->m->n] = v;
	s->n_queued++;
	s->queued[v] = 1;
}

/* Puts v in or takes it out, and queues the chosen vertices that get a neighbour of their own. */
static void flip(independent *s, uint32_t v)
{
	const taut_model *m = s->m;
	const int64_t     step = s->x[v] ? -1 : 1;

	s->x[v] ^= 1u;
	s->weight += step * m->linear[v];
	s->work += degree(s, v);
	if (!s->touched[v])
		s->trail[s->n_trail++] = v;
	s->touched[v] = (uint8_t)((s->touched[v] | TOUCHED) ^ CHANGED);
	for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1]; e++) {
		const uint32_t u = m->conflict_col[e];
		s->keeper[u] ^= v;
		s->load[u] += step * m->linear[v];
		if (step > 0)
			s->tight[u]++;
		else if (--s->tight[u] == 1)
			push(s, s->keeper[u]);
	}
	if (step > 0)
		push(s, v);
}

static void clear(independent *s, uint8_t *x)
{
	const uint32_t n = s->m->n;

	s->x = x;
	memset(s->tight, 0, n * sizeof *s->tight);
	memset(s->keeper, 0, n * sizeof *s->keeper);
	memset(s->load, 0, n * sizeof *s->load);
	memset(s->queued, 0, n);
	s->head = s->n_queued = 0;
	s->weight = 0;
	s->work = 0;
	s->n_trail = 0;
	memset(s->touched, 0, n);
}

/* Chosen vertices in order of weight over conflicting weight, each kept if it still can be; then
 * the rest. */
static void independent_make_feasible(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	independent      *s = state;
	const taut_model *m = s->m;
	uint32_t          count = 0;

	(void)rng, (void)ctx;
	for (uint32_t v = 0; v < m->n; v++) {
		double against = 0.0;
		if (!x[v])
			continue;
		for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1]; e++)
			if (x[m->conflict_col[e]])
				against += (double)m->linear[m->conflict_col[e]] + 1e-6;
		s->rank[count++] = (ranked){((double)m->linear[v] + 1e-6) / (against + 1e-9), v};
	}
	qsort(s->rank, count, sizeof *s->rank, by_key);
	memset(x, 0, m->n);
	clear(s, x);
	for (uint32_t r = 0; r < count; r++)
		if (s->tight[s->rank[r].vertex] == 0)
			flip(s, s->rank[r].vertex);
	for (uint32_t r = 0; r < m->n; r++)
		if (!x[s->order[r]] && s->tight[s->order[r]] == 0)
			flip(s, s->order[r]);
}

/* Puts v in and its chosen neighbours out, then `second` (or NOBODY), which that has made free,
 * then all others that have become free. */
static void force(independent *s, uint32_t v, uint32_t second)
{
	const taut_model *m = s->m;
	uint32_t          n_out = 0;

	assert(!s->x[v]);
	for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1] && s->tight[v] > 0; e++) {
		if (!s->x[m->conflict_col[e]])
			continue;
		s->near[n_out++] = m->conflict_col[e];
		flip(s, m->conflict_col[e]);
	}
	flip(s, v);
	assert(second == NOBODY || s->tight[second] == 0);
	if (second != NOBODY)
		flip(s, second);
	for (uint32_t k = 0; k < n_out; k++) {
		const uint32_t u = s->near[k];
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			if (s->tight[m->conflict_col[e]] == 0 && !s->x[m->conflict_col[e]])
				flip(s, m->conflict_col[e]);
		s->work += degree(s, u);
	}
}

/* Replaces chosen v by one heavier neighbour, or by two that together weigh more, all of whose
 * conflicts are with v alone. */
static bool swap_out(independent *s, uint32_t v)
{
	const taut_model *m = s->m;
	uint32_t          n_loose = 0;

	s->work += degree(s, v);
	for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1]; e++)
		if (s->tight[m->conflict_col[e]] == 1)
			s->loose[n_loose++] = m->conflict_col[e];
	for (uint32_t a = 0; a < n_loose; a++) {
		const uint32_t u = s->loose[a];
		if (m->linear[u] > m->linear[v]) {
			force(s, u, NOBODY);
			return true;
		}
		s->work += degree(s, u) + (n_loose - a);
		if (++s->stamp == 0) { /* wrapped: old marks would look new */
			memset(s->mark, 0, m->n * sizeof *s->mark);
			s->stamp = 1;
		}
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			s->mark[m->conflict_col[e]] = s->stamp;
		for (uint32_t b = a + 1; b < n_loose; b++) {
			const uint32_t w = s->loose[b];
			if (s->mark[w] == s->stamp || m->linear[u] + m->linear[w] <= m->linear[v])
				continue;
			force(s, u, w);
			return true;
		}
	}
	return false;
}

/* Weighted graphs: a neighbour of chosen v that outweighs all its chosen neighbours. */
static bool swap_heavier(independent *s, uint32_t v)
{
	const taut_model *m = s->m;

	for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1]; e++) {
		const uint32_t u = m->conflict_col[e];
		if (!s->x[u] && m->linear[u] > s->load[u]) {
			force(s, u, NOBODY);
			return true;
		}
	}
	return false;
}

static void climb(independent *s)
{
	while (s->n_queued > 0) {
		const uint32_t v = s->queue[s->head];
		s->head = s->head + 1 < s->m->n ? s->head + 1 : 0;
		s->n_queued--;
		s->queued[v] = 0;
		if (s->x[v] && (swap_heavier(s, v) || swap_out(s, v)) && s->x[v])
			push(s, v);
	}
}

/* Back to where the trail began. A flip of a vertex on the trail leaves the trail as it is. */
static void undo(independent *s)
{
	for (uint32_t k = 0; k < s->n_trail; k++)
		if (s->touched[s->trail[k]] & CHANGED)
			flip(s, s->trail[k]);
	while (s->n_queued > 0) {
		s->queued[s->queue[s->head]] = 0;
		s->head = s->head + 1 < s->m->n ? s->head + 1 : 0;
		s->n_queued--;
	}
}

static void forget_trail(independent *s)
{
	while (s->n_trail > 0)
		s->touched[s->trail[--s->n_trail]] = 0;
}

/* One vertex forced in at random, then a climb; undone if the weight falls. */
static void kick(independent *s, taut_rng *rng)
{
	const int64_t before = s->weight;
	uint32_t      v = (uint32_t)taut_rng_below(rng, s->m->n);

	for (uint32_t tries = 0; s->x[v] && tries < 8; tries++)
		v = (uint32_t)taut_rng_below(rng, s->m->n);
	if (s->x[v])
		return;
	forget_trail(s);
	force(s, v, NOBODY);
	climb(s);
	if (s->weight < before)
		undo(s);
}

/* Puts the ones of x in again, one by one, and then whatever is free. */
static void rebuild(independent *s, uint8_t *x)
{
	const uint32_t n = s->m->n;
	uint32_t       count = 0;

	for (uint32_t v = 0; v < n; v++)
		if (x[v])
			s->near[count++] = v;
	memset(x, 0, n);
	clear(s, x);
	for (uint32_t k = 0; k < count; k++)
		flip(s, s->near[k]);
	for (uint32_t r = 0; r < n; r++)
		if (!x[s->order[r]] && s->tight[s->order[r]] == 0)
			flip(s, s->order[r]);
}

static void independent_improve(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	independent *s = state;
	uint64_t     limit;

	rebuild(s, x);
	climb(s);
	limit = s->work + KICK_WORK;
	for (uint32_t k = 0; k < MAX_KICKS && s->work < limit && s->m->n > 0; k++) {
		if (k % LOOK_EVERY == 0 && taut_ctx_stopped(ctx))
			break;
		kick(s, rng);
	}
}

/* Sets of most vertices alone: the search does not know weights. */
static taut_status independent_polish(bool *optimal, void *state, uint8_t *x, taut_rng *rng,
                                      const taut_ctx *ctx, taut_error *err)
{
	const taut_model *m = ((const independent *)state)->m;
	const uint64_t    passes = COVER_PASSES * (m->n + m->n_conflicts);

	*optimal = false;
	for (uint32_t v = 0; v < m->n; v++)
		if (m->linear[v] != m->linear[0])
			return TAUT_OK;
	if (m->n_conflicts > COVER_EDGES)
		return TAUT_OK;
	return taut_cover_search(x, m->n, m->conflict_row, m->conflict_col,
	                         passes < COVER_WORK ? passes : COVER_WORK, rng, ctx, err);
}

const taut_strategy taut_strategy_independent = {
	.open = independent_open,
	.close = independent_close,
	.make_feasible = independent_make_feasible,
	.improve = independent_improve,
	.polish = independent_polish,
};
