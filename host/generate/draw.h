/* What the generators draw: whole numbers of a range, and gaps between successes. */
#ifndef TAUT_GENERATE_DRAW_H
#define TAUT_GENERATE_DRAW_H

#include "base/decimal.h"
#include "base/rng.h"

/* Uniform over low .. high. */
int64_t taut_draw(taut_rng *rng, int64_t low, int64_t high);

/* Uniform over the numbers of low .. high that are not 0; there must be one. */
int64_t taut_draw_nonzero(taut_rng *rng, int64_t low, int64_t high);

/* Failures before the next success of independent trials that succeed with probability p in (0, 1]:
 * floor(ln(1 - u) / ln(1 - p)), so that the successes among many trials take time in their own
 * number (Batagelj and Brandes 2005, "Efficient generation of large random networks"). */
uint64_t taut_draw_gap(taut_rng *rng, double p);

/* `count` zeros, to be filled in; *out was empty. ENOMEM. */
taut_status taut_draw_zeros(taut_numbers *out, size_t count, taut_error *err) TAUT_MUST_CHECK;

/* EUSAGE when an instance would hold more than 2^30 numbers. */
taut_status taut_draw_room(double count, taut_error *err) TAUT_MUST_CHECK;

#endif
