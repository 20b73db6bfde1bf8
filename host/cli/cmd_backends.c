#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/backend.h"
#include "cli/command.h"
#include "cli/output.h"
#include "flow/backends.h"
#include "report/json.h"

enum { INDENT = 13 };

/* One backend as it is found. */
typedef struct {
	const taut_name *name;
	const char      *hint;    /* how to build it in; NULL: it is */
	const char      *missing; /* why it cannot be opened; NULL: it can */
	taut_error       err;     /* of opening it */
	taut_devices     devices;
	taut_limits      limits; /* where it can be opened */
} finding;

static void look(finding *f, taut_backend_name name)
{
	const taut_backend_ops *ops = taut_backend_find(name);
	taut_backend           *b = NULL;

	*f = (finding){.name = &taut_backend_names.names[name]};
	if (!ops) {
		f->hint = taut_backends_hint(name);
		f->missing = "not built in";
		return;
	}
	ops->devices(&f->devices);
	if (ops->open(&b, NULL, &f->err) == TAUT_OK)
		ops->limits(&f->limits, b);
	else
		f->missing = f->devices.missing[0] ? f->devices.missing : f->err.text;
	ops->close(b);
}

static void limits_json(taut_json *j, const taut_limits *l)
{
	taut_json_text(j, "device", l->device);
	taut_json_uint(j, "max_variables", l->max_variables);
	taut_json_uint(j, "max_couplings", l->max_couplings);
	taut_json_uint(j, "max_permutation", l->max_permutation);
	taut_json_bool(j, "groups", l->groups);
	taut_json_bool(j, "dense", l->dense);
	taut_json_bool(j, "exact", l->exact);
	taut_json_open(j, "algorithms", '[');
	for (int a = TAUT_ALGORITHM_AUTO + 1; a < TAUT_N_ALGORITHMS; a++)
		if (l->algorithms >> a & 1)
			taut_json_text(j, NULL, taut_algorithm_names.names[a].name);
	taut_json_close(j, ']');
}

static void backend_json(taut_json *j, const finding *f)
{
	taut_json_open(j, NULL, '{');
	taut_json_text(j, "name", f->name->name);
	taut_json_text(j, "summary", f->name->help);
	taut_json_bool(j, "built_in", f->hint == NULL);
	taut_json_text(j, "build", f->hint);
	taut_json_bool(j, "present", f->missing == NULL);
	taut_json_text(j, "missing", f->missing);
	taut_json_text(j, "error", f->err.text[0] ? f->err.text : NULL);
	taut_json_text(j, "more", !f->missing && f->devices.missing[0] ? f->devices.missing : NULL);
	taut_json_open(j, "devices", '[');
	for (uint32_t d = 0; d < f->devices.count; d++)
		taut_json_text(j, NULL, f->devices.name[d]);
	taut_json_close(j, ']');
	if (!f->missing)
		limits_json(j, &f->limits);
	taut_json_close(j, '}');
}

static void line(taut_text *t, const char *label, const char *text)
{
	taut_text_format(t, "  %-10s ", label);
	taut_text_wrap(t, text, INDENT);
}

static void size_text(taut_text *t, uint64_t most, const char *what)
{
	if (most > 0 && most < UINT32_MAX - 1)
		taut_text_format(t, ", up to %" PRIu64 " %s", most, what);
}

static void limits_text(taut_text *t, const taut_limits *l)
{
	taut_text text = {0};

	taut_text_put(&text, l->exact ? "bit-exact" : "not bit-exact");
	taut_text_put(&text, l->groups ? ", one-hot groups" : ", no one-hot groups");
	if (l->max_permutation == 0)
		taut_text_put(&text, ", no permutations");
	size_text(&text, l->max_variables, "variables");
	size_text(&text, l->max_couplings, "couplings");
	size_text(&text, l->max_permutation, "positions of a permutation");
	taut_text_format(t, "  %-10s ", "limits");
	taut_text_wrap_text(t, &text, INDENT);
	for (int a = TAUT_ALGORITHM_AUTO + 1; a < TAUT_N_ALGORITHMS; a++)
		if (l->algorithms >> a & 1)
			taut_text_format(&text, "%s%s", text.length ? ", " : "",
			                 taut_algorithm_names.names[a].name);
	taut_text_format(t, "  %-10s ", "algorithms");
	taut_text_wrap_text(t, &text, INDENT);
}

static void backend_text(taut_text *t, const finding *f)
{
	taut_text_format(t, "%-8s %s\n", f->name->name, f->name->help);
	if (f->hint) {
		line(t, "missing", "not built in");
		line(t, "to get it", f->hint);
		return;
	}
	for (uint32_t d = 0; d < f->devices.count; d++) {
		char label[24];
		(void)snprintf(label, sizeof label, "device %" PRIu32, d);
		line(t, label, f->devices.name[d]);
	}
	if (f->missing) {
		line(t, "missing", f->missing);
		if (!strstr(f->err.text, f->missing))
			line(t, "error", f->err.text);
		return;
	}
	line(t, "takes", f->limits.device);
	limits_text(t, &f->limits);
	if (f->devices.missing[0])
		line(t, "for more", f->devices.missing);
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
		finding f;

		look(&f, (taut_backend_name)i);
		if (args->options.json)
			backend_json(&j, &f);
		else
			backend_text(&t, &f);
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
