#include "bound/clique_cover.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"

/* Measured on DIMACS and QOBLIB graphs (docs/bound.md). */
enum {
	WORK = 60000000, /* neighbours and candidates looked at */
	PATIENCE = 300,  /* covers without a better bound */
	LOOK_EVERY = 64  /* vertices between looks at the clock */
};

typedef struct {
	const taut_model *m;
	uint32_t         *order; /* [n] vertices as they are taken */
	uint32_t         *rank;  /* [n] place of a vertex in order */
	int64_t          *left;  /* [n] weight not covered yet */
	uint32_t         *last; /* [n] number of the clique that covered the vertex's last weight */
	uint32_t          n_cliques;
	uint32_t         *clique;    /* [n] scratch */
	uint32_t         *candidate; /* [n] scratch: adjacent to all of the clique, weight left */
	uint32_t         *mark;      /* [n] == stamp: adjacent to the newest member */
	uint32_t          stamp;
	uint32_t         *key; /* [n] scratch of reorder */
	uint64_t          work;
} cover;

static void cover_fini(cover *s)
{
	taut_free(s->order);
	taut_free(s->rank);
	taut_free(s->left);
	taut_free(s->last);
	taut_free(s->clique);
	taut_free(s->candidate);
	taut_free(s->mark);
	taut_free(s->key);
}

static uint32_t degree(const taut_model *m, uint32_t v)
{
	return (uint32_t)(m->conflict_row[v + 1] - m->conflict_row[v]);
}

/* Vertices of few neighbours first: they are in few cliques. */
static void order_by_degree(cover *s)
{
	const uint32_t n = s->m->n;
	uint32_t      *count = s->key; /* [n]: vertices of each degree, then their first place */
	uint32_t       place = 0;

	memset(count, 0, n * sizeof *count);
	for (uint32_t v = 0; v < n; v++)
		count[degree(s->m, v)]++;
	for (uint32_t d = 0; d < n; d++) {
		const uint32_t here = count[d];
		count[d] = place;
		place += here;
	}
	for (uint32_t v = 0; v < n; v++)
		s->order[count[degree(s->m, v)]++] = v;
}

static taut_status cover_init(cover *s, const taut_model *m, taut_error *err)
{
	*s = (cover){.m = m};
	s->order = taut_alloc(m->n, sizeof *s->order, err);
	s->rank = taut_alloc(m->n, sizeof *s->rank, err);
	s->left = taut_alloc(m->n, sizeof *s->left, err);
	s->last = taut_alloc(m->n, sizeof *s->last, err);
	s->clique = taut_alloc(m->n, sizeof *s->clique, err);
	s->candidate = taut_alloc(m->n, sizeof *s->candidate, err);
	s->mark = taut_alloc(m->n, sizeof *s->mark, err);
	s->key = taut_alloc(m->n, sizeof *s->key, err);
	if (!s->order || !s->rank || !s->left || !s->last || !s->clique || !s->candidate ||
	    !s->mark || !s->key)
		return TAUT_ENOMEM;
	order_by_degree(s);
	return TAUT_OK;
}

/* Candidates that are adjacent to v and not v itself; the first of them in order comes to the
 * front. */
static uint32_t keep_adjacent(cover *s, uint32_t n_candidates, uint32_t v)
{
	const taut_model *m = s->m;
	uint32_t          kept = 0;

	s->stamp++;
	for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1]; e++)
		s->mark[m->conflict_col[e]] = s->stamp;
	for (uint32_t k = 0; k < n_candidates; k++) {
		const uint32_t u = s->candidate[k];

		if (s->mark[u] != s->stamp)
			continue;
		s->candidate[kept++] = u;
		if (s->rank[u] < s->rank[s->candidate[0]]) {
			s->candidate[kept - 1] = s->candidate[0];
			s->candidate[0] = u;
		}
	}
	s->work += degree(m, v) + n_candidates;
	return kept;
}

/* Takes one clique with v and returns its y. */
static int64_t take_clique(cover *s, uint32_t v)
{
	const taut_model *m = s->m;
	int64_t           y = s->left[v];
	uint32_t          n_candidates = 0;
	uint32_t          size = 0;

	for (size_t e = m->conflict_row[v]; e < m->conflict_row[v + 1]; e++)
		if (s->left[m->conflict_col[e]] > 0)
			s->candidate[n_candidates++] = m->conflict_col[e];
	s->clique[size++] = v;
	for (n_candidates = keep_adjacent(s, n_candidates, v); n_candidates > 0;
	     n_candidates = keep_adjacent(s, n_candidates, v)) {
		v = s->candidate[0];
		s->clique[size++] = v;
		y = s->left[v] < y ? s->left[v] : y;
	}
	for (uint32_t k = 0; k < size; k++) {
		s->left[s->clique[k]] -= y;
		s->last[s->clique[k]] = s->n_cliques;
	}
	s->n_cliques++;
	return y;
}

/* sum y of a cover in the given order. Once ctx stops, what is left is covered by cliques of one.
 */
static int64_t take_cover(cover *s, const taut_ctx *ctx)
{
	const taut_model *m = s->m;
	bool              stopped = false;
	int64_t           sum = 0;

	for (uint32_t r = 0; r < m->n; r++) {
		s->rank[s->order[r]] = r;
		s->left[r] = m->linear[r];
		s->last[r] = 0;
	}
	s->n_cliques = 0;
	for (uint32_t r = 0; r < m->n; r++) {
		const uint32_t v = s->order[r];

		stopped = stopped || (r % LOOK_EVERY == 0 && taut_ctx_stopped(ctx));
		if (stopped)
			sum += s->left[v];
		while (!stopped && s->left[v] > 0)
			sum += take_clique(s, v);
	}
	s->work += m->n;
	return sum;
}

/*
 * Vertices clique by clique, the cliques in reverse or in random order. With unit weights the next
 * cover is then never larger (iterated greedy colouring, Culberson & Luo 1996).
 */
static void reorder(cover *s, taut_rng *rng)
{
	const uint32_t n = s->m->n;
	uint32_t      *place = s->candidate; /* [n_cliques] */
	uint32_t      *next = s->key; /* [n_cliques] place of the next vertex, by clique's place */
	uint32_t       sum = 0;

	for (uint32_t c = 0; c < s->n_cliques; c++) {
		place[c] = s->n_cliques - 1 - c;
		next[c] = 0;
	}
	if (taut_rng_below(rng, 2))
		for (uint32_t c = s->n_cliques; c > 1; c--) {
			const uint32_t other = (uint32_t)taut_rng_below(rng, c);
			const uint32_t swap = place[other];

			place[other] = place[c - 1];
			place[c - 1] = swap;
		}
	for (uint32_t v = 0; v < n; v++)
		next[place[s->last[v]]]++;
	for (uint32_t c = 0; c < s->n_cliques; c++) {
		const uint32_t size = next[c];
		next[c] = sum;
		sum += size;
	}
	for (uint32_t r = 0; r < n; r++)
		s->clique[next[place[s->last[s->order[r]]]]++] = s->order[r];
	memcpy(s->order, s->clique, n * sizeof *s->order);
}

taut_status taut_bound_clique_cover(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                    taut_error *err)
{
	cover       s = {0};
	taut_status st = cover_init(&s, model, err);
	taut_rng    rng;
	int64_t     best;

	assert(model->structure == TAUT_STRUCTURE_INDEPENDENT && model->maximise);
	*out = (taut_bound){0};
	if (st != TAUT_OK)
		goto done;
	taut_rng_init(&rng, 0, 0);
	best = take_cover(&s, ctx);
	for (int since = 0;
	     since < PATIENCE && s.n_cliques > 1 && s.work < WORK && !taut_ctx_stopped(ctx);
	     since++) {
		int64_t value;

		reorder(&s, &rng);
		value = take_cover(&s, ctx);
		if (value < best) {
			best = value;
			since = 0;
		}
	}
	*out = (taut_bound){.known = true, .value = best + model->offset, .kind = "clique_cover"};
done:
	cover_fini(&s);
	return st;
}
