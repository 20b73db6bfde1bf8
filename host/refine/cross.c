#include "refine/cross.h"

#include <assert.h>

#include "base/alloc.h"

enum { AGREE = 0, DIFFER = 1, SEEN = 2 /* added to a side */ };

taut_status taut_cross_init(taut_cross *out, const taut_spins *spins, taut_error *err)
{
	*out = (taut_cross){0};
	out->side = taut_alloc(spins->n, sizeof *out->side, err);
	out->member = out->side ? taut_alloc(spins->n, sizeof *out->member, err) : NULL;
	if (out->member)
		return TAUT_OK;
	taut_cross_fini(out);
	return TAUT_ENOMEM;
}

void taut_cross_fini(taut_cross *cross)
{
	taut_free(cross->side);
	taut_free(cross->member);
	*cross = (taut_cross){0};
}

/* The component of i among the spins of its side, written to member and marked as seen. Returns its
 * size; *cut is the satisfied weight between it and the other side. */
static uint32_t component(int64_t *cut, const int8_t *a, const taut_spins *g, taut_cross *c,
                          uint32_t i)
{
	const uint8_t side = c->side[i];
	uint32_t      n = 1;

	*cut = 0;
	c->member[0] = i;
	c->side[i] = (uint8_t)(side + SEEN);
	for (uint32_t at = 0; at < n; at++) {
		const uint32_t u = c->member[at];

		for (uint64_t k = g->row[u]; k < g->row[u + 1]; k++) {
			const uint32_t v = g->col[k];

			if (c->side[v] == side) {
				c->side[v] = (uint8_t)(side + SEEN);
				c->member[n++] = v;
			} else if ((c->side[v] & DIFFER) != side) {
				*cut += g->weight[k] * a[u] * a[v];
			}
		}
	}
	return n;
}

/* Flips the components of one side whose cut is unsatisfied. Returns the gain. */
static int64_t take_side(int8_t *a, const taut_spins *g, taut_cross *c, uint8_t side, taut_rng *rng,
                         uint64_t *work)
{
	int64_t gain = 0;

	for (uint32_t i = 0; i < g->n; i++) {
		int64_t  cut;
		uint32_t n;

		if (c->side[i] != side)
			continue;
		n = component(&cut, a, g, c, i);
		for (uint32_t k = 0; k < n; k++)
			*work += g->row[c->member[k] + 1] - g->row[c->member[k]];
		if (cut > 0 || (cut == 0 && taut_rng_next(rng) >> 63))
			continue;
		gain -= 2 * cut;
		for (uint32_t k = 0; k < n; k++)
			a[c->member[k]] = (int8_t)-a[c->member[k]];
	}
	for (uint32_t i = 0; i < g->n; i++)
		c->side[i] &= DIFFER;
	return gain;
}

int64_t taut_cross_take(int8_t *a, const int8_t *b, const taut_spins *spins, taut_cross *cross,
                        taut_rng *rng, uint64_t *work)
{
	uint32_t n_differ = 0;
	uint8_t  side;
	int64_t  gain;
	int64_t  last;

	for (uint32_t i = 0; i < spins->n; i++) {
		cross->side[i] = a[i] == b[i] ? AGREE : DIFFER;
		n_differ += cross->side[i];
	}
	side = n_differ > spins->n / 2 ? AGREE : DIFFER; /* the smaller side first */
	gain = last = take_side(a, spins, cross, side, rng, work);
	do {
		side ^= DIFFER;
		last = take_side(a, spins, cross, side, rng, work);
		gain += last;
	} while (last > 0);
	assert(gain >= 0);
	return gain;
}
