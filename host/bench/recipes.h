/* Problems that a bench of formulations makes itself where no instances are named: one of every
 * family with rows, small enough for every method, and seeded, so that they are the same
 * everywhere. */
#ifndef TAUT_BENCH_RECIPES_H
#define TAUT_BENCH_RECIPES_H

#include "bench/cases.h"
#include "model/instance.h"

/* Appends them; their path is the command that writes them. options->family keeps those that fit.
 * ENOMEM. */
taut_status taut_bench_recipes_add(taut_bench_cases *cases, const taut_options *options,
                                   taut_error *err) TAUT_MUST_CHECK;

/* Makes the case's problem. The caller frees. ENOMEM. */
taut_status taut_bench_recipe_make(taut_instance **out, const taut_bench_case *c,
                                   taut_error *err) TAUT_MUST_CHECK;

#endif
