/* host/base: status, context, allocation, exact numbers, texts, exp, log and cos, random
 * numbers, threads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/clock.h"
#include "base/ctx.h"
#include "base/decimal.h"
#include "base/exactmath.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/text.h"

enum { SEED = 20250101 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void start(taut_rng *rng, uint64_t stream)
{
	print_message("seed %d, stream %" PRIu64 "\n", SEED, stream);
	taut_rng_init(rng, SEED, stream);
}

static void status_codes_are_the_documented_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(taut_status_exit(TAUT_OK), 0);
	assert_int_equal(taut_status_exit(TAUT_EUSAGE), 2);
	assert_int_equal(taut_status_exit(TAUT_EINPUT), 3);
	assert_int_equal(taut_status_exit(TAUT_EDEVICE), 4);
	assert_int_equal(taut_status_exit(TAUT_ELIMIT), 5);
	assert_int_equal(taut_status_exit(TAUT_ENOMEM), 6);
	assert_int_equal(taut_status_exit(TAUT_EIO), 7);
	assert_string_equal(taut_status_text(TAUT_ENOMEM), "out of memory");
}

static void context_goes_in_front_of_the_message(void **state)
{
	taut_error err;
	char       longest[2 * sizeof err.text];

	(void)state;
	assert_int_equal(taut_fail(&err, TAUT_EINPUT, "got %d", 5), TAUT_EINPUT);
	assert_int_equal(taut_context(&err, TAUT_EINPUT, "file:%d", 7), TAUT_EINPUT);
	assert_string_equal(err.text, "file:7: got 5");
	assert_int_equal(err.code, TAUT_EINPUT);
	assert_int_equal(taut_fail(NULL, TAUT_EIO, "nobody listens"), TAUT_EIO);
	assert_int_equal(taut_context(NULL, TAUT_EIO, "nobody listens"), TAUT_EIO);

	/* What does not fit is cut, at the end. */
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	(void)taut_fail(&err, TAUT_EINPUT, "%s", longest);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	(void)taut_context(&err, TAUT_EINPUT, "front");
	assert_true(strlen(err.text) < sizeof err.text);
	assert_memory_equal(err.text, "front: aaa", 10);
	(void)taut_context(&err, TAUT_EINPUT, "%s", longest);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void allocation_is_zeroed_and_refuses_overflow(void **state)
{
	volatile size_t huge = SIZE_MAX / 2;
	taut_error      err = {TAUT_OK, ""};
	uint8_t        *bytes = taut_alloc(1000, 1, &err);
	uint64_t       *aligned = taut_alloc_aligned(100, sizeof *aligned, &err);
	void           *none = taut_alloc(0, 8, &err);

	(void)state;
	assert_non_null(bytes);
	assert_non_null(aligned);
	assert_non_null(none);
	assert_int_equal((uintptr_t)aligned % 64, 0);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(bytes[i], 0);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(aligned[i], 0);
	assert_null(taut_alloc(huge, 4, &err));
	assert_int_equal(err.code, TAUT_ENOMEM);
	err.code = TAUT_OK;
	assert_null(taut_alloc_aligned(huge, 4, &err));
	assert_int_equal(err.code, TAUT_ENOMEM);
	assert_null(taut_alloc_aligned(SIZE_MAX, 1, NULL));
	taut_free(bytes);
	taut_free(aligned);
	taut_free(none);
	taut_free(NULL);
}

static void growth_keeps_old_elements_and_zeroes_new_ones(void **state)
{
	size_t    capacity = 0;
	uint32_t *a = NULL;
	void     *same;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		a = taut_grow(a, &capacity, (size_t)i + 1, sizeof *a, NULL);
		assert_non_null(a);
		assert_true(capacity > i);
		assert_int_equal(a[i], 0);
		a[i] = i * i;
	}
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(a[i], i * i);
	same = a;
	assert_ptr_equal(taut_grow(a, &capacity, 5, sizeof *a, NULL), same);
	assert_null(taut_grow(a, &capacity, SIZE_MAX / 2, sizeof *a, NULL));
	assert_int_equal(a[999], 999 * 999); /* still ours */
	taut_free(a);
}

static void armed_faults_fail_the_nth_allocation(void **state)
{
	void *a;
	void *b;

	(void)state;
	if (!taut_faults_built())
		skip(); /* only in builds with TAUT_FAULTS */
	taut_faults_arm(2, 0);
	a = taut_alloc(1, 1, NULL);
	assert_non_null(a);
	assert_null(taut_alloc(1, 1, NULL));
	b = taut_alloc(1, 1, NULL);
	assert_non_null(b);
	taut_faults_arm(1, 1);
	assert_null(taut_alloc(1, 1, NULL));
	assert_null(taut_copy_text("x", NULL));
	taut_faults_arm(0, 0);
	taut_free(a);
	taut_free(b);
}

static void copies_are_their_own(void **state)
{
	char *text = taut_copy_text("taut", NULL);
	void *empty = taut_copy(NULL, 0, 4, NULL);

	(void)state;
	assert_string_equal(text, "taut");
	assert_non_null(empty);
	taut_free(text);
	taut_free(empty);
}

static void checked_arithmetic_knows_its_limits(void **state)
{
	int64_t x;
	int64_t sum = INT64_MAX - 6;

	(void)state;
	assert_true(taut_add64(&x, INT64_MAX - 1, 1) && x == INT64_MAX);
	assert_false(taut_add64(&x, INT64_MAX, 1));
	assert_false(taut_sub64(&x, INT64_MIN, 1));
	assert_false(taut_mul64(&x, INT64_MIN, -1));
	assert_true(taut_muladd64(&sum, 2, 3) && sum == INT64_MAX);
	assert_false(taut_muladd64(&sum, 1, 1));
	assert_true(taut_abs64(&x, -5) && x == 5);
	assert_false(taut_abs64(&x, INT64_MIN));
}

static void decimals_read_exactly(void **state)
{
	static const struct {
		const char *text;
		int64_t     value;
		int32_t     decimals;
	} cases[] = {
		{"0", 0, 0},
		{"-0", 0, 0},
		{"+7", 7, 0},
		{"12", 12, 0},
		{"-12.50", -125, 1},
		{".5", 5, 1},
		{"5.", 5, 0},
		{".0", 0, 0},
		{"1e3", 1000, 0},
		{"1.5e1", 15, 0},
		{"2500e-2", 25, 0},
		{"1E-15", 1, 15},
		{"0e999", 0, 0},
		{"0.000000000000001", 1, 15},
		{"9223372036854775807", INT64_MAX, 0},
		{"-9223372036854775807", -INT64_MAX, 0},
		{"1.000000000000000000000000", 1, 0},
		{"100e-30", 0, -1}, /* decimals -1: must be refused */
		{"", 0, -1},
		{"-", 0, -1},
		{".", 0, -1},
		{"e5", 0, -1},
		{"1e", 0, -1},
		{"1e+", 0, -1},
		{"1x", 0, -1},
		{" 1", 0, -1},
		{"1 ", 0, -1},
		{"1,5", 0, -1},
		{"nan", 0, -1},
		{"inf", 0, -1},
		{"0x10", 0, -1},
		{"1e-16", 0, -1},
		{"1e19", 0, -1},
		{"9223372036854775808", 0, -1},
		{"1e99999999999999999999", 0, -1},
		{"--1", 0, -1},
	};
	taut_error err;

	(void)state;
	for (size_t k = 0; k < COUNT(cases); k++) {
		taut_decimal x = {0};
		taut_status st = taut_decimal_parse(&x, cases[k].text, strlen(cases[k].text), &err);
		if (cases[k].decimals < 0) {
			if (st != TAUT_EINPUT)
				print_error("'%s' was accepted\n", cases[k].text);
			assert_int_equal(st, TAUT_EINPUT);
			continue;
		}
		if (st != TAUT_OK)
			print_error("'%s': %s\n", cases[k].text, err.text);
		assert_int_equal(st, TAUT_OK);
		assert_int_equal(x.value, cases[k].value);
		assert_int_equal(x.decimals, cases[k].decimals);
	}
}

static void decimals_survive_formatting(void **state)
{
	taut_rng rng;

	(void)state;
	start(&rng, 1);
	for (int round = 0; round < 100000; round++) {
		const int32_t decimals = (int32_t)taut_rng_below(&rng, TAUT_DECIMALS_MAX + 1);
		int64_t value = (int64_t)(taut_rng_next(&rng) >> (1 + taut_rng_below(&rng, 63)));
		taut_decimal back;
		taut_decimal shifted;
		char         text[24];
		char         with_exponent[40];
		if (taut_rng_below(&rng, 2))
			value = -value;
		taut_decimal_format(text, sizeof text, value, decimals);
		assert_int_equal(taut_decimal_parse(&back, text, strlen(text), NULL), TAUT_OK);
		/* The least scale that holds the value, and the same value. */
		assert_true(back.decimals <= decimals);
		assert_true(back.decimals == 0 || back.value % 10 != 0);
		assert_int_equal(back.value * taut_power_of_ten(decimals - back.decimals), value);
		(void)snprintf(with_exponent, sizeof with_exponent, "%" PRId64 "e-%d", value,
		               (int)decimals);
		assert_int_equal(
			taut_decimal_parse(&shifted, with_exponent, strlen(with_exponent), NULL),
			TAUT_OK);
		assert_int_equal(shifted.value, back.value);
		assert_int_equal(shifted.decimals, back.decimals);
	}
}

static void integers_and_scales(void **state)
{
	taut_numbers numbers = {0};
	taut_error   err;
	int64_t      x;

	(void)state;
	assert_int_equal(taut_integer_parse(&x, "2.0", 3, &err), TAUT_OK);
	assert_int_equal(x, 2);
	assert_int_equal(taut_integer_parse(&x, "2e3", 3, &err), TAUT_OK);
	assert_int_equal(x, 2000);
	assert_int_equal(taut_integer_parse(&x, "2.5", 3, &err), TAUT_EINPUT);
	assert_non_null(strstr(err.text, "2.5"));
	assert_int_equal(taut_rescale(&x, -12, 1, 4, &err), TAUT_OK);
	assert_int_equal(x, -12000);
	assert_int_equal(taut_rescale(&x, INT64_MAX / 10 + 1, 0, 1, &err), TAUT_EINPUT);
	assert_true(taut_decimal_to_double(-125, 1) == -12.5);

	assert_int_equal(taut_numbers_push(&numbers, (taut_decimal){3, 0}, &err), TAUT_OK);
	assert_int_equal(taut_numbers_push(&numbers, (taut_decimal){25, 2}, &err), TAUT_OK);
	assert_int_equal(taut_numbers_push(&numbers, (taut_decimal){1, 1}, &err), TAUT_OK);
	assert_int_equal(numbers.decimals, 2);
	assert_int_equal(numbers.n, 3);
	assert_int_equal(numbers.v[0], 300);
	assert_int_equal(numbers.v[1], 25);
	assert_int_equal(numbers.v[2], 10);
	assert_int_equal(taut_numbers_push(&numbers, (taut_decimal){INT64_MAX, 0}, &err),
	                 TAUT_EINPUT);
	taut_numbers_fini(&numbers);
}

/* Against libm, whose error is below one unit in the last place: 2^-50 is promised. */
static void exp_and_log_are_near_libm(void **state)
{
	const double promised = 0x1p-50;
	taut_rng     rng;

	(void)state;
	start(&rng, 2);
	for (int round = 0; round < 100000; round++) {
		const double x = (taut_rng_unit(&rng) - 0.5) * 1400.0;
		const double small = (taut_rng_unit(&rng) - 0.5) * 4.0;
		const double y =
			ldexp(1.0 + taut_rng_unit(&rng), (int)taut_rng_below(&rng, 2000) - 1000);
		const double near_one = 0.5 + taut_rng_unit(&rng);
		assert_true(fabs(taut_exp(x) / exp(x) - 1.0) < promised);
		assert_true(fabs(taut_exp(small) / exp(small) - 1.0) < promised);
		assert_true(fabs(taut_log(y) - log(y)) <= promised * fabs(log(y)));
		assert_true(fabs(taut_log(near_one) - log(near_one)) <=
		            promised * fabs(log(near_one)));
	}
	assert_true(taut_exp(0.0) == 1.0);
	assert_true(taut_log(1.0) == 0.0);
	assert_true(taut_exp(-800.0) == 0.0);
	assert_true(taut_exp(-740.0) > 0.0);
	assert_true(isinf(taut_exp(710.0)));
	assert_true(isfinite(taut_exp(709.7)));
	assert_true(fabs(taut_log(0x1p-1074) + 744.44007192138126) < 1e-12);
}

static void cos_and_acos_are_near_libm(void **state)
{
	const double promised = 0x1p-50;
	taut_rng     rng;

	(void)state;
	start(&rng, 3);
	for (int round = 0; round < 100000; round++) {
		const double turn = (taut_rng_unit(&rng) - 0.5) * 14.0;
		const double far = (taut_rng_unit(&rng) - 0.5) * 2000.0;
		const double x = 2.0 * taut_rng_unit(&rng) - 1.0;
		const double near_end = 1.0 - ldexp(taut_rng_unit(&rng), -(round % 50));
		assert_true(fabs(taut_cos(turn) - cos(turn)) < promised);
		assert_true(fabs(taut_cos(far) - cos(far)) < promised);
		assert_true(fabs(taut_acos(x) - acos(x)) <= promised * acos(x));
		assert_true(fabs(taut_acos(near_end) - acos(near_end)) <= promised * acos(near_end));
		assert_true(fabs(taut_acos(-near_end) - acos(-near_end)) <= 4.0 * promised);
	}
	assert_true(taut_cos(0.0) == 1.0);
	assert_true(taut_acos(1.0) == 0.0);
	assert_true(fabs(taut_acos(-1.0) - 3.14159265358979323846) < promised);
	assert_true(fabs(taut_acos(0.0) - 1.57079632679489661923) < promised);
}

static void random_numbers_are_the_published_generators(void **state)
{
	/* Computed with an independent implementation of the two papers' code. */
	static const uint64_t golden[3][3] = {
		{0x959d71aa95271620, 0xaf45ae3e6e52ce2a, 0xd237c73d20340f7e},
		{0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0},
		{0x9fb83845efaf8163, 0xc7206727683b6ad3, 0xa9bcfc516e2b64d2},
	};
	static const uint64_t seeds[3][2] = {{1, 0}, {1, 1}, {0, 0}};
	taut_rng              rng = {{1, 2, 3, 4}};

	(void)state;
	/* xoshiro256** from state 1, 2, 3, 4 and splitmix64 from seed 1234567, as published */
	assert_int_equal(taut_rng_next(&rng), 11520);
	assert_int_equal(taut_rng_next(&rng), 0);
	assert_int_equal(taut_rng_next(&rng), 1509978240);
	assert_true(taut_mix64(1234567 + 0x9E3779B97F4A7C15u) == 6457827717110365317u);
	for (size_t k = 0; k < 3; k++) {
		taut_rng_init(&rng, seeds[k][0], seeds[k][1]);
		for (size_t i = 0; i < 3; i++)
			assert_true(taut_rng_next(&rng) == golden[k][i]);
	}
}

static void random_numbers_are_in_range_and_even(void **state)
{
	enum { BOUND = 7, DRAWS = 70000 };
	int      count[BOUND] = {0};
	double   sum = 0.0;
	taut_rng rng;

	(void)state;
	start(&rng, 3);
	for (int k = 0; k < DRAWS; k++) {
		const double u = taut_rng_unit(&rng);
		assert_true(u >= 0.0 && u < 1.0);
		sum += u;
		count[taut_rng_below(&rng, BOUND)]++;
	}
	assert_true(fabs(sum / DRAWS - 0.5) < 5.0 / sqrt(12.0 * DRAWS));
	for (int b = 0; b < BOUND; b++) /* 10000 each, standard deviation 93 */
		assert_true(count[b] > 9500 && count[b] < 10500);
	assert_int_equal(taut_rng_below(&rng, 1), 0);
	for (int k = 0; k < 100; k++)
		assert_true(taut_rng_below(&rng, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
}

typedef struct {
	uint64_t   *squares; /* [n_tasks] */
	uint32_t    threads;
	size_t      fail_at; /* tasks from this one fail */
	atomic_bool bad_worker;
} work;

static taut_status square(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	work *w = payload;

	if (worker >= w->threads)
		atomic_store(&w->bad_worker, true);
	if (task >= w->fail_at)
		return taut_fail(err, TAUT_EDEVICE, "task %zu", task);
	w->squares[task] += (uint64_t)task * task;
	return TAUT_OK;
}

static void parallel_loops_run_every_task_once(void **state)
{
	enum { TASKS = 5000 };
	static const uint32_t threads[] = {0, 1, 2, 7};

	(void)state;
	for (size_t t = 0; t < COUNT(threads); t++) {
		work w = {.threads = threads[t] ? threads[t] : 1, .fail_at = SIZE_MAX};
		w.squares = taut_alloc(TASKS, sizeof *w.squares, NULL);
		assert_non_null(w.squares);
		assert_int_equal(taut_parallel(square, &w, TASKS, threads[t], NULL), TAUT_OK);
		for (uint64_t k = 0; k < TASKS; k++)
			assert_true(w.squares[k] == k * k);
		assert_false(atomic_load(&w.bad_worker));
		assert_int_equal(taut_parallel(square, &w, 0, threads[t], NULL), TAUT_OK);
		taut_free(w.squares);
	}
	assert_true(taut_processors() >= 1);
}

static void parallel_loops_hand_back_an_error(void **state)
{
	uint64_t   squares[100] = {0};
	work       w = {.squares = squares, .threads = 4, .fail_at = 60};
	taut_error err = {TAUT_OK, ""};

	(void)state;
	assert_int_equal(taut_parallel(square, &w, 100, 4, &err), TAUT_EDEVICE);
	assert_int_equal(err.code, TAUT_EDEVICE);
	assert_memory_equal(err.text, "task ", 5);
	w.threads = 1;
	assert_int_equal(taut_parallel(square, &w, 100, 1, &err), TAUT_EDEVICE);
	assert_string_equal(err.text, "task 60");
	assert_int_equal(taut_parallel(square, &w, 100, 1, NULL), TAUT_EDEVICE);
}

static void texts_grow(void **state)
{
	taut_text  text = {0};
	taut_error err;

	(void)state;
	for (int i = 0; i < 1000; i++)
		taut_text_format(&text, "%d,", i % 10);
	taut_text_put(&text, "end");
	taut_text_add(&text, "more", 1);
	assert_int_equal(text.length, 2004);
	assert_string_equal(text.data + 1996, "8,9,endm");
	assert_int_equal(taut_text_check(&text, &err), TAUT_OK);
	taut_text_fini(&text);
	assert_null(text.data);
}

static void keep_line(void *payload, const char *text)
{
	(void)snprintf(payload, 64, "%s", text);
}

static void contexts_stop_and_log(void **state)
{
	volatile int   stop = 0;
	char           line[64] = "";
	taut_ctx       ctx = {.stop = &stop, .threads = 1, .log = keep_line, .log_payload = line};
	const taut_ctx silent = {.threads = 1};

	(void)state;
	taut_ctx_log(&ctx, "round %d", 3);
	assert_string_equal(line, "round 3");
	taut_ctx_log(&silent, "nobody listens");
	assert_false(taut_ctx_stopped(&ctx));
	ctx.deadline_s = taut_clock_s() + 1000.0;
	assert_false(taut_ctx_stopped(&ctx));
	ctx.deadline_s = taut_clock_s() - 1e-9;
	assert_true(taut_ctx_stopped(&ctx));
	assert_false(taut_ctx_interrupted(&ctx));
	stop = 1;
	assert_true(taut_ctx_interrupted(&ctx));
	assert_false(taut_ctx_stopped(&silent));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_codes_are_the_documented_exit_codes),
		cmocka_unit_test(context_goes_in_front_of_the_message),
		cmocka_unit_test(allocation_is_zeroed_and_refuses_overflow),
		cmocka_unit_test(growth_keeps_old_elements_and_zeroes_new_ones),
		cmocka_unit_test(armed_faults_fail_the_nth_allocation),
		cmocka_unit_test(copies_are_their_own),
		cmocka_unit_test(checked_arithmetic_knows_its_limits),
		cmocka_unit_test(decimals_read_exactly),
		cmocka_unit_test(decimals_survive_formatting),
		cmocka_unit_test(integers_and_scales),
		cmocka_unit_test(exp_and_log_are_near_libm),
		cmocka_unit_test(cos_and_acos_are_near_libm),
		cmocka_unit_test(random_numbers_are_the_published_generators),
		cmocka_unit_test(random_numbers_are_in_range_and_even),
		cmocka_unit_test(parallel_loops_run_every_task_once),
		cmocka_unit_test(parallel_loops_hand_back_an_error),
		cmocka_unit_test(texts_grow),
		cmocka_unit_test(contexts_stop_and_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
