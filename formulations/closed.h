/*
 * Closed forms: with a linear objective and no products the Lagrangian
 *
 *   L(l) = min_x f(x) + sum_k l_k (a_k x - z_k)
 *
 * falls apart into one choice for every variable, or for every group that moves keep (Geoffrion 1974, "Lagrangean
 * relaxation for integer programming"). Its form has no couplings and nothing to anneal.
 */
#ifndef TAUT_FORMULATIONS_CLOSED_H
#define TAUT_FORMULATIONS_CLOSED_H

#include "formulations/plan.h"

bool taut_closed_is(const taut_plan *plan);

/* The minimiser at row multipliers l ([n_rows], plan's units): each kept group takes its least change, each other
 * variable is 1 where its change is negative. activity: [n_rows] its a_k x. Adds the changes taken to *value unless
 * NULL: begun with the constants it becomes L. group, member: [n_rows] scratch. Returns the minimiser's objective, to
 * be minimised, plan's units. */
double taut_closed_minimise(double *activity, double *value, double *group, uint32_t *member, const taut_plan *plan,
			    const double *l);

#endif
