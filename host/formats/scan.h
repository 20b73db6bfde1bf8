/* The text of an instance file, whole in memory, taken apart into tokens: runs of characters
 * between blanks. Every token knows its place, so that every complaint starts with
 * file:line:column. The readers of all formats stand on this; nothing here knows a format. */
#ifndef TAUT_FORMATS_SCAN_H
#define TAUT_FORMATS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"

/* Largest count that a header may declare; products with it fit 64 bits, it fits uint32_t. */
#define TAUT_SCAN_COUNT_MAX 2000000000u

/* Plain data: a copy is a bookmark, valid while the original is open. */
typedef struct {
	const char *file; /* as the user wrote it; a view */
	char       *text; /* [size + 1], ends in 0 and holds no other; owned by the original */
	size_t      size; /* bytes */
	size_t      at;   /* next character */
	size_t      line; /* of `at`, from 1 */
	size_t      line_start; /* where that line begins */
	const char *comment;    /* what starts a comment up to the line's end ("#"), or NULL */
	const char *marks;      /* characters that are tokens of their own (";"), or NULL */
} taut_scan;

/* A view of the text. */
typedef struct {
	const char *text; /* [length] */
	size_t      length;
	size_t      line, column; /* from 1 */
} taut_token;

/* Reads the file. EIO when that fails (a directory, no permission); EINPUT when it is empty, larger
 * than 4 GiB or no text (a control character, named with its line); ENOMEM. On failure there is
 * nothing to close. */
taut_status taut_scan_open(taut_scan *out, const char *path, taut_error *err) TAUT_MUST_CHECK;
/* The same with the file's bytes at hand; they are copied. */
taut_status taut_scan_open_bytes(taut_scan *out, const char *path, const char *bytes, size_t size,
                                 taut_error *err) TAUT_MUST_CHECK;
void        taut_scan_close(taut_scan *scan);

/* The next token, on any line or on the present line; false where there is none. A peek does not
 * advance. */
bool taut_scan_next(taut_scan *scan, taut_token *out);
bool taut_scan_next_here(taut_scan *scan, taut_token *out);
bool taut_scan_peek(const taut_scan *scan, taut_token *out);

/* Moves to the next token, on any line, and stops before it; false at the end of the file. */
bool taut_scan_find(taut_scan *scan);

/* Drops the rest of the present line. */
void taut_scan_skip_line(taut_scan *scan);

bool taut_token_is(const taut_token *token, const char *text);

/* Writes a token between quotes into out, cut to 40 characters, for messages. */
enum { TAUT_QUOTE_SIZE = 48 };
const char *taut_token_quote(char out[TAUT_QUOTE_SIZE], const taut_token *token);

/* EINPUT "file:line:column: ..." at a token, or "file:line: ..." at the present line for NULL. */
taut_status taut_scan_fail(const taut_scan *scan, const taut_token *token, taut_error *err,
                           const char *format, ...) TAUT_PRINTF(4, 5);

/* Puts "file:line: " of the present line in front of an EINPUT that knew no place; returns code. */
taut_status taut_scan_context(const taut_scan *scan, taut_status code, taut_error *err);

/* The next token where one must stand; `what` names it in the complaint that the file (or the line)
 * ends. */
taut_status taut_scan_need(taut_token *out, taut_scan *scan, const char *what,
                           taut_error *err) TAUT_MUST_CHECK;
taut_status taut_scan_need_here(taut_token *out, taut_scan *scan, const char *what,
                                taut_error *err) TAUT_MUST_CHECK;

/* A token as a number, or as an integer of [low, high]. EINPUT with what, value and allowed range.
 */
taut_status taut_token_number(taut_decimal *out, const taut_scan *scan, const taut_token *token,
                              const char *what, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_token_integer(int64_t *out, const taut_scan *scan, const taut_token *token,
                               const char *what, int64_t low, int64_t high,
                               taut_error *err) TAUT_MUST_CHECK;

/* The next token, on any line or on the present line, as an integer of [low, high]. */
taut_status taut_scan_integer(int64_t *out, taut_scan *scan, const char *what, int64_t low,
                              int64_t high, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_scan_integer_here(int64_t *out, taut_scan *scan, const char *what, int64_t low,
                                   int64_t high, taut_error *err) TAUT_MUST_CHECK;

/* The most variables that a file may declare: the larger of 10^6 and its size in bytes, so that a
 * short file cannot make anybody allocate by its header alone. */
uint32_t taut_scan_variables_most(const taut_scan *scan);

/* The next token of the line as a number of vertices or variables, 1 to taut_scan_variables_most.
 */
taut_status taut_scan_variables(uint32_t *out, taut_scan *scan, const char *what,
                                taut_error *err) TAUT_MUST_CHECK;

typedef enum { TAUT_SCAN_SIGNED, TAUT_SCAN_NOT_NEGATIVE } taut_scan_sign;

/* Appends the next rows * columns numbers to *out. EINPUT at once when that many cannot stand in
 * what is left of the file, so that nothing is allocated for a wild header. */
taut_status taut_scan_numbers(taut_numbers *out, taut_scan *scan, size_t rows, size_t columns,
                              const char *what, taut_scan_sign sign,
                              taut_error *err) TAUT_MUST_CHECK;

/* EINPUT when another token stands on the line, or in the file. */
taut_status taut_scan_line_end(taut_scan *scan, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_scan_end(taut_scan *scan, taut_error *err) TAUT_MUST_CHECK;

#endif
