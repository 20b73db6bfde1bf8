/* Names, numbered in the order in which they first occur in a text. A name costs no allocation of
 * its own, and finding one looks at two places in memory: a slot, and the record that it points to.
 */
#ifndef TAUT_FORMATS_NAME_TABLE_H
#define TAUT_FORMATS_NAME_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TAUT_NO_NAME UINT32_MAX

/* Set text and zero the rest; free with taut_name_table_fini. */
typedef struct {
	const char *text; /* where the names stand; a view */
	uint32_t    n;
	uint32_t   *records; /* [n]: where a name's record begins in `words` */
	size_t      record_capacity;
	uint64_t   *words; /* [n_words]: records, each a place, number and length, and the name */
	size_t      n_words, word_capacity;
	uint64_t   *slots; /* [n_slots]: hash in the upper half, record + 1 in the lower; 0: free */
	size_t      n_slots; /* a power of two, more than 2 n */
} taut_name_table;

/* The number of the name text[at .. at + length), new names appended: then *out is the old n.
 * ELIMIT beyond 32 GiB of names, ENOMEM. */
taut_status taut_name_table_put(uint32_t *out, taut_name_table *table, size_t at, size_t length,
                                taut_error *err) TAUT_MUST_CHECK;

/* The number of a name, or TAUT_NO_NAME. */
uint32_t taut_name_table_find(const taut_name_table *table, const char *name, size_t length);

/* Where a name first stands in the text, and its length. */
size_t taut_name_table_at(const taut_name_table *table, uint32_t number, size_t *length);

/* A copy of a name; the caller frees. NULL with ENOMEM. */
char *taut_name_table_copy(const taut_name_table *table, uint32_t number, taut_error *err);

void taut_name_table_fini(taut_name_table *table);

#endif
