/* Terms over activities (qubo/terms.h) by variable, as the loops of term_body.h take them. */
#ifndef TAUT_BACKEND_CPU_TERMS_H
#define TAUT_BACKEND_CPU_TERMS_H

#include <stdint.h>

#include "qubo/problem.h"

typedef struct {
	uint32_t term;
	int32_t  factor; /* of a square the coefficient, of an excess the weight; modulo 2^32 */
	int32_t  step;   /* of what is kept of the activity: weight * coefficient, or coefficient */
} taut_cpu_term_entry;

typedef struct {
	uint32_t             count;  /* terms; 0: the problem has none */
	uint32_t            *first;  /* [n + 1] entries of variable i: squares, */
	uint32_t            *excess; /* [n] and from here on excesses */
	taut_cpu_term_entry *entry;  /* [first[n]] */
	int32_t             *own;    /* [n] sum over its squares of weight * coefficient^2 */
	int32_t             *empty;  /* [count] what is kept of an activity of 0 */
} taut_cpu_terms;

/* Caller's storage; fini frees. ELIMIT where an activity less its limit leaves 30 bits, ENOMEM. */
taut_status taut_cpu_terms_init(taut_cpu_terms *out, const taut_problem *problem,
                                taut_error *err) TAUT_MUST_CHECK;
void        taut_cpu_terms_fini(taut_cpu_terms *terms);

#endif
