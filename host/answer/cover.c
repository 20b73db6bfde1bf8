#include "answer/cover.h"

#include <string.h>

#include "base/alloc.h"

enum { LOOK_EVERY = 256 };

/* The paper's: weights are forgotten when their mean exceeds n / 2, and shrink to 3 / 10. */
enum { FORGET_NUMERATOR = 3, FORGET_DENOMINATOR = 10 };

#define NOWHERE UINT32_MAX

typedef struct {
	uint32_t        n;
	const size_t   *row;
	const uint32_t *col;
	uint32_t       *edge; /* [row[n]] number of the edge that an entry stands for */
	uint32_t        n_edges;
	uint32_t       *end[2];  /* [n_edges] */
	uint32_t       *weight;  /* [n_edges] */
	uint64_t        total;   /* of the weights */
	uint32_t       *open;    /* [n_edges] uncovered edges */
	uint32_t       *open_at; /* [n_edges] place in open, or NOWHERE */
	uint32_t        n_open;
	uint32_t       *cover;    /* [n] its vertices */
	uint32_t       *cover_at; /* [n] place in cover, or NOWHERE */
	uint32_t        n_cover;
	int64_t        *gain;  /* [n] change of the covered weight when the vertex changes side */
	uint64_t       *moved; /* [n] step of the last change */
	uint8_t        *free;  /* [n] a neighbour has changed since the vertex left the cover */
	uint64_t        step, work;
} search;

static void fini(search *s)
{
	taut_free(s->edge);
	taut_free(s->end[0]);
	taut_free(s->end[1]);
	taut_free(s->weight);
	taut_free(s->open);
	taut_free(s->open_at);
	taut_free(s->cover);
	taut_free(s->cover_at);
	taut_free(s->gain);
	taut_free(s->moved);
	taut_free(s->free);
}

/* Every edge from its smaller to its larger end, numbered in that order. */
static void number_edges(search *s, size_t *next)
{
	uint32_t e = 0;

	for (uint32_t u = 0; u < s->n; u++)
		next[u] = s->row[u];
	/* rows are sorted: the entries of v to smaller u come first, in the order of u */
	for (uint32_t u = 0; u < s->n; u++)
		for (size_t k = s->row[u]; k < s->row[u + 1]; k++) {
			const uint32_t v = s->col[k];
			if (v < u)
				continue;
			s->edge[k] = s->edge[next[v]++] = e;
			s->end[0][e] = u;
			s->end[1][e] = v;
			e++;
		}
}

static taut_status init(search *s, const uint8_t *x, taut_error *err)
{
	const uint32_t n = s->n;
	const size_t   m = s->row[n] / 2;
	size_t        *next = NULL;

	s->n_edges = (uint32_t)m;
	if (!(s->edge = taut_alloc(2 * m, sizeof *s->edge, err)) ||
	    !(s->end[0] = taut_alloc(m, sizeof *s->end[0], err)) ||
	    !(s->end[1] = taut_alloc(m, sizeof *s->end[1], err)) ||
	    !(s->weight = taut_alloc(m, sizeof *s->weight, err)) ||
	    !(s->open = taut_alloc(m, sizeof *s->open, err)) ||
	    !(s->open_at = taut_alloc(m, sizeof *s->open_at, err)) ||
	    !(s->cover = taut_alloc(n, sizeof *s->cover, err)) ||
	    !(s->cover_at = taut_alloc(n, sizeof *s->cover_at, err)) ||
	    !(s->gain = taut_alloc(n, sizeof *s->gain, err)) ||
	    !(s->moved = taut_alloc(n, sizeof *s->moved, err)) ||
	    !(s->free = taut_alloc(n, 1, err)) || !(next = taut_alloc(n, sizeof *next, err)))
		return TAUT_ENOMEM;
	number_edges(s, next);
	taut_free(next);
	s->total = m;
	for (size_t e = 0; e < m; e++) {
		s->weight[e] = 1;
		s->open_at[e] = NOWHERE;
	}
	for (uint32_t v = 0; v < n; v++) {
		s->free[v] = 1;
		s->cover_at[v] = x[v] ? NOWHERE : s->n_cover;
		if (!x[v])
			s->cover[s->n_cover++] = v;
	}
	/* what v alone covers would be uncovered without it */
	for (uint32_t v = 0; v < n; v++)
		for (size_t k = s->row[v]; k < s->row[v + 1] && !x[v]; k++)
			s->gain[v] -= x[s->col[k]] ? 1 : 0;
	return TAUT_OK;
}

static void take_out(search *s, uint32_t v)
{
	const uint32_t last = s->cover[--s->n_cover];

	s->cover[s->cover_at[v]] = last;
	s->cover_at[last] = s->cover_at[v];
	s->cover_at[v] = NOWHERE;
	s->gain[v] = -s->gain[v];
	s->free[v] = 0;
	s->moved[v] = s->step;
	for (size_t k = s->row[v]; k < s->row[v + 1]; k++) {
		const uint32_t u = s->col[k];
		const uint32_t e = s->edge[k];
		s->free[u] = 1;
		if (s->cover_at[u] != NOWHERE) {
			s->gain[u] -= s->weight[e];
			continue;
		}
		s->gain[u] += s->weight[e];
		s->open_at[e] = s->n_open;
		s->open[s->n_open++] = e;
	}
	s->work += s->row[v + 1] - s->row[v];
}

static void put_in(search *s, uint32_t v)
{
	s->cover_at[v] = s->n_cover;
	s->cover[s->n_cover++] = v;
	s->gain[v] = -s->gain[v];
	s->moved[v] = s->step;
	for (size_t k = s->row[v]; k < s->row[v + 1]; k++) {
		const uint32_t u = s->col[k];
		const uint32_t e = s->edge[k];
		uint32_t       last;
		s->free[u] = 1;
		if (s->cover_at[u] != NOWHERE) {
			s->gain[u] += s->weight[e];
			continue;
		}
		s->gain[u] -= s->weight[e];
		last = s->open[--s->n_open];
		s->open[s->open_at[e]] = last;
		s->open_at[last] = s->open_at[e];
		s->open_at[e] = NOWHERE;
	}
	s->work += s->row[v + 1] - s->row[v];
}

/* The cover's vertex whose loss is least, of equal ones the one that stands longest; `not` is
 * passed over. */
static uint32_t cheapest(search *s, uint32_t not )
{
	uint32_t best = NOWHERE;

	for (uint32_t k = 0; k < s->n_cover; k++) {
		const uint32_t v = s->cover[k];
		if (v != not &&(best == NOWHERE || s->gain[v] > s->gain[best] ||
		                (s->gain[v] == s->gain[best] && s->moved[v] < s->moved[best])))
			best = v;
	}
	s->work += s->n_cover / 4;
	return best;
}

/* Weights shrink, and the gains are counted anew. */
static void forget(search *s)
{
	s->total = 0;
	for (uint32_t v = 0; v < s->n; v++)
		s->gain[v] = 0;
	for (uint32_t e = 0; e < s->n_edges; e++) {
		const uint32_t u = s->end[0][e];
		const uint32_t v = s->end[1][e];
		const bool     by_u = s->cover_at[u] != NOWHERE;
		const bool     by_v = s->cover_at[v] != NOWHERE;
		s->weight[e] = s->weight[e] * FORGET_NUMERATOR / FORGET_DENOMINATOR;
		s->total += s->weight[e];
		if (by_u != by_v)
			s->gain[by_u ? u : v] -= s->weight[e];
		else if (!by_u) {
			s->gain[u] += s->weight[e];
			s->gain[v] += s->weight[e];
		}
	}
	s->work += s->n_edges;
}

/* The end of an open edge that gains more, of equal ones the one that stands longest; an end that
 * left the cover with nothing changed around it since stays out. */
static uint32_t better_end(const search *s, uint32_t e)
{
	const uint32_t u = s->end[0][e];
	const uint32_t v = s->end[1][e];

	if (!s->free[u] || !s->free[v])
		return s->free[u] ? u : v;
	if (s->gain[u] != s->gain[v])
		return s->gain[u] > s->gain[v] ? u : v;
	return s->moved[u] <= s->moved[v] ? u : v;
}

static void exchange(search *s, uint32_t *tabu, taut_rng *rng)
{
	uint32_t v;

	s->step++;
	take_out(s, cheapest(s, s->n_cover > 1 ? *tabu : NOWHERE));
	v = better_end(s, s->open[taut_rng_below(rng, s->n_open)]);
	put_in(s, v);
	*tabu = v;
	for (uint32_t k = 0; k < s->n_open; k++) {
		const uint32_t e = s->open[k];
		s->weight[e]++;
		s->gain[s->end[0][e]]++;
		s->gain[s->end[1][e]]++;
	}
	s->total += s->n_open;
	s->work += s->n_open;
	if (s->total > (uint64_t)s->n_edges * s->n / 2)
		forget(s);
}

taut_status taut_cover_search(uint8_t *x, uint32_t n, const size_t *row, const uint32_t *col,
                              uint64_t work, taut_rng *rng, const taut_ctx *ctx, taut_error *err)
{
	search      s = {.n = n, .row = row, .col = col};
	uint32_t    tabu = NOWHERE;
	taut_status st = init(&s, x, err);

	if (st != TAUT_OK)
		goto done;
	for (uint64_t look = 0; s.work < work; look++) {
		if (look % LOOK_EVERY == 0 && taut_ctx_stopped(ctx))
			break;
		if (s.n_open > 0 && s.n_cover > 0) {
			exchange(&s, &tabu, rng);
			continue;
		}
		if (s.n_open > 0) /* the set before was all but one vertex */
			break;
		for (uint32_t v = 0; v < n; v++)
			x[v] = s.cover_at[v] == NOWHERE;
		if (s.n_cover == 0)
			break;
		take_out(&s, cheapest(&s, NOWHERE));
	}
done:
	fini(&s);
	return st;
}
