#include "cli/command.h"
#include "cli/convert.h"
#include "generate/generate.h"

static taut_status generate(const taut_arguments *args, taut_error *err)
{
	taut_options   options = args->options;
	taut_instance *instance = NULL;
	taut_status    st = taut_option_set(&options, TAUT_OPTION_family, args->operands[0], "FAMILY", err);

	if (st == TAUT_OK && options.family == TAUT_FAMILY_AUTO)
		st = taut_fail(err, TAUT_EUSAGE, "FAMILY: one has to be named, such as maxcut");
	if (st == TAUT_OK)
		st = taut_generate(&instance, (taut_family)options.family, &options, err);
	if (st == TAUT_OK)
		st = taut_cli_convert(&instance, 1, &options, options.output ? options.output : "-", err);
	taut_instance_free(instance);
	return st;
}

int taut_cmd_generate(const taut_arguments *args)
{
	taut_error  err = {TAUT_OK, ""};
	taut_status st = generate(args, &err);

	return st == TAUT_OK ? 0 : taut_cli_fail(st, &err);
}
