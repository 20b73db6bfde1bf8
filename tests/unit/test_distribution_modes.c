/* The machine's other modes and moves against their exact distributions: every rung of pt, the
 * Trotterised distribution of sqa, one-hot groups and permutations (test_distribution.c says how).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "distribution.h"

/* Every rung of a ladder samples its own temperature. */
static void ladder_case(const taut_noise *noise, const char *problem, void (*make)(fixture *f),
                        taut_machine_rule rule)
{
	enum { RUNGS = 8, THIN = 16 };
	static const double rung[RUNGS] = {0.8, 1.2, 1.8, 2.7, 4.0, 6.0, 10.0, 30.0};
	static histogram    h[RUNGS];
	fixture             f;
	double              weight[MAX_STATES];
	char                name[64];

	memset(&f, 0, sizeof f);
	make(&f);
	set_launch(&f, noise, TAUT_MODE_PT, rule, 1.0);
	for (uint32_t k = 0; k < FIXTURE_SWEEPS; k++)
		for (uint32_t r = 0; r < RUNGS; r++)
			f.temperature[k * TAUT_LANES + r] = taut_encode_temperature(rung[r]);
	f.launch.temperature_width = TAUT_LANES;
	f.launch.rungs = RUNGS;
	f.launch.exchange = f.exchange;
	f.launch.exchange_fraction = taut_encode_exchange(f.exchange, f.temperature, RUNGS);
	fixture_start(&f);
	for (uint32_t r = 0; r < RUNGS; r++)
		boltzmann(&h[r], weight, &f, taut_decode_temperature(f.temperature[r]));
	advance(&f, 16 * THIN);
	for (uint32_t s = 0; s < SWEEPS; s += THIN) {
		advance(&f, THIN);
		for (uint32_t lane = 0; lane < TAUT_LANES; lane++) {
			histogram *at = &h[f.state.rung[lane]];

			at->count[lane_state(&f, lane)]++;
			at->samples++;
		}
	}
	for (uint32_t r = 0; r < RUNGS; r++) {
		snprintf(name, sizeof name, "pt %s %s rung T %g", problem,
		         rule == TAUT_RULE_HEATBATH ? "heat bath" : "Metropolis", rung[r]);
		assert_true(chi_square(&h[r], name) > 1e-4);
	}
}

static void ladders(void **state)
{
	ladder_case(*state, "ring", ring, TAUT_RULE_HEATBATH);
	ladder_case(*state, "sparse", sparse, TAUT_RULE_METROPOLIS);
}

static void slices_case(const taut_noise *noise, taut_machine_rule rule)
{
	static histogram h;
	static double    weight[MAX_STATES];
	fixture          f;
	uint32_t         thin;
	char             name[64];

	memset(&f, 0, sizeof f);
	sliced(&f);
	set_launch(&f, noise, TAUT_MODE_SQA, rule, RING * SLICED_T);
	for (int k = 0; k < FIXTURE_SWEEPS; k++)
		f.jq[k] = taut_encode_jq(SLICED_T, SLICED_GAMMA, RING);
	f.launch.ring = RING;
	f.launch.jq = f.jq;
	trotter(&h, weight, &f);
	thin = mixing_sweeps(&h, weight, rule);
	advance(&f, 4 * thin);
	for (uint32_t s = 0; s < 2 * SWEEPS && h.samples + RINGS <= MAX_SAMPLES; s += thin) {
		advance(&f, thin);
		for (uint32_t r = 0; r < RINGS; r++) {
			uint32_t x = 0;

			for (uint32_t k = 0; k < RING; k++)
				x |= lane_state(&f, r * RING + k) << (SLICED_N * k);
			h.count[x]++;
		}
		h.samples += RINGS;
	}
	snprintf(name, sizeof name, "sqa %s thin %" PRIu32,
	         rule == TAUT_RULE_HEATBATH ? "heat bath" : "Metropolis", thin);
	assert_true(chi_square(&h, name) > 1e-4);
}

static void slices(void **state)
{
	slices_case(*state, TAUT_RULE_HEATBATH);
	slices_case(*state, TAUT_RULE_METROPOLIS);
}

/* Two groups of 3 and two free bits. */
static void groups_case(const taut_noise *noise, taut_machine_rule rule)
{
	enum { GROUPS = 2, SIZE = 3, THIN = 10 };
	static histogram h;
	fixture          f;
	double           weight[MAX_STATES];
	uint32_t         members[GROUPS] = {0};

	memset(&f, 0, sizeof f);
	odd(&f, 3, 2, 7);
	fixture_groups(&f, GROUPS, SIZE);
	set_launch(&f, noise, TAUT_MODE_SA, rule, 5.0);
	boltzmann(&h, weight, &f, taut_decode_temperature(f.temperature[0]));
	for (uint32_t i = 0; i < GROUPS * SIZE; i++)
		members[f.group[i]] |= 1u << i;
	for (uint32_t x = 0; x < STATES; x++)
		for (uint32_t g = 0; g < GROUPS; g++) {
			const uint32_t ones = x & members[g];

			if (ones == 0 || (ones & (ones - 1)))
				h.probability[x] = 0.0;
		}
	normalise(&h);
	advance(&f, 8 * THIN);
	for (uint32_t s = 0; s < SWEEPS; s += THIN) {
		advance(&f, THIN);
		for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
			h.count[lane_state(&f, lane)]++;
		h.samples += TAUT_LANES;
	}
	assert_true(chi_square(&h, rule == TAUT_RULE_HEATBATH ? "groups heat bath T 5"
	                                                      : "groups Metropolis T 5") > 1e-4);
}

static void groups(void **state)
{
	groups_case(*state, TAUT_RULE_HEATBATH);
	groups_case(*state, TAUT_RULE_METROPOLIS);
}

/* Swaps over the permutations of 5, numbered in base 5 without the last position. */
static void permutations_case(const taut_noise *noise, taut_machine_rule rule, double t)
{
	enum { LENGTH = 5, CODES = 625, THIN = 8 };
	static histogram h;
	fixture          f;
	char             name[64];

	memset(&f, 0, sizeof f);
	memset(&h, 0, sizeof h);
	fixture_permutation(&f, LENGTH, 3);
	set_launch(&f, noise, TAUT_MODE_SA, rule, t);
	h.n_states = CODES;
	for (uint32_t x = 0; x < CODES; x++) {
		const uint32_t p[LENGTH] = {x % 5, x / 5 % 5, x / 25 % 5, x / 125,
		                            10 - x % 5 - x / 5 % 5 - x / 25 % 5 - x / 125};
		uint32_t       seen = 0;
		int64_t        energy = 0;

		for (int a = 0; a < LENGTH; a++)
			seen |= p[a] < LENGTH ? 1u << p[a] : 0;
		if (seen != 31)
			continue;
		for (uint32_t a = 0; a < LENGTH; a++)
			for (uint32_t b = 0; b < LENGTH; b++)
				energy += f.flow[a * LENGTH + b] * f.distance[p[a] * LENGTH + p[b]];
		h.probability[x] = exp(-(double)energy / taut_decode_temperature(f.temperature[0]));
	}
	normalise(&h);
	advance(&f, 8 * THIN);
	for (uint32_t s = 0; s < SWEEPS / 4; s += THIN) {
		advance(&f, THIN);
		for (uint32_t lane = 0; lane < TAUT_LANES; lane++) {
			const uint16_t *p = f.position + (size_t)lane * LENGTH;

			h.count[p[0] + 5 * p[1] + 25 * p[2] + 125 * p[3]]++;
		}
		h.samples += TAUT_LANES;
	}
	snprintf(name, sizeof name, "permutation %s T %g",
	         rule == TAUT_RULE_HEATBATH ? "heat bath" : "Metropolis", t);
	assert_true(chi_square(&h, name) > 1e-4);
}

static void permutations(void **state)
{
	permutations_case(*state, TAUT_RULE_HEATBATH, 12.0);
	permutations_case(*state, TAUT_RULE_METROPOLIS, 12.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ladders),
		cmocka_unit_test(slices),
		cmocka_unit_test(groups),
		cmocka_unit_test(permutations),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
