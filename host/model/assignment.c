#include "model/assignment.h"

#include "base/alloc.h"
#include "base/checked.h"

taut_status taut_assignment_init(taut_assignment *a, uint32_t n, taut_error *err)
{
	const size_t padded = (size_t)n + 1;

	*a = (taut_assignment){.n = n};
	a->cost = taut_alloc((size_t)n * n, sizeof *a->cost, err);
	a->u = taut_alloc(padded, sizeof *a->u, err);
	a->v = taut_alloc(padded, sizeof *a->v, err);
	a->least = taut_alloc(padded, sizeof *a->least, err);
	a->match = taut_alloc(padded, sizeof *a->match, err);
	a->origin = taut_alloc(padded, sizeof *a->origin, err);
	a->used = taut_alloc(padded, 1, err);
	if (a->cost && a->u && a->v && a->least && a->match && a->origin && a->used)
		return TAUT_OK;
	taut_assignment_fini(a);
	return TAUT_ENOMEM;
}

void taut_assignment_fini(taut_assignment *a)
{
	taut_free(a->cost);
	taut_free(a->u);
	taut_free(a->v);
	taut_free(a->least);
	taut_free(a->match);
	taut_free(a->origin);
	taut_free(a->used);
	*a = (taut_assignment){0};
}

int64_t taut_assignment_cost_max(uint32_t n)
{
	return (INT64_C(1) << 60) / ((int64_t)n + 1);
}

/* Adds row a + 1 to the matching along a shortest path of reduced costs; indices from 1, 0 is the
 * root. */
static void augment(taut_assignment *a, uint32_t row)
{
	const uint32_t n = a->n;
	uint32_t       j0 = 0;

	a->match[0] = row;
	for (uint32_t j = 0; j <= n; j++) {
		a->least[j] = INT64_MAX;
		a->used[j] = 0;
	}
	do {
		const uint32_t i0 = a->match[j0];
		int64_t        delta = INT64_MAX;
		uint32_t       j1 = 0;
		a->used[j0] = 1;
		for (uint32_t j = 1; j <= n; j++) {
			if (a->used[j])
				continue;
			const int64_t reduced =
				a->cost[(size_t)(i0 - 1) * n + j - 1] - a->u[i0] - a->v[j];
			if (reduced < a->least[j]) {
				a->least[j] = reduced;
				a->origin[j] = j0;
			}
			if (a->least[j] < delta) {
				delta = a->least[j];
				j1 = j;
			}
		}
		for (uint32_t j = 0; j <= n; j++) {
			if (a->used[j]) {
				a->u[a->match[j]] += delta;
				a->v[j] -= delta;
			} else {
				a->least[j] -= delta;
			}
		}
		j0 = j1;
	} while (a->match[j0] != 0);
	while (j0 != 0) {
		const uint32_t j1 = a->origin[j0];
		a->match[j0] = a->match[j1];
		j0 = j1;
	}
}

/* Where no cost is negative, all pairs obey the dual at whatever row ctx stops. */
static void solve(taut_assignment *a, const taut_ctx *ctx)
{
	for (uint32_t j = 0; j <= a->n; j++) {
		a->u[j] = a->v[j] = 0;
		a->match[j] = 0;
	}
	for (uint32_t i = 1; i <= a->n && !(ctx && taut_ctx_stopped(ctx)); i++)
		augment(a, i);
}

void taut_assignment_solve(uint32_t *p, taut_assignment *a)
{
	solve(a, NULL);
	for (uint32_t j = 1; j <= a->n; j++)
		p[a->match[j] - 1] = j - 1;
}

bool taut_assignment_proves(int64_t *value, const taut_assignment *a)
{
	const size_t n = a->n;
	int64_t      sum = 0;
	int64_t      both;

	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= n; j++)
			if (!taut_add64(&both, a->u[i], a->v[j]) ||
			    both > a->cost[(i - 1) * n + j - 1])
				return false;
	for (size_t i = 1; i <= n; i++)
		if (!taut_add64(&sum, sum, a->u[i]) || !taut_add64(&sum, sum, a->v[i]))
			return false;
	*value = sum;
	return true;
}

bool taut_assignment_bound(int64_t *value, taut_assignment *a, const taut_ctx *ctx)
{
	const size_t  cells = (size_t)a->n * a->n;
	const int64_t top = taut_assignment_cost_max(a->n);
	int64_t       largest = 0;
	int           shift = 0;

	for (size_t e = 0; e < cells; e++) {
		const int64_t size = a->cost[e] < 0 ? -a->cost[e] : a->cost[e];
		largest = size > largest ? size : largest;
	}
	while (largest >> shift >= top) /* rounding down can make a negative one larger by 1 */
		shift++;
	for (size_t e = 0; e < cells; e++)
		a->cost[e] >>= shift;
	solve(a, ctx);
	return taut_assignment_proves(value, a) && taut_mul64(value, *value, INT64_C(1) << shift);
}
