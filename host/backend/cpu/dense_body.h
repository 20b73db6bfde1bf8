/* The loops over dense couplings (dense.h), included once per instruction set. */
#include <assert.h>
#include <string.h>

#include "backend/cpu/dense.h"
#include "backend/cpu/dense_lanes.h"
#include "backend/cpu/dense_visits.h"
#include "backend/transpose.h"

enum {
	/* Accumulators of dot products: rows by registers of lanes. */
	TILE_ROWS = VECTOR_BYTES == 64 ? 8 : 4,
	TILE_LANES = 2,
	/* Blocks of columns to which a row is added at once. */
	TILE_BLOCKS = VECTOR_BYTES == 64   ? 4
	              : VECTOR_BYTES == 32 ? 2
	                                   : 1,
	SPAN_BLOCKS = TAUT_DENSE_SPAN / TAUT_DENSE_BLOCK,
	CHUNK_BLOCKS = 8 /* columns of a row that are added at once: 8 cache lines */
};

/* sums[TILE_ROWS][lanes] += 2^shift times rows of the given columns by the spins' bytes, for
 * TILE_LANES registers of lanes. */
static inline void dots_tile(uvec_32 *sums, const int8_t *const *row, const uvec_32 *bytes,
                             uint32_t begin, uint32_t end, uint32_t shift)
{
	dots sum[TILE_ROWS][TILE_LANES] = {{{0}}};

	for (uint32_t c = begin; c < end; c += 4) {
		const uvec_32 *const u = bytes + (size_t)(c / 4) * COUNT_32;

		for (uint32_t r = 0; r < TILE_ROWS; r++)
			for (uint32_t v = 0; v < TILE_LANES; v++)
				sum[r][v] = dots_add(sum[r][v], u[v], four_entries(row[r] + c));
	}
	for (uint32_t r = 0; r < TILE_ROWS; r++)
		for (uint32_t v = 0; v < TILE_LANES; v++)
			sums[r * COUNT_32 + v] += dots_total(sum[r][v]) << shift;
}

/* Asks for the rows' next chunk, while this one is worked on: large matrices come from memory. */
static inline void fetch_next(const int8_t *const *row, uint32_t begin, uint32_t columns)
{
	const uint32_t left = columns - begin;
	const uint32_t end = left > TAUT_DENSE_COLUMNS ? begin + TAUT_DENSE_COLUMNS : columns;

	for (uint32_t r = 0; r < TILE_ROWS; r++)
		for (uint32_t c = begin; c < end; c += 64)
			prefetch(row[r] + c);
}

/* S of a block from the bytes: chunks of columns whose bytes stay in the nearest cache. */
static void sums_by_dots(taut_cpu_dense_group *g, uint32_t block)
{
	const taut_cpu_dense *const d = g->data;
	const uvec_32 *const        bytes = (const uvec_32 *)g->bytes;
	uvec_32 *const              sums = (uvec_32 *)g->sums;
	const uint32_t              columns = d->blocks * TAUT_DENSE_BLOCK;
	const uint32_t              first = block * TAUT_DENSE_BLOCK;

	memset(sums, 0, TAUT_DENSE_BLOCK * TAUT_LANES * sizeof *g->sums);
	for (uint32_t p = 0; p < d->planes; p++)
		for (uint32_t c = 0; c < columns; c += TAUT_DENSE_COLUMNS) {
			const uint32_t end =
				columns - c > TAUT_DENSE_COLUMNS ? c + TAUT_DENSE_COLUMNS : columns;

			for (uint32_t r = 0; r < TAUT_DENSE_BLOCK && first + r < d->n;
			     r += TILE_ROWS) {
				const int8_t *row[TILE_ROWS];

				for (uint32_t k = 0; k < TILE_ROWS; k++) {
					const uint32_t i = first + r + k;

					row[k] =
						d->plane[p] + (i < d->n ? i : d->n - 1) * d->stride;
				}
				fetch_next(row, end, columns);
				for (uint32_t v = 0; v < COUNT_32; v += TILE_LANES)
					dots_tile(sums + r * COUNT_32 + v, row, bytes + v, c, end,
					          p * TAUT_DENSE_DIGIT);
			}
		}
}

/* S of a block by population count: with the signs m of the entries that are not 0,
 * sum_j entry_j x_j = unit (number of x_j differing from m_j - number of m_j). */
static void sums_by_counts(taut_cpu_dense_group *g, uint32_t block)
{
	const taut_cpu_dense *const d = g->data;
	const uvec_64 *const        packed = (const uvec_64 *)g->packed;
	enum { PART = COUNT_64 < 8 ? COUNT_64 : 8 };

	for (uint32_t k = 0; k < TAUT_DENSE_BLOCK && block * TAUT_DENSE_BLOCK + k < d->n; k++) {
		const size_t          i = block * TAUT_DENSE_BLOCK + k;
		const uint64_t *const row = d->bits + i * d->blocks * 2;
		uint64_t              total[TAUT_LANES] TAUT_ALIGNED(64) = {0};

		for (uint32_t v = 0; v < COUNT_64; v += PART)
			for (uint32_t w = 0; w < d->blocks;) {
				const uint32_t end =
					d->blocks - w > COUNTS ? w + COUNTS : d->blocks;
				uvec_64 counts[PART] = {{0}};

				for (; w < end; w++)
					for (uint32_t u = 0; u < PART; u++)
						counts[u] += counts_of(
							(packed[(size_t)w * COUNT_64 + v + u] ^
						         row[2 * w]) &
							row[2 * w + 1]);
				for (uint32_t u = 0; u < PART; u++)
					((uvec_64 *)total)[v + u] += counts_total(counts[u]);
			}
		for (uint32_t l = 0; l < TAUT_LANES; l++)
			g->sums[k * TAUT_LANES + l] =
				((int32_t)total[l] - d->negative[i]) * d->unit;
	}
}

static inline void sums_from_spins(taut_cpu_dense_group *g, uint32_t block)
{
	if (g->data->bits)
		sums_by_counts(g, block);
	else
		sums_by_dots(g, block);
}

/* Adds to the 16-bit columns of `tiles` blocks, or subtracts, a list of rows; of 8 bits where that
 * many fit. */
static inline void list_rows(uvec_16 *sum, const int8_t *base, size_t stride, const uint8_t *list,
                             uint32_t count, uint32_t rows_8, bool add, uint32_t tiles)
{
	for (uint32_t e = 0; rows_8 > 1 && e < count;) {
		const uint32_t end = count - e > rows_8 ? e + rows_8 : count;
		uvec_8         small[TILE_BLOCKS * COLUMNS_8];

		for (uint32_t v = 0; v < tiles * COLUMNS_8; v++)
			small[v] = (uvec_8){0};
		for (; e < end; e++) {
			const uvec_8 *const row = (const uvec_8 *)(base + list[e] * stride);

			for (uint32_t v = 0; v < tiles * COLUMNS_8; v++)
				small[v] += row[v];
		}
		for (uint32_t v = 0; v < tiles * COLUMNS_16; v++) {
			const uvec_16 wide = widen_8((const int8_t *)small, v);

			sum[v] = add ? sum[v] + wide : sum[v] - wide;
		}
	}
	for (uint32_t e = 0; rows_8 <= 1 && e < count; e++) {
		const int8_t *const row = base + list[e] * stride;

		for (uint32_t v = 0; v < tiles * COLUMNS_16; v++) {
			const uvec_16 wide = widen_8(row, v);

			sum[v] = add ? sum[v] + wide : sum[v] - wide;
		}
	}
}

/* to = from + the rows of the variables flipped in a span, in a lane's columns of `tiles` blocks
 * from `column` on; blocks of to and from lie `apart`. Entries of magnitude 127 at most: all rows
 * of a span fit 16 bits. */
static inline void add_flipped(int32_t *to, const int32_t *from, size_t apart,
                               const taut_cpu_dense_group *g, uint32_t lane, size_t span,
                               size_t column, uint32_t tiles)
{
	const taut_cpu_dense *const d = g->data;
	const size_t                at = span * TAUT_DENSE_SPAN * d->stride + column;

	for (uint32_t p = 0; p < d->planes; p++) {
		uvec_16 sum[TILE_BLOCKS * COLUMNS_16];

		for (uint32_t v = 0; v < tiles * COLUMNS_16; v++)
			sum[v] = (uvec_16){0};

		list_rows(sum, d->plane[p] + at, d->stride, g->flipped[lane][1],
		          g->n_flipped[lane][1], d->rows_8, true, tiles);
		list_rows(sum, d->plane[p] + at, d->stride, g->flipped[lane][0],
		          g->n_flipped[lane][0], d->rows_8, false, tiles);
		for (uint32_t v = 0; v < tiles * COUNT_32; v++) {
			const size_t at_v = v / COUNT_32 * apart + v % COUNT_32 * WIDTH_32;

			*(uvec_32 *)(to + at_v) = *(const uvec_32 *)((p ? to : from) + at_v) +
			                          (widen_16(sum, v) << (p * TAUT_DENSE_DIGIT));
		}
	}
}

static inline int32_t *kept_at(const taut_cpu_dense_group *g, uint32_t block, uint32_t lane)
{
	return g->kept + ((size_t)block * TAUT_LANES + lane) * TAUT_DENSE_BLOCK;
}

/* S of a block from the sums kept. */
static void sums_from_kept(taut_cpu_dense_group *g, uint32_t block)
{
	for (uint32_t l = 0; l < g->lanes; l++)
		add_flipped(g->turned + (size_t)l * TAUT_DENSE_BLOCK, kept_at(g, block, l), 0, g, l,
		            block / SPAN_BLOCKS, (size_t)block * TAUT_DENSE_BLOCK, 1);
	transpose_32(g->sums, g->turned);
}

/* Asks for the next chunk of the rows that any lane has flipped. */
static void fetch_rows(const taut_cpu_dense_group *g, size_t span, uint32_t block)
{
	const taut_cpu_dense *const d = g->data;
	const uint32_t              left = d->blocks - block;
	const size_t lines = left < CHUNK_BLOCKS ? left : CHUNK_BLOCKS; /* a block is a line */

	for (uint32_t p = 0; p < d->planes; p++)
		for (uint32_t w = 0; w < SPAN_BLOCKS; w++)
			for (uint64_t bits = g->touched[w]; bits; bits &= bits - 1) {
				const size_t i = span * TAUT_DENSE_SPAN + w * TAUT_DENSE_BLOCK +
				                 (size_t)__builtin_ctzll(bits);
				const int8_t *const row = d->plane[p] + i * d->stride +
				                          (size_t)block * TAUT_DENSE_BLOCK;

				for (size_t k = 0; k < lines; k++)
					prefetch(row + k * TAUT_DENSE_BLOCK);
			}
}

/* At the end of a span its flips go into the sums kept. */
static void spread_span(taut_cpu_dense_group *g, uint32_t span)
{
	const uint32_t blocks = g->data->blocks;
	const size_t   apart = (size_t)TAUT_LANES * TAUT_DENSE_BLOCK;

	for (uint32_t c = 0; c < blocks; c += CHUNK_BLOCKS) {
		const uint32_t end = blocks - c > CHUNK_BLOCKS ? c + CHUNK_BLOCKS : blocks;

		if (end < blocks)
			fetch_rows(g, span, end);
		for (uint32_t l = 0; l < g->lanes; l++) {
			uint32_t b = c;

			if (g->n_flipped[l][0] + g->n_flipped[l][1] == 0)
				continue;
			for (; end - b >= TILE_BLOCKS; b += TILE_BLOCKS)
				add_flipped(kept_at(g, b, l), kept_at(g, b, l), apart, g, l, span,
				            (size_t)b * TAUT_DENSE_BLOCK, TILE_BLOCKS);
			for (; b < end; b++)
				add_flipped(kept_at(g, b, l), kept_at(g, b, l), 0, g, l, span,
				            (size_t)b * TAUT_DENSE_BLOCK, 1);
		}
	}
	memset(g->n_flipped, 0, TAUT_LANES * sizeof *g->n_flipped);
	memset(g->touched, 0, sizeof g->touched);
}

static void dense_keep_sums(taut_cpu_dense_group *g)
{
	for (uint32_t b = 0; b < g->data->blocks; b++) {
		sums_from_spins(g, b);
		transpose_32(kept_at(g, b, 0), g->sums);
	}
}

/* E = sum_i x_i (c_i + (factor S_i) / 2). */
static void dense_measure(taut_cpu_dense_group *g)
{
	const taut_cpu_dense *const d = g->data;

	for (uint32_t l = 0; l < g->lanes; l++) {
		int64_t twice = 0;

		for (uint32_t i = 0; i < d->n; i++) {
			const uint32_t b = i / TAUT_DENSE_BLOCK;
			const int64_t  s = kept_at(g, b, l)[i % TAUT_DENSE_BLOCK];

			if (g->spins[i] >> l & 1)
				twice += 2 * (int64_t)d->linear[i] + d->factor * s;
		}
		g->energy[l] = twice / 2;
	}
}

static void dense_start(taut_cpu_dense_group *g)
{
	const uint32_t blocks = g->data->blocks;

	for (uint32_t b = 0; b < blocks; b++) {
		uint64_t *const word = g->packed + (size_t)b * TAUT_LANES;

		memcpy(word, g->spins + (size_t)b * TAUT_DENSE_BLOCK, 64 * sizeof *word);
		taut_transpose_64(word);
	}
	for (size_t i = 0; g->bytes && i < (size_t)blocks * TAUT_DENSE_BLOCK; i++)
		for (size_t l = 0; l < TAUT_LANES; l++)
			g->bytes[(i / 4 * TAUT_LANES + l) * 4 + i % 4] = g->spins[i] >> l & 1;
	dense_keep_sums(g);
	dense_measure(g);
	g->cold = true;
}

/* The block's flips into the other forms of the spins, or the lists of its span. */
static inline void follow_flips(taut_cpu_dense_group *g, uint32_t block)
{
	const uint32_t  place = block % SPAN_BLOCKS * TAUT_DENSE_BLOCK;
	uint64_t *const packed = g->packed + (size_t)block * TAUT_LANES;
	uint64_t        word[64];

	memcpy(word, g->spins + (size_t)block * TAUT_DENSE_BLOCK, sizeof word);
	taut_transpose_64(word);
	for (uint32_t l = 0; g->cold && l < g->lanes; l++)
		for (uint64_t left = word[l] ^ packed[l]; left; left &= left - 1) {
			const uint32_t k = (uint32_t)__builtin_ctzll(left);
			const uint64_t to = word[l] >> k & 1;

			g->flipped[l][to][g->n_flipped[l][to]++] = (uint8_t)(place + k);
			g->touched[block % SPAN_BLOCKS] |= (uint64_t)1 << k;
		}
	memcpy(packed, word, sizeof word);
	if (g->bytes) {
		uvec_8 *const bytes =
			(uvec_8 *)(g->bytes + (size_t)block * TAUT_DENSE_BLOCK * TAUT_LANES);
		const uvec_8 *const moved = (const uvec_8 *)g->moved;

		for (uint32_t k = 0; k < TAUT_DENSE_BLOCK * TAUT_LANES / VECTOR_BYTES; k++)
			bytes[k] += moved[k] - 1;
	}
}

static inline uint32_t sweep_blocks(taut_cpu_dense_group *g, uint32_t generator, const rules *by)
{
	const uint32_t blocks = g->data->blocks;
	uint32_t       x = generator;

	g->flips = 0;
	for (uint32_t b = 0; b < blocks; b++) {
		if (g->cold)
			sums_from_kept(g, b);
		else
			sums_from_spins(g, b);
		x = visit_block(g, b, x, by);
		follow_flips(g, b);
		if (g->cold && (b % SPAN_BLOCKS == SPAN_BLOCKS - 1 || b + 1 == blocks))
			spread_span(g, b / SPAN_BLOCKS);
	}
	return x;
}

static inline uint32_t dense_sweep(taut_cpu_dense_group *g, uint32_t generator,
                                   const taut_temperature *t, uint32_t width, bool heat)
{
	taut_temperature all[TAUT_LANES];
	rules            by = {.heat = heat};

	for (uint32_t l = 0; l < TAUT_LANES; l++)
		all[l] = t[width == 1 ? 0 : l];
	taut_cpu_scales_of(&by.scales, all, heat ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS);
	return sweep_blocks(g, generator, &by);
}

static inline uint32_t dense_sweep_rings(taut_cpu_dense_group *g, uint32_t generator,
                                         taut_temperature t, int64_t jq, uint32_t ring, bool heat)
{
	const taut_cpu_rings r =
		taut_cpu_rings_of(t, jq, ring, heat ? TAUT_RULE_HEATBATH : TAUT_RULE_METROPOLIS);
	const rules by = {.heat = heat, .rings = &r};

	return sweep_blocks(g, generator, &by);
}

static uint32_t dense_metropolis(taut_cpu_dense_group *g, uint32_t generator,
                                 const taut_temperature *t, uint32_t width)
{
	return dense_sweep(g, generator, t, width, false);
}

static uint32_t dense_heatbath(taut_cpu_dense_group *g, uint32_t generator,
                               const taut_temperature *t, uint32_t width)
{
	return dense_sweep(g, generator, t, width, true);
}

static uint32_t dense_metropolis_rings(taut_cpu_dense_group *g, uint32_t generator,
                                       taut_temperature t, int64_t jq, uint32_t ring)
{
	return dense_sweep_rings(g, generator, t, jq, ring, false);
}

static uint32_t dense_heatbath_rings(taut_cpu_dense_group *g, uint32_t generator,
                                     taut_temperature t, int64_t jq, uint32_t ring)
{
	return dense_sweep_rings(g, generator, t, jq, ring, true);
}
