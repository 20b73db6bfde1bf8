/*
 * Cutting planes of the Lagrangian dual, shared by cutting_plane and bundle.
 *
 *   L(u) = min_x f(x) + sum_j u_j g_j(x),     g_j(x) = a_k x - hi_k or lo_k - a_k x,   u_j >= 0,
 *
 * one side j for each limit of a row, or one free u_j with g_j = a_k x - b_k for an equation; the row's multiplier is
 * l_k = sum_j sign_j u_j. Any x in the set of the minimum gives a cut L(u) <= f(x) + u g(x) (Kelley 1960). The least
 * of the cuts is a model of L from above: neither it nor its maximum bounds the problem. A bound comes from host/bound.
 *
 * Everything here is in units that make sides alike: v_j = u_j / price_j with price_j = sum |change_i| / sum |a_ki| over the row's items
 * (v_j = 1 charges an average item all it earns), and values are divided by the sum of the |change_i|.
 */
#ifndef TAUT_FORMULATIONS_LAGRANGIAN_CUTS_H
#define TAUT_FORMULATIONS_LAGRANGIAN_CUTS_H

#include "formulations/plan.h"

typedef struct {
	uint32_t row;
	double   sign;  /* of the row's multiplier: 1 prices hi and equations, -1 lo */
	double   limit; /* hi or lo, in the row's units */
	double   price; /* > 0, plan's units per unit of v */
	double   lo, hi; /* box of v: lo is 0, or -hi for an equation */
} taut_side;

typedef struct {
	const taut_plan *plan; /* view */
	double           unit; /* > 0: values are in multiples of it */
	uint32_t         n;    /* sides */
	taut_side       *side; /* [n] */
	bool closed; /* linear objective, no products: L is a closed form, exact up to rounding */
	uint64_t evaluations; /* of the closed form */
	uint64_t generation;  /* grows when cuts are dropped or a box grows */

	size_t  count, limit; /* cuts, and how many there may be */
	double *value;        /* [count] at v = 0 */
	double *slope;        /* [count][n] */

	size_t  value_capacity, slope_capacity;
	double *activity; /* [n_rows] scratch */
	double *price;    /* [n_rows] scratch: l */
	double *group;    /* [n_rows] scratch */
	uint32_t *member; /* [n_rows] scratch */
} taut_cuts;

/* Sides of every row that needs a term; no cuts. limit >= 2. fini frees what init made, also after a failure; the plan outlives the cuts.
 * ENOMEM. */
taut_status taut_cuts_init(taut_cuts *out, const taut_plan *plan, size_t limit, taut_error *err) TAUT_MUST_CHECK;
void        taut_cuts_fini(taut_cuts *cuts);

/* v of given row multipliers ([n_rows] or NULL: 0), each within its box, which grows to hold it. v: [n]. */
void taut_cuts_start(double *v, taut_cuts *cuts, const double *multipliers);

/* Row multipliers at v. out: [n_rows], plan's units per row unit. */
void taut_cuts_prices(double *out, const taut_cuts *cuts, const double *v);

/* The least cut at v; infinity where there is none. */
double taut_cuts_model(const taut_cuts *cuts, const double *v);

/* L(v) of a closed form; its cut is added, and *there is what that cut says at `at`, the point around which the cuts that
 * matter least are dropped when there are too many. ENOMEM. */
taut_status taut_cuts_evaluate(double *value, double *there, taut_cuts *cuts, const double *v, const double *at,
			       taut_error *err) TAUT_MUST_CHECK;

/* Cuts of a round's samples: of all that keep conflicts and at-most-one rows, which are not priced. ENOMEM. */
taut_status taut_cuts_take(taut_cuts *cuts, const taut_round *round, const double *at, taut_error *err)
	TAUT_MUST_CHECK;

/* Doubles the box of every side whose v is at its edge; true where there was one. */
bool taut_cuts_widen(taut_cuts *cuts, const double *v);

#endif
