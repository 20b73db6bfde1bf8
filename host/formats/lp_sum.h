/* Sums of terms in an LP file: 3 x - y + 2 [ ... ], into the objective or the newest row. */
#ifndef TAUT_FORMATS_LP_SUM_H
#define TAUT_FORMATS_LP_SUM_H

#include "formats/columns.h"
#include "formats/lp_lex.h"

typedef enum { TAUT_LP_SUM_OBJECTIVE, TAUT_LP_SUM_ROW } taut_lp_sum_place;

typedef struct {
	taut_lp_lex        lex; /* at the sum's first word; then after its last */
	taut_columns       columns;
	taut_program_data *program;
	taut_decimal       constant; /* the numbers without a variable, of the last sum */
} taut_lp_sum;

/* Reads the sum that begins with the present word, which may be empty, and stops at a relation, a
 * section, a label, or a word that no sign joins to it. EINPUT with the place, ENOMEM. */
taut_status taut_lp_sum_read(taut_lp_sum *sum, taut_lp_sum_place place,
                             taut_error *err) TAUT_MUST_CHECK;

#endif
