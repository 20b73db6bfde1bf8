/* Turns argv into options and operands by the option table. */
#ifndef TAUT_CLI_ARGUMENTS_H
#define TAUT_CLI_ARGUMENTS_H

#include <stdbool.h>

#include "cli/command.h"

/* Parses argv[first .. argc) for a command. "--name VALUE", "--name=VALUE", "--flag", "--flag=false", "--" ends options,
 * "-" is an operand; an option stands once. *help is set by --help and -h. out->operands is allocated: free it. EUSAGE with the nearest known
 * option or the allowed values. */
taut_status taut_arguments_parse(taut_arguments *out, bool *help, const taut_command *command, int argc, char **argv,
				 int first, taut_error *err) TAUT_MUST_CHECK;

/* The names of "--flag a,b,c" by the list of the option's choices, each once and in the user's order: their numbers.
 * flag: as the user types it, for messages. out: [choices->count]. EUSAGE. */
taut_status taut_arguments_names(int *out, size_t *n, taut_option_id option, const char *flag, const char *text,
				 taut_error *err) TAUT_MUST_CHECK;

#endif
