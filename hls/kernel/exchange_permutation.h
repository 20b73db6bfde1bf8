/*
 * taut_exchange: the permutation engine. Static functions, for one source file.
 *
 * Placing a at k costs a lane
 *
 *   G[a][k] = sum_b F_ba D_{p(b),k} + F_ab D_{k,p(b)}
 *
 * and exchanging the images l and m of u and v changes E by
 *
 *   G[u][m] - G[u][l] + G[v][l] - G[v][m] + P_uv Q_lm
 *   P_uv = F_uu + F_vv - F_uv - F_vu,  Q_lm = D_ll + D_mm - D_lm - D_ml
 *
 * (E is a quadratic form in the permutation's matrix, G its gradient, the exchange adds
 * (e_u - e_v)(e_m - e_l)' to the matrix). After a move
 *
 *   G[a][k] += (F_ua - F_va)(D_mk - D_lk) + (F_au - F_av)(D_km - D_kl)
 *
 * a matrix of rank 2, of rank 1 where F or D is symmetric; both terms are computed side by side, so
 * that either takes a cycle a row. Everything is uint32, that is modulo 2^32: sums may wrap, the
 * change is exact because machine.h bounds it by 2^30.
 */
#ifndef TAUT_HLS_KERNEL_EXCHANGE_PERMUTATION_H
#define TAUT_HLS_KERNEL_EXCHANGE_PERMUTATION_H

#include "hls/kernel/exchange_lanes.h"

enum {
	EXCHANGE_LENGTH = TAUT_KERNEL_PERMUTATION,
	EXCHANGE_LENGTH_WORDS = (EXCHANGE_LENGTH + 31) / 32
};

typedef struct {
	uint32_t n;
	uint32_t flow[EXCHANGE_LENGTH][EXCHANGE_LENGTH];            /* [b][a] F_ba */
	uint32_t flow_turned[EXCHANGE_LENGTH][EXCHANGE_LENGTH];     /* [b][a] F_ab */
	uint32_t distance[EXCHANGE_LENGTH][EXCHANGE_LENGTH];        /* [l][k] D_lk */
	uint32_t distance_turned[EXCHANGE_LENGTH][EXCHANGE_LENGTH]; /* [l][k] D_kl */
	uint32_t p[EXCHANGE_LENGTH][EXCHANGE_LENGTH];
	uint32_t q[EXCHANGE_LENGTH][EXCHANGE_LENGTH];
	uint32_t g[EXCHANGE_LENGTH][EXCHANGE_LENGTH]; /* of the lane at work */
	uint16_t position[TAUT_KERNEL_LANES][EXCHANGE_LENGTH];
	uint16_t best[TAUT_KERNEL_LANES][EXCHANGE_LENGTH];
} exchange_permutation;

/* A stretch of proposals (u, v), (u, v + 1), .. up to the first accepted one. */
typedef struct {
	bool     found;
	uint32_t v;         /* the accepted one */
	uint32_t change;    /* its change */
	uint32_t generator; /* after it, or after the row's last */
} exchange_scan;

static void load_matrix(uint32_t to[EXCHANGE_LENGTH][EXCHANGE_LENGTH],
                        uint32_t turned[EXCHANGE_LENGTH][EXCHANGE_LENGTH], const taut_word *from,
                        uint32_t n, uint32_t row_words)
{
load_matrix_rows:
	for (uint32_t a = 0; a < n; a++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
		taut_word word[EXCHANGE_LENGTH / 16];

	load_matrix_words:
		for (uint32_t k = 0; 16 * k < n; k++) {
			TAUT_TRIP(1, EXCHANGE_LENGTH / 16)
			TAUT_PIPELINE(1)
			word[k] = from[a * row_words + k];
		}
	load_matrix_entries:
		for (uint32_t b = 0; b < n; b++) {
			TAUT_TRIP(1, EXCHANGE_LENGTH)
			TAUT_PIPELINE(1)
			const uint32_t entry = taut_word_get32(&word[b >> 4], b & 15u);

			to[a][b] = entry;
			turned[b][a] = entry;
		}
	}
}

/* P of F, Q of D. */
static void make_pairs(uint32_t pair[EXCHANGE_LENGTH][EXCHANGE_LENGTH],
                       uint32_t matrix[EXCHANGE_LENGTH][EXCHANGE_LENGTH],
                       uint32_t turned[EXCHANGE_LENGTH][EXCHANGE_LENGTH], uint32_t n)
{
	uint32_t diagonal[EXCHANGE_LENGTH];

make_pairs_diagonal:
	for (uint32_t a = 0; a < n; a++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
		TAUT_PIPELINE(1)
		diagonal[a] = matrix[a][a];
	}
make_pairs_rows:
	for (uint32_t a = 0; a < n; a++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
	make_pairs_entries:
		for (uint32_t b = 0; b < n; b++) {
			TAUT_TRIP(1, EXCHANGE_LENGTH)
			TAUT_PIPELINE(1)
			pair[a][b] = diagonal[a] + diagonal[b] - matrix[a][b] - turned[a][b];
		}
	}
}

/* Positions of all lanes from rows of n, a row padded to words. */
static void load_positions(uint16_t         position[TAUT_KERNEL_LANES][EXCHANGE_LENGTH],
                           const taut_word *from, uint32_t n)
{
	const uint32_t row_words = taut_position_words(n);

load_positions_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
	load_positions_words:
		for (uint32_t w = 0; w < row_words; w++) {
			TAUT_TRIP(1, EXCHANGE_LENGTH_WORDS)
			const taut_word word = from[l * row_words + w];

		load_positions_entries:
			for (uint32_t k = 0; k < 32; k++) {
				TAUT_PIPELINE(1)
				if (32 * w + k < n)
					position[l][32 * w + k] =
						(uint16_t)(word.v[k >> 2] >> (16 * (k & 3u)));
			}
		}
	}
}

static void store_positions(taut_word *to, uint16_t position[TAUT_KERNEL_LANES][EXCHANGE_LENGTH],
                            uint32_t n)
{
	const uint32_t row_words = taut_position_words(n);

store_positions_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
	store_positions_words:
		for (uint32_t w = 0; w < row_words; w++) {
			TAUT_TRIP(1, EXCHANGE_LENGTH_WORDS)
			taut_word word = {{0}};

		store_positions_entries:
			for (uint32_t k = 0; k < 32; k++) {
				TAUT_PIPELINE(1)
				if (32 * w + k < n)
					word.v[k >> 2] |= (uint64_t)position[l][32 * w + k]
					                  << (16 * (k & 3u));
			}
			to[l * row_words + w] = word;
		}
	}
}

/* G[a][k] += (F_ua - F_va) ahead[k] + (F_au - F_av) back[k] for all a, k; without v the first of
 * each difference alone. The one place that multiplies rows: made once in hardware. */
static void add_rows(exchange_permutation *m, uint32_t u, bool differ, uint32_t v,
                     const uint32_t ahead[EXCHANGE_LENGTH], const uint32_t back[EXCHANGE_LENGTH])
{
	TAUT_INLINE_OFF
add_rows_each:
	for (uint32_t a = 0; a < m->n; a++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
		TAUT_PIPELINE(1)
		TAUT_NO_DEPENDENCE(m->g) /* every row once */
		const uint32_t x_ahead = m->flow[u][a] - (differ ? m->flow[v][a] : 0);
		const uint32_t x_back = m->flow_turned[u][a] - (differ ? m->flow_turned[v][a] : 0);

	add_rows_blocks: /* those beyond n rest */
		for (uint32_t c = 0; c < EXCHANGE_LENGTH; c += 16) {
			TAUT_UNROLL
			if (c < m->n) {
			add_rows_columns:
				for (uint32_t j = 0; j < 16; j++) {
					TAUT_UNROLL
					const uint32_t k = c + j;

					m->g[a][k] += x_ahead * ahead[k] + x_back * back[k];
				}
			}
		}
	}
}

/* G of a lane from its permutation. */
static void make_fields(exchange_permutation *m, uint32_t lane)
{
make_fields_clear:
	for (uint32_t a = 0; a < m->n; a++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
		TAUT_PIPELINE(1)
	make_fields_columns:
		for (uint32_t k = 0; k < EXCHANGE_LENGTH; k++) {
			TAUT_UNROLL
			m->g[a][k] = 0;
		}
	}
make_fields_terms:
	for (uint32_t b = 0; b < m->n; b++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
		const uint32_t l = m->position[lane][b];
		uint32_t       ahead[EXCHANGE_LENGTH];
		uint32_t       back[EXCHANGE_LENGTH];
		TAUT_PARTITION(ahead, 1)
		TAUT_PARTITION(back, 1)

	make_fields_rows:
		for (uint32_t k = 0; k < EXCHANGE_LENGTH; k++) {
			TAUT_UNROLL
			ahead[k] = m->distance[l][k];
			back[k] = m->distance_turned[l][k];
		}
		add_rows(m, b, false, b, ahead, back);
	}
}

/* Exchanges the images of u and v. */
static void exchange_images(exchange_permutation *m, uint32_t lane, uint32_t u, uint32_t v)
{
	const uint16_t to_u = m->position[lane][v];
	const uint16_t to_v = m->position[lane][u];
	uint32_t       ahead[EXCHANGE_LENGTH];
	uint32_t       back[EXCHANGE_LENGTH];
	TAUT_PARTITION(ahead, 1)
	TAUT_PARTITION(back, 1)

exchange_images_columns:
	for (uint32_t k = 0; k < EXCHANGE_LENGTH; k++) {
		TAUT_UNROLL
		ahead[k] = m->distance[to_u][k] - m->distance[to_v][k];
		back[k] = m->distance_turned[to_u][k] - m->distance_turned[to_v][k];
	}
	m->position[lane][u] = to_u;
	m->position[lane][v] = to_v;
	add_rows(m, u, true, v, ahead, back);
}

/* Proposals (u, v), (u, v + 1), .. (u, n - 1). What comes after the first that is accepted is
 * computed for nothing and dropped: so the loop has no way out that its pipeline would wait for. */
static exchange_scan scan_row(const exchange_permutation *m, const exchange_pool *pool,
                              uint32_t rule, taut_temperature t, uint32_t lane, uint32_t u,
                              uint32_t v, uint32_t generator)
{
	const uint32_t l = m->position[lane][u];
	uint32_t       here[EXCHANGE_LENGTH]; /* row u, in registers: g is left to row b */
	exchange_scan  scan = {false, 0, 0, 0};
	uint32_t       x = generator;
	TAUT_PARTITION(here, 1)

scan_row_here:
	for (uint32_t k = 0; k < EXCHANGE_LENGTH; k++) {
		TAUT_UNROLL
		here[k] = m->g[u][k];
	}

scan_row_pairs:
	for (uint32_t b = v; b < m->n; b++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
		TAUT_PIPELINE(1)
		const uint32_t to = m->position[lane][b];
		const uint32_t change =
			here[to] - here[l] + m->g[b][l] - m->g[b][to] + m->p[u][b] * m->q[l][to];
		uint32_t bits;

		x = taut_machine_advance(x);
		bits = taut_machine_bits(x);
		if (!scan.found) {
			scan.found = (int32_t)change <=
			             taut_machine_threshold(draw_at(pool, rule, bits, lane), t, 0);
			scan.v = b;
			scan.change = change;
			scan.generator = x;
		}
	}
	return scan;
}

/* One sweep of one lane. Returns the generator after its last visit. */
static uint32_t sweep_lane(exchange_permutation *m, exchange_lanes *lanes,
                           const exchange_pool *pool, uint32_t rule, taut_temperature t,
                           uint32_t lane, uint32_t generator)
{
sweep_lane_rows:
	for (uint32_t u = 0; u + 1 < m->n; u++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH - 1)
		uint32_t v = u + 1;

	sweep_lane_stretches:
		while (v < m->n) {
			TAUT_TRIP(1, EXCHANGE_LENGTH - 1)
			const exchange_scan scan =
				scan_row(m, pool, rule, t, lane, u, v, generator);

			generator = scan.generator;
			v = scan.v + 1;
			if (scan.found) {
				exchange_images(m, lane, u, scan.v);
				lanes->energy[lane] += (int32_t)scan.change;
				lanes->moves++;
			}
		}
	}
	return generator;
}

static void keep_position(exchange_permutation *m, exchange_lanes *lanes, uint32_t lane)
{
	if (lanes->energy[lane] >= lanes->best_energy[lane])
		return;
	lanes->best_energy[lane] = lanes->energy[lane];
keep_position_entries:
	for (uint32_t a = 0; a < m->n; a++) {
		TAUT_TRIP(1, EXCHANGE_LENGTH)
		TAUT_PIPELINE(1)
		m->best[lane][a] = m->position[lane][a];
	}
}

/* Sweeps [begin, end) of one lane. Returns the generator after the last one. */
static uint32_t run_lane(exchange_permutation *m, exchange_lanes *lanes, const exchange_pool *pool,
                         const taut_launch *h, const taut_word *launch, uint32_t group,
                         uint32_t lane, uint64_t begin, uint64_t end)
{
	const uint32_t seat = h->mode == TAUT_MODE_PT ? lanes->rung[lane] & (TAUT_LANES - 1) : lane;
	uint32_t       generator = 0;

	make_fields(m, lane);
run_lane_sweeps:
	for (uint64_t sweep = begin; sweep < end; sweep++) {
		TAUT_TRIP(1, 1024)
		const taut_word        word = temperature_word(launch, h, sweep, seat);
		const taut_temperature t = taut_launch_temperature(
			taut_word_get32(&word, h->width == 1 ? 0 : seat & 15u));

		generator = sweep_lane(m, lanes, pool, h->rule, t, lane,
		                       taut_machine_reseed(h->seed, group, sweep));
		if (taut_launch_tracks(h, sweep))
			keep_position(m, lanes, lane);
	}
	return generator;
}

/* All lanes of a group in mode sa: one after the other, all sweeps each. */
static void run_lanes(exchange_permutation *m, exchange_lanes *lanes, const exchange_pool *pool,
                      const taut_launch *h, const taut_word *launch, uint32_t group)
{
run_lanes_each:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++)
		run_lane(m, lanes, pool, h, launch, group, l, h->begin, h->end);
}

/* Mode pt: lanes meet after every sweep. */
static void run_ladders(exchange_permutation *m, exchange_lanes *lanes, const exchange_pool *pool,
                        const taut_launch *h, const taut_word *launch, uint32_t group)
{
run_ladders_sweeps:
	for (uint64_t sweep = h->begin; sweep < h->end; sweep++) {
		TAUT_TRIP(1, 1024)
		uint32_t generator = 0;

	run_ladders_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++)
			generator = run_lane(m, lanes, pool, h, launch, group, l, sweep, sweep + 1);
		exchange_rungs(lanes, h, pool, generator, sweep);
	}
}

static void exchange_permutations(exchange_lanes *lanes, const exchange_pool *pool,
                                  const taut_launch *h, const taut_word *launch, uint32_t n,
                                  uint32_t row_words, const taut_word *couplings, taut_word *state)
{
	TAUT_ON_CHIP exchange_permutation m;
	TAUT_PARTITION(m.distance, 2)
	TAUT_PARTITION(m.distance_turned, 2)
	TAUT_PARTITION(m.g, 2)
	const uint32_t block_words = (uint32_t)taut_kernel_state_words(0, n);
	const uint32_t half_words = TAUT_LANES * taut_position_words(n);

	m.n = n;
	load_matrix(m.flow, m.flow_turned, couplings, n, row_words);
	load_matrix(m.distance, m.distance_turned, couplings + n * row_words, n, row_words);
	make_pairs(m.p, m.flow, m.flow_turned, n);
	make_pairs(m.q, m.distance, m.distance_turned, n);
permutations_groups:
	for (uint32_t r = 0; r < h->groups; r++) {
		TAUT_TRIP(1, TAUT_KERNEL_GROUPS)
		taut_word *const block = state + r * block_words;

		load_lanes(lanes, block);
		load_positions(m.position, block + TAUT_STATE_BODY, n);
		load_positions(m.best, block + TAUT_STATE_BODY + half_words, n);
		if (h->mode == TAUT_MODE_PT)
			run_ladders(&m, lanes, pool, h, launch, h->group + r);
		else
			run_lanes(&m, lanes, pool, h, launch, h->group + r);
		store_lanes(block, lanes);
		store_positions(block + TAUT_STATE_BODY, m.position, n);
		store_positions(block + TAUT_STATE_BODY + half_words, m.best, n);
	}
}

#endif
