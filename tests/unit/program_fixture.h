/* For tests of the readers of programs: a folder of their own, a text read as a file, and a program
 * written out so that it can be compared as a whole:
 *
 *   min 2.5 + 3 x - 1 x*y
 *   c1: 1 <= 1 x + 1 y <= inf
 *   y: -2 .. 7
 */
#ifndef TAUT_TESTS_PROGRAM_FIXTURE_H
#define TAUT_TESTS_PROGRAM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/text.h"
#include "formats/formats.h"

static char folder[] = "/tmp/taut-test-program-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

/* Reads a text as the file of that name; family AUTO or what --family says. */
static taut_status read_text(taut_instance_list *out, const char *name, taut_family family,
                             const char *text, taut_error *err)
{
	taut_options options;
	taut_status  st;
	FILE        *file = fopen(name, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	taut_options_default(&options);
	options.family = (int)family;
	st = taut_formats_read(out, name, &options, err);
	assert_int_equal(unlink(name), 0);
	return st;
}

static void put_number(taut_text *out, int64_t value, int32_t decimals)
{
	char number[32];

	taut_decimal_format(number, sizeof number, value, decimals);
	taut_text_put(out, number);
}

static const char *variable_name(char buffer[16], const taut_program_data *p, uint32_t i)
{
	if (p->names)
		return p->names[i];
	(void)snprintf(buffer, 16, "x%u", (unsigned)i + 1);
	return buffer;
}

static void put_objective(taut_text *out, const taut_program_data *p)
{
	char name[16];

	taut_text_put(out, p->maximise ? "max " : "min ");
	put_number(out, p->offset.value, p->offset.decimals);
	for (size_t k = 0; k < p->n_terms; k++) {
		const int64_t q = p->q.v[k];
		taut_text_put(out, q < 0 ? " - " : " + ");
		put_number(out, q < 0 ? -q : q, p->q.decimals);
		taut_text_format(out, " %s", variable_name(name, p, p->i[k]));
		if (p->j[k] == TAUT_SQUARE)
			taut_text_put(out, "^2");
		else if (p->i[k] != p->j[k])
			taut_text_format(out, "*%s", variable_name(name, p, p->j[k]));
	}
	taut_text_put(out, "\n");
}

static void put_row(taut_text *out, const taut_program_data *p, const taut_program_row *row)
{
	char name[16];

	taut_text_format(out, "%s: ", row->name ? row->name : "-");
	if (row->has_lo)
		put_number(out, row->lo.value, row->lo.decimals);
	else
		taut_text_put(out, "-inf");
	taut_text_put(out, " <=");
	for (size_t e = row->first; e < row->first + row->count; e++) {
		const int64_t a = p->row_coef.v[e];
		taut_text_put(out, a < 0 ? " - " : e == row->first ? " " : " + ");
		put_number(out, a < 0 ? -a : a, p->row_coef.decimals);
		taut_text_format(out, " %s", variable_name(name, p, p->row_col[e]));
	}
	taut_text_put(out, " <= ");
	if (row->has_hi)
		put_number(out, row->hi.value, row->hi.decimals);
	else
		taut_text_put(out, "inf");
	taut_text_put(out, "\n");
}

static void put_integers(taut_text *out, const taut_program_data *p)
{
	char name[16];

	for (size_t k = 0; k < p->n_integers; k++)
		taut_text_format(out, "%s: %lld .. %lld\n",
		                 variable_name(name, p, p->integers[k].variable),
		                 (long long)p->integers[k].lo, (long long)p->integers[k].hi);
}

/* The text must be read as the program that is written out in `expected`. */
static void expect_program(const char *file, const char *text, const char *expected)
{
	taut_instance_list list;
	taut_error         err = {0};
	taut_text          out = {0};

	if (read_text(&list, file, TAUT_FAMILY_AUTO, text, &err) != TAUT_OK)
		fail_msg("%s\n%s", err.text, text);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0]->family, TAUT_FAMILY_BINARY_PROGRAM);
	put_objective(&out, &list.items[0]->data.program);
	for (size_t k = 0; k < list.items[0]->data.program.n_rows; k++)
		put_row(&out, &list.items[0]->data.program, &list.items[0]->data.program.rows[k]);
	put_integers(&out, &list.items[0]->data.program);
	assert_int_equal(taut_text_check(&out, NULL), TAUT_OK);
	if (strcmp(out.data, expected) != 0)
		fail_msg("%s\nread as\n%sexpected\n%s", text, out.data, expected);
	taut_text_fini(&out);
	taut_instance_list_fini(&list);
}

/* The text must be refused with a message that holds `message`. */
static void expect_refusal(const char *file, taut_family family, const char *text, taut_status code,
                           const char *message)
{
	taut_instance_list list;
	taut_error         err = {0};

	assert_int_equal(read_text(&list, file, family, text, &err), code);
	if (!strstr(err.text, message))
		fail_msg("'%s' is not in '%s'", message, err.text);
	assert_int_equal(list.count, 0);
}

/* Whichever allocation fails: ENOMEM, nothing left behind. */
static void walk_faults(const char *file, taut_family family, const char *text)
{
	taut_instance_list list;
	taut_error         err;
	taut_status        st;
	long               nth = 0;

	do {
		taut_faults_arm(++nth, 0);
		st = read_text(&list, file, family, text, &err);
		taut_faults_arm(0, 0);
		if (st == TAUT_OK)
			break;
		assert_int_equal(st, TAUT_ENOMEM);
		assert_int_equal(list.count, 0);
	} while (nth < 10000);
	assert_int_equal(st, TAUT_OK);
	assert_true(nth > 3);
	taut_instance_list_fini(&list);
}

#endif
