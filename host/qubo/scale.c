/*
 * From a formulation's 64-bit integers to the machine's. First the greatest common divisor is taken
 * out, which is lossless. Where the largest change of a move (taut_problem_change_bound) still
 * reaches 2^30, low bits are dropped, to the nearest, and the largest error that this can make is
 * reported.
 */
#include "qubo/scale.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/alloc.h"

static const int64_t CHANGE_LIMIT = INT64_C(1) << 30; /* hls/abi/machine.h: |D| < 2^30 */
enum { POSITIONS_MAX = 65535 };                       /* positions are 16-bit there */

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* Greatest common divisor of g and all v; 0 when all are 0. */
static uint64_t common_divisor(uint64_t g, const int64_t *v, size_t count)
{
	for (size_t k = 0; k < count && g != 1; k++) {
		uint64_t b = magnitude(v[k]);

		while (b) {
			const uint64_t r = g % b;

			g = b;
			b = r;
		}
	}
	return g;
}

/* Numbers of one scale: v / divisor, rounded to 2^shift. */
typedef struct {
	const int64_t *v; /* [count] */
	size_t         count;
	uint64_t       divisor;
	int32_t        shift;
} wide;

static uint64_t rounded(const wide *w, size_t k)
{
	const uint64_t v = magnitude(w->v[k]) / w->divisor;

	if (w->shift == 0)
		return v;
	return w->shift > 63 ? 0 : (v >> w->shift) + (v >> (w->shift - 1) & 1);
}

static uint64_t largest(const wide *w)
{
	uint64_t top = 0;

	for (size_t k = 0; k < w->count; k++)
		top = rounded(w, k) > top ? rounded(w, k) : top;
	return top;
}

/* Shifts until every number is below 2^30. */
static void fit_word(wide *w)
{
	while (largest(w) >= (uint64_t)CHANGE_LIMIT)
		w->shift++;
}

static void narrow(int32_t *out, const wide *w)
{
	for (size_t k = 0; k < w->count; k++) {
		const int32_t v = (int32_t)rounded(w, k);

		out[k] = w->v[k] < 0 ? -v : v;
	}
}

/* Sum and largest of |v / divisor - 2^shift rounded(v)|. */
static double error_sum(double *top, const wide *w)
{
	double sum = 0;

	*top = 0;
	for (size_t k = 0; w->shift && k < w->count; k++) {
		const uint64_t v = magnitude(w->v[k]) / w->divisor;
		const uint64_t back = rounded(w, k) << (w->shift & 63); /* 0 when shift > 63 */
		const double   e = (double)(v > back ? v - back : back - v);

		sum += e;
		*top = e > *top ? e : *top;
	}
	return sum;
}

/* Bits by which a change must shrink to be below the limit. */
static int32_t bits_over(int64_t bound)
{
	int32_t bits = 0;

	assert(bound >= 0);
	while (bound >> bits >= CHANGE_LIMIT)
		bits++;
	return bits;
}

static void note_range(taut_scale *scale, const int32_t *v, size_t count)
{
	for (size_t k = 0; k < count; k++) {
		const int64_t size = v[k] < 0 ? -(int64_t)v[k] : v[k];

		if (size && (!scale->coefficient_min || size < scale->coefficient_min))
			scale->coefficient_min = size;
		if (size > scale->coefficient_max)
			scale->coefficient_max = size;
	}
}

static taut_status copy_structure(taut_problem *p, const taut_qubo *q, taut_error *err)
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

static taut_status scale_couplings(taut_problem *p, taut_scale *scale, const taut_qubo *q,
                                   taut_error *err)
{
	const size_t entries = q->row[q->n];
	uint64_t     divisor = common_divisor(0, q->linear, q->n);
	wide         linear, coef;
	int32_t      over;
	double       top;
	taut_status  st = copy_structure(p, q, err);

	if (st != TAUT_OK)
		return st;
	divisor = common_divisor(divisor, q->coef, entries);
	divisor += divisor == 0;
	linear = (wide){q->linear, q->n, divisor, 0};
	coef = (wide){q->coef, entries, divisor, 0};
	fit_word(&linear);
	fit_word(&coef);
	linear.shift = coef.shift = linear.shift > coef.shift ? linear.shift : coef.shift;
	do { /* rounding up may leave the limit just exceeded: at most a few times round */
		narrow(p->linear, &linear);
		narrow(p->coef, &coef);
		over = bits_over(taut_problem_change_bound(p));
		linear.shift = coef.shift = coef.shift + over;
	} while (over);
	scale->divisor = (int64_t)divisor;
	scale->shift = coef.shift;
	scale->rounding_error = error_sum(&top, &linear) + error_sum(&top, &coef) / 2;
	note_range(scale, p->linear, p->n);
	note_range(scale, p->coef, entries);
	return TAUT_OK;
}

/* Shares the dense couplings; *whole is false where they cannot stay as they are: the common
 * divisor is not the factor's alone, or bits must be dropped. */
static taut_status scale_dense(bool *whole, taut_problem *p, taut_scale *scale, const taut_qubo *q,
                               taut_error *err)
{
	const taut_matrix_sizes sizes = taut_matrix_measure(q->dense);
	const int64_t           own = magnitude(q->dense_factor) <= INT32_MAX ? sizes.divisor : 0;
	const int64_t           step = q->dense_factor * own; /* of the couplings */
	wide                    linear = {q->linear, q->n, 1, 0};

	linear.divisor = common_divisor(common_divisor(0, &step, 1), q->linear, q->n);
	*whole = step != 0 && magnitude(q->dense_factor) % linear.divisor == 0 &&
	         largest(&linear) < (uint64_t)CHANGE_LIMIT;
	if (!*whole)
		return TAUT_OK;
	p->n = q->n;
	p->linear = taut_alloc_aligned(q->n, sizeof *p->linear, err);
	if (!p->linear)
		return TAUT_ENOMEM;
	narrow(p->linear, &linear);
	p->dense = taut_matrix_share(q->dense);
	p->dense_factor = (int32_t)(q->dense_factor / (int64_t)linear.divisor);
	*whole = taut_problem_change_bound(p) < CHANGE_LIMIT;
	scale->divisor = (int64_t)linear.divisor;
	note_range(scale, p->linear, p->n);
	note_range(scale, &(int32_t){(int32_t)sizes.least * p->dense_factor}, 1);
	note_range(scale, &(int32_t){(int32_t)sizes.largest * p->dense_factor}, 1);
	return TAUT_OK;
}

static double sum_magnitude(const wide *w)
{
	double sum = 0;

	for (size_t k = 0; k < w->count; k++)
		sum += (double)(magnitude(w->v[k]) / w->divisor);
	return sum;
}

/* Largest sum of |e_ab d_{p(a)p(b)}| that the two inequalities of Hoelder give. */
static double product_error(const wide *e, double sum_d, double top_d)
{
	double       top_e;
	const double sum_e = error_sum(&top_e, e);

	return fmin(sum_e * top_d, top_e * sum_d);
}

/* F D - F' D' = (F - F') D + F' (D - D') with F', D' the rounded matrices. */
static double permutation_error(const wide *f, const wide *d)
{
	const wide   exact_d = {d->v, d->count, d->divisor, 0};
	const double sum_f = sum_magnitude(f);
	double       top_e;
	const double rounded_sum_f = sum_f + error_sum(&top_e, f);
	const double rounded_top_f = ldexp((double)largest(f), f->shift);

	return product_error(f, sum_magnitude(&exact_d), (double)largest(&exact_d)) +
	       product_error(d, rounded_sum_f, rounded_top_f);
}

/* Range of the products, which are the couplings. */
static void note_products(taut_scale *scale, const taut_problem *p, size_t cells)
{
	taut_scale f = {0};
	taut_scale d = {0};

	note_range(&f, p->flow, cells);
	note_range(&d, p->distance, cells);
	scale->coefficient_min = f.coefficient_min * d.coefficient_min;
	scale->coefficient_max = f.coefficient_max * d.coefficient_max;
}

static taut_status scale_permutation(taut_problem *p, taut_scale *scale, const taut_qubo *q,
                                     taut_error *err)
{
	const size_t cells = (size_t)q->permutation_n * q->permutation_n;
	wide         f = {q->flow, cells, common_divisor(0, q->flow, cells), 0};
	wide         d = {q->distance, cells, common_divisor(0, q->distance, cells), 0};
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
	fit_word(&f);
	fit_word(&d);
	do {
		narrow(p->flow, &f);
		narrow(p->distance, &d);
		over = bits_over(taut_problem_change_bound(p));
		for (int32_t k = 0; k < over; k++) /* the matrix with more bits loses one */
			(largest(&f) > largest(&d) ? &f : &d)->shift++;
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
static taut_status scale_expanded(taut_problem **out, taut_scale *scale, const taut_qubo *dense,
                                  taut_error *err)
{
	taut_qubo  *sparse;
	taut_status st = taut_qubo_expand(&sparse, dense, err);

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
