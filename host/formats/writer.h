/* What every writer gets: a text to append to, the instance, its model. One function per format, in
 * a file by kind; the table of them is in write.c. Texts remember their failures, so writers return
 * a status for what they refuse alone. */
#ifndef TAUT_FORMATS_WRITER_H
#define TAUT_FORMATS_WRITER_H

#include "base/text.h"
#include "model/instance.h"
#include "model/model.h"

typedef struct {
	taut_text           *text;
	const taut_instance *instance;
	const taut_model    *model;
} taut_writer;

/* value / 10^decimals exactly, without trailing zeros. */
void taut_write_number(taut_text *text, int64_t value, int32_t decimals);
/* The same with its sign, plus or minus, and a blank after it: a term of a sum. */
void taut_write_signed(taut_text *text, int64_t value, int32_t decimals);

/* A name as one word: blanks, quotes, backslashes and colons become underscores. */
void taut_write_word(taut_text *text, const char *name);

/* Rows of numbers with blanks between them, a line each. */
void taut_write_rows(taut_text *text, const taut_numbers *numbers, size_t rows, size_t columns);

/* A problem of orlib without the count that begins the file. */
taut_status taut_write_orlib_body(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_orlib(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_mknap2(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_sac94(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_dimacs(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_bhoslib(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_rudy(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_qaplib(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_tsplib(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_qoblib_ms(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_market_json(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_coo(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_qbsolv(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_triangle(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_qubo_json(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_opb(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_lp(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_write_mps(const taut_writer *w, taut_error *err) TAUT_MUST_CHECK;

#endif
