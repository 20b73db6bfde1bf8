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

taut_status taut_qubo_energy(int64_t *out, const taut_qubo *qubo, const uint8_t *x, taut_error *err)
{
	int64_t sum = qubo->offset;

	assert(out && x);
	if (!(qubo->permutation_n ? add_permutation(&sum, qubo, x) : add_couplings(&sum, qubo, x)))
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

taut_status taut_qubo_expand(taut_qubo **out, const taut_qubo *dense, taut_error *err)
{
	const size_t count = count_dense(dense->dense);
	taut_status  st = TAUT_ENOMEM;
	int64_t      product;
	taut_qubo   *q;

	*out = NULL;
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
