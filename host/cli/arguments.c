#include "cli/arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { FLAG_MAX = 64 };

static void describe_hint(char *out, size_t size, const char *flag)
{
	out[0] = '\0';
	if (flag)
		(void)snprintf(out, size, " (did you mean '--%s'?)", flag);
}

/* The option that argv's text (after "--", up to '=') names, if the command takes it. */
static taut_status find_option(taut_option_id *out, const char *text, size_t length,
                               const taut_command *command, taut_error *err)
{
	char           flag[FLAG_MAX];
	char           hint[80];
	taut_nearest   nearest;
	const char    *longer = NULL; /* begins as the flag does */
	taut_option_id id = TAUT_N_OPTIONS;

	if (length < sizeof flag) {
		memcpy(flag, text, length);
		flag[length] = '\0';
		id = taut_option_by_flag(flag, command->groups);
	} else {
		flag[0] = '\0';
	}
	if (id != TAUT_N_OPTIONS && (taut_option_table[id].group & command->groups)) {
		*out = id;
		return TAUT_OK;
	}
	nearest = taut_nearest_to(flag);
	taut_nearest_try(&nearest, "help");
	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		const taut_option *o = &taut_option_table[i];

		if (!o->flag || !(o->group & command->groups))
			continue;
		taut_nearest_try(&nearest, o->flag);
		if (strncmp(o->flag, flag, strlen(flag)) == 0)
			longer = o->flag;
	}
	describe_hint(hint, sizeof hint, id == TAUT_N_OPTIONS ? nearest.best : longer);
	if (id != TAUT_N_OPTIONS)
		return taut_fail(err, TAUT_EUSAGE,
		                 "'taut %s' does not take --%s%s; see 'taut help %s'",
		                 command->name, flag, hint, command->name);
	return taut_fail(err, TAUT_EUSAGE, "unknown option '--%.*s'%s; see 'taut help %s'",
	                 length > FLAG_MAX ? FLAG_MAX : (int)length, text, hint, command->name);
}

static bool takes_list(taut_option_id id)
{
	const taut_option *o = &taut_option_table[id];

	return o->kind == TAUT_KIND_TEXT && strchr(o->unit, ',') != NULL;
}

/* Reads the option at argv[*at] and its value; leaves *at on the last word used. */
static taut_status read_option(taut_options *options, const taut_command *command, int argc,
                               char **argv, int *at, taut_error *err)
{
	const char    *text = argv[*at] + 2;
	const char    *equals = strchr(text, '=');
	size_t         length = equals ? (size_t)(equals - text) : strlen(text);
	const char    *value = equals ? equals + 1 : NULL;
	char           name[FLAG_MAX + 3];
	taut_option_id id = TAUT_N_OPTIONS;
	taut_status    st = find_option(&id, text, length, command, err);

	if (st != TAUT_OK)
		return st;
	(void)snprintf(name, sizeof name, "--%s", taut_option_table[id].flag);
	if (taut_option_given(options, id))
		return taut_fail(err, TAUT_EUSAGE, "%s is given twice%s", name,
		                 takes_list(id) ? "; it takes a list, as in a,b" : "");
	if (!value && taut_option_table[id].kind == TAUT_KIND_FLAG)
		value = "true";
	if (!value) {
		if (*at + 1 >= argc)
			return taut_fail(err, TAUT_EUSAGE, "%s: a value is missing", name);
		value = argv[++*at];
	}
	return taut_option_set(options, id, value, name, err);
}

static taut_status check_count(const taut_arguments *args, const taut_command *command,
                               taut_error *err)
{
	if (args->n_operands < command->min_operands)
		return taut_fail(err, TAUT_EUSAGE, "'taut %s' needs %s; see 'taut help %s'",
		                 command->name, command->operands, command->name);
	if (command->max_operands >= 0 && args->n_operands > command->max_operands)
		return taut_fail(err, TAUT_EUSAGE,
		                 "'taut %s': unexpected '%.80s'; see 'taut help %s'", command->name,
		                 args->operands[command->max_operands], command->name);
	return TAUT_OK;
}

taut_status taut_arguments_parse(taut_arguments *out, bool *help, const taut_command *command,
                                 int argc, char **argv, int first, taut_error *err)
{
	taut_status st = TAUT_OK;
	bool        options_ended = false;

	*help = false;
	taut_options_default(&out->options);
	out->n_operands = 0;
	out->operands = taut_alloc((size_t)argc, sizeof *out->operands, err);
	if (!out->operands)
		return TAUT_ENOMEM;
	for (int i = first; i < argc && st == TAUT_OK; i++) {
		const char *word = argv[i];
		if (!options_ended && strcmp(word, "--") == 0)
			options_ended = true;
		else if (!options_ended && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0))
			*help = true;
		else if (!options_ended && strncmp(word, "--", 2) == 0)
			st = read_option(&out->options, command, argc, argv, &i, err);
		else if (!options_ended && word[0] == '-' && word[1] != '\0')
			st = taut_fail(err, TAUT_EUSAGE,
			               "unknown option '%.40s'; see 'taut help %s'", word,
			               command->name);
		else
			out->operands[out->n_operands++] = word;
	}
	if (st == TAUT_OK && !*help)
		st = check_count(out, command, err);
	if (st != TAUT_OK) {
		taut_free(out->operands);
		out->operands = NULL;
	}
	return st;
}

taut_status taut_arguments_names(int *out, size_t *n, taut_option_id option, const char *flag,
                                 const char *text, taut_error *err)
{
	taut_options options;

	taut_options_default(&options);
	*n = 0;
	for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		char        name[FLAG_MAX];
		size_t      length = strcspn(at, ",");
		size_t      k = 0;
		int         found;
		taut_status st;

		(void)snprintf(name, sizeof name, "%.*s",
		               length < sizeof name ? (int)length : FLAG_MAX - 1, at);
		st = taut_option_set(&options, option, name, flag, err);
		if (st != TAUT_OK)
			return st;
		found = taut_name_find(taut_option_table[option].choices, name);
		while (k < *n && out[k] != found)
			k++;
		if (k < *n)
			return taut_fail(err, TAUT_EUSAGE, "%s: '%s' stands twice", flag, name);
		out[(*n)++] = found;
	}
	return TAUT_OK;
}
