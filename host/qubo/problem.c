#include "qubo/problem.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "qubo/qubo.h"

void taut_problem_free(taut_problem *problem)
{
	if (!problem)
		return;
	taut_free(problem->linear);
	taut_free(problem->row);
	taut_free(problem->col);
	taut_free(problem->coef);
	taut_matrix_release(problem->dense);
	taut_term_table_free(problem->terms);
	taut_free(problem->group);
	taut_free(problem->flow);
	taut_free(problem->distance);
	taut_free(problem);
}

/* A copy, or NULL of NULL; *good becomes false where memory does not suffice, and nothing is copied
 * any more. */
static void *dup_array(bool *good, const void *from, size_t count, size_t size, taut_error *err)
{
	void *copy = from && *good ? taut_copy(from, count, size, err) : NULL;

	*good = *good && (copy || !from);
	return copy;
}

static bool dup_terms(taut_problem *out, const taut_problem *from, taut_error *err)
{
	taut_terms *rows;

	return !from->terms || (taut_terms_dup(&rows, from->terms->rows, err) == TAUT_OK &&
	                        taut_term_table_new(&out->terms, rows, from->n, err) == TAUT_OK);
}

taut_status taut_problem_dup(taut_problem **out, const taut_problem *problem, taut_error *err)
{
	const size_t  n = problem->n;
	const size_t  n_stored = problem->row ? problem->row[n] : 0;
	const size_t  square = (size_t)problem->permutation_n * problem->permutation_n;
	taut_problem *p = taut_copy(problem, 1, sizeof *problem, err);
	bool          good = true;

	*out = NULL;
	if (!p)
		return TAUT_ENOMEM;
	p->linear = dup_array(&good, problem->linear, n, sizeof *p->linear, err);
	p->row = dup_array(&good, problem->row, n + 1, sizeof *p->row, err);
	p->col = dup_array(&good, problem->col, n_stored, sizeof *p->col, err);
	p->coef = dup_array(&good, problem->coef, n_stored, sizeof *p->coef, err);
	p->dense = problem->dense ? taut_matrix_share(problem->dense) : NULL;
	p->group = dup_array(&good, problem->group, n, sizeof *p->group, err);
	p->flow = dup_array(&good, problem->flow, square, sizeof *p->flow, err);
	p->distance = dup_array(&good, problem->distance, square, sizeof *p->distance, err);
	p->terms = NULL;
	good = good && dup_terms(p, problem, err);
	if (good)
		*out = p;
	else
		taut_problem_free(p);
	return good ? TAUT_OK : TAUT_ENOMEM;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Least and largest value of c_i + sum_j q_ij x_j over the j outside i's own group. No overflow:
 * at most 2^32 terms of 32 bits. */
static void field_range(int64_t *lo, int64_t *hi, const taut_problem *p, uint32_t i)
{
	const uint32_t own = p->group ? p->group[i] : TAUT_QUBO_UNGROUPED;
	int64_t        sum = 0;
	int64_t        magnitude = 0;

	*lo = *hi = p->linear[i];
	if (p->dense) {
		const taut_matrix_sums row = taut_matrix_row_sums(p->dense, i);
		const int64_t          f = p->dense_factor;

		*lo += f * (f < 0 ? row.positive : row.negative);
		*hi += f * (f < 0 ? row.negative : row.positive);
		return;
	}
	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++) {
		const int64_t c = p->coef[k];

		sum += c; /* without a branch: signs are random */
		magnitude += c < 0 ? -c : c;
	}
	for (uint64_t k = p->row[i]; own != TAUT_QUBO_UNGROUPED && k < p->row[i + 1]; k++) {
		const int64_t c = p->group[p->col[k]] == own ? p->coef[k] : 0;

		sum -= c;
		magnitude -= c < 0 ? -c : c;
	}
	*lo += (sum - magnitude) / 2;
	*hi += (sum + magnitude) / 2;
	if (p->terms) { /* below 2^61, and what is there below 2^63 / 2 */
		*lo += p->terms->lo[i];
		*hi += p->terms->hi[i];
	}
}

/* A flip changes E by +-field. An exchange from j to i of one group changes it by field_i - field_j
 * (the group's other variables are 0): at most the largest field less the least. */
static int64_t flip_bound(const taut_problem *p)
{
	int64_t bound = 0;
	int64_t group_lo = INT64_MAX;
	int64_t group_hi = INT64_MIN;

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t lo;
		int64_t hi;

		field_range(&lo, &hi, p, i);
		if (p->group && p->group[i] != TAUT_QUBO_UNGROUPED) {
			group_lo = lo < group_lo ? lo : group_lo;
			group_hi = larger(hi, group_hi);
		} else {
			bound = larger(bound, larger(-lo, hi));
		}
	}
	return group_hi < group_lo ? bound : larger(bound, group_hi - group_lo);
}

static int64_t distance(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

/* What the bound on a swap needs of a matrix. */
typedef struct {
	int64_t rows;     /* largest sum over b of |m_ub - m_vb| + |m_bu - m_bv|, b not u or v */
	int64_t spread;   /* largest less least entry off the diagonal */
	int64_t diagonal; /* the same on the diagonal */
} matrix_size;

enum { PAIRS_MAX = 512 }; /* above this length a sum over rows replaces the n^3 sums over pairs */

static int64_t pair_sum(const int32_t *m, uint32_t n, uint32_t u, uint32_t v)
{
	int64_t sum = 0;

	for (size_t b = 0; b < n; b++)
		if (b != u && b != v)
			sum += distance(m[u * (size_t)n + b], m[v * (size_t)n + b]) +
			       distance(m[b * n + u], m[b * n + v]);
	return sum;
}

static matrix_size measure(const int32_t *m, uint32_t n)
{
	matrix_size size = {0, 0, 0};
	int64_t     lo = INT64_MAX, hi = INT64_MIN;
	int64_t     diagonal_lo = INT64_MAX, diagonal_hi = INT64_MIN;

	for (size_t u = 0; u < n; u++) {
		int64_t sum = 0;

		for (size_t b = 0; b < n; b++) {
			const int64_t x = m[u * n + b];

			if (b == u)
				continue;
			lo = x < lo ? x : lo;
			hi = larger(hi, x);
			sum += distance(x, 0) + distance(m[b * n + u], 0);
		}
		diagonal_lo = m[u * n + u] < diagonal_lo ? m[u * n + u] : diagonal_lo;
		diagonal_hi = larger(diagonal_hi, m[u * n + u]);
		if (n > PAIRS_MAX)
			size.rows = larger(size.rows, 2 * sum);
		else
			for (size_t v = 0; v < u; v++)
				size.rows =
					larger(size.rows, pair_sum(m, n, (uint32_t)u, (uint32_t)v));
	}
	size.spread = n > 1 ? hi - lo : 0;
	size.diagonal = n > 1 ? diagonal_hi - diagonal_lo : 0;
	return size;
}

/*
 * Exchanging the images l, m of u and v changes E by
 *   sum_{b != u,v} (F_ub - F_vb)(D_{m,p(b)} - D_{l,p(b)}) + the same with both transposed
 *   + (F_uu - F_vv)(D_mm - D_ll) + (F_uv - F_vu)(D_ml - D_lm);
 * each factor on the one side is at most a spread, and those on the other side sum up to `rows`.
 */
static int64_t swap_bound(const taut_problem *p)
{
	const matrix_size f = measure(p->flow, p->permutation_n);
	const matrix_size d = measure(p->distance, p->permutation_n);
	int64_t           sum = 0;
	int64_t           by_flow;
	int64_t           by_distance;

	if (!taut_mul64(&by_flow, f.rows, d.spread))
		by_flow = INT64_MAX;
	if (!taut_mul64(&by_distance, d.rows, f.spread))
		by_distance = INT64_MAX;
	if (!taut_add64(&sum, sum, by_flow < by_distance ? by_flow : by_distance) ||
	    !taut_muladd64(&sum, f.diagonal, d.diagonal) ||
	    !taut_muladd64(&sum, f.spread, d.spread))
		return INT64_MAX;
	return sum;
}

int64_t taut_problem_change_bound(const taut_problem *problem)
{
	return problem->permutation_n ? swap_bound(problem) : flip_bound(problem);
}
