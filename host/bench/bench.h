/* Runs every case with every method, several at a time, and keeps what came out: in memory in a
 * fixed order, in the ledger as it comes. */
#ifndef TAUT_BENCH_BENCH_H
#define TAUT_BENCH_BENCH_H

#include "bench/cases.h"
#include "bench/ledger.h"

/* After every run: how many of all are done. Calls do not overlap. */
typedef void taut_bench_progress_fn(void *payload, size_t done, size_t total,
                                    const taut_bench_record *record);

typedef struct {
	const taut_bench_cases *cases;
	const taut_method      *methods; /* [n_methods] */
	size_t                  n_methods;
	const taut_options     *options;      /* the user's, for every run */
	const char             *csv;          /* path of the ledger */
	bool                    restart;      /* take nothing from an earlier bench */
	uint32_t                jobs;         /* runs at a time, >= 1 */
	uint32_t                threads;      /* of one run, >= 1 */
	bool                    formulations; /* for its table, formulations.h */
	const volatile int     *stop;
	taut_bench_progress_fn *progress; /* NULL: none */
	void                   *progress_payload;
} taut_bench_plan;

typedef struct {
	taut_bench_record *records; /* [cases->count][n_methods] */
	bool              *done;    /* [same]; false for what a stop left out */
	size_t             count;   /* cases->count * n_methods */
	size_t             reused;  /* of them from an earlier bench */
} taut_bench_outcome;

/*
 * A run that fails is a row with its error, and the bench goes on. Rows of an earlier bench in the
 * ledger for the same path, index, method, options and version are taken as they are; those with an
 * error are run again. An interrupt leaves out what is not finished. EINPUT (the file is no
 * ledger), EIO, ENOMEM. The caller frees *out, after a failure too.
 */
taut_status taut_bench_run(taut_bench_outcome *out, const taut_bench_plan *plan,
                           taut_error *err) TAUT_MUST_CHECK;
void        taut_bench_outcome_fini(taut_bench_outcome *outcome);

#endif
