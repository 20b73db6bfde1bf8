#include "formats/scan.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

enum { QUOTE_MAX = 40 };           /* characters of a token that a message repeats */
enum { CHUNK_BYTES = 1 << 20 };    /* read at once */
enum { VARIABLES_FREE = 1000000 }; /* variables that a file of any size may declare */

#define FILE_MAX_BYTES ((size_t)4 << 30)

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r'); /* \t \n \v \f \r */
}

/* Refuses what no text holds, from byte `from` on: control characters, a NUL first of all. */
static taut_status check_text(const taut_scan *s, size_t from, taut_error *err)
{
	for (size_t i = from; i < s->size; i++) {
		unsigned char c = (unsigned char)s->text[i];
		size_t        line = 1;
		if (c >= ' ' ? c != 127 : is_blank((char)c))
			continue;
		for (size_t k = 0; k < i; k++)
			line += s->text[k] == '\n';
		return taut_fail(err, TAUT_EINPUT, "%s:%zu: byte 0x%02x: this is no text file",
		                 s->file, line, (unsigned)c);
	}
	return TAUT_OK;
}

/* Room for the whole file at once, where its size can be told; memory that is not used is never
 * touched. */
static taut_status make_room(taut_scan *s, size_t *capacity, FILE *stream, taut_error *err)
{
	off_t end = fseeko(stream, 0, SEEK_END) == 0 ? ftello(stream) : -1;

	*capacity = CHUNK_BYTES + 1;
	if (end > 0 && (uintmax_t)end < FILE_MAX_BYTES)
		*capacity += (size_t)end;
	if (end >= 0)
		rewind(stream);
	s->text = taut_alloc(*capacity, 1, err);
	return s->text ? TAUT_OK : TAUT_ENOMEM;
}

/* Fills text and size from the stream. */
static taut_status read_all(taut_scan *s, FILE *stream, taut_error *err)
{
	size_t capacity;
	size_t got;

	if (make_room(s, &capacity, stream, err) != TAUT_OK)
		return TAUT_ENOMEM;
	do {
		char *grown;
		if (s->size >= FILE_MAX_BYTES)
			return taut_fail(err, TAUT_EINPUT, "%s: larger than 4 GiB", s->file);
		grown = taut_grow(s->text, &capacity, s->size + CHUNK_BYTES + 1, 1, err);
		if (!grown)
			return TAUT_ENOMEM;
		s->text = grown;
		errno = 0;
		got = fread(s->text + s->size, 1, CHUNK_BYTES, stream);
		if (ferror(stream))
			return taut_fail(err, TAUT_EIO, "cannot read %s: %s", s->file,
			                 strerror(errno));
		s->size += got;
		if (check_text(s, s->size - got, err) != TAUT_OK)
			return TAUT_EINPUT;
	} while (got == CHUNK_BYTES);
	s->text[s->size] = '\0';
	return TAUT_OK;
}

/* Hands the scan over if its text holds anything; otherwise frees it. */
static taut_status hand_over(taut_scan *out, taut_scan *s, taut_error *err)
{
	taut_token token;

	if (!taut_scan_peek(s, &token)) {
		taut_free(s->text);
		return taut_fail(err, TAUT_EINPUT, "%s:1: the file is empty", s->file);
	}
	*out = *s;
	return TAUT_OK;
}

taut_status taut_scan_open(taut_scan *out, const char *path, taut_error *err)
{
	taut_scan   s = {.file = path, .line = 1};
	taut_status st = TAUT_OK;
	FILE       *stream;

	assert(out != NULL && path != NULL);
	*out = (taut_scan){0};
	errno = 0;
	stream = fopen(path, "rb");
	if (!stream)
		return taut_fail(err, TAUT_EIO, "cannot open %s: %s", path, strerror(errno));
	st = read_all(&s, stream, err);
	(void)fclose(stream); /* only read from */
	if (st != TAUT_OK)
		taut_free(s.text);
	return st == TAUT_OK ? hand_over(out, &s, err) : st;
}

taut_status taut_scan_open_bytes(taut_scan *out, const char *path, const char *bytes, size_t size,
                                 taut_error *err)
{
	taut_scan   s = {.file = path, .line = 1, .size = size};
	taut_status st;

	*out = (taut_scan){0};
	s.text = taut_alloc(size + 1, 1, err);
	if (!s.text)
		return TAUT_ENOMEM;
	memcpy(s.text, bytes, size);
	st = check_text(&s, 0, err);
	if (st != TAUT_OK)
		taut_free(s.text);
	return st == TAUT_OK ? hand_over(out, &s, err) : st;
}

void taut_scan_close(taut_scan *scan)
{
	taut_free(scan->text);
	*scan = (taut_scan){0};
}

void taut_scan_skip_line(taut_scan *scan)
{
	const char *end = memchr(scan->text + scan->at, '\n', scan->size - scan->at);

	if (!end) {
		scan->at = scan->size;
		return;
	}
	scan->at = (size_t)(end - scan->text) + 1;
	scan->line++;
	scan->line_start = scan->at;
}

static bool is_mark(const taut_scan *s, char c)
{
	return s->marks && c != '\0' && strchr(s->marks, c);
}

static bool starts_comment(const taut_scan *s)
{
	return s->comment && !strncmp(s->text + s->at, s->comment, strlen(s->comment));
}

/* Moves to the next character that is no blank and no comment; false at the end of the file, or of
 * the line unless other lines may follow. */
static bool find_token(taut_scan *s, bool any_line)
{
	for (;;) {
		char c = s->text[s->at];
		if (c == '\0' || (c == '\n' && !any_line))
			return false;
		if (c == '\n') {
			s->line++;
			s->line_start = ++s->at;
		} else if (is_blank(c)) {
			s->at++;
		} else if (starts_comment(s)) {
			s->at += strcspn(s->text + s->at, "\n");
		} else {
			return true;
		}
	}
}

static bool take(taut_scan *s, taut_token *out, bool any_line)
{
	size_t from;

	if (!find_token(s, any_line))
		return false;
	from = s->at++;
	if (!is_mark(s, s->text[from]))
		while (s->text[s->at] != '\0' && !is_blank(s->text[s->at]) &&
		       !is_mark(s, s->text[s->at]) && !starts_comment(s))
			s->at++;
	*out = (taut_token){s->text + from, s->at - from, s->line, from - s->line_start + 1};
	return true;
}

bool taut_scan_next(taut_scan *scan, taut_token *out)
{
	return take(scan, out, true);
}

bool taut_scan_next_here(taut_scan *scan, taut_token *out)
{
	return take(scan, out, false);
}

bool taut_scan_find(taut_scan *scan)
{
	return find_token(scan, true);
}

bool taut_scan_peek(const taut_scan *scan, taut_token *out)
{
	taut_scan ahead = *scan;

	return take(&ahead, out, true);
}

bool taut_token_is(const taut_token *token, const char *text)
{
	return strlen(text) == token->length && !memcmp(token->text, text, token->length);
}

const char *taut_token_quote(char out[TAUT_QUOTE_SIZE], const taut_token *token)
{
	bool cut = token->length > QUOTE_MAX;

	(void)snprintf(out, TAUT_QUOTE_SIZE, "'%.*s%s'", cut ? QUOTE_MAX : (int)token->length,
	               token->text, cut ? "..." : "");
	return out;
}

taut_status taut_scan_fail(const taut_scan *scan, const taut_token *token, taut_error *err,
                           const char *format, ...)
{
	char    message[sizeof err->text];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof message, format, args);
	va_end(args);
	if (token)
		return taut_fail(err, TAUT_EINPUT, "%s:%zu:%zu: %s", scan->file, token->line,
		                 token->column, message);
	return taut_fail(err, TAUT_EINPUT, "%s:%zu: %s", scan->file, scan->line, message);
}

taut_status taut_scan_context(const taut_scan *scan, taut_status code, taut_error *err)
{
	return code == TAUT_EINPUT ? taut_context(err, code, "%s:%zu", scan->file, scan->line)
	                           : code;
}

taut_status taut_scan_need(taut_token *out, taut_scan *scan, const char *what, taut_error *err)
{
	if (taut_scan_next(scan, out))
		return TAUT_OK;
	return taut_scan_fail(scan, NULL, err, "the file ends where %s should stand", what);
}

taut_status taut_scan_need_here(taut_token *out, taut_scan *scan, const char *what, taut_error *err)
{
	if (taut_scan_next_here(scan, out))
		return TAUT_OK;
	return taut_scan_fail(scan, NULL, err, "the line ends where %s should stand", what);
}

taut_status taut_token_number(taut_decimal *out, const taut_scan *scan, const taut_token *token,
                              const char *what, taut_error *err)
{
	taut_error inner;

	if (taut_decimal_parse(out, token->text, token->length, &inner) == TAUT_OK)
		return TAUT_OK;
	return taut_scan_fail(scan, token, err, "%s: %s", what, inner.text);
}

taut_status taut_token_integer(int64_t *out, const taut_scan *scan, const taut_token *token,
                               const char *what, int64_t low, int64_t high, taut_error *err)
{
	taut_error inner;

	if (taut_integer_parse(out, token->text, token->length, &inner) != TAUT_OK)
		return taut_scan_fail(scan, token, err, "%s: %s", what, inner.text);
	if (*out >= low && *out <= high)
		return TAUT_OK;
	return taut_scan_fail(scan, token, err, "%s: %" PRId64 " is not in %" PRId64 " to %" PRId64,
	                      what, *out, low, high);
}

taut_status taut_scan_integer(int64_t *out, taut_scan *scan, const char *what, int64_t low,
                              int64_t high, taut_error *err)
{
	taut_token  token;
	taut_status st = taut_scan_need(&token, scan, what, err);

	return st != TAUT_OK ? st : taut_token_integer(out, scan, &token, what, low, high, err);
}

taut_status taut_scan_integer_here(int64_t *out, taut_scan *scan, const char *what, int64_t low,
                                   int64_t high, taut_error *err)
{
	taut_token  token;
	taut_status st = taut_scan_need_here(&token, scan, what, err);

	return st != TAUT_OK ? st : taut_token_integer(out, scan, &token, what, low, high, err);
}

uint32_t taut_scan_variables_most(const taut_scan *scan)
{
	size_t most = scan->size > VARIABLES_FREE ? scan->size : VARIABLES_FREE;

	return (uint32_t)(most < TAUT_SCAN_COUNT_MAX ? most : TAUT_SCAN_COUNT_MAX);
}

taut_status taut_scan_variables(uint32_t *out, taut_scan *scan, const char *what, taut_error *err)
{
	int64_t     n = 0;
	taut_status st;

	st = taut_scan_integer_here(&n, scan, what, 1, taut_scan_variables_most(scan), err);
	*out = (uint32_t)n;
	return st;
}

taut_status taut_scan_numbers(taut_numbers *out, taut_scan *scan, size_t rows, size_t columns,
                              const char *what, taut_scan_sign sign, taut_error *err)
{
	size_t       left = scan->size - scan->at;
	size_t       count;
	taut_token   token;
	taut_decimal x;
	char         quote[TAUT_QUOTE_SIZE];

	/* k numbers take at least k digits and k - 1 blanks; a blank stands before the first */
	if (!taut_mul_size(&count, rows, columns) || count > left / 2)
		return taut_scan_fail(scan, NULL, err,
		                      "%zu x %zu numbers (%s) cannot stand in the %zu bytes left",
		                      rows, columns, what, left);
	for (size_t k = 0; k < count; k++) {
		taut_status st;
		if (!taut_scan_next(scan, &token))
			return taut_scan_fail(scan, NULL, err,
			                      "the file ends after %zu of %zu numbers (%s)", k,
			                      count, what);
		st = taut_token_number(&x, scan, &token, what, err);
		if (st != TAUT_OK)
			return st;
		if (sign == TAUT_SCAN_NOT_NEGATIVE && x.value < 0)
			return taut_scan_fail(scan, &token, err,
			                      "%s: %s is negative, must be at least 0", what,
			                      taut_token_quote(quote, &token));
		st = taut_numbers_push(out, x, err);
		if (st != TAUT_OK)
			return taut_scan_context(scan, st, err);
	}
	return TAUT_OK;
}

static taut_status refuse(const taut_scan *scan, const taut_token *token, const char *after,
                          taut_error *err)
{
	char quote[TAUT_QUOTE_SIZE];

	return taut_scan_fail(scan, token, err, "%s after the end of %s",
	                      taut_token_quote(quote, token), after);
}

taut_status taut_scan_line_end(taut_scan *scan, taut_error *err)
{
	taut_token token;

	return taut_scan_next_here(scan, &token) ? refuse(scan, &token, "the line's data", err)
	                                         : TAUT_OK;
}

taut_status taut_scan_end(taut_scan *scan, taut_error *err)
{
	taut_token token;

	return taut_scan_next(scan, &token) ? refuse(scan, &token, "the data", err) : TAUT_OK;
}
