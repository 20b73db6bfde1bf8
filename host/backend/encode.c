/* Every result reaches a sample: only + - * /, frexp, ldexp, floor and base/exactmath.h, in fixed
 * order. */
#include "backend/encode.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/checked.h"
#include "base/exactmath.h"

taut_machine_mode taut_encode_mode(taut_algorithm algorithm)
{
	assert(TAUT_ENCODE_ALGORITHMS >> algorithm & 1);
	return algorithm == TAUT_ALGORITHM_PT    ? TAUT_MODE_PT
	       : algorithm == TAUT_ALGORITHM_SQA ? TAUT_MODE_SQA
	                                         : TAUT_MODE_SA;
}

taut_machine_rule taut_encode_rule(taut_acceptance acceptance)
{
	return acceptance == TAUT_ACCEPTANCE_HEATBATH ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS;
}

taut_status taut_encode_check(const taut_problem *p, int64_t bound, const char *where,
                              taut_error *err)
{
	const int64_t limit = (int64_t)1 << TAUT_CHANGE_BITS;
	int64_t       flow = 0;
	int64_t       largest = 0;
	int64_t       energy;

	if (p->permutation_n > TAUT_PERMUTATION_MAX)
		return taut_fail(err, TAUT_ELIMIT,
		                 "permutation of length %" PRIu32 ", at most %u %s",
		                 p->permutation_n, TAUT_PERMUTATION_MAX, where);
	if (bound >= limit)
		return taut_fail(err, TAUT_ELIMIT,
		                 "a move may change the energy by %" PRId64 ", at most %" PRId64
		                 " %s: coefficients are %.1f times too large",
		                 bound, limit - 1, where, (double)bound / (double)limit);
	for (size_t k = 0; k < (size_t)p->permutation_n * p->permutation_n; k++) {
		const int64_t d = llabs((long long)p->distance[k]);

		flow += llabs((long long)p->flow[k]);
		largest = d > largest ? d : largest;
	}
	if (!taut_mul64(&energy, flow, largest))
		return taut_fail(err, TAUT_ELIMIT,
		                 "the energy of flow %" PRId64 " over distances of %" PRId64
		                 " may exceed 64 bits",
		                 flow, largest);
	return TAUT_OK;
}

taut_temperature taut_encode_temperature(double t)
{
	int    exponent;
	double mantissa;

	assert(t >= 0.0 && t <= DBL_MAX);
	if (t == 0.0)
		return (taut_temperature){0, 0};
	/* t = f 2^e, f in [1/2, 1), is m 2^(12 - s) with m = 2^16 f and s = 28 - e. */
	mantissa = floor(frexp(t, &exponent) * 65536.0 + 0.5);
	if (mantissa == 65536.0) {
		mantissa = 32768.0;
		exponent++;
	}
	return (taut_temperature){(uint16_t)mantissa, (int16_t)(28 - exponent)};
}

double taut_decode_temperature(taut_temperature t)
{
	return ldexp((double)t.m, 12 - t.s);
}

static double schedule(double hot, double cold, uint64_t count, uint64_t k)
{
	double part;

	assert(k < count);
	if (k == count - 1)
		return cold;
	if (k == 0)
		return hot;
	part = (double)k / (double)(count - 1);
	if (cold == 0.0)
		return hot * (1.0 - part);
	/* the difference of logarithms, because the quotient may underflow */
	return hot * taut_exp((taut_log(cold) - taut_log(hot)) * part);
}

void taut_encode_schedule(taut_temperature *out, double hot, double cold, uint64_t count,
                          uint64_t begin, uint64_t end)
{
	assert(begin <= end && end <= count);
	assert(0.0 <= cold && cold <= hot && hot <= DBL_MAX);
	for (uint64_t k = begin; k < end; k++)
		out[k - begin] = taut_encode_temperature(schedule(hot, cold, count, k));
}

/* Sweep k of count on the line through n points: at k (n - 1) / (count - 1) of them, whose fraction
 * is exact, so that as many sweeps as points take the points themselves. */
static double on_line(const double *point, uint32_t n, uint64_t count, uint64_t k)
{
	uint64_t at;
	double   part;

	assert(n > 0 && k < count && count < UINT64_MAX / n);
	if (k == count - 1)
		return point[n - 1];
	at = k * (n - 1) / (count - 1);
	part = (double)(k * (n - 1) % (count - 1)) / (double)(count - 1);
	return part == 0.0 ? point[at] : point[at] + (point[at + 1] - point[at]) * part;
}

static double of_run(const taut_schedule *s, uint64_t k)
{
	return s->points ? on_line(s->points, s->n_points, s->sweeps, k)
	                 : schedule(s->t_hot, s->t_cold, s->sweeps, k);
}

void taut_encode_run(taut_temperature *out, const taut_schedule *s, uint64_t begin, uint64_t end)
{
	for (uint64_t k = begin; k < end; k++)
		out[k - begin] = taut_encode_temperature(of_run(s, k));
}

void taut_encode_rings(taut_temperature *temperature, int64_t *jq, const taut_schedule *s,
                       uint64_t begin, uint64_t end)
{
	for (uint64_t k = begin; k < end; k++) {
		const double t = of_run(s, k);
		const double gamma = schedule(s->gamma_hot, s->gamma_cold, s->sweeps, k);

		/* a ring is a power of two: ring (t / ring) is t again */
		temperature[k - begin] = taut_encode_temperature(t);
		jq[k - begin] = taut_encode_jq(t / (double)s->ring, gamma, s->ring);
	}
}

/* 1/T_k - 1/T_{k+1}; infinite where T_k alone is 0. */
static double difference(taut_temperature colder, taut_temperature hotter)
{
	const double t = taut_decode_temperature(colder);
	const double u = taut_decode_temperature(hotter);

	assert(t <= u);
	if (t == u)
		return 0.0;
	if (t == 0.0)
		return HUGE_VAL;
	return 1.0 / t - 1.0 / u;
}

uint32_t taut_encode_exchange(uint32_t *exchange, const taut_temperature *rung, uint32_t rungs)
{
	const double limit = 2147483647.0;
	double       largest = 0.0;
	int          fraction = TAUT_EXCHANGE_FRACTION_MAX;

	assert(rungs >= 2 && rungs <= TAUT_LANES);
	for (uint32_t k = 0; k + 1 < rungs; k++) {
		const double x = difference(rung[k], rung[k + 1]);

		largest = x > largest ? x : largest;
	}
	while (fraction > TAUT_EXCHANGE_FRACTION_MIN && ldexp(largest, fraction) > limit)
		fraction--;
	for (uint32_t k = 0; k + 1 < rungs; k++) {
		const double x = floor(ldexp(difference(rung[k], rung[k + 1]), fraction) + 0.5);

		exchange[k] = x > limit ? (uint32_t)limit : (uint32_t)x;
	}
	return (uint32_t)fraction;
}

/* -ln tanh x, x > 0, without cancellation at either end. */
static double minus_log_tanh(double x)
{
	double y;

	/* tanh x = x (1 - x^2 / 3 + 2 x^4 / 15 - ...): the first term left out is below 2^-40 */
	if (x < 0.015625)
		return -(taut_log(x) + taut_log(1.0 - x * x / 3.0 + 2.0 * x * x * x * x / 15.0));
	y = taut_exp(-2.0 * x);
	return taut_log((1.0 + y) / (1.0 - y));
}

int64_t taut_encode_jq(double t, double gamma, uint32_t ring)
{
	const double           temperature = (double)ring * t;
	const taut_temperature machine = taut_encode_temperature(temperature);
	double                 jq;

	assert(t >= 0.0 && gamma >= 0.0 && gamma <= DBL_MAX && ring > 0);
	if (machine.m == 0)
		return 0;
	if (gamma / temperature == 0.0)
		return TAUT_JQ_MAX;
	/* |2 J 2^s| = -ln tanh * T 2^s < 746 * 2^28: far from overflow */
	jq = floor(ldexp(temperature, machine.s) * minus_log_tanh(gamma / temperature) + 0.5);
	return jq >= (double)TAUT_JQ_MAX ? TAUT_JQ_MAX : (int64_t)jq;
}
