/* Writers: numbers, pieces, products multiplied out, names, the files of one small program, a QUBO
 * with fractions. That what is written is read again as the same problem is
 * tests/flow/test_convert.py's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/rng.h"
#include "flow/export.h"
#include "formats/expand.h"
#include "formats/labels.h"
#include "formats/write.h"
#include "formats/writer.h"
#include "model/evaluate.h"

enum { SEED = 20260611 };

static void ok(taut_status st)
{
	assert_int_equal(st, TAUT_OK);
}

static int64_t below(taut_rng *rng, int64_t n)
{
	return (int64_t)taut_rng_below(rng, (uint64_t)n);
}

static void test_numbers(void **state)
{
	static const int64_t odd[] = {0,   1, -1,        10,        -10,
	                              100, 5, INT64_MAX, INT64_MIN, 1000000000000000};
	taut_rng             rng;
	taut_text            text = {0};
	char                 expected[32];

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (int k = 0; k < 20000; k++) {
		const int32_t decimals = (int32_t)below(&rng, TAUT_DECIMALS_MAX + 1);
		const int64_t value =
			k < 160 ? odd[k % 10] : (int64_t)(taut_rng_next(&rng) >> below(&rng, 60));
		const int64_t v = k < 160 || below(&rng, 2) ? value : value / 1000 * 1000;
		text.length = 0;
		taut_write_number(&text, v, decimals);
		taut_decimal_format(expected, sizeof expected, v, decimals);
		assert_string_equal(text.data, expected);
	}
	taut_text_fini(&text);
}

typedef struct {
	taut_text all;
	size_t    n_pieces, fail_at;
} bucket;

static taut_status keep(void *payload, const char *bytes, size_t length)
{
	bucket *b = payload;

	if (++b->n_pieces == b->fail_at)
		return TAUT_EIO;
	assert_true(length >= TAUT_TEXT_PIECE);
	taut_text_add(&b->all, bytes, length);
	return TAUT_OK;
}

static void test_pieces(void **state)
{
	bucket     b = {.fail_at = 0};
	bucket     bad = {.fail_at = 3};
	taut_text  whole = {0};
	taut_text  text = {.sink = keep, .payload = &b};
	taut_text  broken = {.sink = keep, .payload = &bad};
	taut_error err = {0};

	(void)state;
	for (int k = 0; k < 100000; k++) {
		taut_text_format(&whole, "%d ", k);
		taut_text_format(&text, "%d ", k);
		taut_text_format(&broken, "%d ", k);
	}
	ok(taut_text_check(&text, &err));
	assert_true(b.n_pieces > 5);
	assert_true(text.capacity < (size_t)4 * TAUT_TEXT_PIECE);
	taut_text_add(&b.all, text.data, text.length);
	assert_string_equal(b.all.data, whole.data);
	assert_int_equal(taut_text_check(&broken, &err), TAUT_EIO);
	assert_int_equal(bad.n_pieces, 3); /* the failure sticks */
	taut_text_fini(&b.all);
	taut_text_fini(&bad.all);
	taut_text_fini(&whole);
	taut_text_fini(&text);
	taut_text_fini(&broken);
}

/* A model with plain products, squares and a block, all at once. */
static taut_model *mixed_model(taut_rng *rng)
{
	enum { N = 4, EXTRA = 3 };
	taut_model *m;
	int64_t     flow[N * N];
	int64_t     distance[N * N];
	uint32_t    col[N * N + EXTRA];
	int64_t     coef[N * N + EXTRA];

	ok(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "mixed", N * N + EXTRA, false, 2, NULL));
	for (int e = 0; e < N * N; e++) {
		flow[e] = below(rng, 3) ? 0 : below(rng, 19) - 9;
		distance[e] = below(rng, 19) - 9;
	}
	ok(taut_model_set_permutation(m, N, flow, distance, NULL));
	ok(taut_model_add_offset(m, below(rng, 100) - 50, NULL));
	for (int k = 0; k < 30; k++)
		ok(taut_model_add_term(m, (uint32_t)below(rng, m->n), (uint32_t)below(rng, m->n),
		                       below(rng, 41) - 20, NULL));
	for (int f = 0; f < 3; f++) {
		for (uint32_t i = 0; i < m->n; i++) {
			col[i] = i;
			coef[i] = below(rng, 11) - 5;
		}
		ok(taut_model_add_form(m, TAUT_FORM_SQUARE, below(rng, 9) - 4, col, coef, m->n,
		                       below(rng, 21) - 10, NULL, NULL));
	}
	ok(taut_model_finish(m, NULL));
	return m;
}

static int64_t expanded_value(const taut_model *m, const uint8_t *x)
{
	taut_expansion e;
	int64_t        sum;

	ok(taut_expansion_init(&e, m, NULL));
	sum = e.offset;
	for (uint32_t i = 0; i < m->n; i++) {
		taut_expansion_go(&e, i);
		sum += x[i] * e.linear;
		for (size_t k = 0; k < e.n_terms; k++) {
			assert_true(e.col[k] > i && (k == 0 || e.col[k] > e.col[k - 1]));
			assert_int_not_equal(e.coef[k], 0);
			sum += x[i] * x[e.col[k]] * e.coef[k];
		}
	}
	taut_expansion_fini(&e);
	return sum;
}

static void test_products_multiplied_out(void **state)
{
	taut_rng rng;
	uint8_t  x[32];

	(void)state;
	taut_rng_init(&rng, SEED, 0);
	for (int k = 0; k < 200; k++) {
		taut_model *m = mixed_model(&rng);
		for (int p = 0; p < 20; p++) {
			for (uint32_t i = 0; i < m->n; i++)
				x[i] = (uint8_t)below(&rng, 2);
			assert_int_equal(expanded_value(m, x), taut_model_objective(m, x));
		}
		taut_model_free(m);
	}
}

static void set_names(taut_model *m, const char *const *names)
{
	m->variable_name = taut_alloc(m->n, sizeof *m->variable_name, NULL);
	assert_non_null(m->variable_name);
	for (uint32_t i = 0; i < m->n; i++)
		m->variable_name[i] = taut_copy_text(names[i], NULL);
}

/* max 1.5 a - 3 b + 2.25 a b - c d - 2.75; band: -0.5 <= 0.5 a + 1.5 b - c <= 1; b + c + d <= 1; a,
 * c in conflict; e free. */
static taut_model *small_program(const char *const names[4])
{
	static const uint32_t three[] = {0, 1, 2};
	static const int64_t  band[] = {5, 15, -10};
	static const int64_t  ones[] = {1, 1, 1};
	taut_model           *m;

	ok(taut_model_new(&m, TAUT_FAMILY_BINARY_PROGRAM, "small one", 4, true, 2, NULL));
	set_names(m, names);
	ok(taut_model_add_offset(m, -275, NULL));
	ok(taut_model_add_term(m, 0, 0, 150, NULL));
	ok(taut_model_add_term(m, 1, 1, -300, NULL));
	ok(taut_model_add_term(m, 0, 1, 225, NULL));
	ok(taut_model_add_term(m, 2, 3, -100, NULL));
	ok(taut_model_add_row(m, TAUT_ROW_LINEAR, three, band, 3, -5, 10, 1, "band", NULL));
	ok(taut_model_add_row(m, TAUT_ROW_AT_MOST_ONE, three + 1, ones, 2, TAUT_NO_LIMIT_LO, 1, 0,
	                      NULL, NULL));
	ok(taut_model_add_row(m, TAUT_ROW_LINEAR, three, ones, 0, TAUT_NO_LIMIT_LO, 7, 0, "empty",
	                      NULL));
	ok(taut_model_add_conflict(m, 0, 2, NULL));
	ok(taut_model_finish(m, NULL));
	return m;
}

static taut_instance *named_instance(taut_family family)
{
	taut_instance *instance;

	ok(taut_instance_new(&instance, family, "small one", NULL));
	return instance;
}

static void expect_text(const taut_model *m, taut_format format, const char *expected)
{
	taut_instance *instance = named_instance(m->family);
	taut_text      text = {0};
	taut_error     err = {0};

	if (taut_formats_write(&text, instance, m, format, &err) != TAUT_OK)
		fail_msg("%s", err.text);
	assert_string_equal(text.data, expected);
	taut_text_fini(&text);
	taut_instance_free(instance);
}

static const char *const good_names[] = {"a", "b_1", "c.x", "_d"};

static void test_lp(void **state)
{
	taut_model *m = small_program(good_names);

	(void)state;
	expect_text(m, TAUT_FORMAT_LP,
	            "\\ small_one, family binary_program\n"
	            "Maximize\n obj: + 1.5 a - 3 b_1 + 0 c.x + 0 _d - 2.75 \n"
	            "  + [ + 4.5 a * b_1 - 2 c.x * _d ] / 2\n"
	            "Subject To\n"
	            " band: + 0.5 a + 1.5 b_1 - 1 c.x <= 1\n"
	            " + 0.5 a + 1.5 b_1 - 1 c.x >= -0.5\n"
	            " + 1 b_1 + 1 c.x <= 1\n"
	            " empty: + 0 a <= 7\n"
	            " a + c.x <= 1\n"
	            "Binary\n a b_1 c.x _d\nEnd\n");
	taut_model_free(m);
}

static void test_mps(void **state)
{
	taut_model *m = small_program(good_names);

	(void)state;
	expect_text(m, TAUT_FORMAT_MPS,
	            "NAME small_one\nOBJSENSE\n MAX\nROWS\n N obj\n L c1\n L c2\n L c3\n L k1_3\n"
	            "COLUMNS\n MARKER 'MARKER' 'INTORG'\n"
	            " a obj 1.5\n a c1 0.5\n a k1_3 1\n"
	            " b_1 obj -3\n b_1 c1 1.5\n b_1 c2 1\n"
	            " c.x obj 0\n c.x c1 -1\n c.x c2 1\n c.x k1_3 1\n"
	            " _d obj 0\n MARKER 'MARKER' 'INTEND'\n"
	            "RHS\n RHS obj 2.75\n RHS c1 1\n RHS c2 1\n RHS c3 7\n RHS k1_3 1\n"
	            "RANGES\n RNG c1 1.5\n"
	            "BOUNDS\n BV BND a\n BV BND b_1\n BV BND c.x\n BV BND _d\n"
	            "QUADOBJ\n a b_1 2.25\n c.x _d -1\nENDATA\n");
	taut_model_free(m);
}

static void test_deviation(void **state)
{
	static const uint32_t col[] = {0, 1};
	static const int64_t  demand[] = {15, -20};
	taut_model           *m;

	(void)state;
	ok(taut_model_new(&m, TAUT_FAMILY_MARKET_SHARE, "small one", 2, false, 1, NULL));
	ok(taut_model_add_form(m, TAUT_FORM_ABS, 1, col, demand, 2, 7, NULL, NULL));
	ok(taut_model_finish(m, NULL));
	expect_text(m, TAUT_FORMAT_LP,
	            "\\ small_one, family market_share\n"
	            "Minimize\n obj: + 0 x1 + 0 x2 + 1 s_plus_1 + 1 s_minus_1 \n"
	            "Subject To\n + 1.5 x1 - 2 x2 - s_plus_1 + s_minus_1 = 0.7\n"
	            "Binary\n x1 x2\nEnd\n");
	expect_text(m, TAUT_FORMAT_MPS,
	            "NAME small_one\nROWS\n N obj\n E deviation_1\n"
	            "COLUMNS\n MARKER 'MARKER' 'INTORG'\n"
	            " x1 obj 0\n x1 deviation_1 1.5\n x2 obj 0\n x2 deviation_1 -2\n"
	            " MARKER 'MARKER' 'INTEND'\n"
	            " s_plus_1 obj 1\n s_plus_1 deviation_1 -1\n s_minus_1 obj 1\n s_minus_1 "
	            "deviation_1 1\n"
	            "RHS\n RHS deviation_1 0.7\nBOUNDS\n BV BND x1\n BV BND x2\nENDATA\n");
	taut_model_free(m);
}

static void test_opb_and_qubo(void **state)
{
	taut_model *m;

	(void)state;
	ok(taut_model_new(&m, TAUT_FAMILY_QUBO, "small one", 3, true, 0, NULL));
	ok(taut_model_add_offset(m, 4, NULL));
	ok(taut_model_add_term(m, 0, 0, -7, NULL));
	ok(taut_model_add_term(m, 2, 0, 5, NULL));
	ok(taut_model_finish(m, NULL));
	expect_text(m, TAUT_FORMAT_OPB,
	            "* #variable= 3 #constraint= 0 #equal= 0\n* small_one\nmax: +4 x1 +4 ~x1 -7 x1 "
	            "+5 x1 x3 ;\n");
	expect_text(
		m, TAUT_FORMAT_COO,
		"# vartype=BINARY\n# name=small_one\n# variables=3\n# offset=-4\n"
		"# minimise offset + the sum of q x_i x_j over the lines i j q, variables from 0\n"
		"# the problem maximises: every sign is turned\n0 0 7\n0 2 -5\n");
	expect_text(
		m, TAUT_FORMAT_QBSOLV,
		"c vartype=BINARY\nc name=small_one\nc variables=3\nc offset=-4\n"
		"c minimise offset + the sum of q x_i x_j over the lines i j q, variables from 0\n"
		"c the problem maximises: every sign is turned\np qubo 0 3 1 1\n0 0 7\n0 2 -5\n");
	m->offset = 0;
	expect_text(m, TAUT_FORMAT_TRIANGLE, "3 2\n1 1 7\n1 3 -2.5\n");
	taut_model_free(m);
}

static void test_names(void **state)
{
	static const char *const bad[][4] = {
		{"a", "b", "c", "e12"}, {"a", "b", "c", "a"},    {"a", "b", "c", "3d"},
		{"a", "b", "c", "x y"}, {"a", "b", "c", "Free"}, {"a", "b", "c", "END"},
		{"a", "b", "c", ""},    {"a", "b", "c", "x+y"},  {"a", "b", "c", ".last"},
		{"a", "b", "c", "E"},
	};

	(void)state;
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		taut_model *m = small_program(bad[k]);
		taut_labels labels;
		taut_text   text = {0};
		ok(taut_labels_init(&labels, m, NULL));
		taut_labels_variable(&text, &labels, 3);
		assert_string_equal(text.data, "x4");
		assert_string_equal(taut_labels_row(&labels, 0), "band");
		assert_null(taut_labels_row(&labels, 1));
		taut_text_fini(&text);
		taut_model_free(m);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		taut_format format;
		taut_status status;
	} cases[] = {
		{TAUT_FORMAT_COO, TAUT_EUSAGE},      {TAUT_FORMAT_JSON, TAUT_EUSAGE},
		{TAUT_FORMAT_TRIANGLE, TAUT_EUSAGE}, {TAUT_FORMAT_QBSOLV, TAUT_EUSAGE},
		{TAUT_FORMAT_OPB, TAUT_EINPUT},      {TAUT_FORMAT_ORLIB, TAUT_EUSAGE},
		{TAUT_FORMAT_QPLIB, TAUT_EUSAGE},
	};
	taut_model    *m = small_program(good_names);
	taut_instance *instance = named_instance(TAUT_FAMILY_BINARY_PROGRAM);

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		taut_text  text = {0};
		taut_error err = {0};
		assert_int_equal(taut_formats_write(&text, instance, m, cases[k].format, &err),
		                 cases[k].status);
		assert_true(strlen(err.text) > 20);
		assert_int_equal(text.length, 0);
		taut_text_fini(&text);
	}
	taut_instance_free(instance);
	taut_model_free(m);
}

/* A QUBO of random numbers over 2^bits. */
static taut_qubo *random_qubo(taut_rng *rng, int32_t bits, int64_t most)
{
	taut_qubo_builder *b;
	taut_qubo         *qubo;

	ok(taut_qubo_builder_new(&b, 10, bits, NULL));
	ok(taut_qubo_add_offset(b, below(rng, 2 * most) - most, NULL));
	for (int k = 0; k < 30; k++) {
		const uint32_t i = (uint32_t)below(rng, 10);
		const uint32_t j = (uint32_t)below(rng, 10);
		ok(taut_qubo_add_pair(b, i, j, below(rng, 2 * most) - most, NULL));
	}
	ok(taut_qubo_builder_finish(&qubo, b, NULL));
	taut_qubo_builder_free(b);
	return qubo;
}

static void test_export(void **state)
{
	taut_rng rng;
	uint8_t  x[10];

	(void)state;
	taut_rng_init(&rng, SEED + 1, 0);
	for (int k = 0; k < 200; k++) {
		const int32_t  bits = (int32_t)below(&rng, 30);
		taut_qubo     *qubo = random_qubo(&rng, bits, INT64_C(1) << below(&rng, 40));
		taut_instance *instance;
		taut_model    *m;
		int32_t        times_bits;

		taut_error err = {0};

		if (taut_export_qubo(&instance, &m, &times_bits, qubo, 1, "q", &err) != TAUT_OK)
			fail_msg("%s", err.text);
		assert_int_equal(strcmp(instance->name, "q") != 0, times_bits > 0);
		assert_true(m->decimals <= TAUT_DECIMALS_MAX && !m->maximise);
		for (int p = 0; p < 10; p++) {
			int64_t energy;
			double  value;
			for (int i = 0; i < 10; i++)
				x[i] = (uint8_t)below(&rng, 2);
			ok(taut_qubo_energy(&energy, qubo, x, NULL));
			/* energy 2^-bits 10^-1 == objective 2^-times_bits 10^-decimals, to 15
			 * digits */
			value = (double)energy / (double)(INT64_C(1) << bits) / 10.0;
			value *= (double)(INT64_C(1) << times_bits);
			assert_true(value == 0.0 || taut_decimal_to_double(
							    taut_model_objective(m, x),
							    m->decimals) / value -
			                                            1.0 <
			                                    1e-14);
			assert_true(value == 0.0 || taut_decimal_to_double(
							    taut_model_objective(m, x),
							    m->decimals) / value -
			                                            1.0 >
			                                    -1e-14);
		}
		taut_model_free(m);
		taut_instance_free(instance);
		taut_qubo_free(qubo);
	}
}

/* Every allocation of every writer fails in turn: a status or a text that says so, and nothing
 * leaks. */
static void test_faults(void **state)
{
	static const taut_format formats[] = {TAUT_FORMAT_LP, TAUT_FORMAT_MPS};
	taut_instance           *instance = named_instance(TAUT_FAMILY_BINARY_PROGRAM);
	taut_rng                 rng;
	taut_model              *m;

	(void)state;
	taut_rng_init(&rng, SEED, 0);
	m = mixed_model(&rng);
	for (size_t f = 0; taut_faults_built() && f < sizeof formats / sizeof *formats; f++) {
		taut_status st = TAUT_ENOMEM;
		for (long n = 1; st != TAUT_OK; n++) {
			taut_text  text = {0};
			taut_error err = {0};
			assert_in_range(n, 1, 100);
			taut_faults_arm(n, 0);
			st = taut_formats_write(&text, instance, m, formats[f], &err);
			taut_faults_arm(0, 0);
			if (st == TAUT_OK)
				st = taut_text_check(&text, &err);
			assert_true(st == TAUT_OK || st == TAUT_ENOMEM);
			taut_text_fini(&text);
		}
	}
	taut_model_free(m);
	taut_instance_free(instance);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_products_multiplied_out),
		cmocka_unit_test(test_lp),
		cmocka_unit_test(test_mps),
		cmocka_unit_test(test_deviation),
		cmocka_unit_test(test_opb_and_qubo),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
