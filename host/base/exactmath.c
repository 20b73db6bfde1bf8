#include "base/exactmath.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

/* ln 2 in two parts: the first has 32 trailing zero bits, so that k * LN2_HIGH is exact. */
static const double LN2_HIGH = 6.93147180369123816490e-01;
static const double LN2_LOW = 1.90821492927058770002e-10;

double taut_exp(double x)
{
	double k;
	double r;
	double sum = 1.0;

	if (x < -745.0)
		return 0.0;
	if (x > 709.78)
		return HUGE_VAL;
	/* x = k ln 2 + r with |r| <= ln 2 / 2; Taylor's series of 18 terms: 0.347^18 / 18! < 2^-79.
	 */
	k = floor(x / (LN2_HIGH + LN2_LOW) + 0.5);
	r = (x - k * LN2_HIGH) - k * LN2_LOW;
	for (int i = 18; i >= 1; i--)
		sum = 1.0 + sum * r / (double)i;
	return ldexp(sum, (int)k);
}

double taut_log(double x)
{
	int    k;
	double m;
	double f;
	double f2;
	double sum = 0.0;

	assert(x > 0.0 && x < HUGE_VAL);
	m = frexp(x, &k); /* in [1/2, 1) */
	if (m < 0.70710678118654752440) {
		m *= 2.0;
		k--;
	}
	/* log m = 2 atanh f, f = (m - 1) / (m + 1), |f| <= 0.1716: f^2 < 0.0295, 0.0295^16 < 2^-81.
	 */
	f = (m - 1.0) / (m + 1.0);
	f2 = f * f;
	for (int i = 33; i >= 1; i -= 2)
		sum = sum * f2 + 1.0 / (double)i;
	return (double)k * LN2_HIGH + (2.0 * f * sum + (double)k * LN2_LOW);
}

/* pi / 2 in three parts: the first two have 33 bits, so that k times them is exact for |k| < 2^20
 * (the split of W. Cody and W. Waite 1980, as fdlibm has it). */
static const double HALF_PI_1 = 1.57079632673412561417e+00;
static const double HALF_PI_2 = 6.07710050630396597660e-11;
static const double HALF_PI_3 = 2.02226624879595063154e-21;

double taut_cos(double x)
{
	double k;
	double r;
	double r2;
	double sum = 1.0;
	int    quarter;

	assert(x >= -1000.0 && x <= 1000.0);
	/* x = k pi/2 + r with |r| <= pi/4: the cosine or sine of r, up to the sign, by Taylor's
	 * series to the power 20 or 21: 0.786^22 / 22! < 2^-77. */
	k = floor(x / (HALF_PI_1 + HALF_PI_2) + 0.5);
	r = ((x - k * HALF_PI_1) - k * HALF_PI_2) - k * HALF_PI_3;
	r2 = r * r;
	quarter = (int)k & 3;
	if (quarter % 2 == 0) {
		for (int i = 20; i >= 2; i -= 2)
			sum = 1.0 - sum * r2 / (double)(i * (i - 1));
	} else {
		for (int i = 21; i >= 3; i -= 2)
			sum = 1.0 - sum * r2 / (double)(i * (i - 1));
		sum *= r;
	}
	return quarter == 1 || quarter == 2 ? -sum : sum;
}

/* atan t, t >= 0 */
static double arctangent(double t)
{
	double t2;
	double sum = 0.0;
	bool   inverse = t > 1.0;

	if (inverse)
		t = 1.0 / t;
	/* twice atan t = 2 atan(t / (1 + sqrt(1 + t^2))): from t <= 1 to t <= tan(pi/16) < 0.199;
	 * there the series to the power 33: 0.199^35 / 35 < 2^-86 */
	t /= 1.0 + sqrt(1.0 + t * t);
	t /= 1.0 + sqrt(1.0 + t * t);
	t2 = t * t;
	for (int i = 33; i >= 1; i -= 2)
		sum = 1.0 / (double)i - sum * t2;
	sum *= 4.0 * t;
	return inverse ? (HALF_PI_1 - sum) + HALF_PI_2 : sum;
}

double taut_acos(double x)
{
	assert(x >= -1.0 && x <= 1.0);
	/* tan(a / 2)^2 = (1 - cos a) / (1 + cos a); 1 - x and 1 + x lose nothing near the ends */
	if (x == -1.0)
		return 2.0 * (HALF_PI_1 + HALF_PI_2);
	return 2.0 * arctangent(sqrt((1.0 - x) / (1.0 + x)));
}
