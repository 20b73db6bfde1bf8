/* Specs: every key of the option table, what is refused and where, the shipped examples and the
 * examples of docs/spec.md. */
#include "spec_fixture.h"

#include <glob.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "flow/load.h"
#include "spec/document.h"

static void bad_specs(void **state)
{
	FILE        *list = fopen("tests/bad/LIST", "r");
	char         line[1000];
	size_t       count = 0;
	taut_options options;

	(void)state;
	taut_options_default(&options);
	assert_non_null(list);
	while (fgets(line, sizeof line, list)) {
		char          *tab = strchr(line, '\t');
		char          *path = tab ? strstr(tab, "solve ") : NULL;
		char          *text = path ? strchr(path, '\t') : NULL;
		taut_load_list problems;
		taut_error     err = {0};
		taut_status    st;
		if (!text) /* another command: tests/flow/test_bad.py */
			continue;
		path += strlen("solve ");
		if (strncmp(path, "tests/bad/spec-", 15) != 0 ||
		    strcspn(path, " ") < (size_t)(text - path))
			continue; /* an instance file: test_bad_formats */
		*text++ = '\0';
		text[strcspn(text, "\n")] = '\0';
		st = taut_load(&problems, path, &options, &err);
		assert_int_equal(problems.count, 0);
		assert_null(problems.spec);
		if (taut_status_exit(st) != atoi(line) || err.code != st ||
		    !strstr(err.text, text) || strncmp(err.text, path, strlen(path)) != 0)
			fail_msg("%s: exit %d '%s', expected %s '%s'", path, taut_status_exit(st),
			         err.text, line, text);
		assert_int_equal(taut_load(&problems, path, &options, NULL), st);
		count++;
	}
	assert_int_equal(fclose(list), 0);
	assert_true(count >= 100);
}

static void unreadable(void **state)
{
	taut_spec *spec;
	taut_error err = {0};

	(void)state;
	assert_int_equal(taut_spec_read(&spec, "tests/bad/no-such-spec.yaml", &err), TAUT_EIO);
	assert_non_null(strstr(err.text, "tests/bad/no-such-spec.yaml: cannot open"));
	assert_int_equal(taut_spec_read(&spec, "tests", &err), TAUT_EIO);
	assert_null(spec);
}

/* The example of the design: every section. */
static void options_of_a_spec(void **state)
{
	static const char text[] =
		"taut: 1\nname: weing1\n"
		"problem: {type: mdkp, file: spec.yaml, format: orlib, index: 3}\n"
		"formulation: {method: auto, rounds: 50}\n"
		"shrink: {enabled: false, target: 0.66, correlation: sdp}\n"
		"solver: {reads: 65, sweeps: 1e3, time_limit: 1.5, seed: 9}\n"
		"answer: {repair: auto, local_search: true}\n"
		"best_known: 141278.50\n";
	taut_spec *spec = good(text);
	char       path[200];

	(void)state;
	assert_string_equal(spec->name, "weing1");
	(void)snprintf(path, sizeof path, "%s/spec.yaml", folder);
	assert_string_equal(spec->file, path);
	assert_null(spec->instance);
	assert_int_equal(spec->options.family, TAUT_FAMILY_MDKP);
	assert_int_equal(spec->options.format, TAUT_FORMAT_ORLIB);
	assert_string_equal(spec->options.index, "3");
	assert_int_equal(spec->options.rounds, 50);
	assert_int_equal(spec->options.shrink, TAUT_SWITCH_OFF);
	assert_int_equal(spec->options.reads, 65);
	assert_int_equal(spec->options.sweeps, 1000);
	assert_true(spec->options.time_limit == 1.5);
	assert_int_equal(spec->options.seed, 9);
	assert_int_equal(spec->options.local_search, TAUT_SWITCH_ON);
	assert_string_equal(spec->options.best_known, "141278.50");
	assert_true(taut_option_given(&spec->options, TAUT_OPTION_reads));
	assert_true(taut_option_given(&spec->options, TAUT_OPTION_repair));
	assert_false(taut_option_given(&spec->options, TAUT_OPTION_threads));
	assert_false(taut_option_given(&spec->options, TAUT_OPTION_backend));
	taut_spec_free(spec);
	spec = good("taut: 1\nproblem: {file: " TAUT_SOURCE_DIR "/CMakeLists.txt}\n");
	assert_string_equal(spec->name, "spec");
	assert_string_equal(spec->file, TAUT_SOURCE_DIR "/CMakeLists.txt");
	taut_spec_free(spec);
}

/* Whatever path the table has, a spec can hold: also in a section that somebody adds. */
static void every_option_of_the_table(void **state)
{
	(void)state;
	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		const taut_option *o = &taut_option_table[i];
		const char        *dot = o->path ? strchr(o->path, '.') : NULL;
		const char        *second = dot ? strchr(dot + 1, '.') : NULL;
		char               value[40] = "1";
		char               text[400];
		taut_spec         *spec;
		if (!o->path)
			continue;
		if (o->kind == TAUT_KIND_FLAG)
			(void)snprintf(value, sizeof value, "true");
		if (o->kind == TAUT_KIND_INT)
			(void)snprintf(value, sizeof value, "%lld", (long long)o->int_low);
		if (o->kind == TAUT_KIND_REAL)
			(void)snprintf(value, sizeof value, "%.17g", o->high);
		if (o->kind == TAUT_KIND_CHOICE)
			(void)snprintf(value, sizeof value, "%s", o->choices->names[0].name);
		if (i == TAUT_OPTION_range)
			(void)snprintf(value, sizeof value, "-1..1");
		if (second)
			(void)snprintf(text, sizeof text,
			               "taut: 1\nproblem: {type: qap, %.*s: {%s: %s}}\n",
			               (int)(second - dot - 1), dot + 1, second + 1, value);
		else if (dot && strncmp(o->path, "problem.", 8) == 0)
			(void)snprintf(text, sizeof text,
			               "taut: 1\nproblem: {file: spec.yaml, %s: %s}\n", dot + 1,
			               value);
		else if (dot)
			(void)snprintf(text, sizeof text,
			               "taut: 1\nproblem: {file: spec.yaml}\n%.*s: {%s: %s}\n",
			               (int)(dot - o->path), o->path, dot + 1, value);
		else
			(void)snprintf(text, sizeof text,
			               "taut: 1\nproblem: {file: spec.yaml}\n%s: %s\n", o->path,
			               value);
		spec = good(text);
		if (second)
			spec->options.given &= ~(UINT64_C(1) << TAUT_OPTION_family);
		assert_true(spec->options.given == UINT64_C(1) << i);
		assert_int_equal(spec->generate_line, second ? 2 : 0);
		taut_spec_free(spec);
	}
}

/* JSON is read by the same reader. */
static void json(void **state)
{
	taut_spec *spec = good("{\n\t\"taut\": 1,\n\t\"problem\": {\"type\": \"maxcut\", "
	                       "\"vertices\":2,\"edges\":[[1,2,5]]},"
	                       "\n\t\"solver\":{\"backend\":\"cpu\",\"reads\":7}\n}\n");

	(void)state;
	assert_int_equal(spec->options.reads, 7);
	assert_int_equal(spec->options.backend, TAUT_BACKEND_CPU);
	assert_int_equal(spec->instance->data.graph.edge_weights.v[0], 5);
	taut_spec_free(spec);
}

static void document_positions(void **state)
{
	static const char text[] = "a: 1\nb:\n  - [x, 'y z']\n  - {k: \xC3\xA4, l: m}\n";
	taut_document    *document;
	taut_error        err = {0};
	const taut_node  *root;
	const taut_node  *b;
	const taut_node  *last;

	(void)state;
	assert_int_equal(taut_document_parse(&document, text, strlen(text), "t", 10, 5, &err),
	                 TAUT_OK);
	root = taut_document_root(document);
	assert_int_equal(root->kind, TAUT_NODE_MAPPING);
	assert_int_equal(root->count, 2);
	assert_int_equal(root->line, 10);
	assert_int_equal(root->column, 5); /* the text starts there */
	b = taut_node_find(root, "b");
	assert_int_equal(b->count, 2);
	assert_int_equal(b->line, 12);
	assert_int_equal(b->column, 3);
	assert_true(taut_node_first(taut_node_first(b))[1].quoted);
	assert_string_equal(taut_node_first(taut_node_first(b))[1].text, "y z");
	last = taut_node_find(taut_node_next(taut_node_first(b)), "l");
	assert_int_equal(last->line, 13);
	assert_int_equal(last->column, 15); /* characters, not bytes */
	assert_null(taut_node_find(root, "c"));
	assert_null(taut_node_find(last, "c"));
	assert_true(taut_node_next(root) == root + root->span);
	assert_int_equal(taut_node_fail(document, last, &err, "bad %d", 3), TAUT_EINPUT);
	assert_string_equal(err.text, "t:13:15: bad 3");
	taut_document_free(document);
}

static void deepest_document(void **state)
{
	char           text[2 * (TAUT_DOCUMENT_DEPTH_MAX + 1)];
	taut_document *document;
	taut_error     err = {0};

	(void)state;
	for (int depth = TAUT_DOCUMENT_DEPTH_MAX; depth <= TAUT_DOCUMENT_DEPTH_MAX + 1; depth++) {
		memset(text, '[', (size_t)depth);
		memset(text + depth, ']', (size_t)depth);
		assert_int_equal(
			taut_document_parse(&document, text, 2 * (size_t)depth, "t", 1, 1, &err),
			depth <= TAUT_DOCUMENT_DEPTH_MAX ? TAUT_OK : TAUT_EINPUT);
		taut_document_free(document);
	}
}

/* Reads a file whole into memory of the C library. */
static char *slurp(const char *path, size_t *length)
{
	char      *bytes;
	char      *copy;
	taut_error err = {0};

	if (taut_document_load(&bytes, length, path, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	copy = malloc(*length + 1);
	assert_non_null(copy);
	memcpy(copy, bytes, *length + 1);
	taut_free(bytes);
	return copy;
}

/* Every shipped spec is right, and whatever is left when its end is cut off is an answer or a clean
 * error. */
static void shipped_specs(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("formulations/specs/*.yaml", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 8);
	for (size_t k = 0; k < found.gl_pathc; k++) {
		size_t length;
		char  *text = slurp(found.gl_pathv[k], &length);
		taut_spec_free(good(text));
		for (size_t cut = 0; cut < length; cut += 3) {
			taut_spec  *spec;
			taut_error  err = {0};
			taut_status st;
			text[length - cut] = '\0';
			st = read_text(&spec, text, &err);
			assert_true(st == TAUT_OK || st == TAUT_EINPUT);
			assert_true((st == TAUT_OK) == (spec != NULL));
			taut_spec_free(spec);
		}
		free(text);
	}
	globfree(&found);
}

/* Each ```yaml block of docs/spec.md is a whole spec. */
static void specs_of_the_manual(void **state)
{
	size_t length;
	char  *text = slurp("docs/spec.md", &length);
	char  *at = text;
	size_t count = 0;
	char   data[200];
	char   weing[220];

	(void)state;
	(void)snprintf(data, sizeof data, "%s/data", folder);
	(void)snprintf(weing, sizeof weing, "%s/weing1.dat", data);
	assert_int_equal(mkdir(data, 0700), 0);
	(void)write_file("data/weing1.dat", "", 0);
	while ((at = strstr(at, "\n```yaml\n"))) {
		char *end;
		at += strlen("\n```yaml\n");
		end = strstr(at, "\n```\n");
		assert_non_null(end);
		end[1] = '\0';
		taut_spec_free(good(at));
		at = end + 2;
		count++;
	}
	assert_true(count >= 9);
	assert_int_equal(unlink(weing), 0);
	assert_int_equal(rmdir(data), 0);
	free(text);
}

/* Each allocation fails in turn: out of memory is reported and nothing is lost or freed twice. */
static void failing_allocations(void **state)
{
	static const char *const paths[] = {
		"formulations/specs/binary_program.yaml", "formulations/specs/tsp.yaml",
		"formulations/specs/mis.yaml", "formulations/specs/qubo.yaml"};

	(void)state;
	if (!taut_faults_built()) {
		printf("SKIPPED: no fault injection in this build (TAUT_FAULTS)\n");
		skip();
	}
	for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++) {
		taut_status st = TAUT_ENOMEM;
		long        n = 0;
		while (st != TAUT_OK) {
			taut_spec *spec;
			taut_error err = {0};
			taut_faults_arm(++n, 0);
			st = taut_spec_read(&spec, paths[k], &err);
			taut_faults_arm(0, 0);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
			assert_true((st == TAUT_OK) == (spec != NULL));
			taut_spec_free(spec);
		}
		assert_true(n > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_specs),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(options_of_a_spec),
		cmocka_unit_test(every_option_of_the_table),
		cmocka_unit_test(json),
		cmocka_unit_test(document_positions),
		cmocka_unit_test(deepest_document),
		cmocka_unit_test(shipped_specs),
		cmocka_unit_test(specs_of_the_manual),
		cmocka_unit_test(failing_allocations),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
