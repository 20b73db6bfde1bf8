#include "base/exactmath.h"

#include <assert.h>
#include <math.h>

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
	/* x = k ln 2 + r with |r| <= ln 2 / 2; Taylor's series of 18 terms: 0.347^18 / 18! < 2^-79. */
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
	/* log m = 2 atanh f, f = (m - 1) / (m + 1), |f| <= 0.1716: f^2 < 0.0295, 0.0295^16 < 2^-81. */
	f = (m - 1.0) / (m + 1.0);
	f2 = f * f;
	for (int i = 33; i >= 1; i -= 2)
		sum = sum * f2 + 1.0 / (double)i;
	return (double)k * LN2_HIGH + (2.0 * f * sum + (double)k * LN2_LOW);
}
