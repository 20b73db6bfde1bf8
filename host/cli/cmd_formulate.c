#include <inttypes.h>
#include <stdio.h>

#include "cli/each.h"
#include "cli/output.h"
#include "flow/export.h"
#include "flow/solve.h"
#include "formats/write.h"
#include "report/report.h"

typedef struct {
	const taut_arguments *args;
	taut_output           output;
	bool                  written; /* a QUBO was: one to a file */
} session;

/* A file knows no exchange moves, which would keep some rows without a penalty. */
static taut_status file_options(taut_options *out, const taut_options *options, taut_error *err)
{
	*out = *options;
	if (options->moves == TAUT_MOVES_EXCHANGE)
		return taut_fail(err, TAUT_EUSAGE,
		                 "--moves exchange has no QUBO to write; leave it to auto or flip");
	out->moves = TAUT_MOVES_FLIP;
	return TAUT_OK;
}

static taut_status write_text(taut_output *output, const taut_instance *instance,
                              const taut_model *model, taut_format format, taut_error *err)
{
	taut_text   text;
	taut_status st;

	taut_output_stream(&text, output);
	st = taut_formats_write(&text, instance, model, format, err);
	if (st == TAUT_OK)
		st = taut_output_write(output, &text, err);
	taut_text_fini(&text);
	return st;
}

/* path NULL: stdout. */
static taut_status write_qubo(session *s, const taut_qubo *qubo, const taut_model *m,
                              const char *path, const taut_options *options, taut_error *err)
{
	taut_format    format = (taut_format)options->to;
	taut_output    output;
	taut_instance *instance = NULL;
	taut_model    *model = NULL;
	int32_t        times_bits = 0;
	taut_status    st;

	if (s->written)
		return taut_fail(err, TAUT_EUSAGE,
		                 "%s: a file holds the QUBO of one problem; --index says which",
		                 m->name);
	s->written = true;
	if (format == TAUT_FORMAT_AUTO && path)
		format = taut_formats_by_ending(path, TAUT_FAMILY_QUBO);
	st = taut_export_qubo(&instance, &model, &times_bits, qubo, m->decimals, m->name, err);
	if (st != TAUT_OK)
		return st;
	st = taut_output_open(&output, path, err);
	if (st == TAUT_OK)
		st = write_text(&output, instance, model, format, err);
	if (st == TAUT_OK)
		st = taut_output_commit(&output, err);
	if (st == TAUT_OK && times_bits > 0 && !options->quiet)
		(void)fprintf(stderr,
		              "taut: %s: the QUBO's numbers are 2^%" PRId32
		              " times those of the objective\n",
		              m->name, times_bits);
	taut_output_close(&output);
	taut_instance_free(instance);
	taut_model_free(model);
	return st;
}

static taut_status report(session *s, const taut_result *result, const taut_options *options,
                          taut_error *err)
{
	taut_text text = {0};

	if (options->json)
		taut_report_json(&text, result);
	else
		taut_report_formulation(&text, result);
	return taut_output_write(&s->output, &text, err);
}

static taut_status formulate_one(void *payload, int *exit_code, const taut_instance *instance,
                                 const taut_load_list *list, double start_s, taut_error *err)
{
	session     *s = payload;
	taut_options options = list->options;
	taut_ctx     ctx = taut_cli_problem_ctx(s->args, &options, start_s);
	const bool   to_stdout = !options.output && options.to != TAUT_FORMAT_AUTO;
	const bool   to_file = options.output || to_stdout;
	taut_result *result = NULL;
	taut_qubo   *qubo = NULL;
	taut_status  st = TAUT_OK;

	*exit_code = 0;
	if (to_file)
		st = file_options(&options, &list->options, err);
	if (st == TAUT_OK)
		st = taut_formulate(&result, to_file ? &qubo : NULL, instance, &options, &ctx, err);
	if (st != TAUT_OK)
		return st;
	result->time_s.read = list->read_s;
	if (to_file)
		st = write_qubo(s, qubo, result->model, options.output, &options, err);
	if (st == TAUT_OK && !to_stdout)
		st = report(s, result, &options, err);
	taut_qubo_free(qubo);
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
