/* The writing side of taut/status.h: the function that fails writes the message; its callers may put context in
 * front. */
#ifndef TAUT_BASE_STATUS_H
#define TAUT_BASE_STATUS_H

#include "base/attr.h"
#include "taut/status.h"

/* Writes code and message into *err (which may be NULL) and returns code. */
taut_status taut_fail(taut_error *err, taut_status code, const char *format, ...) TAUT_PRINTF(3, 4);

/* Puts "context: " in front of the message that is already there; returns its code, so that a caller
 * can write `return taut_context(err, st, "...")`. */
taut_status taut_context(taut_error *err, taut_status code, const char *format, ...)
	TAUT_PRINTF(3, 4);

#endif
