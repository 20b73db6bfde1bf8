/* Lanes are independent but for sqa's rings and pt's ladders, so the lanes of a visit go one after
 * the other, even ones first as sqa wants it. */
#include "hls/model/model.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

_Static_assert(sizeof(taut_temperature) == 4, "temperature tables are packed");
_Static_assert((-3 >> 1) == -2, "right shifts are arithmetic");

/* One sweep in progress. */
typedef struct {
	const taut_machine_problem *problem;
	const taut_machine_launch  *launch;
	taut_machine_state         *state;
	uint64_t                    number;
	const taut_temperature     *temperature; /* [launch->temperature_width] */
	int64_t                     jq;
	uint32_t                    generator;
} sweep;

static uint32_t next_bits(sweep *w)
{
	w->generator = taut_machine_advance(w->generator);
	return taut_machine_bits(w->generator);
}

static int32_t draw(const sweep *w, uint32_t bits, uint32_t lane)
{
	const taut_machine_launch *launch = w->launch;

	return taut_machine_noise(launch->noise, launch->rule, taut_machine_draw(bits, lane));
}

static taut_temperature temperature(const sweep *w, uint32_t lane)
{
	if (w->launch->temperature_width == 1)
		return w->temperature[0];
	return w->temperature[w->launch->mode == TAUT_MODE_PT ? w->state->rung[lane] : lane];
}

static bool accepts(const sweep *w, uint32_t bits, uint32_t lane, int64_t change, int64_t jq_c)
{
	assert(change < (1 << TAUT_CHANGE_BITS) && change > -(1 << TAUT_CHANGE_BITS));
	return change <= taut_machine_threshold(draw(w, bits, lane), temperature(w, lane), jq_c);
}

/* Flips and one-hot exchanges. */

static uint32_t bit(const taut_machine_state *state, uint32_t i, uint32_t lane)
{
	return state->spins[i] >> lane & 1;
}

static void toggle(taut_machine_state *state, uint32_t i, uint32_t lane)
{
	state->spins[i] ^= (uint64_t)1 << lane;
}

/* Value of term r were variable `other` the opposite of what it is; other = n: as it is. */
static int64_t term_value(const taut_machine_problem *p, const taut_machine_state *state,
                          uint32_t r, uint32_t lane, uint32_t other)
{
	int64_t activity = 0;
	int64_t pairs = 0;

	for (uint64_t k = p->term_first[r]; k < p->term_first[r + 1]; k++) {
		const uint32_t i = p->term_col[k];

		if (bit(state, i, lane) == (uint32_t)(i == other))
			continue;
		pairs += activity * p->term_coef[k];
		activity += p->term_coef[k];
	}
	if (p->term_limit[r] == TAUT_MACHINE_SQUARE)
		return p->term_weight[r] * pairs;
	activity -= p->term_limit[r];
	return p->term_weight[r] * ((activity > 0 ? activity : 0) -
	                            (p->term_limit[r] < 0 ? -p->term_limit[r] : 0));
}

/* What the terms add to D_i. */
static int64_t term_change(const sweep *w, uint32_t i, uint32_t lane)
{
	const taut_machine_problem *p = w->problem;
	int64_t                     sum = 0;

	for (uint32_t r = 0; r < p->n_terms; r++)
		sum += term_value(p, w->state, r, lane, i) - term_value(p, w->state, r, lane, p->n);
	return sum;
}

/* D_i */
static int64_t flip_change(const sweep *w, uint32_t i, uint32_t lane)
{
	const taut_machine_problem *p = w->problem;
	int64_t                     field = p->linear[i];

	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
		if (bit(w->state, p->col[k], lane))
			field += p->coef[k];
	return (bit(w->state, i, lane) ? -field : field) + term_change(w, i, lane);
}

/* q_ij */
static int64_t coupling(const taut_machine_problem *p, uint32_t i, uint32_t j)
{
	int64_t q = 0;

	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
		if (p->col[k] == j)
			q += p->coef[k];
	return q;
}

/* A visit to member number v of a group of k, whose one is member j, proposes to move the one to
 * member (v - j) mod k. */
static void group_move(const sweep *w, uint32_t i, uint32_t lane, uint32_t *from, uint32_t *to)
{
	const taut_machine_problem *p = w->problem;
	uint32_t                    size = 0;
	uint32_t                    visited = 0;
	uint32_t                    one = 0;
	uint32_t                    number = 0;
	uint32_t                    ones = 0;

	for (uint32_t j = 0; j < p->n; j++) {
		if (p->group[j] != p->group[i])
			continue;
		if (j == i)
			visited = size;
		if (bit(w->state, j, lane)) {
			*from = j;
			one = size;
			ones++;
		}
		size++;
	}
	assert(ones == 1);
	(void)ones;
	for (uint32_t j = 0; j < p->n; j++) {
		if (p->group[j] != p->group[i])
			continue;
		if (number == (visited + size - one) % size)
			*to = j;
		number++;
	}
}

static int spin(const taut_machine_state *state, uint32_t i, uint32_t lane)
{
	return bit(state, i, lane) ? 1 : -1;
}

/* c of variable i: its spin times those of both neighbouring slices. */
static int ring_c(const sweep *w, uint32_t i, uint32_t lane)
{
	const uint32_t ring = w->launch->ring;
	const uint32_t first = lane / ring * ring;
	const uint32_t before = first + (lane - first + ring - 1) % ring;
	const uint32_t after = first + (lane - first + 1) % ring;

	return spin(w->state, i, lane) * (spin(w->state, i, before) + spin(w->state, i, after));
}

static void visit_lane(sweep *w, uint32_t i, uint32_t bits, uint32_t lane)
{
	const taut_machine_problem *p = w->problem;
	const bool                  grouped = p->group != NULL && p->group[i] != TAUT_UNGROUPED;
	uint32_t                    from = i;
	uint32_t                    to = i;
	int64_t                     change;
	int                         c = 0;

	if (grouped) {
		group_move(w, i, lane, &from, &to);
		if (from == to)
			return;
	}
	change = flip_change(w, to, lane);
	if (w->launch->mode == TAUT_MODE_SQA)
		c = ring_c(w, to, lane);
	if (grouped) {
		change += flip_change(w, from, lane) - coupling(p, to, from);
		if (w->launch->mode == TAUT_MODE_SQA)
			c += ring_c(w, from, lane);
	}
	if (!accepts(w, bits, lane, change, w->jq * c))
		return;
	toggle(w->state, to, lane);
	if (grouped)
		toggle(w->state, from, lane);
	w->state->energy[lane] += change;
}

static void sweep_bits(sweep *w)
{
	for (uint32_t i = 0; i < w->problem->n; i++) {
		const uint32_t bits = next_bits(w);

		for (uint32_t lane = 0; lane < TAUT_LANES; lane += 2)
			visit_lane(w, i, bits, lane);
		for (uint32_t lane = 1; lane < TAUT_LANES; lane += 2)
			visit_lane(w, i, bits, lane);
	}
}

/* The permutation engine. */

static int64_t term(const taut_machine_problem *p, uint32_t a, uint32_t b, uint32_t pa, uint32_t pb)
{
	const size_t n = p->permutation_n;

	return (int64_t)p->flow[a * n + b] * p->distance[pa * n + pb];
}

/* The part of the energy that a and b touch, were they at pa and pb. */
static int64_t touched(const taut_machine_problem *p, const uint16_t *position, uint32_t a,
                       uint32_t b, uint32_t pa, uint32_t pb)
{
	int64_t sum = 0;

	for (uint32_t c = 0; c < p->permutation_n; c++) {
		const uint32_t pc = c == a ? pa : c == b ? pb : position[c];

		sum += term(p, a, c, pa, pc) + term(p, b, c, pb, pc);
		if (c != a && c != b)
			sum += term(p, c, a, pc, pa) + term(p, c, b, pc, pb);
	}
	return sum;
}

static void visit_pair(sweep *w, uint32_t a, uint32_t b, uint32_t bits, uint32_t lane)
{
	const taut_machine_problem *p = w->problem;
	uint16_t                   *position = w->state->position + (size_t)lane * p->permutation_n;
	const uint16_t              pa = position[a];
	const uint16_t              pb = position[b];
	const int64_t               change =
		touched(p, position, a, b, pb, pa) - touched(p, position, a, b, pa, pb);

	if (!accepts(w, bits, lane, change, 0))
		return;
	position[a] = pb;
	position[b] = pa;
	w->state->energy[lane] += change;
}

static void sweep_permutation(sweep *w)
{
	const uint32_t n = w->problem->permutation_n;

	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = a + 1; b < n; b++) {
			const uint32_t bits = next_bits(w);

			for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
				visit_pair(w, a, b, bits, lane);
		}
}

/* Between sweeps. */

static void exchange_ladder(sweep *w, uint32_t bits, uint32_t ladder)
{
	const taut_machine_launch *launch = w->launch;
	const uint32_t             first = ladder * launch->rungs;
	taut_machine_state        *state = w->state;
	uint32_t                   at[TAUT_LANES] = {0}; /* lane of each rung */

	for (uint32_t lane = first; lane < first + launch->rungs; lane++) {
		assert(state->rung[lane] < launch->rungs);
		at[state->rung[lane]] = lane;
	}
	for (uint32_t k = w->number & 1; k + 1 < launch->rungs; k += 2) {
		const uint32_t colder = at[k];
		const uint32_t hotter = at[k + 1];

		if (!taut_machine_exchange(launch->exchange[k], launch->exchange_fraction,
		                           state->energy[colder], state->energy[hotter],
		                           draw(w, bits, first + k)))
			continue;
		state->rung[colder] = (uint8_t)(k + 1);
		state->rung[hotter] = (uint8_t)k;
	}
}

static void exchange_rungs(sweep *w)
{
	const uint32_t bits = next_bits(w);

	for (uint32_t ladder = 0; ladder < TAUT_LANES / w->launch->rungs; ladder++)
		exchange_ladder(w, bits, ladder);
}

static void keep_best(const sweep *w, uint32_t lane)
{
	const taut_machine_problem *p = w->problem;
	taut_machine_state         *state = w->state;
	const uint64_t              mask = (uint64_t)1 << lane;

	if (state->energy[lane] >= state->best_energy[lane])
		return;
	state->best_energy[lane] = state->energy[lane];
	if (p->permutation_n) {
		const size_t at = (size_t)lane * p->permutation_n;

		memcpy(state->best_position + at, state->position + at,
		       p->permutation_n * sizeof *state->position);
		return;
	}
	for (uint32_t i = 0; i < p->n; i++)
		state->best_spins[i] = (state->best_spins[i] & ~mask) | (state->spins[i] & mask);
}

static void run_sweep(sweep *w)
{
	const taut_machine_launch *launch = w->launch;

	w->generator = taut_machine_reseed(launch->seed, launch->group, w->number);
	if (w->problem->permutation_n)
		sweep_permutation(w);
	else
		sweep_bits(w);
	if (launch->mode == TAUT_MODE_PT)
		exchange_rungs(w);
	if (w->number >= launch->track_from || w->number + 1 == launch->sweep_count)
		for (uint32_t lane = 0; lane < TAUT_LANES; lane++)
			keep_best(w, lane);
}

static void check(const taut_machine_problem *problem, const taut_machine_launch *launch)
{
	const uint32_t ring = launch->ring;

	assert(launch->sweep_begin <= launch->sweep_end);
	assert(launch->sweep_end <= launch->sweep_count);
	assert(launch->temperature_width == 1 || launch->temperature_width == TAUT_LANES);
	assert(problem->permutation_n <= TAUT_PERMUTATION_MAX);
	assert(problem->n_terms == 0 || (!problem->group && !problem->permutation_n));
	if (launch->mode == TAUT_MODE_PT) {
		assert(launch->rungs >= 2 && launch->rungs <= TAUT_LANES);
		assert(launch->exchange_fraction >= TAUT_EXCHANGE_FRACTION_MIN);
		assert(launch->exchange_fraction <= TAUT_EXCHANGE_FRACTION_MAX);
	}
	if (launch->mode == TAUT_MODE_SQA) {
		assert(problem->permutation_n == 0);
		assert(ring >= 4 && ring <= TAUT_LANES && (ring & (ring - 1)) == 0);
	}
	(void)problem;
	(void)ring;
}

void taut_model_launch(const taut_machine_problem *problem, const taut_machine_launch *launch,
                       taut_machine_state *state)
{
	check(problem, launch);
	for (uint64_t s = launch->sweep_begin; s < launch->sweep_end; s++) {
		const uint64_t k = s - launch->sweep_begin;
		sweep          w = {
				 .problem = problem,
				 .launch = launch,
				 .state = state,
				 .number = s,
				 .temperature = launch->temperature + k * launch->temperature_width,
				 .jq = launch->mode == TAUT_MODE_SQA ? launch->jq[k] : 0,
                };

		assert(w.jq >= 0 && w.jq <= TAUT_JQ_MAX);
		run_sweep(&w);
	}
}

int64_t taut_model_energy(const taut_machine_problem *problem, const taut_machine_state *state,
                          uint32_t lane)
{
	const taut_machine_problem *p = problem;
	int64_t                     sum = 0;

	if (p->permutation_n) {
		const uint16_t *position = state->position + (size_t)lane * p->permutation_n;

		for (uint32_t a = 0; a < p->permutation_n; a++)
			for (uint32_t b = 0; b < p->permutation_n; b++)
				sum += term(p, a, b, position[a], position[b]);
		return sum;
	}
	for (uint32_t i = 0; i < p->n; i++) {
		if (!bit(state, i, lane))
			continue;
		sum += p->linear[i];
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			if (p->col[k] < i && bit(state, p->col[k], lane))
				sum += p->coef[k];
	}
	for (uint32_t r = 0; r < p->n_terms; r++)
		sum += term_value(p, state, r, lane, p->n);
	return sum;
}
