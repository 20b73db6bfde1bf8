/* Every malformed instance file of tests/bad, as its list says: the exit code and the text, through
 * the reader itself. (The same list is run through the program by tests/bad.) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/formats.h"

enum { CASES_LEAST = 40 };

/* "solve FILE --flag value ..." into options; returns FILE, or NULL where the line is about
 * something else. */
static const char *parse_arguments(taut_options *options, char *arguments)
{
	char       *rest = NULL;
	char       *word = strtok_r(arguments, " ", &rest);
	const char *file;

	taut_options_default(options);
	if (!word || strcmp(word, "solve") != 0)
		return NULL;
	file = strtok_r(NULL, " ", &rest);
	if (!file || taut_formats_is_spec(file) || strstr(file, ".json"))
		return NULL;
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		taut_option_id id = taut_option_by_flag(word + 2, TAUT_GROUP_SOURCE);
		const char    *value = "true";
		if (strncmp(word, "--", 2) != 0 || id == TAUT_N_OPTIONS ||
		    taut_option_table[id].group != TAUT_GROUP_SOURCE)
			return NULL;
		if (taut_option_table[id].kind != TAUT_KIND_FLAG)
			value = strtok_r(NULL, " ", &rest);
		if (!value || taut_option_set(options, id, value, word, NULL) != TAUT_OK)
			return NULL;
	}
	return file;
}

/* Runs one line of the list, counting it where it is about an instance file. */
static void run_case(char *line, unsigned *n_cases, unsigned *n_failed)
{
	char              *arguments = strchr(line, '\t');
	char              *text;
	const char        *file;
	taut_options       options;
	taut_instance_list list;
	taut_error         err = {0};
	int                want = atoi(line);
	int                got;

	assert_non_null(arguments);
	*arguments++ = '\0';
	text = strchr(arguments, '\t');
	assert_non_null(text);
	*text++ = '\0';
	file = parse_arguments(&options, arguments);
	if (!file)
		return;
	got = taut_status_exit(taut_formats_read(&list, file, &options, &err));
	(*n_cases)++;
	if (got == want && strstr(err.text, text) && list.count == 0 && !list.items)
		return;
	(*n_failed)++;
	print_error("%s\n  exit %d, expected %d\n  text     %s\n  expected %s\n", file, got, want,
	            err.text, text);
	taut_instance_list_fini(&list);
}

static void test_list(void **state)
{
	char     line[1024];
	unsigned n_cases = 0;
	unsigned n_failed = 0;
	FILE    *list = fopen("tests/bad/LIST", "r");

	(void)state;
	assert_non_null(list);
	while (fgets(line, sizeof line, list)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			run_case(line, &n_cases, &n_failed);
	}
	(void)fclose(list);
	print_message("%u malformed files\n", n_cases);
	assert_int_equal(n_failed, 0);
	assert_true(n_cases >= CASES_LEAST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_list)};

	if (chdir(TAUT_SOURCE_DIR) != 0) {
		perror(TAUT_SOURCE_DIR);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
