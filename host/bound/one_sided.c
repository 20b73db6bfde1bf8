#include "bound/one_sided.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

bool taut_one_sided_applies(const taut_model *model)
{
	return !taut_model_is_coupled(model) && model->n_forms == 0 && model->n_conflicts == 0 &&
	       !model->permutation.flow && model->n > 0;
}

void taut_one_sided_fini(taut_one_sided *p)
{
	taut_free(p->c);
	taut_free(p->b);
	taut_free(p->scale);
	taut_free(p->source);
	taut_free(p->negated);
	taut_free(p->column_first);
	taut_free(p->column_row);
	taut_free(p->column_coef);
	taut_free(p->column_scaled);
	*p = (taut_one_sided){0};
}

/* c, its sums and its step. */
static bool objective(taut_one_sided *p, const taut_model *model)
{
	p->step = 0;
	for (uint32_t j = 0; j < p->n; j++) {
		int64_t size;

		if (!taut_abs64(&size, model->linear[j]) ||
		    !taut_add64(&p->absolute, p->absolute, size))
			return false;
		p->c[j] = model->maximise ? model->linear[j] : -model->linear[j];
		p->least += p->c[j] < 0 ? p->c[j] : 0;
		p->step = (int64_t)taut_gcd((uint64_t)p->step, size);
	}
	if (p->step == 0)
		p->step = 1;
	return true;
}

/* Row k of the model, as `a x <= hi` or `-a x <= -lo`. False where b and the activities may
 * overflow together. */
static bool add_row(taut_one_sided *p, const taut_model *model, uint32_t k, bool negated)
{
	const taut_row *row = &model->rows[k];
	const uint32_t  at = p->m++;
	int64_t         reach;

	p->source[at] = k;
	p->negated[at] = negated;
	if (!taut_abs64(&reach, negated ? row->lo : row->hi))
		return false;
	p->b[at] = negated ? -row->lo : row->hi;
	p->scale[at] = reach > 0 ? (double)reach : 1.0;
	for (size_t e = row->first; e < row->first + row->count; e++) {
		int64_t size;

		if (!taut_abs64(&size, model->row_coef[e]) || !taut_add64(&reach, reach, size))
			return false;
		if (p->scale[at] < (double)size)
			p->scale[at] = (double)size;
	}
	return true;
}

/* The entries by variable. above[k], below[k]: the row made of limit hi, lo of the model's row k,
 * or none. */
static void columns(taut_one_sided *p, const taut_model *model, const uint32_t *above,
                    const uint32_t *below)
{
	size_t at = 0;

	for (uint32_t j = 0; j < p->n; j++) {
		p->column_first[j] = at;
		for (size_t e = model->column_first[j]; e < model->column_first[j + 1]; e++) {
			const uint32_t k = model->column_row[e];

			for (int side = 0; side < 2; side++) {
				const uint32_t row = side ? below[k] : above[k];

				if (row == UINT32_MAX)
					continue;
				p->column_row[at] = row;
				p->column_coef[at] =
					side ? -model->column_coef[e] : model->column_coef[e];
				p->column_scaled[at] = (double)p->column_coef[at] / p->scale[row];
				at++;
			}
		}
	}
	p->column_first[p->n] = at;
}

static taut_status allocate(taut_one_sided *p, const taut_model *model, taut_error *err)
{
	const size_t m = (size_t)2 * model->n_rows;
	const size_t entries = 2 * model->column_first[model->n];

	p->c = taut_alloc(p->n, sizeof *p->c, err);
	p->b = taut_alloc(m, sizeof *p->b, err);
	p->scale = taut_alloc(m, sizeof *p->scale, err);
	p->source = taut_alloc(m, sizeof *p->source, err);
	p->negated = taut_alloc(m, sizeof *p->negated, err);
	p->column_first = taut_alloc((size_t)p->n + 1, sizeof *p->column_first, err);
	p->column_row = taut_alloc(entries, sizeof *p->column_row, err);
	p->column_coef = taut_alloc(entries, sizeof *p->column_coef, err);
	p->column_scaled = taut_alloc(entries, sizeof *p->column_scaled, err);
	return p->c && p->b && p->scale && p->source && p->negated && p->column_first &&
	                       p->column_row && p->column_coef && p->column_scaled
	               ? TAUT_OK
	               : TAUT_ENOMEM;
}

taut_status taut_one_sided_init(taut_one_sided *out, const taut_model *model, taut_error *err)
{
	uint32_t   *above = taut_alloc(model->n_rows, sizeof *above, err);
	uint32_t   *below = taut_alloc(model->n_rows, sizeof *below, err);
	taut_status st = TAUT_ENOMEM;
	bool        fits;

	assert(taut_one_sided_applies(model));
	*out = (taut_one_sided){.n = model->n};
	if (!above || !below)
		goto done;
	st = allocate(out, model, err);
	if (st != TAUT_OK)
		goto done;
	fits = objective(out, model);
	for (uint32_t k = 0; k < model->n_rows && fits; k++) {
		above[k] = below[k] = UINT32_MAX;
		if (model->rows[k].hi != TAUT_NO_LIMIT_HI) {
			above[k] = out->m;
			fits = add_row(out, model, k, false);
		}
		if (fits && model->rows[k].lo != TAUT_NO_LIMIT_LO) {
			below[k] = out->m;
			fits = add_row(out, model, k, true);
		}
	}
	if (fits)
		columns(out, model, above, below);
	else
		st = taut_fail(err, TAUT_ELIMIT, "%s: numbers too large for an exact search",
		               model->name);
done:
	taut_free(above);
	taut_free(below);
	return st;
}
