/* The methods' tables; registry.c lists them. */
#ifndef TAUT_FORMULATIONS_METHODS_H
#define TAUT_FORMULATIONS_METHODS_H

#include "formulations/formulation.h"

extern const taut_formulation_ops taut_penalty_ops;
extern const taut_formulation_ops taut_slack_ops;
extern const taut_formulation_ops taut_unbalanced_ops;
extern const taut_formulation_ops taut_subgradient_ops;
extern const taut_formulation_ops taut_stochastic_ops;
extern const taut_formulation_ops taut_dual_averaging_ops;
extern const taut_formulation_ops taut_mirror_descent_ops;
extern const taut_formulation_ops taut_cutting_plane_ops;
extern const taut_formulation_ops taut_bundle_ops;
extern const taut_formulation_ops taut_augmented_lagrangian_ops;
extern const taut_formulation_ops taut_native_ops;

#endif
