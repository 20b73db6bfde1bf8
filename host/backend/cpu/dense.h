/*
 * Dense couplings: the data of a problem and the state of one group of 64 lanes (dense_body.h has
 * the loops, dense.c the layout). q_ij = factor * entry(i, j), and with
 *
 *   S_i[l] = sum_j entry(i, j) x_j[l],   D_i[l] = (1 - 2 x_i[l]) (c_i + factor S_i[l])
 *
 * variables are visited by blocks of 64. At the start of a block S of its variables is found for
 * all lanes at once,
 *
 *   hot   from the spins: as dot products of bytes, or, where all entries are 0 or of one
 *         magnitude, by population count over packed spins; the cost does not depend on the flips,
 *   cold  from sums kept by lane, to which the rows of flipped variables are added; the cost is
 *         proportional to the flips,
 *
 * and within the block it follows the flips of the lanes by the 64 x 64 entries of the block. Which
 * of the two ways a sweep takes is decided by the flips of the last one; both give the same bits.
 */
#ifndef TAUT_BACKEND_CPU_DENSE_H
#define TAUT_BACKEND_CPU_DENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "hls/abi/machine.h"
#include "qubo/problem.h"

enum {
	TAUT_DENSE_BLOCK = 64,   /* variables of a block: a word of packed spins */
	TAUT_DENSE_SPAN = 256,   /* variables after which the rows of those flipped are added */
	TAUT_DENSE_PLANES = 3,   /* 8-bit digits of an entry, at most */
	TAUT_DENSE_DIGIT = 7,    /* entry = sum_p 2^(7 p) digit_p */
	TAUT_DENSE_MAX = 65536,  /* variables of a CSR that is taken as dense */
	TAUT_DENSE_COLUMNS = 512 /* of a run of dot products: pairs of them fit 16 bits */
};

/* Data of a problem. Read-only while runs share it. */
typedef struct {
	uint32_t       n;      /* 0: there are none */
	uint32_t       blocks; /* ceil(n / 64) */
	int32_t        factor;
	const int32_t *linear;                   /* [64 blocks] c_i, 0 beyond n */
	uint32_t       planes;                   /* digits of an entry, 1 to TAUT_DENSE_PLANES */
	size_t         stride;                   /* bytes of a row, 64 blocks at least */
	const int8_t  *plane[TAUT_DENSE_PLANES]; /* [n][stride] digits, least first */
	const int8_t  *near[TAUT_DENSE_PLANES];  /* [64 blocks][64] the same, in the block of i */
	/* Rows that can be summed in 8 bits, 127 / largest magnitude of a digit. */
	uint32_t rows_8;
	/* Sum of the entries of row i in the columns of its block up to the four with i among
	 * them. */
	const int32_t *own; /* [64 blocks] */
	uint32_t changes;   /* a power of two of changes, at most 64, that fit 32 bits together */
	/* Where all entries are 0 or +-unit, else NULL: for each word of columns the signs (1:
	 * negative) and which are not 0. */
	int32_t         unit;
	const uint64_t *bits;     /* [n][blocks][2] */
	const int32_t  *negative; /* [n] entries below 0 of a row */
	bool            shared;   /* plane[0] is the problem's */
} taut_cpu_dense;

/* One group of lanes. Arrays are 64-byte aligned. */
typedef struct {
	const taut_cpu_dense *data;
	const void           *noise;  /* doubled rows (backend/noise.h) of the rule */
	uint64_t              active; /* lanes that move; the others stand still */
	uint32_t              lanes;  /* the first of them are in use */
	bool                  cold;   /* sums are kept */
	uint64_t              flips;  /* of the last sweep */
	uint64_t             *spins;  /* [64 blocks] bit l of word i is x_i of lane l */
	uint64_t             *packed; /* [blocks][TAUT_LANES] bit k of word (b, l): x of 64 b + k */
	uint8_t              *bytes;  /* [16 blocks][TAUT_LANES][4] the same; hot without bits */
	int32_t              *kept; /* [blocks][TAUT_LANES][64] S at the start of the span; cold */
	int32_t              *sums; /* [64][TAUT_LANES] S of the block */
	int32_t              *turned; /* [TAUT_LANES][64] scratch: the same by lane */
	uint8_t              *moved;  /* [16][TAUT_LANES][4] 1 + change of x in this block */
	/* Variables of the span that became 1 (0: and 0), from its first on; cold. */
	uint8_t (*flipped)[2][TAUT_DENSE_SPAN]; /* [TAUT_LANES] */
	uint32_t (*n_flipped)[2];               /* [TAUT_LANES] */
	uint64_t touched[TAUT_DENSE_SPAN / 64]; /* variables of the span that any lane flipped */
	int64_t  energy[TAUT_LANES];
} taut_cpu_dense_group;

/* How sparse couplings are taken: lane-major with fields of 32 or 16 bits, or in bit slices. */
typedef enum {
	TAUT_CPU_LINK_8, /* as taut_cpu_width */
	TAUT_CPU_LINK_16,
	TAUT_CPU_LINK_32,
	TAUT_CPU_LINK_SLICED
} taut_cpu_link;

/* Measured picoseconds of one lane (tools/bench/update_rate), from which docs/cpu.md derives what
 * is cheaper: hot or cold, dense or sparse. */
typedef struct {
	uint32_t visit;        /* of a variable in any case */
	uint32_t dots;         /* hot, for 64 entries and each plane */
	uint32_t counts;       /* hot, for 64 entries, by population count */
	uint32_t keep;         /* cold, for 64 entries of a proposal */
	uint32_t row;          /* cold, for 64 entries of a flip and each plane */
	uint32_t row_8;        /* the same where rows are summed in 8 bits */
	uint32_t sparse_visit; /* of a variable in any case, however sparse couplings are taken */
	uint32_t link[4];      /* for an entry: where any lane flips, or in bit slices always */
} taut_cpu_costs;

extern const taut_cpu_costs taut_cpu_costs_generic, taut_cpu_costs_avx2, taut_cpu_costs_avx512,
	taut_cpu_costs_avx512vnni;

typedef struct {
	/* Everything else from spins, sums kept among it: cold. */
	void (*start)(taut_cpu_dense_group *g);
	/* Sums kept from spins, before a cold sweep that follows a hot one. */
	void (*keep_sums)(taut_cpu_dense_group *g);
	/* One sweep, hot or cold, by rule; width as in layout.h. generator: state at its start.
	 * Return that after the last visit. */
	uint32_t (*sweep[2])(taut_cpu_dense_group *g, uint32_t generator, const taut_temperature *t,
	                     uint32_t width);
	uint32_t (*sweep_rings[2])(taut_cpu_dense_group *g, uint32_t generator, taut_temperature t,
	                           int64_t jq, uint32_t ring);
} taut_cpu_dense_kernel;

/* Dense data of a problem over bits without groups, no change of which is above bound, from its
 * matrix, which must live as long, or its CSR, which taut_cpu_dense_planes takes. ENOMEM. On
 * failure *out is empty. */
taut_status taut_cpu_dense_init(taut_cpu_dense *out, const taut_problem *problem, int64_t bound,
                                taut_error *err) TAUT_MUST_CHECK;
void        taut_cpu_dense_fini(taut_cpu_dense *dense);

/* The same problem with its sparse couplings, of one plane, as a matrix: an eighth of the memory
 * for a complete graph. The caller frees. ENOMEM. On failure *out is NULL. */
taut_status taut_cpu_dense_problem(taut_problem **out, const taut_problem *problem,
                                   taut_error *err) TAUT_MUST_CHECK;

/* A group of the first `lanes` lanes, all 0. ENOMEM; fini takes what there is. */
taut_status taut_cpu_dense_group_init(taut_cpu_dense_group *g, const taut_cpu_dense *data,
                                      uint32_t lanes, const void *noise,
                                      taut_error *err) TAUT_MUST_CHECK;
void        taut_cpu_dense_group_fini(taut_cpu_dense_group *g);

/* Planes of a problem's sparse couplings; 0 where they cannot be taken as dense. */
uint32_t taut_cpu_dense_planes(const taut_problem *problem);

/* Whether those are cheaper as dense; link: how they are taken otherwise. */
bool taut_cpu_dense_pays(const taut_problem *problem, uint32_t planes, taut_cpu_link link,
                         const taut_cpu_costs *costs);

/* Flips of a sweep from which on a hot one is cheaper. */
uint64_t taut_cpu_dense_break_even(const taut_cpu_dense_group *g, const taut_cpu_costs *costs);

#endif
