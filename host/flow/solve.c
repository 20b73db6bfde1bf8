#include "flow/solve.h"

#include <string.h>

#include "backend/backend.h"
#include "backend/initial.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "bound/lagrangian.h"
#include "flow/anneal.h"
#include "flow/calibrate.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"

enum { TIMED_BASELINE_READS = 64 };

/* Without rows and conflicts the energies tell the best answers: of a portfolio's round so many are
 * looked at, the others would cost more than their anneal. */
enum { FREE_IMPROVED = 4 };

static const double TIMED_BASELINE_SHARE = 0.05; /* of the time limit, at most */
static const double ANSWER_SHARE = 0.2;          /* of the time left, at most, for a cut round */

static void report_progress(const taut_run *r, uint64_t rounds)
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

/* True when no answer can be better than the incumbent: the bound is met, the answer stage has
 * searched everything, or a sum of deviations is zero. */
static bool proven_best(const taut_run *r)
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

static bool target_reached(const taut_run *r)
{
	const taut_answers *a = &r->answers;

	return r->result->has_target && a->has_incumbent && a->incumbent_feasible &&
	       !taut_better(r->model, r->target, a->incumbent_objective);
}

/* The anneal of a round ends early enough for its answers: cut states without repair and local
 * search are worth little. They take about as long as those of the round before. */
static taut_ctx anneal_ctx(const taut_run *r, uint64_t round)
{
	taut_ctx     ctx = *r->ctx;
	const double left_s = ctx.deadline_s - taut_clock_s();
	const double share_s = ANSWER_SHARE * left_s;

	if (r->timed && left_s > 0.0)
		ctx.deadline_s -= round > 0 && r->answer_s < share_s ? r->answer_s : share_s;
	return ctx;
}

static taut_status anneal(taut_samples **samples, bool *finished, taut_run *r, uint64_t round,
                          taut_error *err)
{
	const taut_ctx ctx = anneal_ctx(r, round);
	taut_result   *result = r->result;
	taut_schedule  schedule;
	taut_status    st;
	double         t0;

	taut_rounds_plan(&schedule, &r->rounds, r->problem, taut_run_units(r), round);
	schedule.initial = r->starts.samples ? r->starts.samples : r->rounds.warm ? r->last : NULL;
	r->warm = schedule.initial != NULL && schedule.initial == r->last;
	if (r->portfolio)
		taut_portfolio_plan(&schedule, r->portfolio);
	result->solver.algorithm = r->portfolio ? TAUT_ALGORITHM_AUTO : schedule.algorithm;
	result->solver.acceptance = schedule.acceptance;
	result->solver.reads = schedule.reads;
	result->solver.sweeps = schedule.sweeps;
	result->solver.t_hot = schedule.t_hot / taut_run_units(r);
	result->solver.t_cold = schedule.t_cold / taut_run_units(r);
	st = taut_run_anneal(samples, finished, r, &schedule, &ctx, err);
	t0 = taut_clock_s();
	if (st == TAUT_OK && *samples && r->portfolio)
		st = taut_portfolio_take(r->portfolio, *samples, &ctx, err);
	result->time_s.anneal += taut_clock_s() - t0;
	return st;
}

/* The round's problem, loaded. */
static taut_status next_problem(taut_run *r, uint64_t round, taut_error *err)
{
	const double t0 = taut_clock_s();
	taut_status  st = TAUT_OK;

	if (round > 0 && !r->formulation->ops->multiplier)
		return TAUT_OK;
	st = taut_rival_change(r, err);
	if (st != TAUT_OK)
		return st;
	if (!r->problem || round > 0)
		st = taut_run_encode(r, err);
	if (st == TAUT_OK && r->problem)
		st = taut_run_load(r, err);
	taut_qubo_free(r->qubo); /* nothing looks at it again */
	r->qubo = NULL;
	if (st == TAUT_OK && r->problem && taut_rounds_portfolio(&r->rounds)) {
		if (r->model->n_rows == 0 && r->model->n_conflicts == 0)
			r->answers.improved = FREE_IMPROVED;
		st = taut_portfolio_new(&r->portfolio, r->problem, r->algorithms,
		                        (uint64_t)r->options->seed, err);
	}
	r->result->time_s.formulate += taut_clock_s() - t0;
	return st;
}

/* An answer better than all before is a state worth starting from. */
static taut_status offer_incumbent(taut_run *r, taut_error *err)
{
	taut_samples *state = NULL;
	taut_status   st = taut_samples_new(&state, r->problem, 1, err);

	if (st != TAUT_OK)
		return st;
	taut_codec_encode(state, 0, &r->codec, r->answers.incumbent);
	if (r->formulation->ops->complete)
		r->formulation->ops->complete(state->bits, r->formulation, r->answers.incumbent);
	state->energy[0] = taut_initial_energy(r->problem, state, 0);
	st = taut_portfolio_offer(r->portfolio, state, err);
	taut_samples_free(state);
	return st;
}

/* Answers from states that are no samples: what is told of the samples stays. */
static taut_status take_uncounted(taut_run *r, const taut_samples *states, taut_error *err)
{
	taut_answers            *a = &r->answers;
	const taut_answer_totals before = a->totals;
	const size_t             samples = a->round_samples;
	const size_t             feasible = a->round_feasible;
	const double             conflicts = a->mean_conflicts;
	const size_t             size = r->model->n_rows * sizeof *a->mean_activity;
	double                  *mean = taut_copy(a->mean_activity, size, 1, err);
	taut_status              st;

	if (!mean)
		return TAUT_ENOMEM;
	st = taut_answers_take(a, &r->codec, states, (uint64_t)r->options->seed, r->ctx, err);
	a->totals = before;
	a->round_samples = samples;
	a->round_feasible = feasible;
	a->mean_conflicts = conflicts;
	memcpy(a->mean_activity, mean, size);
	taut_free(mean);
	return st;
}

/* Answers from what the portfolio made of the round, and a better one back to it as a start: the
 * answer stage may have improved what the anneal had found. */
static taut_status exchange_elites(taut_run *r, bool had, int64_t before, taut_error *err)
{
	const taut_samples *refined = taut_portfolio_refined(r->portfolio);
	taut_status         st = refined ? take_uncounted(r, refined, err) : TAUT_OK;

	if (st == TAUT_OK && r->answers.incumbent_feasible &&
	    (!had || r->answers.incumbent_objective != before))
		st = offer_incumbent(r, err);
	return st;
}

/* One turn of the loop. *finished is false when the anneal was cut, *rounds then grows only where
 * samples came. */
static taut_status turn(bool *finished, taut_run *r, uint64_t *rounds, taut_error *err)
{
	taut_samples  *samples = NULL;
	const uint64_t round = *rounds;
	taut_status    st = anneal(&samples, finished, r, round, err);
	const double   t0 = taut_clock_s();
	const bool     had = r->answers.has_incumbent && r->answers.incumbent_feasible;
	const int64_t  before = r->answers.incumbent_objective;

	if (st != TAUT_OK || !samples) {
		taut_samples_free(samples);
		return st;
	}
	(*rounds)++;
	if (r->hooks && r->hooks->samples)
		st = r->hooks->samples(r->hooks->samples_payload, round, r->model, &r->codec,
		                       samples, err);
	if (st == TAUT_OK)
		st = taut_answers_take(&r->answers, &r->codec, samples, (uint64_t)r->options->seed,
		                       r->ctx, err);
	if (st == TAUT_OK)
		st = taut_run_learn(r, err);
	if (st == TAUT_OK && r->portfolio)
		st = exchange_elites(r, had, before, err);
	if (r->formulation->ops->multiplier) {
		taut_samples_free(r->last);
		r->last = samples;
		samples = NULL;
	}
	taut_samples_free(samples);
	r->answer_s = taut_clock_s() - t0;
	r->result->time_s.answer += r->answer_s;
	return st;
}

/* The starts are answers too: what is found is never worse than the best of them. */
static taut_status take_starts(taut_run *r, taut_error *err)
{
	taut_status st = taut_run_encode(r, err);

	return st == TAUT_OK && r->problem ? take_uncounted(r, r->starts.samples, err) : st;
}

/* Stopped before there was any sample: one random start is repaired, so that an answer is there
 * where repair finds one. */
static taut_status take_random(taut_run *r, taut_error *err)
{
	const taut_answer_totals before = r->answers.totals;
	taut_status st = taut_answers_take_random(&r->answers, 1, (uint64_t)r->options->seed,
	                                          r->exchange, r->ctx, err);

	r->answers.totals = before;
	return st;
}

/* What an exact search makes of the round's answers. */
static taut_status finish(taut_run *r, taut_error *err)
{
	bool        improved;
	taut_status st = taut_finish_round(&improved, r, err);

	return st == TAUT_OK && improved && r->portfolio ? offer_incumbent(r, err) : st;
}

/* A record of the round for who asked for it. */
static taut_status trace(taut_run *r, uint64_t round, taut_error *err)
{
	const taut_answers *a = &r->answers;
	taut_trace_round    record = {
		   .round = round,
		   .model = r->model,
		   .method = r->result->formulation.method,
		   .reads = r->result->solver.reads,
		   .sweeps = r->result->solver.sweeps,
		   .warm = r->warm,
		   .proposals = r->result->solver.proposals,
		   .samples = a->round_samples,
		   .feasible = a->round_feasible,
		   .activity = a->mean_activity,
		   .conflicts = a->mean_conflicts,
		   .has_incumbent = a->has_incumbent && a->incumbent_feasible,
		   .incumbent = a->incumbent_objective,
		   .has_bound = r->bound.known,
		   .bound = r->bound.value,
		   .time_s = taut_clock_s() - r->start_s,
        };
	taut_applied applied;

	if (!r->hooks || !r->hooks->trace)
		return TAUT_OK;
	r->formulation->ops->describe(&applied, r->formulation);
	record.multipliers = applied.multipliers;
	return r->hooks->trace(r->hooks->trace_payload, &record, err);
}

/* The bound that the method's multipliers prove, where it can be evaluated: it need not be that of
 * its model, nor as good as the bound so far. */
static taut_status improve_bound(taut_run *r, taut_error *err)
{
	taut_applied applied;
	int64_t      value;
	taut_status  st;

	if (r->model->structure != TAUT_STRUCTURE_KNAPSACK || !r->formulation->ops->multiplier)
		return TAUT_OK;
	r->formulation->ops->describe(&applied, r->formulation);
	if (!applied.dual)
		return TAUT_OK;
	st = taut_bound_lagrangian_at(&value, r->model, applied.dual, err);
	if (st == TAUT_OK)
		taut_run_keep_bound(r, value, "lagrangian");
	return st;
}

/* One round, its exact finish, and what is made of its progress. */
static taut_status play(bool *finished, taut_run *r, uint64_t *rounds, taut_error *err)
{
	const uint64_t round = *rounds;
	const bool     had = r->answers.has_incumbent && r->answers.incumbent_feasible;
	const int64_t  incumbent = r->answers.incumbent_objective;
	const int64_t  bound = r->bound.value;
	bool           progress;
	taut_status    st = turn(finished, r, rounds, err);

	if (st == TAUT_OK)
		st = improve_bound(r, err);
	if (st == TAUT_OK && !proven_best(r))
		st = finish(r, err);
	if (st != TAUT_OK || *rounds == round)
		return st;
	progress = r->answers.incumbent_feasible &&
	           (!had || r->answers.incumbent_objective != incumbent || r->bound.value != bound);
	taut_rounds_observe(&r->rounds, progress);
	taut_rival_observe(r, progress);
	return trace(r, round, err);
}

static taut_status loop(taut_run *r, taut_error *err)
{
	/* Without multipliers more rounds are only more reads: one, unless they were asked for. */
	bool many = r->formulation->ops->multiplier ||
	            taut_option_given(r->options, TAUT_OPTION_rounds);
	uint64_t limit = r->timed ? UINT64_MAX : many ? (uint64_t)r->options->rounds : 1;
	uint64_t round = 0;
	bool     finished = true;

	if (r->timed && taut_option_given(r->options, TAUT_OPTION_rounds))
		limit = (uint64_t)r->options->rounds;
	while (finished && round < limit && !proven_best(r) && !r->finish.infeasible &&
	       !target_reached(r) && !taut_ctx_stopped(r->ctx)) {
		taut_status st = next_problem(r, round, err);

		if ((st == TAUT_EINPUT || st == TAUT_ELIMIT) && round > 0) {
			/* the method's weights have grown beyond 64 bits, or beyond those with which
			 * squares stay factors: what was found stands */
			if (err)
				*err = (taut_error){TAUT_OK, ""};
			break;
		}
		if (st == TAUT_EDEVICE && round > 0) {
			taut_error why = err ? *err : (taut_error){st, "the device was lost"};
			st = taut_run_survive(NULL, &finished, r, st, &why, err);
		} else if (st == TAUT_OK && !r->problem) {
			break; /* no time to encode it in */
		} else if (st == TAUT_OK) {
			st = play(&finished, r, &round, err);
		}
		if (st != TAUT_OK)
			return st;
		report_progress(r, round);
	}
	r->result->formulation.rounds = round;
	return TAUT_OK;
}

/* Uniform random starts with the same repair: an annealer that does not beat them is not working.
 */
static taut_status baseline(taut_run *r, size_t count, const taut_ctx *ctx, taut_error *err)
{
	taut_answers random;
	taut_status  st;
	double       t0 = taut_clock_s();

	st = taut_answers_init(&random, r->model, r->bound.multipliers, r->answers.repair,
	                       r->answers.local_search, r->ctx->threads, err);
	if (st != TAUT_OK)
		return st;
	random.fruitless = r->answers.fruitless;
	st = taut_answers_take_random(&random, count, (uint64_t)r->options->seed, r->exchange, ctx,
	                              err);
	if (st == TAUT_OK && random.has_incumbent && random.incumbent_feasible) {
		r->result->baseline.known = true;
		r->result->baseline.objective = random.incumbent_objective;
	}
	r->result->baseline.samples = random.totals.samples;
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
static taut_status note_applied(taut_run *r, taut_error *err)
{
	taut_result *result = r->result;
	taut_applied applied;
	taut_status  st;

	r->formulation->ops->describe(&applied, r->formulation);
	result->formulation.conflict_weight = applied.conflict_weight;
	st = copy_doubles(&result->formulation.weights, applied.weights, r->model->n_rows, err);
	if (st == TAUT_OK)
		st = copy_doubles(&result->formulation.multipliers, applied.multipliers,
		                  r->model->n_rows, err);
	return st;
}

/* Judges the incumbent on the model and fills what the report says of it. */
static taut_status conclude(taut_run *r, taut_error *err)
{
	taut_result              *result = r->result;
	const taut_answers       *a = &r->answers;
	const taut_answer_totals *t = &a->totals;
	taut_backend_times        device;
	taut_status               st = note_applied(r, err);

	if (st != TAUT_OK)
		return st;
	result->raw.samples = t->samples;
	result->raw.feasible = t->feasible;
	result->raw.repaired = t->repaired;
	result->raw.mean_distance = t->samples ? (double)t->distance / (double)t->samples : 0.0;
	result->raw.has_best = t->has_best;
	result->raw.best = t->best;
	result->raw.has_mean = t->raw.count > 0;
	result->raw.mean = t->raw.count ? t->raw.sum / (double)t->raw.count : 0.0;
	result->raw.has_mended = t->mended.count > 0;
	result->raw.mended = t->mended.count ? t->mended.sum / (double)t->mended.count : 0.0;
	r->backend->ops->times(&device, r->backend);
	result->time_s.pack = device.pack;
	result->time_s.transfer = device.transfer;
	result->time_s.kernel = device.kernel;
	if (r->portfolio)
		taut_portfolio_report(&result->solver.portfolio, r->portfolio);
	result->interrupted = taut_ctx_interrupted(r->ctx);
	result->proven = proven_best(r);
	result->proven_infeasible = r->finish.infeasible;
	result->target_reached = target_reached(r);
	if (!a->has_incumbent)
		return TAUT_OK;
	result->bits = taut_copy(a->incumbent, r->model->n, sizeof *result->bits, err);
	if (!result->bits)
		return TAUT_ENOMEM;
	st = taut_verify(&result->verdict, r->model, result->bits, err);
	if (st != TAUT_OK)
		return st;
	result->has_answer = true;
	return taut_family_find(r->model->family)
	        ->decode(&result->decoded, r->model, result->bits, err);
}

static taut_status work(taut_run *r, taut_error *err)
{
	const taut_options *o = r->options;
	taut_status         st;

	r->result->solver.seed = (uint64_t)o->seed;
	r->result->solver.threads = r->ctx->threads;
	st = taut_run_open(r, err);
	if (st == TAUT_OK)
		st = taut_answers_init(&r->answers, r->model, r->bound.multipliers,
		                       o->repair != TAUT_SWITCH_OFF,
		                       o->local_search != TAUT_SWITCH_OFF, r->ctx->threads, err);
	if (st != TAUT_OK)
		return st;
	r->has_answers = true;
	if (r->starts.claims.count && !taut_ctx_stopped(r->ctx))
		st = take_starts(r, err);
	if (st == TAUT_OK && r->timed && !taut_ctx_stopped(r->ctx)) {
		/* Before the loop, so that the deadline cannot squeeze it out; its own share of the
		 * time. */
		taut_ctx slice = *r->ctx;
		double   now = taut_clock_s();
		slice.deadline_s = now + TIMED_BASELINE_SHARE * (r->ctx->deadline_s - now);
		st = baseline(r, TIMED_BASELINE_READS, &slice, err);
	}
	if (st == TAUT_OK)
		st = taut_run_calibrate(r, err);
	if (st == TAUT_OK)
		st = loop(r, err);
	if (st == TAUT_OK && !r->answers.has_incumbent)
		st = take_random(r, err);
	if (st == TAUT_OK && !r->timed && r->answers.totals.samples > 0)
		st = baseline(r, (size_t)r->answers.totals.samples, r->ctx, err);
	if (st == TAUT_OK)
		st = conclude(r, err);
	return st;
}

taut_status taut_solve(taut_result **out, const taut_instance *instance,
                       const taut_options *options, const taut_ctx *ctx,
                       const taut_solve_hooks *hooks, taut_error *err)
{
	taut_run    r = {.options = options, .ctx = ctx, .hooks = hooks, .may_stop = true};
	taut_status st;

	*out = NULL;
	st = taut_run_prepare(&r, instance, err);
	if (st == TAUT_OK)
		st = work(&r, err);
	if (st == TAUT_OK) {
		r.result->time_s.total = taut_clock_s() - r.start_s;
		*out = r.result;
		r.result = NULL;
	}
	taut_run_fini(&r);
	return st;
}

taut_status taut_formulate(taut_result **out, taut_qubo **qubo, const taut_instance *instance,
                           const taut_options *options, const taut_ctx *ctx, taut_error *err)
{
	taut_run    r = {.options = options, .ctx = ctx};
	taut_status st;

	*out = NULL;
	st = taut_run_prepare(&r, instance, err);
	if (st == TAUT_OK)
		st = taut_run_encode(&r, err);
	if (st == TAUT_OK)
		st = note_applied(&r, err);
	if (st == TAUT_OK) {
		r.result->time_s.total = taut_clock_s() - r.start_s;
		*out = r.result;
		r.result = NULL;
	}
	if (st == TAUT_OK && qubo) {
		*qubo = r.qubo;
		r.qubo = NULL;
	}
	taut_run_fini(&r);
	return st;
}
