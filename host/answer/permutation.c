/*
 * Quadratic assignment. Repair: the nearest permutation. Local search: best pair exchange until
 * none helps, with the changes of all pairs kept; after an exchange a pair apart from it is updated
 * in O(1) (Taillard 1991, Parallel Computing 17). Asymmetric matrices and diagonals included.
 */
#include <assert.h>

#include "answer/rounding.h"
#include "answer/strategy.h"
#include "base/alloc.h"

typedef struct {
	const taut_model *m;
	uint32_t          n;
	int64_t           sign; /* +1 minimise */
	uint32_t         *p;    /* [n] */
	int64_t *
		change; /* [n][n], u < v: sign * change of the objective by exchanging p[u], p[v] */
	taut_assignment rounding;
} permutation;

static void permutation_close(void *state)
{
	permutation *s = state;

	if (!s)
		return;
	taut_assignment_fini(&s->rounding);
	taut_free(s->p);
	taut_free(s->change);
	taut_free(s);
}

static taut_status permutation_open(void **out, const taut_model *m, const double *multipliers,
                                    taut_error *err)
{
	taut_status  st = TAUT_ENOMEM;
	permutation *s = taut_alloc(1, sizeof *s, err);

	(void)multipliers;
	assert((size_t)m->permutation.n * m->permutation.n == m->n && m->permutation.flow);
	*out = NULL;
	if (!s)
		goto done;
	s->m = m;
	s->n = m->permutation.n;
	s->sign = m->maximise ? -1 : 1;
	s->p = taut_alloc(s->n, sizeof *s->p, err);
	s->change = taut_alloc(m->n, sizeof *s->change, err);
	if (!s->p || !s->change)
		goto done;
	st = taut_assignment_init(&s->rounding, s->n, err);
	if (st != TAUT_OK)
		goto done;
	*out = s;
	s = NULL; /* now the caller's */
done:
	permutation_close(s);
	return st;
}

static void permutation_make_feasible(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	permutation *s = state;

	(void)rng, (void)ctx;
	taut_rounding_nearest(s->p, &s->rounding, &s->m->permutation, x, s->sign);
	taut_rounding_write(x, s->p, s->n);
}

/* Change by exchanging p[r] and p[t], from scratch: O(n). */
static int64_t full_change(const permutation *s, size_t r, size_t t)
{
	const size_t   n = s->n;
	const int64_t *F = s->m->permutation.flow;
	const int64_t *D = s->m->permutation.distance;
	const size_t   pr = s->p[r];
	const size_t   pt = s->p[t];
	int64_t        sum = (F[r * n + r] - F[t * n + t]) * (D[pt * n + pt] - D[pr * n + pr]) +
	              (F[r * n + t] - F[t * n + r]) * (D[pt * n + pr] - D[pr * n + pt]);

	for (size_t k = 0; k < n; k++) {
		const size_t pk = s->p[k];
		if (k == r || k == t)
			continue;
		sum += (F[k * n + r] - F[k * n + t]) * (D[pk * n + pt] - D[pk * n + pr]) +
		       (F[r * n + k] - F[t * n + k]) * (D[pt * n + pk] - D[pr * n + pk]);
	}
	return s->sign * sum;
}

/* What the exchange of r and t, just done, adds to the change of u and v, all four distinct. */
static int64_t part_change(const permutation *s, size_t r, size_t t, size_t u, size_t v)
{
	const size_t   n = s->n;
	const int64_t *F = s->m->permutation.flow;
	const int64_t *D = s->m->permutation.distance;
	const size_t   pr = s->p[r];
	const size_t   pt = s->p[t];
	const size_t   pu = s->p[u];
	const size_t   pv = s->p[v];

	return s->sign *
	       ((F[r * n + u] - F[r * n + v] + F[t * n + v] - F[t * n + u]) *
	                (D[pt * n + pu] - D[pt * n + pv] + D[pr * n + pv] - D[pr * n + pu]) +
	        (F[u * n + r] - F[v * n + r] + F[v * n + t] - F[u * n + t]) *
	                (D[pu * n + pt] - D[pv * n + pt] + D[pv * n + pr] - D[pu * n + pr]));
}

static void exchange(permutation *s, uint32_t r, uint32_t t)
{
	const uint32_t swap = s->p[r];

	s->p[r] = s->p[t];
	s->p[t] = swap;
	for (uint32_t u = 0; u < s->n; u++) {
		for (uint32_t v = u + 1; v < s->n; v++) {
			int64_t *change = &s->change[(size_t)u * s->n + v];
			if (u == r || u == t || v == r || v == t)
				*change = full_change(s, u, v);
			else
				*change += part_change(s, r, t, u, v);
		}
	}
}

static void permutation_improve(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	permutation *s = state;
	int64_t      best;
	bool         read = taut_rounding_read(s->p, x, s->n);

	(void)rng;
	assert(read);
	if (!read)
		return;
	for (uint32_t u = 0; u < s->n; u++)
		for (uint32_t v = u + 1; v < s->n; v++)
			s->change[(size_t)u * s->n + v] = full_change(s, u, v);
	do {
		uint32_t r = 0;
		uint32_t t = 0;
		best = 0;
		for (uint32_t u = 0; u < s->n; u++) {
			for (uint32_t v = u + 1; v < s->n; v++) {
				if (s->change[(size_t)u * s->n + v] >= best)
					continue;
				best = s->change[(size_t)u * s->n + v];
				r = u;
				t = v;
			}
		}
		if (best < 0)
			exchange(s, r, t);
	} while (best < 0 && !taut_ctx_stopped(ctx));
	taut_rounding_write(x, s->p, s->n);
}

const taut_strategy taut_strategy_permutation = {
	.open = permutation_open,
	.close = permutation_close,
	.make_feasible = permutation_make_feasible,
	.improve = permutation_improve,
};
