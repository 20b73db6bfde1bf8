/* Small problems of the machine and their exact distributions, and the model run on them. Include
 * after cmocka.h. */
#ifndef TAUT_TESTS_DISTRIBUTION_H
#define TAUT_TESTS_DISTRIBUTION_H

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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
static inline uint32_t lane_state(const fixture *f, uint32_t lane)
{
	uint32_t x = 0;

	for (uint32_t i = 0; i < f->problem.n; i++)
		x |= (uint32_t)(f->spins[i] >> lane & 1) << i;
	return x;
}

static inline int64_t energy_of(const fixture *f, uint32_t x)
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

static inline double acceptance(taut_machine_rule rule, double change_by_t)
{
	if (rule == TAUT_RULE_HEATBATH)
		return 1.0 / (1.0 + exp(change_by_t));
	return change_by_t <= 0.0 ? 1.0 : exp(-change_by_t);
}

/* Magnitude of the second eigenvalue of one sweep of single flips in bit order over states of
 * weight[x] = E(x) / T, by power iteration on functions of mean 0; then the sweeps after which it
 * is below 0.02. */
static inline uint32_t mixing_sweeps(const histogram *h, const double *weight,
                                     taut_machine_rule rule)
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
static inline void advance(fixture *f, uint64_t sweeps)
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

static inline void set_launch(fixture *f, const taut_noise *noise, taut_machine_mode mode,
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

static inline void ring(fixture *f)
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

static inline void zero(fixture *f)
{
	const int32_t q[N * N] = {0};

	fixture_matrix(f, N, q);
}

/* Odd linear and even quadratic coefficients: no change is 0. Couplings where hash % 7 < density.
 */
static inline void odd(fixture *f, int32_t linear, int32_t coupling, uint32_t density)
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

static inline void sparse(fixture *f)
{
	odd(f, 1, 1, 3);
}

static inline void dense(fixture *f)
{
	odd(f, 3, 2, 7);
}

static inline void strong(fixture *f)
{
	odd(f, 30, 14, 7);
}

typedef struct {
	const char *name;
	void (*make)(fixture *f);
} named_problem;

static inline void boltzmann(histogram *h, double *weight, const fixture *f, double t)
{
	memset(h, 0, sizeof *h);
	h->n_states = STATES;
	for (uint32_t x = 0; x < STATES; x++) {
		weight[x] = (double)energy_of(f, x) / t;
		h->probability[x] = exp(-weight[x]);
	}
	normalise(h);
}

/* 3 bits in 4 slices: 12 spins. */
enum { SLICED_N = 3, RING = 4, RINGS = TAUT_LANES / RING };
#define SLICED_T     1.0
#define SLICED_GAMMA 1.2

static inline void sliced(fixture *f)
{
	static const int32_t q[SLICED_N * SLICED_N] = {1, 2, -2, 2, -3, 2, -2, 2, -1};

	fixture_matrix(f, SLICED_N, q);
}

/* The Trotterised distribution, bit i of slice k being bit SLICED_N k + i. */
static inline void trotter(histogram *h, double *weight, const fixture *f)
{
	/* J / machine temperature */
	const double           coupling = -0.5 * log(tanh(SLICED_GAMMA / (RING * SLICED_T)));
	const taut_temperature t = taut_encode_temperature(RING * SLICED_T);
	const double           machine = taut_decode_temperature(t);
	const int64_t          jq = taut_encode_jq(SLICED_T, SLICED_GAMMA, RING);

	assert_true(fabs(ldexp((double)jq, -1 - t.s) / machine - coupling) < 1e-6);
	memset(h, 0, sizeof *h);
	h->n_states = 1 << (SLICED_N * RING);
	for (uint32_t x = 0; x < h->n_states; x++) {
		weight[x] = 0.0;
		for (uint32_t k = 0; k < RING; k++) {
			const uint32_t here = x >> (SLICED_N * k) & 7;
			const uint32_t next = x >> (SLICED_N * ((k + 1) % RING)) & 7;

			weight[x] += (double)energy_of(f, here) / machine;
			for (uint32_t i = 0; i < SLICED_N; i++)
				weight[x] += (here ^ next) >> i & 1 ? coupling : -coupling;
		}
		h->probability[x] = exp(-weight[x]);
	}
	normalise(h);
}

static inline int set_up(void **state)
{
	return taut_noise_new((taut_noise **)state, NULL) != TAUT_OK;
}

static inline int tear_down(void **state)
{
	taut_noise_free(*state);
	return 0;
}

#endif
