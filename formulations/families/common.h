/* Inside formulations/families only: the families' rows of the table and what they share. */
#ifndef TAUT_FORMULATIONS_FAMILIES_COMMON_H
#define TAUT_FORMULATIONS_FAMILIES_COMMON_H

#include "formulations/families/family.h"

extern const taut_family_ops taut_mdkp_ops;
extern const taut_family_ops taut_mis_ops;
extern const taut_family_ops taut_qap_ops;
extern const taut_family_ops taut_tsp_ops;
extern const taut_family_ops taut_market_share_ops;
extern const taut_family_ops taut_maxcut_ops;
extern const taut_family_ops taut_qubo_ops;
extern const taut_family_ops taut_binary_program_ops;

/* EINPUT unless the array holds rows * columns numbers. `what` is their plural. */
taut_status taut_expect_numbers(const taut_numbers *numbers, size_t rows, size_t columns,
                                const char *what, taut_error *err) TAUT_MUST_CHECK;

/* EINPUT unless every edge joins two different vertices below n. */
taut_status taut_expect_graph(const taut_graph_data *graph, taut_error *err) TAUT_MUST_CHECK;

/* A copy of the numbers at `decimals` digits after the point, which is no less than their own; the
 * caller frees *out. EINPUT on overflow, ENOMEM. On failure *out is NULL. */
taut_status taut_numbers_at_scale(int64_t **out, const taut_numbers *numbers, int32_t decimals,
                                  taut_error *err) TAUT_MUST_CHECK;

/* Every build ends here: finishes *m and hands it over, or frees it. *m becomes NULL either way. */
taut_status taut_family_hand_over(taut_model **out, taut_model **m,
                                  taut_error *err) TAUT_MUST_CHECK;

/* Adds a list of count zeros to *out, for the caller to fill through *values (a view). On failure
 * *out is empty. */
taut_status taut_decoded_add(int64_t **values, taut_decoded *out, const char *key, size_t count,
                             int32_t decimals, taut_error *err) TAUT_MUST_CHECK;

/* Adds the list of the variables at 1, counted from 1. On failure *out is empty. */
taut_status taut_decoded_add_ones(taut_decoded *out, const char *key, const taut_model *m,
                                  const uint8_t *x, taut_error *err) TAUT_MUST_CHECK;

/* Adds p(1), p(2), ... of the model's permutation block, counted from 1; 0 where not exactly one
 * bit is set. On failure *out is empty. */
taut_status taut_decoded_add_permutation(int64_t **values, taut_decoded *out, const char *key,
                                         const taut_model *m, const uint8_t *x,
                                         taut_error *err) TAUT_MUST_CHECK;

#endif
