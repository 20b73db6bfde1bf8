#include "answer/flips.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "model/evaluate.h"

static taut_status build_form_columns(taut_flips *f, taut_error *err)
{
	const taut_model *m = f->m;
	size_t            entries = 0;

	for (uint32_t k = 0; k < m->n_forms; k++)
		entries += m->forms[k].count;
	f->form_first = taut_alloc((size_t)m->n + 2, sizeof *f->form_first, err);
	f->form_at = taut_alloc(entries, sizeof *f->form_at, err);
	f->form_coef = taut_alloc(entries, sizeof *f->form_coef, err);
	if (!f->form_first || !f->form_at || !f->form_coef)
		return TAUT_ENOMEM;
	/* counts stand two places up, so that filling moves each start to where it belongs */
	for (uint32_t k = 0; k < m->n_forms; k++)
		for (size_t e = m->forms[k].first; e < m->forms[k].first + m->forms[k].count; e++)
			f->form_first[m->form_col[e] + 2]++;
	for (uint32_t i = 0; i < m->n; i++)
		f->form_first[i + 2] += f->form_first[i + 1];
	for (uint32_t k = 0; k < m->n_forms; k++) {
		for (size_t e = m->forms[k].first; e < m->forms[k].first + m->forms[k].count; e++) {
			const size_t at = f->form_first[m->form_col[e] + 1]++;
			f->form_at[at] = k;
			f->form_coef[at] = m->form_coef[e];
		}
	}
	return TAUT_OK;
}

taut_status taut_flips_init(taut_flips *f, const taut_model *m, taut_error *err)
{
	taut_status st = TAUT_ENOMEM;

	*f = (taut_flips){.m = m, .sign = m->maximise ? -1 : 1};
	f->field = taut_alloc(m->n, sizeof *f->field, err);
	f->activity = taut_alloc(m->n_rows, sizeof *f->activity, err);
	f->blocked = taut_alloc(m->n, sizeof *f->blocked, err);
	f->residual = taut_alloc(m->n_forms, sizeof *f->residual, err);
	f->dense = m->dense ? taut_alloc(m->n, sizeof *f->dense, err) : NULL;
	if (f->field && f->activity && f->blocked && f->residual && (f->dense || !m->dense))
		st = build_form_columns(f, err);
	if (st != TAUT_OK)
		taut_flips_fini(f);
	return st;
}

void taut_flips_fini(taut_flips *f)
{
	taut_free(f->field);
	taut_free(f->dense);
	taut_free(f->activity);
	taut_free(f->blocked);
	taut_free(f->residual);
	taut_free(f->form_first);
	taut_free(f->form_at);
	taut_free(f->form_coef);
	*f = (taut_flips){0};
}

/* Fields from the ones, and the plain part of the objective from the fields: over the ones i,
 * field_i less linear_i counts each pair twice. */
static int64_t set_fields(taut_flips *f)
{
	const taut_model *m = f->m;
	int64_t           linear = 0;
	int64_t           pairs = 0;

	if (f->dense)
		taut_matrix_add_ones(f->dense, m->dense, f->x);
	for (uint32_t i = 0; i < m->n; i++) {
		int64_t sum = 0;

		for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++)
			sum += m->quad_coef[e] & -(int64_t)(f->x[m->quad_col[e]] != 0);
		f->field[i] = m->linear[i] + sum;
		if (f->dense)
			sum = m->dense_factor * f->dense[i];
		if (f->x[i]) {
			linear += m->linear[i];
			pairs += sum;
		}
	}
	return linear + pairs / 2;
}

void taut_flips_set(taut_flips *f, uint8_t *x)
{
	const taut_model *m = f->m;

	f->x = x;
	f->violations = 0;
	for (uint32_t i = 0; i < m->n; i++)
		f->blocked[i] = 0;
	if (f->dense)
		memset(f->dense, 0, m->n * sizeof *f->dense);
	f->objective = f->sign * (m->offset + set_fields(f) + taut_model_factors(m, x));
	/* by the ones: an annealed answer of a packing problem has few */
	for (uint32_t i = 0; i < m->n; i++) {
		if (!x[i])
			continue;
		for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++) {
			f->blocked[m->conflict_col[e]]++;
			f->violations += x[m->conflict_col[e]] && m->conflict_col[e] > i;
		}
	}
	for (uint32_t k = 0; k < m->n_rows; k++) {
		f->activity[k] = taut_row_activity(m, k, x);
		f->violations += taut_row_violation(m, k, f->activity[k]) > 0;
	}
	for (uint32_t k = 0; k < m->n_forms; k++)
		f->residual[k] = taut_form_residual(m, k, x);
}

static int64_t form_change(const taut_form *form, int64_t residual, int64_t step)
{
	const int64_t after = residual + step;

	switch (form->kind) {
	case TAUT_FORM_SQUARE:
		return form->weight * (after * after - residual * residual);
	case TAUT_FORM_ABS:
		break;
	}
	return form->weight *
	       ((after < 0 ? -after : after) - (residual < 0 ? -residual : residual));
}

/* Flow x distance: sum over the other ones of F_ab D_lk + F_ba D_kl, and the variable with itself.
 */
static int64_t block_change(const taut_permutation *block, const uint8_t *x, uint32_t i,
                            int64_t step)
{
	const size_t  n = block->n;
	const size_t  a = (i - block->first) / n;
	const size_t  l = (i - block->first) % n;
	const int64_t own = block->flow[a * n + a] * block->distance[l * n + l];
	int64_t       sum = own;

	for (size_t b = 0; b < n; b++) {
		const uint8_t *row = x + block->first + b * n;
		for (size_t k = 0; k < n; k++)
			if (row[k] && (b != a || k != l))
				sum += block->flow[a * n + b] * block->distance[l * n + k] +
				       block->flow[b * n + a] * block->distance[k * n + l];
	}
	return step * sum;
}

int64_t taut_flips_change(const taut_flips *f, uint32_t i)
{
	const taut_model *m = f->m;
	const int64_t     step = f->x[i] ? -1 : 1;
	int64_t           change = step * f->field[i];

	if (f->dense)
		change += step * m->dense_factor * f->dense[i];
	for (size_t e = f->form_first[i]; e < f->form_first[i + 1]; e++)
		change += form_change(&m->forms[f->form_at[e]], f->residual[f->form_at[e]],
		                      step * f->form_coef[e]);
	if (m->permutation.flow && i >= m->permutation.first &&
	    i - m->permutation.first < (size_t)m->permutation.n * m->permutation.n)
		change += block_change(&m->permutation, f->x, i, step);
	return f->sign * change;
}

void taut_flips_flip(taut_flips *f, uint32_t i)
{
	const taut_model *m = f->m;
	const int64_t     step = f->x[i] ? -1 : 1;

	f->objective += taut_flips_change(f, i);
	for (size_t e = f->form_first[i]; e < f->form_first[i + 1]; e++)
		f->residual[f->form_at[e]] += step * f->form_coef[e];
	for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++)
		f->field[m->quad_col[e]] += step * m->quad_coef[e];
	if (f->dense)
		taut_matrix_add_row(f->dense, m->dense, i, step < 0);
	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++) {
		const uint32_t k = m->column_row[e];
		f->violations -= taut_row_violation(m, k, f->activity[k]) > 0;
		f->activity[k] += step * m->column_coef[e];
		f->violations += taut_row_violation(m, k, f->activity[k]) > 0;
	}
	for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++) {
		if (step > 0)
			f->blocked[m->conflict_col[e]]++;
		else
			f->blocked[m->conflict_col[e]]--;
	}
	f->x[i] ^= 1u;
	if (f->x[i])
		f->violations += f->blocked[i];
	else
		f->violations -= f->blocked[i];
}

bool taut_flips_keeps(const taut_flips *f, uint32_t i)
{
	const taut_model *m = f->m;
	const int64_t     step = f->x[i] ? -1 : 1;

	if (step > 0 && f->blocked[i] > 0)
		return false;
	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++) {
		const uint32_t k = m->column_row[e];
		const int64_t  after = f->activity[k] + step * m->column_coef[e];
		if (taut_row_violation(m, k, after) > taut_row_violation(m, k, f->activity[k]))
			return false;
	}
	return true;
}
