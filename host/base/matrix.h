/* A symmetric matrix of 8-bit integers with zero diagonal, shared without copying by the stages
 * that a dense problem passes through. Written by whoever makes it, before it is shared; read-only
 * after. */
#ifndef TAUT_BASE_MATRIX_H
#define TAUT_BASE_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum {
	TAUT_MATRIX_ENTRY_MAX = 127,
	TAUT_MATRIX_ROWS_MAX = 1 << 24 /* sums over a row of n entries then fit int32 */
};

typedef struct taut_matrix {
	uint32_t n;
	size_t   stride; /* bytes of a row: n rounded up to 64; 0 beyond n */
	int8_t  *entry;  /* [n][stride], 64-byte aligned, entry(i, j) = entry(j, i), -127 to 127 */
	void    *owners; /* count of references */
} taut_matrix;

/* All zero, with one reference. ENOMEM; ELIMIT above TAUT_MATRIX_ROWS_MAX. On failure *out is NULL.
 */
taut_status taut_matrix_new(taut_matrix **out, uint32_t n, taut_error *err) TAUT_MUST_CHECK;

/* One reference more; from any thread. Returns matrix. */
const taut_matrix *taut_matrix_share(const taut_matrix *matrix);

/* One reference less; the last one frees. Accepts NULL. */
void taut_matrix_release(const taut_matrix *matrix);

/* Ends the making: copies what stands above the diagonal below it. */
void taut_matrix_mirror(taut_matrix *matrix);

static inline const int8_t *taut_matrix_row(const taut_matrix *matrix, uint32_t i)
{
	return matrix->entry + (size_t)i * matrix->stride;
}

/* Sums of the negative and of the positive entries of row i. */
typedef struct {
	int64_t negative, positive;
} taut_matrix_sums;

taut_matrix_sums taut_matrix_row_sums(const taut_matrix *matrix, uint32_t i);

/* Sum of the squares of row i, and greatest common divisor of its entries, 0 where all are 0. */
int64_t taut_matrix_row_squares(const taut_matrix *matrix, uint32_t i);
int64_t taut_matrix_row_divisor(const taut_matrix *matrix, uint32_t i);

/* sum over j < count of entry(i, first + j) x_j; x: [count] of 0 and 1. */
int64_t taut_matrix_row_dot(const taut_matrix *matrix, uint32_t i, uint32_t first, const uint8_t *x,
                            uint32_t count);

/* sum_j += sum over the ones i of entry(i, j); sum and x: [n]. */
void taut_matrix_add_ones(int32_t *sum, const taut_matrix *matrix, const uint8_t *x);

/* sum_j += entry(i, j), or -= with `minus`; sum: [n]. */
void taut_matrix_add_row(int32_t *sum, const taut_matrix *matrix, uint32_t i, bool minus);

/* Of all entries. */
typedef struct {
	int64_t least;   /* smallest magnitude that is not 0; 0: there is none */
	int64_t largest; /* largest magnitude */
	int64_t divisor; /* greatest common divisor; 0: all are 0 */
} taut_matrix_sizes;

taut_matrix_sizes taut_matrix_measure(const taut_matrix *matrix);

/* One row of couplings, sparse or dense alike: entries k < count with taut_coupling_column(row, k)
 * rising and the value taut_coupling(row, k), which dense ones may have 0. */
typedef struct {
	size_t          count;
	const uint32_t *col;    /* [count]; NULL: dense, entry k is column k */
	const int64_t  *coef;   /* [count]; sparse */
	const int8_t   *entry;  /* [count]; dense */
	int64_t         factor; /* of the entries */
} taut_coupling_row;

static inline uint32_t taut_coupling_column(const taut_coupling_row *row, size_t k)
{
	return row->col ? row->col[k] : (uint32_t)k;
}

static inline int64_t taut_coupling(const taut_coupling_row *row, size_t k)
{
	return row->col ? row->coef[k] : row->factor * row->entry[k];
}

#endif
