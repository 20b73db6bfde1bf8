/* Depth-first search to a proof: against every bitstring of random small programs, whatever the
 * work, and on the public instances of its size. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/rng.h"
#include "bound/depth_first.h"
#include "formats/formats.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"

enum { SEED = 20261121, N_MAX = 12, M_MAX = 5, PATH_SIZE = 1024, N_PUBLIC = 64 };
#define PUBLIC_WORK 20000000 /* 0.02 s; half of it for the proof */
#define MUCH        (UINT64_C(1) << 32)

static const uint32_t COLUMNS[N_MAX] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

/* Knapsacks, or any rows (limits on either side, equations, negative numbers; some without a
 * feasible x), either sense; objective multiples of `step`. */
static taut_model *random_program(taut_rng *rng, bool knapsack, int64_t size, int64_t step)
{
	const uint32_t n = (uint32_t)between(rng, 1, N_MAX);
	const uint32_t rows = (uint32_t)between(rng, 0, M_MAX);
	const bool     maximise = knapsack || between(rng, 0, 1);
	const int64_t  low = knapsack ? 0 : -size;
	taut_model    *m = NULL;
	int64_t        coef[N_MAX];

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "p", n, maximise, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_offset(m, between(rng, -5, 5), NULL), TAUT_OK);
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(taut_model_add_term(m, i, i, step * between(rng, low, size), NULL),
		                 TAUT_OK);
	for (uint32_t k = 0; k < rows; k++) {
		int64_t       sum = 0;
		const int64_t kind = knapsack ? 0 : between(rng, 0, 3);
		int64_t       lo = TAUT_NO_LIMIT_LO;
		int64_t       hi = TAUT_NO_LIMIT_HI;

		for (uint32_t i = 0; i < n; i++) {
			coef[i] = between(rng, low, size);
			sum += between(rng, 0, 1) ? coef[i] : 0;
		}
		if (kind != 1)
			hi = sum + (kind == 3 ? 1 + size / 4 : 0);
		if (kind > 0)
			lo = sum;
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, n, lo, hi, 0,
		                                    NULL, NULL),
		                 TAUT_OK);
	}
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	return m;
}

/* False where no bitstring is feasible. `some`: one that is, as it comes. */
static bool optimum(int64_t *best, uint8_t *some, const taut_model *m)
{
	bool    any = false;
	uint8_t x[N_MAX];

	for (uint64_t bits = 0; bits < UINT64_C(1) << m->n; bits++) {
		for (uint32_t i = 0; i < m->n; i++)
			x[i] = bits >> i & 1;
		if (!taut_model_feasible(m, x))
			continue;
		if (!any)
			memcpy(some, x, m->n);
		if (!any || taut_better(m, taut_model_objective(m, x), *best))
			*best = taut_model_objective(m, x);
		any = true;
	}
	return any;
}

/* What was claimed holds; *proven says whether it was all. */
static void check(bool *proven, const taut_model *m, const uint8_t *start, bool feasible,
                  int64_t best, const double *multipliers, uint64_t work)
{
	const taut_ctx   ctx = {.threads = 1};
	uint8_t          x[N_MAX] = {0};
	taut_depth_first d;

	if (start)
		memcpy(x, start, m->n);
	assert_int_equal(
		taut_depth_first_search(&d, x, start != NULL, m, multipliers, work, &ctx, NULL),
		TAUT_OK);
	*proven = d.proven;
	if (d.improved || start) {
		assert_true(feasible);
		assert_true(taut_model_feasible(m, x));
		assert_int_equal(d.objective, taut_model_objective(m, x));
	}
	if (start && d.improved)
		assert_true(taut_better(m, d.objective, taut_model_objective(m, start)));
	if (d.bounded && feasible)
		assert_false(taut_better(m, best, d.bound));
	if (!d.proven)
		return;
	assert_int_equal(d.bounded, feasible);
	assert_int_equal(d.improved || start, feasible);
	if (feasible) {
		assert_int_equal(d.objective, best);
		assert_int_equal(d.bound, best);
	}
}

static void equals_the_optimum(void **state)
{
	const int64_t sizes[5] = {1, 3, 100, 1000000, INT64_C(1) << 40};
	int           counts[2] = {0, 0};
	taut_rng      rng;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 6000; round++) {
		taut_model *m = random_program(&rng, round % 2 == 0, sizes[round / 2 % 5],
		                               round % 3 == 0 ? 7 : 1);
		uint8_t     some[N_MAX];
		double      multipliers[M_MAX];
		int64_t     best = 0;
		const bool  feasible = optimum(&best, some, m);
		bool        proven;

		for (uint32_t k = 0; k < m->n_rows; k++)
			multipliers[k] = (double)between(&rng, 0, 1000) / 500.0;
		assert_true(taut_depth_first_applies(m));
		counts[feasible]++;
		check(&proven, m, NULL, feasible, best, NULL, MUCH);
		assert_true(proven);
		check(&proven, m, feasible ? some : NULL, feasible, best, multipliers, MUCH);
		assert_true(proven);
		taut_model_free(m);
	}
	assert_true(counts[0] > 100 && counts[1] > 3000);
}

/* Stopped anywhere, what is said is true; some proofs need more than so little work. */
static void little_work(void **state)
{
	int      unproven = 0;
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 3000; round++) {
		taut_model *m = random_program(&rng, round % 2 == 0, 1000, 1);
		uint8_t     some[N_MAX];
		int64_t     best = 0;
		const bool  feasible = optimum(&best, some, m);
		bool        proven;

		check(&proven, m, round % 4 < 2 && feasible ? some : NULL, feasible, best, NULL,
		      (uint64_t)1 << between(&rng, 0, 14));
		unproven += !proven;
		taut_model_free(m);
	}
	assert_in_range(unproven, 100, 2900);
}

/* Numbers at the edge of 64 bits: proven right, or nothing claimed. */
static void large_numbers(void **state)
{
	const int64_t  top = INT64_MAX / 8;
	const taut_ctx ctx = {.threads = 1};
	const int64_t  cases[4][5] = {/* profit, profit, weight, capacity; optimum, -1: refused */
                                     {top, top - 1, 1, 1, -1},
                                     {INT64_C(1) << 59, 7, top, top, INT64_C(1) << 59},
                                     {5, 4, top, top, 5},
                                     {5, 4, top, INT64_C(1) << 61, 9}};

	(void)state;
	for (int k = 0; k < 4; k++) {
		const int64_t    coef[2] = {cases[k][2], cases[k][2]};
		taut_model      *m = NULL;
		uint8_t          x[2] = {0, 0};
		taut_error       err = {TAUT_OK, ""};
		taut_depth_first d;

		assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MDKP, "l", 2, true, 0, NULL),
		                 TAUT_OK);
		for (uint32_t i = 0; i < 2; i++)
			assert_int_equal(taut_model_add_term(m, i, i, cases[k][i], NULL), TAUT_OK);
		assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, COLUMNS, coef, 2,
		                                    TAUT_NO_LIMIT_LO, cases[k][3], 0, NULL, NULL),
		                 TAUT_OK);
		assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
		assert_int_equal(taut_depth_first_search(&d, x, true, m, NULL, MUCH, &ctx, &err),
		                 TAUT_OK);
		assert_string_equal(err.text, "");
		assert_int_equal(d.proven, cases[k][4] >= 0);
		if (d.proven)
			assert_int_equal(d.objective, cases[k][4]);
		else
			assert_false(d.bounded || d.improved);
		taut_model_free(m);
	}
}

static void ends_when_stopped(void **state)
{
	const volatile int stop = 1;
	const taut_ctx     ctx = {.threads = 1, .stop = &stop};
	taut_rng           rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	for (int round = 0; round < 100; round++) {
		taut_model      *m = random_program(&rng, true, 1000, 1);
		uint8_t          x[N_MAX] = {0};
		uint8_t          some[N_MAX];
		int64_t          best = 0;
		taut_depth_first d;

		assert_true(optimum(&best, some, m));
		assert_int_equal(taut_depth_first_search(&d, x, true, m, NULL, MUCH, &ctx, NULL),
		                 TAUT_OK);
		assert_int_equal(d.nodes, 0);
		assert_true(d.bounded && d.bound >= best);
		taut_model_free(m);
	}
}

static const char *root_folder(void)
{
	const char *root = getenv("TAUT_INSTANCES");

	return root ? root : TAUT_SOURCE_DIR "/../shared/instances";
}

/* Petersen's, Shih's and Weingartner's small knapsacks (SAC-94): proven, within stated work. */
static void public_instances(void **state)
{
	static const struct {
		const char *name;
		int64_t     best;
	} cases[] = {{"hp/hp1", 3418},    {"hp/hp2", 3186},   {"pb/pb1", 3090},
	             {"pb/pb2", 3186},    {"pb/pb4", 95168},  {"pb/pb5", 2139},
	             {"pb/pb6", 776},     {"pb/pb7", 1035},   {"pet/pet2", 87061},
	             {"pet/pet3", 4015},  {"pet/pet4", 6120}, {"pet/pet5", 12400},
	             {"pet/pet6", 10618}, {"pet/pet7", 16537}};
	struct stat info;
	taut_ctx    ctx = {.threads = 1};

	(void)state;
	if (stat(root_folder(), &info) != 0) {
		print_message("SKIPPED: small knapsacks: no folder %s (TAUT_INSTANCES)\n",
		              root_folder());
		skip();
	}
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		char               path[PATH_SIZE];
		taut_instance_list list;
		taut_options       options;
		taut_model        *m = NULL;
		uint8_t            x[N_PUBLIC] = {0};
		taut_depth_first   d;

		(void)snprintf(path, sizeof path, "%s/mdkp/smu/sac94/%s.dat", root_folder(),
		               cases[k].name);
		if (stat(path, &info) != 0) {
			print_message("SKIPPED: no benchmark instance %s\n", path);
			continue;
		}
		taut_options_default(&options);
		options.family = TAUT_FAMILY_MDKP;
		assert_int_equal(taut_formats_read(&list, path, &options, NULL), TAUT_OK);
		assert_int_equal(taut_family_find(TAUT_FAMILY_MDKP)->build(&m, list.items[0], NULL),
		                 TAUT_OK);
		assert_true(m->n <= N_PUBLIC);
		assert_int_equal(
			taut_depth_first_search(&d, x, true, m, NULL, PUBLIC_WORK, &ctx, NULL),
			TAUT_OK);
		assert_true(d.proven);
		assert_int_equal(d.objective, cases[k].best);
		assert_int_equal(d.bound, cases[k].best);
		assert_true(taut_model_feasible(m, x));
		assert_int_equal(taut_model_objective(m, x), cases[k].best);
		taut_model_free(m);
		taut_instance_list_fini(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_the_optimum), cmocka_unit_test(little_work),
		cmocka_unit_test(large_numbers),      cmocka_unit_test(ends_when_stopped),
		cmocka_unit_test(public_instances),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
