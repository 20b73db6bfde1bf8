#include "cli/trace.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "report/json.h"

static const char CSV_NAMES[] =
	"problem,round,method,reads,sweeps,start,proposals,samples,feasible,incumbent,bound,"
	"broken_rows,residual_norm,conflicts,multipliers,multiplier_norm,time_s\n";

taut_status taut_trace_file_open(taut_trace_file *out, const char *path, taut_error *err)
{
	const size_t n = strlen(path);

	*out = (taut_trace_file){.csv = n >= 4 && strcmp(path + n - 4, ".csv") == 0};
	return taut_output_open(&out->output, path, err);
}

taut_status taut_trace_file_commit(taut_trace_file *file, taut_error *err)
{
	return taut_output_commit(&file->output, err);
}

void taut_trace_file_close(taut_trace_file *file)
{
	taut_output_close(&file->output);
}

/* How far the mean of the samples is beyond the limits of row k, its own units: above 0 over hi,
 * below 0 under lo. */
static double residual(const taut_trace_round *r, uint32_t k)
{
	const taut_row *row = &r->model->rows[k];
	const double    unit = (double)taut_power_of_ten(row->decimals);
	const double    mean = r->activity[k];

	if (row->hi != TAUT_NO_LIMIT_HI && mean > (double)row->hi)
		return (mean - (double)row->hi) / unit;
	if (row->lo != TAUT_NO_LIMIT_LO && mean < (double)row->lo)
		return (mean - (double)row->lo) / unit;
	return 0;
}

static const char *start_name(const taut_trace_round *r)
{
	return r->warm ? "warm" : "fresh";
}

static void put_objective(taut_json *j, const char *key, bool known, int64_t value,
                          const taut_model *m)
{
	if (known)
		taut_json_decimal(j, key, value, m->decimals);
	else
		taut_json_null(j, key);
}

static void put_json(taut_text *text, const taut_trace_round *r)
{
	const taut_model *m = r->model;
	taut_json         j = {.text = text};

	taut_json_open(&j, NULL, '{');
	taut_json_text(&j, "problem", m->name);
	taut_json_uint(&j, "round", r->round + 1);
	taut_json_text(&j, "method", taut_method_names.names[r->method].name);
	taut_json_uint(&j, "reads", r->reads);
	taut_json_uint(&j, "sweeps", r->sweeps);
	taut_json_text(&j, "start", start_name(r));
	taut_json_uint(&j, "proposals", r->proposals);
	taut_json_uint(&j, "samples", r->samples);
	taut_json_uint(&j, "feasible", r->feasible);
	put_objective(&j, "incumbent", r->has_incumbent, r->incumbent, m);
	put_objective(&j, "bound", r->has_bound, r->bound, m);
	taut_json_open(&j, "residuals", '[');
	for (uint32_t k = 0; k < m->n_rows; k++)
		taut_json_real(&j, NULL, residual(r, k));
	taut_json_close(&j, ']');
	taut_json_real(&j, "conflicts", r->conflicts);
	taut_json_open(&j, "multipliers", '[');
	for (uint32_t k = 0; r->multipliers && k < m->n_rows; k++)
		taut_json_real(&j, NULL, r->multipliers[k]);
	taut_json_close(&j, ']');
	taut_json_real(&j, "time_s", r->time_s);
	taut_json_close(&j, '}');
	taut_text_put(text, "\n");
}

/* In quotes, doubled inside (RFC 4180). */
static void put_quoted(taut_text *text, const char *value)
{
	taut_text_put(text, "\"");
	for (; *value; value++) {
		taut_text_add(text, value, 1);
		if (*value == '"')
			taut_text_put(text, "\"");
	}
	taut_text_put(text, "\"");
}

/* Empty where it is not known. */
static void put_decimal(taut_text *text, bool known, int64_t value, const taut_model *m)
{
	char digits[32];

	taut_decimal_format(digits, sizeof digits, value, m->decimals);
	taut_text_format(text, "%s,", known ? digits : "");
}

static void put_csv(taut_text *text, const taut_trace_round *r)
{
	const taut_model *m = r->model;
	uint32_t          broken = 0;
	uint32_t          count = 0;
	double            off = 0;
	double            norm = 0;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double g = residual(r, k);
		const double l = r->multipliers ? r->multipliers[k] : 0;

		broken += g != 0.0;
		count += l != 0.0;
		off += g * g;
		norm += l * l;
	}
	put_quoted(text, m->name);
	taut_text_format(text, ",%" PRIu64 ",%s,%" PRIu64 ",%" PRIu64 ",%s,%" PRIu64 ",%zu,%zu,",
	                 r->round + 1, taut_method_names.names[r->method].name, r->reads, r->sweeps,
	                 start_name(r), r->proposals, r->samples, r->feasible);
	put_decimal(text, r->has_incumbent, r->incumbent, m);
	put_decimal(text, r->has_bound, r->bound, m);
	taut_text_format(text, "%" PRIu32 ",%.12g,%.12g,%" PRIu32 ",%.12g,%.6f\n", broken,
	                 sqrt(off), r->conflicts, count, sqrt(norm), r->time_s);
}

taut_status taut_trace_file_write(void *payload, const taut_trace_round *round, taut_error *err)
{
	taut_trace_file *file = payload;
	taut_text        text;

	taut_output_stream(&text, &file->output);
	if (file->csv && !file->begun)
		taut_text_put(&text, CSV_NAMES);
	file->begun = true;
	if (file->csv)
		put_csv(&text, round);
	else
		put_json(&text, round);
	return taut_output_write(&file->output, &text, err);
}
