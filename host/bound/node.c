#include "bound/node.h"

#include <math.h>
#include <string.h>

#include "base/checked.h"

enum {
	ROOT_STEPS = 300,
	NODE_STEPS = 12,
	PASSES = 3,           /* bounds of one node, while they fix something */
	CLOCK_WORK = 1 << 18, /* matrix entries between looks at the clock */
	FEW = 12              /* free variables for which `all of them` is tried */
};
static const double ROOT_THETA = 1.0;
static const double NODE_THETA = 0.7;
static const double CUT = 0.8; /* of the step where it brings nothing */
static const double DEFLECTION = 0.4;

bool taut_node_stopped(taut_node *s)
{
	if (s->work >= s->clock_at) {
		s->clock_at = s->work + CLOCK_WORK;
		s->stopped = taut_ctx_stopped(s->ctx);
	}
	return s->stopped;
}

/* --- fixing --- */

void taut_node_fix(taut_node *s, uint32_t position, uint8_t value)
{
	const taut_one_sided *p = &s->p;
	const uint32_t        j = s->order[position];

	s->order[position] = s->order[s->n_fixed];
	s->order[s->n_fixed++] = j;
	s->x[j] = value;
	s->profit += value ? p->c[j] : 0;
	for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++) {
		const int64_t a = p->column_coef[e];

		s->least[p->column_row[e]] -= a < 0 ? a : 0;
		s->rest[p->column_row[e]] -= value ? a : 0;
	}
	s->work += p->column_first[j + 1] - p->column_first[j];
}

void taut_node_release(taut_node *s, uint32_t n_fixed)
{
	const taut_one_sided *p = &s->p;

	while (s->n_fixed > n_fixed) {
		const uint32_t j = s->order[--s->n_fixed];

		s->profit -= s->x[j] ? p->c[j] : 0;
		for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++) {
			const int64_t a = p->column_coef[e];

			s->least[p->column_row[e]] += a < 0 ? a : 0;
			s->rest[p->column_row[e]] += s->x[j] ? a : 0;
		}
		s->work += p->column_first[j + 1] - p->column_first[j];
	}
}

/* Fixes what has only one feasible value; false where the node has no feasible x. */
static bool propagate(taut_node *s)
{
	const taut_one_sided *p = &s->p;
	bool                  changed = true;

	while (changed) {
		changed = false;
		for (uint32_t k = 0; k < p->m; k++)
			if (s->rest[k] < s->least[k])
				return false;
		for (uint32_t at = s->n_fixed; at < p->n; at++) {
			const uint32_t j = s->order[at];
			bool           never[2] = {false, false};

			for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++) {
				const int64_t a = p->column_coef[e];
				const int64_t spare =
					s->rest[p->column_row[e]] - s->least[p->column_row[e]];

				never[a > 0] |= (a > 0 ? a : -a) > spare;
			}
			s->work += p->column_first[j + 1] - p->column_first[j];
			if (!never[0] && !never[1])
				continue;
			taut_node_fix(s, at, never[0] ? 1 : 0);
			changed = true;
			if (never[0] && never[1])
				return false;
		}
	}
	return true;
}

/* --- answers --- */

/* Keeps the fixed variables with `inner` for the free ones, where that is feasible and better. */
static void try_inner(taut_node *s)
{
	const taut_one_sided *p = &s->p;
	int64_t               value = s->profit;

	memcpy(s->whole, s->rest, p->m * sizeof *s->whole);
	for (uint32_t at = s->n_fixed; at < p->n; at++) {
		const uint32_t j = s->order[at];

		if (!s->inner[j])
			continue;
		value += p->c[j];
		for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++)
			s->whole[p->column_row[e]] -= p->column_coef[e];
		s->work += p->column_first[j + 1] - p->column_first[j];
	}
	if (value < s->need)
		return;
	for (uint32_t k = 0; k < p->m; k++)
		if (s->whole[k] < 0)
			return;
	for (uint32_t at = 0; at < p->n; at++) {
		const uint32_t j = s->order[at];

		s->best[j] = at < s->n_fixed ? s->x[j] : s->inner[j];
	}
	s->found = s->improved = true;
	s->value = value;
	s->need = taut_node_next_value(s, value);
}

/* Every free variable at its better value, which settles the node where it is feasible. */
static void try_all(taut_node *s)
{
	for (uint32_t at = s->n_fixed; at < s->p.n; at++)
		s->inner[s->order[at]] = s->p.c[s->order[at]] > 0;
	try_inner(s);
}

/* --- bounds --- */

/* U(l) in floating point, the inner solution and its slack. */
static double evaluate(taut_node *s)
{
	const taut_one_sided *p = &s->p;
	double                value = (double)s->profit;

	for (uint32_t k = 0; k < p->m; k++) {
		s->slack[k] = (double)s->rest[k] / p->scale[k];
		value += s->l[k] * s->slack[k];
	}
	for (uint32_t at = s->n_fixed; at < p->n; at++) {
		const uint32_t j = s->order[at];
		const size_t   first = p->column_first[j];
		const size_t   end = p->column_first[j + 1];
		double         d = (double)p->c[j];

		for (size_t e = first; e < end; e++)
			d -= s->l[p->column_row[e]] * p->column_scaled[e];
		s->work += end - first;
		s->inner[j] = d > 0;
		if (d <= 0)
			continue;
		value += d;
		for (size_t e = first; e < end; e++)
			s->slack[p->column_row[e]] -= p->column_scaled[e];
	}
	return value;
}

/* One step along the deflected subgradient; false at a minimum. */
static bool move(taut_node *s, double length)
{
	const uint32_t m = s->p.m;
	double         norm = 0;

	for (uint32_t k = 0; k < m; k++) {
		s->direction[k] = s->slack[k] + DEFLECTION * s->direction[k];
		if (s->l[k] <= 0 && s->direction[k] > 0)
			s->direction[k] = 0;
		norm += s->direction[k] * s->direction[k];
	}
	if (norm <= 0)
		return false;
	for (uint32_t k = 0; k < m; k++) {
		s->l[k] -= length / norm * s->direction[k];
		if (s->l[k] < 0)
			s->l[k] = 0;
	}
	return true;
}

static bool fits(const taut_node *s)
{
	for (uint32_t k = 0; k < s->p.m; k++)
		if (s->slack[k] < -1e-9)
			return false;
	return true;
}

/* Searches for multipliers under which the node can be closed; the best stand in l. */
static void descend(taut_node *s, int steps, double theta)
{
	const size_t bytes = s->p.m * sizeof *s->l;
	double       least = INFINITY;

	memset(s->direction, 0, bytes);
	for (; steps > 0 && (least == INFINITY || !taut_node_stopped(s)); steps--) {
		const double value = evaluate(s);
		const double need = (double)s->need;

		if (fits(s))
			try_inner(s);
		if (value < least) {
			least = value;
			memcpy(s->least_l, s->l, bytes);
		} else {
			theta *= CUT;
		}
		if (least < need - 1e-6 * fabs(need) - 1e-3 ||
		    !move(s, theta * (value - need + 0.5 * (double)s->p.step)))
			break;
	}
	memcpy(s->l, s->least_l, bytes);
}

/* d and U, scaled, at l rounded; false on overflow. */
static bool exact_bound(int64_t *out, taut_node *s)
{
	const taut_one_sided *p = &s->p;
	int64_t               sum = taut_node_scaled(s, s->profit);

	for (uint32_t k = 0; k < p->m; k++) {
		const double whole = floor(ldexp(s->l[k] / p->scale[k], s->bits) + 0.5);

		if (!(whole >= 0 && whole < 0x1p62))
			return false;
		s->whole[k] = (int64_t)whole;
		if (!taut_muladd64(&sum, s->whole[k], s->rest[k]))
			return false;
	}
	for (uint32_t at = s->n_fixed; at < p->n; at++) {
		const uint32_t j = s->order[at];
		int64_t        d = taut_node_scaled(s, p->c[j]);

		for (size_t e = p->column_first[j]; e < p->column_first[j + 1]; e++)
			if (!taut_muladd64(&d, -s->whole[p->column_row[e]], p->column_coef[e]))
				return false;
		s->work += p->column_first[j + 1] - p->column_first[j];
		if (d == INT64_MIN || (d > 0 && !taut_add64(&sum, sum, d)))
			return false;
		s->d[j] = d;
	}
	*out = sum;
	return true;
}

/* Variables whose other value closes the node; true where there are any. */
static bool fix_by_cost(taut_node *s, int64_t bound)
{
	const uint32_t before = s->n_fixed;

	for (uint32_t at = before; at < s->p.n; at++) {
		const int64_t d = s->d[s->order[at]];
		const int64_t cost = d < 0 ? -d : d;
		int64_t       left;

		if (taut_sub64(&left, bound, cost) && taut_node_closed(s, left))
			taut_node_fix(s, at, d > 0);
	}
	return s->n_fixed > before;
}

bool taut_node_search(taut_node *s)
{
	s->nodes++;
	for (int pass = 0; pass < PASSES; pass++) {
		const bool root = s->depth == 0 && pass == 0;
		int64_t    bound;

		if (taut_node_closed(s, s->bound) || !propagate(s))
			return false;
		if (s->p.n - s->n_fixed <= FEW)
			try_all(s);
		if (s->n_fixed == s->p.n)
			return false;
		descend(s, root ? ROOT_STEPS : NODE_STEPS, root ? ROOT_THETA : NODE_THETA);
		if (!exact_bound(&bound, s)) {
			memset(s->d, 0, s->p.n * sizeof *s->d);
			s->own = s->bound;
			return !taut_node_closed(s, s->bound);
		}
		s->own = bound;
		if (bound < s->bound)
			s->bound = bound;
		if (taut_node_closed(s, s->bound))
			return false;
		if (!fix_by_cost(s, bound))
			break;
	}
	return propagate(s) && s->n_fixed < s->p.n;
}
