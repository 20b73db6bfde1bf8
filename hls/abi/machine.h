/*
 * The machine's contract: the arithmetic, the noise, the order of visits and the state that every implementation
 * (hls/model, the CPU lanes, kernels, devices) must reproduce bit for bit. docs/machine.md explains it and
 * tests/data holds golden samples. Plain C11 and C++17, no dependence on the host.
 *
 * Energy of an n-bit state (to be minimised):  E = sum c_i x_i + sum_{i<j} q_ij x_i x_j
 * Change of flipping bit i:                    D_i = (1 - 2 x_i)(c_i + sum_j q_ij x_j),  |D_i| < 2^30
 */
#ifndef TAUT_HLS_ABI_MACHINE_H
#define TAUT_HLS_ABI_MACHINE_H

#include <stdint.h>

#define TAUT_MACHINE_ABI 1

#define TAUT_LANES 64            /* replicas that share one noise row: a group */
#define TAUT_NOISE_ROWS 1024     /* rows of TAUT_LANES entries in the noise pool */
#define TAUT_NOISE_COUNT 65536   /* TAUT_NOISE_ROWS * TAUT_LANES */
#define TAUT_NOISE_FRACTION 12   /* exponentials are UQ4.12 in 16 bits */
#define TAUT_CHANGE_BITS 30      /* |D| < 2^30 */
#define TAUT_THRESHOLD_MAX ((1 << 30) - 1)
#define TAUT_THRESHOLD_MIN (-(1 << 30))
#define TAUT_NO_ENERGY INT64_MAX /* best energy before the first tracked sweep */
#define TAUT_UNGROUPED 0xFFFFFFFFu
#define TAUT_PERMUTATION_MAX 65535u /* positions of a permutation are 16-bit */

/*
 * The noise pool, an ABI constant: entry k of the unshuffled Metropolis pool is round(2^12 * -ln((k + 1/2) / 2^16)),
 * as uint16; of the heat-bath pool round(2^11 * ln((1 - u) / u)), u = (k + 1/2) / 2^16, as int16 (halved, so that it
 * fits; doubled on use). Both are shuffled by the same Fisher-Yates pass (docs/machine.md). The host computes them
 * once and supplies them; these are the CRC-32 (IEEE 802.3) of their little-endian bytes.
 */
#define TAUT_NOISE_CRC_METROPOLIS 0x00000000u
#define TAUT_NOISE_CRC_HEATBATH 0x00000000u
#define TAUT_NOISE_SHUFFLE_SEED 1u

typedef enum {
	TAUT_MODE_SA, /* independent lanes */
	TAUT_MODE_PT, /* ladders of rungs within a group exchange temperatures */
	TAUT_MODE_SQA /* rings of lanes are Trotter slices */
} taut_machine_mode;

typedef enum {
	TAUT_RULE_METROPOLIS,
	TAUT_RULE_HEATBATH
} taut_machine_rule;

/* Temperature m * 2^(12 - s): mantissa m in [2^15, 2^16), or m = 0 for T = 0. */
typedef struct {
	uint16_t m;
	int16_t  s;
} taut_temperature;

/* What to anneal: flips (and one-hot exchanges) when permutation_n is 0, else the permutation engine. */
typedef struct {
	uint32_t        n;      /* variables */
	const int32_t  *linear; /* [n] c_i */
	const uint64_t *row;    /* [n + 1] symmetric CSR: (i,j) and (j,i) both stored, no diagonal */
	const uint32_t *col;    /* [row[n]] */
	const int32_t  *coef;   /* [row[n]] q_ij */
	/* One-hot groups: group[i], or TAUT_UNGROUPED; NULL: none. A visit to a grouped variable that is 0 proposes
	 * to move its group's one there; to one that is 1 it does nothing; both use up their noise. Of every
	 * group exactly one variable is 1 in the initial state. */
	const uint32_t *group; /* [n] */
	uint32_t        n_groups;

	uint32_t       permutation_n; /* 0, or the length of the permutation */
	const int32_t *flow;          /* [permutation_n][permutation_n] F */
	const int32_t *distance;      /* [permutation_n][permutation_n] D: E = sum_ab F_ab D_{p(a)p(b)} */
} taut_machine_problem;

/* One launch: sweeps [sweep_begin, sweep_end) of sweep_count for one group of lanes. */
typedef struct {
	taut_machine_mode mode;
	taut_machine_rule rule;
	uint64_t          seed;
	uint32_t          group; /* number of this group of lanes within the run */
	uint64_t          sweep_begin, sweep_end, sweep_count;
	uint64_t          track_from;  /* best states are kept from this sweep on, and always at the last */
	uint32_t          temperature_width; /* 1: all lanes alike; TAUT_LANES: by lane (sa, sqa) or rung (pt) */
	const taut_temperature *temperature; /* [sweep_end - sweep_begin][temperature_width] */
	/* pt: rungs 2..64, rung 0 the coldest; lane l starts on rung l % rungs of ladder l / rungs; lanes of an
	 * unfinished ladder at the end do not exchange. exchange[k] = (1/T_k - 1/T_{k+1}) * 2^exchange_fraction,
	 * < 2^31; exchange_fraction in [12, 62]. */
	uint32_t        rungs;
	const uint32_t *exchange; /* [rungs - 1] */
	uint32_t        exchange_fraction;
	/* sqa: ring length P in {4, 8, 16, 32, 64}; jq[k] = round(2 J_perp 2^s) of sweep sweep_begin + k */
	uint32_t       ring;
	const int64_t *jq; /* [sweep_end - sweep_begin] */
	const void    *noise; /* [TAUT_NOISE_COUNT] uint16 (Metropolis) or int16 (heat bath) */
} taut_machine_launch;

/* The state of one group between launches: any chunking of the sweeps gives the same bits. */
typedef struct {
	uint64_t *spins;      /* [n]: bit l of word i is x_i of lane l; unused by the permutation engine */
	uint64_t *best_spins; /* [n] */
	uint16_t *position;   /* permutation engine: [TAUT_LANES][permutation_n], position[l][a] = p(a) */
	uint16_t *best_position; /* [TAUT_LANES][permutation_n] */
	int64_t   energy[TAUT_LANES];
	int64_t   best_energy[TAUT_LANES]; /* TAUT_NO_ENERGY before the first tracked sweep */
	uint8_t   rung[TAUT_LANES];        /* pt; ignored otherwise */
} taut_machine_state;

static inline uint64_t taut_machine_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* State of the noise generator at the start of a sweep: splitmix64 over (seed, group, sweep), never 0. */
static inline uint32_t taut_machine_reseed(uint64_t seed, uint32_t group, uint64_t sweep)
{
	const uint64_t golden = 0x9E3779B97F4A7C15u;
	uint64_t       z = taut_machine_mix(seed + golden);
	uint32_t       x;

	z = taut_machine_mix(z + golden * ((uint64_t)group + 1));
	z = taut_machine_mix(z + golden * (sweep + 1));
	x = (uint32_t)(z >> 32);
	return x ? x : 1u;
}

/* One advance (xorshift32, Marsaglia 2003), once per visit and before it. */
static inline uint32_t taut_machine_advance(uint32_t x)
{
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

/* The visit's 16 random bits: row = bits >> 6, rotation = bits & 63. Lane l draws entry
 * row * TAUT_LANES + ((l + rotation) & 63) of the pool. */
static inline uint32_t taut_machine_bits(uint32_t x)
{
	return (uint32_t)(x * 0x9E3779B1u) >> 16;
}

/* Index in the pool of lane l's draw. */
static inline uint32_t taut_machine_draw(uint32_t bits, uint32_t lane)
{
	return (bits & ~63u) | ((lane + bits) & 63u);
}

static inline int64_t taut_machine_clamp(int64_t t)
{
	return t > TAUT_THRESHOLD_MAX ? TAUT_THRESHOLD_MAX : t < TAUT_THRESHOLD_MIN ? TAUT_THRESHOLD_MIN : t;
}

/* value * 2^-s: an arithmetic right shift for s > 0 (towards minus infinity; 62 and more like 62), a saturating left shift
 * for s < 0; clamped to the thresholds' range. |value| < 2^62. */
static inline int64_t taut_machine_shift(int64_t value, int s)
{
	if (s >= 0)
		return taut_machine_clamp(value >> (s > 62 ? 62 : s));
	if (s < -31)
		s = -31;
	return taut_machine_clamp(taut_machine_clamp(value) * ((int64_t)1 << -s));
}

/* The largest change that a lane accepts: flip iff D <= threshold. `draw` is the pool's entry: the uint16 of
 * Metropolis, or twice the int16 of heat bath. `shift_jq` is jq * c of sqa, 0 elsewhere. */
static inline int64_t taut_machine_threshold(int32_t draw, taut_temperature t, int64_t shift_jq)
{
	return taut_machine_shift((int64_t)draw * t.m - shift_jq, t.s);
}

#endif
