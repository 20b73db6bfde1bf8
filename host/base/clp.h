/*
 * Linear programs by CLP through its C interface (COIN-OR, EPL-2.0), the only place that knows of it: the master of
 * cutting_plane and the bounds of linear relaxations use it. The library is loaded at run time, as drivers are, so that taut
 * links statically and runs without it. CLP prints nothing, sees no signal handler and runs on the calling thread; should
 * its own memory run out, it ends the process (C++ exceptions do not cross C).
 *
 *   min cost x,  lower <= A x <= upper,  lo <= x <= hi        by rows, which are added and taken away
 *
 * All that comes back is floating point: a start for a proof, never one.
 */
#ifndef TAUT_BASE_CLP_H
#define TAUT_BASE_CLP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/status.h"

typedef struct taut_clp taut_clp;

/* True where CLP was found when taut was configured. */
bool taut_clp_built(void);

/* OK where programs can be made; else EUSAGE with what is missing, as the rest of a sentence: "needs ...". */
taut_status taut_clp_check(taut_error *err) TAUT_MUST_CHECK;

/* A program of n columns without rows; lo, hi, cost: [n], +-DBL_MAX (of float.h) where there is no limit. EUSAGE as of taut_clp_check,
 * ELIMIT beyond 2^31 columns, ENOMEM. */
taut_status taut_clp_new(taut_clp **out, size_t n, const double *lo, const double *hi, const double *cost, taut_error *err)
	TAUT_MUST_CHECK;
void        taut_clp_free(taut_clp *lp); /* accepts NULL */

/* Appends `count` rows; row i has entries first[i] <= e < first[i + 1], first[0] == 0. ELIMIT beyond 2^31 entries. */
taut_status taut_clp_add_rows(taut_clp *lp, size_t count, const double *lower, const double *upper, const int *first,
			      const int *column, const double *entry, taut_error *err) TAUT_MUST_CHECK;

/* Takes away rows of increasing index; those behind them move up. */
void taut_clp_delete_rows(taut_clp *lp, size_t count, const int *row);

/* Simplex steps from the basis of last time, at most about `steps`, ended early by ctx. True at an optimum. Otherwise x and
 * price are of some basis. */
bool taut_clp_solve(taut_clp *lp, int steps, const taut_ctx *ctx);

/* Of the last solve; views until the program changes. */
double        taut_clp_value(const taut_clp *lp);
const double *taut_clp_x(const taut_clp *lp);     /* [n] */
const double *taut_clp_price(const taut_clp *lp); /* [rows] what the optimum gains per unit of the row's limit */
uint64_t      taut_clp_steps(const taut_clp *lp); /* of all solves */

#endif
