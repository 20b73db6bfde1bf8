/* The golden cases (docs/machine.md, "Golden samples"), ready to run from machine_fixture.h's
 * formula. */
#ifndef TAUT_TESTS_MACHINE_CASES_H
#define TAUT_TESTS_MACHINE_CASES_H

#include "backend/noise.h"
#include "machine_fixture.h"

typedef enum { FREE, RING, GROUPS, PERMUTATION } kind;

typedef struct {
	const char       *name;
	kind              kind;
	taut_machine_mode mode;
	taut_machine_rule rule;
	uint32_t          width; /* of the temperatures */
	uint32_t          size;  /* rungs or ring */
	uint32_t          sweeps;
	uint32_t          track_from;
} golden_case;

#define M TAUT_RULE_METROPOLIS
#define H TAUT_RULE_HEATBATH
static const golden_case cases[] = {
	{"sa-metropolis-free", FREE, TAUT_MODE_SA, M, 1, 0, 40, 0},
	{"sa-heatbath-free", FREE, TAUT_MODE_SA, H, 1, 0, 40, 20},
	{"sa-metropolis-lanes", FREE, TAUT_MODE_SA, M, TAUT_LANES, 0, 40, 40},
	{"sa-metropolis-ring", RING, TAUT_MODE_SA, M, 1, 0, 40, 0},
	{"sa-heatbath-ring", RING, TAUT_MODE_SA, H, 1, 0, 40, 0},
	{"sa-metropolis-groups", GROUPS, TAUT_MODE_SA, M, 1, 0, 40, 0},
	{"sa-heatbath-groups", GROUPS, TAUT_MODE_SA, H, TAUT_LANES, 0, 40, 30},
	{"sa-metropolis-permutation", PERMUTATION, TAUT_MODE_SA, M, 1, 0, 40, 0},
	{"sa-heatbath-permutation", PERMUTATION, TAUT_MODE_SA, H, 1, 0, 40, 0},
	{"pt-metropolis-free", FREE, TAUT_MODE_PT, M, TAUT_LANES, 8, 40, 0},
	{"pt-heatbath-free", FREE, TAUT_MODE_PT, H, TAUT_LANES, 5, 40, 10},
	{"pt-metropolis-groups", GROUPS, TAUT_MODE_PT, M, TAUT_LANES, 2, 40, 0},
	{"pt-metropolis-permutation", PERMUTATION, TAUT_MODE_PT, M, TAUT_LANES, 16, 40, 0},
	{"pt-heatbath-permutation", PERMUTATION, TAUT_MODE_PT, H, TAUT_LANES, 64, 40, 0},
	{"sqa-metropolis-free", FREE, TAUT_MODE_SQA, M, 1, 4, 40, 0},
	{"sqa-heatbath-free", FREE, TAUT_MODE_SQA, H, TAUT_LANES, 16, 40, 0},
	{"sqa-heatbath-ring", RING, TAUT_MODE_SQA, H, 1, 64, 40, 0},
	{"sqa-metropolis-groups", GROUPS, TAUT_MODE_SQA, M, 1, 8, 40, 0},
};
#undef M
#undef H
enum { N_CASES = sizeof cases / sizeof *cases };

/* sum_i s_i s_{i+1} / 2 of a closed ring, s = 2 x - 1, up to a constant: every flip changes it by 0
 * or 2. */
static inline void make_ring(fixture *f, uint32_t n)
{
	int32_t q[FIXTURE_N * FIXTURE_N] = {0};

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t j = (i + 1) % n;

		q[i * n + j] = q[j * n + i] = 2;
		q[i * n + i] = -2;
	}
	fixture_matrix(f, n, q);
}

static inline const void *pool(const taut_noise *noise, taut_machine_rule rule)
{
	if (rule == TAUT_RULE_HEATBATH)
		return noise->heatbath;
	return noise->metropolis;
}

static inline void make(fixture *f, const golden_case *c, const taut_noise *noise)
{
	memset(f, 0, sizeof *f);
	switch (c->kind) {
	case FREE:
		fixture_random(f, 24, 9, 2);
		break;
	case RING:
		make_ring(f, 16);
		break;
	case GROUPS:
		fixture_random(f, 28, 9, 3);
		fixture_groups(f, 4, 6);
		break;
	case PERMUTATION:
		fixture_permutation(f, 7, 9);
		break;
	}
	fixture_launch(f, c->mode, c->rule, c->sweeps, c->width, 2);
	f->launch.track_from = c->track_from;
	f->launch.noise = pool(noise, c->rule);
	if (c->mode == TAUT_MODE_PT)
		fixture_ladder(f, c->size);
	if (c->mode == TAUT_MODE_SQA)
		fixture_ring(f, c->size);
	fixture_start(f);
}

/* Runs sweeps [begin, end) as a launch of its own. */
static inline void run_part(fixture *f, uint64_t begin, uint64_t end)
{
	taut_machine_launch part = f->launch;

	part.sweep_begin = begin;
	part.sweep_end = end;
	part.temperature += begin * part.temperature_width;
	if (part.jq)
		part.jq += begin;
	taut_model_launch(&f->problem, &part, &f->state);
}

#endif
