#include "base/decimal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

enum { QUOTE_MAX = 40 }; /* characters of a bad number that a message repeats */

static taut_status bad_number(const char *text, size_t length, const char *why, taut_error *err)
{
	int shown = length > QUOTE_MAX ? QUOTE_MAX : (int)length;

	return taut_fail(err, TAUT_EINPUT, "'%.*s%s' %s", shown, text, length > QUOTE_MAX ? "..." : "",
			 why);
}

int64_t taut_power_of_ten(int32_t decimals)
{
	int64_t p = 1;

	assert(decimals >= 0 && decimals <= 18);
	while (decimals-- > 0)
		p *= 10;
	return p;
}

/* Digits of text from *at on: appended to *value; counts them in *n_digits. False on overflow. */
static bool read_digits(int64_t *value, int *n_digits, const char *text, size_t length, size_t *at)
{
	while (*at < length && text[*at] >= '0' && text[*at] <= '9') {
		if (!taut_mul64(value, *value, 10) || !taut_add64(value, *value, text[*at] - '0'))
			return false;
		(*at)++;
		(*n_digits)++;
	}
	return true;
}

taut_status taut_decimal_parse(taut_decimal *out, const char *text, size_t length, taut_error *err)
{
	static const char *const too_large = "does not fit 64 bits and 15 decimals";
	int64_t value = 0;
	int64_t exponent = 0;
	int     n_whole = 0;
	int     n_fraction = 0;
	size_t  at = 0;
	bool    negative;

	negative = length > 0 && text[0] == '-';
	if (length > 0 && (text[0] == '-' || text[0] == '+'))
		at++;
	if (!read_digits(&value, &n_whole, text, length, &at))
		return bad_number(text, length, too_large, err);
	if (at < length && text[at] == '.') {
		size_t end = ++at;
		size_t last = at; /* one past the last non-zero digit: trailing zeros say nothing */
		while (end < length && text[end] >= '0' && text[end] <= '9') {
			end++;
			if (text[end - 1] != '0')
				last = end;
		}
		if (!read_digits(&value, &n_fraction, text, last, &at))
			return bad_number(text, length, too_large, err);
		if (n_whole == 0 && end > at)
			n_whole = 1; /* ".5", ".0" */
		at = end;
	}
	if (n_whole + n_fraction == 0)
		return bad_number(text, length, "is not a number", err);
	if (at < length && (text[at] == 'e' || text[at] == 'E')) {
		int  n_digits = 0;
		bool minus;
		at++;
		minus = at < length && text[at] == '-';
		if (at < length && (text[at] == '-' || text[at] == '+'))
			at++;
		if (!read_digits(&exponent, &n_digits, text, length, &at))
			return bad_number(text, length, too_large, err);
		if (n_digits == 0)
			return bad_number(text, length, "is not a number", err);
		if (minus)
			exponent = -exponent;
	}
	if (at != length)
		return bad_number(text, length, "is not a number", err);
	if (!taut_sub64(&exponent, exponent, n_fraction))
		return bad_number(text, length, too_large, err);
	if (value == 0)
		exponent = 0;
	for (; exponent > 0; exponent--)
		if (!taut_mul64(&value, value, 10))
			return bad_number(text, length, too_large, err);
	for (; exponent < 0 && value % 10 == 0 && value != 0; exponent++)
		value /= 10;
	if (exponent < -TAUT_DECIMALS_MAX)
		return bad_number(text, length, too_large, err);
	*out = (taut_decimal){negative ? -value : value, (int32_t)-exponent};
	return TAUT_OK;
}

taut_status taut_integer_parse(int64_t *out, const char *text, size_t length, taut_error *err)
{
	taut_decimal x;
	taut_status  st = taut_decimal_parse(&x, text, length, err);

	if (st != TAUT_OK)
		return st;
	if (x.decimals > 0)
		return bad_number(text, length, "is not an integer", err);
	*out = x.value;
	return TAUT_OK;
}

taut_status taut_rescale(int64_t *out, int64_t value, int32_t from, int32_t to, taut_error *err)
{
	assert(from <= to);
	if (to - from > 18 || !taut_mul64(out, value, taut_power_of_ten(to - from)))
		return taut_fail(err, TAUT_EINPUT,
				 "%" PRId64 " does not fit 64 bits at %" PRId32 " decimals", value,
				 to - from);
	return TAUT_OK;
}

taut_status taut_decimal_add(taut_decimal *out, taut_decimal a, taut_decimal b, taut_error *err)
{
	int32_t     decimals = a.decimals > b.decimals ? a.decimals : b.decimals;
	taut_status st = taut_rescale(&a.value, a.value, a.decimals, decimals, err);

	if (st == TAUT_OK)
		st = taut_rescale(&b.value, b.value, b.decimals, decimals, err);
	if (st == TAUT_OK && !taut_add64(&a.value, a.value, b.value))
		st = taut_fail(err, TAUT_EINPUT, "a sum does not fit 64 bits");
	if (st == TAUT_OK)
		*out = (taut_decimal){a.value, decimals};
	return st;
}

taut_status taut_decimal_sub(taut_decimal *out, taut_decimal a, taut_decimal b, taut_error *err)
{
	if (b.value == INT64_MIN)
		return taut_fail(err, TAUT_EINPUT, "a difference does not fit 64 bits");
	b.value = -b.value;
	return taut_decimal_add(out, a, b, err);
}

void taut_decimal_format(char *out, size_t size, int64_t value, int32_t decimals)
{
	uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	uint64_t unit;

	while (decimals > 0 && magnitude % 10 == 0) {
		magnitude /= 10;
		decimals--;
	}
	unit = (uint64_t)taut_power_of_ten(decimals);
	if (decimals == 0)
		(void)snprintf(out, size, "%s%" PRIu64, value < 0 ? "-" : "", magnitude);
	else
		(void)snprintf(out, size, "%s%" PRIu64 ".%0*" PRIu64, value < 0 ? "-" : "",
			       magnitude / unit, (int)decimals, magnitude % unit);
}

double taut_decimal_to_double(int64_t value, int32_t decimals)
{
	return (double)value / (double)taut_power_of_ten(decimals);
}

taut_status taut_numbers_push(taut_numbers *numbers, taut_decimal x, taut_error *err)
{
	taut_status st;
	int64_t    *grown;

	if (x.decimals > numbers->decimals) {
		for (size_t i = 0; i < numbers->n; i++) {
			st = taut_rescale(&numbers->v[i], numbers->v[i], numbers->decimals, x.decimals,
					  err);
			if (st != TAUT_OK)
				return st;
		}
		numbers->decimals = x.decimals;
	}
	st = taut_rescale(&x.value, x.value, x.decimals, numbers->decimals, err);
	if (st != TAUT_OK)
		return st;
	grown = taut_grow(numbers->v, &numbers->capacity, numbers->n + 1, sizeof *grown, err);
	if (!grown)
		return TAUT_ENOMEM;
	numbers->v = grown;
	numbers->v[numbers->n++] = x.value;
	return TAUT_OK;
}

void taut_numbers_fini(taut_numbers *numbers)
{
	taut_free(numbers->v);
	*numbers = (taut_numbers){0};
}
