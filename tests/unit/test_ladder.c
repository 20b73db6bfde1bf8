/* Ladders found by the pilot: where they stand, how evenly they exchange, and that they are the
 * same from the same seed. */
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "backend/ladder.h"
#include "backend_fixture.h"

enum { SEED = 20250812 };

static taut_backend *loaded(taut_backend_name name, const taut_problem *p)
{
	taut_backend *b;

	assert_int_equal(taut_backend_find(name)->open(&b, NULL, NULL), TAUT_OK);
	assert_int_equal(b->ops->load(b, p, NULL), TAUT_OK);
	return b;
}

static const taut_schedule SCHEDULE = {.algorithm = TAUT_ALGORITHM_PT,
                                       .reads = 64,
                                       .sweeps = 1000,
                                       .seed = 9,
                                       .t_hot = 40.0,
                                       .t_cold = 1.0};

static void plan(taut_ladder *l, taut_schedule *s, uint64_t *proposals, taut_backend *b)
{
	const taut_ctx ctx = {.threads = 2};

	assert_int_equal(taut_ladder_plan(l, s, proposals, b, &ctx, NULL), TAUT_OK);
	assert_ptr_equal(s->rungs, l->rung);
	assert_in_range(s->n_rungs, 4, TAUT_RUNGS_MAX);
	assert_int_equal(64 % s->n_rungs, 0);
	assert_true(s->rungs[0] == s->t_cold);
	for (uint32_t r = 1; r < s->n_rungs; r++)
		assert_true(s->rungs[r] >= s->rungs[r - 1]);
	assert_true(s->rungs[s->n_rungs - 1] <= s->t_hot * (1.0 + 1e-12));
}

/* Shares of exchanges accepted on the ladder, in a run of its own. */
static void rates(double *least, double *most, taut_backend *b, const taut_schedule *schedule)
{
	const taut_ctx ctx = {.threads = 2};
	taut_schedule  s = *schedule;
	taut_samples  *samples;
	bool           finished;

	s.seed++;
	s.sweeps = 4000;
	assert_int_equal(b->ops->run(&samples, &finished, b, &s, &ctx, NULL), TAUT_OK);
	*least = 1.0;
	*most = 0.0;
	for (uint32_t k = 0; k + 1 < s.n_rungs; k++) {
		const double rate = (double)samples->exchanges_accepted[k] /
		                    (double)samples->exchanges_proposed[k];

		*least = rate < *least ? rate : *least;
		*most = rate > *most ? rate : *most;
	}
	taut_samples_free(samples);
}

static void test_even_rates(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (uint32_t n = 30; n <= 300; n *= 3) {
		taut_problem *p = bits_problem(n, 8.0 / n, 9, false, &rng);
		taut_backend *b = loaded(TAUT_BACKEND_CPU, p);
		taut_schedule s = SCHEDULE;
		taut_schedule again = SCHEDULE;
		taut_ladder   l = {0};
		taut_ladder   same = {0};
		uint64_t      proposals = 0;
		uint64_t      none = 0;
		double        least;
		double        most;

		plan(&l, &s, &proposals, b);
		assert_true(proposals > 64u * n * s.sweeps / 8);
		assert_true(proposals < 64u * n * s.sweeps / 2);
		rates(&least, &most, b, &s);
		print_message("n %u: %u rungs, exchange rates %.2f to %.2f\n", n, s.n_rungs, least,
		              most);
		assert_true(least > 0.3);
		assert_true(most - least < 0.4);
		plan(&same, &again, &none, b);
		assert_int_equal(none, proposals);
		assert_memory_equal(same.rung, l.rung, sizeof l.rung);
		/* the same ladder elsewhere costs nothing */
		none = 0;
		again.t_hot *= 7.0;
		again.t_cold *= 7.0;
		plan(&same, &again, &none, b);
		assert_int_equal(none, 0);
		for (uint32_t r = 0; r < l.n; r++)
			assert_true(fabs(same.rung[r] / l.rung[r] - 7.0) < 1e-9);
		b->ops->close(b);
		taut_problem_free(p);
	}
}

/* More rungs would be wanted than there are: the ladder is cut above. */
static void test_cut(void **state)
{
	taut_problem *p;
	taut_backend *b;
	taut_schedule s = SCHEDULE;
	taut_ladder   l = {0};
	uint64_t      proposals = 0;
	double        least;
	double        most;
	taut_rng      rng;

	(void)state;
	taut_rng_init(&rng, SEED, 2);
	p = bits_problem(4000, 0.0005, 9, false, &rng);
	b = loaded(TAUT_BACKEND_CPU, p);
	s.sweeps = 300;
	s.t_cold = 0.2;
	plan(&l, &s, &proposals, b);
	assert_int_equal(s.n_rungs, 64);
	assert_true(s.rungs[63] < s.t_hot);
	rates(&least, &most, b, &s);
	print_message("cut at %.3g: exchange rates %.2f to %.2f\n", s.rungs[63], least, most);
	assert_true(least > 0.05);
	b->ops->close(b);
	taut_problem_free(p);
}

/* Counts of exchanges move the rungs: those beside a pair that never exchanges come nearer. */
static void test_learning(void **state)
{
	taut_ladder  l = {.n = 5, .place = {0.0, 0.25, 0.5, 0.75, 1.0}, .refused = 0.5};
	taut_samples samples = {.n_rungs = 5};

	(void)state;
	for (uint32_t k = 0; k < 4; k++) {
		samples.exchanges_proposed[k] = 10000;
		samples.exchanges_accepted[k] = k == 2 ? 1000 : 9000;
	}
	taut_ladder_learn(&l, &samples);
	assert_int_equal(l.n, 4);
	assert_true(fabs(l.refused - 0.4) < 0.001);
	assert_true(l.place[0] == 0.0);
	assert_true(l.place[1] > 0.5 && l.place[1] < 0.75); /* past two easy pairs */
	assert_true(l.place[2] > l.place[1] && l.place[2] < 0.75);
	assert_true(fabs(l.place[3] - 1.0) < 1e-12);
	/* another run's counts are not its own */
	samples.n_rungs = 0;
	l.place[1] = 0.3;
	taut_ladder_learn(&l, &samples);
	assert_true(l.place[1] == 0.3);
}

/* Nothing to anneal, one temperature, or energies that never change: still a ladder. */
static void test_degenerate(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 3);
	for (int kind = 0; kind < 4; kind++) {
		taut_problem *p = kind == 0   ? bits_problem(5, 0.0, 0, false, &rng)
		                  : kind == 1 ? permutation_problem(1, BOTH_SYMMETRIC, 1.0, 3, &rng)
		                              : bits_problem(20, 0.5, 5, true, &rng);
		taut_backend *b = loaded(kind == 3 ? TAUT_BACKEND_NONE : TAUT_BACKEND_CPU, p);
		taut_schedule s = SCHEDULE;
		taut_ladder   l = {0};
		uint64_t      proposals = 0;

		if (kind == 2)
			s.t_hot = s.t_cold;
		s.sweeps = 1;
		plan(&l, &s, &proposals, b);
		b->ops->close(b);
		taut_problem_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_even_rates),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_learning),
		cmocka_unit_test(test_degenerate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
