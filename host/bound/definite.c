#include "bound/definite.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { PANEL = 4, N_MAX = (1 << 24) - 8 };

typedef struct {
	const taut_couplings *a;
	uint32_t              n;     /* without the hub */
	uint32_t             *order; /* [n] variables as they are met */
	uint32_t             *depth; /* [n] from the root, UINT32_MAX: not met */
} search;

static uint32_t degree(const taut_couplings *a, uint32_t v)
{
	return (uint32_t)(a->row[v + 1] - a->row[v]);
}

/* Insertion sort by degree: neighbours that one variable adds. */
static void sort_by_degree(uint32_t *v, size_t count, const taut_couplings *a)
{
	for (size_t k = 1; k < count; k++) {
		const uint32_t x = v[k];
		size_t         at = k;

		for (; at > 0 && degree(a, v[at - 1]) > degree(a, x); at--)
			v[at] = v[at - 1];
		v[at] = x;
	}
}

/* Breadth first from root; appends to order[first..) and returns where it ends. */
static uint32_t visit(search *s, uint32_t root, uint32_t first)
{
	uint32_t end = first;

	s->order[end++] = root;
	s->depth[root] = 0;
	for (uint32_t at = first; at < end; at++) {
		const uint32_t v = s->order[at];
		const uint32_t added = end;

		for (size_t e = s->a->row[v]; e < s->a->row[v + 1]; e++) {
			const uint32_t u = s->a->col[e];

			if (u >= s->n || s->depth[u] != UINT32_MAX)
				continue;
			s->depth[u] = s->depth[v] + 1;
			s->order[end++] = u;
		}
		sort_by_degree(s->order + added, end - added, s->a);
	}
	return end;
}

/* Each part is begun at the far end of a first visit. */
static void cuthill_mckee(search *s)
{
	uint32_t done = 0;

	for (uint32_t v = 0; v < s->n; v++)
		s->depth[v] = UINT32_MAX;
	for (uint32_t v = 0; v < s->n; v++) {
		uint32_t root = v;

		if (s->depth[v] != UINT32_MAX)
			continue;
		for (int again = 0; again < 2; again++) {
			const uint32_t end = visit(s, root, done);

			root = s->order[end - 1];
			for (uint32_t k = done; k < end; k++)
				s->depth[s->order[k]] = UINT32_MAX;
		}
		done = visit(s, root, done);
	}
}

/* The envelope: each panel from the first column that one of its rows has. */
static void set_envelope(taut_definite *d)
{
	for (uint32_t b = 0; b < d->panels; b++)
		d->start[b] = b * PANEL;
	for (uint32_t v = 0; v < d->a.n; v++) {
		uint32_t *start = &d->start[d->place[v] / PANEL];

		for (size_t e = d->a.row[v]; e < d->a.row[v + 1]; e++) {
			const uint32_t k = d->place[d->a.col[e]] / PANEL * PANEL;
			*start = k < *start ? k : *start;
		}
	}
	for (uint32_t b = 0; b < d->panels; b++) {
		const size_t width = (size_t)(b + 1) * PANEL - d->start[b];

		d->at[b + 1] = d->at[b] + width * PANEL;
		for (uint32_t k = d->start[b] / PANEL; k <= b; k++) {
			const uint32_t from = d->start[k] > d->start[b] ? d->start[k] : d->start[b];
			d->work += (uint64_t)PANEL * PANEL * (k * PANEL + PANEL - from);
		}
	}
}

taut_status taut_definite_init(taut_definite *d, bool *fits, const taut_couplings *a, bool hub,
                               size_t limit, taut_error *err)
{
	search      s = {.a = a, .n = a->n - (hub ? 1 : 0)};
	taut_status st = TAUT_ENOMEM;

	*d = (taut_definite){.a = *a, .panels = (a->n + PANEL - 1) / PANEL};
	*fits = a->n <= N_MAX;
	if (!*fits)
		return TAUT_OK;
	s.order = taut_alloc(a->n, sizeof *s.order, err);
	s.depth = taut_alloc(a->n, sizeof *s.depth, err);
	d->place = taut_alloc(a->n, sizeof *d->place, err);
	d->start = taut_alloc(d->panels, sizeof *d->start, err);
	d->at = taut_alloc((size_t)d->panels + 1, sizeof *d->at, err);
	if (!s.order || !s.depth || !d->place || !d->start || !d->at)
		goto done;
	cuthill_mckee(&s);
	for (uint32_t k = 0; k < s.n; k++)
		d->place[s.order[k]] = s.n - 1 - k;
	if (hub)
		d->place[s.n] = s.n;
	set_envelope(d);
	st = TAUT_OK;
	*fits = d->at[d->panels] <= limit;
	if (*fits && !(d->factor = taut_alloc(d->at[d->panels], sizeof *d->factor, err)))
		st = TAUT_ENOMEM;
done:
	taut_free(s.order);
	taut_free(s.depth);
	return st;
}

void taut_definite_fini(taut_definite *d)
{
	taut_free(d->place);
	taut_free(d->start);
	taut_free(d->at);
	taut_free(d->factor);
	*d = (taut_definite){0};
}

static double *panel_column(const taut_definite *d, uint32_t b, uint32_t k)
{
	return d->factor + d->at[b] + (size_t)PANEL * (k - d->start[b]);
}

/* Rows that fill the last panel up are those of the unit matrix. */
static void load(taut_definite *d, const double *diagonal)
{
	memset(d->factor, 0, d->at[d->panels] * sizeof *d->factor);
	for (uint32_t v = 0; v < d->a.n; v++) {
		const uint32_t i = d->place[v];

		panel_column(d, i / PANEL, i)[i % PANEL] = diagonal[v];
		for (size_t e = d->a.row[v]; e < d->a.row[v + 1]; e++) {
			const uint32_t k = d->place[d->a.col[e]];
			if (k < i)
				panel_column(d, i / PANEL, k)[i % PANEL] = d->a.value[e];
		}
	}
	for (uint32_t i = d->a.n; i < d->panels * PANEL; i++)
		panel_column(d, i / PANEL, i)[i % PANEL] = 1.0;
}

/* tile[q][p] -= sum_k x[k][p] y[k][q] over `count` columns. */
static void multiply(double *restrict tile, const double *restrict x, const double *restrict y,
                     size_t count)
{
	double sum[PANEL * PANEL] = {0.0};

	for (size_t k = 0; k < count; k++, x += PANEL, y += PANEL)
		for (int q = 0; q < PANEL; q++)
			for (int p = 0; p < PANEL; p++)
				sum[q * PANEL + p] += x[p] * y[q];
	for (int e = 0; e < PANEL * PANEL; e++)
		tile[e] -= sum[e];
}

/* The tile of panel b at the columns of panel c < b. */
static void eliminate(taut_definite *d, uint32_t b, uint32_t c)
{
	const uint32_t from = d->start[b] > d->start[c] ? d->start[b] : d->start[c];
	double        *tile = panel_column(d, b, c * PANEL);
	const double  *corner = panel_column(d, c, c * PANEL);

	multiply(tile, panel_column(d, b, from), panel_column(d, c, from), c * PANEL - from);
	for (int q = 0; q < PANEL; q++)
		for (int p = 0; p < PANEL; p++) {
			double x = tile[q * PANEL + p];

			for (int k = 0; k < q; k++)
				x -= tile[k * PANEL + p] * corner[k * PANEL + q];
			tile[q * PANEL + p] = x / corner[q * PANEL + q];
		}
}

/* The tile on the diagonal; false at a pivot that is not positive. */
static bool finish(taut_definite *d, uint32_t b)
{
	double       *tile = panel_column(d, b, b * PANEL);
	const double *row = panel_column(d, b, d->start[b]);

	multiply(tile, row, row, b * PANEL - d->start[b]);
	for (int q = 0; q < PANEL; q++) {
		for (int p = q; p < PANEL; p++)
			for (int k = 0; k < q; k++)
				tile[q * PANEL + p] -= tile[k * PANEL + p] * tile[k * PANEL + q];
		if (!(tile[q * PANEL + q] > 0.0))
			return false;
		tile[q * PANEL + q] = sqrt(tile[q * PANEL + q]);
		for (int p = q + 1; p < PANEL; p++)
			tile[q * PANEL + p] /= tile[q * PANEL + q];
	}
	return true;
}

bool taut_definite_factor(taut_definite *d, const double *diagonal, const taut_ctx *ctx)
{
	load(d, diagonal);
	for (uint32_t b = 0; b < d->panels; b++) {
		if (taut_ctx_stopped(ctx))
			return false;
		for (uint32_t c = d->start[b] / PANEL; c < b; c++)
			eliminate(d, b, c);
		if (!finish(d, b))
			return false;
	}
	return true;
}
