#include "formulations/objective.h"

#include <assert.h>
#include <math.h>

#include "base/alloc.h"
#include "base/checked.h"

static taut_status overflow(taut_error *err)
{
	return taut_fail(err, TAUT_EINPUT, "the formulation's coefficients exceed 64 bits");
}

taut_status taut_fixed_point(int64_t *out, double value, int32_t bits, taut_error *err)
{
	const double v = floor(ldexp(value, bits) + 0.5);

	if (!(fabs(v) < 0x1p62))
		return overflow(err);
	*out = (int64_t)v;
	return TAUT_OK;
}

static void widen(taut_change *change, double by)
{
	if (by < 0)
		change->lo += by;
	else
		change->hi += by;
}

/* A form w (a x - b)^2: adding a_i to a residual r changes it by w a_i (2 r + a_i), linear in r. */
static void form_changes(taut_change *change, const taut_model *m, const taut_form *form,
                         double sign)
{
	const double w = sign * (double)form->weight;
	double       lo = -(double)form->target;
	double       hi = lo;

	for (size_t e = form->first; e < form->first + form->count; e++)
		*(m->form_coef[e] < 0 ? &lo : &hi) += (double)m->form_coef[e];
	for (size_t e = form->first; e < form->first + form->count; e++) {
		const double a = (double)m->form_coef[e];
		/* r is the residual with x_i = 0 */
		const double at_lo = w * a * (2 * (a < 0 ? lo - a : lo) + a);
		const double at_hi = w * a * (2 * (a > 0 ? hi - a : hi) + a);

		change[m->form_col[e]].lo += fmin(at_lo, at_hi);
		change[m->form_col[e]].hi += fmax(at_lo, at_hi);
	}
}

/* Largest |entry| and sum of |entries| of row and column a of a matrix. */
typedef struct {
	double row_sum, column_sum, row_top, column_top;
} line_size;

static line_size measure_line(const int64_t *matrix, size_t n, size_t a)
{
	line_size s = {0, 0, 0, 0};

	for (size_t b = 0; b < n; b++) {
		const double row = fabs((double)matrix[a * n + b]);
		const double column = fabs((double)matrix[b * n + a]);

		s.row_sum += row;
		s.column_sum += column;
		s.row_top = fmax(s.row_top, row);
		s.column_top = fmax(s.column_top, column);
	}
	return s;
}

static taut_status permutation_changes(taut_change *change, const taut_permutation *block,
                                       taut_error *err)
{
	const size_t n = block->n;
	line_size   *flow = taut_alloc(n, sizeof *flow, err);
	line_size   *distance = taut_alloc(n, sizeof *distance, err);
	bool         negative = false;
	taut_status  st = TAUT_OK;

	if (!flow || !distance) {
		st = TAUT_ENOMEM;
		goto done;
	}
	for (size_t a = 0; a < n; a++) {
		flow[a] = measure_line(block->flow, n, a);
		distance[a] = measure_line(block->distance, n, a);
	}
	for (size_t e = 0; e < n * n; e++)
		negative |= block->flow[e] < 0 || block->distance[e] < 0;
	for (size_t a = 0; a < n; a++)
		for (size_t l = 0; l < n; l++) {
			taut_change *c = &change[block->first + a * n + l];
			const double size = flow[a].row_sum * distance[l].row_top +
			                    flow[a].column_sum * distance[l].column_top;

			c->hi += size;
			c->lo -= negative ? size : 0;
		}
done:
	taut_free(flow);
	taut_free(distance);
	return st;
}

taut_status taut_objective_changes(taut_change **out, const taut_model *m, taut_error *err)
{
	const double sign = m->maximise ? -1.0 : 1.0;
	taut_change *change = taut_alloc(m->n, sizeof *change, err);
	taut_status  st = TAUT_OK;

	*out = NULL;
	if (!change)
		return TAUT_ENOMEM;
	if (m->permutation.n && m->permutation.flow)
		st = permutation_changes(change, &m->permutation, err);
	if (st != TAUT_OK) {
		taut_free(change);
		return st;
	}
	for (uint32_t i = 0; m->maximise && i < m->n; i++)
		change[i] = (taut_change){-change[i].hi, -change[i].lo};
	for (uint32_t i = 0; i < m->n; i++) {
		const double c = sign * (double)m->linear[i];

		change[i].lo += c;
		change[i].hi += c;
		for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++)
			widen(&change[i], sign * (double)m->quad_coef[e]);
		if (m->dense) {
			const taut_matrix_sums row = taut_matrix_row_sums(m->dense, i);

			widen(&change[i], sign * (double)(m->dense_factor * row.negative));
			widen(&change[i], sign * (double)(m->dense_factor * row.positive));
		}
	}
	for (uint32_t f = 0; f < m->n_forms; f++)
		form_changes(change, m, &m->forms[f], sign);
	*out = change;
	return TAUT_OK;
}

double taut_plan_pair(const taut_plan *plan, uint32_t u, uint32_t v)
{
	const double drop_u = fmax(0.0, -plan->change[u].lo) + 1.0;
	const double drop_v = fmax(0.0, -plan->change[v].lo) + 1.0;

	return plan->pair_fixed > 0 ? plan->pair_fixed : plan->pair_share * fmin(drop_u, drop_v);
}

/* sum |v| */
static double size_of(const int64_t *v, size_t count)
{
	double sum = 0;

	for (size_t k = 0; k < count; k++)
		sum += fabs((double)v[k]);
	return sum;
}

/* The same of all couplings, each counted once. */
static double size_of_couplings(const taut_model *m)
{
	double sum = size_of(m->quad_coef, m->quad_row[m->n]);

	for (uint32_t i = 0; m->dense && i < m->n; i++) {
		const taut_matrix_sums row = taut_matrix_row_sums(m->dense, i);

		sum += fabs((double)m->dense_factor) * (double)(row.positive - row.negative);
	}
	return sum / 2;
}

/* Calls for every product of the model; pass is 0 or an accumulator. */
typedef taut_status pair_fn(void *payload, const taut_plan *plan, uint32_t u, uint32_t v,
                            taut_error *err);

static taut_status each_pair(pair_fn *fn, void *payload, const taut_plan *plan, taut_error *err)
{
	const taut_model *m = plan->model;
	taut_status       st = TAUT_OK;

	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			if (m->conflict_col[e] > u && st == TAUT_OK)
				st = fn(payload, plan, u, m->conflict_col[e], err);
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const uint32_t *col = m->row_col + m->rows[k].first;

		if (m->rows[k].tag != TAUT_ROW_AT_MOST_ONE)
			continue;
		for (size_t i = 0; i < m->rows[k].count; i++)
			for (size_t j = i + 1; j < m->rows[k].count && st == TAUT_OK; j++)
				st = fn(payload, plan, col[i], col[j], err);
	}
	return st;
}

static taut_status sum_pair(void *payload, const taut_plan *plan, uint32_t u, uint32_t v,
                            taut_error *err)
{
	double *sum = payload;

	(void)err;
	*sum += taut_plan_pair(plan, u, v);
	return TAUT_OK;
}

double taut_objective_range(const taut_model *m)
{
	const taut_permutation *block = &m->permutation;
	const size_t            cells = (size_t)block->n * block->n;
	double                  sum = size_of(m->linear, m->n) + size_of_couplings(m);

	for (uint32_t f = 0; f < m->n_forms; f++) {
		const taut_form *form = &m->forms[f];
		const double     r = fabs((double)form->target) +
		                 size_of(m->form_coef + form->first, form->count);

		sum += fabs((double)form->weight) * r * r;
	}
	if (block->n && block->flow)
		sum += size_of(block->flow, cells) * size_of(block->distance, cells);
	return sum;
}

static double largest_of(const int64_t *v, size_t count)
{
	double top = 0;

	for (size_t k = 0; k < count; k++)
		top = fmax(top, fabs((double)v[k]));
	return top;
}

/* max |v_ij| + |v_ji|, the diagonal once */
static double largest_pair(const int64_t *v, uint32_t n)
{
	double top = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++)
			top = fmax(top, fabs((double)v[i * n + j]) +
			                        (i == j ? 0 : fabs((double)v[j * n + i])));
	return top;
}

double taut_objective_largest(const taut_model *m)
{
	const taut_permutation *block = &m->permutation;
	const size_t            cells = (size_t)block->n * block->n;
	double top = fmax(largest_of(m->linear, m->n), largest_of(m->quad_coef, m->quad_row[m->n]));

	if (!block->n || !block->flow)
		return top;
	/* of a pair f_ij d_kl + f_ji d_lk */
	return fmax(top, fmin(largest_pair(block->flow, block->n) * largest_of(block->distance, cells),
	                      largest_of(block->flow, cells) *
	                              largest_pair(block->distance, block->n)));
}

double taut_objective_magnitude(const taut_plan *plan)
{
	const taut_model *m = plan->model;
	double            sum = fabs((double)m->offset) + taut_objective_range(m);
	const taut_status st = each_pair(sum_pair, &sum, plan, NULL);

	assert(st == TAUT_OK);
	(void)st;
	return sum;
}

/* Pairs of rows of the block with any flow, times ordered pairs of columns with any distance. */
static double block_couplings(const taut_permutation *block)
{
	const size_t n = block->n;
	double       flows = 0;
	double       distances = 0;

	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b <= a; b++) {
			flows += block->flow[a * n + b] || block->flow[b * n + a];
			if (block->distance[a * n + b] || block->distance[b * n + a])
				distances += a == b ? 1 : 2;
		}
	return flows * distances;
}

double taut_objective_couplings(const taut_model *m)
{
	double sum = (double)m->quad_row[m->n] / 2 + (double)m->n_conflicts;

	for (uint32_t f = 0; f < m->n_forms; f++)
		sum += (double)m->forms[f].count * (double)m->forms[f].count / 2;
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (m->rows[k].tag == TAUT_ROW_AT_MOST_ONE)
			sum += (double)m->rows[k].count * (double)m->rows[k].count / 2;
	if (m->permutation.n && m->permutation.flow)
		sum += block_couplings(&m->permutation);
	return sum;
}

/* unit * F_ab D_lm x_al x_bm for all a, l, b, m, each unordered pair once. */
static taut_status add_block(taut_qubo_builder *b, const taut_permutation *block, int64_t unit,
                             taut_error *err)
{
	const size_t   n = block->n;
	const int64_t *f = block->flow;
	const int64_t *d = block->distance;
	taut_status    st = TAUT_OK;

	for (size_t i = 0; i < n * n; i++)
		for (size_t j = i; j < n * n && st == TAUT_OK; j++) {
			const size_t a = i / n, l = i % n, c = j / n, m = j % n;
			int64_t      value = 0;

			if (!f[a * n + c] && !f[c * n + a]) {
				j = c * n + n - 1; /* nothing flows between a and c */
				continue;
			}
			if (!taut_muladd64(&value, f[a * n + c], d[l * n + m]) ||
			    (i != j && !taut_muladd64(&value, f[c * n + a], d[m * n + l])) ||
			    !taut_mul64(&value, value, unit))
				return overflow(err);
			st = taut_qubo_add_pair(b, block->first + (uint32_t)i,
			                        block->first + (uint32_t)j, value, err);
		}
	return st;
}

static taut_status add_forms(taut_qubo_builder *b, const taut_model *m, int64_t unit,
                             taut_error *err)
{
	taut_status st = TAUT_OK;

	for (uint32_t f = 0; f < m->n_forms && st == TAUT_OK; f++) {
		const taut_form *form = &m->forms[f];
		int64_t          weight = 0;

		if (!taut_mul64(&weight, form->weight, unit))
			return overflow(err);
		st = taut_qubo_add_square(b, weight, m->form_col + form->first,
		                          m->form_coef + form->first, form->count, form->target,
		                          err);
	}
	return st;
}

typedef struct {
	taut_qubo_builder *builder;
	int32_t            bits;
} pair_sink;

static taut_status add_pair(void *payload, const taut_plan *plan, uint32_t u, uint32_t v,
                            taut_error *err)
{
	const pair_sink *sink = payload;
	int64_t          weight = 0;
	taut_status st = taut_fixed_point(&weight, taut_plan_pair(plan, u, v), sink->bits, err);

	return st == TAUT_OK ? taut_qubo_add_pair(sink->builder, u, v, weight, err) : st;
}

taut_status taut_objective_add(taut_qubo_builder *b, const taut_plan *plan, int32_t bits,
                               taut_error *err)
{
	const taut_model *m = plan->model;
	const int64_t     unit = (m->maximise ? -1 : 1) * (INT64_C(1) << bits);
	pair_sink         sink = {b, bits};
	int64_t           value;
	taut_status       st;

	if (!taut_mul64(&value, m->offset, unit))
		return overflow(err);
	st = taut_qubo_add_offset(b, value, err);
	for (uint32_t i = 0; i < m->n && st == TAUT_OK; i++) {
		if (!taut_mul64(&value, m->linear[i], unit))
			return overflow(err);
		st = taut_qubo_add_pair(b, i, i, value, err);
		for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1] && st == TAUT_OK; e++) {
			if (m->quad_col[e] < i)
				continue;
			if (!taut_mul64(&value, m->quad_coef[e], unit))
				return overflow(err);
			st = taut_qubo_add_pair(b, i, m->quad_col[e], value, err);
		}
	}
	if (st == TAUT_OK && m->dense) {
		if (!taut_mul64(&value, m->dense_factor, unit))
			return overflow(err);
		taut_qubo_set_dense(b, m->dense, value);
	}
	if (st == TAUT_OK)
		st = add_forms(b, m, unit, err);
	if (st == TAUT_OK && m->permutation.n && m->permutation.flow)
		st = add_block(b, &m->permutation, unit, err);
	return st == TAUT_OK ? each_pair(add_pair, &sink, plan, err) : st;
}

taut_status taut_objective_permutation(taut_qubo **out, const taut_model *m, taut_error *err)
{
	const size_t n = m->permutation.n;
	taut_qubo   *q = taut_alloc(1, sizeof *q, err);

	*out = NULL;
	if (!q)
		return TAUT_ENOMEM;
	q->n = m->n;
	q->permutation_n = m->permutation.n;
	q->offset = m->maximise ? -m->offset : m->offset;
	q->flow = taut_copy(m->permutation.flow, n * n, sizeof *q->flow, err);
	q->distance = taut_copy(m->permutation.distance, n * n, sizeof *q->distance, err);
	if (!q->flow || !q->distance) {
		taut_qubo_free(q);
		return TAUT_ENOMEM;
	}
	for (size_t e = 0; m->maximise && e < n * n; e++)
		q->distance[e] = -q->distance[e];
	*out = q;
	return TAUT_OK;
}
