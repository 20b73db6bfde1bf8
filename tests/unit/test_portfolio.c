/* The portfolio: which arms a backend's algorithms allow, where they start, how they grow, and that
 * the sequence is the seed's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "backend/backend.h"
#include "flow/portfolio.h"

enum { SA = 1u << TAUT_ALGORITHM_SA, ROUNDS = 60 };

/* A chain of 40 spins with fields. */
enum { N = 40 };

typedef struct {
	int32_t      linear[N];
	uint64_t     row[N + 1];
	uint32_t     col[2 * N];
	int32_t      coef[2 * N];
	taut_problem problem;
} chain;

static void chain_init(chain *g)
{
	uint64_t k = 0;

	*g = (chain){.problem = {.n = N}};
	g->problem.linear = g->linear;
	g->problem.row = g->row;
	g->problem.col = g->col;
	g->problem.coef = g->coef;
	for (uint32_t i = 0; i < N; i++) {
		g->linear[i] = (int32_t)(i * i % 11) - 5;
		if (i > 0) {
			g->col[k] = i - 1;
			g->coef[k++] = 3 - (int32_t)(i % 7);
		}
		if (i + 1 < N) {
			g->col[k] = i + 1;
			g->coef[k++] = 3 - (int32_t)((i + 1) % 7);
		}
		g->row[i + 1] = k;
	}
}

static taut_schedule first_schedule(uint64_t round)
{
	return (taut_schedule){.algorithm = TAUT_ALGORITHM_SA,
	                       .acceptance = TAUT_ACCEPTANCE_METROPOLIS,
	                       .reads = 8,
	                       .sweeps = 4,
	                       .seed = round,
	                       .t_hot = 8.0,
	                       .t_cold = 0.5};
}

/* One round on the cpu; the schedule that was annealed. */
static taut_schedule turn(taut_portfolio *p, taut_backend *b, uint64_t round)
{
	const taut_ctx      ctx = {.threads = 1};
	taut_schedule       s = first_schedule(round);
	taut_samples       *samples = NULL;
	const taut_samples *refined;
	bool                finished;

	taut_portfolio_plan(&s, p);
	assert_int_equal(b->ops->run(&samples, &finished, b, &s, &ctx, NULL), TAUT_OK);
	assert_int_equal(taut_portfolio_take(p, samples, &ctx, NULL), TAUT_OK);
	refined = taut_portfolio_refined(p);
	assert_non_null(refined);
	for (size_t r = 0; r < samples->count; r++)
		assert_true(refined->energy[0] <= samples->energy[r]);
	taut_samples_free(samples);
	return s;
}

static taut_backend *open_cpu(const taut_problem *problem)
{
	taut_backend *b;

	assert_int_equal(taut_backend_find(TAUT_BACKEND_CPU)->open(&b, NULL, NULL), TAUT_OK);
	assert_int_equal(b->ops->load(b, problem, NULL), TAUT_OK);
	return b;
}

static void rounds_start_from_elites_and_grow(void **state)
{
	chain                 g;
	taut_portfolio       *p;
	taut_backend         *b;
	taut_portfolio_result report;
	uint64_t              rounds = 0;
	uint64_t              longest = 0;
	double                share = 0.0;
	double                success = 0.0;
	bool                  warm = false;

	(void)state;
	chain_init(&g);
	b = open_cpu(&g.problem);
	assert_int_equal(taut_portfolio_new(&p, &g.problem, SA, 1, NULL), TAUT_OK);
	for (uint64_t k = 0; k < ROUNDS; k++) {
		taut_schedule s = turn(p, b, k);

		if (k == 0) /* no elites yet: random starts, the whole range */
			assert_true(!s.initial && s.t_hot == 8.0 && s.sweeps == 4);
		assert_true(s.t_cold == 0.5 && s.t_hot >= s.t_cold && s.t_hot <= 8.0);
		assert_true((s.initial == NULL) == (s.t_hot == 8.0));
		assert_true(s.sweeps % 4 == 0 && (s.sweeps & (s.sweeps - 1)) == 0);
		warm = warm || s.initial;
		longest = s.sweeps > longest ? s.sweeps : longest;
	}
	assert_true(warm && longest >= 16);
	taut_portfolio_report(&report, p);
	assert_true(report.n > 2);
	for (size_t a = 0; a < report.n; a++) {
		assert_non_null(report.arms[a].name);
		assert_true(report.arms[a].rounds > 0 && report.arms[a].proposals > 0);
		rounds += report.arms[a].rounds;
		share += report.arms[a].share;
		success += report.arms[a].success;
	}
	assert_int_equal(rounds, ROUNDS);
	assert_true(share > 0.999 && share < 1.001);
	assert_true(success > 0.0);
	taut_portfolio_free(p);
	b->ops->close(b);
}

static uint32_t arms_of(taut_portfolio_result *out, const taut_problem *problem,
                        uint32_t algorithms)
{
	taut_portfolio *p;

	assert_int_equal(taut_portfolio_new(&p, problem, algorithms, 1, NULL), TAUT_OK);
	taut_portfolio_report(out, p);
	taut_portfolio_free(p);
	return (uint32_t)out->n;
}

static void arms_are_the_backend_s(void **state)
{
	chain                 g;
	taut_portfolio       *p;
	taut_portfolio_result some;
	taut_portfolio_result all;
	taut_matrix          *matrix;
	int32_t               linear[N] = {0};
	taut_problem          dense = {.n = N, .linear = linear, .dense_factor = 1};

	(void)state;
	chain_init(&g);
	assert_int_equal(taut_matrix_new(&matrix, N, NULL), TAUT_OK);
	dense.dense = matrix;
	/* sparse couplings are refined; tabu search is for the others */
	assert_int_equal(arms_of(&some, &g.problem, SA), arms_of(&all, &g.problem, ~0u));
	assert_true(arms_of(&some, &dense, SA) > 1);
	assert_int_equal(arms_of(&all, &dense, ~0u), some.n + 1);
	taut_matrix_release(matrix);
	for (size_t a = 0; a < some.n; a++)
		assert_memory_equal(some.arms[a].name, "sa", 2);
	/* none at all: plain annealing is left, for the backend to refuse or to ignore */
	assert_int_equal(taut_portfolio_new(&p, &g.problem, 0, 1, NULL), TAUT_OK);
	taut_portfolio_report(&some, p);
	taut_portfolio_free(p);
	assert_int_equal(some.n, 1);
}

static void the_sequence_is_the_seed_s(void **state)
{
	chain           g;
	taut_portfolio *p[3];
	taut_backend   *b;
	int             differ = 0;

	(void)state;
	chain_init(&g);
	b = open_cpu(&g.problem);
	for (int k = 0; k < 3; k++)
		assert_int_equal(taut_portfolio_new(&p[k], &g.problem, SA, k == 2, NULL), TAUT_OK);
	for (uint64_t k = 0; k < ROUNDS; k++) {
		const taut_schedule s = turn(p[0], b, k);
		const taut_schedule t = turn(p[1], b, k);
		const taut_schedule u = turn(p[2], b, k);

		assert_true(s.t_hot == t.t_hot && s.sweeps == t.sweeps);
		differ += s.t_hot != u.t_hot;
	}
	assert_true(differ > 5);
	for (int k = 0; k < 3; k++)
		taut_portfolio_free(p[k]);
	b->ops->close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_start_from_elites_and_grow),
		cmocka_unit_test(arms_are_the_backend_s),
		cmocka_unit_test(the_sequence_is_the_seed_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
