#include "model/draft.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/decimal.h"

typedef struct {
	uint32_t col;
	int64_t  coef;
} entry;

void taut_pair_list_fini(taut_pair_list *pairs)
{
	taut_free(pairs->i);
	taut_free(pairs->j);
	taut_free(pairs->v);
	*pairs = (taut_pair_list){0};
}

void taut_model_draft_free(taut_model_draft *draft)
{
	if (!draft)
		return;
	taut_pair_list_fini(&draft->terms);
	taut_pair_list_fini(&draft->conflicts);
	taut_free(draft);
}

static taut_status out_of_range(const taut_model *m, uint32_t i, taut_error *err)
{
	return taut_fail(err, TAUT_EINPUT, "variable %" PRIu64 " of a model of %" PRIu32,
	                 (uint64_t)i + 1, m->n);
}

static taut_status push_pair(taut_pair_list *pairs, uint32_t i, uint32_t j, const int64_t *v,
                             taut_error *err)
{
	size_t capacity = pairs->capacity;
	void  *grown = taut_grow(pairs->i, &capacity, pairs->n + 1, sizeof *pairs->i, err);

	if (!grown)
		return TAUT_ENOMEM;
	pairs->i = grown;
	capacity = pairs->capacity;
	grown = taut_grow(pairs->j, &capacity, pairs->n + 1, sizeof *pairs->j, err);
	if (!grown)
		return TAUT_ENOMEM;
	pairs->j = grown;
	if (v) {
		capacity = pairs->capacity;
		grown = taut_grow(pairs->v, &capacity, pairs->n + 1, sizeof *pairs->v, err);
		if (!grown)
			return TAUT_ENOMEM;
		pairs->v = grown;
		pairs->v[pairs->n] = *v;
	}
	pairs->capacity = capacity;
	pairs->i[pairs->n] = i;
	pairs->j[pairs->n] = j;
	pairs->n++;
	return TAUT_OK;
}

taut_status taut_model_add_offset(taut_model *m, int64_t value, taut_error *err)
{
	assert(m->draft != NULL);
	if (!taut_add64(&m->offset, m->offset, value))
		return taut_fail(err, TAUT_EINPUT, "the objective's constant overflows 64 bits");
	return TAUT_OK;
}

taut_status taut_model_add_term(taut_model *m, uint32_t i, uint32_t j, int64_t value,
                                taut_error *err)
{
	assert(m->draft != NULL);
	if (i >= m->n || j >= m->n)
		return out_of_range(m, i >= m->n ? i : j, err);
	if (value == 0)
		return TAUT_OK;
	if (i != j)
		return push_pair(&m->draft->terms, i, j, &value, err);
	if (!taut_add64(&m->linear[i], m->linear[i], value))
		return taut_fail(err, TAUT_EINPUT,
		                 "the linear term of variable %" PRIu32 " overflows 64 bits",
		                 i + 1);
	return TAUT_OK;
}

void taut_model_set_dense(taut_model *m, const taut_matrix *matrix, int64_t factor)
{
	assert(m->draft != NULL && !m->dense && matrix->n == m->n);
	m->dense = taut_matrix_share(matrix);
	m->dense_factor = factor;
}

taut_status taut_model_add_conflict(taut_model *m, uint32_t u, uint32_t v, taut_error *err)
{
	assert(m->draft != NULL);
	if (u >= m->n || v >= m->n)
		return out_of_range(m, u >= m->n ? u : v, err);
	if (u == v)
		return taut_fail(err, TAUT_EINPUT, "variable %" PRIu32 " conflicts with itself",
		                 u + 1);
	return push_pair(&m->draft->conflicts, u, v, NULL, err);
}

static int compare_entries(const void *a, const void *b)
{
	const uint32_t ca = ((const entry *)a)->col;
	const uint32_t cb = ((const entry *)b)->col;

	return (ca > cb) - (ca < cb);
}

/* Sorts entries by column, adds up repeats and drops zeros; *count shrinks. */
static taut_status merge_entries(uint32_t *col, int64_t *coef, size_t *count, taut_error *err)
{
	taut_status st = TAUT_OK;
	entry      *sorted = NULL;
	size_t      kept = 0;
	bool        done = true;

	for (size_t e = 0; e < *count && done; e++)
		done = coef[e] != 0 && (e == 0 || col[e - 1] < col[e]);
	if (done)
		return TAUT_OK;
	sorted = taut_alloc(*count, sizeof *sorted, err);
	if (!sorted)
		return TAUT_ENOMEM;
	for (size_t e = 0; e < *count; e++)
		sorted[e] = (entry){col[e], coef[e]};
	qsort(sorted, *count, sizeof *sorted, compare_entries);
	for (size_t e = 0; e < *count;) {
		const uint32_t c = sorted[e].col;
		int64_t        sum = 0;
		for (; e < *count && sorted[e].col == c; e++) {
			if (!taut_add64(&sum, sum, sorted[e].coef)) {
				st = taut_fail(err, TAUT_EINPUT,
				               "the coefficient of variable %" PRIu32
				               " overflows 64 bits",
				               c + 1);
				goto done;
			}
		}
		if (sum != 0) {
			col[kept] = c;
			coef[kept++] = sum;
		}
	}
	*count = kept;
done:
	taut_free(sorted);
	return st;
}

/* Appends count merged entries to the arrays *cols and *coefs that hold *total; *count becomes the
 * number that was added. */
static taut_status append_entries(const taut_model *m, uint32_t **cols, int64_t **coefs,
                                  size_t *capacity, size_t *total, const uint32_t *col,
                                  const int64_t *coef, size_t *count, taut_error *err)
{
	size_t      col_capacity = *capacity;
	size_t      need;
	void       *grown;
	taut_status st;

	for (size_t e = 0; e < *count; e++)
		if (col[e] >= m->n)
			return out_of_range(m, col[e], err);
	if (!taut_add_size(&need, *total, *count))
		return taut_fail(err, TAUT_ENOMEM, "out of memory: %zu row entries", *count);
	grown = taut_grow(*cols, &col_capacity, need, sizeof **cols, err);
	if (!grown)
		return TAUT_ENOMEM;
	*cols = grown;
	grown = taut_grow(*coefs, capacity, need, sizeof **coefs, err);
	if (!grown)
		return TAUT_ENOMEM;
	*coefs = grown;
	if (*count) {
		memcpy(*cols + *total, col, *count * sizeof *col);
		memcpy(*coefs + *total, coef, *count * sizeof *coef);
	}
	st = merge_entries(*cols + *total, *coefs + *total, count, err);
	if (st == TAUT_OK)
		*total += *count;
	return st;
}

taut_status taut_model_add_form(taut_model *m, taut_form_kind kind, int64_t weight,
                                const uint32_t *col, const int64_t *coef, size_t count,
                                int64_t target, const char *name, taut_error *err)
{
	taut_model_draft *draft = m->draft;
	taut_form         form = {.kind = kind, .weight = weight, .target = target};
	taut_status       st;
	taut_form        *grown;

	assert(draft != NULL);
	form.first = draft->n_form_entries;
	form.count = count;
	grown = taut_grow(m->forms, &draft->form_capacity, (size_t)m->n_forms + 1, sizeof *grown,
	                  err);
	if (!grown)
		return TAUT_ENOMEM;
	m->forms = grown;
	if (name) {
		form.name = taut_copy_text(name, err);
		if (!form.name)
			return TAUT_ENOMEM;
	}
	st = append_entries(m, &m->form_col, &m->form_coef, &draft->form_entry_capacity,
	                    &draft->n_form_entries, col, coef, &form.count, err);
	if (st != TAUT_OK) {
		taut_free(form.name);
		return st;
	}
	m->forms[m->n_forms++] = form;
	return TAUT_OK;
}

/* A tag is a promise that backends build on: unit coefficients, limit 1, no scale. */
static taut_status check_tag(const taut_model *m, taut_row *row, size_t given, taut_error *err)
{
	bool unit = row->count == given && row->decimals == 0 && row->hi == 1;

	if (row->tag == TAUT_ROW_LINEAR)
		return TAUT_OK;
	for (size_t e = row->first; e < row->first + row->count; e++)
		unit = unit && m->row_coef[e] == 1;
	if (row->tag == TAUT_ROW_ONE_HOT)
		unit = unit && row->lo == 1;
	else if (row->lo <= 0)
		row->lo = TAUT_NO_LIMIT_LO; /* a sum of bits cannot be negative */
	else
		unit = false;
	if (!unit)
		return taut_fail(err, TAUT_EINPUT,
		                 "a group must hold distinct variables with coefficient 1 and "
		                 "limit 1");
	return TAUT_OK;
}

taut_status taut_model_add_row(taut_model *m, taut_row_tag tag, const uint32_t *col,
                               const int64_t *coef, size_t count, int64_t lo, int64_t hi,
                               int32_t decimals, const char *name, taut_error *err)
{
	taut_model_draft *draft = m->draft;
	taut_row    row = {.count = count, .lo = lo, .hi = hi, .decimals = decimals, .tag = tag};
	taut_status st;
	taut_row   *grown;

	assert(draft != NULL && decimals >= 0 && decimals <= TAUT_DECIMALS_MAX);
	if (lo > hi)
		return taut_fail(err, TAUT_EINPUT, "the lower limit is above the upper limit");
	row.first = draft->n_row_entries;
	grown = taut_grow(m->rows, &draft->row_capacity, (size_t)m->n_rows + 1, sizeof *grown, err);
	if (!grown)
		return TAUT_ENOMEM;
	m->rows = grown;
	if (name) {
		row.name = taut_copy_text(name, err);
		if (!row.name)
			return TAUT_ENOMEM;
	}
	st = append_entries(m, &m->row_col, &m->row_coef, &draft->row_entry_capacity,
	                    &draft->n_row_entries, col, coef, &row.count, err);
	if (st == TAUT_OK)
		st = check_tag(m, &row, count, err);
	if (st != TAUT_OK) {
		draft->n_row_entries = row.first;
		taut_free(row.name);
		return st;
	}
	m->rows[m->n_rows++] = row;
	return TAUT_OK;
}

/* The block's one-hot rows: n over l for each a, then n over a for each l. */
static taut_status add_block_rows(taut_model *m, uint32_t n, taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	uint32_t   *col = taut_alloc(n, sizeof *col, err);
	int64_t    *one = taut_alloc(n, sizeof *one, err);

	if (!col || !one)
		goto done;
	for (uint32_t l = 0; l < n; l++)
		one[l] = 1;
	st = TAUT_OK;
	for (uint32_t k = 0; k < 2 * n && st == TAUT_OK; k++) {
		for (uint32_t l = 0; l < n; l++)
			col[l] = k < n ? k * n + l : l * n + (k - n);
		st = taut_model_add_row(m, TAUT_ROW_ONE_HOT, col, one, n, 1, 1, 0, NULL, err);
	}
done:
	taut_free(col);
	taut_free(one);
	return st;
}

taut_status taut_model_set_permutation(taut_model *m, uint32_t n, const int64_t *flow,
                                       const int64_t *distance, taut_error *err)
{
	taut_permutation *block = &m->permutation;
	const size_t      cells = (size_t)n * n;

	assert(m->draft != NULL && block->n == 0);
	assert((flow != NULL) == (distance != NULL));
	if (n == 0 || cells > m->n)
		return taut_fail(err, TAUT_EINPUT,
		                 "a permutation of %" PRIu32 " in a model of %" PRIu32 " variables",
		                 n, m->n);
	m->draft->permutation_row = m->n_rows;
	block->n = n;
	block->first = 0;
	if (flow) {
		block->flow = taut_copy(flow, cells, sizeof *flow, err);
		block->distance = taut_copy(distance, cells, sizeof *distance, err);
		if (!block->flow || !block->distance)
			return TAUT_ENOMEM;
	}
	return add_block_rows(m, n, err);
}
