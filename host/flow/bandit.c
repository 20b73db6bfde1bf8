/* Plain IEEE + - * / in fixed order: the choices reach every sample. */
#include "flow/bandit.h"

#include <assert.h>

static const double MEMORY = 0.9;   /* of what was seen one turn ago */
static const double EXPLORED = 0.1; /* of the work, in equal parts over the arms */

void taut_bandit_init(taut_bandit *out, uint32_t n, uint64_t seed)
{
	assert(n > 0 && n <= TAUT_BANDIT_ARMS);
	*out = (taut_bandit){.n = n};
	taut_rng_init(&out->rng, seed, 0);
}

void taut_bandit_shares(double *share, const taut_bandit *b, const double *cost)
{
	double least = 0.0; /* cost */
	double work = 0.0;
	double success = 0.0;
	double sum = 0.0;
	double arms = 0.0;
	double mean;

	for (uint32_t a = 0; a < b->n; a++) {
		work += b->work[a];
		success += b->success[a];
		if (cost[a] > 0.0 && (arms == 0.0 || cost[a] < least))
			least = cost[a];
		arms += cost[a] > 0.0 ? 1.0 : 0.0;
	}
	assert(arms > 0.0);
	mean = work > 0.0 && success > 0.0 ? success / work : 1.0;
	for (uint32_t a = 0; a < b->n; a++) {
		/* as though one more turn of the cheapest had brought the mean */
		const double rate = (b->success[a] + mean * least) / (b->work[a] + least);

		share[a] = cost[a] > 0.0 ? rate * rate : 0.0;
		sum += share[a];
	}
	for (uint32_t a = 0; a < b->n; a++)
		if (cost[a] > 0.0)
			share[a] = EXPLORED / arms + (1.0 - EXPLORED) * share[a] / sum;
}

uint32_t taut_bandit_choose(taut_bandit *b, const double *cost)
{
	double   weight[TAUT_BANDIT_ARMS];
	double   sum = 0.0;
	double   at;
	uint32_t chosen = 0;

	taut_bandit_shares(weight, b, cost);
	for (uint32_t a = 0; a < b->n; a++) {
		weight[a] = cost[a] > 0.0 ? weight[a] / cost[a] : 0.0;
		sum += weight[a];
	}
	at = taut_rng_unit(&b->rng) * sum;
	for (uint32_t a = 0; a < b->n; a++) {
		if (weight[a] <= 0.0)
			continue;
		chosen = a;
		if (at < weight[a])
			break;
		at -= weight[a];
	}
	return chosen;
}

void taut_bandit_observe(taut_bandit *b, uint32_t arm, double work, double success)
{
	assert(arm < b->n && work > 0.0 && success >= 0.0);
	for (uint32_t a = 0; a < b->n; a++) {
		b->work[a] *= MEMORY;
		b->success[a] *= MEMORY;
	}
	b->work[arm] += work;
	b->success[arm] += success;
}
