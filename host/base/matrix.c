#include "base/matrix.h"

#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

enum {
	ALIGNMENT = 64,
	STRIP = 256,    /* entries that add up within int16 */
	TILE = 64,      /* rows and columns that are mirrored at once; a stride is some of them */
	PIECE = 1 << 16 /* entries whose squares add up within int32 */
};

taut_status taut_matrix_new(taut_matrix **out, uint32_t n, taut_error *err)
{
	taut_matrix   *matrix = NULL;
	atomic_size_t *owners = NULL;
	taut_status    st = TAUT_ENOMEM;

	*out = NULL;
	if (n > TAUT_MATRIX_ROWS_MAX)
		return taut_fail(err, TAUT_ELIMIT, "a dense matrix of %lu rows; at most %d",
		                 (unsigned long)n, (int)TAUT_MATRIX_ROWS_MAX);
	matrix = taut_alloc(1, sizeof *matrix, err);
	if (!matrix)
		goto done;
	matrix->n = n;
	matrix->stride = ((size_t)n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	matrix->owners = owners = taut_alloc(1, sizeof *owners, err);
	if (!owners)
		goto done;
	atomic_init(owners, 1);
	matrix->entry = taut_alloc_aligned(matrix->stride, n ? n : 1, err);
	if (!matrix->entry)
		goto done;
	*out = matrix;
	matrix = NULL;
	st = TAUT_OK;
done:
	taut_matrix_release(matrix);
	return st;
}

const taut_matrix *taut_matrix_share(const taut_matrix *matrix)
{
	(void)atomic_fetch_add((atomic_size_t *)matrix->owners, 1);
	return matrix;
}

void taut_matrix_release(const taut_matrix *matrix)
{
	if (!matrix)
		return;
	if (matrix->owners && atomic_fetch_sub((atomic_size_t *)matrix->owners, 1) > 1)
		return;
	taut_free(matrix->entry);
	taut_free(matrix->owners);
	taut_free((void *)(uintptr_t)matrix);
}

/* The tile of rows from top and columns from left into the columns from top and rows from left. It
 * is turned in a place of its own: the rows of a large matrix are a power of two apart, and a cache
 * does not hold 64 lines of such addresses. */
static void mirror_tile(taut_matrix *matrix, size_t top, size_t left)
{
	const size_t stride = matrix->stride;
	const size_t end = left + TILE < matrix->n ? left + TILE : matrix->n;
	int8_t       turned[TILE][TILE];

	for (size_t i = 0; i < TILE; i++)
		for (size_t j = left; j < end; j++)
			turned[j - left][i] = matrix->entry[(top + i) * stride + j];
	for (size_t j = left; j < end; j++)
		memcpy(matrix->entry + j * stride + top, turned[j - left], TILE);
}

void taut_matrix_mirror(taut_matrix *matrix)
{
	const size_t n = matrix->n;
	const size_t stride = matrix->stride;

	for (size_t top = 0; top < n; top += TILE) {
		for (size_t i = top; i < n && i < top + TILE; i++)
			for (size_t j = i + 1; j < n && j < top + TILE; j++)
				matrix->entry[j * stride + i] = matrix->entry[i * stride + j];
		for (size_t left = top + TILE; left < n; left += TILE)
			mirror_tile(matrix, top, left);
	}
}

taut_matrix_sums taut_matrix_row_sums(const taut_matrix *matrix, uint32_t i)
{
	const int8_t *row = taut_matrix_row(matrix, i);
	const size_t  whole = matrix->stride / STRIP * STRIP;
	int64_t       sum = 0;
	int64_t       negative = 0;

	for (size_t first = 0; first < whole; first += STRIP) {
		int16_t part = 0; /* 16 bits suffice, and go in twice as many at once as 32 */
		int16_t below = 0;

		for (size_t j = first; j < first + STRIP; j++) {
			part = (int16_t)(part + row[j]);
			below = (int16_t)(below + (int8_t)(row[j] & -(row[j] < 0)));
		}
		sum += part;
		negative += below;
	}
	for (size_t j = whole; j < matrix->stride; j++) {
		sum += row[j];
		negative += row[j] < 0 ? row[j] : 0;
	}
	return (taut_matrix_sums){negative, sum - negative};
}

int64_t taut_matrix_row_dot(const taut_matrix *matrix, uint32_t i, uint32_t first, const uint8_t *x,
                            uint32_t count)
{
	const int8_t *row = taut_matrix_row(matrix, i) + first;
	const size_t  whole = count / STRIP * STRIP;
	int64_t       sum = 0;

	for (size_t strip = 0; strip < whole; strip += STRIP) {
		int16_t part = 0;

		for (size_t j = strip; j < strip + STRIP; j++)
			part = (int16_t)(part + (int8_t)(row[j] & -x[j]));
		sum += part;
	}
	for (size_t j = whole; j < count; j++)
		sum += row[j] * x[j];
	return sum;
}

void taut_matrix_add_row(int32_t *restrict sum, const taut_matrix *matrix, uint32_t i, bool minus)
{
	const int8_t *row = taut_matrix_row(matrix, i);

	if (minus)
		for (uint32_t j = 0; j < matrix->n; j++)
			sum[j] -= row[j];
	else
		for (uint32_t j = 0; j < matrix->n; j++)
			sum[j] += row[j];
}

/* Four rows at a time: sum is read and written a quarter as often. */
void taut_matrix_add_ones(int32_t *restrict sum, const taut_matrix *matrix, const uint8_t *x)
{
	const int8_t *row[4];
	size_t        n_rows = 0;

	for (uint32_t i = 0; i < matrix->n; i++) {
		if (!x[i])
			continue;
		row[n_rows++] = taut_matrix_row(matrix, i);
		if (n_rows < 4)
			continue;
		for (uint32_t j = 0; j < matrix->n; j++)
			sum[j] += row[0][j] + row[1][j] + row[2][j] + row[3][j];
		n_rows = 0;
	}
	for (size_t k = 0; k < n_rows; k++)
		for (uint32_t j = 0; j < matrix->n; j++)
			sum[j] += row[k][j];
}

int64_t taut_matrix_row_squares(const taut_matrix *matrix, uint32_t i)
{
	const int8_t *row = taut_matrix_row(matrix, i);
	int64_t       sum = 0;

	for (size_t first = 0; first < matrix->stride; first += PIECE) {
		const size_t end = matrix->stride - first < PIECE ? matrix->stride : first + PIECE;
		int32_t      part = 0;

		for (size_t j = first; j < end; j++)
			part += row[j] * row[j];
		sum += part;
	}
	return sum;
}

int64_t taut_matrix_row_divisor(const taut_matrix *matrix, uint32_t i)
{
	const int8_t *row = taut_matrix_row(matrix, i);
	uint64_t      divisor = 0;

	for (uint32_t j = 0; j < matrix->n && divisor != 1; j++)
		divisor = taut_gcd(divisor, row[j]);
	return (int64_t)divisor;
}

taut_matrix_sizes taut_matrix_measure(const taut_matrix *matrix)
{
	taut_matrix_sizes out = {0};
	bool              seen[TAUT_MATRIX_ENTRY_MAX + 2] = {false}; /* by magnitude */

	for (uint32_t i = 0; i < matrix->n; i++) {
		const int8_t *row = taut_matrix_row(matrix, i);

		for (uint32_t j = 0; j < i; j++)
			seen[row[j] < 0 ? -row[j] : row[j]] = true;
	}
	for (int64_t size = 1; size <= TAUT_MATRIX_ENTRY_MAX; size++) {
		if (!seen[size])
			continue;
		out.least = out.least ? out.least : size;
		out.largest = size;
		out.divisor = (int64_t)taut_gcd((uint64_t)out.divisor, size);
	}
	return out;
}
