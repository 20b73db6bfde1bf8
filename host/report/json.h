/* Writes JSON (RFC 8259) into a text: commas, quotes and escapes in one place. Keys are NULL inside arrays. */
#ifndef TAUT_REPORT_JSON_H
#define TAUT_REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { TAUT_JSON_DEPTH = 16 };

typedef struct {
	taut_text *text;
	int        depth;
	bool       filled[TAUT_JSON_DEPTH]; /* something stands at this depth: a comma is due */
} taut_json;

void taut_json_open(taut_json *j, const char *key, char bracket); /* '{' or '[' */
void taut_json_close(taut_json *j, char bracket);                 /* '}' or ']' */
void taut_json_int(taut_json *j, const char *key, int64_t value);
void taut_json_uint(taut_json *j, const char *key, uint64_t value);
void taut_json_decimal(taut_json *j, const char *key, int64_t value, int32_t decimals); /* exact */
void taut_json_real(taut_json *j, const char *key, double value); /* null when not finite */
void taut_json_text(taut_json *j, const char *key, const char *value); /* null for NULL */
void taut_json_bool(taut_json *j, const char *key, bool value);
void taut_json_null(taut_json *j, const char *key);
/* A string of n characters '0' and '1'. */
void taut_json_bits(taut_json *j, const char *key, const uint8_t *x, size_t n);

#endif
