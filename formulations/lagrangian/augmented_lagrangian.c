/*
 * augmented_lagrangian: multipliers and a squared term, both without slack bits (Hestenes 1969,
 * Powell 1969; on annealers Yonaga et al. 2020, arXiv 2012.06119; Sharma & Lau 2025, arXiv
 * 2507.12159).
 *
 * A row lo <= a x <= hi contributes, but for the constant l^2 / (2 rho),
 *
 *   rho/2 (a x - z + l/rho)^2  =  rho/2 (a x - z)^2 + l (a x - z).
 *
 * With A the mean activity of the round's samples, z is b of an equation, else hi while
 * A + l/rho > hi and lo while A + l/rho < lo. While neither holds, the true term of an inequality,
 * max(0, .)^2, is 0 near the samples: only l (a x - z) stays. Before the first samples the rows
 * with a given multiplier take part; where none are given, all.
 *
 * Step, after every round, with z = A + l/rho cut to [lo, hi]:
 *
 *   l <- l + rho (A - z)
 *
 * which is [l + rho (A - hi)]+ for <= rows and l + rho (A - b) for equations.
 *
 * The multipliers of equations rest after a round of which ENOUGH of the samples were feasible:
 * further steps would raise the share, but also the coefficients, and freeze the objective's
 * choice.
 *
 * Start: rho/2 is taut_plan_core_weight, shared by the rows with limits that take part.
 * Growth: rho doubles, at most GROWTHS_MAX times, for rows whose mean breaks them by more than
 * TOLERANCE of their mean |a|, when the norm of A - z has not fallen to STALL of the round before.
 * The weight of the products starts exact and doubles likewise. --penalty gives the first rho/2.
 * Insets: a row with one limit is held away from it, hi - inset_k in place of hi, lo + inset_k of
 * lo. After every round inset_k moves by the overshoot that all but BROKEN / m of the round's
 * points stay below (of a row that has something to spare by BACK of it, outwards), m the rows with
 * one limit, cut to [0, INSET_MAX mean |a|]: the limit of a chance constraint, by its quantile
 * (Charnes & Cooper 1959). Most samples then need no repair; without points, or for equations,
 * inset_k is 0.
 */
#include <math.h>

#include "base/alloc.h"
#include "formulations/methods.h"
#include "formulations/plan.h"

static const double STALL = 0.7;
static const double TOLERANCE = 0.5;
static const double ENOUGH = 0.1;
static const double BROKEN = 0.6;  /* samples that may break rows, all rows together */
static const double BACK = 0.5;    /* of what a row has to spare, outwards again */
static const double INSET_MAX = 2; /* mean |a| */
enum { GROWTHS_MAX = 20 };

typedef struct {
	taut_plan plan;    /* first */
	double   *l;       /* [n_rows] */
	double   *rho;     /* [n_rows]; 0: the row needs no term */
	double   *size;    /* [n_rows] mean |a| */
	double   *inset;   /* [n_rows] how far inside its limits the row is held */
	bool     *breaks;  /* [n_rows] scratch of observe */
	uint8_t  *growths; /* [n_rows] */
	uint8_t   pair_growths;
	double    norm;      /* of the last round; infinite before */
	double    conflicts; /* likewise */
} method;

/* The row as it is held: a row that is no equation keeps away from its limits. */
static taut_row held(const method *s, uint32_t k)
{
	taut_row      row = s->plan.model->rows[k];
	const int64_t inset = (int64_t)s->inset[k];

	if (row.hi != TAUT_NO_LIMIT_HI)
		row.hi -= inset;
	if (row.lo != TAUT_NO_LIMIT_LO)
		row.lo += inset;
	return row;
}

/* The row's term while the samples' shifted mean A + l/rho is `at`. */
static void set_term(method *s, uint32_t k, double at)
{
	const taut_row  own = held(s, k);
	const taut_row *row = &own;
	taut_row_term  *term = &s->plan.rows[k];
	bool            above, below;

	above = row->hi != TAUT_NO_LIMIT_HI && at > (double)row->hi;
	below = row->lo != TAUT_NO_LIMIT_LO && at < (double)row->lo;
	term->target = above || (!below && row->hi != TAUT_NO_LIMIT_HI && s->l[k] >= 0) ? row->hi
	                                                                                : row->lo;
	term->weight = above || below || taut_row_is_equation(row) ? s->rho[k] / 2 : 0.0;
	term->multiplier = s->l[k];
	if (term->weight == 0.0 && term->multiplier == 0.0)
		*term = (taut_row_term){0};
}

/* Stands in for A + l/rho before the first samples: past the limit of a row that takes part, the
 * middle of what a ranged row can reach. */
static double first_activity(const method *s, uint32_t k, bool priced)
{
	const taut_row *row = &s->plan.model->rows[k];
	int64_t         lo, hi;

	taut_row_range(&lo, &hi, s->plan.model, k);
	if (row->hi == TAUT_NO_LIMIT_HI)
		return (double)row->lo - (!priced || s->l[k] != 0.0);
	if (row->lo == TAUT_NO_LIMIT_LO)
		return (double)row->hi + (!priced || s->l[k] != 0.0);
	return 0.5 * ((double)lo + (double)hi);
}

static void init_row(method *s, uint32_t k, const taut_options *options, const double *multipliers,
                     uint32_t sharing)
{
	const double given = taut_plan_given_weight(&s->plan, options, k);

	if (!taut_plan_has_row(&s->plan, k))
		return;
	s->size[k] = taut_row_mean_size(s->plan.model, k);
	s->rho[k] = 2 * (given > 0 ? given : taut_plan_core_weight(&s->plan, k, sharing));
	s->l[k] = multipliers ? multipliers[k] : 0.0;
	set_term(s, k, first_activity(s, k, multipliers != NULL));
}

/* One step of row k's multiplier; returns |A - z| / mean |a|, and in *breaks whether the mean
 * breaks the row. */
static double step(bool *breaks, method *s, uint32_t k, double mean)
{
	const taut_row  own = held(s, k);
	const taut_row *row = &own;
	const taut_row *limits = &s->plan.model->rows[k];
	const double    off = mean - taut_row_cut(row, mean + s->l[k] / s->rho[k]);

	s->l[k] += s->rho[k] * off;
	if (!taut_row_is_equation(row) && ((row->hi == TAUT_NO_LIMIT_HI && s->l[k] > 0) ||
	                                   (row->lo == TAUT_NO_LIMIT_LO && s->l[k] < 0)))
		s->l[k] = 0; /* rounding left a wrong sign */
	*breaks = fabs(mean - taut_row_cut(limits, mean)) > TOLERANCE * s->size[k];
	return fabs(off) / s->size[k];
}

/* A row with one limit. */
static bool is_held(const taut_row *row)
{
	return (row->hi == TAUT_NO_LIMIT_HI) != (row->lo == TAUT_NO_LIMIT_LO);
}

static double beyond(const taut_row *row, int64_t activity)
{
	return row->hi != TAUT_NO_LIMIT_HI ? (double)activity - (double)row->hi
	                                   : (double)row->lo - (double)activity;
}

/* By how much the points overstep row k, all but a share of `rest` of them: below 0 they keep it
 * with so much to spare. A count, not a sort: the least overshoot with few enough above it. */
static double overshoot(const taut_round *round, const taut_model *m, uint32_t k, double rest)
{
	const taut_row *row = &m->rows[k];
	double          best = INFINITY;

	for (size_t p = 0; p < round->n_points; p++) {
		const double at = beyond(row, round->point_activity[p * m->n_rows + k]);
		size_t       above = 0;

		for (size_t q = 0; q < round->n_points && at < best; q++)
			above += beyond(row, round->point_activity[q * m->n_rows + k]) > at;
		if (at < best && (double)above <= rest * (double)round->n_points)
			best = at;
	}
	return best;
}

/* Rows move inside until most samples keep them all. */
static void move_insets(method *s, const taut_round *round)
{
	const taut_model *m = s->plan.model;
	uint32_t          sharing = 0;

	for (uint32_t k = 0; k < m->n_rows; k++)
		sharing += s->rho[k] > 0 && is_held(&m->rows[k]);
	for (uint32_t k = 0; k < m->n_rows && round->n_points; k++) {
		double off;

		if (s->rho[k] == 0.0 || !is_held(&m->rows[k]))
			continue;
		off = overshoot(round, m, k, BROKEN / (double)sharing);
		s->inset[k] += off > 0 ? off : BACK * off;
		s->inset[k] = fmax(0, fmin(s->inset[k], INSET_MAX * s->size[k]));
	}
}

static taut_status observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx,
                           taut_error *err)
{
	method           *s = (method *)f;
	const taut_model *m = s->plan.model;
	const bool        rest = (double)round->feasible >= ENOUGH * (double)round->samples;
	double            square = 0;
	bool              stalled;

	(void)ctx;
	(void)err;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		double off;

		s->breaks[k] = false;
		if (s->rho[k] == 0.0 || (rest && taut_row_is_equation(&m->rows[k])))
			continue;
		off = step(&s->breaks[k], s, k, round->mean_activity[k]);
		square += off * off;
	}
	move_insets(s, round);
	stalled = sqrt(square) > STALL * s->norm;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		if (s->rho[k] == 0.0)
			continue;
		if (stalled && s->breaks[k] && s->growths[k] < GROWTHS_MAX) {
			s->rho[k] *= 2;
			s->growths[k]++;
		}
		set_term(s, k, round->mean_activity[k] + s->l[k] / s->rho[k]);
	}
	if (round->mean_conflicts > STALL * s->conflicts && s->pair_growths < GROWTHS_MAX) {
		s->plan.pair_share *= 2;
		s->plan.pair_fixed *= 2;
		s->pair_growths++;
	}
	s->norm = sqrt(square);
	s->conflicts = round->mean_conflicts;
	return TAUT_OK;
}

static void describe(taut_applied *out, const taut_formulation *f)
{
	taut_plan_describe(out, f);
	out->dual = ((const method *)f)->l;
}

static void close(taut_formulation *f)
{
	method *s = (method *)f;

	if (!s)
		return;
	taut_plan_fini(&s->plan);
	taut_free(s->l);
	taut_free(s->rho);
	taut_free(s->size);
	taut_free(s->inset);
	taut_free(s->breaks);
	taut_free(s->growths);
	taut_free(s);
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	method     *s = taut_alloc(1, sizeof *s, err);
	uint32_t    sharing = 0;
	taut_status st;

	(void)ctx;
	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	st = taut_plan_init(&s->plan, &taut_augmented_lagrangian_ops, model, options, exchange,
	                    err);
	s->l = taut_alloc(model->n_rows, sizeof *s->l, err);
	s->rho = taut_alloc(model->n_rows, sizeof *s->rho, err);
	s->size = taut_alloc(model->n_rows, sizeof *s->size, err);
	s->inset = taut_alloc(model->n_rows, sizeof *s->inset, err);
	s->breaks = taut_alloc(model->n_rows, sizeof *s->breaks, err);
	s->growths = taut_alloc(model->n_rows, sizeof *s->growths, err);
	if (st != TAUT_OK || !s->l || !s->rho || !s->size || !s->inset || !s->breaks ||
	    !s->growths) {
		close(&s->plan.base);
		return st != TAUT_OK ? st : TAUT_ENOMEM;
	}
	s->norm = s->conflicts = INFINITY;
	for (uint32_t k = 0; k < model->n_rows; k++)
		sharing += taut_plan_has_row(&s->plan, k) &&
		           !taut_row_is_equation(&model->rows[k]) &&
		           (!multipliers || multipliers[k] != 0.0);
	for (uint32_t k = 0; k < model->n_rows; k++)
		init_row(s, k, options, multipliers, sharing ? sharing : 1);
	*out = &s->plan.base;
	return TAUT_OK;
}

const taut_formulation_ops taut_augmented_lagrangian_ops = {
	.name = TAUT_METHOD_AUGMENTED_LAGRANGIAN,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = observe,
	.describe = describe,
	.close = close,
};
