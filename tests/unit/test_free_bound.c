/* Bounds of objectives without rows: never beaten by any point of random small problems, exact or
 * at a known value where theory says so; the certificate of definiteness does not pass what is
 * indefinite. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "bound/bound.h"
#include "bound/definite.h"
#include "bound/roof.h"
#include "bound/sdp.h"
#include "bound/ising.h"
#include "model/evaluate.h"

enum { SEED = 20250107, N_MAX = 14, MATRIX_MAX = 70 };

static const taut_ctx CTX = {.threads = 1};

static int64_t between(taut_rng *rng, int64_t lo, int64_t hi)
{
	return lo + (int64_t)taut_rng_below(rng, (uint64_t)(hi - lo + 1));
}

static taut_model *new_model(uint32_t n, bool maximise)
{
	taut_model *m = NULL;

	assert_int_equal(taut_model_new(&m, TAUT_FAMILY_QUBO, "q", n, maximise, 0, NULL), TAUT_OK);
	return m;
}

static void add(taut_model *m, uint32_t i, uint32_t j, int64_t value)
{
	assert_int_equal(taut_model_add_term(m, i, j, value, NULL), TAUT_OK);
}

static taut_model *finished(taut_model *m)
{
	assert_int_equal(taut_model_finish(m, NULL), TAUT_OK);
	assert_int_equal(m->structure, TAUT_STRUCTURE_FREE);
	return m;
}

/* w times the edge's cut. */
static void add_edge(taut_model *m, uint32_t u, uint32_t v, int64_t w)
{
	add(m, u, u, w);
	add(m, v, v, w);
	add(m, u, v, -2 * w);
}

/* The best objective, and whether a best point takes all fixed values ([n], -1: free; or NULL). */
static int64_t optimum(const taut_model *m, const int8_t *fixed)
{
	const int64_t sign = m->maximise ? -1 : 1;
	int64_t       best[2] = {INT64_MAX, INT64_MAX}; /* of all, of those with the values */
	uint8_t       x[N_MAX];

	for (uint32_t bits = 0; bits < UINT32_C(1) << m->n; bits++) {
		bool    agrees = true;
		int64_t f;

		for (uint32_t i = 0; i < m->n; i++) {
			x[i] = bits >> i & 1;
			agrees &= !fixed || fixed[i] < 0 || fixed[i] == x[i];
		}
		f = sign * taut_model_objective(m, x);
		best[0] = f < best[0] ? f : best[0];
		if (agrees)
			best[1] = f < best[1] ? f : best[1];
	}
	assert_int_equal(best[0], best[1]);
	return sign * best[0];
}

static taut_model *random_model(taut_rng *rng, int round)
{
	const int64_t  sizes[5] = {1, 3, 100, 1000000, INT64_C(1) << 40};
	const int64_t  size = sizes[round % 5];
	const int64_t  unit = round % 7 == 0 ? 12 : 1;
	const uint32_t n = (uint32_t)between(rng, 1, round % 16 ? 10 : N_MAX);
	const uint64_t share = (uint64_t)between(rng, 1, 8);
	const bool     cut = round % 3 == 0;
	taut_model    *m = new_model(n, round % 2);

	assert_int_equal(taut_model_add_offset(m, between(rng, -size, size), NULL), TAUT_OK);
	for (uint32_t i = 0; i < n; i++) {
		if (!cut)
			add(m, i, i, unit * between(rng, -size, size));
		for (uint32_t j = 0; j < i; j++) {
			const int64_t w = unit * between(rng, -size, size);

			if (taut_rng_below(rng, 8) >= share)
				continue;
			if (cut)
				add_edge(m, i, j, w);
			else
				add(m, i, j, w);
		}
	}
	return finished(m);
}

static void valid(const taut_bound *b, const taut_model *m, int64_t best)
{
	assert_true(b->known);
	assert_null(b->multipliers);
	assert_false(taut_better(m, best, b->value));
}

static void never_beaten(void **state)
{
	taut_rng rng;
	int      met = 0, fixed_values = 0;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 4000; round++) {
		taut_model *m = random_model(&rng, round);
		int8_t      fixed[N_MAX];
		int64_t     best;
		taut_bound  roof, sdp, both;

		assert_int_equal(taut_bound_roof(&roof, fixed, m, &CTX, NULL), TAUT_OK);
		assert_int_equal(taut_bound_sdp(&sdp, m, &CTX, NULL), TAUT_OK);
		assert_int_equal(taut_bound_compute(&both, m, &CTX, NULL), TAUT_OK);
		best = optimum(m, fixed);
		valid(&roof, m, best);
		valid(&sdp, m, best);
		valid(&both, m, best);
		assert_string_equal(roof.kind, "roof_duality");
		assert_true(both.value == sdp.value || both.value == roof.value);
		assert_false(taut_better(m, both.value, sdp.value));
		assert_false(taut_better(m, both.value, roof.value));
		met += both.value == best;
		for (uint32_t i = 0; i < m->n; i++)
			fixed_values += fixed[i] >= 0;
		taut_model_free(m);
	}
	assert_true(met >= 1500);
	assert_true(fixed_values >= 1500);
}

/* The cycle of five: 5/2 (1 + cos(pi/5)) = (25 + 5 sqrt 5) / 8 = 4.5225. In hundred thousandths of
 * an edge the value shows how near the certificate comes. */
static void cycle_of_five(void **state)
{
	const double known = (25.0 + 5.0 * sqrt(5.0)) / 8.0;

	(void)state;
	for (int64_t w = 1; w <= 100000; w *= 100000) {
		taut_model *m = new_model(5, true);
		taut_bound  b;

		for (uint32_t v = 0; v < 5; v++)
			add_edge(m, v, (v + 1) % 5, w);
		add(m, 0, 0, 1); /* takes the common divisor */
		add(m, 0, 0, -1);
		finished(m);
		assert_int_equal(taut_bound_sdp(&b, m, &CTX, NULL), TAUT_OK);
		assert_true(b.known);
		assert_int_equal(b.value, 4 * w); /* a multiple of the weights' divisor */
		taut_model_free(m);
		if (w == 1)
			continue;
		m = new_model(6, true);
		for (uint32_t v = 0; v < 5; v++)
			add_edge(m, v, (v + 1) % 5, w);
		add_edge(m, 4, 5, 1); /* a pendant edge adds its weight, and the divisor is 1 */
		finished(m);
		assert_int_equal(taut_bound_sdp(&b, m, &CTX, NULL), TAUT_OK);
		assert_string_equal(b.kind, "sdp");
		assert_true((double)b.value >= floor(known * (double)w));
		assert_true((double)b.value <= known * (double)w * 1.0001 + 1.0);
		taut_model_free(m);
	}
}

/* Without frustration roof duality is exact: products that are all <= 0, and bipartite graphs. */
static void exact_without_frustration(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 500; round++) {
		const uint32_t n = (uint32_t)between(&rng, 1, 10);
		const uint32_t half = (uint32_t)between(&rng, 0, n);
		taut_model    *m = new_model(n, false);
		int8_t         fixed[N_MAX];
		taut_bound     b;

		for (uint32_t i = 0; i < n; i++) {
			add(m, i, i, between(&rng, -300, 600));
			for (uint32_t j = 0; j < i; j++)
				if (taut_rng_below(&rng, 2))
					add(m, i, j,
					    ((i < half) != (j < half) && round % 2 ? 1 : -1) *
					            ((i < half) == (j < half) && round % 2 ? 0
					                                                   : 1) *
					            between(&rng, 0, 200));
		}
		finished(m);
		assert_int_equal(taut_bound_roof(&b, fixed, m, &CTX, NULL), TAUT_OK);
		assert_true(b.known);
		assert_int_equal(b.value, optimum(m, fixed));
		taut_model_free(m);
	}
}

/* d I - (ones - I): least eigenvalue d - (n - 1), here -delta. A completed factorisation says that
 * A + margin I is positive semidefinite, so none may complete that has delta > margin. `band`: a
 * path, whose least eigenvalue is d - 2 cos(pi / (n + 1)). */
static bool completes(uint32_t n, bool band, double diagonal)
{
	size_t         row[MATRIX_MAX + 1] = {0};
	uint32_t       col[MATRIX_MAX * MATRIX_MAX];
	double         value[MATRIX_MAX * MATRIX_MAX], all[MATRIX_MAX];
	size_t         at = 0;
	taut_definite  d;
	bool           fits, done;
	taut_couplings a = {.n = n, .row = row, .col = col, .value = value};

	for (uint32_t i = 0; i < n; i++) {
		all[i] = diagonal;
		for (uint32_t j = 0; j < n; j++) {
			if (j == i || (band && j + 1 != i && i + 1 != j))
				continue;
			col[at] = j;
			value[at++] = -1.0;
		}
		row[i + 1] = at;
	}
	assert_int_equal(taut_definite_init(&d, &fits, &a, n % 2 && n > 1, 1 << 20, &CTX, NULL),
	                 TAUT_OK);
	assert_true(fits);
	done = taut_definite_factor(&d, all, &CTX);
	assert_true(taut_definite_factor(&d, all, &CTX) == done); /* again from the start */
	taut_definite_fini(&d);
	return done;
}

static void indefinite_does_not_pass(void **state)
{
	(void)state;
	for (uint32_t n = 2; n <= MATRIX_MAX; n++)
		for (int band = 0; band < 2; band++) {
			const double edge =
				band ? 2.0 * cos(3.14159265358979323846 / (n + 1)) : n - 1.0;

			assert_false(completes(n, band, 0.0));
			assert_false(completes(n, band, -1.0));
			assert_false(completes(n, band, (double)NAN));
			assert_true(completes(n, band, edge + 1.0));
			for (int bits = 1; bits <= 52; bits++) {
				const double delta = ldexp(1.0, -bits);
				const double margin = (n + 3) * ldexp(1.0, -50) * n * edge;

				if (delta > margin)
					assert_false(completes(n, band, edge - delta));
				if (delta > margin)
					assert_true(completes(n, band, edge + delta));
			}
		}
}

/* A factorisation with a limit on its entries, and one that is stopped. */
static void limits_of_the_factor(void **state)
{
	const size_t       row[4] = {0, 1, 3, 4};
	const uint32_t     col[4] = {1, 0, 2, 1};
	const double       value[4] = {1, 1, 1, 1}, diagonal[3] = {4, 4, 4};
	const volatile int stop = 1;
	const taut_ctx     stopped = {.threads = 1, .stop = &stop};
	taut_couplings     a = {.n = 3, .row = row, .col = col, .value = value};
	taut_definite      d;
	bool               fits;

	(void)state;
	assert_int_equal(taut_definite_init(&d, &fits, &a, false, 17, &CTX, NULL), TAUT_OK);
	assert_false(fits);
	taut_definite_fini(&d);
	assert_int_equal(taut_definite_init(&d, &fits, &a, false, 18, &CTX, NULL), TAUT_OK);
	assert_true(fits);
	assert_true(taut_definite_factor(&d, diagonal, &CTX));
	assert_false(taut_definite_factor(&d, diagonal, &stopped));
	taut_definite_fini(&d);
}

/* Numbers near 64 bits: a valid value or none. The model itself refuses what an objective value may
 * leave. */
static void near_overflow(void **state)
{
	int known = 0, unknown = 0;

	(void)state;
	for (int bits = 44; bits <= 62; bits++)
		for (int kind = 0; kind < 4; kind++) {
			const int64_t w = (INT64_C(1) << bits) - 1;
			taut_model   *m = new_model(3, kind % 2);
			int8_t        fixed[3];
			taut_bound    roof, sdp;

			add(m, 0, 1, w);
			add(m, 1, 2, kind < 2 ? w : -w);
			add(m, 0, 2, -w / 2);
			if (kind == 3)
				add(m, 1, 1, w / 3);
			if (taut_model_finish(m, NULL) != TAUT_OK) {
				taut_model_free(m);
				continue;
			}
			assert_int_equal(taut_bound_roof(&roof, fixed, m, &CTX, NULL), TAUT_OK);
			assert_int_equal(taut_bound_sdp(&sdp, m, &CTX, NULL), TAUT_OK);
			if (roof.known)
				valid(&roof, m, optimum(m, fixed));
			if (sdp.known)
				valid(&sdp, m, optimum(m, NULL));
			known += roof.known && sdp.known;
			unknown += !roof.known;
			taut_model_free(m);
		}
	assert_true(known > 20);
	assert_true(unknown > 0);
}

/* 4 f >= numerator / denominator, rounded to the safe side of multiples of the divisor. */
static void rounding(void **state)
{
	taut_ising  spins;
	taut_model *m[2];
	int64_t     value;
	bool        fits;

	(void)state;
	for (int sense = 0; sense < 2; sense++) {
		const int64_t sign = sense ? -1 : 1;

		m[sense] = new_model(2, sense);
		assert_int_equal(taut_model_add_offset(m[sense], 5, NULL), TAUT_OK);
		add(m[sense], 0, 1, 6);
		add(m[sense], 0, 0, 9);
		finished(m[sense]);
		assert_int_equal(taut_ising_init(&spins, &fits, m[sense], NULL), TAUT_OK);
		assert_true(fits);
		assert_int_equal(spins.divisor, 3);
		assert_true(taut_ising_value(&value, &spins, 24, 2)); /* f >= 3 */
		assert_int_equal(value, 5 + sign * 3);
		assert_true(taut_ising_value(&value, &spins, 25, 2));
		assert_int_equal(value, 5 + sign * 6);
		assert_true(taut_ising_value(&value, &spins, -25, 2)); /* f >= -3.1 */
		assert_int_equal(value, 5 - sign * 3);
		assert_true(taut_ising_value(&value, &spins, -23, 2));
		assert_int_equal(value, 5 + 0 * sign);
		assert_false(taut_ising_value(&value, &spins, (taut_int128)INT64_MAX * 8, 1));
		taut_ising_fini(&spins);
		taut_model_free(m[sense]);
	}
}

/* A torus of 50 x 80 random signs: 0.78 of the vertices or a little more, as of the G-set's (G57:
 * 3888 of 5000), and no cut that a descent finds is better. */
static void large_torus(void **state)
{
	enum { ROWS = 50, COLUMNS = 80, N = ROWS * COLUMNS };
	static uint8_t x[N];
	taut_model    *m = new_model(N, true);
	taut_rng       rng;
	taut_bound     b;
	bool           moved = true;

	(void)state;
	taut_rng_init(&rng, SEED, 4);
	for (uint32_t i = 0; i < ROWS; i++)
		for (uint32_t j = 0; j < COLUMNS; j++) {
			add_edge(m, i * COLUMNS + j, i * COLUMNS + (j + 1) % COLUMNS,
			         taut_rng_below(&rng, 2) ? 1 : -1);
			add_edge(m, i * COLUMNS + j, (i + 1) % ROWS * COLUMNS + j,
			         taut_rng_below(&rng, 2) ? 1 : -1);
		}
	finished(m);
	assert_int_equal(taut_bound_sdp(&b, m, &CTX, NULL), TAUT_OK);
	assert_true(b.known);
	assert_string_equal(b.kind, "sdp");
	assert_true(b.value <= N * 80 / 100);
	while (moved) {
		moved = false;
		for (uint32_t i = 0; i < N; i++) {
			int64_t gain = m->linear[i];

			for (size_t e = m->quad_row[i]; e < m->quad_row[i + 1]; e++)
				gain += x[m->quad_col[e]] ? m->quad_coef[e] : 0;
			if ((x[i] ? -gain : gain) <= 0)
				continue;
			x[i] ^= 1;
			moved = true;
		}
	}
	assert_true(taut_model_objective(m, x) > N / 2);
	valid(&b, m, taut_model_objective(m, x));
	taut_model_free(m);
}

static void without_terms_and_stopped(void **state)
{
	const volatile int stop = 1;
	const taut_ctx     stopped = {.threads = 1, .stop = &stop};
	taut_model        *m = finished(new_model(3, false));
	taut_rng           rng;
	taut_bound         b;

	(void)state;
	assert_int_equal(taut_bound_compute(&b, m, &CTX, NULL), TAUT_OK);
	assert_true(b.known && b.value == 0);
	taut_model_free(m);
	m = new_model(3, true); /* linear: the sum of what helps */
	add(m, 0, 0, 5);
	add(m, 1, 1, -2);
	add(m, 2, 2, 4);
	assert_int_equal(taut_bound_compute(&b, finished(m), &CTX, NULL), TAUT_OK);
	assert_true(b.known && b.value == 9);
	taut_model_free(m);
	taut_rng_init(&rng, SEED, 2);
	for (int round = 0; round < 100; round++) {
		int8_t fixed[N_MAX];

		m = random_model(&rng, round);
		assert_int_equal(taut_bound_compute(&b, m, &stopped, NULL), TAUT_OK);
		valid(&b, m, optimum(m, NULL));
		assert_int_equal(taut_bound_roof(&b, fixed, m, &stopped, NULL), TAUT_OK);
		valid(&b, m, optimum(m, fixed));
		taut_model_free(m);
	}
}

/* Every allocation fails once. Effective in builds with TAUT_FAULTS. */
static void faults(void **state)
{
	taut_rng    rng;
	taut_model *m;
	taut_bound  b;
	long        nth = 1;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: this build has no allocation faults\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 3);
	m = random_model(&rng, 16 * 16 + 1);
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
	valid(&b, m, optimum(m, NULL));
	taut_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_beaten),
		cmocka_unit_test(cycle_of_five),
		cmocka_unit_test(exact_without_frustration),
		cmocka_unit_test(indefinite_does_not_pass),
		cmocka_unit_test(limits_of_the_factor),
		cmocka_unit_test(near_overflow),
		cmocka_unit_test(rounding),
		cmocka_unit_test(large_torus),
		cmocka_unit_test(without_terms_and_stopped),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
