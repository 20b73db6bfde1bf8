/* The best state of most spins at once, the others staying as they are. Spins are eliminated one by
 * one, each into a table over its neighbours at that moment, exactly; when every spin left has more
 * than `width` neighbours one of them is fixed instead. Width 1 gives forests (Hamze & de Freitas
 * 2004), more gives subgraphs of small treewidth (Selby 2014). */
#ifndef TAUT_REFINE_ELIMINATE_H
#define TAUT_REFINE_ELIMINATE_H

#include "base/rng.h"
#include "refine/spins.h"

enum { TAUT_ELIMINATE_WIDTH_MAX = 12 };

typedef struct taut_eliminate taut_eliminate;

/* Scratch for states of these spins, for one thread. The spins outlive it. ENOMEM. */
taut_status taut_eliminate_new(taut_eliminate **out, const taut_spins *spins,
                               taut_error *err) TAUT_MUST_CHECK;
void        taut_eliminate_free(taut_eliminate *eliminate); /* accepts NULL */

/* One move with tables of at most 2^width entries, 1 <= width <= TAUT_ELIMINATE_WIDTH_MAX: state
 * becomes a best one among those with the same fixed spins. Order, fixed spins and ties are drawn.
 * *gain >= 0 is by how much the satisfied weight rose; *work grows by table entries and couplings
 * looked at. ENOMEM; state is then as it was. */
taut_status taut_eliminate_move(int64_t *gain, int8_t *state, taut_eliminate *eliminate, int width,
                                taut_rng *rng, uint64_t *work, taut_error *err) TAUT_MUST_CHECK;

#endif
