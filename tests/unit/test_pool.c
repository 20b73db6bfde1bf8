/* The pool of elites: order, distance, capacity, gain, complements, permutations. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "backend/initial.h"
#include "base/rng.h"
#include "flow/pool.h"

enum { N = 200, ROUNDS = 30, READS = 20, CAPACITY = 16 };

/* A ring of N spins; with fields where `fields` is not 0. */
typedef struct {
	int32_t      linear[N];
	uint64_t     row[N + 1];
	uint32_t     col[2 * N];
	int32_t      coef[2 * N];
	taut_problem problem;
} ring;

static void ring_init(ring *g, int32_t fields)
{
	*g = (ring){.problem = {.n = N}};
	g->problem.linear = g->linear;
	g->problem.row = g->row;
	g->problem.col = g->col;
	g->problem.coef = g->coef;
	for (uint32_t i = 0; i < N; i++) {
		g->linear[i] = -2 + fields * (int32_t)(i % 3);
		g->row[i + 1] = 2 * (uint64_t)(i + 1);
		g->col[2 * i] = (i + N - 1) % N;
		g->col[2 * i + 1] = (i + 1) % N;
		g->coef[2 * i] = g->coef[2 * i + 1] = 2;
	}
}

static taut_samples *samples_of(const taut_problem *p, size_t count, taut_rng *rng)
{
	taut_samples *s;

	assert_int_equal(taut_samples_new(&s, p, count, NULL), TAUT_OK);
	for (size_t r = 0; r < count; r++) {
		for (uint32_t i = 0; i < N; i++)
			s->bits[r * s->words + i / 64] |= (taut_rng_next(rng) >> 63) << i % 64;
		s->energy[r] = taut_initial_energy(p, s, r);
	}
	return s;
}

static uint32_t distance(const taut_samples *s, size_t a, size_t b, bool mirrored)
{
	uint32_t d = 0;

	for (uint32_t i = 0; i < s->n; i++)
		d += taut_sample_bit(s, a, i) != taut_sample_bit(s, b, i);
	return mirrored && d > s->n - d ? s->n - d : d;
}

/* Random states of ever lower energy: descents from random bits stopped after some flips. */
static void descend(taut_samples *s, const taut_problem *p, size_t r, int sweeps)
{
	for (int k = 0; k < sweeps; k++)
		for (uint32_t i = 0; i < N; i++) {
			const int64_t before = s->energy[r];

			s->bits[r * s->words + i / 64] ^= (uint64_t)1 << i % 64;
			s->energy[r] = taut_initial_energy(p, s, r);
			if (s->energy[r] > before) {
				s->bits[r * s->words + i / 64] ^= (uint64_t)1 << i % 64;
				s->energy[r] = before;
			}
		}
}

static void elites_are_the_best_and_differ(void **state)
{
	ring      g;
	taut_pool pool;
	taut_rng  rng;
	int64_t   best = INT64_MAX;

	(void)state;
	for (int32_t fields = 0; fields < 2; fields++) {
		ring_init(&g, fields);
		taut_rng_init(&rng, 5, (uint64_t)fields);
		assert_int_equal(taut_pool_init(&pool, &g.problem, CAPACITY, NULL), TAUT_OK);
		best = INT64_MAX;
		for (int k = 0; k < ROUNDS; k++) {
			taut_samples *s = samples_of(&g.problem, READS, &rng);
			const int64_t held = best;
			double        gain;

			for (size_t r = 0; r < READS; r++) {
				descend(s, &g.problem, r, k % 3 == 2 ? 1 : 0);
				best = s->energy[r] < best ? s->energy[r] : best;
			}
			assert_int_equal(taut_pool_offer(&gain, &pool, s, NULL), TAUT_OK);
			assert_true(gain >= (best < held ? 1.0 : 0.0));
			assert_true(pool.states->count > 0 && pool.states->count <= CAPACITY);
			assert_true(pool.states->energy[0] == best);
			for (size_t a = 0; a < pool.states->count; a++) {
				assert_true(taut_initial_energy(&g.problem, pool.states, a) ==
				            pool.states->energy[a]);
				assert_true(a == 0 ||
				            pool.states->energy[a - 1] <= pool.states->energy[a]);
				for (size_t b = 0; b < a; b++)
					assert_true(distance(pool.states, a, b, fields == 0) >=
					            pool.distance);
			}
			taut_samples_free(s);
		}
		assert_true(pool.mirrored == (fields == 0));
		taut_pool_fini(&pool);
	}
}

static void the_same_again_gains_nothing(void **state)
{
	ring          g;
	taut_pool     pool;
	taut_rng      rng;
	taut_samples *s;
	double        gain;

	(void)state;
	ring_init(&g, 1);
	taut_rng_init(&rng, 6, 0);
	s = samples_of(&g.problem, 3, &rng);
	memcpy(s->bits + s->words, s->bits, s->words * sizeof *s->bits);
	s->energy[1] = s->energy[0];
	assert_int_equal(taut_pool_init(&pool, &g.problem, CAPACITY, NULL), TAUT_OK);
	assert_int_equal(taut_pool_offer(&gain, &pool, s, NULL), TAUT_OK);
	assert_int_equal(pool.states->count, 2);
	assert_true(gain == 1.5);
	assert_int_equal(taut_pool_offer(&gain, &pool, s, NULL), TAUT_OK);
	assert_int_equal(pool.states->count, 2);
	assert_true(gain == 0.0);
	/* a better neighbour takes the place of both its neighbour and nobody else's */
	descend(s, &g.problem, 0, 1);
	s->count = 1;
	assert_true(distance(s, 0, 1, false) >= pool.distance);
	s->bits[0] = s->bits[s->words] ^ 1;
	for (size_t w = 1; w < s->words; w++)
		s->bits[w] = s->bits[s->words + w];
	s->energy[0] = pool.states->energy[0] - 1; /* as though it were better */
	assert_int_equal(taut_pool_offer(&gain, &pool, s, NULL), TAUT_OK);
	assert_int_equal(pool.states->count, 2);
	assert_true(gain == 1.0 && pool.states->energy[0] == s->energy[0]);
	taut_samples_free(s);
	taut_pool_fini(&pool);
}

static void permutations_are_elites_too(void **state)
{
	int32_t       matrix[16] = {0};
	taut_problem  p = {.permutation_n = 4, .flow = matrix, .distance = matrix};
	taut_pool     pool;
	taut_samples *s;
	double        gain;

	(void)state;
	assert_int_equal(taut_samples_new(&s, &p, 3, NULL), TAUT_OK);
	for (uint16_t a = 0; a < 4; a++) {
		s->position[a] = a;
		s->position[4 + a] = a;
		s->position[8 + a] = (uint16_t)(3 - a);
	}
	s->energy[0] = 7;
	s->energy[1] = 7;
	s->energy[2] = 3;
	assert_int_equal(taut_pool_init(&pool, &p, 2, NULL), TAUT_OK);
	assert_int_equal(taut_pool_offer(&gain, &pool, s, NULL), TAUT_OK);
	assert_int_equal(pool.states->count, 2);
	assert_true(gain == 1.5 && !pool.mirrored);
	assert_int_equal(pool.states->position[0], 3);
	assert_int_equal(pool.states->position[4], 0);
	taut_samples_free(s);
	taut_pool_fini(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elites_are_the_best_and_differ),
		cmocka_unit_test(the_same_again_gains_nothing),
		cmocka_unit_test(permutations_are_elites_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
