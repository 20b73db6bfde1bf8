/*
 * Collects terms and makes the sorted form. Couplings are kept as triplets; a full array is sorted
 * and merged before it grows, so memory stays within a small factor of the result. Squares of many
 * columns over few variables are accumulated in a dense triangle instead: 30 rows over 500
 * variables are 3.7e6 products, but only 1.2e5 couplings.
 */
#include "qubo/qubo.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

enum {
	DENSE_VARIABLES = 4096, /* a triangle of 4096 variables takes 64 MiB */
	DENSE_SHARE = 8,        /* squares with more than 1/8 of all columns go there */
	MERGE_FROM = 1 << 20,   /* triplets before merging pays */
	LOOK_EVERY = 1 << 20    /* products between looks at ctx */
};

typedef struct {
	uint32_t i, j; /* i < j */
	int64_t  value;
} triplet;

struct taut_qubo_builder {
	const taut_ctx    *ctx;  /* or NULL */
	uint64_t           work; /* products since the last look at it */
	bool               stopped;
	uint32_t           n;
	int32_t            fraction_bits;
	int64_t            offset;
	int64_t           *linear; /* [n] */
	triplet           *pairs;
	size_t             n_pairs, capacity;
	int64_t           *dense; /* [n (n - 1) / 2] or NULL: couplings of squares, row by row */
	int64_t            dense_bound; /* no cell of dense exceeds it in magnitude */
	const taut_matrix *matrix;      /* couplings given all at once, or NULL */
	int64_t            matrix_factor;
	taut_terms         terms; /* kept as they are; arrays grow with the capacities below */
	size_t             term_capacity, first_capacity, limit_capacity;
	size_t             n_entries, entry_capacity, coef_capacity;
};

static taut_status overflow(taut_error *err)
{
	return taut_fail(err, TAUT_EINPUT, "a coefficient of the quadratic form exceeds 64 bits");
}

taut_status taut_qubo_builder_new(taut_qubo_builder **out, uint32_t n, int32_t fraction_bits,
                                  taut_error *err)
{
	taut_qubo_builder *b = taut_alloc(1, sizeof *b, err);

	*out = NULL;
	if (!b)
		return TAUT_ENOMEM;
	b->n = n;
	b->fraction_bits = fraction_bits;
	b->linear = taut_alloc(n, sizeof *b->linear, err);
	if (!b->linear) {
		taut_qubo_builder_free(b);
		return TAUT_ENOMEM;
	}
	*out = b;
	return TAUT_OK;
}

void taut_qubo_builder_free(taut_qubo_builder *builder)
{
	if (!builder)
		return;
	taut_free(builder->linear);
	taut_free(builder->pairs);
	taut_free(builder->dense);
	taut_matrix_release(builder->matrix);
	taut_free(builder->terms.first);
	taut_free(builder->terms.col);
	taut_free(builder->terms.coef);
	taut_free(builder->terms.weight);
	taut_free(builder->terms.limit);
	taut_free(builder);
}

void taut_qubo_builder_watch(taut_qubo_builder *b, const taut_ctx *ctx)
{
	b->ctx = ctx;
	b->stopped = ctx && taut_ctx_stopped(ctx);
}

/* Counts work; true once ctx has stopped it. */
static bool is_stopped(taut_qubo_builder *b, size_t work)
{
	b->work += work;
	if (b->work >= LOOK_EVERY && !b->stopped) {
		b->work = 0;
		b->stopped = b->ctx && taut_ctx_stopped(b->ctx);
	}
	return b->stopped;
}

/* Stable counting sort of from by i or by j, into to. first: [n + 1] scratch. */
static void sort_by(triplet *to, const triplet *from, size_t count, bool by_j, size_t *first,
                    uint32_t n)
{
	memset(first, 0, ((size_t)n + 1) * sizeof *first);
	for (size_t k = 0; k < count; k++)
		first[(by_j ? from[k].j : from[k].i) + 1]++;
	for (uint32_t i = 0; i < n; i++)
		first[i + 1] += first[i];
	for (size_t k = 0; k < count; k++)
		to[first[by_j ? from[k].j : from[k].i]++] = from[k];
}

static bool is_sorted(const taut_qubo_builder *b)
{
	for (size_t k = 1; k < b->n_pairs; k++) {
		const triplet *p = &b->pairs[k - 1];
		const triplet *q = &b->pairs[k];

		if (q->i < p->i || (q->i == p->i && q->j <= p->j))
			return false;
	}
	return true;
}

/* Sorts the triplets by (i, j), adds up repeats and drops zeros. Sorting by the lesser key first
 * and stably by the greater one needs no comparisons. */
static taut_status sort_and_merge(taut_qubo_builder *b, taut_error *err)
{
	taut_status st = TAUT_OK;
	triplet    *other = NULL;
	size_t     *first = NULL;
	size_t      kept = 0;

	if (is_sorted(b)) /* as an objective's own couplings come; none of them is 0 */
		return TAUT_OK;
	other = taut_alloc(b->n_pairs, sizeof *other, err);
	first = taut_alloc((size_t)b->n + 1, sizeof *first, err);
	if (!other || !first) {
		st = TAUT_ENOMEM;
		goto done;
	}
	sort_by(other, b->pairs, b->n_pairs, true, first, b->n);
	sort_by(b->pairs, other, b->n_pairs, false, first, b->n);
	for (size_t k = 0; k < b->n_pairs;) {
		triplet sum = b->pairs[k++];

		for (; k < b->n_pairs && b->pairs[k].i == sum.i && b->pairs[k].j == sum.j; k++)
			if (!taut_add64(&sum.value, sum.value, b->pairs[k].value)) {
				st = overflow(err);
				goto done;
			}
		if (sum.value)
			b->pairs[kept++] = sum;
	}
	b->n_pairs = kept;
done:
	taut_free(other);
	taut_free(first);
	return st;
}

static taut_status push(taut_qubo_builder *b, uint32_t i, uint32_t j, int64_t value,
                        taut_error *err)
{
	assert(i != j && i < b->n && j < b->n);
	if (b->n_pairs == b->capacity) {
		triplet *grown;

		if (b->n_pairs >= MERGE_FROM) {
			taut_status st = sort_and_merge(b, err);

			if (st != TAUT_OK)
				return st;
		}
		if (b->n_pairs >= b->capacity / 2) {
			grown = taut_grow(b->pairs, &b->capacity, b->capacity + 1, sizeof *grown,
			                  err);
			if (!grown)
				return TAUT_ENOMEM;
			b->pairs = grown;
		}
	}
	b->pairs[b->n_pairs++] = (triplet){i < j ? i : j, i < j ? j : i, value};
	return TAUT_OK;
}

taut_status taut_qubo_add_offset(taut_qubo_builder *b, int64_t value, taut_error *err)
{
	return taut_add64(&b->offset, b->offset, value) ? TAUT_OK : overflow(err);
}

taut_status taut_qubo_add_pair(taut_qubo_builder *b, uint32_t i, uint32_t j, int64_t value,
                               taut_error *err)
{
	assert(i < b->n && j < b->n);
	if (i == j)
		return taut_add64(&b->linear[i], b->linear[i], value) ? TAUT_OK : overflow(err);
	if (is_stopped(b, 1))
		return TAUT_OK;
	return value ? push(b, i, j, value, err) : TAUT_OK;
}

void taut_qubo_set_dense(taut_qubo_builder *b, const taut_matrix *matrix, int64_t factor)
{
	assert(matrix->n == b->n && !b->matrix);
	b->matrix = taut_matrix_share(matrix);
	b->matrix_factor = factor;
}

/* Cell (i, j) of the triangle is dense[triangle_row(n, i) + j - i - 1], i < j. */
static size_t triangle_row(size_t n, size_t i)
{
	return i * (n - 1) - (i ? i * (i - 1) / 2 : 0);
}

/* Whether the square goes to the triangle: enough of few variables, columns ascending, and no cell
 * can overflow, so that the loop needs no checks. Raises dense_bound when it does. */
static bool takes_dense(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                        const int64_t *coef, size_t count)
{
	int64_t peak = 0;
	int64_t bound;

	if (b->n > DENSE_VARIABLES || count < 2 || count < b->n / DENSE_SHARE)
		return false;
	for (size_t k = 0; k < count; k++) {
		int64_t size;

		if ((k && col[k] <= col[k - 1]) || !taut_abs64(&size, coef[k]))
			return false;
		peak = size > peak ? size : peak;
	}
	if (!taut_abs64(&bound, weight) || !taut_mul64(&bound, bound, peak) || !taut_mul64(&bound, bound, peak) ||
	    !taut_add64(&bound, bound, b->dense_bound))
		return false;
	b->dense_bound = bound;
	return true;
}

static taut_status products_dense(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                                  const int64_t *coef, size_t count, taut_error *err)
{
	const size_t n = b->n;

	if (!b->dense)
		b->dense = taut_alloc(n * (n - 1) / 2, sizeof *b->dense, err);
	if (!b->dense)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < count && !is_stopped(b, count - k); k++) {
		int64_t      *cell = b->dense + triangle_row(n, col[k]);
		const int64_t factor = weight * coef[k];
		const size_t  skip = (size_t)col[k] + 1;

		for (size_t l = k + 1; l < count; l++)
			cell[col[l] - skip] += factor * coef[l];
	}
	return TAUT_OK;
}

static taut_status products_sparse(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                                   const int64_t *coef, size_t count, taut_error *err)
{
	for (size_t k = 0; k < count && !is_stopped(b, count - k); k++) {
		int64_t factor;

		if (!taut_mul64(&factor, weight, coef[k]))
			return overflow(err);
		for (size_t l = k + 1; l < count; l++) {
			int64_t     value;
			taut_status st;

			if (!taut_mul64(&value, factor, coef[l]))
				return overflow(err);
			st = taut_qubo_add_pair(b, col[k], col[l], value, err);
			if (st != TAUT_OK)
				return st;
		}
	}
	return TAUT_OK;
}

taut_status taut_qubo_add_products(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                                   const int64_t *coef, size_t count, taut_error *err)
{
	return takes_dense(b, weight, col, coef, count)
	               ? products_dense(b, weight, col, coef, count, err)
	               : products_sparse(b, weight, col, coef, count, err);
}

/* Constant and linear terms of a square; *products: the weight of its couplings. */
static taut_status add_diagonal(int64_t *products, taut_qubo_builder *b, int64_t weight,
                                const uint32_t *col, const int64_t *coef, size_t count,
                                int64_t target, taut_error *err)
{
	int64_t constant;

	if (!taut_mul64(products, weight, 2) || !taut_mul64(&constant, weight, target) ||
	    !taut_muladd64(&b->offset, constant, target) || !taut_mul64(&constant, constant, -2))
		return overflow(err);
	for (size_t k = 0; k < count; k++) { /* x^2 = x: the diagonal is linear */
		int64_t square;

		assert(col[k] < b->n);
		if (!taut_mul64(&square, weight, coef[k]) ||
		    !taut_muladd64(&b->linear[col[k]], square, coef[k]) ||
		    !taut_muladd64(&b->linear[col[k]], constant, coef[k]))
			return overflow(err);
	}
	return TAUT_OK;
}

taut_status taut_qubo_add_square(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                                 const int64_t *coef, size_t count, int64_t target, taut_error *err)
{
	int64_t     products;
	taut_status st = add_diagonal(&products, b, weight, col, coef, count, target, err);

	return st == TAUT_OK ? taut_qubo_add_products(b, products, col, coef, count, err) : st;
}

/* Grows one array of the terms. */
static taut_status reserve(void **array, size_t *capacity, size_t need, size_t size,
                           taut_error *err)
{
	void *grown = taut_grow(*array, capacity, need, size, err);

	if (!grown)
		return TAUT_ENOMEM;
	*array = grown;
	return TAUT_OK;
}

static taut_status reserve_term(taut_qubo_builder *b, size_t count, taut_error *err)
{
	taut_terms  *t = &b->terms;
	const size_t entries = b->n_entries + count;
	const size_t terms = (size_t)t->count + 1;
	taut_status  st = reserve((void **)&t->first, &b->first_capacity, terms + 1,
	                          sizeof *t->first, err);

	if (st == TAUT_OK)
		st = reserve((void **)&t->weight, &b->term_capacity, terms, sizeof *t->weight, err);
	if (st == TAUT_OK)
		st = reserve((void **)&t->limit, &b->limit_capacity, terms, sizeof *t->limit, err);
	if (st == TAUT_OK)
		st = reserve((void **)&t->col, &b->entry_capacity, entries, sizeof *t->col, err);
	if (st == TAUT_OK)
		st = reserve((void **)&t->coef, &b->coef_capacity, entries, sizeof *t->coef, err);
	return st;
}

static taut_status add_term(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                            const int64_t *coef, size_t count, int64_t limit, taut_error *err)
{
	taut_terms *t = &b->terms;
	taut_status st = reserve_term(b, count, err);

	if (st != TAUT_OK)
		return st;
	for (size_t k = 0; k < count; k++) {
		assert(col[k] < b->n && (k == 0 || col[k] > col[k - 1]));
		if (coef[k] < INT32_MIN || coef[k] > INT32_MAX)
			return taut_fail(err, TAUT_ELIMIT,
			                 "a row's coefficient %" PRId64
			                 " does not fit 32 bits, which activities are kept in",
			                 coef[k]);
		if (!coef[k])
			continue;
		t->col[b->n_entries] = col[k];
		t->coef[b->n_entries++] = (int32_t)coef[k];
	}
	t->weight[t->count] = weight;
	t->limit[t->count++] = limit;
	t->first[t->count] = b->n_entries;
	return TAUT_OK;
}

taut_status taut_qubo_keep_square(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                                  const int64_t *coef, size_t count, int64_t target,
                                  taut_error *err)
{
	int64_t     products;
	taut_status st = add_diagonal(&products, b, weight, col, coef, count, target, err);

	if (st != TAUT_OK || !products || count < 2)
		return st;
	return add_term(b, products, col, coef, count, TAUT_TERM_SQUARE, err);
}

taut_status taut_qubo_add_excess(taut_qubo_builder *b, int64_t weight, const uint32_t *col,
                                 const int64_t *coef, size_t count, int64_t limit, taut_error *err)
{
	const int64_t top = INT64_C(1) << TAUT_ACTIVITY_BITS;
	taut_status   st = TAUT_OK;
	int64_t       lo;
	int64_t       hi;

	assert(weight > 0);
	if (limit < -top || limit > top)
		return taut_fail(err, TAUT_ELIMIT, "a row's limit %" PRId64 " exceeds %d bits",
		                 limit, TAUT_ACTIVITY_BITS);
	st = add_term(b, weight, col, coef, count, limit, err);
	if (st != TAUT_OK)
		return st;
	if (!taut_term_range(&lo, &hi, &b->terms, b->terms.count - 1))
		return taut_fail(err, TAUT_ELIMIT, "a row's activity may exceed %d bits",
		                 TAUT_ACTIVITY_BITS);
	return limit >= 0 || taut_muladd64(&b->offset, weight, -limit) ? TAUT_OK : overflow(err);
}

/* Adds the triplets to the triangle and takes them all back sorted. */
static taut_status take_dense(taut_qubo_builder *b, taut_error *err)
{
	const size_t n = b->n;
	size_t       count = 0;
	triplet     *all;

	for (size_t k = 0; k < b->n_pairs; k++) {
		const triplet *p = &b->pairs[k];
		int64_t       *cell = &b->dense[triangle_row(n, p->i) + p->j - p->i - 1];

		if (!taut_add64(cell, *cell, p->value))
			return overflow(err);
	}
	for (size_t e = 0; e < n * (n - 1) / 2; e++)
		count += b->dense[e] != 0;
	all = taut_grow(b->pairs, &b->capacity, count, sizeof *all, err);
	if (!all)
		return TAUT_ENOMEM;
	b->pairs = all;
	b->n_pairs = 0;
	for (uint32_t i = 0; i + 1 < b->n; i++) {
		const int64_t *cell = b->dense + triangle_row(n, i);

		for (uint32_t j = i + 1; j < b->n; j++)
			if (cell[j - i - 1])
				all[b->n_pairs++] = (triplet){i, j, cell[j - i - 1]};
	}
	taut_free(b->dense);
	b->dense = NULL;
	return TAUT_OK;
}

/* Both directions of every sorted triplet. In order of (i, j), variable r first meets its smaller
 * neighbours, ascending, and then its greater ones: the rows come out sorted. */
static taut_status fill_rows(taut_qubo *q, const taut_qubo_builder *b, taut_error *err)
{
	taut_status st = TAUT_OK;
	size_t     *next = taut_alloc(b->n, sizeof *next, err);

	q->row = taut_alloc((size_t)b->n + 1, sizeof *q->row, err);
	q->col = taut_alloc(2 * b->n_pairs, sizeof *q->col, err);
	q->coef = taut_alloc(2 * b->n_pairs, sizeof *q->coef, err);
	if (!next || !q->row || !q->col || !q->coef) {
		st = TAUT_ENOMEM;
		goto done;
	}
	for (size_t k = 0; k < b->n_pairs; k++) {
		q->row[b->pairs[k].i + 1]++;
		q->row[b->pairs[k].j + 1]++;
	}
	for (uint32_t i = 0; i < b->n; i++) {
		next[i] = q->row[i];
		q->row[i + 1] += q->row[i];
	}
	for (size_t k = 0; k < b->n_pairs; k++) {
		const triplet *p = &b->pairs[k];

		q->col[next[p->i]] = p->j;
		q->coef[next[p->i]++] = p->value;
		q->col[next[p->j]] = p->i;
		q->coef[next[p->j]++] = p->value;
	}
done:
	taut_free(next);
	return st;
}

taut_status taut_qubo_builder_finish(taut_qubo **out, taut_qubo_builder *b, taut_error *err)
{
	taut_status st = TAUT_OK;
	taut_qubo  *q;

	*out = NULL;
	if (is_stopped(b, LOOK_EVERY))
		return TAUT_OK;
	q = taut_alloc(1, sizeof *q, err);
	assert(!b->matrix || (!b->dense && b->n_pairs == 0 && b->terms.count == 0));
	if (!q)
		return TAUT_ENOMEM;
	st = b->dense ? take_dense(b, err) : sort_and_merge(b, err);
	if (st != TAUT_OK || is_stopped(b, LOOK_EVERY))
		goto done;
	st = fill_rows(q, b, err);
	if (st == TAUT_OK && b->terms.count)
		st = taut_terms_dup(&q->terms, &b->terms, err);
	if (st != TAUT_OK)
		goto done;
	q->n = b->n;
	q->fraction_bits = b->fraction_bits;
	q->offset = b->offset;
	q->linear = b->linear;
	b->linear = NULL;
	q->dense = b->matrix;
	q->dense_factor = b->matrix_factor;
	b->matrix = NULL;
	taut_free(b->pairs);
	b->pairs = NULL;
	b->n_pairs = b->capacity = 0;
	b->terms.count = 0;
	b->n_entries = 0;
	b->n = 0;
	b->offset = 0;
	*out = q;
	q = NULL;
done:
	taut_qubo_free(q);
	return st;
}
