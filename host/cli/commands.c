/* The table of commands: one row per command, one file per row. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

#define ONE_ANNEAL (TAUT_GROUP_SOURCE | TAUT_GROUP_SOLVE | TAUT_GROUP_METHOD)
#define ONE_SOLVE (ONE_ANNEAL | TAUT_GROUP_LOOP)
#define RUN_GROUPS (ONE_SOLVE | TAUT_GROUP_OUTPUT | TAUT_GROUP_REPORT)

const taut_command taut_commands[] = {
	{"solve", "SPEC...", "solve problems; verified, repaired answers with a bound", 1, -1, RUN_GROUPS, taut_cmd_solve},
	{"compare", "SPEC...", "one problem on several backends: results, times, same samples", 1, -1,
	 ONE_ANNEAL | TAUT_GROUP_COMPARE | TAUT_GROUP_REPORT, taut_cmd_compare},
	{"formulate", "SPEC...", "the QUBO of a problem: size, slack saved, coefficient range", 1, -1,
	 ONE_SOLVE | TAUT_GROUP_CONVERT | TAUT_GROUP_EXPORT | TAUT_GROUP_REPORT, taut_cmd_formulate},
	{"verify", "SPEC ANSWER", "check an answer exactly: rows and objective", 2, 2,
	 TAUT_GROUP_SOURCE | TAUT_GROUP_REPORT, taut_cmd_verify},
	{"repair", "SPEC ANSWER", "make bitstrings feasible and improve them", 2, 2,
	 ONE_SOLVE | TAUT_GROUP_REPORT, taut_cmd_repair},
	{"bench", "[formulations] [FOLDER|FILE...]", "table of instances over methods: gap, feasibility, bound, time", 1, -1,
	 TAUT_GROUP_SOURCE | TAUT_GROUP_SOLVE | TAUT_GROUP_LOOP | TAUT_GROUP_BENCH | TAUT_GROUP_REPORT, taut_cmd_bench},
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
