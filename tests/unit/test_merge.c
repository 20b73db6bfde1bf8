/* Equations over bits by merging lists: against every bitstring of small systems, whatever the
 * threads; planted and absent solutions of larger ones; keys that end alike; a stop. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "answer/merge.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "model/evaluate.h"

#define OK(call) assert_int_equal((call), TAUT_OK)

enum { SEED = 20261121, N_BRUTE = 13, N_MOST = 40, ROWS_MOST = 4 };

static const taut_ctx ONE = {.threads = 1};

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

typedef struct {
	uint32_t n, rows;
	int64_t  coef[ROWS_MOST][N_MOST];
	int64_t  target[ROWS_MOST];
} problem;

/* The problem as deviations to be made 0, or as rows. */
static taut_model *model_of(const problem *p, bool rows)
{
	uint32_t    col[N_MOST];
	taut_model *m;

	for (uint32_t i = 0; i < p->n; i++)
		col[i] = i;
	OK(taut_model_new(&m, TAUT_FAMILY_MARKET_SHARE, "p", p->n, false, 0, NULL));
	for (uint32_t k = 0; k < p->rows; k++) {
		if (rows)
			OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, p->coef[k], p->n,
			                      p->target[k], p->target[k], 0, NULL, NULL));
		else
			OK(taut_model_add_form(m, k % 2 ? TAUT_FORM_SQUARE : TAUT_FORM_ABS, 1 + k,
			                       col, p->coef[k], p->n, p->target[k], NULL, NULL));
	}
	OK(taut_model_finish(m, NULL));
	assert_true(taut_merge_applies(m));
	return m;
}

static bool is_solved(const problem *p, const uint8_t *x)
{
	for (uint32_t k = 0; k < p->rows; k++) {
		int64_t sum = -p->target[k];

		for (uint32_t i = 0; i < p->n; i++)
			sum += x[i] ? p->coef[k][i] : 0;
		if (sum != 0)
			return false;
	}
	return true;
}

static bool has_solution(const problem *p)
{
	uint8_t x[N_MOST];

	for (uint32_t bits = 0; bits < UINT32_C(1) << p->n; bits++) {
		for (uint32_t i = 0; i < p->n; i++)
			x[i] = bits >> i & 1;
		if (is_solved(p, x))
			return true;
	}
	return false;
}

/* Coefficients between the limits, multiples of `step`; the target is what a random x gives. */
static problem planted(taut_rng *rng, uint32_t n, uint32_t rows, int64_t lo, int64_t hi,
                       int64_t step)
{
	problem p = {.n = n, .rows = rows};
	uint8_t x[N_MOST];

	for (uint32_t i = 0; i < n; i++)
		x[i] = (uint8_t)between(rng, 0, 1);
	for (uint32_t k = 0; k < rows; k++)
		for (uint32_t i = 0; i < n; i++) {
			p.coef[k][i] = step * between(rng, lo, hi);
			p.target[k] += x[i] ? p.coef[k][i] : 0;
		}
	return p;
}

/* Searches as forms and as rows, on one and three threads: all the same. */
static taut_merge search(const problem *p)
{
	taut_merge first = {0};
	uint8_t    x[N_MOST] = {0};

	for (int run = 0; run < 4; run++) {
		const taut_ctx ctx = {.threads = run % 2 ? 3 : 1};
		taut_model    *m = model_of(p, run / 2);
		uint8_t        y[N_MOST] = {0};
		taut_merge     out;

		OK(taut_merge_search(&out, y, m, &ctx, NULL));
		if (out.found)
			assert_true(is_solved(p, y));
		else
			assert_true(out.complete);
		if (run == 0) {
			first = out;
			memcpy(x, y, sizeof x);
		}
		assert_int_equal(out.found, first.found);
		assert_int_equal(out.work, first.work);
		assert_memory_equal(x, y, sizeof x);
		taut_model_free(m);
	}
	return first;
}

static void test_brute_force(void **state)
{
	uint32_t solved = 0;

	(void)state;
	for (uint64_t run = 0; run < 600; run++) {
		taut_rng rng;
		problem  p;
		bool     has;

		taut_rng_init(&rng, SEED, run);
		p = planted(&rng, (uint32_t)between(&rng, 1, N_BRUTE),
		            (uint32_t)between(&rng, 1, ROWS_MOST), -(int64_t)(run % 3) * 20,
		            1 + (int64_t)(run % 50), 1 + (int64_t)(run % 4));
		for (uint32_t k = 0; k < p.rows; k++)
			p.target[k] += between(&rng, 0, 1) ? between(&rng, -3, 3) : 0;
		has = has_solution(&p);
		solved += has;
		assert_int_equal(search(&p).found, has);
	}
	/* both kinds were met */
	assert_in_range(solved, 100, 500);
}

static void test_planted(void **state)
{
	(void)state;
	for (uint64_t run = 0; run < 12; run++) {
		taut_rng rng;
		problem  p;

		taut_rng_init(&rng, SEED + 1, run);
		p = planted(&rng, 28 + (uint32_t)run, 4, 0, 1 + 400 * (int64_t)(run % 3), 1);
		assert_true(search(&p).found);
	}
}

/* Coefficients so wide that a target next to a planted one has no solution. */
static void test_absent(void **state)
{
	taut_rng   rng;
	problem    p;
	taut_merge out;

	(void)state;
	taut_rng_init(&rng, SEED + 2, 0);
	p = planted(&rng, 34, 2, 1, INT64_C(1) << 24, 1);
	p.target[0]++;
	out = search(&p);
	assert_false(out.found);
	assert_true(out.complete);
	assert_int_equal(out.work, UINT64_C(2) << 17);
}

/* A divisor that the target has not: nothing is searched. */
static void test_divisor(void **state)
{
	taut_rng   rng;
	problem    p;
	taut_merge out;

	(void)state;
	taut_rng_init(&rng, SEED + 3, 0);
	p = planted(&rng, 30, 3, 1, 1000, 6);
	assert_true(search(&p).found);
	p.target[1] += 2;
	out = search(&p);
	assert_true(out.complete && !out.found);
	assert_int_equal(out.work, 0);
	/* a row of zeros */
	memset(p.coef[1], 0, sizeof p.coef[1]);
	assert_false(search(&p).found);
	p.target[1] = 0;
	assert_true(search(&p).found);
}

/* All but one coefficient end in the same 20 bits: the parts are few and long. */
static void test_same_endings(void **state)
{
	(void)state;
	for (int extra = 0; extra < 2; extra++) {
		taut_rng rng;
		problem  p;

		taut_rng_init(&rng, SEED + 4, 0);
		p = planted(&rng, 30, 1, 1, INT64_C(1) << 34, 1 << 20);
		p.coef[0][3] = 1;
		p.target[0] += 2 * extra - p.target[0] % (1 << 20);
		if (extra)
			assert_false(search(&p).found);
		else
			search(&p);
	}
}

/* 2^10 states of a quarter with equal coefficients are of 11 kinds. */
static void test_equal_states(void **state)
{
	int64_t     coef[N_MOST];
	uint32_t    col[N_MOST];
	uint8_t     x[N_MOST];
	uint32_t    count = 0;
	taut_model *m;
	taut_merge  out;

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		col[i] = i;
		coef[i] = 7;
	}
	OK(taut_model_new(&m, TAUT_FAMILY_MARKET_SHARE, "p", 40, false, 0, NULL));
	OK(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, 40, 7 * 23, 7 * 23, 0, NULL, NULL));
	OK(taut_model_finish(m, NULL));
	OK(taut_merge_search(&out, x, m, &ONE, NULL));
	assert_true(out.found);
	for (uint32_t i = 0; i < 40; i++)
		count += x[i];
	assert_int_equal(count, 23);
	assert_true(out.work <= 2 * 11 * 11);
	taut_model_free(m);
}

static void test_applies(void **state)
{
	taut_rng    rng;
	problem     p;
	taut_model *m;

	(void)state;
	taut_rng_init(&rng, SEED + 5, 0);
	p = planted(&rng, 20, 2, 0, 99, 1);
	m = model_of(&p, true);
	assert_int_equal(taut_merge_work(m), 2048);
	m->rows[1].hi++;
	assert_false(taut_merge_applies(m));
	m->rows[1].hi--;
	m->n_conflicts = 1;
	assert_false(taut_merge_applies(m));
	m->n_conflicts = 0;
	assert_true(taut_merge_applies(m));
	taut_model_free(m);
}

static void test_stop(void **state)
{
	volatile int   stop = 1;
	const taut_ctx ctx = {.threads = 2, .stop = &stop};
	taut_rng       rng;
	problem        p;
	taut_model    *m;
	taut_merge     out;
	uint8_t        x[N_MOST] = {0};

	(void)state;
	taut_rng_init(&rng, SEED + 6, 0);
	p = planted(&rng, 40, 4, 0, 99, 1);
	m = model_of(&p, false);
	OK(taut_merge_search(&out, x, m, &ctx, NULL));
	assert_false(out.found || out.complete);
	taut_model_free(m);
}

static void test_memory(void **state)
{
	taut_rng    rng;
	problem     p;
	taut_model *m;
	taut_merge  out;
	uint8_t     x[N_MOST];
	taut_status st = TAUT_ENOMEM;
	long        nth = 0;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: built without TAUT_FAULTS\n");
		skip();
	}
	taut_rng_init(&rng, SEED + 7, 0);
	p = planted(&rng, 20, 2, 0, 99, 1);
	m = model_of(&p, false);
	while (st == TAUT_ENOMEM) {
		taut_faults_arm(++nth, 0);
		st = taut_merge_search(&out, x, m, &ONE, NULL);
	}
	taut_faults_arm(0, 0);
	assert_int_equal(st, TAUT_OK);
	assert_true(out.found && nth > 12);
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brute_force),  cmocka_unit_test(test_planted),
		cmocka_unit_test(test_absent),       cmocka_unit_test(test_divisor),
		cmocka_unit_test(test_same_endings), cmocka_unit_test(test_equal_states),
		cmocka_unit_test(test_applies),      cmocka_unit_test(test_stop),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
