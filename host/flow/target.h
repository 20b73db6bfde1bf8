/* An objective that the user is content with, compared exactly. */
#ifndef TAUT_FLOW_TARGET_H
#define TAUT_FLOW_TARGET_H

#include "base/decimal.h"
#include "model/model.h"

/* The target in units of 10^-decimals of the model, rounded to the side where an objective of the
 * model is as good as the one exactly when it is as good as the other; INT64_MAX or INT64_MIN where
 * it lies beyond every objective. */
int64_t taut_target_units(taut_decimal target, const taut_model *model);

#endif
