/* The table of bounds. */
#include "bound/bound.h"

#include "base/alloc.h"
#include "base/checked.h"
#include "bound/clique_cover.h"
#include "bound/deviation.h"
#include "bound/dual_ascent.h"
#include "bound/gilmore_lawler.h"
#include "bound/lagrangian.h"
#include "bound/linear_program.h"
#include "bound/one_tree.h"
#include "bound/roof.h"
#include "bound/sdp.h"
#include "bound/theta.h"
#include "model/evaluate.h"

typedef taut_status bound_fn(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                             taut_error *err);

/* The better of two; the first where they are equal. */
static void take_better(taut_bound *out, const taut_bound *other, const taut_model *model)
{
	taut_bound loser = *other;

	if (other->known && (!out->known || taut_better(model, out->value, other->value))) {
		loser = *out;
		*out = *other;
	}
	taut_bound_fini(&loser);
}

static taut_status of_knapsacks(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                taut_error *err)
{
	taut_bound  other;
	taut_status st = taut_bound_lagrangian(out, model, ctx, err);

	if (st != TAUT_OK)
		return st;
	st = taut_bound_linear_program(&other, model, ctx, err);
	if (st == TAUT_OK)
		take_better(out, &other, model);
	else
		taut_bound_fini(out);
	return st;
}

/* No sum of cliques is below theta (Lovász 1979), so linear programs are for graphs where theta is
 * not found. */
static taut_status of_sets(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                           taut_error *err)
{
	taut_bound  other;
	bool        settled;
	taut_status st = taut_bound_clique_cover(out, model, ctx, err);

	if (st != TAUT_OK)
		return st;
	st = taut_bound_theta(&other, &settled, model, ctx, err);
	if (st != TAUT_OK)
		return st;
	take_better(out, &other, model);
	if (!settled)
		st = taut_bound_linear_program(&other, model, ctx, err);
	if (st == TAUT_OK && !settled)
		take_better(out, &other, model);
	return st;
}

static taut_status of_assignments(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                  taut_error *err)
{
	taut_bound  other;
	taut_status st = taut_bound_gilmore_lawler(out, model, ctx, err);

	if (st != TAUT_OK)
		return st;
	st = taut_bound_dual_ascent(&other, model, ctx, err);
	take_better(out, &other, model);
	return st;
}

static taut_status without_rows(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                taut_error *err)
{
	taut_bound  other;
	taut_status st = taut_bound_roof(out, NULL, model, ctx, err);

	if (st != TAUT_OK)
		return st;
	st = taut_bound_sdp(&other, model, ctx, err);
	if (st == TAUT_OK)
		take_better(out, &other, model);
	return st;
}

/* NULL: no bound is built for the structure. */
static bound_fn *find(taut_structure structure)
{
	switch (structure) {
	case TAUT_STRUCTURE_KNAPSACK:
		return of_knapsacks;
	case TAUT_STRUCTURE_INDEPENDENT:
		return of_sets;
	case TAUT_STRUCTURE_ASSIGNMENT:
		return of_assignments;
	case TAUT_STRUCTURE_TOUR:
		return taut_bound_one_tree;
	case TAUT_STRUCTURE_FREE:
		return without_rows;
	case TAUT_STRUCTURE_GENERIC:
		return taut_bound_linear_program;
	case TAUT_STRUCTURE_DEVIATION:
		return taut_bound_deviation;
	}
	return NULL;
}

taut_status taut_bound_compute(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                               taut_error *err)
{
	bound_fn *compute = find(model->structure);

	*out = (taut_bound){0};
	return compute ? compute(out, model, ctx, err) : TAUT_OK;
}

void taut_bound_fini(taut_bound *bound)
{
	if (!bound)
		return;
	taut_free(bound->multipliers);
	taut_free(bound->reduced);
	*bound = (taut_bound){0};
}

int taut_bound_fixes(const taut_bound *bound, const taut_model *model, uint32_t j,
                     int64_t incumbent)
{
	const int64_t gain = model->maximise ? incumbent : -incumbent;
	int64_t       d, left;

	if (!bound->reduced || bound->reduced[j] == 0)
		return -1;
	d = bound->reduced[j];
	if (!taut_sub64(&left, bound->reach, d < 0 ? -d : d) || left >> bound->bits >= gain + 1)
		return -1;
	return d > 0;
}
