#include "qubo/wide.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/checked.h"

/* Greatest common divisor of g and all v; 0 when all are 0. */
uint64_t taut_wide_common_divisor(uint64_t g, const int64_t *v, size_t count)
{
	for (size_t k = 0; k < count && g != 1; k++)
		g = taut_gcd(g, v[k]);
	return g;
}

uint64_t taut_wide_rounded(const taut_wide *w, size_t k)
{
	const uint64_t v = taut_magnitude(w->v[k]) / w->divisor;

	if (w->shift == 0)
		return v;
	return w->shift > 63 ? 0 : (v >> w->shift) + (v >> (w->shift - 1) & 1);
}

uint64_t taut_wide_largest(const taut_wide *w)
{
	uint64_t top = 0;
	size_t   at = 0;

	for (size_t k = 0; k < w->count; k++) /* rounding keeps the order: one division for all */
		if (taut_magnitude(w->v[k]) > top) {
			top = taut_magnitude(w->v[k]);
			at = k;
		}
	return w->count ? taut_wide_rounded(w, at) : 0;
}

/* Shifts until every number is below 2^30. */
void taut_wide_fit_word(taut_wide *w)
{
	const uint64_t top = taut_wide_largest(&(taut_wide){w->v, w->count, w->divisor, 0});
	const int64_t  value = top > INT64_MAX ? INT64_MAX : (int64_t)top;
	taut_wide      largest = {&value, 1, 1, w->shift};

	while (w->count && taut_wide_rounded(&largest, 0) >= (uint64_t)TAUT_CHANGE_LIMIT)
		largest.shift++;
	w->shift = largest.shift;
}

void taut_wide_narrow(int32_t *out, const taut_wide *w)
{
	for (size_t k = 0; k < w->count; k++) {
		const int32_t v = (int32_t)taut_wide_rounded(w, k);

		out[k] = w->v[k] < 0 ? -v : v;
	}
}

/* Sum and largest of |v / divisor - 2^shift taut_wide_rounded(v)|. */
double taut_wide_error_sum(double *top, const taut_wide *w)
{
	double sum = 0;

	*top = 0;
	for (size_t k = 0; w->shift && k < w->count; k++) {
		const uint64_t v = taut_magnitude(w->v[k]) / w->divisor;
		const uint64_t back = taut_wide_rounded(w, k)
		                      << (w->shift & 63); /* 0 when shift > 63 */
		const double e = (double)(v > back ? v - back : back - v);

		sum += e;
		*top = e > *top ? e : *top;
	}
	return sum;
}

/* Bits by which a change must shrink to be below the limit. */
int32_t taut_scale_bits_over(int64_t bound)
{
	int32_t bits = 0;

	assert(bound >= 0);
	while (bound >> bits >= TAUT_CHANGE_LIMIT)
		bits++;
	return bits;
}

void taut_scale_note_range(taut_scale *scale, const int32_t *v, size_t count)
{
	for (size_t k = 0; k < count; k++) {
		const int64_t size = v[k] < 0 ? -(int64_t)v[k] : v[k];

		if (size && (!scale->coefficient_min || size < scale->coefficient_min))
			scale->coefficient_min = size;
		if (size > scale->coefficient_max)
			scale->coefficient_max = size;
	}
}

taut_status taut_scale_copy_structure(taut_problem *p, const taut_qubo *q, taut_error *err)
{
	const size_t entries = q->row[q->n];

	p->n = q->n;
	p->linear = taut_alloc_aligned(q->n, sizeof *p->linear, err);
	p->row = taut_alloc((size_t)q->n + 1, sizeof *p->row, err);
	p->col = taut_copy(q->col, entries, sizeof *p->col, err);
	p->coef = taut_alloc_aligned(entries, sizeof *p->coef, err);
	if (!p->linear || !p->row || !p->col || !p->coef)
		return TAUT_ENOMEM;
	for (size_t i = 0; i <= q->n; i++)
		p->row[i] = q->row[i];
	if (q->group) {
		p->n_groups = q->n_groups;
		p->group = taut_copy(q->group, q->n, sizeof *p->group, err);
		if (!p->group)
			return TAUT_ENOMEM;
	}
	return TAUT_OK;
}
