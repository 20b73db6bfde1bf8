/* base/matrix: what its loops add up equals plain sums, and the last owner frees. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/alloc.h"
#include "base/matrix.h"
#include "base/rng.h"

enum { SEED = 20260417, LONG_ROW = 140000 };

static const uint32_t SIZES[] = {0, 1, 2, 63, 64, 65, 130, 256, 300};

/* Entries of -size to size, and 0 on the diagonal; seldom one of the greatest. */
static taut_matrix *random_matrix(uint32_t n, int32_t size, taut_rng *rng)
{
	taut_matrix *m;
	taut_error   err;

	assert_int_equal(taut_matrix_new(&m, n, &err), TAUT_OK);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = i + 1; j < n; j++)
			m->entry[i * m->stride + j] =
				(int8_t)((int32_t)taut_rng_below(rng, 2u * (uint64_t)size + 1) -
			                 size);
	taut_matrix_mirror(m);
	return m;
}

static int64_t divisor(int64_t a, int64_t b)
{
	return b ? divisor(b, a % b) : a;
}

static void check_row(const taut_matrix *m, uint32_t i, taut_rng *rng)
{
	const int8_t          *row = taut_matrix_row(m, i);
	const taut_matrix_sums sums = taut_matrix_row_sums(m, i);
	uint8_t               *x = taut_alloc(m->n, 1, NULL);
	int32_t               *sum = taut_alloc(m->n, sizeof *sum, NULL);
	int64_t                negative = 0, positive = 0, squares = 0, dot = 0, common = 0;

	assert_non_null(x);
	assert_non_null(sum);
	for (uint32_t j = 0; j < m->n; j++) {
		assert_int_equal(row[j], taut_matrix_row(m, j)[i]);
		x[j] = (uint8_t)taut_rng_below(rng, 2);
		negative += row[j] < 0 ? row[j] : 0;
		positive += row[j] > 0 ? row[j] : 0;
		squares += row[j] * row[j];
		common = divisor(common, row[j] < 0 ? -row[j] : row[j]);
	}
	assert_int_equal(row[i], 0);
	for (size_t j = m->n; j < m->stride; j++)
		assert_int_equal(row[j], 0);
	assert_int_equal(sums.negative, negative);
	assert_int_equal(sums.positive, positive);
	assert_int_equal(taut_matrix_row_squares(m, i), squares);
	assert_int_equal(taut_matrix_row_divisor(m, i), common);
	for (uint32_t j = 0; j < m->n; j++) {
		assert_int_equal(taut_matrix_row_dot(m, i, 0, x, j), dot);
		assert_int_equal(taut_matrix_row_dot(m, i, j, x + j, m->n - j) + dot,
		                 taut_matrix_row_dot(m, i, 0, x, m->n));
		dot += x[j] * row[j];
	}
	taut_matrix_add_row(sum, m, i, false);
	taut_matrix_add_row(sum, m, i, false);
	taut_matrix_add_row(sum, m, i, true);
	for (uint32_t j = 0; j < m->n; j++)
		assert_int_equal(sum[j], row[j]);
	taut_free(x);
	taut_free(sum);
}

static void rows_add_up(void **state)
{
	taut_rng rng;

	(void)state;
	print_message("seed %d\n", SEED);
	taut_rng_init(&rng, SEED, 0);
	for (size_t k = 0; k < sizeof SIZES / sizeof *SIZES; k++)
		for (int32_t size = 1; size <= 127; size += 42) {
			taut_matrix *m = random_matrix(SIZES[k], size, &rng);

			for (uint32_t i = 0; i < m->n; i++)
				check_row(m, i, &rng);
			taut_matrix_release(m);
		}
}

static void ones_add_up(void **state)
{
	taut_rng rng;

	(void)state;
	taut_rng_init(&rng, SEED, 1);
	for (size_t k = 0; k < sizeof SIZES / sizeof *SIZES; k++) {
		taut_matrix *m = random_matrix(SIZES[k], 127, &rng);
		uint8_t     *x = taut_alloc(m->n, 1, NULL);
		int32_t     *sum = taut_alloc(m->n, sizeof *sum, NULL);

		assert_non_null(x);
		assert_non_null(sum);
		for (uint32_t i = 0; i < m->n; i++)
			x[i] = (uint8_t)taut_rng_below(&rng, 2);
		taut_matrix_add_ones(sum, m, x);
		for (uint32_t i = 0; i < m->n; i++)
			assert_int_equal(sum[i], taut_matrix_row_dot(m, i, 0, x, m->n));
		taut_free(x);
		taut_free(sum);
		taut_matrix_release(m);
	}
}

static void sizes_are_measured(void **state)
{
	taut_matrix      *m;
	taut_matrix_sizes s;
	taut_error        err;

	(void)state;
	assert_int_equal(taut_matrix_new(&m, 70, &err), TAUT_OK);
	s = taut_matrix_measure(m);
	assert_int_equal(s.least, 0);
	assert_int_equal(s.largest, 0);
	assert_int_equal(s.divisor, 0);
	m->entry[3 * m->stride + 69] = -127;
	taut_matrix_mirror(m);
	s = taut_matrix_measure(m);
	assert_int_equal(s.least, 127);
	assert_int_equal(s.divisor, 127);
	m->entry[0 * m->stride + 1] = 6;
	m->entry[64 * m->stride + 65] = -9;
	m->entry[3 * m->stride + 69] = 30;
	taut_matrix_mirror(m);
	s = taut_matrix_measure(m);
	assert_int_equal(s.least, 6);
	assert_int_equal(s.largest, 30);
	assert_int_equal(s.divisor, 3);
	taut_matrix_release(m);
}

/* Rows longer than what the loops take at once. */
static void long_rows_do_not_overflow(void **state)
{
	static int8_t entry[(LONG_ROW + 63) / 64 * 64];
	taut_matrix   one = {.n = LONG_ROW, .stride = sizeof entry, .entry = entry};

	(void)state;
	for (uint32_t j = 0; j < LONG_ROW; j++)
		entry[j] = j % 2 ? 127 : -127;
	assert_int_equal(taut_matrix_row_squares(&one, 0), (int64_t)LONG_ROW * 127 * 127);
	assert_int_equal(taut_matrix_row_sums(&one, 0).positive, (int64_t)LONG_ROW / 2 * 127);
	assert_int_equal(taut_matrix_row_sums(&one, 0).negative, (int64_t)LONG_ROW / -2 * 127);
}

static void last_owner_frees(void **state)
{
	taut_matrix       *m;
	const taut_matrix *shared;
	taut_error         err;

	(void)state;
	assert_int_equal(taut_matrix_new(&m, 5, &err), TAUT_OK);
	m->entry[1] = 7;
	shared = taut_matrix_share(m);
	assert_ptr_equal(shared, m);
	taut_matrix_release(m);
	assert_int_equal(taut_matrix_row(shared, 0)[1],
	                 7); /* a sanitizer sees it if this is freed */
	taut_matrix_release(shared);
	taut_matrix_release(NULL);
	assert_int_equal(taut_matrix_new(&m, TAUT_MATRIX_ROWS_MAX + 1, &err), TAUT_ELIMIT);
	assert_null(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_add_up),        cmocka_unit_test(ones_add_up),
		cmocka_unit_test(sizes_are_measured), cmocka_unit_test(long_rows_do_not_overflow),
		cmocka_unit_test(last_owner_frees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
