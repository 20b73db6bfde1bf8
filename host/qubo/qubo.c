/* The exact quadratic form: release and evaluation. builder.c makes it. */
#include "qubo/qubo.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/checked.h"

enum { EXPAND_MAX = 1 << 26 }; /* dense couplings that become sparse: 1.6 GB */

void taut_qubo_free(taut_qubo *qubo)
{
	if (!qubo)
		return;
	taut_free(qubo->linear);
	taut_free(qubo->row);
	taut_free(qubo->col);
	taut_free(qubo->coef);
	taut_matrix_release(qubo->dense);
	taut_terms_free(qubo->terms);
	taut_free(qubo->group);
	taut_free(qubo->flow);
	taut_free(qubo->distance);
	taut_free(qubo);
}

/* Adds sum F_ab D_lm over all ordered pairs of ones (a,l), (b,m): any x, not permutations alone. */
static bool add_permutation(int64_t *sum, const taut_qubo *q, const uint8_t *x)
{
	const size_t n = q->permutation_n;
	bool         fits = true;

	for (size_t i = 0; fits && i < n * n; i++) {
		if (!x[i])
			continue;
		for (size_t j = 0; fits && j < n * n; j++)
			if (x[j])
				fits = taut_muladd64(sum, q->flow[i / n * n + j / n],
				                     q->distance[i % n * n + j % n]);
	}
	return fits;
}

static bool add_couplings(int64_t *sum, const taut_qubo *q, const uint8_t *x)
{
	for (uint32_t i = 0; i < q->n; i++) {
		taut_coupling_row row;

		if (!x[i])
			continue;
		if (!taut_add64(sum, *sum, q->linear[i]))
			return false;
		row = taut_qubo_couplings(q, i);
		for (size_t k = 0; k < row.count && taut_coupling_column(&row, k) < i; k++)
			if (x[taut_coupling_column(&row, k)] &&
			    !taut_add64(sum, *sum, taut_coupling(&row, k)))
				return false;
	}
	return true;
}

static bool add_terms(int64_t *sum, const taut_terms *t, const uint8_t *x)
{
	for (uint32_t r = 0; t && r < t->count; r++) {
		int64_t activity = 0;
		int64_t squares = 0;
		int64_t value;

		for (size_t e = t->first[r]; e < t->first[r + 1]; e++) {
			const int64_t c = x[t->col[e]] ? t->coef[e] : 0;

			activity += c;
			if (!taut_muladd64(&squares, c, c))
				return false;
		}
		if (!taut_term_value(&value, t, r, activity, squares) ||
		    !taut_add64(sum, *sum, value))
			return false;
	}
	return true;
}

taut_status taut_qubo_energy(int64_t *out, const taut_qubo *qubo, const uint8_t *x, taut_error *err)
{
	int64_t sum = qubo->offset;

	assert(out && x);
	if (!(qubo->permutation_n
	              ? add_permutation(&sum, qubo, x)
	              : add_couplings(&sum, qubo, x) && add_terms(&sum, qubo->terms, x)))
		return taut_fail(err, TAUT_EINPUT, "an energy exceeds 64 bits");
	*out = sum;
	return TAUT_OK;
}

/* Number of couplings. */
static size_t count_dense(const taut_matrix *dense)
{
	size_t count = 0;

	for (uint32_t i = 0; i < dense->n; i++)
		for (uint32_t j = 0; j < i; j++)
			count += taut_matrix_row(dense, i)[j] != 0;
	return count;
}

/* The couplings of a dense form into the arrays of another, which have room. */
static void fill_sparse(taut_qubo *out, const taut_qubo *dense)
{
	size_t at = 0;

	for (uint32_t i = 0; i < dense->n; i++) {
		const taut_coupling_row row = taut_qubo_couplings(dense, i);

		for (uint32_t j = 0; j < row.count; j++) {
			if (!row.entry[j])
				continue;
			out->col[at] = j;
			out->coef[at++] = taut_coupling(&row, j);
		}
		out->row[i + 1] = at;
	}
}

static taut_status expand_matrix(taut_qubo **out, const taut_qubo *dense, taut_error *err)
{
	const size_t count = count_dense(dense->dense);
	taut_status  st = TAUT_ENOMEM;
	int64_t      product;
	taut_qubo   *q;

	if (!taut_mul64(&product, dense->dense_factor, TAUT_MATRIX_ENTRY_MAX))
		return taut_fail(err, TAUT_EINPUT, "a dense coupling exceeds 64 bits");
	if (count > EXPAND_MAX)
		return taut_fail(err, TAUT_ELIMIT,
		                 "%zu dense couplings one by one; at most %zu are taken", count,
		                 (size_t)EXPAND_MAX);
	q = taut_alloc(1, sizeof *q, err);
	if (!q)
		goto done;
	q->n = dense->n;
	q->fraction_bits = dense->fraction_bits;
	q->offset = dense->offset;
	q->linear = taut_copy(dense->linear, dense->n, sizeof *q->linear, err);
	q->row = q->linear ? taut_alloc((size_t)q->n + 1, sizeof *q->row, err) : NULL;
	q->col = q->row ? taut_alloc(2 * count, sizeof *q->col, err) : NULL;
	q->coef = q->col ? taut_alloc(2 * count, sizeof *q->coef, err) : NULL;
	if (!q->coef)
		goto done;
	fill_sparse(q, dense);
	*out = q;
	q = NULL;
	st = TAUT_OK;
done:
	taut_qubo_free(q);
	return st;
}

/* Linear terms and couplings of one form into a builder. */
static taut_status copy_couplings(taut_qubo_builder *b, const taut_qubo *q, taut_error *err)
{
	taut_status st = taut_qubo_add_offset(b, q->offset, err);

	for (uint32_t i = 0; i < q->n && st == TAUT_OK; i++) {
		st = taut_qubo_add_pair(b, i, i, q->linear[i], err);
		for (size_t k = q->row[i]; k < q->row[i + 1] && st == TAUT_OK; k++)
			if (q->col[k] > i)
				st = taut_qubo_add_pair(b, i, q->col[k], q->coef[k], err);
	}
	return st;
}

static taut_status copy_squares(taut_qubo_builder *b, const taut_terms *t, taut_error *err)
{
	int64_t    *coef = taut_alloc(t->first[t->count], sizeof *coef, err);
	taut_status st = coef ? TAUT_OK : TAUT_ENOMEM;

	for (size_t e = 0; coef && e < t->first[t->count]; e++)
		coef[e] = t->coef[e];
	for (uint32_t r = 0; r < t->count && st == TAUT_OK; r++)
		st = taut_qubo_add_products(b, t->weight[r], t->col + t->first[r],
		                            coef + t->first[r], t->first[r + 1] - t->first[r], err);
	taut_free(coef);
	return st;
}

/* Couplings that the square terms stand for, before those of a pair are merged. */
static double count_products(const taut_terms *t)
{
	double count = 0;

	for (uint32_t r = 0; r < t->count; r++) {
		const double entries = (double)(t->first[r + 1] - t->first[r]);

		count += entries * (entries - 1) / 2;
	}
	return count;
}

static taut_status expand_terms(taut_qubo **out, const taut_qubo *q, taut_error *err)
{
	const double       all = 0.5 * (double)q->n * ((double)q->n - 1);
	double             count = count_products(q->terms);
	taut_qubo_builder *b = NULL;
	taut_status        st;

	assert(!q->group && !q->dense);
	if (taut_terms_exceed(q->terms))
		return taut_fail(err, TAUT_ELIMIT,
		                 "a price on what exceeds a row's limit has no couplings: method "
		                 "native runs on the cpu backend, with algorithm sa or pt");
	count = count < all ? count : all;
	if (count > TAUT_QUBO_COUPLINGS_MAX)
		return taut_fail(err, TAUT_ELIMIT,
		                 "squares of rows are about %.3g couplings one by one; the limit is "
		                 "%.3g: take --method native or auto",
		                 count, (double)TAUT_QUBO_COUPLINGS_MAX);
	st = taut_qubo_builder_new(&b, q->n, q->fraction_bits, err);
	if (st == TAUT_OK)
		st = copy_couplings(b, q, err);
	if (st == TAUT_OK)
		st = copy_squares(b, q->terms, err);
	if (st == TAUT_OK)
		st = taut_qubo_builder_finish(out, b, err);
	taut_qubo_builder_free(b);
	return st;
}

taut_status taut_qubo_expand(taut_qubo **out, const taut_qubo *qubo, taut_error *err)
{
	*out = NULL;
	return qubo->terms ? expand_terms(out, qubo, err) : expand_matrix(out, qubo, err);
}
