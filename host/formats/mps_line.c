#include "formats/mps_line.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "formats/columns.h"

/* Fields of fixed MPS, from 0: first column and the one after the last. */
static const struct {
	size_t from, to;
} cards[] = {{1, 3}, {4, 12}, {14, 22}, {24, 36}, {39, 47}, {49, 61}};

enum { N_CARDS = sizeof cards / sizeof *cards };

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool taut_mps_next(taut_mps_line *line)
{
	const char *text = line->text;

	for (;;) {
		const char *end;
		size_t      at;
		line->from = line->next;
		if (line->from >= line->scan->size)
			return false;
		end = memchr(text + line->from, '\n', line->scan->size - line->from);
		line->to = end ? (size_t)(end - text) : line->scan->size;
		line->next = line->to + 1;
		for (at = line->from; at < line->to && is_blank(text[at]); at++)
			;
		if (at == line->to || text[line->from] == '*')
			continue;
		while (is_blank(text[line->to - 1]))
			line->to--;
		line->is_header = at == line->from;
		return true;
	}
}

void taut_mps_split_words(taut_mps_line *line)
{
	size_t at = line->from;

	for (line->n = 0; line->n < TAUT_MPS_FIELDS_MAX; line->n++) {
		taut_mps_field *field = &line->field[line->n];
		while (at < line->to && is_blank(line->text[at]))
			at++;
		if (at == line->to)
			return;
		field->at = at;
		while (at < line->to && !is_blank(line->text[at]))
			at++;
		field->length = at - field->at;
	}
}

static void split_columns(taut_mps_line *line, bool has_code)
{
	const size_t size = line->to - line->from;

	line->n = 0;
	for (size_t k = has_code ? 0 : 1; k < N_CARDS && cards[k].from < size; k++) {
		size_t from = line->from + cards[k].from;
		size_t to = line->from + (cards[k].to < size ? cards[k].to : size);
		while (from < to && is_blank(line->text[from]))
			from++;
		while (to > from && is_blank(line->text[to - 1]))
			to--;
		line->field[line->n++] = (taut_mps_field){from, to - from};
	}
}

void taut_mps_split(taut_mps_line *line, bool has_code)
{
	if (line->fixed && !line->is_header)
		split_columns(line, has_code);
	else
		taut_mps_split_words(line);
}

bool taut_mps_fits_fixed(const taut_mps_line *line)
{
	const size_t size = line->to - line->from;
	size_t       card = 0;

	if (memchr(line->text + line->from, '\t', size) || size > cards[N_CARDS - 1].to)
		return false;
	for (size_t k = 0; k < size; k++) {
		if (card < N_CARDS && k == cards[card].to)
			card++;
		if ((card == N_CARDS || k < cards[card].from) &&
		    !is_blank(line->text[line->from + k]))
			return false;
	}
	return true;
}

bool taut_mps_is(const taut_mps_line *line, int k, const char *word)
{
	const taut_mps_field *field = &line->field[k];
	size_t                at = 0;

	if (k >= line->n)
		return false;
	while (at < field->length &&
	       toupper((unsigned char)line->text[field->at + at]) == word[at] && word[at])
		at++;
	return at == field->length && word[at] == '\0';
}

taut_status taut_mps_fail(const taut_mps_line *line, int k, taut_error *err, const char *format,
                          ...)
{
	char       message[sizeof err->text];
	taut_token token;
	va_list    args;

	assert(k < line->n);
	token = k < 0 ? taut_token_at(line->scan, line->from, 1)
	              : taut_token_at(line->scan, line->field[k].at, line->field[k].length);
	va_start(args, format);
	(void)vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return taut_scan_fail(line->scan, &token, err, "%s", message);
}

const char *taut_mps_quote(char out[TAUT_QUOTE_SIZE], const taut_mps_line *line, int k)
{
	const taut_mps_field *field = &line->field[k];
	taut_token            token = {line->text + field->at, field->length, 0, 0};

	return taut_token_quote(out, &token);
}
