/*
 * A bitstring with everything that a flip changes kept up to date: objective, row activities,
 * conflict counts. A flip's change of the objective costs the number of linear forms of the
 * variable (plus n^2 where the model has a flow x distance term), the flip itself the entries of
 * its rows, pairs and conflicts.
 */
#ifndef TAUT_ANSWER_FLIPS_H
#define TAUT_ANSWER_FLIPS_H

#include "model/model.h"

typedef struct {
	const taut_model *m;
	uint8_t          *x;  /* [n] the caller's, set by taut_flips_set */
	int64_t   sign;       /* +1 minimise, -1 maximise: changes below are to be made negative */
	int64_t   objective;  /* sign * model objective, exact */
	size_t    violations; /* violated rows and conflicts */
	int64_t  *field;      /* [n] linear_i + sum_j q_ij x_j, of a dense model linear_i alone */
	int32_t  *dense;      /* [n] sum_j entry_ij x_j of a dense model; NULL: it is not */
	int64_t  *activity;   /* [n_rows] */
	uint32_t *blocked;    /* [n] conflicts of i with ones */
	int64_t  *residual;   /* [n_forms] a x - b */
	/* the forms by variable: entry e of variable i, first[i] <= e < first[i + 1] */
	size_t   *form_first; /* [n + 1] */
	uint32_t *form_at;
	int64_t  *form_coef;
} taut_flips;

/* Caller's storage; fini frees what init made. ENOMEM. */
taut_status taut_flips_init(taut_flips *f, const taut_model *m, taut_error *err) TAUT_MUST_CHECK;
void        taut_flips_fini(taut_flips *f);

/* Takes x as the current bits, from scratch; later flips write to it. */
void taut_flips_set(taut_flips *f, uint8_t *x);

/* sign * change of the objective by flipping i. */
int64_t taut_flips_change(const taut_flips *f, uint32_t i);
void    taut_flips_flip(taut_flips *f, uint32_t i);

/* True when flipping i breaks no row and no conflict that holds now. */
bool taut_flips_keeps(const taut_flips *f, uint32_t i);

#endif
