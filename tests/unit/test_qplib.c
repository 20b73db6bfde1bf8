/* The readers of QPLIB's own format and of BHOSLIB graphs. */
#include "program_fixture.h"

static const char *const example =
	"! the example of the paper's appendix, all variables binary\n"
	"MIPBAND # problem name\nQBL # type\nMinimize\n3 # variables\n"
	"2 # general linear constraints\n"
	"5 # nonzeros in lower triangle of Q^0\n"
	"1 1 2.0 5 lines row & column index & value\n2 1 -1.0 |\n2 2 2.0 |\n"
	"3 2 -1.0 |\n3 3 2.0 |\n"
	"-0.2 default value for entries in b_0\n1 # non default\n2 -0.4 1 line\n"
	"0.5 value of q^0\n\n% comments\n# anywhere\n"
	"4 # nonzeros in vectors b^i\n2 1 1.0\n1 1 1.0 4 lines\n1 2 1.0\n2 3 1.0\n"
	"1.0E+20 infinity\n1.0 default c_l\n0\n1.0E+20 default c_u\n1\n2 1.5\n"
	"1.0 default for x\n0\n0.0 for y\n0\n0.0 for z\n1\n3 7.5\n"
	"1 names of variables\n2 middle\n1 names of constraints\n2 last\n";

static void paper(void **state)
{
	(void)state;
	expect_program("a.qplib", example,
	               "min 0.5 + 1 x1 - 1 middle*x1 + 1 middle - 1 x3*middle + 1 x3 - 0.2 x1 "
	               "- 0.4 middle - 0.2 x3\n"
	               "-: 1 <= 1 x1 + 1 middle <= inf\n"
	               "last: 1 <= 1 x1 + 1 x3 <= 1.5\n");
}

static void types(void **state)
{
	(void)state;
	/* no constraints: no m, no limits; the points at the end may be missing */
	expect_program("a.qplib",
	               "P\nQBN\nmaximize\n2\n1\n2 1 3\n0\n0\n0\n1e308\n0\n0\n0\n0\n0\n0\n",
	               "max 0 + 3 x2*x1\n");
	expect_program("a.qplib", "P\ncbb\nMAXIMIZE\n2\n1\n2 2 3\n0\n1\n1 -1\n0\n1e308\n",
	               "max 0 + 1.5 x2 - 1 x1\n");
	/* linear objective; infinity as the file says it; a row that limits nothing, one that is
	 * empty */
	expect_program("a.qplib",
	               "P\nLBL\nminimize\n2\n3\n1\n0\n0\n2\n1 1 1\n1 2 -2\n1000\n"
	               "-1000\n1\n1 -5\n2000\n2\n1 4\n3 6\n",
	               "min 0 + 1 x1 + 1 x2\n-: -5 <= 1 x1 - 2 x2 <= 4\n");
}

static const char *const whole =
	"P\nQIL\nminimize\n3\n1\n2\n1 1 3\n2 1 1\n0\n0\n0\n1\n1 3 2\n1000\n-1000\n0\n5\n0\n"
	"0\n1\n1 -2.5\n1\n1\n1 7.5\n";

static void integers(void **state)
{
	(void)state;
	expect_program("a.qplib", whole,
	               "min 0 + 1.5 x1^2 + 1 x2*x1\n-: -inf <= 2 x3 <= 5\nx1: -2 .. 7\n");
}

static void refusals(void **state)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{"P\nQML\nminimize\n",
	         "a.qplib:2:1: problems of type QML have continuous variables"},
		{"P\nLBQ\nminimize\n2\n3\n1\n0\n0\n1\n2 1 1 4\n",
	         "a.qplib:10:1: constraint 2 is quadratic: constraints must be linear"},
		{"P\nLIB\nminimize\n2\n1\n0\n0\n100\n0\n0\n5\n1\n2 100\n",
	         "variable 2 is an integer without a finite lower and upper bound: give them"},
		{"P\nXBN\nminimize\n", "a.qplib:2:1: 'XBN' is no type of problem"},
		{"P\nMILP\nminimize\n", "a.qplib:2:1: 'MILP' is no type of problem"},
		{"P\nQBN\nupwards\n", "a.qplib:3:1: 'upwards' is neither minimize nor maximize"},
		{"P\nQBN\nminimize\n0\n", "number of variables: 0 is not in 1 to 1000000"},
		{"P\nQBN\nminimize\n2\n999\n", "number of quadratic terms: 999 is not in 0 to"},
		{"P\nQBN\nminimize\n2\n1\n1 2 3\n", "a.qplib:6:3: column: 2 is not in 1 to 1"},
		{"P\nQBN\nminimize\n2\n1\n3 2 3\n", "a.qplib:6:1: row: 3 is not in 1 to 2"},
		{"P\nQBN\nminimize\n2\n1\n2 1\n", "a.qplib:6: the line ends where a coefficient"},
		{"P\nQBN\nminimize\n2\n1\n2 1 a\n",
	         "a.qplib:6:5: coefficient: 'a' is not a number"},
		{"P\nQBN\nminimize\n2\n0\n0\n1\n3 1\n", "a.qplib:8:1: index: 3 is not in 1 to 2"},
		{"P\nQBN\nminimize\n2\n0\n0\n3\n", "number of limits: 3 is not in 0 to 2"},
		{"P\nQBN\nminimize\n2\n0\n1e30\n0\n0\n",
	         "linear coefficient of variable 1 is infinite"},
		{"P\nQBN\nminimize\n2\n0\n0\n0\n0\n", "where the value of infinity should stand"},
		{"P\nQBN\nminimize\n2\n0\n0\n0\n0\n1e30\n0\n0\n0\n0\n0\n0\n7\n",
	         "'7' after the end of the data"},
		{"P\nLBL\nminimize\n1\n1\n0\n0\n0\n1\n2 1 1\n",
	         "a.qplib:10:1: constraint: 2 is not in 1 to 1"},
		{"P\nLBL\nminimize\n1\n1\n0\n0\n0\n0\n1e20\n1\n0\n2\n0\n",
	         "constraint 1 has no terms, and its limits exclude 0"},
		{"P\nLBL\nminimize\n1\n1\n0\n0\n0\n0\n1e20\n1e20\n0\n1e20\n0\n",
	         "constraint 1 cannot hold"},
		{"P\nQBN\nminimize\n2\n0\n0\n0\n0\n1e30\n0\n0\n0\n0\n2\n1 a\n1 b\n",
	         "a second name of number 1"},
	};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
		expect_refusal("a.qplib", TAUT_FAMILY_AUTO, cases[k].text, TAUT_EINPUT,
		               cases[k].message);
	expect_refusal("a.qplib", TAUT_FAMILY_QUBO, example, TAUT_EINPUT,
	               "family qubo has no constraints");
}

static const char *const graph = "c a path\np edge 3 2\nn 2 5\ne 1 2\ne 3 2\n";

static void bhoslib(void **state)
{
	taut_instance_list       list;
	const taut_program_data *p;
	taut_error               err = {0};

	(void)state;
	assert_int_equal(read_text(&list, "frb.mis", TAUT_FAMILY_AUTO, graph, &err), TAUT_OK);
	assert_int_equal(list.items[0]->family, TAUT_FAMILY_MIS);
	assert_int_equal(list.items[0]->data.graph.n_edges, 2);
	taut_instance_list_fini(&list);

	assert_int_equal(read_text(&list, "frb.mis", TAUT_FAMILY_BINARY_PROGRAM, graph, &err),
	                 TAUT_OK);
	assert_int_equal(list.items[0]->family, TAUT_FAMILY_BINARY_PROGRAM);
	assert_string_equal(list.items[0]->name, "frb");
	p = &list.items[0]->data.program;
	assert_true(p->maximise);
	assert_int_equal(p->n, 3);
	assert_int_equal(p->q.v[1], 5);
	assert_int_equal(p->q.v[2], 1);
	assert_int_equal(p->n_conflicts, 2);
	assert_int_equal(p->conflict_u[1], 2);
	assert_int_equal(p->conflict_v[1], 1);
	taut_instance_list_fini(&list);
	expect_refusal("frb.mis", TAUT_FAMILY_MAXCUT, graph, TAUT_EINPUT,
	               "holds family mis, not maxcut");
}

static void faults(void **state)
{
	(void)state;
	if (!taut_faults_built())
		skip();
	walk_faults("a.qplib", TAUT_FAMILY_AUTO, example);
	walk_faults("a.qplib", TAUT_FAMILY_AUTO, whole);
	walk_faults("a.qplib", TAUT_FAMILY_QUBO, "P\nQBN\nmaximize\n2\n1\n2 1 3\n0\n0\n0\n1e308\n");
	walk_faults("a.mis", TAUT_FAMILY_BINARY_PROGRAM, graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paper),    cmocka_unit_test(types),   cmocka_unit_test(integers),
		cmocka_unit_test(refusals), cmocka_unit_test(bhoslib), cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
