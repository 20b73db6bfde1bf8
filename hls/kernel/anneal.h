/*
 * What the parts of taut_anneal share: a launch's plan and what is on chip. Data-flow and
 * intervals: anneal.c.
 */
#ifndef TAUT_HLS_KERNEL_ANNEAL_H
#define TAUT_HLS_KERNEL_ANNEAL_H

#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

/* Words of couplings in a tile: one burst; loading and computing take turns at two of them. */
#define TAUT_ANNEAL_TILE 1024

/* Steps that a word of couplings stays for: each serves every TAUT_ANNEAL_PASSES-th group, so that
 * the dot products are built for as many lanes as memory can feed with words. */
#if TAUT_KERNEL_GROUPS > 1
#define TAUT_ANNEAL_PASSES 2
#else
#define TAUT_ANNEAL_PASSES 1
#endif

/* Least steps of a row. A row is decided while the next one is gathered, one group a step; and a
 * group's decision waits for its last one, which this many steps later is there. Rows of fewer
 * words are followed by empty steps, so the distance holds for every problem. */
#if TAUT_KERNEL_GROUPS > 4
#define TAUT_ANNEAL_STEPS TAUT_KERNEL_GROUPS
#else
#define TAUT_ANNEAL_STEPS 4
#endif

/* Steps from a decision to the first step that may read it from memory: row t is decided in the
 * steps of row t + 1, and row t + TAUT_KERNEL_WINDOW + 1 is the first to read it. */
#define TAUT_ANNEAL_DISTANCE (TAUT_KERNEL_WINDOW * TAUT_ANNEAL_STEPS - TAUT_KERNEL_GROUPS + 1)

/* Rows whose lengths are known ahead of the one under way. */
#define TAUT_ANNEAL_AHEAD 4

/* Steps of a tile: all of its words, and every row may end in it. */
#define TAUT_ANNEAL_STEPS_MAX \
	(TAUT_ANNEAL_PASSES * TAUT_ANNEAL_TILE + TAUT_ANNEAL_STEPS * (TAUT_KERNEL_VARIABLES + 1))

/* Variables whose bits of one lane are a unit of the dot products of dense rows. */
#define TAUT_ANNEAL_HALVES (TAUT_KERNEL_VARIABLES / 32)

TAUT_STATIC_ASSERT(TAUT_KERNEL_VARIABLES <= 262144, "lengths of rows fit 16 bits");

/* A launch's numbers, checked. */
typedef struct {
	uint32_t mode;
	uint32_t rule;
	uint32_t groups;
	uint32_t passes; /* steps of a word */
	uint32_t group;
	uint32_t width;
	uint32_t rungs;
	uint32_t fraction;
	uint32_t ring;
	uint64_t seed;
	uint64_t begin;
	uint64_t end;
	uint64_t count;
	uint64_t track;
	uint32_t kind;
	uint32_t n;
	uint32_t row_words; /* of dense rows */
	int32_t  factor;    /* 1 where sparse */
	int32_t  common;    /* DENSE1: factor, else 0 */
	uint32_t base;      /* first word of the first row */
	uint32_t words;     /* of all rows */
} taut_anneal_plan;

/* The row that is being gathered; goes on from tile to tile. */
typedef struct {
	uint32_t t;                                          /* its variable */
	uint32_t step;                                       /* steps done */
	uint32_t at;                                         /* words done */
	uint32_t pass;                                       /* of the word under way */
	uint32_t words;                                      /* its words */
	uint32_t ahead[TAUT_ANNEAL_AHEAD];                   /* words of the rows after it */
	uint32_t sum[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES]; /* of ones' coefficients, mod 2^32 */
	uint32_t late[TAUT_KERNEL_WINDOW]; /* [k] that of variable t - TAUT_KERNEL_WINDOW + k */
} taut_anneal_row;

/* The row before it, which is being decided. */
typedef struct {
	uint32_t t;
	uint32_t sum[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES];
	uint32_t late[TAUT_KERNEL_WINDOW];
	uint64_t recent[TAUT_KERNEL_WINDOW][TAUT_KERNEL_GROUPS]; /* spins of late's variables */
	uint32_t generator[TAUT_KERNEL_GROUPS];
} taut_anneal_visit;

/* Everything on chip. Words of 64 bits hold one variable's spin of every lane, unless said
 * otherwise. */
typedef struct {
	uint16_t pool[TAUT_NOISE_ROWS][TAUT_LANES];
	int32_t  linear[TAUT_KERNEL_VARIABLES];
	uint16_t words[TAUT_KERNEL_VARIABLES]; /* of every row */
	uint64_t spins[TAUT_KERNEL_GROUPS][TAUT_KERNEL_VARIABLES];
	uint64_t best[TAUT_KERNEL_GROUPS][TAUT_KERNEL_VARIABLES];
	/* dense: the spins again, 32 variables of one lane a word, and the word that is being
	 * decided */
	uint32_t         halves[TAUT_KERNEL_GROUPS][TAUT_ANNEAL_HALVES][TAUT_KERNEL_LANES];
	uint32_t         own[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES];
	int64_t          energy[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES];
	int64_t          best_energy[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES];
	uint8_t          rung[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES];
	uint32_t         pairs[TAUT_KERNEL_GROUPS][TAUT_LANES]; /* exchanges accepted */
	uint32_t         exchange[TAUT_LANES];
	taut_temperature table[TAUT_LANES]; /* of the sweep */
	taut_temperature temperature[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES];
	int64_t          jq;
	uint64_t         moves;
	/* dense of 1 bit: factor times the number of ones, else 0 (anneal_gather.h) */
	uint32_t          ones[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES];
	taut_anneal_row   row;
	taut_anneal_visit visit;
} taut_anneal_chip;

/* Population count. */
static inline uint32_t taut_anneal_count(uint32_t x)
{
#if defined __VITIS_HLS__ || defined __SYNTHESIS__ || defined __BAMBU__
	return (uint32_t)__builtin_popcount(x);
#else
	/* vectorises on every host */
	x -= (x >> 1) & 0x55555555u;
	x = (x & 0x33333333u) + ((x >> 2) & 0x33333333u);
	x = (x + (x >> 4)) & 0x0F0F0F0Fu;
	x += x >> 8;
	return (x + (x >> 16)) & 63;
#endif
}

/* Rows and columns of a block of 64 by 64 bits change places: wires. */
static inline void taut_anneal_transpose(uint64_t block[64])
{
	uint64_t mask = 0x00000000FFFFFFFFu;

transpose_stages:
	for (uint32_t stage = 0; stage < 6; stage++) {
		TAUT_UNROLL
		const uint32_t distance = 32u >> stage;

	transpose_pairs:
		for (uint32_t k = 0; k < 32; k++) {
			TAUT_UNROLL
			/* the k-th index without the bit `distance` */
			const uint32_t low = ((k & ~(distance - 1)) << 1) | (k & (distance - 1));
			const uint64_t swap =
				((block[low] >> distance) ^ block[low + distance]) & mask;

			block[low] ^= swap << distance;
			block[low + distance] ^= swap;
		}
		mask ^= mask << (distance >> 1);
	}
}

#endif
