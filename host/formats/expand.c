#include "formats/expand.h"

#include <assert.h>
#include <inttypes.h>

#include "base/alloc.h"

/* About 2 GB of text. */
static const double TERMS_MOST = 67108864.0;

static bool has_factors(const taut_model *m)
{
	bool any = m->permutation.flow != NULL;

	for (uint32_t f = 0; f < m->n_forms; f++)
		any |= m->forms[f].kind == TAUT_FORM_SQUARE;
	return any;
}

/* Pairs of rows of the block with any flow, times pairs of columns with any distance, in both
 * orders. */
static double block_terms(const taut_permutation *block)
{
	const size_t n = block->n;
	double       flows = 0;
	double       distances = 0;

	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b <= a; b++) {
			flows += block->flow[a * n + b] || block->flow[b * n + a];
			if (block->distance[a * n + b] || block->distance[b * n + a])
				distances += a == b ? 1 : 2;
		}
	return flows * distances;
}

/* An upper bound of the quadratic terms. */
static double estimate(const taut_model *m)
{
	double terms = (double)m->quad_row[m->n] / 2;

	for (uint32_t f = 0; f < m->n_forms; f++)
		if (m->forms[f].kind == TAUT_FORM_SQUARE)
			terms += (double)m->forms[f].count * (double)m->forms[f].count / 2;
	if (m->permutation.flow)
		terms += block_terms(&m->permutation);
	return terms;
}

taut_status taut_expansion_init(taut_expansion *out, const taut_model *m, taut_error *err)
{
	double terms = estimate(m);

	*out = (taut_expansion){.model = m, .offset = m->offset};
	if (!has_factors(m) && !m->dense)
		return TAUT_OK;
	if (terms > TERMS_MOST)
		return taut_fail(err, TAUT_ELIMIT,
		                 "%s: the objective multiplied out has up to %.0f quadratic terms; "
		                 "at most %.0f are "
		                 "written",
		                 m->name, terms, TERMS_MOST);
	for (uint32_t f = 0; f < m->n_forms; f++)
		if (m->forms[f].kind == TAUT_FORM_SQUARE)
			out->offset += m->forms[f].weight * m->forms[f].target * m->forms[f].target;
	out->sum = taut_alloc(m->n, sizeof *out->sum, err);
	if (out->sum)
		out->own_col = taut_alloc(m->n, sizeof *out->own_col, err);
	if (out->own_col)
		out->own_coef = taut_alloc(m->n, sizeof *out->own_coef, err);
	if (out->own_coef)
		return TAUT_OK;
	taut_expansion_fini(out);
	return TAUT_ENOMEM;
}

void taut_expansion_fini(taut_expansion *e)
{
	taut_free(e->sum);
	taut_free(e->own_col);
	taut_free(e->own_coef);
	*e = (taut_expansion){0};
}

/* weight (a x - b)^2 = weight (b^2 + sum_i a_i (a_i - 2 b) x_i + sum_{i<j} 2 a_i a_j x_i x_j).
 * Nothing overflows: the model proved the form's largest value, (|b| + sum |a|)^2 |weight|, to fit.
 * Columns of a form are sorted. */
static void add_form(taut_expansion *e, const taut_form *form, uint32_t i)
{
	const uint32_t *col = e->model->form_col + form->first;
	const int64_t  *coef = e->model->form_coef + form->first;
	size_t          at = 0;

	while (at < form->count && col[at] != i)
		at++;
	if (at == form->count)
		return;
	e->linear += form->weight * coef[at] * (coef[at] - 2 * form->target);
	for (size_t k = 0; k < form->count; k++)
		if (col[k] > i)
			e->sum[col[k]] += form->weight * 2 * coef[at] * coef[k];
}

/* sum F_ab D_kl x_ak x_bl: variable (a, k) with every (b, l) behind it. */
static void add_block(taut_expansion *e, const taut_permutation *block, uint32_t i)
{
	const size_t   n = block->n;
	const int64_t *f = block->flow;
	const int64_t *d = block->distance;
	const size_t   a = (i - block->first) / n;
	const size_t   k = (i - block->first) % n;

	e->linear += f[a * n + a] * d[k * n + k];
	for (size_t b = a; b < n; b++) {
		const int64_t there = f[a * n + b];
		const int64_t back = f[b * n + a];
		int64_t      *sum = e->sum + block->first + b * n;
		if (there == 0 && back == 0)
			continue;
		for (size_t l = b == a ? k + 1 : 0; l < n; l++)
			sum[l] += there * d[k * n + l] + back * d[l * n + k];
	}
}

void taut_expansion_go(taut_expansion *e, uint32_t i)
{
	const taut_model       *m = e->model;
	const taut_coupling_row row = taut_model_couplings(m, i);
	size_t                  first = 0;

	assert(i < m->n);
	e->linear = m->linear[i];
	while (first < row.count && taut_coupling_column(&row, first) <= i)
		first++;
	if (!e->sum) {
		e->n_terms = row.count - first;
		e->col = row.col + first;
		e->coef = row.coef + first;
		return;
	}
	for (size_t k = first; k < row.count; k++)
		e->sum[taut_coupling_column(&row, k)] = taut_coupling(&row, k);
	for (uint32_t f = 0; f < m->n_forms; f++)
		if (m->forms[f].kind == TAUT_FORM_SQUARE)
			add_form(e, &m->forms[f], i);
	if (m->permutation.flow && i >= m->permutation.first &&
	    i - m->permutation.first < m->permutation.n * m->permutation.n)
		add_block(e, &m->permutation, i);
	e->n_terms = 0;
	for (uint32_t j = i + 1; j < m->n; j++) {
		if (e->sum[j] == 0)
			continue;
		e->own_col[e->n_terms] = j;
		e->own_coef[e->n_terms++] = e->sum[j];
		e->sum[j] = 0;
	}
	e->col = e->own_col;
	e->coef = e->own_coef;
}

taut_status taut_expansion_refuse_forms(const taut_model *m, taut_error *err)
{
	for (uint32_t f = 0; f < m->n_forms; f++)
		if (m->forms[f].kind == TAUT_FORM_ABS && (m->forms[f].weight < 0) != m->maximise)
			return taut_fail(err, TAUT_EUSAGE,
			                 "%s: |a x - b| counts against the objective's sense",
			                 m->name);
	return TAUT_OK;
}
