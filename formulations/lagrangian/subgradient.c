/*
 * subgradient: multipliers raised along deflected residuals (Lagrangian dual ascent: Held & Karp
 * 1971; step lengths Polyak 1969, Held, Wolfe & Crowder 1974, Shor 1985; deflection Camerini,
 * Fratta & Maffioli 1975, eq. 5).
 *
 *   d <- g + DEFLECTION d,   l <- [l + alpha M d]+ for <= rows, free for equations
 *
 * g_k is the residual, M_k the row's scale (multiplier.h). Components of d that push a multiplier
 * beyond 0 are dropped.
 *
 *   alpha = (L^ + delta - L(l)) / sum_k M_k d_k^2    where L is known (Polyak; L^ + delta stands in
 *                                                    for the unknown maximum: the best L so far and
 *                                                    a gain that is cut where none is found)
 *   alpha = alpha_0 / sqrt(t)                        in the rounds
 */
#include "formulations/lagrangian/multiplier.h"
#include "formulations/methods.h"

static const double DEFLECTION = 0.5;

static void begin(taut_multiplier *s)
{
	for (uint32_t k = 0; k < s->plan.model->n_rows; k++)
		s->memory[k] = 0;
}

static double direction(const taut_multiplier *s, uint32_t k)
{
	const taut_row *row = &s->plan.model->rows[k];
	const double    d = s->g[k] + DEFLECTION * s->memory[k];
	const bool      beyond = s->l[k] == 0.0 && ((row->lo == TAUT_NO_LIMIT_LO && d < 0) ||
                                               (row->hi == TAUT_NO_LIMIT_HI && d > 0));

	return beyond ? 0 : d;
}

static double length(const taut_multiplier *s, double relative, double value)
{
	const double level = s->highest + relative * s->radius * s->slope;
	double       square = 0;

	for (uint32_t k = 0; k < s->plan.model->n_rows; k++)
		square += s->scale[k] * direction(s, k) * direction(s, k);
	return square > 0 ? (level - value) / square : 0;
}

static void step(taut_multiplier *s, double alpha)
{
	for (uint32_t k = 0; k < s->plan.model->n_rows; k++) {
		s->memory[k] = direction(s, k);
		taut_multiplier_move(s, k, alpha * s->scale[k] * s->memory[k]);
	}
}

static const taut_multiplier_rule rule = {.begin = begin, .step = step, .length = length};

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	return taut_multiplier_start(out, &taut_subgradient_ops, &rule, model, options, exchange,
	                             multipliers, ctx, err);
}

const taut_formulation_ops taut_subgradient_ops = {
	.name = TAUT_METHOD_SUBGRADIENT,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = taut_multiplier_observe,
	.describe = taut_multiplier_describe,
	.close = taut_multiplier_close,
};
