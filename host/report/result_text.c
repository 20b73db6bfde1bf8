#include "report/report.h"

#include <inttypes.h>
#include <string.h>

#include "base/names.h"

enum {
	WIDTH = 80,
	INDENT = 16,
	ROWS_LISTED = 10, /* of the violated rows */
	LIST_LINES = 6    /* lines of a decoded list */
};

/* "label   " in a fixed column. */
static void label(taut_text *out, const char *name)
{
	taut_text_format(out, "  %-14s", name);
}

static void put_decimal(taut_text *out, int64_t value, int32_t decimals)
{
	char number[48];

	taut_decimal_format(number, sizeof number, value, decimals);
	taut_text_put(out, number);
}

static void put_percent(taut_text *out, double share)
{
	taut_text_format(out, "%.3g %%", 100.0 * share);
}

static void heading(taut_text *out, const taut_result *r)
{
	const taut_model *m = r->model;

	taut_text_format(out, "%s: %s, %" PRIu32 " variables, %zu rows, %s\n", m->name,
			 taut_family_names.names[m->family].name, m->n, m->n_rows + m->n_conflicts,
			 m->maximise ? "maximise" : "minimise");
	if (r->note) {
		label(out, "convention");
		taut_text_format(out, "%s\n", r->note);
	}
}

static void formulation_text(taut_text *out, const taut_result *r)
{
	const taut_scale *s = &r->formulation.scale;
	double            unit = 1.0 / (double)taut_power_of_ten(r->model->decimals);

	label(out, "method");
	taut_text_format(out, "%s (%s)\n", taut_method_names.names[r->formulation.method].name,
			 r->formulation.why);
	if (r->formulation.played[1].rounds) {
		label(out, "changed");
		for (int k = 0; k < 2; k++)
			taut_text_format(out, "%s %" PRIu64 " rounds, %" PRIu64 " with progress%s",
					 taut_method_names.names[r->formulation.played[k].method].name,
					 r->formulation.played[k].rounds, r->formulation.played[k].progress,
					 k == 0 ? "; " : "\n");
	}
	label(out, "binaries");
	taut_text_format(out, "%" PRIu32 ", of them %" PRIu32 " slack; the slack baseline needs %" PRIu64 "\n",
			 r->formulation.variables, r->formulation.slack_variables,
			 r->formulation.slack_baseline_variables);
	label(out, "coefficients");
	taut_text_format(out, "%" PRId64 " to %" PRId64 " in device units of %.4g", s->coefficient_min,
			 s->coefficient_max, s->unit * unit);
	if (s->rounding_error > 0.0) {
		taut_text_put(out, "\n");
		label(out, "rounding");
		taut_text_format(out, "changes an energy by at most %.3g\n", s->rounding_error * unit);
	} else {
		taut_text_put(out, ", exact\n");
	}
}

/* A list in the family's terms, wrapped, cut after some lines. */
static void list_text(taut_text *out, const taut_decoded_list *list)
{
	size_t column = INDENT;
	int    lines = 1;

	label(out, list->key);
	for (size_t i = 0; i < list->count; i++) {
		char        number[48];
		const char *item = number;
		size_t      width;
		if (list->texts)
			item = list->texts[i];
		else
			taut_decimal_format(number, sizeof number, list->values[i], list->decimals);
		width = strlen(item) + 1;
		if (i > 0 && column + width > WIDTH) {
			if (++lines > LIST_LINES) {
				taut_text_format(out, "\n%*s... %zu in all; --json lists every one", INDENT, "",
						 list->count);
				break;
			}
			taut_text_format(out, "\n%*s", INDENT, "");
			column = INDENT;
		}
		taut_text_format(out, "%s%s", column > INDENT ? " " : "", item);
		column += width;
	}
	if (list->count == 0)
		taut_text_put(out, "(none)");
	taut_text_put(out, "\n");
}

static void violations_text(taut_text *out, const taut_result *r)
{
	const taut_model *m = r->model;
	size_t            listed = 0;

	label(out, "violated");
	taut_text_format(out, "%zu of %" PRIu32 " rows, %zu of %zu conflicts\n", r->verdict.n_violated_rows, m->n_rows,
			 r->verdict.n_conflicts, m->n_conflicts);
	for (uint32_t k = 0; k < m->n_rows && listed < ROWS_LISTED; k++) {
		const taut_row *row = &m->rows[k];
		if (r->verdict.violation[k] == 0)
			continue;
		listed++;
		taut_text_format(out, "%*srow %" PRIu32 "%s%s: ", INDENT, "", k + 1, row->name ? " " : "",
				 row->name ? row->name : "");
		put_decimal(out, r->verdict.activity[k], row->decimals);
		taut_text_put(out, ", outside by ");
		put_decimal(out, r->verdict.violation[k], row->decimals);
		taut_text_put(out, "\n");
	}
}

static void answer_text(taut_text *out, const taut_result *r)
{
	const taut_model *m = r->model;
	double            gap;

	label(out, "answer");
	if (!r->has_answer) {
		taut_text_put(out, r->proven_infeasible ? "none (proven: no point is feasible)\n" : "none\n");
		return;
	}
	taut_text_put(out, r->verdict.feasible ? "feasible, objective " : "INFEASIBLE, objective ");
	put_decimal(out, r->verdict.objective, m->decimals);
	taut_text_put(out, r->proven              ? " (proven optimal)\n"
			   : r->proven_infeasible ? " (proven: no point is feasible)\n"
						  : "\n");
	if (!r->verdict.feasible)
		violations_text(out, r);
	if (r->bound.known) {
		label(out, "bound");
		put_decimal(out, r->bound.value, m->decimals);
		taut_text_format(out, " (%s)", r->bound.kind);
		if (taut_result_gap(&gap, r)) {
			taut_text_put(out, ", gap ");
			put_percent(out, gap);
		}
		taut_text_put(out, "\n");
	}
	if (r->has_best_known) {
		label(out, "best known");
		put_decimal(out, r->best_known.value, r->best_known.decimals);
		if (taut_result_best_known_gap(&gap, r)) {
			taut_text_put(out, ", gap ");
			put_percent(out, gap);
		}
		taut_text_put(out, "\n");
	}
	if (r->has_target) {
		label(out, "target");
		put_decimal(out, r->target.value, r->target.decimals);
		taut_text_put(out, r->target_reached ? ", reached\n" : ", not reached\n");
	}
	for (size_t l = 0; l < r->decoded.n_lists; l++)
		list_text(out, &r->decoded.lists[l]);
}

static void samples_text(taut_text *out, const taut_result *r)
{
	label(out, "samples");
	taut_text_format(out, "%" PRIu64 ", %" PRIu64 " feasible as they came", r->raw.samples,
			 r->raw.feasible);
	if (r->raw.has_best) {
		taut_text_put(out, " (best ");
		put_decimal(out, r->raw.best, r->model->decimals);
		taut_text_put(out, ")");
	}
	taut_text_format(out, ", %" PRIu64 " repaired\n", r->raw.repaired);
	if (r->baseline.known) {
		label(out, "random start");
		put_decimal(out, r->baseline.objective, r->model->decimals);
		taut_text_format(out, " from %" PRIu64 " random bitstrings with the same repair\n",
				 r->baseline.samples);
	}
}

/* Arms that had a round, and their shares of the work. */
static void portfolio_text(taut_text *out, const taut_portfolio_result *portfolio)
{
	bool first = true;

	for (size_t k = 0; k < portfolio->n; k++) {
		const taut_arm_result *arm = &portfolio->arms[k];
		if (arm->rounds == 0)
			continue;
		if (first)
			label(out, "portfolio");
		else
			taut_text_format(out, "%*s", INDENT, "");
		first = false;
		put_percent(out, arm->share);
		taut_text_format(out, " %s, %" PRIu64 " round%s\n", arm->name, arm->rounds,
				 arm->rounds == 1 ? "" : "s");
	}
}

static void ladder_text(taut_text *out, const taut_ladder_result *ladder)
{
	double least = 2.0;
	double most = -1.0;

	if (ladder->n == 0)
		return;
	label(out, "ladder");
	taut_text_format(out, "%" PRIu32 " rungs from %.4g to %.4g", ladder->n, ladder->temperature[0],
			 ladder->temperature[ladder->n - 1]);
	for (uint32_t k = 0; k + 1 < ladder->n; k++) {
		const double rate = ladder->rate[k];
		least = rate >= 0.0 && rate < least ? rate : least;
		most = rate > most ? rate : most;
	}
	if (most >= 0.0)
		taut_text_format(out, ", exchange rates %.2f to %.2f", least, most);
	taut_text_put(out, "\n");
}

static void solver_text(taut_text *out, const taut_result *r)
{
	label(out, "solver");
	taut_text_format(out, "%s, %s moves, %" PRIu64 " reads x %" PRIu64 " sweeps, round %" PRIu64 ", seed %" PRIu64 "\n",
			 taut_algorithm_names.names[r->solver.algorithm].name,
			 taut_moves_names.names[r->solver.moves].name, r->solver.reads, r->solver.sweeps,
			 r->formulation.rounds, r->solver.seed);
	portfolio_text(out, &r->solver.portfolio);
	ladder_text(out, &r->solver.ladder);
	label(out, "backend");
	taut_text_format(out, "%s: %s, %" PRIu32 " thread%s\n", taut_backend_names.names[r->solver.backend].name,
			 r->solver.device, r->solver.threads, r->solver.threads == 1 ? "" : "s");
	label(out, "time");
	taut_text_format(out, "%.2f s: read %.2f, formulate %.2f, anneal %.2f, answer %.2f\n", r->time_s.total,
			 r->time_s.read, r->time_s.formulate, r->time_s.anneal, r->time_s.answer);
	if (r->time_s.pack + r->time_s.transfer > 0.0) {
		label(out, "device");
		taut_text_format(out, "pack %.2f s, transfer %.2f, kernel %.2f\n", r->time_s.pack,
				 r->time_s.transfer, r->time_s.kernel);
	}
}

void taut_report_text(taut_text *out, const taut_result *r)
{
	heading(out, r);
	answer_text(out, r);
	formulation_text(out, r);
	samples_text(out, r);
	solver_text(out, r);
	if (r->interrupted) {
		label(out, "interrupted");
		taut_text_put(out, "the answer is the best found until then\n");
	}
	if (r->failure[0]) {
		label(out, "failed");
		taut_text_wrap(out, r->failure, INDENT);
		taut_text_format(out, "%*sthe answer is the best found until then\n", INDENT, "");
	}
}

void taut_report_formulation(taut_text *out, const taut_result *r)
{
	heading(out, r);
	formulation_text(out, r);
	label(out, "moves");
	taut_text_format(out, "%s\n", taut_moves_names.names[r->solver.moves].name);
	if (r->bound.known) {
		label(out, "bound");
		put_decimal(out, r->bound.value, r->model->decimals);
		taut_text_format(out, " (%s)\n", r->bound.kind);
	}
}
