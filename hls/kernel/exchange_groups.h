/*
 * taut_exchange: sweeps of flips and one-hot groups. Static functions, for one source file.
 *
 * A proposal is two reads of a lane's own bank of fields, `from` for the variable that would become
 * 0 and `to` for the one that would become 1 (a flip has one of them, NONE is the other), and
 *
 *   change = field[to] - field[from] - q_{from,to}
 *
 * Fields may wrap, the change is exact because machine.h bounds it by 2^30. q_{from,to} is looked
 * up in the couplings where the group has any inside, once for each pair of variables that some
 * lane proposes.
 */
#ifndef TAUT_HLS_KERNEL_EXCHANGE_GROUPS_H
#define TAUT_HLS_KERNEL_EXCHANGE_GROUPS_H

#include "hls/kernel/exchange_places.h"

/* Visits. */

/* The pool's row of this visit, rotated in six steps of a power of two each. */
static void draw_lanes(exchange_groups *m, const exchange_pool *pool, uint32_t rule, uint32_t bits)
{
	uint16_t turned[7][TAUT_LANES];
	TAUT_PARTITION(turned, 0)

draw_lanes_row:
	for (uint32_t l = 0; l < TAUT_LANES; l++) {
		TAUT_UNROLL
		turned[0][l] = pool->entry[bits >> 6][l];
	}
draw_lanes_turns:
	for (uint32_t k = 0; k < 6; k++) {
		TAUT_UNROLL
	draw_lanes_turn:
		for (uint32_t l = 0; l < TAUT_LANES; l++) {
			TAUT_UNROLL
			turned[k + 1][l] = bits >> k & 1u
			                           ? turned[k][(l + (1u << k)) & (TAUT_LANES - 1)]
			                           : turned[k][l];
		}
	}
draw_lanes_draws:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		m->draw[l] = taut_launch_draw(turned[6][l], rule);
	}
}

/* What a visit to variable i proposes. */
static void propose(exchange_groups *m, uint32_t i)
{
	const uint32_t at = m->place[i];
	const uint32_t g = m->group[i];
	const bool     grouped = g != TAUT_UNGROUPED;
	const uint32_t first = grouped ? m->first[g] : 0;
	const uint32_t size = grouped ? m->size[g] : 0;
	const uint32_t visited = at - first;
	const uint64_t bits = m->spins[at];

propose_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		const uint32_t one = grouped ? m->one[g][l] : 0;
		const uint32_t number = visited >= one ? visited - one : visited + size - one;
		const bool     up = bits >> l & 1u;

		m->number[l] = number;
		m->from[l] = grouped ? first + one : up ? at : EXCHANGE_NONE;
		m->to[l] = grouped ? first + number : up ? EXCHANGE_NONE : at;
		m->now[l] = m->from[l];
		m->between[l] = 0;
		m->accepted[l] = false;
	}
}

/* The lowest lane in a set that is not empty. */
static uint32_t lowest(uint64_t lanes)
{
	uint32_t at = 0;

lowest_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		if (lanes >> (TAUT_KERNEL_LANES - 1 - l) & 1u)
			at = TAUT_KERNEL_LANES - 1 - l;
	}
	return at;
}

/* q_{from,to} of all lanes, where the group of variable i has couplings inside. */
static void look_between(exchange_groups *m, const taut_word *couplings, uint32_t i)
{
	const uint32_t g = m->group[i];
	uint64_t       open = 0; /* lanes still to be looked up */

	if (g == TAUT_UNGROUPED || !m->coupled[g])
		return;
look_between_open:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		open |= (uint64_t)(m->from[l] != m->to[l]) << l;
	}
look_between_pairs:
	while (open) {
		TAUT_TRIP(1, TAUT_KERNEL_LANES)
		const uint32_t first = lowest(open);
		const uint32_t from = m->from[first];
		const uint32_t to = m->to[first];
		const uint32_t q = coupling_of(m, couplings, m->variable[from], m->variable[to]);

	look_between_alike:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			if (m->from[l] == from || m->from[l] == to) {
				m->between[l] = q;
				open &= ~((uint64_t)1 << l);
			}
		}
	}
}

/* sqa: spin of the variable at `place` in both neighbouring slices of lane l, summed. */
static int32_t neighbours(const exchange_groups *m, uint32_t ring, uint32_t l, uint32_t place)
{
	const uint32_t first = l & ~(ring - 1);
	const uint32_t before = first | ((l + ring - 1) & (ring - 1));
	const uint32_t after = first | ((l + 1) & (ring - 1));

	return (m->now[before] == place ? 1 : -1) + (m->now[after] == place ? 1 : -1);
}

/* One lane decides. */
static void decide(exchange_groups *m, bool sqa, uint32_t ring, uint32_t l)
{
	const uint32_t from = m->from[l];
	const uint32_t to = m->to[l];
	uint32_t       change = 0u - m->between[l];
	int32_t        c = 0;

	TAUT_INLINE
	if (from == to)
		return;
	if (from != EXCHANGE_NONE) {
		change -= m->field[from][l];
		c += sqa ? neighbours(m, ring, l, from) : 0;
	}
	if (to != EXCHANGE_NONE) {
		change += m->field[to][l];
		c -= sqa ? neighbours(m, ring, l, to) : 0;
	}
	m->change[l] = change;
	m->accepted[l] =
		(int32_t)change <= taut_machine_threshold(m->draw[l], m->t[l], sqa ? m->jq * c : 0);
}

/* Even lanes, then odd ones, which see what the even ones of their ring have done. */
static void decide_lanes(exchange_groups *m, const taut_launch *h)
{
	const bool sqa = h->mode == TAUT_MODE_SQA;

decide_halves:
	for (uint32_t half = 0; half < 2; half++) {
	decide_lanes_each:
		for (uint32_t k = 0; k < TAUT_KERNEL_LANES / 2; k++) {
			TAUT_UNROLL
			decide(m, sqa, h->ring, 2 * k + half);
		}
	decide_lanes_now:
		for (uint32_t k = 0; k < TAUT_KERNEL_LANES / 2; k++) {
			TAUT_UNROLL
			if (m->accepted[2 * k + half])
				m->now[2 * k + half] = m->to[2 * k + half];
		}
	}
}

/* Spins and fields after the lanes' moves: one row for every variable that some lane has changed.
 */
static void move_lanes(exchange_groups *m, const taut_word *couplings)
{
	uint64_t open_from = 0; /* lanes whose `from` is still to be done */
	uint64_t open_to = 0;

move_lanes_open:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		open_from |= (uint64_t)(m->accepted[l] && m->from[l] != EXCHANGE_NONE) << l;
		open_to |= (uint64_t)(m->accepted[l] && m->to[l] != EXCHANGE_NONE) << l;
	}
move_lanes_rows:
	while (open_from | open_to) {
		TAUT_TRIP(1, 2 * TAUT_KERNEL_LANES)
		const uint32_t at = open_from ? m->from[lowest(open_from)] : m->to[lowest(open_to)];
		uint64_t       leaving = 0;
		uint64_t       entering = 0;

	move_lanes_alike:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			leaving |= (uint64_t)(m->accepted[l] && m->from[l] == at) << l;
			entering |= (uint64_t)(m->accepted[l] && m->to[l] == at) << l;
		}
		open_from &= ~leaving;
		open_to &= ~entering;
		m->spins[at] = (m->spins[at] & ~leaving) | entering;
		add_row(m, couplings, at, entering, leaving);
	}
}

/* Energies, ones and the count of moves. Returns whether any lane has moved. */
static bool count_moves(exchange_groups *m, exchange_lanes *lanes, uint32_t i)
{
	const uint32_t g = m->group[i];
	uint32_t       moves = 0;

count_moves_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		if (m->accepted[l]) {
			lanes->energy[l] += (int32_t)m->change[l];
			moves++;
			if (g != TAUT_UNGROUPED)
				m->one[g][l] = (uint16_t)m->number[l];
		}
	}
	lanes->moves += moves;
	return moves != 0;
}

/* Temperatures of all lanes in this sweep. */
static void load_temperatures(exchange_groups *m, const exchange_lanes *lanes, const taut_launch *h,
                              const taut_word *launch, uint64_t sweep)
{
	taut_word word[TAUT_LANES / 16];

load_temperatures_words:
	for (uint32_t k = 0; k < TAUT_LANES / 16; k++) {
		TAUT_PIPELINE(1)
		word[k] = temperature_word(launch, h, sweep, 16 * k);
	}
	m->jq = h->mode == TAUT_MODE_SQA ? (int64_t)word[0].v[1] : 0;
load_temperatures_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_PIPELINE(1)
		const uint32_t seat =
			h->mode == TAUT_MODE_PT ? lanes->rung[l] & (TAUT_LANES - 1) : l;
		const uint32_t item = h->width == 1 ? 0 : seat;

		m->t[l] = taut_launch_temperature(taut_word_get32(&word[item >> 4], item & 15u));
	}
}

/* One sweep of all lanes. Returns the generator after its last visit. */
static uint32_t sweep_groups(exchange_groups *m, exchange_lanes *lanes, const exchange_pool *pool,
                             const taut_launch *h, const taut_word *couplings, uint32_t generator)
{
sweep_groups_visits:
	for (uint32_t i = 0; i < m->n; i++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		generator = taut_machine_advance(generator);
		draw_lanes(m, pool, h->rule, taut_machine_bits(generator));
		propose(m, i);
		look_between(m, couplings, i);
		decide_lanes(m, h);
		if (count_moves(m, lanes, i))
			move_lanes(m, couplings);
	}
	return generator;
}

static void keep_spins(exchange_groups *m, exchange_lanes *lanes)
{
	uint64_t better = 0;

keep_spins_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		if (lanes->energy[l] < lanes->best_energy[l]) {
			lanes->best_energy[l] = lanes->energy[l];
			better |= (uint64_t)1 << l;
		}
	}
	if (!better)
		return;
keep_spins_words:
	for (uint32_t at = 0; at < m->n; at++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		TAUT_PIPELINE(1)
		m->best[at] = (m->best[at] & ~better) | (m->spins[at] & better);
	}
}

static void run_groups(exchange_groups *m, exchange_lanes *lanes, const exchange_pool *pool,
                       const taut_launch *h, const taut_word *launch, const taut_word *couplings,
                       uint32_t group)
{
run_groups_sweeps:
	for (uint64_t sweep = h->begin; sweep < h->end; sweep++) {
		TAUT_TRIP(1, 1024)
		uint32_t generator = taut_machine_reseed(h->seed, group, sweep);

		load_temperatures(m, lanes, h, launch, sweep);
		generator = sweep_groups(m, lanes, pool, h, couplings, generator);
		if (h->mode == TAUT_MODE_PT)
			exchange_rungs(lanes, h, pool, generator, sweep);
		if (taut_launch_tracks(h, sweep))
			keep_spins(m, lanes);
	}
}

static void exchange_bits(exchange_groups *m, exchange_lanes *lanes, const exchange_pool *pool,
                          const taut_launch *h, const taut_word *launch, const taut_word *problem,
                          const taut_word *couplings, taut_word *state)
{
	const uint32_t block_words = (uint32_t)taut_kernel_state_words(m->n, 0);
	const uint32_t half_words = 8 * ((m->n + 63) >> 6);

	load_groups(m, problem, couplings);
bits_groups:
	for (uint32_t r = 0; r < h->groups; r++) {
		TAUT_TRIP(1, TAUT_KERNEL_GROUPS)
		taut_word *const block = state + r * block_words;

		load_lanes(lanes, block);
		load_spins(m->spins, m, block + TAUT_STATE_BODY);
		load_spins(m->best, m, block + TAUT_STATE_BODY + half_words);
		find_ones(m);
		make_group_fields(m, couplings);
		run_groups(m, lanes, pool, h, launch, couplings, h->group + r);
		store_lanes(block, lanes);
		store_spins(block + TAUT_STATE_BODY, m, m->spins);
		store_spins(block + TAUT_STATE_BODY + half_words, m, m->best);
	}
}

#endif
