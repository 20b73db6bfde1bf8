/*
 * growing: squared penalties that double, row by row, while the samples' mean breaks the row.
 *
 *   f(x) + sum_k P_k (a_k x - t_k)^2 + products
 *
 * t_k is the row's limit (of a ranged row the upper one). P_k begins with the mild weight, an
 * average item beyond the limit costing an average item's share of the objective: the sequential
 * penalty method (Fiacco & McCormick 1968) with samples in place of minimisers.
 */
#include "base/alloc.h"
#include "docs/templates/templates.h"
#include "formulations/plan.h"

/* In the tree a row of TAUT_METHODS in base/names.h makes this name. */
#define TAUT_METHOD_GROWING TAUT_METHOD_PENALTY

enum {
	GROWTHS_MAX = 30
}; /* doublings: beyond 2^30 a weight drowns the objective in the device's 32 bits */

typedef struct {
	taut_plan plan;    /* first */
	uint8_t  *growths; /* [n_rows] doublings so far */
} method;

static void close(taut_formulation *f)
{
	method *s = (method *)f;

	if (!s)
		return;
	taut_plan_fini(&s->plan);
	taut_free(s->growths);
	taut_free(s);
}

static void set_row(taut_plan *plan, uint32_t k, const taut_options *options)
{
	const taut_row *row = &plan->model->rows[k];
	taut_row_term  *term = &plan->rows[k];

	if (!taut_plan_has_row(plan, k))
		return;
	term->target = row->hi != TAUT_NO_LIMIT_HI ? row->hi : row->lo;
	term->weight = taut_plan_given_weight(plan, options, k);
	if (term->weight == 0.0)
		term->weight = taut_plan_mild_weight(plan, k);
	if (term->weight == 0.0) /* nothing to gain by breaking it: any weight will do */
		term->weight = 1.0;
}

static taut_status start(taut_formulation **out, const taut_model *model,
                         const taut_options *options, bool exchange, const double *multipliers,
                         const taut_ctx *ctx, taut_error *err)
{
	method     *s = taut_alloc(1, sizeof *s, err);
	taut_status st;

	(void)multipliers;
	(void)ctx;
	*out = NULL;
	if (!s)
		return TAUT_ENOMEM;
	st = taut_plan_init(&s->plan, &taut_growing_ops, model, options, exchange, err);
	if (st == TAUT_OK && !(s->growths = taut_alloc(model->n_rows, sizeof *s->growths, err)))
		st = TAUT_ENOMEM;
	if (st != TAUT_OK) {
		close(&s->plan.base);
		return st;
	}
	for (uint32_t k = 0; k < model->n_rows; k++)
		set_row(&s->plan, k, options);
	*out = &s->plan.base;
	return TAUT_OK;
}

static taut_status observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx,
                           taut_error *err)
{
	method           *s = (method *)f;
	const taut_model *m = s->plan.model;

	(void)ctx;
	(void)err;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		const double    mean = round->mean_activity[k];
		const bool      above = row->hi != TAUT_NO_LIMIT_HI && mean > (double)row->hi;
		const bool      below = row->lo != TAUT_NO_LIMIT_LO && mean < (double)row->lo;

		if (!(above || below) || s->growths[k] == GROWTHS_MAX)
			continue;
		s->plan.rows[k].weight *= 2.0;
		s->growths[k]++;
	}
	return TAUT_OK;
}

const taut_formulation_ops taut_growing_ops = {
	.name = TAUT_METHOD_GROWING,
	.multiplier = true,
	.start = start,
	.encode = taut_plan_encode,
	.observe = observe,
	.describe = taut_plan_describe,
	.close = close,
};
