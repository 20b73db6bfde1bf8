#include "bound/roof.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "bound/ising.h"

enum {
	SOURCE = 0,
	SINK = 1,
	TERMS_MAX = 1 << 20,
	WORK = 300000000, /* arcs looked at */
	LOOK_EVERY = 1 << 16
};
static const int64_t CAPACITY_MAX = INT64_C(1) << 60; /* of all arcs together */

typedef struct {
	uint32_t head;
	uint32_t twin; /* place of the reverse arc */
	int64_t  left; /* residual capacity */
} arc;

typedef struct {
	const taut_ising *s;
	const taut_ctx   *ctx;
	int64_t          *linear; /* [n] of the form with positive products */
	uint32_t          n;      /* nodes: 2 + 2 variables */
	uint32_t         *first;  /* [n + 1] arcs of a node */
	arc              *arcs;
	uint32_t *level; /* [n] distance from the source, 0: not reached (the source has 1) */
	uint32_t *next;  /* [n] arc to be tried next */
	uint32_t *queue; /* [n] scratch; then arcs of the path */
	int64_t   constant;
	int64_t   flow;
	uint64_t  work;
	uint64_t  look; /* work at which ctx is looked at again */
	bool      stopped;
} network;

static uint32_t literal(uint32_t i)
{
	return 2 + 2 * i;
}

static void network_fini(network *w)
{
	taut_free(w->linear);
	taut_free(w->first);
	taut_free(w->arcs);
	taut_free(w->level);
	taut_free(w->next);
	taut_free(w->queue);
}

/* The linear terms once products are positive; false where a sum leaves its limit. */
static bool set_linear(network *w)
{
	const taut_model *m = w->s->model;
	int64_t           all = 0, size;

	for (uint32_t i = 0; i < m->n; i++) {
		const taut_coupling_row row = taut_model_couplings(m, i);
		int64_t                 c = w->s->sign * m->linear[i];

		for (size_t k = 0; k < row.count; k++) {
			const int64_t q = w->s->sign * taut_coupling(&row, k);

			if (taut_coupling_column(&row, k) <= i)
				continue;
			if ((q < 0 && !taut_add64(&c, c, q)) ||
			    !taut_muladd64(&all, 2, q < 0 ? -q : q))
				return false;
		}
		w->linear[i] = c;
		if (!taut_abs64(&size, c) || !taut_muladd64(&all, 2, size) || all > CAPACITY_MAX ||
		    !taut_add64(&w->constant, w->constant, c < 0 ? c : 0))
			return false;
	}
	return true;
}

/* Arcs u -> not v and v -> not u with their reverses: counted, or put down. */
static void add_term(network *w, uint32_t u, uint32_t v, int64_t a)
{
	const uint32_t from[2] = {u, v}, to[2] = {v ^ 1, u ^ 1};

	for (int k = 0; k < 2; k++) {
		uint32_t there, back;

		if (!w->arcs) {
			w->first[from[k] + 1]++;
			w->first[to[k] + 1]++;
			continue;
		}
		there = w->next[from[k]]++;
		back = w->next[to[k]]++;
		w->arcs[there] = (arc){.head = to[k], .twin = back, .left = a};
		w->arcs[back] = (arc){.head = from[k], .twin = there};
	}
}

static void add_terms(network *w)
{
	const taut_model *m = w->s->model;

	for (uint32_t i = 0; i < m->n; i++) {
		const taut_coupling_row row = taut_model_couplings(m, i);
		const int64_t           c = w->linear[i];

		if (c)
			add_term(w, SOURCE, literal(i) ^ (c < 0), c < 0 ? -c : c);
		for (size_t k = 0; k < row.count; k++) {
			const int64_t  q = w->s->sign * taut_coupling(&row, k);
			const uint32_t j = taut_coupling_column(&row, k);

			if (j > i && q != 0)
				add_term(w, literal(i), literal(j) ^ (q < 0), q < 0 ? -q : q);
		}
	}
}

static taut_status network_init(network *w, bool *fits, const taut_ising *s, taut_error *err)
{
	const uint32_t n = 2 + 2 * s->model->n;

	*w = (network){.s = s, .n = n};
	w->linear = taut_alloc(s->model->n, sizeof *w->linear, err);
	w->first = taut_alloc((size_t)n + 1, sizeof *w->first, err);
	w->level = taut_alloc(n, sizeof *w->level, err);
	w->next = taut_alloc(n, sizeof *w->next, err);
	w->queue = taut_alloc(n, sizeof *w->queue, err);
	if (!w->linear || !w->first || !w->level || !w->next || !w->queue)
		return TAUT_ENOMEM;
	*fits = set_linear(w);
	if (!*fits)
		return TAUT_OK;
	add_terms(w);
	for (uint32_t v = 0; v < n; v++) {
		w->first[v + 1] += w->first[v];
		w->next[v] = w->first[v];
	}
	w->arcs = taut_alloc(w->first[n], sizeof *w->arcs, err);
	if (!w->arcs)
		return TAUT_ENOMEM;
	add_terms(w);
	return TAUT_OK;
}

static bool out_of_work(network *w)
{
	if (w->work >= w->look) {
		w->look = w->work + LOOK_EVERY;
		w->stopped = w->work >= WORK || taut_ctx_stopped(w->ctx);
	}
	return w->stopped;
}

/* Distances in the residual network; true when the sink is reached. */
static bool set_levels(network *w)
{
	uint32_t end = 0;

	memset(w->level, 0, w->n * sizeof *w->level);
	w->level[SOURCE] = 1;
	w->queue[end++] = SOURCE;
	for (uint32_t at = 0; at < end; at++) {
		const uint32_t v = w->queue[at];

		for (uint32_t e = w->first[v]; e < w->first[v + 1]; e++) {
			const uint32_t u = w->arcs[e].head;

			if (w->arcs[e].left == 0 || w->level[u])
				continue;
			w->level[u] = w->level[v] + 1;
			w->queue[end++] = u;
		}
		w->work += w->first[v + 1] - w->first[v];
	}
	return w->level[SINK] != 0;
}

/* Sends what fits along the path's arcs and returns the place in it to go on from. */
static uint32_t augment(network *w, uint32_t length)
{
	uint32_t from = 0;
	int64_t  least = INT64_MAX;

	for (uint32_t k = length; k-- > 0;)
		if (w->arcs[w->queue[k]].left <= least) {
			least = w->arcs[w->queue[k]].left;
			from = k;
		}
	for (uint32_t k = 0; k < length; k++) {
		arc *a = &w->arcs[w->queue[k]];

		a->left -= least;
		w->arcs[a->twin].left += least;
	}
	w->flow += least;
	w->work += length;
	return from;
}

/* A blocking flow along the levels (Dinic 1970). */
static void block(network *w)
{
	uint32_t length = 0, v = SOURCE;

	memcpy(w->next, w->first, w->n * sizeof *w->next);
	while (!out_of_work(w)) {
		if (v == SINK) {
			length = augment(w, length);
			v = w->arcs[w->arcs[w->queue[length]].twin].head;
			continue;
		}
		while (w->next[v] < w->first[v + 1]) {
			const arc *a = &w->arcs[w->next[v]];

			w->work++;
			if (a->left > 0 && w->level[a->head] == w->level[v] + 1)
				break;
			w->next[v]++;
		}
		if (w->next[v] < w->first[v + 1]) {
			w->queue[length++] = w->next[v];
			v = w->arcs[w->next[v]].head;
		} else if (length > 0) {
			v = w->arcs[w->arcs[w->queue[--length]].twin].head;
			w->next[v]++;
		} else {
			return;
		}
	}
}

/* After a largest flow the levels are those of what the source reaches. */
static void set_fixed(int8_t *fixed, const network *w)
{
	for (uint32_t i = 0; i < w->s->model->n; i++)
		if (w->level[literal(i)])
			fixed[i] = 1;
		else if (w->level[literal(i) ^ 1])
			fixed[i] = 0;
}

static taut_status by_flow(taut_bound *out, int8_t *fixed, const taut_ising *s, const taut_ctx *ctx,
                           taut_error *err)
{
	network     w;
	bool        fits = true;
	taut_status st = network_init(&w, &fits, s, err);

	w.ctx = ctx;
	if (st == TAUT_OK && fits) {
		while (!out_of_work(&w) && set_levels(&w))
			block(&w);
		if (fixed && !w.stopped)
			set_fixed(fixed, &w);
		out->known = taut_ising_value(&out->value, s,
		                              ((taut_int128)w.constant * 2 + w.flow) * 2, 1);
	}
	network_fini(&w);
	return st;
}

taut_status taut_bound_roof(taut_bound *out, int8_t *fixed, const taut_model *model,
                            const taut_ctx *ctx, taut_error *err)
{
	taut_ising  s;
	bool        fits;
	taut_status st = taut_ising_init(&s, &fits, model, err);

	*out = (taut_bound){.kind = "roof_duality"};
	if (fixed)
		memset(fixed, -1, model->n);
	if (st == TAUT_OK && fits && !s.has_field)
		out->known =
			taut_ising_value(&out->value, &s, (taut_int128)s.constant - s.magnitude, 1);
	else if (st == TAUT_OK && fits && s.terms <= TERMS_MAX)
		st = by_flow(out, fixed, &s, ctx, err);
	taut_ising_fini(&s);
	return st;
}
