/*
 * taut_anneal: visits in index order. A step gathers one word of a row for some of the groups, and
 * decides the variable of the row before in every lane of one group.
 */
#ifndef TAUT_HLS_KERNEL_ANNEAL_SWEEP_H
#define TAUT_HLS_KERNEL_ANNEAL_SWEEP_H

#include "hls/kernel/anneal_gather.h"

#define EVEN_LANES 0x5555555555555555u

/* One group's visit. */
typedef struct {
	uint32_t change[TAUT_KERNEL_LANES]; /* D modulo 2^32 */
	int32_t  draw[TAUT_KERNEL_LANES];
} visit;

static void clear_row(taut_anneal_row *row)
{
	TAUT_INLINE
	row->step = 0;
	row->at = 0;
	row->pass = 0;
clear_window:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		row->late[k] = 0;
	}
clear_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_UNROLL
	clear_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			row->sum[g][l] = 0;
		}
	}
}

static void taut_anneal_begin(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint64_t sweep)
{
	clear_row(&chip->row);
	chip->row.t = 0;
	chip->row.words = chip->words[0];
begin_ahead:
	for (uint32_t k = 0; k < TAUT_ANNEAL_AHEAD; k++) {
		TAUT_PIPELINE(1)
		chip->row.ahead[k] = chip->words[k + 1];
	}
begin_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_PIPELINE(1)
		chip->visit.generator[g] = taut_machine_reseed(plan->seed, plan->group + g, sweep);
	}
}

/* The group's next row of noise, turned by its rotation: one draw a lane. */
static void next_draws(int32_t draw[TAUT_KERNEL_LANES], taut_anneal_chip *chip, uint32_t rule,
                       uint32_t g)
{
	const uint32_t x = taut_machine_advance(chip->visit.generator[g]);
	const uint32_t bits = taut_machine_bits(x);
	/* [k] the row twice, turned by the rotation's k highest bits; of use is only what later
	 * turns can reach */
	uint16_t entry[7][2 * TAUT_LANES];

	TAUT_INLINE
	TAUT_PARTITION(entry, 0)
	chip->visit.generator[g] = x;
draw_entries:
	for (uint32_t l = 0; l < 2 * TAUT_LANES; l++) {
		TAUT_UNROLL
		entry[0][l] = chip->pool[bits >> 6][l & (TAUT_LANES - 1)];
	}
draw_turns:
	for (uint32_t k = 0; k < 6; k++) {
		TAUT_UNROLL
		const uint32_t most = (TAUT_LANES / 2) >> k;
		const uint32_t by = bits & most;

	draw_turn:
		for (uint32_t l = 0; l < 2 * TAUT_LANES && l < TAUT_LANES - 1 + most; l++) {
			TAUT_UNROLL
			entry[k + 1][l] = entry[k][l + by];
		}
	}
draw_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint16_t e = entry[6][l];

		draw[l] = rule == TAUT_RULE_HEATBATH ? 2 * (int32_t)(int16_t)e : (int32_t)e;
	}
}

/* D of every lane: the gathered sum, then the window's variables as they were decided, the latest
 * last. */
static void changes(visit *v, const taut_anneal_chip *chip, const taut_anneal_plan *plan,
                    uint32_t g, uint64_t x)
{
	const uint32_t factor = (uint32_t)plan->factor;
	const uint32_t linear = (uint32_t)chip->linear[chip->visit.t];

	TAUT_INLINE
change_sums:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint32_t self = (uint32_t)plan->common & (0u - (uint32_t)((x >> l) & 1));

		v->change[l] = linear + factor * chip->visit.sum[g][l] + chip->ones[g][l] - self;
	}
change_window:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		const uint32_t late = factor * chip->visit.late[k];

		if (late == 0)
			continue;
	change_late:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			v->change[l] +=
				late & (0u - (uint32_t)((chip->visit.recent[k][g] >> l) & 1));
		}
	}
change_signs:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		v->change[l] = ((x >> l) & 1) ? 0u - v->change[l] : v->change[l];
	}
}

static inline int accepts(const visit *v, const taut_anneal_chip *chip, uint32_t g, uint32_t l,
                          int64_t jq_c)
{
	return (int32_t)v->change[l] <=
	       taut_machine_threshold(v->draw[l], chip->temperature[g][l], jq_c);
}

/* Even lanes that accept; jq is 0 but for sqa. same_*: whether a lane equals its neighbour. */
static uint64_t accepts_even(const visit *v, const taut_anneal_chip *chip, uint32_t g,
                             uint64_t same_before, uint64_t same_after)
{
	uint64_t accepted = 0;

	TAUT_INLINE
even_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l += 2) {
		TAUT_UNROLL
		const int     before = (int)((same_before >> l) & 1);
		const int     after = (int)((same_after >> l) & 1);
		const int64_t jq_c = before != after ? 0 : before ? 2 * chip->jq : -2 * chip->jq;

		accepted |= (uint64_t)accepts(v, chip, g, l, jq_c) << l;
	}
	return accepted;
}

/* The same of odd lanes, whose neighbours have just decided: all three answers, then the choice. */
static uint64_t accepts_odd(const visit *v, const taut_anneal_chip *chip, uint32_t g,
                            uint64_t same_before, uint64_t same_after)
{
	uint64_t none = 0;
	uint64_t one = 0;
	uint64_t both = 0;

	TAUT_INLINE
odd_lanes:
	for (uint32_t l = 1; l < TAUT_KERNEL_LANES; l += 2) {
		TAUT_UNROLL
		one |= (uint64_t)accepts(v, chip, g, l, 0) << l;
	}
	if (chip->jq == 0)
		return one;
odd_answers:
	for (uint32_t l = 1; l < TAUT_KERNEL_LANES; l += 2) {
		TAUT_UNROLL
		none |= (uint64_t)accepts(v, chip, g, l, -2 * chip->jq) << l;
		both |= (uint64_t)accepts(v, chip, g, l, 2 * chip->jq) << l;
	}
	return (same_before & same_after & both) | ((same_before ^ same_after) & one) |
	       (~same_before & ~same_after & none);
}

/* Lanes that flip, even ones before odd ones: all the same but for sqa. */
static uint64_t flips(const visit *v, const taut_anneal_chip *chip, const taut_anneal_plan *plan,
                      uint32_t g, uint64_t x)
{
	const uint32_t ring = plan->mode == TAUT_MODE_SQA ? plan->ring : 1;
	uint64_t       first = 0; /* bit l: lane l is the first of its ring */
	uint64_t       last;
	uint64_t       before;
	uint64_t       after;
	uint64_t       even;
	uint64_t       now;

	TAUT_INLINE
ring_firsts:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		first |= (uint64_t)((l & (ring - 1)) == 0) << l;
	}
	last = first << (ring - 1);
	before = ((x << 1) & ~first) | ((x & last) >> (ring - 1));
	after = ((x >> 1) & ~last) | ((x & first) << (ring - 1));
	even = accepts_even(v, chip, g, ~(x ^ before), ~(x ^ after));
	now = x ^ even;
	before = ((now << 1) & ~first) | ((now & last) >> (ring - 1));
	after = ((now >> 1) & ~last) | ((now & first) << (ring - 1));
	return even | accepts_odd(v, chip, g, ~(x ^ before), ~(x ^ after));
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

/* The window moves on by one variable. */
static void remember(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t g, uint64_t x)
{
	const uint32_t t = chip->visit.t;

	TAUT_INLINE
remember_window:
	for (uint32_t k = 0; k + 1 < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		chip->visit.recent[k][g] = chip->visit.recent[k + 1][g];
	}
	chip->visit.recent[TAUT_KERNEL_WINDOW - 1][g] = x;
#if defined TAUT_ANNEAL_LATE
	/* For tests: as late as the window allows, so that a read of what is not there yet shows.
	 */
	if (t + 1 >= TAUT_KERNEL_WINDOW)
		commit(chip, plan, t + 1 - TAUT_KERNEL_WINDOW, g, chip->visit.recent[0][g]);
#else
	commit(chip, plan, t, g, x);
#endif
}

static void decide(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t g)
{
	const uint64_t x = chip->spins[g][chip->visit.t];
	visit          v;
	uint64_t       flipped;

	TAUT_INLINE
	TAUT_PARTITION(v.change, 1)
	TAUT_PARTITION(v.draw, 1)
	next_draws(v.draw, chip, plan->rule, g);
	changes(&v, chip, plan, g, x);
	flipped = flips(&v, chip, plan, g, x);
	remember(chip, plan, g, x ^ flipped);
	chip->moves +=
		taut_anneal_count((uint32_t)flipped) + taut_anneal_count((uint32_t)(flipped >> 32));
decide_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint32_t turn = 0u - (uint32_t)((flipped >> l) & 1);
		const uint32_t more =
			((x >> l) & 1) ? 0u - (uint32_t)plan->common : (uint32_t)plan->common;

		chip->energy[g][l] += (int32_t)(v.change[l] & turn);
		chip->ones[g][l] += more & turn;
	}
}

/* The gathered row goes on to be decided. */
static void next_row(taut_anneal_chip *chip)
{
	const uint32_t far = chip->row.t + TAUT_ANNEAL_AHEAD + 1;

	TAUT_INLINE
	chip->visit.t = chip->row.t;
visit_window:
	for (uint32_t k = 0; k < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		chip->visit.late[k] = chip->row.late[k];
	}
visit_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_UNROLL
	visit_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			chip->visit.sum[g][l] = chip->row.sum[g][l];
		}
	}
	clear_row(&chip->row);
	chip->row.t++;
	chip->row.words = chip->row.ahead[0];
next_ahead:
	for (uint32_t k = 0; k + 1 < TAUT_ANNEAL_AHEAD; k++) {
		TAUT_UNROLL
		chip->row.ahead[k] = chip->row.ahead[k + 1];
	}
	chip->row.ahead[TAUT_ANNEAL_AHEAD - 1] = far < TAUT_KERNEL_VARIABLES ? chip->words[far] : 0;
}

static void taut_anneal_tile(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                             const taut_word tile[TAUT_ANNEAL_TILE], uint32_t number)
{
	const uint32_t   left = plan->words - number * TAUT_ANNEAL_TILE;
	const int        last = left <= TAUT_ANNEAL_TILE;
	const uint32_t   count = last ? left : TAUT_ANNEAL_TILE;
	taut_anneal_row *row = &chip->row;
	uint32_t         used = 0;

tile_steps:
	for (uint32_t step = 0; step < TAUT_ANNEAL_STEPS_MAX; step++) {
		TAUT_PIPELINE(1)
		TAUT_TRIP(1, 2 * TAUT_ANNEAL_TILE)
		TAUT_DEPENDENCE_DISTANCE(chip->spins, TAUT_ANNEAL_DISTANCE)
		TAUT_DEPENDENCE_DISTANCE(chip->halves, TAUT_ANNEAL_DISTANCE)
		TAUT_DEPENDENCE_DISTANCE(chip->visit.recent, TAUT_ANNEAL_STEPS)
		TAUT_DEPENDENCE_DISTANCE(chip->energy, TAUT_ANNEAL_STEPS)
		TAUT_DEPENDENCE_DISTANCE(chip->ones, TAUT_ANNEAL_STEPS)
		TAUT_DEPENDENCE_DISTANCE(chip->own, TAUT_ANNEAL_STEPS)
		TAUT_DEPENDENCE_DISTANCE(chip->visit.generator, TAUT_ANNEAL_STEPS)
		if (used == count && !last)
			break;
		if (row->t >= plan->n && row->step >= plan->groups)
			break;
		if (row->t > 0 && row->step < plan->groups)
			decide(chip, plan, row->step);
		if (row->t < plan->n && row->at < row->words && used < count) {
			taut_anneal_gather(chip, plan, &tile[used], row->at, row->pass);
			row->pass++;
			if (row->pass == plan->passes) {
				row->pass = 0;
				row->at++;
				used++;
			}
		}
		row->step++;
		if (row->t < plan->n && row->at >= row->words && row->step >= TAUT_ANNEAL_STEPS)
			next_row(chip);
	}
}

#if defined TAUT_ANNEAL_LATE
static void commit_rest(taut_anneal_chip *chip, const taut_anneal_plan *plan)
{
	for (uint32_t k = 1; k < TAUT_KERNEL_WINDOW; k++)
		for (uint32_t g = 0; g < plan->groups; g++)
			if (plan->n + k >= TAUT_KERNEL_WINDOW)
				commit(chip, plan, plan->n + k - TAUT_KERNEL_WINDOW, g,
				       chip->visit.recent[k][g]);
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
		TAUT_PIPELINE(4)
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
		TAUT_PIPELINE(1)
		uint64_t mask = 0;

	best_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			if (g < plan->groups && chip->energy[g][l] < chip->best_energy[g][l]) {
				chip->best_energy[g][l] = chip->energy[g][l];
				mask |= (uint64_t)1 << l;
			}
		}
		better[g] = mask;
		any |= mask;
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
