/*
 * Samples of the machine against the exact Boltzmann distribution (DESIGN section 5): chi-square
 * with pooled cells, p > 1e-4 with these fixed seeds, and how little the lanes say about each
 * other.
 *
 * Samples of a chain are correlated in time. Where the chain is small its second eigenvalue is
 * computed from the exact sweep operator, and a sample is taken once per `thin` sweeps, so that the
 * slowest mode has decayed to 2 % between two of them; otherwise thin is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "distribution.h"

static const named_problem problems[] = {
	{"ring", ring}, {"zero", zero}, {"sparse", sparse}, {"dense", dense}, {"strong", strong},
};
enum { N_PROBLEMS = sizeof problems / sizeof *problems };
static const double temperatures[] = {0.8, 3.0, 30.0};

/* Smallest and largest magnitude of a flip's change. */
static void changes(const fixture *f, int64_t *least, int64_t *most)
{
	*least = INT64_MAX;
	*most = 0;
	for (uint32_t x = 0; x < STATES; x++)
		for (uint32_t i = 0; i < N; i++) {
			int64_t d = energy_of(f, x ^ 1u << i) - energy_of(f, x);

			d = d < 0 ? -d : d;
			*least = d < *least ? d : *least;
			*most = d > *most ? d : *most;
		}
}

static double sa_case(fixture *f, const taut_noise *noise, taut_machine_rule rule, double t,
                      const char *problem)
{
	static histogram h;
	double           weight[MAX_STATES];
	char             name[64];
	uint32_t         thin;

	set_launch(f, noise, TAUT_MODE_SA, rule, t);
	boltzmann(&h, weight, f, taut_decode_temperature(f->temperature[0]));
	thin = mixing_sweeps(&h, weight, rule);
	advance(f, 4 * thin);
	for (uint32_t s = 0; s < SWEEPS && h.samples + TAUT_LANES <= MAX_SAMPLES; s += thin) {
		advance(f, thin);
		for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
			h.count[lane_state(f, lane)]++;
		h.samples += TAUT_LANES;
	}
	snprintf(name, sizeof name, "%s %s T %g thin %" PRIu32, problem,
	         rule == TAUT_RULE_HEATBATH ? "heat bath" : "Metropolis", t, thin);
	return chi_square(&h, name);
}

static void flips(void **state)
{
	int cases = 0;

	for (size_t k = 0; k < N_PROBLEMS; k++)
		for (size_t j = 0; j < sizeof temperatures / sizeof *temperatures; j++) {
			const double t = temperatures[j];
			fixture      f;
			int64_t      least;
			int64_t      most;

			memset(&f, 0, sizeof f);
			problems[k].make(&f);
			changes(&f, &least, &most);
			if ((double)most / t > 9.0)
				continue; /* beyond what 16 random bits resolve */
			assert_true(sa_case(&f, *state, TAUT_RULE_HEATBATH, t, problems[k].name) >
			            1e-4);
			cases++;
			if (least == 0)
				continue; /* index order with ties is not ergodic */
			assert_true(sa_case(&f, *state, TAUT_RULE_METROPOLIS, t, problems[k].name) >
			            1e-4);
			cases++;
		}
	assert_int_equal(cases, 18);
}

/* The test can tell: a temperature 5 % off is refused. */
static void control(void **state)
{
	static histogram h;
	double           weight[MAX_STATES];
	fixture          f;

	memset(&f, 0, sizeof f);
	sparse(&f);
	set_launch(&f, *state, TAUT_MODE_SA, TAUT_RULE_METROPOLIS, 3.0);
	boltzmann(&h, weight, &f, 1.05 * 3.0);
	advance(&f, 100);
	for (int s = 0; s < 1000; s++) {
		advance(&f, 4);
		for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
			h.count[lane_state(&f, lane)]++;
		h.samples += TAUT_LANES;
	}
	assert_true(chi_square(&h, "T 5 % off") < 1e-4);
}

/* Largest |correlation| over circular distances of v[sample][lane], each lane's pairs taken
 * together. */
static double lane_correlation(const float *v, uint32_t samples)
{
	double mean = 0.0;
	double variance = 0.0;
	double largest = 0.0;

	for (uint32_t k = 0; k < samples * TAUT_LANES; k++)
		mean += v[k];
	mean /= (double)samples * TAUT_LANES;
	for (uint32_t k = 0; k < samples * TAUT_LANES; k++)
		variance += (v[k] - mean) * (v[k] - mean);
	for (uint32_t distance = 1; distance < TAUT_LANES; distance++) {
		double sum = 0.0;

		for (uint32_t k = 0; k < samples * TAUT_LANES; k++)
			sum += (v[k] - mean) * (v[(k & ~63u) | ((k + distance) & 63u)] - mean);
		largest = fmax(largest, fabs(sum / variance));
	}
	return largest;
}

/* 1e6 samples of independent lanes: energies and single bits. */
static void lanes(void **state)
{
	enum { SAMPLES = 15625 }; /* times 64 lanes: 1e6 */
	static float                   energy[SAMPLES * TAUT_LANES];
	static float                   spin[SAMPLES * TAUT_LANES];
	static const taut_machine_rule rules[2] = {TAUT_RULE_METROPOLIS, TAUT_RULE_HEATBATH};

	for (size_t k = 0; k < 2; k++) {
		fixture f;
		double  of_energy;
		double  of_spin;

		memset(&f, 0, sizeof f);
		sparse(&f);
		set_launch(&f, *state, TAUT_MODE_SA, rules[k], 3.0);
		advance(&f, 100);
		for (uint32_t s = 0; s < SAMPLES; s++) {
			advance(&f, 2);
			for (uint32_t lane = 0; lane < TAUT_LANES; lane++) {
				energy[s * TAUT_LANES + lane] = (float)f.state.energy[lane];
				spin[s * TAUT_LANES + lane] = (float)(f.spins[N - 1] >> lane & 1);
			}
		}
		of_energy = lane_correlation(energy, SAMPLES);
		of_spin = lane_correlation(spin, SAMPLES);
		print_message("largest lane correlation, %s: energies %.5f, last bit %.5f\n",
		              k ? "heat bath" : "Metropolis", of_energy, of_spin);
		assert_true(of_energy < 0.01);
		assert_true(of_spin < 0.01);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flips),
		cmocka_unit_test(control),
		cmocka_unit_test(lanes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
