/* Where results go: stdout, or a file that appears whole. */
#ifndef TAUT_CLI_OUTPUT_H
#define TAUT_CLI_OUTPUT_H

#include <stdio.h>

#include "base/text.h"

typedef struct {
	FILE *stream;
	char *path;      /* NULL: stdout */
	char *temporary; /* written first, renamed by commit; NULL: written in place (a device or pipe) */
	int   failed;    /* errno of a streamed text's failed write, or 0 */
} taut_output;

/* path NULL: stdout. EIO when the file cannot be made. */
taut_status taut_output_open(taut_output *out, const char *path, taut_error *err) TAUT_MUST_CHECK;
/* Writes and flushes a text, and empties it. EIO, ENOMEM (a text that failed to grow). */
taut_status taut_output_write(taut_output *out, taut_text *text, taut_error *err) TAUT_MUST_CHECK;
/* Makes text an empty one that is written piece by piece as it grows; taut_output_write ends it. */
void taut_output_stream(taut_text *text, taut_output *out);
/* Gives the file its name. EIO. */
taut_status taut_output_commit(taut_output *out, taut_error *err) TAUT_MUST_CHECK;
/* Closes; what was not committed is removed. */
void taut_output_close(taut_output *out);

#endif
