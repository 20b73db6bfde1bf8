#include "api/number.h"

#include <math.h>

/*
 * k / 10^d with k whole: both are doubles without error where |k| < 2^53 and d <= 22, so that the
 * division, correctly rounded, gives the double nearest to the decimal, and equality with x proves
 * that x stands for it. The product x 10^d has at most two roundings of 2^-53 in it; below 2^50 it
 * is within 1/2 of k and rounds to it. 2^50 > 10^15: every decimal of 15 digits is found.
 */
static const double WHOLE_MAX = 1125899906842624.0; /* 2^50 */

static const double INT64_END = 9223372036854775808.0; /* 2^63 */

taut_status taut_number_exact(taut_decimal *out, double x, taut_error *err)
{
	if (!isfinite(x))
		return taut_fail(err, TAUT_EINPUT, "a number is not finite");
	if (floor(x) == x) {
		if (x < -INT64_END || x >= INT64_END)
			return taut_fail(err, TAUT_EINPUT, "%g does not fit 64 bits", x);
		*out = (taut_decimal){(int64_t)x, 0};
		return TAUT_OK;
	}
	for (int32_t d = 1; d <= TAUT_DECIMALS_MAX; d++) {
		double unit = (double)taut_power_of_ten(d);
		double whole = rint(x * unit);
		if (fabs(whole) > WHOLE_MAX)
			break;
		if (whole / unit == x) {
			*out = (taut_decimal){(int64_t)whole, d};
			return TAUT_OK;
		}
	}
	return taut_fail(err, TAUT_EINPUT,
	                 "%.17g is no decimal of at most %d digits; round it first", x,
	                 (int)TAUT_DECIMALS_MAX);
}

taut_status taut_numbers_push_exact(taut_numbers *numbers, const double *x, size_t count,
                                    const char *what, taut_error *err)
{
	taut_decimal number;
	taut_status  st = TAUT_OK;

	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		st = taut_number_exact(&number, x[k], err);
		if (st == TAUT_OK)
			st = taut_numbers_push(numbers, number, err);
		if (st != TAUT_OK)
			st = taut_context(err, st, "%s %zu", what, k);
	}
	return st;
}
