#include "answer/repair.h"
#include "base/alloc.h"
#include "bound/bound.h"
#include "cli/each.h"
#include "cli/output.h"
#include "flow/claims.h"
#include "formulations/families/family.h"
#include "report/report.h"

typedef struct {
	const taut_arguments *args;
	taut_output           output;
} session;

static void repaired_json(taut_text *t, const taut_model *m, const uint8_t *x, const taut_repair_report *r)
{
	taut_json j = {.text = t};

	taut_json_open(&j, NULL, '{');
	taut_json_text(&j, "problem", m->name);
	taut_json_text(&j, "status", r->feasible_after ? "feasible" : "infeasible");
	taut_json_bool(&j, "feasible_before", r->feasible_before);
	taut_json_decimal(&j, "objective_before", r->objective_before, m->decimals);
	taut_json_decimal(&j, "objective", r->objective_after, m->decimals);
	taut_json_uint(&j, "distance", r->distance);
	taut_json_bits(&j, "bits", x, m->n);
	taut_json_close(&j, '}');
	taut_text_put(t, "\n");
}

static void repaired_text(taut_text *t, const taut_model *m, const uint8_t *x)
{
	for (uint32_t i = 0; i < m->n; i++)
		taut_text_add(t, x[i] ? "1" : "0", 1);
	taut_text_put(t, "\n");
}

/* Repairs all claims of one model in the file's order, one line each. */
static taut_status repair_all(session *s, int *exit_code, const taut_model *m, taut_claims *claims,
			      const taut_options *o, const taut_ctx *ctx, taut_error *err)
{
	taut_bound     bound = {0};
	taut_repairer *repairer = NULL;
	taut_text      text = {0};
	taut_status    st = taut_bound_compute(&bound, m, ctx, err);

	if (st == TAUT_OK)
		st = taut_repairer_new(&repairer, m, bound.multipliers, err);
	for (size_t i = 0; i < claims->count && st == TAUT_OK && !taut_ctx_interrupted(ctx); i++) {
		taut_repair_report r;
		uint8_t           *x = claims->items[i].bits;
		st = taut_repair(&r, repairer, x, (uint64_t)o->seed, o->repair != TAUT_SWITCH_OFF,
				 o->local_search != TAUT_SWITCH_OFF, ctx, err);
		if (st != TAUT_OK)
			break;
		if (!r.feasible_after)
			*exit_code = TAUT_EXIT_INFEASIBLE;
		if (o->json)
			repaired_json(&text, m, x, &r);
		else
			repaired_text(&text, m, x);
		st = taut_output_write(&s->output, &text, err);
	}
	taut_text_fini(&text);
	taut_repairer_free(repairer);
	taut_bound_fini(&bound);
	return st;
}

static taut_status repair_one(void *payload, int *exit_code, const taut_instance *instance, const taut_load_list *list,
			      double start_s, taut_error *err)
{
	session    *s = payload;
	taut_ctx    ctx = taut_cli_problem_ctx(s->args, &list->options, start_s);
	taut_model *model = NULL;
	taut_claims claims = {0};
	taut_status st = taut_family_find(instance->family)->build(&model, instance, err);

	if (st == TAUT_OK)
		st = taut_claims_read(&claims, s->args->operands[1], model, instance->index, err);
	if (st == TAUT_OK)
		st = repair_all(s, exit_code, model, &claims, &list->options, &ctx, err);
	taut_claims_fini(&claims);
	taut_model_free(model);
	return st;
}

int taut_cmd_repair(const taut_arguments *args)
{
	session     s = {.args = args};
	taut_error  err = {TAUT_OK, ""};
	taut_status st = taut_output_open(&s.output, NULL, &err);

	if (st != TAUT_OK)
		return taut_cli_fail(st, &err);
	return taut_cli_each(args, args->operands, 1, repair_one, &s);
}
