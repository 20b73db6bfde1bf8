/* Names that stand in a text, numbered in the order in which they first occur. The table keeps
 * places in the text, no copies, so that a name costs no allocation; finding one takes one or two
 * looks into a table of hashes. */
#ifndef TAUT_FORMATS_NAME_TABLE_H
#define TAUT_FORMATS_NAME_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TAUT_NO_NAME UINT32_MAX

typedef struct {
	size_t   at; /* where the name first stands in the text */
	uint32_t length;
} taut_name_place;

/* Set text and zero the rest; free with taut_name_table_fini. */
typedef struct {
	const char      *text; /* view */
	uint32_t         n;
	taut_name_place *places; /* [n] */
	size_t           place_capacity;
	uint64_t *slots;   /* [n_slots]: hash in the upper half, number + 1 in the lower; 0: free */
	size_t    n_slots; /* a power of two, more than 2 n */
} taut_name_table;

/* The number of the name text[at .. at + length), new names appended: then *out is the old n.
 * length < 2^32. ENOMEM. */
taut_status taut_name_table_put(uint32_t *out, taut_name_table *table, size_t at, size_t length,
                                taut_error *err) TAUT_MUST_CHECK;

/* The number of a name, or TAUT_NO_NAME. */
uint32_t taut_name_table_find(const taut_name_table *table, const char *name, size_t length);

/* A copy of a name; the caller frees. NULL with ENOMEM. */
char *taut_name_table_copy(const taut_name_table *table, uint32_t number, taut_error *err);

void taut_name_table_fini(taut_name_table *table);

#endif
