#include "bound/definite.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

#define NONE UINT32_MAX

enum { PANEL = 4, SPARSE_COST = 4, N_MAX = (1 << 24) - 8, LOOK_EVERY = 64 };

static size_t panel_start(uint32_t b)
{
	return (size_t)PANEL * PANEL / 2 * b * (b + 1);
}

/* Four entries, a row each, of panel b in column k of the dense rest. */
static double *panel_column(const taut_definite *d, uint32_t b, uint32_t k)
{
	return d->dense + panel_start(b) + (size_t)PANEL * k;
}

static double *dense_entry(const taut_definite *d, uint32_t row, uint32_t column)
{
	return panel_column(d, row / PANEL, column) + row % PANEL;
}

static uint64_t count_work(const taut_definite *d)
{
	const uint64_t t = (uint64_t)d->panels * PANEL;
	uint64_t       work = t * (t + PANEL) / 2 * (t + PANEL) / 3;

	for (uint32_t c = 0; c < d->order.head; c++) {
		const uint64_t rows = d->order.first[c + 1] - d->order.first[c];

		work += SPARSE_COST * rows * (rows + 1) / 2;
	}
	return work;
}

taut_status taut_definite_init(taut_definite *d, bool *fits, const taut_couplings *a, bool hub,
                               size_t limit, const taut_ctx *ctx, taut_error *err)
{
	size_t      sparse, dense;
	uint32_t    head;
	taut_status st;

	*d = (taut_definite){.a = *a};
	*fits = a->n <= N_MAX;
	if (!*fits)
		return TAUT_OK;
	st = taut_elimination_init(&d->order, fits, a, hub, limit, ctx, err);
	if (st != TAUT_OK || !*fits)
		return st;
	head = d->order.head;
	d->panels = (a->n - head + PANEL - 1) / PANEL;
	sparse = d->order.first[head];
	dense = panel_start(d->panels);
	*fits = sparse + dense + head <= limit;
	if (!*fits)
		return TAUT_OK;
	d->work = count_work(d);
	d->value = taut_alloc(sparse, sizeof *d->value, err);
	d->diagonal = taut_alloc(head, sizeof *d->diagonal, err);
	d->sum = taut_alloc(a->n, sizeof *d->sum, err);
	d->waiting = taut_alloc(a->n, sizeof *d->waiting, err);
	d->follows = taut_alloc(head, sizeof *d->follows, err);
	d->at = taut_alloc(head, sizeof *d->at, err);
	d->dense = taut_alloc(dense, sizeof *d->dense, err);
	return d->value && d->diagonal && d->sum && d->waiting && d->follows && d->at && d->dense
	               ? TAUT_OK
	               : TAUT_ENOMEM;
}

void taut_definite_fini(taut_definite *d)
{
	taut_elimination_fini(&d->order);
	taut_free(d->value);
	taut_free(d->diagonal);
	taut_free(d->sum);
	taut_free(d->waiting);
	taut_free(d->follows);
	taut_free(d->at);
	taut_free(d->dense);
	*d = (taut_definite){0};
}

/* The matrix; rows that fill the last panel up are those of the unit matrix. */
static void load(taut_definite *d, const double *diagonal)
{
	const uint32_t *place = d->order.place;
	const uint32_t  head = d->order.head;

	memset(d->sum, 0, d->a.n * sizeof *d->sum);
	memset(d->value, 0, d->order.first[head] * sizeof *d->value);
	memset(d->dense, 0, panel_start(d->panels) * sizeof *d->dense);
	for (uint32_t v = 0; v < d->a.n; v++) {
		const uint32_t c = place[v];

		for (size_t e = d->a.row[v]; e < d->a.row[v + 1]; e++)
			d->sum[place[d->a.col[e]]] = d->a.value[e];
		if (c < head) {
			d->diagonal[c] = diagonal[v];
			for (size_t e = d->order.first[c]; e < d->order.first[c + 1]; e++)
				d->value[e] = d->sum[d->order.row[e]];
		} else {
			*dense_entry(d, c - head, c - head) = diagonal[v];
			for (size_t e = d->a.row[v]; e < d->a.row[v + 1]; e++) {
				const uint32_t k = place[d->a.col[e]];

				if (k >= head && k < c)
					*dense_entry(d, c - head, k - head) = d->a.value[e];
			}
		}
		for (size_t e = d->a.row[v]; e < d->a.row[v + 1]; e++)
			d->sum[place[d->a.col[e]]] = 0.0;
	}
	for (uint32_t i = d->a.n - head; i < d->panels * PANEL; i++)
		*dense_entry(d, i, i) = 1.0;
}

/* Column k waits for the row at at[k], which takes part in the column of that number. */
static void wait_for_row(taut_definite *d, uint32_t k)
{
	const uint32_t row = d->at[k] < d->order.first[k + 1] ? d->order.row[d->at[k]] : NONE;

	if (row >= d->order.head)
		return;
	d->follows[k] = d->waiting[row];
	d->waiting[row] = k;
}

/* Column c of the head from the columns before it that have a row c; false at a pivot that is not
 * positive. */
static bool make_column(taut_definite *d, uint32_t c)
{
	const size_t *first = d->order.first;
	double *const sum = d->sum;
	uint32_t      next;

	for (size_t e = first[c]; e < first[c + 1]; e++)
		sum[d->order.row[e]] = d->value[e];
	for (uint32_t k = d->waiting[c]; k != NONE; k = next) {
		const double x = d->value[d->at[k]++];

		next = d->follows[k];
		d->diagonal[c] -= x * x;
		for (size_t e = d->at[k]; e < first[k + 1]; e++)
			sum[d->order.row[e]] -= x * d->value[e];
		wait_for_row(d, k);
	}
	if (!(d->diagonal[c] > 0.0))
		return false;
	d->diagonal[c] = sqrt(d->diagonal[c]);
	for (size_t e = first[c]; e < first[c + 1]; e++)
		d->value[e] = sum[d->order.row[e]] / d->diagonal[c];
	d->at[c] = first[c];
	wait_for_row(d, c);
	return true;
}

/* Takes what the head's columns owe to the dense rest: at[k] is where their rows of it begin. */
static void settle(taut_definite *d, uint32_t k)
{
	const uint32_t head = d->order.head;
	const size_t   end = d->order.first[k + 1];

	for (size_t e = d->at[k]; e < end; e++) {
		const uint32_t i = d->order.row[e] - head;

		for (size_t f = d->at[k]; f <= e; f++)
			*dense_entry(d, i, d->order.row[f] - head) -= d->value[e] * d->value[f];
	}
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
	double       *tile = panel_column(d, b, c * PANEL);
	const double *corner = panel_column(d, c, c * PANEL);

	multiply(tile, panel_column(d, b, 0), panel_column(d, c, 0), (size_t)c * PANEL);
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
	const double *row = panel_column(d, b, 0);

	multiply(tile, row, row, (size_t)b * PANEL);
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
	for (uint32_t c = 0; c < d->order.head; c++)
		d->waiting[c] = NONE;
	for (uint32_t c = 0; c < d->order.head; c++)
		if ((c % LOOK_EVERY == 0 && taut_ctx_stopped(ctx)) || !make_column(d, c))
			return false;
	for (uint32_t c = 0; c < d->order.head; c++)
		settle(d, c);
	for (uint32_t b = 0; b < d->panels; b++) {
		if (taut_ctx_stopped(ctx))
			return false;
		for (uint32_t c = 0; c < b; c++)
			eliminate(d, b, c);
		if (!finish(d, b))
			return false;
	}
	return true;
}
