/* host/bench: the CSV reader, and the text of an option's value. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/options.h"
#include "bench/csv.h"

/* Reads `text` as a file; the caller frees *out. */
static taut_status read_text(taut_csv *out, const char *text, bool drop_cut, taut_error *err)
{
	char        path[] = "/tmp/taut-csv-XXXXXX";
	int         file = mkstemp(path);
	taut_status st;

	assert_true(file >= 0);
	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(file), 0);
	st = taut_csv_read(out, path, drop_cut, err);
	assert_int_equal(remove(path), 0);
	return st;
}

static void quotes_line_ends_and_names(void **state)
{
	taut_csv   csv;
	taut_error err;

	(void)state;
	assert_int_equal(read_text(&csv, "a,b,c\r\n1,\"x, \"\"y\"\"\nz\",3\r\n,,", false, &err),
	                 TAUT_OK);
	assert_int_equal(csv.n_columns, 3);
	assert_int_equal(csv.n_records, 3);
	assert_int_equal(taut_csv_column(&csv, "b"), 1);
	assert_int_equal(taut_csv_column(&csv, "d"), 3);
	assert_string_equal(taut_csv_field(&csv, 0, 2), "c");
	assert_string_equal(taut_csv_field(&csv, 1, 1), "x, \"y\"\nz");
	assert_string_equal(taut_csv_field(&csv, 1, 2), "3");
	assert_string_equal(taut_csv_field(&csv, 2, 0), "");
	assert_int_equal(csv.line[1], 2);
	assert_int_equal(csv.line[2], 4);
	taut_csv_fini(&csv);
	assert_int_equal(read_text(&csv, "", false, &err), TAUT_OK);
	assert_int_equal(csv.n_records, 0);
	assert_int_equal(taut_csv_column(&csv, "a"), 0);
	taut_csv_fini(&csv);
}

static void what_was_cut_is_dropped_or_refused(void **state)
{
	static const char *const cut[] = {"a,b\n1,2\n3", "a,b\n1,2\n3,4", "a,b\n1,2\n3,\"4\n5"};
	taut_csv                 csv;
	taut_error               err;

	(void)state;
	for (size_t k = 0; k < sizeof cut / sizeof *cut; k++) {
		assert_int_equal(read_text(&csv, cut[k], true, &err), TAUT_OK);
		assert_int_equal(csv.n_records, 2);
		taut_csv_fini(&csv);
	}
	assert_int_equal(read_text(&csv, cut[0], false, &err), TAUT_EINPUT);
	assert_non_null(strstr(err.text, ":3: 1 fields"));
	assert_int_equal(read_text(&csv, cut[1], false, &err), TAUT_OK);
	assert_int_equal(csv.n_records, 3);
	taut_csv_fini(&csv);
	assert_int_equal(read_text(&csv, cut[2], false, &err), TAUT_EINPUT);
	assert_non_null(strstr(err.text, ":3: a quote stays open"));
	assert_int_equal(taut_csv_read(&csv, "/no/such/file", false, &err), TAUT_EIO);
}

static void a_written_field_is_read_back(void **state)
{
	static const char *const fields[] = {"",           "plain", "a,b",        "\"",
	                                     "two\nlines", "\r",    "\"\",\"\"\n"};
	enum { COUNT = sizeof fields / sizeof *fields };
	taut_text  text = {0};
	taut_csv   csv;
	taut_error err;

	(void)state;
	for (size_t k = 0; k < COUNT; k++) {
		taut_csv_put(&text, fields[k]);
		taut_text_put(&text, k + 1 < COUNT ? "," : "\n");
	}
	assert_int_equal(read_text(&csv, text.data, false, &err), TAUT_OK);
	assert_int_equal(csv.n_columns, COUNT);
	for (size_t k = 0; k < COUNT; k++)
		assert_string_equal(taut_csv_field(&csv, 0, k), fields[k]);
	taut_csv_fini(&csv);
	taut_text_fini(&text);
}

static void an_options_value_is_read_back(void **state)
{
	static const struct {
		taut_option_id id;
		const char    *text;
	} values[] = {{TAUT_OPTION_reads, "17"},        {TAUT_OPTION_time_limit, "0.05"},
	              {TAUT_OPTION_method, "penalty"},  {TAUT_OPTION_quiet, "true"},
	              {TAUT_OPTION_best_known, "12.5"}, {TAUT_OPTION_penalty, "123456.789"}};

	(void)state;
	for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
		taut_options o;
		taut_text    text = {0};
		taut_error   err;
		taut_options_default(&o);
		assert_int_equal(taut_option_set(&o, values[k].id, values[k].text, "x", &err),
		                 TAUT_OK);
		taut_option_put(&text, &o, values[k].id);
		assert_string_equal(text.data, values[k].text);
		taut_text_fini(&text);
	}
}

static void a_flag_is_found_by_the_groups_of_its_command(void **state)
{
	(void)state;
	assert_int_equal(taut_option_by_flag("method", TAUT_GROUP_METHOD), TAUT_OPTION_method);
	assert_int_equal(taut_option_by_flag("method", TAUT_GROUP_SOLVE | TAUT_GROUP_BENCH),
	                 TAUT_OPTION_methods);
	assert_int_equal(taut_option_by_flag("method", 0), TAUT_OPTION_method);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_line_ends_and_names),
		cmocka_unit_test(what_was_cut_is_dropped_or_refused),
		cmocka_unit_test(a_written_field_is_read_back),
		cmocka_unit_test(an_options_value_is_read_back),
		cmocka_unit_test(a_flag_is_found_by_the_groups_of_its_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
