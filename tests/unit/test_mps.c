/* The reader of MPS files: free and fixed, every section, what is refused. */
#include "program_fixture.h"

static const char *const free_file =
	"* a comment\n"
	"NAME  example\n"
	"OBJSENSE\n    MAX\n"
	"ROWS\n N cost\n L c1\n G c2\n E c3\n N other\n E r+\n E r-\n G empty\n"
	"COLUMNS\n"
	" M1 'MARKER' 'INTORG'\n"
	" x cost 2 c1 1\n"
	" x c2 -3.5\n"
	" y c1 2.25 other 9\n"
	" M2 'MARKER' 'INTEND'\n"
	" z c3 1 c2 1e1\n"
	" z r+ 1 r- 1\n"
	"RHS\n RHS c1 2 c2 -1\n RHS c3 1 cost 4\n RHS r+ 1 r- 1\n"
	"RANGES\n RNG c1 3 c2 2.5\n RNG r+ 2\n RNG r- -2\n"
	"BOUNDS\n BV BND z\n UP BND y 1\n"
	"ENDATA\nwhatever follows is not read\n";

static void free_format(void **state)
{
	(void)state;
	expect_program("a.mps", free_file,
	               "max -4 + 2 x\n"
	               "c1: -1 <= 1 x + 2.25 y <= 2\n"
	               "c2: -1 <= - 3.5 x + 10 z <= 1.5\n"
	               "c3: 1 <= 1 z <= 1\n"
	               "r+: 1 <= 1 z <= 3\n"
	               "r-: -1 <= 1 z <= 1\n");
	/* sets of RHS, RANGES and BOUNDS may be left out; words in the section's line; lower case
	 */
	expect_program("a.mps",
	               "NAME\nOBJSENSE MIN\nrows\n n o\n l c\ncolumns\n x o 1 c 2\n y c 1\n"
	               "rhs\n c 5\nranges\n c 4\nbounds\n bv x\n up y 1\n ui y 1\nendata\n",
	               "min 0 + 1 x\nc: 1 <= 2 x + 1 y <= 5\n");
	/* told by the first word; by the word after comments */
	expect_program("a", "ROWS\n N o\nCOLUMNS\n x o 1\nBOUNDS\n BV x\nENDATA\n",
	               "min 0 + 1 x\n");
	expect_program("a", "* c\n* d\nNAME\nROWS\n N o\nCOLUMNS\n x o 1\nBOUNDS\n BV x\nENDATA\n",
	               "min 0 + 1 x\n");
}

static void fixed_format(void **state)
{
	(void)state;
	expect_program("a.mps",
	               "NAME          TESTPROB\n"
	               "ROWS\n"
	               " N  THE COST\n"
	               " L  LIM 1\n"
	               " G  MYEQN\n"
	               "COLUMNS\n"
	               "    MARKER                 'MARKER'                 'INTORG'\n"
	               "    X ONE     THE COST           1.0   LIM 1              1.0\n"
	               "    X ONE     MYEQN              1.0\n"
	               "    YTWO      THE COST           2.0   LIM 1             -1.5\n"
	               "    MARKER                 'MARKER'                 'INTEND'\n"
	               "RHS\n"
	               "    RHS       LIM 1              4.0   MYEQN              1.0\n"
	               "              THE COST          -3.0\n"
	               "BOUNDS\n"
	               " UP BND       X ONE              1.0\n"
	               "ENDATA\n",
	               "min 3 + 1 X ONE + 2 YTWO\n"
	               "LIM 1: -inf <= 1 X ONE - 1.5 YTWO <= 4\n"
	               "MYEQN: 1 <= 1 X ONE <= inf\n");
}

#define HEAD   "NAME\nROWS\n N o\n L c\nCOLUMNS\n"
#define MARKED " M 'MARKER' 'INTORG'\n x o 1 c 1\n y c 1\n M 'MARKER' 'INTEND'\n"

static void bounds(void **state)
{
	(void)state;
	/* between markers without a bound: 0 and 1 */
	expect_program("a.mps", HEAD MARKED "RHS\nENDATA\n",
	               "min 0 + 1 x\nc: -inf <= 1 x + 1 y <= 0\n");
	expect_program(
		"a.mps", HEAD MARKED "BOUNDS\n FX B x 1\n FX B y 0\nENDATA\n",
		"min 0 + 1 x\nc: -inf <= 1 x + 1 y <= 0\n-: 1 <= 1 x <= 1\n-: 0 <= 1 y <= 0\n");
	expect_program("a.mps",
	               HEAD MARKED "BOUNDS\n LO B x 0\n UP B x 1\n PL B y\n BV B y\nENDATA\n",
	               "min 0 + 1 x\nc: -inf <= 1 x + 1 y <= 0\n");
	expect_program("a.mps",
	               HEAD " x o 1\n y c 1\nBOUNDS\n BV B x 1\n LI y 0\n UI y 1\nENDATA\n",
	               "min 0 + 1 x\nc: -inf <= 1 y <= 0\n");
	expect_refusal(
		"a.mps", TAUT_FAMILY_AUTO, HEAD MARKED "BOUNDS\n LO B x 0\nENDATA\n", TAUT_EINPUT,
		"is an integer with bounds 0 and inf: give it a finite lower and upper bound");
	expect_refusal("a.mps", TAUT_FAMILY_AUTO, HEAD MARKED "BOUNDS\n FR B y\nENDATA\n",
	               TAUT_EINPUT, "variable 'y' is an integer with bounds -inf and inf");
	expect_refusal("a.mps", TAUT_FAMILY_AUTO, HEAD MARKED "BOUNDS\n LO B y 3\nENDATA\n",
	               TAUT_EINPUT, "a.mps:11:7: variable 'y' is an integer with bounds 3 and inf");
	expect_refusal("a.mps", TAUT_FAMILY_AUTO,
	               HEAD MARKED "BOUNDS\n UP B y 1e30\n MI B x\nENDATA\n", TAUT_EINPUT,
	               "variable 'x' is an integer with bounds -inf");
	expect_refusal("a.mps", TAUT_FAMILY_AUTO, HEAD " x o 1\nENDATA\n", TAUT_EINPUT,
	               "a.mps:6:2: variable 'x' is continuous");
}

static void integers(void **state)
{
	(void)state;
	expect_program("a.mps",
	               HEAD MARKED "BOUNDS\n UP B x 3\n LI B y -2\n UI B y 1\nQUADOBJ\n x x 2\n"
	                           "ENDATA\n",
	               "min 0 + 1 x + 1 x^2\nc: -inf <= 1 x + 1 y <= 0\nx: 0 .. 3\ny: -2 .. 1\n");
	expect_program("a.mps", HEAD " x o 1\n y c 1\nBOUNDS\n FX x 4\n UI y 1\nENDATA\n",
	               "min 0 + 1 x\nc: -inf <= 1 y <= 0\nx: 4 .. 4\n");
}

static void products(void **state)
{
	(void)state;
	expect_program("a.mps", HEAD MARKED "QUADOBJ\n x x 2\n x y 3\n y y 5\nENDATA\n",
	               "min 0 + 1 x + 1 x + 3 x*y + 2.5 y\nc: -inf <= 1 x + 1 y <= 0\n");
	expect_program("a.mps", HEAD MARKED "QMATRIX\n x x 2\n x y 3\n y x 3\nENDATA\n",
	               "min 0 + 1 x + 1 x + 1.5 x*y + 1.5 y*x\nc: -inf <= 1 x + 1 y <= 0\n");
	expect_program("a.mps", HEAD MARKED "QSECTION o\n y x -4\nENDATA\n",
	               "min 0 + 1 x - 4 y*x\nc: -inf <= 1 x + 1 y <= 0\n");
	expect_refusal("a.mps", TAUT_FAMILY_AUTO, HEAD MARKED "QSECTION c\n y x -4\nENDATA\n",
	               TAUT_EINPUT, "a.mps:10:10: row 'c' is quadratic");
	expect_refusal("a.mps", TAUT_FAMILY_AUTO, HEAD MARKED "QCMATRIX c\n y x -4\nENDATA\n",
	               TAUT_EINPUT, "a.mps:10:10: row 'c' is quadratic");
}

static void refusals(void **state)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{HEAD " x o 1\n", "a.mps:7:1: the file ends without ENDATA"},
		{"NAME\n x o 1\nENDATA\n", "a.mps:2:1: a line outside of a section"},
		{"NAME\nROWS\n Q c\nENDATA\n", "a.mps:3:2: 'Q' is no type of row"},
		{"NAME\nROWS\n N o\n L c\n G c\nENDATA\n", "a.mps:5:4: a second row 'c'"},
		{"NAME\nROWS\n N o extra words are here and it is too long for a fixed file of "
	         "old\n",
	         "a.mps:3:1: a type and a name"},
		{HEAD " x d 1\nENDATA\n", "a.mps:6:4: no row 'd' in ROWS"},
		{HEAD " x o one\nENDATA\n", "a.mps:6:6: coefficient: 'one' is not a number"},
		{HEAD " x o\tENDATA\n", "a.mps:6:6: coefficient: 'ENDATA' is not a number"},
		{HEAD " x o 1 c\nENDATA\n", "a column and one or two pairs"},
		{HEAD " x o 1\n y c 1\n x c 1\nENDATA\n", "a.mps:8:2: column 'x' stood before"},
		{HEAD " x o 1 o 2\nENDATA\n", "a.mps:6:8: a second entry in row 'o'"},
		{HEAD " M 'MARKER' 'SOSORG'\nENDATA\n", "a.mps:6:1: a marker other than"},
		{HEAD MARKED "RHS\n R d 1\nENDATA\n", "a.mps:11:4: no row 'd' in ROWS"},
		{HEAD MARKED "RHS\n R c 1\n S c 1\nENDATA\n", "a.mps:12:2: a second set 'S'"},
		{HEAD MARKED "RHS\n R\nENDATA\n", "a.mps:11:1: one or two pairs"},
		{HEAD MARKED "RANGES\n R o 1\nENDATA\n", "a range of a row of type N"},
		{HEAD MARKED "BOUNDS\n XX B x 1\nENDATA\n", "a.mps:11:2: 'XX' is no type of bound"},
		{HEAD MARKED "BOUNDS\n SC B x 1\nENDATA\n", "a.mps:11:2: 'SC' is no type of bound"},
		{HEAD MARKED "BOUNDS\n UP B z 1\nENDATA\n", "a.mps:11:7: no column 'z' in COLUMNS"},
		{HEAD MARKED "BOUNDS\n UP B x\nENDATA\n", "a.mps:11:5: no column 'B' in COLUMNS"},
		{HEAD MARKED "BOUNDS\n UP\nENDATA\n", "a type, a set, a column and a bound"},
		{HEAD MARKED "BOUNDS\n UP A x 1\n UP B y 1\nENDATA\n",
	         "a.mps:12:5: a second set 'B'"},
		{HEAD MARKED "BOUNDS\n UP A x q\nENDATA\n",
	         "a.mps:11:9: bound: 'q' is not a number"},
		{HEAD MARKED "SOS1\n s x 1\nENDATA\n",
	         "a.mps:10:1: section 'SOS1' is not supported"},
		{HEAD MARKED "QUADOBJ\n x y\nENDATA\n",
	         "a.mps:11:1: two columns and a coefficient"},
		{HEAD MARKED "QUADOBJ\n x z 1\nENDATA\n", "a.mps:11:4: no column 'z'"},
		{"NAME\nOBJSENSE\n UPWARDS\nENDATA\n", "a.mps:3:2: MIN or MAX should stand here"},
		{"NAME\nOBJSENSE UP\nENDATA\n", "a.mps:2:10: MIN or MAX should stand here"},
		{"NAME\nROWS\n N o\n G c\nCOLUMNS\n x o 1\nRHS\n R c 1\nBOUNDS\n BV x\nENDATA\n",
	         "a.mps:4:4: row 'c': no entries, and its limits exclude 0"},
		{"NAME\nROWS\n N o\nCOLUMNS\nENDATA\n", "no variable in the file"},
	};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
		expect_refusal("a.mps", TAUT_FAMILY_AUTO, cases[k].text, TAUT_EINPUT,
		               cases[k].message);
}

static void deviation_and_qubo(void **state)
{
	taut_instance_list list;
	taut_error         err = {0};

	(void)state;
	if (read_text(&list, "a.mps", TAUT_FAMILY_AUTO,
	              "NAME\nROWS\n N o\n E c\nCOLUMNS\n p o 1 c 1\n m o 1 c -1\n x c 7\n y c 4\n"
	              "RHS\n R c 5\nBOUNDS\n BV x\n BV y\nENDATA\n",
	              &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(list.items[0]->family, TAUT_FAMILY_MARKET_SHARE);
	assert_int_equal(list.items[0]->data.market.n, 2);
	assert_int_equal(list.items[0]->data.market.demands.v[0], 7);
	assert_int_equal(list.items[0]->data.market.demands.v[1], 4);
	assert_int_equal(list.items[0]->data.market.targets.v[0], 5);
	taut_instance_list_fini(&list);
	if (read_text(&list, "a.mps", TAUT_FAMILY_QUBO,
	              "NAME\nROWS\n N o\nCOLUMNS\n x o 1\n y o 4\nBOUNDS\n BV x\n BV y\n"
	              "QUADOBJ\n y x 3\nENDATA\n",
	              &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(list.items[0]->family, TAUT_FAMILY_QUBO);
	assert_int_equal(list.items[0]->data.qubo.n_terms, 3);
	assert_int_equal(list.items[0]->data.qubo.i[2], 0);
	assert_int_equal(list.items[0]->data.qubo.j[2], 1);
	taut_instance_list_fini(&list);
}

static void faults(void **state)
{
	(void)state;
	if (!taut_faults_built())
		skip();
	walk_faults("a.mps", TAUT_FAMILY_AUTO, free_file);
	walk_faults("a.mps", TAUT_FAMILY_QUBO,
	            "NAME\nROWS\n N o\nCOLUMNS\n x o 1\n y o 4\nBOUNDS\n BV x\n BV y\n"
	            "QUADOBJ\n y x 3\nENDATA\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_format),
		cmocka_unit_test(fixed_format),
		cmocka_unit_test(bounds),
		cmocka_unit_test(integers),
		cmocka_unit_test(products),
		cmocka_unit_test(refusals),
		cmocka_unit_test(deviation_and_qubo),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
