/* A growable text: reports are built whole in memory and written once, so that nothing is half-written. The first failure
 * sticks and later calls do nothing, so callers check once at the end. */
#ifndef TAUT_BASE_TEXT_H
#define TAUT_BASE_TEXT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"

/* Zero-initialise; free with taut_text_fini. */
typedef struct {
	char       *data; /* [length + 1], ends with '\0'; NULL while empty */
	size_t      length;
	size_t      capacity;
	taut_status status; /* ENOMEM once an allocation failed */
} taut_text;

void taut_text_add(taut_text *text, const char *bytes, size_t length);
void taut_text_put(taut_text *text, const char *string);
void taut_text_format(taut_text *text, const char *format, ...) TAUT_PRINTF(2, 3);
void taut_text_fini(taut_text *text);

/* TAUT_OK, or ENOMEM with a message. */
taut_status taut_text_check(const taut_text *text, taut_error *err) TAUT_MUST_CHECK;

#endif
