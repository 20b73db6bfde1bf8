/* Inside host/qubo only: 64-bit numbers that are divided, rounded and narrowed together. */
#ifndef TAUT_QUBO_WIDE_H
#define TAUT_QUBO_WIDE_H

#include "qubo/problem.h"
#include "qubo/qubo.h"
#include "qubo/scale.h"

#define TAUT_CHANGE_LIMIT (INT64_C(1) << 30) /* hls/abi/machine.h: |D| < 2^30 */

/* Numbers of one scale: v / divisor, rounded to 2^shift. */
typedef struct {
	const int64_t *v; /* [count] */
	size_t         count;
	uint64_t       divisor;
	int32_t        shift;
} taut_wide;

/* Greatest common divisor of g and all v; 0 when all are 0. */
uint64_t taut_wide_common_divisor(uint64_t g, const int64_t *v, size_t count);
/* Magnitude of number k, and the largest. */
uint64_t taut_wide_rounded(const taut_wide *w, size_t k);
uint64_t taut_wide_largest(const taut_wide *w);
/* Shifts until every number is below 2^30. */
void taut_wide_fit_word(taut_wide *w);
/* out: [count]; every number fits. */
void taut_wide_narrow(int32_t *out, const taut_wide *w);
/* Sum and largest of |v / divisor - 2^shift rounded(v)|. */
double taut_wide_error_sum(double *top, const taut_wide *w);

/* Bits by which a change must shrink to be below the limit. */
int32_t taut_scale_bits_over(int64_t bound);
/* Widens the range of the scale's coefficients. */
void taut_scale_note_range(taut_scale *scale, const int32_t *v, size_t count);
/* Columns and groups of q, with room for its numbers. ENOMEM. */
taut_status taut_scale_copy_structure(taut_problem *p, const taut_qubo *q,
                                      taut_error *err) TAUT_MUST_CHECK;

/* scale_terms.c: excesses, beside linear terms and couplings, whose bits may be dropped; squares
 * beside them too. ELIMIT, ENOMEM. */
taut_status taut_scale_excesses(taut_problem *p, taut_scale *scale, const taut_qubo *q,
                                taut_error *err) TAUT_MUST_CHECK;
/* Keeps square terms; *whole is false where they cannot stay as they are: the divisor of the
 * couplings one by one is another or does not divide the weights, or bits must be dropped. ENOMEM.
 */
taut_status taut_scale_squares(bool *whole, taut_problem *p, taut_scale *scale, const taut_qubo *q,
                               taut_error *err) TAUT_MUST_CHECK;

#endif
