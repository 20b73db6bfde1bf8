/*
 * What all methods here have in common. Each of them is a rule for the numbers of a plan; the plan's quadratic form is
 *
 *   f(x) + sum_k [ weight_k (a_k x + s_k - target_k)^2 + multiplier_k (a_k x - target_k) ] + sum_{(u,v)} pair_uv x_u x_v
 *
 * with f the objective to be minimised (a maximisation turned round; |a x - b| enters as (a x - b)^2; flow x distance is
 * expanded), s_k the slack bits where a row has any, and one product for every conflict and every pair of an
 * at-most-one row. Rows that exchange moves keep are left out; where they keep the whole model the form is flow x
 * distance itself. Beside it a row may have a price on what exceeds its limits, excess_k (max(0, a_k x - hi_k) +
 * max(0, lo_k - a_k x)), which is no quadratic form and stays a term over the row's activity (qubo/terms.h).
 */
#ifndef TAUT_FORMULATIONS_PLAN_H
#define TAUT_FORMULATIONS_PLAN_H

#include "formulations/formulation.h"

/* Numbers of a row, in units of 10^-decimals of the objective per unit of the row's integers. */
typedef struct {
	double  weight;
	double  multiplier;
	int64_t target;
	int64_t slack; /* the slack's range, covered exactly by its bits; 0: none */
	double  excess; /* of the price; a row with one has no other numbers */
} taut_row_term;

/* Range of the change of the objective to be minimised when the variable goes from 0 to 1, over all states. */
typedef struct {
	double lo, hi;
} taut_change;

/* Squares of rows: factors or couplings as the cost model says (factors.h), or always one or the other; the numbers
 * of the form, and so the samples, do not depend on it. */
typedef enum { TAUT_FACTORS_AUTO, TAUT_FACTORS_KEPT, TAUT_FACTORS_EXPANDED } taut_factors;

typedef struct {
	taut_formulation base; /* first */
	const taut_model *model;
	bool              exchange;
	taut_factors      factors;
	double            objective_unit; /* 10^decimals: from objective units to the plan's */
	taut_change      *change;         /* [n] */
	double            largest;        /* taut_objective_largest */
	taut_row_term    *rows;           /* [n_rows]; all zero: the row is left out */
	double            pair_share; /* pair_uv = pair_share * min(drop_u, drop_v), drop = max(0, -lo) + 1 */
	double            pair_fixed; /* > 0: pair_uv instead */
	/* filled by encode for the report, in the problem's own units */
	uint32_t slack_variables;
	double  *weights;     /* [n_rows] of squares; of rows with a price, that */
	double  *multipliers; /* [n_rows] */
	double   pair_weight; /* the largest */
} taut_plan;

/* A plan without row terms and with exact products (share 1), or options->penalty for each. *plan is the caller's,
 * zeroed storage; fini frees what init made, also after a failure. ENOMEM. */
taut_status taut_plan_init(taut_plan *plan, const taut_formulation_ops *ops, const taut_model *model,
			   const taut_options *options, bool exchange, taut_error *err) TAUT_MUST_CHECK;
void        taut_plan_fini(taut_plan *plan);

/* Members of the table that methods share: the plan's form, an observer that learns nothing, the numbers applied. */
taut_status taut_plan_encode(taut_qubo **out, taut_codec *codec, taut_formulation *f, const taut_ctx *ctx,
			     taut_error *err) TAUT_MUST_CHECK;
taut_status taut_plan_observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx, taut_error *err)
	TAUT_MUST_CHECK;
/* Slack bits that bring a_k x + s_k as near to the target as they can. */
void        taut_plan_complete(uint64_t *bits, const taut_formulation *f, const uint8_t *x);
void        taut_plan_describe(taut_applied *out, const taut_formulation *f);
void        taut_plan_close(taut_formulation *f);

/* True when row k needs a term: it is not kept by exchange moves, no at-most-one row (those are products), and
 * some x breaks it. */
bool taut_plan_has_row(const taut_plan *plan, uint32_t k);

/* The same without the last condition, for a model. */
bool taut_row_needs_term(const taut_model *m, uint32_t k, bool exchange);

bool taut_row_is_equation(const taut_row *row);

/* v cut to the row's limits. */
double taut_row_cut(const taut_row *row, double v);

/* Sum of |a_ki|, and the mean of them; 1 of an empty row. */
double taut_row_size(const taut_model *m, uint32_t k);
double taut_row_mean_size(const taut_model *m, uint32_t k);

/* Least and largest a_k x over all x. */
void taut_row_range(int64_t *lo, int64_t *hi, const taut_model *m, uint32_t k);

/* Largest |change_i| of the row's variables. */
double taut_plan_top_change(const taut_plan *plan, uint32_t k);

/*
 * Weight of row k by the single-flip rule (Verma & Lewis 2020; "VLM" of Ayodele 2022, here row by row): no single flip
 * that breaks the row by its least amount g, the greatest common divisor of its coefficients, target and slack, can
 * gain: (1 + max_{i in k} |change_i|) / g^2.
 */
double taut_plan_flip_weight(const taut_plan *plan, uint32_t k);

/* The same for flips out of a row that is kept (Ayodele 2022's MOC, here row by row): max_{i in k} (1 + |change_i|) / a_ki^2. */
double taut_plan_ratio_weight(const taut_plan *plan, uint32_t k);

/* Weight with which an overshoot by an average item costs an average item's share of the objective:
 * sum_{i in k} |change_i| / sum_{i in k} a_ki^2. */
double taut_plan_mild_weight(const taut_plan *plan, uint32_t k);

/*
 * First weight rho/2 of an augmented row. Of an equation the mild weight, but no more than EQUATION times the objective's
 * largest coefficient (where the objective has products, changes are sums of many and the mild weight is many times
 * that; the rest of the work is the multiplier's). Of `sharing` other rows CORE / (sharing n_k) of that, n_k
 * the row's entries: near good multipliers the items' net profits lie about c / n apart around 0, and a square much
 * stiffer than what the CORE items next to 0 are worth freezes the choice among them (measured:
 * docs/augmented_lagrangian.md). 1 where there is nothing to gain.
 */
double taut_plan_core_weight(const taut_plan *plan, uint32_t k, uint32_t sharing);

/* options->penalty in the plan's units for row k, or 0 where it is not given. */
double taut_plan_given_weight(const taut_plan *plan, const taut_options *options, uint32_t k);

#endif
