/* The reader of CPLEX LP files: every form of the format, random programs in random layout, what is
 * refused, deviation models, and files as qubo. */
#include "program_fixture.h"

#include "base/rng.h"

static void objectives(void **state)
{
	(void)state;
	expect_program("a.lp", "Minimize\nobj: x + 2 y\nSubject To\nBinary\nx y\nEnd\n",
	               "min 0 + 1 x + 2 y\n");
	expect_program("a.lp",
	               "MAXIMISE\n -3x1+2.50 x2 - - x3 + 4 - 1.5\n +2e2 x1 st\nbin x1 x2 x3 end",
	               "max 2.5 - 3 x1 + 2.5 x2 + 1 x3 + 200 x1\n");
	expect_program("a.lp", "max\n\nst\n c: x <= 1\nbin\nx\nend\n",
	               "max 0\nc: -inf <= 1 x <= 1\n");
	/* an e without digits is the name's, with digits the number's */
	expect_program("a.lp", "min 2e + 2e3e + 3 e1\nst\nbin\n e e1\nend\n",
	               "min 0 + 2 e + 2000 e + 3 e1\n");
	expect_program("a.lp", "min 3\n x\n + 4\nst\nbin\nx\nend\n", "min 4 + 3 x\n");
}

static void products(void **state)
{
	(void)state;
	expect_program("a.lp",
	               "min x + [ 2 x ^ 2 + 4 x * y - z*y ] / 2 - [ 3 y^2 ]/ 2 + 1\nst\n"
	               "bin\nx y z\nend\n",
	               "min 1 + 1 x + 1 x + 2 x*y - 0.5 z*y - 1.5 y\n");
	/* without / 2 a bracket is what it says */
	expect_program("a.lp", "min [ x*y ]\nst\nbin\nx y\nend\n", "min 0 + 1 x*y\n");
	/* brackets of names and of products */
	expect_program("a.lp", "min [x[1]*x[2,3]+x[1]^2]/2\nst\nbin\nx[1] x[2,3]\nend\n",
	               "min 0 + 0.5 x[1]*x[2,3] + 0.5 x[1]\n");
}

static void rows(void **state)
{
	(void)state;
	expect_program("a.lp",
	               "min x + y\nSubject To\n"
	               " c1: x + y >= 1\n c2: x - 2.5 y =< 3 \n x + y = 1\n"
	               " r: -3 <= x + y <= 5\n s: 5 >= x + y > -3\n left: 1 <= x + y\n"
	               " const: x + 3 + y <= 5\n twice: x + x < 2\n"
	               " such: 2\n x\n +\\ a comment \n y =>\n -1\n"
	               "s.t.\n more: y >= 0.125\n"
	               "binaries\n x y\nend\n",
	               "min 0 + 1 x + 1 y\n"
	               "c1: 1 <= 1 x + 1 y <= inf\n"
	               "c2: -inf <= 1 x - 2.5 y <= 3\n"
	               "-: 1 <= 1 x + 1 y <= 1\n"
	               "r: -3 <= 1 x + 1 y <= 5\n"
	               "s: -3 <= 1 x + 1 y <= 5\n"
	               "left: 1 <= 1 x + 1 y <= inf\n"
	               "const: -inf <= 1 x + 1 y <= 2\n"
	               "twice: -inf <= 1 x + 1 x <= 2\n"
	               "such: -1 <= 2 x + 1 y <= inf\n"
	               "more: 0.125 <= 1 y <= inf\n");
	/* words of sections are names before a colon; rows that limit nothing are dropped */
	expect_program("a.lp",
	               "min x\nst\n st: x >= 0\n end : x <= 1\n free: x >= -inf\n f: x <= 1e30\n"
	               " g: -infinity <= x <= 1\n empty: 0 <= 3\nbin x end",
	               "min 0 + 1 x\nst: 0 <= 1 x <= inf\nend: -inf <= 1 x <= 1\n"
	               "g: -inf <= 1 x <= 1\n");
	/* a word in the middle of a line that is a variable's name is the variable */
	expect_program("a.lp", "min x + bin\nst\n c: x + end >= 1\nbin\n x bin end\nend\n",
	               "min 0 + 1 x + 1 bin\nc: 1 <= 1 x + 1 end <= inf\n");
}

static void kinds_and_bounds(void **state)
{
	(void)state;
	expect_program("a.lp",
	               "min a + b + c + d + e_ + f\nst\nBounds\n 0 <= a <= 1\n b <= 1\n b >= 0\n"
	               " c = 1\n d = 0\n -inf <= e_ <= 1\n f <= 0\n"
	               "Generals\n a b\nBinary\n e_ f\nsemi-continuous\nend\n",
	               "min 0 + 1 a + 1 b + 1 c + 1 d + 1 e_ + 1 f\n"
	               "-: 1 <= 1 c <= 1\n-: 0 <= 1 d <= 0\n-: 0 <= 1 f <= 0\n");
	/* the last bound counts */
	expect_program("a.lp", "min a\nst\nbounds\n a <= 7\n a >= -2\n 0 <= a <= 1\nint\na\nend",
	               "min 0 + 1 a\n");
}

/* Bounds are rounded inwards; a square of an integer stays one; 0 and 1 are bits; whatever is fixed
 * at a whole number is a constant. */
static void integers(void **state)
{
	(void)state;
	expect_program("a.lp",
	               "max a + [ 3 b ^ 2 + 2 b * b - a ^ 2 + a * b ]\nst\n c: a + d - e_ <= 2\n"
	               "Bounds\n -2.5 <= b <= 7.9\n a <= 1\n d = 4\n e_ = -3\n"
	               "General\n a b e_\nend\n",
	               "max 0 + 1 a + 3 b^2 + 2 b^2 - 1 a + 1 a*b\n"
	               "c: -inf <= 1 a + 1 d - 1 e_ <= 2\nb: -2 .. 7\nd: 4 .. 4\ne_: -3 .. -3\n");
}

static void refusals(void **state)
{
	static const struct {
		const char *text;
		const char *message;
	} cases[] = {
		{"min x\nst\n c: x >= 0\nend\n",
	         "a.lp:1:5: variable 'x' is continuous with bounds 0 "
	         "and inf: declare it binary or an integer"},
		{"min x\nst\nbounds\n x <= 1\nend\n", "is continuous with bounds 0 and 1"},
		{"min x\nst\nbounds\n x >= -3\ngen x\nend\n",
	         "a.lp:4:2: variable 'x' is an integer with bounds -3 and inf: give it a finite "
	         "lower "
	         "and upper bound"},
		{"min x\nst\nbounds\n 0.3 <= x <= 0.7\ngen x\nend\n",
	         "an integer with bounds 0.3 and 0.7: no whole number is between them"},
		{"min x\nst\nbounds\n x <= 9007199254740992\ngen x\nend\n",
	         "a.lp:4:2: an integer of 0 to 9007199254740992 has more than 2^52 values"},
		{"min x\nst\nbounds\n x <= 0.5\nbin x\nend\n",
	         "is binary with bounds 0 and 0.5: those of a binary variable are 0 and 1"},
		{"min x\nst\nbounds\n x free\nend\n", "a.lp:4:2: variable 'x' is continuous with "
	                                              "bounds -inf and inf"},
		{"min x\nst\nbounds\n x >= 1\n x <= 0\nbin x\nend\n", "binary with bounds 1 and 0"},
		{"min x\nst\nbin x\n", "a.lp:4:1: the file ends without End"},
		{"min x\nst\nbin x\nend\nx\n", "a.lp:5:1: a word after End"},
		{"min x\nmax y\nst\nend\n", "a.lp:2:5: a second objective"},
		{"\\ a\nst\nc: x >= 1\nend\n",
	         "a.lp:2:1: Minimize or Maximize should stand before this"},
		{"\\ a\nx + y\n", "a.lp:2:1: Minimize or Maximize should stand here"},
		{"min x y\nst\nend\n", "a.lp:1:7: a section should begin here"},
		{"min 3 + * x\nst\nend\n", "a.lp:1:9: a number or a variable should stand here"},
		{"min x +\nst\nbin x\nend\n", "a.lp:2:1: a number or a variable should stand here"},
		{"min x\nst\n c: x + y\n d: x <= 1\nbin x y\nend\n",
	         "a.lp:4:2: <=, >= or = should stand here"},
		{"min x\nst\n c: x >= y\nbin x y\nend\n", "a.lp:3:10: a number should stand here"},
		{"min x\nst\n c: x >= 1 y\nbin x y\nend\n", "a.lp:3:12: one number stands right"},
		{"min x\nst\n c: x >= 1 <= 2\nbin x\nend\n", "a.lp:3:12: one number stands right"},
		{"min x\nst\n c: 1 <= x >= 0\nbin x\nend\n",
	         "a.lp:3:12: the two relations of a range"},
		{"min x\nst\n c: 5 <= x <= 3\nbin x\nend\n",
	         "a.lp:3:2: the lower limit is above the upper limit"},
		{"min x\nst\n c: x <= -inf\nbin x\nend\n", "a.lp:3:10: a limit that is infinite"},
		{"min x\nst\n c: 3 >= 5\nbin x\nend\n", "a.lp:3:2: the constraint has no variable"},
		{"min x\nst\n c: x = 1 -> y >= 1\nbin x y\nend\n",
	         "a.lp:3:11: indicator constraints"},
		{"min x\nst\n c: [ x^2 ] <= 1\nbin x\nend\n",
	         "a.lp:3:5: constraint 'c' is quadratic"},
		{"min [ x^3 ]/2\nst\nbin x\nend\n", "a power other than 2"},
		{"min [ x*y*z ]/2\nst\nbin x\nend\n", "a product of more than two variables"},
		{"min [ x*y ]/3\nst\nbin x\nend\n", "a divisor other than 2"},
		{"min [ x ]/2\nst\nbin x\nend\n", "no ^ 2 and no * variable"},
		{"min [ x*y z*y ]\nst\nbin x\nend\n", "+, - or ] should stand here"},
		{"min [ x*y\nst\nbin x\nend\n", "+, - or ] should stand here"},
		{"min [ 3 ]\nst\nend\n", "a number without a variable in [ ]"},
		{"min 99999999999999999999 x\nst\nend\n",
	         "a.lp:1:5: coefficient: '99999999999999999999' does not fit"},
		{"min x\nst\n c: x >= 1e\nend\n", "a.lp:3:11: one number stands right"},
		{"min x\nst\nbounds\n x\nbin x\nend\n", "a.lp:5:1: <=, >=, = or free"},
		{"min x\nst\nbounds\n 3 x\nend\n", "a.lp:4:2: the name of a variable"},
		{"min x\nst\nsos1\n s: x:1\nend\n", "a.lp:4:2: this section is not supported"},
		{"min\nst\nend\n", "a.lp:4:1: no variable in the file"},
		{"min 9000000000000000000 x + 0.1 y\nst\nbin x y\nend\n", "does not fit 64 bits"},
	};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
		expect_refusal("a.lp", TAUT_FAMILY_AUTO, cases[k].text, TAUT_EINPUT,
		               cases[k].message);
}

static const char *const market =
	"Minimize\n obj: p0 + p1 + m0 + m1\nSubject To\n"
	" d0: 55 x1 + 46 x0 + p0 - m0 = 50\n d1: 5.5 x2 + 2 x0 - 3 x1 - m1 + p1 = 4\n"
	"Bounds\n p0 <= 50\n m0 <= 51\n p1 <= 7\n m1 <= 3.5\n"
	"Binaries\n x0 x1 x2\n%s\nEnd\n";

static void deviations(void **state)
{
	taut_instance_list      list;
	taut_error              err = {0};
	const taut_market_data *m;
	static const int64_t    demands[2][3] = {{460, 550, 0}, {20, -30, 55}};
	char                    text[600];

	(void)state;
	(void)snprintf(text, sizeof text, market, "Generals\n p0 m0\n");
	if (read_text(&list, "a.lp", TAUT_FAMILY_AUTO, text, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(list.items[0]->family, TAUT_FAMILY_MARKET_SHARE);
	assert_string_equal(list.items[0]->name, "a");
	m = &list.items[0]->data.market;
	assert_int_equal(m->n, 3);
	assert_int_equal(m->m, 2);
	assert_int_equal(m->demands.decimals, 1);
	assert_memory_equal(m->demands.v, demands, sizeof demands);
	assert_int_equal(m->targets.decimals, 0);
	assert_int_equal(m->targets.v[0], 50);
	assert_int_equal(m->targets.v[1], 4);
	taut_instance_list_fini(&list);

	/* integer slacks cannot reach fractions */
	(void)snprintf(text, sizeof text, market, "Generals\n p0 p1\n");
	expect_refusal("a.lp", TAUT_FAMILY_AUTO, text, TAUT_EINPUT, "a.lp:");
	(void)snprintf(text, sizeof text, market, "");
	expect_refusal("a.lp", TAUT_FAMILY_BINARY_PROGRAM, text, TAUT_EINPUT,
	               "a.lp:7:2: variable 'p0' is continuous with bounds 0 and 50");
}

/* Each takes one word of the model above for another that makes it no deviation model. */
static void almost_deviations(void **state)
{
	static const char *const changes[][2] = {
		{"m1 <= 3.5", "m1 <= 3.4"}, /* binds: x0 + x2 alone give 7.5 */
		{"p1 <= 7", "p1 <= 6.9"},   /* x1 alone: -3 */
		{"p1 + m0 + m1", "p1 + m0 + 2 m1"},
		{"p1 + m0 + m1", "p1 + m0"},
		{"Minimize", "Maximize"},
		{"obj:", "obj: x0 +"},
		{"obj:", "obj: 3 +"},
		{"= 50", "<= 50"},
		{"- m0", "+ m0"},
		{"- m1", "- 2 m1"},
		{"- m1", "- m0"},
		{"p0 <= 50", "-1 <= p0"},
		{"m0 <= 51", "x0 = 1"},
	};
	char        text[600];
	char        changed[700];
	const char *place;

	(void)state;
	(void)snprintf(text, sizeof text, market, "");
	for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
		place = strstr(text, changes[k][0]);
		assert_non_null(place);
		(void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(place - text), text,
		               changes[k][1], place + strlen(changes[k][0]));
		expect_refusal("a.lp", TAUT_FAMILY_AUTO, changed, TAUT_EINPUT,
		               "is continuous with bounds");
	}
	expect_refusal("a.lp", TAUT_FAMILY_MARKET_SHARE, "min x\nst\nbin x\nend\n", TAUT_EINPUT,
	               "a.lp:5:1: the program is no sum of deviations");
}

static void as_qubo(void **state)
{
	taut_instance_list    list;
	taut_error            err = {0};
	const taut_qubo_data *q;

	(void)state;
	if (read_text(&list, "a.lp", TAUT_FAMILY_QUBO,
	              "max 2 x + 1.5 + [ 3 y * x ] / 2\nst\nbin x y\nend\n", &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(list.items[0]->family, TAUT_FAMILY_QUBO);
	q = &list.items[0]->data.qubo;
	assert_int_equal(q->n, 2);
	assert_true(q->maximise && !q->pairs_twice);
	assert_int_equal(q->offset.value, 15);
	assert_int_equal(q->n_terms, 2);
	assert_int_equal(q->i[1], 0);
	assert_int_equal(q->j[1], 1);
	assert_int_equal(q->q.v[1], 15);
	assert_int_equal(q->q.decimals, 1);
	taut_instance_list_fini(&list);
	expect_refusal("a.lp", TAUT_FAMILY_QUBO, "min x\nst\n c: x >= 1\nbin x\nend\n", TAUT_EINPUT,
	               "family qubo has no constraints, the file has 1");
	expect_refusal("a.lp", TAUT_FAMILY_MIS, "min x\nst\nbin x\nend\n", TAUT_EINPUT,
	               "format lp holds family binary_program, not mis");
}

/* Blanks, line ends and comments, at random. */
static const char *gap(taut_rng *rng)
{
	static const char *const gaps[] = {" ", "  ", "\n", "\r\n\t", "\n \\ c + d\n", "\n\n "};

	return gaps[taut_rng_below(rng, sizeof gaps / sizeof *gaps)];
}

/* Writes `± a x` in random layout to file, in plain layout to plain. */
static void put_random_term(taut_text *file, taut_text *plain, taut_rng *rng, bool first,
                            unsigned variable)
{
	const unsigned a = 1 + (unsigned)taut_rng_below(rng, 999);
	const bool     negative = taut_rng_below(rng, 2);
	const bool     unit = taut_rng_below(rng, 4) == 0;

	taut_text_put(file, negative ? "-" : first && taut_rng_below(rng, 2) ? "" : "+");
	taut_text_put(file, taut_rng_below(rng, 2) ? gap(rng) : "");
	if (!unit)
		taut_text_format(file, "%u.%02u%s", a / 100, a % 100,
		                 taut_rng_below(rng, 2) ? gap(rng) : "");
	taut_text_format(file, "v_%u%s", variable, gap(rng));
	taut_text_put(plain, negative ? " - " : first ? " " : " + ");
	put_number(plain, unit ? 100 : a, 2);
	taut_text_format(plain, " v_%u", variable);
}

static void random_programs(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, 20240607, 0);
	print_message("seed 20240607\n");
	for (int round = 0; round < 400; round++) {
		const unsigned n = 1 + (unsigned)taut_rng_below(&rng, 8);
		const unsigned m = (unsigned)taut_rng_below(&rng, 5);
		taut_text      file = {0};
		taut_text      plain = {0};
		taut_text_put(&file, "Minimize\n obj:");
		taut_text_put(&plain, "min 0 +");
		for (unsigned i = 0; i < n; i++) {
			taut_text_format(&file, "%s2%sv_%u ", i ? "+" : "", gap(&rng), i);
			taut_text_format(&plain, "%s 2 v_%u", i ? " +" : "", i);
		}
		taut_text_put(&file, "\nSubject To\n");
		taut_text_put(&plain, "\n");
		for (unsigned k = 0; k < m; k++) {
			const unsigned count = 1 + (unsigned)taut_rng_below(&rng, 5);
			taut_text_format(&file, "c%u%s: -4%s<=", k, gap(&rng), gap(&rng));
			taut_text_format(&plain, "c%u: -4 <=", k);
			for (unsigned e = 0; e < count; e++)
				put_random_term(&file, &plain, &rng, e == 0,
				                (unsigned)taut_rng_below(&rng, n));
			taut_text_format(&file, "<=%s7\n", gap(&rng));
			taut_text_put(&plain, " <= 7\n");
		}
		taut_text_put(&file, "binary");
		for (unsigned i = 0; i < n; i++)
			taut_text_format(&file, "%sv_%u", gap(&rng), i);
		taut_text_put(&file, "\nend\n");
		assert_int_equal(taut_text_check(&file, NULL), TAUT_OK);
		expect_program("a.lp", file.data, plain.data);
		taut_text_fini(&file);
		taut_text_fini(&plain);
	}
}

/* A line of a million characters, and more names than the table of names begins with. */
static void long_lines(void **state)
{
	taut_text   file = {0};
	taut_text   plain = {0};
	const char *begin = "min";

	(void)state;
	taut_text_put(&file, begin);
	taut_text_put(&plain, "min 0");
	for (unsigned i = 0; i < 60000; i++) {
		taut_text_format(&file, " + %u name_%u", i % 7 + 1, i * 7919 % 60000);
		taut_text_format(&plain, " + %u name_%u", i % 7 + 1, i * 7919 % 60000);
	}
	taut_text_put(&file, "\nst\nbin");
	for (unsigned i = 0; i < 60000; i++)
		taut_text_format(&file, " name_%u", i);
	taut_text_put(&file, "\nend\n");
	taut_text_put(&plain, "\n");
	assert_int_equal(taut_text_check(&file, NULL), TAUT_OK);
	assert_true(file.length > 1000000);
	expect_program("a.lp", file.data, plain.data);
	taut_text_fini(&file);
	taut_text_fini(&plain);
}

static void detection(void **state)
{
	(void)state;
	expect_program("a", "\\ a comment\nMin\n x\nst\nbin\nx\nend\n", "min 0 + 1 x\n");
	expect_program("b", "Maximize\n x\nst\nbin\nx\nend\n", "max 0 + 1 x\n");
	expect_program("c", "min: +2 x1 ;\n", "min 0 + 2 x1\n"); /* opb */
	expect_program("d", "* a comment\nmin: +2 x1 ;\n", "min 0 + 2 x1\n");
}

static void faults(void **state)
{
	char text[600];

	(void)state;
	if (!taut_faults_built())
		skip();
	(void)snprintf(text, sizeof text, market, "");
	walk_faults("a.lp", TAUT_FAMILY_AUTO, text);
	walk_faults("a.lp", TAUT_FAMILY_AUTO,
	            "min x + [ x*y ]/2\nst\n c: x + y >= 1\nbounds\n x = 1\n y <= 9\n y <= 1\n"
	            "bin x y\nend\n");
	walk_faults("a.lp", TAUT_FAMILY_BINARY_PROGRAM,
	            "min x + [ y^2 ]/2\nst\n c: x + y >= 1\nbounds\n y <= 9\nbin x\ngen y\nend\n");
	walk_faults("a.lp", TAUT_FAMILY_QUBO, "min x\nst\nbin x y\nend\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objectives), cmocka_unit_test(products),
		cmocka_unit_test(rows),       cmocka_unit_test(kinds_and_bounds),
		cmocka_unit_test(integers),   cmocka_unit_test(refusals),
		cmocka_unit_test(deviations), cmocka_unit_test(almost_deviations),
		cmocka_unit_test(as_qubo),    cmocka_unit_test(random_programs),
		cmocka_unit_test(long_lines), cmocka_unit_test(detection),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
