#include "answer/answers.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/exactmath.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "model/evaluate.h"

#define NO_SAMPLE SIZE_MAX
enum { FRUITLESS_MAX = 5 };
static const double WEIGHT = 256;

/* A sample that differs from all with lower numbers, and what became of it. */
typedef struct {
	uint64_t hash;
	size_t   sample; /* lowest number among its equals */
	size_t   count;  /* of its equals */
	int64_t  weight; /* of them all in the round's means */
	int64_t  energy; /* as the backend claims it */
} distinct;

/* A sum of objectives that is the same in any order: that of their upper and that of their lower 32
 * bits. */
typedef struct {
	uint64_t count;
	int64_t  high, low;
} exact_sum;

/* What one worker has seen. Sums of integers and a total order of answers: the merged result does
 * not depend on who did what. */
typedef struct {
	uint8_t  *x;           /* [n] the sample at hand */
	uint8_t  *best;        /* [n] */
	size_t    best_sample; /* NO_SAMPLE: none */
	bool      best_feasible;
	size_t    best_violations;
	int64_t   best_objective;
	uint64_t  feasible, repaired, changed;
	bool      has_raw_best;
	int64_t   raw_best;
	exact_sum raw, mended;
	int64_t  *activity_high; /* [n_rows] sums of activity >> 32 */
	int64_t *activity_low; /* [n_rows] sums of the lower 32 bits: no sum can overflow below 2^31
	                          samples */
	uint64_t conflicts;
} worker;

typedef struct {
	taut_answers       *answers;
	const taut_codec   *codec; /* NULL: random bitstrings */
	const taut_samples *samples;
	bool                structured;
	uint64_t            seed;
	const taut_ctx     *ctx;
	distinct           *list; /* [n_list] */
	size_t              n_list;
	worker             *workers; /* [n_repairers] */
} round_work;

static uint64_t hash_words(const void *data, size_t bytes)
{
	const uint8_t *at = data;
	uint64_t       h = taut_mix64(bytes + 1);

	while (bytes > 0) {
		const size_t take = bytes < 8 ? bytes : 8;
		uint64_t     word = 0;
		memcpy(&word, at, take);
		h = taut_mix64(h ^ word) + 0x9E3779B97F4A7C15u;
		at += take;
		bytes -= take;
	}
	return h;
}

static const void *sample_data(size_t *bytes, const taut_samples *s, size_t r)
{
	if (s->permutation_n) {
		*bytes = s->permutation_n * sizeof *s->position;
		return s->position + r * s->permutation_n;
	}
	*bytes = s->words * sizeof *s->bits;
	return s->bits + r * s->words;
}

static int by_hash(const void *a, const void *b)
{
	const distinct *p = a;
	const distinct *q = b;

	if (p->hash != q->hash)
		return p->hash < q->hash ? -1 : 1;
	return p->sample < q->sample ? -1 : p->sample > q->sample;
}

/* The most promising first: a deadline then skips those that matter least. */
static int by_energy(const void *a, const void *b)
{
	const distinct *p = a;
	const distinct *q = b;

	if (p->energy != q->energy)
		return p->energy < q->energy ? -1 : 1;
	return p->sample < q->sample ? -1 : p->sample > q->sample;
}

static bool equal_samples(const taut_samples *s, size_t q, size_t r)
{
	size_t      bytes;
	const void *a = sample_data(&bytes, s, q);
	const void *b = sample_data(&bytes, s, r);

	return memcmp(a, b, bytes) == 0;
}

/* Sets the weights, 256 exp(-(E - least) / D) for each sample, D the mean of E - least: the spread
 * of the round's own energies is the temperature. At least 1: all samples count. Sums of activities
 * stay within 64 bits below 2^23 samples. */
static void weigh(distinct *list, size_t n, size_t samples)
{
	double excess = 0;

	for (size_t k = 0; k < n; k++)
		excess += (double)list[k].count *
		          ((double)list[k].energy - (double)list[0].energy) / (double)samples;
	for (size_t k = 0; k < n; k++) {
		const double above = (double)list[k].energy - (double)list[0].energy;
		const double part = above > 0 ? taut_exp(-above / excess) : 1;
		const double whole = floor(WEIGHT * part + 0.5);

		list[k].weight = (int64_t)list[k].count * (whole > 1 ? (int64_t)whole : 1);
	}
}

/* Equal hashes stand together after the sort; different samples of one hash only cost a second
 * repair. */
static taut_status list_distinct(round_work *w, taut_error *err)
{
	const size_t count = w->samples->count;
	size_t       kept = 0;

	w->list = taut_alloc(count, sizeof *w->list, err);
	if (!w->list)
		return TAUT_ENOMEM;
	for (size_t r = 0; r < count; r++) {
		size_t      bytes;
		const void *data = sample_data(&bytes, w->samples, r);
		w->list[r] = (distinct){.hash = hash_words(data, bytes),
		                        .sample = r,
		                        .count = 1,
		                        .energy = w->samples->energy[r]};
	}
	qsort(w->list, count, sizeof *w->list, by_hash);
	for (size_t r = 0; r < count; r++) {
		if (kept > 0 && w->list[kept - 1].hash == w->list[r].hash &&
		    equal_samples(w->samples, w->list[kept - 1].sample, w->list[r].sample))
			w->list[kept - 1].count++;
		else
			w->list[kept++] = w->list[r];
	}
	qsort(w->list, kept, sizeof *w->list, by_energy);
	w->n_list = kept;
	weigh(w->list, kept, count);
	return TAUT_OK;
}

/* Uniform random bits, or a random permutation in the block and a random member of every group. */
static void random_bits(uint8_t *x, const taut_model *m, uint64_t seed, size_t sample,
                        bool structured)
{
	const uint32_t n = m->permutation.n;
	taut_rng       rng;

	taut_rng_init(&rng, seed, sample);
	for (uint32_t i = 0; i < m->n; i++) {
		const uint64_t word = taut_rng_next(&rng);
		x[i] = structured && m->group_of[i] != TAUT_NO_GROUP ? 0 : (uint8_t)(word >> 63);
	}
	if (!structured)
		return;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		if (row->tag == TAUT_ROW_ONE_HOT && row->count > 0 &&
		    m->group_of[m->row_col[row->first]] == k)
			x[m->row_col[row->first + taut_rng_below(&rng, row->count)]] = 1;
	}
	if (n == 0)
		return;
	/* inside out shuffle (Knuth 3.4.2 P): place a takes l, the place that had l takes a's */
	memset(x + m->permutation.first, 0, (size_t)n * n);
	for (uint32_t a = 0; a < n; a++)
		x[m->permutation.first + (size_t)a * n + a] = 1;
	for (uint32_t a = n; a-- > 1;) {
		const uint32_t b = (uint32_t)taut_rng_below(&rng, (uint64_t)a + 1);
		uint8_t       *row_a = x + m->permutation.first + (size_t)a * n;
		uint8_t       *row_b = x + m->permutation.first + (size_t)b * n;
		const size_t   at_a = (size_t)((uint8_t *)memchr(row_a, 1, n) - row_a);
		const size_t   at_b = (size_t)((uint8_t *)memchr(row_b, 1, n) - row_b);
		row_a[at_a] = row_b[at_b] = 0;
		row_a[at_b] = row_b[at_a] = 1;
	}
}

static void decode(uint8_t *x, uint64_t *seed, const round_work *w, const distinct *d)
{
	if (w->codec) {
		taut_codec_decode(x, w->codec, w->samples, d->sample);
		*seed = w->seed ^ d->hash;
	} else {
		random_bits(x, w->answers->model, w->seed, d->sample, w->structured);
		*seed = w->seed + d->sample;
	}
}

/* True when answer p beats q: feasible first, then fewer violations, then the objective, then the
 * lower number. */
static bool beats(const taut_model *m, bool p_feasible, size_t p_violations, int64_t p_objective,
                  size_t p_sample, const worker *q)
{
	if (q->best_sample == NO_SAMPLE || p_feasible != q->best_feasible)
		return q->best_sample == NO_SAMPLE || p_feasible;
	if (p_violations != q->best_violations)
		return p_violations < q->best_violations;
	if (p_objective != q->best_objective)
		return taut_better(m, p_objective, q->best_objective);
	return p_sample < q->best_sample;
}

static void offer(worker *v, const taut_model *m, const uint8_t *x, size_t violations,
                  int64_t objective, size_t sample)
{
	if (!beats(m, violations == 0, violations, objective, sample, v))
		return;
	v->best_sample = sample;
	v->best_feasible = violations == 0;
	v->best_violations = violations;
	v->best_objective = objective;
	memcpy(v->best, x, m->n);
}

/* Activities and conflicts of a sample as it came, also to `activity_of` and
 * `conflicts_of` unless NULL. Returns its violations. */
static size_t count_raw(worker *v, const taut_model *m, const distinct *d, int64_t *activity_of,
                        uint64_t *conflicts_of)
{
	const int64_t count = d->weight;
	size_t        rows = 0;
	size_t        conflicts = 0;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const int64_t activity = taut_row_activity(m, k, v->x);
		rows += taut_row_violation(m, k, activity) > 0;
		if (activity_of)
			activity_of[k] = activity;
		v->activity_high[k] += count * (activity >> 32);
		v->activity_low[k] += count * (activity & INT64_C(0xFFFFFFFF));
	}
	for (uint32_t i = 0; i < m->n; i++)
		if (v->x[i])
			for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++)
				conflicts += m->conflict_col[e] > i && v->x[m->conflict_col[e]];
	v->conflicts += conflicts * (uint64_t)d->weight;
	if (conflicts_of)
		*conflicts_of = conflicts;
	return rows + conflicts;
}

static void add_objective(exact_sum *s, int64_t objective, size_t count)
{
	s->count += count;
	s->high += (int64_t)count * (objective >> 32);
	s->low += (int64_t)count * (objective & INT64_C(0xFFFFFFFF));
}

static void add_sum(exact_sum *into, const exact_sum *s)
{
	into->count += s->count;
	into->high += s->high;
	into->low += s->low;
}

/* Counts a sample that is feasible as it came. */
static void count_feasible(worker *v, const taut_model *m, const distinct *d, int64_t objective)
{
	v->feasible += d->count;
	if (!v->has_raw_best || taut_better(m, objective, v->raw_best))
		v->raw_best = objective;
	v->has_raw_best = true;
	add_objective(&v->raw, objective, d->count);
}

/* count_raw of task's sample, which is one of the round's points where its number is low. */
static size_t count_task(worker *v, taut_answers *a, const distinct *d, size_t task)
{
	const taut_model *m = a->model;

	if (m->n_rows == 0 || task >= TAUT_ANSWERS_POINTS)
		return count_raw(v, m, d, NULL, NULL);
	a->point_objective[task] = taut_model_objective(m, v->x);
	return count_raw(v, m, d, a->point_activity + task * m->n_rows, &a->point_conflicts[task]);
}

static taut_status take_one(void *payload, size_t task, uint32_t at, taut_error *err)
{
	round_work        *w = payload;
	taut_answers      *a = w->answers;
	const taut_model  *m = a->model;
	const distinct    *d = &w->list[task];
	worker            *v = &w->workers[at];
	taut_repair_report report;
	size_t             violations;
	uint64_t           seed;
	taut_status        st;

	/* out of time, the best of samples that are all feasible is enough */
	if (task >= a->improved ||
	    (task > 0 && m->structure == TAUT_STRUCTURE_FREE && taut_ctx_stopped(w->ctx))) {
		v->feasible += d->count;
		return TAUT_OK;
	}
	decode(v->x, &seed, w, d);
	violations = count_task(v, a, d, task);
	if ((!a->repair && !a->local_search) || taut_ctx_stopped(w->ctx)) {
		const int64_t objective = taut_model_objective(m, v->x);

		if (violations == 0) {
			count_feasible(v, m, d, objective);
			add_objective(&v->mended, objective, d->count);
		}
		offer(v, m, v->x, violations, objective, d->sample);
		return TAUT_OK;
	}
	st = taut_repair(&report, a->repairers[at], v->x, seed, a->repair, a->local_search, w->ctx,
	                 err);
	if (st != TAUT_OK)
		return st;
	if (violations == 0)
		count_feasible(v, m, d, report.objective_before);
	else if (report.feasible_after)
		v->repaired += d->count;
	if (report.feasible_after)
		add_objective(&v->mended, report.objective_after, d->count);
	v->changed += (uint64_t)report.distance * d->count;
	violations = report.feasible_after ? 0 : taut_model_violations(m, v->x);
	offer(v, m, v->x, violations, report.objective_after, d->sample);
	return TAUT_OK;
}

static void workers_free(worker *workers, uint32_t count)
{
	for (uint32_t k = 0; workers && k < count; k++) {
		taut_free(workers[k].x);
		taut_free(workers[k].best);
		taut_free(workers[k].activity_high);
		taut_free(workers[k].activity_low);
	}
	taut_free(workers);
}

static taut_status workers_new(worker **out, const taut_model *m, uint32_t count, taut_error *err)
{
	worker *workers = taut_alloc(count, sizeof *workers, err);
	bool    complete = workers != NULL;

	for (uint32_t k = 0; complete && k < count; k++) {
		workers[k].best_sample = NO_SAMPLE;
		workers[k].x = taut_alloc(m->n, 1, err);
		workers[k].best = taut_alloc(m->n, 1, err);
		workers[k].activity_high = taut_alloc(m->n_rows, sizeof(int64_t), err);
		workers[k].activity_low = taut_alloc(m->n_rows, sizeof(int64_t), err);
		complete = workers[k].x && workers[k].best && workers[k].activity_high &&
		           workers[k].activity_low;
	}
	if (!complete) {
		workers_free(workers, count);
		workers = NULL;
	}
	*out = workers;
	return complete ? TAUT_OK : TAUT_ENOMEM;
}

/* Adds what worker v saw to workers[0]. */
static void merge(worker *into, const worker *v, const taut_model *m)
{
	into->feasible += v->feasible;
	into->repaired += v->repaired;
	into->changed += v->changed;
	into->conflicts += v->conflicts;
	add_sum(&into->raw, &v->raw);
	add_sum(&into->mended, &v->mended);
	if (v->has_raw_best &&
	    (!into->has_raw_best || taut_better(m, v->raw_best, into->raw_best))) {
		into->raw_best = v->raw_best;
		into->has_raw_best = true;
	}
	for (uint32_t k = 0; k < m->n_rows; k++) {
		into->activity_high[k] += v->activity_high[k];
		into->activity_low[k] += v->activity_low[k];
	}
	if (v->best_sample != NO_SAMPLE)
		offer(into, m, v->best, v->best_violations, v->best_objective, v->best_sample);
}

/* An early end must not leave the user without a feasible answer where one is a plain repair away:
 * the best sample is repaired even so. */
static taut_status rescue(worker *v, const round_work *w, taut_error *err)
{
	const taut_ctx     unhurried = {.threads = 1};
	taut_answers      *a = w->answers;
	taut_repair_report report;
	taut_status        st;

	if (!a->repair || v->best_sample == NO_SAMPLE || v->best_feasible ||
	    (a->has_incumbent && a->incumbent_feasible) || !taut_ctx_stopped(w->ctx))
		return TAUT_OK;
	st = taut_repair(&report, a->repairers[0], v->best, w->seed, true, false, &unhurried, err);
	v->best_feasible = report.feasible_after;
	v->best_violations = taut_model_violations(a->model, v->best);
	v->best_objective = report.objective_after;
	v->changed += report.distance;
	return st;
}

static taut_status polish(worker *v, const round_work *w, taut_error *err)
{
	taut_answers      *a = w->answers;
	taut_repair_report report;
	taut_status        st;

	if (!a->local_search || a->optimal || v->best_sample == NO_SAMPLE || !v->best_feasible ||
	    !taut_repairer_polishes(a->repairers[0]) || taut_ctx_stopped(w->ctx))
		return TAUT_OK;
	st = taut_repair_polish(&report, &a->optimal, a->repairers[0], v->best, w->seed, w->ctx,
	                        err);
	if (st == TAUT_OK)
		v->best_objective = report.objective_after;
	return st;
}

static double whole(int64_t high, int64_t low)
{
	return (double)high * 4294967296.0 + (double)low;
}

static void add_total(taut_answer_sum *into, const exact_sum *s)
{
	into->count += s->count;
	into->sum += whole(s->high, s->low);
}

static void record(taut_answers *a, const worker *v, const round_work *w, size_t samples)
{
	taut_answer_totals *t = &a->totals;
	const taut_model   *m = a->model;
	double              weight = 0;
	const worker        held = {.best_sample = a->has_incumbent ? 0 : NO_SAMPLE,
	                            .best_feasible = a->incumbent_feasible,
	                            .best_violations = a->incumbent_violations,
	                            .best_objective = a->incumbent_objective};

	t->samples += samples;
	t->feasible += v->feasible;
	t->repaired += v->repaired;
	t->distance += v->changed;
	add_total(&t->raw, &v->raw);
	add_total(&t->mended, &v->mended);
	if (v->has_raw_best && (!t->has_best || taut_better(m, v->raw_best, t->best))) {
		t->best = v->raw_best;
		t->has_best = true;
	}
	a->round_samples = samples;
	a->round_feasible = (size_t)v->feasible;
	for (size_t k = 0; k < w->n_list; k++)
		weight += (double)w->list[k].weight;
	weight = weight > 0 ? weight : 1;
	for (uint32_t k = 0; k < m->n_rows; k++)
		a->mean_activity[k] = whole(v->activity_high[k], v->activity_low[k]) / weight;
	a->mean_conflicts = (double)v->conflicts / weight;
	a->n_points = m->n_rows == 0                    ? 0
	              : w->n_list < TAUT_ANSWERS_POINTS ? w->n_list
	                                                : TAUT_ANSWERS_POINTS;
	if (v->best_feasible || a->incumbent_feasible)
		a->fruitless = 0;
	else if (a->fruitless < FRUITLESS_MAX)
		a->fruitless++;
	/* equal answers: the earlier one stays, hence the 1 against the held one's 0 */
	if (v->best_sample == NO_SAMPLE ||
	    !beats(m, v->best_feasible, v->best_violations, v->best_objective, 1, &held))
		return;
	a->has_incumbent = true;
	a->incumbent_feasible = v->best_feasible;
	a->incumbent_violations = v->best_violations;
	a->incumbent_objective = v->best_objective;
	memcpy(a->incumbent, v->best, m->n);
}

static taut_status take(round_work *w, size_t samples, taut_error *err)
{
	taut_answers *a = w->answers;
	taut_status   st = workers_new(&w->workers, a->model, a->n_repairers, err);

	for (uint32_t k = 0; k < a->n_repairers; k++)
		taut_repairer_save_work(a->repairers[k], a->fruitless);
	if (st == TAUT_OK)
		st = taut_parallel(take_one, w, w->n_list, a->n_repairers, err);
	if (st != TAUT_OK)
		goto done;
	for (uint32_t k = 1; k < a->n_repairers; k++)
		merge(&w->workers[0], &w->workers[k], a->model);
	st = rescue(&w->workers[0], w, err);
	if (st == TAUT_OK)
		st = polish(&w->workers[0], w, err);
	if (st == TAUT_OK)
		record(a, &w->workers[0], w, samples);
done:
	workers_free(w->workers, a->n_repairers);
	taut_free(w->list);
	return st;
}

taut_status taut_answers_take(taut_answers *answers, const taut_codec *codec,
                              const taut_samples *samples, uint64_t seed, const taut_ctx *ctx,
                              taut_error *err)
{
	round_work w = {
		.answers = answers, .codec = codec, .samples = samples, .seed = seed, .ctx = ctx};
	taut_status st = list_distinct(&w, err);

	assert(codec->n_model == answers->model->n);
	assert(answers->improved == SIZE_MAX ||
	       (answers->model->n_rows == 0 && answers->model->n_conflicts == 0));
	return st == TAUT_OK ? take(&w, samples->count, err) : st;
}

taut_status taut_answers_take_random(taut_answers *answers, size_t count, uint64_t seed,
                                     bool structured, const taut_ctx *ctx, taut_error *err)
{
	round_work w = {.answers = answers, .structured = structured, .seed = seed, .ctx = ctx};

	w.list = taut_alloc(count, sizeof *w.list, err);
	if (!w.list)
		return TAUT_ENOMEM;
	for (size_t r = 0; r < count; r++)
		w.list[r] = (distinct){.sample = r, .count = 1, .weight = 1};
	w.n_list = count;
	return take(&w, count, err);
}

taut_status taut_answers_init(taut_answers *out, const taut_model *model, const double *multipliers,
                              bool repair, bool local_search, uint32_t threads, taut_error *err)
{
	taut_status st = TAUT_ENOMEM;

	assert(threads >= 1);
	*out = (taut_answers){.model = model,
	                      .repair = repair,
	                      .local_search = local_search,
	                      .improved = SIZE_MAX};
	out->incumbent = taut_alloc(model->n, 1, err);
	out->mean_activity = taut_alloc(model->n_rows, sizeof *out->mean_activity, err);
	out->repairers = taut_alloc(threads, sizeof(taut_repairer *), err);
	out->point_objective = taut_alloc(TAUT_ANSWERS_POINTS, sizeof *out->point_objective, err);
	out->point_activity = taut_alloc(TAUT_ANSWERS_POINTS * (size_t)model->n_rows,
	                                 sizeof *out->point_activity, err);
	out->point_conflicts = taut_alloc(TAUT_ANSWERS_POINTS, sizeof *out->point_conflicts, err);
	if (!out->incumbent || !out->mean_activity || !out->repairers || !out->point_objective ||
	    !out->point_activity || !out->point_conflicts)
		goto done;
	for (; out->n_repairers < threads; out->n_repairers++) {
		st = taut_repairer_new(&out->repairers[out->n_repairers], model, multipliers, err);
		if (st != TAUT_OK)
			goto done;
	}
	return TAUT_OK;
done:
	taut_answers_fini(out);
	return st;
}

void taut_answers_fini(taut_answers *answers)
{
	for (uint32_t k = 0; k < answers->n_repairers; k++)
		taut_repairer_free(answers->repairers[k]);
	taut_free(answers->repairers);
	taut_free(answers->incumbent);
	taut_free(answers->mean_activity);
	taut_free(answers->point_objective);
	taut_free(answers->point_activity);
	taut_free(answers->point_conflicts);
	*answers = (taut_answers){0};
}
