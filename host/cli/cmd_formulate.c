#include "cli/each.h"
#include "cli/output.h"
#include "flow/solve.h"
#include "report/report.h"

typedef struct {
	const taut_arguments *args;
	taut_output           output;
} session;

static taut_status formulate_one(void *payload, int *exit_code, const taut_instance *instance,
				 const taut_load_list *list, double start_s, taut_error *err)
{
	session     *s = payload;
	taut_ctx     ctx = taut_cli_problem_ctx(s->args, &list->options, start_s);
	taut_result *result = NULL;
	taut_text    text = {0};
	taut_status  st;

	*exit_code = 0;
	st = taut_formulate(&result, instance, &list->options, &ctx, err);
	if (st != TAUT_OK)
		return st;
	result->time_s.read = list->read_s;
	if (list->options.json)
		taut_report_json(&text, result);
	else
		taut_report_formulation(&text, result);
	st = taut_output_write(&s->output, &text, err);
	taut_result_free(result);
	return st;
}

int taut_cmd_formulate(const taut_arguments *args)
{
	session     s = {.args = args};
	taut_error  err = {TAUT_OK, ""};
	taut_status st = taut_output_open(&s.output, NULL, &err);

	if (st != TAUT_OK)
		return taut_cli_fail(st, &err);
	return taut_cli_each(args, args->operands, args->n_operands, formulate_one, &s);
}
