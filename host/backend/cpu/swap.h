/*
 * Permutations: data of the permutation engine. G of a lane, [n][stride], are the costs of placing
 * a at k (backend/swap_terms.h), and exchanging the images l and m of u and v changes E by
 *
 *   G[u][m] - G[u][l] + G[v][l] - G[v][m] + P_uv Q_lm,
 *   P_uv = F_uu + F_vv - F_uv - F_vu,  Q_lm = D_ll + D_mm - D_lm - D_ml.
 *
 * All in uint32, that is modulo 2^32: the sums may wrap, the change is exact because it fits 31
 * bits. Two forms give the same bits and cost differently (docs/permutations.md):
 *
 *   kept    G is kept; a change takes O(1), an accepted one O(n^2) for a rank-1 update
 *   direct  what G says of the row at hand is found by dot products of 16-bit numbers: a change
 *           takes O(n), an accepted one O(n)
 */
#ifndef TAUT_BACKEND_CPU_SWAP_H
#define TAUT_BACKEND_CPU_SWAP_H

#include <stdbool.h>
#include <stdint.h>

#include "hls/abi/machine.h"

enum { TAUT_CPU_BLOCK = 16, TAUT_CPU_ROW = 128 /* readable entries from any of x_row, y_row */ };

/* Of the direct form. Pairs: [(n + 1) / 2][stride][2], entries 2k and 2k + 1 of a column side by
 * side, 0 beyond n. */
typedef struct {
	bool           fits;      /* all entries in 16 bits; else all are NULL */
	const int16_t *x_row[2];  /* [n][stride] x_t[k][a] at a, k; 0 beyond n */
	const int16_t *y_row[2];  /* [n][stride] y_t[k][l] at l, k */
	const int16_t *x_pair[2]; /* x_t[k][b] of column b */
	const int16_t *y_pair[2]; /* y_t[k][l] of column l */
	const int32_t *diagonal;  /* [n] D_ll */
	uint32_t       both;      /* D_lm + D_ml is this times the sum over t of y_t[m][l] */
	uint64_t       from;      /* moves a sweep that make it cheaper than the kept form */
} taut_cpu_direct;

/* Blocks may end late: arrays have TAUT_CPU_BLOCK readable entries after the last, G that many
 * rows. */
typedef struct {
	uint32_t        n;
	uint32_t        stride;     /* n rounded up to TAUT_CPU_BLOCK */
	uint32_t        terms;      /* 1 or 2 */
	const uint32_t *x[2];       /* [n][stride], 0 beyond n */
	const uint32_t *y[2];       /* [n][stride] */
	const uint32_t *first[2];   /* [n + 1] of the entries of the rows of x */
	const uint32_t *entry[2];   /* [first[n]] columns that are not 0 */
	const uint32_t *p;          /* [n][stride] */
	const uint32_t *q;          /* [n][stride] */
	const int32_t  *noise[2];   /* by rule: [TAUT_NOISE_COUNT], the pool's entries */
	int32_t         largest[2]; /* by rule: draw */
	taut_cpu_direct direct;
	/* of one run */
	taut_machine_rule rule;
} taut_cpu_swaps;

/* All vectors are [stride + TAUT_CPU_BLOCK], 64-byte aligned, 0 beyond n. */
typedef struct {
	uint32_t  lane;
	int64_t   energy;
	int32_t  *position; /* p(a) */
	uint32_t *own;      /* G[a][p(a)] */
	uint32_t *scratch;
	uint64_t  moves;  /* accepted in this sweep */
	uint64_t  sweeps; /* begun */
	/* kept form */
	bool      kept;
	uint32_t *fields;       /* [n][stride] G */
	uint32_t *row, *factor; /* scratch of an update */
	/* direct form */
	uint16_t *place;    /* p(a) */
	uint16_t *inverse;  /* a of p(a) */
	uint32_t *diagonal; /* D_p(a)p(a) */
	int16_t  *turned;   /* a row of x_t at p(k) */
	/* of the row a at hand, p(a) = l */
	uint32_t *ahead;   /* G[a][p(b)] of b > a */
	uint32_t *back;    /* G[b][p(a)] */
	int16_t  *pull[2]; /* y_t[p(k)][l] */
	int16_t  *next[2]; /* the same of another l */
} taut_cpu_swap_lane;

typedef struct {
	/* Everything from positions. */
	void (*start)(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane);
	/* The visits (a, b) with begin <= a < end, b > a, of one sweep. bits: the 16 random bits of
	 * each, 16 readable entries before and beyond. */
	void (*rows)(const taut_cpu_swaps *s, taut_cpu_swap_lane *lane, uint32_t begin,
	             uint32_t end, const uint16_t *bits, taut_temperature t);
} taut_cpu_swap_kernel;

#endif
