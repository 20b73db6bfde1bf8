/*
 * The best values of a window of up to 40 variables of a sum of linear forms, by merging two lists
 * (Horowitz & Sahni 1974, JACM 21; for market split: Wassermann 2002). Private to host/answer.
 */
#ifndef TAUT_ANSWER_WINDOW_H
#define TAUT_ANSWER_WINDOW_H

#include "base/ctx.h"
#include "model/model.h"

enum { TAUT_WINDOW_MAX = 40 };

/* Model without rows whose objective is a sum of forms that are all >= 0 where it is minimised. */
bool taut_window_applies(const taut_model *m);

/* Sets the `count` distinct variables of `window` to values that make the objective least, the
 * others of x fixed; x changes only where that is an improvement. *exact: the search went to its
 * end, no values are better (false when it came to `work_limit` comparisons, when sums leave 32
 * bits, or when ctx stopped it). Less than 56 MiB. ENOMEM. */
taut_status taut_window_search(bool *exact, uint8_t *x, const taut_model *m, const uint32_t *window,
                               uint32_t count, uint64_t work_limit, const taut_ctx *ctx,
                               taut_error *err) TAUT_MUST_CHECK;

#endif
