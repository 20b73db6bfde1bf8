#include "bench/formulations.h"

#include <stdio.h>
#include <string.h>

#include "base/clp.h"
#include "bench/cells.h"

taut_status taut_bench_formulations_options(taut_options *options, taut_error *err)
{
	static const struct {
		taut_option_id id;
		const char    *text;
	} values[] = {{TAUT_OPTION_algorithm, "sa"},
	              {TAUT_OPTION_moves, "flip"},
	              {TAUT_OPTION_local_search, "off"}};
	taut_status st = TAUT_OK;

	for (size_t k = 0; k < sizeof values / sizeof *values && st == TAUT_OK; k++)
		if (!taut_option_given(options, values[k].id))
			st = taut_option_set(options, values[k].id, values[k].text,
			                     taut_option_table[values[k].id].flag, err);
	return st;
}

size_t taut_bench_formulations_methods(taut_method *out)
{
	taut_error why;
	size_t     n = 0;

	for (int k = TAUT_METHOD_AUTO + 1; k < TAUT_N_METHODS; k++)
		if (k != TAUT_METHOD_CUTTING_PLANE || taut_clp_check(&why) == TAUT_OK)
			out[n++] = (taut_method)k;
	return n;
}

/* --- measures --- */

static bool ratio(double *out, const taut_bench_record *r, taut_bench_column a, taut_bench_column b)
{
	double x, y;
	bool   known = taut_bench_number(&x, r, a) && taut_bench_number(&y, r, b) && y > 0.0;

	*out = known ? x / y : 0.0;
	return known;
}

static bool relative_gap(double *out, const taut_bench_record *r, taut_bench_column column)
{
	char cell[TAUT_CELL];
	bool relative;

	(void)taut_cell_gap(cell, &relative, r, column);
	return taut_bench_number(out, r, column) && relative;
}

static bool measure(double *out, const taut_bench_record *r, taut_bench_measure what)
{
	double repaired;

	switch (what) {
	case TAUT_MEASURE_RAW:
		return taut_bench_raw_share(out, r);
	case TAUT_MEASURE_REPAIRED:
		if (!taut_bench_raw_share(out, r) ||
		    !ratio(&repaired, r, TAUT_BENCH_raw_repaired, TAUT_BENCH_raw_samples))
			return false;
		*out += repaired;
		return true;
	case TAUT_MEASURE_BEST_GAP:
		return relative_gap(out, r, TAUT_BENCH_gap);
	case TAUT_MEASURE_MEAN_GAP:
		return relative_gap(out, r, TAUT_BENCH_mean_gap);
	case TAUT_MEASURE_BOUND_GAP:
		return taut_bench_number(out, r, TAUT_BENCH_bound_gap);
	case TAUT_MEASURE_RANGE:
		return taut_bench_number(out, r, TAUT_BENCH_coefficient_range);
	case TAUT_MEASURE_TIME:
		return taut_bench_number(out, r, TAUT_BENCH_time_s);
	case TAUT_N_MEASURES:
		break;
	}
	return false;
}

taut_bench_tally taut_bench_tally_of(const taut_bench_plan *plan, const taut_bench_outcome *outcome,
                                     taut_family family, size_t method)
{
	const char      *name = taut_family_names.names[family].name;
	taut_bench_tally s = {0};

	for (size_t t = method; t < outcome->count; t += plan->n_methods) {
		const taut_bench_record *r = &outcome->records[t];
		if (!outcome->done[t] || strcmp(taut_bench_get(r, TAUT_BENCH_family), name) != 0)
			continue;
		s.runs++;
		s.errors += taut_bench_failed(r) != 0;
		s.feasible += strcmp(taut_bench_get(r, TAUT_BENCH_status), "feasible") == 0;
		for (int k = 0; k < TAUT_N_MEASURES; k++) {
			double x;
			if (!measure(&x, r, (taut_bench_measure)k))
				continue;
			s.largest[k] = s.n[k] == 0 || x > s.largest[k] ? x : s.largest[k];
			s.sum[k] += x;
			s.n[k]++;
		}
	}
	return s;
}

/* --- tables --- */

enum { NAME = 18, FAMILY = 14, SIZE = 10, NUMBER = 9 };

static void put_text(taut_text *out, size_t width, const char *text)
{
	taut_text_format(out, "| %-*s ", (int)width, text);
}

static void put_number(taut_text *out, const char *title, const char *text)
{
	const size_t length = strlen(title);

	taut_text_format(out, "| %*s ", (int)(length > NUMBER ? length : NUMBER), text);
}

/* The line of titles and the one below, which sets the numbers to the right. */
static void put_titles(taut_text *out, const char *const *titles, const size_t *widths,
                       size_t n_texts, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (k < n_texts)
			put_text(out, widths[k], titles[k]);
		else
			put_number(out, titles[k], titles[k]);
	taut_text_put(out, "|\n");
	for (size_t k = 0; k < n; k++)
		taut_text_put(out, k < n_texts ? "| --- " : "| ---: ");
	taut_text_put(out, "|\n");
}

static const char *range_cell(char out[TAUT_CELL], bool known, double range)
{
	if (!known)
		(void)snprintf(out, TAUT_CELL, "-");
	else
		(void)snprintf(out, TAUT_CELL, "%.4g", range);
	return out;
}

static const char *share_cell(char out[TAUT_CELL], const taut_bench_record *r,
                              taut_bench_measure what)
{
	double     x;
	const bool known = measure(&x, r, what);

	return taut_cell_percent(out, known, x);
}

static const char *text_cell(const taut_bench_record *r, taut_bench_column column)
{
	const char *text = taut_bench_get(r, column);

	return text[0] ? text : "-";
}

static const char *const run_titles[] = {"instance",   "method",        "family",      "size",
                                         "binaries",   "slack avoided", "raw %",       "repaired %",
                                         "best gap %", "mean gap %",    "bound gap %", "range",
                                         "rounds",     "time s"};
enum { RUN_TEXTS = 4, RUN_TITLES = sizeof run_titles / sizeof *run_titles };

static void put_run(taut_text *out, const taut_bench_record *r)
{
	const char *const *title = run_titles + RUN_TEXTS;
	char               cell[TAUT_CELL];
	double             x;
	bool               relative;

	put_number(out, title[0], text_cell(r, TAUT_BENCH_binaries));
	put_number(out, title[1], text_cell(r, TAUT_BENCH_slack_avoided));
	if (taut_bench_failed(r)) {
		(void)snprintf(cell, sizeof cell, "error %d", taut_bench_failed(r));
		put_number(out, title[2], cell);
	} else {
		put_number(out, title[2], share_cell(cell, r, TAUT_MEASURE_RAW));
	}
	put_number(out, title[3], share_cell(cell, r, TAUT_MEASURE_REPAIRED));
	put_number(out, title[4], taut_cell_gap(cell, &relative, r, TAUT_BENCH_gap));
	put_number(out, title[5], taut_cell_gap(cell, &relative, r, TAUT_BENCH_mean_gap));
	put_number(out, title[6], share_cell(cell, r, TAUT_MEASURE_BOUND_GAP));
	relative = measure(&x, r, TAUT_MEASURE_RANGE);
	put_number(out, title[7], range_cell(cell, relative, x));
	put_number(out, title[8], text_cell(r, TAUT_BENCH_rounds));
	relative = measure(&x, r, TAUT_MEASURE_TIME);
	put_number(out, title[9], taut_cell_seconds(cell, relative, x));
	taut_text_put(out, "|\n");
}

static void put_runs(taut_text *out, const taut_bench_plan *plan, const taut_bench_outcome *outcome)
{
	const size_t widths[] = {NAME, taut_bench_method_width(plan), FAMILY, SIZE};

	put_titles(out, run_titles, widths, RUN_TEXTS, RUN_TITLES);
	for (size_t t = 0; t < outcome->count; t++) {
		const taut_bench_record *r = &outcome->records[t];
		char                     size[2 * TAUT_CELL];
		taut_text                name = {0};
		if (!outcome->done[t])
			continue;
		taut_bench_put_name(&name, plan->cases, t / plan->n_methods);
		(void)snprintf(size, sizeof size, "%.20s x %.20s", text_cell(r, TAUT_BENCH_n),
		               text_cell(r, TAUT_BENCH_rows));
		put_text(out, widths[0], name.data ? name.data : "");
		put_text(out, widths[1], taut_bench_get(r, TAUT_BENCH_method));
		put_text(out, widths[2], text_cell(r, TAUT_BENCH_family));
		put_text(out, widths[3], size);
		put_run(out, r);
		if (name.status != TAUT_OK)
			out->status = name.status;
		taut_text_fini(&name);
	}
}

static const char *const sum_titles[] = {"family",     "method",      "runs",          "errors",
                                         "feasible %", "raw %",       "repaired %",    "best gap %",
                                         "mean gap %", "bound gap %", "largest range", "time s"};
enum { SUM_TEXTS = 2, SUM_TITLES = sizeof sum_titles / sizeof *sum_titles };

static void put_sum(taut_text *out, const taut_bench_tally *s)
{
	static const taut_bench_measure shares[] = {TAUT_MEASURE_RAW, TAUT_MEASURE_REPAIRED,
	                                            TAUT_MEASURE_BEST_GAP, TAUT_MEASURE_MEAN_GAP,
	                                            TAUT_MEASURE_BOUND_GAP};
	const char *const              *title = sum_titles + SUM_TEXTS;
	char                            cell[TAUT_CELL];
	const size_t                    n_time = s->n[TAUT_MEASURE_TIME];

	(void)snprintf(cell, sizeof cell, "%zu", s->runs);
	put_number(out, *title++, cell);
	(void)snprintf(cell, sizeof cell, "%zu", s->errors);
	put_number(out, *title++, cell);
	put_number(out, *title++,
	           taut_cell_percent(cell, true, (double)s->feasible / (double)s->runs));
	for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
		const size_t n = s->n[shares[k]];
		put_number(out, *title++,
		           taut_cell_percent(cell, n > 0, n ? s->sum[shares[k]] / (double)n : 0.0));
	}
	put_number(out, *title++,
	           range_cell(cell, s->n[TAUT_MEASURE_RANGE] > 0, s->largest[TAUT_MEASURE_RANGE]));
	put_number(out, *title,
	           taut_cell_seconds(cell, n_time > 0,
	                             n_time ? s->sum[TAUT_MEASURE_TIME] / (double)n_time : 0.0));
	taut_text_put(out, "|\n");
}

void taut_bench_formulations_table(taut_text *out, const taut_bench_plan *plan,
                                   const taut_bench_outcome *outcome)
{
	const size_t widths[] = {FAMILY, taut_bench_method_width(plan)};

	put_runs(out, plan, outcome);
	taut_text_put(out, "\n");
	put_titles(out, sum_titles, widths, SUM_TEXTS, SUM_TITLES);
	for (int f = TAUT_FAMILY_AUTO + 1; f < TAUT_N_FAMILIES; f++)
		for (size_t k = 0; k < plan->n_methods; k++) {
			taut_bench_tally s = taut_bench_tally_of(plan, outcome, (taut_family)f, k);
			if (s.runs == 0)
				continue;
			put_text(out, widths[0], taut_family_names.names[f].name);
			put_text(out, widths[1], taut_method_names.names[plan->methods[k]].name);
			put_sum(out, &s);
		}
}
