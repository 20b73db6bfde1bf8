/*
 * Small machine problems and states for tests, from one documented formula (docs/machine.md,
 * "Golden samples"): hash(salt, i, j) = taut_machine_mix(salt 2^32 + i 2^16 + j). Everything lives
 * in the struct.
 */
#ifndef TAUT_TESTS_MACHINE_FIXTURE_H
#define TAUT_TESTS_MACHINE_FIXTURE_H

#include <assert.h>
#include <string.h>

#include "backend/encode.h"
#include "hls/model/model.h"

enum { FIXTURE_N = 32, FIXTURE_PERMUTATION = 8, FIXTURE_SWEEPS = 64 };

typedef struct {
	taut_machine_problem problem;
	int32_t              linear[FIXTURE_N];
	uint64_t             row[FIXTURE_N + 1];
	uint32_t             col[FIXTURE_N * FIXTURE_N];
	int32_t              coef[FIXTURE_N * FIXTURE_N];
	uint32_t             group[FIXTURE_N];
	int32_t              flow[FIXTURE_PERMUTATION * FIXTURE_PERMUTATION];
	int32_t              distance[FIXTURE_PERMUTATION * FIXTURE_PERMUTATION];

	taut_machine_launch launch;
	taut_temperature    temperature[FIXTURE_SWEEPS * TAUT_LANES];
	uint32_t            exchange[TAUT_LANES];
	int64_t             jq[FIXTURE_SWEEPS];

	taut_machine_state state;
	uint64_t           spins[FIXTURE_N];
	uint64_t           best_spins[FIXTURE_N];
	uint16_t           position[TAUT_LANES * FIXTURE_PERMUTATION];
	uint16_t           best_position[TAUT_LANES * FIXTURE_PERMUTATION];
} fixture;

static inline uint64_t fixture_hash(uint64_t salt, uint64_t i, uint64_t j)
{
	return taut_machine_mix((salt << 32) + (i << 16) + j);
}

/* Uniform in [-range, range] but for a bias that does not matter. */
static inline int32_t fixture_value(uint64_t salt, uint64_t i, uint64_t j, int32_t range)
{
	return (int32_t)(fixture_hash(salt, i, j) % (uint64_t)(2 * range + 1)) - range;
}

/* Sets the couplings from the symmetric matrix q[n][n] (its diagonal is the linear part) and points
 * the views at the struct's own arrays. */
static inline void fixture_matrix(fixture *f, uint32_t n, const int32_t *q)
{
	uint64_t at = 0;

	assert(n <= FIXTURE_N);
	for (uint32_t i = 0; i < n; i++) {
		f->linear[i] = q[i * n + i];
		f->row[i] = at;
		for (uint32_t j = 0; j < n; j++) {
			assert(q[i * n + j] == q[j * n + i]);
			if (i == j || q[i * n + j] == 0)
				continue;
			f->col[at] = j;
			f->coef[at] = q[i * n + j];
			at++;
		}
	}
	f->row[n] = at;
	f->problem = (taut_machine_problem){
		.n = n,
		.linear = f->linear,
		.row = f->row,
		.col = f->col,
		.coef = f->coef,
	};
}

/* linear hash(1, i, i) in [-range, range]; pair i < j coupled where hash(2, i, j) % 4 < quarters,
 * by hash(3, i, j) in [-range, range]. */
static inline void fixture_random(fixture *f, uint32_t n, int32_t range, uint32_t quarters)
{
	int32_t q[FIXTURE_N * FIXTURE_N] = {0};

	for (uint32_t i = 0; i < n; i++) {
		q[i * n + i] = fixture_value(1, i, i, range);
		for (uint32_t j = i + 1; j < n; j++)
			if (fixture_hash(2, i, j) % 4 < quarters)
				q[i * n + j] = q[j * n + i] = fixture_value(3, i, j, range);
	}
	fixture_matrix(f, n, q);
}

/* Variables [0, groups * size) in one-hot groups, i % groups, the rest free. */
static inline void fixture_groups(fixture *f, uint32_t groups, uint32_t size)
{
	assert(groups * size <= f->problem.n);
	for (uint32_t i = 0; i < f->problem.n; i++)
		f->group[i] = i < groups * size ? i % groups : TAUT_UNGROUPED;
	f->problem.group = f->group;
	f->problem.n_groups = groups;
}

/* flow hash(4, a, b) and distance hash(5, a, b) in [-range, range], asymmetric, with diagonals. */
static inline void fixture_permutation(fixture *f, uint32_t n, int32_t range)
{
	assert(n <= FIXTURE_PERMUTATION);
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++) {
			f->flow[a * n + b] = fixture_value(4, a, b, range);
			f->distance[a * n + b] = fixture_value(5, a, b, range);
		}
	f->problem = (taut_machine_problem){
		.permutation_n = n,
		.flow = f->flow,
		.distance = f->distance,
	};
}

/* The first state: word i is hash(6, i, 0); of group g in lane l the member number hash(7, g, l) %
 * size (the g-th, (g + groups)-th, .. variable) is 1; p(a) = (a + l) mod n. Energies from the
 * definition, rungs in order, nothing tracked. */
static inline void fixture_start(fixture *f)
{
	const taut_machine_problem *p = &f->problem;
	taut_machine_state         *s = &f->state;

	*s = (taut_machine_state){
		.spins = f->spins,
		.best_spins = f->best_spins,
		.position = f->position,
		.best_position = f->best_position,
	};
	memset(f->best_spins, 0, sizeof f->best_spins);
	memset(f->best_position, 0, sizeof f->best_position);
	for (uint32_t i = 0; i < p->n; i++)
		f->spins[i] = p->group && p->group[i] != TAUT_UNGROUPED ? 0 : fixture_hash(6, i, 0);
	for (uint32_t lane = 0; lane < TAUT_LANES; lane++) {
		for (uint32_t g = 0; g < p->n_groups; g++) {
			uint32_t size = 0;
			uint32_t i = g;

			while (i + size * p->n_groups < p->n &&
			       p->group[i + size * p->n_groups] == g)
				size++;
			i += (uint32_t)(fixture_hash(7, g, lane) % size) * p->n_groups;
			f->spins[i] |= (uint64_t)1 << lane;
		}
		for (uint32_t a = 0; a < p->permutation_n; a++)
			f->position[lane * p->permutation_n + a] =
				(uint16_t)((a + lane) % p->permutation_n);
		s->energy[lane] = taut_model_energy(p, s, lane);
		s->best_energy[lane] = TAUT_NO_ENERGY;
		if (f->launch.rungs)
			s->rung[lane] = (uint8_t)(lane % f->launch.rungs);
	}
}

/* Step k of a falling ladder of temperatures that needs no floating point: 56, 48, 40, 32, 28, 24,
 * .. */
static inline taut_temperature fixture_step(uint32_t k)
{
	return (taut_temperature){
		.m = (uint16_t)(32768 + 8192 * (3 - k % 4)),
		.s = (int16_t)(22 + k / 4),
	};
}

/* A launch of all sweeps; temperature of sweep k is step k / slowness, of width TAUT_LANES step
 * k / slowness + lane / 16; in pt of rung r step 2 (rungs - r) in every sweep. */
static inline void fixture_launch(fixture *f, taut_machine_mode mode, taut_machine_rule rule,
                                  uint32_t sweeps, uint32_t width, uint32_t slowness)
{
	assert(sweeps <= FIXTURE_SWEEPS);
	f->launch = (taut_machine_launch){
		.mode = mode,
		.rule = rule,
		.seed = 12345,
		.group = 7,
		.sweep_end = sweeps,
		.sweep_count = sweeps,
		.temperature_width = width,
		.temperature = f->temperature,
	};
	for (uint32_t k = 0; k < sweeps; k++)
		for (uint32_t l = 0; l < width; l++)
			f->temperature[k * width + l] = fixture_step(k / slowness + l / 16);
}

static inline void fixture_ladder(fixture *f, uint32_t rungs)
{
	const uint64_t sweeps = f->launch.sweep_count;

	for (uint64_t k = 0; k < sweeps; k++)
		for (uint32_t r = 0; r < TAUT_LANES; r++)
			f->temperature[k * TAUT_LANES + r] =
				fixture_step(r < rungs ? 2 * (rungs - r) : 0);
	f->launch.temperature_width = TAUT_LANES;
	f->launch.rungs = rungs;
	f->launch.exchange = f->exchange;
	f->launch.exchange_fraction = taut_encode_exchange(f->exchange, f->temperature, rungs);
}

/* jq of sweep k is 2^(26 + k / 8): couplings that grow against the noise of m 2^12 .. */
static inline void fixture_ring(fixture *f, uint32_t ring)
{
	for (uint64_t k = 0; k < f->launch.sweep_count; k++)
		f->jq[k] = (int64_t)1 << (26 + k / 8);
	f->launch.ring = ring;
	f->launch.jq = f->jq;
}

#endif
