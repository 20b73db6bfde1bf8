#include "flow/compare.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "flow/backends.h"
#include "flow/compare_samples.h"
#include "flow/run.h"
#include "flow/target.h"
#include "model/evaluate.h"
#include "qubo/scale.h"

static const double ANSWER_SHARE = 0.2; /* of a backend's time, for its answers */

/* Of one backend's samples: feasible as they came, and their objectives. */
typedef struct {
	bool    *feasible;  /* [count] */
	int64_t *objective; /* [count] where feasible */
	size_t   count;
} raw_reads;

/* Everything that one comparison owns. */
typedef struct {
	taut_run                    run;
	taut_options                options; /* the caller's with auto resolved */
	taut_ctx                    ctx;
	const taut_compare_request *request;
	taut_find_fn               *find;
	taut_comparison            *out;
	taut_schedule               schedule;
	taut_problem               *expanded; /* run.problem with couplings one by one, or NULL */
	taut_samples               *reference;
	raw_reads                  *reads; /* [request->n] */
} work;

static taut_method first_static(void)
{
	int m = TAUT_METHOD_AUTO + 1;

	while (taut_formulation_find((taut_method)m)->multiplier)
		m++;
	return (taut_method)m;
}

/* Model, problem and schedule that all backends share. */
static taut_status prepare(work *w, const taut_instance *instance, taut_error *err)
{
	taut_run    *r = &w->run;
	const bool   automatic = w->options.method == TAUT_METHOD_AUTO;
	taut_result *p;
	taut_status  st;

	if (automatic)
		w->options.method = (int)first_static();
	if (w->options.algorithm == TAUT_ALGORITHM_AUTO)
		w->options.algorithm = TAUT_ALGORITHM_SA;
	st = taut_run_prepare(r, instance, err);
	if (st == TAUT_OK)
		st = taut_run_encode(r, err);
	if (st != TAUT_OK)
		return st;
	taut_rounds_plan(&w->schedule, &r->rounds, r->problem, taut_run_units(r), 0);
	w->schedule.initial = r->starts.samples;
	p = r->result;
	if (automatic)
		p->formulation.why = "the first whose QUBO no round changes";
	p->formulation.rounds = 1;
	p->solver.algorithm = w->schedule.algorithm;
	p->solver.acceptance = w->schedule.acceptance;
	p->solver.reads = w->schedule.reads;
	p->solver.sweeps = w->schedule.sweeps;
	p->solver.t_hot = w->schedule.t_hot / taut_run_units(r);
	p->solver.t_cold = w->schedule.t_cold / taut_run_units(r);
	p->solver.seed = (uint64_t)w->options.seed;
	p->solver.threads = w->ctx.threads;
	return TAUT_OK;
}

/* A backend's failure is its row's; running out of memory is ours. */
static taut_status fail_row(taut_compared *row, taut_compared_state state, taut_status st,
                            const taut_error *why, taut_error *err)
{
	if (st == TAUT_ENOMEM) {
		if (err)
			*err = *why;
		return st;
	}
	row->state = st == TAUT_ELIMIT ? TAUT_COMPARED_LIMIT : state;
	row->status = st;
	(void)snprintf(row->why, sizeof row->why, "%s", why->text);
	return TAUT_OK;
}

/* The problem as a backend takes it. */
static taut_status form_for(const taut_problem **out, work *w, const taut_limits *limits,
                            taut_error *err)
{
	taut_qubo  *sparse = NULL;
	taut_scale  scale;
	taut_status st;

	*out = w->run.problem;
	if ((limits->dense || !w->run.problem->dense) &&
	    (!w->run.problem->terms ||
	     taut_backends_keep_terms(limits, (taut_algorithm)w->options.algorithm)))
		return TAUT_OK;
	if (!w->expanded) {
		st = taut_qubo_expand(&sparse, w->run.qubo, err);
		if (st == TAUT_OK)
			st = taut_scale_problem(&w->expanded, &scale, sparse, err);
		taut_qubo_free(sparse);
		if (st != TAUT_OK)
			return st;
	}
	*out = w->expanded;
	return TAUT_OK;
}

/* One sweep of an algorithm, whose samples are dropped: programs that a device is given on first
 * use are built before the clock runs. */
static taut_status warm_up(const work *w, taut_backend *b, taut_algorithm algorithm,
                           const taut_ctx *ctx, taut_error *err)
{
	const double  rungs[] = {w->schedule.t_cold, w->schedule.t_hot};
	taut_schedule schedule = w->schedule;
	taut_samples *samples = NULL;
	taut_ladder   ladder = {0};
	uint64_t      proposals = 0;
	bool          finished;
	taut_status   st = TAUT_OK;

	schedule.algorithm = algorithm;
	schedule.sweeps = 1;
	schedule.rungs = rungs; /* of pt, without its pilot */
	schedule.n_rungs = 2;
	if (algorithm != TAUT_ALGORITHM_PT)
		st = taut_algorithm_prepare(&schedule, &ladder, &proposals, w->run.problem, b, ctx,
		                            err);
	if (st != TAUT_OK)
		return st;
	st = b->ops->run(&samples, &finished, b, &schedule, ctx, err);
	taut_samples_free(samples);
	return st;
}

/* Loads the problem and warms up. */
static taut_status start_backend(const work *w, taut_compared *row, taut_backend *b,
                                 const taut_problem *problem, const taut_ctx *ctx, taut_error *err)
{
	const taut_algorithm algorithm = w->schedule.algorithm;
	const bool           refused = algorithm == TAUT_ALGORITHM_SQA && problem->permutation_n;
	double               t0 = taut_clock_s();
	taut_backend_times   loaded;
	taut_backend_times   warm;
	taut_status          st = b->ops->load(b, problem, err);

	row->time_s.load = taut_clock_s() - t0;
	if (st != TAUT_OK || refused) /* the run says why */
		return st;
	t0 = taut_clock_s();
	b->ops->times(&loaded, b);
	st = warm_up(w, b, algorithm, ctx, err);
	if (st == TAUT_OK && algorithm == TAUT_ALGORITHM_PT) /* its pilot */
		st = warm_up(w, b, TAUT_ALGORITHM_SA, ctx, err);
	b->ops->times(&warm, b);
	row->time_s.warm = taut_clock_s() - t0;
	row->time_s.pack = loaded.pack - warm.pack; /* what is not to be told */
	row->time_s.transfer = loaded.transfer - warm.transfer;
	row->time_s.kernel = loaded.kernel - warm.kernel;
	return st;
}

/* Runs the schedule on an open backend: *samples, or NULL where the row says why not. */
static taut_status run_backend(taut_samples **samples, work *w, taut_compared *row, taut_backend *b,
                               const taut_problem *problem, const taut_ctx *ctx, taut_error *err)
{
	taut_schedule schedule = w->schedule;
	taut_ladder   ladder = {0};
	taut_error    why = {TAUT_OK, ""};
	uint64_t      pilot = 0;
	bool          finished = false;
	double        t0;
	taut_status   st = start_backend(w, row, b, problem, ctx, &why);

	if (st != TAUT_OK)
		return fail_row(row, TAUT_COMPARED_LOST, st, &why, err);
	t0 = taut_clock_s();
	st = taut_algorithm_prepare(&schedule, &ladder, &pilot, problem, b, ctx, &why);
	if (st == TAUT_OK)
		st = b->ops->run(samples, &finished, b, &schedule, ctx, &why);
	row->time_s.run = taut_clock_s() - t0;
	/* the schedule's fault, not the backend's */
	if (st == TAUT_EUSAGE || st == TAUT_EINPUT ||
	    (st == TAUT_ELIMIT && schedule.algorithm == TAUT_ALGORITHM_SQA &&
	     problem->permutation_n)) {
		if (err)
			*err = why;
		return taut_context(err, st, "%s", w->run.model->name);
	}
	if (*samples)
		row->updates = (*samples)->proposals + pilot;
	if (st != TAUT_OK)
		return fail_row(row, TAUT_COMPARED_LOST, st, &why, err);
	row->state = finished ? TAUT_COMPARED_DONE : TAUT_COMPARED_CUT;
	if (!finished)
		(void)snprintf(row->why, sizeof row->why, "cut by the %s",
		               taut_ctx_interrupted(ctx) ? "interrupt" : "time limit");
	return TAUT_OK;
}

/* Objectives of the samples as they came. */
static taut_status judge_raw(raw_reads *out, taut_compared *row, const taut_run *r,
                             const taut_samples *samples, taut_error *err)
{
	const taut_model *m = r->model;
	uint8_t          *x = taut_alloc(m->n, 1, err);
	double            sum = 0.0;

	out->feasible = taut_alloc(samples->count, sizeof *out->feasible, err);
	out->objective = taut_alloc(samples->count, sizeof *out->objective, err);
	if (!x || !out->feasible || !out->objective) {
		taut_free(x);
		return TAUT_ENOMEM;
	}
	out->count = samples->count;
	row->samples = samples->count;
	for (size_t k = 0; k < samples->count; k++) {
		taut_codec_decode(x, &r->codec, samples, k);
		out->feasible[k] = taut_model_feasible(m, x);
		if (!out->feasible[k])
			continue;
		out->objective[k] = taut_model_objective(m, x);
		sum += taut_decimal_to_double(out->objective[k], m->decimals);
		row->feasible++;
		if (!row->has_raw || taut_better(m, out->objective[k], row->raw_best))
			row->raw_best = out->objective[k];
		row->has_raw = true;
	}
	if (row->has_raw)
		row->raw_mean = sum / (double)row->feasible;
	taut_free(x);
	return TAUT_OK;
}

/* Repair and local search as in a solve, and the model's own verdict on the best. */
static taut_status answer(taut_compared *row, work *w, const taut_samples *samples,
                          const taut_ctx *ctx, taut_error *err)
{
	const taut_run *r = &w->run;
	taut_answers    answers;
	taut_verdict    verdict = {0};
	taut_status     st = taut_answers_init(
		    &answers, r->model, r->bound.multipliers, w->options.repair != TAUT_SWITCH_OFF,
		    w->options.local_search != TAUT_SWITCH_OFF, ctx->threads, err);

	if (st != TAUT_OK)
		return st;
	st = taut_answers_take(&answers, &r->codec, samples, (uint64_t)w->options.seed, ctx, err);
	if (st == TAUT_OK && answers.has_incumbent)
		st = taut_verify(&verdict, r->model, answers.incumbent, err);
	if (st == TAUT_OK && answers.has_incumbent) {
		row->has_answer = true;
		row->feasible_answer = verdict.feasible;
		row->best = verdict.objective;
	}
	row->repaired = answers.totals.repaired;
	taut_verdict_fini(&verdict);
	taut_answers_fini(&answers);
	return st;
}

static void compare_samples(work *w, size_t k, taut_samples **samples)
{
	taut_comparison *c = w->out;
	taut_compared   *row = &c->rows[k];

	row->crc = taut_samples_crc(*samples);
	if (row->state != TAUT_COMPARED_DONE)
		return;
	if (!w->reference) {
		w->reference = *samples;
		*samples = NULL; /* now the work's */
		c->reference = k;
		return;
	}
	row->compared = true;
	row->differs = taut_samples_differ(&row->difference, *samples, w->reference, &w->run.codec,
	                                   w->run.model);
}

/* Until when backend k may run: an even part of the time left. */
static taut_ctx slice(const work *w, size_t k, double share)
{
	taut_ctx     ctx = w->ctx;
	const double now = taut_clock_s();
	const double left = ctx.deadline_s - now;

	if (ctx.deadline_s > 0.0 && left > 0.0)
		ctx.deadline_s = now + share * left / (double)(w->request->n - k);
	return ctx;
}

/* Samples of backend k, or NULL where the row says why not. */
static taut_status sample(taut_samples **samples, work *w, size_t k, const taut_ctx *ctx,
                          taut_error *err)
{
	taut_compared      *row = &w->out->rows[k];
	taut_backend       *b = NULL;
	const taut_problem *problem;
	taut_limits         limits = {0};
	taut_backend_times  times;
	taut_error          why = {TAUT_OK, ""};
	const double        t0 = taut_clock_s();
	taut_status         st =
		taut_backends_open(&b, &limits, row->backend, (taut_algorithm)w->options.algorithm,
	                           &w->options, w->find, &why);

	row->time_s.open = taut_clock_s() - t0;
	if (st != TAUT_OK)
		return fail_row(row, TAUT_COMPARED_ABSENT, st, &why, err);
	memcpy(row->device, limits.device, sizeof row->device);
	row->exact = limits.exact;
	st = form_for(&problem, w, &limits, &why);
	st = st == TAUT_OK ? run_backend(samples, w, row, b, problem, ctx, err)
	                   : fail_row(row, TAUT_COMPARED_LIMIT, st, &why, err);
	b->ops->times(&times, b);
	row->time_s.pack += times.pack;
	row->time_s.transfer += times.transfer;
	row->time_s.kernel += times.kernel;
	b->ops->close(b);
	return st;
}

static taut_status one_backend(work *w, size_t k, taut_error *err)
{
	taut_compared *row = &w->out->rows[k];
	taut_ctx       whole = slice(w, k, 1.0);
	taut_ctx       annealing = slice(w, k, 1.0 - ANSWER_SHARE);
	taut_samples  *samples = NULL;
	double         t0;
	taut_status    st;

	row->backend = w->request->backends[k];
	if (taut_ctx_stopped(&w->ctx)) {
		row->state = TAUT_COMPARED_SKIPPED;
		(void)snprintf(row->why, sizeof row->why, "not run: the %s came before",
		               taut_ctx_interrupted(&w->ctx) ? "interrupt" : "time limit");
		return TAUT_OK;
	}
	st = sample(&samples, w, k, &annealing, err);
	t0 = taut_clock_s();
	if (st == TAUT_OK && samples)
		st = judge_raw(&w->reads[k], row, &w->run, samples, err);
	if (st == TAUT_OK && samples)
		st = answer(row, w, samples, &whole, err);
	if (st == TAUT_OK && samples)
		compare_samples(w, k, &samples);
	row->time_s.answer = taut_clock_s() - t0;
	taut_samples_free(samples);
	return st;
}

/* What a read has to reach, and how many did. */
static void count_successes(work *w)
{
	const taut_run    *r = &w->run;
	const taut_result *p = r->result;
	taut_comparison   *c = w->out;

	if (p->has_target) {
		c->target_kind = TAUT_TARGET_GIVEN;
		c->target = r->target;
	} else if (p->has_best_known) {
		c->target_kind = TAUT_TARGET_BEST_KNOWN;
		c->target = taut_target_units(p->best_known, r->model);
	}
	for (size_t k = 0; k < c->n_rows && c->target_kind != TAUT_TARGET_GIVEN &&
	                   c->target_kind != TAUT_TARGET_BEST_KNOWN;
	     k++) {
		const taut_compared *row = &c->rows[k];

		if (row->has_raw && (c->target_kind == TAUT_TARGET_NONE ||
		                     taut_better(r->model, row->raw_best, c->target)))
			c->target = row->raw_best;
		if (row->has_raw)
			c->target_kind = TAUT_TARGET_BEST_HERE;
	}
	for (size_t k = 0; k < c->n_rows && c->target_kind != TAUT_TARGET_NONE; k++)
		for (size_t s = 0; s < w->reads[k].count; s++)
			c->rows[k].successes +=
				w->reads[k].feasible[s] &&
				!taut_better(r->model, c->target, w->reads[k].objective[s]);
}

static void work_fini(work *w)
{
	for (size_t k = 0; w->reads && k < w->request->n; k++) {
		taut_free(w->reads[k].feasible);
		taut_free(w->reads[k].objective);
	}
	taut_free(w->reads);
	taut_samples_free(w->reference);
	taut_problem_free(w->expanded);
	taut_comparison_free(w->out);
	taut_run_fini(&w->run);
}

static taut_status compare(work *w, const taut_instance *instance, taut_error *err)
{
	taut_comparison *c;
	taut_status      st;

	w->reads = taut_alloc(w->request->n, sizeof *w->reads, err);
	w->out = c = taut_alloc(1, sizeof *w->out, err);
	if (!w->reads || !c)
		return TAUT_ENOMEM;
	c->rows = taut_alloc(w->request->n, sizeof *c->rows, err);
	if (!c->rows)
		return TAUT_ENOMEM;
	c->n_rows = c->reference = w->request->n;
	st = prepare(w, instance, err);
	for (size_t k = 0; k < c->n_rows && st == TAUT_OK; k++)
		st = one_backend(w, k, err);
	if (st == TAUT_OK)
		count_successes(w);
	return st;
}

taut_status taut_compare(taut_comparison **out, const taut_instance *instance,
                         const taut_options *options, const taut_compare_request *request,
                         const taut_ctx *ctx, taut_error *err)
{
	work        w = {.options = *options,
	                 .ctx = *ctx,
	                 .request = request,
	                 .find = request->find ? request->find : taut_backend_find};
	taut_status st;

	*out = NULL;
	w.run = (taut_run){.options = &w.options, .ctx = &w.ctx, .fixed = true};
	st = compare(&w, instance, err);
	if (st == TAUT_OK) {
		w.out->problem = w.run.result;
		w.out->interrupted = taut_ctx_interrupted(&w.ctx);
		w.out->total_s = taut_clock_s() - w.run.start_s;
		w.run.result = NULL;
		*out = w.out;
		w.out = NULL;
	}
	work_fini(&w);
	return st;
}
