/* Doubles of the public calls as the exact decimals that the instances hold. */
#ifndef TAUT_API_NUMBER_H
#define TAUT_API_NUMBER_H

#include "base/decimal.h"

/* The decimal with the fewest digits after the point whose nearest double is x. EINPUT where x is
 * no number of 64 bits or needs more than 15 digits. */
taut_status taut_number_exact(taut_decimal *out, double x, taut_error *err) TAUT_MUST_CHECK;

/* Appends count numbers of x. EINPUT with the position from 0, ENOMEM. */
taut_status taut_numbers_push_exact(taut_numbers *numbers, const double *x, size_t count,
                                    const char *what, taut_error *err) TAUT_MUST_CHECK;

#endif
