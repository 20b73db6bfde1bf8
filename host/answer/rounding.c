#include "answer/rounding.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

#define NOWHERE UINT32_MAX

taut_status taut_rounding_init(taut_rounding *r, uint32_t n, taut_error *err)
{
	const size_t padded = (size_t)n + 1;

	*r = (taut_rounding){.n = n};
	r->cost = taut_alloc((size_t)n * n, sizeof *r->cost, err);
	r->u = taut_alloc(padded, sizeof *r->u, err);
	r->v = taut_alloc(padded, sizeof *r->v, err);
	r->least = taut_alloc(padded, sizeof *r->least, err);
	r->match = taut_alloc(padded, sizeof *r->match, err);
	r->origin = taut_alloc(padded, sizeof *r->origin, err);
	r->used = taut_alloc(padded, 1, err);
	if (r->cost && r->u && r->v && r->least && r->match && r->origin && r->used)
		return TAUT_OK;
	taut_rounding_fini(r);
	return TAUT_ENOMEM;
}

void taut_rounding_fini(taut_rounding *r)
{
	taut_free(r->cost);
	taut_free(r->u);
	taut_free(r->v);
	taut_free(r->least);
	taut_free(r->match);
	taut_free(r->origin);
	taut_free(r->used);
	*r = (taut_rounding){0};
}

bool taut_rounding_read(uint32_t *p, const uint8_t *x, uint32_t n)
{
	size_t ones = 0;

	for (size_t i = 0; i < (size_t)n * n; i++)
		ones += x[i];
	if (ones != n)
		return false;
	for (uint32_t a = 0; a < n; a++) {
		const uint8_t *one = memchr(x + (size_t)a * n, 1, n);
		if (!one)
			return false;
		p[a] = (uint32_t)(one - (x + (size_t)a * n));
		for (uint32_t b = 0; b < a; b++)
			if (p[b] == p[a])
				return false;
	}
	return true;
}

void taut_rounding_write(uint8_t *x, const uint32_t *p, uint32_t n)
{
	memset(x, 0, (size_t)n * n);
	for (uint32_t a = 0; a < n; a++)
		x[(size_t)a * n + p[a]] = 1;
}

/* Adds row a + 1 to the matching along a shortest path of reduced costs; indices from 1, 0 is the
 * root. */
static void augment(taut_rounding *r, uint32_t row)
{
	const uint32_t n = r->n;
	uint32_t       j0 = 0;

	r->match[0] = row;
	for (uint32_t j = 0; j <= n; j++) {
		r->least[j] = INT64_MAX;
		r->used[j] = 0;
	}
	do {
		const uint32_t i0 = r->match[j0];
		int64_t        delta = INT64_MAX;
		uint32_t       j1 = 0;
		r->used[j0] = 1;
		for (uint32_t j = 1; j <= n; j++) {
			if (r->used[j])
				continue;
			const int64_t reduced =
				r->cost[(size_t)(i0 - 1) * n + j - 1] - r->u[i0] - r->v[j];
			if (reduced < r->least[j]) {
				r->least[j] = reduced;
				r->origin[j] = j0;
			}
			if (r->least[j] < delta) {
				delta = r->least[j];
				j1 = j;
			}
		}
		for (uint32_t j = 0; j <= n; j++) {
			if (r->used[j]) {
				r->u[r->match[j]] += delta;
				r->v[j] -= delta;
			} else {
				r->least[j] -= delta;
			}
		}
		j0 = j1;
	} while (r->match[j0] != 0);
	while (j0 != 0) {
		const uint32_t j1 = r->origin[j0];
		r->match[j0] = r->match[j1];
		j0 = j1;
	}
}

void taut_rounding_assign(uint32_t *p, taut_rounding *r)
{
	for (uint32_t j = 0; j <= r->n; j++) {
		r->u[j] = r->v[j] = 0;
		r->match[j] = 0;
	}
	for (uint32_t a = 1; a <= r->n; a++)
		augment(r, a);
	for (uint32_t j = 1; j <= r->n; j++)
		p[r->match[j] - 1] = j - 1;
}

/* p[a] = the one place of a where x says so without doubt, else NOWHERE. */
static void read_certain(uint32_t *p, const uint8_t *x, uint32_t n)
{
	for (uint32_t a = 0; a < n; a++) {
		uint32_t ones = 0;
		p[a] = NOWHERE;
		for (uint32_t l = 0; l < n; l++) {
			if (!x[(size_t)a * n + l])
				continue;
			ones++;
			p[a] = l;
		}
		if (ones != 1)
			p[a] = NOWHERE;
		for (uint32_t b = 0; b < n && p[a] != NOWHERE; b++)
			if (b != a && x[(size_t)b * n + p[a]])
				p[a] = NOWHERE;
	}
}

/* Cost of a at l against the certain places, scaled to at most 2^20 so that sums stay small. */
static void set_costs(taut_rounding *r, const taut_permutation *block, const uint32_t *p,
                      int64_t sign)
{
	const size_t n = r->n;
	int64_t      low = INT64_MAX;
	int64_t      high = INT64_MIN;
	int64_t      shift = 0;

	for (size_t a = 0; a < n; a++) {
		for (size_t l = 0; l < n; l++) {
			int64_t sum = block->flow[a * n + a] * block->distance[l * n + l];
			for (size_t b = 0; b < n; b++)
				if (b != a && p[b] != NOWHERE)
					sum += block->flow[a * n + b] *
					               block->distance[l * n + p[b]] +
					       block->flow[b * n + a] *
					               block->distance[p[b] * n + l];
			r->cost[a * n + l] = sign * sum;
			low = sign * sum < low ? sign * sum : low;
			high = sign * sum > high ? sign * sum : high;
		}
	}
	while (n > 0 && (high - low) >> shift > 1 << 20)
		shift++;
	for (size_t i = 0; i < n * n; i++)
		r->cost[i] = (r->cost[i] - low) >> shift;
}

void taut_rounding_nearest(uint32_t *p, taut_rounding *r, const taut_permutation *block,
                           const uint8_t *x, int64_t sign)
{
	const size_t  n = r->n;
	const int64_t one = (int64_t)(n + 1) << 21; /* outweighs any sum of n costs */

	assert(block->n == r->n);
	read_certain(p, x, r->n);
	set_costs(r, block, p, sign);
	for (size_t i = 0; i < n * n; i++)
		if (x[i])
			r->cost[i] -= one;
	taut_rounding_assign(p, r);
}
