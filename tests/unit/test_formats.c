/* Every native format and text answer on small files: what is read, what is told apart, what is
 * refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "formats/formats.h"
#include "formats/pairs.h"
#include "formats/solution.h"

/* A folder of its own for the files of this program; entered by main. */
typedef struct {
	taut_options       options;
	taut_instance_list list;
	taut_error         err;
} reading;

static void put(const char *name, const char *text)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static void set(reading *r, const char *flag, const char *value)
{
	taut_option_id id = taut_option_by_flag(flag, TAUT_GROUP_SOURCE);

	assert_int_not_equal(id, TAUT_N_OPTIONS);
	assert_int_equal(taut_option_set(&r->options, id, value, flag, NULL), TAUT_OK);
}

static reading start(void)
{
	reading r = {.err = {0}};

	taut_options_default(&r.options);
	return r;
}

/* Writes the text to a file, reads it and expects one problem of the family. */
static const taut_instance *read_one(reading *r, const char *name, const char *text,
                                     taut_family family)
{
	put(name, text);
	if (taut_formats_read(&r->list, name, &r->options, &r->err) != TAUT_OK)
		fail_msg("%s", r->err.text);
	assert_int_equal(r->list.count, 1);
	assert_int_equal(r->list.items[0]->family, family);
	assert_string_equal(r->list.items[0]->file, name);
	assert_int_equal(remove(name), 0);
	return r->list.items[0];
}

static void refuse(reading *r, const char *name, const char *text, taut_status code,
                   const char *message)
{
	put(name, text);
	assert_int_equal(taut_formats_read(&r->list, name, &r->options, &r->err), code);
	if (!strstr(r->err.text, message))
		fail_msg("'%s' is not in '%s'", message, r->err.text);
	assert_int_equal(r->list.count, 0);
	assert_int_equal(remove(name), 0);
}

static void expect(const taut_numbers *numbers, int32_t decimals, size_t n, const int64_t *values)
{
	assert_int_equal(numbers->n, n);
	assert_int_equal(numbers->decimals, decimals);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(numbers->v[i], values[i]);
}
#define EXPECT(numbers, decimals, ...)                                                      \
	expect(numbers, decimals, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t), \
	       (const int64_t[]){__VA_ARGS__})

static void test_sac94(void **state)
{
	reading               r = start();
	const taut_instance  *p;
	const taut_mdkp_data *d;

	(void)state;
	p = read_one(&r, "a.dat", "3 2 13.5\r\n 1\t2 3.25\r\n1 0 1\r\n2 2 2\r\n4 5\r\n",
	             TAUT_FAMILY_MDKP);
	d = &p->data.mdkp;
	assert_string_equal(p->name, "a");
	assert_int_equal(d->n, 3);
	assert_int_equal(d->m, 2);
	EXPECT(&d->profits, 2, 100, 200, 325);
	EXPECT(&d->weights, 0, 1, 0, 1, 2, 2, 2);
	EXPECT(&d->capacities, 0, 4, 5);
	assert_true(p->has_best_known);
	assert_int_equal(p->best_known.value, 135);
	assert_int_equal(p->best_known.decimals, 1);
	taut_instance_list_fini(&r.list);

	/* Glover and Kochenberger: no optimum; the count tells, whatever the line breaks */
	p = read_one(&r, "gk01.dat", " 3 2\n1 2 3\n1 0 1 2 2 2\n4\n5", TAUT_FAMILY_MDKP);
	assert_false(p->has_best_known);
	EXPECT(&p->data.mdkp.profits, 0, 1, 2, 3);
	taut_instance_list_fini(&r.list);
	set(&r, "family", "mdkp");
	p = read_one(&r, "b.dat", "3 2 0 1 2 3\n1 0 1 2 2 2 4 5", TAUT_FAMILY_MDKP);
	assert_false(p->has_best_known); /* 0: not known */
	EXPECT(&p->data.mdkp.capacities, 0, 4, 5);
	taut_instance_list_fini(&r.list);
	/* a number is missing, although the count fits the form without an optimum */
	refuse(&r, "c.dat", "3 2 10\n1 2 3\n1 0 1\n2 2 2\n4\n", TAUT_EINPUT,
	       "c.dat:6: the file holds 13");
	refuse(&r, "c.dat", "3 2\n1 2 3\n1 0 1\n2 2 2\n4 5 6\n", TAUT_EINPUT,
	       "c.dat:6: the file holds 14");
}

static const char *const two_problems = "2\n\n3 1 7\n1 2 3\n1 1 1\n2\n1 1 0\n9\n5\n6\n";

static void test_orlib(void **state)
{
	reading r = start();

	(void)state;
	put("many.txt", two_problems);
	assert_int_equal(taut_formats_read(&r.list, "many.txt", &r.options, &r.err), TAUT_OK);
	assert_int_equal(r.list.count, 2);
	assert_string_equal(r.list.items[0]->name, "many-1");
	assert_int_equal(r.list.items[0]->best_known.value, 7);
	assert_string_equal(r.list.items[1]->name, "many-2");
	assert_int_equal(r.list.items[1]->index, 2);
	assert_false(r.list.items[1]->has_best_known);
	EXPECT(&r.list.items[1]->data.mdkp.weights, 0, 5);
	taut_instance_list_fini(&r.list);

	set(&r, "index", "2");
	(void)read_one(&r, "many.txt", two_problems, TAUT_FAMILY_MDKP);
	assert_int_equal(r.list.items[0]->index, 2);
	EXPECT(&r.list.items[0]->data.mdkp.capacities, 0, 6);
	taut_instance_list_fini(&r.list);
	set(&r, "index", "many-1");
	(void)read_one(&r, "many.txt", two_problems, TAUT_FAMILY_MDKP);
	assert_int_equal(r.list.items[0]->index, 1);
	taut_instance_list_fini(&r.list);
	set(&r, "index", "3");
	refuse(&r, "many.txt", two_problems, TAUT_EUSAGE,
	       "many.txt holds 2 problems, none is --index 3");
}

static void test_mknap2(void **state)
{
	static const char *const text = "Problems of old.\n 2 28 // an example, no problem\n"
					" problem WEING1.DAT\n +++++\n 1 3 // sizes\n 5 6 7\n 4\n"
					" 1 2 3\n\n 13 // best\n +++++\n\n problem PB1.DAT\n"
					" 1 1\n 2\n 1\n 1\n 0\n";
	reading                  r = start();
	const taut_instance     *p;

	(void)state;
	set(&r, "index", "weing1");
	p = read_one(&r, "old.txt", text, TAUT_FAMILY_MDKP);
	assert_string_equal(p->name, "weing1");
	EXPECT(&p->data.mdkp.profits, 0, 5, 6, 7);
	EXPECT(&p->data.mdkp.capacities, 0, 4);
	EXPECT(&p->data.mdkp.weights, 0, 1, 2, 3);
	assert_int_equal(p->best_known.value, 13);
	taut_instance_list_fini(&r.list);
	set(&r, "index", "PB1.DAT");
	p = read_one(&r, "old.txt", text, TAUT_FAMILY_MDKP);
	assert_int_equal(p->index, 2);
	assert_false(p->has_best_known);
	taut_instance_list_fini(&r.list);
	set(&r, "index", "pb2");
	refuse(&r, "old.txt", text, TAUT_EUSAGE,
	       "holds 2 problems, none is --index pb2 (did you mean 'pb1'?)");
}

static void test_qaplib(void **state)
{
	reading              r = start();
	const taut_instance *p;

	(void)state;
	p = read_one(&r, "q.dat", "2\n\n0 1\n-2 0\n\n0 5 5.5 0", TAUT_FAMILY_QAP);
	EXPECT(&p->data.qap.flows, 0, 0, 1, -2, 0);
	EXPECT(&p->data.qap.distances, 1, 0, 50, 55, 0);
	taut_instance_list_fini(&r.list);
	set(&r, "family", "qap");
	refuse(&r, "q.dat", "2\n\n0 1\n2 0\n\n0 5\n6\n", TAUT_EINPUT,
	       "q.dat:8: the file ends after 3 of 4 numbers (second matrix)");
}

/* The distances of a three-city file whose explicit part is given. */
static void check_form(const char *form, const char *numbers)
{
	reading              r = start();
	char                 text[512];
	const taut_instance *p;

	(void)snprintf(
		text, sizeof text,
		"NAME : t.tsp\nTYPE: TSP (x)\nDIMENSION: 3\nEDGE_WEIGHT_TYPE : EXPLICIT\n"
		"EDGE_WEIGHT_FORMAT: %s\nDISPLAY_DATA_TYPE: TWOD_DISPLAY\n"
		"DISPLAY_DATA_SECTION\n1 0 0\n2 0.5 1e1\n3 7 7\nEDGE_WEIGHT_SECTION\n%s\nEOF \n",
		form, numbers);
	p = read_one(&r, "t.txt", text, TAUT_FAMILY_TSP);
	assert_string_equal(p->name, "t");
	assert_int_equal(p->data.tsp.n, 3);
	EXPECT(&p->data.tsp.distances, 0, 0, 1, 2, 1, 0, 3, 2, 3, 0);
	taut_instance_list_fini(&r.list);
}

static void test_tsplib_explicit(void **state)
{
	reading              r = start();
	const taut_instance *p;

	(void)state;
	check_form("FULL_MATRIX", "9999 1 2 1 9999 3 2 3 9999");
	check_form("UPPER_ROW", "1 2\n3");
	check_form("LOWER_ROW", "1\n2 3");
	check_form("UPPER_DIAG_ROW", "0 1 2 0 3 0");
	check_form("LOWER_DIAG_ROW", "0 1 0 2 3 0");
	check_form("UPPER_COL", "1 2 3");
	check_form("LOWER_COL", "1 2 3");
	check_form("UPPER_DIAG_COL", "0 1 0 2 3 0");
	check_form("LOWER_DIAG_COL", "0 1 2 0 3 0");
	p = read_one(&r, "a.atsp",
	             "TYPE: ATSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: EXPLICIT\n"
	             "EDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n0 4\n5 0\n",
	             TAUT_FAMILY_TSP);
	EXPECT(&p->data.tsp.distances, 0, 0, 4, 5, 0);
	taut_instance_list_fini(&r.list);
}

/* Distance of the first two cities under a metric. */
static int64_t distance(const char *metric, const char *a, const char *b)
{
	reading r = start();
	char    text[512];
	int64_t d;

	(void)snprintf(text, sizeof text,
	               "COMMENT: a: b\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: %s\n"
	               "EDGE_WEIGHT_FORMAT: FUNCTION\nNODE_COORD_SECTION\n 2 %s\n 1 %s\n",
	               metric, b, a);
	d = read_one(&r, "t.tsp", text, TAUT_FAMILY_TSP)->data.tsp.distances.v[1];
	taut_instance_list_fini(&r.list);
	return d;
}

static void test_tsplib_metrics(void **state)
{
	(void)state;
	assert_int_equal(distance("EUC_2D", "0 0", "1 1"), 1);     /* 1.414 */
	assert_int_equal(distance("EUC_2D", "0 0", "1.5 2e0"), 3); /* 2.5 rounds up */
	assert_int_equal(distance("CEIL_2D", "0 0", "1 1"), 2);    /* 1.414 */
	assert_int_equal(distance("CEIL_2D", "0 0", "3 4"), 5);    /* exact */
	assert_int_equal(distance("ATT", "0 0", "3 4"), 2);        /* sqrt(2.5) = 1.58 */
	assert_int_equal(distance("ATT", "0 0", "2 4"), 2);        /* sqrt(2) = 1.41, not down */
	assert_int_equal(distance("GEO", "38.24 20.42", "39.57 26.15"),
	                 509); /* ulysses16, 1 and 2 */
}

static void test_dimacs(void **state)
{
	static const char *const text =
		"c x\np  edge   4     3\nn 2 7\ne 1  2\ne 2 1\n\ne 4 3\ne 3 2\n";
	reading              r = start();
	const taut_instance *p;

	(void)state;
	p = read_one(&r, "g.txt", text, TAUT_FAMILY_MIS);
	assert_int_equal(p->data.graph.n, 4);
	assert_int_equal(p->data.graph.n_edges, 3); /* 2 1 repeats 1 2 */
	assert_int_equal(p->data.graph.u[1], 3);
	assert_int_equal(p->data.graph.v[1], 2);
	assert_int_equal(p->data.graph.edge_weights.n, 0);
	EXPECT(&p->data.graph.vertex_weights, 0, 1, 7, 1, 1);
	assert_false(p->data.graph.complement);
	assert_null(p->note);
	taut_instance_list_fini(&r.list);
	p = read_one(&r, "g.clq", "p col 2 2\ne 1 2\ne 2 1\n", TAUT_FAMILY_MIS);
	assert_int_equal(p->data.graph.n_edges, 1); /* m may count the repeats */
	assert_int_equal(p->data.graph.vertex_weights.n, 0);
	assert_non_null(strstr(p->note, "--complement"));
	taut_instance_list_fini(&r.list);
	set(&r, "complement", "true");
	set(&r, "weights", "unit");
	p = read_one(&r, "g.clq", text, TAUT_FAMILY_MIS);
	assert_true(p->data.graph.complement);
	assert_int_equal(p->data.graph.vertex_weights.n, 0);
	taut_instance_list_fini(&r.list);
	p = read_one(&r, "lone.gph", "p edge 1000000 0\n", TAUT_FAMILY_MIS);
	assert_int_equal(p->data.graph.n, 1000000);
	taut_instance_list_fini(&r.list);
}

static void test_rudy_and_triangle(void **state)
{
	static const char *const text = "\n 3 2 \n1 2 -1\n\n 3 2 0.5\n";
	reading                  r = start();
	const taut_instance     *p;

	(void)state;
	refuse(&r, "x.txt", text, TAUT_EINPUT, "give --family or --format");
	set(&r, "family", "maxcut");
	p = read_one(&r, "pm1s_80.9", text, TAUT_FAMILY_MAXCUT);
	assert_string_equal(p->name, "pm1s_80.9");
	assert_int_equal(p->data.graph.n, 3);
	assert_int_equal(p->data.graph.u[1], 2);
	EXPECT(&p->data.graph.edge_weights, 1, -10, 5);
	taut_instance_list_fini(&r.list);
	refuse(&r, "x.sparse", text, TAUT_EINPUT, "format triangle holds family qubo, not maxcut");

	set(&r, "family", "qubo");
	p = read_one(&r, "x.txt", text, TAUT_FAMILY_QUBO);
	assert_int_equal(p->data.qubo.n_terms, 2);
	assert_int_equal(p->data.qubo.i[1], 1); /* 3 2 is turned round */
	assert_int_equal(p->data.qubo.j[1], 2);
	assert_false(p->data.qubo.maximise);
	assert_true(p->data.qubo.pairs_twice);
	assert_string_equal(p->note,
	                    "minimise; an off-diagonal line i j q counts twice: 2 q x_i x_j");
	taut_instance_list_fini(&r.list);
	set(&r, "sense", "max");
	set(&r, "pairs", "once");
	p = read_one(&r, "x.txt", "p 2 1\n2 2 -4\n", TAUT_FAMILY_QUBO);
	assert_true(p->data.qubo.maximise);
	assert_false(p->data.qubo.pairs_twice);
	EXPECT(&p->data.qubo.q, 0, -4);
	taut_instance_list_fini(&r.list);
}

/* The repeats of random pairs agree with a plain search, on small n where they abound. */
static void test_repeats(void **state)
{
	enum { N = 9, PAIRS = 40, ROUNDS = 200 };
	uint64_t x = 12345;
	uint32_t u[PAIRS];
	uint32_t v[PAIRS];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		bool *repeats;
		for (size_t k = 0; k < PAIRS; k++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			u[k] = (uint32_t)(x >> 33) % N;
			v[k] = (uint32_t)(x >> 40) % N;
		}
		assert_int_equal(taut_pairs_repeats(&repeats, u, v, PAIRS, N, NULL), TAUT_OK);
		for (size_t k = 0; k < PAIRS; k++) {
			bool before = false;
			for (size_t l = 0; l < k; l++)
				before |= (u[l] == u[k] && v[l] == v[k]) ||
				          (u[l] == v[k] && v[l] == u[k]);
			assert_int_equal(repeats[k], before);
		}
		taut_free(repeats);
	}
}

static void test_market(void **state)
{
	reading              r = start();
	const taut_instance *p;

	(void)state;
	p = read_one(&r, "ms.dat", "# split\n 2 3 # m n\n1 2 3 4\n5 6 7 8\n",
	             TAUT_FAMILY_MARKET_SHARE);
	assert_int_equal(p->data.market.m, 2);
	assert_int_equal(p->data.market.n, 3);
	EXPECT(&p->data.market.demands, 0, 1, 2, 3, 5, 6, 7);
	EXPECT(&p->data.market.targets, 0, 4, 8);
	assert_false(p->data.market.feasibility);
	taut_instance_list_fini(&r.list);
	refuse(&r, "a.json", "{}", TAUT_EUSAGE, "format market_json is read with the specs");
}

/* Objective of a binary program at x, straight from the definition. */
static int64_t objective(const taut_program_data *p, const uint8_t *x)
{
	int64_t sum = p->offset.value;

	for (size_t k = 0; k < p->n_terms; k++)
		assert_true(taut_muladd64(&sum, p->q.v[k], x[p->i[k]] & x[p->j[k]]));
	return sum;
}

static void test_opb(void **state)
{
	static const char *const text =
		"* #variable= 3 #constraint= 3 #equal= 1 intsize= 5\n* remark\n"
		"min: +2 x1 -3 ~x2 +5 x1 x2 -7 ~x1 x3 +11 x1 ~x3\n +13 ~x2 ~x3 +17 x3 x3 +19 x1 "
		"~x1 ;\n"
		"+1 x1 +2 ~x2 >= 1;\n-1 x3 <= 0 ;\n+1 x1 +1 x2 = 1 ;\n";
	reading                  r = start();
	const taut_program_data *p;

	(void)state;
	p = &read_one(&r, "p.opb", text, TAUT_FAMILY_BINARY_PROGRAM)->data.program;
	assert_int_equal(p->n, 3);
	assert_false(p->maximise);
	for (unsigned bits = 0; bits < 8; bits++) {
		uint8_t a = bits & 1u;
		uint8_t b = bits >> 1 & 1u;
		uint8_t c = (uint8_t)(bits >> 2);
		assert_int_equal(objective(p, (uint8_t[]){a, b, c}),
		                 2 * a - 3 * (1 - b) + 5 * a * b - 7 * (1 - a) * c +
		                         11 * a * (1 - c) + 13 * (1 - b) * (1 - c) + 17 * c);
	}
	assert_int_equal(p->n_rows, 3);
	assert_true(p->rows[0].has_lo && !p->rows[0].has_hi);
	assert_int_equal(p->rows[0].lo.value, -1); /* 2 (1 - x2) */
	assert_int_equal(p->rows[0].count, 2);
	assert_int_equal(p->row_coef.v[1], -2);
	assert_true(!p->rows[1].has_lo && p->rows[1].has_hi);
	assert_true(p->rows[2].has_lo && p->rows[2].has_hi);
	assert_int_equal(p->rows[2].hi.value, 1);
	assert_int_equal(p->row_col[p->rows[2].first], 0);
	taut_instance_list_fini(&r.list);
	p = &read_one(&r, "p.txt", "max: +1 x2;", TAUT_FAMILY_BINARY_PROGRAM)->data.program;
	assert_true(p->maximise);
	assert_int_equal(p->n, 2);
	taut_instance_list_fini(&r.list);
}

/* One small file per format, shown in docs/formats.md. */
static const struct {
	const char *file;
	const char *family;
	size_t      count;
} examples[] = {
	{"orlib.txt", "mdkp", 2},       {"mknap2.txt", "mdkp", 2},
	{"sac94.dat", "mdkp", 1},       {"qaplib.dat", "qap", 1},
	{"tsplib.tsp", "tsp", 1},       {"dimacs.gph", "mis", 1},
	{"rudy.txt", "maxcut", 1},      {"qoblib_ms.dat", "market_share", 1},
	{"triangle.sparse", "qubo", 1}, {"opb.opb", "binary_program", 1},
	{"lp.lp", "binary_program", 1}, {"mps.mps", "binary_program", 1},
	{"bhoslib.mis", "mis", 1},      {"qplib.qplib", "binary_program", 1},
	{"deviation.lp", "market_share", 1},
};

static taut_status read_example(reading *r, size_t k)
{
	char path[1024];

	*r = start();
	set(r, "family", examples[k].family);
	(void)snprintf(path, sizeof path, "%s/tests/data/formats/%s", TAUT_SOURCE_DIR,
	               examples[k].file);
	return taut_formats_read(&r->list, path, &r->options, &r->err);
}

static void test_examples(void **state)
{
	reading r;

	(void)state;
	for (size_t k = 0; k < sizeof examples / sizeof *examples; k++) {
		if (read_example(&r, k) != TAUT_OK)
			fail_msg("%s", r.err.text);
		assert_int_equal(r.list.count, examples[k].count);
		taut_instance_list_fini(&r.list);
	}
}

/* Whichever allocation fails: ENOMEM, nothing left behind. */
static void test_faults(void **state)
{
	reading     r;
	taut_status st;

	(void)state;
	if (!taut_faults_built())
		skip();
	for (size_t k = 0; k < sizeof examples / sizeof *examples; k++) {
		long nth = 0;
		do {
			taut_faults_arm(++nth, 0);
			st = read_example(&r, k);
			taut_faults_arm(0, 0);
			if (st == TAUT_OK)
				continue;
			assert_int_equal(st, TAUT_ENOMEM);
			assert_int_equal(r.list.count, 0);
		} while (st != TAUT_OK);
		assert_true(nth > 3);
		taut_instance_list_fini(&r.list);
	}
}

static void test_detection(void **state)
{
	reading r = start();

	(void)state;
	(void)read_one(&r, "a", "2\n0 1\n1 0\n0 5\n5 0\n", TAUT_FAMILY_QAP);
	taut_instance_list_fini(&r.list);
	(void)read_one(&r, "b", "1\n1 1 0\n5\n3\n4\n", TAUT_FAMILY_MDKP);
	taut_instance_list_fini(&r.list);
	(void)read_one(&r, "c", "2 3\n1 2 3 4\n5 6 7 8\n", TAUT_FAMILY_MARKET_SHARE);
	taut_instance_list_fini(&r.list);
	(void)read_one(&r, "d", "p 2 1\n1 2 3\n", TAUT_FAMILY_QUBO);
	taut_instance_list_fini(&r.list);
	refuse(&r, "e", "5 5 5 5\n", TAUT_EINPUT, "give --family or --format");
	set(&r, "format", "qaplib");
	(void)read_one(&r, "x.tsp", "1\n0\n0\n", TAUT_FAMILY_QAP); /* the format beats the ending */
	taut_instance_list_fini(&r.list);
	set(&r, "family", "mis");
	refuse(&r, "a", "1\n0\n0\n", TAUT_EINPUT, "a: format qaplib holds family qap, not mis");
	r = start();
	set(&r, "complement", "true");
	refuse(&r, "a", "2\n0 1\n1 0\n0 5\n5 0\n", TAUT_EUSAGE, "--complement is for family mis");
	assert_true(taut_formats_is_spec("a/b.yaml") && taut_formats_is_spec("x.yml"));
	assert_false(taut_formats_is_spec("a.yaml.txt") || taut_formats_is_spec("yaml"));
}

static void test_io_errors(void **state)
{
	reading r = start();

	(void)state;
	assert_int_equal(taut_formats_read(&r.list, "absent.dat", &r.options, &r.err), TAUT_EIO);
	assert_non_null(strstr(r.err.text, "cannot open absent.dat: "));
	assert_int_equal(taut_formats_read(&r.list, ".", &r.options, &r.err), TAUT_EIO);
	assert_non_null(strstr(r.err.text, "cannot read .: "));
	assert_int_equal(taut_formats_read(&r.list, "absent.dat", &r.options, NULL), TAUT_EIO);
}

/* Reads one answer. */
static taut_solutions answers(const char *text, uint32_t n_bits, uint32_t n_permuted)
{
	taut_solutions s;
	taut_error     err;

	if (taut_solutions_parse(&s, text, strlen(text), "a.sol", n_bits, n_permuted, &err) !=
	    TAUT_OK)
		fail_msg("%s", err.text);
	return s;
}

static void test_solutions(void **state)
{
	uint32_t       p[4];
	uint8_t        chosen[9];
	taut_solutions s = answers("4 120.5\n4,2,\n1 3\n", 16, 4);

	(void)state;
	assert_int_equal(s.count, 1);
	assert_true(s.items[0].has_objective);
	assert_int_equal(s.items[0].objective.value, 1205);
	assert_int_equal(taut_solution_permutation(p, &s.items[0], 4, NULL), TAUT_OK);
	assert_true(p[0] == 3 && p[1] == 1 && p[2] == 0 && p[3] == 2);
	taut_solutions_fini(&s);
	s = answers("3 1 0 2\n", 16, 4); /* from 0, no value */
	assert_false(s.items[0].has_objective);
	assert_int_equal(taut_solution_permutation(p, &s.items[0], 4, NULL), TAUT_OK);
	assert_true(p[0] == 3 && p[1] == 1 && p[2] == 0 && p[3] == 2);
	taut_solutions_fini(&s);
	s = answers("3 1 3 2\n", 16, 4);
	assert_int_equal(taut_solution_permutation(p, &s.items[0], 4, NULL), TAUT_EINPUT);
	taut_solutions_fini(&s);

	s = answers("# by hand\n# Objective value = 2\n 9\n4\n", 9, 0);
	assert_int_equal(s.items[0].objective.value, 2);
	assert_int_equal(taut_solution_chosen(chosen, &s.items[0], 9, NULL), TAUT_OK);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(chosen[i], i == 3 || i == 8);
	taut_solutions_fini(&s);
	s = answers("4 4\n", 9, 0);
	assert_int_equal(taut_solution_chosen(chosen, &s.items[0], 9, NULL), TAUT_EINPUT);
	taut_solutions_fini(&s);

	s = answers("1 0 0\n1 1\n", 5, 0);
	assert_non_null(s.items[0].bits);
	assert_int_equal(s.items[0].count, 5);
	assert_int_equal(s.items[0].bits[0] + s.items[0].bits[1] + s.items[0].bits[4], 2);
	taut_solutions_fini(&s);
	s = answers("0101\n\n# two\n1100\n", 4, 0);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.items[1].line, 4);
	assert_int_equal(s.items[1].bits[0], 1);
	assert_int_equal(s.items[1].bits[2], 0);
	taut_solutions_fini(&s);
}

static void test_bad_solutions(void **state)
{
	static const struct {
		const char *text;
		uint32_t    n_bits, n_permuted;
		const char *message;
	} cases[] = {
		{"0101\n01\n", 4, 0, "a.sol:2:1: 2 bits, the problem has 4"},
		{"01012\n", 5, 0, "a.sol:1:1: answer: 1012"},
		{"0101\n01x1\n", 4, 0, "a.sol:2:1: '01x1' is no bitstring"},
		{"0101 1\n", 4, 0, "a.sol:1:6: '1' after the end"},
		{"1 0 1\n", 4, 0, "3 bits, the problem has 4"},
		{"1\n5\n", 4, 0, "a.sol:2:1: answer: 5 is not in 0 to 4"},
		{"# Objective value = 3\n", 4, 0, "no answer in the file"},
		{"3 77\n1 2\n", 9, 3,
	         "a.sol:3: the file ends after 2 of the permutation's 3 numbers"},
		{"1 2 3 1\n", 9, 3, "4 numbers where a permutation of 3 should stand"},
		{"3 x\n1 2 3\n", 9, 3, "a.sol:1:3: objective: 'x' is not a number"},
		{"3 7\n1 2 9\n", 9, 3, "a.sol:2:5: answer: 9 is not in 0 to 3"},
	};
	taut_solutions s;
	taut_error     err;

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		assert_int_equal(taut_solutions_parse(&s, cases[k].text, strlen(cases[k].text),
		                                      "a.sol", cases[k].n_bits,
		                                      cases[k].n_permuted, &err),
		                 TAUT_EINPUT);
		if (!strstr(err.text, cases[k].message))
			fail_msg("'%s' is not in '%s'", cases[k].message, err.text);
		assert_int_equal(s.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sac94),
		cmocka_unit_test(test_orlib),
		cmocka_unit_test(test_mknap2),
		cmocka_unit_test(test_qaplib),
		cmocka_unit_test(test_tsplib_explicit),
		cmocka_unit_test(test_tsplib_metrics),
		cmocka_unit_test(test_dimacs),
		cmocka_unit_test(test_rudy_and_triangle),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_market),
		cmocka_unit_test(test_opb),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_detection),
		cmocka_unit_test(test_io_errors),
		cmocka_unit_test(test_solutions),
		cmocka_unit_test(test_bad_solutions),
	};
	char folder[] = "/tmp/taut_formats_XXXXXX";
	int  failed;

	if (!mkdtemp(folder) || chdir(folder) != 0) {
		perror(folder);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return chdir("/") != 0 || rmdir(folder) != 0 ? failed + 1 : failed;
}
