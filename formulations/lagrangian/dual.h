/*
 * What cutting_plane and bundle have in common: the cuts, the best point, and the form that is annealed around it.
 *
 * Closed forms (linear objective, no products). L and a cut are exact at any multipliers, so the masters run ahead of
 * the annealer: a counted number of evaluations in start and after every round. The form at the multipliers has no
 * couplings and nothing to anneal; what is annealed is the augmented one around them, as in augmented_lagrangian:
 *
 *   f(x) + sum_k l_k (a_k x - z_k) + rho_k/2 (a_k x - z_k)^2
 *
 * with the square of an equation, and of another row while l_k + rho_k (A_k - z_k) keeps the sign of its price, A the
 * mean activity of the round's samples. rho starts as there and doubles for rows whose mean breaks them without getting
 * better. Else (quadratic objective, products) the form is f + l g alone: its samples are what the next cuts are taken
 * from, one trial point a round.
 */
#ifndef TAUT_FORMULATIONS_LAGRANGIAN_DUAL_H
#define TAUT_FORMULATIONS_LAGRANGIAN_DUAL_H

#include "formulations/lagrangian/cuts.h"

typedef struct {
	taut_plan plan; /* first */
	taut_cuts cuts;
	double   *best;  /* [cuts.n] the best point known, or the centre */
	double   *trial; /* [cuts.n] */
	double    value; /* L at best: exact where closed, else the model's; -infinity: none yet */
	double   *l;       /* [n_rows] */
	double   *rho;     /* [n_rows]; 0: no square */
	double   *breach;  /* [n_rows] of the last round, in mean |a|; infinite before */
	uint8_t  *growths; /* [n_rows] */
} taut_dual;

/* The plan, no cuts, best and trial at the given multipliers (or 0). limit: of the cuts. fini also after a failure. ENOMEM. */
taut_status taut_dual_init(taut_dual *out, const taut_formulation_ops *ops, const taut_model *model,
			   const taut_options *options, bool exchange, const double *multipliers, size_t limit,
			   taut_error *err) TAUT_MUST_CHECK;
void        taut_dual_fini(taut_dual *dual);

/* Member of the methods' tables. */
void taut_dual_describe(taut_applied *out, const taut_formulation *f);

/* |value|, or 1/1000 where it is less: what differences are compared with. */
double taut_dual_size(const taut_dual *dual);

/* Evaluations that a call may make: `wish`, less where the model is so large that they would take seconds. */
uint64_t taut_dual_budget(const taut_dual *dual, uint64_t wish);

/* The plan's terms at v; mean: [n_rows] activities of the last round, NULL before the first. */
void taut_dual_apply(taut_dual *dual, const double *v, const double *mean);

/* Doubles rho where a closed form's samples break a row as badly as the round before. */
void taut_dual_stiffen(taut_dual *dual, const double *mean);

#endif
