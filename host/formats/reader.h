/* What every reader gets and gives: an open scan and the options in, instances appended to a list
 * out. One function per format, each in the file of that name; the table of them is in formats.c.
 */
#ifndef TAUT_FORMATS_READER_H
#define TAUT_FORMATS_READER_H

#include "formats/formats.h"
#include "formats/scan.h"

typedef struct {
	taut_scan          *scan;
	const taut_options *options;
	const char         *name;     /* the file's, without folder and ending */
	taut_instance_list *list;     /* appended to; the caller frees it, after an error too */
	size_t              capacity; /* of list->items */
} taut_reader;

/* Appends an empty instance of a family; *out is a view. name NULL: the file's name. ENOMEM. */
taut_status taut_reader_add(taut_instance **out, taut_reader *reader, taut_family family,
                            const char *name, taut_error *err) TAUT_MUST_CHECK;

/* Puts an instance, taken over, in the place of the newest one; it gets that one's name, file and
 * index. */
void taut_reader_replace(taut_reader *reader, taut_instance *instance);

/* Sets the note to a copy of the text. ENOMEM. */
taut_status taut_reader_note(taut_instance *instance, const char *note,
                             taut_error *err) TAUT_MUST_CHECK;

/* A copy of name without its ending, where that is a dot and letters ("be100.1.sparse" is
 * "be100.1"). The caller frees. NULL with ENOMEM. */
char *taut_reader_stem(const char *name, size_t length, taut_error *err);

taut_status taut_read_orlib(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_mknap2(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_sac94(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_qaplib(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_tsplib(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_dimacs(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_rudy(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_qoblib_ms(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_triangle(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_coo(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_qbsolv(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_opb(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_lp(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_mps(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_qplib(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_read_bhoslib(taut_reader *reader, taut_error *err) TAUT_MUST_CHECK;

#endif
