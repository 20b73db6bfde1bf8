#include "bound/cover_cuts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

enum { VALUE_MAX = 2047 };           /* larger cuts are given up */
static const double INTEGRAL = 1e-6; /* a literal so near to 0 or 1 counts as that */
static const double VIOLATED =
	1e-3; /* of the cut's right side at least, in units of the smallest w */

typedef struct {
	uint32_t j;
	bool     negated;
	int64_t  a;
	int64_t  w;
	double   y; /* value of the literal */
} literal;

struct taut_cover_cuts {
	literal  *item;  /* [n] those that may be 1: a <= b */
	literal **order; /* [n] as they are lifted */
	uint32_t  n;
	int64_t   b;
	int64_t  *table; /* [VALUE_MAX + 1] A */
	int64_t   top;   /* sum of the w so far: A is infinite above */
	uint32_t *col;   /* [n] */
	int64_t  *coef;  /* [n] */
	uint64_t *work;
};

void taut_cover_cuts_free(taut_cover_cuts *c)
{
	if (!c)
		return;
	taut_free(c->item);
	taut_free(c->order);
	taut_free(c->table);
	taut_free(c->col);
	taut_free(c->coef);
	taut_free(c);
}

taut_status taut_cover_cuts_new(taut_cover_cuts **out, const taut_relaxation *r, taut_error *err)
{
	const uint32_t   n = r->m->n;
	taut_cover_cuts *c = taut_alloc(1, sizeof *c, err);

	*out = NULL;
	if (!c)
		return TAUT_ENOMEM;
	c->item = taut_alloc(n, sizeof *c->item, err);
	c->order = taut_alloc(n, sizeof(literal *), err);
	c->table = taut_alloc(VALUE_MAX + 1, sizeof *c->table, err);
	c->col = taut_alloc(n, sizeof *c->col, err);
	c->coef = taut_alloc(n, sizeof *c->coef, err);
	if (!c->item || !c->order || !c->table || !c->col || !c->coef) {
		taut_cover_cuts_free(c);
		return TAUT_ENOMEM;
	}
	*out = c;
	return TAUT_OK;
}

/* The side as a knapsack of literals; false where there is none, or numbers are too large. */
static bool side(taut_cover_cuts *c, const taut_relaxation *r, uint32_t k, bool at_lo,
                 const double *x)
{
	const taut_model *m = r->m;
	const taut_row   *row = &m->rows[k];

	if (at_lo ? row->lo == TAUT_NO_LIMIT_LO : row->hi == TAUT_NO_LIMIT_HI)
		return false;
	c->b = at_lo ? -row->lo : row->hi;
	for (size_t e = row->first; e < row->first + row->count; e++) {
		const int64_t a = at_lo ? -m->row_coef[e] : m->row_coef[e];

		if (a < 0 && !taut_sub64(&c->b, c->b, a))
			return false;
	}
	c->n = 0;
	for (size_t e = row->first; e < row->first + row->count; e++) {
		const int64_t  a = at_lo ? -m->row_coef[e] : m->row_coef[e];
		const uint32_t j = m->row_col[e];
		const int64_t  size = a < 0 ? -a : a;

		if (size <= c->b)
			c->item[c->n++] = (literal){.j = j,
			                            .negated = a < 0,
			                            .a = size,
			                            .y = a < 0 ? 1.0 - x[j] : x[j]};
	}
	return c->b >= 0 && c->b < INT64_MAX / 2;
}

/* Puts an item with its w into the table; false where it becomes too large. */
static bool put(taut_cover_cuts *c, const literal *item)
{
	const int64_t top = c->top + item->w;

	if (item->w == 0)
		return true;
	if (top > VALUE_MAX)
		return false;
	for (int64_t u = c->top + 1; u <= top; u++)
		c->table[u] = INT64_MAX / 2;
	for (int64_t u = top; u > 0; u--) {
		const int64_t before = c->table[u > item->w ? u - item->w : 0] + item->a;

		c->table[u] = before < c->table[u] ? before : c->table[u];
	}
	*c->work += (uint64_t)top;
	c->top = top;
	return true;
}

/* The most that weight `rest` reaches: v of the items put so far. rest >= 0. */
static int64_t most(const taut_cover_cuts *c, int64_t rest)
{
	int64_t lo = 0, hi = c->top + 1; /* A[lo] <= rest < A[hi] */

	while (hi - lo > 1) {
		const int64_t at = lo + (hi - lo) / 2;

		if (c->table[at] <= rest)
			lo = at;
		else
			hi = at;
	}
	return lo;
}

/* Larger y first, of equal ones the heavier, then the first. */
static int by_value(const void *a, const void *b)
{
	const literal *p = *(const literal *const *)a, *q = *(const literal *const *)b;

	if (p->y != q->y)
		return p->y > q->y ? -1 : 1;
	if (p->a != q->a)
		return p->a > q->a ? -1 : 1;
	return p->j < q->j ? -1 : p->j > q->j;
}

/* A cover of the fractional items order[from, to) in `rest`, minimal, w = 1 for it; false where
 * there is none. */
static bool choose_cover(taut_cover_cuts *c, uint32_t from, uint32_t to, int64_t rest)
{
	int64_t  sum = 0;
	uint32_t end = from;

	while (end < to && sum <= rest)
		sum += c->order[end++]->a;
	if (sum <= rest)
		return false;
	for (uint32_t q = end; q-- > from;) { /* the least y first */
		c->order[q]->w = sum - c->order[q]->a <= rest;
		sum -= c->order[q]->w ? 0 : c->order[q]->a;
	}
	return true;
}

/*
 * Lifts all items; order[0, ones) are at 1, order[ones, fractional) between, the others at 0.
 * `rest` is b less the ones that are not lifted yet.
 */
static bool lift(taut_cover_cuts *c, uint32_t ones, uint32_t fractional, int64_t rest)
{
	int64_t right;

	c->top = 0;
	c->table[0] = 0;
	for (uint32_t q = ones; q < fractional; q++)
		if (c->order[q]->w && !put(c, c->order[q]))
			return false;
	right = most(c, rest);
	for (uint32_t q = ones; q < fractional; q++) {
		literal *item = c->order[q];

		if (item->w || item->a > rest)
			continue;
		item->w = right - most(c, rest - item->a);
		if (!put(c, item))
			return false;
	}
	for (uint32_t q = 0; q < ones; q++) {
		literal *item = c->order[q];

		rest += item->a;
		item->w = most(c, rest) - right;
		right += item->w;
		if (!put(c, item))
			return false;
	}
	for (uint32_t q = ones; q < c->n; q++) {
		literal *item = c->order[q];

		if (item->w)
			continue;
		item->w = right - most(c, rest - item->a);
		if (!put(c, item))
			return false;
	}
	return true;
}

/* sum w y <= v, in terms of x, where x violates it. */
static taut_status add_cut(size_t *n_added, taut_cover_cuts *c, taut_relaxation *r, taut_error *err)
{
	const int64_t right = most(c, c->b);
	int64_t       hi = right;
	double        left = 0;
	uint32_t      count = 0;

	for (uint32_t q = 0; q < c->n; q++) {
		const literal *item = &c->item[q];

		if (item->w == 0)
			continue;
		left += (double)item->w * item->y;
		hi -= item->negated ? item->w : 0;
		c->col[count] = item->j;
		c->coef[count++] = item->negated ? -item->w : item->w;
	}
	if (left <= (double)right + VIOLATED)
		return TAUT_OK;
	++*n_added;
	return taut_relaxation_add_row(r, c->col, c->coef, count, TAUT_NO_LIMIT_LO, hi, err);
}

taut_status taut_cover_cuts_separate(size_t *n_added, taut_cover_cuts *c, taut_relaxation *r,
                                     uint32_t k, bool at_lo, const double *x, uint64_t *work,
                                     uint64_t limit, taut_error *err)
{
	uint32_t ones = 0, fractional = 0;
	int64_t  rest;

	if (*work > limit || !side(c, r, k, at_lo, x))
		return TAUT_OK;
	rest = c->b;
	for (uint32_t q = 0; q < c->n; q++) {
		c->order[q] = &c->item[q];
		fractional += c->item[q].y >= INTEGRAL;
		if (c->item[q].y <= 1.0 - INTEGRAL)
			continue;
		ones++;
		rest -= c->item[q].a;
	}
	*work += c->n;
	c->work = work;
	if (ones == fractional || rest < 0)
		return TAUT_OK;
	qsort(c->order, c->n, sizeof(literal *), by_value);
	if (!choose_cover(c, ones, fractional, rest) || !lift(c, ones, fractional, rest))
		return TAUT_OK;
	return add_cut(n_added, c, r, err);
}
