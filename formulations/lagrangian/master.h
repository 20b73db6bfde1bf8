/*
 * The master of cutting_plane: max t, t <= cut_i(v) for all cuts, v in the box; a linear program, solved by CLP
 * (base/clp.h).
 *
 * A master's optimum is a model of the dual from above, in floating point: never a bound.
 */
#ifndef TAUT_FORMULATIONS_LAGRANGIAN_MASTER_H
#define TAUT_FORMULATIONS_LAGRANGIAN_MASTER_H

#include "formulations/lagrangian/cuts.h"

typedef struct taut_master taut_master;

/* True where CLP was found when taut was configured. */
bool taut_master_built(void);

/* EUSAGE with what to do where CLP is not built in or its library is not found; ENOMEM. */
taut_status taut_master_new(taut_master **out, taut_error *err) TAUT_MUST_CHECK;
void        taut_master_free(taut_master *master); /* accepts NULL */

/* A maximiser v ([n]) of the model and its value. The cuts must be the same object at every call and have at least
 * one; what they gained since the last call is added, unless their generation has changed. *solved is false, and v as
 * it was, where CLP found no optimum within a fixed number of steps or ctx stopped it. ENOMEM. */
taut_status taut_master_solve(double *v, double *value, bool *solved, taut_master *master, const taut_cuts *cuts,
			      const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

#endif
