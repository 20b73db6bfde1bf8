/*
 * Sums of linear forms without rows (market share). Local search: single flips and pairs of flips
 * on the exact objective. Polish: the best values of a window of variables, found exactly
 * (window.h).
 */
#include "answer/flips.h"
#include "answer/strategy.h"
#include "answer/window.h"
#include "base/alloc.h"

/* Pairs tried by one local search, and between two looks at the clock. */
#define PAIR_WORK (UINT64_C(1) << 22)
enum { LOOK_EVERY = 1 << 14 };
/* Comparisons of one polish: about a second. Variables of a window that is not the
 * whole problem: a small one first, in case the large one comes to the limit empty-handed.
 */
#define POLISH_WORK (UINT64_C(1) << 28)
enum { SMALL_WINDOW = 28, PART_WINDOW = 36 };

typedef struct {
	taut_flips flips;
	uint32_t  *window; /* [n] scratch: a random order of the variables */
	uint64_t   work;
} deviation;

static void deviation_close(void *state)
{
	deviation *s = state;

	if (!s)
		return;
	taut_flips_fini(&s->flips);
	taut_free(s->window);
	taut_free(s);
}

static taut_status deviation_open(void **out, const taut_model *m, const double *multipliers,
                                  taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	deviation  *s = taut_alloc(1, sizeof *s, err);

	(void)multipliers;
	*out = NULL;
	if (!s)
		goto done;
	s->window = taut_alloc(m->n, sizeof *s->window, err);
	if (!s->window)
		goto done;
	st = taut_flips_init(&s->flips, m, err);
	if (st != TAUT_OK)
		goto done;
	*out = s;
	s = NULL; /* now the caller's */
done:
	deviation_close(s);
	return st;
}

static void deviation_make_feasible(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	(void)state, (void)x, (void)rng, (void)ctx;
}

/* Flips i and the best later partner, or i alone, where that improves. */
static bool flip_best(deviation *s, uint32_t i)
{
	taut_flips   *f = &s->flips;
	const int64_t alone = taut_flips_change(f, i);
	int64_t       best = 0;
	uint32_t      partner = i;

	taut_flips_flip(f, i);
	for (uint32_t j = i + 1; j < f->m->n; j++) {
		const int64_t change = taut_flips_change(f, j);
		if (change < best) {
			best = change;
			partner = j;
		}
	}
	s->work += f->m->n - i;
	if (alone + best >= 0) {
		taut_flips_flip(f, i);
		return false;
	}
	if (partner != i)
		taut_flips_flip(f, partner);
	return true;
}

/* Until no flip and no pair helps: n visits in a row without one. */
static void deviation_improve(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	deviation     *s = state;
	const uint32_t n = s->flips.m->n;
	uint32_t       idle = 0;
	uint64_t       next_look = LOOK_EVERY;

	(void)rng;
	s->work = 0;
	taut_flips_set(&s->flips, x);
	for (uint32_t i = 0; idle < n && s->work < PAIR_WORK; i = i + 1 < n ? i + 1 : 0) {
		idle = flip_best(s, i) ? 0 : idle + 1;
		if (s->work < next_look)
			continue;
		next_look = s->work + LOOK_EVERY;
		if (taut_ctx_stopped(ctx))
			return;
	}
}

static taut_status deviation_polish(bool *optimal, void *state, uint8_t *x, taut_rng *rng,
                                    const taut_ctx *ctx, taut_error *err)
{
	deviation        *s = state;
	const taut_model *m = s->flips.m;
	const uint32_t    count = m->n <= TAUT_WINDOW_MAX ? m->n : PART_WINDOW;
	taut_status       st;

	*optimal = false;
	if (!taut_window_applies(m))
		return TAUT_OK;
	for (uint32_t i = 0; i < m->n; i++) {
		const uint32_t at = (uint32_t)taut_rng_below(rng, (uint64_t)i + 1);
		s->window[i] = s->window[at];
		s->window[at] = i;
	}
	st = count == m->n ? TAUT_OK
	                   : taut_window_search(optimal, x, m, s->window, SMALL_WINDOW, POLISH_WORK,
	                                        ctx, err);
	if (st == TAUT_OK)
		st = taut_window_search(optimal, x, m, s->window, count, POLISH_WORK, ctx, err);
	*optimal = *optimal && count == m->n;
	return st;
}

const taut_strategy taut_strategy_deviation = {
	.open = deviation_open,
	.close = deviation_close,
	.make_feasible = deviation_make_feasible,
	.improve = deviation_improve,
	.polish = deviation_polish,
};
