/* A model of linear objective and linear rows as max c x, A x <= b, x binary, in exact integers:
 * minimisation changes the sign of c, a row with a lower limit becomes one more of changed sign. */
#ifndef TAUT_BOUND_ONE_SIDED_H
#define TAUT_BOUND_ONE_SIDED_H

#include "model/model.h"

typedef struct {
	uint32_t  n, m;
	int64_t  *c;     /* [n] model's linear terms, negated where it minimises; offset left out */
	int64_t  *b;     /* [m] */
	double   *scale; /* [m] > 0: rows divided by it are about 1 long */
	uint32_t *source;       /* [m] row of the model */
	bool     *negated;      /* [m] made from the lower limit */
	size_t   *column_first; /* [n + 1]; entries of variable j: column_first[j] <= e <
	                           column_first[j + 1] */
	uint32_t *column_row;
	int64_t  *column_coef;
	double   *column_scaled; /* coef / scale of its row */
	int64_t   least;         /* sum of the negative c: no x has less */
	int64_t   absolute;      /* sum of |c| */
	int64_t   step;          /* > 0, divides every c: so far apart are two values of c x */
} taut_one_sided;

/* True for a model of linear objective and rows alone (no conflicts, forms, couplings or flows). */
bool taut_one_sided_applies(const taut_model *model);

/* ELIMIT where b and the activities of a row together could leave int64; ENOMEM. The caller calls
 * fini, also then. */
taut_status taut_one_sided_init(taut_one_sided *out, const taut_model *model,
                                taut_error *err) TAUT_MUST_CHECK;
void        taut_one_sided_fini(taut_one_sided *p);

#endif
