/*
 * The window is cut in two halves; each half's 2^h sums stand in a list sorted by the sums of the
 * first three forms. Residual e_0 of the first form is tried in the order 0, 1, -1, 2, ..: entries
 * that meet it are found by walking the two lists against each other, and among those the ones with
 * a small enough second residual by two moving ends. Every answer found narrows what is still
 * looked for.
 */
#include "answer/window.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "model/evaluate.h"

enum { KEYS = 4 };

/* Work between two looks at the clock. */
#define LOOK_EVERY (UINT64_C(1) << 20)

typedef struct {
	int32_t  sum[KEYS]; /* of the first forms; 0 where there are fewer */
	uint32_t mask;      /* which of the half's variables are 1 */
} entry;

typedef struct {
	entry          *entries; /* [n] sorted */
	size_t          n;
	const uint32_t *variable; /* [count] */
	uint32_t        count;
	const int64_t  *coef; /* [count][n_forms] */
} half;

typedef struct {
	const taut_model *m;
	int64_t          *base;  /* [n_forms] residuals with the window at 0 */
	int64_t          *bound; /* [n_forms] no residual is larger in magnitude; < 2^30 */
	half              a, b;
	int64_t           best; /* cost to beat */
	uint32_t          best_a, best_b;
	bool              found;
	uint64_t          work, work_limit, next_look;
	bool              stopped;
	const taut_ctx   *ctx;
} search;

bool taut_window_applies(const taut_model *m)
{
	for (uint32_t f = 0; f < m->n_forms; f++)
		if (m->forms[f].weight == 0 || (m->forms[f].weight < 0) != m->maximise)
			return false;
	return m->n_forms > 0 && m->n_rows == 0 && m->n_conflicts == 0;
}

static int64_t cost(const taut_model *m, uint32_t f, int64_t residual)
{
	const int64_t weight = m->maximise ? -m->forms[f].weight : m->forms[f].weight;

	if (m->forms[f].kind == TAUT_FORM_SQUARE)
		return weight * residual * residual;
	return weight * (residual < 0 ? -residual : residual);
}

/* Largest r >= 0 that form f may have with cost(r) <= most; -1 where there is none. Bisection: cost
 * grows with r. */
static int64_t radius(const search *s, uint32_t f, int64_t most)
{
	int64_t low = -1;
	int64_t high = s->bound[f];

	if (most < 0)
		return -1;
	while (low < high) {
		const int64_t middle = low + (high - low + 1) / 2;
		if (cost(s->m, f, middle) <= most)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static int compare(const entry *p, const entry *q)
{
	for (int k = 0; k < KEYS; k++)
		if (p->sum[k] != q->sum[k])
			return p->sum[k] < q->sum[k] ? -1 : 1;
	return 0;
}

/* Sorted list of all sums: for each variable, the list without it merged with the list with it. */
static taut_status list_sums(half *h, uint32_t n_forms, taut_error *err)
{
	entry *old = NULL;
	size_t n = 1;

	h->entries = taut_alloc((size_t)1 << h->count, sizeof *h->entries, err);
	if (h->count > 0)
		old = taut_alloc((size_t)1 << (h->count - 1), sizeof *old, err);
	if (!h->entries || (h->count > 0 && !old)) {
		taut_free(old);
		return TAUT_ENOMEM;
	}
	for (uint32_t i = 0; i < h->count; i++) {
		entry  step = {{0}, 0};
		size_t without = 0;
		size_t with = 0;
		for (uint32_t f = 0; f < KEYS && f < n_forms; f++)
			step.sum[f] = (int32_t)h->coef[(size_t)i * n_forms + f];
		memcpy(old, h->entries, n * sizeof *old);
		for (size_t at = 0; at < 2 * n; at++) {
			entry e = {{0}, 0};
			if (with < n) {
				for (int f = 0; f < KEYS; f++)
					e.sum[f] = old[with].sum[f] + step.sum[f];
				e.mask = old[with].mask | UINT32_C(1) << i;
			}
			if (with == n || (without < n && compare(&old[without], &e) <= 0))
				h->entries[at] = old[without++];
			else {
				h->entries[at] = e;
				with++;
			}
		}
		n *= 2;
	}
	h->n = n;
	taut_free(old);
	return TAUT_OK;
}

static int64_t sum_of(const half *h, uint32_t f, uint32_t n_forms, uint32_t mask)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < h->count; i++)
		if (mask >> i & 1)
			sum += h->coef[(size_t)i * n_forms + f];
	return sum;
}

/* Both entries meet the first two forms well enough; `spent` is what those cost. */
static void try_pair(search *s, const entry *a, const entry *b, int64_t spent)
{
	const uint32_t n_forms = s->m->n_forms;
	int64_t        sum = spent;

	for (uint32_t f = 2; f < n_forms && f < KEYS && sum < s->best; f++)
		sum += cost(s->m, f, s->base[f] + a->sum[f] + b->sum[f]);
	for (uint32_t f = KEYS; f < n_forms && sum < s->best; f++) {
		s->work += 8; /* sum_of goes through up to 20 bits twice */
		sum += cost(s->m, f,
		            s->base[f] + sum_of(&s->a, f, n_forms, a->mask) +
		                    sum_of(&s->b, f, n_forms, b->mask));
	}
	if (sum >= s->best)
		return;
	s->best = sum;
	s->best_a = a->mask;
	s->best_b = b->mask;
	s->found = true;
}

/* All pairs of two runs whose first residual costs `spent`: a's second sum rises, so the part of b
 * that can meet it moves down. */
static void join_runs(search *s, const entry *a, const entry *a_end, const entry *b,
                      const entry *b_end, int64_t spent)
{
	const bool   two = s->m->n_forms > 1;
	int64_t      reach = two ? radius(s, 1, s->best - 1 - spent) : 0;
	int64_t      reached_for = s->best;
	const entry *high = b_end; /* first of b that is too large for a */

	s->work += (uint64_t)(a_end - a) + (uint64_t)(b_end - b);
	for (; a < a_end && spent < s->best; a++) {
		const int64_t goal = two ? -(s->base[1] + a->sum[1]) : 0;
		if (reached_for != s->best && two)
			reach = radius(s, 1, s->best - 1 - spent);
		reached_for = s->best;
		while (high > b && high[-1].sum[1] > goal + reach)
			high--;
		for (const entry *e = high; e > b && e[-1].sum[1] >= goal - reach; e--) {
			const int64_t second = two ? cost(s->m, 1, e[-1].sum[1] - goal) : 0;
			s->work++;
			try_pair(s, a, e - 1, spent + second);
			if (s->best <= spent)
				return;
		}
	}
}

/* Walks the lists against each other for pairs whose first residual is e. */
static void join_lists(search *s, int64_t e)
{
	const entry  *a = s->a.entries;
	const entry  *a_end = a + s->a.n;
	const entry  *b = s->b.entries + s->b.n; /* one behind the run at hand */
	const int64_t spent = cost(s->m, 0, e);

	while (a < a_end && b > s->b.entries && spent < s->best && !s->stopped) {
		const int64_t goal = e - s->base[0] - a->sum[0];
		const entry  *a_run = a;
		const entry  *b_run = b;
		if (b[-1].sum[0] > goal) {
			b--;
			s->work++;
			continue;
		}
		while (a < a_end && a->sum[0] == a_run->sum[0])
			a++;
		if (b[-1].sum[0] == goal) {
			while (b > s->b.entries && b[-1].sum[0] == goal)
				b--;
			join_runs(s, a_run, a, b, b_run, spent);
		}
		s->work += (uint64_t)(a - a_run);
		if (s->work >= s->next_look) {
			s->next_look = s->work + LOOK_EVERY;
			s->stopped = s->work > s->work_limit || taut_ctx_stopped(s->ctx);
		}
	}
}

static void join_all(search *s)
{
	for (int64_t e = 0; e <= s->bound[0] && cost(s->m, 0, e) < s->best && !s->stopped; e++) {
		join_lists(s, e);
		if (e > 0)
			join_lists(s, -e);
	}
}

/* The work grows with a power of the cost that is allowed, so costs below 8, 16, 32, .. least
 * weights are looked for in turn, up to the cost of x. */
static void run(search *s)
{
	const int64_t known = s->best;
	int64_t       limit = INT64_MAX;

	for (uint32_t f = 0; f < s->m->n_forms; f++)
		limit = cost(s->m, f, 1) < limit ? cost(s->m, f, 1) : limit;
	for (limit = limit < known / 8 ? 8 * limit : known; !s->found && !s->stopped;
	     limit = limit < known / 2 ? 2 * limit : known) {
		s->best = limit;
		join_all(s);
		if (limit == known)
			break;
	}
}

/* Coefficients [count][n_forms] of the window and the residuals without it. False where sums may
 * leave 31 bits. */
static bool set_up(search *s, int64_t *coef, const uint8_t *x, const uint32_t *window,
                   uint32_t count)
{
	const taut_model *m = s->m;
	bool              fits = true;

	for (uint32_t f = 0; f < m->n_forms; f++) {
		const taut_form *form = &m->forms[f];
		for (size_t e = form->first; e < form->first + form->count; e++)
			for (uint32_t i = 0; i < count; i++)
				if (window[i] == m->form_col[e])
					coef[(size_t)i * m->n_forms + f] = m->form_coef[e];
		s->base[f] = taut_form_residual(m, f, x);
		for (uint32_t i = 0; i < count; i++) {
			const int64_t c = coef[(size_t)i * m->n_forms + f];
			if (x[window[i]])
				s->base[f] -= c;
			s->bound[f] += c < 0 ? -c : c;
		}
		s->bound[f] += s->base[f] < 0 ? -s->base[f] : s->base[f];
		fits = fits && s->bound[f] < INT64_C(1) << 30;
	}
	return fits;
}

taut_status taut_window_search(bool *exact, uint8_t *x, const taut_model *m, const uint32_t *window,
                               uint32_t count, uint64_t work_limit, const taut_ctx *ctx,
                               taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	search      s = {.m = m, .work_limit = work_limit, .ctx = ctx, .next_look = LOOK_EVERY};
	int64_t    *coef = taut_alloc((size_t)count * m->n_forms, sizeof *coef, err);

	assert(count <= TAUT_WINDOW_MAX && taut_window_applies(m));
	*exact = false;
	s.base = taut_alloc(m->n_forms, sizeof *s.base, err);
	s.bound = taut_alloc(m->n_forms, sizeof *s.bound, err);
	if (!coef || !s.base || !s.bound)
		goto done;
	st = TAUT_OK;
	if (!set_up(&s, coef, x, window, count))
		goto done;
	s.best = (m->maximise ? -1 : 1) * (taut_model_objective(m, x) - m->offset);
	s.a = (half){.variable = window, .count = count / 2, .coef = coef};
	s.b = (half){.variable = window + count / 2,
	             .count = count - count / 2,
	             .coef = coef + (size_t)(count / 2) * m->n_forms};
	st = list_sums(&s.a, m->n_forms, err);
	if (st == TAUT_OK)
		st = list_sums(&s.b, m->n_forms, err);
	if (st != TAUT_OK)
		goto done;
	run(&s);
	*exact = !s.stopped;
	for (uint32_t i = 0; i < s.a.count && s.found; i++)
		x[s.a.variable[i]] = s.best_a >> i & 1;
	for (uint32_t i = 0; i < s.b.count && s.found; i++)
		x[s.b.variable[i]] = s.best_b >> i & 1;
done:
	taut_free(s.a.entries);
	taut_free(s.b.entries);
	taut_free(s.base);
	taut_free(s.bound);
	taut_free(coef);
	return st;
}
