/*
 * From a formulation's 64-bit integers to the machine's. First the greatest common divisor is taken
 * out, which is lossless. Where the largest change of a move (taut_problem_change_bound) still
 * reaches 2^30, low bits are dropped, to the nearest, and the largest error that this can make is
 * reported. Square terms are kept only where neither form loses anything, so that the form does not
 * change the device's numbers.
 */
#include "qubo/scale.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "qubo/wide.h"

enum { POSITIONS_MAX = 65535 }; /* positions are 16-bit in hls/abi/machine.h */

static taut_status scale_couplings(taut_problem *p, taut_scale *scale, const taut_qubo *q,
                                   taut_error *err)
{
	const size_t entries = q->row[q->n];
	uint64_t     divisor = taut_wide_common_divisor(0, q->linear, q->n);
	taut_wide    linear, coef;
	int32_t      over;
	double       top;
	taut_status  st = taut_scale_copy_structure(p, q, err);

	if (st != TAUT_OK)
		return st;
	divisor = taut_wide_common_divisor(divisor, q->coef, entries);
	divisor += divisor == 0;
	linear = (taut_wide){q->linear, q->n, divisor, 0};
	coef = (taut_wide){q->coef, entries, divisor, 0};
	taut_wide_fit_word(&linear);
	taut_wide_fit_word(&coef);
	linear.shift = coef.shift = linear.shift > coef.shift ? linear.shift : coef.shift;
	do { /* rounding up may leave the limit just exceeded: at most a few times round */
		taut_wide_narrow(p->linear, &linear);
		taut_wide_narrow(p->coef, &coef);
		over = taut_scale_bits_over(taut_problem_change_bound(p));
		linear.shift = coef.shift = coef.shift + over;
	} while (over);
	scale->divisor = (int64_t)divisor;
	scale->shift = coef.shift;
	scale->rounding_error =
		taut_wide_error_sum(&top, &linear) + taut_wide_error_sum(&top, &coef) / 2;
	taut_scale_note_range(scale, p->linear, p->n);
	taut_scale_note_range(scale, p->coef, entries);
	return TAUT_OK;
}

/* Shares the dense couplings; *whole is false where they cannot stay as they are: the common
 * divisor is not the factor's alone, or bits must be dropped. */
static taut_status scale_dense(bool *whole, taut_problem *p, taut_scale *scale, const taut_qubo *q,
                               taut_error *err)
{
	const taut_matrix_sizes sizes = taut_matrix_measure(q->dense);
	const int64_t own = taut_magnitude(q->dense_factor) <= INT32_MAX ? sizes.divisor : 0;
	const int64_t step = q->dense_factor * own; /* of the couplings */
	taut_wide     linear = {q->linear, q->n, 1, 0};

	linear.divisor =
		taut_wide_common_divisor(taut_wide_common_divisor(0, &step, 1), q->linear, q->n);
	*whole = step != 0 && taut_magnitude(q->dense_factor) % linear.divisor == 0 &&
	         taut_wide_largest(&linear) < (uint64_t)TAUT_CHANGE_LIMIT;
	if (!*whole)
		return TAUT_OK;
	p->n = q->n;
	p->linear = taut_alloc_aligned(q->n, sizeof *p->linear, err);
	if (!p->linear)
		return TAUT_ENOMEM;
	taut_wide_narrow(p->linear, &linear);
	p->dense = taut_matrix_share(q->dense);
	p->dense_factor = (int32_t)(q->dense_factor / (int64_t)linear.divisor);
	*whole = taut_problem_change_bound(p) < TAUT_CHANGE_LIMIT;
	scale->divisor = (int64_t)linear.divisor;
	taut_scale_note_range(scale, p->linear, p->n);
	taut_scale_note_range(scale, &(int32_t){(int32_t)sizes.least * p->dense_factor}, 1);
	taut_scale_note_range(scale, &(int32_t){(int32_t)sizes.largest * p->dense_factor}, 1);
	return TAUT_OK;
}

static double sum_magnitude(const taut_wide *w)
{
	double sum = 0;

	for (size_t k = 0; k < w->count; k++)
		sum += (double)(taut_magnitude(w->v[k]) / w->divisor);
	return sum;
}

/* Largest sum of |e_ab d_{p(a)p(b)}| that the two inequalities of Hoelder give. */
static double product_error(const taut_wide *e, double sum_d, double top_d)
{
	double       top_e;
	const double sum_e = taut_wide_error_sum(&top_e, e);

	return fmin(sum_e * top_d, top_e * sum_d);
}

/* F D - F' D' = (F - F') D + F' (D - D') with F', D' the rounded matrices. */
static double permutation_error(const taut_wide *f, const taut_wide *d)
{
	const taut_wide exact_d = {d->v, d->count, d->divisor, 0};
	const double    sum_f = sum_magnitude(f);
	double          top_e;
	const double    rounded_sum_f = sum_f + taut_wide_error_sum(&top_e, f);
	const double    rounded_top_f = ldexp((double)taut_wide_largest(f), f->shift);

	return product_error(f, sum_magnitude(&exact_d), (double)taut_wide_largest(&exact_d)) +
	       product_error(d, rounded_sum_f, rounded_top_f);
}

/* Range of the products, which are the couplings. */
static void note_products(taut_scale *scale, const taut_problem *p, size_t cells)
{
	taut_scale f = {0};
	taut_scale d = {0};

	taut_scale_note_range(&f, p->flow, cells);
	taut_scale_note_range(&d, p->distance, cells);
	scale->coefficient_min = f.coefficient_min * d.coefficient_min;
	scale->coefficient_max = f.coefficient_max * d.coefficient_max;
}

static taut_status scale_permutation(taut_problem *p, taut_scale *scale, const taut_qubo *q,
                                     taut_error *err)
{
	const size_t cells = (size_t)q->permutation_n * q->permutation_n;
	taut_wide    f = {q->flow, cells, taut_wide_common_divisor(0, q->flow, cells), 0};
	taut_wide    d = {q->distance, cells, taut_wide_common_divisor(0, q->distance, cells), 0};
	int32_t      over;

	if (q->permutation_n > POSITIONS_MAX)
		return taut_fail(err, TAUT_ELIMIT,
		                 "a permutation of %" PRIu32 " positions; the limit is %d",
		                 q->permutation_n, POSITIONS_MAX);
	f.divisor += f.divisor == 0;
	d.divisor += d.divisor == 0;
	p->permutation_n = q->permutation_n;
	p->flow = taut_alloc_aligned(cells, sizeof *p->flow, err);
	p->distance = taut_alloc_aligned(cells, sizeof *p->distance, err);
	if (!p->flow || !p->distance)
		return TAUT_ENOMEM;
	taut_wide_fit_word(&f);
	taut_wide_fit_word(&d);
	do {
		taut_wide_narrow(p->flow, &f);
		taut_wide_narrow(p->distance, &d);
		over = taut_scale_bits_over(taut_problem_change_bound(p));
		for (int32_t k = 0; k < over; k++) /* the matrix with more bits loses one */
			(taut_wide_largest(&f) > taut_wide_largest(&d) ? &f : &d)->shift++;
	} while (over);
	/* the product of the divisors may not fit int64; it is only reported */
	scale->divisor = d.divisor > (uint64_t)INT64_MAX / f.divisor
	                         ? INT64_MAX
	                         : (int64_t)(f.divisor * d.divisor);
	scale->shift = f.shift + d.shift;
	scale->rounding_error = permutation_error(&f, &d);
	note_products(scale, p, cells);
	return TAUT_OK;
}

/* The same problem one coupling at a time. */
static taut_status scale_expanded(taut_problem **out, taut_scale *scale, const taut_qubo *whole,
                                  taut_error *err)
{
	taut_qubo  *sparse;
	taut_status st = taut_qubo_expand(&sparse, whole, err);

	if (st == TAUT_OK)
		st = taut_scale_problem(out, scale, sparse, err);
	taut_qubo_free(sparse);
	return st;
}

taut_status taut_scale_problem(taut_problem **out, taut_scale *scale, const taut_qubo *qubo,
                               taut_error *err)
{
	taut_problem *p = taut_alloc(1, sizeof *p, err);
	taut_status   st = TAUT_OK;
	bool          whole = true;

	*out = NULL;
	*scale = (taut_scale){0};
	if (!p)
		return TAUT_ENOMEM;
	if (qubo->permutation_n)
		st = scale_permutation(p, scale, qubo, err);
	else if (qubo->dense)
		st = scale_dense(&whole, p, scale, qubo, err);
	else if (taut_terms_exceed(qubo->terms))
		st = taut_scale_excesses(p, scale, qubo, err);
	else if (qubo->terms)
		st = taut_scale_squares(&whole, p, scale, qubo, err);
	else
		st = scale_couplings(p, scale, qubo, err);
	if (st == TAUT_OK && !whole) {
		st = scale_expanded(out, scale, qubo, err);
		goto done;
	}
	if (st != TAUT_OK)
		goto done;
	scale->unit = ldexp((double)scale->divisor, scale->shift - qubo->fraction_bits);
	scale->rounding_error *= ldexp((double)scale->divisor, -qubo->fraction_bits);
	*out = p;
	p = NULL;
done:
	taut_problem_free(p);
	return st;
}
