#include <inttypes.h>

#include "answer/verify.h"
#include "cli/each.h"
#include "cli/output.h"
#include "flow/claims.h"
#include "formulations/families/family.h"
#include "model/integers.h"
#include "report/report.h"

enum { LISTED = 100 }; /* rows and conflicts that text lists at most; the counts are whole */

typedef struct {
	const char *answer_path;
	taut_output output;
} session;

static void verdict_json(taut_text *t, const taut_model *m, const taut_claim *claim, const taut_verdict *v, bool agrees)
{
	taut_json j = {.text = t};

	taut_json_open(&j, NULL, '{');
	taut_json_text(&j, "problem", m->name);
	taut_json_bool(&j, "accepted", v->feasible && agrees);
	taut_json_text(&j, "status", v->feasible ? "feasible" : "infeasible");
	taut_json_decimal(&j, "objective", v->objective, m->decimals);
	if (claim->has_objective)
		taut_json_decimal(&j, "claimed", claim->objective.value, claim->objective.decimals);
	else
		taut_json_null(&j, "claimed");
	if (m->n_integers > 0) {
		taut_json_open(&j, "integers", '{');
		for (uint32_t k = 0; k < m->n_integers; k++)
			taut_json_int(&j, m->integers[k].name, taut_model_integer(m, k, claim->bits));
		taut_json_close(&j, '}');
	}
	taut_report_violations(&j, m, v, claim->bits);
	taut_json_close(&j, '}');
	taut_text_put(t, "\n");
}

static void verdict_text(taut_text *t, const taut_model *m, const taut_claim *claim, const taut_verdict *v, bool agrees)
{
	char   objective[48];
	char   claimed[48];
	size_t listed = 0;

	taut_decimal_format(objective, sizeof objective, v->objective, m->decimals);
	taut_decimal_format(claimed, sizeof claimed, claim->objective.value, claim->objective.decimals);
	taut_text_format(t, "%s: %s: %s, objective %s", m->name, v->feasible && agrees ? "accepted" : "REJECTED",
			 v->feasible ? "feasible" : "infeasible", objective);
	if (!agrees)
		taut_text_format(t, ", claimed %s", claimed);
	if (!v->feasible)
		taut_text_format(t, ", %zu of %" PRIu32 " rows and %zu of %zu conflicts violated", v->n_violated_rows,
				 m->n_rows, v->n_conflicts, m->n_conflicts);
	taut_text_put(t, "\n");
	for (uint32_t k = 0; k < m->n_integers && k < LISTED; k++)
		taut_text_format(t, "  %s = %" PRId64 "\n", m->integers[k].name, taut_model_integer(m, k, claim->bits));
	for (uint32_t k = 0; k < m->n_rows && listed < LISTED; k++) {
		const taut_row *row = &m->rows[k];
		char            activity[48];
		char            violation[48];
		if (v->violation[k] == 0)
			continue;
		listed++;
		taut_decimal_format(activity, sizeof activity, v->activity[k], row->decimals);
		taut_decimal_format(violation, sizeof violation, v->violation[k], row->decimals);
		taut_text_format(t, "  row %" PRIu32 "%s%s: activity %s, outside by %s\n", k + 1, row->name ? " " : "",
				 row->name ? row->name : "", activity, violation);
	}
	for (size_t c = 0; c < v->n_conflicts && c < LISTED; c++) {
		uint32_t a;
		uint32_t b;
		taut_verdict_conflict(&a, &b, m, claim->bits, c);
		taut_text_format(t, "  conflict: %" PRIu32 " and %" PRIu32 " are both 1\n", a + 1, b + 1);
	}
}

static taut_status judge(taut_text *t, int *exit_code, const taut_model *m, const taut_claim *claim, bool json,
			 taut_error *err)
{
	taut_verdict verdict;
	taut_status  st = taut_verify(&verdict, m, claim->bits, err);
	bool         agrees;

	if (st != TAUT_OK)
		return st;
	agrees = taut_claim_agrees(claim, verdict.objective, m->decimals);
	if (!verdict.feasible || !agrees)
		*exit_code = TAUT_EXIT_INFEASIBLE;
	if (json)
		verdict_json(t, m, claim, &verdict, agrees);
	else
		verdict_text(t, m, claim, &verdict, agrees);
	taut_verdict_fini(&verdict);
	return TAUT_OK;
}

static taut_status verify_one(void *payload, int *exit_code, const taut_instance *instance, const taut_load_list *list,
			      double start_s, taut_error *err)
{
	session    *s = payload;
	taut_model *model = NULL;
	taut_claims claims = {0};
	taut_text   text = {0};
	taut_status st = taut_family_find(instance->family)->build(&model, instance, err);

	(void)start_s;
	if (st == TAUT_OK)
		st = taut_claims_read(&claims, s->answer_path, model, instance->index, err);
	for (size_t i = 0; i < claims.count && st == TAUT_OK; i++)
		st = judge(&text, exit_code, model, &claims.items[i], list->options.json, err);
	if (st == TAUT_OK)
		st = taut_output_write(&s->output, &text, err);
	taut_text_fini(&text);
	taut_claims_fini(&claims);
	taut_model_free(model);
	return st;
}

int taut_cmd_verify(const taut_arguments *args)
{
	session     s = {.answer_path = args->operands[1]};
	taut_error  err = {TAUT_OK, ""};
	taut_status st = taut_output_open(&s.output, NULL, &err);

	if (st != TAUT_OK)
		return taut_cli_fail(st, &err);
	return taut_cli_each(args, args->operands, 1, verify_one, &s);
}
