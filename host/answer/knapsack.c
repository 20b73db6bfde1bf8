/*
 * Multidimensional knapsack. Repair: drop the items of least efficiency (profit over
 * multiplier-weighted weight, Pirkul 1987) until every row holds, then add greedily. Local search:
 * add, exchange 1-1, 2-1 and 1-2, among the items nearest to the efficiency at which the greedy
 * rule changes its mind (the core, Balas & Zemel 1980).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "answer/strategy.h"
#include "base/alloc.h"

/* Items looked at on either side of the core: for single exchanges, and where one side has pairs.
 */
enum { SINGLE_CORE = 160, PAIR_CORE = 40 };
/* Left items, most efficient first, that are looked at for room after an exchange. */
enum { FILL_CORE = 2048 };
/* Matrix entries visited by the kicks of one call, beside those of the first climb; and kicks. */
#define KICK_WORK (UINT64_C(1) << 19)
enum { MAX_KICKS = 200, KICK_ITEMS = 3 };

typedef struct {
	double   efficiency;
	uint32_t item;
} ranked;

typedef struct {
	const taut_model *m;
	uint8_t          *x;        /* the caller's */
	uint32_t         *order;    /* [n] items, most efficient first */
	int64_t          *activity; /* [n_rows] */
	int64_t          *capacity; /* [n_rows] */
	uint32_t *in, *out; /* [n] items of the core: least efficient chosen, most efficient left */
	uint32_t  n_in, n_out;
	int64_t   profit;
	uint8_t  *best; /* [n] */
	uint64_t  work; /* matrix entries visited */
} knapsack;

/* Most efficient first, then by index: a total order, so that any sort gives the same. */
static int by_efficiency(const void *a, const void *b)
{
	const ranked *p = a;
	const ranked *q = b;

	if (p->efficiency != q->efficiency)
		return p->efficiency > q->efficiency ? -1 : 1;
	return p->item < q->item ? -1 : p->item > q->item;
}

/* Price of a unit of row k's capacity. Without multipliers: the share of the demand that does not
 * fit, per unit of capacity; a small part of it is always added, so that no row is free of charge.
 */
static void set_prices(double *price, const taut_model *m, const double *multipliers)
{
	double given = 0.0;
	double ruled = 0.0;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		const double    capacity = row->hi > 0 ? (double)row->hi : 0.5;
		double          demand = 0.0;
		for (size_t e = row->first; e < row->first + row->count; e++)
			demand += (double)m->row_coef[e];
		price[k] = demand > capacity ? (1.0 - capacity / demand) / capacity : 0.0;
		ruled += price[k] * capacity;
		if (multipliers && multipliers[k] > 0.0)
			given += multipliers[k] * capacity;
	}
	if (given <= 0.0 || ruled <= 0.0)
		return;
	for (uint32_t k = 0; k < m->n_rows; k++)
		price[k] = price[k] * 0.01 * given / ruled +
		           (multipliers[k] > 0.0 ? multipliers[k] : 0.0);
}

static taut_status rank_items(knapsack *s, const double *multipliers, taut_error *err)
{
	const taut_model *m = s->m;
	taut_status       st = TAUT_ENOMEM;
	double           *price = taut_alloc(m->n_rows, sizeof *price, err);
	ranked           *r = taut_alloc(m->n, sizeof *r, err);

	if (!price || !r)
		goto done;
	set_prices(price, m, multipliers);
	for (uint32_t i = 0; i < m->n; i++) {
		double weight = 1e-300; /* an item without weight ranks first */
		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			weight += price[m->column_row[e]] * (double)m->column_coef[e];
		r[i] = (ranked){(double)m->linear[i] / weight, i};
	}
	qsort(r, m->n, sizeof *r, by_efficiency);
	for (uint32_t i = 0; i < m->n; i++)
		s->order[i] = r[i].item;
	st = TAUT_OK;
done:
	taut_free(price);
	taut_free(r);
	return st;
}

static void knapsack_close(void *state)
{
	knapsack *s = state;

	if (!s)
		return;
	taut_free(s->order);
	taut_free(s->activity);
	taut_free(s->capacity);
	taut_free(s->in);
	taut_free(s->out);
	taut_free(s->best);
	taut_free(s);
}

static taut_status knapsack_open(void **out, const taut_model *m, const double *multipliers,
                                 taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	knapsack   *s = taut_alloc(1, sizeof *s, err);

	*out = NULL;
	if (!s)
		goto done;
	s->m = m;
	s->order = taut_alloc(m->n, sizeof *s->order, err);
	s->activity = taut_alloc(m->n_rows, sizeof *s->activity, err);
	s->capacity = taut_alloc(m->n_rows, sizeof *s->capacity, err);
	s->in = taut_alloc(m->n, sizeof *s->in, err);
	s->out = taut_alloc(m->n, sizeof *s->out, err);
	s->best = taut_alloc(m->n, 1, err);
	if (!s->order || !s->activity || !s->capacity || !s->in || !s->out || !s->best)
		goto done;
	for (uint32_t k = 0; k < m->n_rows; k++)
		s->capacity[k] = m->rows[k].hi;
	st = rank_items(s, multipliers, err);
	if (st != TAUT_OK)
		goto done;
	*out = s;
	s = NULL; /* now the caller's */
done:
	knapsack_close(s);
	return st;
}

static void set(knapsack *s, uint32_t i, uint8_t value)
{
	const taut_model *m = s->m;
	const int64_t     step = value ? 1 : -1;

	assert(s->x[i] != value);
	s->x[i] = value;
	s->profit += step * m->linear[i];
	s->work += m->column_first[i + 1] - m->column_first[i] + 1;
	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
		s->activity[m->column_row[e]] += step * m->column_coef[e];
}

static bool fits(knapsack *s, uint32_t i)
{
	const taut_model *m = s->m;
	const size_t      end = m->column_first[i + 1];
	size_t            e = m->column_first[i];

	while (e < end &&
	       s->activity[m->column_row[e]] + m->column_coef[e] <= s->capacity[m->column_row[e]])
		e++;
	s->work += e - m->column_first[i] + 1;
	return e == end;
}

static void start(knapsack *s, uint8_t *x)
{
	const taut_model *m = s->m;

	s->x = x;
	s->profit = 0;
	s->work += s->m->column_first[s->m->n];
	memset(s->activity, 0, m->n_rows * sizeof *s->activity);
	for (uint32_t i = 0; i < m->n; i++) {
		if (!x[i])
			continue;
		s->profit += m->linear[i];
		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			s->activity[m->column_row[e]] += m->column_coef[e];
	}
}

/* Adds every item that fits of the `most` most efficient left ones, but none that is marked in
 * `except` (NULL: no marks). */
static bool fill(knapsack *s, uint32_t most, const uint32_t *except, uint32_t n_except)
{
	bool any = false;

	for (uint32_t r = 0; r < s->m->n && most > 0; r++) {
		const uint32_t i = s->order[r];
		bool           skip = s->x[i] || s->m->linear[i] == 0;

		most -= !skip;
		for (uint32_t k = 0; k < n_except; k++)
			skip = skip || except[k] == i;
		if (skip || !fits(s, i))
			continue;
		set(s, i, 1);
		any = true;
	}
	return any;
}

static bool in_broken_row(const knapsack *s, uint32_t i)
{
	const taut_model *m = s->m;

	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
		if (s->activity[m->column_row[e]] > s->capacity[m->column_row[e]])
			return true;
	return false;
}

/* Takes the least efficient items out of rows that are exceeded. */
static void settle(knapsack *s)
{
	for (uint32_t r = s->m->n; r-- > 0;)
		if (s->x[s->order[r]] && in_broken_row(s, s->order[r]))
			set(s, s->order[r], 0);
}

static void knapsack_make_feasible(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	knapsack *s = state;

	(void)rng, (void)ctx;
	start(s, x);
	settle(s);
	fill(s, UINT32_MAX, NULL, 0);
}

/* The `most` least efficient chosen items and most efficient left ones. */
static void list_core(knapsack *s, uint32_t most)
{
	s->n_in = s->n_out = 0;
	for (uint32_t r = s->m->n; r-- > 0 && s->n_in < most;)
		if (s->x[s->order[r]])
			s->in[s->n_in++] = s->order[r];
	for (uint32_t r = 0; r < s->m->n && s->n_out < most; r++)
		if (!s->x[s->order[r]])
			s->out[s->n_out++] = s->order[r];
}

/* Exchanges the item in[at] for the most efficient left one that brings more. */
static bool exchange_one(knapsack *s, uint32_t at)
{
	const int64_t *c = s->m->linear;
	const uint32_t i = s->in[at];
	uint32_t       b = 0;

	set(s, i, 0);
	while (b < s->n_out && (c[s->out[b]] <= c[i] || !fits(s, s->out[b])))
		b++;
	if (b < s->n_out) {
		s->in[at] = s->out[b];
		s->out[b] = i;
	}
	set(s, s->in[at], 1);
	return b < s->n_out;
}

/* First pair of left items that can stand for i and gains. */
static bool exchange_for_two(knapsack *s, uint32_t i)
{
	const int64_t *c = s->m->linear;

	set(s, i, 0);
	for (uint32_t a = 0; a < s->n_out; a++) {
		const uint32_t j = s->out[a];
		if (!fits(s, j))
			continue;
		set(s, j, 1);
		for (uint32_t b = a + 1; b < s->n_out; b++) {
			const uint32_t k = s->out[b];
			if (c[j] + c[k] > c[i] && fits(s, k)) {
				set(s, k, 1);
				return true;
			}
		}
		set(s, j, 0);
	}
	set(s, i, 1);
	return false;
}

/* First left item that can stand for i and a second chosen one and gains. */
static bool exchange_two_for_one(knapsack *s, uint32_t at)
{
	const int64_t *c = s->m->linear;
	const uint32_t i = s->in[at];

	set(s, i, 0);
	for (uint32_t a = at + 1; a < s->n_in; a++) {
		const uint32_t k = s->in[a];
		set(s, k, 0);
		for (uint32_t b = 0; b < s->n_out; b++) {
			const uint32_t j = s->out[b];
			if (c[j] > c[i] + c[k] && fits(s, j)) {
				set(s, j, 1);
				return true;
			}
		}
		set(s, k, 1);
	}
	set(s, i, 1);
	return false;
}

static bool improve_once(knapsack *s)
{
	bool any = false;

	if (fill(s, FILL_CORE, NULL, 0))
		return true;
	list_core(s, SINGLE_CORE);
	for (uint32_t a = 0; a < s->n_in; a++)
		any = exchange_one(s, a) || any;
	if (any)
		return true;
	list_core(s, PAIR_CORE);
	for (uint32_t a = 0; a < s->n_in && !any; a++)
		any = exchange_for_two(s, s->in[a]) || exchange_two_for_one(s, a);
	return any;
}

/* Every step raises an integer, so it ends; feasible at any time. */
static void climb(knapsack *s, const taut_ctx *ctx)
{
	while (improve_once(s) && !taut_ctx_stopped(ctx))
		;
}

/* Drops every chosen item behind a random rank: what follows refills from the most efficient on. */
static void cut(knapsack *s, taut_rng *rng)
{
	for (uint32_t r = (uint32_t)taut_rng_below(rng, s->m->n); r < s->m->n; r++)
		if (s->x[s->order[r]])
			set(s, s->order[r], 0);
}

/* Forces a left item of the core in; random chosen ones make room. */
static void force(knapsack *s, taut_rng *rng)
{
	uint32_t in;

	if (s->n_out == 0)
		return;
	in = s->out[taut_rng_below(rng, s->n_out)];
	set(s, in, 1);
	while (s->n_in > 0 && in_broken_row(s, in)) {
		const uint32_t at = (uint32_t)taut_rng_below(rng, s->n_in);
		set(s, s->in[at], 0);
		s->in[at] = s->in[--s->n_in];
	}
	settle(s);
}

static void kick(knapsack *s, taut_rng *rng, const taut_ctx *ctx)
{
	uint32_t dropped[KICK_ITEMS];
	uint32_t count = 0;
	uint32_t want = 0;

	list_core(s, PAIR_CORE);
	switch (taut_rng_below(rng, 8)) {
	case 0:
		cut(s, rng);
		break;
	case 1:
	case 2:
	case 3:
	case 4:
		force(s, rng);
		break;
	default:
		want = 1 + (uint32_t)taut_rng_below(rng, KICK_ITEMS);
		break;
	}
	for (; count < want && s->n_in > 0; count++) {
		const uint32_t at = (uint32_t)taut_rng_below(rng, s->n_in);
		dropped[count] = s->in[at];
		s->in[at] = s->in[--s->n_in];
		set(s, dropped[count], 0);
	}
	fill(s, FILL_CORE, dropped, count);
	climb(s, ctx);
}

/* Iterated local search: a kick is taken back where it loses. */
static void knapsack_improve(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	knapsack *s = state;
	int64_t   best;
	uint64_t  limit;

	start(s, x);
	fill(s, UINT32_MAX, NULL, 0);
	climb(s, ctx);
	best = s->profit;
	memcpy(s->best, x, s->m->n);
	limit = s->work + KICK_WORK;
	for (uint32_t k = 0; k < MAX_KICKS && s->work < limit && !taut_ctx_stopped(ctx); k++) {
		kick(s, rng, ctx);
		if (s->profit >= best) {
			best = s->profit;
			memcpy(s->best, x, s->m->n);
		} else {
			memcpy(x, s->best, s->m->n);
			start(s, x);
		}
	}
}

const taut_strategy taut_strategy_knapsack = {
	.open = knapsack_open,
	.close = knapsack_close,
	.make_feasible = knapsack_make_feasible,
	.improve = knapsack_improve,
};
