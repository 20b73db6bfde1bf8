#include "cli/each.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/samples.h"
#include "cli/trace.h"
#include "flow/solve.h"
#include "report/report.h"

typedef struct {
	const taut_arguments *args;
	taut_output           output;
	taut_samples_file     samples;
	bool                  has_samples;
	taut_trace_file       trace;
	bool                  has_trace;
} session;

static taut_status solve_one(void *payload, int *exit_code, const taut_instance *instance,
                             const taut_load_list *list, double start_s, taut_error *err)
{
	session           *s = payload;
	taut_progress_line line = {.name = instance->name};
	taut_solve_hooks   hooks = {0};
	taut_ctx           ctx = taut_cli_problem_ctx(s->args, &list->options, start_s);
	taut_result       *result = NULL;
	taut_text          text = {0};
	taut_status        st;

	if (taut_progress_wanted(list->options.quiet)) {
		ctx.progress = taut_progress_draw;
		ctx.progress_payload = &line;
	}
	if (s->has_samples)
		hooks = (taut_solve_hooks){.samples = taut_samples_file_write,
		                           .samples_payload = &s->samples};
	if (s->has_trace) {
		hooks.trace = taut_trace_file_write;
		hooks.trace_payload = &s->trace;
	}
	if (instance->note)
		taut_ctx_log(&ctx, "%s: %s", instance->name, instance->note);
	if (ctx.progress)
		taut_progress_draw(&line,
		                   &(taut_progress){.time_limit_s = list->options.time_limit});
	st = taut_solve(&result, instance, &list->options, &ctx, &hooks, err);
	taut_progress_wipe(&line);
	if (st != TAUT_OK)
		return st;
	result->time_s.read = list->read_s;
	result->time_s.total += list->read_s;
	if (list->options.json)
		taut_report_json(&text, result);
	else
		taut_report_text(&text, result);
	st = taut_output_write(&s->output, &text, err);
	*exit_code = result->has_answer && result->verdict.feasible ? 0 : TAUT_EXIT_INFEASIBLE;
	if (st == TAUT_OK && result->failure[0])
		st = taut_fail(err, TAUT_EDEVICE, "%s: %s; the answer is the best found until then",
		               instance->name, result->failure);
	taut_result_free(result);
	return st;
}

int taut_cmd_solve(const taut_arguments *args)
{
	session     s = {.args = args};
	taut_error  err = {TAUT_OK, ""};
	taut_status st = taut_output_open(&s.output, args->options.output, &err);
	int         code = 0;

	if (st == TAUT_OK && args->options.samples) {
		st = taut_samples_file_open(&s.samples, args->options.samples, &err);
		s.has_samples = st == TAUT_OK;
	}
	if (st == TAUT_OK && args->options.trace) {
		st = taut_trace_file_open(&s.trace, args->options.trace, &err);
		s.has_trace = st == TAUT_OK;
	}
	if (st == TAUT_OK) {
		code = taut_cli_each(args, args->operands, args->n_operands, solve_one, &s);
		st = taut_output_commit(&s.output, &err);
	}
	if (st == TAUT_OK && s.has_samples)
		st = taut_samples_file_commit(&s.samples, &err);
	if (st == TAUT_OK && s.has_trace)
		st = taut_trace_file_commit(&s.trace, &err);
	taut_output_close(&s.output);
	taut_samples_file_close(&s.samples);
	taut_trace_file_close(&s.trace);
	return st == TAUT_OK ? code : taut_cli_fail(st, &err);
}
