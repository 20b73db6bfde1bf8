#include "taut/solution.h"

#include <assert.h>
#include <string.h>

#include "answer/result.h"
#include "api/input.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/parallel.h"
#include "flow/solve.h"
#include "model/evaluate.h"
#include "report/report.h"

struct taut_solution {
	taut_result *result; /* owns the bits */
	taut_answer  answer;
	taut_text    json;
};

/* One call of taut_input_solve. */
typedef struct {
	const taut_watch *watch;
	taut_ctx          ctx;
	volatile int      cancelled; /* what ctx.stop points to once a callback has cancelled */
} session;

/* Callbacks run on the thread that solves, between the parallel loops, so the context may be turned
 * over under it. */
static void obey(session *s, int verdict)
{
	if (verdict == 0)
		return;
	s->cancelled = 1;
	s->ctx.stop = &s->cancelled;
}

static void pass_progress(void *payload, const taut_progress *progress)
{
	session *s = payload;

	if (!taut_ctx_interrupted(&s->ctx))
		obey(s, s->watch->progress(s->watch->payload, progress));
}

static taut_status pass_samples(void *payload, uint64_t round, const taut_model *model,
                                const taut_codec *codec, const taut_samples *samples,
                                taut_error *err)
{
	session *s = payload;
	uint8_t *x = taut_alloc(model->n, sizeof *x, err);

	if (!x)
		return TAUT_ENOMEM;
	for (size_t r = 0; r < samples->count && !taut_ctx_interrupted(&s->ctx); r++) {
		taut_sample sample = {.round = round + 1, .read = r, .n = model->n, .bits = x};
		taut_codec_decode(x, codec, samples, r);
		sample.energy = samples->energy[r];
		sample.objective =
			taut_decimal_to_double(taut_model_objective(model, x), model->decimals);
		sample.violations = taut_model_violations(model, x);
		obey(s, s->watch->sample(s->watch->payload, &sample));
	}
	taut_free(x);
	return TAUT_OK;
}

static taut_status pass_round(void *payload, const taut_trace_round *r, taut_error *err)
{
	session              *s = payload;
	const int32_t         decimals = r->model->decimals;
	const taut_round_seen seen = {
		.round = r->round + 1,
		.method = taut_method_names.names[r->method].name,
		.reads = r->reads,
		.sweeps = r->sweeps,
		.proposals = r->proposals,
		.samples = r->samples,
		.feasible = r->feasible,
		.rows = r->model->n_rows,
		.multipliers = r->multipliers,
		.has_objective = r->has_incumbent,
		.has_bound = r->has_bound,
		.objective =
			r->has_incumbent ? taut_decimal_to_double(r->incumbent, decimals) : 0.0,
		.bound = r->has_bound ? taut_decimal_to_double(r->bound, decimals) : 0.0,
		.time_s = r->time_s,
	};

	(void)err;
	if (!taut_ctx_interrupted(&s->ctx))
		obey(s, s->watch->round(s->watch->payload, &seen));
	return TAUT_OK;
}

/* What the result says, in the caller's terms. */
static void fill_answer(taut_answer *a, const taut_result *r)
{
	int32_t decimals = r->model->decimals;

	a->n = r->model->n;
	a->optimal = r->proven;
	a->proven_infeasible = r->proven_infeasible;
	a->interrupted = r->interrupted;
	a->samples = r->raw.samples;
	a->feasible = r->raw.feasible;
	a->has_gap = taut_result_gap(&a->gap, r);
	if (r->has_answer) {
		a->status = r->verdict.feasible ? TAUT_ANSWER_FEASIBLE : TAUT_ANSWER_INFEASIBLE;
		a->bits = r->bits;
		a->objective = taut_decimal_to_double(r->verdict.objective, decimals);
		taut_decimal_format(a->objective_text, sizeof a->objective_text,
		                    r->verdict.objective, decimals);
		a->violations = r->verdict.n_violated_rows + r->verdict.n_conflicts;
	}
	a->has_bound = r->bound.known;
	if (r->bound.known) {
		a->bound = taut_decimal_to_double(r->bound.value, decimals);
		taut_decimal_format(a->bound_text, sizeof a->bound_text, r->bound.value, decimals);
		a->bound_kind = r->bound.kind;
	}
}

/* Runs one instance and fills the solution, which the caller frees also on failure. */
static taut_status solve(taut_solution *solution, const taut_instance *instance,
                         const taut_options *options, double read_s, const taut_watch *watch,
                         taut_error *err)
{
	session          s = {.watch = watch, .ctx = {.threads = (uint32_t)options->threads}};
	taut_solve_hooks hooks = {0};
	taut_status      st;

	if (s.ctx.threads == 0)
		s.ctx.threads = taut_processors();
	if (options->time_limit > 0.0)
		s.ctx.deadline_s = taut_clock_s() + options->time_limit;
	if (watch) {
		s.ctx.stop = watch->cancel;
		s.ctx.progress = watch->progress ? pass_progress : NULL;
		s.ctx.progress_payload = &s;
		hooks.samples = watch->sample ? pass_samples : NULL;
		hooks.samples_payload = &s;
		hooks.trace = watch->round ? pass_round : NULL;
		hooks.trace_payload = &s;
	}
	st = taut_solve(&solution->result, instance, options, &s.ctx, &hooks, err);
	if (st != TAUT_OK)
		return st;
	solution->result->time_s.read = read_s;
	solution->result->time_s.total += read_s;
	fill_answer(&solution->answer, solution->result);
	taut_report_json(&solution->json, solution->result);
	st = taut_text_check(&solution->json, err);
	if (st == TAUT_OK && solution->result->failure[0])
		st = taut_fail(err, TAUT_EDEVICE, "%s", solution->result->failure);
	return st;
}

taut_status taut_input_solve(taut_solution **out, const taut_input *input, size_t at,
                             const taut_settings *settings, const taut_watch *watch,
                             taut_error *err)
{
	taut_options   options = input->list.options;
	taut_solution *solution = NULL;
	taut_status    st;

	*out = NULL;
	if (at >= input->list.count)
		return taut_fail(err, TAUT_EUSAGE, "problem %zu of an input of %zu", at,
		                 input->list.count);
	if (input->broken != TAUT_OK)
		return taut_fail(err, TAUT_EUSAGE, "an addition to this program failed");
	if (settings)
		taut_options_overlay(&options, &settings->options);
	solution = taut_alloc(1, sizeof *solution, err);
	if (!solution)
		return TAUT_ENOMEM;
	st = solve(solution, input->list.items[at], &options, input->list.read_s, watch, err);
	if (st == TAUT_OK || (st == TAUT_EDEVICE && solution->result)) {
		*out = solution;
		solution = NULL; /* now the caller's */
	}
	taut_solution_free(solution);
	return st;
}

const taut_answer *taut_solution_answer(const taut_solution *solution)
{
	return &solution->answer;
}

const char *taut_solution_json(const taut_solution *solution)
{
	return solution->json.data;
}

void taut_solution_free(taut_solution *solution)
{
	if (!solution)
		return;
	taut_result_free(solution->result);
	taut_text_fini(&solution->json);
	taut_free(solution);
}
