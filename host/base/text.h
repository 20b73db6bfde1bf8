/* A growable text: reports are built whole in memory and written once, so that nothing is half-written. The first failure
 * sticks and later calls do nothing, so callers check once at the end. A text with a sink gives its bytes away in pieces,
 * so that an output of any size takes bounded memory. */
#ifndef TAUT_BASE_TEXT_H
#define TAUT_BASE_TEXT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"

/* Takes a piece of a text. A status other than OK sticks to the text. */
typedef taut_status taut_text_sink(void *payload, const char *bytes, size_t length);

/* Pieces given to a sink are at least this long, the last one excepted. */
enum { TAUT_TEXT_PIECE = 1 << 16 };

/* Zero-initialise, or set sink and payload alone; free with taut_text_fini. */
typedef struct {
	char           *data; /* [length + 1], ends with '\0'; NULL while empty */
	size_t          length;
	size_t          capacity;
	taut_status     status;  /* ENOMEM once an allocation failed, or what the sink said */
	taut_text_sink *sink;    /* NULL: the text stays whole */
	void           *payload; /* of sink */
} taut_text;

void taut_text_add(taut_text *text, const char *bytes, size_t length);
void taut_text_put(taut_text *text, const char *string);
void taut_text_format(taut_text *text, const char *format, ...) TAUT_PRINTF(2, 3);
/* Words and a line end, wrapped at 80 columns; the first line's indent stands there already. */
void taut_text_wrap(taut_text *text, const char *words, int indent);
/* The same of another text, which is then empty; its failure becomes this one's. */
void taut_text_wrap_text(taut_text *text, taut_text *words, int indent);
void taut_text_fini(taut_text *text);

/* TAUT_OK, or ENOMEM, or the sink's failure, with a message. What the sink has not yet got stays in data. */
taut_status taut_text_check(const taut_text *text, taut_error *err) TAUT_MUST_CHECK;

#endif
