#include "bench/bench.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/parallel.h"
#include "bench/recipes.h"
#include "flow/load.h"
#include "flow/solve.h"

typedef struct {
	const taut_bench_plan *plan;
	taut_bench_outcome    *out;
	taut_bench_ledger      ledger;
	size_t                 n_done;
	pthread_mutex_t        lock; /* guards ledger, n_done and the progress sink */
} run;

void taut_bench_outcome_fini(taut_bench_outcome *outcome)
{
	for (size_t i = 0; outcome->records && i < outcome->count; i++)
		taut_bench_record_fini(&outcome->records[i]);
	taut_free(outcome->records);
	taut_free(outcome->done);
	*outcome = (taut_bench_outcome){0};
}

/* The rows of all runs with what is known beforehand. */
static taut_status begin(taut_bench_outcome *out, const taut_bench_plan *plan, taut_error *err)
{
	taut_status st = TAUT_OK;

	*out = (taut_bench_outcome){.count = plan->cases->count * plan->n_methods};
	out->records = taut_alloc(out->count, sizeof *out->records, err);
	out->done = taut_alloc(out->count, sizeof *out->done, err);
	if (!out->records || !out->done)
		return TAUT_ENOMEM;
	for (size_t t = 0; t < out->count && st == TAUT_OK; t++)
		st = taut_bench_record_begin(
			&out->records[t], &plan->cases->items[t / plan->n_methods],
			plan->methods[t % plan->n_methods], plan->options, err);
	return st;
}

/* Moves every earlier row of this plan from `kept` to its place; what failed goes, to be run again.
 * Rows of other plans stay. Returns by *kept what the ledger is to begin with: views, in their
 * order. */
static taut_status reuse(taut_bench_outcome *out, taut_bench_records *earlier, taut_error *err)
{
	size_t n = 0;

	for (size_t r = 0; r < earlier->count; r++) {
		taut_bench_record *row = &earlier->items[r];
		size_t             t = 0;
		bool               again = false;

		while (t < out->count && !taut_bench_same_run(row, &out->records[t]))
			t++;
		if (t < out->count && taut_bench_failed(row) != 0)
			again = true;
		else if (t < out->count && out->done[t])
			again = true; /* two benches wrote one file */
		if (again) {
			taut_bench_record_fini(row);
			continue;
		}
		for (int c = 0; t < out->count && c < TAUT_BENCH_N_COLUMNS; c++) {
			taut_status st =
				taut_bench_set(&out->records[t], (taut_bench_column)c,
			                       taut_bench_get(row, (taut_bench_column)c), err);
			if (st != TAUT_OK)
				return st;
		}
		if (t < out->count) {
			out->done[t] = true;
			out->reused++;
		}
		if (n != r) {
			earlier->items[n] = *row;
			*row = (taut_bench_record){0};
		}
		n++;
	}
	earlier->count = n;
	return TAUT_OK;
}

static taut_status make(taut_load_list *list, const taut_bench_case *c, const taut_options *options,
                        taut_error *err)
{
	taut_status st;

	*list = (taut_load_list){.options = *options};
	list->items = taut_alloc(1, sizeof *list->items, err);
	if (!list->items)
		return TAUT_ENOMEM;
	st = taut_bench_recipe_make(&list->items[0], c, err);
	if (st == TAUT_OK)
		list->count = 1;
	else
		taut_load_fini(list);
	return st;
}

/* Reads the one problem of the case, or makes it. */
static taut_status load(taut_load_list *list, const taut_bench_case *c, const taut_options *options,
                        taut_error *err)
{
	taut_status st =
		c->recipe ? make(list, c, options, err) : taut_load(list, c->path, options, err);

	if (st != TAUT_OK)
		return st;
	if (list->count != 1) {
		st = taut_fail(err, TAUT_EINPUT,
		               "%s: holds %zu problems, best_known.csv has one row for it; which?",
		               c->path, list->count);
		taut_load_fini(list);
	} else if (c->best_known && !list->options.best_known) {
		list->options.best_known = c->best_known;
	}
	return st;
}

/* A best value is of no use in the other direction. */
static taut_status check_sense(const taut_bench_case *c, const taut_result *result, taut_error *err)
{
	const bool maximise = result->model->maximise;

	if (c->sense == TAUT_SENSE_FILE || maximise == (c->sense == TAUT_SENSE_MAX))
		return TAUT_OK;
	return taut_fail(err, TAUT_EINPUT, "%s: best_known.csv says %s, the problem is %s", c->path,
	                 maximise ? "min" : "max", maximise ? "maximised" : "minimised");
}

/* *finished is false when the run was interrupted. */
static taut_status solve(taut_bench_record *record, bool *finished, const run *r,
                         const taut_bench_case *c, taut_method method, taut_error *err)
{
	taut_ctx       ctx = {.stop = r->plan->stop, .threads = r->plan->threads};
	taut_result   *result = NULL;
	taut_options   options;
	taut_load_list list;
	taut_status    st = taut_bench_case_options(&options, c, r->plan->options, err);

	if (st == TAUT_OK)
		st = load(&list, c, &options, err);
	if (st != TAUT_OK)
		return st;
	list.options.method = (int)method;
	if (list.options.time_limit > 0.0)
		ctx.deadline_s = taut_clock_s() + list.options.time_limit;
	st = taut_solve(&result, list.items[0], &list.options, &ctx, NULL, err);
	*finished = !taut_ctx_interrupted(&ctx);
	if (st == TAUT_OK && result->failure[0])
		st = taut_fail(err, TAUT_EDEVICE, "%s", result->failure);
	if (st == TAUT_OK)
		st = check_sense(c, result, err);
	if (st == TAUT_OK)
		st = taut_bench_record_result(record, result, &list.options, err);
	taut_result_free(result);
	taut_load_fini(&list);
	return st;
}

static taut_status one_run(void *payload, size_t t, uint32_t worker, taut_error *err)
{
	run                   *r = payload;
	const taut_bench_plan *plan = r->plan;
	taut_bench_record     *record = &r->out->records[t];
	taut_error             failure = {TAUT_OK, ""};
	bool                   finished = true;
	taut_status            st;

	(void)worker;
	if (*plan->stop || r->out->done[t])
		return TAUT_OK;
	st = solve(record, &finished, r, &plan->cases->items[t / plan->n_methods],
	           plan->methods[t % plan->n_methods], &failure);
	if (!finished)
		return TAUT_OK;
	if (st != TAUT_OK)
		st = taut_bench_record_failure(record, st, &failure, err);
	if (st != TAUT_OK)
		return st;
	pthread_mutex_lock(&r->lock);
	st = taut_bench_ledger_append(&r->ledger, record, err);
	r->out->done[t] = st == TAUT_OK;
	r->n_done++;
	if (plan->progress)
		plan->progress(plan->progress_payload, r->n_done, r->out->count, record);
	pthread_mutex_unlock(&r->lock);
	return st;
}

taut_status taut_bench_run(taut_bench_outcome *out, const taut_bench_plan *plan, taut_error *err)
{
	run                r = {.plan = plan, .out = out, .ledger = {.file = -1}};
	taut_bench_records earlier = {0};
	taut_status        st = begin(out, plan, err);

	if (st == TAUT_OK)
		st = taut_bench_ledger_read(&earlier, plan->csv, err);
	if (st == TAUT_OK && plan->restart)
		taut_bench_records_fini(&earlier);
	if (st == TAUT_OK)
		st = reuse(out, &earlier, err);
	if (st == TAUT_OK)
		st = taut_bench_ledger_open(&r.ledger, plan->csv, &earlier, err);
	taut_bench_records_fini(&earlier);
	if (st != TAUT_OK)
		return st;
	r.n_done = out->reused;
	pthread_mutex_init(&r.lock, NULL);
	st = taut_parallel(one_run, &r, out->count, plan->jobs, err);
	pthread_mutex_destroy(&r.lock);
	taut_bench_ledger_close(&r.ledger);
	return st;
}
