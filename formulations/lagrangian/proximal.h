/*
 * The master of bundle: max over v in the box of min_i cut_i(v) - |v - c|^2 / (2 tau); a convex quadratic program, solved
 * through its dual over the weights w of the cuts (w >= 0, sum 1):
 *
 *   min_w  phi(w) = max_v  sum_i w_i cut_i(v) - |v - c|^2 / (2 tau),   v(w) = c + tau sum_i w_i slope_i, cut to the box.
 *
 * The derivative by w_i is cut_i(v(w)), and sum_i w_i cut_i(v) - min_i cut_i(v) >= 0 is the distance from the optimum:
 * weight moves from the largest cut that has some to the least, an exact step along the line each time (pairwise steps,
 * as of Mitchell, Demyanov & Malozemov 1974 and Platt 1998), until that distance is small. Own code and not CLP's quadratic
 * simplex: docs/bundle.md says why.
 */
#ifndef TAUT_FORMULATIONS_LAGRANGIAN_PROXIMAL_H
#define TAUT_FORMULATIONS_LAGRANGIAN_PROXIMAL_H

#include "formulations/lagrangian/cuts.h"

/* v: [n] the maximiser; value: min_i cut_i(v); mean: sum_i w_i cut_i(v), from above the same when solved. centre: [n], within the box; at_centre: L there, or the model's value; tau > 0.
 * The distance left is at most 1/20 of value - at_centre or 1e-9, unless a counted number of steps ends first: v is
 * then a trial point of less use. At least one cut. ENOMEM. */
taut_status taut_proximal_solve(double *v, double *value, double *mean, const taut_cuts *cuts, const double *centre, double at_centre,
				double tau, taut_error *err) TAUT_MUST_CHECK;

#endif
