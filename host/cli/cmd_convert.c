#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/convert.h"
#include "cli/output.h"
#include "flow/load.h"
#include "formats/write.h"
#include "formulations/families/family.h"

/* A value given by --best-known stands over the file's; the formats of mdkp and market_json have a
 * place for it. */
static taut_status apply_best_known(taut_instance *instance, const char *text, taut_error *err)
{
	taut_status st;

	if (!text)
		return TAUT_OK;
	st = taut_decimal_parse(&instance->best_known, text, strlen(text), err);
	if (st != TAUT_OK)
		return taut_context(err, TAUT_EUSAGE, "best known value");
	instance->has_best_known = true;
	return TAUT_OK;
}

/* Formats of a QUBO say nothing of a direction. */
static void tell_turned_sign(const taut_model *m, taut_format format)
{
	const char *name = taut_format_names.names[format].name;

	if (m->maximise && (format == TAUT_FORMAT_COO || format == TAUT_FORMAT_QBSOLV ||
	                    format == TAUT_FORMAT_TRIANGLE || format == TAUT_FORMAT_JSON))
		(void)fprintf(stderr,
		              "taut: %s maximises: %s is minimised, so every sign is turned\n",
		              m->name, name);
}

static taut_status write_one(taut_text *text, taut_instance *instance, const taut_options *options,
                             taut_format format, taut_error *err)
{
	taut_model *model = NULL;
	taut_status st = apply_best_known(instance, options->best_known, err);

	if (st == TAUT_OK)
		st = taut_family_find(instance->family)->build(&model, instance, err);
	if (st == TAUT_OK)
		st = taut_formats_write(text, instance, model, format, err);
	if (st == TAUT_OK)
		tell_turned_sign(model, format);
	taut_model_free(model);
	return st;
}

taut_status taut_cli_convert(taut_instance *const *items, size_t count, const taut_options *options,
                             const char *path, taut_error *err)
{
	const bool  to_stdout = strcmp(path, "-") == 0;
	taut_format format = (taut_format)options->to;
	taut_output output;
	taut_text   text;
	taut_status st = taut_output_open(&output, to_stdout ? NULL : path, err);

	if (format == TAUT_FORMAT_AUTO && !to_stdout)
		format = taut_formats_by_ending(path, items[0]->family);
	taut_output_stream(&text, &output);
	if (st == TAUT_OK && count == 1)
		st = write_one(&text, items[0], options, format, err);
	else if (st == TAUT_OK)
		st = taut_formats_write_list(&text, items, count, format, err);
	if (st == TAUT_OK)
		st = taut_output_write(&output, &text, err);
	if (st == TAUT_OK)
		st = taut_output_commit(&output, err);
	taut_text_fini(&text);
	taut_output_close(&output);
	return st;
}

int taut_cmd_convert(const taut_arguments *args)
{
	taut_load_list list;
	taut_error     err = {TAUT_OK, ""};
	taut_status    st = taut_load(&list, args->operands[0], &args->options, &err);

	if (st != TAUT_OK)
		return taut_cli_fail(st, &err);
	st = taut_cli_convert(list.items, list.count, &list.options, args->operands[1], &err);
	taut_load_fini(&list);
	return st == TAUT_OK ? 0 : taut_cli_fail(st, &err);
}
