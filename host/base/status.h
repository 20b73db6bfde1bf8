/* What a call can report: one table for code, exit code and text, and the error text that the
 * caller owns. The function that fails writes the message; its callers may put context in front. */
#ifndef TAUT_BASE_STATUS_H
#define TAUT_BASE_STATUS_H

#include "base/attr.h"

/*    name         exit  text */
#define TAUT_STATUSES(X)                              \
	X(OK, 0, "success")                           \
	X(EUSAGE, 2, "bad command line or option")    \
	X(EINPUT, 3, "bad input file or spec")        \
	X(EDEVICE, 4, "backend or device failed")     \
	X(ELIMIT, 5, "exceeds the backend's limits")  \
	X(ENOMEM, 6, "out of memory")                 \
	X(EIO, 7, "read or write failed")

typedef enum {
#define X(name, exit_code, text) TAUT_##name,
	TAUT_STATUSES(X)
#undef X
} taut_status;

/* Filled by the function that failed; owned by the caller, no allocation, no global state. */
typedef struct {
	taut_status code;
	char        text[512];
} taut_error;

/* Writes code and message into *err (which may be NULL) and returns code. */
taut_status taut_fail(taut_error *err, taut_status code, const char *format, ...) TAUT_PRINTF(3, 4);

/* Puts "context: " in front of the message that is already there; returns its code, so that a caller
 * can write `return taut_context(err, st, "...")`. */
taut_status taut_context(taut_error *err, taut_status code, const char *format, ...)
	TAUT_PRINTF(3, 4);

/* Process exit code and fixed English text of a status. Never fail. */
int         taut_status_exit(taut_status code);
const char *taut_status_text(taut_status code);

#endif
