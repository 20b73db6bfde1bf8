/* The dual ascent of quadratic assignments: never beaten by any permutation, never below the
 * Gilmore-Lawler bound it starts from, exact for up to three facilities. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "bound/dual_ascent.h"
#include "bound/gilmore_lawler.h"
#include "model/evaluate.h"

enum { SEED = 20250311, N_MAX = 7, OFFSET = 5 };

static const taut_ctx CTX = {.threads = 1};

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

static void fill(int64_t *matrix, taut_rng *rng, uint32_t n, int64_t lo, int64_t hi, bool symmetric)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < n; j++)
			matrix[i * n + j] =
				symmetric && j < i ? matrix[j * n + i] : between(rng, lo, hi);
}

static taut_model *model_of(uint32_t n, const int64_t *flow, const int64_t *distance, bool maximise)
{
	taut_model *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_QAP, "p", n * n, maximise, 0, NULL),
	                 TAUT_OK);
	assert_int_equal(taut_model_add_offset(m, OFFSET, NULL), TAUT_OK);
	assert_int_equal(taut_model_set_permutation(m, n, flow, distance, NULL), TAUT_OK);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(m->structure, TAUT_STRUCTURE_ASSIGNMENT);
	return m;
}

/* Every permutation that completes p[0..placed), by the model's own evaluation. */
static void try_all(int64_t *best, const taut_model *m, uint8_t *x, uint32_t placed)
{
	const uint32_t n = m->permutation.n;

	if (placed == n) {
		const int64_t f = taut_model_objective(m, x);

		*best = taut_better(m, f, *best) ? f : *best;
		return;
	}
	for (uint32_t l = 0; l < n; l++) {
		bool taken = false;

		for (uint32_t a = 0; a < placed; a++)
			taken |= x[a * n + l];
		if (taken)
			continue;
		x[placed * n + l] = 1;
		try_all(best, m, x, placed + 1);
		x[placed * n + l] = 0;
	}
}

static int64_t optimum(const taut_model *m)
{
	uint8_t x[N_MAX * N_MAX] = {0};
	int64_t best = m->maximise ? INT64_MIN : INT64_MAX;

	try_all(&best, m, x, 0);
	return best;
}

static taut_model *random_model(taut_rng *rng, int round)
{
	const int64_t  sizes[4] = {1, 9, 1000, INT64_C(1) << 20};
	const int64_t  size = sizes[round % 4];
	const int64_t  unit = round % 5 == 0 ? 6 : 1;
	const uint32_t n = (uint32_t)between(rng, 1, round % 16 ? 5 : N_MAX);
	int64_t        flow[N_MAX * N_MAX], distance[N_MAX * N_MAX];

	fill(flow, rng, n, round % 3 ? 0 : -size, size, round % 2);
	fill(distance, rng, n, round % 7 ? 0 : -size, size, round / 2 % 2);
	for (uint32_t e = 0; e < n * n; e++)
		flow[e] *= unit;
	return model_of(n, flow, distance, round % 11 < 3);
}

static void never_beaten(void **state)
{
	taut_rng rng;
	int      met = 0, better = 0;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 400; round++) {
		taut_model   *m = random_model(&rng, round);
		const int64_t best = optimum(m);
		taut_bound    b, first;

		assert_int_equal(taut_bound_dual_ascent(&b, m, &CTX, NULL), TAUT_OK);
		assert_int_equal(taut_bound_gilmore_lawler(&first, m, &CTX, NULL), TAUT_OK);
		if (m->permutation.n == 1) {
			assert_false(b.known);
			taut_model_free(m);
			continue;
		}
		assert_true(b.known && first.known);
		assert_string_equal(b.kind, "dual_ascent");
		assert_null(b.multipliers);
		assert_false(taut_better(m, best, b.value));
		met += b.value == best;
		better += taut_better(m, first.value, b.value);
		if (m->permutation.n <= 3)
			assert_int_equal(b.value, best);
		taut_model_free(m);
	}
	assert_true(met >= 300);
	assert_true(better >= 100);
}

/* A 3 x 3 grid and random flows: far above Gilmore and Lawler's, and even. The model's own numbers
 * say what divides the objective. */
static void grid(void **state)
{
	enum { SIDE = 3, N = SIDE * SIDE };
	int64_t  flow[N * N], distance[N * N];
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 4; round++) {
		taut_model *m;
		taut_bound  b, first;

		fill(flow, &rng, N, 0, 10, true);
		for (int a = 0; a < N; a++) {
			flow[a * N + a] = 0;
			for (int c = 0; c < N; c++)
				distance[a * N + c] =
					abs(a / SIDE - c / SIDE) + abs(a % SIDE - c % SIDE);
		}
		if (round == 3)
			for (int e = 0; e < N * N; e++)
				distance[e] *= 5;
		m = model_of(N, flow, distance, false);
		assert_int_equal(taut_bound_dual_ascent(&b, m, &CTX, NULL), TAUT_OK);
		assert_int_equal(taut_bound_gilmore_lawler(&first, m, &CTX, NULL), TAUT_OK);
		assert_true(b.known && first.known);
		assert_true(100 * (b.value - OFFSET) > 103 * (first.value - OFFSET));
		assert_int_equal((b.value - OFFSET) % (round == 3 ? 10 : 2), 0);
		taut_model_free(m);
	}
}

/* Too large: unknown. Stopped at once: unknown; later: what is known so far. */
static void limits_and_stop(void **state)
{
	enum { LARGE = 54 };
	const volatile int stop = 1;
	const taut_ctx     stopped = {.threads = 1, .stop = &stop};
	int64_t            flow[LARGE * LARGE], distance[LARGE * LARGE];
	taut_rng           rng;
	taut_model        *m;
	taut_bound         b;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	fill(flow, &rng, LARGE, 0, 9, false);
	fill(distance, &rng, LARGE, 0, 9, false);
	m = model_of(LARGE, flow, distance, false);
	assert_int_equal(taut_bound_dual_ascent(&b, m, &CTX, NULL), TAUT_OK);
	assert_false(b.known);
	taut_model_free(m);

	m = model_of(N_MAX, flow, distance, false);
	assert_int_equal(taut_bound_dual_ascent(&b, m, &stopped, NULL), TAUT_OK);
	assert_false(b.known);
	for (int k = 1; k < 20; k++) {
		const taut_ctx soon = {.threads = 1, .deadline_s = taut_clock_s() + 1e-4 * k};

		assert_int_equal(taut_bound_dual_ascent(&b, m, &soon, NULL), TAUT_OK);
		assert_true(!b.known || b.value <= optimum(m));
	}
	taut_model_free(m);
}

/* Numbers near 64 bits: a valid value or none. */
static void near_overflow(void **state)
{
	taut_rng rng;
	int      known = 0, unknown = 0;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (int bits = 14; bits <= 27; bits++)
		for (int sense = 0; sense < 2; sense++) {
			const int64_t size = INT64_C(1) << bits;
			int64_t       flow[16], distance[16];
			taut_model   *m;
			taut_bound    b;

			fill(flow, &rng, 4, size - 3, size, false);
			fill(distance, &rng, 4, -size, size, false);
			m = model_of(4, flow, distance, sense);
			assert_int_equal(taut_bound_dual_ascent(&b, m, &CTX, NULL), TAUT_OK);
			if (b.known)
				assert_false(taut_better(m, optimum(m), b.value));
			known += b.known;
			unknown += !b.known;
			taut_model_free(m);
		}
	assert_true(known > 10);
	assert_true(unknown > 2);
}

/* Every allocation fails once. Effective in builds with TAUT_FAULTS. */
static void faults(void **state)
{
	const int64_t flow[9] = {0, 1, 2, 1, 0, 3, 2, 3, 0};
	const int64_t distance[9] = {0, 5, 6, 5, 0, 7, 6, 7, 0};
	taut_model   *m = model_of(3, flow, distance, false);
	taut_bound    b;
	long          nth = 1;

	(void)state;
	if (!taut_faults_built()) {
		taut_model_free(m);
		print_message("SKIPPED: this build has no allocation faults\n");
		skip();
	}
	for (;; nth++) {
		taut_error  err = {TAUT_OK, ""};
		taut_status st;

		taut_faults_arm(nth, 0);
		st = taut_bound_compute(&b, m, &CTX, &err);
		taut_faults_arm(0, 0);
		if (st == TAUT_OK)
			break;
		assert_int_equal(st, TAUT_ENOMEM);
		assert_true(err.text[0] != 0);
	}
	assert_true(nth > 15);
	assert_int_equal(b.value, optimum(m));
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_beaten),    cmocka_unit_test(grid),
		cmocka_unit_test(limits_and_stop), cmocka_unit_test(near_overflow),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
