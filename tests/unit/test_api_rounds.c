/* The library's callback of rounds: what it is told, and that it can cancel. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>

#include "taut/taut.h"

enum { N = 12, ROUNDS = 3 };

typedef struct {
	uint64_t rounds, samples, proposals;
	double   objective, bound;
	uint64_t cancel_at; /* 0: never */
} seen;

static int watch(void *payload, const taut_round_seen *round)
{
	seen *s = payload;

	s->rounds++;
	assert_int_equal(round->round, s->rounds);
	assert_string_equal(round->method, "subgradient");
	assert_int_equal(round->reads, 4);
	assert_int_equal(round->sweeps, 10);
	assert_int_equal(round->samples, 4);
	assert_int_equal(round->rows, 2);
	assert_true(round->round > 1 || round->multipliers); /* later ones may all be 0 */
	for (uint32_t k = 0; round->multipliers && k < round->rows; k++)
		assert_true(round->multipliers[k] >= 0);
	assert_true(round->proposals > s->proposals);
	assert_true(round->has_objective && round->has_bound);
	assert_true(round->objective >= s->objective);
	s->proposals = round->proposals;
	s->samples += round->samples;
	s->objective = round->objective;
	s->bound = round->bound;
	return s->cancel_at == s->rounds;
}

static taut_solution *solved(seen *s)
{
	static const char *const OPTIONS[][2] = {{"method", "subgradient"},
	                                         {"rounds", "3"},
	                                         {"reads", "4"},
	                                         {"sweeps", "10"},
	                                         {"local-search", "off"}};
	const taut_watch         w = {.round = watch, .payload = s};
	taut_settings           *settings = NULL;
	taut_solution           *solution = NULL;
	taut_input              *input = NULL;
	double                   profit[N], first[N], second[N];
	taut_error               err;

	for (int i = 0; i < N; i++) {
		profit[i] = 20 + i * 7 % 13;
		first[i] = 10 + i * 5 % 11;
		second[i] = 9 + i * 3 % 17;
	}
	assert_int_equal(taut_input_program(&input, "k", N, TAUT_MAXIMISE, &err), TAUT_OK);
	assert_int_equal(taut_input_add_linear(input, N, NULL, profit, &err), TAUT_OK);
	assert_int_equal(taut_input_add_row(input, "a", N, NULL, first, -INFINITY, 90, &err), TAUT_OK);
	assert_int_equal(taut_input_add_row(input, "b", N, NULL, second, -INFINITY, 80, &err), TAUT_OK);
	assert_int_equal(taut_settings_new(&settings, &err), TAUT_OK);
	for (size_t k = 0; k < sizeof OPTIONS / sizeof OPTIONS[0]; k++)
		assert_int_equal(taut_settings_set(settings, OPTIONS[k][0], OPTIONS[k][1], &err),
		                 TAUT_OK);
	assert_int_equal(taut_input_solve(&solution, input, 0, settings, &w, &err), TAUT_OK);
	taut_settings_free(settings);
	taut_input_free(input);
	return solution;
}

static void rounds_are_told(void **state)
{
	seen               s = {0};
	taut_solution     *solution = solved(&s);
	const taut_answer *a = taut_solution_answer(solution);

	(void)state;
	assert_true(s.rounds >= 1 && s.rounds <= ROUNDS); /* a proof ends the loop */
	assert_int_equal(s.samples, a->samples);
	assert_true(s.objective == a->objective);
	assert_true(a->has_bound && s.bound == a->bound);
	assert_false(a->interrupted);
	taut_solution_free(solution);
}

static void they_can_cancel(void **state)
{
	seen           s = {.cancel_at = 1};
	taut_solution *solution = solved(&s);

	(void)state;
	assert_int_equal(s.rounds, 1);
	assert_true(taut_solution_answer(solution)->interrupted);
	taut_solution_free(solution);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_are_told),
		cmocka_unit_test(they_can_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
