/* The distance functions of TSPLIB95 (G. Reinelt 1995, section 2), rounding included: whole numbers
 * from the coordinates of cities. Readers make matrices with them; nothing here reaches a sample.
 */
#ifndef TAUT_MODEL_TSPLIB_DISTANCE_H
#define TAUT_MODEL_TSPLIB_DISTANCE_H

#include <stdint.h>

#include "base/decimal.h"
#include "base/names.h"

#define TAUT_METRICS(X)                                                              \
	X(EUC_2D, "euc_2d", "straight line, rounded to the nearest whole number")    \
	X(CEIL_2D, "ceil_2d", "straight line, rounded up")                           \
	X(ATT, "att", "pseudo-Euclidean: root of a tenth of the square, rounded up") \
	X(GEO, "geo", "kilometres on the globe; coordinates are latitude, longitude as DDD.MM")

#define X(constant, spelling, help) TAUT_METRIC_##constant,
typedef enum { TAUT_METRICS(X) TAUT_N_METRICS } taut_metric;
#undef X

/* In enum order. TSPLIB writes the same names in capitals. */
extern const taut_name_list taut_metric_names;

/* Distance of two cities a != b at (a[0], a[1]) and (b[0], b[1]). EINPUT where it is not a number
 * below 2^53. */
taut_status taut_tsplib_distance(int64_t *out, taut_metric metric, const double a[2],
                                 const double b[2], taut_error *err) TAUT_MUST_CHECK;

/* All distances of n cities; points: [n][2]. *out is [n][n] with a zero diagonal, freed by the
 * caller with taut_numbers_fini. EINPUT naming the two cities (from 1), ENOMEM. On failure *out is
 * empty. */
taut_status taut_tsplib_matrix(taut_numbers *out, taut_metric metric, const double *points,
                               uint32_t n, taut_error *err) TAUT_MUST_CHECK;

#endif
