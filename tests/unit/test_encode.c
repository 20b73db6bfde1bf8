/* Real temperatures as the machine's integers, against long double arithmetic of libm. */
#include <float.h>
#include <math.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "backend/encode.h"
#include "base/rng.h"

static void assert_temperature(taut_temperature got, unsigned m, int s)
{
	assert_int_equal(got.m, m);
	assert_int_equal(got.s, s);
}

static void temperature(void **state)
{
	const uint64_t seed = 7;
	taut_rng       rng;

	(void)state;
	assert_temperature(taut_encode_temperature(0.0), 0, 0);
	assert_temperature(taut_encode_temperature(1.0), 32768, 27);
	assert_temperature(taut_encode_temperature(1.5), 49152, 27);
	/* rounds up to the next power of two */
	assert_temperature(taut_encode_temperature(2.0 - DBL_EPSILON), 32768, 26);
	assert_temperature(taut_encode_temperature(65535.0), 65535, 12);
	assert_temperature(taut_encode_temperature(65535.5), 32768, 11);
	assert_temperature(taut_encode_temperature(DBL_MIN), 32768, 27 + 1022);
	assert_temperature(taut_encode_temperature(DBL_MIN * DBL_EPSILON), 32768, 27 + 1074);
	assert_temperature(taut_encode_temperature(DBL_MAX), 32768, 27 - 1024);
	print_message("seed %" PRIu64 "\n", seed);
	taut_rng_init(&rng, seed, 0);
	for (int k = 0; k < 100000; k++) {
		const double t =
			ldexp(1.0 + taut_rng_unit(&rng), (int)taut_rng_below(&rng, 80) - 40);
		const taut_temperature got = taut_encode_temperature(t);
		const double           half = ldexp(0.5, 12 - got.s);

		assert_in_range(got.m, 32768, 65535);
		assert_true(fabs(taut_decode_temperature(got) - t) <= half);
		assert_true(fabs(taut_decode_temperature(got) - t) <= ldexp(t, -16));
	}
}

static void schedule(void **state)
{
	taut_temperature whole[1000];
	taut_temperature part[1000];

	(void)state;
	taut_encode_schedule(whole, 50.0, 0.25, 1000, 0, 1000);
	assert_temperature(whole[0], 51200, 22);
	assert_temperature(whole[999], 32768, 29);
	for (int k = 0; k < 1000; k++) {
		const double t = 50.0 * pow(0.25 / 50.0, k / 999.0);

		assert_true(fabs(taut_decode_temperature(whole[k]) / t - 1.0) < ldexp(1.0, -15));
	}
	/* by chunks the same bits */
	for (uint64_t at = 0; at < 1000; at += 125)
		taut_encode_schedule(part + at, 50.0, 0.25, 1000, at, at + 125);
	assert_memory_equal(whole, part, sizeof whole);
	taut_encode_schedule(part, 50.0, 0.25, 1000, 3, 3);

	/* one sweep is cold; an end at 0 is a line; nothing overflows between extremes */
	taut_encode_schedule(part, 50.0, 0.25, 1, 0, 1);
	assert_temperature(part[0], 32768, 29);
	taut_encode_schedule(part, 4.0, 0.0, 5, 0, 5);
	for (int k = 0; k < 5; k++)
		assert_true(taut_decode_temperature(part[k]) == 4.0 - k);
	taut_encode_schedule(part, 0.0, 0.0, 3, 0, 3);
	for (int k = 0; k < 3; k++)
		assert_int_equal(part[k].m, 0);
	taut_encode_schedule(part, DBL_MAX, DBL_MIN, 3, 0, 3);
	assert_true(fabs(taut_decode_temperature(part[1]) - 2.0) <
	            1e-3); /* 2^((1024 - 1022) / 2) */
}

static void points(void **state)
{
	const double     point[] = {8.0, 4.0, 2.0, 6.0};
	taut_temperature t[1000];
	taut_temperature part[1000];
	taut_schedule    s = {.points = point, .n_points = 4, .t_hot = 1.0, .t_cold = 1.0};

	(void)state;
	/* as many sweeps as points, and a line between them */
	s.sweeps = 4;
	taut_encode_run(t, &s, 0, 4);
	for (int k = 0; k < 4; k++)
		assert_true(taut_decode_temperature(t[k]) == point[k]);
	s.sweeps = 7;
	taut_encode_run(t, &s, 0, 7);
	for (int k = 0; k < 7; k++)
		assert_true(taut_decode_temperature(t[k]) ==
		            (point[k / 2] + point[(k + 1) / 2]) / 2);
	/* fewer sweeps than points skip some; a single sweep is the last */
	s.sweeps = 2;
	taut_encode_run(t, &s, 0, 2);
	assert_true(taut_decode_temperature(t[0]) == 8.0 && taut_decode_temperature(t[1]) == 6.0);
	s.sweeps = 1;
	taut_encode_run(t, &s, 0, 1);
	assert_true(taut_decode_temperature(t[0]) == 6.0);
	/* by chunks the same bits; a single point is everywhere; no points: geometric */
	s.sweeps = 1000;
	taut_encode_run(t, &s, 0, 1000);
	for (uint64_t at = 0; at < 1000; at += 125)
		taut_encode_run(part + at, &s, at, at + 125);
	assert_memory_equal(t, part, sizeof t);
	s.n_points = 1;
	taut_encode_run(t, &s, 0, 1000);
	for (int k = 0; k < 1000; k++)
		assert_true(taut_decode_temperature(t[k]) == 8.0);
	s = (taut_schedule){.t_hot = 50.0, .t_cold = 0.25, .sweeps = 1000};
	taut_encode_run(t, &s, 0, 1000);
	taut_encode_schedule(part, 50.0, 0.25, 1000, 0, 1000);
	assert_memory_equal(t, part, sizeof t);
}

static void exchange(void **state)
{
	const double     t[] = {0.5, 0.8, 3.0, 30.0, 30.0, 1000.0};
	taut_temperature rung[6];
	uint32_t         a[5];
	uint32_t         fraction;

	(void)state;
	for (int k = 0; k < 6; k++)
		rung[k] = taut_encode_temperature(t[k]);
	fraction = taut_encode_exchange(a, rung, 6);
	/* the largest, 1/3.0 - 1/0.8 = 0.917, has 31 bits */
	assert_int_equal(fraction, 31);
	for (int k = 0; k < 5; k++) {
		const long double difference =
			1.0L / (long double)taut_decode_temperature(rung[k]) -
			1.0L / (long double)taut_decode_temperature(rung[k + 1]);

		assert_int_equal(a[k], llroundl(ldexpl(difference, (int)fraction)));
	}
	assert_int_equal(a[3], 0);

	/* all alike: nothing to scale */
	assert_int_equal(taut_encode_exchange(a, rung + 3, 2), TAUT_EXCHANGE_FRACTION_MAX);
	assert_int_equal(a[0], 0);
	/* T = 0 below saturates at the smallest fraction */
	rung[0] = (taut_temperature){0, 0};
	assert_int_equal(taut_encode_exchange(a, rung, 6), TAUT_EXCHANGE_FRACTION_MIN);
	assert_int_equal(a[0], INT32_MAX);
	assert_int_equal(a[1], lround((1.0 / 0.8 - 1.0 / 3.0) * 4096.0));
	assert_false(taut_machine_exchange(a[0], TAUT_EXCHANGE_FRACTION_MIN, 10, 11, 48265));
	assert_true(taut_machine_exchange(a[0], TAUT_EXCHANGE_FRACTION_MIN, 11, 10, -48266));
	rung[1] = (taut_temperature){0, 0};
	taut_encode_exchange(a, rung, 2);
	assert_int_equal(a[0], 0);
}

/* round(-ln tanh(gamma / (P t)) P t 2^s) */
static void assert_jq(double t, double gamma, uint32_t ring)
{
	const int64_t     got = taut_encode_jq(t, gamma, ring);
	const double      machine = ring * t;
	const long double x = (long double)(gamma / machine);
	const long double log_tanh = log1pl(-2.0L / (expl(2.0L * x) + 1.0L));
	const long double small = logl(x) - x * x / 3.0L;
	const long double want = ldexpl(-(x < 1e-6L ? small : log_tanh) * (long double)machine,
	                                taut_encode_temperature(machine).s);

	assert_in_range(got, 0, TAUT_JQ_MAX);
	/* half of the last place and the relative error of the logarithm near 0 */
	assert_true(fabsl((long double)got - want) <= 0.5L + 1e-10L * want);
}

static void ring_coupling(void **state)
{
	static const double ratio[] = {1e-12, 1e-3, 0.0156, 0.0157, 0.1,
	                               1.0,   3.0,  9.0,    12.0,   300.0};

	(void)state;
	for (size_t k = 0; k < sizeof ratio / sizeof *ratio; k++)
		for (uint32_t ring = 4; ring <= 64; ring *= 2) {
			assert_jq(1.0, ratio[k] * ring, ring);
			assert_jq(1e-9, ratio[k] * ring * 1e-9, ring);
			assert_jq(1e9, ratio[k] * ring * 1e9, ring);
		}
	/* J_perp = (2 / 2) ln coth(1): 0.2723414 * 2 at s = 26 of T = 2 */
	assert_int_equal(taut_encode_jq(0.5, 2.0, 4), llround(2.0 * -log(tanh(1.0)) * 67108864.0));
	assert_int_equal(taut_encode_jq(1.0, 0.0, 4), TAUT_JQ_MAX);
	assert_int_equal(taut_encode_jq(0.0, 1.0, 4), 0);
	assert_int_equal(taut_encode_jq(0.0, 0.0, 4), 0);
	assert_int_equal(taut_encode_jq(1e-300, 1e300, 4), 0);
	assert_true(taut_encode_jq(1e300, 1e-9, 4) < (int64_t)1 << 38);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(temperature),
		cmocka_unit_test(schedule),
		cmocka_unit_test(points),
		cmocka_unit_test(exchange),
		cmocka_unit_test(ring_coupling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
