#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

static const double INTERVAL_S = 0.1;

bool taut_progress_wanted(bool quiet)
{
	return !quiet && isatty(STDERR_FILENO);
}

void taut_progress_draw(void *payload, const taut_progress *p)
{
	taut_progress_line *line = payload;
	double              now = taut_clock_s();
	char                best[40] = "none yet";
	char                bound[48] = "";
	char                limit[32] = "";

	if (line->drawn && now - line->last_s < INTERVAL_S)
		return;
	if (p->has_objective)
		(void)snprintf(best, sizeof best, "%.12g", p->objective);
	if (p->has_bound)
		(void)snprintf(bound, sizeof bound, "  bound %.12g", p->bound);
	if (p->time_limit_s > 0.0)
		(void)snprintf(limit, sizeof limit, " of %.1f", p->time_limit_s);
	(void)fprintf(stderr, "\r\033[K%.20s  %.1f%s s  round %" PRId64 "  best %s%s", line->name, p->time_s, limit,
		      p->round, best, bound);
	(void)fflush(stderr);
	line->drawn = true;
	line->last_s = now;
}

void taut_progress_wipe(taut_progress_line *line)
{
	if (line->drawn)
		(void)fprintf(stderr, "\r\033[K");
	line->drawn = false;
}
