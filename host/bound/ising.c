#include "bound/ising.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/checked.h"

/* Couplings are counted where j > i; the field and the magnitude of a row take all of them. */
static bool take_row(taut_ising *s, uint32_t i)
{
	const taut_coupling_row row = taut_model_couplings(s->model, i);
	int64_t                 c, size, sum = 0, row_magnitude = 0;

	if (!taut_mul64(&c, s->sign, s->model->linear[i]) || !taut_abs64(&size, c) ||
	    !taut_muladd64(&s->constant, 2, c))
		return false;
	s->divisor = (int64_t)taut_gcd((uint64_t)s->divisor, size);
	for (size_t k = 0; k < row.count; k++) {
		const uint32_t j = taut_coupling_column(&row, k);
		int64_t        q;

		if (j == i || taut_coupling(&row, k) == 0)
			continue;
		if (!taut_mul64(&q, s->sign, taut_coupling(&row, k)) || !taut_abs64(&size, q) ||
		    !taut_add64(&sum, sum, q) || !taut_add64(&row_magnitude, row_magnitude, size))
			return false;
		if (j < i)
			continue;
		s->terms++;
		s->divisor = (int64_t)taut_gcd((uint64_t)s->divisor, size);
		if (!taut_add64(&s->constant, s->constant, q) ||
		    !taut_add64(&s->magnitude, s->magnitude, size))
			return false;
	}
	if (!taut_muladd64(&sum, 2, c) || !taut_abs64(&size, sum) ||
	    !taut_add64(&row_magnitude, row_magnitude, size) ||
	    !taut_add64(&s->magnitude, s->magnitude, size))
		return false;
	s->field[i] = sum;
	s->has_field |= sum != 0;
	s->largest = row_magnitude > s->largest ? row_magnitude : s->largest;
	return true;
}

taut_status taut_ising_init(taut_ising *out, bool *fits, const taut_model *model, taut_error *err)
{
	assert(model->structure == TAUT_STRUCTURE_FREE);
	*out = (taut_ising){.model = model, .sign = model->maximise ? -1 : 1};
	*fits = true;
	out->field = taut_alloc(model->n, sizeof *out->field, err);
	if (!out->field)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < model->n && *fits; i++)
		*fits = take_row(out, i);
	return TAUT_OK;
}

void taut_ising_fini(taut_ising *s)
{
	taut_free(s->field);
	*s = (taut_ising){0};
}

bool taut_ising_value(int64_t *out, const taut_ising *s, taut_int128 numerator, int64_t denominator)
{
	const int64_t     divisor = s->divisor ? s->divisor : 1;
	const taut_int128 unit = (taut_int128)denominator * 4 * divisor;
	taut_int128       steps = numerator / unit; /* towards 0 */
	taut_int128       value;

	if (numerator > steps * unit)
		steps++;
	value = steps * divisor;
	if (value > INT64_MAX || value < -INT64_MAX)
		return false;
	return taut_add64(out, s->sign * (int64_t)value, s->model->offset);
}
