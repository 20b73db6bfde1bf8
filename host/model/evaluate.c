/* No checks against overflow here: taut_model_finish proved the range of every sum for every x. */
#include "model/evaluate.h"

#include <assert.h>
#include <string.h>

/* Permutations of up to this size are read into an array on the stack (4 kB). */
enum { SMALL_BLOCK = 1024, CHUNK = 256 };

static int64_t dot(const uint32_t *col, const int64_t *coef, size_t count, const uint8_t *x)
{
	int64_t sum = 0;

	for (size_t e = 0; e < count; e++)
		if (x[col[e]])
			sum += coef[e];
	return sum;
}

int64_t taut_row_activity(const taut_model *m, uint32_t k, const uint8_t *x)
{
	const taut_row *row = &m->rows[k];

	assert(k < m->n_rows);
	return dot(m->row_col + row->first, m->row_coef + row->first, row->count, x);
}

int64_t taut_row_violation(const taut_model *m, uint32_t k, int64_t activity)
{
	const taut_row *row = &m->rows[k];

	assert(k < m->n_rows);
	if (row->lo != TAUT_NO_LIMIT_LO && activity < row->lo)
		return row->lo - activity;
	if (row->hi != TAUT_NO_LIMIT_HI && activity > row->hi)
		return activity - row->hi;
	return 0;
}

int64_t taut_form_residual(const taut_model *m, uint32_t f, const uint8_t *x)
{
	const taut_form *form = &m->forms[f];

	assert(f < m->n_forms);
	return dot(m->form_col + form->first, m->form_coef + form->first, form->count, x) -
	       form->target;
}

/* p[a] = the one l with x[a][l] = 1; false when some a has none or several. */
static bool read_permutation(uint32_t *p, const uint8_t *x, uint32_t n)
{
	for (uint32_t a = 0; a < n; a++) {
		const uint8_t *row = x + (size_t)a * n;
		const uint8_t *one = memchr(row, 1, n);
		if (!one || memchr(one + 1, 1, (size_t)(row + n - one - 1)))
			return false;
		p[a] = (uint32_t)(one - row);
	}
	return true;
}

/* sum F_ab D_kl x_ak x_bl for any bits: by a and a slice of l, g_l = sum_k D_kl x_ak, then sum_b
 * F_ab g x_b. */
static int64_t any_block_value(const taut_permutation *block, const uint8_t *x)
{
	const size_t n = block->n;
	int64_t      sum = 0;
	int64_t      g[CHUNK];

	for (size_t a = 0; a < n; a++) {
		for (size_t first = 0; first < n; first += CHUNK) {
			const size_t width = n - first < CHUNK ? n - first : CHUNK;
			memset(g, 0, sizeof g);
			for (size_t k = 0; k < n; k++)
				if (x[a * n + k])
					for (size_t l = 0; l < width; l++)
						g[l] += block->distance[k * n + first + l];
			for (size_t b = 0; b < n; b++) {
				const int64_t flow = block->flow[a * n + b];
				int64_t       part = 0;
				if (flow == 0)
					continue;
				for (size_t l = 0; l < width; l++)
					part += g[l] * x[b * n + first + l];
				sum += flow * part;
			}
		}
	}
	return sum;
}

static int64_t block_value(const taut_permutation *block, const uint8_t *x)
{
	const size_t n = block->n;
	uint32_t     p[SMALL_BLOCK];
	int64_t      sum = 0;

	if (n > SMALL_BLOCK || !read_permutation(p, x, block->n))
		return any_block_value(block, x);
	for (size_t a = 0; a < n; a++) {
		const int64_t *flow = block->flow + a * n;
		const int64_t *distance = block->distance + p[a] * n;
		for (size_t b = 0; b < n; b++)
			sum += flow[b] * distance[p[b]];
	}
	return sum;
}

static int64_t form_value(const taut_model *m, uint32_t f, const uint8_t *x)
{
	const int64_t residual = taut_form_residual(m, f, x);
	const int64_t weight = m->forms[f].weight;

	switch (m->forms[f].kind) {
	case TAUT_FORM_SQUARE:
		return weight * (residual * residual);
	case TAUT_FORM_ABS:
		return weight * (residual < 0 ? -residual : residual);
	}
	return 0;
}

/* Quadratic terms of i with ones below it: over all ones i that gives each pair once. */
static int64_t couplings_below(const taut_model *m, uint32_t i, const uint8_t *x)
{
	int64_t sum = 0;

	if (m->dense)
		return m->dense_factor * taut_matrix_row_dot(m->dense, i, 0, x, i);
	/* without a branch on x, which is as good as random */
	for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1] && m->quad_col[e] < i; e++)
		sum += m->quad_coef[e] & -(int64_t)(x[m->quad_col[e]] != 0);
	return sum;
}

int64_t taut_model_factors(const taut_model *m, const uint8_t *x)
{
	int64_t sum = 0;

	for (uint32_t f = 0; f < m->n_forms; f++)
		sum += form_value(m, f, x);
	if (m->permutation.flow)
		sum += block_value(&m->permutation, x + m->permutation.first);
	return sum;
}

int64_t taut_model_objective(const taut_model *m, const uint8_t *x)
{
	int64_t sum = m->offset;

	assert(m->draft == NULL);
	for (uint32_t i = 0; i < m->n; i++) {
		if (x[i])
			sum += m->linear[i] + couplings_below(m, i, x);
	}
	return sum + taut_model_factors(m, x);
}

/* Conflicts of i with variables below it that are both 1. */
static size_t conflicts_below(const taut_model *m, uint32_t i, const uint8_t *x)
{
	size_t count = 0;

	if (x[i])
		for (size_t e = m->conflict_row[i];
		     e < m->conflict_row[i + 1] && m->conflict_col[e] < i; e++)
			count += x[m->conflict_col[e]] != 0;
	return count;
}

size_t taut_model_violations(const taut_model *m, const uint8_t *x)
{
	size_t count = 0;

	assert(m->draft == NULL);
	for (uint32_t k = 0; k < m->n_rows; k++)
		count += taut_row_violation(m, k, taut_row_activity(m, k, x)) > 0;
	for (uint32_t i = 0; i < m->n; i++)
		count += conflicts_below(m, i, x);
	return count;
}

bool taut_model_feasible(const taut_model *m, const uint8_t *x)
{
	assert(m->draft == NULL);
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (taut_row_violation(m, k, taut_row_activity(m, k, x)) > 0)
			return false;
	for (uint32_t i = 0; i < m->n; i++)
		if (conflicts_below(m, i, x) > 0)
			return false;
	return true;
}
