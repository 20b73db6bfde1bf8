/* Result JSON as verify reads it: one object or many, on one line or spread, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/answer_json.h"

static taut_status read_text(taut_answer_list *out, const char *text, taut_error *err)
{
	return taut_answer_json_parse(out, text, strlen(text), "a.json", err);
}

static void bad(const char *text, const char *message)
{
	taut_answer_list list;
	taut_error       err = {0};

	assert_int_equal(read_text(&list, text, &err), TAUT_EINPUT);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
	if (!strstr(err.text, message))
		fail_msg("'%s' expected in '%s'", message, err.text);
}

static void several_objects(void **state)
{
	static const char text[] =
		"{\"schema\":\"x\",\"problem\":{\"name\":\"a "
		"b\",\"index\":2},\"answer\":{\"status\":"
		"\"feasible\",\"objective\":-12.50,\"bits\":\"0101\",\"decoded\":{\"items\":[2,4]}}"
		"}\n"
		"{\"problem\":{\"name\":\"}\\\"{[\",\"index\":null},\"answer\":{\"objective\":null,"
		"\"bits\":\"01\"}}\n\n"
		"{\n\t\"answer\": {\n\t\t\"bits\": \"1\",\n\t\t\"objective\": "
		"9007199254740993\n\t}\n}";
	taut_answer_list list;
	taut_error       err = {0};

	(void)state;
	if (read_text(&list, text, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[0].name, "a b");
	assert_int_equal(list.items[0].index, 2);
	assert_string_equal(list.items[0].bits, "0101");
	assert_int_equal(list.items[0].n_bits, 4);
	assert_true(list.items[0].has_objective);
	assert_int_equal(list.items[0].objective.value, -125);
	assert_int_equal(list.items[0].objective.decimals, 1);
	assert_string_equal(list.items[1].name, "}\"{[");
	assert_int_equal(list.items[1].index, 0);
	assert_int_equal(list.items[1].line, 2);
	assert_false(list.items[1].has_objective);
	assert_null(list.items[2].name);
	assert_int_equal(list.items[2].line, 4);
	assert_true(list.items[2].objective.value == INT64_C(9007199254740993)); /* no double */
	taut_answer_list_fini(&list);
	assert_null(list.items);
}

static void long_bits(void **state)
{
	enum { N = 100000 };
	char            *text = malloc(N + 100);
	char            *at = text;
	taut_answer_list list;
	taut_error       err = {0};

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "{\"answer\":{\"bits\":\"");
	for (int i = 0; i < N; i++)
		*at++ = i % 3 == 0 ? '1' : '0';
	(void)sprintf(at, "\",\"objective\":1}}");
	assert_int_equal(read_text(&list, text, &err), TAUT_OK);
	assert_int_equal(list.items[0].n_bits, N);
	assert_memory_equal(list.items[0].bits, text + 19, N);
	taut_answer_list_fini(&list);
	free(text);
}

static void defects(void **state)
{
	(void)state;
	bad("", ":1:1: no result in the file");
	bad(" \n\n", ":3:1: no result in the file");
	bad("hello", ":1:1: a JSON object { is expected");
	bad("{\"answer\":{\"bits\":\"01\"}}\n]", ":2:1: a JSON object { is expected");
	bad("{\"answer\":{\"bits\":\"01\"}\n", ":2:1: did not find expected ',' or '}'");
	bad("{\"answer\":{\"bits\":\"01", "found unexpected end of stream");
	bad("{\"answer\":{\"bits\":\"01\"}}\n {\"answer\":{\"bits\":\"012\"}}",
	    ":2:20: answer.bits: character 3 is neither 0 nor 1");
	bad("{\"answer\":{\"bits\":\"\"}}", "answer.bits: an empty text");
	bad("{\"answer\":{\"bits\":[0,1]}}", "answer.bits: a value is expected, not a list");
	bad("{\"answer\":{\"objective\":1}}", ":1:1: no answer.bits");
	bad("{\"answer\":[]}", ":1:1: no answer.bits");
	bad("{\"answer\":{\"bits\":\"01\",\"objective\":\"3\"}}",
	    "answer.objective: a number is expected");
	bad("{\"answer\":{\"bits\":\"01\",\"objective\":NaN}}",
	    "answer.objective: 'NaN' is not a number");
	bad("{\"problem\":{\"index\":0},\"answer\":{\"bits\":\"01\"}}",
	    "problem.index: 0 is outside");
	bad("{\"answer\":{\"bits\":\"01\",\"bits\":\"11\"}}", "key 'bits' stands twice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_objects),
		cmocka_unit_test(long_bits),
		cmocka_unit_test(defects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
