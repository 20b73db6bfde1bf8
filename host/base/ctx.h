/* What travels with a long call: the stop flag, the deadline, the thread count, log and progress sinks.
 * A plain struct on the caller's stack; nothing in it is owned. */
#ifndef TAUT_BASE_CTX_H
#define TAUT_BASE_CTX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/* One notice or progress event; `text` is a view that dies with the call. */
typedef void taut_log_fn(void *payload, const char *text);

/* State of a solve, given to the progress sink at most about ten times a second. */
typedef struct {
	double  time_s;        /* since the solve began */
	double  time_limit_s;  /* 0: none */
	int64_t round;         /* rounds finished */
	bool    has_objective; /* a feasible answer is known */
	double  objective;     /* in the family's units */
	bool    has_bound;
	double  bound; /* in the family's units */
} taut_progress;

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
