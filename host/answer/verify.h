/* Verification of one answer on the original model, in exact arithmetic, every row listed. */
#ifndef TAUT_ANSWER_VERIFY_H
#define TAUT_ANSWER_VERIFY_H

#include "model/model.h"

typedef struct {
	bool     feasible;
	int64_t  objective; /* units of 10^-decimals */
	int64_t *activity;  /* [n_rows], units of the row, its shift added */
	int64_t *violation; /* [n_rows] >= 0, units of the row */
	size_t   n_violated_rows;
	size_t   n_conflicts; /* pairs with both ends 1 */
} taut_verdict;

/* x: [n] of 0/1. ENOMEM. */
taut_status taut_verify(taut_verdict *out, const taut_model *m, const uint8_t *x,
                        taut_error *err) TAUT_MUST_CHECK;
void        taut_verdict_fini(taut_verdict *verdict);

/* Conflict number `nth` (from 0) among those with both ends 1: *u < *v. nth < verdict's
 * n_conflicts. */
void taut_verdict_conflict(uint32_t *u, uint32_t *v, const taut_model *m, const uint8_t *x,
                           size_t nth);

#endif
