#include "report/report.h"

#include "base/names.h"

enum {
	CONFLICTS_LISTED = 100
}; /* of the violated conflicts; n_conflicts says how many there are */

void taut_report_problem(taut_json *j, const taut_result *r)
{
	const taut_model *m = r->model;

	taut_json_open(j, "problem", '{');
	taut_json_text(j, "name", m->name);
	taut_json_text(j, "family", taut_family_names.names[m->family].name);
	taut_json_uint(j, "variables", m->n);
	if (m->n_integers)
		taut_json_int(j, "integer_weight", m->integer_weight);
	taut_json_uint(j, "rows", m->n_rows + m->n_conflicts);
	taut_json_text(j, "sense", m->maximise ? "max" : "min");
	taut_json_text(j, "file", r->file);
	taut_json_uint(j, "index", r->index);
	taut_json_text(j, "note", r->note);
	taut_json_close(j, '}');
}

static void reals_json(taut_json *j, const char *key, const double *values, size_t n)
{
	if (!values) {
		taut_json_null(j, key);
		return;
	}
	taut_json_open(j, key, '[');
	for (size_t i = 0; i < n; i++)
		taut_json_real(j, NULL, values[i]);
	taut_json_close(j, ']');
}

/* Only where auto has changed the method in between. */
static void played_json(taut_json *j, const taut_result *r)
{
	if (!r->formulation.played[1].rounds)
		return;
	taut_json_open(j, "played", '[');
	for (int k = 0; k < 2; k++) {
		const taut_method_result *p = &r->formulation.played[k];

		taut_json_open(j, NULL, '{');
		taut_json_text(j, "method", taut_method_names.names[p->method].name);
		taut_json_uint(j, "rounds", p->rounds);
		taut_json_uint(j, "progress", p->progress);
		taut_json_close(j, '}');
	}
	taut_json_close(j, ']');
}

void taut_report_formulation_json(taut_json *j, const taut_result *r)
{
	const taut_model *m = r->model;
	/* the scale is in units of 10^-decimals; weights and multipliers are in the family's
	 * already */
	double unit = 1.0 / (double)taut_power_of_ten(m->decimals);

	taut_json_open(j, "formulation", '{');
	taut_json_text(j, "method", taut_method_names.names[r->formulation.method].name);
	taut_json_text(j, "why", r->formulation.why);
	played_json(j, r);
	taut_json_uint(j, "variables", r->formulation.variables);
	taut_json_uint(j, "slack_variables", r->formulation.slack_variables);
	taut_json_uint(j, "slack_baseline_variables", r->formulation.slack_baseline_variables);
	taut_json_uint(j, "rounds", r->formulation.rounds);
	reals_json(j, "multipliers", r->formulation.multipliers, m->n_rows);
	reals_json(j, "weights", r->formulation.weights, m->n_rows);
	taut_json_real(j, "conflict_weight", r->formulation.conflict_weight);
	taut_json_int(j, "coefficient_min", r->formulation.scale.coefficient_min);
	taut_json_int(j, "coefficient_max", r->formulation.scale.coefficient_max);
	taut_json_real(j, "scale", r->formulation.scale.unit * unit);
	taut_json_real(j, "rounding_error", r->formulation.scale.rounding_error * unit);
	taut_json_close(j, '}');
}

static void shrink_json(taut_json *j, const taut_result *r)
{
	taut_json_open(j, "shrink", '{');
	taut_json_bool(j, "enabled", false);
	taut_json_uint(j, "variables_before", r->formulation.variables);
	taut_json_uint(j, "variables_after", r->formulation.variables);
	taut_json_uint(j, "fixed_model", 0);
	taut_json_uint(j, "fixed_qubo", 0);
	taut_json_uint(j, "merged", 0);
	taut_json_uint(j, "refused", 0);
	taut_json_close(j, '}');
}

static void portfolio_json(taut_json *j, const taut_portfolio_result *portfolio)
{
	if (portfolio->n == 0) {
		taut_json_null(j, "portfolio");
		return;
	}
	taut_json_open(j, "portfolio", '[');
	for (size_t k = 0; k < portfolio->n; k++) {
		const taut_arm_result *arm = &portfolio->arms[k];
		taut_json_open(j, NULL, '{');
		taut_json_text(j, "name", arm->name);
		taut_json_uint(j, "rounds", arm->rounds);
		taut_json_uint(j, "proposals", arm->proposals);
		taut_json_real(j, "success", arm->success);
		taut_json_real(j, "share", arm->share);
		taut_json_close(j, '}');
	}
	taut_json_close(j, ']');
}

static void ladder_json(taut_json *j, const taut_ladder_result *ladder)
{
	if (ladder->n == 0) {
		taut_json_null(j, "ladder");
		taut_json_null(j, "exchange_rates");
		return;
	}
	reals_json(j, "ladder", ladder->temperature, ladder->n);
	taut_json_open(j, "exchange_rates", '[');
	for (uint32_t k = 0; k + 1 < ladder->n; k++) {
		if (ladder->rate[k] >= 0.0)
			taut_json_real(j, NULL, ladder->rate[k]);
		else
			taut_json_null(j, NULL);
	}
	taut_json_close(j, ']');
}

void taut_report_schedule(taut_json *j, const taut_result *r)
{
	taut_json_text(j, "algorithm", taut_algorithm_names.names[r->solver.algorithm].name);
	taut_json_text(j, "acceptance", taut_acceptance_names.names[r->solver.acceptance].name);
	taut_json_text(j, "moves", taut_moves_names.names[r->solver.moves].name);
	taut_json_uint(j, "reads", r->solver.reads);
	taut_json_uint(j, "sweeps", r->solver.sweeps);
	taut_json_real(j, "t_hot", r->solver.t_hot);
	taut_json_real(j, "t_cold", r->solver.t_cold);
}

static void solver_json(taut_json *j, const taut_result *r)
{
	taut_json_open(j, "solver", '{');
	taut_json_text(j, "backend", taut_backend_names.names[r->solver.backend].name);
	taut_json_text(j, "device", r->solver.device);
	taut_report_schedule(j, r);
	taut_json_uint(j, "proposals", r->solver.proposals);
	taut_json_uint(j, "seed", r->solver.seed);
	taut_json_uint(j, "threads", r->solver.threads);
	portfolio_json(j, &r->solver.portfolio);
	ladder_json(j, &r->solver.ladder);
	taut_json_close(j, '}');
}

void taut_report_violations(taut_json *j, const taut_model *m, const taut_verdict *v,
                            const uint8_t *x)
{
	taut_json_open(j, "violations", '[');
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		if (v->violation[k] == 0)
			continue;
		taut_json_open(j, NULL, '{');
		taut_json_uint(j, "row", k + 1);
		taut_json_text(j, "name", row->name);
		taut_json_decimal(j, "activity", v->activity[k], row->decimals);
		if (row->lo == TAUT_NO_LIMIT_LO)
			taut_json_null(j, "low");
		else
			taut_json_decimal(j, "low", row->lo + row->shift, row->decimals);
		if (row->hi == TAUT_NO_LIMIT_HI)
			taut_json_null(j, "high");
		else
			taut_json_decimal(j, "high", row->hi + row->shift, row->decimals);
		taut_json_decimal(j, "violation", v->violation[k], row->decimals);
		taut_json_close(j, '}');
	}
	for (size_t c = 0; c < v->n_conflicts && c < CONFLICTS_LISTED; c++) {
		uint32_t a;
		uint32_t b;
		taut_verdict_conflict(&a, &b, m, x, c);
		taut_json_open(j, NULL, '{');
		taut_json_open(j, "conflict", '[');
		taut_json_uint(j, NULL, (uint64_t)a + 1);
		taut_json_uint(j, NULL, (uint64_t)b + 1);
		taut_json_close(j, ']');
		taut_json_close(j, '}');
	}
	taut_json_close(j, ']');
	taut_json_uint(j, "violated_conflicts", v->n_conflicts);
}

static void decoded_json(taut_json *j, const taut_decoded *d)
{
	taut_json_open(j, "decoded", '{');
	for (size_t l = 0; l < d->n_lists; l++) {
		const taut_decoded_list *list = &d->lists[l];
		taut_json_open(j, list->key, '[');
		for (size_t i = 0; i < list->count; i++) {
			if (list->texts)
				taut_json_text(j, NULL, list->texts[i]);
			else
				taut_json_decimal(j, NULL, list->values[i], list->decimals);
		}
		taut_json_close(j, ']');
	}
	taut_json_close(j, '}');
}

static void answer_json(taut_json *j, const taut_result *r)
{
	if (!r->has_answer) {
		taut_json_null(j, "answer");
		return;
	}
	taut_json_open(j, "answer", '{');
	taut_json_text(j, "status", r->verdict.feasible ? "feasible" : "infeasible");
	taut_json_decimal(j, "objective", r->verdict.objective, r->model->decimals);
	taut_json_bits(j, "bits", r->bits, r->model->n);
	decoded_json(j, &r->decoded);
	taut_report_violations(j, r->model, &r->verdict, r->bits);
	taut_json_close(j, '}');
}

static void mean_json(taut_json *j, const char *key, bool known, double mean, int32_t decimals)
{
	if (known)
		taut_json_real(j, key, mean / (double)taut_power_of_ten(decimals));
	else
		taut_json_null(j, key);
}

static void raw_json(taut_json *j, const taut_result *r)
{
	const int32_t decimals = r->model->decimals;

	taut_json_open(j, "raw", '{');
	taut_json_uint(j, "samples", r->raw.samples);
	taut_json_uint(j, "feasible", r->raw.feasible);
	if (r->raw.has_best)
		taut_json_decimal(j, "best_objective", r->raw.best, decimals);
	else
		taut_json_null(j, "best_objective");
	mean_json(j, "mean_objective", r->raw.has_mean, r->raw.mean, decimals);
	taut_json_uint(j, "repaired", r->raw.repaired);
	mean_json(j, "mean_repaired_objective", r->raw.has_mended, r->raw.mended, decimals);
	taut_json_real(j, "mean_distance", r->raw.mean_distance);
	taut_json_close(j, '}');
	taut_json_open(j, "baseline", '{');
	if (r->baseline.known)
		taut_json_decimal(j, "objective", r->baseline.objective, r->model->decimals);
	else
		taut_json_null(j, "objective");
	taut_json_uint(j, "samples", r->baseline.samples);
	taut_json_close(j, '}');
}

static void quality_json(taut_json *j, const taut_result *r)
{
	double gap;

	if (r->bound.known) {
		taut_json_open(j, "bound", '{');
		taut_json_decimal(j, "value", r->bound.value, r->model->decimals);
		taut_json_text(j, "kind", r->bound.kind);
		taut_json_close(j, '}');
	} else {
		taut_json_null(j, "bound");
	}
	if (taut_result_gap(&gap, r))
		taut_json_real(j, "gap", gap);
	else
		taut_json_null(j, "gap");
	if (r->has_best_known)
		taut_json_decimal(j, "best_known", r->best_known.value, r->best_known.decimals);
	else
		taut_json_null(j, "best_known");
	if (taut_result_best_known_gap(&gap, r))
		taut_json_real(j, "best_known_gap", gap);
	else
		taut_json_null(j, "best_known_gap");
	if (r->has_target) {
		taut_json_decimal(j, "target", r->target.value, r->target.decimals);
		taut_json_bool(j, "target_reached", r->target_reached);
	} else {
		taut_json_null(j, "target");
		taut_json_null(j, "target_reached");
	}
	taut_json_bool(j, "proven", r->proven);
	taut_json_bool(j, "proven_infeasible", r->proven_infeasible);
	taut_json_bool(j, "interrupted", r->interrupted);
	taut_json_text(j, "failure", r->failure[0] ? r->failure : NULL);
}

void taut_report_json(taut_text *out, const taut_result *r)
{
	taut_json j = {.text = out};

	taut_json_open(&j, NULL, '{');
	taut_json_int(&j, "schema", 1);
	taut_json_text(&j, "version", TAUT_VERSION);
	taut_report_problem(&j, r);
	taut_report_formulation_json(&j, r);
	shrink_json(&j, r);
	solver_json(&j, r);
	answer_json(&j, r);
	raw_json(&j, r);
	quality_json(&j, r);
	taut_json_open(&j, "time_s", '{');
	taut_json_real(&j, "read", r->time_s.read);
	taut_json_real(&j, "formulate", r->time_s.formulate);
	taut_json_real(&j, "anneal", r->time_s.anneal);
	taut_json_real(&j, "pack", r->time_s.pack);
	taut_json_real(&j, "transfer", r->time_s.transfer);
	taut_json_real(&j, "kernel", r->time_s.kernel);
	taut_json_real(&j, "answer", r->time_s.answer);
	taut_json_real(&j, "total", r->time_s.total);
	taut_json_close(&j, '}');
	taut_json_close(&j, '}');
	taut_text_put(out, "\n");
}
