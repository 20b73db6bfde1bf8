#include "bench/cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool taut_bench_number(double *out, const taut_bench_record *record, taut_bench_column column)
{
	const char *text = taut_bench_get(record, column);

	*out = text[0] ? strtod(text, NULL) : 0.0;
	return text[0] != '\0';
}

const char *taut_cell_percent(char out[TAUT_CELL], bool known, double share)
{
	double x = 100.0 * share;
	double size = x < 0.0 ? -x : x;

	if (!known)
		(void)snprintf(out, TAUT_CELL, "-");
	else
		(void)snprintf(out, TAUT_CELL, "%.*f",
		               size < 9.9995    ? 3
		               : size < 99.995  ? 2
		               : size < 9999.95 ? 1
		                                : 0,
		               x);
	return out;
}

const char *taut_cell_seconds(char out[TAUT_CELL], bool known, double s)
{
	if (!known)
		(void)snprintf(out, TAUT_CELL, "-");
	else
		(void)snprintf(out, TAUT_CELL, "%.*f", s < 99.995 ? 2 : s < 9999.5 ? 1 : 0, s);
	return out;
}

const char *taut_cell_gap(char out[TAUT_CELL], bool *relative, const taut_bench_record *record,
                          taut_bench_column column)
{
	double gap;
	double best;
	bool   known = taut_bench_number(&gap, record, column);

	(void)taut_bench_number(&best, record, TAUT_BENCH_best_known);
	*relative = known && best != 0.0;
	if (*relative || gap == 0.0)
		return taut_cell_percent(out, known, gap);
	(void)snprintf(out, TAUT_CELL, "%+.5g", gap);
	return out;
}

bool taut_bench_raw_share(double *out, const taut_bench_record *record)
{
	double samples;
	double feasible;
	bool   known = taut_bench_number(&samples, record, TAUT_BENCH_raw_samples) &&
	             taut_bench_number(&feasible, record, TAUT_BENCH_raw_feasible) && samples > 0.0;

	*out = known ? feasible / samples : 0.0;
	return known;
}

size_t taut_bench_method_width(const taut_bench_plan *plan)
{
	size_t width = strlen("method");

	for (size_t k = 0; k < plan->n_methods; k++) {
		size_t length = strlen(taut_method_names.names[plan->methods[k]].name);
		width = length > width ? length : width;
	}
	return width;
}

void taut_bench_put_name(taut_text *out, const taut_bench_cases *cases, size_t at)
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
