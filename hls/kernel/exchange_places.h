/*
 * taut_exchange: problem and states of flips and one-hot groups, on chip and to and from memory.
 * Static functions, for one source file.
 *
 * Variables have places: the members of group 0 in index order, of group 1, .., then those outside
 * every group. So member j of a group is at place first + j and a proposal needs no table. Fields
 * are field[i] = c_i + sum_j q_ij x_j in uint32, that is modulo 2^32.
 */
#ifndef TAUT_HLS_KERNEL_EXCHANGE_PLACES_H
#define TAUT_HLS_KERNEL_EXCHANGE_PLACES_H

#include "hls/kernel/exchange_lanes.h"

#define EXCHANGE_NONE 0xFFFFFFFFu

enum {
	EXCHANGE_VARIABLES = TAUT_KERNEL_GROUPED,
	EXCHANGE_ROW_WORDS = TAUT_KERNEL_GROUPED / 8 /* of a full sparse row, 8 pairs a word */
};

typedef struct {
	/* the problem */
	uint32_t n;
	uint32_t n_groups;
	uint32_t kind;
	uint32_t row_words;
	uint32_t factor;
	uint32_t linear[EXCHANGE_VARIABLES];  /* by variable */
	uint32_t row[EXCHANGE_VARIABLES + 1]; /* SPARSE: first words */
	uint32_t group[EXCHANGE_VARIABLES];   /* by variable */
	uint32_t place[EXCHANGE_VARIABLES];
	uint32_t variable[EXCHANGE_VARIABLES]; /* at a place */
	uint32_t size[EXCHANGE_VARIABLES];     /* by group */
	uint32_t first[EXCHANGE_VARIABLES];    /* place of member 0 */
	bool     coupled[EXCHANGE_VARIABLES];  /* has couplings inside */
	/* one row of couplings, or of a table */
	taut_word word[EXCHANGE_ROW_WORDS];
	/* one group of lanes, by place */
	uint64_t spins[EXCHANGE_VARIABLES];
	uint64_t best[EXCHANGE_VARIABLES];
	uint32_t field[EXCHANGE_VARIABLES][TAUT_KERNEL_LANES];
	uint16_t one[EXCHANGE_VARIABLES][TAUT_KERNEL_LANES]; /* by group: number of the one */
	/* one sweep */
	taut_temperature t[TAUT_KERNEL_LANES];
	int64_t          jq;
	/* one visit */
	uint32_t from[TAUT_KERNEL_LANES];
	uint32_t to[TAUT_KERNEL_LANES];
	uint32_t now[TAUT_KERNEL_LANES];     /* place of the one, or NONE */
	uint32_t number[TAUT_KERNEL_LANES];  /* of `to` within the group */
	uint32_t between[TAUT_KERNEL_LANES]; /* q_{from,to} */
	uint32_t change[TAUT_KERNEL_LANES];
	int32_t  draw[TAUT_KERNEL_LANES];
	bool     accepted[TAUT_KERNEL_LANES];
} exchange_groups;

/* Couplings. */

static uint32_t row_first(const exchange_groups *m, uint32_t i)
{
	return m->kind == TAUT_KIND_SPARSE ? m->row[i] : i * m->row_words;
}

static uint32_t row_count(const exchange_groups *m, uint32_t i)
{
	const uint32_t n = m->n;
	uint32_t       words = (n + 15) >> 4;

	if (m->kind == TAUT_KIND_SPARSE)
		words = m->row[i + 1] - m->row[i];
	if (m->kind == TAUT_KIND_DENSE16)
		words = (n + 31) >> 5;
	if (m->kind == TAUT_KIND_DENSE8)
		words = (n + 63) >> 6;
	return words < EXCHANGE_ROW_WORDS ? words : EXCHANGE_ROW_WORDS;
}

/* One burst into m->word. */
static void fetch_words(exchange_groups *m, const taut_word *from, uint32_t first, uint32_t count)
{
fetch_words_each:
	for (uint32_t k = 0; k < count; k++) {
		TAUT_TRIP(1, EXCHANGE_ROW_WORDS)
		TAUT_PIPELINE(1)
		m->word[k] = from[first + k];
	}
}

/* Couplings in the fetched row, those of the padding included. */
static uint32_t row_entries(const exchange_groups *m, uint32_t i)
{
	return m->kind == TAUT_KIND_SPARSE ? 8 * row_count(m, i) : m->n;
}

/* Of a dense row: coefficient of column k, which is in `word`. */
static uint32_t dense_coefficient(const taut_word *word, uint32_t kind, uint32_t k)
{
	if (kind == TAUT_KIND_DENSE8)
		return (uint32_t)(int32_t)(int8_t)(uint8_t)(word->v[k >> 3 & 7u] >> (8 * (k & 7u)));
	if (kind == TAUT_KIND_DENSE16)
		return (uint32_t)(int32_t)(int16_t)(uint16_t)(word->v[k >> 2 & 7u] >>
		                                              (16 * (k & 3u)));
	return taut_word_get32(word, k & 15u);
}

/* Word of column k in a dense row. */
static uint32_t dense_word(uint32_t kind, uint32_t k)
{
	if (kind == TAUT_KIND_DENSE8)
		return k >> 6;
	return kind == TAUT_KIND_DENSE16 ? k >> 5 : k >> 4;
}

/* Coupling number k of the fetched row. */
static uint32_t row_entry(uint32_t *column, const exchange_groups *m, uint32_t k)
{
	const bool      sparse = m->kind == TAUT_KIND_SPARSE;
	const taut_word word = m->word[sparse ? k >> 3 : dense_word(m->kind, k)];

	if (sparse) {
		*column = taut_word_get32(&word, 2 * (k & 7u));
		return taut_word_get32(&word, 2 * (k & 7u) + 1);
	}
	*column = k;
	return dense_coefficient(&word, m->kind, k) * m->factor;
}

/* q_ij, looked up in row i. */
static uint32_t coupling_of(const exchange_groups *m, const taut_word *couplings, uint32_t i,
                            uint32_t j)
{
	const uint32_t first = row_first(m, i);
	const uint32_t count = row_count(m, i);
	uint32_t       q = 0;

	if (m->kind != TAUT_KIND_SPARSE) {
		const taut_word word = couplings[first + dense_word(m->kind, j)];

		return dense_coefficient(&word, m->kind, j) * m->factor;
	}
coupling_of_words:
	for (uint32_t w = 0; w < count; w++) {
		TAUT_TRIP(1, EXCHANGE_ROW_WORDS)
		TAUT_PIPELINE(1)
		const taut_word word = couplings[first + w];

	coupling_of_pairs:
		for (uint32_t k = 0; k < 8; k++) {
			TAUT_UNROLL
			if (taut_word_get32(&word, 2 * k) == j)
				q += taut_word_get32(&word, 2 * k + 1);
		}
	}
	return q;
}

/* Adds the row of the variable at `place` to the fields of the lanes where it became 1, and takes
 * it from those where it became 0. */
static void add_row(exchange_groups *m, const taut_word *couplings, uint32_t place,
                    uint64_t entering, uint64_t leaving)
{
	const uint32_t i = m->variable[place];
	const uint32_t count = row_entries(m, i);
	uint32_t       some[TAUT_KERNEL_LANES]; /* all ones in these lanes */
	uint32_t       less[TAUT_KERNEL_LANES];
	TAUT_PARTITION(some, 1)
	TAUT_PARTITION(less, 1)

add_row_lanes:
	for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
		TAUT_UNROLL
		some[l] = 0u - (uint32_t)((entering | leaving) >> l & 1u);
		less[l] = 0u - (uint32_t)(leaving >> l & 1u);
	}
	fetch_words(m, couplings, row_first(m, i), row_count(m, i));
add_row_entries:
	for (uint32_t k = 0; k < count; k++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		TAUT_PIPELINE(1)
		TAUT_NO_DEPENDENCE(m->field) /* columns of a row differ; padding changes nothing */
		uint32_t       column;
		const uint32_t q = row_entry(&column, m, k);

		if (q) {
			const uint32_t at = m->place[column];

		add_row_fields:
			for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
				TAUT_UNROLL
				m->field[at][l] += ((q & some[l]) ^ less[l]) - less[l];
			}
		}
	}
}

/* Loading a problem. */

/* 32-bit items from `first` word on. */
static void load_items(uint32_t *to, exchange_groups *m, const taut_word *problem, uint32_t first,
                       uint32_t count)
{
	fetch_words(m, problem, first, (count + 15) >> 4);
load_items_each:
	for (uint32_t k = 0; k < count; k++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES + 1)
		TAUT_PIPELINE(1)
		to[k] = taut_word_get32(&m->word[k >> 4], k & 15u);
	}
}

static void place_variables(exchange_groups *m)
{
	uint32_t next[EXCHANGE_VARIABLES]; /* place of a group's next member */
	uint32_t free = 0;

place_variables_groups:
	for (uint32_t g = 0; g < m->n_groups; g++) {
		TAUT_TRIP(0, EXCHANGE_VARIABLES)
		TAUT_PIPELINE(1)
		m->first[g] = free;
		next[g] = free;
		m->coupled[g] = false;
		free += m->size[g];
	}
place_variables_each:
	for (uint32_t i = 0; i < EXCHANGE_VARIABLES; i++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		TAUT_PIPELINE(3)
		if (i >= m->n)
			break;
		const uint32_t g = m->n_groups ? m->group[i] : TAUT_UNGROUPED;
		const uint32_t at = g == TAUT_UNGROUPED ? free : next[g];

		m->group[i] = g;
		m->place[i] = at;
		m->variable[at] = i;
		if (g == TAUT_UNGROUPED)
			free++;
		else
			next[g]++;
	}
}

/* Which groups have couplings inside. */
static void find_coupled(exchange_groups *m, const taut_word *couplings)
{
find_coupled_rows:
	for (uint32_t i = 0; i < m->n; i++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		const uint32_t g = m->group[i];
		const uint32_t count = row_entries(m, i);

		if (g != TAUT_UNGROUPED && !m->coupled[g]) {
			bool found = false;

			fetch_words(m, couplings, row_first(m, i), row_count(m, i));
		find_coupled_entries:
			for (uint32_t k = 0; k < count; k++) {
				TAUT_TRIP(1, EXCHANGE_VARIABLES)
				TAUT_PIPELINE(1)
				uint32_t       column;
				const uint32_t q = row_entry(&column, m, k);

				found = found || (q && m->group[column] == g);
			}
			m->coupled[g] = found;
		}
	}
}

static void load_groups(exchange_groups *m, const taut_word *problem, const taut_word *couplings)
{
	uint32_t at = 1;

	load_items(m->linear, m, problem, at, m->n);
	at += (m->n + 15) >> 4;
	if (m->kind == TAUT_KIND_SPARSE) {
		load_items(m->row, m, problem, at, m->n + 1);
		at += (m->n + 16) >> 4;
	}
	if (m->n_groups) {
		load_items(m->group, m, problem, at, m->n);
		at += (m->n + 15) >> 4;
		load_items(m->size, m, problem, at, m->n_groups);
	}
	place_variables(m);
	if (m->n_groups)
		find_coupled(m, couplings);
}

/* States. */

/* Bits from blocks of 64 variables, lane by lane, to words of lanes. */
static void load_spins(uint64_t spins[EXCHANGE_VARIABLES], const exchange_groups *m,
                       const taut_word *from)
{
load_spins_blocks:
	for (uint32_t b = 0; 64 * b < m->n; b++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES / 64)
		taut_word word[TAUT_KERNEL_LANES / 8];
		TAUT_PARTITION(word, 1)

	load_spins_words:
		for (uint32_t k = 0; k < TAUT_KERNEL_LANES / 8; k++) {
			TAUT_PIPELINE(1)
			word[k] = from[8 * b + k];
		}
	load_spins_variables:
		for (uint32_t v = 0; v < 64; v++) {
			TAUT_PIPELINE(1)
			uint64_t bits = 0;

		load_spins_lanes:
			for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
				TAUT_UNROLL
				bits |= (word[l >> 3].v[l & 7u] >> v & 1u) << l;
			}
			if (64 * b + v < m->n)
				spins[m->place[64 * b + v]] = bits;
		}
	}
}

static void store_spins(taut_word *to, const exchange_groups *m,
                        const uint64_t spins[EXCHANGE_VARIABLES])
{
store_spins_blocks:
	for (uint32_t b = 0; 64 * b < m->n; b++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES / 64)
		taut_word word[TAUT_KERNEL_LANES / 8] = {{{0}}};
		TAUT_PARTITION(word, 1)

	store_spins_variables:
		for (uint32_t v = 0; v < 64; v++) {
			TAUT_PIPELINE(1)
			const uint32_t i = 64 * b + v;
			const uint64_t bits = i < m->n ? spins[m->place[i]] : 0;

		store_spins_lanes:
			for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
				TAUT_UNROLL
				word[l >> 3].v[l & 7u] |= (bits >> l & 1u) << v;
			}
		}
	store_spins_words:
		for (uint32_t k = 0; k < TAUT_KERNEL_LANES / 8; k++) {
			TAUT_PIPELINE(1)
			to[8 * b + k] = word[k];
		}
	}
}

/* Where the ones of the groups are. */
static void find_ones(exchange_groups *m)
{
find_ones_variables:
	for (uint32_t at = 0; at < m->n; at++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		TAUT_PIPELINE(1)
		const uint32_t g = m->group[m->variable[at]];
		const uint64_t bits = m->spins[at];

		if (g != TAUT_UNGROUPED) {
			const uint32_t number = at - m->first[g];

		find_ones_lanes:
			for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
				TAUT_UNROLL
				if (bits >> l & 1u)
					m->one[g][l] = (uint16_t)number;
			}
		}
	}
}

static void make_group_fields(exchange_groups *m, const taut_word *couplings)
{
group_fields_linear:
	for (uint32_t at = 0; at < m->n; at++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		TAUT_PIPELINE(1)
		const uint32_t c = m->linear[m->variable[at]];

	group_fields_lanes:
		for (uint32_t l = 0; l < TAUT_KERNEL_LANES; l++) {
			TAUT_UNROLL
			m->field[at][l] = c;
		}
	}
group_fields_rows:
	for (uint32_t at = 0; at < m->n; at++) {
		TAUT_TRIP(1, EXCHANGE_VARIABLES)
		add_row(m, couplings, at, m->spins[at], 0);
	}
}

#endif
