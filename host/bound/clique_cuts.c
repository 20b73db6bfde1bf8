#include "bound/clique_cuts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static const double ZERO = 1e-7;
static const double VIOLATED = 1e-3; /* less is not worth a row */

/* Vertices by falling x; of equal x the one of fewer neighbours first, whose cliques are fewer. */
typedef struct {
	double   x;
	uint32_t degree, v;
} ranked;

struct taut_clique_cuts {
	uint32_t  n;
	ranked   *order;     /* [n] */
	uint32_t *rank;      /* [n] place of a vertex in order */
	uint32_t *clique;    /* [n] */
	uint32_t *candidate; /* [n] adjacent to all of the clique */
	uint32_t *mark;      /* [n] == stamp: adjacent to the newest member */
	uint32_t  stamp;
	uint8_t  *used; /* [n] in a clique of this round */
	int64_t  *ones; /* [n] of 1 */
};

void taut_clique_cuts_free(taut_clique_cuts *c)
{
	if (!c)
		return;
	taut_free(c->order);
	taut_free(c->rank);
	taut_free(c->clique);
	taut_free(c->candidate);
	taut_free(c->mark);
	taut_free(c->used);
	taut_free(c->ones);
	taut_free(c);
}

taut_status taut_clique_cuts_new(taut_clique_cuts **out, const taut_model *model, taut_error *err)
{
	taut_clique_cuts *c = taut_alloc(1, sizeof *c, err);

	*out = NULL;
	if (!c)
		return TAUT_ENOMEM;
	c->n = model->n;
	c->order = taut_alloc(c->n, sizeof *c->order, err);
	c->rank = taut_alloc(c->n, sizeof *c->rank, err);
	c->clique = taut_alloc(c->n, sizeof *c->clique, err);
	c->candidate = taut_alloc(c->n, sizeof *c->candidate, err);
	c->mark = taut_alloc(c->n, sizeof *c->mark, err);
	c->used = taut_alloc(c->n, sizeof *c->used, err);
	c->ones = taut_alloc(c->n, sizeof *c->ones, err);
	if (!c->order || !c->rank || !c->clique || !c->candidate || !c->mark || !c->used ||
	    !c->ones) {
		taut_clique_cuts_free(c);
		return TAUT_ENOMEM;
	}
	for (uint32_t v = 0; v < c->n; v++)
		c->ones[v] = 1;
	*out = c;
	return TAUT_OK;
}

static int by_rank(const void *a, const void *b)
{
	const ranked *p = a, *q = b;

	if (p->x != q->x)
		return p->x > q->x ? -1 : 1;
	if (p->degree != q->degree)
		return p->degree < q->degree ? -1 : 1;
	return p->v < q->v ? -1 : p->v > q->v;
}

/* Candidates that are adjacent to v, and not v; the first of them in order comes to the front. */
static uint32_t keep_adjacent(taut_clique_cuts *c, const taut_model *m, uint32_t n_candidates,
                              uint32_t v)
{
	uint32_t kept = 0;

	c->stamp++;
	for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1]; e++)
		c->mark[m->conflict_col[e]] = c->stamp;
	for (uint32_t k = 0; k < n_candidates; k++) {
		const uint32_t u = c->candidate[k];

		if (c->mark[u] != c->stamp)
			continue;
		c->candidate[kept++] = u;
		if (c->rank[u] < c->rank[c->candidate[0]]) {
			c->candidate[kept - 1] = c->candidate[0];
			c->candidate[0] = u;
		}
	}
	return kept;
}

/* A maximal clique with v: its size, in c->clique. */
static uint32_t grow_clique(taut_clique_cuts *c, const taut_model *m, uint32_t v, uint64_t *work)
{
	uint32_t n_candidates = (uint32_t)(m->conflict_row[v + 1] - m->conflict_row[v]);
	uint32_t size = 0;

	memcpy(c->candidate, m->conflict_col + m->conflict_row[v],
	       n_candidates * sizeof *c->candidate);
	for (;;) {
		*work += n_candidates + (m->conflict_row[v + 1] - m->conflict_row[v]);
		n_candidates = keep_adjacent(c, m, n_candidates, v);
		c->clique[size++] = v;
		if (n_candidates == 0)
			return size;
		v = c->candidate[0];
	}
}

taut_status taut_clique_cuts_separate(size_t *n_added, taut_clique_cuts *c, taut_relaxation *r,
                                      const double *x, uint64_t *work, uint64_t limit,
                                      taut_error *err)
{
	const taut_model *m = r->m;
	taut_status       st = TAUT_OK;

	for (uint32_t v = 0; v < c->n; v++)
		c->order[v] =
			(ranked){.x = x[v] > ZERO ? x[v] : 0.0,
		                 .degree = (uint32_t)(m->conflict_row[v + 1] - m->conflict_row[v]),
		                 .v = v};
	qsort(c->order, c->n, sizeof *c->order, by_rank);
	for (uint32_t k = 0; k < c->n; k++)
		c->rank[c->order[k].v] = k;
	memset(c->used, 0, c->n);
	*work += c->n;
	for (uint32_t k = 0; k < c->n && c->order[k].x > 0 && st == TAUT_OK; k++) {
		double   sum = 0;
		uint32_t size;

		if (c->used[c->order[k].v])
			continue;
		if (*work > limit)
			break;
		size = grow_clique(c, m, c->order[k].v, work);
		for (uint32_t q = 0; q < size; q++)
			sum += x[c->clique[q]];
		if (sum <= 1.0 + VIOLATED)
			continue;
		for (uint32_t q = 0; q < size; q++)
			c->used[c->clique[q]] = 1;
		st = taut_relaxation_add_row(r, c->clique, c->ones, size, TAUT_NO_LIMIT_LO, 1, err);
		++*n_added;
	}
	return st;
}
