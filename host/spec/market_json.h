/* Market-share problems as JSON: `demands` (m lists of n numbers), `target_demands` (m numbers),
 * perhaps a solution. */
#ifndef TAUT_SPEC_MARKET_JSON_H
#define TAUT_SPEC_MARKET_JSON_H

#include "base/options.h"
#include "model/instance.h"

/*
 * The file's problem: minimise sum_k |demands_k x - targets_k|. Without target_demands, targets are
 * half the row sums, rounded down, and the instance's note says so. `objective_value` becomes
 * best_known, rounded where it is within 1e-6 of a whole number. A solution
 * (`retailer_assignments`; D1 is 1, D2 is 0) that does not give the stated objective is said in the
 * note. EINPUT with "path:line:column: ...", also where the options name another family or a
 * problem other than the first; EIO, ENOMEM. The caller frees. On failure *out is NULL.
 */
taut_status taut_market_json_read(taut_instance **out, const char *path,
                                  const taut_options *options, taut_error *err) TAUT_MUST_CHECK;

/* Fills targets with half of each row sum, rounded down in the demands' own last decimal
 * (Cornuejols and Dawande 1998). EINPUT on overflow, ENOMEM. */
taut_status taut_market_half_targets(taut_market_data *data, taut_error *err) TAUT_MUST_CHECK;

#endif
