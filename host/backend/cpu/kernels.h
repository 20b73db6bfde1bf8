/*
 * The loops of the cpu backend, compiled once per instruction set from the same bodies
 * (flip_body.h, exchange_body.h, term_body.h, swap_body.h) and chosen at run time. All sets give the same bits:
 * hls/abi/machine.h.
 *
 * Flips are lane-major: each variable keeps the local fields of the 64 lanes of a group side by
 * side,
 *
 *   F_i[l] = c_i + sum_j q_ij x_j[l],   D_i[l] = x_i[l] ? -F_i[l] : F_i[l],
 *
 * a visit decides all lanes at once, and where any flips, the fields of the neighbours follow.
 */
#ifndef TAUT_BACKEND_CPU_KERNELS_H
#define TAUT_BACKEND_CPU_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/cpu/dense.h"
#include "backend/cpu/lone_kernels.h"
#include "backend/cpu/sliced.h"
#include "backend/cpu/swap.h"
#include "backend/cpu/terms.h"
#include "hls/abi/machine.h"

/* One group of 64 lanes over bits. */
typedef struct {
	uint32_t        n;
	const int32_t  *linear; /* [n] */
	const uint64_t *row;    /* [n + 1] */
	const uint32_t *col;    /* [row[n]] */
	const int32_t  *coef;   /* [row[n]] */
	const void     *noise;  /* doubled rows (backend/noise.h): uint16, or int16 of heat bath */
	uint64_t        active; /* lanes that move; the others stand still and are dropped */
	uint64_t       *spins;  /* [n] bit l of word i is x_i of lane l */
	void           *fields; /* [n][TAUT_LANES] int8, int16 or int32, 64-byte aligned */
	int64_t         energy[TAUT_LANES];
	/* one-hot groups, else NULL */
	const uint32_t *group;        /* [n] */
	uint32_t       *current;      /* [n_groups][TAUT_LANES] the variable that is 1 */
	uint32_t       *member_first; /* [n_groups + 1] */
	uint32_t       *member;  /* [member_first[n_groups]] variables by group, in index order */
	uint32_t       *number;  /* [n] place of a variable among its group's members */
	bool            coupled; /* some group has couplings inside */
	/* terms over activities, else NULL; fields may then be NULL, where there are no couplings */
	const taut_cpu_terms *terms;
	int32_t              *activity; /* [terms->count][TAUT_LANES] 64-byte aligned: term_body.h */
} taut_cpu_flips;

/* Bits of a field. */
typedef enum { TAUT_CPU_8, TAUT_CPU_16, TAUT_CPU_32, TAUT_CPU_WIDTHS } taut_cpu_width;

/* For one width of field and one acceptance rule. */
typedef struct {
	/* Fields from spins. */
	void (*start)(taut_cpu_flips *f);
	/* One sweep; generator: state at its start. Returns that after the last visit. */
	uint32_t (*sweep)(taut_cpu_flips *f, uint32_t generator, taut_temperature t);
	/* pt: t is [TAUT_LANES], by lane. NULL where there is none. */
	uint32_t (*sweep_tempered)(taut_cpu_flips *f, uint32_t generator,
	                           const taut_temperature *t);
	/* sqa: rings of that many slices. NULL where there is none. */
	uint32_t (*sweep_rings)(taut_cpu_flips *f, uint32_t generator, taut_temperature t,
	                        int64_t jq, uint32_t ring);
	/* Energies from fields and spins. */
	void (*measure)(taut_cpu_flips *f);
} taut_cpu_flip_kernel;

typedef struct {
	const char           *name;
	taut_cpu_flip_kernel  flip[TAUT_CPU_WIDTHS][2]; /* by rule; all is there in 32 bits */
	taut_cpu_flip_kernel  exchange[2]; /* 32-bit fields with one-hot groups, by rule */
	taut_cpu_flip_kernel  term[2];     /* 32-bit fields with terms, by rule; no rings */
	taut_cpu_dense_kernel dense;
	const taut_cpu_costs *costs;
	taut_cpu_swap_kernel  swap;
	taut_cpu_lone_kernels lone;
	/* sliced.h; a table of its own, compiled apart */
	const taut_cpu_sliced_kernels *sliced;
} taut_cpu_kernels;

extern const taut_cpu_kernels taut_cpu_kernels_generic;
#ifdef __x86_64__
extern const taut_cpu_kernels taut_cpu_kernels_avx2;
extern const taut_cpu_kernels taut_cpu_kernels_avx512;
extern const taut_cpu_kernels taut_cpu_kernels_avx512vnni; /* and population counts */
#endif

#endif
