/* The sequence of rounds, schedule files, and targets in the model's units. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/rounds.h"
#include "flow/target.h"
#include "qubo/temperature.h"

/* Two coupled spins. */
static int32_t      linear[2] = {-3, 2};
static uint64_t     row[3] = {0, 1, 2};
static uint32_t     col[2] = {1, 0};
static int32_t      coef[2] = {4, 4};
static taut_problem problem = {.n = 2, .linear = linear, .row = row, .col = col, .coef = coef};

static taut_schedule planned(taut_rounds *r, uint64_t round)
{
	taut_schedule s;

	taut_rounds_plan(&s, r, &problem, 2.0, round);
	assert_int_equal(s.algorithm, TAUT_ALGORITHM_SA);
	assert_null(s.initial);
	return s;
}

static taut_rounds rounds_of(const taut_options *o, bool timed)
{
	taut_rounds r;

	assert_int_equal(taut_rounds_init(&r, o, timed, NULL), TAUT_OK);
	return r;
}

static void work_is_what_was_asked(void **state)
{
	taut_options           o;
	taut_rounds            r;
	taut_temperature_range t = taut_temperature_default(&problem);

	(void)state;
	taut_options_default(&o);
	r = rounds_of(&o, false);
	for (uint64_t k = 0; k < 50; k += 7) {
		taut_schedule s = planned(&r, k);

		assert_int_equal(s.reads, o.reads);
		assert_int_equal(s.sweeps, o.sweeps);
		assert_true(s.t_hot == t.hot && s.t_cold == t.cold);
		assert_int_not_equal(s.seed, planned(&r, k + 1).seed);
	}
	taut_rounds_fini(&r);
}

static void timed_rounds_grow(void **state)
{
	taut_options o;
	taut_rounds  r;
	uint64_t     before = 0;

	(void)state;
	taut_options_default(&o);
	o.algorithm = TAUT_ALGORITHM_SA;
	r = rounds_of(&o, true);
	assert_false(taut_rounds_portfolio(&r));
	for (uint64_t k = 0; k < 300; k++) {
		taut_schedule s = planned(&r, k);

		assert_int_equal(s.reads % 64, 0);
		assert_true(s.sweeps >= before &&
		            (k == 0 || s.sweeps <= 2 * before || before >> 40));
		before = s.sweeps;
	}
	assert_true(before > 1000000);
	/* given reads and the first sweeps are kept */
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_reads, "70", "reads", NULL), TAUT_OK);
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_sweeps, "11", "sweeps", NULL), TAUT_OK);
	assert_int_equal(planned(&r, 0).reads, 70);
	assert_int_equal(planned(&r, 0).sweeps, 11);
	assert_int_equal(planned(&r, 299).reads, 70);
	taut_rounds_fini(&r);
}

/* In a portfolio the arms grow: every plan is an arm's first. */
static void a_portfolio_grows_by_itself(void **state)
{
	taut_options o;
	taut_rounds  r;
	taut_rounds  untimed;

	(void)state;
	taut_options_default(&o);
	r = rounds_of(&o, true);
	untimed = rounds_of(&o, false);
	assert_true(taut_rounds_portfolio(&r));
	assert_false(taut_rounds_portfolio(&untimed));
	assert_int_equal(planned(&r, 0).sweeps, planned(&r, 99).sweeps);
	assert_int_not_equal(planned(&r, 0).seed, planned(&r, 99).seed);
	r.multiplier = true;
	assert_false(taut_rounds_portfolio(&r));
	taut_rounds_observe(&r, false); /* rounds of multipliers by their progress */
	assert_int_equal(planned(&r, 1).sweeps, planned(&r, 99).sweeps);
	r.multiplier = false;
	o.initial = "starts";
	assert_false(taut_rounds_portfolio(&r));
	taut_rounds_fini(&r);
	taut_rounds_fini(&untimed);
}

/* Rounds of multipliers: warm while there is progress, longer and from random states when there is
 * none, longer after a while in any case. */
static void multiplier_rounds_follow_progress(void **state)
{
	taut_options           o;
	taut_rounds            r;
	taut_temperature_range t = taut_temperature_default(&problem);
	uint64_t               first;

	(void)state;
	taut_options_default(&o);
	r = rounds_of(&o, true);
	r.multiplier = true;
	first = planned(&r, 0).sweeps;
	assert_true(planned(&r, 0).t_hot == t.hot && !r.warm);
	taut_rounds_observe(&r, true);
	assert_true(r.warm && planned(&r, 1).t_hot < t.hot && planned(&r, 1).t_hot >= t.cold);
	taut_rounds_observe(&r, false);
	assert_true(r.warm && planned(&r, 2).sweeps == first);
	taut_rounds_observe(&r, false);
	assert_true(!r.warm && planned(&r, 3).t_hot == t.hot);
	assert_int_equal(planned(&r, 3).sweeps, 2 * first);
	for (int k = 0; k < 8; k++) {
		assert_int_equal(planned(&r, 4).sweeps, 2 * first);
		taut_rounds_observe(&r, true);
	}
	assert_true(r.warm);
	assert_int_equal(planned(&r, 12).sweeps, 4 * first);
	taut_rounds_fini(&r);

	/* given temperatures and starts stand; without a time limit all rounds are alike */
	o.t_hot = 8;
	r = rounds_of(&o, true);
	r.multiplier = true;
	taut_rounds_observe(&r, true);
	assert_false(r.warm);
	taut_rounds_fini(&r);
	taut_options_default(&o);
	r = rounds_of(&o, false);
	r.multiplier = true;
	for (int k = 0; k < 9; k++)
		taut_rounds_observe(&r, false);
	assert_false(r.warm);
	assert_int_equal(planned(&r, 9).sweeps, o.sweeps);
	taut_rounds_fini(&r);
}

static void temperatures_are_the_objective_s(void **state)
{
	taut_options           o;
	taut_rounds            r;
	taut_temperature_range t = taut_temperature_default(&problem);

	(void)state;
	taut_options_default(&o);
	o.t_hot = 8.0;
	o.t_cold = 0.5;
	r = rounds_of(&o, false);
	assert_true(planned(&r, 0).t_hot == 16.0 && planned(&r, 0).t_cold == 1.0);
	o.t_cold = 0.0;
	o.t_hot = 1e-9; /* below the default's cold end */
	assert_true(planned(&r, 0).t_hot == 2e-9 && planned(&r, 0).t_cold == 2e-9);
	o.t_hot = 0.0;
	o.t_cold = t.hot; /* device units: twice the default's hot end */
	assert_true(planned(&r, 0).t_hot == 2 * t.hot && planned(&r, 0).t_cold == 2 * t.hot);
	o.t_hot = 1.0;
	o.t_cold = 1.5;
	assert_int_equal(taut_rounds_init(&r, &o, false, NULL), TAUT_EUSAGE);
}

static void schedule_files(void **state)
{
	char         path[] = "/tmp/taut_rounds_XXXXXX";
	int          file = mkstemp(path);
	FILE        *stream = fdopen(file, "w");
	taut_options o;
	taut_rounds  r;
	taut_error   err = {TAUT_OK, ""};

	(void)state;
	assert_non_null(stream);
	assert_true(fputs("# hot\n4\n\n 0.25 # low\n1e1\n", stream) >= 0 && fclose(stream) == 0);
	taut_options_default(&o);
	o.schedule = path;
	r = rounds_of(&o, false);
	for (int k = 0; k < 2; k++) {
		taut_schedule s = planned(&r, 0);

		assert_int_equal(s.n_points, 3);
		assert_true(s.points[0] == 8.0 && s.points[1] == 0.5 && s.points[2] == 20.0);
		assert_true(s.t_hot == 8.0 && s.t_cold == 20.0);
	}
	taut_rounds_fini(&r);
	o.t_cold = 1.0;
	assert_int_equal(taut_rounds_init(&r, &o, false, &err), TAUT_EUSAGE);
	assert_int_equal(unlink(path), 0);
	o.t_cold = 0.0;
	assert_int_equal(taut_rounds_init(&r, &o, false, &err), TAUT_EIO);
}

static void targets_round_to_the_side_that_is_as_good(void **state)
{
	taut_model least = {.decimals = 1};
	taut_model most = {.decimals = 1, .maximise = true};

	(void)state;
	/* 2.5 | 2.34: an objective in tenths is at most 2.34 when it is at most 2.3 */
	assert_int_equal(taut_target_units((taut_decimal){25, 1}, &least), 25);
	assert_int_equal(taut_target_units((taut_decimal){3, 0}, &least), 30);
	assert_int_equal(taut_target_units((taut_decimal){234, 2}, &least), 23);
	assert_int_equal(taut_target_units((taut_decimal){234, 2}, &most), 24);
	assert_int_equal(taut_target_units((taut_decimal){-234, 2}, &least), -24);
	assert_int_equal(taut_target_units((taut_decimal){-234, 2}, &most), -23);
	assert_int_equal(taut_target_units((taut_decimal){INT64_MAX, 0}, &most), INT64_MAX);
	assert_int_equal(taut_target_units((taut_decimal){-INT64_MAX, 0}, &most), INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_is_what_was_asked),
		cmocka_unit_test(timed_rounds_grow),
		cmocka_unit_test(a_portfolio_grows_by_itself),
		cmocka_unit_test(multiplier_rounds_follow_progress),
		cmocka_unit_test(temperatures_are_the_objective_s),
		cmocka_unit_test(schedule_files),
		cmocka_unit_test(targets_round_to_the_side_that_is_as_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
