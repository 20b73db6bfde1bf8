#include "model/tsplib_distance.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/exactmath.h"

static const taut_name metric_rows[] = {
#define X(constant, spelling, help) {spelling, help},
	TAUT_METRICS(X)
#undef X
};
const taut_name_list taut_metric_names = {metric_rows, TAUT_N_METRICS};

/* nint of TSPLIB95, section 2.1: (int)(x + 0.5) of a value that is not negative. */
static double nint(double x)
{
	return floor(x + 0.5);
}

/* DDD.MM to radians. Whole degrees are cut off, not rounded: section 2.4 prints nint, but TSPLIB's
 * published optima (ulysses16 6859) hold for the truncation that its FAQ prescribes. PI has the
 * digits of TSPLIB. */
static double geo_radians(double x)
{
	const double pi = 3.141592;
	double       degrees = trunc(x);
	double       minutes = x - degrees;

	return pi * (degrees + 5.0 * minutes / 3.0) / 180.0;
}

static double geo(const double a[2], const double b[2])
{
	const double earth_km = 6378.388;
	double       latitude_a = geo_radians(a[0]);
	double       latitude_b = geo_radians(b[0]);
	double       q1 = taut_cos(geo_radians(a[1]) - geo_radians(b[1]));
	double       q2 = taut_cos(latitude_a - latitude_b);
	double       q3 = taut_cos(latitude_a + latitude_b);
	double       cosine = 0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3);

	if (cosine > 1.0)
		cosine = 1.0; /* two cities at one place, but for rounding */
	if (cosine < -1.0)
		cosine = -1.0;
	return trunc(earth_km * taut_acos(cosine) + 1.0);
}

static double att(double dx, double dy)
{
	double r = sqrt((dx * dx + dy * dy) / 10.0);
	double t = nint(r);

	return t < r ? t + 1.0 : t;
}

taut_status taut_tsplib_distance(int64_t *out, taut_metric metric, const double a[2],
                                 const double b[2], taut_error *err)
{
	double dx = a[0] - b[0];
	double dy = a[1] - b[1];
	double d = 0.0;

	switch (metric) {
	case TAUT_METRIC_EUC_2D:
		d = nint(sqrt(dx * dx + dy * dy));
		break;
	case TAUT_METRIC_CEIL_2D:
		d = ceil(sqrt(dx * dx + dy * dy));
		break;
	case TAUT_METRIC_ATT:
		d = att(dx, dy);
		break;
	case TAUT_METRIC_GEO:
		d = geo(a, b);
		break;
	case TAUT_N_METRICS:
		assert(0);
		break;
	}
	if (!(d >= 0.0 && d < 9007199254740992.0)) /* 2^53: still exact; false for NaN */
		return taut_fail(err, TAUT_EINPUT,
		                 "distance of (%g, %g) and (%g, %g) is no number below 2^53", a[0],
		                 a[1], b[0], b[1]);
	*out = (int64_t)d;
	return TAUT_OK;
}

taut_status taut_tsplib_matrix(taut_numbers *out, taut_metric metric, const double *points,
                               uint32_t n, taut_error *err)
{
	taut_status st = TAUT_OK;
	size_t      count;
	int64_t    *d;

	*out = (taut_numbers){0};
	if (!taut_mul_size(&count, n, n))
		return taut_fail(err, TAUT_ENOMEM, "distances of %" PRIu32 " cities", n);
	d = taut_alloc(count, sizeof *d, err);
	if (!d)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < n; j++) {
			if (i == j)
				continue; /* GEO of a city and itself would be 1 */
			st = taut_tsplib_distance(&d[(size_t)i * n + j], metric,
			                          points + 2 * (size_t)i, points + 2 * (size_t)j,
			                          err);
			if (st != TAUT_OK) {
				st = taut_context(err, st, "cities %" PRIu32 " and %" PRIu32, i + 1,
				                  j + 1);
				goto done;
			}
		}
	}
	*out = (taut_numbers){.v = d, .n = count, .capacity = count};
	d = NULL;
done:
	taut_free(d);
	return st;
}
