/* The parts of a plan's form that do not depend on the method: objective and products. */
#ifndef TAUT_FORMULATIONS_OBJECTIVE_H
#define TAUT_FORMULATIONS_OBJECTIVE_H

#include "formulations/plan.h"

/* Changes of every variable (taut_change). A permutation block counts with one 1 in each of the other rows, as at
 * feasible points: at most rowsum(|F_a|) max|D_l| and the same transposed. The caller frees *out, [n]. ENOMEM. */
taut_status taut_objective_changes(taut_change **out, const taut_model *m, taut_error *err) TAUT_MUST_CHECK;

/* Weight of the product x_u x_v. */
double taut_plan_pair(const taut_plan *plan, uint32_t u, uint32_t v);

/* No two objectives differ by more: the sum of |coefficients|. */
double taut_objective_range(const taut_model *m);

/* No |coefficient| of the objective's expanded form is larger, and the largest is no less than half of it; forms and
 * dense couplings are left out. */
double taut_objective_largest(const taut_model *m);

/* Sum of |coefficients| of objective and products: no partial sum exceeds it. */
double taut_objective_magnitude(const taut_plan *plan);

/* Couplings that objective and products expand to, before merging: an upper bound. Dense ones stay as they are. */
double taut_objective_couplings(const taut_model *m);

/* Adds objective and products times 2^bits. EINPUT on overflow, ENOMEM. */
taut_status taut_objective_add(taut_qubo_builder *b, const taut_plan *plan, int32_t bits, taut_error *err)
	TAUT_MUST_CHECK;

/* The permutation problem; a maximisation negates the distances. */
taut_status taut_objective_permutation(taut_qubo **out, const taut_model *m, taut_error *err) TAUT_MUST_CHECK;

/* round(value * 2^bits). EINPUT where that does not fit. */
taut_status taut_fixed_point(int64_t *out, double value, int32_t bits, taut_error *err) TAUT_MUST_CHECK;

#endif
