/*
 * Any rows, conflicts and groups. Repair: a weighted constraint walk: take a broken constraint at
 * random, make the move among its variables that lowers the weighted violation most, and where none
 * lowers it raise the weights of what is broken (Thornton 2005, J. Automated Reasoning 35). Local
 * search: feasible single flips and pairs of flips, then ejections: an improving flip that breaks
 * something, followed by a short walk back.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "answer/flips.h"
#include "answer/strategy.h"
#include "base/alloc.h"
#include "model/evaluate.h"

/* Matrix entries visited at most: by the walk of a repair (see walk_work), by all pairs, by one
 * ejection and by all; for all ejections also EJECTIONS_PER_ENTRY of the model's entries, so that
 * small models cost little. */
#define WALK_WORK      (UINT64_C(1) << 23)
#define PAIR_WORK      (UINT64_C(1) << 21)
#define EJECT_WORK     (UINT64_C(1) << 15)
#define EJECTIONS_WORK (UINT64_C(1) << 21)
#define LOOK_EVERY     (UINT64_C(1) << 14)

/* Variables of a broken row that are looked at; percentage of moves taken although they raise the
 * violation. */
enum { CANDIDATES = 64, RANDOM_PERCENT = 4, EJECTIONS_PER_ENTRY = 512 };

#define NOBODY UINT32_MAX

typedef struct {
	const taut_model *m;
	taut_flips        flips;
	double           *unit;   /* [n_rows] 1 / mean coefficient, so that rows compare */
	double           *weight; /* [n_rows] of a unit of violation */
	double            conflict_weight;
	bool              raised;    /* a weight is not as at the beginning */
	uint32_t          held;      /* a variable that the walk leaves alone, or NOBODY */
	uint32_t         *broken;    /* list of violated rows */
	uint32_t         *broken_at; /* [n_rows] place in it, or NOBODY */
	uint32_t          n_broken;
	uint32_t         *hot;    /* list of variables that are 1 and in a conflict with a 1 */
	uint32_t         *hot_at; /* [n] place in it, or NOBODY */
	uint32_t          n_hot;
	uint64_t         *moved; /* [n] step of the last flip, for ties */
	uint64_t          step, work;
	uint32_t          halvings; /* of the work of a repair */
	uint8_t          *best;     /* [n] */
	size_t            fewest;   /* violations of best, while a walk is to keep it; else 0 */
} generic;

static void generic_close(void *state)
{
	generic *s = state;

	if (!s)
		return;
	taut_flips_fini(&s->flips);
	taut_free(s->unit);
	taut_free(s->weight);
	taut_free(s->broken);
	taut_free(s->broken_at);
	taut_free(s->hot);
	taut_free(s->hot_at);
	taut_free(s->moved);
	taut_free(s->best);
	taut_free(s);
}

static taut_status generic_open(void **out, const taut_model *m, const double *multipliers,
                                taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	generic    *s = taut_alloc(1, sizeof *s, err);

	(void)multipliers;
	*out = NULL;
	if (!s)
		goto done;
	s->m = m;
	s->unit = taut_alloc(m->n_rows, sizeof *s->unit, err);
	s->weight = taut_alloc(m->n_rows, sizeof *s->weight, err);
	s->broken = taut_alloc(m->n_rows, sizeof *s->broken, err);
	s->broken_at = taut_alloc(m->n_rows, sizeof *s->broken_at, err);
	s->hot = taut_alloc(m->n, sizeof *s->hot, err);
	s->hot_at = taut_alloc(m->n, sizeof *s->hot_at, err);
	s->moved = taut_alloc(m->n, sizeof *s->moved, err);
	s->best = taut_alloc(m->n, 1, err);
	if (!s->unit || !s->weight || !s->broken || !s->broken_at || !s->hot || !s->hot_at ||
	    !s->moved || !s->best)
		goto done;
	st = taut_flips_init(&s->flips, m, err);
	if (st != TAUT_OK)
		goto done;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		double sum = 0.0;
		for (size_t e = m->rows[k].first; e < m->rows[k].first + m->rows[k].count; e++)
			sum += fabs((double)m->row_coef[e]);
		s->unit[k] = sum > 0.0 ? (double)m->rows[k].count / sum : 1.0;
	}
	s->raised = true;
	*out = s;
	s = NULL; /* now the caller's */
done:
	generic_close(s);
	return st;
}

static uint64_t entries(const taut_model *m)
{
	return m->n + m->column_first[m->n] + 2 * m->n_conflicts + m->quad_row[m->n];
}

/* A small model has few points: a walk of several times as many steps learns nothing new. */
static uint64_t walk_work(const taut_model *m)
{
	const uint64_t passes = m->n < 20 ? UINT64_C(4) << m->n : WALK_WORK;

	return entries(m) < WALK_WORK / passes ? entries(m) * passes : WALK_WORK;
}

static void generic_save_work(void *state, uint32_t halvings)
{
	generic *s = state;

	s->halvings = halvings;
}

static void list_put(uint32_t *list, uint32_t *at, uint32_t *n, uint32_t k, bool member)
{
	if (member == (at[k] != NOBODY))
		return;
	if (member) {
		at[k] = *n;
		list[(*n)++] = k;
	} else {
		const uint32_t last = list[--*n];
		list[at[k]] = last;
		at[last] = at[k];
		at[k] = NOBODY;
	}
}

static int64_t violation(const generic *s, uint32_t k)
{
	return taut_row_violation(s->m, k, s->flips.activity[k]);
}

static void note_row(generic *s, uint32_t k)
{
	list_put(s->broken, s->broken_at, &s->n_broken, k, violation(s, k) > 0);
}

static void note_variable(generic *s, uint32_t i)
{
	list_put(s->hot, s->hot_at, &s->n_hot, i, s->flips.x[i] && s->flips.blocked[i] > 0);
}

static void flip(generic *s, uint32_t i)
{
	const taut_model *m = s->m;

	taut_flips_flip(&s->flips, i);
	s->moved[i] = ++s->step;
	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
		note_row(s, m->column_row[e]);
	note_variable(s, i);
	for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++)
		note_variable(s, m->conflict_col[e]);
	/* adding up pairs runs at the speed of memory, an eighth of the cost of a row */
	s->work += m->column_first[i + 1] - m->column_first[i] + m->conflict_row[i + 1] -
	           m->conflict_row[i] + (m->quad_row[i + 1] - m->quad_row[i]) / 8 + 1;
}

static void start(generic *s, uint8_t *x)
{
	const taut_model *m = s->m;

	taut_flips_set(&s->flips, x);
	s->n_broken = s->n_hot = 0;
	s->step = s->work = 0;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		s->broken_at[k] = NOBODY;
		note_row(s, k);
	}
	for (uint32_t i = 0; i < m->n; i++) {
		s->hot_at[i] = NOBODY;
		s->moved[i] = 0;
		note_variable(s, i);
	}
}

static void reset_weights(generic *s)
{
	if (!s->raised)
		return;
	memcpy(s->weight, s->unit, s->m->n_rows * sizeof *s->weight);
	s->conflict_weight = 1.0;
	s->raised = false;
	s->work += s->m->n_rows;
}

/* Change of the weighted violation by flipping i. */
static double score(generic *s, uint32_t i)
{
	const taut_model *m = s->m;
	const int64_t     step = s->flips.x[i] ? -1 : 1;
	double            sum = (double)step * s->conflict_weight * (double)s->flips.blocked[i];

	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++) {
		const uint32_t k = m->column_row[e];
		const int64_t  after =
			taut_row_violation(m, k, s->flips.activity[k] + step * m->column_coef[e]);
		sum += s->weight[k] * (double)(after - violation(s, k));
	}
	s->work += 2 * (m->column_first[i + 1] - m->column_first[i]) + 4;
	return sum;
}

/* The best candidate so far: least score, then least change of the objective, then longest unmoved.
 */
typedef struct {
	uint32_t i;
	double   score;
	int64_t  change;
} candidate;

static void consider(candidate *best, generic *s, uint32_t i)
{
	const candidate c = {i, score(s, i), taut_flips_change(&s->flips, i)};
	bool            better = best->i == NOBODY || c.score < best->score;

	if (i == s->held)
		return;
	if (!better && c.score == best->score)
		better = c.change < best->change ||
		         (c.change == best->change && s->moved[i] < s->moved[best->i]);
	if (better)
		*best = c;
}

/* Candidates of a random broken constraint, beginning at a random one of its variables. */
static candidate pick(generic *s, taut_rng *rng)
{
	const taut_model *m = s->m;
	candidate         best = {NOBODY, 0.0, 0};
	const uint32_t    at = (uint32_t)taut_rng_below(rng, (uint64_t)s->n_broken + s->n_hot);

	if (at < s->n_broken) {
		const uint32_t  k = s->broken[at];
		const taut_row *row = &m->rows[k];
		const bool      low = s->flips.activity[k] < row->lo;
		size_t          e = row->count ? taut_rng_below(rng, row->count) : 0;
		for (size_t seen = 0, tried = 0; seen < row->count && tried < CANDIDATES; seen++) {
			const uint32_t i = m->row_col[row->first + e];
			const bool up = (m->row_coef[row->first + e] > 0) != (s->flips.x[i] != 0);
			if (up == low) {
				consider(&best, s, i);
				tried++;
			}
			e = e + 1 < row->count ? e + 1 : 0;
			s->work++;
		}
	} else {
		const uint32_t i = s->hot[at - s->n_broken];
		consider(&best, s, i);
		for (size_t e = m->conflict_row[i]; e < m->conflict_row[i + 1]; e++)
			if (s->flips.x[m->conflict_col[e]])
				consider(&best, s, m->conflict_col[e]);
	}
	return best;
}

static void raise_weights(generic *s)
{
	for (uint32_t b = 0; b < s->n_broken; b++)
		s->weight[s->broken[b]] += s->unit[s->broken[b]];
	if (s->n_hot > 0)
		s->conflict_weight += 1.0;
	s->raised = true;
	s->work += s->n_broken;
}

/* The member of a one-hot group that is 1, other than i; NOBODY where there is none or several. */
static uint32_t partner(generic *s, uint32_t i)
{
	const taut_model *m = s->m;
	uint32_t          found = NOBODY;
	const taut_row   *row;

	if (m->group_of[i] == TAUT_NO_GROUP || s->flips.activity[m->group_of[i]] != 1)
		return NOBODY;
	row = &m->rows[m->group_of[i]];
	s->work += row->count;
	for (size_t e = row->first; e < row->first + row->count; e++)
		if (m->row_col[e] != i && s->flips.x[m->row_col[e]])
			found = m->row_col[e];
	return found;
}

/* A random variable of a random broken row, in either direction: the noise that ends cycles. */
static uint32_t pick_random(generic *s, taut_rng *rng)
{
	const taut_row *row;
	uint32_t        i;

	if (s->n_broken == 0)
		return s->hot[taut_rng_below(rng, s->n_hot)];
	row = &s->m->rows[s->broken[taut_rng_below(rng, s->n_broken)]];
	if (row->count == 0)
		return NOBODY;
	i = s->m->row_col[row->first + taut_rng_below(rng, row->count)];
	return i == s->held ? NOBODY : i;
}

/* One move of the walk: the best flip of a broken constraint; setting a member of a satisfied
 * one-hot group clears the member that was set. */
static void walk_step(generic *s, taut_rng *rng)
{
	candidate best = {NOBODY, 0.0, 0};
	uint32_t  other = NOBODY;

	if (taut_rng_below(rng, 100) < RANDOM_PERCENT)
		best.i = pick_random(s, rng);
	else
		best = pick(s, rng);
	if (best.i == NOBODY) {
		raise_weights(s);
		return;
	}
	if (best.score >= 0.0) {
		raise_weights(s);
		if (!s->flips.x[best.i])
			other = partner(s, best.i);
		if (other == s->held)
			other = NOBODY;
		if (other == NOBODY && best.score > 0.0)
			return;
	}
	flip(s, best.i);
	if (other != NOBODY)
		flip(s, other);
}

static void keep_best(generic *s)
{
	memcpy(s->best, s->flips.x, s->m->n);
	s->fewest = s->flips.violations;
	s->work += s->m->n / 64;
}

/* True when everything holds. */
static bool walk(generic *s, uint64_t work, taut_rng *rng, const taut_ctx *ctx)
{
	const uint64_t limit = s->work + work;
	uint64_t       next_look = s->work + LOOK_EVERY;

	while (s->n_broken + s->n_hot > 0 && s->work < limit) {
		walk_step(s, rng);
		s->work++;
		if (s->flips.violations < s->fewest)
			keep_best(s);
		if (s->work < next_look)
			continue;
		next_look = s->work + LOOK_EVERY;
		if (taut_ctx_stopped(ctx))
			break;
	}
	assert((s->n_broken + s->n_hot == 0) == (s->flips.violations == 0));
	return s->flips.violations == 0;
}

/* The bits with fewest violations are kept where none makes all hold. */
static void generic_make_feasible(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	generic *s = state;

	start(s, x);
	s->held = NOBODY;
	reset_weights(s);
	keep_best(s);
	if (!walk(s, walk_work(s->m) >> s->halvings, rng, ctx))
		memcpy(x, s->best, s->m->n);
	s->fewest = 0;
}

/* Partners that may repair what flipping i has just broken, or, where it broke nothing, share a
 * pair term with it: the first of them that makes the two an improvement. */
static bool flip_partner(generic *s, uint32_t i, int64_t before)
{
	const taut_model *m = s->m;
	taut_flips       *f = &s->flips;
	const uint32_t   *list = m->quad_col + m->quad_row[i];
	size_t            count = m->quad_row[i + 1] - m->quad_row[i];

	if (s->n_broken > 0) {
		const taut_row *row = &m->rows[s->broken[0]];
		list = m->row_col + row->first;
		count = row->count;
	} else if (s->n_hot > 0) {
		list = m->conflict_col + m->conflict_row[i];
		count = m->conflict_row[i + 1] - m->conflict_row[i];
	}
	for (size_t e = 0; e < count; e++) {
		const uint32_t j = list[e];
		s->work++;
		if (j == i || f->objective + taut_flips_change(f, j) >= before)
			continue;
		if (f->violations == 0) {
			s->work += m->column_first[j + 1] - m->column_first[j];
			if (!taut_flips_keeps(f, j))
				continue;
		}
		flip(s, j);
		if (f->violations == 0)
			return true;
		flip(s, j);
	}
	return false;
}

/* Feasible descent by flips and pairs until n visits in a row bring nothing. */
static void descend(generic *s, const taut_ctx *ctx)
{
	taut_flips    *f = &s->flips;
	const uint32_t n = s->m->n;
	const uint64_t limit = s->work + PAIR_WORK;
	uint64_t       next_look = s->work + LOOK_EVERY;
	uint32_t       idle = 0;

	for (uint32_t i = 0; idle < n && s->work < limit; i = i + 1 < n ? i + 1 : 0) {
		const int64_t before = f->objective;
		flip(s, i);
		idle++;
		if ((f->violations == 0 && f->objective < before) || flip_partner(s, i, before))
			idle = 0;
		else
			flip(s, i);
		assert(f->violations == 0 && f->objective <= before);
		if (s->work < next_look)
			continue;
		next_look = s->work + LOOK_EVERY;
		if (taut_ctx_stopped(ctx))
			break;
	}
}

static uint64_t ejections_work(const taut_model *m)
{
	return entries(m) < EJECTIONS_WORK / EJECTIONS_PER_ENTRY ? entries(m) * EJECTIONS_PER_ENTRY
	                                                         : EJECTIONS_WORK;
}

/* A walk is taken back unless it ended feasible and no worse. */
static void eject(generic *s, taut_rng *rng, const taut_ctx *ctx)
{
	const uint64_t limit = s->work + ejections_work(s->m);
	int64_t        best = s->flips.objective;
	uint8_t       *x = s->flips.x;

	memcpy(s->best, x, s->m->n);
	while (s->work < limit && !taut_ctx_stopped(ctx)) {
		reset_weights(s);
		s->held = (uint32_t)taut_rng_below(rng, s->m->n);
		s->work += s->m->n / 4;
		flip(s, s->held);
		if (walk(s, EJECT_WORK, rng, ctx) && s->flips.objective < best)
			descend(s, ctx);
		if (s->flips.violations == 0 && s->flips.objective <= best) {
			best = s->flips.objective;
			memcpy(s->best, x, s->m->n);
			continue;
		}
		for (uint32_t j = 0; j < s->m->n; j++)
			if (x[j] != s->best[j])
				flip(s, j);
	}
	descend(s, ctx); /* an answer as good as the best may still have a better neighbour */
}

static void generic_improve(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	generic *s = state;

	start(s, x);
	if (s->m->n == 0)
		return;
	descend(s, ctx);
	eject(s, rng, ctx);
}

const taut_strategy taut_strategy_generic = {
	.open = generic_open,
	.close = generic_close,
	.save_work = generic_save_work,
	.make_feasible = generic_make_feasible,
	.improve = generic_improve,
};
