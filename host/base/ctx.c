#include "base/ctx.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"

bool taut_ctx_interrupted(const taut_ctx *ctx)
{
	/* Another thread may be writing it: an atomic read of a plain int, which C11 and C++ callers can both declare. */
	return ctx->stop && __atomic_load_n(ctx->stop, __ATOMIC_RELAXED);
}

bool taut_ctx_stopped(const taut_ctx *ctx)
{
	return taut_ctx_interrupted(ctx) ||
	       (ctx->deadline_s > 0.0 && taut_clock_s() >= ctx->deadline_s);
}

void taut_ctx_log(const taut_ctx *ctx, const char *format, ...)
{
	char    line[512];
	va_list args;

	if (!ctx->log)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	ctx->log(ctx->log_payload, line);
}
