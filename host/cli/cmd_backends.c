#include <inttypes.h>
#include <stdio.h>

#include "backend/backend.h"
#include "cli/command.h"
#include "cli/output.h"
#include "report/json.h"

static void backend_json(taut_json *j, const taut_name *name, const taut_limits *l, const char *missing)
{
	taut_json_open(j, NULL, '{');
	taut_json_text(j, "name", name->name);
	taut_json_text(j, "summary", name->help);
	taut_json_bool(j, "present", missing == NULL);
	taut_json_text(j, "missing", missing);
	if (!missing) {
		taut_json_text(j, "device", l->device);
		taut_json_uint(j, "max_variables", l->max_variables);
		taut_json_uint(j, "max_couplings", l->max_couplings);
		taut_json_uint(j, "max_permutation", l->max_permutation);
		taut_json_bool(j, "groups", l->groups);
		taut_json_bool(j, "exact", l->exact);
	}
	taut_json_close(j, '}');
}

static void size_text(taut_text *t, uint64_t most, const char *what)
{
	if (most < UINT32_MAX - 1)
		taut_text_format(t, ", up to %" PRIu64 " %s", most, what);
}

static void backend_text(taut_text *t, const taut_name *name, const taut_limits *l, const char *missing)
{
	taut_text_format(t, "%-8s %s\n", name->name, name->help);
	if (missing) {
		taut_text_format(t, "         missing: %s\n", missing);
		return;
	}
	taut_text_format(t, "         device: %s\n", l->device);
	taut_text_format(t, "         %s%s", l->exact ? "bit-exact" : "not bit-exact", l->groups ? ", one-hot groups" : "");
	size_text(t, l->max_variables, "variables");
	size_text(t, l->max_couplings, "couplings");
	size_text(t, l->max_permutation, "positions of a permutation");
	taut_text_put(t, "\n");
}

int taut_cmd_backends(const taut_arguments *args)
{
	taut_text   t = {0};
	taut_json   j = {.text = &t};
	taut_error  err = {TAUT_OK, ""};
	taut_output out;
	taut_status st;

	if (args->options.json)
		taut_json_open(&j, NULL, '[');
	for (int i = TAUT_BACKEND_AUTO + 1; i < TAUT_N_BACKENDS; i++) {
		const taut_name        *name = &taut_backend_names.names[i];
		const taut_backend_ops *ops = taut_backend_find((taut_backend_name)i);
		taut_backend           *b = NULL;
		taut_limits             limits = {0};
		const char             *missing = NULL;

		if (!ops)
			missing = "not built in";
		else if (ops->open(&b, NULL, &err) != TAUT_OK)
			missing = err.text;
		else
			ops->limits(&limits, b);
		if (args->options.json)
			backend_json(&j, name, &limits, missing);
		else
			backend_text(&t, name, &limits, missing);
		if (ops)
			ops->close(b);
	}
	if (args->options.json) {
		taut_json_close(&j, ']');
		taut_text_put(&t, "\n");
	}
	st = taut_output_open(&out, NULL, &err);
	if (st == TAUT_OK)
		st = taut_output_write(&out, &t, &err);
	taut_text_fini(&t);
	return st == TAUT_OK ? 0 : taut_cli_fail(st, &err);
}
