/* Inside host/model only: what a model holds while it is built, and the steps of taut_model_finish.
 */
#ifndef TAUT_MODEL_DRAFT_H
#define TAUT_MODEL_DRAFT_H

#include "model/model.h"

/* Unordered pairs as they came, with repeats; v is NULL for conflicts. */
typedef struct {
	uint32_t *i, *j; /* [n], i != j */
	int64_t  *v;     /* [n] or NULL */
	size_t    n;
	size_t    capacity;
} taut_pair_list;

typedef struct taut_model_draft {
	taut_pair_list terms;
	taut_pair_list conflicts;
	size_t         row_capacity, row_entry_capacity;
	size_t         form_capacity, form_entry_capacity;
	size_t         n_row_entries, n_form_entries;
	uint32_t       permutation_row; /* first of the block's 2n rows */
} taut_model_draft;

void taut_pair_list_fini(taut_pair_list *pairs);
void taut_model_draft_free(taut_model_draft *draft); /* accepts NULL */

/* EINPUT unless objective, forms and activities stay below 2^62 in absolute value for every x,
 * feasible or not, in any order of summation. */
taut_status taut_model_prove_range(const taut_model *m, taut_error *err) TAUT_MUST_CHECK;

/* The structure that the terms and rows show; TOUR is for the family to say. */
taut_structure taut_model_classify(const taut_model *m);

#endif
