/* The visits of a block of variables (dense.h), S of which is in sums: included by dense_body.h. */
#include <string.h>

#include "backend/cpu/dense.h"
#include "backend/cpu/dense_lanes.h"
#include "backend/cpu/rings.h"
#include "backend/cpu/tempered.h"

/* Four entries of a row. */
static inline int32_t four_entries(const int8_t *row)
{
	int32_t four;

	memcpy(&four, row, sizeof four);
	return four;
}

/* Adds to S at the block's start what the block's flips have changed in row i, variable k of the
 * block. With u = 1 + change of x that is sum_j entry_j u_j - sum_j entry_j over the fours visited.
 */
static inline void follow_block(uvec_32 *sum, const taut_cpu_dense *d, const uvec_32 *moved,
                                size_t i, uint32_t k)
{
	for (uint32_t v = 0; v < COUNT_32; v++)
		sum[v] -= (uint32_t)d->own[i];
	for (uint32_t p = 0; p < d->planes; p++) {
		const int8_t  *row = d->near[p] + i * TAUT_DENSE_BLOCK;
		const uvec_32 *u = moved;
		dots           part[COUNT_32] = {{0}};

		for (const uvec_32 *end = moved + k / 4 * COUNT_32; u <= end;
		     u += COUNT_32, row += 4)
			for (uint32_t v = 0; v < COUNT_32; v++)
				part[v] = dots_add(part[v], u[v], four_entries(row));
		for (uint32_t v = 0; v < COUNT_32; v++)
			sum[v] += dots_total(part[v]) << (p * TAUT_DENSE_DIGIT);
	}
}

/* Changes of the energy from sums. */
static inline void changes_of(uvec_32 *sum, const taut_cpu_dense *d, size_t i, uint64_t spin)
{
	for (uint32_t v = 0; v < COUNT_32; v++) {
		const uvec_32 one = (uvec_32)expand_32(spin, v);

		if (d->factor != 1)
			sum[v] *= (uint32_t)d->factor;
		sum[v] += (uint32_t)d->linear[i];
		sum[v] = (sum[v] ^ one) - one;
	}
}

/* The lanes that accept them, each at its own temperature. */
static inline uint64_t decide(const uvec_32 *change, const taut_cpu_scales *scales,
                              const uint16_t *draw, bool heat)
{
	uint64_t flips = 0;

	for (uint32_t v = 0; v < COUNT_32; v++) {
		const uint16_t *const own = draw + v * WIDTH_32;
		const vec_32          threshold =
                        heat ? tempered_heatbath(widen_signed((const int16_t *)own), scales, v)
				      : tempered_metropolis(widen_unsigned(own), scales, v);

		flips |= accepted_32((vec_32)change[v], threshold) << (v * WIDTH_32);
	}
	return flips;
}

/* The same of slices of rings. */
static inline uint64_t decide_rings(const uvec_32 *change, const taut_cpu_rings *r, uint64_t spin,
                                    const uint16_t *draw, bool heat)
{
	taut_cpu_thirds would = {0, 0, 0};

	if (r->fits) {
		for (uint32_t v = 0; v < COUNT_32; v++) {
			const uint16_t *const own = draw + v * WIDTH_32;

			if (heat)
				heatbath_offer(&would, (vec_32)change[v], own, r, v);
			else
				metropolis_offer(&would, (vec_32)change[v], own, r, v);
		}
	} else {
		int32_t e[TAUT_LANES];

		for (uint32_t l = 0; l < TAUT_LANES; l++)
			e[l] = heat ? 2 * (int32_t)((const int16_t *)draw)[l] : draw[l];
		would = taut_cpu_rings_exact(r, (const int32_t *)change, e);
	}
	return taut_cpu_rings_flip(r, spin, &would);
}

static void add_energy(int64_t *energy, uvec_32 *changes)
{
	const int32_t *const change = (const int32_t *)changes;

	for (uint32_t l = 0; l < TAUT_LANES; l++)
		energy[l] += change[l];
	memset(changes, 0, TAUT_LANES * sizeof *change);
}

/* How the lanes of a sweep decide: by scales, or by rings where there are some. */
typedef struct {
	bool                  heat;
	const taut_cpu_rings *rings;
	taut_cpu_scales       scales;
} rules;

static inline uint32_t visit_block(taut_cpu_dense_group *g, uint32_t block, uint32_t generator,
                                   const rules *by)
{
	const taut_cpu_dense *const d = g->data;
	const uint16_t *const       noise = g->noise;
	const uvec_32 *const        sums = (const uvec_32 *)g->sums;
	const uint64_t              active = g->active;
	const size_t                first = (size_t)block * TAUT_DENSE_BLOCK;
	const uint32_t              count =
                d->n - first < TAUT_DENSE_BLOCK ? (uint32_t)(d->n - first) : TAUT_DENSE_BLOCK;
	uint64_t *const spins = g->spins + first;
	uvec_32 *const  moved = (uvec_32 *)g->moved;
	uvec_32         changes[COUNT_32] = {{0}};
	uint32_t        x = generator;
	uint64_t        n_flips = 0;

	memset(moved, 1, TAUT_DENSE_BLOCK * TAUT_LANES);
	for (uint32_t k = 0; k < count; k++) {
		/* a byte within the four of k: 1 + 1 or 1 - 1, without carry */
		const uvec_32   up = (uvec_32){0} + (1u << (8 * (k % 4)));
		const uint64_t  spin = spins[k];
		uvec_32 *const  u = moved + k / 4 * COUNT_32;
		uvec_32         change[COUNT_32];
		const uint16_t *draw;
		uint64_t        flips;

		x = taut_machine_advance(x);
		draw = noise + rotated(taut_machine_bits(x));
		for (uint32_t v = 0; v < COUNT_32; v++)
			change[v] = sums[k * COUNT_32 + v];
		follow_block(change, d, moved, first + k, k);
		changes_of(change, d, first + k, spin);
		flips = by->rings ? decide_rings(change, by->rings, spin, draw, by->heat)
		                  : decide(change, &by->scales, draw, by->heat);
		flips &= active;
		for (uint32_t v = 0; v < COUNT_32; v++) {
			u[v] = add_where(u[v], flips & ~spin, v, up);
			u[v] = add_where(u[v], flips & spin, v, -up);
			changes[v] = add_where(changes[v], flips, v, change[v]);
		}
		spins[k] = spin ^ flips;
		n_flips += (uint64_t)__builtin_popcountll(flips);
		if (((k + 1) & (d->changes - 1)) == 0)
			add_energy(g->energy, changes);
	}
	add_energy(g->energy, changes);
	g->flips += n_flips;
	return x;
}
