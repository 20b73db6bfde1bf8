#include "cli/each.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/parallel.h"

/* What is said of one problem after the other is said once. */
static void log_line(void *payload, const char *text)
{
	static char last[512];

	(void)payload;
	if (strcmp(text, last) == 0)
		return;
	(void)snprintf(last, sizeof last, "%s", text);
	(void)fprintf(stderr, "taut: %s\n", text);
}

taut_ctx taut_cli_problem_ctx(const taut_arguments *args, const taut_options *options, double start_s)
{
	taut_ctx ctx = {.stop = args->stop, .threads = (uint32_t)options->threads};

	if (ctx.threads == 0)
		ctx.threads = taut_processors();
	if (options->time_limit > 0.0)
		ctx.deadline_s = start_s + options->time_limit;
	if (!options->quiet)
		ctx.log = log_line;
	return ctx;
}

int taut_cli_each(const taut_arguments *args, const char **specs, int n_specs, taut_each_fn *fn, void *payload)
{
	int  error_code = 0;
	int  worst = 0;
	bool go_on = true;

	for (int s = 0; s < n_specs && go_on && !*args->stop; s++) {
		taut_load_list list;
		taut_error     err = {TAUT_OK, ""};
		double         start_s = s == 0 ? args->start_s : taut_clock_s();
		taut_status    st = taut_load(&list, specs[s], &args->options, &err);

		if (st != TAUT_OK) {
			int code = taut_cli_fail(st, &err);
			if (!*args->stop) /* else a read that the signal broke off */
				error_code = error_code ? error_code : code;
			continue;
		}
		/* Stopped while it was read: the first problem still gets the answer of a repaired start. */
		for (size_t i = 0; i < list.count && go_on && (i == 0 || !*args->stop); i++) {
			int code = 0;
			st = fn(payload, &code, list.items[i], &list, start_s, &err);
			if (st != TAUT_OK) {
				code = taut_cli_fail(st, &err);
				error_code = error_code ? error_code : code;
				go_on = st != TAUT_EIO;
			} else if (code > worst) {
				worst = code;
			}
			start_s = taut_clock_s();
		}
		taut_load_fini(&list);
	}
	if (error_code)
		return error_code;
	return *args->stop ? TAUT_EXIT_INTERRUPTED : worst;
}
