#include "flow/solve.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "answer/answers.h"
#include "backend/backend.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "bound/bound.h"
#include "formulations/families/family.h"
#include "formulations/formulation.h"
#include "model/evaluate.h"
#include "qubo/temperature.h"

enum {
	TIMED_READS = 128,       /* reads of a round under a time limit: two groups of lanes */
	TIMED_SWEEPS = 64,       /* sweeps of its first rounds */
	ROUNDS_PER_LEVEL = 3,    /* rounds before the sweeps double: a cut round then wastes at most a sixth */
	TIMED_BASELINE_READS = 64
};

static const double TIMED_BASELINE_SHARE = 0.05; /* of the time limit, at most */

/* Everything that one solve owns. */
typedef struct {
	const taut_options     *options;
	const taut_ctx         *ctx;
	const taut_solve_hooks *hooks;
	taut_result            *result;
	taut_model             *model; /* view: result owns it */
	bool                    exchange;
	bool                    timed;
	double                  start_s;

	taut_bound        bound;
	taut_formulation *formulation;
	taut_qubo        *qubo;
	taut_codec        codec;
	taut_problem     *problem;
	taut_backend     *backend;
	taut_answers      answers;
	bool              has_answers;
} run;

static void run_fini(run *r)
{
	if (r->has_answers)
		taut_answers_fini(&r->answers);
	if (r->backend)
		r->backend->ops->close(r->backend);
	taut_problem_free(r->problem);
	taut_codec_fini(&r->codec);
	taut_qubo_free(r->qubo);
	if (r->formulation)
		r->formulation->ops->close(r->formulation);
	taut_bound_fini(&r->bound);
	taut_result_free(r->result);
}

/* Builds the model and copies the instance's names into the result. */
static taut_status begin(run *r, const taut_instance *instance, taut_error *err)
{
	taut_status  st;
	taut_result *result = taut_alloc(1, sizeof *result, err);

	if (!result)
		return TAUT_ENOMEM;
	r->result = result;
	r->start_s = taut_clock_s();
	r->timed = r->ctx->deadline_s > 0.0;
	st = taut_family_find(instance->family)->build(&result->model, instance, err);
	if (st != TAUT_OK)
		return instance->file ? taut_context(err, st, "%s: %s", instance->file, instance->name)
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
static taut_status apply_best_known(run *r, taut_error *err)
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

static taut_status open_bound(run *r, taut_error *err)
{
	taut_status st = taut_bound_compute(&r->bound, r->model, r->ctx, err);

	if (st == TAUT_OK && r->bound.known) {
		r->result->bound.known = true;
		r->result->bound.value = r->bound.value;
		r->result->bound.kind = r->bound.kind;
	}
	return st;
}

/* Chooses moves and method, and starts the method. */
static taut_status open_formulation(run *r, taut_error *err)
{
	taut_result *result = r->result;
	taut_method  method = (taut_method)r->options->method;
	bool         possible = taut_formulation_exchanges(r->model);

	if (r->options->moves == TAUT_MOVES_EXCHANGE && !possible)
		return taut_fail(err, TAUT_EUSAGE,
				 "moves: exchange needs one-hot groups or a permutation block; %s has none",
				 r->model->name);
	r->exchange = possible && r->options->moves != TAUT_MOVES_FLIP;
	result->formulation.why = "as asked";
	if (method == TAUT_METHOD_AUTO)
		method = taut_formulation_choose(&result->formulation.why, r->model, r->exchange);
	result->formulation.method = method;
	result->formulation.slack_baseline_variables = taut_slack_baseline(r->model);
	result->solver.moves = r->exchange ? TAUT_MOVES_EXCHANGE : TAUT_MOVES_FLIP;
	return taut_formulation_find(method)->start(&r->formulation, r->model, r->options, r->exchange,
						    r->bound.multipliers, err);
}

/* One QUBO and its narrowed problem; what was there before is freed. */
static taut_status encode(run *r, taut_error *err)
{
	taut_status  st;
	taut_applied applied;

	taut_problem_free(r->problem);
	taut_codec_fini(&r->codec);
	taut_qubo_free(r->qubo);
	r->problem = NULL;
	r->qubo = NULL;
	st = r->formulation->ops->encode(&r->qubo, &r->codec, r->formulation, err);
	if (st == TAUT_OK)
		st = taut_scale_problem(&r->problem, &r->result->formulation.scale, r->qubo, err);
	if (st != TAUT_OK)
		return taut_context(err, st, "%s: method %s", r->model->name,
				    taut_method_names.names[r->result->formulation.method].name);
	r->formulation->ops->describe(&applied, r->formulation);
	r->result->formulation.variables = r->qubo->n;
	r->result->formulation.slack_variables = applied.slack_variables;
	return TAUT_OK;
}

static taut_status open_backend(run *r, taut_error *err)
{
	const taut_backend_ops *ops = taut_backend_find((taut_backend_name)r->options->backend);
	taut_limits             limits;
	taut_status             st;

	if (!ops)
		return taut_fail(err, TAUT_EDEVICE, "backend '%s' is not built in",
				 taut_backend_names.names[r->options->backend].name);
	st = ops->open(&r->backend, err);
	if (st != TAUT_OK)
		return st;
	ops->limits(&limits, r->backend);
	r->result->solver.backend = ops->name;
	memcpy(r->result->solver.device, limits.device, sizeof r->result->solver.device);
	return TAUT_OK;
}

/* Device units of one unit of the family's objective. */
static double device_units(const run *r)
{
	return (double)taut_power_of_ten(r->model->decimals) / r->result->formulation.scale.unit;
}

/* The schedule of round number `round`, from 0. */
static void plan(taut_schedule *out, run *r, uint64_t round)
{
	const taut_options    *o = r->options;
	taut_temperature_range t = taut_temperature_default(r->problem);
	uint64_t               seed = (uint64_t)o->seed;

	*out = (taut_schedule){
		.algorithm = TAUT_ALGORITHM_SA,
		.acceptance = (taut_acceptance)o->acceptance,
		.reads = (uint32_t)o->reads,
		.sweeps = (uint64_t)o->sweeps,
		.seed = taut_mix64(taut_mix64(seed + 1) + round),
		.t_hot = o->t_hot > 0.0 ? o->t_hot * device_units(r) : t.hot,
		.t_cold = o->t_cold > 0.0 ? o->t_cold * device_units(r) : t.cold,
	};
	if (out->t_cold > out->t_hot) {
		if (o->t_cold > 0.0 && o->t_hot <= 0.0)
			out->t_hot = out->t_cold;
		else
			out->t_cold = out->t_hot;
	}
	if (!r->timed)
		return;
	if (!taut_option_given(o, TAUT_OPTION_reads))
		out->reads = TIMED_READS;
	if (!taut_option_given(o, TAUT_OPTION_sweeps))
		out->sweeps = TIMED_SWEEPS;
	for (uint64_t level = round / ROUNDS_PER_LEVEL; level > 0 && out->sweeps < UINT64_C(1) << 40; level--)
		out->sweeps *= 2;
}

static void report_progress(const run *r, uint64_t rounds)
{
	taut_progress p = {.time_s = taut_clock_s() - r->start_s, .round = (int64_t)rounds};
	int32_t       decimals = r->model->decimals;

	if (!r->ctx->progress)
		return;
	p.time_limit_s = r->timed ? r->ctx->deadline_s - r->start_s : 0.0;
	p.has_objective = r->answers.has_incumbent && r->answers.incumbent_feasible;
	p.objective = taut_decimal_to_double(r->answers.incumbent_objective, decimals);
	p.has_bound = r->bound.known;
	p.bound = taut_decimal_to_double(r->bound.value, decimals);
	r->ctx->progress(r->ctx->progress_payload, &p);
}

/* True when no answer can be better than the incumbent: the bound is met, the answer stage has searched everything, or
 * a sum of deviations is zero. */
static bool proven_best(const run *r)
{
	const taut_answers *a = &r->answers;

	if (!a->has_incumbent || !a->incumbent_feasible)
		return false;
	if (a->optimal)
		return true;
	if (r->bound.known && !taut_better(r->model, r->bound.value, a->incumbent_objective))
		return true;
	return r->model->structure == TAUT_STRUCTURE_DEVIATION && a->incumbent_objective == 0;
}

static taut_status anneal(taut_samples **samples, bool *finished, run *r, uint64_t round, taut_error *err)
{
	taut_result  *result = r->result;
	taut_schedule schedule;
	taut_status   st;
	double        t0 = taut_clock_s();

	plan(&schedule, r, round);
	result->solver.algorithm = schedule.algorithm;
	result->solver.acceptance = schedule.acceptance;
	result->solver.reads = schedule.reads;
	result->solver.sweeps = schedule.sweeps;
	result->solver.t_hot = schedule.t_hot / device_units(r);
	result->solver.t_cold = schedule.t_cold / device_units(r);
	st = r->backend->ops->load(r->backend, r->problem, err);
	if (st == TAUT_OK)
		st = r->backend->ops->run(samples, finished, r->backend, &schedule, r->ctx, err);
	if (st == TAUT_OK)
		result->solver.proposals += (*samples)->proposals;
	result->time_s.anneal += taut_clock_s() - t0;
	return st;
}

/* One turn of the loop. *finished is false when the anneal was cut. */
static taut_status turn(bool *finished, run *r, uint64_t round, taut_error *err)
{
	taut_samples *samples = NULL;
	taut_round    seen;
	taut_status   st = TAUT_OK;
	double        t0 = taut_clock_s();

	if (!r->problem || r->formulation->ops->multiplier)
		st = encode(r, err);
	r->result->time_s.formulate += taut_clock_s() - t0;
	if (st == TAUT_OK)
		st = anneal(&samples, finished, r, round, err);
	t0 = taut_clock_s();
	if (st == TAUT_OK && r->hooks && r->hooks->samples)
		st = r->hooks->samples(r->hooks->samples_payload, round, r->model, &r->codec, samples, err);
	if (st == TAUT_OK)
		st = taut_answers_take(&r->answers, &r->codec, samples, (uint64_t)r->options->seed, r->ctx, err);
	taut_samples_free(samples);
	r->result->time_s.answer += taut_clock_s() - t0;
	if (st != TAUT_OK)
		return st;
	seen = (taut_round){
		.samples = r->answers.round_samples,
		.feasible = r->answers.round_feasible,
		.mean_activity = r->answers.mean_activity,
		.mean_conflicts = r->answers.mean_conflicts,
		.has_incumbent = r->answers.has_incumbent && r->answers.incumbent_feasible,
		.incumbent = r->answers.incumbent_objective,
	};
	return r->formulation->ops->observe(r->formulation, &seen, err);
}

static taut_status loop(run *r, taut_error *err)
{
	/* Without multipliers more rounds are only more reads: one, unless they were asked for. */
	bool     many = r->formulation->ops->multiplier || taut_option_given(r->options, TAUT_OPTION_rounds);
	uint64_t limit = r->timed ? UINT64_MAX : many ? (uint64_t)r->options->rounds : 1;
	uint64_t round = 0;
	bool     finished = true;

	if (r->timed && taut_option_given(r->options, TAUT_OPTION_rounds))
		limit = (uint64_t)r->options->rounds;
	while (finished && round < limit && !proven_best(r) && (round == 0 || !taut_ctx_stopped(r->ctx))) {
		taut_status st = turn(&finished, r, round, err);
		if (st != TAUT_OK)
			return st;
		round++;
		report_progress(r, round);
	}
	r->result->formulation.rounds = round;
	return TAUT_OK;
}

/* Uniform random starts with the same repair: an annealer that does not beat them is not working. */
static taut_status baseline(run *r, size_t count, const taut_ctx *ctx, taut_error *err)
{
	taut_answers random;
	taut_status  st;
	double       t0 = taut_clock_s();

	st = taut_answers_init(&random, r->model, r->bound.multipliers, r->answers.repair, r->answers.local_search,
			       r->ctx->threads, err);
	if (st != TAUT_OK)
		return st;
	st = taut_answers_take_random(&random, count, (uint64_t)r->options->seed, r->exchange, ctx, err);
	if (st == TAUT_OK && random.has_incumbent && random.incumbent_feasible) {
		r->result->baseline.known = true;
		r->result->baseline.objective = random.incumbent_objective;
	}
	r->result->baseline.samples = random.samples;
	taut_answers_fini(&random);
	r->result->time_s.answer += taut_clock_s() - t0;
	return st;
}

static taut_status copy_doubles(double **out, const double *from, size_t count, taut_error *err)
{
	if (!from)
		return TAUT_OK;
	*out = taut_copy(from, count, sizeof **out, err);
	return *out ? TAUT_OK : TAUT_ENOMEM;
}

/* The numbers of the last encoding, for the report. */
static taut_status note_applied(run *r, taut_error *err)
{
	taut_result *result = r->result;
	taut_applied applied;
	taut_status  st;

	r->formulation->ops->describe(&applied, r->formulation);
	result->formulation.conflict_weight = applied.conflict_weight;
	st = copy_doubles(&result->formulation.weights, applied.weights, r->model->n_rows, err);
	if (st == TAUT_OK)
		st = copy_doubles(&result->formulation.multipliers, applied.multipliers, r->model->n_rows, err);
	return st;
}

/* Judges the incumbent on the model and fills what the report says of it. */
static taut_status conclude(run *r, taut_error *err)
{
	taut_result        *result = r->result;
	const taut_answers *a = &r->answers;
	taut_status         st = note_applied(r, err);

	if (st != TAUT_OK)
		return st;
	result->raw.samples = a->samples;
	result->raw.feasible = a->feasible;
	result->raw.repaired = a->repaired;
	result->raw.mean_distance = a->samples ? (double)a->distance / (double)a->samples : 0.0;
	result->raw.has_best = a->has_raw_best;
	result->raw.best = a->raw_best;
	result->interrupted = taut_ctx_interrupted(r->ctx);
	result->proven = proven_best(r);
	if (!a->has_incumbent)
		return TAUT_OK;
	result->bits = taut_copy(a->incumbent, r->model->n, sizeof *result->bits, err);
	if (!result->bits)
		return TAUT_ENOMEM;
	st = taut_verify(&result->verdict, r->model, result->bits, err);
	if (st != TAUT_OK)
		return st;
	result->has_answer = true;
	return taut_family_find(r->model->family)->decode(&result->decoded, r->model, result->bits, err);
}

static taut_status prepare(run *r, const taut_instance *instance, taut_error *err)
{
	taut_status st = begin(r, instance, err);

	if (st == TAUT_OK)
		st = apply_best_known(r, err);
	if (st == TAUT_OK)
		st = open_bound(r, err);
	if (st == TAUT_OK)
		st = open_formulation(r, err);
	r->result ? (void)(r->result->time_s.formulate = taut_clock_s() - r->start_s) : (void)0;
	return st;
}

static taut_status work(run *r, taut_error *err)
{
	const taut_options *o = r->options;
	taut_status         st;

	r->result->solver.seed = (uint64_t)o->seed;
	r->result->solver.threads = r->ctx->threads;
	st = open_backend(r, err);
	if (st == TAUT_OK)
		st = taut_answers_init(&r->answers, r->model, r->bound.multipliers, o->repair != TAUT_SWITCH_OFF,
				       o->local_search != TAUT_SWITCH_OFF, r->ctx->threads, err);
	if (st != TAUT_OK)
		return st;
	r->has_answers = true;
	if (r->timed) {
		/* Before the loop, so that the deadline cannot squeeze it out; its own share of the time. */
		taut_ctx slice = *r->ctx;
		double   now = taut_clock_s();
		slice.deadline_s = now + TIMED_BASELINE_SHARE * (r->ctx->deadline_s - now);
		st = baseline(r, TIMED_BASELINE_READS, &slice, err);
	}
	if (st == TAUT_OK)
		st = loop(r, err);
	if (st == TAUT_OK && !r->timed && r->answers.samples > 0)
		st = baseline(r, (size_t)r->answers.samples, r->ctx, err);
	if (st == TAUT_OK)
		st = conclude(r, err);
	return st;
}

taut_status taut_solve(taut_result **out, const taut_instance *instance, const taut_options *options,
		       const taut_ctx *ctx, const taut_solve_hooks *hooks, taut_error *err)
{
	run         r = {.options = options, .ctx = ctx, .hooks = hooks};
	taut_status st;

	*out = NULL;
	st = prepare(&r, instance, err);
	if (st == TAUT_OK)
		st = work(&r, err);
	if (st == TAUT_OK) {
		r.result->time_s.total = taut_clock_s() - r.start_s;
		*out = r.result;
		r.result = NULL;
	}
	run_fini(&r);
	return st;
}

taut_status taut_formulate(taut_result **out, const taut_instance *instance, const taut_options *options,
			   const taut_ctx *ctx, taut_error *err)
{
	run         r = {.options = options, .ctx = ctx};
	taut_status st;

	*out = NULL;
	st = prepare(&r, instance, err);
	if (st == TAUT_OK)
		st = encode(&r, err);
	if (st == TAUT_OK)
		st = note_applied(&r, err);
	if (st == TAUT_OK) {
		r.result->time_s.total = taut_clock_s() - r.start_s;
		*out = r.result;
		r.result = NULL;
	}
	run_fini(&r);
	return st;
}
