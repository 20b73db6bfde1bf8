/*
 * taut_anneal: visits in index order. A tile's steps gather one word each; the last step of a row
 * decides its variable in every lane.
 */
#ifndef TAUT_HLS_KERNEL_ANNEAL_SWEEP_H
#define TAUT_HLS_KERNEL_ANNEAL_SWEEP_H

#include "hls/kernel/anneal_gather.h"

/* One group's visit. */
typedef struct {
	uint32_t change[TAUT_KERNEL_LANES]; /* D modulo 2^32 */
	int32_t  draw[TAUT_KERNEL_LANES];
} visit;

static void taut_anneal_begin(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint64_t sweep)
{
	taut_anneal_row *row = &chip->row;

	row->t = 0;
	row->step = 0;
	row->words = chip->words[0];
begin_ahead:
	for (uint32_t k = 0; k < TAUT_ANNEAL_AHEAD; k++) {
		TAUT_PIPELINE(1)
		row->ahead[k] = chip->words[k + 1];
	}
begin_window:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		row->late[k] = 0;
	}
begin_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_UNROLL
		row->generator[g] = taut_machine_reseed(plan->seed, plan->group + g, sweep);
	begin_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			row->sum[g][l] = 0;
		}
	}
}

/* The group's next row of noise, one draw a lane. */
static void next_draws(int32_t draw[TAUT_KERNEL_LANES], taut_anneal_chip *chip, uint32_t rule,
                       uint32_t g)
{
	const uint32_t x = taut_machine_advance(chip->row.generator[g]);
	const uint32_t bits = taut_machine_bits(x);

	TAUT_INLINE
	chip->row.generator[g] = x;
draw_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint16_t e = chip->pool[bits >> 6][(l + bits) & 63];

		draw[l] = rule == TAUT_RULE_HEATBATH ? 2 * (int32_t)(int16_t)e : (int32_t)e;
	}
}

/* D of every lane: the gathered sum, then the window's variables as they were decided, the latest
 * last. */
static void changes(visit *v, const taut_anneal_chip *chip, const taut_anneal_plan *plan,
                    uint32_t g)
{
	const uint32_t factor = (uint32_t)plan->factor;
	const uint32_t linear = (uint32_t)chip->linear[chip->row.t];
	const uint64_t x = chip->spins[g][chip->row.t];

	TAUT_INLINE
change_sums:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		v->change[l] = linear + factor * chip->row.sum[g][l];
	}
change_window:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		const uint32_t late = factor * chip->row.late[k];

		if (late == 0)
			continue;
	change_late:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			v->change[l] += late & (0u - (uint32_t)((chip->row.recent[k][g] >> l) & 1));
		}
	}
change_signs:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		v->change[l] = ((x >> l) & 1) ? 0u - v->change[l] : v->change[l];
	}
}

/* Bit l: whether lane l accepts. same: [0] and [1] bit l, whether lane l equals its neighbours in
 * the ring; jq is 0 but for sqa. */
static uint64_t accepts(const visit *v, const taut_temperature t[TAUT_KERNEL_LANES], int64_t jq,
                        uint64_t same_before, uint64_t same_after)
{
	uint64_t accepted = 0;

	TAUT_INLINE
accept_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const int c =
			2 * ((int)((same_before >> l) & 1) + (int)((same_after >> l) & 1)) - 2;
		const int64_t jq_c = c > 0 ? 2 * jq : c < 0 ? -2 * jq : 0;

		accepted |= (uint64_t)((int32_t)v->change[l] <=
		                       taut_machine_threshold(v->draw[l], t[l], jq_c))
		            << l;
	}
	return accepted;
}

/* Lanes that flip. sqa: the even lanes move before the odd ones look. */
static uint64_t flips(const visit *v, const taut_anneal_chip *chip, const taut_anneal_plan *plan,
                      uint32_t g, uint64_t x)
{
	const uint64_t even = 0x5555555555555555u;
	const uint32_t ring = plan->ring;
	uint64_t       first = 0; /* bit l: lane l is the first of its ring */
	uint64_t       flipped = 0;

	TAUT_INLINE
	if (plan->mode != TAUT_MODE_SQA)
		return accepts(v, chip->temperature[g], 0, 0, 0);
ring_firsts:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		first |= (uint64_t)((l & (ring - 1)) == 0) << l;
	}
ring_halves:
	for (uint32_t h = 0; h < 2; h++) {
		TAUT_UNROLL
		const uint64_t now = x ^ flipped;
		const uint64_t last = first << (ring - 1);
		const uint64_t before = ((now << 1) & ~first) | ((now & last) >> (ring - 1));
		const uint64_t after = ((now >> 1) & ~last) | ((now & first) << (ring - 1));

		flipped |= accepts(v, chip->temperature[g], chip->jq, ~(now ^ before),
		                   ~(now ^ after)) &
		           (h ? ~even : even);
	}
	return flipped;
}

/* Variable i's spins to memory. */
static void commit(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t i, uint32_t g,
                   uint64_t x)
{
	TAUT_INLINE
	chip->spins[g][i] = x;
	if (plan->kind == TAUT_KIND_SPARSE)
		return;
commit_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint32_t before = (i & 31) ? chip->own[g][l] : chip->halves[g][i >> 5][l];
		const uint32_t bit = (uint32_t)((x >> l) & 1);

		chip->own[g][l] = (before & ~((uint32_t)1 << (i & 31))) | (bit << (i & 31));
		chip->halves[g][i >> 5][l] = chip->own[g][l];
	}
}

static void decide_group(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t g)
{
	const uint32_t t = chip->row.t;
	const uint64_t x = chip->spins[g][t];
	visit          v;
	uint64_t       flipped;

	TAUT_INLINE
	TAUT_PARTITION(v.change, 1)
	TAUT_PARTITION(v.draw, 1)
	next_draws(v.draw, chip, plan->rule, g);
	changes(&v, chip, plan, g);
	flipped = flips(&v, chip, plan, g, x);
decide_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		chip->energy[g][l] += ((flipped >> l) & 1) ? (int32_t)v.change[l] : 0;
		chip->moves += (flipped >> l) & 1;
	}
#if defined TAUT_ANNEAL_LATE
	/* For tests: as late as the window allows, so that a read of what is not there yet shows.
	 */
	if (t >= TAUT_KERNEL_WINDOW)
		commit(chip, plan, t - TAUT_KERNEL_WINDOW, g, chip->row.recent[0][g]);
#else
	commit(chip, plan, t, g, x ^ flipped);
#endif
decide_recent:
	for (uint32_t k = 0; k + 1 < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		chip->row.recent[k][g] = chip->row.recent[k + 1][g];
	}
	chip->row.recent[TAUT_KERNEL_WINDOW - 1][g] = x ^ flipped;
decide_clear:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		chip->row.sum[g][l] = 0;
	}
}

static void next_row(taut_anneal_chip *chip)
{
	taut_anneal_row *row = &chip->row;
	const uint32_t   far = row->t + TAUT_ANNEAL_AHEAD + 1;

	TAUT_INLINE
	row->t++;
	row->step = 0;
	row->words = row->ahead[0];
row_ahead:
	for (uint32_t k = 0; k + 1 < TAUT_ANNEAL_AHEAD; k++) {
		TAUT_UNROLL
		row->ahead[k] = row->ahead[k + 1];
	}
	row->ahead[TAUT_ANNEAL_AHEAD - 1] = far < TAUT_KERNEL_VARIABLES ? chip->words[far] : 0;
row_window:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		row->late[k] = 0;
	}
}

static void taut_anneal_tile(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                             const taut_word tile[TAUT_ANNEAL_TILE], uint32_t number)
{
	const uint32_t left = plan->words - number * TAUT_ANNEAL_TILE;
	const int      last = left <= TAUT_ANNEAL_TILE;
	const uint32_t count = last ? left : TAUT_ANNEAL_TILE;
	uint32_t       used = 0;

tile_steps:
	for (uint32_t step = 0; step < TAUT_ANNEAL_STEPS_MAX; step++) {
		TAUT_PIPELINE(1)
		TAUT_TRIP(1, TAUT_ANNEAL_TILE)
		TAUT_DEPENDENCE_DISTANCE(chip->spins, TAUT_ANNEAL_DISTANCE)
		TAUT_DEPENDENCE_DISTANCE(chip->halves, TAUT_ANNEAL_DISTANCE)
		TAUT_DEPENDENCE_DISTANCE(chip->row.recent, TAUT_ANNEAL_STEPS)
		if (chip->row.t >= plan->n || (used == count && !last))
			break;
		if (chip->row.step < chip->row.words && used < count) {
			taut_anneal_gather(chip, plan, &tile[used], chip->row.step);
			used++;
		}
		chip->row.step++;
		if (chip->row.step < chip->row.words || chip->row.step < TAUT_ANNEAL_STEPS)
			continue;
	decide_groups:
		for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
			TAUT_UNROLL
			if (g < plan->groups)
				decide_group(chip, plan, g);
		}
		next_row(chip);
	}
}

#if defined TAUT_ANNEAL_LATE
static void commit_rest(taut_anneal_chip *chip, const taut_anneal_plan *plan)
{
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++)
		for (uint32_t g = 0; g < plan->groups; g++)
			if (plan->n + k >= TAUT_KERNEL_WINDOW)
				commit(chip, plan, plan->n + k - TAUT_KERNEL_WINDOW, g,
				       chip->row.recent[k][g]);
}
#endif

/* One ladder after a sweep: rungs move, states stay. */
static void exchange_ladder(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t g,
                            uint32_t first, uint32_t odd, const int32_t draw[TAUT_KERNEL_LANES])
{
	uint32_t at[TAUT_LANES]; /* lane of each rung */

	TAUT_PARTITION(at, 1)
ladder_lanes:
	for (uint32_t k = 0; k < TAUT_KERNEL_LANES; k++) {
		TAUT_PIPELINE(1)
		if (k >= plan->rungs)
			break;
		at[chip->rung[g][first + k] & (TAUT_LANES - 1)] = first + k;
	}
ladder_pairs:
	for (uint32_t k = odd; k + 1 < TAUT_KERNEL_LANES; k += 2) {
		TAUT_PIPELINE(1)
		if (k + 1 >= plan->rungs)
			break;
		if (taut_machine_exchange(chip->exchange[k], plan->fraction, chip->energy[g][at[k]],
		                          chip->energy[g][at[k + 1]], draw[first + k])) {
			chip->rung[g][at[k]] = (uint8_t)(k + 1);
			chip->rung[g][at[k + 1]] = (uint8_t)k;
			chip->pairs[g][first + k]++;
		}
	}
}

static void exchange_rungs(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint64_t sweep)
{
exchange_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_PIPELINE_OFF
		int32_t draw[TAUT_KERNEL_LANES];

		TAUT_PARTITION(draw, 1)
		if (g >= plan->groups)
			break;
		next_draws(draw, chip, plan->rule, g);
	exchange_ladders:
		for (uint32_t first = 0; first + plan->rungs <= TAUT_KERNEL_LANES;
		     first += plan->rungs) {
			TAUT_PIPELINE_OFF
			TAUT_TRIP(1, TAUT_KERNEL_LANES / 2)
			exchange_ladder(chip, plan, g, first, (uint32_t)sweep & 1, draw);
		}
	}
}

static void keep_best(taut_anneal_chip *chip, const taut_anneal_plan *plan)
{
	uint64_t better[TAUT_KERNEL_GROUPS];
	uint64_t any = 0;

	TAUT_PARTITION(better, 1)
best_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_UNROLL
		better[g] = 0;
	best_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			if (g < plan->groups && chip->energy[g][l] < chip->best_energy[g][l]) {
				chip->best_energy[g][l] = chip->energy[g][l];
				better[g] |= (uint64_t)1 << l;
			}
		}
		any |= better[g];
	}
	if (any == 0)
		return;
best_rows:
	for (uint32_t i = 0; i < (plan->n + 7) >> 3; i++) {
		TAUT_PIPELINE(1)
		TAUT_TRIP(1, TAUT_KERNEL_VARIABLES / 8)
	best_copies:
		for (uint32_t k = 0; k < 8 * TAUT_KERNEL_GROUPS; k++) {
			TAUT_UNROLL
			const uint32_t g = k >> 3;
			const uint32_t at = 8 * i + (k & 7);

			chip->best[g][at] =
				(chip->best[g][at] & ~better[g]) | (chip->spins[g][at] & better[g]);
		}
	}
}

static void taut_anneal_end(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint64_t sweep)
{
#if defined TAUT_ANNEAL_LATE
	commit_rest(chip, plan);
#endif
	if (plan->mode == TAUT_MODE_PT)
		exchange_rungs(chip, plan, sweep);
	if (sweep >= plan->track || sweep + 1 == plan->count)
		keep_best(chip, plan);
}

#endif
