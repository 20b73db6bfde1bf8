#include <stdio.h>
#include <string.h>

#include "backend/backend.h"
#include "cli/arguments.h"
#include "cli/each.h"
#include "cli/output.h"
#include "flow/compare.h"
#include "report/report.h"

typedef struct {
	const taut_arguments *args;
	taut_output           output;
	taut_backend_name     backends[TAUT_N_BACKENDS];
	size_t                n_backends;
	bool                  named; /* by the user: none may be missing */
} session;

/* The backends of "--backends a,b,c", each once. */
static taut_status parse_backends(session *s, const char *text, taut_error *err)
{
	int         found[TAUT_N_BACKENDS];
	taut_status st = taut_arguments_names(found, &s->n_backends, TAUT_OPTION_backend,
	                                      "--backends", text, err);

	for (size_t k = 0; st == TAUT_OK && k < s->n_backends; k++) {
		s->backends[k] = (taut_backend_name)found[k];
		if (s->backends[k] == TAUT_BACKEND_AUTO)
			st = taut_fail(err, TAUT_EUSAGE,
			               "--backends: auto is a choice among them; name those to "
			               "compare");
	}
	return st;
}

static taut_status check(session *s, taut_error *err)
{
	const taut_options *o = &s->args->options;
	bool                choice = false;
	taut_status         st = TAUT_OK;

	s->named = o->backends != NULL;
	if (s->named)
		st = parse_backends(s, o->backends, err);
	for (int b = TAUT_BACKEND_AUTO + 1; !s->named && b < TAUT_N_BACKENDS; b++)
		if (b != TAUT_BACKEND_NONE)
			s->backends[s->n_backends++] = (taut_backend_name)b;
	for (size_t k = 0; k < s->n_backends; k++)
		choice = choice || taut_backend_has_choice(s->backends[k]);
	if (st == TAUT_OK && (o->device || o->bitstream) && !choice)
		st = taut_fail(err, TAUT_EUSAGE,
		               "--device and --bitstream are for opencl and xrt, and neither is "
		               "among --backends");
	if (st == TAUT_OK && o->exact && s->n_backends < 2)
		st = taut_fail(err, TAUT_EUSAGE, "--exact needs two backends at least to compare");
	return st;
}

/* What of a row is an error of the whole comparison, in a message; OK where nothing is. */
static taut_status row_status(const session *s, const taut_comparison *c, size_t k, taut_error *err)
{
	const taut_compared *row = &c->rows[k];
	const bool           needed = s->named || s->args->options.exact;
	const char          *name;

	if (row->status == TAUT_OK || (row->state != TAUT_COMPARED_LOST && !needed))
		return TAUT_OK;
	name = taut_backend_names.names[row->backend].name;
	if (strstr(row->why, name))
		return taut_fail(err, row->status, "%s: %s", c->problem->model->name, row->why);
	return taut_fail(err, row->status, "%s: %s: %s", c->problem->model->name, name, row->why);
}

/* The first failure; where none of the backends ran, that of the first. */
static taut_status judge(const session *s, const taut_comparison *c, taut_error *err)
{
	taut_status st = TAUT_OK;
	bool        ran = false;

	for (size_t k = 0; k < c->n_rows && st == TAUT_OK; k++) {
		st = row_status(s, c, k, err);
		ran = ran || c->rows[k].status == TAUT_OK;
	}
	if (st == TAUT_OK && !ran)
		st = taut_fail(err, c->rows[0].status, "%s: no backend could be used: %s",
		               c->problem->model->name, c->rows[0].why);
	return st;
}

/* --exact: whether all rows are the same, and on stderr where they are not. */
static int judge_exactly(const taut_comparison *c)
{
	taut_text text = {0};

	if (taut_comparison_identical(c))
		return 0;
	for (size_t k = 0; k < c->n_rows; k++) {
		const taut_compared *row = &c->rows[k];

		if (row->compared && row->differs) {
			taut_text_format(&text, "taut: %s: ", c->problem->model->name);
			taut_compare_difference(&text, c, k);
			taut_text_put(&text, "\n");
		} else if (row->state == TAUT_COMPARED_CUT || row->state == TAUT_COMPARED_SKIPPED) {
			taut_text_format(&text, "taut: %s: %s: %s; not compared\n",
			                 c->problem->model->name,
			                 taut_backend_names.names[row->backend].name, row->why);
		}
	}
	if (text.data)
		(void)fputs(text.data, stderr);
	taut_text_fini(&text);
	return TAUT_EXIT_DIFFERENT;
}

static taut_status compare_one(void *payload, int *exit_code, const taut_instance *instance,
                               const taut_load_list *list, double start_s, taut_error *err)
{
	session                   *s = payload;
	const taut_compare_request request = {.backends = s->backends, .n = s->n_backends};
	taut_ctx                   ctx = taut_cli_problem_ctx(s->args, &list->options, start_s);
	taut_comparison           *c = NULL;
	taut_text                  text = {0};
	taut_status st = taut_compare(&c, instance, &list->options, &request, &ctx, err);

	if (st != TAUT_OK)
		return st;
	if (list->options.json)
		taut_compare_json(&text, c);
	else
		taut_compare_text(&text, c);
	st = taut_output_write(&s->output, &text, err);
	if (st == TAUT_OK && !c->interrupted)
		st = judge(s, c, err);
	if (s->args->options.exact && !c->interrupted)
		*exit_code = judge_exactly(c);
	taut_comparison_free(c);
	return st;
}

int taut_cmd_compare(const taut_arguments *args)
{
	session     s = {.args = args};
	taut_error  err = {TAUT_OK, ""};
	taut_status st = check(&s, &err);
	int         code = 0;

	if (st == TAUT_OK)
		st = taut_output_open(&s.output, args->options.output, &err);
	if (st == TAUT_OK) {
		code = taut_cli_each(args, args->operands, args->n_operands, compare_one, &s);
		st = taut_output_commit(&s.output, &err);
	}
	taut_output_close(&s.output);
	return st == TAUT_OK ? code : taut_cli_fail(st, &err);
}
