/*
 * Solving, watching, cancelling, and what comes out.
 *
 * The same input, settings and seed give the same answer, on any machine and for any number of
 * threads, unless a time limit or a cancel cuts the run. Nothing is printed; nothing ends the
 * process. Several threads may solve at once.
 */
#ifndef TAUT_PUBLIC_SOLUTION_H
#define TAUT_PUBLIC_SOLUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "taut/input.h"
#include "taut/progress.h"

typedef struct taut_solution taut_solution;

/* One read as the backend returned it, before repair. A view that dies with the callback. */
typedef struct {
	uint64_t       round;      /* from 1 */
	uint64_t       read;       /* within the round, from 0 */
	uint32_t       n;          /* variables of the problem */
	const uint8_t *bits;       /* [n] of 0 and 1 */
	int64_t        energy;     /* of the annealed problem, in the machine's units */
	double         objective;  /* of bits, in the problem's own units and sense */
	uint64_t       violations; /* rows and conflicts that bits violate; 0: feasible */
} taut_sample;

/* One round, when its answers are repaired. Views that die with the callback. */
typedef struct {
	uint64_t      round;  /* from 1 */
	const char   *method; /* name of the formulation; static */
	uint64_t      reads, sweeps;
	uint64_t      proposals;         /* counted work so far */
	uint64_t      samples, feasible; /* of the round, before repair */
	uint32_t      rows;              /* of the problem */
	const double *multipliers; /* [rows] as applied, the problem's own units; NULL: none */
	bool          has_objective, has_bound;
	double        objective, bound; /* so far, in the problem's own units and sense */
	double        time_s;           /* since the solve began */
} taut_round_seen;

/* Callbacks come from the thread that called taut_input_solve, one at a time. Anything but 0
 * cancels the solve. They must return: no exception, no longjmp. */
typedef int taut_watch_progress_fn(void *payload, const taut_progress *progress);
typedef int taut_watch_sample_fn(void *payload, const taut_sample *sample);
typedef int taut_watch_round_fn(void *payload, const taut_round_seen *round);

/* How a solve is watched and cancelled; zero members are unused. */
typedef struct {
	taut_watch_progress_fn *progress; /* after every round */
	taut_watch_sample_fn   *sample;   /* for every read of every round */
	taut_watch_round_fn    *round;    /* after every round, what it did */
	void                   *payload;  /* for all */
	/* Looked at in every sweep. Another thread or a signal handler makes it non-zero to cancel;
	 * it must outlive the call. */
	const volatile int *cancel;
} taut_watch;

typedef enum {
	TAUT_ANSWER_NONE,       /* cancelled or out of time before any answer */
	TAUT_ANSWER_INFEASIBLE, /* the best answer violates something */
	TAUT_ANSWER_FEASIBLE    /* verified on the problem, in exact arithmetic */
} taut_answer_status;

/* The best answer. Objectives and bounds are in the problem's own units and sense. */
typedef struct {
	taut_answer_status status;
	bool               optimal;            /* proven: no answer is better */
	bool               proven_infeasible;  /* no point meets all rows: status is not FEASIBLE */
	bool               interrupted;        /* cancelled (a time limit is no cancel) */
	uint32_t           n;                  /* variables */
	const uint8_t     *bits;               /* [n] of 0 and 1; NULL without an answer */
	double             objective;          /* nearest double; 0 without an answer */
	char               objective_text[32]; /* exact decimal; "" without an answer */
	uint64_t           violations;         /* rows and conflicts violated */
	bool               has_bound;
	double             bound;          /* nearest double of a proven bound; 0 without one */
	char               bound_text[32]; /* exact decimal; "" without one */
	const char        *bound_kind;     /* how it was proven; NULL without one; static */
	bool               has_gap;  /* a feasible answer, a bound, an objective other than 0 */
	double             gap;      /* |bound - objective| / |objective| */
	uint64_t           samples;  /* reads that were annealed */
	uint64_t           feasible; /* of them feasible before repair */
} taut_answer;

TAUT_C_BEGIN

/*
 * Solves problem number `at` (from 0) of an input. `settings` (NULL: none) stand over the spec's
 * and those of taut_input_read; without a time limit the work is reads x sweeps x rounds. `watch`
 * may be NULL. Blocks. The caller frees *out.
 *
 * A run that was cancelled, is out of time or found nothing feasible is no failure: *out then holds
 * the best answer so far, and its status says what it is. EUSAGE (no such problem, settings that do
 * not fit it), EINPUT, EDEVICE, ELIMIT, ENOMEM; *out is then NULL, but for a device that is lost in
 * mid-run: then EDEVICE comes with the best answer so far.
 */
TAUT_API taut_status taut_input_solve(taut_solution **out, const taut_input *input, size_t at,
                                      const taut_settings *settings, const taut_watch *watch,
                                      taut_error *err) TAUT_MUST_CHECK;

/* Views that die with the solution; never NULL. The JSON is one object on one line, ended by a
 * newline, as docs/result.schema.json says. */
TAUT_API const taut_answer *taut_solution_answer(const taut_solution *solution);
TAUT_API const char        *taut_solution_json(const taut_solution *solution);

TAUT_API void taut_solution_free(taut_solution *solution); /* accepts NULL */

TAUT_C_END

#endif
