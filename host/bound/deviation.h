/*
 * Bound of the forms of an objective, weight |a x - b| or weight (a x - b)^2, each alone.
 *
 * Proof obligation. With g the greatest common divisor of a's entries, a x - b is -b and a multiple of g, so |a x - b| is at
 * least the distance of b to the multiples of g. It is in [sum of the negative a - b, sum of the positive a - b], which gives the
 * most of |a x - b|, and the least too where 0 is outside. Forms are bounded one by one, so their sum is.
 */
#ifndef TAUT_BOUND_DEVIATION_H
#define TAUT_BOUND_DEVIATION_H

#include "bound/bound.h"

/* No x gives the model's forms together a gain (the objective, negated where it is minimised) above it. */
int64_t taut_deviation_gain(const taut_model *model);

/* Of a model with TAUT_STRUCTURE_DEVIATION. Never fails. */
taut_status taut_bound_deviation(taut_bound *out, const taut_model *model, const taut_ctx *ctx, taut_error *err)
	TAUT_MUST_CHECK;

#endif
