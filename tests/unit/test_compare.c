/* Comparing backends: what is told of each, where samples differ, times to a target. */
#include "faulty_backend.h"

#include <math.h>

#include "flow/compare.h"
#include "flow/compare_samples.h"
#include "report/report.h"

static const taut_backend_name PAIR[] = {TAUT_BACKEND_CPU, TAUT_BACKEND_XRT};

static volatile int stop;

static int set_up(void **state)
{
	(void)state;
	faulty_reset();
	stop = 0;
	return 0;
}

static void crc_is_of_little_endian_bytes(void **state)
{
	uint64_t     bits[] = {0x0123456789ABCDEFu, 5};
	int64_t      energy[] = {-3, 7};
	uint16_t     position[] = {2, 0, 1};
	int64_t      other[] = {-9};
	taut_samples b = {.count = 2, .n = 64, .words = 1, .bits = bits, .energy = energy};
	taut_samples p = {.count = 1, .permutation_n = 3, .position = position, .energy = other};

	(void)state;
	assert_int_equal(taut_samples_crc(&b), 0xe04bb373u);
	assert_int_equal(taut_samples_crc(&p), 0x4894cd94u);
}

static void times_to_target(void **state)
{
	taut_compared row = {.samples = 64, .updates = 300, .time_s.run = 2.0};
	double        s;

	(void)state;
	assert_true(taut_compared_rate(&s, &row) && s == 150.0);
	assert_false(taut_compared_time_to_target(&s, &row)); /* no success */
	row.successes = 32;                                   /* ln 0.01 / ln 0.5 reads of 1/32 s */
	assert_true(taut_compared_time_to_target(&s, &row));
	assert_true(fabs(s - log(0.01) / log(0.5) / 32.0) < 1e-12);
	row.successes = 64; /* one read */
	assert_true(taut_compared_time_to_target(&s, &row) && s == 2.0 / 64.0);
	row.state = TAUT_COMPARED_CUT;
	assert_false(taut_compared_time_to_target(&s, &row));
}

/* Compares the spec on the pair. The caller frees both. */
static taut_status compare(taut_comparison **out, taut_load_list *list, const char *spec,
                           taut_algorithm algorithm, taut_error *err)
{
	const taut_ctx             ctx = {.threads = 2, .stop = &stop};
	const taut_compare_request request = {.backends = PAIR, .n = 2, .find = faulty_find};

	load_spec(list, spec);
	list->options.algorithm = (int)algorithm;
	return taut_compare(out, list->items[0], &list->options, &request, &ctx, err);
}

static taut_comparison *compared(taut_load_list *list, const char *spec, taut_algorithm algorithm)
{
	taut_comparison *c;
	taut_error       err;

	if (compare(&c, list, spec, algorithm, &err) != TAUT_OK)
		fail_msg("%s: %s", spec, err.text);
	assert_int_equal(c->n_rows, 2);
	return c;
}

static void drop(taut_comparison *c, taut_load_list *list)
{
	taut_comparison_free(c);
	taut_load_fini(list);
}

/* The report's tables stay within 80 columns. */
static void expect_text(const taut_comparison *c, const char *words)
{
	taut_text text = {0};
	size_t    column = 0;

	taut_compare_text(&text, c);
	assert_int_equal(taut_text_check(&text, NULL), TAUT_OK);
	for (const char *at = text.data; *at; at++) {
		column = *at == '\n' ? 0 : column + 1;
		assert_true(column <= 80);
	}
	if (!strstr(text.data, words))
		fail_msg("'%s' is not in\n%s", words, text.data);
	taut_text_fini(&text);
}

static void the_same_is_identical(void **state)
{
	static const char *const    specs[] = {"mdkp", "qap", "binary_program", "qubo"};
	static const taut_algorithm algorithms[] = {TAUT_ALGORITHM_AUTO, TAUT_ALGORITHM_PT};

	(void)state;
	for (size_t k = 0; k < 8; k++) {
		taut_load_list   list;
		taut_comparison *c = compared(&list, specs[k / 2], algorithms[k % 2]);

		assert_int_equal(c->problem->formulation.method, TAUT_METHOD_PENALTY);
		assert_int_equal(c->problem->solver.algorithm,
		                 k % 2 ? TAUT_ALGORITHM_PT : TAUT_ALGORITHM_SA);
		assert_int_equal(c->reference, 0);
		assert_true(taut_comparison_identical(c));
		for (size_t b = 0; b < 2; b++) {
			const taut_compared *row = &c->rows[b];
			assert_int_equal(row->state, TAUT_COMPARED_DONE);
			assert_int_equal(row->samples, 70);
			assert_true(row->updates > 0 && row->has_answer && row->exact);
			assert_true(row->time_s.run > 0.0);
			assert_int_equal(row->crc, c->rows[0].crc);
			assert_int_equal(row->updates, c->rows[0].updates);
			assert_int_equal(row->best, c->rows[0].best);
			assert_true(row->raw_mean == c->rows[0].raw_mean);
		}
		assert_true(c->rows[1].compared && !c->rows[1].differs);
		assert_true(c->rows[1].time_s.kernel == 4.0);
		assert_int_equal(c->target_kind, TAUT_TARGET_BEST_KNOWN);
		expect_text(c, "identical");
		drop(c, &list);
	}
}

static void a_wrong_bit_is_found(void **state)
{
	taut_load_list         list;
	taut_comparison       *c;
	const taut_difference *d;

	(void)state;
	faulty.flip_read = 66;
	c = compared(&list, "binary_program", TAUT_ALGORITHM_SA);
	d = &c->rows[1].difference;
	assert_true(c->rows[1].compared && c->rows[1].differs);
	assert_false(taut_comparison_identical(c));
	assert_int_not_equal(c->rows[0].crc, c->rows[1].crc);
	assert_int_equal(d->kind, TAUT_DIFFERS_BIT);
	assert_int_equal(d->read, 66);
	assert_int_equal(d->place, 0);
	assert_int_equal(d->variable, 0);
	assert_string_equal(d->name, "ann_sat");
	assert_int_equal(d->value + d->reference_value, 1);
	assert_int_equal(d->energy, d->reference_energy + 1);
	expect_text(c, "xrt differs from cpu in read 67: bit 1, variable 'ann_sat',");
	drop(c, &list);
}

static void a_wrong_position_or_energy_is_found(void **state)
{
	taut_load_list         list;
	taut_comparison       *c;
	const taut_difference *d;

	(void)state;
	faulty.flip_read = 3;
	c = compared(&list, "qap", TAUT_ALGORITHM_SA);
	d = &c->rows[1].difference;
	assert_int_equal(d->kind, TAUT_DIFFERS_POSITION);
	assert_int_equal(d->read, 3);
	assert_int_equal(d->place, 0);
	assert_int_equal(d->variable, d->reference_value);
	assert_int_not_equal(d->value, d->reference_value);
	expect_text(c, "in read 4: position 1 holds ");
	drop(c, &list);

	faulty_reset();
	faulty.flip_read = 69;
	faulty.energy_alone = true;
	c = compared(&list, "maxcut", TAUT_ALGORITHM_SQA);
	d = &c->rows[1].difference;
	assert_true(c->rows[1].differs);
	assert_int_equal(d->kind, TAUT_DIFFERS_ENERGY);
	assert_int_equal(d->read, 69);
	assert_int_equal(d->energy, d->reference_energy + 1);
	expect_text(c, "in read 70: energy ");
	drop(c, &list);
}

/* Slack bits are nobody's variables. */
static void a_bit_of_the_method_is_told(void **state)
{
	uint64_t        bits[] = {8};
	uint64_t        others[] = {0};
	int64_t         energy[] = {1};
	uint32_t        at[] = {1, TAUT_CODEC_ONE, 0};
	char           *names[] = {"a", "b", "c"};
	taut_model      model = {.n = 3, .variable_name = names};
	taut_codec      codec = {.n_model = 3, .at = at};
	taut_samples    a = {.count = 1, .n = 4, .words = 1, .bits = bits, .energy = energy};
	taut_samples    b = {.count = 1, .n = 4, .words = 1, .bits = others, .energy = energy};
	taut_difference d;

	(void)state;
	assert_true(taut_samples_differ(&d, &a, &b, &codec, &model));
	assert_true(d.place == 3 && d.variable == TAUT_NO_VARIABLE && !d.name);
	bits[0] = 9;
	assert_true(taut_samples_differ(&d, &a, &b, &codec, &model));
	assert_true(d.place == 0 && d.variable == 2);
	assert_string_equal(d.name, "c");
	bits[0] = 0;
	assert_false(taut_samples_differ(&d, &a, &b, &codec, &model));
	a.count = 0;
	assert_true(taut_samples_differ(&d, &a, &b, &codec, &model));
	assert_int_equal(d.kind, TAUT_DIFFERS_COUNT);
}

static void expect_state(taut_compared_state state, taut_status status, const char *words)
{
	taut_load_list   list;
	taut_comparison *c = compared(&list, "mdkp", TAUT_ALGORITHM_SA);

	assert_int_equal(c->rows[0].state, TAUT_COMPARED_DONE);
	assert_int_equal(c->rows[1].state, state);
	assert_int_equal(c->rows[1].status, status);
	assert_false(c->rows[1].compared);
	assert_false(taut_comparison_identical(c));
	expect_text(c, words);
	drop(c, &list);
	faulty_reset();
}

static void failures_are_rows(void **state)
{
	(void)state;
	faulty.absent = true;
	expect_state(TAUT_COMPARED_ABSENT, TAUT_EDEVICE,
	             "not present: backend 'xrt' is not built in");
	faulty.open = TAUT_EDEVICE;
	expect_state(TAUT_COMPARED_ABSENT, TAUT_EDEVICE, "not present: no card in the slot");
	faulty.algorithms = 1u << TAUT_ALGORITHM_PT;
	expect_state(TAUT_COMPARED_LIMIT, TAUT_ELIMIT, "exceeds its limits: algorithm 'sa'");
	faulty.load_fails = 0;
	faulty.load = TAUT_ELIMIT;
	expect_state(TAUT_COMPARED_LIMIT, TAUT_ELIMIT, "exceeds its limits: no room on the card");
	faulty.load_fails = 0;
	faulty.load = TAUT_EDEVICE;
	expect_state(TAUT_COMPARED_LOST, TAUT_EDEVICE, "failed: no room on the card");
	for (int k = 0; k < 2; k++) {
		faulty.run_fails = k;
		expect_state(TAUT_COMPARED_LOST, TAUT_EDEVICE, "failed: the card fell silent");
	}
}

static void what_a_lost_device_left_is_answered(void **state)
{
	taut_load_list   list;
	taut_comparison *c;

	(void)state;
	faulty.run_fails = 1; /* after the warm-up */
	faulty.leaves = true;
	c = compared(&list, "mdkp", TAUT_ALGORITHM_SA);
	assert_int_equal(c->rows[1].state, TAUT_COMPARED_LOST);
	assert_int_equal(c->rows[1].samples, 70);
	assert_true(c->rows[1].has_answer && !c->rows[1].compared);
	drop(c, &list);
}

static void an_interrupt_ends_it(void **state)
{
	taut_load_list   list;
	taut_comparison *c;

	(void)state;
	stop = 1;
	c = compared(&list, "mdkp", TAUT_ALGORITHM_SA);
	assert_true(c->interrupted);
	assert_int_equal(c->reference, 2);
	for (size_t k = 0; k < 2; k++) {
		assert_int_equal(c->rows[k].state, TAUT_COMPARED_SKIPPED);
		assert_int_equal(c->rows[k].status, TAUT_OK);
	}
	expect_text(c, "not run: the interrupt came before");
	drop(c, &list);
}

static void targets(void **state)
{
	taut_load_list             list;
	taut_comparison           *c;
	taut_error                 err;
	const taut_ctx             ctx = {.threads = 1};
	const taut_compare_request request = {.backends = PAIR, .n = 2, .find = faulty_find};

	(void)state;
	load_spec(&list, "maxcut");
	list.options.target = "60";
	assert_int_equal(taut_compare(&c, list.items[0], &list.options, &request, &ctx, &err),
	                 TAUT_OK);
	assert_int_equal(c->target_kind, TAUT_TARGET_GIVEN);
	assert_int_equal(c->target, 60);
	assert_true(c->rows[0].successes > 0);
	taut_comparison_free(c);
	list.options.target = NULL;
	list.items[0]->has_best_known = false;
	list.options.best_known = NULL;
	assert_int_equal(taut_compare(&c, list.items[0], &list.options, &request, &ctx, &err),
	                 TAUT_OK);
	assert_int_equal(c->target_kind, TAUT_TARGET_BEST_HERE);
	assert_int_equal(c->target, c->rows[0].raw_best);
	assert_true(c->rows[0].successes > 0 && c->rows[0].successes <= 70);
	drop(c, &list);
}

static void sqa_on_permutations_is_the_problems_fault(void **state)
{
	taut_load_list   list;
	taut_comparison *c;
	taut_error       err;

	(void)state;
	assert_int_equal(compare(&c, &list, "qap", TAUT_ALGORITHM_SQA, &err), TAUT_ELIMIT);
	assert_null(c);
	assert_non_null(strstr(err.text, "--moves flip"));
	taut_load_fini(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(crc_is_of_little_endian_bytes, set_up),
		cmocka_unit_test_setup(times_to_target, set_up),
		cmocka_unit_test_setup(the_same_is_identical, set_up),
		cmocka_unit_test_setup(a_wrong_bit_is_found, set_up),
		cmocka_unit_test_setup(a_wrong_position_or_energy_is_found, set_up),
		cmocka_unit_test_setup(a_bit_of_the_method_is_told, set_up),
		cmocka_unit_test_setup(failures_are_rows, set_up),
		cmocka_unit_test_setup(what_a_lost_device_left_is_answered, set_up),
		cmocka_unit_test_setup(an_interrupt_ends_it, set_up),
		cmocka_unit_test_setup(targets, set_up),
		cmocka_unit_test_setup(sqa_on_permutations_is_the_problems_fault, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
