/*
 * mirror_descent: multipliers multiplied by exponentials of the residuals (Nemirovski & Yudin 1983;
 * with the entropy as mirror map Beck & Teboulle 2003, section 5, there on the simplex; without the
 * simplex and with two signs Kivinen & Warmuth 1997, section 4, EGU).
 *
 *   l <- l exp(a g / p)                                   rows with one limit; |l| for >= rows
 *   l = u - v,  u <- u exp(a g / p),  v <- v exp(-a g / p)    equations and ranged rows, u, v > 0
 *
 * a = alpha M_k, g_k the residual, M_k the row's scale and p_k its price (multiplier.h): a residual
 * of an average item is an exponent of alpha where M is the mild weight. Exponents are cut to
 * [-1, 1]. A multiplier without a start begins at p_k / m, the m rows sharing what the items are
 * worth, as do u and v, whose difference is then 0; none falls below FLOOR of that, from where it
 * could not come back, nor rises above CEILING p_k, where rows that cannot be met would take it.
 *
 *   alpha = h / (sqrt(t) max_k |M_k g_k / p_k|)    where L is known, h cut from stage to stage
 *   alpha = alpha_0 / sqrt(t)                      in the rounds
 */
#include <math.h>

#include "base/exactmath.h"
#include "formulations/lagrangian/multiplier.h"
#include "formulations/methods.h"

static const double FLOOR = 1e-6;
static const double CEILING = 1e6;

static bool two_sided(const taut_row *row)
{
	return row->lo != TAUT_NO_LIMIT_LO && row->hi != TAUT_NO_LIMIT_HI;
}

/* The row's share of its price. */
static double share(const taut_multiplier *s, uint32_t k)
{
	return s->price[k] / (double)s->priced;
}

static void begin(taut_multiplier *s)
{
	for (uint32_t k = 0; k < s->plan.model->n_rows; k++) {
		const taut_row *row = &s->plan.model->rows[k];

		if (s->scale[k] == 0.0)
			continue;
		s->memory[k] = share(s, k) + fmax(s->l[k], 0);
		s->lower[k] = share(s, k) + fmax(-s->l[k], 0);
		if (!two_sided(row) && s->l[k] == 0.0)
			s->l[k] = row->hi != TAUT_NO_LIMIT_HI ? share(s, k) : -share(s, k);
	}
}

static double exponent(const taut_multiplier *s, uint32_t k)
{
	return s->scale[k] * s->g[k] / s->price[k];
}

/* The largest exponent of a row that can still move. */
static double length(const taut_multiplier *s, double relative, double value)
{
	double largest = 0;

	(void)value;
	for (uint32_t k = 0; k < s->plan.model->n_rows; k++) {
		if (s->scale[k] == 0.0)
			continue;
		if (!two_sided(&s->plan.model->rows[k]) && fabs(s->l[k]) <= FLOOR * share(s, k) &&
		    s->l[k] * s->g[k] < 0)
			continue;
		largest = fmax(largest, fabs(exponent(s, k)));
	}
	return largest > 0 ? relative / (sqrt((double)s->t) * largest) : 0;
}

static double within(double size, double low, double high)
{
	return fmax(low, fmin(high, size));
}

static void step(taut_multiplier *s, double alpha)
{
	for (uint32_t k = 0; k < s->plan.model->n_rows; k++) {
		const taut_row *row = &s->plan.model->rows[k];
		const double    low = FLOOR * share(s, k);
		const double    high = CEILING * s->price[k];
		double          e;

		if (s->scale[k] == 0.0)
			continue;
		e = within(alpha * exponent(s, k), -1, 1);
		if (two_sided(row)) {
			s->memory[k] = within(s->memory[k] * taut_exp(e), low, high);
			s->lower[k] = within(s->lower[k] * taut_exp(-e), low, high);
			taut_multiplier_move(s, k, s->memory[k] - s->lower[k] - s->l[k]);
		} else if (s->l[k] > 0) {
			s->l[k] = within(s->l[k] * taut_exp(e), low, high);
		} else {
			s->l[k] = -within(-s->l[k] * taut_exp(-e), low, high);
		}
	}
}

static const taut_multiplier_rule rule = {.begin = begin, .step = step, .length = length};

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	return taut_multiplier_start(out, &taut_mirror_descent_ops, &rule, model, options, exchange,
	                             multipliers, ctx, err);
}

const taut_formulation_ops taut_mirror_descent_ops = {
	.name = TAUT_METHOD_MIRROR_DESCENT,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = taut_multiplier_observe,
	.describe = taut_multiplier_describe,
	.close = taut_multiplier_close,
};
