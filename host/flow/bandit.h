/* A seeded choice between arms: shares of the counted work follow success per counted work
 * (docs/portfolio.md). */
#ifndef TAUT_FLOW_BANDIT_H
#define TAUT_FLOW_BANDIT_H

#include <stdint.h>

#include "base/rng.h"

enum { TAUT_BANDIT_ARMS = 16 };

typedef struct {
	uint32_t n;
	double   work[TAUT_BANDIT_ARMS];    /* [n] recent work and */
	double   success[TAUT_BANDIT_ARMS]; /* success, discounted by every observation */
	taut_rng rng;
} taut_bandit;

/* n arms, 1 <= n <= TAUT_BANDIT_ARMS, of which nothing is known. */
void taut_bandit_init(taut_bandit *out, uint32_t n, uint64_t seed);

/* The share of the work that each arm is to have. cost: [n] work of the arm's next turn, 0 for an
 * arm that cannot have one; at least one can. share: [n], sums to 1. */
void taut_bandit_shares(double *share, const taut_bandit *bandit, const double *cost);

/* An arm drawn with a probability of share / cost, so that the work of many turns has the shares.
 */
uint32_t taut_bandit_choose(taut_bandit *bandit, const double *cost);

/* A turn of the arm took that work, > 0, and had that success, >= 0. */
void taut_bandit_observe(taut_bandit *bandit, uint32_t arm, double work, double success);

#endif
