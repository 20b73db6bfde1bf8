/* Finding a name among many: a sorted table, so that no choice of names makes it slow. */
#ifndef TAUT_SPEC_NAME_INDEX_H
#define TAUT_SPEC_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TAUT_NAME_NONE UINT32_MAX

typedef struct {
	const char *text; /* view */
	uint32_t    at;   /* what the name stands for, counting from 0 in the order of
	                     taut_name_index_init */
} taut_indexed_name;

typedef struct {
	taut_indexed_name *sorted; /* [count], by text, then by at */
	size_t             count;
} taut_name_index;

/* Sorts `names` ([count], taken over also on failure); they must outlive the index. */
void taut_name_index_init(taut_name_index *out, taut_indexed_name *names, size_t count);
void taut_name_index_fini(taut_name_index *index);

/* `at` of the name, of the first of equal ones; TAUT_NAME_NONE when it is not there. */
uint32_t taut_name_index_find(const taut_name_index *index, const char *text);

/* The earliest `at` whose name an earlier one has too, *first that earlier one; TAUT_NAME_NONE when
 * all differ. */
uint32_t taut_name_index_repeat(const taut_name_index *index, uint32_t *first);

#endif
