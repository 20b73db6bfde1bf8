/* The program: finds the command, reads its arguments, runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/signals.h"

#define ONE_SOLVE (TAUT_GROUP_SOURCE | TAUT_GROUP_SOLVE | TAUT_GROUP_METHOD)
#define RUN_GROUPS (ONE_SOLVE | TAUT_GROUP_OUTPUT | TAUT_GROUP_REPORT)

const taut_command taut_commands[] = {
	{"solve", "SPEC...", "solve problems; verified, repaired answers with a bound", 1, -1, RUN_GROUPS, taut_cmd_solve},
	{"formulate", "SPEC...", "the QUBO of a problem: size, slack saved, coefficient range", 1, -1,
	 ONE_SOLVE | TAUT_GROUP_CONVERT | TAUT_GROUP_EXPORT | TAUT_GROUP_REPORT, taut_cmd_formulate},
	{"verify", "SPEC ANSWER", "check an answer exactly: rows and objective", 2, 2,
	 TAUT_GROUP_SOURCE | TAUT_GROUP_REPORT, taut_cmd_verify},
	{"repair", "SPEC ANSWER", "make bitstrings feasible and improve them", 2, 2,
	 ONE_SOLVE | TAUT_GROUP_REPORT, taut_cmd_repair},
	{"bench", "FOLDER|FILE...", "table of instances over methods: gap, feasibility, bound, time", 1, -1,
	 TAUT_GROUP_SOURCE | TAUT_GROUP_SOLVE | TAUT_GROUP_BENCH | TAUT_GROUP_REPORT, taut_cmd_bench},
	{"convert", "IN OUT", "write a problem in another file format; OUT -: stdout", 2, 2,
	 TAUT_GROUP_SOURCE | TAUT_GROUP_CONVERT, taut_cmd_convert},
	{"generate", "FAMILY", "write a random problem of the literature's benchmarks", 1, 1,
	 TAUT_GROUP_GENERATE | TAUT_GROUP_CONVERT, taut_cmd_generate},
	{"backends", "", "what is built in, present, and its limits", 0, 0, TAUT_GROUP_REPORT, taut_cmd_backends},
	{"help", "[TOPIC]", "this list; one command's options; `options`: all of them", 0, 1, 0, taut_cmd_help},
};
const size_t taut_n_commands = sizeof taut_commands / sizeof taut_commands[0];

const taut_command *taut_command_find(const char *name)
{
	for (size_t i = 0; i < taut_n_commands; i++)
		if (strcmp(taut_commands[i].name, name) == 0)
			return &taut_commands[i];
	return NULL;
}

int taut_cli_fail(taut_status status, const taut_error *err)
{
	(void)fprintf(stderr, "taut: %s\n", err->text[0] ? err->text : taut_status_text(status));
	return taut_status_exit(status);
}

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
	taut_free(args.operands);
	return code;
}
