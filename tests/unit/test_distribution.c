/*
 * Samples of the machine against the exact Boltzmann distribution (DESIGN section 5): chi-square
 * with pooled cells, p > 1e-4 with these fixed seeds, and how little the lanes say about each
 * other.
 *
 * Samples of a chain are correlated in time. Where the chain is small its second eigenvalue is
 * computed from the exact sweep operator, and a sample is taken once per `thin` sweeps, so that the
 * slowest mode has decayed to 2 % between two of them; otherwise thin is given.
 */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "backend/noise.h"
#include "histogram.h"
#include "machine_fixture.h"

enum {
	N = 8,
	STATES = 1 << N,
	MAX_SAMPLES = 1000000,
#ifdef NDEBUG
	SWEEPS = 1 << 15 /* of one run */
#else
	SWEEPS = 1 << 13 /* asserts and sanitizers are slow */
#endif
};

/* Bits of one lane as a number. */
static uint32_t lane_state(const fixture *f, uint32_t lane)
{
	uint32_t x = 0;

	for (uint32_t i = 0; i < f->problem.n; i++)
		x |= (uint32_t)(f->spins[i] >> lane & 1) << i;
	return x;
}

static int64_t energy_of(const fixture *f, uint32_t x)
{
	const taut_machine_problem *p = &f->problem;
	int64_t                     sum = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (!(x >> i & 1))
			continue;
		sum += p->linear[i];
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			if (p->col[k] < i && (x >> p->col[k] & 1))
				sum += p->coef[k];
	}
	return sum;
}

static double acceptance(taut_machine_rule rule, double change_by_t)
{
	if (rule == TAUT_RULE_HEATBATH)
		return 1.0 / (1.0 + exp(change_by_t));
	return change_by_t <= 0.0 ? 1.0 : exp(-change_by_t);
}

/* Magnitude of the second eigenvalue of one sweep of single flips in bit order over states of
 * weight[x] = E(x) / T, by power iteration on functions of mean 0; then the sweeps after which it
 * is below 0.02. */
static uint32_t mixing_sweeps(const histogram *h, const double *weight, taut_machine_rule rule)
{
	double f[MAX_STATES];
	double size = 1.0;
	double slowest;

	for (uint32_t x = 0; x < h->n_states; x++)
		f[x] = (double)(fixture_hash(99, x, 0) % 1000);
	for (int round = 0; round < 400; round++) {
		double mean = 0.0;
		double square = 0.0;

		for (uint32_t x = 0; x < h->n_states; x++)
			mean += h->probability[x] * f[x];
		for (uint32_t x = 0; x < h->n_states; x++)
			square += h->probability[x] * (f[x] - mean) * (f[x] - mean);
		if (square < 1e-24)
			return 1;
		if (round >= 200) /* the geometric mean of the later rounds */
			size *= pow(square, 1.0 / 400.0);
		for (uint32_t x = 0; x < h->n_states; x++)
			f[x] = (f[x] - mean) / sqrt(square);
		for (uint32_t bit = 1; bit < h->n_states; bit *= 2)
			for (uint32_t x = 0; x < h->n_states; x++) {
				const uint32_t y = x | bit;
				const double   change = weight[y] - weight[x];
				const double   fx = f[x];

				if (y == x)
					continue;
				f[x] += acceptance(rule, change) * (f[y] - fx);
				f[y] += acceptance(rule, -change) * (fx - f[y]);
			}
	}
	slowest = size;
	assert_true(slowest < 0.999);
	return (uint32_t)fmax(1.0, ceil(log(0.02) / log(slowest)));
}

/* Goes on by so many sweeps at the temperatures that the table holds. */
static void advance(fixture *f, uint64_t sweeps)
{
	taut_machine_launch *launch = &f->launch;

	launch->sweep_count = UINT64_MAX;
	while (sweeps) {
		const uint64_t part = sweeps < FIXTURE_SWEEPS ? sweeps : FIXTURE_SWEEPS;

		launch->sweep_end = launch->sweep_begin + part;
		taut_model_launch(&f->problem, launch, &f->state);
		launch->sweep_begin += part;
		sweeps -= part;
	}
}

static void set_launch(fixture *f, const taut_noise *noise, taut_machine_mode mode,
                       taut_machine_rule rule, double t)
{
	fixture_launch(f, mode, rule, FIXTURE_SWEEPS, 1, 1);
	for (int k = 0; k < FIXTURE_SWEEPS; k++)
		f->temperature[k] = taut_encode_temperature(t);
	f->launch.track_from = UINT64_MAX;
	f->launch.noise = rule == TAUT_RULE_HEATBATH ? (const void *)noise->heatbath
	                                             : (const void *)noise->metropolis;
	fixture_start(f);
}

/* Problems of 8 bits. */

static void ring(fixture *f)
{
	int32_t q[N * N] = {0};

	/* sum_i J_i s_i s_{i+1}, J = +-1 with an odd number of -1, s = 2 x - 1 */
	for (int i = 0; i < N; i++) {
		const int j = (i + 1) % N;
		const int sign = i == 0 || i == 3 || i == 4 ? -1 : 1;

		q[i * N + j] = q[j * N + i] = 4 * sign;
		q[i * N + i] -= 2 * sign;
		q[j * N + j] -= 2 * sign;
	}
	fixture_matrix(f, N, q);
}

static void zero(fixture *f)
{
	const int32_t q[N * N] = {0};

	fixture_matrix(f, N, q);
}

/* Odd linear and even quadratic coefficients: no change is 0. Couplings where hash % 7 < density.
 */
static void odd(fixture *f, int32_t linear, int32_t coupling, uint32_t density)
{
	int32_t q[N * N] = {0};

	for (uint32_t i = 0; i < N; i++) {
		q[i * N + i] = 2 * fixture_value(11, i, i, linear) + 1;
		for (uint32_t j = i + 1; j < N; j++)
			if (fixture_hash(12, i, j) % 7 < density)
				q[i * N + j] = q[j * N + i] = 2 * fixture_value(13, i, j, coupling);
	}
	fixture_matrix(f, N, q);
}

static void sparse(fixture *f)
{
	odd(f, 1, 1, 3);
}

static void dense(fixture *f)
{
	odd(f, 3, 2, 7);
}

static void strong(fixture *f)
{
	odd(f, 30, 14, 7);
}

typedef struct {
	const char *name;
	void (*make)(fixture *f);
} named_problem;

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

static void boltzmann(histogram *h, double *weight, const fixture *f, double t)
{
	memset(h, 0, sizeof *h);
	h->n_states = STATES;
	for (uint32_t x = 0; x < STATES; x++) {
		weight[x] = (double)energy_of(f, x) / t;
		h->probability[x] = exp(-weight[x]);
	}
	normalise(h);
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

/* Every rung of a ladder samples its own temperature. */
static void ladder_case(const taut_noise *noise, const named_problem *problem,
                        taut_machine_rule rule)
{
	enum { RUNGS = 8, THIN = 16 };
	static const double rung[RUNGS] = {0.8, 1.2, 1.8, 2.7, 4.0, 6.0, 10.0, 30.0};
	static histogram    h[RUNGS];
	fixture             f;
	double              weight[MAX_STATES];
	char                name[64];

	memset(&f, 0, sizeof f);
	problem->make(&f);
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
		snprintf(name, sizeof name, "pt %s %s rung T %g", problem->name,
		         rule == TAUT_RULE_HEATBATH ? "heat bath" : "Metropolis", rung[r]);
		assert_true(chi_square(&h[r], name) > 1e-4);
	}
}

static void ladders(void **state)
{
	ladder_case(*state, &problems[0], TAUT_RULE_HEATBATH);
	ladder_case(*state, &problems[2], TAUT_RULE_METROPOLIS);
}

/* 3 bits in 4 slices against the Trotterised distribution, bit i of slice k being bit 3 k + i. */
static void slices_case(const taut_noise *noise, taut_machine_rule rule)
{
	enum { BITS = 3, RING = 4, RINGS = TAUT_LANES / RING };
	static const int32_t q[BITS * BITS] = {1, 2, -2, 2, -3, 2, -2, 2, -1};
	const double         t = 1.0;
	const double         gamma = 1.2;
	static histogram     h;
	static double        weight[MAX_STATES];
	fixture              f;
	uint32_t             thin;
	double               coupling; /* J / machine temperature */
	double               machine;
	char                 name[64];

	memset(&f, 0, sizeof f);
	memset(&h, 0, sizeof h);
	fixture_matrix(&f, BITS, q);
	set_launch(&f, noise, TAUT_MODE_SQA, rule, RING * t);
	for (int k = 0; k < FIXTURE_SWEEPS; k++)
		f.jq[k] = taut_encode_jq(t, gamma, RING);
	f.launch.ring = RING;
	f.launch.jq = f.jq;
	machine = taut_decode_temperature(f.temperature[0]);
	coupling = -0.5 * log(tanh(gamma / (RING * t)));
	assert_true(fabs(ldexp((double)f.jq[0], -1 - f.temperature[0].s) / machine - coupling) <
	            1e-6);
	h.n_states = 1 << (BITS * RING);
	for (uint32_t x = 0; x < h.n_states; x++) {
		weight[x] = 0.0;
		for (uint32_t k = 0; k < RING; k++) {
			const uint32_t here = x >> (BITS * k) & 7;
			const uint32_t next = x >> (BITS * ((k + 1) % RING)) & 7;

			weight[x] += (double)energy_of(&f, here) / machine;
			for (uint32_t i = 0; i < BITS; i++)
				weight[x] += (here ^ next) >> i & 1 ? coupling : -coupling;
		}
		h.probability[x] = exp(-weight[x]);
	}
	normalise(&h);
	thin = mixing_sweeps(&h, weight, rule);
	advance(&f, 4 * thin);
	for (uint32_t s = 0; s < 2 * SWEEPS && h.samples + RINGS <= MAX_SAMPLES; s += thin) {
		advance(&f, thin);
		for (uint32_t r = 0; r < RINGS; r++) {
			uint32_t x = 0;

			for (uint32_t k = 0; k < RING; k++)
				x |= lane_state(&f, r * RING + k) << (BITS * k);
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
		cmocka_unit_test(flips),  cmocka_unit_test(control), cmocka_unit_test(ladders),
		cmocka_unit_test(slices), cmocka_unit_test(groups),  cmocka_unit_test(permutations),
		cmocka_unit_test(lanes),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
