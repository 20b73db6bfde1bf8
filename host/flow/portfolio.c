/* Plain IEEE + - * / in fixed order: temperatures and choices reach every sample. */
#include "flow/portfolio.h"

#include <assert.h>

#include "base/alloc.h"
#include "flow/bandit.h"
#include "flow/pool.h"
#include "refine/refine.h"

enum {
	ELITES = 64,
	REFINE_PART = 8, /* couplings looked at by recombination: this part of the round's proposals
	                  */
	LEVEL_MAX = 40
};

typedef enum {
	START_RANDOM,
	START_ELITES,
	START_CROSSED /* recombined elites */
} arm_start;

typedef struct {
	const char    *name;
	taut_algorithm algorithm;
	arm_start      start;
	double         heat;   /* part of the hottest temperature to begin with */
	uint32_t       rounds; /* of an arm before its sweeps double */
} arm_recipe;

/* docs/portfolio.md says why these. */
static const arm_recipe RECIPES[] = {
	{"sa", TAUT_ALGORITHM_SA, START_RANDOM, 1.0, 1},
	{"sa reheated 1/2", TAUT_ALGORITHM_SA, START_ELITES, 0.5, 4},
	{"sa reheated 2/5", TAUT_ALGORITHM_SA, START_ELITES, 0.4, 4},
	{"sa reheated 3/10", TAUT_ALGORITHM_SA, START_ELITES, 0.3, 4},
	{"sa recombined", TAUT_ALGORITHM_SA, START_CROSSED, 0.3, 4},
	{"tabu", TAUT_ALGORITHM_TABU, START_ELITES, 1.0, 4},
	{"sb", TAUT_ALGORITHM_SB, START_RANDOM, 1.0, 1},
};

enum { N_RECIPES = sizeof RECIPES / sizeof RECIPES[0] };

typedef struct {
	const arm_recipe *recipe;
	uint64_t          rounds;
	uint64_t          proposals;
	double            success;
} arm;

struct taut_portfolio {
	const taut_problem *problem;
	taut_pool           pool;
	taut_bandit         bandit;
	arm                 arms[N_RECIPES];
	uint32_t            n_arms;
	/* of the round that was planned */
	uint32_t      chosen;
	taut_samples *crossed; /* or NULL */
	double        gain;    /* of recombination alone */
};

static bool fits(const arm_recipe *recipe, const taut_problem *problem, uint32_t algorithms)
{
	if (!(algorithms >> recipe->algorithm & 1))
		return false;
	if (problem->permutation_n || problem->group)
		return recipe->algorithm == TAUT_ALGORITHM_SA && recipe->start != START_CROSSED;
	return recipe->start != START_CROSSED || taut_refine_applies(problem);
}

taut_status taut_portfolio_new(taut_portfolio **out, const taut_problem *problem,
                               uint32_t algorithms, uint64_t seed, taut_error *err)
{
	taut_portfolio *p = taut_alloc(1, sizeof *p, err);
	taut_status     st = TAUT_ENOMEM;

	*out = NULL;
	if (!p)
		return TAUT_ENOMEM;
	p->problem = problem;
	for (size_t k = 0; k < N_RECIPES; k++)
		if (k == 0 || fits(&RECIPES[k], problem, algorithms))
			p->arms[p->n_arms++].recipe = &RECIPES[k];
	taut_bandit_init(&p->bandit, p->n_arms, seed);
	st = taut_pool_init(&p->pool, problem, ELITES, err);
	if (st == TAUT_OK) {
		*out = p;
		p = NULL;
	}
	taut_portfolio_free(p);
	return st;
}

void taut_portfolio_free(taut_portfolio *portfolio)
{
	if (!portfolio)
		return;
	taut_samples_free(portfolio->crossed);
	taut_pool_fini(&portfolio->pool);
	taut_free(portfolio);
}

/* Sweeps of the arm's next round. */
static uint64_t sweeps_of(const arm *a, uint64_t first)
{
	uint64_t level = a->rounds / a->recipe->rounds;

	for (; level > 0 && first < UINT64_C(1) << LEVEL_MAX; level--)
		first *= 2;
	return first;
}

/* Proposals of a round with that many sweeps. */
static double work_of(const taut_problem *p, uint32_t reads, uint64_t sweeps)
{
	const double n = p->permutation_n ? p->permutation_n : p->n;
	const double visits = p->permutation_n ? 0.5 * n * (n - 1.0) : n;

	return (visits > 0.0 ? visits : 1.0) * (double)reads * (double)sweeps;
}

static taut_status cross(taut_portfolio *p, const taut_schedule *schedule, const taut_ctx *ctx,
                         taut_error *err)
{
	const double work = work_of(p->problem, schedule->reads, schedule->sweeps);
	taut_status  st = taut_refine_run(&p->crossed, p->problem, p->pool.states, NULL,
	                                  (uint64_t)(work / REFINE_PART), schedule->seed, ctx, err);

	return st == TAUT_OK ? taut_pool_offer(&p->gain, &p->pool, p->crossed, err) : st;
}

taut_status taut_portfolio_plan(taut_schedule *schedule, taut_portfolio *p, const taut_ctx *ctx,
                                taut_error *err)
{
	double            cost[TAUT_BANDIT_ARMS];
	const arm        *a;
	const arm_recipe *recipe;
	taut_status       st = TAUT_OK;

	for (uint32_t k = 0; k < p->n_arms; k++) {
		a = &p->arms[k];
		cost[k] = a->recipe->start != START_RANDOM && p->pool.states->count == 0
		                  ? 0.0
		                  : work_of(p->problem, schedule->reads,
		                            sweeps_of(a, schedule->sweeps));
	}
	p->chosen = taut_bandit_choose(&p->bandit, cost);
	a = &p->arms[p->chosen];
	recipe = a->recipe;
	schedule->algorithm = recipe->algorithm;
	schedule->sweeps = sweeps_of(a, schedule->sweeps);
	schedule->t_hot *= recipe->heat;
	if (schedule->t_hot < schedule->t_cold)
		schedule->t_hot = schedule->t_cold;
	taut_samples_free(p->crossed);
	p->crossed = NULL;
	p->gain = 0.0;
	if (recipe->start == START_CROSSED)
		st = cross(p, schedule, ctx, err);
	if (st == TAUT_OK && recipe->start != START_RANDOM)
		schedule->initial = p->crossed ? p->crossed : p->pool.states;
	return st;
}

taut_status taut_portfolio_take(taut_portfolio *p, const taut_samples *samples, taut_error *err)
{
	arm           *a = &p->arms[p->chosen];
	const uint64_t work = samples->proposals + (p->crossed ? p->crossed->proposals : 0);
	double         gain;
	taut_status    st = taut_pool_offer(&gain, &p->pool, samples, err);

	if (st != TAUT_OK)
		return st;
	gain += p->gain;
	a->rounds++;
	a->proposals += work;
	a->success += gain;
	taut_bandit_observe(&p->bandit, p->chosen, work > 0 ? (double)work : 1.0, gain);
	return TAUT_OK;
}

taut_status taut_portfolio_offer(taut_portfolio *p, const taut_samples *states, taut_error *err)
{
	double gain;

	return taut_pool_offer(&gain, &p->pool, states, err);
}

void taut_portfolio_report(taut_portfolio_result *out, const taut_portfolio *p)
{
	double total = 0.0;

	*out = (taut_portfolio_result){.n = p->n_arms};
	for (uint32_t k = 0; k < p->n_arms; k++)
		total += (double)p->arms[k].proposals;
	for (uint32_t k = 0; k < p->n_arms; k++)
		out->arms[k] = (taut_arm_result){
			.name = p->arms[k].recipe->name,
			.rounds = p->arms[k].rounds,
			.proposals = p->arms[k].proposals,
			.success = p->arms[k].success,
			.share = total > 0.0 ? (double)p->arms[k].proposals / total : 0.0,
		};
}
