/* What one structure's repair and local search must offer, and the table's rows. Private to
 * host/answer. */
#ifndef TAUT_ANSWER_STRATEGY_H
#define TAUT_ANSWER_STRATEGY_H

#include "base/ctx.h"
#include "base/rng.h"
#include "model/model.h"

/* All memory that make_feasible and improve need is taken in open, so that they cannot fail. */
typedef struct {
	/* multipliers: [n_rows] or NULL. ENOMEM. On failure *out is NULL. */
	taut_status (*open)(void **out, const taut_model *m, const double *multipliers,
	                    taut_error *err);
	void (*close)(void *state); /* accepts NULL */
	/* NULL, or: make_feasible does 2^-halvings of its most work from now on. */
	void (*save_work)(void *state, uint32_t halvings);
	/* x infeasible: changes it until it is feasible, or as near as the strategy gets. */
	void (*make_feasible)(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx);
	/* x feasible: stays so and never gets worse. */
	void (*improve)(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx);
	/* NULL, or a search of bounded but larger work for the best answer of a round; x feasible.
	 * *optimal: x is proven best. ENOMEM. */
	taut_status (*polish)(bool *optimal, void *state, uint8_t *x, taut_rng *rng,
	                      const taut_ctx *ctx, taut_error *err);
} taut_strategy;

extern const taut_strategy taut_strategy_generic;
extern const taut_strategy taut_strategy_free;
extern const taut_strategy taut_strategy_knapsack;
extern const taut_strategy taut_strategy_independent;
extern const taut_strategy taut_strategy_permutation;
extern const taut_strategy taut_strategy_tour;
extern const taut_strategy taut_strategy_deviation;

/* True when the flow of m's block is one closed tour of at least five places, the same cost at
 * every place. */
bool taut_tour_applies(const taut_model *m);

#endif
