#include "report/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

static void put_string(taut_text *text, const char *value)
{
	taut_text_put(text, "\"");
	for (const char *c = value; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		if (byte == '"' || byte == '\\')
			taut_text_format(text, "\\%c", byte);
		else if (byte < 0x20)
			taut_text_format(text, "\\u%04x", byte);
		else
			taut_text_add(text, c, 1);
	}
	taut_text_put(text, "\"");
}

/* Comma and key of the next value. */
static void lead(taut_json *j, const char *key)
{
	if (j->filled[j->depth])
		taut_text_put(j->text, ",");
	j->filled[j->depth] = true;
	if (key) {
		put_string(j->text, key);
		taut_text_put(j->text, ":");
	}
}

void taut_json_open(taut_json *j, const char *key, char bracket)
{
	assert(j->depth + 1 < TAUT_JSON_DEPTH);
	lead(j, key);
	taut_text_add(j->text, &bracket, 1);
	j->filled[++j->depth] = false;
}

void taut_json_close(taut_json *j, char bracket)
{
	assert(j->depth > 0);
	taut_text_add(j->text, &bracket, 1);
	j->depth--;
}

void taut_json_int(taut_json *j, const char *key, int64_t value)
{
	lead(j, key);
	taut_text_format(j->text, "%" PRId64, value);
}

void taut_json_uint(taut_json *j, const char *key, uint64_t value)
{
	lead(j, key);
	taut_text_format(j->text, "%" PRIu64, value);
}

void taut_json_decimal(taut_json *j, const char *key, int64_t value, int32_t decimals)
{
	char number[48];

	taut_decimal_format(number, sizeof number, value, decimals);
	lead(j, key);
	taut_text_put(j->text, number);
}

void taut_json_real(taut_json *j, const char *key, double value)
{
	char   number[48];
	size_t whole;
	size_t rest;

	lead(j, key);
	if (!isfinite(value)) {
		taut_text_put(j->text, "null");
		return;
	}
	/* The locale of the program that uses the library may write something else than JSON's point. */
	(void)snprintf(number, sizeof number, "%.12g", value);
	whole = strspn(number, "-0123456789");
	rest = whole + strcspn(number + whole, "0123456789e");
	taut_text_add(j->text, number, whole);
	if (rest > whole)
		taut_text_put(j->text, ".");
	taut_text_put(j->text, number + rest);
}

void taut_json_text(taut_json *j, const char *key, const char *value)
{
	lead(j, key);
	if (value)
		put_string(j->text, value);
	else
		taut_text_put(j->text, "null");
}

void taut_json_bool(taut_json *j, const char *key, bool value)
{
	lead(j, key);
	taut_text_put(j->text, value ? "true" : "false");
}

void taut_json_null(taut_json *j, const char *key)
{
	lead(j, key);
	taut_text_put(j->text, "null");
}

void taut_json_bits(taut_json *j, const char *key, const uint8_t *x, size_t n)
{
	lead(j, key);
	taut_text_put(j->text, "\"");
	for (size_t i = 0; i < n; i++)
		taut_text_add(j->text, x[i] ? "1" : "0", 1);
	taut_text_put(j->text, "\"");
}
