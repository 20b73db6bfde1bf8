/*
 * Backend opencl: the bits of hls/model in all its forms, the choice of devices, the cache of programs, and its errors.
 * What needs a device is skipped, and says so, where there is none; where the backend is not built in there is nothing to
 * test.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "backend_fixture.h"

#ifdef TAUT_WITH_OPENCL
#include <unistd.h>

#include "backend/opencl/inside.h"
#include "backend/opencl/opencl.h"

enum { SEED = 20260301 };

static taut_backend *opened(void)
{
	taut_backend *b = NULL;
	taut_error    err = {TAUT_OK, ""};

	if (taut_opencl_ops.open(&b, NULL, &err) == TAUT_OK)
		return b;
	print_message("SKIPPED: %s\n", err.text);
	skip();
	return NULL;
}

/* The same couplings as a matrix. */
static taut_problem *as_dense(const taut_problem *p, int32_t factor)
{
	taut_problem *out = must(taut_alloc(1, sizeof *out, NULL));
	taut_matrix  *m;

	assert_int_equal(taut_matrix_new(&m, p->n, NULL), TAUT_OK);
	for (uint32_t i = 0; i < p->n; i++)
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			m->entry[i * m->stride + p->col[k]] = (int8_t)(p->coef[k] / factor);
	out->n = p->n;
	out->linear = must(taut_copy(p->linear, p->n, sizeof *p->linear, NULL));
	out->dense = m;
	out->dense_factor = factor;
	return out;
}

static taut_schedule schedule_of(taut_algorithm algorithm, bool heat, double t_hot)
{
	static double rungs[20];

	for (int k = 0; k < 20; k++)
		rungs[k] = t_hot * (k + 1) / 30.0;
	return (taut_schedule){.algorithm = algorithm,
	                       .acceptance = heat ? TAUT_ACCEPTANCE_HEATBATH : TAUT_ACCEPTANCE_METROPOLIS,
	                       .reads = 128,
	                       .sweeps = 21,
	                       .seed = SEED,
	                       .t_hot = t_hot,
	                       .t_cold = t_hot / 50,
	                       .rungs = algorithm == TAUT_ALGORITHM_PT ? rungs : NULL,
	                       .n_rungs = algorithm == TAUT_ALGORITHM_PT ? 20 : 0,
	                       .ring = algorithm == TAUT_ALGORITHM_SQA ? 16 : 0,
	                       .gamma_hot = t_hot,
	                       .gamma_cold = t_hot / 40,
	                       .track_from = 5};
}

/* Both rules; `same` is the problem that hls/model reads. */
static void compare(taut_backend *b, const taut_problem *p, const taut_problem *same, taut_algorithm algorithm, double t_hot)
{
	for (int heat = 0; heat < 2; heat++) {
		const taut_schedule s = schedule_of(algorithm, heat, t_hot);
		taut_samples       *want = reference(same, &s, 8);
		taut_samples       *got = run(b, p, &s, 1);

		assert_same(want, got);
		assert_energies(p, got);
		taut_samples_free(want);
		taut_samples_free(got);
	}
}

/* Fields of 8, 16 and 32 bits; cold, and so hot that 16 bits of a threshold are not enough. */
static void flips(taut_algorithm algorithm)
{
	static const int32_t SIZES[] = {1, 120, 30000};
	taut_backend        *b = opened();
	taut_rng             rng;

	taut_rng_init(&rng, SEED, (uint64_t)algorithm);
	for (size_t k = 0; k < 3; k++) {
		taut_problem *p = bits_problem(70, 0.3, SIZES[k], false, &rng);

		compare(b, p, p, algorithm, 4.0 * SIZES[k]);
		assert_int_equal(((taut_opencl *)b)->bits, 8u << k);
		compare(b, p, p, algorithm, 5000.0 * SIZES[k]);
		taut_problem_free(p);
	}
	b->ops->close(b);
}

static void test_sa(void **state)
{
	(void)state;
	flips(TAUT_ALGORITHM_SA);
}

static void test_pt(void **state)
{
	(void)state;
	flips(TAUT_ALGORITHM_PT);
}

static void test_sqa(void **state)
{
	(void)state;
	flips(TAUT_ALGORITHM_SQA);
}

static void test_dense(void **state)
{
	static const int32_t FACTORS[] = {-1, 30, 100000};
	taut_backend        *b = opened();
	taut_rng             rng;

	(void)state;
	taut_rng_init(&rng, SEED, 10);
	for (size_t k = 0; k < 3; k++) {
		taut_problem *p = bits_problem(65, 0.9, 1, false, &rng);
		taut_problem *dense;

		for (uint64_t at = 0; at < p->row[p->n]; at++)
			p->coef[at] *= FACTORS[k];
		dense = as_dense(p, FACTORS[k]);
		compare(b, dense, p, k == 1 ? TAUT_ALGORITHM_PT : TAUT_ALGORITHM_SA, 5.0 * abs(FACTORS[k]));
		assert_int_equal(((taut_opencl *)b)->bits, 8u << k);
		taut_problem_free(p);
		taut_problem_free(dense);
	}
	b->ops->close(b);
}

static void test_groups(void **state)
{
	static const taut_algorithm ALGORITHMS[] = {TAUT_ALGORITHM_SA, TAUT_ALGORITHM_PT, TAUT_ALGORITHM_SQA};
	taut_backend               *b = opened();
	taut_rng                    rng;

	(void)state;
	taut_rng_init(&rng, SEED, 11);
	for (size_t k = 0; k < 3; k++) {
		taut_problem *p = bits_problem(50, 0.5, 40, true, &rng);

		compare(b, p, p, ALGORITHMS[k], 150.0);
		taut_problem_free(p);
	}
	b->ops->close(b);
}

static void test_permutations(void **state)
{
	taut_backend *b = opened();
	taut_rng      rng;

	(void)state;
	taut_rng_init(&rng, SEED, 12);
	for (int kind = BOTH_SYMMETRIC; kind <= ASYMMETRIC; kind++) {
		taut_problem *p = permutation_problem(9, (symmetry)kind, 0.6, 30, &rng);

		compare(b, p, p, kind % 2 ? TAUT_ALGORITHM_PT : TAUT_ALGORITHM_SA, 2000.0);
		taut_problem_free(p);
	}
	b->ops->close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sa),     cmocka_unit_test(test_pt),     cmocka_unit_test(test_sqa),
		cmocka_unit_test(test_dense),  cmocka_unit_test(test_groups), cmocka_unit_test(test_permutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	(void)printf("SKIPPED: backend opencl is not built in\n");
	return 0;
}
#endif
