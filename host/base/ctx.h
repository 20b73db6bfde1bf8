/* What travels with a long call: the stop flag, the deadline, the thread count, log and progress sinks.
 * A plain struct on the caller's stack; nothing in it is owned. */
#ifndef TAUT_BASE_CTX_H
#define TAUT_BASE_CTX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "taut/progress.h"

/* One notice or progress event; `text` is a view that dies with the call. */
typedef void taut_log_fn(void *payload, const char *text);

/* Given the state of a solve after every round. */
typedef void taut_progress_fn(void *payload, const taut_progress *progress);

typedef struct {
	const volatile int *stop;       /* set to non-zero to end the call early; NULL: never */
	double              deadline_s; /* on taut_clock_s's scale; 0: none */
	uint32_t            threads;    /* >= 1 */
	taut_log_fn        *log;        /* NULL: silent */
	void               *log_payload;
	taut_progress_fn   *progress; /* NULL: none */
	void               *progress_payload;
} taut_ctx;

/* True when the call should end: the flag is set or the deadline has passed. */
bool taut_ctx_stopped(const taut_ctx *ctx);

/* True when the stop flag itself is set (an interrupt, not the time limit). */
bool taut_ctx_interrupted(const taut_ctx *ctx);

/* Formats one line for the log sink. */
void taut_ctx_log(const taut_ctx *ctx, const char *format, ...) TAUT_PRINTF(2, 3);

#endif
