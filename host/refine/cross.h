/* Recombination of two states by components. Where A and B differ, the spins split into connected
 * components of the coupling graph that do not touch each other: any subset of them may be taken
 * from B, and each adds its own change of energy. So the best of the 2^k children is found in one
 * pass (partition crossover: Whitley, Hains & Howe 2009; for pseudo-Boolean functions Tinos,
 * Whitley & Chicano 2015). Since B and its complement have the same energy, the components of the
 * spins on which A and B agree may be flipped as well. */
#ifndef TAUT_REFINE_CROSS_H
#define TAUT_REFINE_CROSS_H

#include "base/rng.h"
#include "refine/spins.h"

/* Scratch memory for one thread. */
typedef struct {
	uint8_t  *side;   /* [n] */
	uint32_t *member; /* [n] */
} taut_cross;

taut_status taut_cross_init(taut_cross *out, const taut_spins *spins,
                            taut_error *err) TAUT_MUST_CHECK;
void        taut_cross_fini(taut_cross *cross);

/* Makes a the best child of a and b over the components on which they differ, then over those on
 * which they agree, and so on in turn until neither gains. Components that change nothing are taken
 * by a fair coin. Returns by how much the satisfied weight rose, >= 0. *work grows by the edges
 * seen. */
int64_t taut_cross_take(int8_t *a, const int8_t *b, const taut_spins *spins, taut_cross *cross,
                        taut_rng *rng, uint64_t *work);

#endif
