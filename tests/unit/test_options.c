/* host/base: names and options. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/names.h"
#include "base/options.h"

static void names_are_found_and_suggested(void **state)
{
	taut_nearest nearest = taut_nearest_to("makcut");
	char         hint[80];

	(void)state;
	assert_int_equal(taut_name_find(&taut_family_names, "maxcut"), TAUT_FAMILY_MAXCUT);
	assert_int_equal(taut_name_find(&taut_family_names, "Maxcut"), -1);
	assert_int_equal(taut_family_names.count, TAUT_N_FAMILIES);
	for (size_t i = 0; i < taut_family_names.count; i++)
		taut_nearest_try(&nearest, taut_family_names.names[i].name);
	taut_nearest_hint(hint, sizeof hint, &nearest);
	assert_string_equal(hint, " (did you mean 'maxcut'?)");

	nearest = taut_nearest_to("swepes"); /* two neighbours swapped count once */
	taut_nearest_try(&nearest, "reads");
	taut_nearest_try(&nearest, "sweeps");
	assert_string_equal(nearest.best, "sweeps");
	assert_int_equal(nearest.distance, 1);

	nearest = taut_nearest_to("zzzzzz");
	taut_nearest_try(&nearest, "sweeps");
	taut_nearest_hint(hint, sizeof hint, &nearest);
	assert_string_equal(hint, "");

	nearest = taut_nearest_to(
		"a name that is longer than every name which anybody would have typed on purpose");
	taut_nearest_try(&nearest, "sweeps");
	assert_null(nearest.best);
}

static void options_have_their_defaults(void **state)
{
	taut_options o;

	(void)state;
	taut_options_default(&o);
	assert_int_equal(o.reads, 64);
	assert_int_equal(o.sweeps, 1000);
	assert_int_equal(o.seed, 1);
	assert_int_equal(o.family, TAUT_FAMILY_AUTO);
	assert_true(o.time_limit == 0.0);
	assert_null(o.index);
	assert_false(o.json);
	assert_int_equal(o.given, 0);
	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		const taut_option_id id = (taut_option_id)i;
		const taut_option   *row = &taut_option_table[i];
		char                 text[300];
		assert_false(taut_option_given(&o, id));
		assert_true(row->flag || row->path);
		assert_non_null(row->help);
		taut_option_describe(text, sizeof text, id);
		assert_true(strlen(text) > 0);
		if (row->flag)
			assert_int_equal(taut_option_by_flag(row->flag, row->group), id);
		if (row->path)
			assert_int_equal(taut_option_by_path(row->path), id);
	}
	assert_int_equal(taut_option_by_flag("no-such-flag", ~0u), TAUT_N_OPTIONS);
	assert_int_equal(taut_option_by_path("solver.no_such_key"), TAUT_N_OPTIONS);
}

/* Setting the option to text must fail as bad usage, with every needle in the message. */
static void expect_refused(taut_option_id id, const char *text, const char *needle)
{
	taut_options o;
	taut_error   err = {TAUT_OK, ""};

	taut_options_default(&o);
	assert_int_equal(taut_option_set(&o, id, text, "--name", &err), TAUT_EUSAGE);
	assert_int_equal(err.code, TAUT_EUSAGE);
	assert_memory_equal(err.text, "--name", 6);
	if (!strstr(err.text, needle))
		print_error("'%s' is not in '%s'\n", needle, err.text);
	assert_non_null(strstr(err.text, needle));
	assert_false(taut_option_given(&o, id));
}

static void options_check_their_range(void **state)
{
	taut_options o;
	taut_error   err;

	(void)state;
	taut_options_default(&o);
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_reads, "128", "reads", &err), TAUT_OK);
	assert_int_equal(o.reads, 128);
	assert_true(taut_option_given(&o, TAUT_OPTION_reads));
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_t_hot, "2.5", "t", &err), TAUT_OK);
	assert_true(o.t_hot == 2.5);
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_family, "qap", "f", &err), TAUT_OK);
	assert_int_equal(o.family, TAUT_FAMILY_QAP);
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_repair, "true", "r", &err), TAUT_OK);
	assert_int_equal(o.repair, TAUT_SWITCH_ON);
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_json, "yes", "j", &err), TAUT_OK);
	assert_true(o.json);
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_index, "WEING1", "i", &err), TAUT_OK);
	assert_string_equal(o.index, "WEING1");
	assert_int_equal(taut_option_set(&o, TAUT_OPTION_seed, "9223372036854775807", "s", &err),
	                 TAUT_OK);
	assert_int_equal(o.seed, INT64_MAX);

	expect_refused(TAUT_OPTION_reads, "0", "1 to 1000000");
	expect_refused(TAUT_OPTION_reads, "1000001", "1000001");
	expect_refused(TAUT_OPTION_reads, "12x", "12x");
	expect_refused(TAUT_OPTION_reads, "1.5", "1.5");
	expect_refused(TAUT_OPTION_time_limit, "-1", "0 to 1e+09");
	expect_refused(TAUT_OPTION_time_limit, "nan", "nan");
	expect_refused(TAUT_OPTION_method, "penaltie", "did you mean 'penalty'?");
	expect_refused(TAUT_OPTION_json, "maybe", "maybe");
	expect_refused(TAUT_OPTION_index, "", "empty");
	expect_refused(TAUT_OPTION_best_known, "12,5", "12,5");
}

static void given_options_overlay_the_others(void **state)
{
	taut_options base;
	taut_options over;

	(void)state;
	taut_options_default(&base);
	taut_options_default(&over);
	assert_int_equal(taut_option_set(&base, TAUT_OPTION_reads, "10", "reads", NULL), TAUT_OK);
	assert_int_equal(taut_option_set(&base, TAUT_OPTION_sweeps, "20", "sweeps", NULL), TAUT_OK);
	assert_int_equal(taut_option_set(&over, TAUT_OPTION_sweeps, "30", "sweeps", NULL), TAUT_OK);
	assert_int_equal(taut_option_set(&over, TAUT_OPTION_quiet, "on", "quiet", NULL), TAUT_OK);
	taut_options_overlay(&base, &over);
	assert_int_equal(base.reads, 10);
	assert_int_equal(base.sweeps, 30);
	assert_true(base.quiet);
	assert_true(taut_option_given(&base, TAUT_OPTION_reads));
	assert_true(taut_option_given(&base, TAUT_OPTION_quiet));
	assert_false(taut_option_given(&base, TAUT_OPTION_seed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_and_suggested),
		cmocka_unit_test(options_have_their_defaults),
		cmocka_unit_test(options_check_their_range),
		cmocka_unit_test(given_options_overlay_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
