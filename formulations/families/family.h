/* A family is one file: it builds the model from the instance's data and says an answer in its own terms. This
 * is the table of them; adding a family is one file, one row here and one in base/names.h. */
#ifndef TAUT_FORMULATIONS_FAMILIES_FAMILY_H
#define TAUT_FORMULATIONS_FAMILIES_FAMILY_H

#include "model/decoded.h"
#include "model/instance.h"
#include "model/model.h"

typedef struct {
	taut_family family;
	/* EINPUT with the defect (no line: the reader checked what it could), ELIMIT for a complement that is too
	 * large, ENOMEM. On failure *out is NULL. */
	taut_status (*build)(taut_model **out, const taut_instance *instance, taut_error *err);
	/* x: [model->n]; feasible or not. Items, vertices, facilities, cities count from 1. ENOMEM, *out then empty. */
	taut_status (*decode)(taut_decoded *out, const taut_model *model, const uint8_t *x, taut_error *err);
} taut_family_ops;

/* Never NULL for a family other than AUTO. */
const taut_family_ops *taut_family_find(taut_family family);

#endif
