/* The public calls: what is built in memory is what is solved, what is wrong is refused, callbacks
 * and other threads can end a solve, nothing is lost when memory runs out. The installed library is
 * tested by tests/consumer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "api/number.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "taut/taut.h"

static taut_settings *settings_of(const char *const *pairs)
{
	taut_settings *s;
	taut_error     err;

	assert_int_equal(taut_settings_new(&s, &err), TAUT_OK);
	for (; *pairs; pairs += 2)
		if (taut_settings_set(s, pairs[0], pairs[1], &err) != TAUT_OK)
			fail_msg("%s", err.text);
	return s;
}

/* Small and quick. */
static taut_settings *quick(void)
{
	static const char *const pairs[] = {"reads", "8", "sweeps", "50", "threads", "2", NULL};

	return settings_of(pairs);
}

static taut_solution *solve(const taut_input *input, const taut_settings *settings,
                            const taut_watch *watch)
{
	taut_solution *solution;
	taut_error     err;

	if (taut_input_solve(&solution, input, 0, settings, watch, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	return solution;
}

static void numbers(void **state)
{
	static const struct {
		double  x;
		int64_t value;
		int32_t decimals;
	} cases[] = {
		{0, 0, 0},
		{-3, -3, 0},
		{0.1, 1, 1},
		{-2.5, -25, 1},
		{0.7, 7, 1},
		{1e15, 1000000000000000, 0},
		{4611686018427387904.0, INT64_C(4611686018427387904), 0},
		{-9223372036854775808.0, INT64_MIN, 0},
		{123456.789012345, 123456789012345, 9},
		{0.123456789012345, 123456789012345, 15},
		{1e-15, 1, 15},
		{99999999999999.9, 999999999999999, 1},
	};
	static const double refused[] = {1.0 / 3, 0.1 + 0.2, 1e-16,    1e19,
	                                 -1e19,   NAN,       INFINITY, 9223372036854775808.0};
	taut_decimal        x;
	taut_error          err;

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
		assert_int_equal(taut_number_exact(&x, cases[k].x, &err), TAUT_OK);
		assert_int_equal(x.value, cases[k].value);
		assert_int_equal(x.decimals, cases[k].decimals);
	}
	for (size_t k = 0; k < sizeof refused / sizeof refused[0]; k++) {
		err.text[0] = '\0';
		assert_int_equal(taut_number_exact(&x, refused[k], &err), TAUT_EINPUT);
		assert_true(strlen(err.text) > 10);
	}
}

/* Every decimal of up to 15 digits, as the nearest double, comes back as itself. */
static void random_decimals(void **state)
{
	const uint64_t seed = 20261120;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (uint64_t k = 0; k < 200000; k++) {
		int32_t      digits = 1 + (int32_t)(taut_mix64(seed + 3 * k) % 15);
		int32_t      decimals = (int32_t)(taut_mix64(seed + 3 * k + 1) % 16);
		int64_t      value = (int64_t)(taut_mix64(seed + 3 * k + 2) %
                                          (uint64_t)taut_power_of_ten(digits));
		taut_decimal x;
		assert_int_equal(
			taut_number_exact(&x, taut_decimal_to_double(value, decimals), NULL),
			TAUT_OK);
		while (decimals > 0 && value % 10 == 0) {
			value /= 10;
			decimals--;
		}
		assert_int_equal(x.value, value);
		assert_int_equal(x.decimals, decimals);
	}
}

static void settings(void **state)
{
	static const char *const wrong[][3] = {
		{"reds", "4", "did you mean 'reads'"},
		{"reads", "0", "outside 1 to"},
		{"reads", "many", "reads"},
		{"method", "slak", "did you mean 'slack'"},
		{"best-known", "high", "best-known"},
		{"json", "true", "not the library's"},
		{"output", "file", "not the library's"},
		{"", "1", "unknown option"},
	};
	taut_settings *s;
	taut_error     err;

	(void)state;
	assert_int_equal(taut_settings_new(&s, &err), TAUT_OK);
	assert_int_equal(taut_settings_set(s, "time-limit", "2.5", &err), TAUT_OK);
	assert_int_equal(taut_settings_set(s, "time_limit", "0", &err), TAUT_OK);
	assert_int_equal(taut_settings_set(s, "solver.time_limit", "0", &err), TAUT_OK);
	assert_int_equal(taut_settings_set(s, "best-known", "5", &err), TAUT_OK);
	assert_int_equal(taut_settings_set(s, "best-known", "29", &err), TAUT_OK);
	for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
		assert_int_equal(taut_settings_set(s, wrong[k][0], wrong[k][1], &err), TAUT_EUSAGE);
		if (!strstr(err.text, wrong[k][2]))
			fail_msg("'%s' lacks '%s'", err.text, wrong[k][2]);
	}
	assert_int_equal(taut_settings_set(s, "best-known", "high", NULL), TAUT_EUSAGE);
	/* what was refused has left no trace: the value before it is used */
	{
		const uint32_t u = 0;
		const uint32_t v = 1;
		taut_input    *input;
		taut_solution *solution;
		assert_int_equal(taut_input_maxcut(&input, "edge", 2, 1, &u, &v, NULL, &err),
		                 TAUT_OK);
		solution = solve(input, s, NULL);
		assert_non_null(strstr(taut_solution_json(solution), "\"best_known\":29,"));
		taut_solution_free(solution);
		taut_input_free(input);
	}
	taut_settings_free(s);
	taut_settings_free(NULL);
}

/* The program of tests/consumer/example.c, in several steps. */
static taut_status projects(taut_input **out, taut_error *err)
{
	static const double   value[] = {12, 9.5, 7, 14, 6, 8};
	static const double   cost[] = {4, 3, 2, 5, 1.5, 2.5};
	static const uint32_t sites[] = {0, 3, 5};
	static const uint32_t three[] = {3, 4};
	static const uint32_t four[] = {4, 4};
	static const double   extra[] = {2, -0.25};
	static const uint32_t pair[] = {1, 4};
	taut_status           st = taut_input_program(out, "projects", 6, TAUT_MAXIMISE, err);

	if (st == TAUT_OK)
		st = taut_input_add_linear(*out, 6, NULL, value, err);
	if (st == TAUT_OK)
		st = taut_input_add_quadratic(*out, 2, three, four, extra, err);
	if (st == TAUT_OK)
		st = taut_input_add_row(*out, "budget", 6, NULL, cost, -INFINITY, 9, err);
	if (st == TAUT_OK)
		st = taut_input_add_conflict(*out, 1, 2, err);
	if (st == TAUT_OK)
		st = taut_input_add_one_hot(*out, "site", 3, sites, err);
	if (st == TAUT_OK)
		st = taut_input_add_at_most_one(*out, NULL, 2, pair, err);
	if (st == TAUT_OK)
		st = taut_input_add_constant(*out, -10, err);
	if (st == TAUT_OK)
		st = taut_input_add_constant(*out, 0.125, err);
	return st;
}

/* 14 + 7 + 6 + 2 - 0.25 - 10 + 0.125 */
static void program(void **state)
{
	taut_settings     *s = quick();
	taut_input        *input;
	taut_solution     *solution;
	const taut_answer *a;
	taut_error         err;

	(void)state;
	assert_int_equal(projects(&input, &err), TAUT_OK);
	assert_int_equal(taut_input_count(input), 1);
	assert_string_equal(taut_input_name(input, 0), "projects");
	assert_null(taut_input_name(input, 1));
	solution = solve(input, s, NULL);
	a = taut_solution_answer(solution);
	assert_int_equal(a->status, TAUT_ANSWER_FEASIBLE);
	assert_string_equal(a->objective_text, "18.875");
	assert_true(a->objective == 18.875);
	assert_int_equal(a->n, 6);
	assert_memory_equal(a->bits, "\0\0\1\1\1\0", 6);
	assert_int_equal(a->violations, 0);
	assert_false(a->interrupted);
	assert_non_null(
		strstr(taut_solution_json(solution), "\"objective\":18.875,\"bits\":\"001110\""));
	taut_solution_free(solution);
	taut_input_free(input);
	taut_settings_free(s);
}

/* A row that nothing fulfils. */
static void infeasible(void **state)
{
	static const double      one[] = {1, 1};
	static const char *const no_repair[] = {"reads",  "8",   "sweeps", "50",
	                                        "repair", "off", NULL};
	taut_settings           *s = settings_of(no_repair);
	taut_input              *input;
	taut_solution           *solution;
	const taut_answer       *a;
	taut_error               err;

	(void)state;
	assert_int_equal(taut_input_program(&input, NULL, 2, TAUT_MINIMISE, &err), TAUT_OK);
	assert_int_equal(taut_input_add_row(input, NULL, 2, NULL, one, 3, INFINITY, &err), TAUT_OK);
	assert_int_equal(taut_input_add_row(input, "free", 2, NULL, one, -INFINITY, INFINITY, &err),
	                 TAUT_OK);
	solution = solve(input, s, NULL);
	a = taut_solution_answer(solution);
	assert_int_equal(a->status, TAUT_ANSWER_INFEASIBLE);
	assert_true(a->proven_infeasible);
	assert_false(a->optimal);
	assert_int_equal(a->violations, 1);
	assert_false(a->has_gap);
	taut_solution_free(solution);
	taut_input_free(input);
	taut_settings_free(s);
}

/* Best of all 2^n; sense +1 minimises. */
static double brute_qubo(uint32_t n, size_t count, const uint32_t *i, const uint32_t *j,
                         const double *q, double sense)
{
	double best = INFINITY;

	for (uint32_t x = 0; x < 1u << n; x++) {
		double e = 0;
		for (size_t k = 0; k < count; k++)
			e += (x >> i[k] & x >> j[k] & 1) ? q[k] : 0;
		if (sense * e < best)
			best = sense * e;
	}
	return sense * best;
}

typedef struct {
	size_t          count;
	const uint32_t *i, *j;
	const double   *q;
	uint64_t        seen;
	double          best;
} sample_check;

static int check_sample(void *payload, const taut_sample *s)
{
	sample_check *c = payload;
	double        e = 0;

	for (size_t k = 0; k < c->count; k++)
		e += s->bits[c->i[k]] && s->bits[c->j[k]] ? c->q[k] : 0;
	assert_true(fabs(e - s->objective) < 1e-9);
	assert_int_equal(s->violations, 0);
	assert_int_equal(s->read, c->seen);
	assert_int_equal(s->round, 1);
	c->best = c->seen == 0 || e < c->best ? e : c->best;
	c->seen++;
	return 0;
}

static void qubo(void **state)
{
	enum { N = 10, TERMS = 30 };
	taut_settings *s = quick();
	uint32_t       i[TERMS];
	uint32_t       j[TERMS];
	double         q[TERMS];
	taut_error     err;

	(void)state;
	for (uint32_t k = 0; k < TERMS; k++) { /* pairs in both orders, repeats, squares */
		i[k] = (uint32_t)(taut_mix64(k) % N);
		j[k] = (uint32_t)(taut_mix64(k + 100) % N);
		q[k] = (double)((int64_t)(taut_mix64(k + 200) % 2001) - 1000) / 100;
	}
	for (int sense = 0; sense < 2; sense++) {
		sample_check       c = {TERMS, i, j, q, 0, 0};
		taut_watch         watch = {.sample = check_sample, .payload = &c};
		taut_input        *input;
		taut_solution     *solution;
		const taut_answer *a;
		double best = brute_qubo(N, TERMS, i, j, q, sense == TAUT_MAXIMISE ? -1 : 1);
		assert_int_equal(taut_input_qubo(&input, "q", N, (taut_direction)sense, TERMS, i, j,
		                                 q, &err),
		                 TAUT_OK);
		solution = solve(input, s, &watch);
		a = taut_solution_answer(solution);
		assert_int_equal(a->status, TAUT_ANSWER_FEASIBLE);
		assert_true(fabs(a->objective - best) < 1e-9);
		assert_int_equal(c.seen, 8);
		assert_int_equal(a->samples, 8);
		assert_int_equal(a->feasible, 8);
		if (sense == TAUT_MINIMISE)
			assert_true(c.best >= best - 1e-9);
		taut_solution_free(solution);
		taut_input_free(input);
	}
	taut_settings_free(s);
}

static void maxcut(void **state)
{
	static const uint32_t u[] = {0, 1, 2, 3, 4};
	static const uint32_t v[] = {1, 2, 3, 4, 0};
	static const double   w[] = {1, 2, 0.5, 2, 3};
	taut_settings        *s = quick();
	taut_input           *input;
	taut_solution        *solution;
	taut_error            err;

	(void)state;
	assert_int_equal(taut_input_maxcut(&input, "ring", 5, 5, u, v, NULL, &err), TAUT_OK);
	solution = solve(input, s, NULL);
	assert_string_equal(taut_solution_answer(solution)->objective_text, "4");
	taut_solution_free(solution);
	taut_input_free(input);
	assert_int_equal(taut_input_maxcut(&input, "ring", 5, 5, u, v, w, &err), TAUT_OK);
	solution = solve(input, s, NULL);
	assert_string_equal(taut_solution_answer(solution)->objective_text, "8"); /* all but 0.5 */
	taut_solution_free(solution);
	taut_input_free(input);
	taut_settings_free(s);
}

static double best_assignment(const double *f, const double *d, uint32_t n, uint32_t *p,
                              uint32_t depth)
{
	double best = INFINITY;

	if (depth == n) {
		best = 0;
		for (uint32_t a = 0; a < n; a++)
			for (uint32_t b = 0; b < n; b++)
				best += f[a * n + b] * d[p[a] * n + p[b]];
		return best;
	}
	for (uint32_t l = 0; l < n; l++) {
		bool   used = false;
		double found;
		for (uint32_t a = 0; a < depth; a++)
			used = used || p[a] == l;
		if (used)
			continue;
		p[depth] = l;
		found = best_assignment(f, d, n, p, depth + 1);
		best = found < best ? found : best;
	}
	return best;
}

static void qap(void **state)
{
	enum { N = 5 };
	taut_settings     *s = quick();
	double             f[N * N];
	double             d[N * N];
	double             value = 0;
	uint32_t           p[N];
	taut_input        *input;
	taut_solution     *solution;
	const taut_answer *a;
	taut_error         err;

	(void)state;
	for (uint32_t k = 0; k < N * N; k++) {
		f[k] = (double)(taut_mix64(k) % 10);
		d[k] = (double)(taut_mix64(k + 50) % 100) / 10;
	}
	assert_int_equal(taut_input_qap(&input, "qap", N, f, d, &err), TAUT_OK);
	solution = solve(input, s, NULL);
	a = taut_solution_answer(solution);
	assert_int_equal(a->n, N * N);
	assert_true(fabs(a->objective - best_assignment(f, d, N, p, 0)) < 1e-9);
	for (uint32_t k = 0; k < N * N; k++) /* variable a * n + l */
		if (a->bits[k])
			p[k / N] = k % N;
	for (uint32_t k = 0; k < N * N; k++)
		value += f[k] * d[p[k / N] * N + p[k % N]];
	assert_true(fabs(value - a->objective) < 1e-9);
	taut_solution_free(solution);
	taut_input_free(input);
	taut_settings_free(s);
}

/* Each failure breaks the program for good. */
static void refused_additions(void **state)
{
	static const uint32_t far[] = {0, 6};
	static const uint32_t near[] = {0, 1};
	static const double   good[] = {1, 2};
	static const double   bad[] = {1, NAN};

	(void)state;
	for (int which = 0; which < 11; which++) {
		taut_input    *input;
		taut_solution *solution = (taut_solution *)far; /* must become NULL */
		taut_error     err = {0};
		taut_status    st = TAUT_OK;
		assert_int_equal(projects(&input, &err), TAUT_OK);
		switch (which) {
		case 0:
			st = taut_input_add_constant(input, 1.0 / 3, &err);
			break;
		case 1:
			st = taut_input_add_linear(input, 2, far, good, &err);
			break;
		case 2:
			st = taut_input_add_linear(input, 2, near, bad, &err);
			break;
		case 3:
			st = taut_input_add_quadratic(input, 2, near, far, good, &err);
			break;
		case 4:
			st = taut_input_add_row(input, "r", 2, far, good, 0, 1, &err);
			break;
		case 5:
			st = taut_input_add_row(input, "r", 2, near, good, 1, 0, &err);
			break;
		case 6:
			st = taut_input_add_row(input, "r", 2, near, good, NAN, 1, &err);
			break;
		case 7:
			st = taut_input_add_row(input, "r", 2, near, good, INFINITY, INFINITY,
			                        &err);
			break;
		case 8:
			st = taut_input_add_conflict(input, 0, 6, &err);
			break;
		case 9:
			st = taut_input_add_conflict(input, 2, 2, &err);
			break;
		case 10:
			st = taut_input_add_one_hot(input, "g", 2, far, &err);
			break;
		}
		if (st != TAUT_EINPUT || err.code != TAUT_EINPUT || strlen(err.text) < 10)
			fail_msg("addition %d: %d '%s'", which, st, err.text);
		assert_int_equal(taut_input_add_linear(input, 2, near, good, &err), TAUT_EUSAGE);
		assert_int_equal(taut_input_solve(&solution, input, 0, NULL, NULL, &err),
		                 TAUT_EUSAGE);
		assert_null(solution);
		taut_input_free(input);
	}
}

/* What only the whole shows is refused by the solve. */
static void refused_solves(void **state)
{
	static const uint32_t twice[] = {1, 1};
	static const double   huge[] = {9e18, 9e18};
	taut_input           *input;
	taut_solution        *solution;
	taut_error            err;

	(void)state;
	assert_int_equal(taut_input_program(&input, "p", 2, TAUT_MINIMISE, &err), TAUT_OK);
	assert_int_equal(taut_input_solve(&solution, input, 1, NULL, NULL, &err), TAUT_EUSAGE);
	assert_int_equal(taut_input_add_one_hot(input, "g", 2, twice, &err), TAUT_OK);
	assert_int_equal(taut_input_solve(&solution, input, 0, NULL, NULL, &err), TAUT_EINPUT);
	assert_null(solution);
	taut_input_free(input);
	assert_int_equal(taut_input_program(&input, "p", 2, TAUT_MINIMISE, &err), TAUT_OK);
	assert_int_equal(taut_input_add_linear(input, 2, NULL, huge, &err), TAUT_OK);
	assert_int_equal(taut_input_solve(&solution, input, 0, NULL, NULL, &err), TAUT_EINPUT);
	taut_input_free(input);
}

static void refused_inputs(void **state)
{
	static const uint32_t u[] = {0, 1};
	static const uint32_t v[] = {1, 1};
	static const uint32_t far[] = {1, 2};
	static const double   w[] = {1, INFINITY};
	taut_input           *input = (taut_input *)u; /* must become NULL */
	taut_error            err;

	(void)state;
	assert_int_equal(taut_input_program(&input, "p", 0, TAUT_MINIMISE, &err), TAUT_EINPUT);
	assert_null(input);
	assert_int_equal(taut_input_program(&input, "p", UINT32_MAX, TAUT_MINIMISE, &err),
	                 TAUT_EINPUT);
	assert_int_equal(taut_input_qubo(&input, "q", 2, TAUT_MINIMISE, 2, u, far, w, &err),
	                 TAUT_EINPUT);
	assert_int_equal(taut_input_qubo(&input, "q", 2, TAUT_MINIMISE, 2, u, v, w, &err),
	                 TAUT_EINPUT);
	assert_non_null(strstr(err.text, "term 1"));
	assert_int_equal(taut_input_maxcut(&input, "m", 2, 2, u, v, NULL, &err), TAUT_EINPUT);
	assert_int_equal(taut_input_maxcut(&input, "m", 2, 2, u, far, NULL, &err), TAUT_EINPUT);
	assert_int_equal(taut_input_maxcut(&input, "m", 3, 2, u, far, w, &err), TAUT_EINPUT);
	assert_int_equal(taut_input_qap(&input, "a", 70000, w, w, &err), TAUT_EINPUT);
	assert_int_equal(taut_input_qap(&input, "a", 0, w, w, NULL), TAUT_EINPUT);
	assert_null(input);
	assert_int_equal(taut_input_maxcut(&input, "m", 3, 2, u, far, NULL, &err), TAUT_OK);
	assert_int_equal(taut_input_add_constant(input, 1, &err), TAUT_EUSAGE);
	taut_input_free(input);
	taut_input_free(NULL);
}

/* A file of two problems; options for the reading and for the solve. */
static void files(void **state)
{
	static const char        path[] = TAUT_SOURCE_DIR "/tests/data/formats/orlib.txt";
	static const char *const second[] = {"index", "2", "best-known", "5", NULL};
	taut_settings           *reading = settings_of(second);
	taut_settings           *s = quick();
	taut_input              *input;
	taut_solution           *solution;
	taut_error               err;

	(void)state;
	assert_int_equal(taut_input_read(&input, path, NULL, &err), TAUT_OK);
	assert_int_equal(taut_input_count(input), 2);
	assert_string_not_equal(taut_input_name(input, 0), taut_input_name(input, 1));
	assert_int_equal(taut_input_solve(&solution, input, 0, s, NULL, &err), TAUT_OK);
	assert_string_equal(taut_solution_answer(solution)->objective_text, "19");
	taut_solution_free(solution);
	assert_int_equal(taut_input_add_constant(input, 1, &err), TAUT_EUSAGE);
	taut_input_free(input);

	assert_int_equal(taut_input_read(&input, path, reading, &err), TAUT_OK);
	taut_settings_free(reading); /* the input has its own copy */
	assert_int_equal(taut_input_count(input), 1);
	solution = solve(input, s, NULL);
	assert_non_null(strstr(taut_solution_json(solution), "\"best_known\":5,"));
	taut_solution_free(solution);
	taut_input_free(input);

	input = (taut_input *)s;
	assert_int_equal(taut_input_read(&input, "no-such-file.yaml", NULL, &err), TAUT_EIO);
	assert_null(input);
	assert_int_equal(taut_input_read(&input, TAUT_SOURCE_DIR "/tests/bad/spec-unknown-key.yaml",
	                                 s, &err),
	                 TAUT_EINPUT);
	assert_non_null(strstr(err.text, "spec-unknown-key.yaml:"));
	taut_settings_free(s);
}

/* A spec's options hold where none are given. */
static void spec(void **state)
{
	static const char *const seven[] = {"reads", "7", "sweeps", "20", NULL};
	taut_settings           *s = settings_of(seven);
	taut_input              *input;
	taut_solution           *solution;
	taut_error               err;

	(void)state;
	assert_int_equal(
		taut_input_read(&input, TAUT_SOURCE_DIR "/formulations/specs/mdkp.yaml", s, &err),
		TAUT_OK);
	solution = solve(input, NULL, NULL);
	assert_non_null(strstr(taut_solution_json(solution), "\"reads\":7,\"sweeps\":20,"));
	taut_solution_free(solution);
	taut_input_free(input);
	taut_settings_free(s);
}

/* 400 vertices, degree 8. */
static taut_input *big_graph(void)
{
	enum { N = 400, EDGES = 1600 };
	uint32_t    u[EDGES];
	uint32_t    v[EDGES];
	taut_input *input;
	taut_error  err;

	for (uint32_t k = 0; k < EDGES; k++) {
		u[k] = k % N;
		v[k] = (u[k] + 1 + (uint32_t)(taut_mix64(k) % (N - 1))) % N;
	}
	assert_int_equal(taut_input_maxcut(&input, "big", N, EDGES, u, v, NULL, &err), TAUT_OK);
	return input;
}

/* Far more work than any test waits for. */
static taut_settings *endless(void)
{
	static const char *const pairs[] = {"sweeps",  "100000000", "reads", "64", "rounds",
	                                    "1000000", "threads",   "2",     NULL};

	return settings_of(pairs);
}

typedef struct {
	int64_t calls;
	int64_t cancel_at;
} counter;

static int count_progress(void *payload, const taut_progress *p)
{
	counter *c = payload;

	assert_int_equal(p->round, c->calls + 1);
	return ++c->calls == c->cancel_at;
}

static int count_sample(void *payload, const taut_sample *s)
{
	counter *c = payload;

	(void)s;
	return ++c->calls == c->cancel_at;
}

static void cancel_by_callback(void **state)
{
	static const char *const rounds[] = {"rounds", "1000000", "reads", "4",
	                                     "sweeps", "4",       NULL};
	taut_settings           *s = settings_of(rounds);
	taut_input              *input = big_graph();
	counter                  c = {0, 3};
	taut_watch               watch = {.progress = count_progress, .payload = &c};
	taut_solution           *solution = solve(input, s, &watch);

	(void)state;
	assert_int_equal(c.calls, 3);
	assert_true(taut_solution_answer(solution)->interrupted);
	assert_int_equal(taut_solution_answer(solution)->status, TAUT_ANSWER_FEASIBLE);
	assert_int_equal(taut_solution_answer(solution)->samples, 12);
	taut_solution_free(solution);
	c = (counter){0, 6};
	watch = (taut_watch){.sample = count_sample, .payload = &c};
	solution = solve(input, s, &watch);
	assert_int_equal(c.calls, 6);
	assert_true(taut_solution_answer(solution)->interrupted);
	taut_solution_free(solution);
	taut_input_free(input);
	taut_settings_free(s);
}

typedef struct {
	const taut_input    *input;
	const taut_settings *settings;
	volatile int         flag;
	taut_solution       *solution;
	taut_status          status;
} job;

static void *run_job(void *payload)
{
	job       *j = payload;
	taut_watch watch = {.cancel = &j->flag};

	j->status = taut_input_solve(&j->solution, j->input, 0, j->settings, &watch, NULL);
	return NULL;
}

static void cancel_from_another_thread(void **state)
{
	taut_settings *s = endless();
	taut_input    *input = big_graph();
	job            j = {input, s, 0, NULL, TAUT_OK};
	pthread_t      thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, run_job, &j), 0);
	__atomic_store_n(&j.flag, 1, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(j.status, TAUT_OK);
	assert_true(taut_solution_answer(j.solution)->interrupted);
	taut_solution_free(j.solution);
	taut_input_free(input);
	taut_settings_free(s);
}

/* One input, one set of settings, several threads: the same answer as alone. */
static void solves_at_once(void **state)
{
	enum { THREADS = 4 };
	taut_settings *s = quick();
	taut_input    *input = big_graph();
	taut_solution *alone = solve(input, s, NULL);
	job            jobs[THREADS];
	pthread_t      threads[THREADS];

	(void)state;
	for (int t = 0; t < THREADS; t++) {
		jobs[t] = (job){input, s, 0, NULL, TAUT_OK};
		assert_int_equal(pthread_create(&threads[t], NULL, run_job, &jobs[t]), 0);
	}
	for (int t = 0; t < THREADS; t++) {
		assert_int_equal(pthread_join(threads[t], NULL), 0);
		assert_int_equal(jobs[t].status, TAUT_OK);
		assert_memory_equal(taut_solution_answer(jobs[t].solution)->bits,
		                    taut_solution_answer(alone)->bits, 400);
		taut_solution_free(jobs[t].solution);
	}
	taut_solution_free(alone);
	taut_input_free(input);
	taut_settings_free(s);
}

/* Everything above once: reading, building, solving with callbacks. */
static taut_status walk(taut_error *err)
{
	static const uint32_t u[] = {0, 1};
	static const double   w[] = {1, 2, 3, 4};
	taut_settings        *s = NULL;
	taut_input           *built = NULL;
	taut_input           *other = NULL;
	taut_input           *cut = NULL;
	taut_input           *qubo_input = NULL;
	taut_input           *read = NULL;
	taut_solution        *solution = NULL;
	counter               c = {0, -1};
	taut_watch            watch = {.sample = count_sample, .payload = &c};
	taut_status           st = taut_settings_new(&s, err);

	if (st == TAUT_OK)
		st = taut_settings_set(s, "reads", "2", err);
	if (st == TAUT_OK)
		st = taut_settings_set(s, "sweeps", "2", err);
	if (st == TAUT_OK)
		st = taut_settings_set(s, "threads", "1", err);
	if (st == TAUT_OK)
		st = taut_settings_set(s, "best-known", "5", err);
	if (st == TAUT_OK)
		st = projects(&built, err);
	if (st == TAUT_OK)
		st = taut_input_qap(&other, "a", 2, w, w, err);
	if (st == TAUT_OK)
		st = taut_input_maxcut(&cut, "m", 3, 1, u, u + 1, w, err);
	if (st == TAUT_OK)
		st = taut_input_qubo(&qubo_input, "q", 2, TAUT_MINIMISE, 2, u, u, w, err);
	if (st == TAUT_OK)
		st = taut_input_read(&read, TAUT_SOURCE_DIR "/tests/data/formats/orlib.txt", s,
		                     err);
	if (st == TAUT_OK)
		st = taut_input_solve(&solution, built, 0, s, &watch, err);
	assert_true((st == TAUT_OK) == (solution != NULL));
	taut_solution_free(solution);
	taut_input_free(built);
	taut_input_free(other);
	taut_input_free(cut);
	taut_input_free(qubo_input);
	taut_input_free(read);
	taut_settings_free(s);
	return st;
}

static void allocation_faults(void **state)
{
	long met = 0;

	(void)state;
	assert_int_equal(walk(NULL), TAUT_OK);
	if (!taut_faults_built()) {
		print_message("SKIPPED: this build has no allocation faults\n");
		skip();
	}
	for (;; met++) {
		taut_error  err = {TAUT_OK, ""};
		taut_status st;
		taut_faults_arm(met + 1, 0);
		st = walk(&err);
		taut_faults_arm(0, 0);
		if (st == TAUT_OK)
			break;
		assert_int_equal(st, TAUT_ENOMEM);
		assert_int_equal(err.code, TAUT_ENOMEM);
	}
	print_message("%ld allocations failed once\n", met);
	assert_true(met > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(random_decimals),
		cmocka_unit_test(settings),
		cmocka_unit_test(program),
		cmocka_unit_test(infeasible),
		cmocka_unit_test(qubo),
		cmocka_unit_test(maxcut),
		cmocka_unit_test(qap),
		cmocka_unit_test(refused_additions),
		cmocka_unit_test(refused_solves),
		cmocka_unit_test(refused_inputs),
		cmocka_unit_test(files),
		cmocka_unit_test(spec),
		cmocka_unit_test(cancel_by_callback),
		cmocka_unit_test(cancel_from_another_thread),
		cmocka_unit_test(solves_at_once),
		cmocka_unit_test(allocation_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
