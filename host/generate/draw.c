#include "generate/draw.h"

#include <assert.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/exactmath.h"

static const double ROOM = 0x1p30; /* 8 GiB of 64-bit numbers */

int64_t taut_draw(taut_rng *rng, int64_t low, int64_t high)
{
	assert(low <= high && low >= INT32_MIN && high <= INT32_MAX);
	return low + (int64_t)taut_rng_below(rng, (uint64_t)(high - low) + 1);
}

int64_t taut_draw_nonzero(taut_rng *rng, int64_t low, int64_t high)
{
	bool    gap = low <= 0 && high >= 0;
	int64_t x = taut_draw(rng, low, gap ? high - 1 : high);

	assert(low != 0 || high != 0);
	return gap && x >= 0 ? x + 1 : x;
}

uint64_t taut_draw_gap(taut_rng *rng, double p)
{
	double u = taut_rng_unit(rng);

	assert(p >= 1e-9 && p <= 1.0);
	if (p == 1.0)
		return 0;
	/* at most 53 ln 2 / 1e-9, below 2^36 */
	return (uint64_t)(taut_log(1.0 - u) / taut_log(1.0 - p));
}

taut_status taut_draw_zeros(taut_numbers *out, size_t count, taut_error *err)
{
	assert(!out->v && out->decimals == 0);
	out->v = taut_alloc(count, sizeof *out->v, err);
	if (!out->v)
		return TAUT_ENOMEM;
	out->n = out->capacity = count;
	return TAUT_OK;
}

taut_status taut_draw_room(double count, taut_error *err)
{
	if (count > ROOM)
		return taut_fail(err, TAUT_EUSAGE,
		                 "about %.3g numbers: more than %.0f are not generated", count,
		                 ROOM);
	return TAUT_OK;
}
