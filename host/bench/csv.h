/* Comma-separated values as RFC 4180 has them: a first record of column names, fields in double
 * quotes where they hold commas, quotes or line ends. Both tables of a bench are such files. */
#ifndef TAUT_BENCH_CSV_H
#define TAUT_BENCH_CSV_H

#include <stdbool.h>

#include "base/text.h"

/* Zero-initialise; free with taut_csv_fini. */
typedef struct {
	taut_text    text;      /* the file, fields cut in place */
	size_t       n_columns; /* of every record */
	size_t       n_records; /* the names among them: record 0; 0 for an empty file */
	const char **fields;    /* [n_records][n_columns] views into text */
	size_t      *line;      /* [n_records] where the record begins in the file, from 1 */
	size_t       capacity, record_capacity; /* of fields and line */
} taut_csv;

/* Reads a file. drop_cut: a last record without a line end (a writer was killed) is dropped, not an
 * error. EIO; EINPUT with file:line for another number of fields than names, a NUL byte or an open
 * quote; ENOMEM. On failure *out is empty. */
taut_status taut_csv_read(taut_csv *out, const char *path, bool drop_cut,
                          taut_error *err) TAUT_MUST_CHECK;
void        taut_csv_fini(taut_csv *csv);

/* A field as a view. */
const char *taut_csv_field(const taut_csv *csv, size_t record, size_t column);

/* The column of a name; n_columns when there is none. */
size_t taut_csv_column(const taut_csv *csv, const char *name);

/* Appends a field, in quotes where it needs them. */
void taut_csv_put(taut_text *out, const char *field);

#endif
