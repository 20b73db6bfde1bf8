/*
 * dual_averaging: multipliers from the sum of all residuals (Nesterov 2009, "Primal-dual
 * subgradient methods for convex problems", scheme 2.14 with all weights 1 and prox function norm(l
 * - c)^2 / 2).
 *
 *   z <- z + g,   l = [c + gamma M z / sqrt(t)]+ for <= rows, free for equations
 *
 * c is where the steps began, 0 if nothing better is known; g_k the residual, for rows with one
 * limit also while l_k = 0; M_k the row's scale (multiplier.h).
 *
 *   gamma = h R / norm(g)    where L is known, h cut from stage to stage (multiplier.c)
 *   gamma = alpha_0          in the rounds
 */
#include <math.h>

#include "formulations/lagrangian/multiplier.h"
#include "formulations/methods.h"

static void begin(taut_multiplier *s)
{
	for (uint32_t k = 0; k < s->plan.model->n_rows; k++) {
		s->memory[k] = 0;
		s->lower[k] = s->l[k];
	}
}

static double length(const taut_multiplier *s, double relative, double value)
{
	(void)value;
	return taut_multiplier_diminishing(s, relative, s->norm);
}

/* Of a plain multiplier term a row with one limit counts by its distance from it on either side. */
static double summand(const taut_multiplier *s, uint32_t k)
{
	const taut_row *row = &s->plan.model->rows[k];

	if (s->rho[k] > 0)
		return s->g[k];
	if (row->lo == TAUT_NO_LIMIT_LO)
		return s->mean[k] - (double)row->hi;
	return row->hi == TAUT_NO_LIMIT_HI ? s->mean[k] - (double)row->lo : s->g[k];
}

static void step(taut_multiplier *s, double alpha)
{
	for (uint32_t k = 0; k < s->plan.model->n_rows; k++) {
		if (s->scale[k] == 0.0)
			continue;
		s->memory[k] += summand(s, k);
		taut_multiplier_move(s, k,
		                     s->lower[k] + alpha * s->scale[k] * s->memory[k] - s->l[k]);
	}
}

static const taut_multiplier_rule rule = {.begin = begin, .step = step, .length = length};

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	return taut_multiplier_start(out, &taut_dual_averaging_ops, &rule, model, options, exchange,
	                             multipliers, ctx, err);
}

const taut_formulation_ops taut_dual_averaging_ops = {
	.name = TAUT_METHOD_DUAL_AVERAGING,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = taut_multiplier_observe,
	.describe = taut_multiplier_describe,
	.close = taut_multiplier_close,
};
