#include <inttypes.h>
#include <stdio.h>

#include "report/report.h"

enum { NAME = 8, CELL = 48 };

static const char *name_of(const taut_compared *row)
{
	return taut_backend_names.names[row->backend].name;
}

static void label(taut_text *out, const char *name)
{
	taut_text_format(out, "  %-14s", name);
}

void taut_compare_difference(taut_text *out, const taut_comparison *c, size_t k)
{
	const taut_compared   *row = &c->rows[k];
	const taut_difference *d = &row->difference;
	const char            *reference = name_of(&c->rows[c->reference]);

	taut_text_format(out, "%s differs from %s in read %zu: ", name_of(row), reference,
	                 d->read + 1);
	if (d->kind == TAUT_DIFFERS_COUNT) {
		taut_text_format(out, "%" PRIu64 " samples, %s has %" PRIu64, row->samples,
		                 reference, c->rows[c->reference].samples);
		return;
	}
	if (d->kind == TAUT_DIFFERS_BIT) {
		taut_text_format(out, "bit %" PRIu32, d->place + 1);
		if (d->name)
			taut_text_format(out, ", variable '%s',", d->name);
		else if (d->variable != TAUT_NO_VARIABLE)
			taut_text_format(out, ", variable %" PRIu32 ",", d->variable + 1);
		else
			taut_text_put(out, ", which the method added,");
		taut_text_format(out, " is %" PRIu32 ", %s has %" PRIu32 "; ", d->value, reference,
		                 d->reference_value);
	}
	if (d->kind == TAUT_DIFFERS_POSITION)
		taut_text_format(out,
		                 "position %" PRIu32 " holds %" PRIu32 ", %s has %" PRIu32 "; ",
		                 d->place + 1, d->value + 1, reference, d->reference_value + 1);
	taut_text_format(out, "energy %" PRId64 ", %s has %" PRId64, d->energy, reference,
	                 d->reference_energy);
	if (d->kind == TAUT_DIFFERS_ENERGY)
		taut_text_put(out, ", of the same state");
}

static void heading(taut_text *out, const taut_comparison *c)
{
	static const char *const of[TAUT_N_TARGETS] = {"", "as asked", "the best known",
	                                               "the best sample of all here"};
	const taut_result       *p = c->problem;
	const taut_model        *m = p->model;
	char                     number[CELL];

	taut_text_format(out, "%s: %s, %" PRIu32 " variables, %zu rows, %s\n", m->name,
	                 taut_family_names.names[m->family].name, m->n, m->n_rows + m->n_conflicts,
	                 m->maximise ? "maximise" : "minimise");
	label(out, "method");
	taut_text_format(out, "%s (%s)\n", taut_method_names.names[p->formulation.method].name,
	                 p->formulation.why);
	label(out, "run");
	taut_text_format(
		out, "%s, %s, %s moves, %" PRIu64 " reads x %" PRIu64 " sweeps, seed %" PRIu64 "\n",
		taut_algorithm_names.names[p->solver.algorithm].name,
		taut_acceptance_names.names[p->solver.acceptance].name,
		taut_moves_names.names[p->solver.moves].name, p->solver.reads, p->solver.sweeps,
		p->solver.seed);
	if (c->target_kind == TAUT_TARGET_NONE)
		return;
	label(out, "target");
	taut_decimal_format(number, sizeof number, c->target, m->decimals);
	taut_text_format(out, "%s, %s\n", number, of[c->target_kind]);
}

/* A share or gap, "0.12 %". */
static const char *percent(char cell[CELL], bool known, double share)
{
	if (!known)
		return "-";
	(void)snprintf(cell, CELL, "%.3g %%", 100.0 * share);
	return cell;
}

static const char *seconds(char cell[CELL], bool known, double s)
{
	if (!known)
		return "-";
	if (s < 1e-3)
		(void)snprintf(cell, CELL, "%.3g us", 1e6 * s);
	else if (s < 1.0)
		(void)snprintf(cell, CELL, "%.3g ms", 1e3 * s);
	else
		(void)snprintf(cell, CELL, s < 1000.0 ? "%.3g s" : "%.0f s", s);
	return cell;
}

static const char *samples_word(char cell[CELL], const taut_comparison *c, size_t k)
{
	const taut_compared *row = &c->rows[k];

	if (row->compared)
		return row->differs ? "DIFFERENT" : "identical";
	(void)snprintf(cell, CELL, "%08" PRIx32, row->crc);
	return row->state == TAUT_COMPARED_DONE ? cell : "-";
}

static void result_row(taut_text *out, const taut_comparison *c, size_t k)
{
	const taut_compared *row = &c->rows[k];
	char                 best[CELL] = "-";
	char                 mean[CELL] = "-";
	char                 share[CELL];
	char                 gap[CELL];
	char                 target[CELL];
	char                 same[CELL];
	double               number = 0.0;
	double part = row->samples ? (double)row->feasible / (double)row->samples : 0.0;
	bool   known = taut_compared_gap(&number, c, row);

	if (row->has_answer && row->feasible_answer)
		taut_decimal_format(best, sizeof best, row->best, c->problem->model->decimals);
	if (row->has_raw)
		(void)snprintf(mean, sizeof mean, "%.8g", row->raw_mean);
	taut_text_format(out, "  %-*s %12s %13s %9s %9s", NAME, name_of(row), best, mean,
	                 percent(share, row->samples > 0, part), percent(gap, known, number));
	known = taut_compared_time_to_target(&number, row);
	taut_text_format(out, " %10s %11s\n", seconds(target, known, number),
	                 samples_word(same, c, k));
}

static void time_row(taut_text *out, const taut_compared *row)
{
	char   rate[CELL] = "-";
	char   cells[5][CELL];
	double number = 0.0;
	double total = row->time_s.open + row->time_s.load + row->time_s.warm + row->time_s.run +
	               row->time_s.answer;

	if (taut_compared_rate(&number, row))
		(void)snprintf(rate, sizeof rate, "%.3g", number);
	taut_text_format(out, "  %-*s %12s %10s %10s %10s %10s %10s\n", NAME, name_of(row), rate,
	                 seconds(cells[0], true, row->time_s.pack),
	                 seconds(cells[1], true, row->time_s.transfer),
	                 seconds(cells[2], true, row->time_s.kernel),
	                 seconds(cells[3], true, row->time_s.answer),
	                 seconds(cells[4], true, total));
}

/* Why a row has no samples, or not all. */
static void remark(taut_text *out, const taut_comparison *c, size_t k)
{
	static const char *const prefix[TAUT_N_COMPARED] = {
		[TAUT_COMPARED_ABSENT] = "not present: ",
		[TAUT_COMPARED_LIMIT] = "exceeds its limits: ",
		[TAUT_COMPARED_LOST] = "failed: "};
	const taut_compared *row = &c->rows[k];
	taut_text            text = {0};

	if (row->state == TAUT_COMPARED_DONE && !(row->compared && row->differs))
		return;
	if (row->state == TAUT_COMPARED_DONE)
		taut_compare_difference(&text, c, k);
	else
		taut_text_format(&text, "%s%s", prefix[row->state] ? prefix[row->state] : "",
		                 row->why);
	taut_text_format(out, "  %-*s ", NAME, name_of(row));
	taut_text_wrap_text(out, &text, NAME + 3);
}

void taut_compare_text(taut_text *out, const taut_comparison *c)
{
	size_t ran = 0;

	heading(out, c);
	for (size_t k = 0; k < c->n_rows; k++)
		ran += c->rows[k].samples > 0;
	if (ran > 0)
		taut_text_format(out, "\n  %-*s %12s %13s %9s %9s %10s %11s\n", NAME, "backend",
		                 "best", "raw mean", "feasible", "gap", "to target", "samples");
	for (size_t k = 0; k < c->n_rows; k++)
		if (c->rows[k].samples > 0)
			result_row(out, c, k);
	if (ran > 0)
		taut_text_format(out, "\n  %-*s %12s %10s %10s %10s %10s %10s\n", NAME, "backend",
		                 "updates/s", "pack", "transfer", "kernel", "answer", "total");
	for (size_t k = 0; k < c->n_rows; k++)
		if (c->rows[k].samples > 0)
			time_row(out, &c->rows[k]);
	taut_text_put(out, "\n");
	for (size_t k = 0; k < c->n_rows; k++) {
		if (!c->rows[k].device[0])
			continue;
		taut_text_format(out, "  %-*s ", NAME, name_of(&c->rows[k]));
		taut_text_wrap(out, c->rows[k].device, NAME + 3);
	}
	for (size_t k = 0; k < c->n_rows; k++)
		remark(out, c, k);
}
