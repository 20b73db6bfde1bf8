/* Plots of a bench of formulations, as SVG by gnuplot, which runs as a program of its own: a bench
 * without plots needs nothing of it. */
#ifndef TAUT_BENCH_PLOT_H
#define TAUT_BENCH_PLOT_H

#include "bench/bench.h"

/* OK where gnuplot can be run; else EUSAGE that says what to install. Before hours of runs, not
 * after. */
taut_status taut_bench_plot_check(taut_error *err) TAUT_MUST_CHECK;

/* Writes raw.svg (share of the samples feasible before repair), gap.svg (mean gap to the best known
 * value, after repair), range.svg (largest range of the coefficients) into the folder, which is
 * made where it is not there, and plots.gp, the script they come of; an older one is replaced. By
 * method and family. EIO with the path, ENOMEM. */
taut_status taut_bench_plot(const char *folder, const taut_bench_plan *plan,
                            const taut_bench_outcome *outcome, taut_error *err) TAUT_MUST_CHECK;

#endif
