#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { WRAP_WIDTH = 80 };

/* Room for `more` further bytes and the end mark. A long text goes to the sink first. */
static int reserve(taut_text *text, size_t more)
{
	char *grown;

	if (text->status == TAUT_OK && text->sink && text->length >= TAUT_TEXT_PIECE) {
		text->status = text->sink(text->payload, text->data, text->length);
		text->length = 0;
	}
	if (text->status != TAUT_OK)
		return 0;
	grown = taut_grow(text->data, &text->capacity, text->length + more + 1, 1, NULL);
	if (!grown) {
		text->status = TAUT_ENOMEM;
		return 0;
	}
	text->data = grown;
	return 1;
}

void taut_text_add(taut_text *text, const char *bytes, size_t length)
{
	if (!reserve(text, length))
		return;
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void taut_text_put(taut_text *text, const char *string)
{
	taut_text_add(text, string, strlen(string));
}

void taut_text_format(taut_text *text, const char *format, ...)
{
	va_list args;
	va_list again;
	int     need;

	va_start(args, format);
	va_copy(again, args);
	need = vsnprintf(NULL, 0, format, args);
	if (need >= 0 && reserve(text, (size_t)need)) {
		(void)vsnprintf(text->data + text->length, (size_t)need + 1, format, again);
		text->length += (size_t)need;
	}
	va_end(again);
	va_end(args);
}

void taut_text_wrap(taut_text *text, const char *words, int indent)
{
	int column = indent;

	for (const char *at = words; *at;) {
		const int width = (int)strcspn(at, " \n");

		if (column > indent && column + 1 + width > WRAP_WIDTH) {
			taut_text_format(text, "\n%*s", indent, "");
			column = indent;
		}
		taut_text_format(text, "%s%.*s", column > indent ? " " : "", width, at);
		column += width + (column > indent);
		at += width;
		while (*at == ' ' || *at == '\n')
			at++;
	}
	taut_text_put(text, "\n");
}

void taut_text_wrap_text(taut_text *text, taut_text *words, int indent)
{
	if (words->status != TAUT_OK && text->status == TAUT_OK)
		text->status = words->status;
	taut_text_wrap(text, words->data ? words->data : "", indent);
	taut_text_fini(words);
}

void taut_text_fini(taut_text *text)
{
	taut_free(text->data);
	*text = (taut_text){0};
}

taut_status taut_text_check(const taut_text *text, taut_error *err)
{
	if (text->status == TAUT_OK)
		return TAUT_OK;
	if (text->status == TAUT_ENOMEM)
		return taut_fail(err, TAUT_ENOMEM, "out of memory for %zu bytes of text", text->length);
	return taut_fail(err, text->status, "the text could not be written");
}
