/*
 * pt and sqa of the cpu, in each of its instruction sets: the same bits as hls/model, on sizes and
 * numbers of reads that miss every boundary.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "backend_fixture.h"

enum {
	SEED = 20250811,
#ifdef NDEBUG
	PERMUTATIONS = 7
#else
	PERMUTATIONS = 6 /* the longest is slow in the model */
#endif
};
/* A ladder of rungs from t / 40 to t, unequal steps. */
static void ladder(double *rung, uint32_t n, double t)
{
	for (uint32_t r = 0; r < n; r++) {
		const double x = (double)r / (n - 1);

		rung[r] = t / 40.0 + (t - t / 40.0) * x * x;
	}
}

static void compare_pt(const taut_problem *p, uint32_t reads, uint64_t sweeps, uint64_t seed,
                       uint32_t rungs, double t)
{
	double rung[TAUT_LANES];

	ladder(rung, rungs, t);
	for (int heat = 0; heat < 2; heat++) {
		const taut_schedule s = {.algorithm = TAUT_ALGORITHM_PT,
		                         .acceptance = heat ? TAUT_ACCEPTANCE_HEATBATH
		                                            : TAUT_ACCEPTANCE_METROPOLIS,
		                         .reads = reads,
		                         .sweeps = sweeps,
		                         .seed = seed,
		                         .rungs = rung,
		                         .n_rungs = rungs,
		                         .track_from = sweeps / 3};

		compare_with_model(p, &s);
	}
}

static void compare_sqa(const taut_problem *p, uint32_t reads, uint64_t sweeps, uint64_t seed,
                        uint32_t ring, double t)
{
	for (int heat = 0; heat < 2; heat++) {
		const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SQA,
		                         .acceptance = heat ? TAUT_ACCEPTANCE_HEATBATH
		                                            : TAUT_ACCEPTANCE_METROPOLIS,
		                         .reads = reads,
		                         .sweeps = sweeps,
		                         .seed = seed,
		                         .t_hot = t,
		                         .t_cold = t / 4,
		                         .ring = ring,
		                         .gamma_hot = 2.0 * t,
		                         .gamma_cold = t / 50,
		                         .track_from = sweeps / 3};

		compare_with_model(p, &s);
	}
}

static const uint32_t SIZES[] = {1, 2, 31, 33, 63, 65, 130};
static const uint32_t READS[] = {1, 64, 65, 130, 2, 63, 7};
static const uint32_t RUNGS[] = {2, 3, 5, 8, 16, 33, 64};
static const uint32_t RINGS[] = {4, 8, 16, 32, 64};
/* fields of 16 bits, cold and hot, and of 32 */
static const int32_t COEFFICIENTS[] = {1, 100, 2000, 1000000};

static void test_pt_bits(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < 7; k++)
		for (size_t c = 0; c < 4; c++) {
			const int32_t size = COEFFICIENTS[c];
			taut_problem *p =
				bits_problem(SIZES[k], (k + c) % 2 ? 0.9 : 0.1, size, false, &rng);

			compare_pt(p, READS[(k + c) % 7], 7, taut_rng_next(&rng),
			           RUNGS[(k + 3 * c) % 7], 3.0 * size);
			taut_problem_free(p);
		}
}

static void test_sqa_bits(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (size_t k = 0; k < 7; k++)
		for (size_t c = 0; c < 4; c++) {
			const int32_t size = COEFFICIENTS[c];
			taut_problem *p =
				bits_problem(SIZES[k], (k + c) % 2 ? 0.9 : 0.1, size, false, &rng);

			compare_sqa(p, READS[(k + c) % 7], 7, taut_rng_next(&rng),
			            RINGS[(k + 2 * c) % 5], 3.0 * size);
			taut_problem_free(p);
		}
}

/* Couplings of few neighbours, as large problems have them. */
static taut_problem *chains(uint32_t n, int32_t size, taut_rng *rng)
{
	taut_problem *p = must(taut_alloc(1, sizeof *p, NULL));
	uint64_t      stored = 0;

	p->n = n;
	p->linear = must(taut_alloc(n, sizeof *p->linear, NULL));
	p->row = must(taut_alloc((size_t)n + 1, sizeof *p->row, NULL));
	p->col = must(taut_alloc((size_t)n * 2, sizeof *p->col, NULL));
	p->coef = must(taut_alloc((size_t)n * 2, sizeof *p->coef, NULL));
	for (uint32_t i = 0; i < n; i++) {
		p->linear[i] = within(rng, size);
		if (i > 0) {
			p->col[stored] = i - 1;
			p->coef[stored] = p->coef[stored - 1]; /* that of i - 1 with i */
			stored++;
		}
		if (i + 1 < n) {
			p->col[stored] = i + 1;
			p->coef[stored++] = within(rng, size);
		}
		p->row[i + 1] = stored;
	}
	return p;
}

static void test_long_chains(void **state)
{
	static const uint32_t LENGTHS[] = {511, 513, 1000};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (size_t k = 0; k < 3; k++) {
		taut_problem *p = chains(LENGTHS[k], 5, &rng);

		compare_pt(p, 70, 5, taut_rng_next(&rng), 12, 10.0);
		compare_sqa(p, 70, 5, taut_rng_next(&rng), 8, 10.0);
		taut_problem_free(p);
	}
}

static void test_groups(void **state)
{
	static const uint32_t NS[] = {1, 2, 31, 65, 130};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (size_t k = 0; k < 5; k++)
		for (int32_t size = 1; size < 2000000; size *= 1000) {
			taut_problem *p = bits_problem(NS[k], k % 2 ? 0.8 : 0.2, size, true, &rng);

			compare_pt(p, k % 2 ? 66 : 5, 6, taut_rng_next(&rng), RUNGS[k], 4.0 * size);
			compare_sqa(p, k % 2 ? 66 : 5, 6, taut_rng_next(&rng), RINGS[k],
			            4.0 * size);
			taut_problem_free(p);
		}
}

static void test_permutations(void **state)
{
	static const uint32_t NS[] = {1, 2, 3, 5, 12, 33, 183};
	taut_rng              rng;

	(void)state;
	taut_rng_init(&rng, SEED, 8);
	for (size_t k = 0; k < PERMUTATIONS; k++)
		for (int kind = BOTH_SYMMETRIC; kind <= ASYMMETRIC; kind += k == 6 ? 9 : 1) {
			const int32_t size = kind % 2 || k == 6 ? 9 : 2000;
			taut_problem *p = permutation_problem(NS[k], (symmetry)kind,
			                                      k % 2 ? 0.2 : 1.0, size, &rng);

			/* 183: a sweep is more than one piece */
			compare_pt(p, k >= 5 ? 3 : 70, k >= 5 ? 2 : 6, taut_rng_next(&rng),
			           RUNGS[(k + (size_t)kind) % (k >= 5 ? 2 : 7)], 4.0 * size * size);
			taut_problem_free(p);
		}
}

/* Temperatures and fields at the ends of the machine's range, 0 among them. */
static void test_extremes(void **state)
{
	static const double HOT[] = {0.0, 1e-12, 1e-3, 0.05, 3000.0, 1e6, 2e8, 5e9, 1e12, 1e30};
	static const double GAMMA[] = {0.0, 1e-300, 1.0, 1e30};
	taut_rng            rng;

	(void)state;
	taut_rng_init(&rng, SEED, 5);
	for (size_t k = 0; k < sizeof HOT / sizeof HOT[0]; k++) {
		taut_problem *p = bits_problem(40, 0.3, 700, k % 3 == 2, &rng);

		compare_pt(p, 20, 5, k, 4, HOT[k]);
		for (size_t g = 0; g < 4; g++) {
			const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SQA,
			                         .acceptance = (taut_acceptance)(k % 2),
			                         .reads = 20,
			                         .sweeps = 5,
			                         .seed = k,
			                         .t_hot = 4.0 * HOT[k],
			                         .t_cold = HOT[k],
			                         .ring = 4,
			                         .gamma_hot = 10 * GAMMA[g],
			                         .gamma_cold = GAMMA[g]};

			compare_with_model(p, &s);
		}
		taut_problem_free(p);
	}
}

/* Around every bound of the narrow thresholds: jq grows from nothing to beyond all changes. */
static void test_sqa_offsets(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 6);
	for (int32_t size = 3; size < 40000; size *= 10) {
		taut_problem *p = bits_problem(50, 0.1, size > 3000 ? 8000 : size, false, &rng);

		for (double ratio = 1e-6; ratio < 1e3; ratio *= 4.7) {
			const taut_schedule s = {.algorithm = TAUT_ALGORITHM_SQA,
			                         .reads = 64,
			                         .sweeps = 4,
			                         .seed = 7,
			                         .t_hot = size,
			                         .t_cold = size / 4.0,
			                         .ring = 16,
			                         .gamma_hot = ratio * size,
			                         .gamma_cold = ratio * size / 3.0};

			compare_with_model(p, &s);
		}
		taut_problem_free(p);
	}
}

/* More reads are the same reads first; counts of exchanges are there and fit. */
static void test_pt_counts(void **state)
{
	double        rung[6];
	taut_schedule s = {.algorithm = TAUT_ALGORITHM_PT,
	                   .reads = 64,
	                   .sweeps = 9,
	                   .seed = 5,
	                   .rungs = rung,
	                   .n_rungs = 6};
	taut_rng      rng;
	taut_problem *p;
	taut_backend *b;
	taut_samples *many;
	taut_samples *few;

	(void)state;
	taut_rng_init(&rng, SEED, 7);
	ladder(rung, 6, 40.0);
	p = bits_problem(50, 0.3, 10, false, &rng);
	assert_int_equal(taut_cpu_open_isa(&b, NULL, NULL), TAUT_OK);
	many = run(b, p, &s, 1);
	assert_int_equal(many->n_rungs, 6);
	for (uint32_t k = 0; k + 1 < 6; k++) {
		/* 10 ladders; 5 even sweeps, 4 odd ones */
		assert_int_equal(many->exchanges_proposed[k], k % 2 ? 40 : 50);
		assert_true(many->exchanges_accepted[k] > 0);
		assert_true(many->exchanges_accepted[k] < many->exchanges_proposed[k]);
	}
	assert_int_equal(many->exchanges_proposed[5], 0);
	s.reads = 9;
	few = run(b, p, &s, 1);
	assert_int_equal(few->count, 9);
	assert_int_equal(few->proposals, 50u * 12 * 9); /* two whole ladders */
	assert_memory_equal(few->energy, many->energy, 9 * sizeof *few->energy);
	assert_memory_equal(few->bits, many->bits, 9 * few->words * sizeof *few->bits);
	taut_samples_free(few);
	taut_samples_free(many);
	b->ops->close(b);
	taut_problem_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pt_bits),      cmocka_unit_test(test_sqa_bits),
		cmocka_unit_test(test_long_chains),  cmocka_unit_test(test_groups),
		cmocka_unit_test(test_permutations), cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_sqa_offsets),  cmocka_unit_test(test_pt_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
