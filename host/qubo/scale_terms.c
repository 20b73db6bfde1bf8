/* Terms over activities: the device's weights. */
#include <string.h>

#include "base/checked.h"
#include "qubo/wide.h"

/* Greatest common divisor of coef_i coef_j over i < j in term r. */
static uint64_t product_divisor(const taut_terms *t, uint32_t r)
{
	uint64_t before = 0; /* of the coefficients so far */
	uint64_t g = 0;

	for (size_t e = t->first[r]; e < t->first[r + 1]; e++) {
		const int64_t c = t->coef[e];
		int64_t       product;

		if (before && taut_mul64(&product, (int64_t)before, c))
			g = taut_wide_common_divisor(g, &product, 1);
		before = taut_wide_common_divisor(before, &c, 1);
	}
	return g;
}

/* What divides all numbers of a form that keeps its terms. */
static uint64_t divisor_with_terms(const taut_qubo *q)
{
	const taut_terms *t = q->terms;
	uint64_t          g = taut_wide_common_divisor(0, q->linear, q->n);

	g = taut_wide_common_divisor(g, q->coef, q->row[q->n]);
	for (uint32_t r = 0; r < t->count; r++) {
		int64_t step = t->weight[r];

		if (taut_term_is_square(t, r) &&
		    !taut_mul64(&step, step, (int64_t)product_divisor(t, r)))
			step = 1;
		g = taut_wide_common_divisor(g, &step, 1);
	}
	return g + (g == 0);
}

static int64_t coupling_of(const taut_qubo *q, uint32_t i, uint32_t j)
{
	for (size_t k = q->row[i]; k < q->row[i + 1]; k++)
		if (q->col[k] == j)
			return q->coef[k];
	return 0;
}

/* True where the couplings one by one, those of different terms added up, have no larger divisor
 * than g, which divides all: then the device unit is the same in both forms. A few of them tell. */
static bool is_whole_divisor(const taut_qubo *q, const taut_term_table *t, uint64_t g)
{
	uint64_t found = taut_wide_common_divisor(0, q->linear, q->n);

	for (uint32_t r = 0; r < t->rows->count && found != g; r++)
		for (size_t e = t->rows->first[r] + 1; e < t->rows->first[r + 1] && found != g;
		     e++) {
			const uint32_t i = t->rows->col[e - 1];
			const uint32_t j = t->rows->col[e];
			const int64_t  whole = taut_term_coupling(t, i, j) + coupling_of(q, i, j);

			found = taut_wide_common_divisor(found, &whole, 1);
		}
	for (uint32_t i = 0; i < q->n && found != g; i++)
		for (size_t k = q->row[i]; k < q->row[i + 1] && found != g; k++) {
			const int64_t whole = q->coef[k] + taut_term_coupling(t, i, q->col[k]);

			found = taut_wide_common_divisor(found, &whole, 1);
		}
	return found == g;
}

/* The terms of the device: weights divided, then rounded to 2^shift, of excesses to 1 at least;
 * excesses that no state has are left out. */
static taut_status narrow_terms(taut_problem *p, const taut_qubo *q, uint64_t divisor,
                                int32_t shift, taut_error *err)
{
	taut_terms *rows;
	uint32_t    kept = 0;
	size_t      at = 0;
	taut_status st = taut_terms_dup(&rows, q->terms, err);

	taut_term_table_free(p->terms);
	p->terms = NULL;
	if (st != TAUT_OK)
		return st;
	for (uint32_t r = 0; r < rows->count; r++) {
		const taut_wide one = {&q->terms->weight[r], 1, divisor, shift};
		const size_t    count = q->terms->first[r + 1] - q->terms->first[r];
		int64_t         weight = (int64_t)taut_wide_rounded(&one, 0);
		int64_t         lo, hi;

		weight = q->terms->weight[r] < 0 ? -weight : weight;
		if (!taut_term_is_square(q->terms, r)) {
			const bool known = taut_term_range(&lo, &hi, q->terms, r);

			if (known && hi <= q->terms->limit[r])
				continue;
			weight += weight == 0;
		} else if (!weight) {
			continue;
		}
		memmove(rows->col + at, q->terms->col + q->terms->first[r],
		        count * sizeof *rows->col);
		memmove(rows->coef + at, q->terms->coef + q->terms->first[r],
		        count * sizeof *rows->coef);
		rows->weight[kept] = weight;
		rows->limit[kept++] = q->terms->limit[r];
		rows->first[kept] = at += count;
	}
	rows->count = kept;
	return taut_term_table_new(&p->terms, rows, q->n, err);
}

/* Most by which an energy differs because weights were rounded. */
static double term_error(const taut_qubo *q, uint64_t divisor, int32_t shift)
{
	double sum = 0;

	for (uint32_t r = 0; shift && r < q->terms->count; r++) {
		const taut_wide one = {&q->terms->weight[r], 1, divisor, shift};
		int64_t         lo, hi, amount;
		double          top;

		if (!taut_term_range(&lo, &hi, q->terms, r))
			continue;
		amount = hi - (taut_term_is_square(q->terms, r) ? 0 : q->terms->limit[r]);
		sum += taut_wide_error_sum(&top, &one) * (amount > 0 ? (double)amount : 0.0);
	}
	return sum;
}

/* Smallest and largest magnitude that one entry, or two in a square, give. */
static void note_terms(taut_scale *scale, const taut_terms *t)
{
	for (uint32_t r = 0; r < t->count; r++) {
		int64_t low[2] = {INT32_MAX, INT32_MAX};
		int64_t high[2] = {0, 0};
		bool    square = taut_term_is_square(t, r);
		int64_t weight = (int64_t)taut_magnitude(t->weight[r]);

		for (size_t e = t->first[r]; e < t->first[r + 1]; e++) {
			const int64_t c = (int64_t)taut_magnitude(t->coef[e]);

			if (c < low[0]) {
				low[1] = low[0];
				low[0] = c;
			} else if (c < low[1]) {
				low[1] = c;
			}
			if (c > high[0]) {
				high[1] = high[0];
				high[0] = c;
			} else if (c > high[1]) {
				high[1] = c;
			}
		}
		low[0] *= weight * (square ? low[1] : 1);
		high[0] *= weight * (square ? high[1] : 1);
		taut_scale_note_range(scale, &(int32_t){(int32_t)low[0]}, 1);
		taut_scale_note_range(scale, &(int32_t){(int32_t)high[0]}, 1);
	}
}

taut_status taut_scale_excesses(taut_problem *p, taut_scale *scale, const taut_qubo *q,
                                taut_error *err)
{
	const uint64_t divisor = divisor_with_terms(q);
	taut_wide      linear = {q->linear, q->n, divisor, 0};
	taut_wide      coef = {q->coef, q->row[q->n], divisor, 0};
	taut_wide      weight = {q->terms->weight, q->terms->count, divisor, 0};
	int32_t        over;
	double         top;
	taut_status    st = taut_scale_copy_structure(p, q, err);

	if (st != TAUT_OK)
		return st;
	taut_wide_fit_word(&linear);
	taut_wide_fit_word(&coef);
	taut_wide_fit_word(&weight);
	coef.shift = linear.shift > coef.shift ? linear.shift : coef.shift;
	coef.shift = weight.shift > coef.shift ? weight.shift : coef.shift;
	linear.shift = coef.shift;
	do {
		taut_wide_narrow(p->linear, &linear);
		taut_wide_narrow(p->coef, &coef);
		st = narrow_terms(p, q, divisor, coef.shift, err);
		if (st != TAUT_OK)
			return st;
		over = taut_scale_bits_over(taut_problem_change_bound(p));
		linear.shift = coef.shift = coef.shift + over;
		if (coef.shift > 62)
			return taut_fail(err, TAUT_ELIMIT,
			                 "a row's coefficients are too large for the machine: the "
			                 "change of a move must stay below 2^30");
	} while (over);
	scale->divisor = (int64_t)divisor;
	scale->shift = coef.shift;
	scale->rounding_error = taut_wide_error_sum(&top, &linear) +
	                        taut_wide_error_sum(&top, &coef) / 2 +
	                        term_error(q, divisor, coef.shift);
	taut_scale_note_range(scale, p->linear, p->n);
	taut_scale_note_range(scale, p->coef, q->row[q->n]);
	note_terms(scale, p->terms->rows);
	return TAUT_OK;
}

taut_status taut_scale_squares(bool *whole, taut_problem *p, taut_scale *scale, const taut_qubo *q,
                               taut_error *err)
{
	const uint64_t  divisor = divisor_with_terms(q);
	const taut_wide linear = {q->linear, q->n, divisor, 0};
	const taut_wide coef = {q->coef, q->row[q->n], divisor, 0};
	taut_status     st;

	*whole = taut_wide_largest(&linear) < (uint64_t)TAUT_CHANGE_LIMIT &&
	         taut_wide_largest(&coef) < (uint64_t)TAUT_CHANGE_LIMIT;
	for (uint32_t r = 0; r < q->terms->count && *whole; r++)
		*whole = taut_magnitude(q->terms->weight[r]) % divisor == 0;
	if (!*whole)
		return TAUT_OK;
	st = taut_scale_copy_structure(p, q, err);
	if (st != TAUT_OK)
		return st;
	taut_wide_narrow(p->linear, &linear);
	taut_wide_narrow(p->coef, &coef);
	st = narrow_terms(p, q, divisor, 0, err);
	if (st != TAUT_OK)
		return st;
	*whole = taut_problem_change_bound(p) < TAUT_CHANGE_LIMIT &&
	         is_whole_divisor(q, p->terms, divisor);
	if (!*whole)
		return TAUT_OK;
	scale->divisor = (int64_t)divisor;
	taut_scale_note_range(scale, p->linear, p->n);
	taut_scale_note_range(scale, p->coef, q->row[q->n]);
	note_terms(scale, p->terms->rows);
	return TAUT_OK;
}
