#include "base/matrix.h"

#include <stdatomic.h>

#include "base/alloc.h"

enum { ALIGNMENT = 64 };

taut_status taut_matrix_new(taut_matrix **out, uint32_t n, taut_error *err)
{
	taut_matrix   *matrix = taut_alloc(1, sizeof *matrix, err);
	atomic_size_t *owners = NULL;
	taut_status    st = TAUT_ENOMEM;

	*out = NULL;
	if (!matrix)
		goto done;
	matrix->n = n;
	matrix->stride = ((size_t)n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	matrix->owners = owners = taut_alloc(1, sizeof *owners, err);
	if (!owners)
		goto done;
	atomic_init(owners, 1);
	matrix->entry = taut_alloc_aligned(n, matrix->stride, err);
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
