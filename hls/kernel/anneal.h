/*
 * What the parts of taut_anneal share: a launch's plan and what is on chip. Data-flow and
 * intervals: anneal.c.
 */
#ifndef TAUT_HLS_KERNEL_ANNEAL_H
#define TAUT_HLS_KERNEL_ANNEAL_H

#include "hls/kernel/kernels.h"
#include "hls/kernel/launch.h"
#include "hls/kernel/pragmas.h"

/* Words of couplings in a tile: one burst; loading and computing take turns at two of them. */
#define TAUT_ANNEAL_TILE 1024

/* A word of couplings is worked on in parts, what a step can take of it (anneal_gather.h). A part
 * stays for this many steps: each serves every TAUT_ANNEAL_PASSES-th group, so that the dot
 * products are built for as many lanes as memory can feed with words. */
#if TAUT_KERNEL_GROUPS > 1
#define TAUT_ANNEAL_PASSES 2
#else
#define TAUT_ANNEAL_PASSES 1
#endif

/* Groups that gather in a step: group g is number g / PASSES of pass g % PASSES. */
#define TAUT_ANNEAL_GATHERS ((TAUT_KERNEL_GROUPS + TAUT_ANNEAL_PASSES - 1) / TAUT_ANNEAL_PASSES)

/* Most parts of a word: DENSE1. */
#define TAUT_ANNEAL_PARTS 8

/* Lanes that a step decides: half of a group's, the even or the odd ones, the order that sqa asks
 * for. */
#define TAUT_ANNEAL_HALF (TAUT_KERNEL_LANES / 2)

/* A row is decided while the next one is gathered: the even lanes of one group a step, and this
 * many steps after them the odd ones. A decision waits for that of the other half and for the same
 * half's last one, both of which are there by then. */
#if TAUT_KERNEL_GROUPS > 8
#define TAUT_ANNEAL_TURN TAUT_KERNEL_GROUPS
#else
#define TAUT_ANNEAL_TURN 8
#endif

/* Least steps of a row. Rows of fewer words are followed by empty steps, so the distance holds for
 * every problem. */
#define TAUT_ANNEAL_STEPS (2 * TAUT_ANNEAL_TURN)

/* Steps from a decision to the first step that may read it from memory: row t is decided in the
 * steps of row t + 1, and row t + TAUT_KERNEL_WINDOW + 1 is the first to read it. */
#define TAUT_ANNEAL_DISTANCE \
	(TAUT_KERNEL_WINDOW * TAUT_ANNEAL_STEPS - TAUT_ANNEAL_TURN - TAUT_KERNEL_GROUPS + 1)

/* Rows whose lengths are known ahead of the one under way. */
#define TAUT_ANNEAL_AHEAD 4

/* Steps of a tile: all of its words, and every row may end in it. */
#define TAUT_ANNEAL_STEPS_MAX                                        \
	(TAUT_ANNEAL_PARTS * TAUT_ANNEAL_PASSES * TAUT_ANNEAL_TILE + \
	 TAUT_ANNEAL_STEPS * (TAUT_KERNEL_VARIABLES + 1))

/* Pairs of blocks of 32 variables, what a step of a dense row reads of a lane. */
#define TAUT_ANNEAL_PAIRS (TAUT_KERNEL_VARIABLES / 64)

/* Banks of spins by variable: variables whose best spins are kept in a step. */
#define TAUT_ANNEAL_BANKS 4

TAUT_STATIC_ASSERT(TAUT_KERNEL_VARIABLES <= 262144, "lengths of rows fit 16 bits");

/* A launch's numbers, checked. */
typedef struct {
	taut_launch launch;
	uint32_t    parts;  /* of a word */
	uint32_t    passes; /* steps of a part */
	uint32_t    kind;
	uint32_t    n;
	uint32_t    row_words; /* of dense rows */
	int32_t     factor;    /* 1 where sparse */
	uint32_t    base;      /* first word of the first row */
	uint32_t    words;     /* of all rows */
} taut_anneal_plan;

/* The row that is being gathered; goes on from tile to tile. */
typedef struct {
	uint32_t t;                                          /* its variable */
	uint32_t step;                                       /* steps done */
	uint32_t at;                                         /* words done */
	uint32_t part;                                       /* of the word under way */
	uint32_t pass;                                       /* of that part */
	uint32_t words;                                      /* its words */
	uint32_t ahead[TAUT_ANNEAL_AHEAD];                   /* words of the rows after it */
	uint32_t sum[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES]; /* of ones' coefficients, mod 2^32 */
	uint32_t late[TAUT_KERNEL_WINDOW]; /* [k] that of variable t - TAUT_KERNEL_WINDOW + k */
} taut_anneal_row;

/* The row before it, which is being decided. */
typedef struct {
	uint32_t t;
	uint32_t sum[TAUT_KERNEL_GROUPS][2][TAUT_ANNEAL_HALF];
	uint32_t late[TAUT_KERNEL_WINDOW];
	uint64_t recent[TAUT_KERNEL_WINDOW][TAUT_KERNEL_GROUPS]; /* spins of late's variables */
	uint64_t half[TAUT_KERNEL_GROUPS]; /* its spins when the even lanes have decided */
	uint32_t generator[TAUT_KERNEL_GROUPS];
} taut_anneal_visit;

/* Everything on chip. Words of 64 bits hold one variable's spin of every lane, unless said
 * otherwise. Lanes stand in seats, the even ones first (taut_anneal_seat): in bits of words, in
 * [TAUT_KERNEL_LANES], and in [2][TAUT_ANNEAL_HALF]. */
typedef struct {
	uint16_t pool[TAUT_NOISE_ROWS][TAUT_LANES];
	int32_t  linear[TAUT_KERNEL_VARIABLES];
	uint16_t words[TAUT_KERNEL_VARIABLES]; /* of every row */
	uint64_t spins[TAUT_KERNEL_GROUPS][TAUT_KERNEL_VARIABLES];
	uint64_t best[TAUT_KERNEL_GROUPS][TAUT_KERNEL_VARIABLES];
	/* dense: the spins again, blocks of 32 variables of one lane: [g / passes][block % 2]
	 * [(g % passes) * PAIRS + block / 2][lane]; the block that is being decided, and the one
	 * after it as it was when it was gathered for its first variable */
	uint32_t blocks[TAUT_ANNEAL_GATHERS][2][TAUT_ANNEAL_PASSES * TAUT_ANNEAL_PAIRS]
		       [TAUT_KERNEL_LANES];
	uint32_t          own[TAUT_KERNEL_GROUPS][2][TAUT_ANNEAL_HALF];
	uint32_t          next[TAUT_ANNEAL_GATHERS][TAUT_ANNEAL_PASSES][TAUT_KERNEL_LANES];
	int64_t           energy[TAUT_KERNEL_GROUPS][2][TAUT_ANNEAL_HALF];
	int64_t           best_energy[TAUT_KERNEL_GROUPS][2][TAUT_ANNEAL_HALF];
	uint8_t           rung[TAUT_KERNEL_GROUPS][TAUT_KERNEL_LANES]; /* by lane, not seat */
	uint32_t          pairs[TAUT_KERNEL_GROUPS][TAUT_LANES];       /* exchanges accepted */
	uint32_t          exchange[TAUT_LANES];
	taut_temperature  table[TAUT_LANES]; /* of the sweep */
	taut_temperature  temperature[TAUT_KERNEL_GROUPS][2][TAUT_ANNEAL_HALF];
	int64_t           jq;
	uint64_t          moves;
	taut_anneal_row   row;
	taut_anneal_visit visit;
} taut_anneal_chip;

/* Where a lane stands. */
static inline uint32_t taut_anneal_seat(uint32_t lane)
{
	return (lane >> 1) + TAUT_ANNEAL_HALF * (lane & 1);
}

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
