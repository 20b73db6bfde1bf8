/*
 * Bit slices: couplings of one magnitude, summed in 64 lanes at once by logic on words.
 *
 * With |q_ij| = g = 2^shift and c_i a multiple of g / 2, a local field is
 *
 *   F_i = g V_i + r_i,   V_i = constant_i + sum over q_ij > 0 of x_j + sum over q_ij < 0 of (1 -
 * x_j), r_i = 0 or g / 2,
 *
 * and V_i is a sum of single bits. A word holds one variable in the 64 lanes of a group, so that
 * full adders - two logic operations each - count them for all lanes at once into planes: plane p
 * is bit p of V, two's complement. A vector of words holds up to 8 groups. A visit costs about one
 * full adder for each neighbour, whatever flips.
 *
 * The change of a flip is D = F where x is 0 and -F where it is 1. With the threshold t, u =
 * floor(t / g) and h the lowest bit of floor(2 t / g),
 *
 *   r = 0:      D <= t  iff  V <= u where x is 0, ~V < u where x is 1,
 *   r = g / 2:  D <= t  iff  V < u + h where x is 0, ~V < u + h where x is 1:
 *
 * one chain of majorities over the planes of u and V or ~V, into which h or ~x enters as carry. The
 * planes of u and h come from a table with a word for each plane and row of the noise pool, made
 * anew for each temperature; a visit's rotation turns the words.
 */
#ifndef TAUT_BACKEND_CPU_SLICED_H
#define TAUT_BACKEND_CPU_SLICED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "hls/abi/machine.h"
#include "qubo/problem.h"

enum {
	TAUT_SLICED_PLANES = 11, /* at most */
	TAUT_SLICED_BLOCK = 4    /* words of a row are padded with the zero word to a multiple */
};

/* Data of a problem; read-only while runs share it. */
typedef struct {
	uint32_t n;
	uint32_t shift;
	uint32_t planes; /* of V: |V| + 2 <= 2^(planes - 1) */
	bool complement; /* both signs: word 2 i is x_i and 2 i + 1 its complement; else word i */
	bool halves;     /* some r is g / 2 */
	uint32_t  words; /* and one that is 0 after them */
	uint64_t *first; /* [n + 1] */
	uint32_t *at;    /* [first[n]] twice the words that a row adds (that spares a shift) */
	int16_t  *constant; /* [n] */
	int16_t  *total;    /* [n] constant of (c_i + F_i) / g, a whole number */
	uint8_t  *half;     /* [n] r != 0 */
	uint64_t *spread;   /* [256][8] bits of a byte as words, 0 or all ones */
} taut_cpu_sliced;

/* *out is NULL where the problem is none of these. ENOMEM. */
taut_status taut_cpu_sliced_new(taut_cpu_sliced **out, const taut_problem *problem,
                                taut_error *err) TAUT_MUST_CHECK;

/* Whether that is cheaper than lane-major fields of 8 bits, with so many groups a thread. */
bool taut_cpu_sliced_pays(const taut_cpu_sliced *sliced, size_t groups);
void taut_cpu_sliced_free(taut_cpu_sliced *sliced); /* accepts NULL */

/* A batch of groups, `width` words for a variable. */
typedef struct {
	const taut_cpu_sliced *data;
	uint64_t              *x;    /* [words + 1][width] */
	uint16_t              *bits; /* [n][width] random bits of the visits of a sweep */
	uint64_t *table; /* [TAUT_NOISE_ROWS][stride] planes of u and then h, of a row */
} taut_cpu_slices;

/* Words of a row of the table, 32 bytes at a time. */
static inline size_t taut_cpu_sliced_stride(uint32_t planes)
{
	return planes / 4 * 4 + 4;
}

/* For one width and at most so many planes. */
typedef struct {
	uint32_t width;
	uint32_t planes;
	/* generator: [width], in at the start of the sweep, out after the last visit. */
	void (*sweep)(taut_cpu_slices *s, uint32_t *generator);
	/* Energies, [width][TAUT_LANES]. */
	void (*measure)(int64_t *out, const taut_cpu_slices *s);
} taut_cpu_sliced_kernel;

typedef struct {
	const taut_cpu_sliced_kernel *kernels; /* by width, then planes, ascending */
	uint32_t                      count;
	/* So many rows of the table from the noise pool of the rule: those given, or with NULL the
	 * first. */
	void (*tabulate)(taut_cpu_slices *s, uint32_t planes, const void *noise,
	                 taut_machine_rule rule, taut_temperature t, const uint16_t *row,
	                 uint32_t count);
} taut_cpu_sliced_kernels;

extern const taut_cpu_sliced_kernels taut_cpu_sliced_generic;
#ifdef __x86_64__
extern const taut_cpu_sliced_kernels taut_cpu_sliced_avx2;
extern const taut_cpu_sliced_kernels taut_cpu_sliced_avx512;
#endif

#endif
