/* Inside host/flow only: what one solve owns, and the steps that lead to its first problem. */
#ifndef TAUT_FLOW_RUN_H
#define TAUT_FLOW_RUN_H

#include "answer/answers.h"
#include "bound/bound.h"
#include "flow/algorithm.h"
#include "flow/finish.h"
#include "flow/portfolio.h"
#include "flow/rival.h"
#include "flow/rounds.h"
#include "flow/solve.h"
#include "flow/starts.h"
#include "formulations/formulation.h"

/* Everything that one solve owns. */
typedef struct taut_run {
	const taut_options     *options;
	const taut_ctx         *ctx;
	const taut_solve_hooks *hooks;
	taut_result            *result;
	taut_model             *model; /* view: result owns it */
	bool                    exchange;
	bool                    timed;
	bool                    fixed;    /* reads and sweeps as the options say, also in time */
	bool                    may_stop; /* encoding too: without time there need be no form */
	double                  start_s;
	double                  answer_s; /* of the last round's answers */
	int64_t                 target;   /* of result->target, in the model's units */

	taut_rounds       rounds;
	taut_starts       starts;
	taut_samples     *last; /* of the round before, where rounds change the QUBO; else NULL */
	taut_ladder       ladder; /* of pt */
	taut_bound        bound;
	taut_formulation *formulation;
	taut_rival        rival;
	taut_qubo        *qubo;
	taut_codec        codec;
	taut_problem     *problem;
	taut_backend     *backend;
	bool              may_change; /* backend auto is not on the cpu yet */
	bool              sparse;     /* the backend takes no dense couplings */
	bool              no_terms;   /* backend or algorithm takes no rows as activities */
	uint32_t          algorithms; /* that the backend runs: taut_limits */
	taut_portfolio   *portfolio;  /* NULL where the rounds are of one algorithm */
	taut_answers      answers;
	bool              has_answers;
	bool              warm; /* the round's anneals began at `last` */
	taut_finish       finish;
} taut_run;

/* Fills a run whose options, ctx and hooks are set: model, bound, method, starts. Also after a
 * failure the caller calls fini. */
taut_status taut_run_prepare(taut_run *r, const taut_instance *instance,
                             taut_error *err) TAUT_MUST_CHECK;
void        taut_run_fini(taut_run *r);

/* One QUBO and its narrowed problem, with the starts as its states; what was there before is freed.
 * Both stay NULL where the time was up before there was a form; only of a run that may stop. */
taut_status taut_run_encode(taut_run *r, taut_error *err) TAUT_MUST_CHECK;

/* A proven value, kept where it is better than the bound so far. kind: static. */
void taut_run_keep_bound(taut_run *r, int64_t value, const char *kind);

/* Device units of one unit of the family's objective, of the last encoding. */
double taut_run_units(const taut_run *r);

/* Opens the backend of the options, checks that it has the algorithm and names it in the result;
 * auto as flow/solve.h says. EDEVICE, ELIMIT, and what the backend says of device and bitstream. */
taut_status taut_run_open(taut_run *r, taut_error *err) TAUT_MUST_CHECK;

/* Loads the problem; auto may fall back. ELIMIT, EDEVICE, ENOMEM. */
taut_status taut_run_load(taut_run *r, taut_error *err) TAUT_MUST_CHECK;

/* After a failure st of the backend: where auto has not fallen back yet, and no samples have come
 * or the problem is too large, one notice and the cpu in its place, the problem loaded. Else
 * returns st with its message. */
taut_status taut_run_fall_back(taut_run *r, taut_status st, const taut_error *why,
                               taut_error *err) TAUT_MUST_CHECK;

#endif
