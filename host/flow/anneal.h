/* Inside host/flow only: a schedule run on the run's problem by its backend, and the method told of
 * the samples. */
#ifndef TAUT_FLOW_ANNEAL_H
#define TAUT_FLOW_ANNEAL_H

#include "flow/run.h"

/* Completes and runs the schedule; work and time are counted. *samples stays NULL where the device
 * was lost before there were any; backend auto may have fallen back. *finished is false when the
 * anneal was cut. */
taut_status taut_run_anneal(taut_samples **samples, bool *finished, taut_run *r,
                            const taut_schedule *schedule, const taut_ctx *ctx,
                            taut_error *err) TAUT_MUST_CHECK;

/* A device that is lost fails the solve only where there is nothing to answer with: else the
 * samples, if any, count as those of a cut round, the result says how it was lost, and the loop is
 * to end. */
taut_status taut_run_survive(const taut_samples *samples, bool *finished, taut_run *r,
                             taut_status st, const taut_error *why, taut_error *err);

/* What the samples that were taken last told, to the method: before other states are taken for
 * answers. */
taut_status taut_run_learn(taut_run *r, taut_error *err) TAUT_MUST_CHECK;

#endif
