#include "flow/run.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "flow/backends.h"
#include "flow/target.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"
#include "qubo/scale.h"

static const double TIMED_BOUND_SHARE = 0.1; /* of the time limit, at most */
static const double TIMED_START_SHARE = 0.1; /* of the time left, for the method's start */

void taut_run_fini(taut_run *r)
{
	if (r->has_answers)
		taut_answers_fini(&r->answers);
	if (r->backend)
		r->backend->ops->close(r->backend);
	taut_portfolio_free(r->portfolio);
	taut_samples_free(r->last);
	taut_problem_free(r->problem);
	taut_codec_fini(&r->codec);
	taut_qubo_free(r->qubo);
	if (r->formulation)
		r->formulation->ops->close(r->formulation);
	if (r->rival.other)
		r->rival.other->ops->close(r->rival.other);
	taut_bound_fini(&r->bound);
	taut_starts_fini(&r->starts);
	taut_rounds_fini(&r->rounds);
	taut_result_free(r->result);
}

/* Builds the model and copies the instance's names into the result. */
static taut_status begin(taut_run *r, const taut_instance *instance, taut_error *err)
{
	taut_status  st;
	taut_result *result = taut_alloc(1, sizeof *result, err);

	if (!result)
		return TAUT_ENOMEM;
	r->result = result;
	r->start_s = taut_clock_s();
	st = taut_family_find(instance->family)->build(&result->model, instance, err);
	if (st != TAUT_OK)
		return instance->file
		               ? taut_context(err, st, "%s: %s", instance->file, instance->name)
		               : taut_context(err, st, "%s", instance->name);
	r->model = result->model;
	result->index = instance->index;
	result->has_best_known = instance->has_best_known;
	result->best_known = instance->best_known;
	if (instance->file && !(result->file = taut_copy_text(instance->file, err)))
		return TAUT_ENOMEM;
	if (instance->note && !(result->note = taut_copy_text(instance->note, err)))
		return TAUT_ENOMEM;
	return TAUT_OK;
}

/* A value given by --best-known stands over the file's. */
static taut_status apply_best_known(taut_run *r, taut_error *err)
{
	const char *text = r->options->best_known;
	taut_status st;

	if (!text)
		return TAUT_OK;
	st = taut_decimal_parse(&r->result->best_known, text, strlen(text), err);
	if (st != TAUT_OK)
		return taut_context(err, TAUT_EUSAGE, "best known value");
	r->result->has_best_known = true;
	return TAUT_OK;
}

static taut_status apply_target(taut_run *r, taut_error *err)
{
	const char *text = r->options->target;
	taut_status st;

	if (!text)
		return TAUT_OK;
	st = taut_decimal_parse(&r->result->target, text, strlen(text), err);
	if (st != TAUT_OK)
		return taut_context(err, TAUT_EUSAGE, "target");
	r->result->has_target = true;
	r->target = taut_target_units(r->result->target, r->model);
	return TAUT_OK;
}

static taut_status open_starts(taut_run *r, const taut_instance *instance, taut_error *err)
{
	const char *path = r->options->initial;

	return path ? taut_starts_read(&r->starts, path, r->model, instance->index, r->exchange,
	                               err)
	            : TAUT_OK;
}

void taut_run_keep_bound(taut_run *r, int64_t value, const char *kind)
{
	if (r->bound.known && !taut_better(r->model, r->bound.value, value))
		return;
	r->bound.known = true;
	r->bound.value = value;
	r->bound.kind = kind;
	r->result->bound.known = true;
	r->result->bound.value = value;
	r->result->bound.kind = r->bound.kind;
}

static taut_status open_bound(taut_run *r, taut_error *err)
{
	taut_ctx    slice = *r->ctx;
	double      now = taut_clock_s();
	taut_status st;

	if (r->timed)
		slice.deadline_s = now + TIMED_BOUND_SHARE * (r->ctx->deadline_s - now);
	st = taut_bound_compute(&r->bound, r->model, &slice, err);
	if (st == TAUT_OK && r->bound.known) {
		r->result->bound.known = true;
		r->result->bound.value = r->bound.value;
		r->result->bound.kind = r->bound.kind;
	}
	return st;
}

/* Whether the backend of the options takes rows as activities, which the method wants to know
 * before it is opened. */
static bool takes_activities(const taut_run *r)
{
	taut_backend_name name = (taut_backend_name)r->options->backend;

	if (name == TAUT_BACKEND_AUTO)
		name = taut_backends_auto(r->options, r->hooks && r->hooks->find
		                                              ? r->hooks->find
		                                              : taut_backend_find);
	return name == TAUT_BACKEND_CPU || name == TAUT_BACKEND_NONE;
}

/* A method of flips keeps no one-hot groups, but a permutation. */
static taut_status limit_moves(taut_run *r, taut_method method, taut_error *err)
{
	const taut_model *m = r->model;

	if (!r->exchange || !taut_formulation_find(method)->flips ||
	    m->structure == TAUT_STRUCTURE_ASSIGNMENT || m->structure == TAUT_STRUCTURE_TOUR)
		return TAUT_OK;
	r->exchange = false;
	if (r->options->moves == TAUT_MOVES_EXCHANGE)
		return taut_fail(
			err, TAUT_EUSAGE,
			"moves: method %s flips single bits of one-hot groups; --moves flip",
			taut_method_names.names[method].name);
	return TAUT_OK;
}

/* Chooses moves and method, and starts the method. */
static taut_status open_formulation(taut_run *r, taut_error *err)
{
	taut_result *result = r->result;
	taut_ctx     slice = *r->ctx;
	const double now = taut_clock_s();
	taut_method  method = (taut_method)r->options->method;
	bool         possible = taut_formulation_exchanges(r->model);
	taut_status  st;

	if (r->options->moves == TAUT_MOVES_EXCHANGE && !possible)
		return taut_fail(
			err, TAUT_EUSAGE,
			"moves: exchange needs one-hot groups or a permutation block; %s has none",
			r->model->name);
	r->exchange = possible && r->options->moves != TAUT_MOVES_FLIP;
	result->formulation.why = "as asked";
	if (method == TAUT_METHOD_AUTO)
		method = taut_formulation_choose(&result->formulation.why, r->model, r->exchange,
		                                 takes_activities(r));
	st = limit_moves(r, method, err);
	if (st != TAUT_OK)
		return st;
	result->formulation.method = result->formulation.played[0].method = method;
	r->rounds.multiplier = taut_formulation_find(method)->multiplier;
	result->formulation.slack_baseline_variables = taut_slack_baseline(r->model);
	result->solver.moves = r->exchange ? TAUT_MOVES_EXCHANGE : TAUT_MOVES_FLIP;
	if (r->timed)
		slice.deadline_s = now + TIMED_START_SHARE * (r->ctx->deadline_s - now);
	return taut_formulation_find(method)->start(&r->formulation, r->model, r->options,
	                                            r->exchange, r->bound.multipliers, &slice, err);
}

static taut_status expand(taut_run *r, taut_error *err)
{
	taut_qubo  *kept = r->qubo;
	taut_status st = taut_qubo_expand(&r->qubo, kept, err);

	taut_qubo_free(kept);
	return st;
}

double taut_run_units(const taut_run *r)
{
	return (double)taut_power_of_ten(r->model->decimals) / r->result->formulation.scale.unit;
}

taut_status taut_run_encode(taut_run *r, taut_error *err)
{
	const taut_ctx whole = {.threads = r->ctx->threads};
	taut_status    st;
	taut_applied   applied;

	taut_problem_free(r->problem);
	taut_codec_fini(&r->codec);
	taut_qubo_free(r->qubo);
	r->problem = NULL;
	r->qubo = NULL;
	st = r->formulation->ops->encode(&r->qubo, &r->codec, r->formulation,
	                                 r->may_stop ? r->ctx : &whole, err);
	if (st == TAUT_OK && !r->qubo)
		return TAUT_OK;
	if (st == TAUT_OK && ((r->sparse && r->qubo->dense) || (r->no_terms && r->qubo->terms)))
		st = expand(r, err);
	if (st == TAUT_OK)
		st = taut_scale_problem(&r->problem, &r->result->formulation.scale, r->qubo, err);
	if (st != TAUT_OK)
		return taut_context(err, st, "%s: method %s", r->model->name,
		                    taut_method_names.names[r->result->formulation.method].name);
	r->formulation->ops->describe(&applied, r->formulation);
	r->result->formulation.variables = r->qubo->n;
	r->result->formulation.slack_variables = applied.slack_variables;
	return r->starts.claims.count
	               ? taut_starts_encode(&r->starts, &r->codec, r->problem, r->formulation, err)
	               : TAUT_OK;
}

taut_status taut_run_prepare(taut_run *r, const taut_instance *instance, taut_error *err)
{
	taut_status st;

	r->timed = r->ctx->deadline_s > 0.0;
	st = taut_rounds_init(&r->rounds, r->options, r->timed && !r->fixed, err);
	if (st == TAUT_OK)
		st = begin(r, instance, err);
	if (st == TAUT_OK)
		st = apply_best_known(r, err);
	if (st == TAUT_OK)
		st = apply_target(r, err);
	if (st == TAUT_OK)
		st = open_bound(r, err);
	if (st == TAUT_OK)
		st = open_formulation(r, err);
	if (st == TAUT_OK)
		st = open_starts(r, instance, err);
	r->result ? (void)(r->result->time_s.formulate = taut_clock_s() - r->start_s) : (void)0;
	return st;
}
