#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/parallel.h"
#include "bench/formulations.h"
#include "bench/plot.h"
#include "bench/recipes.h"
#include "bench/table.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "report/json.h"

/* The methods of "--method a,b,c", each once. */
static taut_status parse_methods(taut_method *out, size_t *n, const char *text, taut_error *err)
{
	int         found[TAUT_N_METHODS];
	taut_status st = taut_arguments_names(found, n, TAUT_OPTION_method, "--method", text, err);

	for (size_t k = 0; st == TAUT_OK && k < *n; k++)
		out[k] = (taut_method)found[k];
	return st;
}

/* On a terminal one line that counts. */
static void draw(void *payload, size_t done, size_t total, const taut_bench_record *record)
{
	(void)payload;
	(void)fprintf(stderr, "\r\033[K%zu of %zu  %.30s  %.20s", done, total,
	              taut_bench_get(record, TAUT_BENCH_instance),
	              taut_bench_get(record, TAUT_BENCH_method));
	(void)fflush(stderr);
}

/* One object per run and line, with the columns of the CSV. */
static void put_json(taut_text *out, const taut_bench_outcome *outcome)
{
	for (size_t t = 0; t < outcome->count; t++) {
		taut_json j = {.text = out};
		if (!outcome->done[t])
			continue;
		taut_json_open(&j, NULL, '{');
		for (int c = 0; c < TAUT_BENCH_N_COLUMNS; c++) {
			const taut_bench_column_row *column = &taut_bench_column_table[c];
			const char                  *text =
				taut_bench_get(&outcome->records[t], (taut_bench_column)c);
			taut_decimal number;
			if (!text[0])
				taut_json_null(&j, column->name);
			else if (column->kind == TAUT_BENCH_NUMBER &&
			         taut_decimal_parse(&number, text, strlen(text), NULL) == TAUT_OK)
				taut_json_decimal(&j, column->name, number.value, number.decimals);
			else
				taut_json_text(&j, column->name, text);
		}
		taut_json_close(&j, '}');
		taut_text_put(out, "\n");
	}
}

/* Both unless given: as many runs of one thread as there are processors. */
static void share_processors(taut_bench_plan *plan, const taut_options *options)
{
	uint32_t processors = taut_processors();

	plan->threads = (uint32_t)options->threads;
	if (plan->threads == 0)
		plan->threads = options->jobs > 0 && options->jobs < processors
		                        ? processors / (uint32_t)options->jobs
		                        : 1;
	plan->jobs = (uint32_t)options->jobs;
	if (plan->jobs == 0)
		plan->jobs = plan->threads < processors ? processors / plan->threads : 1;
}

static taut_status print(const taut_bench_plan *plan, const taut_bench_outcome *outcome,
                         taut_error *err)
{
	taut_text   text = {0};
	taut_output out;
	taut_status st = taut_output_open(&out, NULL, err);

	if (plan->options->json)
		put_json(&text, outcome);
	else if (plan->formulations)
		taut_bench_formulations_table(&text, plan, outcome);
	else
		taut_bench_table(&text, plan, outcome);
	if (st == TAUT_OK)
		st = taut_output_write(&out, &text, err);
	taut_text_fini(&text);
	return st;
}

/* The notice before the runs' end: what there is, what was reused, where it stands. */
static void tell(const taut_bench_plan *plan, const taut_bench_outcome *outcome)
{
	size_t done = 0;

	if (plan->options->quiet)
		return;
	for (size_t t = 0; t < outcome->count; t++)
		done += outcome->done[t];
	(void)fprintf(stderr, "taut: %zu of %zu runs are in %s, %zu of them from before\n", done,
	              outcome->count, plan->csv, outcome->reused);
}

/* Every failure in full on stderr; the exit code of the first. */
static int tell_errors(const taut_bench_outcome *outcome)
{
	int first = 0;

	for (size_t t = 0; t < outcome->count; t++) {
		const taut_bench_record *record = &outcome->records[t];
		int                      code = outcome->done[t] ? taut_bench_failed(record) : 0;
		if (code == 0)
			continue;
		(void)fprintf(stderr, "taut: %s, %s: %s\n",
		              taut_bench_get(record, TAUT_BENCH_instance),
		              taut_bench_get(record, TAUT_BENCH_method),
		              taut_bench_get(record, TAUT_BENCH_error));
		first = first ? first : code;
	}
	return first;
}

static taut_status find_cases(taut_bench_cases *cases, const taut_bench_plan *plan,
                              const taut_arguments *args, taut_error *err)
{
	const int   first = plan->formulations;
	taut_status st = TAUT_OK;

	for (int i = first; i < args->n_operands && st == TAUT_OK; i++)
		st = taut_bench_cases_add(cases, args->operands[i], plan->options, err);
	if (st == TAUT_OK && args->n_operands == first)
		st = taut_bench_recipes_add(cases, plan->options, err);
	if (st == TAUT_OK && cases->count == 0)
		st = taut_fail(err, TAUT_EINPUT,
		               "no instances found: no best_known.csv has a row for them; --family "
		               "takes files without one");
	return st;
}

/* The word in front of the operands and what it sets; *options and methods are what the plan then
 * views. */
static taut_status choose(taut_bench_plan *plan, taut_options *options, taut_method *methods,
                          const taut_arguments *args, taut_error *err)
{
	taut_status st = TAUT_OK;

	*options = args->options;
	plan->formulations = strcmp(args->operands[0], "formulations") == 0;
	if (!plan->formulations && options->plot)
		return taut_fail(err, TAUT_EUSAGE, "--plot goes with 'taut bench formulations'");
	if (plan->formulations)
		st = taut_bench_formulations_options(options, err);
	if (st == TAUT_OK && plan->formulations && !options->methods)
		plan->n_methods = taut_bench_formulations_methods(methods);
	else if (st == TAUT_OK)
		st = parse_methods(methods, &plan->n_methods,
		                   options->methods ? options->methods : "auto", err);
	if (st == TAUT_OK && options->plot)
		st = taut_bench_plot_check(err);
	return st;
}

int taut_cmd_bench(const taut_arguments *args)
{
	taut_options       options;
	taut_method        methods[TAUT_N_METHODS];
	taut_bench_cases   cases = {0};
	taut_bench_outcome outcome = {0};
	taut_bench_plan    plan = {
		   .cases = &cases, .methods = methods, .options = &options, .stop = args->stop};
	taut_progress_line line = {0};
	taut_error         err = {TAUT_OK, ""};
	taut_status        st = choose(&plan, &options, methods, args, &err);
	int                code = 0;

	plan.csv = options.csv ? options.csv : "bench.csv";
	plan.restart = options.restart;
	share_processors(&plan, &options);
	if (taut_progress_wanted(options.quiet)) {
		plan.progress = draw;
		line.drawn = true;
	}
	if (st == TAUT_OK)
		st = find_cases(&cases, &plan, args, &err);
	if (st == TAUT_OK) {
		st = taut_bench_run(&outcome, &plan, &err);
		taut_progress_wipe(&line);
	}
	if (st == TAUT_OK)
		st = print(&plan, &outcome, &err);
	if (st == TAUT_OK && options.plot)
		st = taut_bench_plot(options.plot, &plan, &outcome, &err);
	if (st == TAUT_OK) {
		code = tell_errors(&outcome);
		tell(&plan, &outcome);
		if (code == 0 && *args->stop)
			code = TAUT_EXIT_INTERRUPTED;
	}
	taut_bench_outcome_fini(&outcome);
	taut_bench_cases_fini(&cases);
	return st == TAUT_OK ? code : taut_cli_fail(st, &err);
}
