/* Several states agree on how most neighbours stand to each other. Spins held together by such
 * couplings become one spin; what is left is a smaller problem of the same form, which holds all
 * the states and everything that lies between them (renormalisation: Houdayer & Martin 1999, 2001).
 * Of two states the clusters are the components on which they differ and those on which they agree,
 * so all children of partition crossover (Whitley, Hains & Howe 2009) are among its states. */
#ifndef TAUT_REFINE_CONTRACT_H
#define TAUT_REFINE_CONTRACT_H

#include "refine/spins.h"

enum { TAUT_CONTRACT_STATES = 64 };

typedef struct {
	taut_spins spins;   /* the clusters; the ghost is a part of one of them */
	uint32_t  *cluster; /* [n] of each spin */
	int8_t    *sign;    /* [n] s_i = sign_i * state of its cluster */
} taut_contract;

/* The clusters on which the samples member[0 .. count) agree, 1 <= count <= TAUT_CONTRACT_STATES;
 * the state of all ones stands for member[0]. ENOMEM. On failure there is nothing to fini. */
taut_status taut_contract_init(taut_contract *out, const taut_spins *spins,
                               const taut_samples *samples, const size_t *member, size_t count,
                               taut_error *err) TAUT_MUST_CHECK;
void        taut_contract_fini(taut_contract *contract);

/* state[n] of the n spins from the clusters' state. */
void taut_contract_expand(int8_t *state, const taut_contract *contract, const int8_t *clusters,
                          uint32_t n);

#endif
