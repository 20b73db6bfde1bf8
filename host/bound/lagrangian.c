#include "bound/lagrangian.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

/* Measured on OR-Library's sets (docs/bound.md): the bound is then within 0.01 % of the LP's. */
enum {
	STEPS_MAX = 4000,
	STEPS_MIN = 300,
	WORK = 120000000,  /* row entries looked at: steps on large models are fewer */
	PATIENCE = 20,     /* steps without a better bound before the step length is cut */
	FRACTION_BITS = 20 /* multipliers are rounded to 2^-20 where 64 bits allow it */
};
static const double STEP_FIRST = 1.0; /* Polyak's factor, in (0, 2] */
static const double STEP_CUT = 0.8;
static const double STEP_LEAST = 1e-5;
static const double TARGET = 0.95;
static const double DEFLECTION = 0.5; /* share of the last direction kept: damps the zigzag */

typedef struct {
	const taut_model *m;
	bool             *out;   /* [n] the item fits nowhere */
	double           *l;     /* [n_rows] multipliers, per unit of the scaled row */
	double           *best;  /* [n_rows] those of the least bound */
	double           *scale; /* [n_rows] row k is divided by it: capacities become about 1 */
	double *slack; /* [n_rows] b - A x of the inner solution, scaled: the subgradient */
	double *step;  /* [n_rows] deflected direction */
} dual;

static void dual_fini(dual *d)
{
	taut_free(d->out);
	taut_free(d->l);
	taut_free(d->best);
	taut_free(d->scale);
	taut_free(d->slack);
	taut_free(d->step);
}

static taut_status dual_init(dual *d, const taut_model *m, taut_error *err)
{
	*d = (dual){.m = m};
	d->out = taut_alloc(m->n, sizeof *d->out, err);
	d->l = taut_alloc(m->n_rows, sizeof *d->l, err);
	d->best = taut_alloc(m->n_rows, sizeof *d->best, err);
	d->scale = taut_alloc(m->n_rows, sizeof *d->scale, err);
	d->slack = taut_alloc(m->n_rows, sizeof *d->slack, err);
	d->step = taut_alloc(m->n_rows, sizeof *d->step, err);
	if (!d->out || !d->l || !d->best || !d->scale || !d->slack || !d->step)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < m->n_rows; k++)
		d->scale[k] = m->rows[k].hi > 0 ? (double)m->rows[k].hi : 1.0;
	for (uint32_t i = 0; i < m->n; i++)
		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			d->out[i] |= m->column_coef[e] > m->rows[m->column_row[e]].hi;
	return TAUT_OK;
}

static double reduced_profit(const dual *d, uint32_t i)
{
	const taut_model *m = d->m;
	double            p = (double)m->linear[i];

	for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++) {
		const uint32_t k = m->column_row[e];

		p -= d->l[k] / d->scale[k] * (double)m->column_coef[e];
	}
	return p;
}

/* L(l) in floating point, and the inner solution's slack. */
static double evaluate(dual *d)
{
	const taut_model *m = d->m;
	double            value = 0;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		d->slack[k] = (double)m->rows[k].hi / d->scale[k];
		value += d->l[k] * d->slack[k];
	}
	for (uint32_t i = 0; i < m->n; i++) {
		const double p = d->out[i] ? 0 : reduced_profit(d, i);

		if (p <= 0)
			continue;
		value += p;
		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			d->slack[m->column_row[e]] -=
				(double)m->column_coef[e] / d->scale[m->column_row[e]];
	}
	return value;
}

/* Moves along the deflected subgradient by Polyak's length; false at a minimum. Components that
 * would push a zero multiplier below zero are projected out, so that they do not shorten the step.
 */
static bool move(dual *d, double theta, double above_target)
{
	double norm = 0;

	for (uint32_t k = 0; k < d->m->n_rows; k++) {
		d->step[k] = d->slack[k] + DEFLECTION * d->step[k];
		if (d->l[k] <= 0 && d->step[k] > 0)
			d->step[k] = 0;
		norm += d->step[k] * d->step[k];
	}
	if (norm <= 0)
		return false;
	for (uint32_t k = 0; k < d->m->n_rows; k++) {
		d->l[k] -= theta * above_target / norm * d->step[k];
		if (d->l[k] < 0)
			d->l[k] = 0;
	}
	return true;
}

/*
 * Polyak steps theta (L - target) / norm^2 towards a target 5 % below the least value so far; theta
 * shrinks where the value stalls, so the target only sets the first lengths and no primal heuristic
 * is needed.
 */
static void descend(dual *d, const taut_ctx *ctx)
{
	const taut_model *m = d->m;
	const size_t      entries = m->column_first[m->n] + m->n_rows + 1;
	int               steps = (int)(WORK / entries < STEPS_MAX ? WORK / entries : STEPS_MAX);
	double            theta = STEP_FIRST;
	double            least = evaluate(d);
	double            value = least;
	int               since = 0;

	for (steps = steps < STEPS_MIN ? STEPS_MIN : steps; steps > 0; steps--) {
		if (theta < STEP_LEAST || taut_ctx_stopped(ctx) ||
		    !move(d, theta, value - TARGET * least))
			break;
		value = evaluate(d);
		since++;
		if (value < least) {
			if (value < least * (1 - 1e-6))
				since = 0;
			least = value;
			memcpy(d->best, d->l, m->n_rows * sizeof *d->best);
		}
		if (since >= PATIENCE) {
			theta *= STEP_CUT;
			since = 0;
		}
	}
}

/* 2^bits L at the multipliers rounded to 2^-bits, and the reduced profits so scaled ([n]); false on
 * overflow. */
static bool exact_value(int64_t *out, int64_t *reduced, const dual *d, const int64_t *l, int bits)
{
	const taut_model *m = d->m;
	int64_t           sum = 0;

	for (uint32_t k = 0; k < m->n_rows; k++)
		if (!taut_muladd64(&sum, l[k], m->rows[k].hi))
			return false;
	for (uint32_t i = 0; i < m->n; i++) {
		int64_t p;

		reduced[i] = 0; /* left out of the sum: nothing is lost */
		if (d->out[i])
			continue;
		if (!taut_mul64(&p, m->linear[i], INT64_C(1) << bits))
			return false;
		for (size_t e = m->column_first[i]; e < m->column_first[i + 1]; e++)
			if (!taut_muladd64(&p, -l[m->column_row[e]], m->column_coef[e]))
				return false;
		if (p == INT64_MIN || (p > 0 && !taut_add64(&sum, sum, p)))
			return false;
		reduced[i] = p;
	}
	*out = sum;
	return true;
}

/* The best multipliers in objective units per row unit, rounded to 2^-bits; false when one does not
 * fit. */
static bool fixed_point(int64_t *l, const dual *d, int bits)
{
	for (uint32_t k = 0; k < d->m->n_rows; k++) {
		const double v = floor(ldexp(d->best[k] / d->scale[k], bits) + 0.5);

		if (!(v >= 0 && v < 0x1p62))
			return false;
		l[k] = (int64_t)v;
	}
	return true;
}

static taut_status certify(taut_bound *out, const dual *d, taut_error *err)
{
	const taut_model *m = d->m;
	int64_t          *l = taut_alloc(m->n_rows, sizeof *l, err);
	int64_t          *reduced = taut_alloc(m->n, sizeof *reduced, err);
	int64_t           value = 0;
	int64_t           scaled, constant;

	if (!l || !reduced) {
		taut_free(l);
		taut_free(reduced);
		return TAUT_ENOMEM;
	}
	for (uint32_t i = 0; i < m->n; i++) /* L(0); the model proves that the sum fits */
		value += d->out[i] ? 0 : m->linear[i];
	for (int bits = FRACTION_BITS; bits >= 0; bits--) {
		if (!fixed_point(l, d, bits) || !exact_value(&scaled, reduced, d, l, bits))
			continue;
		assert(scaled >= 0);
		value = scaled >> bits < value ? scaled >> bits : value;
		if (taut_mul64(&constant, m->offset, INT64_C(1) << bits) &&
		    taut_add64(&scaled, scaled, constant)) {
			out->reach = scaled;
			out->bits = bits;
			out->reduced = reduced;
			reduced = NULL;
		}
		break;
	}
	out->known = true;
	out->kind = "lagrangian";
	out->value = value + m->offset;
	taut_free(l);
	taut_free(reduced);
	return TAUT_OK;
}

taut_status taut_bound_lagrangian(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                  taut_error *err)
{
	dual        d = {0};
	taut_status st;

	assert(model->structure == TAUT_STRUCTURE_KNAPSACK);
	*out = (taut_bound){0};
	st = dual_init(&d, model, err);
	if (st != TAUT_OK)
		goto done;
	descend(&d, ctx);
	st = certify(out, &d, err);
	if (st != TAUT_OK)
		goto done;
	for (uint32_t k = 0; k < model->n_rows; k++)
		d.best[k] /= d.scale[k];
	out->multipliers = d.best;
	d.best = NULL;
done:
	dual_fini(&d);
	return st;
}

taut_status taut_bound_lagrangian_at(int64_t *out, const taut_model *model,
                                     const double *multipliers, taut_error *err)
{
	dual        d = {0};
	taut_bound  bound = {0};
	taut_status st;

	assert(model->structure == TAUT_STRUCTURE_KNAPSACK);
	st = dual_init(&d, model, err);
	for (uint32_t k = 0; k < model->n_rows && st == TAUT_OK; k++)
		d.best[k] = multipliers[k] > 0 ? multipliers[k] * d.scale[k] : 0;
	if (st == TAUT_OK)
		st = certify(&bound, &d, err);
	*out = bound.value;
	taut_bound_fini(&bound);
	dual_fini(&d);
	return st;
}
