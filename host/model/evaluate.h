/* The judge: objective and violations of a bitstring, in exact integers. Everything that reaches a user comes
 * from here. */
#ifndef TAUT_MODEL_EVALUATE_H
#define TAUT_MODEL_EVALUATE_H

#include "model/model.h"

/* Objective in units of 10^-decimals, in the model's own sense. x: [n] of 0 and 1. */
int64_t taut_model_objective(const taut_model *m, const uint8_t *x);

/* The objective's forms and flow x distance alone. */
int64_t taut_model_factors(const taut_model *m, const uint8_t *x);

/* a_k x of row k, in the row's units. */
int64_t taut_row_activity(const taut_model *m, uint32_t k, const uint8_t *x);

/* Distance of an activity from [lo, hi] of row k, >= 0 in the row's units. */
int64_t taut_row_violation(const taut_model *m, uint32_t k, int64_t activity);

/* a x - b of form f. */
int64_t taut_form_residual(const taut_model *m, uint32_t f, const uint8_t *x);

/* Rows that are violated plus conflicts with both ends 1. */
size_t taut_model_violations(const taut_model *m, const uint8_t *x);
bool   taut_model_feasible(const taut_model *m, const uint8_t *x);

/* True when objective a is strictly better than b in the model's sense. */
static inline bool taut_better(const taut_model *m, int64_t a, int64_t b)
{
	return m->maximise ? a > b : a < b;
}

#endif
