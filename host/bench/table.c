#include "bench/table.h"

#include <stdio.h>
#include <string.h>

#include "bench/cells.h"

enum {
	WIDTH = 80,
	NUMBERS = 47 /* columns of a line besides the two names, with the blanks between */
};

/* The error in what is left of the line; the CSV has all of it. The path is known from the CSV too.
 */
static void put_error(taut_text *out, const taut_bench_record *record)
{
	const char *text = taut_bench_get(record, TAUT_BENCH_error);
	const char *path = taut_bench_get(record, TAUT_BENCH_path);
	const int   room = NUMBERS - 13;

	if (path[0] && strncmp(text, path, strlen(path)) == 0)
		text += strlen(path);
	text += strspn(text, ": ");
	taut_text_format(out, " error %d: %.*s%s\n", taut_bench_failed(record), room, text,
	                 strlen(text) > (size_t)room ? ".." : "");
}

static void put_run(taut_text *out, const taut_bench_record *record)
{
	const char *status = taut_bench_get(record, TAUT_BENCH_status);
	char        cell[4][TAUT_CELL];
	double      bound_gap;
	double      raw;
	double      time_s;
	bool        relative;
	bool        has_bound = taut_bench_number(&bound_gap, record, TAUT_BENCH_bound_gap);
	bool        has_raw = taut_bench_raw_share(&raw, record);
	bool        has_time = taut_bench_number(&time_s, record, TAUT_BENCH_time_s);

	if (taut_bench_failed(record)) {
		put_error(out, record);
		return;
	}
	taut_text_format(out, " %11s %6s %4s %6s %6s %7s\n",
	                 strcmp(status, "feasible") == 0
	                         ? taut_bench_get(record, TAUT_BENCH_objective)
	                         : "-",
	                 taut_cell_gap(cell[0], &relative, record, TAUT_BENCH_gap),
	                 strcmp(status, "feasible") == 0 ? "yes" : "no",
	                 taut_cell_percent(cell[1], has_bound, bound_gap),
	                 taut_cell_percent(cell[2], has_raw, raw),
	                 taut_cell_seconds(cell[3], has_time, time_s));
}

/* The first column of a line: the instance's name on the first one of several, on a line of its own
 * where it is long. */
static void put_instance(taut_text *out, const taut_bench_plan *plan, const bool *done, size_t t,
                         size_t width)
{
	taut_text name = {0};
	bool      first = true;

	for (size_t k = t - t % plan->n_methods; k < t; k++)
		first = first && !done[k];
	if (first)
		taut_bench_put_name(&name, plan->cases, t / plan->n_methods);
	if (name.length > width) {
		taut_text_format(out, "%s\n", name.data);
		taut_text_fini(&name);
	}
	taut_text_format(out, "%-*s", (int)width, name.length ? name.data : "");
	if (name.status != TAUT_OK)
		out->status = name.status;
	taut_text_fini(&name);
}

/* What a method did over all instances. */
typedef struct {
	size_t runs, errors, feasible, valued, reached, n_gap, n_bound, n_time;
	double gap, worst, bound, time_s;
} tally;

static tally count(const taut_bench_plan *plan, const taut_bench_outcome *outcome, size_t method)
{
	tally s = {0};

	for (size_t t = method; t < outcome->count; t += plan->n_methods) {
		const taut_bench_record *record = &outcome->records[t];
		char                     cell[TAUT_CELL];
		double                   x;
		bool                     relative;
		if (!outcome->done[t])
			continue;
		s.runs++;
		s.errors += taut_bench_failed(record) != 0;
		s.feasible += strcmp(taut_bench_get(record, TAUT_BENCH_status), "feasible") == 0;
		s.valued += taut_bench_get(record, TAUT_BENCH_best_known)[0] != '\0';
		s.reached += taut_bench_reached(record);
		(void)taut_cell_gap(cell, &relative, record, TAUT_BENCH_gap);
		if (relative && taut_bench_number(&x, record, TAUT_BENCH_gap)) {
			s.worst = s.n_gap == 0 || x > s.worst ? x : s.worst;
			s.gap += x;
			s.n_gap++;
		}
		if (taut_bench_number(&x, record, TAUT_BENCH_bound_gap)) {
			s.bound += x;
			s.n_bound++;
		}
		if (taut_bench_number(&x, record, TAUT_BENCH_time_s)) {
			s.time_s += x;
			s.n_time++;
		}
	}
	return s;
}

static double mean(double sum, size_t n)
{
	return n ? sum / (double)n : 0.0;
}

static void put_summary(taut_text *out, const taut_bench_plan *plan,
                        const taut_bench_outcome *outcome, size_t width)
{
	taut_text_format(out, "\n%-*s %4s %3s %6s %10s %6s %6s %6s %7s\n", (int)width, "method",
	                 "runs", "err", "feas %", "reached", "gap %", "max %", "bound %", "time s");
	for (size_t k = 0; k < plan->n_methods; k++) {
		tally s = count(plan, outcome, k);
		char  cell[5][TAUT_CELL];
		char  reached[TAUT_CELL];
		(void)snprintf(reached, sizeof reached, "%zu of %zu", s.reached, s.valued);
		taut_text_format(
			out, "%-*s %4zu %3zu %6s %10s %6s %6s %6s %7s\n", (int)width,
			taut_method_names.names[plan->methods[k]].name, s.runs, s.errors,
			taut_cell_percent(cell[0], s.runs > 0, mean((double)s.feasible, s.runs)),
			reached, taut_cell_percent(cell[1], s.n_gap > 0, mean(s.gap, s.n_gap)),
			taut_cell_percent(cell[2], s.n_gap > 0, s.worst),
			taut_cell_percent(cell[3], s.n_bound > 0, mean(s.bound, s.n_bound)),
			taut_cell_seconds(cell[4], s.n_time > 0, mean(s.time_s, s.n_time)));
	}
}

void taut_bench_table(taut_text *out, const taut_bench_plan *plan,
                      const taut_bench_outcome *outcome)
{
	const size_t methods = taut_bench_method_width(plan);
	const size_t names = WIDTH - NUMBERS - methods;

	taut_text_format(out, "%-*s %-*s %11s %6s %4s %6s %6s %7s\n", (int)names, "instance",
	                 (int)methods, "method", "objective", "gap %", "feas", "bnd %", "raw %",
	                 "time s");
	for (size_t t = 0; t < outcome->count; t++) {
		if (!outcome->done[t])
			continue;
		put_instance(out, plan, outcome->done, t, names);
		taut_text_format(out, " %-*s", (int)methods,
		                 taut_method_names.names[plan->methods[t % plan->n_methods]].name);
		put_run(out, &outcome->records[t]);
	}
	put_summary(out, plan, outcome, methods);
}
