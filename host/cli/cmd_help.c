#include <string.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/output.h"

static void list_commands(taut_text *t)
{
	taut_text_put(t, "taut " TAUT_VERSION ": constrained 0-1 problems by slack-free annealing\n\n"
			 "usage: taut COMMAND [OPTION...] ...\n\ncommands:\n");
	for (size_t i = 0; i < taut_n_commands; i++)
		taut_text_format(t, "  %-10s %-12s %s\n", taut_commands[i].name, taut_commands[i].operands,
				 taut_commands[i].summary);
	taut_text_put(t, "\n'taut help COMMAND' lists a command's options. SPEC is a YAML spec (.yaml, .yml) or an\n"
			 "instance file. Exit codes: 0 done, 2 usage, 3 bad input, 4 backend, 5 limits, 6 memory,\n"
			 "7 read or write, 10 best answer infeasible, 11 results differ, 130 interrupted.\n");
}

/* Words of a help line wrapped at 80 columns with an indent. */
static void wrap(taut_text *t, const char *words, size_t indent)
{
	size_t column = indent;

	for (const char *c = words; *c;) {
		size_t width = 0;
		while (c[width] && c[width] != ' ')
			width++;
		if (column + width > 80 && column > indent) {
			taut_text_format(t, "\n%*s", (int)indent, "");
			column = indent;
		}
		taut_text_add(t, c, width);
		column += width;
		c += width;
		if (*c == ' ') {
			c++;
			if (column < 80)
				taut_text_put(t, " ");
			column++;
		}
	}
	taut_text_put(t, "\n");
}

static void option_help(taut_text *t, taut_option_id id)
{
	const taut_option *o = &taut_option_table[id];
	const char        *value = o->kind == TAUT_KIND_FLAG   ? ""
				   : o->kind == TAUT_KIND_INT  ? " N"
				   : o->kind == TAUT_KIND_REAL ? " X"
				   : o->kind == TAUT_KIND_TEXT ? " "
							       : " NAME";
	char               head[64];
	char               range[300];

	(void)snprintf(head, sizeof head, "--%s%s%s", o->flag, value, o->kind == TAUT_KIND_TEXT ? o->unit : "");
	taut_text_format(t, "  %-24s", head);
	if (strlen(head) > 23)
		taut_text_format(t, "\n%26s", "");
	wrap(t, o->help, 26);
	if (o->kind == TAUT_KIND_FLAG || o->kind == TAUT_KIND_TEXT)
		return;
	taut_option_describe(range, sizeof range, id);
	taut_text_format(t, "%26s", "");
	wrap(t, range, 26);
}

int taut_cli_help(const taut_command *command)
{
	taut_text   t = {0};
	taut_error  err = {TAUT_OK, ""};
	taut_output out;
	taut_status st;

	if (!command) {
		list_commands(&t);
	} else {
		taut_text_format(&t, "usage: taut %s [OPTION...]%s%s\n\n%s\n", command->name,
				 command->operands[0] ? " " : "", command->operands, command->summary);
		if (command->groups)
			taut_text_put(&t, "\noptions (--name VALUE or --name=VALUE), with defaults:\n");
		for (int i = 0; i < TAUT_N_OPTIONS; i++)
			if (taut_option_table[i].flag && (taut_option_table[i].group & command->groups))
				option_help(&t, (taut_option_id)i);
	}
	st = taut_output_open(&out, NULL, &err);
	if (st == TAUT_OK)
		st = taut_output_write(&out, &t, &err);
	taut_text_fini(&t);
	return st == TAUT_OK ? 0 : taut_cli_fail(st, &err);
}

int taut_cmd_help(const taut_arguments *args)
{
	const taut_command *command;

	if (args->n_operands == 0)
		return taut_cli_help(NULL);
	command = taut_command_find(args->operands[0]);
	if (!command) {
		taut_error err;
		return taut_cli_fail(taut_fail(&err, TAUT_EUSAGE, "no command '%.60s'; see 'taut help'",
					       args->operands[0]),
				     &err);
	}
	return taut_cli_help(command);
}
