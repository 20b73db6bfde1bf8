/* Plain IEEE + - * / in fixed order: temperatures and choices reach every sample. */
#include "flow/portfolio.h"

#include <assert.h>

#include "base/alloc.h"
#include "flow/bandit.h"
#include "flow/pool.h"
#include "refine/refine.h"

enum {
	ELITES = 64,
	REFINE_PROPOSALS = 50, /* that take as long as a unit of refinement's work */
	REFINE_SHARE = 3,      /* refining takes at most a third of what the round took */
	LEVEL_MAX = 40,
	PART = 8,       /* a round takes at most this part of the work so far */
	TABU_MAX = 5000 /* variables: a search from each elite must end */
};

typedef enum {
	START_RANDOM,
	START_ELITES,
	START_REFINED /* what refinement made of the rounds before */
} arm_start;

typedef struct {
	const char    *name;
	taut_algorithm algorithm;
	arm_start      start;
	double         heat; /* part of the hottest temperature to begin with */
	double         band; /* part of that to end with; 0: the coldest; permutations alone */
} arm_recipe;

/* docs/portfolio.md says why these. */
static const arm_recipe RECIPES[] = {
	{"sa", TAUT_ALGORITHM_SA, START_RANDOM, 1.0, 0.0},
	{"sa reheated 1/2", TAUT_ALGORITHM_SA, START_ELITES, 0.5, 0.0},
	{"sa reheated 2/5", TAUT_ALGORITHM_SA, START_ELITES, 0.4, 0.0},
	{"sa recombined", TAUT_ALGORITHM_SA, START_REFINED, 0.4, 0.0},
	{"tabu", TAUT_ALGORITHM_TABU, START_ELITES, 1.0, 0.0},
	{"sa band at 3/5", TAUT_ALGORITHM_SA, START_ELITES, 0.65, 0.8},
	{"sa band at 2/5", TAUT_ALGORITHM_SA, START_ELITES, 0.4, 0.8},
	{"sa band at 1/4", TAUT_ALGORITHM_SA, START_ELITES, 0.25, 0.8},
	{"sa band at 1/6", TAUT_ALGORITHM_SA, START_ELITES, 0.16, 0.8},
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
	double              work; /* of all rounds */
	/* of the round that was planned */
	uint32_t chosen;
	uint64_t seed;
	/* the best that refinement made so far, or NULL */
	taut_samples *refined; /* of the last round that was refined, or NULL */
	bool          fresh;   /* that was the round taken last */
};

static bool fits(const arm_recipe *recipe, const taut_problem *problem, uint32_t algorithms)
{
	if (!(algorithms >> recipe->algorithm & 1) ||
	    (recipe->band > 0.0 && !problem->permutation_n))
		return false;
	if (problem->permutation_n || problem->group || problem->terms)
		return recipe->algorithm == TAUT_ALGORITHM_SA && recipe->start != START_REFINED;
	if (recipe->algorithm == TAUT_ALGORITHM_TABU)
		return problem->n <= TABU_MAX && !taut_refine_applies(problem);
	return recipe->start != START_REFINED || taut_refine_applies(problem);
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
	taut_samples_free(portfolio->refined);
	taut_pool_fini(&portfolio->pool);
	taut_free(portfolio);
}

/* Proposals of a round with that many sweeps. */
static double work_of(const taut_problem *p, uint32_t reads, uint64_t sweeps)
{
	const double n = p->permutation_n ? p->permutation_n : p->n;
	const double visits = p->permutation_n ? 0.5 * n * (n - 1.0) : n;

	return (visits > 0.0 ? visits : 1.0) * (double)reads * (double)sweeps;
}

/* Sweeps of the next round: the first's, doubled while they stay within its part. */
static uint64_t sweeps_of(const taut_portfolio *p, const taut_schedule *first)
{
	const double limit = p->work / PART;
	uint64_t     sweeps = first->sweeps;

	while (work_of(p->problem, first->reads, 2 * sweeps) <= limit &&
	       sweeps < UINT64_C(1) << LEVEL_MAX)
		sweeps *= 2;
	return sweeps;
}

void taut_portfolio_plan(taut_schedule *schedule, taut_portfolio *p)
{
	double            cost[TAUT_BANDIT_ARMS];
	const arm        *a;
	const arm_recipe *recipe;

	for (uint32_t k = 0; k < p->n_arms; k++) {
		a = &p->arms[k];
		cost[k] = a->recipe->start != START_RANDOM && p->pool.states->count == 0
		                  ? 0.0
		                  : work_of(p->problem, schedule->reads, sweeps_of(p, schedule));
	}
	p->chosen = taut_bandit_choose(&p->bandit, cost);
	a = &p->arms[p->chosen];
	recipe = a->recipe;
	schedule->algorithm = recipe->algorithm;
	schedule->sweeps = sweeps_of(p, schedule);
	schedule->t_hot *= recipe->heat;
	if (recipe->band > 0.0)
		schedule->t_cold = schedule->t_hot * recipe->band;
	if (schedule->t_hot < schedule->t_cold)
		schedule->t_hot = schedule->t_cold;
	p->seed = schedule->seed;
	if (recipe->start == START_REFINED && p->refined)
		schedule->initial = p->refined;
	else if (recipe->start != START_RANDOM)
		schedule->initial = p->pool.states;
}

/* Refines the round, within its share. */
static taut_status refine(double *gain, taut_portfolio *p, const taut_samples *samples,
                          const taut_ctx *ctx, taut_error *err)
{
	taut_samples *refined;
	taut_status   st = taut_refine_run(&refined, p->problem, samples, p->refined,
	                                   samples->proposals / (REFINE_SHARE * REFINE_PROPOSALS),
	                                   p->seed, ctx, err);

	if (st != TAUT_OK)
		return st;
	taut_samples_free(p->refined);
	p->refined = refined;
	p->fresh = true;
	return taut_pool_offer(gain, &p->pool, refined, err);
}

taut_status taut_portfolio_take(taut_portfolio *p, const taut_samples *samples, const taut_ctx *ctx,
                                taut_error *err)
{
	arm        *a = &p->arms[p->chosen];
	const bool  filled = p->pool.states->count > 0;
	uint64_t    work = samples->proposals;
	double      gain;
	double      refined_gain = 0.0;
	taut_status st = taut_pool_offer(&gain, &p->pool, samples, err);

	p->fresh = false;
	if (st == TAUT_OK && taut_refine_applies(p->problem) && !taut_ctx_stopped(ctx))
		st = refine(&refined_gain, p, samples, ctx, err);
	if (st != TAUT_OK)
		return st;
	if (p->fresh)
		work += REFINE_PROPOSALS * p->refined->proposals;
	gain = filled ? gain + refined_gain : 0.0; /* any state enters an empty pool */
	p->work += (double)work;
	a->rounds++;
	a->proposals += work;
	a->success += gain;
	taut_bandit_observe(&p->bandit, p->chosen, work > 0 ? (double)work : 1.0, gain);
	return TAUT_OK;
}

const taut_samples *taut_portfolio_refined(const taut_portfolio *portfolio)
{
	return portfolio->fresh ? portfolio->refined : NULL;
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
