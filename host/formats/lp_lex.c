#include "formats/lp_lex.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "formats/columns.h"

/* Words that begin a section, in small letters; a blank is any blanks. */
static const struct {
	const char     *words;
	taut_lp_section section;
} sections[] = {
	{"minimize", TAUT_LP_MINIMISE},
	{"minimise", TAUT_LP_MINIMISE},
	{"minimum", TAUT_LP_MINIMISE},
	{"min", TAUT_LP_MINIMISE},
	{"maximize", TAUT_LP_MAXIMISE},
	{"maximise", TAUT_LP_MAXIMISE},
	{"maximum", TAUT_LP_MAXIMISE},
	{"max", TAUT_LP_MAXIMISE},
	{"subject to", TAUT_LP_ROWS},
	{"such that", TAUT_LP_ROWS},
	{"s.t.", TAUT_LP_ROWS},
	{"st.", TAUT_LP_ROWS},
	{"st", TAUT_LP_ROWS},
	{"lazy constraints", TAUT_LP_ROWS},
	{"bounds", TAUT_LP_BOUNDS},
	{"bound", TAUT_LP_BOUNDS},
	{"binaries", TAUT_LP_BINARIES},
	{"binary", TAUT_LP_BINARIES},
	{"bin", TAUT_LP_BINARIES},
	{"generals", TAUT_LP_GENERALS},
	{"general", TAUT_LP_GENERALS},
	{"gens", TAUT_LP_GENERALS},
	{"gen", TAUT_LP_GENERALS},
	{"integers", TAUT_LP_GENERALS},
	{"integer", TAUT_LP_GENERALS},
	{"int", TAUT_LP_GENERALS},
	{"end", TAUT_LP_FILE_END},
	{"user cuts", TAUT_LP_REFUSED},
	{"semi-continuous", TAUT_LP_REFUSED},
	{"semis", TAUT_LP_REFUSED},
	{"semi", TAUT_LP_REFUSED},
	{"sos1", TAUT_LP_REFUSED},
	{"sos2", TAUT_LP_REFUSED},
	{"sos", TAUT_LP_REFUSED},
	{"pwlobj", TAUT_LP_REFUSED},
	{"general constraints", TAUT_LP_REFUSED},
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What ends a name: blanks, operators, the comment sign. '-' ends it, so x-1 is x minus 1; '/' and
 * '.' do not. */
static bool ends_name(char c)
{
	switch (c) {
	case '\0':
	case ' ':
	case '+':
	case '-':
	case '*':
	case '^':
	case '<':
	case '>':
	case '=':
	case ':':
	case '\\':
		return true;
	default:
		return c >= '\t' && c <= '\r';
	}
}

/* Past the end of the name that begins at `at`. A bracket belongs to the name when it closes there,
 * as in x[1,2]. */
static size_t name_end(const char *text, size_t at)
{
	for (;; at++) {
		if (ends_name(text[at]) || text[at] == ']')
			return at;
		if (text[at] != '[')
			continue;
		while (text[at] != ']') {
			at++;
			if (text[at] == '\0' || is_blank(text[at]))
				return at;
		}
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Past the end of the number; an e without digits belongs to what follows, as in 2e + 3f. */
static size_t number_end(const char *text, size_t at)
{
	while (is_digit(text[at]))
		at++;
	if (text[at] == '.')
		at++;
	while (is_digit(text[at]))
		at++;
	if (text[at] == 'e' || text[at] == 'E') {
		size_t digits = at + 1;
		if (text[digits] == '+' || text[digits] == '-')
			digits++;
		if (is_digit(text[digits])) {
			at = digits;
			while (is_digit(text[at]))
				at++;
		}
	}
	return at;
}

static void skip_blanks(taut_lp_lex *lex)
{
	for (;; lex->at++) {
		char c = lex->text[lex->at];
		if (c == '\\') { /* a comment: to the end of the line */
			const char *end =
				memchr(lex->text + lex->at, '\n', lex->scan->size - lex->at);
			lex->at = end ? (size_t)(end - lex->text) : lex->scan->size;
			c = lex->text[lex->at];
		}
		if (c == '\n')
			lex->first = true;
		else if (!is_blank(c))
			return;
	}
}

static size_t relation_end(const char *text, size_t at)
{
	bool two = (text[at] == '=' && (text[at + 1] == '<' || text[at + 1] == '>')) ||
	           (text[at] != '=' && text[at + 1] == '=');

	return at + 1 + two;
}

void taut_lp_next(taut_lp_lex *lex)
{
	const char *text = lex->text;
	char        c;

	lex->first = lex->at == 0;
	skip_blanks(lex);
	lex->from = lex->at;
	c = text[lex->at];
	if (c == '\0') {
		lex->kind = TAUT_LP_END;
	} else if (is_digit(c) || (c == '.' && is_digit(text[lex->at + 1]))) {
		lex->kind = TAUT_LP_NUMBER;
		lex->at = number_end(text, lex->at);
	} else if (c == '+' || c == '-') {
		lex->kind = TAUT_LP_SIGN;
		lex->at++;
	} else if (c == '<' || c == '>' || c == '=') {
		lex->kind = TAUT_LP_RELATION;
		lex->at = relation_end(text, lex->at);
	} else if (c == ':' || c == '*' || c == '^' || c == '/' || c == '[' || c == ']' ||
	           c == '.') {
		lex->kind = TAUT_LP_MARK;
		lex->at++;
	} else {
		lex->kind = TAUT_LP_NAME;
		lex->at = name_end(text, lex->at);
	}
}

bool taut_lp_is(const taut_lp_lex *lex, char c)
{
	return lex->kind == TAUT_LP_MARK && lex->text[lex->from] == c;
}

bool taut_lp_is_label(const taut_lp_lex *lex)
{
	taut_lp_lex after = *lex;

	if (lex->kind != TAUT_LP_NAME)
		return false;
	skip_blanks(&after);
	return after.text[after.at] == ':';
}

/* Past the words that stand at `at`, or 0 when others stand there. */
static size_t match_words(const char *text, size_t at, const char *words)
{
	for (; *words; words++) {
		if (*words != ' ') {
			if (tolower((unsigned char)text[at++]) != *words)
				return 0;
			continue;
		}
		if (!is_blank(text[at]))
			return 0;
		while (is_blank(text[at]))
			at++;
	}
	return ends_name(text[at]) ? at : 0;
}

taut_lp_section taut_lp_section_at(const taut_lp_lex *lex, size_t *end)
{
	taut_lp_section found = TAUT_LP_NO_SECTION;

	/* the letters with which sections begin: other names cost no more */
	if (lex->kind != TAUT_LP_NAME || !strchr("bBeEgGiIlLmMpPsSuU", lex->text[lex->from]))
		return TAUT_LP_NO_SECTION;
	*end = 0;
	for (size_t k = 0; k < sizeof sections / sizeof *sections; k++) {
		size_t past = match_words(lex->text, lex->from, sections[k].words);
		if (past > *end) { /* the longest: "general constraints" */
			*end = past;
			found = sections[k].section;
		}
	}
	if (found != TAUT_LP_NO_SECTION) {
		taut_lp_lex after = *lex;
		after.at = *end;
		if (taut_lp_is_label(&after))
			return TAUT_LP_NO_SECTION;
	}
	return found;
}

bool taut_lp_is_word(const taut_lp_lex *lex, const char *word)
{
	return lex->kind == TAUT_LP_NAME && match_words(lex->text, lex->from, word) == lex->at;
}

taut_token taut_lp_token(const taut_lp_lex *lex)
{
	return taut_token_at(lex->scan, lex->from, lex->at - lex->from);
}

taut_status taut_lp_fail(const taut_lp_lex *lex, taut_error *err, const char *format, ...)
{
	char       message[sizeof err->text];
	taut_token token = taut_lp_token(lex);
	va_list    args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return taut_scan_fail(lex->scan, &token, err, "%s", message);
}
