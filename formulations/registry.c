/* The table of methods, and the choice that `auto` makes among them. */
#include <assert.h>
#include <math.h>

#include "formulations/methods.h"
#include "formulations/plan.h"

static const double SQUARES_LIMIT = 0x1p21; /* couplings: docs/native.md */

static const taut_formulation_ops *const methods[TAUT_N_METHODS] = {
	[TAUT_METHOD_PENALTY] = &taut_penalty_ops,
	[TAUT_METHOD_SLACK] = &taut_slack_ops,
	[TAUT_METHOD_UNBALANCED] = &taut_unbalanced_ops,
	[TAUT_METHOD_SUBGRADIENT] = &taut_subgradient_ops,
	[TAUT_METHOD_STOCHASTIC] = &taut_stochastic_ops,
	[TAUT_METHOD_DUAL_AVERAGING] = &taut_dual_averaging_ops,
	[TAUT_METHOD_MIRROR_DESCENT] = &taut_mirror_descent_ops,
	[TAUT_METHOD_CUTTING_PLANE] = &taut_cutting_plane_ops,
	[TAUT_METHOD_BUNDLE] = &taut_bundle_ops,
	[TAUT_METHOD_AUGMENTED_LAGRANGIAN] = &taut_augmented_lagrangian_ops,
	[TAUT_METHOD_NATIVE] = &taut_native_ops,
};

const taut_formulation_ops *taut_formulation_find(taut_method method)
{
	assert(method < TAUT_N_METHODS && methods[method]);
	return methods[method];
}

bool taut_formulation_exchanges(const taut_model *model)
{
	if (model->structure == TAUT_STRUCTURE_ASSIGNMENT ||
	    model->structure == TAUT_STRUCTURE_TOUR)
		return true;
	for (uint32_t i = 0; i < model->n; i++)
		if (model->group_of[i] != TAUT_NO_GROUP)
			return true;
	return false;
}

/* Couplings that squares of the rows would need. */
static double squares(const taut_model *m, bool exchange)
{
	double count = 0;

	for (uint32_t k = 0; k < m->n_rows; k++)
		if (taut_row_needs_term(m, k, exchange))
			count += (double)m->rows[k].count * (double)m->rows[k].count / 2;
	return fmin(count, (double)m->n * (double)m->n / 2);
}

taut_method taut_formulation_choose(const char **why, const taut_model *model, bool exchange,
                                    bool activities)
{
	const bool many = squares(model, exchange) > SQUARES_LIMIT;

	for (uint32_t k = 0; k < model->n_rows; k++)
		if (taut_row_needs_term(model, k, exchange)) {
			*why = many && activities
			               ? "rows as activities: their squares would be millions of couplings"
			               : "multipliers price rows without slack";
			return many && activities ? TAUT_METHOD_NATIVE
			                          : TAUT_METHOD_AUGMENTED_LAGRANGIAN;
		}
	if (model->n_conflicts)
		*why = "products are exact penalties for conflicts";
	else if (model->n_rows)
		*why = "moves and products keep every row";
	else
		*why = "there is nothing to penalise";
	return TAUT_METHOD_PENALTY;
}
