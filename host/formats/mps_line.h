/* The lines of an MPS file, taken apart into fields: by blanks (free MPS), or by the columns of the
 * old cards (fixed MPS), where names may hold blanks. */
#ifndef TAUT_FORMATS_MPS_LINE_H
#define TAUT_FORMATS_MPS_LINE_H

#include "formats/scan.h"

enum { TAUT_MPS_FIELDS_MAX = 7 }; /* one more than any line has */

typedef struct {
	size_t at, length; /* in the text */
} taut_mps_field;

/* Set scan and text, zero the rest. */
typedef struct {
	const taut_scan *scan;
	const char      *text;
	bool             fixed;     /* by columns */
	size_t           from, to;  /* the present line */
	size_t           next;      /* where the line after it begins */
	bool             is_header; /* it begins in the first column: a section */
	int              n;         /* fields, at most TAUT_MPS_FIELDS_MAX */
	taut_mps_field   field[TAUT_MPS_FIELDS_MAX];
} taut_mps_line;

/* Moves to the next line that is neither blank nor a comment (* in the first column); false at the
 * end of the file. */
bool taut_mps_next(taut_mps_line *line);

/*
 * Takes the present line apart. Free: one field per word. Fixed, where has_code says that the line
 * begins with a code in columns 2 and 3 (ROWS, BOUNDS): the code, then the fields of columns 5, 15,
 * 25, 40 and 50, up to the last that is not blank. Headers are split at blanks always.
 */
void taut_mps_split(taut_mps_line *line, bool has_code);
void taut_mps_split_words(taut_mps_line *line); /* at blanks always */

/* True when blanks stand in all columns of the present line where fixed MPS has them, and no tab.
 */
bool taut_mps_fits_fixed(const taut_mps_line *line);

/* True when field k is the word, in any case. */
bool taut_mps_is(const taut_mps_line *line, int k, const char *word);

/* EINPUT "file:line:column: ..." at field k, or at the line's first character for k < 0. */
taut_status taut_mps_fail(const taut_mps_line *line, int k, taut_error *err, const char *format,
                          ...) TAUT_PRINTF(4, 5);

/* "'name'" of field k for messages. */
const char *taut_mps_quote(char out[TAUT_QUOTE_SIZE], const taut_mps_line *line, int k);

#endif
