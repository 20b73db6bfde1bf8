/* Reports of a result: JSON for programs, text for people. Both are appended to a text and written by the caller. */
#ifndef TAUT_REPORT_REPORT_H
#define TAUT_REPORT_REPORT_H

#include "answer/comparison.h"
#include "answer/result.h"
#include "base/text.h"
#include "report/json.h"

/* One object on one line, as docs/result.schema.json says. */
void taut_report_json(taut_text *out, const taut_result *result);

/* A screenful, at most 80 columns where the names allow it. */
void taut_report_text(taut_text *out, const taut_result *result);

/* What `formulate` shows: sizes, slack baseline and coefficient range. */
void taut_report_formulation(taut_text *out, const taut_result *result);

/* The violations of an answer, row by row: member `violations` of the object that is open in j. */
void taut_report_violations(taut_json *j, const taut_model *model, const taut_verdict *verdict,
			    const uint8_t *x);

/* Members `problem` and `formulation` of the object that is open in j. */
void taut_report_problem(taut_json *j, const taut_result *result);
void taut_report_formulation_json(taut_json *j, const taut_result *result);

/* Members `algorithm` to `t_cold` of the object `solver` that is open in j. */
void taut_report_schedule(taut_json *j, const taut_result *result);

/* A comparison of backends: one object on one line, as docs/compare.schema.json says; or tables of 80 columns. */
void taut_compare_json(taut_text *out, const taut_comparison *comparison);
void taut_compare_text(taut_text *out, const taut_comparison *comparison);

/* Where a row's samples differ from the reference's, in one sentence without a full stop. */
void taut_compare_difference(taut_text *out, const taut_comparison *comparison, size_t row);

#endif
