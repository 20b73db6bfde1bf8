/* Runs a function on every problem of every SPEC of the command line. */
#ifndef TAUT_CLI_EACH_H
#define TAUT_CLI_EACH_H

#include "cli/command.h"
#include "flow/load.h"

/* start_s: when this problem's time began (reading included, for the first of a file). *exit_code: 0 or 10, set by fn. */
typedef taut_status taut_each_fn(void *payload, int *exit_code, const taut_instance *instance,
				 const taut_load_list *list, double start_s, taut_error *err);

/* Errors are printed and the rest goes on; a write error or a stop ends the loop. Returns the first error's exit code, else
 * 130 when stopped, else the largest code of fn. */
int taut_cli_each(const taut_arguments *args, const char **specs, int n_specs, taut_each_fn *fn, void *payload);

/* A context for one problem: threads, log, deadline by its time limit. */
taut_ctx taut_cli_problem_ctx(const taut_arguments *args, const taut_options *options, double start_s);

#endif
