#include "model/model.h"

#include <assert.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/decimal.h"
#include "model/draft.h"

/* Symmetric adjacency: each pair stands as (i,j) and (j,i). coef is NULL for conflicts. */
typedef struct {
	size_t   *row;  /* [n + 1] */
	uint32_t *col;  /* [row[n]] */
	int64_t  *coef; /* [row[n]] or NULL */
} adjacency;

taut_status taut_model_new(taut_model **out, taut_family family, const char *name, uint32_t n,
                           bool maximise, int32_t decimals, taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	taut_model *m;

	assert(out != NULL && decimals >= 0 && decimals <= TAUT_DECIMALS_MAX);
	*out = NULL;
	m = taut_alloc(1, sizeof *m, err);
	if (!m)
		goto done;
	m->family = family;
	m->n = n;
	m->maximise = maximise;
	m->decimals = decimals;
	m->name = taut_copy_text(name ? name : "", err);
	if (!m->name)
		goto done;
	m->linear = taut_alloc(n, sizeof *m->linear, err);
	if (!m->linear)
		goto done;
	m->draft = taut_alloc(1, sizeof *m->draft, err);
	if (!m->draft)
		goto done;
	*out = m;
	m = NULL; /* now the caller's */
	st = TAUT_OK;
done:
	taut_model_free(m);
	return st;
}

void taut_model_free(taut_model *m)
{
	if (!m)
		return;
	if (m->variable_name)
		for (uint32_t i = 0; i < m->n; i++)
			taut_free(m->variable_name[i]);
	for (uint32_t f = 0; f < m->n_forms; f++)
		taut_free(m->forms[f].name);
	for (uint32_t k = 0; k < m->n_rows; k++)
		taut_free(m->rows[k].name);
	for (uint32_t k = 0; k < m->n_integers; k++)
		taut_free(m->integers[k].name);
	taut_free(m->integers);
	taut_free(m->bit_weight);
	taut_free(m->name);
	taut_free(m->variable_name);
	taut_free(m->linear);
	taut_free(m->quad_row);
	taut_free(m->quad_col);
	taut_free(m->quad_coef);
	taut_matrix_release(m->dense);
	taut_free(m->forms);
	taut_free(m->form_col);
	taut_free(m->form_coef);
	taut_free(m->rows);
	taut_free(m->row_col);
	taut_free(m->row_coef);
	taut_free(m->column_first);
	taut_free(m->column_row);
	taut_free(m->column_coef);
	taut_free(m->conflict_row);
	taut_free(m->conflict_col);
	taut_free(m->group_of);
	taut_free(m->permutation.flow);
	taut_free(m->permutation.distance);
	taut_model_draft_free(m->draft);
	taut_free(m);
}

static void adjacency_fini(adjacency *a)
{
	taut_free(a->row);
	taut_free(a->col);
	taut_free(a->coef);
	*a = (adjacency){0};
}

static taut_status adjacency_init(adjacency *a, uint32_t n, size_t entries, bool with_coef,
                                  taut_error *err)
{
	*a = (adjacency){0};
	a->row = taut_alloc((size_t)n + 1, sizeof *a->row, err);
	if (a->row)
		a->col = taut_alloc(entries, sizeof *a->col, err);
	if (a->col && with_coef)
		a->coef = taut_alloc(entries, sizeof *a->coef, err);
	return a->col && (a->coef || !with_coef) ? TAUT_OK : TAUT_ENOMEM;
}

/* Puts one entry into row i at the row's cursor. */
static void put(adjacency *a, size_t *cursor, uint32_t i, uint32_t j, int64_t v)
{
	const size_t at = cursor[i]++;

	a->col[at] = j;
	if (a->coef)
		a->coef[at] = v;
}

/* Adds up repeated columns of sorted rows and drops zeros, in place. */
static taut_status merge_repeats(adjacency *a, uint32_t n, taut_error *err)
{
	size_t kept = 0;
	size_t e = 0;

	for (uint32_t i = 0; i < n; i++) {
		const size_t end = a->row[i + 1];
		a->row[i] = kept;
		while (e < end) {
			const uint32_t j = a->col[e];
			int64_t        sum = a->coef ? a->coef[e] : 1;
			for (e++; e < end && a->col[e] == j; e++)
				if (a->coef && !taut_add64(&sum, sum, a->coef[e]))
					return taut_fail(err, TAUT_EINPUT,
					                 "the term of variables %" PRIu32
					                 " and %" PRIu32 " overflows 64 bits",
					                 i + 1, j + 1);
			if (sum == 0)
				continue;
			a->col[kept] = j;
			if (a->coef)
				a->coef[kept] = sum;
			kept++;
		}
	}
	a->row[n] = kept;
	return TAUT_OK;
}

/*
 * Two counting passes instead of a sort: scatter the pairs into rows, then transpose. A symmetric
 * matrix is its own transpose, and transposing visits the columns in order, so the second copy is
 * sorted. Linear time; the pairs are freed on the way to bound the memory.
 */
static taut_status adjacency_from_pairs(adjacency *out, taut_pair_list *pairs, uint32_t n,
                                        bool with_coef, taut_error *err)
{
	const size_t entries = 2 * pairs->n;
	taut_status  st;
	adjacency    rough = {0};
	adjacency    sorted = {0};
	size_t      *cursor = taut_alloc((size_t)n + 1, sizeof *cursor, err);

	st = cursor ? adjacency_init(&rough, n, entries, with_coef, err) : TAUT_ENOMEM;
	if (st != TAUT_OK)
		goto done;
	for (size_t e = 0; e < pairs->n; e++) {
		rough.row[pairs->i[e] + 1]++;
		rough.row[pairs->j[e] + 1]++;
	}
	for (uint32_t i = 0; i < n; i++) {
		rough.row[i + 1] += rough.row[i];
		cursor[i] = rough.row[i];
	}
	for (size_t e = 0; e < pairs->n; e++) {
		const int64_t v = with_coef ? pairs->v[e] : 1;
		put(&rough, cursor, pairs->i[e], pairs->j[e], v);
		put(&rough, cursor, pairs->j[e], pairs->i[e], v);
	}
	taut_pair_list_fini(pairs);

	st = adjacency_init(&sorted, n, entries, with_coef, err);
	if (st != TAUT_OK)
		goto done;
	for (uint32_t i = 0; i <= n; i++)
		sorted.row[i] = cursor[i] = rough.row[i];
	for (uint32_t i = 0; i < n; i++)
		for (size_t e = rough.row[i]; e < rough.row[i + 1]; e++)
			put(&sorted, cursor, rough.col[e], i, with_coef ? rough.coef[e] : 1);
	st = merge_repeats(&sorted, n, err);
	if (st != TAUT_OK)
		goto done;
	*out = sorted;
	sorted = (adjacency){0}; /* now the caller's */
done:
	taut_free(cursor);
	adjacency_fini(&rough);
	adjacency_fini(&sorted);
	return st;
}

static taut_status build_columns(taut_model *m, taut_error *err)
{
	taut_status  st = TAUT_ENOMEM;
	const size_t entries = m->draft->n_row_entries;
	size_t      *cursor = taut_alloc((size_t)m->n + 1, sizeof *cursor, err);

	if (!cursor)
		goto done;
	m->column_first = taut_alloc((size_t)m->n + 1, sizeof *m->column_first, err);
	if (!m->column_first)
		goto done;
	m->column_row = taut_alloc(entries, sizeof *m->column_row, err);
	if (!m->column_row)
		goto done;
	m->column_coef = taut_alloc(entries, sizeof *m->column_coef, err);
	if (!m->column_coef)
		goto done;
	for (size_t e = 0; e < entries; e++)
		m->column_first[m->row_col[e] + 1]++;
	for (uint32_t i = 0; i < m->n; i++) {
		m->column_first[i + 1] += m->column_first[i];
		cursor[i] = m->column_first[i];
	}
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		for (size_t e = row->first; e < row->first + row->count; e++) {
			const size_t at = cursor[m->row_col[e]]++;
			m->column_row[at] = k;
			m->column_coef[at] = m->row_coef[e];
		}
	}
	st = TAUT_OK;
done:
	taut_free(cursor);
	return st;
}

/* Takes row k as a group unless one of its variables is in a group already. */
static void take_group(taut_model *m, uint32_t k)
{
	const taut_row *row = &m->rows[k];
	bool            free_of_others = true;

	assert(row->tag == TAUT_ROW_ONE_HOT);
	for (size_t e = row->first; e < row->first + row->count; e++)
		free_of_others = free_of_others && m->group_of[m->row_col[e]] == TAUT_NO_GROUP;
	if (free_of_others)
		for (size_t e = row->first; e < row->first + row->count; e++)
			m->group_of[m->row_col[e]] = k;
}

static taut_status build_groups(taut_model *m, taut_error *err)
{
	m->group_of = taut_alloc(m->n, sizeof *m->group_of, err);
	if (!m->group_of)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < m->n; i++)
		m->group_of[i] = TAUT_NO_GROUP;
	for (uint32_t a = 0; a < m->permutation.n; a++)
		take_group(m, m->draft->permutation_row + a);
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (m->rows[k].tag == TAUT_ROW_ONE_HOT)
			take_group(m, k);
	return TAUT_OK;
}

taut_status taut_model_finish(taut_model *m, taut_error *err)
{
	taut_status st;
	adjacency   a;

	assert(m->draft != NULL);
	assert(!m->dense || (m->draft->terms.n == 0 && m->draft->conflicts.n == 0 &&
	                     m->n_rows == 0 && m->n_forms == 0 && m->permutation.n == 0));
	st = adjacency_from_pairs(&a, &m->draft->terms, m->n, true, err);
	if (st != TAUT_OK)
		return st;
	m->quad_row = a.row;
	m->quad_col = a.col;
	m->quad_coef = a.coef;
	st = adjacency_from_pairs(&a, &m->draft->conflicts, m->n, false, err);
	if (st != TAUT_OK)
		return st;
	m->conflict_row = a.row;
	m->conflict_col = a.col;
	m->n_conflicts = a.row[m->n] / 2;
	st = build_columns(m, err);
	if (st == TAUT_OK)
		st = build_groups(m, err);
	if (st == TAUT_OK)
		st = taut_model_prove_range(m, err);
	if (st != TAUT_OK)
		return st;
	m->structure = taut_model_classify(m);
	taut_model_draft_free(m->draft);
	m->draft = NULL;
	return TAUT_OK;
}
