/* The choice of kernel and form of a problem, and its words. States: pack_state.c. */
#include "backend/pack.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "backend/encode.h"
#include "base/alloc.h"
#include "base/checked.h"

enum { PAIRS = 8 }; /* of column and coefficient in a word */

/* Bits of an entry, by kind; 0: not dense. */
static const uint32_t BITS[] = {
	[TAUT_KIND_SPARSE] = 0,   [TAUT_KIND_DENSE1] = 1,   [TAUT_KIND_DENSE8] = 8,
	[TAUT_KIND_DENSE16] = 16, [TAUT_KIND_DENSE32] = 32, [TAUT_KIND_PERMUTATION] = 32};

/* Of all couplings between bits. */
typedef struct {
	uint64_t entries; /* stored, not 0, both directions */
	uint64_t words;   /* of the sparse form */
	int64_t  least;   /* magnitudes that are not 0; 0: there are none */
	int64_t  largest;
	int64_t  divisor;
} sizes;

static void measure_entry(sizes *z, int64_t q)
{
	const int64_t size = q < 0 ? -q : q;

	z->entries++;
	z->least = z->least && z->least < size ? z->least : size;
	z->largest = size > z->largest ? size : z->largest;
	if (z->divisor != 1)
		z->divisor = (int64_t)taut_gcd((uint64_t)z->divisor, size);
}

/* The same of dense couplings; row: [n] first words as below. */
static sizes measure_dense(uint64_t *row, const taut_problem *p)
{
	const taut_matrix_sizes m = taut_matrix_measure(p->dense);
	const int64_t           factor = llabs((long long)p->dense_factor);
	sizes                   z = {.least = m.least * factor,
	                             .largest = m.largest * factor,
	                             .divisor = m.divisor * factor};

	for (uint32_t i = 0; i < p->n; i++) {
		const int8_t *entry = taut_matrix_row(p->dense, i);
		uint32_t      count = 0;

		for (uint32_t j = 0; j < p->n; j++)
			count += entry[j] != 0;
		z.entries += count;
		z.words += (count + PAIRS - 1) / PAIRS;
		row[i + 1] = z.words;
	}
	return z;
}

/* row: [n + 1] becomes the first words of the rows in the sparse form. No overflow: rows have fewer
 * than 2^32 entries. */
static sizes measure(uint64_t *row, const taut_problem *p)
{
	sizes z = {0};

	row[0] = 0;
	if (p->dense)
		return measure_dense(row, p);
	for (uint32_t i = 0; i < p->n; i++) {
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			if (p->coef[k])
				measure_entry(&z, p->coef[k]);
		z.words += (p->row[i + 1] - p->row[i] + PAIRS - 1) / PAIRS;
		row[i + 1] = z.words;
	}
	return z;
}

/* The factor with which a kind holds the couplings; 0: it does not. */
static int64_t factor_for(taut_kernel_kind kind, const sizes *z, uint32_t n)
{
	const int64_t limit = ((int64_t)1 << (BITS[kind] - 1)) - 1;

	if (kind == TAUT_KIND_DENSE1)
		return z->least == z->largest && z->entries == (uint64_t)n * (n - 1) ? z->least : 0;
	if (z->largest <= limit)
		return 1;
	return z->largest / z->divisor <= limit ? z->divisor : 0;
}

/* The form of fewest words; among equals the densest, which is read in order. */
static void choose(taut_pack *k, const sizes *z)
{
	static const taut_kernel_kind KINDS[] = {TAUT_KIND_DENSE1, TAUT_KIND_DENSE8,
	                                         TAUT_KIND_DENSE16, TAUT_KIND_DENSE32};
	const uint32_t                n = k->source->n;
	bool                          dense = false;

	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
		const uint64_t row_words = taut_words_of(n, BITS[KINDS[i]]);
		const int64_t  factor = factor_for(KINDS[i], z, n);

		if (!factor || factor > INT32_MAX || n * row_words > z->words ||
		    KINDS[i] == (k->exchange ? TAUT_KIND_DENSE1 : TAUT_KIND_DENSE32))
			continue;
		if (dense && n * row_words >= k->coupling_words)
			continue;
		dense = true;
		k->kind = KINDS[i];
		k->row_words = (uint32_t)row_words;
		k->factor = (int32_t)factor;
		k->coupling_words = n * row_words;
	}
	if (dense)
		return;
	k->kind = TAUT_KIND_SPARSE;
	k->factor = 1;
	k->coupling_words = z->words;
}

void taut_pack_limits(taut_limits *out, bool anneal, bool exchange)
{
	*out = (taut_limits){.max_variables = anneal ? TAUT_KERNEL_VARIABLES : TAUT_KERNEL_GROUPED,
	                     .max_couplings =
	                             (uint64_t)TAUT_KERNEL_VARIABLES * (TAUT_KERNEL_VARIABLES - 1),
	                     .max_permutation = exchange ? TAUT_KERNEL_PERMUTATION : 0,
	                     .groups = exchange,
	                     .dense = true,
	                     .algorithms = TAUT_ENCODE_ALGORITHMS,
	                     .exact = true};
}

static taut_status check_size(const taut_problem *p, bool exchange, taut_error *err)
{
	if (p->terms)
		return taut_fail(err, TAUT_ELIMIT,
		                 "the kernel takes couplings, not rows kept as activities: use "
		                 "--backend cpu, or a method other than native");
	if (p->permutation_n > TAUT_KERNEL_PERMUTATION)
		return taut_fail(err, TAUT_ELIMIT,
		                 "permutation of length %" PRIu32
		                 ", the kernel holds at most %d: use --backend cpu",
		                 p->permutation_n, TAUT_KERNEL_PERMUTATION);
	if (exchange && (p->n > TAUT_KERNEL_GROUPED || p->n_groups > p->n))
		return taut_fail(err, TAUT_ELIMIT,
		                 "%" PRIu32 " variables in %" PRIu32
		                 " one-hot groups, the kernel holds at most %d of either: use "
		                 "--moves flip or --backend cpu",
		                 p->n, p->n_groups, TAUT_KERNEL_GROUPED);
	if (p->n > TAUT_KERNEL_VARIABLES)
		return taut_fail(err, TAUT_ELIMIT,
		                 "%" PRIu32 " variables, the kernel holds at most %d: shrink the "
		                 "problem (--shrink-target) or use --backend cpu",
		                 p->n, TAUT_KERNEL_VARIABLES);
	return TAUT_OK;
}

/* 32-bit items from `word` on, padded to words; returns the next word. */
static taut_word *put_items(taut_word *word, const void *items, uint64_t count)
{
	const uint32_t *item = items;

	for (uint64_t k = 0; k < count; k++)
		taut_word_set32(word + k / 16, k % 16, item[k]);
	return word + taut_words_of(count, 32);
}

static taut_status fill_problem(taut_pack *k, taut_error *err)
{
	const taut_problem *p = k->source;
	const uint32_t      n_groups = k->exchange ? p->n_groups : 0;
	taut_word          *at;

	k->problem_words = 1;
	if (!p->permutation_n)
		k->problem_words += taut_words_of(p->n, 32);
	if (k->kind == TAUT_KIND_SPARSE)
		k->problem_words += taut_words_of((uint64_t)p->n + 1, 32);
	if (n_groups)
		k->problem_words += taut_words_of(p->n, 32) + taut_words_of(n_groups, 32);
	k->problem = taut_alloc_aligned(k->problem_words, sizeof *k->problem, err);
	if (!k->problem)
		return TAUT_ENOMEM;
	at = k->problem;
	taut_word_set32(at, TAUT_PROBLEM_KIND, k->kind);
	taut_word_set32(at, TAUT_PROBLEM_SIZE, p->permutation_n ? p->permutation_n : p->n);
	taut_word_set32(at, TAUT_PROBLEM_ROW_WORDS, k->row_words);
	taut_word_set32(at, TAUT_PROBLEM_FACTOR, (uint32_t)k->factor);
	taut_word_set32(at, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW);
	taut_word_set32(at, TAUT_PROBLEM_GROUPS, n_groups);
	at++;
	if (!p->permutation_n)
		at = put_items(at, p->linear, p->n);
	if (k->kind == TAUT_KIND_SPARSE) {
		for (uint64_t i = 0; i <= p->n; i++)
			taut_word_set32(at + i / 16, i % 16, (uint32_t)k->row[i]);
		at += taut_words_of((uint64_t)p->n + 1, 32);
	}
	if (n_groups) {
		at = put_items(at, p->group, p->n);
		for (uint32_t i = 0; i < p->n; i++) {
			const uint32_t g = p->group[i];

			if (g != TAUT_UNGROUPED)
				taut_word_set32(at + g / 16, g % 16,
				                taut_word_get32(at + g / 16, g % 16) + 1);
		}
		at += taut_words_of(n_groups, 32);
	}
	assert(at == k->problem + k->problem_words);
	return TAUT_OK;
}

static taut_status init_bits(taut_pack *k, taut_error *err)
{
	sizes z;

	k->row = taut_alloc((size_t)k->source->n + 1, sizeof *k->row, err);
	if (!k->row)
		return TAUT_ENOMEM;
	z = measure(k->row, k->source);
	choose(k, &z);
	if (k->kind == TAUT_KIND_SPARSE && z.words > UINT32_MAX)
		return taut_fail(err, TAUT_ELIMIT,
		                 "couplings take %" PRIu64 " words of 64 bytes, at most %" PRIu32
		                 ": use --backend cpu",
		                 z.words, UINT32_MAX);
	if (k->kind != TAUT_KIND_SPARSE) {
		taut_free(k->row);
		k->row = NULL;
	}
	return TAUT_OK;
}

taut_status taut_pack_init(taut_pack *out, const taut_problem *problem, taut_error *err)
{
	const uint64_t n = problem->permutation_n;
	taut_status    st;

	*out = (taut_pack){.source = problem,
	                   .exchange = n || (problem->group && problem->n_groups),
	                   .kind = TAUT_KIND_PERMUTATION,
	                   .factor = 1};
	st = check_size(problem, out->exchange, err);
	if (st)
		goto done;
	st = taut_encode_check(problem, taut_problem_change_bound(problem), "in the kernel", err);
	if (st)
		goto done;
	if (n) {
		out->row_words = (uint32_t)taut_words_of(n, 32);
		out->coupling_words = 2 * n * out->row_words;
	} else {
		st = init_bits(out, err);
		if (st)
			goto done;
	}
	st = fill_problem(out, err);
done:
	if (st)
		taut_pack_fini(out);
	return st;
}

void taut_pack_fini(taut_pack *pack)
{
	taut_free(pack->problem);
	taut_free(pack->row);
	*pack = (taut_pack){0};
}

/* Couplings. */

/* Item `at` of `bits` bits of the words from `word` on, which is 0. */
static void put(taut_word *word, uint64_t at, uint32_t bits, int64_t value)
{
	const uint64_t bit = at * bits;
	const uint64_t mask = UINT64_MAX >> (64 - bits);

	word[bit / 512].v[bit % 512 / 64] |= ((uint64_t)value & mask) << bit % 64;
}

/* What stands for a coupling in the form. */
static int64_t coded(const taut_pack *k, int64_t q)
{
	if (k->kind == TAUT_KIND_DENSE1)
		return q < 0;
	return k->factor == 1 ? q : q / k->factor;
}

/* The first entry of row i in a column from `column` on. */
static uint64_t find_column(const taut_problem *p, uint32_t i, uint64_t column)
{
	uint64_t lo = p->row[i];
	uint64_t hi = p->row[i + 1];

	while (lo < hi) {
		const uint64_t middle = lo + (hi - lo) / 2;

		if (p->col[middle] < column)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

/* Columns [begin, end) of row i. */
static void pack_row(taut_word *out, const taut_pack *k, uint32_t i, uint64_t begin, uint64_t end)
{
	const taut_problem *p = k->source;
	const uint32_t      bits = BITS[k->kind];

	if (p->dense) {
		const int8_t *entry = taut_matrix_row(p->dense, i);

		for (uint64_t j = begin; j < end; j++)
			if (entry[j])
				put(out, j - begin, bits,
				    coded(k, (int64_t)p->dense_factor * entry[j]));
		return;
	}
	for (uint64_t e = find_column(p, i, begin); e < p->row[i + 1] && p->col[e] < end; e++)
		put(out, p->col[e] - begin, bits, coded(k, p->coef[e]));
}

static void pack_matrix_row(taut_word *out, const taut_pack *k, uint64_t i, uint64_t begin,
                            uint64_t end)
{
	const uint64_t n = k->source->permutation_n;
	const int32_t *row = i < n ? k->source->flow + i * n : k->source->distance + (i - n) * n;

	for (uint64_t j = begin; j < end; j++)
		put(out, j - begin, 32, row[j]);
}

static void pack_dense(taut_word *out, const taut_pack *k, uint64_t first, uint64_t count)
{
	const uint64_t per_word = 512u / BITS[k->kind];
	const bool     matrix = k->kind == TAUT_KIND_PERMUTATION;
	const uint64_t n = matrix ? k->source->permutation_n : k->source->n;

	while (count > 0) {
		const uint64_t i = first / k->row_words;
		const uint64_t at = first % k->row_words;
		const uint64_t words = k->row_words - at < count ? k->row_words - at : count;
		const uint64_t begin = at * per_word < n ? at * per_word : n;
		const uint64_t end = (at + words) * per_word < n ? (at + words) * per_word : n;

		if (matrix)
			pack_matrix_row(out, k, i, begin, end);
		else
			pack_row(out, k, (uint32_t)i, begin, end);
		out += words;
		first += words;
		count -= words;
	}
}

static void put_pair(taut_word *out, uint64_t at, uint32_t column, int64_t q)
{
	taut_word *const word = out + at / PAIRS;

	word->v[at % PAIRS] = column | (uint64_t)(uint32_t)(int32_t)q << 32;
}

/* Entries [begin, end) of row i. */
static void pack_pairs(taut_word *out, const taut_pack *k, uint32_t i, uint64_t begin, uint64_t end)
{
	const taut_problem *p = k->source;
	const int8_t       *entry;
	uint64_t            at = 0;

	if (!p->dense) {
		const uint64_t last = p->row[i + 1] - p->row[i];

		for (uint64_t e = begin; e < end && e < last; e++)
			put_pair(out, e - begin, p->col[p->row[i] + e], p->coef[p->row[i] + e]);
		return;
	}
	entry = taut_matrix_row(p->dense, i);
	for (uint32_t j = 0; j < p->n && at < end; j++) {
		if (!entry[j])
			continue;
		if (at >= begin)
			put_pair(out, at - begin, j, (int64_t)p->dense_factor * entry[j]);
		at++;
	}
}

/* The row in which a word lies. */
static uint32_t find_row(const taut_pack *k, uint64_t word)
{
	uint32_t lo = 0;
	uint32_t hi = k->source->n;

	/* row[lo] <= word < row[hi] */
	while (hi - lo > 1) {
		const uint32_t middle = lo + (hi - lo) / 2;

		if (k->row[middle] <= word)
			lo = middle;
		else
			hi = middle;
	}
	return lo;
}

static void pack_sparse(taut_word *out, const taut_pack *k, uint64_t first, uint64_t count)
{
	const uint64_t end = first + count;

	for (uint32_t i = find_row(k, first); first < end; i++) {
		const uint64_t last = k->row[i + 1] < end ? k->row[i + 1] : end;

		pack_pairs(out, k, i, (first - k->row[i]) * PAIRS, (last - k->row[i]) * PAIRS);
		out += last - first;
		first = last;
	}
}

void taut_pack_couplings(taut_word *out, const taut_pack *pack, uint64_t first, uint64_t count)
{
	assert(first <= pack->coupling_words && count <= pack->coupling_words - first);
	if (count == 0)
		return;
	memset(out, 0, count * sizeof *out);
	if (pack->kind == TAUT_KIND_SPARSE)
		pack_sparse(out, pack, first, count);
	else
		pack_dense(out, pack, first, count);
}
