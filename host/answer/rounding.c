#include "answer/rounding.h"

#include <assert.h>
#include <string.h>

#define NOWHERE UINT32_MAX

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
static void set_costs(taut_assignment *r, const taut_permutation *block, const uint32_t *p,
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

void taut_rounding_nearest(uint32_t *p, taut_assignment *r, const taut_permutation *block,
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
	taut_assignment_solve(p, r);
}
