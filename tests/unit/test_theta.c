/* Theta: never below the best set of random small graphs, at known values of known graphs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "bound/theta.h"
#include "model/model.h"

enum { SEED = 20250419, N_MAX = 12 };

static const taut_ctx CTX = {.threads = 1};

static taut_model *graph(uint32_t n, const int64_t *weight)
{
	taut_model *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_MIS, "g", n, true, 0, NULL), TAUT_OK);
	for (uint32_t v = 0; v < n; v++)
		assert_int_equal(taut_model_add_term(m, v, v, weight ? weight[v] : 1, NULL),
		                 TAUT_OK);
	return m;
}

static void join(taut_model *m, uint32_t u, uint32_t v)
{
	assert_int_equal(taut_model_add_conflict(m, u, v, NULL), TAUT_OK);
}

/* Ends the model too. */
static int64_t theta_of(taut_model *m, const taut_ctx *ctx)
{
	taut_bound b;
	bool       settled;

	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(m->structure, TAUT_STRUCTURE_INDEPENDENT);
	assert_int_equal(taut_bound_theta(&b, &settled, m, ctx, NULL), TAUT_OK);
	assert_true(b.known);
	assert_string_equal(b.kind, "theta");
	taut_model_free(m);
	return b.value;
}

static void never_below_the_best_set(void **state)
{
	const int64_t sizes[4] = {1, 10, 100000, INT64_C(1) << 45};
	taut_rng      rng;
	int           met = 0;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 300; round++) {
		const uint32_t n = 1 + (uint32_t)taut_rng_below(&rng, N_MAX);
		const uint64_t share = taut_rng_below(&rng, 9);
		const uint64_t size = (uint64_t)sizes[round % 4];
		int64_t        weight[N_MAX] = {0}, best = 0, value;
		uint32_t       near[N_MAX] = {0};
		taut_model    *m;

		for (uint32_t v = 0; v < n; v++)
			weight[v] = (int64_t)(taut_rng_below(&rng, size + 1)) * (round % 5 ? 1 : 3);
		weight[0] = weight[0] ? weight[0] : 3;
		m = graph(n, weight);
		assert_int_equal(taut_model_add_offset(m, -7, NULL), TAUT_OK);
		for (uint32_t v = 0; v < n; v++)
			for (uint32_t u = 0; u < v; u++)
				if (taut_rng_below(&rng, 8) < share || (u == 0 && v == 1)) {
					join(m, u, v);
					near[v] |= UINT32_C(1) << u;
				}
		for (uint32_t set = 0; set < UINT32_C(1) << n; set++) {
			bool    independent = true;
			int64_t sum = 0;

			for (uint32_t v = 0; v < n; v++)
				if (set >> v & 1) {
					independent &= !(near[v] & set);
					sum += weight[v];
				}
			best = independent && sum > best ? sum : best;
		}
		if (n == 1) { /* no conflicts: another structure */
			taut_model_free(m);
			continue;
		}
		value = theta_of(m, &CTX) + 7;
		assert_true(value >= best);
		met += value == best;
		if (round % 4 == 0) /* small weights: a perfect graph or nearly */
			assert_true(value <= best + 2);
	}
	assert_true(met >= 120);
}

/* Cycles: n cos(pi/n) / (1 + cos(pi/n)) for odd n (Lovasz 1979); the weights of 1000 and a vertex
 * of 1 show how near the certificate comes. */
static void cycles(void **state)
{
	(void)state;
	for (uint32_t n = 5; n <= 9; n += 2) {
		const double c = cos(3.14159265358979323846 / n);
		const double known = n * c / (1.0 + c);
		int64_t      weight[10];
		taut_model  *m = graph(n, NULL);
		int64_t      value;

		for (uint32_t v = 0; v < n; v++)
			join(m, v, (v + 1) % n);
		assert_int_equal(theta_of(m, &CTX), (int64_t)known);
		for (uint32_t v = 0; v <= n; v++)
			weight[v] = v < n ? 1000 : 1;
		m = graph(n + 1, weight);
		for (uint32_t v = 0; v < n; v++)
			join(m, v, (v + 1) % n);
		value = theta_of(m, &CTX) - 1;
		assert_true((double)value >= floor(1000.0 * known));
		assert_true((double)value <= 1000.0 * known * 1.003 + 1.0);
	}
}

/* Petersen's graph 4, complete graphs 1, Paley's graph of 13: sqrt 13; pairs of {1..6} that meet:
 * 3. */
static void known_graphs(void **state)
{
	taut_model *m = graph(10, NULL);

	(void)state;
	for (uint32_t v = 0; v < 5; v++) {
		join(m, v, (v + 1) % 5);
		join(m, v, v + 5);
		join(m, v + 5, (v + 2) % 5 + 5);
	}
	assert_int_equal(theta_of(m, &CTX), 4);
	m = graph(12, NULL);
	for (uint32_t v = 0; v < 12; v++)
		for (uint32_t u = 0; u < v; u++)
			join(m, u, v);
	assert_int_equal(theta_of(m, &CTX), 1);
	m = graph(13, NULL);
	for (uint32_t v = 0; v < 13; v++)
		for (uint32_t u = 0; u < v; u++)
			if ((UINT32_C(0x161A) >> (v - u) & 1) != 0) /* squares 1, 3, 4, 9, 10, 12 */
				join(m, u, v);
	assert_int_equal(theta_of(m, &CTX), 3);
	m = graph(15, NULL);
	for (uint32_t v = 0, a = 0; a < 6; a++)
		for (uint32_t b = a + 1; b < 6; b++, v++)
			for (uint32_t u = 0, c = 0; c < 6; c++)
				for (uint32_t d = c + 1; d < 6; d++, u++)
					if (u < v && (a == c || a == d || b == c || b == d))
						join(m, u, v);
	assert_int_equal(theta_of(m, &CTX), 3);
}

/* Stopped at once it is weaker and valid; too large it is unknown. */
static void limits_and_stop(void **state)
{
	const volatile int stop = 1;
	const taut_ctx     stopped = {.threads = 1, .stop = &stop};
	taut_model        *m = graph(5, NULL);
	taut_bound         b;
	bool               settled;

	(void)state;
	for (uint32_t v = 0; v < 5; v++)
		join(m, v, (v + 1) % 5);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(taut_bound_theta(&b, &settled, m, &stopped, NULL), TAUT_OK);
	assert_true(!b.known || b.value >= 2);
	assert_false(settled);
	assert_int_equal(taut_bound_theta(&b, &settled, m, &CTX, NULL), TAUT_OK);
	assert_true(b.known && settled);
	taut_model_free(m);
	m = graph(1501, NULL);
	join(m, 0, 1);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(taut_bound_theta(&b, &settled, m, &CTX, NULL), TAUT_OK);
	assert_false(b.known || settled);
	taut_model_free(m);
}

/* Every allocation fails once. Effective in builds with TAUT_FAULTS. */
static void faults(void **state)
{
	taut_model *m;
	taut_bound  b;
	bool        settled;
	long        nth = 1;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: this build has no allocation faults\n");
		skip();
	}
	m = graph(5, NULL);
	for (uint32_t v = 0; v < 5; v++)
		join(m, v, (v + 1) % 5);
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	for (;; nth++) {
		taut_error  err = {TAUT_OK, ""};
		taut_status st;

		taut_faults_arm(nth, 0);
		st = taut_bound_theta(&b, &settled, m, &CTX, &err);
		taut_faults_arm(0, 0);
		if (st == TAUT_OK)
			break;
		assert_int_equal(st, TAUT_ENOMEM);
		assert_true(err.text[0] != 0);
	}
	assert_true(nth > 15);
	assert_int_equal(b.value, 2);
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_below_the_best_set),
		cmocka_unit_test(cycles),
		cmocka_unit_test(known_graphs),
		cmocka_unit_test(limits_and_stop),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
