/* Where `solve` writes a record of every round: CSV where the file's name ends in .csv, else JSON
 * lines (docs/trace.md). */
#ifndef TAUT_CLI_TRACE_H
#define TAUT_CLI_TRACE_H

#include "cli/output.h"
#include "flow/solve.h"

typedef struct {
	taut_output output;
	bool        csv;
	bool        begun; /* the line of names is written */
} taut_trace_file;

/* EIO, ENOMEM. Close it in any case; what was not committed is removed. */
taut_status taut_trace_file_open(taut_trace_file *out, const char *path,
                                 taut_error *err) TAUT_MUST_CHECK;
taut_status taut_trace_file_commit(taut_trace_file *file, taut_error *err) TAUT_MUST_CHECK;
void        taut_trace_file_close(taut_trace_file *file);

/* Writes one round; a taut_trace_fn whose payload is a taut_trace_file. */
taut_status taut_trace_file_write(void *payload, const taut_trace_round *round,
                                  taut_error *err) TAUT_MUST_CHECK;

#endif
