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
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

static const int64_t CHANGE_LIMIT = INT64_C(1) << 30; /* hls/abi/machine.h: |D| < 2^30 */
enum { POSITIONS_MAX = 65535 };                       /* positions are 16-bit there */

/* Greatest common divisor of g and all v; 0 when all are 0. */
static uint64_t common_divisor(uint64_t g, const int64_t *v, size_t count)
{
	for (size_t k = 0; k < count && g != 1; k++)
		g = taut_gcd(g, v[k]);
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
	const uint64_t v = taut_magnitude(w->v[k]) / w->divisor;

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
		const uint64_t v = taut_magnitude(w->v[k]) / w->divisor;
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

/* --- terms --- */

/* Greatest common divisor of coef_i coef_j over i < j in term r. */
static uint64_t product_divisor(const taut_terms *t, uint32_t r)
{
	uint64_t before = 0; /* of the coefficients so far */
	uint64_t g = 0;

	for (size_t e = t->first[r]; e < t->first[r + 1]; e++) {
		const int64_t c = t->coef[e];
		int64_t       product;

		if (before && taut_mul64(&product, (int64_t)before, c))
			g = common_divisor(g, &product, 1);
		before = common_divisor(before, &c, 1);
	}
	return g;
}

/* What divides all numbers of a form that keeps its terms. */
static uint64_t divisor_with_terms(const taut_qubo *q)
{
	const taut_terms *t = q->terms;
	uint64_t          g = common_divisor(0, q->linear, q->n);

	g = common_divisor(g, q->coef, q->row[q->n]);
	for (uint32_t r = 0; r < t->count; r++) {
		int64_t step = t->weight[r];

		if (taut_term_is_square(t, r) &&
		    !taut_mul64(&step, step, (int64_t)product_divisor(t, r)))
			step = 1;
		g = common_divisor(g, &step, 1);
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
	uint64_t found = common_divisor(0, q->linear, q->n);

	for (uint32_t r = 0; r < t->rows->count && found != g; r++)
		for (size_t e = t->rows->first[r] + 1; e < t->rows->first[r + 1] && found != g;
		     e++) {
			const uint32_t i = t->rows->col[e - 1];
			const uint32_t j = t->rows->col[e];
			const int64_t  whole = taut_term_coupling(t, i, j) + coupling_of(q, i, j);

			found = common_divisor(found, &whole, 1);
		}
	for (uint32_t i = 0; i < q->n && found != g; i++)
		for (size_t k = q->row[i]; k < q->row[i + 1] && found != g; k++) {
			const int64_t whole = q->coef[k] + taut_term_coupling(t, i, q->col[k]);

			found = common_divisor(found, &whole, 1);
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
		const wide   one = {&q->terms->weight[r], 1, divisor, shift};
		const size_t count = q->terms->first[r + 1] - q->terms->first[r];
		int64_t      weight = (int64_t)rounded(&one, 0);
		int64_t      lo, hi;

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
		const wide one = {&q->terms->weight[r], 1, divisor, shift};
		int64_t    lo, hi, amount;
		double     top;

		if (!taut_term_range(&lo, &hi, q->terms, r))
			continue;
		amount = hi - (taut_term_is_square(q->terms, r) ? 0 : q->terms->limit[r]);
		sum += error_sum(&top, &one) * (amount > 0 ? (double)amount : 0.0);
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
		note_range(scale, &(int32_t){(int32_t)low[0]}, 1);
		note_range(scale, &(int32_t){(int32_t)high[0]}, 1);
	}
}

/* Excesses, beside linear terms and couplings, whose bits may be dropped; squares beside them too.
 */
static taut_status scale_excesses(taut_problem *p, taut_scale *scale, const taut_qubo *q,
                                  taut_error *err)
{
	const uint64_t divisor = divisor_with_terms(q);
	wide           linear = {q->linear, q->n, divisor, 0};
	wide           coef = {q->coef, q->row[q->n], divisor, 0};
	wide           weight = {q->terms->weight, q->terms->count, divisor, 0};
	int32_t        over;
	double         top;
	taut_status    st = copy_structure(p, q, err);

	if (st != TAUT_OK)
		return st;
	fit_word(&linear);
	fit_word(&coef);
	fit_word(&weight);
	coef.shift = linear.shift > coef.shift ? linear.shift : coef.shift;
	coef.shift = weight.shift > coef.shift ? weight.shift : coef.shift;
	linear.shift = coef.shift;
	do {
		narrow(p->linear, &linear);
		narrow(p->coef, &coef);
		st = narrow_terms(p, q, divisor, coef.shift, err);
		if (st != TAUT_OK)
			return st;
		over = bits_over(taut_problem_change_bound(p));
		linear.shift = coef.shift = coef.shift + over;
		if (coef.shift > 62)
			return taut_fail(err, TAUT_ELIMIT,
			                 "a row's coefficients are too large for the machine: the "
			                 "change of a move must stay below 2^30");
	} while (over);
	scale->divisor = (int64_t)divisor;
	scale->shift = coef.shift;
	scale->rounding_error = error_sum(&top, &linear) + error_sum(&top, &coef) / 2 +
	                        term_error(q, divisor, coef.shift);
	note_range(scale, p->linear, p->n);
	note_range(scale, p->coef, q->row[q->n]);
	note_terms(scale, p->terms->rows);
	return TAUT_OK;
}

/* Keeps square terms; *whole is false where they cannot stay as they are: the divisor of the
 * couplings one by one is another or does not divide the weights, or bits must be dropped. */
static taut_status scale_squares(bool *whole, taut_problem *p, taut_scale *scale,
                                 const taut_qubo *q, taut_error *err)
{
	const uint64_t divisor = divisor_with_terms(q);
	const wide     linear = {q->linear, q->n, divisor, 0};
	const wide     coef = {q->coef, q->row[q->n], divisor, 0};
	taut_status    st;

	*whole = largest(&linear) < (uint64_t)CHANGE_LIMIT &&
	         largest(&coef) < (uint64_t)CHANGE_LIMIT;
	for (uint32_t r = 0; r < q->terms->count && *whole; r++)
		*whole = taut_magnitude(q->terms->weight[r]) % divisor == 0;
	if (!*whole)
		return TAUT_OK;
	st = copy_structure(p, q, err);
	if (st != TAUT_OK)
		return st;
	narrow(p->linear, &linear);
	narrow(p->coef, &coef);
	st = narrow_terms(p, q, divisor, 0, err);
	if (st != TAUT_OK)
		return st;
	*whole = taut_problem_change_bound(p) < CHANGE_LIMIT &&
	         is_whole_divisor(q, p->terms, divisor);
	if (!*whole)
		return TAUT_OK;
	scale->divisor = (int64_t)divisor;
	note_range(scale, p->linear, p->n);
	note_range(scale, p->coef, q->row[q->n]);
	note_terms(scale, p->terms->rows);
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
	wide          linear = {q->linear, q->n, 1, 0};

	linear.divisor = common_divisor(common_divisor(0, &step, 1), q->linear, q->n);
	*whole = step != 0 && taut_magnitude(q->dense_factor) % linear.divisor == 0 &&
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
		sum += (double)(taut_magnitude(w->v[k]) / w->divisor);
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
		st = scale_excesses(p, scale, qubo, err);
	else if (qubo->terms)
		st = scale_squares(&whole, p, scale, qubo, err);
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
