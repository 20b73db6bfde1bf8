/* The command table and what a command gets: options, operands, where to print. One file per command. */
#ifndef TAUT_CLI_COMMAND_H
#define TAUT_CLI_COMMAND_H

#include "base/ctx.h"
#include "base/options.h"

enum {
	TAUT_EXIT_INFEASIBLE = 10, /* finished, best answer infeasible */
	TAUT_EXIT_DIFFERENT = 11,  /* results differ */
	TAUT_EXIT_INTERRUPTED = 130
};

typedef struct {
	taut_options options;    /* defaults with the command line's values; `given` tells which */
	const char **operands;   /* [n_operands] views of argv */
	int          n_operands;
	double       start_s;    /* when the program began */
	const volatile int *stop; /* set by SIGINT and SIGTERM */
} taut_arguments;

typedef struct {
	const char *name;
	const char *operands; /* as shown in the usage line */
	const char *summary;
	int         min_operands, max_operands; /* max < 0: any number */
	unsigned    groups;                     /* TAUT_GROUP_*: the options it takes */
	int (*run)(const taut_arguments *args); /* returns the exit code; has printed its errors */
} taut_command;

extern const taut_command taut_commands[];
extern const size_t       taut_n_commands;

const taut_command *taut_command_find(const char *name); /* NULL: unknown */

int taut_cmd_solve(const taut_arguments *args);
int taut_cmd_formulate(const taut_arguments *args);
int taut_cmd_verify(const taut_arguments *args);
int taut_cmd_repair(const taut_arguments *args);
int taut_cmd_convert(const taut_arguments *args);
int taut_cmd_generate(const taut_arguments *args);
int taut_cmd_bench(const taut_arguments *args);
int taut_cmd_compare(const taut_arguments *args);
int taut_cmd_backends(const taut_arguments *args);
int taut_cmd_help(const taut_arguments *args);

/* Prints "taut: message" on stderr and gives the exit code of the status. */
int taut_cli_fail(taut_status status, const taut_error *err);

/* Help of one command on stdout. Exit code. */
int taut_cli_help(const taut_command *command);

#endif
