/* No rows: every bitstring is feasible. Local search is descent by single flips in index order. */
#include "answer/flips.h"
#include "answer/strategy.h"
#include "base/alloc.h"

/* Steps between two looks at the clock. */
enum { LOOK_EVERY = 4096 };

static void free_close(void *state)
{
	if (state)
		taut_flips_fini(state);
	taut_free(state);
}

static taut_status free_open(void **out, const taut_model *m, const double *multipliers,
                             taut_error *err)
{
	taut_flips *f = taut_alloc(1, sizeof *f, err);
	taut_status st = f ? taut_flips_init(f, m, err) : TAUT_ENOMEM;

	(void)multipliers;
	if (st != TAUT_OK) {
		taut_free(f);
		f = NULL;
	}
	*out = f;
	return st;
}

static void free_make_feasible(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	(void)state, (void)x, (void)rng, (void)ctx;
}

/* Ends after n visits in a row without a flip: no single flip helps then. Every flip lowers an
 * integer, so it does end. */
static void free_improve(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	taut_flips    *f = state;
	const uint32_t n = f->m->n;
	uint32_t       idle = 0;
	uint32_t       i = 0;
	uint64_t       steps = 0;

	(void)rng;
	taut_flips_set(f, x);
	while (idle < n) {
		if (++steps % LOOK_EVERY == 0 && taut_ctx_stopped(ctx))
			return;
		if (taut_flips_change(f, i) < 0) {
			taut_flips_flip(f, i);
			idle = 0;
		} else {
			idle++;
		}
		i = i + 1 < n ? i + 1 : 0;
	}
}

const taut_strategy taut_strategy_free = {
	.open = free_open,
	.close = free_close,
	.make_feasible = free_make_feasible,
	.improve = free_improve,
};
