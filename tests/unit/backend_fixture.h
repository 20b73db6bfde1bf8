/* Random problems, the run of the contract in hls/model on them, and a backend's run. Include after
 * cmocka.h. */
#ifndef TAUT_TESTS_BACKEND_FIXTURE_H
#define TAUT_TESTS_BACKEND_FIXTURE_H

#include <stdbool.h>
#include <string.h>

#include "backend/backend.h"
#include "backend/cpu/cpu.h"
#include "backend/encode.h"
#include "backend/initial.h"
#include "backend/noise.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "hls/model/model.h"
#include "qubo/qubo.h"

static const char *const ISAS[] = {"generic", "avx2", "avx512", "avx512vnni"};

static inline void *must(void *memory)
{
	assert_non_null(memory);
	return memory;
}

static inline int32_t within(taut_rng *rng, int32_t size)
{
	return (int32_t)taut_rng_below(rng, 2 * (uint64_t)size + 1) - size;
}

/* n variables, each pair coupled with probability density, |linear| and |q| <= size; of every four
 * variables in a row, `grouped` begin groups of 1 to 5 (sharing couplings inside too). */
static inline taut_problem *bits_problem(uint32_t n, double density, int32_t size, bool grouped,
                                         taut_rng *rng)
{
	taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));
	int32_t      *q = must(taut_alloc((size_t)n * n, sizeof *q, NULL));
	uint64_t      stored = 0;

	p->n = n;
	p->linear = must(taut_alloc(n, sizeof *p->linear, NULL));
	p->row = must(taut_alloc((size_t)n + 1, sizeof *p->row, NULL));
	p->col = must(taut_alloc((size_t)n * n, sizeof *p->col, NULL));
	p->coef = must(taut_alloc((size_t)n * n, sizeof *p->coef, NULL));
	for (size_t i = 0; i < n; i++) {
		p->linear[i] = within(rng, size);
		for (size_t j = 0; j < i; j++)
			if (taut_rng_unit(rng) < density)
				q[i * n + j] = q[j * n + i] = within(rng, size);
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			if (q[i * n + j]) {
				p->col[stored] = (uint32_t)j;
				p->coef[stored++] = q[i * n + j];
			}
		p->row[i + 1] = stored;
	}
	taut_free(q);
	if (!grouped)
		return p;
	p->group = must(taut_alloc(n, sizeof *p->group, NULL));
	for (uint32_t i = 0; i < n;) {
		const uint32_t length = 1 + (uint32_t)taut_rng_below(rng, 5);
		const bool     is_group = taut_rng_below(rng, 3) != 0;

		for (uint32_t k = 0; k < length && i < n; k++, i++)
			p->group[i] = is_group ? p->n_groups : TAUT_QUBO_UNGROUPED;
		p->n_groups += is_group;
	}
	return p;
}

typedef enum { BOTH_SYMMETRIC, FLOW_SYMMETRIC, DISTANCE_SYMMETRIC, ASYMMETRIC } symmetry;

static inline taut_problem *permutation_problem(uint32_t n, symmetry kind, double density,
                                                int32_t size, taut_rng *rng)
{
	taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));
	const bool    even_flow = kind == BOTH_SYMMETRIC || kind == FLOW_SYMMETRIC;
	const bool    even_distance = kind == BOTH_SYMMETRIC || kind == DISTANCE_SYMMETRIC;

	p->permutation_n = n;
	p->flow = must(taut_alloc((size_t)n * n, sizeof *p->flow, NULL));
	p->distance = must(taut_alloc((size_t)n * n, sizeof *p->distance, NULL));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			p->flow[i * n + j] = taut_rng_unit(rng) < density ? within(rng, size) : 0;
			p->distance[i * n + j] = within(rng, size);
			if (j < i && even_flow)
				p->flow[i * n + j] = p->flow[j * n + i];
			if (j < i && even_distance)
				p->distance[i * n + j] = p->distance[j * n + i];
		}
	return p;
}

/* Three one-hot groups whose fields wrap at 32 bits, while every change fits. */
static inline taut_problem *wrapping_problem(taut_rng *rng)
{
	taut_problem *p = bits_problem(24, 0.5, 50, false, rng);

	p->group = must(taut_alloc(p->n, sizeof *p->group, NULL));
	p->n_groups = 3;
	for (uint32_t i = 0; i < p->n; i++) {
		p->group[i] = i / 8;
		p->linear[i] += INT32_MAX - 100;
		for (uint64_t e = p->row[i]; e < p->row[i + 1]; e++)
			p->coef[e] += p->col[e] / 8 == i / 8 ? INT32_MAX - 100 : 0;
	}
	return p;
}

/* Views of the problem's arrays. */
static inline taut_machine_problem machine_of(const taut_problem *p)
{
	taut_machine_problem m = {.n = p->n,
	                          .linear = p->linear,
	                          .row = p->row,
	                          .col = p->col,
	                          .coef = p->coef,
	                          .group = p->group,
	                          .n_groups = p->n_groups,
	                          .permutation_n = p->permutation_n,
	                          .flow = p->flow,
	                          .distance = p->distance};

	if (p->terms) {
		m.n_terms = p->terms->rows->count;
		m.term_first = p->terms->rows->first;
		m.term_col = p->terms->rows->col;
		m.term_coef = p->terms->rows->coef;
		m.term_weight = p->terms->rows->weight;
		m.term_limit = p->terms->rows->limit;
	}
	return m;
}

/* The run of the contract in hls/model. */
typedef struct {
	const taut_problem  *problem;
	const taut_schedule *schedule;
	taut_machine_problem machine;
	taut_noise          *noise;
	taut_temperature    *temperature; /* [sweeps][width] */
	int64_t             *jq;          /* [sweeps] */
	uint32_t             exchange[TAUT_LANES];
	uint32_t             fraction;
	taut_machine_launch  launch;
	taut_machine_state   state;
} model_run;

static inline void model_init(model_run *m, const taut_problem *p, const taut_schedule *s)
{
	const bool   heat = s->acceptance == TAUT_ACCEPTANCE_HEATBATH;
	const bool   pt = s->algorithm == TAUT_ALGORITHM_PT;
	const size_t width = pt ? TAUT_LANES : 1;

	memset(m, 0, sizeof *m);
	m->problem = p;
	m->schedule = s;
	m->machine = machine_of(p);
	assert_int_equal(taut_noise_new(&m->noise, NULL), TAUT_OK);
	m->temperature = must(taut_alloc(s->sweeps * width, sizeof *m->temperature, NULL));
	m->jq = must(taut_alloc(s->sweeps, sizeof *m->jq, NULL));
	if (pt)
		for (uint64_t k = 0; k < s->sweeps * width; k++)
			m->temperature[k] = taut_encode_temperature(
				k % width < s->n_rungs ? s->rungs[k % width] : 0.0);
	else if (s->algorithm == TAUT_ALGORITHM_SQA)
		taut_encode_rings(m->temperature, m->jq, s, 0, s->sweeps);
	else
		taut_encode_schedule(m->temperature, s->t_hot, s->t_cold, s->sweeps, 0, s->sweeps);
	if (pt)
		m->fraction = taut_encode_exchange(m->exchange, m->temperature, s->n_rungs);
	m->launch = (taut_machine_launch){
		.mode = pt                                   ? TAUT_MODE_PT
	                : s->algorithm == TAUT_ALGORITHM_SQA ? TAUT_MODE_SQA
	                                                     : TAUT_MODE_SA,
		.rule = heat ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS,
		.seed = s->seed,
		.sweep_count = s->sweeps,
		.track_from = s->track_from,
		.temperature_width = (uint32_t)width,
		.rungs = s->n_rungs,
		.exchange = m->exchange,
		.exchange_fraction = m->fraction,
		.ring = s->ring,
		.noise = heat ? (const void *)m->noise->heatbath : m->noise->metropolis,
	};
	m->state.spins = must(taut_alloc(p->n, sizeof *m->state.spins, NULL));
	m->state.best_spins = must(taut_alloc(p->n, sizeof *m->state.spins, NULL));
	m->state.position = must(
		taut_alloc((size_t)TAUT_LANES * p->permutation_n, sizeof *m->state.position, NULL));
	m->state.best_position = must(
		taut_alloc((size_t)TAUT_LANES * p->permutation_n, sizeof *m->state.position, NULL));
}

static inline void model_fini(model_run *m)
{
	taut_noise_free(m->noise);
	taut_free(m->temperature);
	taut_free(m->jq);
	taut_free(m->state.spins);
	taut_free(m->state.best_spins);
	taut_free(m->state.position);
	taut_free(m->state.best_position);
}

/* First states of a group from the reads that begin at `first`. */
static inline void model_load(model_run *m, const taut_samples *from, size_t first)
{
	taut_machine_state *state = &m->state;
	const size_t        n = m->problem->permutation_n;

	memset(state->spins, 0, m->problem->n * sizeof *state->spins);
	for (size_t l = 0; l < TAUT_LANES; l++) {
		for (uint32_t i = 0; i < from->n; i++)
			state->spins[i] |= (uint64_t)taut_sample_bit(from, first + l, i) << l;
		for (size_t a = 0; a < n; a++)
			state->position[l * n + a] = from->position[(first + l) * n + a];
		state->energy[l] = taut_model_energy(&m->machine, state, (uint32_t)l);
		state->best_energy[l] = TAUT_NO_ENERGY;
		if (m->schedule->n_rungs)
			state->rung[l] = (uint8_t)(l % m->schedule->n_rungs);
	}
}

static inline void model_sweeps(model_run *m, uint64_t begin, uint64_t end)
{
	taut_machine_launch part = m->launch;

	part.sweep_begin = begin;
	part.sweep_end = end;
	part.temperature = m->temperature + begin * part.temperature_width;
	part.jq = m->jq + begin;
	taut_model_launch(&m->machine, &part, &m->state);
}

static inline void model_store(const model_run *m, taut_samples *out, size_t first)
{
	const taut_machine_state *state = &m->state;
	const size_t              n = m->problem->permutation_n;

	for (size_t l = 0; l < TAUT_LANES; l++) {
		uint64_t *bits = out->bits + (first + l) * out->words;

		out->energy[first + l] = state->best_energy[l];
		memset(bits, 0, out->words * sizeof *bits);
		for (uint32_t i = 0; i < out->n; i++)
			bits[i / 64] |= (state->best_spins[i] >> l & 1) << i % 64;
		if (n)
			memcpy(out->position + (first + l) * n, state->best_position + l * n,
			       n * sizeof *out->position);
	}
}

/* All reads, every group in two launches cut at `cut`. Lanes beyond the reads start as further
 * reads would. */
static inline taut_samples *reference(const taut_problem *p, const taut_schedule *s, uint64_t cut)
{
	taut_schedule full = *s;
	taut_samples *out;
	model_run     m;

	full.reads = (s->reads + TAUT_LANES - 1) / TAUT_LANES * TAUT_LANES;
	assert_int_equal(taut_initial_new(&out, p, &full, NULL), TAUT_OK);
	model_init(&m, p, s);
	for (size_t first = 0; first < out->count; first += TAUT_LANES) {
		m.launch.group = (uint32_t)(first / TAUT_LANES);
		model_load(&m, out, first);
		model_sweeps(&m, 0, cut);
		model_sweeps(&m, cut, s->sweeps);
		model_store(&m, out, first);
	}
	model_fini(&m);
	out->count = s->reads;
	return out;
}

static inline void assert_same(const taut_samples *a, const taut_samples *b)
{
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->permutation_n, b->permutation_n);
	assert_memory_equal(a->energy, b->energy, a->count * sizeof *a->energy);
	assert_memory_equal(a->bits, b->bits, a->count * a->words * sizeof *a->bits);
	assert_memory_equal(a->position, b->position,
	                    a->count * a->permutation_n * sizeof *a->position);
}

static inline void assert_energies(const taut_problem *p, const taut_samples *s)
{
	for (size_t r = 0; r < s->count; r++)
		assert_int_equal(s->energy[r], taut_initial_energy(p, s, r));
}

static inline taut_samples *run(taut_backend *b, const taut_problem *p, const taut_schedule *s,
                                uint32_t threads)
{
	const taut_ctx ctx = {.threads = threads};
	taut_samples  *out = NULL;
	taut_error     err = {TAUT_OK, ""};
	bool           finished = false;
	taut_status    st = b->ops->load(b, p, &err);

	if (st == TAUT_OK)
		st = b->ops->run(&out, &finished, b, s, &ctx, &err);
	if (st)
		fail_msg("%s", err.text);
	assert_true(finished);
	return out;
}

/* The cpu gives the model's samples with every instruction set that is there and any threads. */
static inline void compare_with_model(const taut_problem *p, const taut_schedule *s)
{
	taut_samples *want = reference(p, s, s->sweeps / 2);

	assert_energies(p, want);
	for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++) {
		taut_backend *b;

		if (taut_cpu_open_isa(&b, ISAS[k], NULL))
			continue;
		for (uint32_t threads = 1; threads <= 3; threads++) {
			taut_samples *got = run(b, p, s, threads);

			assert_same(want, got);
			taut_samples_free(got);
		}
		b->ops->close(b);
	}
	taut_samples_free(want);
}

/* In builds with faults: whichever allocation of a load and a run fails, it says so and leaves
 * nothing behind. Returns how many there are. */
static inline long walk_backend_faults(taut_backend *b, const taut_problem *p,
                                       const taut_schedule *s)
{
	const taut_ctx ctx = {.threads = 1};
	taut_status    st = TAUT_ENOMEM;
	long           nth = 0;

	while (st != TAUT_OK) {
		taut_samples *out = NULL;
		bool          finished;

		assert_true(++nth < 1000);
		taut_faults_arm(nth, 0);
		st = b->ops->load(b, p, NULL);
		if (st == TAUT_OK)
			st = b->ops->run(&out, &finished, b, s, &ctx, NULL);
		taut_faults_arm(0, 0);
		assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
		assert_true((st == TAUT_OK) == (out != NULL));
		taut_samples_free(out);
	}
	return nth - 1;
}

#endif
