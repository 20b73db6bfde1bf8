#include "bound/relaxation.h"

#include <assert.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

enum { BITS_MAX = 40 }; /* prices are rounded to 2^-40 where 64 bits allow it */

void taut_relaxation_fini(taut_relaxation *r)
{
	taut_clp_free(r->lp);
	taut_free(r->gain);
	taut_free(r->most);
	taut_free(r->first);
	taut_free(r->lo);
	taut_free(r->hi);
	taut_free(r->col);
	taut_free(r->coef);
	taut_free(r->price);
	taut_free(r->d);
	taut_free(r->x);
	taut_free(r->row_price);
	taut_free(r->reduced);
	*r = (taut_relaxation){0};
}

/* *array of elements of `size` bytes holds at least `need`; false with ENOMEM. */
static bool grow(void *array, size_t *capacity, size_t need, size_t size, taut_error *err)
{
	void *old, *larger;

	memcpy(&old, array, sizeof old);
	larger = taut_grow(old, capacity, need, size, err);
	if (!larger)
		return false;
	memcpy(array, &larger, sizeof larger);
	return true;
}

taut_status taut_relaxation_add_column(taut_relaxation *r, int64_t gain, taut_error *err)
{
	assert(!r->lp);
	if (!grow(&r->gain, &r->gain_capacity, (size_t)r->n + 1, sizeof *r->gain, err) ||
	    !grow(&r->most, &r->most_capacity, (size_t)r->n + 1, sizeof *r->most, err))
		return TAUT_ENOMEM;
	r->gain[r->n] = gain;
	r->most[r->n] = 1;
	r->n++;
	return TAUT_OK;
}

taut_status taut_relaxation_add_row(taut_relaxation *r, const uint32_t *col, const int64_t *coef,
                                    size_t count, int64_t lo, int64_t hi, taut_error *err)
{
	const size_t at = r->n_rows > 0 ? r->first[r->n_rows] : 0;

	if (!grow(&r->first, &r->first_capacity, r->n_rows + 2, sizeof *r->first, err) ||
	    !grow(&r->lo, &r->lo_capacity, r->n_rows + 1, sizeof *r->lo, err) ||
	    !grow(&r->hi, &r->hi_capacity, r->n_rows + 1, sizeof *r->hi, err) ||
	    !grow(&r->col, &r->col_capacity, at + count + 1, sizeof *r->col, err) ||
	    !grow(&r->coef, &r->coef_capacity, at + count + 1, sizeof *r->coef, err))
		return TAUT_ENOMEM;
	memcpy(r->col + at, col, count * sizeof *col);
	memcpy(r->coef + at, coef, count * sizeof *coef);
	r->lo[r->n_rows] = lo;
	r->hi[r->n_rows] = hi;
	r->n_rows++;
	r->first[r->n_rows] = at + count;
	return TAUT_OK;
}

/* Entries of a row whose least activity, with one of them at 1, exceeds the limit. */
static void limit_columns(taut_relaxation *r, const taut_row *row)
{
	const taut_model *m = r->m;
	int64_t           least = 0;

	if (row->hi == TAUT_NO_LIMIT_HI)
		return;
	for (size_t e = row->first; e < row->first + row->count; e++)
		least +=
			m->row_coef[e] < 0 ? m->row_coef[e] : 0; /* the model proves that it fits */
	for (size_t e = row->first; e < row->first + row->count; e++)
		if (m->row_coef[e] > 0 && least + m->row_coef[e] > row->hi)
			r->most[m->row_col[e]] = 0;
}

taut_status taut_relaxation_init(taut_relaxation *out, const taut_model *model, taut_error *err)
{
	taut_status st = TAUT_OK;

	*out = (taut_relaxation){.m = model};
	out->row_price = taut_alloc(model->n_rows, sizeof *out->row_price, err);
	out->reduced = taut_alloc(model->n, sizeof *out->reduced, err);
	if (!out->row_price || !out->reduced)
		return TAUT_ENOMEM;
	for (uint32_t j = 0; j < model->n && st == TAUT_OK; j++)
		st = taut_relaxation_add_column(
			out, model->maximise ? model->linear[j] : -model->linear[j], err);
	for (uint32_t k = 0; k < model->n_rows && st == TAUT_OK; k++) {
		const taut_row *row = &model->rows[k];

		st = taut_relaxation_add_row(out, model->row_col + row->first,
		                             model->row_coef + row->first, row->count, row->lo,
		                             row->hi, err);
		limit_columns(out, row);
	}
	return st;
}

/* --- the solver's side --- */

static taut_status make_program(taut_relaxation *r, taut_error *err)
{
	double     *lo = taut_alloc(r->n, sizeof *lo, err);
	double     *hi = taut_alloc(r->n, sizeof *hi, err);
	double     *cost = taut_alloc(r->n, sizeof *cost, err);
	taut_status st = TAUT_ENOMEM;

	if (!lo || !hi || !cost)
		goto done;
	for (uint32_t j = 0; j < r->n; j++) {
		hi[j] = r->most[j];
		cost[j] = -(double)r->gain[j];
	}
	st = taut_clp_new(&r->lp, r->n, lo, hi, cost, err);
done:
	taut_free(lo);
	taut_free(hi);
	taut_free(cost);
	return st;
}

/* The rows that the program lacks. */
static taut_status load_rows(taut_relaxation *r, taut_error *err)
{
	const size_t count = r->n_rows - r->loaded;
	const size_t from = r->n_rows > 0 ? r->first[r->loaded] : 0;
	const size_t entries = r->n_rows > 0 ? r->first[r->n_rows] - from : 0;
	double      *lower = NULL, *upper = NULL, *entry = NULL;
	int         *first = NULL, *column = NULL;
	taut_status  st = TAUT_ENOMEM;

	if (count == 0)
		return TAUT_OK;
	if (entries > INT_MAX)
		return taut_fail(err, TAUT_ELIMIT, "%zu entries exceed CLP's 2^31", entries);
	lower = taut_alloc(count, sizeof *lower, err);
	upper = taut_alloc(count, sizeof *upper, err);
	first = taut_alloc(count + 1, sizeof *first, err);
	column = taut_alloc(entries, sizeof *column, err);
	entry = taut_alloc(entries, sizeof *entry, err);
	if (!lower || !upper || !first || !column || !entry)
		goto done;
	for (size_t k = 0; k < count; k++) {
		const size_t row = r->loaded + k;

		lower[k] = r->lo[row] == TAUT_NO_LIMIT_LO ? -DBL_MAX : (double)r->lo[row];
		upper[k] = r->hi[row] == TAUT_NO_LIMIT_HI ? DBL_MAX : (double)r->hi[row];
		first[k + 1] = (int)(r->first[row + 1] - from);
	}
	for (size_t e = 0; e < entries; e++) {
		column[e] = (int)r->col[from + e];
		entry[e] = (double)r->coef[from + e];
	}
	st = taut_clp_add_rows(r->lp, count, lower, upper, first, column, entry, err);
	if (st == TAUT_OK)
		r->loaded = r->n_rows;
done:
	taut_free(lower);
	taut_free(upper);
	taut_free(first);
	taut_free(column);
	taut_free(entry);
	return st;
}

/* --- the certificate --- */

/* y_k of a price; 0 where the row has no limit on its side, or the price is no number. */
static double usable(const taut_relaxation *r, size_t k, double price)
{
	const double y = -price; /* the program minimises -gain */

	if (!isfinite(y) || (y > 0 && r->hi[k] == TAUT_NO_LIMIT_HI) ||
	    (y < 0 && r->lo[k] == TAUT_NO_LIMIT_LO))
		return 0;
	return y;
}

/* price and d at y rounded to 2^-bits, and U; false on overflow. */
static bool exact(int64_t *reach, taut_relaxation *r, const double *price, int bits)
{
	int64_t sum = 0;

	for (uint32_t j = 0; j < r->n; j++)
		if (!taut_mul64(&r->d[j], r->gain[j], INT64_C(1) << bits))
			return false;
	for (size_t k = 0; k < r->n_rows; k++) {
		const double y = floor(ldexp(usable(r, k, price[k]), bits) + 0.5);

		if (!(fabs(y) < 0x1p62))
			return false;
		r->price[k] = (int64_t)y;
		if (r->price[k] == 0)
			continue;
		if (!taut_muladd64(&sum, r->price[k], y > 0 ? r->hi[k] : r->lo[k]))
			return false;
		for (size_t e = r->first[k]; e < r->first[k + 1]; e++)
			if (!taut_muladd64(&r->d[r->col[e]], -r->price[k], r->coef[e]))
				return false;
	}
	for (uint32_t j = 0; j < r->n; j++)
		if (r->d[j] == INT64_MIN ||
		    (r->d[j] > 0 && r->most[j] && !taut_add64(&sum, sum, r->d[j])))
			return false;
	*reach = sum;
	return true;
}

/* Bits that leave room for sums of this size. */
static int first_bits(const taut_relaxation *r, const double *price)
{
	double size = 1;
	int    exponent;

	for (uint32_t j = 0; j < r->n; j++)
		size += fabs((double)r->gain[j]);
	for (size_t k = 0; k < r->n_rows; k++) {
		const double y = usable(r, k, price[k]);

		size += y > 0 ? fabs(y * (double)r->hi[k]) : y < 0 ? fabs(y * (double)r->lo[k]) : 0;
	}
	(void)frexp(size, &exponent);
	return exponent > 61 ? 0 : exponent < 61 - BITS_MAX ? BITS_MAX : 61 - exponent;
}

/* Keeps the certificate of the prices where it is the best. */
static void certify(taut_relaxation *r, const double *price)
{
	const taut_model *m = r->m;

	for (int bits = first_bits(r, price); bits >= 0; bits--) {
		int64_t reach;

		if (!exact(&reach, r, price, bits))
			continue;
		if (r->known && ldexp((double)reach, -bits) >= ldexp((double)r->reach, -r->bits))
			return;
		r->known = true;
		r->bits = bits;
		r->reach = reach;
		memcpy(r->row_price, r->price, m->n_rows * sizeof *r->price);
		for (uint32_t j = 0; j < m->n;
		     j++) /* limited to 0: a gain is not counted, so nothing is lost */
			r->reduced[j] = r->most[j] || r->d[j] < 0 ? r->d[j] : 0;
		return;
	}
}

taut_status taut_relaxation_solve(const double **x, bool *solved, taut_relaxation *r, int steps,
                                  const taut_ctx *ctx, taut_error *err)
{
	taut_status st = r->lp ? TAUT_OK : make_program(r, err);

	*solved = false;
	*x = NULL;
	if (st == TAUT_OK)
		st = load_rows(r, err);
	if (st != TAUT_OK)
		return st;
	if (!grow(&r->price, &r->price_capacity, r->n_rows + 1, sizeof *r->price, err) ||
	    !grow(&r->d, &r->d_capacity, (size_t)r->n + 1, sizeof *r->d, err) ||
	    !grow(&r->x, &r->x_capacity, (size_t)r->n + 1, sizeof *r->x, err))
		return TAUT_ENOMEM;
	*solved = taut_clp_solve(r->lp, steps, ctx);
	memcpy(r->x, taut_clp_x(r->lp), r->n * sizeof *r->x);
	*x = r->x;
	certify(r, taut_clp_price(r->lp));
	return TAUT_OK;
}

taut_status taut_relaxation_drop(taut_relaxation *r, size_t keep, taut_error *err)
{
	int   *which;
	size_t n_which = 0, to = keep, at = r->first[keep];

	assert(r->loaded == r->n_rows && keep <= r->n_rows && r->n_rows < INT_MAX);
	which = taut_alloc(r->n_rows - keep, sizeof *which, err);
	if (!which)
		return TAUT_ENOMEM;
	for (size_t k = keep; k < r->n_rows; k++) {
		const size_t from = r->first[k];
		const size_t count = r->first[k + 1] - from;

		if (r->price[k] == 0) {
			which[n_which++] = (int)k;
			continue;
		}
		memmove(r->col + at, r->col + from, count * sizeof *r->col);
		memmove(r->coef + at, r->coef + from, count * sizeof *r->coef);
		r->lo[to] = r->lo[k];
		r->hi[to] = r->hi[k];
		r->price[to] = r->price[k];
		r->first[to] = at; /* <= first[k]: what is read next is still there */
		at += count;
		to++;
	}
	r->first[to] = at;
	r->n_rows = r->loaded = to;
	taut_clp_delete_rows(r->lp, n_which, which);
	taut_free(which);
	return TAUT_OK;
}

/* --- the bound --- */

/* Gains stay below 2^62 (the model proves it), so their divisor fits. */
static int64_t common_divisor(const taut_relaxation *r)
{
	uint64_t divisor = 0;

	for (uint32_t j = 0; j < r->n; j++)
		divisor = taut_gcd(divisor, r->gain[j]);
	return divisor > 0 ? (int64_t)divisor : 1;
}

taut_status taut_relaxation_bound(taut_bound *out, const taut_relaxation *r, int64_t constant,
                                  const char *kind, taut_error *err)
{
	const taut_model *m = r->m;
	const int64_t     divisor = common_divisor(r);
	const int64_t     offset = m->maximise ? m->offset : -m->offset;
	int64_t           value = r->reach >> r->bits; /* floor */
	int64_t           rest = value % divisor;
	int64_t           scaled;

	*out = (taut_bound){0};
	rest += rest < 0 ? divisor : 0;
	if (!r->known || !taut_sub64(&value, value, rest) ||
	    !taut_add64(&constant, constant, offset) || !taut_add64(&value, value, constant) ||
	    value == INT64_MIN)
		return TAUT_OK;
	if (taut_mul64(&scaled, constant, INT64_C(1) << r->bits) &&
	    taut_add64(&scaled, scaled, r->reach)) {
		out->reduced = taut_copy(r->reduced, m->n, sizeof *r->reduced, err);
		if (!out->reduced)
			return TAUT_ENOMEM;
		out->reach = scaled;
		out->bits = r->bits;
	}
	out->known = true;
	out->kind = kind;
	out->value = m->maximise ? value : -value;
	return TAUT_OK;
}
