/* Refinement of samples: spins, contraction, elimination and the tournament, against brute force.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "refine/contract.h"
#include "refine/eliminate.h"
#include "refine/refine.h"

enum { SEED = 4711, SMALL = 14 };

static taut_problem *empty(uint32_t n)
{
	taut_problem *p = taut_alloc(1, sizeof *p, NULL);

	p->n = n;
	p->linear = taut_alloc(n, sizeof *p->linear, NULL);
	p->row = taut_alloc((size_t)n + 1, sizeof *p->row, NULL);
	return p;
}

/* A problem from its pairs; q of pair e is weight[e]. */
static taut_problem *from_pairs(uint32_t n, const uint32_t (*pair)[2], const int32_t *weight,
                                size_t n_pairs)
{
	taut_problem *p = empty(n);
	uint64_t     *at = taut_alloc((size_t)n + 1, sizeof *at, NULL);

	for (size_t e = 0; e < n_pairs; e++) {
		p->row[pair[e][0] + 1]++;
		p->row[pair[e][1] + 1]++;
	}
	for (uint32_t i = 0; i < n; i++)
		p->row[i + 1] += p->row[i];
	memcpy(at, p->row, n * sizeof *at);
	p->col = taut_alloc(2 * n_pairs, sizeof *p->col, NULL);
	p->coef = taut_alloc(2 * n_pairs, sizeof *p->coef, NULL);
	for (size_t e = 0; e < n_pairs; e++)
		for (int side = 0; side < 2; side++) {
			const uint32_t i = pair[e][side];

			p->col[at[i]] = pair[e][!side];
			p->coef[at[i]++] = weight[e];
		}
	taut_free(at);
	return p;
}

static int32_t draw(taut_rng *rng, int32_t size)
{
	return (int32_t)taut_rng_below(rng, 2 * (uint64_t)size + 1) - size;
}

/* Fields that cancel the couplings', so that a state and its complement are alike. */
static void balance(taut_problem *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		int64_t sum = 0;

		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			sum += p->coef[k];
		p->linear[i] = (int32_t)(-sum / 2);
	}
}

/* Every pair with the probability density / n; even weights, so that balance is exact. */
static taut_problem *sparse(uint32_t n, double density, int32_t size, bool fields, taut_rng *rng)
{
	static uint32_t pair[8192][2];
	static int32_t  weight[8192];
	size_t          n_pairs = 0;
	taut_problem   *p;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < i; j++)
			if (taut_rng_unit(rng) * n < density && n_pairs < 8192) {
				pair[n_pairs][0] = i;
				pair[n_pairs][1] = j;
				weight[n_pairs++] = 2 * draw(rng, size);
			}
	p = from_pairs(n, (const uint32_t(*)[2])pair, weight, n_pairs);
	balance(p);
	for (uint32_t i = 0; i < n && fields; i++)
		p->linear[i] += draw(rng, size);
	return p;
}

static int64_t energy(const taut_problem *p, const uint64_t *bits)
{
	int64_t e = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (!(bits[i / 64] >> (i % 64) & 1))
			continue;
		e += p->linear[i];
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++) {
			const uint32_t j = p->col[k];

			if (j < i && bits[j / 64] >> (j % 64) & 1)
				e += p->coef[k];
		}
	}
	return e;
}

static taut_samples *random_samples(const taut_problem *p, size_t count, taut_rng *rng)
{
	taut_samples *s;

	assert_int_equal(taut_samples_new(&s, p, count, NULL), TAUT_OK);
	for (size_t r = 0; r < count; r++) {
		for (uint32_t i = 0; i < p->n; i++)
			s->bits[r * s->words + i / 64] |= (taut_rng_next(rng) >> 63) << (i % 64);
		s->energy[r] = energy(p, s->bits + r * s->words);
	}
	return s;
}

/* 4 E + satisfied is one constant for all states, and a state survives being read and written. */
static void spins_hold_the_energy(void **context)
{
	taut_rng rng;

	(void)context;
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 40; round++) {
		const uint32_t n = 1 + (uint32_t)taut_rng_below(&rng, 130);
		taut_problem  *p = sparse(n, 4.0, round % 3 ? 5 : 1 << 26, round % 2, &rng);
		taut_samples  *s = random_samples(p, 4, &rng);
		uint64_t       back[3];
		int8_t         state[131];
		int64_t        constant = 0;
		taut_spins     spins;

		assert_int_equal(taut_spins_init(&spins, p, NULL), TAUT_OK);
		for (size_t r = 0; r < s->count; r++) {
			int64_t sum;

			taut_spins_read(state, &spins, s, r);
			taut_spins_write(back, &spins, state);
			assert_memory_equal(back, s->bits + r * s->words, s->words * sizeof *back);
			sum = 4 * s->energy[r] + taut_spins_satisfied(&spins, state);
			if (r == 0)
				constant = sum;
			assert_int_equal(sum, constant);
			for (uint32_t i = 0; i < spins.n; i++)
				state[i] = (int8_t)-state[i];
			taut_spins_write(back, &spins, state);
			assert_int_equal(sum,
			                 4 * energy(p, back) + taut_spins_satisfied(&spins, state));
		}
		taut_spins_fini(&spins);
		taut_samples_free(s);
		taut_problem_free(p);
	}
}

static int64_t best_of_all(const taut_problem *p)
{
	int64_t best = 0;

	for (uint64_t x = 0; x < UINT64_C(1) << p->n; x++) {
		const int64_t e = energy(p, &x);

		best = e < best ? e : best;
	}
	return best;
}

/* One move of that width from a random state finds the optimum. */
static void expect_optimum(const taut_problem *p, int width, taut_rng *rng)
{
	taut_samples   *s = random_samples(p, 1, rng);
	taut_eliminate *eliminate;
	taut_spins      spins;
	uint64_t        work = 0;
	int64_t         gain;
	int8_t          state[SMALL + 1];

	assert_int_equal(taut_spins_init(&spins, p, NULL), TAUT_OK);
	assert_int_equal(taut_eliminate_new(&eliminate, &spins, NULL), TAUT_OK);
	taut_spins_read(state, &spins, s, 0);
	assert_int_equal(taut_eliminate_move(&gain, state, eliminate, width, rng, &work, NULL),
	                 TAUT_OK);
	taut_spins_write(s->bits, &spins, state);
	assert_int_equal(energy(p, s->bits), best_of_all(p));
	assert_int_equal(s->energy[0] - energy(p, s->bits), gain / 4);
	assert_true(work > 0);
	taut_eliminate_free(eliminate);
	taut_spins_fini(&spins);
	taut_samples_free(s);
}

/* Forests with any weights: width 1 without fields, 2 with them, the ghost being one neighbour
 * more. Grids of 4 x 3: width 3 and 4. */
static void elimination_is_exact(void **context)
{
	taut_rng rng;

	(void)context;
	taut_rng_init(&rng, SEED, 2);
	for (int round = 0; round < 60; round++) {
		const uint32_t n = 1 + (uint32_t)taut_rng_below(&rng, SMALL);
		const int32_t  size = round % 3 == 0 ? 1 : round % 3 == 1 ? 9 : 1 << 24;
		uint32_t       pair[2 * SMALL][2];
		int32_t        weight[2 * SMALL];
		size_t         n_pairs = 0;
		taut_problem  *p;

		for (uint32_t i = 1; i < n; i++)
			if (taut_rng_below(&rng, 8)) {
				pair[n_pairs][0] = i;
				pair[n_pairs][1] = (uint32_t)taut_rng_below(&rng, i);
				weight[n_pairs++] = 2 * draw(&rng, size);
			}
		p = from_pairs(n, (const uint32_t(*)[2])pair, weight, n_pairs);
		balance(p);
		expect_optimum(p, 1, &rng);
		for (uint32_t i = 0; i < n; i++)
			p->linear[i] += draw(&rng, size);
		expect_optimum(p, 2, &rng);
		taut_problem_free(p);
	}
	for (int round = 0; round < 20; round++) {
		uint32_t      pair[2 * SMALL][2];
		int32_t       weight[2 * SMALL];
		size_t        n_pairs = 0;
		taut_problem *p;

		for (uint32_t i = 0; i < 12; i++)
			for (uint32_t step = 1; step <= 3; step += 2)
				if (step == 1 ? i % 3 < 2 : i + 3 < 12) {
					pair[n_pairs][0] = i;
					pair[n_pairs][1] = i + step;
					weight[n_pairs++] = 2 * draw(&rng, 1 + round % 2);
				}
		p = from_pairs(12, (const uint32_t(*)[2])pair, weight, n_pairs);
		balance(p);
		expect_optimum(p, 3, &rng);
		for (uint32_t i = 0; i < 12; i++)
			p->linear[i] += draw(&rng, 2);
		expect_optimum(p, 4, &rng);
		taut_problem_free(p);
	}
}

/* Whatever is fixed: the gain is the true one and never negative; and since other spins are fixed
 * in every move, many moves find the optimum of nearly all small problems. */
static void elimination_improves(void **context)
{
	taut_rng rng;
	int      n_best = 0;

	(void)context;
	taut_rng_init(&rng, SEED, 3);
	for (int round = 0; round < 30; round++) {
		const uint32_t  n = round % 3 ? 40 + (uint32_t)taut_rng_below(&rng, 100) : SMALL;
		taut_problem   *p = sparse(n, 6.0, 3, round % 2, &rng);
		taut_samples   *s = random_samples(p, 1, &rng);
		taut_eliminate *eliminate;
		taut_spins      spins;
		uint64_t        work = 0;
		int8_t          state[141];
		int64_t         last;

		assert_int_equal(taut_spins_init(&spins, p, NULL), TAUT_OK);
		assert_int_equal(taut_eliminate_new(&eliminate, &spins, NULL), TAUT_OK);
		taut_spins_read(state, &spins, s, 0);
		last = taut_spins_satisfied(&spins, state);
		for (int move = 0; move < 40; move++) {
			int64_t gain;

			assert_int_equal(taut_eliminate_move(&gain, state, eliminate, 1 + round % 5,
			                                     &rng, &work, NULL),
			                 TAUT_OK);
			assert_true(gain >= 0);
			assert_int_equal(taut_spins_satisfied(&spins, state), last + gain);
			last += gain;
		}
		taut_spins_write(s->bits, &spins, state);
		n_best += round % 3 == 0 && energy(p, s->bits) == best_of_all(p);
		taut_eliminate_free(eliminate);
		taut_spins_fini(&spins);
		taut_samples_free(s);
		taut_problem_free(p);
	}
	assert_true(n_best >= 9);
}

/* The samples are states of the clusters, and elimination finds the best of all 2^k of them. */
static void contraction_holds_the_samples(void **context)
{
	enum { N = 60, CLUSTERS = 12 };
	taut_rng rng;
	int      n_tried = 0;

	(void)context;
	taut_rng_init(&rng, SEED, 4);
	for (int round = 0; round < 400; round++) {
		const size_t    count = 1 + (size_t)(round % 3);
		const size_t    member[3] = {2, 0, 1};
		taut_problem   *p = sparse(N, 2.5, 4, round % 2, &rng);
		taut_samples   *s = random_samples(p, 3, &rng);
		taut_eliminate *eliminate;
		taut_contract   contract;
		taut_spins      spins;
		int8_t          state[N + 1];
		int8_t          clusters[N + 1];
		uint64_t        bits;
		uint64_t        work = 0;
		int64_t         best = INT64_MAX;
		int64_t         gain;

		/* near each other: a few flips of the first */
		for (size_t r = 0; r < 2; r++)
			s->bits[r] = s->bits[2] ^ UINT64_C(1) << taut_rng_below(&rng, N) ^
			             UINT64_C(7) << taut_rng_below(&rng, N - 3);
		assert_int_equal(taut_spins_init(&spins, p, NULL), TAUT_OK);
		assert_int_equal(taut_contract_init(&contract, &spins, s, member, count, NULL),
		                 TAUT_OK);
		if (contract.spins.n > CLUSTERS)
			goto next;
		n_tried++;
		for (uint64_t x = 0; x < UINT64_C(1) << contract.spins.n; x++) {
			int64_t e;

			for (uint32_t c = 0; c < contract.spins.n; c++)
				clusters[c] = x >> c & 1 ? -1 : 1;
			taut_contract_expand(state, &contract, clusters, spins.n);
			taut_spins_write(&bits, &spins, state);
			e = energy(p, &bits);
			if (x == 0)
				assert_int_equal(bits, s->bits[member[0]]);
			best = e < best ? e : best;
		}
		for (size_t k = 0; k < count; k++)
			assert_true(best <= energy(p, s->bits + member[k]));
		memset(clusters, 1, contract.spins.n);
		assert_int_equal(taut_eliminate_new(&eliminate, &contract.spins, NULL), TAUT_OK);
		assert_int_equal(taut_eliminate_move(&gain, clusters, eliminate, CLUSTERS, &rng,
		                                     &work, NULL),
		                 TAUT_OK);
		taut_contract_expand(state, &contract, clusters, spins.n);
		taut_spins_write(&bits, &spins, state);
		assert_int_equal(energy(p, &bits), best);
		assert_int_equal(energy(p, s->bits + member[0]) - best, gain / 4);
		taut_eliminate_free(eliminate);
	next:
		taut_contract_fini(&contract);
		taut_spins_fini(&spins);
		taut_samples_free(s);
		taut_problem_free(p);
	}
	assert_true(n_tried > 100);
}

static void expect_sound(const taut_samples *out, const taut_problem *p, const taut_samples *in,
                         const taut_samples *pool)
{
	assert_true(out->count >= 1 && out->count <= TAUT_REFINE_KEEP + 1);
	for (size_t r = 0; r < out->count; r++) {
		assert_int_equal(out->energy[r], energy(p, out->bits + r * out->words));
		assert_true(r == 0 || out->energy[r - 1] <= out->energy[r]);
		for (size_t q = 0; q < r; q++)
			assert_memory_not_equal(out->bits + q * out->words,
			                        out->bits + r * out->words,
			                        out->words * sizeof *out->bits);
	}
	for (size_t r = 0; r < in->count; r++)
		assert_true(out->energy[0] <= in->energy[r]);
	for (size_t r = 0; pool && r < pool->count; r++)
		assert_true(out->energy[0] <= pool->energy[r]);
}

static taut_samples *refined(const taut_problem *p, const taut_samples *in,
                             const taut_samples *pool, uint64_t budget, uint32_t threads,
                             const volatile int *stop)
{
	const taut_ctx ctx = {.threads = threads, .stop = stop};
	taut_samples  *out;

	assert_int_equal(taut_refine_run(&out, p, in, pool, budget, SEED, &ctx, NULL), TAUT_OK);
	expect_sound(out, p, in, pool);
	return out;
}

/* Sizes that miss every boundary, with and without couplings, fields, pool and budget: sound, and
 * the same for every number of threads. */
static void runs_are_sound(void **context)
{
	static const uint32_t SIZES[] = {1, 2, 63, 64, 65, 130};
	static const size_t   COUNTS[] = {1, 2, 7, 130};
	const int             stopped = 1;
	taut_rng              rng;

	(void)context;
	taut_rng_init(&rng, SEED, 5);
	for (size_t a = 0; a < sizeof SIZES / sizeof *SIZES; a++)
		for (size_t b = 0; b < 4 * sizeof COUNTS / sizeof *COUNTS; b++) {
			const double  density = b % 2 ? 3.0 : 0.8;
			taut_problem *p =
				sparse(SIZES[a], density, a % 2 ? 2 : 1 << 26, b / 2 % 2, &rng);
			taut_samples  *in = random_samples(p, COUNTS[b / 4], &rng);
			taut_samples  *pool = random_samples(p, 3, &rng);
			const uint64_t budget = b % 3 ? UINT64_MAX : 2000;
			taut_samples  *one = refined(p, in, b % 2 ? pool : NULL, budget, 1, NULL);
			taut_samples  *three = refined(p, in, b % 2 ? pool : NULL, budget, 3, NULL);

			assert_true(taut_refine_applies(p));
			assert_int_equal(one->count, three->count);
			assert_int_equal(one->proposals, three->proposals);
			assert_memory_equal(one->bits, three->bits,
			                    one->count * one->words * sizeof *one->bits);
			taut_samples_free(three);
			three = refined(p, in, pool, budget, 1, &stopped);
			assert_int_equal(three->proposals, 0);
			taut_samples_free(three);
			taut_samples_free(one);
			taut_samples_free(in);
			taut_samples_free(pool);
			taut_problem_free(p);
		}
}

/* A torus whose best state is known (signs drawn, all couplings satisfied), from samples of it with
 * rectangles and single spins flipped: the tournament finds it. */
static void mends_a_torus(void **context)
{
	enum { SIDE = 40, N = SIDE * SIDE, READS = 24 };
	static uint32_t pair[2 * N][2];
	static int32_t  weight[2 * N];
	static uint64_t planted[N / 64];
	taut_problem   *p;
	taut_samples   *in;
	taut_samples   *out;
	taut_rng        rng;

	(void)context;
	taut_rng_init(&rng, SEED, 6);
	for (size_t w = 0; w < N / 64; w++)
		planted[w] = taut_rng_next(&rng);
	for (uint32_t i = 0; i < N; i++)
		for (uint32_t k = 0; k < 2; k++) {
			const uint32_t j = k ? (i + SIDE) % N : i / SIDE * SIDE + (i + 1) % SIDE;
			const bool     alike =
				((planted[i / 64] >> (i % 64) ^ planted[j / 64] >> (j % 64)) & 1) ==
				0;

			pair[2 * i + k][0] = i;
			pair[2 * i + k][1] = j;
			weight[2 * i + k] = alike ? -2 : 2;
		}
	p = from_pairs(N, (const uint32_t(*)[2])pair, weight, 2 * (size_t)N);
	balance(p);
	assert_int_equal(taut_samples_new(&in, p, READS, NULL), TAUT_OK);
	for (size_t r = 0; r < READS; r++) {
		uint64_t *bits = in->bits + r * in->words;

		memcpy(bits, planted, sizeof planted);
		for (int box = 0; box < 12; box++) {
			const uint32_t at = (uint32_t)taut_rng_below(&rng, N);
			const uint32_t wide = 1 + (uint32_t)taut_rng_below(&rng, 12);
			const uint32_t high = 1 + (uint32_t)taut_rng_below(&rng, 12);

			for (uint32_t y = 0; y < high; y++)
				for (uint32_t x = 0; x < wide; x++) {
					const uint32_t i = (at + y * SIDE + x) % N;

					bits[i / 64] ^= UINT64_C(1) << (i % 64);
				}
		}
		in->energy[r] = energy(p, bits);
		assert_true(in->energy[r] > energy(p, planted));
	}
	out = refined(p, in, NULL, UINT64_MAX, 2, NULL);
	assert_int_equal(out->energy[0], energy(p, planted));
	taut_samples_free(out);
	taut_samples_free(in);
	taut_problem_free(p);
}

static void only_sparse_flips(void **context)
{
	taut_problem *p = empty(3);
	uint32_t      groups[3] = {0, 0, 0};

	(void)context;
	assert_true(taut_refine_applies(p));
	p->group = groups;
	assert_false(taut_refine_applies(p));
	p->group = NULL;
	p->permutation_n = 2;
	assert_false(taut_refine_applies(p));
	p->permutation_n = 0;
	taut_free(p->row);
	p->row = NULL; /* as with dense couplings */
	assert_false(taut_refine_applies(p));
	taut_problem_free(p);
}

/* Wherever memory runs out, ENOMEM, and nothing leaks. */
static void survives_faults(void **context)
{
	const taut_ctx ctx = {.threads = 2};
	taut_problem  *p;
	taut_samples  *in;
	taut_rng       rng;
	taut_status    st = TAUT_ENOMEM;

	(void)context;
	if (!taut_faults_built()) {
		print_message("skipped: a build without TAUT_FAULTS\n");
		return;
	}
	taut_rng_init(&rng, SEED, 7);
	p = sparse(70, 3.0, 2, true, &rng);
	in = random_samples(p, 20, &rng);
	for (long nth = 1; st != TAUT_OK; nth++) {
		taut_samples *out;
		taut_error    err = {TAUT_OK, ""};

		assert_true(nth < 10000);
		taut_faults_arm(nth, 0);
		st = taut_refine_run(&out, p, in, NULL, UINT64_MAX, SEED, &ctx, &err);
		taut_faults_arm(0, 0);
		if (st == TAUT_OK) {
			taut_samples_free(out);
		} else {
			assert_int_equal(st, TAUT_ENOMEM);
			assert_null(out);
		}
	}
	taut_samples_free(in);
	taut_problem_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spins_hold_the_energy),
		cmocka_unit_test(elimination_is_exact),
		cmocka_unit_test(elimination_improves),
		cmocka_unit_test(contraction_holds_the_samples),
		cmocka_unit_test(runs_are_sound),
		cmocka_unit_test(mends_a_torus),
		cmocka_unit_test(only_sparse_flips),
		cmocka_unit_test(survives_faults),
	};

	printf("seed %d\n", SEED);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
