/* formulations/families/binary_program.c: random programs with decimals against their own rows, and
 * the rows that become groups and conflicts. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "formulations/families/family.h"
#include "model/evaluate.h"
#include "model/instance.h"

enum { SEED = 20250104, SCALE = 6 }; /* everything is compared at 6 decimals */

static void ok(taut_status st, const taut_error *err)
{
	if (st != TAUT_OK)
		print_error("%s\n", err->text);
	assert_int_equal(st, TAUT_OK);
}

static taut_instance *new_program(uint32_t n)
{
	taut_instance *instance;
	taut_error     err;

	ok(taut_instance_new(&instance, TAUT_FAMILY_BINARY_PROGRAM, "test", &err), &err);
	instance->data.program.n = n;
	return instance;
}

static taut_model *build(const taut_instance *instance)
{
	taut_model *m;
	taut_error  err;

	ok(taut_family_find(TAUT_FAMILY_BINARY_PROGRAM)->build(&m, instance, &err), &err);
	return m;
}

static int64_t scaled(int64_t value, int32_t decimals)
{
	return value * taut_power_of_ten(SCALE - decimals);
}

static taut_decimal random_decimal(taut_rng *rng)
{
	return (taut_decimal){(int64_t)taut_rng_below(rng, 61) - 30,
	                      (int32_t)taut_rng_below(rng, 4)};
}

static void random_program(taut_program_data *p, taut_rng *rng)
{
	const uint32_t n = p->n;
	taut_error     err;

	p->maximise = taut_rng_below(rng, 2) != 0;
	p->offset = random_decimal(rng);
	for (size_t e = (size_t)taut_rng_below(rng, 12); e > 0; e--)
		ok(taut_program_add_term(p, (uint32_t)taut_rng_below(rng, n),
		                         (uint32_t)taut_rng_below(rng, n), random_decimal(rng),
		                         &err),
		   &err);
	for (size_t k = (size_t)taut_rng_below(rng, 5); k > 0; k--) {
		/* small whole numbers often, so that groups and conflicts come up */
		const bool   plain = taut_rng_below(rng, 2) != 0;
		const bool   has_lo = taut_rng_below(rng, 2) != 0;
		taut_decimal lo = random_decimal(rng);
		taut_decimal hi = lo;
		hi.value += (int64_t)taut_rng_below(rng, 20);
		if (plain) {
			lo = (taut_decimal){(int64_t)taut_rng_below(rng, 3) - 1, 0};
			hi = (taut_decimal){lo.value + (int64_t)taut_rng_below(rng, 2), 0};
		}
		ok(taut_program_add_row(p, taut_rng_below(rng, 2) ? "named" : NULL,
		                        has_lo ? &lo : NULL,
		                        !has_lo || taut_rng_below(rng, 2) ? &hi : NULL, &err),
		   &err);
		for (size_t e = 1 + (size_t)taut_rng_below(rng, 4); e > 0; e--) {
			const taut_decimal sign = {hi.value < 0 ? -1 : 1, 0};
			ok(taut_program_add_entry(p, (uint32_t)taut_rng_below(rng, n),
			                          plain ? sign : random_decimal(rng), &err),
			   &err);
		}
	}
	for (size_t e = (size_t)taut_rng_below(rng, 3); e > 0; e--) {
		const uint32_t u = (uint32_t)taut_rng_below(rng, n - 1);
		ok(taut_program_add_conflict(p, u, u + 1, &err), &err);
	}
	for (size_t g = (size_t)taut_rng_below(rng, 3); g > 0; g--) {
		const uint32_t first = (uint32_t)taut_rng_below(rng, n);
		ok(taut_program_add_group(p, NULL, taut_rng_below(rng, 2), &err), &err);
		for (uint32_t v = first; v < n; v++)
			ok(taut_program_add_member(p, v, &err), &err);
	}
}

static bool program_feasible(const taut_program_data *p, const uint8_t *x)
{
	bool feasible = true;

	for (size_t k = 0; k < p->n_rows; k++) {
		const taut_program_row *row = &p->rows[k];
		int64_t                 sum = 0;
		for (size_t e = row->first; e < row->first + row->count; e++)
			sum += scaled(p->row_coef.v[e], p->row_coef.decimals) * x[p->row_col[e]];
		if (row->has_lo)
			feasible = feasible && sum >= scaled(row->lo.value, row->lo.decimals);
		if (row->has_hi)
			feasible = feasible && sum <= scaled(row->hi.value, row->hi.decimals);
	}
	for (size_t e = 0; e < p->n_conflicts; e++)
		feasible = feasible && !(x[p->conflict_u[e]] && x[p->conflict_v[e]]);
	for (size_t g = 0; g < p->n_groups; g++) {
		const taut_program_group *group = &p->groups[g];
		uint32_t                  ones = 0;
		for (size_t e = group->first; e < group->first + group->count; e++)
			ones += x[p->group_var[e]];
		feasible = feasible && (group->at_most ? ones <= 1 : ones == 1);
	}
	return feasible;
}

static void programs_are_their_rows(void **state)
{
	taut_rng rng;
	int      n_feasible = 0;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 1);
	for (int round = 0; round < 2000; round++) {
		const uint32_t     n = 2 + (uint32_t)taut_rng_below(&rng, 5);
		taut_instance     *instance = new_program(n);
		taut_program_data *p = &instance->data.program;
		taut_model        *m;
		random_program(p, &rng);
		m = build(instance);
		assert_int_equal(m->maximise, p->maximise);
		for (uint32_t bits = 0; bits < 1u << n; bits++) {
			uint8_t x[8];
			int64_t value = scaled(p->offset.value, p->offset.decimals);
			for (uint32_t i = 0; i < n; i++)
				x[i] = bits >> i & 1;
			for (size_t e = 0; e < p->n_terms; e++)
				value += scaled(p->q.v[e], p->q.decimals) * x[p->i[e]] * x[p->j[e]];
			assert_int_equal(scaled(taut_model_objective(m, x), m->decimals), value);
			assert_int_equal(taut_model_feasible(m, x), program_feasible(p, x));
			n_feasible += program_feasible(p, x);
		}
		taut_model_free(m);
		taut_instance_free(instance);
	}
	assert_true(n_feasible > 1000); /* both answers came up */
}

/* A row lo <= sign (x1 + ... + x_count) <= hi; NULL is no limit. */
static void add_sum(taut_program_data *p, const char *name, uint32_t count, int64_t sign,
                    const int64_t *lo, const int64_t *hi)
{
	taut_decimal low = {lo ? *lo : 0, 0};
	taut_decimal high = {hi ? *hi : 0, 0};
	taut_error   err;

	ok(taut_program_add_row(p, name, lo ? &low : NULL, hi ? &high : NULL, &err), &err);
	for (uint32_t i = 0; i < count; i++)
		ok(taut_program_add_entry(p, i, (taut_decimal){sign, 0}, &err), &err);
}

static void rows_become_groups_and_conflicts(void **state)
{
	static const int64_t zero = 0, one = 1, minus = -1, two = 2;
	taut_instance       *instance = new_program(4);
	taut_program_data   *p = &instance->data.program;
	taut_model          *m;
	taut_error           err;

	(void)state;
	add_sum(p, NULL, 2, 1, NULL, &one);    /* x1 + x2 <= 1: a conflict */
	add_sum(p, NULL, 2, -1, &minus, NULL); /* -x1 - x2 >= -1: the same one */
	add_sum(p, "pair", 2, 1, NULL, &one);  /* a name is kept: a row */
	add_sum(p, NULL, 3, 1, &one, &one);
	add_sum(p, NULL, 3, -1, &minus, &minus);
	add_sum(p, NULL, 4, -1, &minus, NULL);
	add_sum(p, NULL, 3, 1, &zero, &one);
	add_sum(p, NULL, 3, 1, NULL, &two);
	add_sum(p, NULL, 2, 1, &one, NULL);
	add_sum(p, NULL, 2, 1, &one, &one);
	/* x1 + x1 <= 1 is no group, 1.5 x1 + x2 <= 1 neither */
	ok(taut_program_add_row(p, NULL, NULL, &(taut_decimal){1, 0}, &err), &err);
	ok(taut_program_add_entry(p, 0, (taut_decimal){1, 0}, &err), &err);
	ok(taut_program_add_entry(p, 0, (taut_decimal){1, 0}, &err), &err);
	ok(taut_program_add_row(p, NULL, NULL, &(taut_decimal){1, 0}, &err), &err);
	ok(taut_program_add_entry(p, 0, (taut_decimal){15, 1}, &err), &err);
	ok(taut_program_add_entry(p, 1, (taut_decimal){1, 0}, &err), &err);
	m = build(instance);
	assert_int_equal(m->n_conflicts, 1);
	assert_int_equal(m->n_rows, 10);
	assert_int_equal(m->rows[0].tag, TAUT_ROW_AT_MOST_ONE);
	assert_string_equal(m->rows[0].name, "pair");
	assert_int_equal(m->rows[1].tag, TAUT_ROW_ONE_HOT);
	assert_int_equal(m->rows[2].tag, TAUT_ROW_ONE_HOT);
	assert_int_equal(m->rows[3].tag, TAUT_ROW_AT_MOST_ONE);
	assert_int_equal(m->rows[3].hi, 1);
	assert_int_equal(m->rows[4].tag, TAUT_ROW_AT_MOST_ONE);
	assert_int_equal(m->rows[4].lo, TAUT_NO_LIMIT_LO);
	assert_int_equal(m->rows[5].tag, TAUT_ROW_LINEAR);
	assert_int_equal(m->rows[6].tag, TAUT_ROW_LINEAR);
	assert_int_equal(m->rows[7].tag, TAUT_ROW_ONE_HOT);
	assert_int_equal(m->rows[8].tag, TAUT_ROW_LINEAR);
	assert_int_equal(m->row_coef[m->rows[8].first], 2);
	assert_int_equal(m->rows[9].tag, TAUT_ROW_LINEAR);
	assert_int_equal(m->rows[9].decimals, 1); /* the other rows keep whole numbers */
	assert_int_equal(m->rows[9].hi, 10);
	taut_model_free(m);
	taut_instance_free(instance);
}

static void independent_sets_are_seen(void **state)
{
	static const int64_t one = 1;
	taut_instance       *instance = new_program(2);
	taut_program_data   *p = &instance->data.program;
	taut_model          *m;
	taut_error           err;

	(void)state;
	p->maximise = true;
	ok(taut_program_add_term(p, 1, 1, (taut_decimal){3, 0}, &err), &err);
	add_sum(p, NULL, 2, 1, NULL, &one);
	m = build(instance);
	assert_int_equal(m->structure, TAUT_STRUCTURE_INDEPENDENT);
	taut_model_free(m);
	taut_instance_free(instance);
}

static void answers_name_the_ones(void **state)
{
	const uint8_t  x[] = {1, 0, 1};
	taut_instance *instance = new_program(3);
	taut_decoded   decoded;
	taut_model    *m;
	taut_error     err;

	(void)state;
	for (int named = 0; named < 2; named++) {
		if (named) {
			char **names = taut_alloc(3, sizeof *names, &err);
			assert_non_null(names);
			names[0] = taut_copy_text("open", &err);
			names[1] = taut_copy_text("wait", &err);
			names[2] = taut_copy_text("close", &err);
			instance->data.program.names = names;
		}
		m = build(instance);
		ok(taut_family_find(m->family)->decode(&decoded, m, x, &err), &err);
		assert_int_equal(decoded.n_lists, 1);
		assert_string_equal(decoded.lists[0].key, "ones");
		assert_int_equal(decoded.lists[0].count, 2);
		assert_string_equal(decoded.lists[0].texts[0], named ? "open" : "x1");
		assert_string_equal(decoded.lists[0].texts[1], named ? "close" : "x3");
		taut_decoded_fini(&decoded);
		taut_model_free(m);
	}
	taut_instance_free(instance);
}

/* Building must fail with a message that names the place. */
static void expect_refused(taut_instance *instance, const char *needle)
{
	taut_model *m;
	taut_error  err = {TAUT_OK, ""};

	assert_int_equal(taut_family_find(TAUT_FAMILY_BINARY_PROGRAM)->build(&m, instance, &err),
	                 TAUT_EINPUT);
	assert_null(m);
	if (!strstr(err.text, needle))
		print_error("'%s' is not in '%s'\n", needle, err.text);
	assert_non_null(strstr(err.text, needle));
	taut_instance_free(instance);
}

static void bad_programs_are_refused(void **state)
{
	static const int64_t one = 1, two = 2;
	taut_instance       *i = new_program(2);
	taut_error           err;

	(void)state;
	add_sum(&i->data.program, "cap", 3, 1, NULL, &one);
	expect_refused(i, "constraint 'cap': variable 3 of a model of 2");
	i = new_program(2);
	add_sum(&i->data.program, NULL, 2, 1, &two, &one);
	expect_refused(i, "constraint 1: the lower limit is above the upper limit");
	i = new_program(2);
	ok(taut_program_add_group(&i->data.program, "g", false, &err), &err);
	ok(taut_program_add_member(&i->data.program, 1, &err), &err);
	ok(taut_program_add_member(&i->data.program, 1, &err), &err);
	expect_refused(i, "group 1: a group must hold distinct variables");
	i = new_program(2);
	ok(taut_program_add_conflict(&i->data.program, 1, 1, &err), &err);
	expect_refused(i, "variable 2 conflicts with itself");
	i = new_program(2);
	i->data.program.offset = (taut_decimal){1, 3};
	ok(taut_program_add_term(&i->data.program, 0, 1, (taut_decimal){INT64_MAX / 2, 0}, &err),
	   &err);
	expect_refused(i, "objective: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_their_rows),
		cmocka_unit_test(rows_become_groups_and_conflicts),
		cmocka_unit_test(independent_sets_are_seen),
		cmocka_unit_test(answers_name_the_ones),
		cmocka_unit_test(bad_programs_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
