/* What a call can report: one table for code, exit code and text, and the error text that the
 * caller owns. A call that returns something else than TAUT_OK has written why into the taut_error.
 */
#ifndef TAUT_PUBLIC_STATUS_H
#define TAUT_PUBLIC_STATUS_H

#include "taut/api.h"

/*    name         exit  text */
#define TAUT_STATUSES(X)                             \
	X(OK, 0, "success")                          \
	X(EUSAGE, 2, "bad command line or option")   \
	X(EINPUT, 3, "bad input file or spec")       \
	X(EDEVICE, 4, "backend or device failed")    \
	X(ELIMIT, 5, "exceeds the backend's limits") \
	X(ENOMEM, 6, "out of memory")                \
	X(EIO, 7, "read or write failed")

typedef enum {
#define X(name, exit_code, text) TAUT_##name,
	TAUT_STATUSES(X)
#undef X
} taut_status;

/* Filled by the function that failed, untouched by one that did not; owned by the caller, no
 * allocation, no global state. Calls take NULL where the text is not wanted. */
typedef struct {
	taut_status code;
	char        text[512];
} taut_error;

TAUT_C_BEGIN

/* Process exit code and fixed English text of a status. Never fail. */
TAUT_API int         taut_status_exit(taut_status code);
TAUT_API const char *taut_status_text(taut_status code);

TAUT_C_END

#endif
