/* host/model: what the builder merges and refuses, the range proof, groups, structure, and
 * instances. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/evaluate.h"
#include "model/instance.h"
#include "model/model.h"

static void ok(taut_status st, const taut_error *err)
{
	if (st != TAUT_OK)
		print_error("%s\n", err->text);
	assert_int_equal(st, TAUT_OK);
}

static taut_model *empty_model(uint32_t n, bool maximise)
{
	taut_error  err;
	taut_model *m;

	ok(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "small", n, maximise, 0, &err), &err);
	return m;
}

static void add_ones_row(taut_model *m, taut_row_tag tag, const uint32_t *col, size_t count,
                         int64_t lo, int64_t hi)
{
	static const int64_t ones[] = {1, 1, 1, 1};
	taut_error           err;

	assert_true(count <= 4);
	ok(taut_model_add_row(m, tag, col, ones, count, lo, hi, 0, NULL, &err), &err);
}

static void repeats_add_up_and_zeros_vanish(void **state)
{
	const uint32_t col[] = {2, 0, 2, 1};
	const int64_t  coef[] = {5, 1, -5, 0};
	taut_model    *m = empty_model(3, false);
	taut_error     err;

	(void)state;
	ok(taut_model_add_term(m, 0, 2, 4, &err), &err);
	ok(taut_model_add_term(m, 2, 0, 3, &err), &err);
	ok(taut_model_add_term(m, 0, 1, 9, &err), &err);
	ok(taut_model_add_term(m, 1, 0, -9, &err), &err);
	ok(taut_model_add_term(m, 1, 1, 6, &err), &err);
	ok(taut_model_add_conflict(m, 0, 1, &err), &err);
	ok(taut_model_add_conflict(m, 1, 0, &err), &err);
	ok(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, 4, 0, 1, 2, "row", &err), &err);
	ok(taut_model_finish(m, &err), &err);
	assert_int_equal(m->quad_row[3], 2);
	assert_int_equal(m->quad_col[0], 2);
	assert_int_equal(m->quad_coef[0], 7);
	assert_int_equal(m->linear[1], 6);
	assert_int_equal(m->n_conflicts, 1);
	assert_int_equal(m->rows[0].count, 1);
	assert_int_equal(m->rows[0].decimals, 2);
	assert_string_equal(m->rows[0].name, "row");
	taut_model_free(m);
}

static void models_without_anything_work(void **state)
{
	taut_error err;

	(void)state;
	for (uint32_t n = 0; n < 2; n++) {
		const uint8_t x[1] = {1};
		taut_model   *m = empty_model(n, false);
		ok(taut_model_add_offset(m, -5, &err), &err);
		ok(taut_model_finish(m, &err), &err);
		assert_int_equal(taut_model_objective(m, x), -5);
		assert_true(taut_model_feasible(m, x));
		assert_int_equal(m->structure, TAUT_STRUCTURE_FREE);
		taut_model_free(m);
	}
	taut_model_free(empty_model(3, true)); /* never finished */
	taut_model_free(NULL);
}

static void bad_calls_are_refused(void **state)
{
	const uint32_t col[] = {0, 0, 7};
	const int64_t  coef[] = {1, 1, 1};
	const int64_t  large[] = {INT64_MAX, INT64_MAX, 0};
	taut_model    *m = empty_model(3, false);
	taut_error     err;

	(void)state;
	assert_int_equal(taut_model_add_term(m, 0, 3, 1, &err), TAUT_EINPUT);
	assert_int_equal(taut_model_add_term(m, UINT32_MAX, 0, 1, &err), TAUT_EINPUT);
	assert_int_equal(taut_model_add_conflict(m, 1, 1, &err), TAUT_EINPUT);
	assert_int_equal(taut_model_add_conflict(m, 1, 3, &err), TAUT_EINPUT);
	/* a column that is not there, limits that cross, a group that repeats a variable */
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, 3, 0, 1, 0, "r", &err),
	                 TAUT_EINPUT);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, 2, 2, 1, 0, "r", &err),
	                 TAUT_EINPUT);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_ONE_HOT, col, coef, 2, 1, 1, 0, "r", &err),
	                 TAUT_EINPUT);
	assert_int_equal(
		taut_model_add_row(m, TAUT_ROW_AT_MOST_ONE, col, coef, 1, 0, 2, 0, "r", &err),
		TAUT_EINPUT);
	assert_int_equal(taut_model_add_row(m, TAUT_ROW_LINEAR, col, large, 2, 0, 1, 0, "r", &err),
	                 TAUT_EINPUT);
	assert_int_equal(taut_model_add_form(m, TAUT_FORM_ABS, 1, col, coef, 3, 0, NULL, &err),
	                 TAUT_EINPUT);
	assert_int_equal(taut_model_set_permutation(m, 2, NULL, NULL, &err), TAUT_EINPUT);
	/* none of them left a trace */
	ok(taut_model_finish(m, &err), &err);
	assert_int_equal(m->n_rows, 0);
	assert_int_equal(m->n_forms, 0);
	assert_int_equal(m->n_conflicts, 0);
	assert_int_equal(m->structure, TAUT_STRUCTURE_FREE);
	taut_model_free(m);
}

/* What a model of two variables consists of; finish must give the status. */
static void expect_finish(taut_status want, int64_t offset, int64_t linear, int64_t quad,
                          int64_t form, taut_form_kind kind, int64_t row, int64_t flow)
{
	const uint32_t col[] = {0};
	taut_model    *m = empty_model(2, false);
	taut_error     err = {TAUT_OK, ""};
	taut_status    st;

	ok(taut_model_add_offset(m, offset, &err), &err);
	ok(taut_model_add_term(m, 0, 0, linear, &err), &err);
	ok(taut_model_add_term(m, 0, 1, quad, &err), &err);
	ok(taut_model_add_form(m, kind, 1, col, &form, 1, 0, NULL, &err), &err);
	ok(taut_model_add_row(m, TAUT_ROW_LINEAR, col, &row, 1, 0, 5, 0, "capacity", &err), &err);
	ok(taut_model_set_permutation(m, 1, &flow, &flow, &err), &err);
	st = taut_model_finish(m, &err);
	assert_int_equal(st, want);
	if (want != TAUT_OK) {
		assert_non_null(strstr(err.text, "can overflow 64 bits"));
		assert_non_null(strstr(err.text, row > 5 ? "capacity" : "objective"));
	}
	taut_model_free(m);
}

static void values_that_could_leave_64_bits_are_refused(void **state)
{
	const int64_t limit = INT64_C(1) << 62;
	const int64_t root = INT64_C(1) << 31;

	(void)state;
	expect_finish(TAUT_OK, limit - 1, 0, 0, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_EINPUT, limit - 1, 1, 0, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_EINPUT, INT64_MIN, 0, 0, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_OK, 0, -limit + 1, 0, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_EINPUT, 0, -limit, 0, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_EINPUT, 0, INT64_MIN, 0, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_OK, 0, 0, limit / 2 - 1, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_EINPUT, 0, 0, -limit, 0, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_OK, 0, 0, 0, limit - 1, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_EINPUT, 0, 0, 0, limit, TAUT_FORM_ABS, 0, 0);
	expect_finish(TAUT_OK, 0, 0, 0, root - 1, TAUT_FORM_SQUARE, 0, 0);
	expect_finish(TAUT_EINPUT, 0, 0, 0, root, TAUT_FORM_SQUARE, 0, 0);
	expect_finish(TAUT_OK, 0, 0, 0, 0, TAUT_FORM_ABS, limit - 6, 0);
	expect_finish(TAUT_EINPUT, 0, 0, 0, 0, TAUT_FORM_ABS, limit - 5, 0);
	expect_finish(TAUT_OK, 0, 0, 0, 0, TAUT_FORM_ABS, 0, root - 1);
	expect_finish(TAUT_EINPUT, 0, 0, 0, 0, TAUT_FORM_ABS, 0, root);
}

static void sums_that_leave_64_bits_are_refused(void **state)
{
	taut_model *m = empty_model(2, false);
	taut_error  err;

	(void)state;
	ok(taut_model_add_offset(m, INT64_MAX, &err), &err);
	assert_int_equal(taut_model_add_offset(m, 1, &err), TAUT_EINPUT);
	ok(taut_model_add_term(m, 1, 1, INT64_MIN, &err), &err);
	assert_int_equal(taut_model_add_term(m, 1, 1, -1, &err), TAUT_EINPUT);
	ok(taut_model_add_term(m, 0, 1, INT64_MAX, &err), &err);
	ok(taut_model_add_term(m, 1, 0, INT64_MAX, &err), &err);
	assert_int_equal(taut_model_finish(m, &err), TAUT_EINPUT);
	assert_non_null(strstr(err.text, "overflows"));
	taut_model_free(m);
}

static void groups_do_not_overlap(void **state)
{
	const uint32_t first[] = {1, 2};
	const uint32_t second[] = {2, 3, 4};
	const uint32_t third[] = {3, 4};
	const uint32_t fourth[] = {0};
	taut_model    *m = empty_model(6, false);
	taut_error     err;

	(void)state;
	add_ones_row(m, TAUT_ROW_AT_MOST_ONE, second, 3, 0, 1);
	add_ones_row(m, TAUT_ROW_ONE_HOT, first, 2, 1, 1);
	add_ones_row(m, TAUT_ROW_ONE_HOT, second, 3, 1, 1); /* shares variable 2 */
	add_ones_row(m, TAUT_ROW_ONE_HOT, third, 2, 1, 1);
	add_ones_row(m, TAUT_ROW_LINEAR, fourth, 1, 1, 1);
	ok(taut_model_finish(m, &err), &err);
	assert_int_equal(m->rows[0].lo, TAUT_NO_LIMIT_LO);
	assert_int_equal(m->group_of[0], TAUT_NO_GROUP);
	assert_int_equal(m->group_of[1], 1);
	assert_int_equal(m->group_of[2], 1);
	assert_int_equal(m->group_of[3], 3);
	assert_int_equal(m->group_of[4], 3);
	assert_int_equal(m->group_of[5], TAUT_NO_GROUP);
	taut_model_free(m);
}

static void a_permutations_rows_are_the_groups(void **state)
{
	const uint32_t down[] = {0, 2};
	taut_model    *m = empty_model(5, false);
	taut_error     err;

	(void)state;
	add_ones_row(m, TAUT_ROW_ONE_HOT, down, 2, 1,
	             1); /* comes first, but the block goes before */
	ok(taut_model_set_permutation(m, 2, NULL, NULL, &err), &err);
	ok(taut_model_finish(m, &err), &err);
	assert_int_equal(m->n_rows, 5);
	assert_int_equal(m->group_of[0], 1);
	assert_int_equal(m->group_of[1], 1);
	assert_int_equal(m->group_of[2], 2);
	assert_int_equal(m->group_of[3], 2);
	assert_int_equal(m->group_of[4], TAUT_NO_GROUP);
	assert_int_equal(m->structure, TAUT_STRUCTURE_GENERIC);
	taut_model_free(m);
}

static taut_structure structure_of(bool maximise, int64_t profit, bool quad, bool form,
                                   bool conflict, int64_t lo, int64_t hi)
{
	const uint32_t col[] = {0, 1};
	const int64_t  coef[] = {2, 3};
	taut_model    *m = empty_model(2, maximise);
	taut_error     err;
	taut_structure structure;

	ok(taut_model_add_term(m, 0, 0, profit, &err), &err);
	ok(taut_model_add_term(m, 0, 1, quad, &err), &err);
	if (form)
		ok(taut_model_add_form(m, TAUT_FORM_ABS, 1, col, coef, 2, 1, "form", &err), &err);
	if (conflict)
		ok(taut_model_add_conflict(m, 0, 1, &err), &err);
	if (lo != TAUT_NO_LIMIT_LO || hi != TAUT_NO_LIMIT_HI)
		ok(taut_model_add_row(m, TAUT_ROW_LINEAR, col, coef, 2, lo, hi, 0, NULL, &err),
		   &err);
	ok(taut_model_finish(m, &err), &err);
	structure = m->structure;
	taut_model_free(m);
	return structure;
}

static void structures_are_told_by_the_terms(void **state)
{
	const int64_t low = TAUT_NO_LIMIT_LO;
	const int64_t high = TAUT_NO_LIMIT_HI;

	(void)state;
	assert_int_equal(structure_of(true, 1, false, false, false, low, 4),
	                 TAUT_STRUCTURE_KNAPSACK);
	assert_int_equal(structure_of(false, 1, false, false, false, low, 4),
	                 TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(true, -1, false, false, false, low, 4),
	                 TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(true, 1, true, false, false, low, 4), TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(true, 1, false, false, true, low, 4), TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(true, 1, false, false, false, 1, 4), TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(true, 1, false, false, false, 1, high),
	                 TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(true, 1, false, false, true, low, high),
	                 TAUT_STRUCTURE_INDEPENDENT);
	assert_int_equal(structure_of(true, -1, false, false, true, low, high),
	                 TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(false, 0, false, true, false, low, high),
	                 TAUT_STRUCTURE_DEVIATION);
	assert_int_equal(structure_of(false, 1, false, true, false, low, high),
	                 TAUT_STRUCTURE_GENERIC);
	assert_int_equal(structure_of(true, -3, true, false, false, low, high),
	                 TAUT_STRUCTURE_FREE);
}

static void instances_keep_what_they_are_given(void **state)
{
	const taut_decimal half = {5, 1};
	const taut_decimal two = {2, 0};
	taut_instance     *graph;
	taut_instance     *program;
	taut_program_data *p;
	taut_error         err;

	(void)state;
	ok(taut_instance_new(&graph, TAUT_FAMILY_MAXCUT, "graph", &err), &err);
	ok(taut_graph_add_edge(&graph->data.graph, 3, 1, &two, &err), &err);
	ok(taut_graph_add_edge(&graph->data.graph, 0, 2, &half, &err), &err);
	assert_int_equal(graph->data.graph.n_edges, 2);
	assert_int_equal(graph->data.graph.u[0], 3);
	assert_int_equal(graph->data.graph.edge_weights.v[0], 20);
	assert_int_equal(graph->index, 1);
	taut_instance_free(graph);

	ok(taut_instance_new(&program, TAUT_FAMILY_BINARY_PROGRAM, "program", &err), &err);
	p = &program->data.program;
	for (uint32_t k = 0; k < 100; k++) {
		char name[16];
		(void)snprintf(name, sizeof name, "row %" PRIu32, k);
		ok(taut_program_add_row(p, k % 2 ? name : NULL, k % 3 ? &two : NULL, &half, &err),
		   &err);
		for (uint32_t e = 0; e < k; e++)
			ok(taut_program_add_entry(p, e, half, &err), &err);
		ok(taut_program_add_group(p, name, k % 2, &err), &err);
		ok(taut_program_add_member(p, k, &err), &err);
		ok(taut_program_add_term(p, k, k + 1, two, &err), &err);
		ok(taut_program_add_conflict(p, k, k + 2, &err), &err);
	}
	assert_int_equal(p->n_rows, 100);
	assert_int_equal(p->rows[99].first, 99 * 98 / 2);
	assert_int_equal(p->rows[99].count, 99);
	assert_string_equal(p->rows[99].name, "row 99");
	assert_null(p->rows[98].name);
	assert_false(p->rows[99].has_lo);
	assert_int_equal(p->n_row_entries, 100 * 99 / 2);
	assert_int_equal(p->groups[7].first, 7);
	assert_true(p->groups[7].at_most);
	assert_int_equal(p->conflict_v[99], 101);
	taut_instance_free(program);
	taut_instance_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats_add_up_and_zeros_vanish),
		cmocka_unit_test(models_without_anything_work),
		cmocka_unit_test(bad_calls_are_refused),
		cmocka_unit_test(values_that_could_leave_64_bits_are_refused),
		cmocka_unit_test(sums_that_leave_64_bits_are_refused),
		cmocka_unit_test(groups_do_not_overlap),
		cmocka_unit_test(a_permutations_rows_are_the_groups),
		cmocka_unit_test(structures_are_told_by_the_terms),
		cmocka_unit_test(instances_keep_what_they_are_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
