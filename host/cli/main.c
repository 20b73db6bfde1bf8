/* The program: finds the command, reads its arguments, runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/signals.h"

static int unknown_command(const char *name)
{
	taut_nearest nearest = taut_nearest_to(name);
	char         hint[80];

	for (size_t i = 0; i < taut_n_commands; i++)
		taut_nearest_try(&nearest, taut_commands[i].name);
	taut_nearest_hint(hint, sizeof hint, &nearest);
	(void)fprintf(stderr, "taut: unknown command '%.60s'%s; see 'taut help'\n", name, hint);
	return taut_status_exit(TAUT_EUSAGE);
}

/* Test builds fail the n-th allocation of a run: TAUT_FAIL_ALLOC=n, or n+ for all from the n-th on. */
static void arm_faults(void)
{
	const char *nth = getenv("TAUT_FAIL_ALLOC");

	if (taut_faults_built() && nth)
		taut_faults_arm(strtol(nth, NULL, 10), strchr(nth, '+') != NULL);
}

int main(int argc, char **argv)
{
	taut_arguments      args = {.start_s = taut_clock_s()};
	taut_error          err = {TAUT_OK, ""};
	const taut_command *command;
	taut_status         st;
	bool                help;
	int                 code;

	if (argc < 2) {
		(void)fprintf(stderr, "taut: a command is missing; see 'taut help'\n");
		return taut_status_exit(TAUT_EUSAGE);
	}
	if (strcmp(argv[1], "--version") == 0)
		return printf("taut %s\n", TAUT_VERSION) < 0 || fflush(stdout) != 0 ? taut_status_exit(TAUT_EIO) : 0;
	command = strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ? taut_command_find("help")
									       : taut_command_find(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	st = taut_arguments_parse(&args, &help, command, argc, argv, 2, &err);
	if (st != TAUT_OK)
		return taut_cli_fail(st, &err);
	args.stop = taut_signals_watch();
	arm_faults();
	code = help ? taut_cli_help(command) : command->run(&args);
	/* a signal also ends a read or write that blocks, as on a pipe */
	if (code == taut_status_exit(TAUT_EIO) && *args.stop)
		code = TAUT_EXIT_INTERRUPTED;
	taut_free(args.operands);
	return code;
}
