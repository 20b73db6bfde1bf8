/* `taut bench formulations`: methods side by side as the literature of slack-free formulations does
 * it (Sharma & Lau 2025, arXiv 2507.12159 and 2503.12121): how many binaries, what the samples are
 * worth before and after repair, and how wide the coefficients range. */
#ifndef TAUT_BENCH_FORMULATIONS_H
#define TAUT_BENCH_FORMULATIONS_H

#include "bench/bench.h"

/* Sets what the user did not: algorithm sa and flips, so that every row is the formulation's
 * business and not the moves', and no local search, so that answers are samples, repaired and no
 * more. ENOMEM. */
taut_status taut_bench_formulations_options(taut_options *options, taut_error *err) TAUT_MUST_CHECK;

/* Every method but `auto` and those whose library is missing. out: [TAUT_N_METHODS]. Returns how
 * many. */
size_t taut_bench_formulations_methods(taut_method *out);

/* What is measured of a run. Gaps are to the best known value, where that is not 0. */
typedef enum {
	TAUT_MEASURE_RAW,      /* share of the samples feasible as they came */
	TAUT_MEASURE_REPAIRED, /* share feasible after repair */
	TAUT_MEASURE_BEST_GAP, /* of the answer */
	TAUT_MEASURE_MEAN_GAP, /* of the samples feasible after repair */
	TAUT_MEASURE_BOUND_GAP,
	TAUT_MEASURE_RANGE, /* largest coefficient / smallest */
	TAUT_MEASURE_TIME,  /* s */
	TAUT_N_MEASURES
} taut_bench_measure;

/* A method over the instances of a family. */
typedef struct {
	size_t runs, errors, feasible;
	size_t n[TAUT_N_MEASURES]; /* runs that have it */
	double sum[TAUT_N_MEASURES];
	double largest[TAUT_N_MEASURES]; /* 0: none */
} taut_bench_tally;

taut_bench_tally taut_bench_tally_of(const taut_bench_plan *plan, const taut_bench_outcome *outcome,
                                     taut_family family, size_t method);

/* Two tables in Markdown, aligned: every run, then every family and method. */
void taut_bench_formulations_table(taut_text *out, const taut_bench_plan *plan,
                                   const taut_bench_outcome *outcome);

#endif
