#include "bench/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

const taut_bench_column_row taut_bench_column_table[TAUT_BENCH_N_COLUMNS] = {
#define X(name, kind) {#name, TAUT_BENCH_##kind},
	TAUT_BENCH_COLUMNS(X)
#undef X
};

void taut_bench_record_fini(taut_bench_record *record)
{
	for (int c = 0; c < TAUT_BENCH_N_COLUMNS; c++)
		taut_free(record->field[c]);
	*record = (taut_bench_record){0};
}

const char *taut_bench_get(const taut_bench_record *record, taut_bench_column column)
{
	return record->field[column] ? record->field[column] : "";
}

taut_status taut_bench_set(taut_bench_record *record, taut_bench_column column, const char *text,
                           taut_error *err)
{
	char *copy = taut_copy_text(text, err);

	if (!copy)
		return TAUT_ENOMEM;
	taut_free(record->field[column]);
	record->field[column] = copy;
	return TAUT_OK;
}

/* Several fields are set in a row: the first failure sticks to *st. */
static void put(taut_status *st, taut_bench_record *r, taut_bench_column column, const char *text,
                taut_error *err)
{
	if (*st == TAUT_OK && text)
		*st = taut_bench_set(r, column, text, err);
}

static void put_uint(taut_status *st, taut_bench_record *r, taut_bench_column column,
                     uint64_t value, taut_error *err)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%" PRIu64, value);
	put(st, r, column, text, err);
}

static void put_decimal(taut_status *st, taut_bench_record *r, taut_bench_column column,
                        int64_t value, int32_t decimals, taut_error *err)
{
	char text[48];

	taut_decimal_format(text, sizeof text, value, decimals);
	put(st, r, column, text, err);
}

/* Without exponent and without zeros at the end. */
static void put_real(taut_status *st, taut_bench_record *r, taut_bench_column column, double value,
                     int digits, taut_error *err)
{
	char   text[400];
	size_t length;

	(void)snprintf(text, sizeof text, "%.*f", digits, value);
	length = strlen(text);
	while (strchr(text, '.') && (text[length - 1] == '0' || text[length - 1] == '.')) {
		bool point = text[length - 1] == '.';
		text[--length] = '\0';
		if (point)
			break;
	}
	put(st, r, column, strcmp(text, "-0") == 0 ? "0" : text, err);
}

/* FNV-1a (Fowler, Noll, Vo), 64 bits, over "name=value" of every option that was given and can
 * change an answer. */
static taut_status digest(char out[17], const taut_options *user, taut_error *err)
{
	uint64_t    h = UINT64_C(0xcbf29ce484222325);
	taut_text   text = {0};
	taut_status st;

	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		const taut_option *o = &taut_option_table[i];
		if (!taut_option_given(user, (taut_option_id)i) || !o->flag ||
		    !(o->group & (TAUT_GROUP_SOURCE | TAUT_GROUP_SOLVE | TAUT_GROUP_LOOP)))
			continue;
		taut_text_format(&text, "%s=", o->flag);
		taut_option_put(&text, user, (taut_option_id)i);
		taut_text_put(&text, "\n");
	}
	st = taut_text_check(&text, err);
	for (size_t k = 0; k < text.length && st == TAUT_OK; k++)
		h = (h ^ (unsigned char)text.data[k]) * UINT64_C(0x100000001b3);
	(void)snprintf(out, 17, "%016" PRIx64, h);
	taut_text_fini(&text);
	return st;
}

taut_status taut_bench_record_begin(taut_bench_record *out, const taut_bench_case *c,
                                    taut_method method, const taut_options *user, taut_error *err)
{
	char        options[17];
	taut_status st = digest(options, user, err);

	put(&st, out, TAUT_BENCH_instance, c->name, err);
	put(&st, out, TAUT_BENCH_path, c->path, err);
	put(&st, out, TAUT_BENCH_index, c->index, err);
	if (c->family != TAUT_FAMILY_AUTO)
		put(&st, out, TAUT_BENCH_family, taut_family_names.names[c->family].name, err);
	put(&st, out, TAUT_BENCH_method, taut_method_names.names[method].name, err);
	put(&st, out, TAUT_BENCH_best_known, c->best_known, err);
	put(&st, out, TAUT_BENCH_version, TAUT_VERSION, err);
	put(&st, out, TAUT_BENCH_options, options, err);
	return st;
}

/* What the method made of the problem, and what that cost. */
static void put_formulation(taut_status *st, taut_bench_record *record, const taut_result *r,
                            taut_error *err)
{
	const taut_scale *scale = &r->formulation.scale;
	const uint64_t    slack = r->formulation.slack_baseline_variables;
	const uint64_t    own = r->formulation.variables;

	put_uint(st, record, TAUT_BENCH_binaries, own, err);
	put_uint(st, record, TAUT_BENCH_slack_avoided, slack > own ? slack - own : 0, err);
	if (scale->coefficient_min <= 0)
		return;
	put_uint(st, record, TAUT_BENCH_coefficient_min, (uint64_t)scale->coefficient_min, err);
	put_uint(st, record, TAUT_BENCH_coefficient_max, (uint64_t)scale->coefficient_max, err);
	put_real(st, record, TAUT_BENCH_coefficient_range,
	         (double)scale->coefficient_max / (double)scale->coefficient_min, 6, err);
}

/* What the samples were worth, before and after repair. */
static void put_samples(taut_status *st, taut_bench_record *record, const taut_result *r,
                        taut_error *err)
{
	const int32_t decimals = r->model->decimals;
	const double  unit = (double)taut_power_of_ten(decimals);
	double        gap;

	put_uint(st, record, TAUT_BENCH_raw_samples, r->raw.samples, err);
	put_uint(st, record, TAUT_BENCH_raw_feasible, r->raw.feasible, err);
	put_uint(st, record, TAUT_BENCH_raw_repaired, r->raw.repaired, err);
	if (r->raw.has_best)
		put_decimal(st, record, TAUT_BENCH_raw_best, r->raw.best, decimals, err);
	if (r->raw.has_mean)
		put_real(st, record, TAUT_BENCH_raw_mean, r->raw.mean / unit, 6, err);
	if (r->raw.has_mended)
		put_real(st, record, TAUT_BENCH_repaired_mean, r->raw.mended / unit, 6, err);
	if (taut_result_mean_gap(&gap, r))
		put_real(st, record, TAUT_BENCH_mean_gap, gap, 12, err);
	if (r->baseline.known)
		put_decimal(st, record, TAUT_BENCH_baseline, r->baseline.objective, decimals, err);
}

static const char *status_word(const taut_result *r)
{
	return !r->has_answer ? "none" : r->verdict.feasible ? "feasible" : "infeasible";
}

taut_status taut_bench_record_result(taut_bench_record *record, const taut_result *r,
                                     const taut_options *used, taut_error *err)
{
	const taut_model *m = r->model;
	const bool        feasible = r->has_answer && r->verdict.feasible;
	taut_status       st = TAUT_OK;
	double            gap;

	put(&st, record, TAUT_BENCH_family, taut_family_names.names[m->family].name, err);
	put_uint(&st, record, TAUT_BENCH_n, m->n, err);
	put_uint(&st, record, TAUT_BENCH_rows, m->n_rows + m->n_conflicts, err);
	put(&st, record, TAUT_BENCH_status, status_word(r), err);
	if (feasible)
		put_decimal(&st, record, TAUT_BENCH_objective, r->verdict.objective, m->decimals,
		            err);
	if (r->has_best_known)
		put_decimal(&st, record, TAUT_BENCH_best_known, r->best_known.value,
		            r->best_known.decimals, err);
	if (taut_result_best_known_gap(&gap, r))
		put_real(&st, record, TAUT_BENCH_gap, gap, 12, err);
	if (r->bound.known) {
		put_decimal(&st, record, TAUT_BENCH_bound, r->bound.value, m->decimals, err);
		put(&st, record, TAUT_BENCH_bound_kind, r->bound.kind, err);
	}
	if (taut_result_gap(&gap, r))
		put_real(&st, record, TAUT_BENCH_bound_gap, gap, 12, err);
	put_formulation(&st, record, r, err);
	put_samples(&st, record, r, err);
	put_uint(&st, record, TAUT_BENCH_reads, r->solver.reads, err);
	put_uint(&st, record, TAUT_BENCH_sweeps, r->solver.sweeps, err);
	put_uint(&st, record, TAUT_BENCH_rounds, r->formulation.rounds, err);
	put_uint(&st, record, TAUT_BENCH_seed, r->solver.seed, err);
	if (used->time_limit > 0.0)
		put_real(&st, record, TAUT_BENCH_time_limit, used->time_limit, 9, err);
	put_real(&st, record, TAUT_BENCH_time_s, r->time_s.total, 3, err);
	put(&st, record, TAUT_BENCH_backend, taut_backend_names.names[r->solver.backend].name, err);
	put(&st, record, TAUT_BENCH_exit, feasible ? "0" : "10", err);
	return st;
}

taut_status taut_bench_record_failure(taut_bench_record *record, taut_status status,
                                      const taut_error *failure, taut_error *err)
{
	taut_status st = TAUT_OK;

	put(&st, record, TAUT_BENCH_status, "error", err);
	put_uint(&st, record, TAUT_BENCH_exit, (uint64_t)taut_status_exit(status), err);
	put(&st, record, TAUT_BENCH_error,
	    failure->text[0] ? failure->text : taut_status_text(status), err);
	return st;
}

bool taut_bench_same_run(const taut_bench_record *a, const taut_bench_record *b)
{
	static const taut_bench_column key[] = {TAUT_BENCH_path, TAUT_BENCH_index,
	                                        TAUT_BENCH_method, TAUT_BENCH_options,
	                                        TAUT_BENCH_version};

	for (size_t k = 0; k < sizeof key / sizeof *key; k++)
		if (strcmp(taut_bench_get(a, key[k]), taut_bench_get(b, key[k])) != 0)
			return false;
	return true;
}

int taut_bench_failed(const taut_bench_record *record)
{
	if (strcmp(taut_bench_get(record, TAUT_BENCH_status), "error") != 0)
		return 0;
	return (int)strtol(taut_bench_get(record, TAUT_BENCH_exit), NULL, 10);
}

bool taut_bench_reached(const taut_bench_record *record)
{
	const char *gap = taut_bench_get(record, TAUT_BENCH_gap);

	/* the gap is rounded; equal values are written alike */
	return gap[0] == '-' ||
	       (gap[0] && strcmp(taut_bench_get(record, TAUT_BENCH_objective),
	                         taut_bench_get(record, TAUT_BENCH_best_known)) == 0);
}
