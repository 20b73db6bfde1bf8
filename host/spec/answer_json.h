/* Results as `taut solve --json` writes them (docs/result.schema.json): what a check needs of them.
 */
#ifndef TAUT_SPEC_ANSWER_JSON_H
#define TAUT_SPEC_ANSWER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"

typedef struct {
	char        *name;  /* problem.name; NULL where the object has none */
	uint32_t     index; /* problem.index, from 1; 0 where the object has none */
	uint32_t     line;  /* where the object starts in the file */
	bool         has_integer_weight;
	int64_t      integer_weight; /* problem.integer_weight, >= 0 */
	char        *bits;  /* answer.bits: only 0 and 1, in model order; NUL-terminated */
	size_t       n_bits;
	bool         has_objective;
	taut_decimal objective; /* answer.objective */
} taut_answer_record;

typedef struct {
	taut_answer_record *items; /* [count] in the file's order */
	size_t              count;
} taut_answer_list;

/* The objects in a file's bytes, one or several, one per line or spread over lines; other fields
 * are passed over. EINPUT with "path:line:column: ..." where there is none, where one is malformed
 * or lacks answer.bits; ENOMEM. On failure the list is empty. */
taut_status taut_answer_json_parse(taut_answer_list *out, const char *bytes, size_t length,
                                   const char *path, taut_error *err) TAUT_MUST_CHECK;
void        taut_answer_list_fini(taut_answer_list *list);

#endif
