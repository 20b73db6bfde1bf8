#include "bench/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 80,
	NUMBERS = 47, /* columns of a line besides the two names, with the blanks between */
	CELL = 32
};

/* A number of the row; false where the field is empty. */
static bool number(double *out, const taut_bench_record *record, taut_bench_column column)
{
	const char *text = taut_bench_get(record, column);

	*out = text[0] ? strtod(text, NULL) : 0.0;
	return text[0] != '\0';
}

/* A share as a percentage in at most 6 columns, "-" where there is none. */
static const char *percent(char out[CELL], bool known, double share)
{
	double x = 100.0 * share;
	double size = x < 0.0 ? -x : x;

	if (!known)
		(void)snprintf(out, CELL, "-");
	else
		(void)snprintf(out, CELL, "%.*f",
		               size < 9.9995    ? 3
		               : size < 99.995  ? 2
		               : size < 9999.95 ? 1
		                                : 0,
		               x);
	return out;
}

static const char *seconds(char out[CELL], bool known, double s)
{
	if (!known)
		(void)snprintf(out, CELL, "-");
	else
		(void)snprintf(out, CELL, "%.*f", s < 99.995 ? 2 : s < 9999.5 ? 1 : 0, s);
	return out;
}

/* The gap to the best known value; where that is 0 there is no percentage, and the distance stands
 * with a sign. */
static const char *gap_cell(char out[CELL], const taut_bench_record *record, bool *relative)
{
	double gap;
	double best;
	bool   known = number(&gap, record, TAUT_BENCH_gap);

	(void)number(&best, record, TAUT_BENCH_best_known);
	*relative = known && best != 0.0;
	if (*relative || gap == 0.0)
		return percent(out, known, gap);
	(void)snprintf(out, CELL, "%+.5g", gap);
	return out;
}

static bool raw_share(double *out, const taut_bench_record *record)
{
	double samples;
	double feasible;
	bool   known = number(&samples, record, TAUT_BENCH_raw_samples) &&
	             number(&feasible, record, TAUT_BENCH_raw_feasible) && samples > 0.0;

	*out = known ? feasible / samples : 0.0;
	return known;
}

/* Columns of the names of methods. */
static size_t method_width(const taut_bench_plan *plan)
{
	size_t width = strlen("method");

	for (size_t k = 0; k < plan->n_methods; k++) {
		size_t length = strlen(taut_method_names.names[plan->methods[k]].name);
		width = length > width ? length : width;
	}
	return width;
}

/* The name, with the folder in front where several instances have it. */
static void put_name(taut_text *out, const taut_bench_cases *cases, size_t at)
{
	const taut_bench_case *c = &cases->items[at];
	const char            *slash = strrchr(c->path, '/');
	const char            *folder = slash;
	size_t                 same = 0;

	for (size_t i = 0; i < cases->count; i++)
		same += strcmp(cases->items[i].name, c->name) == 0;
	while (folder && folder > c->path && folder[-1] != '/')
		folder--;
	if (same > 1 && folder)
		taut_text_add(out, folder, (size_t)(slash - folder) + 1);
	taut_text_put(out, c->name);
}

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
	char        cell[4][CELL];
	double      bound_gap;
	double      raw;
	double      time_s;
	bool        relative;
	bool        has_bound = number(&bound_gap, record, TAUT_BENCH_bound_gap);
	bool        has_raw = raw_share(&raw, record);
	bool        has_time = number(&time_s, record, TAUT_BENCH_time_s);

	if (taut_bench_failed(record)) {
		put_error(out, record);
		return;
	}
	taut_text_format(out, " %11s %6s %4s %6s %6s %7s\n",
	                 strcmp(status, "feasible") == 0
	                         ? taut_bench_get(record, TAUT_BENCH_objective)
	                         : "-",
	                 gap_cell(cell[0], record, &relative),
	                 strcmp(status, "feasible") == 0 ? "yes" : "no",
	                 percent(cell[1], has_bound, bound_gap), percent(cell[2], has_raw, raw),
	                 seconds(cell[3], has_time, time_s));
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
		put_name(&name, plan->cases, t / plan->n_methods);
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
		char                     cell[CELL];
		double                   x;
		bool                     relative;
		if (!outcome->done[t])
			continue;
		s.runs++;
		s.errors += taut_bench_failed(record) != 0;
		s.feasible += strcmp(taut_bench_get(record, TAUT_BENCH_status), "feasible") == 0;
		s.valued += taut_bench_get(record, TAUT_BENCH_best_known)[0] != '\0';
		s.reached += taut_bench_reached(record);
		(void)gap_cell(cell, record, &relative);
		if (relative && number(&x, record, TAUT_BENCH_gap)) {
			s.worst = s.n_gap == 0 || x > s.worst ? x : s.worst;
			s.gap += x;
			s.n_gap++;
		}
		if (number(&x, record, TAUT_BENCH_bound_gap)) {
			s.bound += x;
			s.n_bound++;
		}
		if (number(&x, record, TAUT_BENCH_time_s)) {
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
		char  cell[5][CELL];
		char  reached[CELL];
		(void)snprintf(reached, sizeof reached, "%zu of %zu", s.reached, s.valued);
		taut_text_format(out, "%-*s %4zu %3zu %6s %10s %6s %6s %6s %7s\n", (int)width,
		                 taut_method_names.names[plan->methods[k]].name, s.runs, s.errors,
		                 percent(cell[0], s.runs > 0, mean((double)s.feasible, s.runs)),
		                 reached, percent(cell[1], s.n_gap > 0, mean(s.gap, s.n_gap)),
		                 percent(cell[2], s.n_gap > 0, s.worst),
		                 percent(cell[3], s.n_bound > 0, mean(s.bound, s.n_bound)),
		                 seconds(cell[4], s.n_time > 0, mean(s.time_s, s.n_time)));
	}
}

void taut_bench_table(taut_text *out, const taut_bench_plan *plan,
                      const taut_bench_outcome *outcome)
{
	const size_t methods = method_width(plan);
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
