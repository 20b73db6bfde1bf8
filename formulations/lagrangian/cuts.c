#include "formulations/lagrangian/cuts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "formulations/closed.h"

static const double BOX = 2;          /* the first edge: an average item twice paid for */
static const double EDGE = 0.999;     /* of the box, counts as its edge */
static const double BOX_MAX = 0x1p20; /* no further: the rows cannot be met */

/* --- life --- */

static double size_of_change(const taut_plan *plan, uint32_t i)
{
	return fmax(fabs(plan->change[i].lo), fabs(plan->change[i].hi));
}

static void add_side(taut_cuts *c, uint32_t k, double sign, double limit, double price)
{
	const taut_row *row = &c->plan->model->rows[k];

	c->side[c->n++] = (taut_side){.row = k,
	                              .sign = sign,
	                              .limit = limit,
	                              .price = price,
	                              .lo = row->lo == row->hi ? -BOX : 0,
	                              .hi = BOX};
}

static void add_sides(taut_cuts *c, uint32_t k)
{
	const taut_model *m = c->plan->model;
	const taut_row   *row = &m->rows[k];
	double            change = 0;
	double            size = 0;
	double            price;
	int64_t           least, most;

	for (size_t e = row->first; e < row->first + row->count; e++) {
		change += size_of_change(c->plan, m->row_col[e]);
		size += fabs((double)m->row_coef[e]);
	}
	price = change > 0 ? change / size : 1.0; /* nothing to gain: any price will do */
	taut_row_range(&least, &most, m, k);
	if (row->lo == row->hi || (row->hi != TAUT_NO_LIMIT_HI && most > row->hi))
		add_side(c, k, 1, (double)row->hi, price);
	if (row->lo != row->hi && row->lo != TAUT_NO_LIMIT_LO && least < row->lo)
		add_side(c, k, -1, (double)row->lo, price);
}

taut_status taut_cuts_init(taut_cuts *out, const taut_plan *plan, size_t limit, taut_error *err)
{
	const taut_model *m = plan->model;

	assert(limit >= 2);
	*out = (taut_cuts){.plan = plan, .limit = limit, .closed = taut_closed_is(plan)};
	out->side = taut_alloc(2 * (size_t)m->n_rows, sizeof *out->side, err);
	out->activity = taut_alloc(m->n_rows, sizeof *out->activity, err);
	out->price = taut_alloc(m->n_rows, sizeof *out->price, err);
	out->group = taut_alloc(m->n_rows, sizeof *out->group, err);
	out->member = taut_alloc(m->n_rows, sizeof *out->member, err);
	if (!out->side || !out->activity || !out->price || !out->group || !out->member)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < m->n; i++)
		out->unit += size_of_change(plan, i);
	if (!(out->unit > 0))
		out->unit = 1;
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (taut_plan_has_row(plan, k))
			add_sides(out, k);
	return TAUT_OK;
}

void taut_cuts_fini(taut_cuts *cuts)
{
	taut_free(cuts->side);
	taut_free(cuts->value);
	taut_free(cuts->slope);
	taut_free(cuts->activity);
	taut_free(cuts->price);
	taut_free(cuts->group);
	taut_free(cuts->member);
	*cuts = (taut_cuts){0};
}

/* --- points --- */

void taut_cuts_start(double *v, taut_cuts *cuts, const double *multipliers)
{
	for (uint32_t j = 0; j < cuts->n; j++) {
		taut_side   *side = &cuts->side[j];
		const double given = multipliers ? side->sign * multipliers[side->row] : 0.0;

		v[j] = given / side->price;
		if (side->lo == 0.0 && !(v[j] > 0))
			v[j] = 0;
		while (side->hi < fabs(v[j]) && side->hi < BOX_MAX)
			side->hi *= 2;
		if (side->lo != 0.0)
			side->lo = -side->hi;
		v[j] = fmax(side->lo, fmin(side->hi, v[j]));
	}
}

void taut_cuts_prices(double *out, const taut_cuts *cuts, const double *v)
{
	memset(out, 0, cuts->plan->model->n_rows * sizeof *out);
	for (uint32_t j = 0; j < cuts->n; j++)
		out[cuts->side[j].row] += cuts->side[j].sign * cuts->side[j].price * v[j];
}

static double cut_at(const taut_cuts *c, size_t i, const double *v)
{
	const double *slope = c->slope + i * c->n;
	double        value = c->value[i];

	for (uint32_t j = 0; j < c->n; j++)
		value += slope[j] * v[j];
	return value;
}

double taut_cuts_model(const taut_cuts *cuts, const double *v)
{
	double least = INFINITY;

	for (size_t i = 0; i < cuts->count; i++)
		least = fmin(least, cut_at(cuts, i, v));
	return least;
}

bool taut_cuts_widen(taut_cuts *cuts, const double *v)
{
	bool found = false;

	for (uint32_t j = 0; j < cuts->n; j++) {
		taut_side *side = &cuts->side[j];

		if (fabs(v[j]) < EDGE * side->hi || side->hi >= BOX_MAX)
			continue;
		side->hi *= 2;
		side->lo *= 2;
		found = true;
	}
	cuts->generation += found;
	return found;
}

/* --- cuts --- */

/* Half of the cuts go, those that are furthest above the model at `at`: the threshold is found by
 * bisection on the distance. */
static void drop(taut_cuts *c, const double *at)
{
	const double least = taut_cuts_model(c, at);
	double       lo = 0;
	double       hi = 0;
	size_t       kept = 0;
	size_t       near = 0, near_all, even = 0;
	const size_t room = c->limit / 2;

	for (size_t i = 0; i < c->count; i++)
		hi = fmax(hi, cut_at(c, i, at) - least);
	for (int step = 0; step < 40; step++) {
		const double middle = 0.5 * (lo + hi);
		size_t       below = 0;

		for (size_t i = 0; i < c->count; i++)
			below += cut_at(c, i, at) - least <= middle;
		if (below > c->limit / 2)
			hi = middle;
		else
			lo = middle;
	}
	/* all up to lo, then of those up to hi as many as there is room for, the newest */
	for (size_t i = 0; i < c->count; i++) {
		near += cut_at(c, i, at) - least <= lo;
		even += cut_at(c, i, at) - least <= hi;
	}
	even -= near;
	near_all = near;
	for (size_t i = 0; i < c->count; i++) {
		const double distance = cut_at(c, i, at) - least;
		bool         stays = distance <= hi;

		if (distance <= lo)
			stays = near-- <= room;
		else if (stays)
			stays = even-- + (near_all < room ? near_all : room) <= room;
		if (!stays)
			continue;
		c->value[kept] = c->value[i];
		memmove(c->slope + kept * c->n, c->slope + i * c->n, c->n * sizeof *c->slope);
		kept++;
	}
	c->count = kept;
	c->generation++;
}

/* Slope of the cut of a point with c->activity. */
static double slope_of(const taut_cuts *c, uint32_t j)
{
	const taut_side *side = &c->side[j];

	return side->sign * (c->activity[side->row] - side->limit) * side->price / c->unit;
}

/* The cut of a point of objective f (to be minimised, plan's units) with c->activity. */
static taut_status add(taut_cuts *c, double f, const double *at, taut_error *err)
{
	double *value, *slope;

	if (c->count >= c->limit)
		drop(c, at);
	value = taut_grow(c->value, &c->value_capacity, c->count + 1, sizeof *value, err);
	if (!value)
		return TAUT_ENOMEM;
	c->value = value;
	slope = taut_grow(c->slope, &c->slope_capacity, (c->count + 1) * c->n, sizeof *slope, err);
	if (!slope)
		return TAUT_ENOMEM;
	c->slope = slope;
	slope += c->count * c->n;
	c->value[c->count] = f / c->unit;
	for (uint32_t j = 0; j < c->n; j++)
		slope[j] = slope_of(c, j);
	for (size_t i = 0; i < c->count; i++)
		if (c->value[i] == c->value[c->count] &&
		    memcmp(c->slope + i * c->n, slope, c->n * sizeof *slope) == 0)
			return TAUT_OK; /* known */
	c->count++;
	return TAUT_OK;
}

taut_status taut_cuts_evaluate(double *value, double *there, taut_cuts *cuts, const double *v,
                               const double *at, taut_error *err)
{
	double f;

	assert(cuts->closed);
	taut_cuts_prices(cuts->price, cuts, v);
	f = taut_closed_minimise(cuts->activity, NULL, cuts->group, cuts->member, cuts->plan,
	                         cuts->price);
	cuts->evaluations++;
	*value = *there = f / cuts->unit;
	for (uint32_t j = 0; j < cuts->n; j++) {
		const double slope = slope_of(cuts, j);

		*value += slope * v[j];
		*there += slope * at[j];
	}
	return add(cuts, f, at, err);
}

taut_status taut_cuts_take(taut_cuts *cuts, const taut_round *round, const double *at,
                           taut_error *err)
{
	const taut_model *m = cuts->plan->model;
	taut_status       st = TAUT_OK;

	for (size_t p = 0; p < round->n_points && st == TAUT_OK && cuts->n; p++) {
		const int64_t *activity = round->point_activity + p * m->n_rows;
		bool           inside = round->point_conflicts[p] == 0;

		for (uint32_t k = 0; k < m->n_rows; k++) {
			cuts->activity[k] = (double)activity[k];
			if (m->rows[k].tag == TAUT_ROW_AT_MOST_ONE && activity[k] > 1)
				inside = false;
		}
		if (inside)
			st = add(cuts,
			         (m->maximise ? -1.0 : 1.0) * (double)round->point_objective[p], at,
			         err);
	}
	return st;
}
