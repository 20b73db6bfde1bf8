/* A symmetric matrix of 8-bit integers with zero diagonal, shared without copying by the stages that a
 * dense problem passes through. Written by whoever makes it, before it is shared; read-only after. */
#ifndef TAUT_BASE_MATRIX_H
#define TAUT_BASE_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct taut_matrix {
	uint32_t n;
	size_t   stride; /* bytes of a row: n rounded up to 64; 0 beyond n */
	int8_t  *entry;  /* [n][stride], 64-byte aligned, entry(i, j) = entry(j, i), -127 to 127 */
	void    *owners; /* count of references */
} taut_matrix;

/* All zero, with one reference. ENOMEM. On failure *out is NULL. */
taut_status taut_matrix_new(taut_matrix **out, uint32_t n, taut_error *err) TAUT_MUST_CHECK;

/* One reference more; from any thread. Returns matrix. */
const taut_matrix *taut_matrix_share(const taut_matrix *matrix);

/* One reference less; the last one frees. Accepts NULL. */
void taut_matrix_release(const taut_matrix *matrix);

static inline const int8_t *taut_matrix_row(const taut_matrix *matrix, uint32_t i)
{
	return matrix->entry + (size_t)i * matrix->stride;
}

#endif
