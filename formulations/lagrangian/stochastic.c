/*
 * stochastic: steps along the residuals of a random half of the rows, at a random half of the
 * samples (stochastic approximation: Robbins & Monro 1951; subgradients of random parts: Nedic &
 * Bertsekas 2001, section 3; random coordinates: Nesterov 2012).
 *
 *   l_k <- [l_k + alpha M_k g_k]+ for the rows drawn, free for equations; the others stay
 *
 * Each row is drawn with probability 1/2, at least one is, from the seed. g_k is the residual, M_k
 * the row's scale (multiplier.h). In the rounds g is the residual of the mean over a random half of
 * the round's distinct samples of lowest energy (formulation.h), where they are given.
 *
 *   alpha = h R / (sqrt(t) norm(g))    where L is known, h cut from stage to stage
 *   alpha = alpha_0 / sqrt(t)          in the rounds (Robbins & Monro: the sum diverges)
 */
#include "formulations/lagrangian/multiplier.h"
#include "formulations/methods.h"

static void begin(taut_multiplier *s)
{
	(void)s;
}

static double length(const taut_multiplier *s, double relative, double value)
{
	(void)value;
	return taut_multiplier_diminishing(s, relative, s->norm);
}

static void step(taut_multiplier *s, double alpha)
{
	const uint32_t n_rows = s->plan.model->n_rows;
	uint64_t       sure = taut_rng_below(&s->rng, s->priced); /* this row at least */
	uint64_t       bits = 0;

	for (uint32_t k = 0, seen = 0; k < n_rows; k++) {
		if (s->scale[k] == 0.0)
			continue;
		if (seen % 64 == 0)
			bits = taut_rng_next(&s->rng);
		if (seen == sure || (bits >> seen % 64 & 1))
			taut_multiplier_move(s, k, alpha * s->scale[k] * s->g[k]);
		seen++;
	}
}

/* At least one of the points. */
static void sample(taut_multiplier *s, const taut_round *round)
{
	const uint32_t n_rows = s->plan.model->n_rows;
	size_t         drawn = 0;
	uint64_t       bits = 0;
	uint64_t       sure;

	if (!round->n_points || !s->priced)
		return;
	sure = taut_rng_below(&s->rng, round->n_points);
	for (uint32_t k = 0; k < n_rows; k++)
		s->mean[k] = 0;
	for (size_t p = 0; p < round->n_points; p++) {
		if (p % 64 == 0)
			bits = taut_rng_next(&s->rng);
		if (p != sure && !(bits >> p % 64 & 1))
			continue;
		drawn++;
		for (uint32_t k = 0; k < n_rows; k++)
			s->mean[k] += (double)round->point_activity[p * n_rows + k];
	}
	for (uint32_t k = 0; k < n_rows; k++)
		s->mean[k] /= (double)drawn;
}

static const taut_multiplier_rule rule = {
	.begin = begin, .step = step, .length = length, .sample = sample};

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	return taut_multiplier_start(out, &taut_stochastic_ops, &rule, model, options, exchange,
	                             multipliers, ctx, err);
}

const taut_formulation_ops taut_stochastic_ops = {
	.name = TAUT_METHOD_STOCHASTIC,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = taut_multiplier_observe,
	.describe = taut_multiplier_describe,
	.close = taut_multiplier_close,
};
