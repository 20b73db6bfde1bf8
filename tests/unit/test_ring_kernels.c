/*
 * The kernels of sqa at the edges that random runs do not meet: changes that equal their threshold,
 * or miss it by one, where e m - jq c is a multiple of 2^s or beside one, for couplings from
 * nothing to beyond all changes. Every instruction set and width against hls/model.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "backend/cpu/isa.h"
#include "backend_fixture.h"

enum { SEED = 20250813, TRIALS = 20000 };

/* One variable in 64 lanes, one visit. */
typedef struct {
	taut_machine_launch launch;
	taut_temperature    t;
	int64_t             jq;
	uint64_t            spins;
	int32_t             change; /* of lanes where it is 0; minus that where it is 1 */
} visit;

static uint64_t by_model(const visit *v)
{
	static const uint64_t      row[2] = {0, 0};
	uint64_t                   spins = v->spins;
	uint64_t                   best = 0;
	const taut_machine_problem problem = {.n = 1, .linear = &v->change, .row = row};
	taut_machine_launch        launch = v->launch;
	taut_machine_state         state = {.spins = &spins, .best_spins = &best};

	launch.temperature = &v->t;
	launch.jq = &v->jq;
	taut_model_launch(&problem, &launch, &state);
	return spins;
}

static uint64_t by_kernel(const visit *v, const taut_cpu_flip_kernel *kernel,
                          const taut_noise *noise)
{
	static const uint64_t row[2] = {0, 0};
	static const uint32_t col[1];
	static const int32_t  coef[1];
	int32_t               fields[TAUT_LANES] TAUT_ALIGNED(64);
	uint64_t              spins = v->spins;
	taut_cpu_flips        f = {.n = 1,
	                           .linear = &v->change,
	                           .row = row,
	                           .col = col,
	                           .coef = coef,
	                           .noise = v->launch.rule == TAUT_RULE_HEATBATH
	                                            ? (const void *)noise->heatbath_doubled
	                                            : noise->metropolis_doubled,
	                           .active = ~(uint64_t)0,
	                           .spins = &spins,
	                           .fields = fields};

	kernel->start(&f);
	(void)kernel->sweep_rings(&f, taut_machine_reseed(v->launch.seed, v->launch.group, 0), v->t,
	                          v->jq, v->launch.ring);
	return spins;
}

/* A visit in which lane 0 stands at the edge, |change| <= largest. */
static void make(visit *v, taut_rng *rng, const taut_noise *noise, bool heat, int32_t largest)
{
	/* all slices alike, all different from their neighbours, half and half: c = 2, -2, 0, and
	 * anything */
	static const uint64_t SPINS[] = {0, ~(uint64_t)0, 0x5555555555555555u, 0x3333333333333333u};
	static const int      C[] = {2, 2, -2, 0};
	const size_t          kind = taut_rng_below(rng, 4);
	const int             s = 1 + (int)taut_rng_below(rng, 33);
	int32_t               draw;
	uint64_t              low;
	int64_t               value;

	*v = (visit){.launch = {.mode = TAUT_MODE_SQA,
	                        .rule = heat ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS,
	                        .seed = taut_rng_next(rng),
	                        .sweep_end = 1,
	                        .sweep_count = 1,
	                        .temperature_width = 1,
	                        .ring = (uint32_t)4 << taut_rng_below(rng, 5),
	                        .noise = heat ? (const void *)noise->heatbath : noise->metropolis},
	             .t = {(uint16_t)(32768 + taut_rng_below(rng, 32768)), (int16_t)s},
	             .spins = SPINS[kind]};
	draw = taut_machine_noise(
		v->launch.noise, v->launch.rule,
		taut_machine_draw(taut_machine_bits(taut_machine_advance(
					  taut_machine_reseed(v->launch.seed, 0, 0))),
	                          0));
	/* 2 jq = c / 2 times e m modulo 2^s, but for -1, 0 or 1 steps of 2, and so many times 2^s
	 */
	low = ((uint64_t)((int64_t)draw * v->t.m) >> 1) * (C[kind] < 0 ? (uint64_t)-1 : 1);
	low = (low + taut_rng_below(rng, 3) - 1) & (((uint64_t)1 << (s - 1)) - 1);
	v->jq = (int64_t)(low +
	                  ((taut_rng_next(rng) >> (32 + taut_rng_below(rng, 31))) << (s - 1)));
	if (v->jq < 0 || v->jq > TAUT_JQ_MAX)
		v->jq = TAUT_JQ_MAX;
	value = taut_machine_threshold(draw, v->t, v->jq * C[kind]) +
	        (int64_t)taut_rng_below(rng, 3) - 1;
	if (value > largest)
		value = largest;
	if (value < -largest)
		value = -largest;
	v->change = (int32_t)(v->spins & 1 ? -value : value);
}

static void compare(const taut_cpu_flip_kernel *kernel, const char *isa, taut_rng *rng,
                    const taut_noise *noise, bool heat, int32_t largest)
{
	uint64_t flipped = 0;

	for (int k = 0; k < TRIALS; k++) {
		visit    v;
		uint64_t want;
		uint64_t got;

		make(&v, rng, noise, heat, largest);
		want = by_model(&v);
		got = by_kernel(&v, kernel, noise);
		if (got != want)
			fail_msg("%s, trial %d: spins %llx, want %llx (m %u, s %d, jq %lld, change "
			         "%d)",
			         isa, k, (unsigned long long)got, (unsigned long long)want, v.t.m,
			         v.t.s, (long long)v.jq, v.change);
		flipped += (want ^ v.spins) & 1;
	}
	assert_in_range(flipped, TRIALS / 4, TRIALS * 3 / 4);
}

static void test_edges(void **state)
{
	taut_noise *noise;
	taut_rng    rng;

	(void)state;
	assert_int_equal(taut_noise_new(&noise, NULL), TAUT_OK);
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < sizeof ISAS / sizeof ISAS[0]; k++) {
		const taut_cpu_kernels *kernels = taut_cpu_isa_find(ISAS[k]);

		if (!kernels)
			continue;
		for (int heat = 0; heat < 2; heat++)
			compare(&kernels->flip[TAUT_CPU_32][heat], ISAS[k], &rng, noise, heat,
			        (1 << 30) - 1);
		compare(&kernels->flip[TAUT_CPU_16][TAUT_RULE_METROPOLIS], ISAS[k], &rng, noise,
		        false, INT16_MAX);
	}
	taut_noise_free(noise);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_edges)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
