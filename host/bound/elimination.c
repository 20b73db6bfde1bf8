#include "bound/elimination.h"

#include <string.h>

#include "base/alloc.h"

#define NONE UINT32_MAX

enum { LOOK_EVERY = 64 };

/* Entries of lists looked at; about half a second. What remains then is taken to be dense. */
static const uint64_t WORK = 250000000;

typedef struct {
	uint32_t *to;
	size_t    capacity;
	uint32_t  count;
} list;

/* The graph of what remains; a list of an eliminated vertex is its column. */
typedef struct {
	uint32_t  n;      /* without the hub */
	list     *near;   /* [n] */
	uint32_t *bucket; /* [n] first vertex of each degree */
	uint32_t *next;   /* [n] in its bucket */
	uint32_t *before; /* [n] */
	uint32_t *mark;   /* [n] == stamp: seen */
	uint32_t  stamp;
	uint32_t *order; /* [n] eliminated so far */
	uint32_t  done;
	uint32_t  least; /* no vertex has a smaller degree */
	size_t    rows;  /* of all columns */
	uint64_t  work;
} graph;

static void graph_fini(graph *g)
{
	for (uint32_t v = 0; g->near && v < g->n; v++)
		taut_free(g->near[v].to);
	taut_free(g->near);
	taut_free(g->bucket);
	taut_free(g->next);
	taut_free(g->before);
	taut_free(g->mark);
	taut_free(g->order);
}

static taut_status reserve(list *l, size_t need, taut_error *err)
{
	uint32_t *to = l->to;

	if (need <= l->capacity)
		return TAUT_OK;
	to = taut_grow(to, &l->capacity, need, sizeof *to, err);
	if (!to)
		return TAUT_ENOMEM;
	l->to = to;
	return TAUT_OK;
}

static void insert(graph *g, uint32_t v)
{
	const uint32_t degree = g->near[v].count;
	const uint32_t first = g->bucket[degree];

	g->next[v] = first;
	g->before[v] = NONE;
	if (first != NONE)
		g->before[first] = v;
	g->bucket[degree] = v;
	g->least = degree < g->least ? degree : g->least;
}

static void extract(graph *g, uint32_t v)
{
	if (g->before[v] == NONE)
		g->bucket[g->near[v].count] = g->next[v];
	else
		g->next[g->before[v]] = g->next[v];
	if (g->next[v] != NONE)
		g->before[g->next[v]] = g->before[v];
}

static taut_status graph_init(graph *g, const taut_couplings *a, bool hub, taut_error *err)
{
	const uint32_t n = a->n - (hub ? 1 : 0);

	*g = (graph){.n = n};
	g->near = taut_alloc(n, sizeof *g->near, err);
	g->bucket = taut_alloc(n, sizeof *g->bucket, err);
	g->next = taut_alloc(n, sizeof *g->next, err);
	g->before = taut_alloc(n, sizeof *g->before, err);
	g->mark = taut_alloc(n, sizeof *g->mark, err);
	g->order = taut_alloc(n, sizeof *g->order, err);
	if (!g->near || !g->bucket || !g->next || !g->before || !g->mark || !g->order)
		return TAUT_ENOMEM;
	for (uint32_t v = 0; v < n; v++)
		g->bucket[v] = NONE;
	for (uint32_t v = 0; v < n; v++) {
		list *l = &g->near[v];

		if (reserve(l, a->row[v + 1] - a->row[v], err) != TAUT_OK)
			return TAUT_ENOMEM;
		for (size_t e = a->row[v]; e < a->row[v + 1]; e++)
			if (a->col[e] < n)
				l->to[l->count++] = a->col[e];
		insert(g, v);
	}
	return TAUT_OK;
}

/* u, a neighbour of v, becomes adjacent to v's other neighbours instead of v. */
static taut_status connect(graph *g, uint32_t u, uint32_t v, taut_error *err)
{
	const list *from = &g->near[v];
	list       *l = &g->near[u];

	extract(g, u);
	g->stamp++;
	g->mark[u] = g->stamp;
	for (uint32_t k = 0; k < l->count; k++) {
		g->mark[l->to[k]] = g->stamp;
		if (l->to[k] == v)
			l->to[k--] = l->to[--l->count];
	}
	if (reserve(l, (size_t)l->count + from->count, err) != TAUT_OK)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < from->count; k++)
		if (g->mark[from->to[k]] != g->stamp)
			l->to[l->count++] = from->to[k];
	g->work += l->count + from->count;
	insert(g, u);
	return TAUT_OK;
}

/* Eliminates until the rest is half full, or longer would be too much. */
static taut_status eliminate(graph *g, size_t limit, const taut_ctx *ctx, taut_error *err)
{
	while (g->done < g->n) {
		uint32_t v;

		while (g->bucket[g->least] == NONE)
			g->least++;
		v = g->bucket[g->least];
		if (2 * (uint64_t)g->least >= g->n - g->done || g->rows > limit || g->work > WORK ||
		    (g->done % LOOK_EVERY == 0 && taut_ctx_stopped(ctx)))
			break;
		extract(g, v);
		for (uint32_t k = 0; k < g->near[v].count; k++)
			if (connect(g, g->near[v].to[k], v, err) != TAUT_OK)
				return TAUT_ENOMEM;
		g->order[g->done++] = v;
		g->rows += g->near[v].count;
	}
	return TAUT_OK;
}

/* The columns in places, rising: rows are dealt out to columns in the order of the rows. */
static taut_status take_columns(taut_elimination *e, const graph *g, bool hub, taut_error *err)
{
	size_t           *first_of_row = taut_alloc((size_t)e->n + 1, sizeof *first_of_row, err);
	uint32_t         *column = taut_alloc(g->rows, sizeof *column, err);
	size_t            at = 0;
	const taut_status st = first_of_row && column ? TAUT_OK : TAUT_ENOMEM;

	if (st != TAUT_OK)
		goto done;
	for (uint32_t c = 0; c < e->head; c++) {
		const list *l = &g->near[g->order[c]];

		e->first[c + 1] = e->first[c] + l->count + (hub ? 1 : 0);
		for (uint32_t k = 0; k < l->count; k++)
			first_of_row[e->place[l->to[k]]]++;
	}
	for (uint32_t r = 0; r <= e->n; r++) {
		const size_t count = first_of_row[r];

		first_of_row[r] = at;
		at += count;
	}
	for (uint32_t c = 0; c < e->head; c++)
		for (uint32_t k = 0; k < g->near[g->order[c]].count; k++)
			column[first_of_row[e->place[g->near[g->order[c]].to[k]]]++] = c;
	at = 0;
	for (uint32_t r = 0; r < e->n; r++) /* first_of_row[r] is now where row r ends */
		for (; at < first_of_row[r]; at++)
			e->row[e->first[column[at]]++] = r;
	for (uint32_t c = 0; hub && c < e->head; c++)
		e->row[e->first[c]++] = e->n - 1;
	memmove(e->first + 1, e->first, e->head * sizeof *e->first);
	e->first[0] = 0;
done:
	taut_free(first_of_row);
	taut_free(column);
	return st;
}

taut_status taut_elimination_init(taut_elimination *out, bool *fits, const taut_couplings *a,
                                  bool hub, size_t limit, const taut_ctx *ctx, taut_error *err)
{
	graph       g;
	uint32_t    last;
	taut_status st = graph_init(&g, a, hub, err);

	*out = (taut_elimination){.n = a->n};
	*fits = true;
	if (st == TAUT_OK)
		st = eliminate(&g, limit, ctx, err);
	if (st != TAUT_OK)
		goto done;
	out->head = g.done;
	*fits = g.rows + (hub ? g.done : 0) <= limit;
	if (!*fits)
		goto done;
	out->place = taut_alloc(a->n, sizeof *out->place, err);
	out->first = taut_alloc((size_t)g.done + 1, sizeof *out->first, err);
	out->row = taut_alloc(g.rows + g.done, sizeof *out->row, err);
	if (!out->place || !out->first || !out->row) {
		st = TAUT_ENOMEM;
		goto done;
	}
	for (uint32_t v = 0; v < a->n; v++)
		out->place[v] = NONE;
	for (uint32_t c = 0; c < g.done; c++)
		out->place[g.order[c]] = c;
	last = g.done;
	for (uint32_t v = 0; v < a->n; v++)
		if (out->place[v] == NONE)
			out->place[v] = last++;
	st = take_columns(out, &g, hub, err);
done:
	graph_fini(&g);
	return st;
}

void taut_elimination_fini(taut_elimination *e)
{
	taut_free(e->place);
	taut_free(e->first);
	taut_free(e->row);
	*e = (taut_elimination){0};
}
