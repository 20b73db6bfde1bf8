/* Where `solve` writes every read as the backend returned it, before repair: JSON lines, or the
 * binary form of docs/samples.md where the file's name ends in .bin. */
#ifndef TAUT_CLI_SAMPLES_H
#define TAUT_CLI_SAMPLES_H

#include "cli/output.h"
#include "flow/solve.h"

typedef struct {
	taut_output output;
	bool        binary;
	bool        begun; /* the binary form's first bytes are written */
} taut_samples_file;

/* EIO, ENOMEM. Close it in any case; what was not committed is removed. */
taut_status taut_samples_file_open(taut_samples_file *out, const char *path,
                                   taut_error *err) TAUT_MUST_CHECK;
taut_status taut_samples_file_commit(taut_samples_file *file, taut_error *err) TAUT_MUST_CHECK;
void        taut_samples_file_close(taut_samples_file *file);

/* Writes one round; a taut_samples_fn whose payload is a taut_samples_file. */
taut_status taut_samples_file_write(void *payload, uint64_t round, const taut_model *model,
                                    const taut_codec *codec, const taut_samples *samples,
                                    taut_error *err) TAUT_MUST_CHECK;

#endif
