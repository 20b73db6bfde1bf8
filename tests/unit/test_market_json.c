/* Market-share JSON: its shapes and defects, and every file of the public collection with its own
 * solution. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glob.h>

#include <cmocka.h>

#include "spec/market_json.h"

/* Reads a text from a file that is gone afterwards. */
static taut_status read_text(taut_instance **out, const char *text, const taut_options *options,
                             taut_error *err)
{
	char        path[] = "/tmp/taut-test-market-XXXXXX";
	int         fd = mkstemp(path);
	taut_status st;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
	st = taut_market_json_read(out, path, options, err);
	assert_int_equal(unlink(path), 0);
	return st;
}

static taut_instance *good(const char *text)
{
	taut_instance *instance;
	taut_options   options;
	taut_error     err = {0};

	taut_options_default(&options);
	if (read_text(&instance, text, &options, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	return instance;
}

static void bad(const char *text, const char *message)
{
	taut_instance *instance;
	taut_options   options;
	taut_error     err = {0};

	taut_options_default(&options);
	assert_int_equal(read_text(&instance, text, &options, &err), TAUT_EINPUT);
	assert_null(instance);
	if (!strstr(err.text, message))
		fail_msg("'%s' expected in '%s'", message, err.text);
}

static void shapes(void **state)
{
	taut_instance *p = good("{\"demands\": [[1, 2, 4], [3, 0.5, 0]], \"target_demands\": [3, "
	                        "2], \"gap\": 0.1}");

	(void)state;
	assert_int_equal(p->family, TAUT_FAMILY_MARKET_SHARE);
	assert_int_equal(p->data.market.n, 3);
	assert_int_equal(p->data.market.m, 2);
	assert_false(p->data.market.feasibility);
	assert_int_equal(p->data.market.demands.decimals, 1);
	assert_int_equal(p->data.market.demands.v[4], 5);
	assert_int_equal(p->data.market.targets.v[1], 2);
	assert_false(p->has_best_known);
	assert_null(p->note);
	taut_instance_free(p);

	p = good("{\"demands\": [[1, 2, 4], [3, 0.5, 0]]}");
	assert_int_equal(p->data.market.targets.decimals, 1);
	assert_int_equal(p->data.market.targets.v[0], 35);
	assert_int_equal(p->data.market.targets.v[1], 17);
	assert_string_equal(p->note, "targets are half the row sums, rounded down");
	taut_instance_free(p);
}

static void objectives(void **state)
{
	taut_instance *p = good("{\"demands\": [[1, 2]], \"objective_value\": 2.0000000000000781}");

	(void)state;
	assert_true(p->has_best_known);
	assert_int_equal(p->best_known.value, 2);
	assert_int_equal(p->best_known.decimals, 0);
	taut_instance_free(p);
	p = good("{\"demands\": [[1, 2]], \"objective_value\": 2.25}");
	assert_int_equal(p->best_known.value, 225);
	assert_int_equal(p->best_known.decimals, 2);
	taut_instance_free(p);
}

#define SOLUTION(a, b, objective)                                                          \
	"{\"demands\": [[5, 2]], \"target_demands\": [4], \"objective_value\": " objective \
	", \"retailer_assignments\": [{\"retailer\": 2, \"assigned_to\": \"" b             \
	"\"}, {\"retailer\": 1, \"assigned_to\": \"" a "\"}]}"

static void solutions(void **state)
{
	taut_instance *p = good(SOLUTION("D1", "D2", "1.0"));

	(void)state;
	assert_null(p->note); /* |5 - 4| */
	taut_instance_free(p);
	p = good(SOLUTION("D2", "D1", "2"));
	assert_null(p->note); /* |2 - 4| */
	taut_instance_free(p);
	p = good(SOLUTION("D1", "D1", "1"));
	assert_string_equal(p->note, "the file's assignment gives 3, its objective_value is 1");
	taut_instance_free(p);
}

static void defects(void **state)
{
	(void)state;
	bad("{\"objective_value\": 1}", ":1:1: no 'demands'");
	bad("[1, 2]", ":1:1: no 'demands'");
	bad("{\"demands\": [[1, 2], [3]]}", ":1:22: demands: row 2 has 1 numbers, 2 expected");
	bad("{\"demands\": [[1, NaN]]}", ":1:18: demands: 'NaN' is not a number");
	bad("{\"demands\": [[1, 2]], \"target_demands\": [1, 2]}",
	    "target_demands: 2 numbers, 1 expected");
	bad("{\"demands\": [[1, 2]], \"objective_value\": \"x\"}", "objective_value: ");
	bad("{\"demands\": [[1, 2]], \"objective_value\": Infinity}",
	    "objective_value: 'Infinity'");
	bad("{\"demands\": [[1, 2]]", "did not find expected");
	bad(SOLUTION("D1", "D3", "1"), "D1 or D2 expected");
	bad("{\"demands\": [[1, 2]], \"objective_value\": 1, \"retailer_assignments\": ["
	    "{\"retailer\": 1, \"assigned_to\": \"D1\"}, {\"retailer\": 1, \"assigned_to\": "
	    "\"D1\"}]}",
	    "retailer 1 stands twice");
	bad("{\"demands\": [[1, 2]], \"objective_value\": 1, \"retailer_assignments\": ["
	    "{\"retailer\": 1, \"assigned_to\": \"D1\"}]}",
	    "1 assignments, 2 expected");
	bad("{\"demands\": [[9000000000000000000, 9000000000000000000]]}", "does not fit 64 bits");
}

static void options_that_do_not_fit(void **state)
{
	taut_instance *p;
	taut_options   options;
	taut_error     err = {0};

	(void)state;
	taut_options_default(&options);
	options.family = TAUT_FAMILY_QAP;
	assert_int_equal(read_text(&p, "{\"demands\": [[1]]}", &options, &err), TAUT_EINPUT);
	assert_non_null(strstr(err.text, "not a qap"));
	options.family = TAUT_FAMILY_MARKET_SHARE;
	options.index = "2";
	assert_int_equal(read_text(&p, "{\"demands\": [[1]]}", &options, &err), TAUT_EINPUT);
	assert_non_null(strstr(err.text, "no problem '2'"));
	options.index = "1";
	assert_int_equal(read_text(&p, "{\"demands\": [[1]]}", &options, &err), TAUT_OK);
	taut_instance_free(p);
	assert_int_equal(taut_market_json_read(&p, "/nowhere/x.json", &options, &err), TAUT_EIO);
	assert_null(p);
}

/* Pattern under the folder of the public instances. */
static size_t glob_instances(glob_t *found, const char *pattern, int flags)
{
	const char *root = getenv("TAUT_INSTANCES");
	char        path[1000];

	(void)snprintf(path, sizeof path, "%s/%s",
	               root ? root : TAUT_SOURCE_DIR "/../shared/instances", pattern);
	(void)glob(path, flags, NULL, found);
	return found->gl_pathc;
}

/* Every file is read; each solution gives its stated objective, but for one that the collection
 * names. */
static void public_files(void **state)
{
	glob_t       found = {0};
	taut_options options;
	size_t       notes = 0;
	size_t       valued = 0;

	(void)state;
	taut_options_default(&options);
	(void)glob_instances(&found, "market_split/smu/*.json", 0);
	(void)glob_instances(&found, "market_split/smu/*/*.json", GLOB_APPEND);
	if (glob_instances(&found, "market_split/smu/*/*/*.json", GLOB_APPEND) == 0) {
		globfree(&found);
		printf("SKIPPED: no market_split/smu under TAUT_INSTANCES\n");
		skip();
	}
	for (size_t k = 0; k < found.gl_pathc; k++) {
		const char    *path = found.gl_pathv[k];
		taut_instance *p;
		taut_error     err = {0};
		if (taut_market_json_read(&p, path, &options, &err) != TAUT_OK)
			fail_msg("%s", err.text);
		assert_int_equal(p->data.market.demands.n,
		                 (size_t)p->data.market.m * p->data.market.n);
		assert_int_equal(p->data.market.targets.n, p->data.market.m);
		if (p->has_best_known)
			assert_int_equal(p->best_known.decimals, 0);
		valued += p->has_best_known;
		if (p->note && strstr(path, "6_50_3.json"))
			assert_string_equal(
				p->note,
				"the file's assignment gives 509, its objective_value is 2");
		else if (p->note)
			assert_string_equal(p->note, "targets are half the row sums, rounded down");
		notes += p->note != NULL;
		taut_instance_free(p);
	}
	assert_int_equal(found.gl_pathc, 44);
	assert_int_equal(valued, 43);
	assert_int_equal(notes, 2);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(objectives),
		cmocka_unit_test(solutions),
		cmocka_unit_test(defects),
		cmocka_unit_test(options_that_do_not_fit),
		cmocka_unit_test(public_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
