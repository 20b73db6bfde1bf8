/* What taut_model_finish says about the finished terms: that no value can leave 64 bits, and which
 * structure they show. */
#include <assert.h>
#include <inttypes.h>

#include "base/checked.h"
#include "model/draft.h"

/* Every bound stays below it, so that a sum or difference of two proven numbers still fits int64.
 */
static const int64_t LIMIT = INT64_C(1) << 62;

/* *sum += |a| * |b|, false when that reaches LIMIT. *sum >= 0. */
static bool grow_bound(int64_t *sum, int64_t a, int64_t b)
{
	int64_t abs_a;
	int64_t abs_b;

	return taut_abs64(&abs_a, a) && taut_abs64(&abs_b, b) && taut_muladd64(sum, abs_a, abs_b) &&
	       *sum < LIMIT;
}

static bool bound_sum(int64_t *sum, const int64_t *values, size_t count)
{
	for (size_t e = 0; e < count; e++)
		if (!grow_bound(sum, values[e], 1))
			return false;
	return true;
}

static bool row_fits(const taut_model *m, const taut_row *row)
{
	int64_t low = 0;
	int64_t high;

	if (!bound_sum(&low, m->row_coef + row->first, row->count))
		return false;
	high = low;
	return (row->lo == TAUT_NO_LIMIT_LO || grow_bound(&low, row->lo, 1)) &&
	       (row->hi == TAUT_NO_LIMIT_HI || grow_bound(&high, row->hi, 1));
}

/* Adds the largest value of a form: |weight| r or |weight| r^2 with r = sum |a| + |b|. */
static bool bound_form(int64_t *sum, const taut_model *m, const taut_form *form)
{
	int64_t residual = 0;
	int64_t value = 0;

	if (!bound_sum(&residual, m->form_coef + form->first, form->count) ||
	    !grow_bound(&residual, form->target, 1))
		return false;
	switch (form->kind) {
	case TAUT_FORM_SQUARE:
		if (!grow_bound(&value, residual, residual))
			return false;
		break;
	case TAUT_FORM_ABS:
		value = residual;
		break;
	}
	return grow_bound(sum, form->weight, value);
}

/* Each pair twice, as of the adjacency. */
static bool bound_dense(int64_t *sum, const taut_matrix *dense, int64_t factor)
{
	for (uint32_t i = 0; dense && i < dense->n; i++) {
		const taut_matrix_sums row = taut_matrix_row_sums(dense, i);

		if (!grow_bound(sum, factor, row.positive - row.negative))
			return false;
	}
	return true;
}

/* With all bits set the factored term is the sum of all flows times the sum of all distances. */
static bool bound_permutation(int64_t *sum, const taut_permutation *block)
{
	const size_t cells = (size_t)block->n * block->n;
	int64_t      flows = 0;
	int64_t      distances = 0;

	return !block->flow ||
	       (bound_sum(&flows, block->flow, cells) &&
	        bound_sum(&distances, block->distance, cells) && grow_bound(sum, flows, distances));
}

taut_status taut_model_prove_range(const taut_model *m, taut_error *err)
{
	int64_t sum = 0;
	bool    fits;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		if (row_fits(m, &m->rows[k]))
			continue;
		if (m->rows[k].name)
			return taut_fail(err, TAUT_EINPUT, "row '%.60s' can overflow 64 bits",
			                 m->rows[k].name);
		return taut_fail(err, TAUT_EINPUT, "row %" PRIu32 " can overflow 64 bits", k + 1);
	}
	/* The adjacency holds each pair twice: this bound is at most twice too large, which is
	 * cheaper than being exact. */
	fits = grow_bound(&sum, m->offset, 1) && bound_sum(&sum, m->linear, m->n) &&
	       bound_sum(&sum, m->quad_coef, m->quad_row[m->n]) &&
	       bound_dense(&sum, m->dense, m->dense_factor) &&
	       bound_permutation(&sum, &m->permutation);
	for (uint32_t f = 0; f < m->n_forms && fits; f++)
		fits = bound_form(&sum, m, &m->forms[f]);
	if (!fits)
		return taut_fail(err, TAUT_EINPUT, "the objective can overflow 64 bits");
	return TAUT_OK;
}

static bool all_non_negative(const int64_t *values, size_t count)
{
	for (size_t e = 0; e < count; e++)
		if (values[e] < 0)
			return false;
	return true;
}

static bool all_zero(const int64_t *values, size_t count)
{
	for (size_t e = 0; e < count; e++)
		if (values[e] != 0)
			return false;
	return true;
}

/* Rows a x <= b with a, b >= 0 alone: dropping ones never breaks such a row. */
static bool rows_are_knapsacks(const taut_model *m)
{
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		if (row->lo > 0 || row->hi < 0 || row->hi == TAUT_NO_LIMIT_HI ||
		    !all_non_negative(m->row_coef + row->first, row->count))
			return false;
	}
	return m->n_rows > 0;
}

taut_structure taut_model_classify(const taut_model *m)
{
	const bool coupled = taut_model_is_coupled(m);
	const bool packing = m->maximise && !coupled && m->n_forms == 0 && !m->permutation.n &&
	                     all_non_negative(m->linear, m->n);
	const bool   plain = coupled || !all_zero(m->linear, m->n);
	const size_t block = (size_t)m->permutation.n * m->permutation.n;

	if (m->permutation.flow && block == m->n && m->n_rows == 2 * m->permutation.n &&
	    m->n_conflicts == 0 && m->n_forms == 0 && !plain)
		return TAUT_STRUCTURE_ASSIGNMENT;
	if (m->n_rows == 0 && m->n_conflicts == 0 && m->n_forms == 0)
		return TAUT_STRUCTURE_FREE;
	if (m->n_rows == 0 && m->n_conflicts == 0 && !plain)
		return TAUT_STRUCTURE_DEVIATION;
	if (packing && m->n_rows == 0)
		return TAUT_STRUCTURE_INDEPENDENT;
	if (packing && m->n_conflicts == 0 && rows_are_knapsacks(m))
		return TAUT_STRUCTURE_KNAPSACK;
	return TAUT_STRUCTURE_GENERIC;
}
