/*
 * What the methods that move multipliers by residuals have in common: subgradient, stochastic,
 * dual_averaging, mirror_descent. Each of them is a rule for one step; the rest is here.
 *
 *   f(x) + sum_k l_k (a_k x - z_k) + products,   l_k >= 0 with z = hi, l_k <= 0 with z = lo, l_k
 * free for equations
 *
 * Closed forms. Where the objective is linear and there is no product, the least value L(l) and its
 * x are known for every l: each variable, or each group that moves keep, by itself. Then the
 * multipliers are settled before the first round, by the method's own rule on exact residuals, a
 * counted number of steps, and there is nothing left in that form to anneal: it has no couplings.
 * So the rounds anneal the augmented form around those multipliers,
 *
 *   rho_k/2 (a_k x - z_k + l_k/rho_k)^2 in place of l_k (a_k x - z_k),
 *
 * for equations and for every other row while l_k + rho_k (mean residual) keeps its sign, rho as in
 * augmented_lagrangian.c, without growth. Where the squares would need more couplings than
 * SQUARES_LIMIT they are left out. Else (quadratic objective, products) the form stays as it is:
 * its least value is the annealer's to find.
 *
 * Rounds. The rule goes on with the residuals of the samples' means, of length alpha_t = alpha_0 /
 * sqrt(t).
 */
#ifndef TAUT_FORMULATIONS_LAGRANGIAN_MULTIPLIER_H
#define TAUT_FORMULATIONS_LAGRANGIAN_MULTIPLIER_H

#include "base/rng.h"
#include "formulations/plan.h"

typedef struct taut_multiplier taut_multiplier;

typedef struct {
	/* l is where the steps start from: what the rule remembers is forgotten. */
	void (*begin)(taut_multiplier *s);
	/* One step of l along the residuals g of the activities `mean`. */
	void (*step)(taut_multiplier *s, double alpha);
	/* Length of a step while L is known: `relative`, of (0, 1], is cut from stage to stage.
	 * value: L(l). 0: nothing to be gained. */
	double (*length)(const taut_multiplier *s, double relative, double value);
	/* Puts other activities of a round in place of the mean; NULL: the mean of all samples. */
	void (*sample)(taut_multiplier *s, const taut_round *round);
} taut_multiplier_rule;

struct taut_multiplier {
	taut_plan                   plan; /* first */
	const taut_multiplier_rule *rule;
	taut_rng                    rng;
	double                     *store; /* of all arrays that follow, [n_rows] each */
	double                     *l;
	double *scale; /* step of l for alpha = 1 and a residual of 1; 0: the row needs no term */
	double *item;  /* average item: sum a^2 / sum |a| */
	double *price; /* what such an item is worth per unit: the size of l where one row counts */
	double *rho;   /* of the squared term; 0: none */
	double *mean;  /* activities that the step looks at */
	double *g;     /* their residuals */
	double *memory;    /* the rule's: direction, sum of residuals, positive part of l */
	double *lower;     /* the rule's: centre, negative part of l */
	double *best;      /* multipliers of the largest L */
	double *sum;       /* of l since the last restart */
	double *group;     /* scratch of evaluate: least change in each kept group */
	uint32_t *pick;    /* [n_rows] likewise: the member that has it */
	uint32_t  priced;  /* rows that need a term */
	bool      closed;  /* L is known */
	double    radius;  /* a first guess of how far multipliers have to go, in the norm below */
	double    norm;    /* sqrt(sum_k scale_k g_k^2) */
	double    slope;   /* the norm where the settling began */
	double    highest; /* the largest L so far */
	double    overshoot; /* the largest so far, in average items; at least 1 */
	uint64_t  t;         /* steps since begin, from 1 */
};

/* Members of the methods' tables. */
taut_status taut_multiplier_start(taut_formulation **out, const taut_formulation_ops *ops,
                                  const taut_multiplier_rule *rule, const taut_model *model,
                                  const taut_options *options, bool exchange,
                                  const double *multipliers, const taut_ctx *ctx,
                                  taut_error *err) TAUT_MUST_CHECK;
taut_status taut_multiplier_observe(taut_formulation *f, const taut_round *round,
                                    const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;
void        taut_multiplier_describe(taut_applied *out, const taut_formulation *f);
void        taut_multiplier_close(taut_formulation *f);

/* l_k += step, stopped at 0 where the row's limits say so. */
void taut_multiplier_move(taut_multiplier *s, uint32_t k, double step);

/* relative * radius / (sqrt(t) norm): steps that fall as 1 / sqrt(t). */
double taut_multiplier_diminishing(const taut_multiplier *s, double relative, double norm);

#endif
