/* Exact decimal numbers: an integer and the number of digits after the point. Arrays of them share one
 * scale, so that data with decimals stay integers from the file to the evaluation. */
#ifndef TAUT_BASE_DECIMAL_H
#define TAUT_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { TAUT_DECIMALS_MAX = 15 };

/* value / 10^decimals, 0 <= decimals <= TAUT_DECIMALS_MAX */
typedef struct {
	int64_t value;
	int32_t decimals;
} taut_decimal;

/* Reads the whole of text[0 .. length) as [+-]digits[.digits][e[+-]digits], trailing zeros of the
 * fraction dropped. EINPUT with a message that quotes the text when it is no number, NaN or
 * infinite, or does not fit 64 bits and TAUT_DECIMALS_MAX digits after the point. */
taut_status taut_decimal_parse(taut_decimal *out, const char *text, size_t length, taut_error *err)
	TAUT_MUST_CHECK;

/* The same for integers alone: "2.0" and "2e3" are integers, "2.5" is EINPUT. */
taut_status taut_integer_parse(int64_t *out, const char *text, size_t length, taut_error *err)
	TAUT_MUST_CHECK;

/* 10^decimals, 0 <= decimals <= 18. */
int64_t taut_power_of_ten(int32_t decimals);

/* value * 10^(to - from), from <= to. EINPUT on overflow. */
taut_status taut_rescale(int64_t *out, int64_t value, int32_t from, int32_t to, taut_error *err)
	TAUT_MUST_CHECK;

/* a + b, or a - b, exactly, at the larger scale of the two. EINPUT on overflow. */
taut_status taut_decimal_add(taut_decimal *out, taut_decimal a, taut_decimal b, taut_error *err)
	TAUT_MUST_CHECK;
taut_status taut_decimal_sub(taut_decimal *out, taut_decimal a, taut_decimal b, taut_error *err)
	TAUT_MUST_CHECK;

/* Writes value / 10^decimals exactly, without trailing zeros ("-12.5"). size >= 24 always suffices. */
void taut_decimal_format(char *out, size_t size, int64_t value, int32_t decimals);

/* The nearest double. */
double taut_decimal_to_double(int64_t value, int32_t decimals);

/* A growable array of numbers of one scale: v[i] / 10^decimals. Zero-initialise; free v. */
typedef struct {
	int64_t *v; /* [n] */
	size_t   n;
	size_t   capacity;
	int32_t  decimals;
} taut_numbers;

/* Appends x; when x has more decimals, everything before is rescaled. EINPUT on overflow, ENOMEM. */
taut_status taut_numbers_push(taut_numbers *numbers, taut_decimal x, taut_error *err)
	TAUT_MUST_CHECK;
void taut_numbers_fini(taut_numbers *numbers);

#endif
