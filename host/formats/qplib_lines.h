/* The lines of a .qplib file: some values, then anything; lines that begin with ! % # are comments.
 * Inside host/formats only. EINPUT with the place. */
#ifndef TAUT_FORMATS_QPLIB_LINES_H
#define TAUT_FORMATS_QPLIB_LINES_H

#include "formats/scan.h"

/* Moves to the next line that is no comment; false at the end of the file. */
bool taut_qplib_find_line(taut_scan *scan);

/* How many lines may follow: each takes four characters at least, as in "1 1\n". */
int64_t taut_qplib_lines_most(const taut_scan *scan);

/* The first word of the next line; what follows it is dropped. */
taut_status taut_qplib_word(taut_token *out, taut_scan *scan, const char *what,
                            taut_error *err) TAUT_MUST_CHECK;
taut_status taut_qplib_number(taut_decimal *out, taut_scan *scan, const char *what,
                              taut_error *err) TAUT_MUST_CHECK;
taut_status taut_qplib_count(int64_t *out, taut_scan *scan, const char *what, int64_t low,
                             int64_t high, taut_error *err) TAUT_MUST_CHECK;

/* Begins a line of indices, from 1 to `most` in the file and from 0 in *out: the next token is its
 * first value. */
taut_status taut_qplib_index(uint32_t *out, taut_scan *scan, const char *what, uint32_t most,
                             taut_error *err) TAUT_MUST_CHECK;

#endif
