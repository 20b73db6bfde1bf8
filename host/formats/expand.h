/* The objective of a model with every product multiplied out, one variable after the other, so that
 * the quadratic terms of a large factored objective never stand in memory together. |a x - b| is no
 * quadratic form and left out. */
#ifndef TAUT_FORMATS_EXPAND_H
#define TAUT_FORMATS_EXPAND_H

#include "model/model.h"

typedef struct {
	const taut_model *model;
	int64_t           offset;
	/* of the present variable i */
	int64_t         linear;
	size_t          n_terms;
	const uint32_t *col;  /* [n_terms] j > i, rising */
	const int64_t  *coef; /* [n_terms] of x_i x_j, none 0 */
	/* scratch, NULL for a model that needs none */
	int64_t  *sum;      /* [n] all 0 between variables */
	uint32_t *own_col;  /* [n] */
	int64_t  *own_coef; /* [n] */
} taut_expansion;

/* ELIMIT with the estimate when the terms are more than 2^26; ENOMEM. On failure *out needs no
 * fini. */
taut_status taut_expansion_init(taut_expansion *out, const taut_model *model,
                                taut_error *err) TAUT_MUST_CHECK;
/* Moves to variable i < model->n. */
void taut_expansion_go(taut_expansion *e, uint32_t i);
void taut_expansion_fini(taut_expansion *e);

/* EUSAGE where a term w |a x - b| is not convex in the sense of the objective, so that two
 * deviation variables cannot say it. */
taut_status taut_expansion_refuse_forms(const taut_model *model, taut_error *err) TAUT_MUST_CHECK;

#endif
