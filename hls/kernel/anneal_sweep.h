/*
 * taut_anneal: visits in index order. A step gathers a part of a word of a row for some of the
 * groups, and decides the variable of the row before in half the lanes of one group, first the even
 * ones, some steps later the odd ones.
 */
#ifndef TAUT_HLS_KERNEL_ANNEAL_SWEEP_H
#define TAUT_HLS_KERNEL_ANNEAL_SWEEP_H

#include "hls/kernel/anneal_gather.h"

/* Half of a group's visit: lanes 2 k + parity. */
typedef struct {
	uint32_t change[TAUT_ANNEAL_HALF]; /* D modulo 2^32 */
	int32_t  draw[TAUT_ANNEAL_HALF];
} visit;

/* The lanes of a parity. */
static inline uint32_t half_of(uint64_t x, uint32_t parity)
{
	return (uint32_t)(x >> (TAUT_ANNEAL_HALF * parity)) &
	       (uint32_t)(((uint64_t)1 << TAUT_ANNEAL_HALF) - 1);
}

static void clear_row(taut_anneal_row *row)
{
	TAUT_INLINE
	row->step = 0;
	row->at = 0;
	row->part = 0;
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
		chip->visit.generator[g] =
			taut_machine_reseed(plan->launch.seed, plan->launch.group + g, sweep);
	}
}

/* The group's row of noise, the next one for the even lanes, turned by its rotation: draws of lanes
 * 2 k + parity, which are all odd or all even entries of the row. */
static void half_draws(int32_t draw[TAUT_ANNEAL_HALF], taut_anneal_chip *chip, uint32_t rule,
                       uint32_t g, uint32_t parity)
{
	const uint32_t before = chip->visit.generator[g];
	const uint32_t x = parity ? before : taut_machine_advance(before);
	const uint32_t bits = taut_machine_bits(x);
	const uint32_t turn = (bits & 63) + parity;
	/* [k] the entries twice, turned by the rotation's k highest bits; of use is only what later
	 * turns can reach */
	uint16_t entry[6][TAUT_LANES];

	TAUT_INLINE
	TAUT_PARTITION(entry, 0)
	chip->visit.generator[g] = x;
draw_entries:
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		TAUT_UNROLL
		const uint32_t even = 2 * l & (TAUT_LANES - 1);

		entry[0][l] = chip->pool[bits >> 6][even | (turn & 1)];
	}
draw_turns:
	for (uint32_t k = 0; k < 5; k++) {
		TAUT_UNROLL
		const uint32_t most = (TAUT_LANES / 4) >> k;
		const uint32_t by = (turn >> 1) & most;

	draw_turn:
		for (uint32_t l = 0; l < TAUT_LANES && l < TAUT_LANES / 2 - 1 + most; l++) {
			TAUT_UNROLL
			entry[k + 1][l] = entry[k][l + by];
		}
	}
draw_lanes:
	for (uint32_t k = 0; k < TAUT_ANNEAL_HALF; k++) {
		TAUT_UNROLL
		draw[k] = taut_launch_draw(entry[5][k], rule);
	}
}

/* D of every lane: the gathered sum, then the window's variables as they were decided, the latest
 * last. */
static void changes(visit *v, const taut_anneal_chip *chip, const taut_anneal_plan *plan,
                    uint32_t g, uint32_t parity, uint32_t x)
{
	const uint32_t factor = (uint32_t)plan->factor;
	const uint32_t linear = (uint32_t)chip->linear[chip->visit.t];

	TAUT_INLINE
change_sums:
	for (uint32_t k = 0; k < TAUT_ANNEAL_HALF; k++) {
		TAUT_UNROLL
		v->change[k] = linear + factor * chip->visit.sum[g][parity][k];
	}
change_window:
	for (uint32_t w = 0; w < TAUT_KERNEL_WINDOW; w++) {
		TAUT_UNROLL
		const uint32_t late = factor * chip->visit.late[w];
		const uint32_t ones = half_of(chip->visit.recent[w][g], parity);

		if (late == 0)
			continue;
	change_late:
		for (uint32_t k = 0; k < TAUT_ANNEAL_HALF; k++) {
			TAUT_UNROLL
			v->change[k] += late & (0u - ((ones >> k) & 1));
		}
	}
change_signs:
	for (uint32_t k = 0; k < TAUT_ANNEAL_HALF; k++) {
		TAUT_UNROLL
		v->change[k] = ((x >> k) & 1) ? 0u - v->change[k] : v->change[k];
	}
}

/* Lanes that accept. In sqa a lane's neighbours are of the other half: even lane 2 k has odd lanes
 * 2 k - 1 and 2 k + 1, seats k - 1 and k; odd lane 2 k + 1 has seats k and k + 1. Rings close
 * within their seats. */
static uint32_t flips(const visit *v, const taut_anneal_chip *chip, const taut_anneal_plan *plan,
                      uint32_t g, uint32_t parity, uint64_t x)
{
	const uint32_t seats = plan->launch.mode == TAUT_MODE_SQA ? plan->launch.ring >> 1 : 1;
	const uint32_t mine = half_of(x, parity);
	const uint32_t near = half_of(x, parity ^ 1);
	uint32_t       first = 0; /* bit k: the first seat of a ring */
	uint32_t       far;
	uint32_t       flipped = 0;

	TAUT_INLINE
ring_firsts:
	for (uint32_t k = 0; k < TAUT_ANNEAL_HALF; k++) {
		TAUT_UNROLL
		first |= (uint32_t)((k & (seats - 1)) == 0) << k;
	}
	if (parity)
		far = ((near >> 1) & ~(first << (seats - 1))) | ((near & first) << (seats - 1));
	else
		far = ((near << 1) & ~first) | ((near >> (seats - 1)) & first);
flip_lanes:
	for (uint32_t k = 0; k < TAUT_ANNEAL_HALF; k++) {
		TAUT_UNROLL
		const uint32_t unlike = ((mine ^ near) >> k) & 1;
		const uint32_t unlike_far = ((mine ^ far) >> k) & 1;
		const int64_t  jq_c = unlike != unlike_far ? 0
		                      : unlike             ? -2 * chip->jq
		                                           : 2 * chip->jq;
		const int64_t  most =
			taut_machine_threshold(v->draw[k], chip->temperature[g][parity][k], jq_c);

		flipped |= (uint32_t)((int32_t)v->change[k] <= most) << k;
	}
	return flipped;
}

/* Variable i's spins to memory, those of a parity; with the odd ones they are whole. */
static void commit(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t i, uint32_t g,
                   uint32_t parity, uint64_t x)
{
	const uint32_t k = g / TAUT_ANNEAL_PASSES;
	const uint32_t pass = g % TAUT_ANNEAL_PASSES;
	const uint32_t half = half_of(x, parity);

	TAUT_INLINE
	if (parity)
		chip->spins[g][i] = x;
	if (plan->kind == TAUT_KIND_SPARSE)
		return;
commit_lanes:
	for (uint32_t l = 0; l < TAUT_ANNEAL_HALF; l++) {
		TAUT_UNROLL
		const uint32_t seat = TAUT_ANNEAL_HALF * parity + l;
		const uint32_t before =
			(i & 31) ? chip->own[g][parity][l] : chip->next[k][pass][seat];
		const uint32_t bit = (half >> l) & 1;
		const uint32_t now = (before & ~((uint32_t)1 << (i & 31))) | (bit << (i & 31));

		chip->own[g][parity][l] = now;
		chip->blocks[k][(i >> 5) & 1][TAUT_ANNEAL_PAIRS * pass + (i >> 6)][seat] = now;
	}
}

/* The window moves on by one variable. */
static void remember(taut_anneal_chip *chip, uint32_t g, uint64_t x)
{
	TAUT_INLINE
remember_window:
	for (uint32_t k = 0; k + 1 < TAUT_KERNEL_WINDOW; k++) {
		TAUT_UNROLL
		chip->visit.recent[k][g] = chip->visit.recent[k + 1][g];
	}
	chip->visit.recent[TAUT_KERNEL_WINDOW - 1][g] = x;
}

static void decide(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t g,
                   uint32_t parity)
{
	const uint32_t t = chip->visit.t;
	const uint64_t x = parity ? chip->visit.half[g] : chip->spins[g][t];
	visit          v;
	uint32_t       flipped;
	uint64_t       now;

	TAUT_INLINE
	TAUT_PARTITION(v.change, 1)
	TAUT_PARTITION(v.draw, 1)
	half_draws(v.draw, chip, plan->launch.rule, g, parity);
	changes(&v, chip, plan, g, parity, half_of(x, parity));
	flipped = flips(&v, chip, plan, g, parity, x);
	now = x ^ ((uint64_t)flipped << (TAUT_ANNEAL_HALF * parity));
	chip->visit.half[g] = now;
	if (parity)
		remember(chip, g, now);
#if defined TAUT_ANNEAL_LATE
	/* For tests: as late as the window allows, so that a read of what is not there yet shows.
	 */
	if (parity && t + 1 >= TAUT_KERNEL_WINDOW) {
		const uint32_t i = t + 1 - TAUT_KERNEL_WINDOW;

		commit(chip, plan, i, g, 0, chip->visit.recent[0][g]);
		commit(chip, plan, i, g, 1, chip->visit.recent[0][g]);
	}
#else
	commit(chip, plan, t, g, parity, now);
#endif
	chip->moves += taut_anneal_count(flipped);
decide_lanes:
	for (uint32_t k = 0; k < TAUT_ANNEAL_HALF; k++) {
		TAUT_UNROLL
		chip->energy[g][parity][k] += (int32_t)(v.change[k] & (0u - ((flipped >> k) & 1)));
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
			chip->visit.sum[g][l / TAUT_ANNEAL_HALF][l % TAUT_ANNEAL_HALF] =
				chip->row.sum[g][l];
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

/* What step of a row decides: half the lanes of one group, if it is one of the launch. */
static void decide_step(taut_anneal_chip *chip, const taut_anneal_plan *plan)
{
	const uint32_t step = chip->row.step;
	const uint32_t parity = step >= TAUT_ANNEAL_TURN;
	const uint32_t g = parity ? step - TAUT_ANNEAL_TURN : step;

	TAUT_INLINE
	if (g < plan->launch.groups)
		decide(chip, plan, g, parity);
}

/* On to the next pass, part or word; 1 where it is the next word. */
static uint32_t next_part(taut_anneal_row *row, const taut_anneal_plan *plan)
{
	TAUT_INLINE
	row->pass++;
	if (row->pass < plan->passes)
		return 0;
	row->pass = 0;
	row->part++;
	if (row->part < plan->parts)
		return 0;
	row->part = 0;
	row->at++;
	return 1;
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
		TAUT_DEPENDENCE_DISTANCE(chip->blocks, TAUT_ANNEAL_DISTANCE)
		TAUT_DEPENDENCE_DISTANCE(chip->visit.recent, TAUT_ANNEAL_TURN)
		TAUT_DEPENDENCE_DISTANCE(chip->visit.half, TAUT_ANNEAL_TURN)
		TAUT_DEPENDENCE_DISTANCE(chip->energy, TAUT_ANNEAL_STEPS)
		TAUT_DEPENDENCE_DISTANCE(chip->own, TAUT_ANNEAL_STEPS)
		TAUT_DEPENDENCE_DISTANCE(chip->visit.generator, TAUT_ANNEAL_TURN)
		if (used == count && !last)
			break;
		if (row->t >= plan->n && row->step >= TAUT_ANNEAL_TURN + plan->launch.groups)
			break;
		if (row->t > 0)
			decide_step(chip, plan);
		if (row->t < plan->n && row->at < row->words && used < count) {
			taut_anneal_gather(chip, plan, &tile[used]);
			used += next_part(row, plan);
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
		for (uint32_t g = 0; g < plan->launch.groups; g++)
			for (uint32_t parity = 0; parity < 2; parity++)
				if (plan->n + k >= TAUT_KERNEL_WINDOW)
					commit(chip, plan, plan->n + k - TAUT_KERNEL_WINDOW, g,
					       parity, chip->visit.recent[k][g]);
}
#endif

/* One ladder after a sweep: rungs move, states stay. */
static void exchange_ladder(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint32_t g,
                            uint32_t first, uint32_t odd, int32_t draw[2][TAUT_ANNEAL_HALF])
{
	uint32_t at[TAUT_LANES]; /* lane of each rung */

	TAUT_PARTITION(at, 1)
ladder_lanes:
	for (uint32_t k = 0; k < TAUT_KERNEL_LANES; k++) {
		TAUT_PIPELINE(1)
		if (k >= plan->launch.rungs)
			break;
		at[chip->rung[g][first + k] & (TAUT_LANES - 1)] = first + k;
	}
ladder_pairs:
	for (uint32_t k = odd; k + 1 < TAUT_KERNEL_LANES; k += 2) {
		TAUT_PIPELINE(4)
		if (k + 1 >= plan->launch.rungs)
			break;
		const uint32_t lane = first + k;
		const uint32_t cold = at[k];
		const uint32_t hot = at[k + 1];

		if (taut_machine_exchange(chip->exchange[k], plan->launch.fraction,
		                          chip->energy[g][cold & 1][cold >> 1],
		                          chip->energy[g][hot & 1][hot >> 1],
		                          draw[lane & 1][lane >> 1])) {
			chip->rung[g][cold] = (uint8_t)(k + 1);
			chip->rung[g][hot] = (uint8_t)k;
			chip->pairs[g][lane]++;
		}
	}
}

static void exchange_rungs(taut_anneal_chip *chip, const taut_anneal_plan *plan, uint64_t sweep)
{
exchange_groups:
	for (uint32_t g = 0; g < TAUT_KERNEL_GROUPS; g++) {
		TAUT_PIPELINE_OFF
		int32_t draw[2][TAUT_ANNEAL_HALF];

		TAUT_PARTITION(draw, 0)
		if (g >= plan->launch.groups)
			break;
		half_draws(draw[0], chip, plan->launch.rule, g, 0);
		half_draws(draw[1], chip, plan->launch.rule, g, 1);
	exchange_ladders:
		for (uint32_t first = 0; first + plan->launch.rungs <= TAUT_KERNEL_LANES;
		     first += plan->launch.rungs) {
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
		TAUT_PIPELINE(2)
		uint64_t mask = 0;

	best_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			const uint32_t h = l / TAUT_ANNEAL_HALF;
			const uint32_t k = l % TAUT_ANNEAL_HALF;

			if (g < plan->launch.groups &&
			    chip->energy[g][h][k] < chip->best_energy[g][h][k]) {
				chip->best_energy[g][h][k] = chip->energy[g][h][k];
				mask |= (uint64_t)1 << l;
			}
		}
		better[g] = mask;
		any |= mask;
	}
	if (any == 0)
		return;
best_rows:
	for (uint32_t i = 0; i < TAUT_KERNEL_VARIABLES / TAUT_ANNEAL_BANKS; i++) {
		TAUT_PIPELINE(1)
		TAUT_TRIP(1, TAUT_KERNEL_VARIABLES / TAUT_ANNEAL_BANKS)
		if (TAUT_ANNEAL_BANKS * i >= plan->n)
			break;
	best_copies:
		for (uint32_t k = 0; k < TAUT_ANNEAL_BANKS * TAUT_KERNEL_GROUPS; k++) {
			TAUT_UNROLL
			const uint32_t g = k / TAUT_ANNEAL_BANKS;
			const uint32_t at = TAUT_ANNEAL_BANKS * i + k % TAUT_ANNEAL_BANKS;

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
	if (plan->launch.mode == TAUT_MODE_PT)
		exchange_rungs(chip, plan, sweep);
	if (taut_launch_tracks(&plan->launch, sweep))
		keep_best(chip, plan);
}

#endif
