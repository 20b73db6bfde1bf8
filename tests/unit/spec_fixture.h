/* For tests of specs: a folder of their own, specs from texts, and numbers compared. */
#ifndef TAUT_TESTS_SPEC_FIXTURE_H
#define TAUT_TESTS_SPEC_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spec/spec.h"

static char folder[] = "/tmp/taut-test-spec-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return chdir(TAUT_SOURCE_DIR) == 0 && mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(folder);
}

/* Writes a file of the test's folder; returns its path, in a buffer that the next call reuses. */
static const char *write_file(const char *name, const char *bytes, size_t length)
{
	static char path[200];
	FILE       *file;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	return path;
}

static taut_status read_text(taut_spec **out, const char *text, taut_error *err)
{
	const char *path = write_file("spec.yaml", text, strlen(text));
	taut_status st = taut_spec_read(out, path, err);

	assert_int_equal(unlink(path), 0);
	return st;
}

/* The spec of a text that must be right. */
static taut_spec *good(const char *text)
{
	taut_spec *spec;
	taut_error err = {0};

	if (read_text(&spec, text, &err) != TAUT_OK)
		fail_msg("%s\nin:\n%s", err.text, text);
	return spec;
}

#endif
