/* The sparse factorisation: its order is a permutation, its columns are the fill of eliminating in
 * that order, and it completes for matrices whose least eigenvalue is known to be above 0 and not
 * for those below. */
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
#include "bound/definite.h"

enum { SEED = 20250520, N_MAX = 900, ENTRIES_MAX = 40 * N_MAX, SMALL = 40, LIMIT = 1 << 20 };

static const taut_ctx CTX = {.threads = 1};

typedef struct {
	uint32_t n;
	size_t   row[N_MAX + 1];
	uint32_t col[ENTRIES_MAX];
	double   value[ENTRIES_MAX];
	double   diagonal[N_MAX]; /* sum of magnitudes of the row */
	int      weight[N_MAX][N_MAX];
} matrix;

static matrix M;

static taut_couplings couplings(void)
{
	size_t at = 0;

	for (uint32_t i = 0; i < M.n; i++) {
		M.row[i] = at;
		M.diagonal[i] = 0.0;
		for (uint32_t j = 0; j < M.n; j++) {
			if (j == i || M.weight[i][j] == 0)
				continue;
			assert_in_range(at, 0, ENTRIES_MAX - 1);
			M.col[at] = j;
			M.value[at++] = M.weight[i][j];
			M.diagonal[i] += abs(M.weight[i][j]);
		}
	}
	M.row[M.n] = at;
	return (taut_couplings){.n = M.n, .row = M.row, .col = M.col, .value = M.value};
}

static void put(uint32_t i, uint32_t j, int w)
{
	M.weight[i][j] = M.weight[j][i] = w;
}

static void start(uint32_t n)
{
	memset(&M, 0, sizeof M);
	M.n = n;
}

/* A connected graph of `more` random edges beside a random tree; all weights negative. */
static taut_couplings random_graph(taut_rng *rng, uint32_t n, uint32_t more, bool hub)
{
	start(n);
	for (uint32_t i = 1; i < n; i++)
		put(i, (uint32_t)taut_rng_below(rng, i), -1 - (int)taut_rng_below(rng, 9));
	for (uint32_t k = 0; k < more; k++) {
		const uint32_t i = (uint32_t)taut_rng_below(rng, n);
		const uint32_t j = (uint32_t)taut_rng_below(rng, n);

		if (i != j)
			put(i, j, -1 - (int)taut_rng_below(rng, 9));
	}
	for (uint32_t i = 0; hub && i + 1 < n; i++)
		put(i, n - 1, -1);
	return couplings();
}

/* Eliminates in places and compares each column's rows with the list. */
static void compare_fill(const taut_elimination *e, const taut_couplings *a, bool hub)
{
	static bool near[SMALL][SMALL];
	bool        taken[SMALL] = {false};

	memset(near, 0, sizeof near);
	for (uint32_t v = 0; v < a->n; v++) {
		assert_in_range(e->place[v], 0, a->n - 1);
		assert_false(taken[e->place[v]]);
		taken[e->place[v]] = true;
		for (size_t k = a->row[v]; k < a->row[v + 1]; k++)
			near[e->place[v]][e->place[a->col[k]]] = true;
	}
	if (hub)
		assert_int_equal(e->place[a->n - 1], a->n - 1);
	for (uint32_t c = 0; c < e->head; c++) {
		size_t at = e->first[c];

		for (uint32_t r = c + 1; r < a->n; r++) {
			if (!near[c][r] && !(hub && r == a->n - 1))
				continue;
			assert_true(at < e->first[c + 1]);
			assert_int_equal(e->row[at++], r);
			for (uint32_t s = c + 1; s < a->n; s++)
				if (s != r && near[c][s])
					near[r][s] = true;
		}
		assert_int_equal(at, e->first[c + 1]);
	}
}

static void columns_are_the_fill(void **state)
{
	taut_rng rng;
	uint64_t head = 0;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int round = 0; round < 300; round++) {
		const uint32_t   n = 2 + (uint32_t)taut_rng_below(&rng, SMALL - 1);
		const bool       hub = round % 3 == 0;
		taut_couplings   a = random_graph(&rng, n, (uint32_t)(round % 60), hub);
		taut_elimination e;
		bool             fits;

		assert_int_equal(taut_elimination_init(&e, &fits, &a, hub, LIMIT, &CTX, NULL),
		                 TAUT_OK);
		assert_true(fits);
		compare_fill(&e, &a, hub);
		head += e.head;
		taut_elimination_fini(&e);
	}
	assert_true(head > 2000);
}

/* Does diagonal * scale + shift complete, twice in a row? */
static bool completes(const taut_couplings *a, bool hub, double scale, double shift)
{
	double        diagonal[N_MAX];
	taut_definite d;
	bool          fits, done;

	for (uint32_t i = 0; i < a->n; i++)
		diagonal[i] = M.diagonal[i] * scale + shift;
	assert_int_equal(taut_definite_init(&d, &fits, a, hub, LIMIT, &CTX, NULL), TAUT_OK);
	assert_true(fits);
	done = taut_definite_factor(&d, diagonal, &CTX);
	assert_int_equal(taut_definite_factor(&d, diagonal, &CTX), done);
	taut_definite_fini(&d);
	return done;
}

/* A Laplacian's least eigenvalue is 0. */
static void laplacians(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 60; round++) {
		const uint32_t n = 2 + (uint32_t)taut_rng_below(&rng, 300);
		const bool     hub = round % 3 == 0;
		taut_couplings a = random_graph(&rng, n, n * (uint32_t)(round % 4) / 2, hub);

		for (double shift = 1.0; shift > 1e-7; shift *= 0.1) {
			assert_true(completes(&a, hub, 1.0, shift));
			assert_false(completes(&a, hub, 1.0, -shift));
		}
	}
}

/* A torus of signs with a frustrated edge: only the sum of magnitudes on the diagonal is known to
 * do. Without signs the least eigenvalue of d - A is d - 4. */
static void tori(void **state)
{
	enum { SIDE = 30 };
	taut_couplings a;

	(void)state;
	start(SIDE * SIDE);
	for (uint32_t i = 0; i < SIDE; i++)
		for (uint32_t j = 0; j < SIDE; j++) {
			put(i * SIDE + j, i * SIDE + (j + 1) % SIDE, 1);
			put(i * SIDE + j, (i + 1) % SIDE * SIDE + j, 1);
		}
	a = couplings(); /* SIDE is even: the spectrum is symmetric */
	assert_true(completes(&a, false, 1.0, 1e-8));
	assert_false(completes(&a, false, 1.0, -1e-8));
	put(0, 1, -1);
	a = couplings();
	assert_true(completes(&a, false, 1.0, 0.0));
	assert_false(completes(&a, false, 0.5, 0.0));
	assert_false(completes(&a, false, 1.0, (double)NAN));
}

/* Every allocation fails once. Effective in builds with TAUT_FAULTS. */
static void faults(void **state)
{
	taut_rng       rng;
	taut_couplings a;
	long           nth = 1;

	(void)state;
	if (!taut_faults_built()) {
		print_message("SKIPPED: this build has no allocation faults\n");
		skip();
	}
	taut_rng_init(&rng, SEED, 2);
	a = random_graph(&rng, 60, 30, true);
	for (;; nth++) {
		taut_error    err = {TAUT_OK, ""};
		taut_definite d;
		taut_status   st;
		bool          fits;

		taut_faults_arm(nth, 0);
		st = taut_definite_init(&d, &fits, &a, true, LIMIT, &CTX, &err);
		taut_faults_arm(0, 0);
		taut_definite_fini(&d);
		if (st == TAUT_OK)
			break;
		assert_int_equal(st, TAUT_ENOMEM);
		assert_true(err.text[0] != 0);
	}
	assert_true(nth > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_the_fill),
		cmocka_unit_test(laplacians),
		cmocka_unit_test(tori),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
