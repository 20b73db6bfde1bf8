/* The names of variables and rows as LP and MPS files take them: letters, digits, _ and .,
 * beginning with a letter or _, at most 255 of them, and no word that could be read as a number or
 * a keyword (IBM, "CPLEX LP file format"). Where one of a model's names is no such word, or two are
 * the same, the variables are x1, x2, ... and the rows have none. */
#ifndef TAUT_FORMATS_LABELS_H
#define TAUT_FORMATS_LABELS_H

#include "base/text.h"
#include "model/model.h"

typedef struct {
	const taut_model *model;
	bool              variables; /* the model's own are used */
	bool              rows;
} taut_labels;

/* ENOMEM. */
taut_status taut_labels_init(taut_labels *out, const taut_model *model,
                             taut_error *err) TAUT_MUST_CHECK;

void taut_labels_variable(taut_text *text, const taut_labels *labels, uint32_t i);
/* NULL: the row has none. */
const char *taut_labels_row(const taut_labels *labels, uint32_t k);

#endif
