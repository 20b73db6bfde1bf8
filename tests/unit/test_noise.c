/* The noise pools: their bits (by the contract's CRC), their distribution, and how little the
 * entries of one row say about each other. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "backend/noise.h"
#include "base/alloc.h"

/* Every entry once: the formula's values, sorted. The test's own logarithm is libm's, so that an
 * error in base/exactmath.h would show; the entry nearest to a tie of rounding is 2.6e-6 away from
 * it. */
static int compare(const void *a, const void *b)
{
	const int x = *(const int *)a;
	const int y = *(const int *)b;

	return (x > y) - (x < y);
}

static void contents(void **state)
{
	const taut_noise *noise = *state;
	static int        metropolis[TAUT_NOISE_COUNT];
	static int        heatbath[TAUT_NOISE_COUNT];

	for (int k = 0; k < TAUT_NOISE_COUNT; k++) {
		metropolis[k] = noise->metropolis[k];
		heatbath[k] = noise->heatbath[k];
	}
	qsort(metropolis, TAUT_NOISE_COUNT, sizeof *metropolis, compare);
	qsort(heatbath, TAUT_NOISE_COUNT, sizeof *heatbath, compare);
	for (int k = 0; k < TAUT_NOISE_COUNT; k++) {
		const double u = (TAUT_NOISE_COUNT - 1 - k + 0.5) / TAUT_NOISE_COUNT;

		assert_int_equal(metropolis[k], lround(-4096.0 * log(u)));
		assert_int_equal(heatbath[k], lround(2048.0 * log((1.0 - u) / u)));
		assert_int_equal(heatbath[k], -heatbath[TAUT_NOISE_COUNT - 1 - k]);
	}
}

/* Both pools are shuffled alike: with e = -ln u, ln((1 - u) / u) = ln(exp(e) - 1). */
static void alike(void **state)
{
	const taut_noise *noise = *state;

	for (int k = 0; k < TAUT_NOISE_COUNT; k++) {
		const double e = noise->metropolis[k] / 4096.0;

		if (e > 0.1)
			assert_true(fabs(noise->heatbath[k] / 2048.0 - log(expm1(e))) < 0.003);
	}
}

static void doubled(void **state)
{
	const taut_noise *noise = *state;

	for (uint32_t bits = 0; bits < TAUT_NOISE_COUNT; bits++) {
		const uint32_t at = (bits >> 6) * 2 * TAUT_LANES + (bits & 63);

		for (uint32_t lane = 0; lane < TAUT_LANES; lane += 7) {
			const uint32_t draw = taut_machine_draw(bits, lane);

			assert_int_equal(noise->metropolis_doubled[at + lane],
			                 noise->metropolis[draw]);
			assert_int_equal(noise->heatbath_doubled[at + lane], noise->heatbath[draw]);
		}
	}
	assert_int_equal((uintptr_t)noise->metropolis_doubled % 64, 0);
	assert_int_equal((uintptr_t)noise->heatbath_doubled % 64, 0);
}

/* Largest |correlation| of f(entry l, entry l + distance) over all rows, rotations and distances:
 * what the lanes of one visit see, because all rows and rotations are equally likely. */
static double correlation(const double *f)
{
	double mean = 0.0;
	double variance = 0.0;
	double largest = 0.0;

	for (int k = 0; k < TAUT_NOISE_COUNT; k++)
		mean += f[k] / TAUT_NOISE_COUNT;
	for (int k = 0; k < TAUT_NOISE_COUNT; k++)
		variance += (f[k] - mean) * (f[k] - mean) / TAUT_NOISE_COUNT;
	for (int distance = 1; distance < TAUT_LANES; distance++) {
		double sum = 0.0;

		for (int k = 0; k < TAUT_NOISE_COUNT; k++) {
			const int other = k / TAUT_LANES * TAUT_LANES + (k + distance) % TAUT_LANES;

			sum += (f[k] - mean) * (f[other] - mean) / TAUT_NOISE_COUNT;
		}
		largest = fmax(largest, fabs(sum / variance));
	}
	return largest;
}

static void lanes(void **state)
{
	static const double level[] = {1.0 / 64, 1.0 / 16,  1.0 / 4,  1.0 / 2,
	                               3.0 / 4,  15.0 / 16, 63.0 / 64};
	static double       f[TAUT_NOISE_COUNT];
	const taut_noise   *noise = *state;
	double              largest;

	for (int k = 0; k < TAUT_NOISE_COUNT; k++)
		f[k] = noise->metropolis[k];
	largest = correlation(f);
	print_message("largest lane correlation: exponential %.5f", largest);
	assert_true(largest < 0.01);
	for (int k = 0; k < TAUT_NOISE_COUNT; k++)
		f[k] = noise->heatbath[k];
	largest = correlation(f);
	print_message(", logistic %.5f", largest);
	assert_true(largest < 0.01);
	/* whether a move of a given chance is accepted */
	largest = 0.0;
	for (size_t i = 0; i < sizeof level / sizeof *level; i++) {
		for (int k = 0; k < TAUT_NOISE_COUNT; k++)
			f[k] = noise->metropolis[k] >= -4096.0 * log(level[i]) ? 1.0 : 0.0;
		largest = fmax(largest, correlation(f));
	}
	print_message(", acceptance %.5f\n", largest);
	assert_true(largest < 0.01);
}

/* The generator visits every row and rotation about equally often, also just after reseeding. */
static void generator(void **state)
{
	enum { VISITS = 16, SWEEPS = 1 << 17 };
	static int row[TAUT_NOISE_ROWS];
	static int rotation[TAUT_LANES];
	const int  total = VISITS * SWEEPS;
	double     chi_row = 0.0;
	double     chi_rotation = 0.0;

	(void)state;
	for (uint64_t sweep = 0; sweep < SWEEPS; sweep++) {
		uint32_t x = taut_machine_reseed(99, 0, sweep);

		for (int v = 0; v < VISITS; v++) {
			x = taut_machine_advance(x);
			row[taut_machine_bits(x) >> 6]++;
			rotation[taut_machine_bits(x) & 63]++;
		}
	}
	for (int k = 0; k < TAUT_NOISE_ROWS; k++) {
		const double expected = (double)total / TAUT_NOISE_ROWS;

		chi_row += (row[k] - expected) * (row[k] - expected) / expected;
	}
	for (int k = 0; k < TAUT_LANES; k++) {
		const double expected = (double)total / TAUT_LANES;

		chi_rotation += (rotation[k] - expected) * (rotation[k] - expected) / expected;
	}
	print_message("chi-square of rows %.1f (1023 free), rotations %.1f (63 free)\n", chi_row,
	              chi_rotation);
	/* mean + 4 sqrt(2 free) */
	assert_true(chi_row < 1023 + 4 * sqrt(2 * 1023.0));
	assert_true(chi_rotation < 63 + 4 * sqrt(2 * 63.0));
}

static void out_of_memory(void **state)
{
	taut_status st = TAUT_ENOMEM;
	long        nth = 0;

	(void)state;
	if (!taut_faults_built())
		skip();
	while (st == TAUT_ENOMEM) {
		taut_noise *noise = NULL;
		taut_error  err = {TAUT_OK, ""};

		taut_faults_arm(++nth, 0);
		st = taut_noise_new(&noise, &err);
		taut_faults_arm(0, 0);
		assert_int_equal(noise == NULL, st != TAUT_OK);
		assert_int_equal(err.code, st);
		taut_noise_free(noise);
	}
	assert_int_equal(st, TAUT_OK);
	assert_int_equal(nth, 6);
}

static int set_up(void **state)
{
	return taut_noise_new((taut_noise **)state, NULL) != TAUT_OK;
}

static int tear_down(void **state)
{
	taut_noise_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents),  cmocka_unit_test(alike),
		cmocka_unit_test(doubled),   cmocka_unit_test(lanes),
		cmocka_unit_test(generator), cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
