#include "answer/repair.h"

#include <assert.h>
#include <string.h>

#include "answer/strategy.h"
#include "base/alloc.h"
#include "model/evaluate.h"

struct taut_repairer {
	const taut_model    *model;
	const taut_strategy *strategy;
	void                *state;
	uint8_t             *before; /* [n] */
};

static const taut_strategy *find_strategy(const taut_model *m)
{
	switch (m->structure) {
	case TAUT_STRUCTURE_FREE:
		return &taut_strategy_free;
	case TAUT_STRUCTURE_KNAPSACK:
		return &taut_strategy_knapsack;
	case TAUT_STRUCTURE_INDEPENDENT:
		return &taut_strategy_independent;
	case TAUT_STRUCTURE_ASSIGNMENT:
		return &taut_strategy_permutation;
	case TAUT_STRUCTURE_TOUR:
		return taut_tour_applies(m) ? &taut_strategy_tour : &taut_strategy_permutation;
	case TAUT_STRUCTURE_DEVIATION:
		return &taut_strategy_deviation;
	case TAUT_STRUCTURE_GENERIC:
		break;
	}
	return &taut_strategy_generic;
}

taut_status taut_repairer_new(taut_repairer **out, const taut_model *m, const double *multipliers,
                              taut_error *err)
{
	taut_status    st = TAUT_ENOMEM;
	taut_repairer *r;

	assert(out != NULL && m->draft == NULL);
	*out = NULL;
	r = taut_alloc(1, sizeof *r, err);
	if (!r)
		goto done;
	r->model = m;
	r->strategy = find_strategy(m);
	r->before = taut_alloc(m->n, 1, err);
	if (!r->before)
		goto done;
	st = r->strategy->open(&r->state, m, multipliers, err);
	if (st != TAUT_OK)
		goto done;
	*out = r;
	r = NULL; /* now the caller's */
done:
	taut_repairer_free(r);
	return st;
}

void taut_repairer_free(taut_repairer *repairer)
{
	if (!repairer)
		return;
	repairer->strategy->close(repairer->state);
	taut_free(repairer->before);
	taut_free(repairer);
}

void taut_repairer_save_work(taut_repairer *repairer, uint32_t halvings)
{
	if (repairer->strategy->save_work)
		repairer->strategy->save_work(repairer->state, halvings);
}

static void open_report(taut_repair_report *out, taut_repairer *r, const uint8_t *x)
{
	memcpy(r->before, x, r->model->n);
	*out = (taut_repair_report){0};
	out->feasible_before = taut_model_feasible(r->model, x);
	out->objective_before = taut_model_objective(r->model, x);
}

static void close_report(taut_repair_report *out, const taut_repairer *r, const uint8_t *x)
{
	out->feasible_after = taut_model_feasible(r->model, x);
	out->objective_after = taut_model_objective(r->model, x);
	for (uint32_t i = 0; i < r->model->n; i++)
		out->distance += x[i] != r->before[i];
	assert(!out->feasible_before || out->feasible_after);
	assert(!out->feasible_before ||
	       !taut_better(r->model, out->objective_before, out->objective_after));
}

taut_status taut_repair(taut_repair_report *out, taut_repairer *repairer, uint8_t *x, uint64_t seed,
                        bool repair, bool local_search, const taut_ctx *ctx, taut_error *err)
{
	const taut_strategy *s = repairer->strategy;
	taut_rng             rng;
	bool                 feasible;

	(void)err;
	taut_rng_init(&rng, seed, 0);
	open_report(out, repairer, x);
	feasible = out->feasible_before;
	if (repair && !feasible) {
		s->make_feasible(repairer->state, x, &rng, ctx);
		feasible = taut_model_feasible(repairer->model, x);
	}
	if (local_search && feasible)
		s->improve(repairer->state, x, &rng, ctx);
	close_report(out, repairer, x);
	return TAUT_OK;
}

bool taut_repairer_polishes(const taut_repairer *repairer)
{
	return repairer->strategy->polish != NULL;
}

taut_status taut_repair_polish(taut_repair_report *out, bool *optimal, taut_repairer *repairer,
                               uint8_t *x, uint64_t seed, const taut_ctx *ctx, taut_error *err)
{
	taut_status st = TAUT_OK;
	taut_rng    rng;

	*optimal = false;
	taut_rng_init(&rng, seed, 1);
	open_report(out, repairer, x);
	if (repairer->strategy->polish && out->feasible_before)
		st = repairer->strategy->polish(optimal, repairer->state, x, &rng, ctx, err);
	close_report(out, repairer, x);
	return st;
}
