#include "report/report.h"

static const char *const STATES[TAUT_N_COMPARED] = {"done",  "cut",  "absent",
                                                    "limit", "lost", "skipped"};
static const char *const KINDS[TAUT_N_DIFFERS] = {"bit", "position", "energy", "count"};
static const char *const TARGETS[TAUT_N_TARGETS] = {"none", "given", "best known", "best here"};

static void number_json(taut_json *j, const char *key, bool known, int64_t value, int32_t decimals)
{
	if (known)
		taut_json_decimal(j, key, value, decimals);
	else
		taut_json_null(j, key);
}

static void real_json(taut_json *j, const char *key, bool known, double value)
{
	if (known)
		taut_json_real(j, key, value);
	else
		taut_json_null(j, key);
}

static void settings_json(taut_json *j, const taut_result *p)
{
	taut_json_open(j, "solver", '{');
	taut_report_schedule(j, p);
	taut_json_uint(j, "seed", p->solver.seed);
	taut_json_uint(j, "threads", p->solver.threads);
	taut_json_close(j, '}');
}

static void difference_json(taut_json *j, const taut_compared *row)
{
	const taut_difference *d = &row->difference;
	const bool     placed = d->kind == TAUT_DIFFERS_BIT || d->kind == TAUT_DIFFERS_POSITION;
	const uint32_t one = d->kind == TAUT_DIFFERS_POSITION;

	if (!row->compared || !row->differs) {
		taut_json_null(j, "difference");
		return;
	}
	taut_json_open(j, "difference", '{');
	taut_json_text(j, "kind", KINDS[d->kind]);
	taut_json_uint(j, "read", d->read + 1);
	if (placed) {
		taut_json_uint(j, "place", (uint64_t)d->place + 1);
		taut_json_uint(j, "value", (uint64_t)d->value + one);
		taut_json_uint(j, "reference_value", (uint64_t)d->reference_value + one);
	}
	if (placed && d->variable != TAUT_NO_VARIABLE) {
		taut_json_uint(j, "variable", (uint64_t)d->variable + 1);
		taut_json_text(j, "name", d->name);
	}
	if (d->kind != TAUT_DIFFERS_COUNT) {
		taut_json_int(j, "energy", d->energy);
		taut_json_int(j, "reference_energy", d->reference_energy);
	}
	taut_json_close(j, '}');
}

static void times_json(taut_json *j, const taut_compared *row)
{
	taut_json_open(j, "time_s", '{');
	taut_json_real(j, "open", row->time_s.open);
	taut_json_real(j, "load", row->time_s.load);
	taut_json_real(j, "warm", row->time_s.warm);
	taut_json_real(j, "run", row->time_s.run);
	taut_json_real(j, "pack", row->time_s.pack);
	taut_json_real(j, "transfer", row->time_s.transfer);
	taut_json_real(j, "kernel", row->time_s.kernel);
	taut_json_real(j, "answer", row->time_s.answer);
	taut_json_close(j, '}');
}

static void samples_json(taut_json *j, const taut_comparison *c, const taut_compared *row)
{
	const int32_t decimals = c->problem->model->decimals;
	double        number = 0.0;
	bool          known;

	number_json(j, "best_objective", row->has_answer && row->feasible_answer, row->best,
	            decimals);
	number_json(j, "raw_best_objective", row->has_raw, row->raw_best, decimals);
	real_json(j, "raw_mean_objective", row->has_raw, row->raw_mean);
	taut_json_uint(j, "samples", row->samples);
	taut_json_uint(j, "raw_feasible", row->feasible);
	taut_json_uint(j, "repaired", row->repaired);
	real_json(j, "raw_feasible_share", row->samples > 0,
	          row->samples ? (double)row->feasible / (double)row->samples : 0.0);
	known = taut_compared_gap(&number, c, row);
	real_json(j, "best_known_gap", known, number);
	taut_json_uint(j, "updates", row->updates);
	known = taut_compared_rate(&number, row);
	real_json(j, "updates_per_s", known, number);
	taut_json_uint(j, "successes", row->successes);
	known = taut_compared_time_to_target(&number, row);
	real_json(j, "time_to_target_s", known, number);
	times_json(j, row);
	if (row->samples > 0)
		taut_json_uint(j, "crc", row->crc);
	else
		taut_json_null(j, "crc");
	if (row->compared)
		taut_json_bool(j, "identical", !row->differs);
	else
		taut_json_null(j, "identical");
	difference_json(j, row);
}

static void row_json(taut_json *j, const taut_comparison *c, const taut_compared *row)
{
	taut_json_open(j, NULL, '{');
	taut_json_text(j, "backend", taut_backend_names.names[row->backend].name);
	taut_json_text(j, "state", STATES[row->state]);
	taut_json_text(j, "why", row->why[0] ? row->why : NULL);
	taut_json_text(j, "device", row->device[0] ? row->device : NULL);
	taut_json_bool(j, "exact", row->exact);
	samples_json(j, c, row);
	taut_json_close(j, '}');
}

void taut_compare_json(taut_text *out, const taut_comparison *c)
{
	const taut_result *p = c->problem;
	const int32_t      decimals = p->model->decimals;
	taut_json          j = {.text = out};

	taut_json_open(&j, NULL, '{');
	taut_json_int(&j, "schema", 1);
	taut_json_text(&j, "version", TAUT_VERSION);
	taut_report_problem(&j, p);
	taut_report_formulation_json(&j, p);
	settings_json(&j, p);
	number_json(&j, "best_known", p->has_best_known, p->best_known.value,
	            p->best_known.decimals);
	taut_json_text(&j, "target_kind", TARGETS[c->target_kind]);
	number_json(&j, "target", c->target_kind != TAUT_TARGET_NONE, c->target, decimals);
	if (c->reference < c->n_rows)
		taut_json_text(&j, "reference",
		               taut_backend_names.names[c->rows[c->reference].backend].name);
	else
		taut_json_null(&j, "reference");
	taut_json_bool(&j, "identical", taut_comparison_identical(c));
	taut_json_open(&j, "backends", '[');
	for (size_t k = 0; k < c->n_rows; k++)
		row_json(&j, c, &c->rows[k]);
	taut_json_close(&j, ']');
	taut_json_bool(&j, "interrupted", c->interrupted);
	taut_json_real(&j, "total_s", c->total_s);
	taut_json_close(&j, '}');
	taut_text_put(out, "\n");
}
