/* The progress line on a terminal: one line on stderr, at most ten times a second, wiped at the end. */
#ifndef TAUT_CLI_PROGRESS_H
#define TAUT_CLI_PROGRESS_H

#include <stdbool.h>

#include "base/ctx.h"

typedef struct {
	const char *name;   /* of the problem */
	double      last_s; /* when it was drawn last */
	bool        drawn;
} taut_progress_line;

/* True when a progress line is wanted: stderr is a terminal and --quiet was not given. */
bool taut_progress_wanted(bool quiet);

/* A taut_progress_fn; payload is a taut_progress_line. */
void taut_progress_draw(void *payload, const taut_progress *progress);
void taut_progress_wipe(taut_progress_line *line);

#endif
