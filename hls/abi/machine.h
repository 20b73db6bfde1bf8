/*
 * The machine's contract: the arithmetic, the noise, the order of visits and the state that every
 * implementation (hls/model, the CPU lanes, kernels, devices) must reproduce bit for bit.
 * docs/machine.md explains it and tests/data/golden.txt holds golden samples. Plain C11 and C++17,
 * no dependence on the host.
 *
 * Energy of an n-bit state, to be minimised:
 *
 *   E = sum_i c_i x_i + sum_{i<j} q_ij x_i x_j
 *
 * Change of flipping bit i:
 *
 *   D_i = (1 - 2 x_i) (c_i + sum_j q_ij x_j)
 *
 * Every proposed move changes E by less than 2^30 in magnitude, energies are below 2^62.
 */
#ifndef TAUT_HLS_ABI_MACHINE_H
#define TAUT_HLS_ABI_MACHINE_H

#include <stdint.h>

#define TAUT_MACHINE_ABI 1

/* Replicas that share one noise row: a group of lanes. */
#define TAUT_LANES 64

/* The noise pool: rows of TAUT_LANES entries; exponentials are UQ4.12 in 16 bits. */
#define TAUT_NOISE_ROWS     1024
#define TAUT_NOISE_COUNT    65536
#define TAUT_NOISE_FRACTION 12

/* |D| < 2^TAUT_CHANGE_BITS; thresholds saturate there. */
#define TAUT_CHANGE_BITS   30
#define TAUT_THRESHOLD_MAX ((1 << 30) - 1)
#define TAUT_THRESHOLD_MIN (-(1 << 30))

/* Best energy before the first tracked sweep. */
#define TAUT_NO_ENERGY INT64_MAX

/* In place of a term's limit: a square. */
#define TAUT_MACHINE_SQUARE INT64_MIN

/* Variable outside every one-hot group. */
#define TAUT_UNGROUPED 0xFFFFFFFFu

/* Positions of a permutation are 16-bit. */
#define TAUT_PERMUTATION_MAX 65535u

/* pt: binary places of the exchange constants; |draw| 2^(59 - 12) < 2^63. */
#define TAUT_EXCHANGE_FRACTION_MIN 12
#define TAUT_EXCHANGE_FRACTION_MAX 59

/* sqa: |draw m - jq c| < 2^63 for |c| <= 4. */
#define TAUT_JQ_MAX (((int64_t)1 << 60) - 1)

/* Step of splitmix64 (Steele, Lea & Flood 2014). */
#define TAUT_MACHINE_GOLDEN 0x9E3779B97F4A7C15u

#if TAUT_LANES != 64 || TAUT_NOISE_ROWS * TAUT_LANES != 65536 || TAUT_NOISE_COUNT != 65536
#error "a visit's 16 random bits are 10 bits of row and 6 bits of rotation"
#endif

/*
 * The noise pool is a constant of the contract. With u = (k + 1/2) / 2^16, entry k is, unshuffled,
 *
 *   Metropolis  round(2^12 * -ln u)           uint16
 *   heat bath   round(2^11 * ln((1 - u) / u)) int16: half, so that it fits; doubled on use
 *
 * and one Fisher-Yates pass shuffles both alike: z = TAUT_NOISE_SHUFFLE_SEED; for i = 65535 .. 1:
 * z += TAUT_MACHINE_GOLDEN, entry i is swapped with entry ((mix(z) >> 32) * (i + 1)) >> 32. The
 * host computes the pools once and supplies them; these are the CRC-32 (IEEE 802.3) of their
 * little-endian bytes.
 */
#define TAUT_NOISE_SHUFFLE_SEED   182846u
#define TAUT_NOISE_CRC_METROPOLIS 0x208b2a28u
#define TAUT_NOISE_CRC_HEATBATH   0x53c3893eu

typedef enum {
	TAUT_MODE_SA, /* independent lanes */
	TAUT_MODE_PT, /* ladders of lanes exchange temperatures */
	TAUT_MODE_SQA /* rings of lanes are Trotter slices */
} taut_machine_mode;

typedef enum {
	TAUT_RULE_METROPOLIS, /* flip with probability min(1, exp(-D/T)) */
	TAUT_RULE_HEATBATH    /* flip with probability 1 / (1 + exp(D/T)) */
} taut_machine_rule;

/* Temperature m * 2^(12 - s): mantissa m in [2^15, 2^16), or m = 0 for T = 0. */
typedef struct {
	uint16_t m;
	int16_t  s;
} taut_temperature;

/* What to anneal: flips and one-hot exchanges when permutation_n is 0, else the permutation engine.
 */
typedef struct {
	uint32_t        n;      /* variables */
	const int32_t  *linear; /* [n] c_i */
	const uint64_t *row;  /* [n + 1] symmetric CSR: (i,j) and (j,i) both stored, no diagonal */
	const uint32_t *col;  /* [row[n]] */
	const int32_t  *coef; /* [row[n]] q_ij */

	/* One-hot groups; exactly one variable of every group is 1 in the initial state. A group's
	 * k members are numbered 0 .. k - 1 in index order. A visit to member v in a lane whose one
	 * is member j proposes to move it to member (v - j) mod k, which is its own inverse; from
	 * variable a to b that changes E by D_a + D_b - q_ab. Where it would stay, nothing happens;
	 * the noise is used up all the same. */
	const uint32_t *group; /* [n] group of i or TAUT_UNGROUPED; NULL: none */
	uint32_t        n_groups;

	/* Permutation engine: E = sum_ab F_ab D_{p(a)p(b)}. One visit per pair a < b in
	 * lexicographic order, n (n - 1) / 2 a sweep, proposes to swap p(a) and p(b). */
	uint32_t       permutation_n; /* 0, or the length n of the permutation */
	const int32_t *flow;          /* [permutation_n][permutation_n] F */
	const int32_t *distance;      /* [permutation_n][permutation_n] D */

	/* Terms over activities a_r = sum_i coef_ri x_i beside the couplings, for flips alone, on machines
	 * that have them. Each adds to E, and is 0 at x = 0:
	 *   square  weight_r sum_{i<j} coef_ri coef_rj x_i x_j  (the same as such couplings)
	 *   excess  weight_r (max(0, a_r - limit_r) - max(0, -limit_r)) */
	uint32_t        n_terms;
	const uint64_t *term_first;  /* [n_terms + 1] */
	const uint32_t *term_col;    /* [term_first[n_terms]] distinct within a term */
	const int32_t  *term_coef;   /* [term_first[n_terms]] */
	const int64_t  *term_weight; /* [n_terms] */
	const int64_t  *term_limit;  /* [n_terms], or TAUT_MACHINE_SQUARE */
} taut_machine_problem;

/* One launch: sweeps [sweep_begin, sweep_end) of sweep_count for one group of lanes. */
typedef struct {
	taut_machine_mode mode;
	taut_machine_rule rule;
	uint64_t          seed;
	uint32_t          group; /* number of this group of lanes within the run */
	uint64_t          sweep_begin;
	uint64_t          sweep_end;
	uint64_t          sweep_count;

	/* Best states are kept after every sweep from this one on, and always after the last of
	 * sweep_count. */
	uint64_t track_from;

	/* Entry [sweep - sweep_begin][k]. Width 1: k = 0, all lanes alike; width TAUT_LANES: k is
	 * the lane, in pt the lane's rung. */
	uint32_t                temperature_width;
	const taut_temperature *temperature;

	/* pt: 2 <= rungs <= TAUT_LANES, rung 0 the coldest. Lane l belongs to ladder l / rungs and
	 * starts on rung l % rungs; lanes of an unfinished ladder at the end do not exchange. After
	 * sweep s the pairs of rungs (k, k + 1), k = s mod 2, s mod 2 + 2, .., of every ladder
	 * exchange: the generator is advanced once more, and pair k of ladder j draws like lane
	 * j * rungs + k (taut_machine_exchange).
	 * exchange[k] = (1/T_k - 1/T_{k+1}) 2^exchange_fraction < 2^31. */
	uint32_t        rungs;
	const uint32_t *exchange; /* [rungs - 1] */
	uint32_t        exchange_fraction;

	/* sqa (not on the permutation engine): lane l is slice l % P of ring l / P, P in {4, 8, 16,
	 * 32, 64}. In a visit the even lanes decide and move first, then the odd lanes, with one
	 * noise row. c = s_l (s_{l-1} + s_{l+1}) over the ring, s = +-1 of the visited variable; of
	 * a one-hot exchange the sum of both variables' c. jq = round(2 J_perp 2^s) with the s of
	 * that sweep's temperature, 0 <= jq <= TAUT_JQ_MAX. */
	uint32_t       ring; /* P */
	const int64_t *jq;   /* [sweep_end - sweep_begin] */

	const void *noise; /* [TAUT_NOISE_COUNT] uint16_t (Metropolis) or int16_t (heat bath) */
} taut_machine_launch;

/* The state of one group between launches: any chunking of the sweeps gives the same bits. */
typedef struct {
	/* [n] bit l of word i is x_i of lane l; unused by the permutation engine */
	uint64_t *spins;
	uint64_t *best_spins;
	/* [TAUT_LANES][permutation_n] entry [l][a] is p(a) of lane l; permutation engine alone */
	uint16_t *position;
	uint16_t *best_position;
	int64_t   energy[TAUT_LANES];      /* counted on from what the host supplies */
	int64_t   best_energy[TAUT_LANES]; /* TAUT_NO_ENERGY before the first tracked sweep */
	uint8_t   rung[TAUT_LANES];        /* pt; unused otherwise */
} taut_machine_state;

static inline uint64_t taut_machine_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* State of the noise generator at the start of a sweep: splitmix64 over all three, never 0. */
static inline uint32_t taut_machine_reseed(uint64_t seed, uint32_t group, uint64_t sweep)
{
	uint64_t z = taut_machine_mix(seed + TAUT_MACHINE_GOLDEN);
	uint32_t x;

	z = taut_machine_mix(z + TAUT_MACHINE_GOLDEN * ((uint64_t)group + 1));
	z = taut_machine_mix(z + TAUT_MACHINE_GOLDEN * (sweep + 1));
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

/* The visit's 16 random bits: row = bits >> 6, rotation = bits & 63. */
static inline uint32_t taut_machine_bits(uint32_t x)
{
	return (uint32_t)(x * 0x9E3779B1u) >> 16;
}

/* Index in the pool of lane l's draw: row * TAUT_LANES + ((l + rotation) & 63). */
static inline uint32_t taut_machine_draw(uint32_t bits, uint32_t lane)
{
	return (bits & ~63u) | ((lane + bits) & 63u);
}

/* Entry of the launch's pool as a draw with TAUT_NOISE_FRACTION binary places, |draw| < 2^16. */
static inline int32_t taut_machine_noise(const void *noise, taut_machine_rule rule, uint32_t at)
{
	if (rule == TAUT_RULE_HEATBATH)
		return 2 * (int32_t)((const int16_t *)noise)[at];
	return ((const uint16_t *)noise)[at];
}

static inline int64_t taut_machine_clamp(int64_t value)
{
	if (value > TAUT_THRESHOLD_MAX)
		return TAUT_THRESHOLD_MAX;
	if (value < TAUT_THRESHOLD_MIN)
		return TAUT_THRESHOLD_MIN;
	return value;
}

/* value * 2^-s within the thresholds' range: an arithmetic right shift for s > 0 (towards minus
 * infinity; more than 62 is like 62), a saturating left shift for s < 0. */
static inline int64_t taut_machine_shift(int64_t value, int s)
{
	if (s >= 0)
		return taut_machine_clamp(value >> (s > 62 ? 62 : s));
	if (s < -31)
		s = -31;
	return taut_machine_clamp(taut_machine_clamp(value) * ((int64_t)1 << -s));
}

/* The largest change that a lane accepts: move iff D <= threshold. jq_c is jq * c in sqa, else 0.
 */
static inline int64_t taut_machine_threshold(int32_t draw, taut_temperature t, int64_t jq_c)
{
	return taut_machine_shift((int64_t)draw * t.m - jq_c, t.s);
}

/* pt: whether two neighbouring rungs exchange, given their lanes' energies:
 * exchange (E_hotter - E_colder) <= draw 2^(fraction - 12), the difference clamped to int32. */
static inline int taut_machine_exchange(uint32_t exchange, uint32_t fraction, int64_t colder,
                                        int64_t hotter, int32_t draw)
{
	int64_t difference = hotter - colder;

	if (difference > INT32_MAX)
		difference = INT32_MAX;
	if (difference < INT32_MIN)
		difference = INT32_MIN;
	return (int64_t)exchange * difference <=
	       draw * ((int64_t)1 << (fraction - TAUT_NOISE_FRACTION));
}

#endif
