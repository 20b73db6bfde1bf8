/*
 * The contract between a host and the kernels: arguments, buffers in words of 512 bits, status. What the kernels compute is
 * machine.h; docs/kernel.md draws the way of the data. Plain C11 and C++17, no dependence on the host.
 *
 * Both kernels take the same arguments, in this order; a card's register map is this order at the offsets below.
 *
 *   void taut_anneal(uint32_t abi, launch, noise, problem, couplings, state, status);     flips: sa, pt, sqa
 *   void taut_exchange(uint32_t abi, launch, noise, problem, couplings, state, status);   permutations: sa, pt; one-hot groups: all
 *
 * All buffers are arrays of taut_word, little-endian throughout: 32-bit item k of a buffer is item k % 16 of word k / 16. What no
 * line below names is 0 and is written as 0.
 *
 * launch     TAUT_LAUNCH_* items (two words); exchange constants uint32 [64] (four words); one word of temperatures per sweep of the launch:
 *            item 0 is m | s << 16 (taut_temperature, s as 16-bit two's complement), 64-bit item 1 is jq; or, with temperature_width 64, four
 *            words per sweep, item l being lane or rung l.
 * noise      the launch's pool (Metropolis or heat bath): 65,536 16-bit entries, 2,048 words.
 * problem    TAUT_PROBLEM_* items (one word); then for bits: linear int32 [n], padded to words; where kind is SPARSE the first word of every
 *            row in couplings, uint32 [n + 1], padded to words; where grouped: group uint32 [n] or TAUT_UNGROUPED, padded, and
 *            for every group its size, uint32 [n_groups], padded. For a permutation nothing more.
 * couplings  bits: rows of the symmetric matrix, its diagonal 0.
 *              SPARSE   pairs (column uint32, coefficient int32), 8 a word, rising columns, each row padded to words with (0, 0)
 *              DENSE1   sign bits, 512 a word, row_words words a row; coefficient = bit ? -factor : factor; beyond n and on the diagonal 0
 *              DENSE8   int8, 64 a word;  DENSE16  int16, 32 a word;  DENSE32  int32, 16 a word (taut_exchange alone); times factor
 *            permutation: flow int32 [n][n] by rows of row_words words (16 a word), then distance alike.
 * state      one block per group of lanes, taut_kernel_state_words() words each:
 *              energy int64 [64] (8 words), best energy int64 [64] (8 words), rung uint8 [64] (1 word), accepted exchanges in this launch
 *              uint32 [64] (4 words: written, not read; item j * rungs + k: ladder j, rungs k and k + 1), 3 words of 0;
 *              bits: spins: 64-bit item b * 64 + l holds variables 64 b .. 64 b + 63 of lane l (8 words a block of 64 variables); best spins alike
 *              permutation: position uint16 [64][row], a lane's row padded to words; best positions alike
 * status     TAUT_STATUS_* items (one word), written last.
 *
 * Lanes from TAUT_KERNEL_LANES on are neither read nor written.
 */
#ifndef TAUT_HLS_ABI_KERNEL_H
#define TAUT_HLS_ABI_KERNEL_H

#include "hls/abi/machine.h"
#include "hls/abi/parameters.h"

#define TAUT_KERNEL_ABI 1u

/* 512 bits. */
typedef struct {
	uint64_t v[8];
} taut_word;

#define TAUT_WORD_BYTES 64u

/* Items of the launch header. 64-bit values take two items, the low one first. */
enum {
	TAUT_LAUNCH_ABI,          /* TAUT_KERNEL_ABI */
	TAUT_LAUNCH_MODE,         /* taut_machine_mode */
	TAUT_LAUNCH_RULE,         /* taut_machine_rule */
	TAUT_LAUNCH_GROUPS,       /* groups of lanes in state, 1 to TAUT_KERNEL_GROUPS */
	TAUT_LAUNCH_GROUP,        /* number of the first within the run */
	TAUT_LAUNCH_WIDTH,        /* temperature_width: 1 or 64 */
	TAUT_LAUNCH_RUNGS,        /* pt: at most TAUT_KERNEL_LANES */
	TAUT_LAUNCH_FRACTION,     /* exchange_fraction */
	TAUT_LAUNCH_RING,         /* sqa: at most TAUT_KERNEL_LANES */
	TAUT_LAUNCH_SEED = 10,    /* 64 bits, and so are the following */
	TAUT_LAUNCH_BEGIN = 12,   /* sweep_begin */
	TAUT_LAUNCH_END = 14,     /* sweep_end */
	TAUT_LAUNCH_COUNT = 16,   /* sweep_count */
	TAUT_LAUNCH_TRACK = 18,   /* track_from */
	TAUT_LAUNCH_EXCHANGE = 32 /* [64] */
};
#define TAUT_LAUNCH_TABLE_WORD 6u /* where temperatures begin */

/* Items of the problem header. */
enum {
	TAUT_PROBLEM_KIND,        /* taut_kernel_kind */
	TAUT_PROBLEM_SIZE,        /* variables, or the permutation's length */
	TAUT_PROBLEM_ROW_WORDS,   /* words of a dense row; SPARSE: 0 */
	TAUT_PROBLEM_FACTOR,      /* int32: of dense coefficients */
	TAUT_PROBLEM_WINDOW,      /* TAUT_KERNEL_WINDOW that the host packed for */
	TAUT_PROBLEM_GROUPS       /* one-hot groups, or 0 */
};

typedef enum {
	TAUT_KIND_SPARSE,
	TAUT_KIND_DENSE1,
	TAUT_KIND_DENSE8,
	TAUT_KIND_DENSE16,
	TAUT_KIND_DENSE32,
	TAUT_KIND_PERMUTATION
} taut_kernel_kind;

/* Items of the status. */
enum {
	TAUT_STATUS_CODE,         /* taut_kernel_code */
	TAUT_STATUS_ABI,          /* TAUT_KERNEL_ABI of the kernel */
	TAUT_STATUS_HASH = 2,     /* 64 bits: TAUT_KERNEL_HASH of the kernel */
	TAUT_STATUS_SWEEPS = 4,   /* 64 bits: sweeps done */
	TAUT_STATUS_MOVES = 6     /* 64 bits: accepted moves of all lanes */
};

typedef enum {
	TAUT_CODE_NOTHING,        /* the kernel has not written */
	TAUT_CODE_DONE,
	TAUT_CODE_ABI,            /* built for another contract; nothing else was read */
	TAUT_CODE_SIZE,           /* more variables, groups, lanes than this kernel holds */
	TAUT_CODE_KIND,           /* a kind or mode that this kernel does not have */
	TAUT_CODE_WINDOW          /* packed for another window */
} taut_kernel_code;

/* State: where the parts of a group's block begin, in words. */
#define TAUT_STATE_ENERGY 0u
#define TAUT_STATE_BEST   8u
#define TAUT_STATE_RUNG   16u
#define TAUT_STATE_PAIRS  17u
#define TAUT_STATE_BODY   24u

/* Register map of both kernels (Vitis: control at 0, arguments from 0x10, each 64-bit pointer 12 bytes apart). */
enum {
	TAUT_REGISTER_CONTROL = 0x00,
	TAUT_REGISTER_ABI = 0x10,
	TAUT_REGISTER_LAUNCH = 0x18,
	TAUT_REGISTER_NOISE = 0x24,
	TAUT_REGISTER_PROBLEM = 0x30,
	TAUT_REGISTER_COUPLINGS = 0x3C,
	TAUT_REGISTER_STATE = 0x48,
	TAUT_REGISTER_STATUS = 0x54,
	TAUT_REGISTER_BYTES = 0x60
};
enum { TAUT_KERNEL_ARGUMENTS = 7 };

/* Words that hold `count` items of `bits` bits, bits a power of two from 1 to 64. */
static inline uint64_t taut_words_of(uint64_t count, uint32_t bits)
{
	return (count * bits + 511u) >> 9;
}

/* Words of a lane's row of positions. */
static inline uint32_t taut_position_words(uint32_t permutation_n)
{
	return (permutation_n + 31u) >> 5;
}

/* Words of one group's block; exactly one of n and permutation_n is not 0. */
static inline uint64_t taut_kernel_state_words(uint32_t n, uint32_t permutation_n)
{
	if (permutation_n)
		return TAUT_STATE_BODY + 128u * (uint64_t)taut_position_words(permutation_n);
	return TAUT_STATE_BODY + 16u * (uint64_t)((n + 63u) >> 6);
}

static inline uint32_t taut_word_get32(const taut_word *w, uint32_t k)
{
	return (uint32_t)(w->v[k >> 1] >> (32u * (k & 1u)));
}

static inline void taut_word_set32(taut_word *w, uint32_t k, uint32_t value)
{
	const uint32_t shift = 32u * (k & 1u);

	w->v[k >> 1] = (w->v[k >> 1] & ~((uint64_t)UINT32_MAX << shift)) | (uint64_t)value << shift;
}

/* k even: two items. */
static inline uint64_t taut_word_get64(const taut_word *w, uint32_t k)
{
	return w->v[k >> 1];
}

#if TAUT_KERNEL_LANES < 8 || TAUT_KERNEL_LANES > 64 || (TAUT_KERNEL_LANES & (TAUT_KERNEL_LANES - 1))
#error "TAUT_KERNEL_LANES is 8, 16, 32 or 64"
#endif
#if TAUT_KERNEL_VARIABLES % 512 || TAUT_KERNEL_GROUPS < 1 || TAUT_KERNEL_WINDOW < 1 || TAUT_KERNEL_WINDOW > 63
#error "TAUT_KERNEL_VARIABLES is a multiple of 512, TAUT_KERNEL_GROUPS at least 1, TAUT_KERNEL_WINDOW 1 to 63"
#endif
#if TAUT_KERNEL_PERMUTATION % 16 || TAUT_KERNEL_GROUPED % 64
#error "TAUT_KERNEL_PERMUTATION is a multiple of 16, TAUT_KERNEL_GROUPED of 64"
#endif

/* A static assertion where the tool has them; nothing where it does not (TAUT_NO_STATIC_ASSERT). */
#if defined TAUT_NO_STATIC_ASSERT
#define TAUT_STATIC_ASSERT(condition, text)
#elif defined __cplusplus
#define TAUT_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define TAUT_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

TAUT_STATIC_ASSERT(sizeof(taut_word) == TAUT_WORD_BYTES, "a word is 512 bits");
TAUT_STATIC_ASSERT(TAUT_LAUNCH_EXCHANGE == 2 * 16, "the launch header takes two words");
TAUT_STATIC_ASSERT(TAUT_LAUNCH_TABLE_WORD == (TAUT_LAUNCH_EXCHANGE + TAUT_LANES) / 16, "exchange constants, then temperatures");
TAUT_STATIC_ASSERT((-3 >> 1) == -2, "right shifts are arithmetic");

#endif
