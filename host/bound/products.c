#include "bound/products.h"

#include <assert.h>

#include "base/alloc.h"

static const uint32_t NONE = UINT32_MAX;

typedef struct {
	taut_relaxation  *r;
	const taut_model *m;
	uint32_t         *column; /* [quad_row[n]] of the product of each coupling; NONE: it is 0 */
	size_t           *cursor; /* [n] */
	uint32_t         *product; /* [n] by j: column of x_i x_j for the i at hand, or NONE */
	uint32_t         *never;   /* [n] == i + 1: x_i x_j = 0 */
	uint32_t         *inside;  /* [n] == i + 1: a group row bounds x_i x_j by x_i */
	uint32_t         *col;     /* [n + 1] scratch of a row */
	int64_t          *coef;
} builder;

static void builder_fini(builder *b)
{
	taut_free(b->column);
	taut_free(b->cursor);
	taut_free(b->product);
	taut_free(b->never);
	taut_free(b->inside);
	taut_free(b->col);
	taut_free(b->coef);
}

static taut_status builder_init(builder *b, taut_relaxation *r, taut_error *err)
{
	const taut_model *m = r->m;

	*b = (builder){.r = r, .m = m};
	b->column = taut_alloc(m->quad_row[m->n], sizeof *b->column, err);
	b->cursor = taut_alloc(m->n, sizeof *b->cursor, err);
	b->product = taut_alloc(m->n, sizeof *b->product, err);
	b->never = taut_alloc(m->n, sizeof *b->never, err);
	b->inside = taut_alloc(m->n, sizeof *b->inside, err);
	b->col = taut_alloc((size_t)m->n + 1, sizeof *b->col, err);
	b->coef = taut_alloc((size_t)m->n + 1, sizeof *b->coef, err);
	return b->column && b->cursor && b->product && b->never && b->inside && b->col && b->coef
	               ? TAUT_OK
	               : TAUT_ENOMEM;
}

static bool is_group(const taut_row *row)
{
	return row->tag != TAUT_ROW_LINEAR;
}

/* Marks the j whose product with i is 0. */
static void mark_never(builder *b, uint32_t i)
{
	const taut_model *m = b->m;

	for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++)
		b->never[m->conflict_col[e]] = i + 1;
	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++) {
		const taut_row *row = &m->rows[m->column_row[e]];

		for (size_t q = row->first; is_group(row) && q < row->first + row->count; q++)
			b->never[m->row_col[q]] = i + 1;
	}
}

static taut_status add_columns(builder *b, taut_error *err)
{
	const taut_model *m = b->m;
	taut_status       st = TAUT_OK;

	for (uint32_t i = 0; i < m->n; i++)
		b->cursor[i] = m->quad_row[i];
	for (uint32_t i = 0; i < m->n && st == TAUT_OK; i++) {
		mark_never(b, i);
		for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1] && st == TAUT_OK; e++) {
			const uint32_t j = m->quad_col[e];

			if (j < i)
				continue;
			b->column[e] = b->column[b->cursor[j]++] =
				b->never[j] == i + 1 ? NONE : b->r->n;
			if (b->column[e] != NONE)
				st = taut_relaxation_add_column(
					b->r, m->maximise ? m->quad_coef[e] : -m->quad_coef[e],
					err);
		}
	}
	return st;
}

/* The rows of x_i with one group without i. */
static taut_status add_group(builder *b, uint32_t i, const taut_row *row, taut_error *err)
{
	const taut_model *m = b->m;
	const bool        exactly = row->tag == TAUT_ROW_ONE_HOT;
	uint32_t          count = 0, without = 0;
	taut_status       st = TAUT_OK;

	for (size_t q = row->first; q < row->first + row->count; q++) {
		const uint32_t j = m->row_col[q];

		if (b->product[j] == NONE || (!exactly && b->r->gain[b->product[j]] < 0))
			continue;
		b->col[count] = b->product[j];
		b->coef[count++] = 1;
		b->inside[j] = i + 1;
	}
	if (count == 0)
		return TAUT_OK;
	b->col[count] = i;
	b->coef[count++] = -1;
	for (size_t q = row->first; exactly && q < row->first + row->count; q++) {
		const uint32_t j = m->row_col[q];

		if (b->product[j] != NONE || b->never[j] == i + 1)
			continue;
		b->col[count + without] = j;
		b->coef[count + without++] = 1;
	}
	st = taut_relaxation_add_row(b->r, b->col, b->coef, count,
	                             exactly && !without ? 0 : TAUT_NO_LIMIT_LO, 0, err);
	if (st == TAUT_OK && without)
		st = taut_relaxation_add_row(b->r, b->col, b->coef, count + without, 0,
		                             TAUT_NO_LIMIT_HI, err);
	return st;
}

static bool contains(const taut_model *m, const taut_row *row, uint32_t i)
{
	size_t lo = row->first, hi = row->first + row->count;

	while (lo < hi) {
		const size_t at = lo + (hi - lo) / 2;

		if (m->row_col[at] < i)
			lo = at + 1;
		else
			hi = at;
	}
	return lo < row->first + row->count && m->row_col[lo] == i;
}

/* The rows of x_i alone with each product: z <= x_i where no group says so, and once z >= x_i + x_j
 * - 1. */
static taut_status add_single(builder *b, uint32_t i, taut_error *err)
{
	const taut_model *m = b->m;
	taut_status       st = TAUT_OK;

	for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1] && st == TAUT_OK; e++) {
		const uint32_t j = m->quad_col[e];
		const uint32_t z = b->column[e];
		const uint32_t col[3] = {i, j, z};
		const uint32_t pair[2] = {z, i};
		const int64_t  both[3] = {1, 1, -1}, one[2] = {1, -1};

		if (z == NONE)
			continue;
		if (b->r->gain[z] > 0 && b->inside[j] != i + 1)
			st = taut_relaxation_add_row(b->r, pair, one, 2, TAUT_NO_LIMIT_LO, 0, err);
		else if (b->r->gain[z] < 0 && i < j)
			st = taut_relaxation_add_row(b->r, col, both, 3, TAUT_NO_LIMIT_LO, 1, err);
	}
	return st;
}

static taut_status add_rows(bool *fits, builder *b, size_t entries_max, taut_error *err)
{
	const taut_model *m = b->m;
	taut_status       st = TAUT_OK;

	for (uint32_t j = 0; j < m->n; j++) {
		b->product[j] = NONE;
		b->never[j] = 0;
	}
	for (uint32_t i = 0; i < m->n && st == TAUT_OK && *fits; i++) {
		mark_never(b, i);
		for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++)
			b->product[m->quad_col[e]] = b->column[e];
		for (uint32_t k = 0; k < m->n_rows && st == TAUT_OK; k++)
			if (is_group(&m->rows[k]) && m->quad_row[i] < m->quad_row[i + 1] &&
			    !contains(m, &m->rows[k], i))
				st = add_group(b, i, &m->rows[k], err);
		if (st == TAUT_OK)
			st = add_single(b, i, err);
		for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++)
			b->product[m->quad_col[e]] = NONE;
		*fits = b->r->n_rows == 0 || b->r->first[b->r->n_rows] <= entries_max;
	}
	return st;
}

taut_status taut_products_add(bool *fits, taut_relaxation *r, size_t entries_max, taut_error *err)
{
	builder     b;
	taut_status st;

	assert(!r->m->dense && r->n == r->m->n);
	*fits = r->m->quad_row[r->m->n] <= entries_max;
	if (!*fits)
		return TAUT_OK;
	st = builder_init(&b, r, err);
	if (st == TAUT_OK)
		st = add_columns(&b, err);
	if (st == TAUT_OK)
		st = add_rows(fits, &b, entries_max, err);
	builder_fini(&b);
	return st;
}
