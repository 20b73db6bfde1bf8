/* The closed loop: model -> formulation -> scale -> backend -> answer, and the residuals back to
 * the method, round by round, until the work is done, the time is up or the bound is reached. */
#ifndef TAUT_FLOW_SOLVE_H
#define TAUT_FLOW_SOLVE_H

#include "answer/result.h"
#include "backend/backend.h"
#include "base/ctx.h"
#include "base/options.h"
#include "model/instance.h"
#include "qubo/codec.h"
#include "qubo/qubo.h"

/* Called after every round with its samples as the backend gave them, and after them those that a
 * portfolio made by refinement. Views that die with the call.
 * A failure ends the solve. */
typedef taut_status taut_samples_fn(void *payload, uint64_t round, const taut_model *model,
                                    const taut_codec *codec, const taut_samples *samples,
                                    taut_error *err);

/* One round of the loop. Views die with the call. */
typedef struct {
	uint64_t          round; /* from 0 */
	const taut_model *model;
	taut_method       method;
	uint64_t          reads, sweeps; /* of the round */
	bool              warm;          /* its anneals began where those of the round before ended */
	uint64_t          proposals;     /* counted work so far */
	size_t            samples, feasible; /* of the round, before repair */
	const double     *multipliers; /* [n_rows] that were applied, the family's units; NULL: none */
	const double     *activity; /* [n_rows] mean a_k x of the samples, the row's integers */
	double            conflicts;   /* mean of the samples */
	bool              has_incumbent, has_bound; /* after the round; the incumbent is feasible */
	int64_t           incumbent, bound;         /* units of 10^-decimals, model's sense */
	double            time_s;                   /* since the solve began */
} taut_trace_round;

/* Called after every round, when its answers are repaired. A failure ends the solve. */
typedef taut_status taut_trace_fn(void *payload, const taut_trace_round *round, taut_error *err);

/* Like taut_backend_find (tests put backends of their own in its place). */
typedef const taut_backend_ops *taut_find_fn(taut_backend_name name);

typedef struct {
	taut_samples_fn *samples; /* NULL: none */
	void            *samples_payload;
	taut_trace_fn   *trace; /* NULL: none */
	void            *trace_payload;
	taut_find_fn    *find; /* where backends are found; NULL: taut_backend_find */
} taut_solve_hooks;

/*
 * Solves one instance. ctx->deadline_s is set by the caller from the time limit (0: none); without
 * a deadline the work is reads x sweeps x rounds, with one the sweeps grow geometrically in a fixed
 * sequence that the deadline cuts. The caller frees *out. Interrupted or out of time is no failure:
 * the result then holds the incumbent, if there is one; nor is a device that was lost after there was
 * something to answer with: result->failure says how. Fails with EINPUT (model), ELIMIT (too large),
 * EDEVICE, ENOMEM; *out is then NULL.
 *
 * Backend `auto` is xrt where there is a sign of a card (a bitstream in the options or in
 * TAUT_BITSTREAM, or a device that xrt lists), else the cpu. Where xrt cannot be opened, has not the
 * algorithm or cannot take the problem, one notice goes to the log and the cpu takes over.
 */
taut_status taut_solve(taut_result **out, const taut_instance *instance,
                       const taut_options *options, const taut_ctx *ctx,
                       const taut_solve_hooks *hooks, taut_error *err) TAUT_MUST_CHECK;

/* What `taut formulate` shows: everything up to and including the first round's problem, no
 * annealing. qubo: NULL, or where its QUBO goes as it was before it was narrowed for a machine; the
 * caller frees it. */
taut_status taut_formulate(taut_result **out, taut_qubo **qubo, const taut_instance *instance,
                           const taut_options *options, const taut_ctx *ctx,
                           taut_error *err) TAUT_MUST_CHECK;

#endif
