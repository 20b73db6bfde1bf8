/* Random problems for the bench of taut_exchange, both as the model takes them and in the words of
 * hls/abi/kernel.h. Static functions, for one source file. */
#ifndef TAUT_HLS_TB_EXCHANGE_INSTANCES_H
#define TAUT_HLS_TB_EXCHANGE_INSTANCES_H

#include "hls/tb/tb.h"

/* A problem in both forms. */
typedef struct {
	taut_machine_problem p;
	taut_word           *problem;
	taut_word           *couplings;
	int32_t             *linear;
	uint64_t            *row;
	uint32_t            *col;
	int32_t             *coef;
	uint32_t            *group;
	int32_t             *matrix[2];
	uint32_t             low; /* temperatures worth having: first and number of steps */
	uint32_t             steps;
} instance;

static void instance_free(instance *x)
{
	free(x->problem);
	free(x->couplings);
	free(x->linear);
	free(x->row);
	free(x->col);
	free(x->coef);
	free(x->group);
	free(x->matrix[0]);
	free(x->matrix[1]);
}

/* Permutations. */

enum {
	FLOW_SYMMETRIC = 1,
	DISTANCE_SYMMETRIC = 2,
	NO_DIAGONAL = 4,
	SPARSE_FLOW = 8,
	WRAPPING = 16
};

static int32_t *random_matrix(uint32_t n, bool symmetric, uint32_t flags, int32_t offset,
                              uint64_t *seed)
{
	int32_t *m = tb_new((size_t)n * n, sizeof *m);

	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++) {
			m[a * n + b] = offset + tb_signed(seed, 9);
			if (symmetric && b < a)
				m[a * n + b] = m[b * n + a];
			if ((flags & NO_DIAGONAL) && a == b)
				m[a * n + b] = 0;
			if ((flags & SPARSE_FLOW) && !symmetric && tb_below(seed, 4))
				m[a * n + b] = 0;
		}
	return m;
}

static void pack_matrix(taut_word *to, const int32_t *m, uint32_t n, uint32_t row_words)
{
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++)
			taut_word_set32(&to[a * row_words + b / 16], b % 16,
			                (uint32_t)m[a * n + b]);
}

static void make_permutation(instance *x, uint32_t n, uint32_t flags, uint64_t *seed)
{
	const bool     wrapping = flags & WRAPPING; /* sums beyond 2^32, changes small */
	const uint32_t row_words = (uint32_t)taut_words_of(n, 32) + (n & 1u);

	memset(x, 0, sizeof *x);
	x->matrix[0] =
		random_matrix(n, flags & FLOW_SYMMETRIC, flags, wrapping ? 1 << 15 : 0, seed);
	x->matrix[1] = random_matrix(n, flags & DISTANCE_SYMMETRIC, flags & NO_DIAGONAL,
	                             wrapping ? 1 << 20 : 0, seed);
	x->p.permutation_n = n;
	x->p.flow = x->matrix[0];
	x->p.distance = x->matrix[1];
	x->problem = tb_new(1, sizeof *x->problem);
	taut_word_set32(x->problem, TAUT_PROBLEM_KIND, TAUT_KIND_PERMUTATION);
	taut_word_set32(x->problem, TAUT_PROBLEM_SIZE, n);
	taut_word_set32(x->problem, TAUT_PROBLEM_ROW_WORDS, row_words);
	taut_word_set32(x->problem, TAUT_PROBLEM_FACTOR, 1);
	taut_word_set32(x->problem, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW);
	x->couplings = tb_new((size_t)2 * n * row_words, sizeof *x->couplings);
	pack_matrix(x->couplings, x->matrix[0], n, row_words);
	pack_matrix(x->couplings + n * row_words, x->matrix[1], n, row_words);
	x->low = 64;
	x->steps = 40;
}

/* Bits. */

typedef enum { NO_GROUPS, ONE_GROUP, ALL_GROUPED, SOME_GROUPED, SINGLES, N_SHAPES } shape;

/* Random groups of uneven size, interleaved, none empty. */
static void make_groups(instance *x, shape how, uint64_t *seed)
{
	const uint32_t n = x->p.n;
	uint32_t       count = how == ONE_GROUP ? 1
	                       : how == SINGLES ? n
	                                        : 1 + tb_below(seed, (n + 2) / 3);
	uint32_t      *group = x->group = tb_new(n, sizeof *group);
	uint32_t      *name = tb_new(count + 1, sizeof *name);
	uint32_t       used = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t g = how == SINGLES ? n - 1 - i : tb_below(seed, count);
		const bool     free_one = how == SOME_GROUPED && tb_below(seed, 4) == 0;

		group[i] = free_one ? TAUT_UNGROUPED : g / (1 + tb_below(seed, 2));
		if (how == SINGLES)
			group[i] = g;
		if (group[i] != TAUT_UNGROUPED && !name[group[i]])
			name[group[i]] = ++used;
	}
	for (uint32_t i = 0; i < n; i++)
		if (group[i] != TAUT_UNGROUPED)
			group[i] = name[group[i]] - 1;
	free(name);
	x->p.group = group;
	x->p.n_groups = used;
}

/* q: [n][n] symmetric, diagonal 0. */
static void make_rows(instance *x, const int32_t *q)
{
	const uint32_t n = x->p.n;
	uint64_t       count = 0;

	x->row = tb_new(n + 1, sizeof *x->row);
	x->col = tb_new((size_t)n * n, sizeof *x->col);
	x->coef = tb_new((size_t)n * n, sizeof *x->coef);
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < n; j++) {
			if (!q[i * n + j])
				continue;
			x->col[count] = j;
			x->coef[count++] = q[i * n + j];
		}
		x->row[i + 1] = count;
	}
	x->p.linear = x->linear;
	x->p.row = x->row;
	x->p.col = x->col;
	x->p.coef = x->coef;
}

static uint64_t put_items(taut_word *to, uint64_t at, const uint32_t *item, uint32_t count)
{
	for (uint32_t k = 0; to && k < count; k++)
		taut_word_set32(&to[at + k / 16], k % 16, item[k]);
	return at + taut_words_of(count, 32);
}

/* The problem's words; to NULL: counts them. first: [n + 1]. */
static uint64_t put_problem(taut_word *to, const instance *x, taut_kernel_kind kind,
                            const uint32_t *first)
{
	const uint32_t n = x->p.n;
	uint64_t       at = put_items(to, 1, (const uint32_t *)x->linear, n);

	if (kind == TAUT_KIND_SPARSE)
		at = put_items(to, at, first, n + 1);
	if (x->p.n_groups) {
		uint32_t *size = tb_new(x->p.n_groups, sizeof *size);

		for (uint32_t i = 0; i < n; i++)
			if (x->group[i] != TAUT_UNGROUPED)
				size[x->group[i]]++;
		at = put_items(to, at, x->group, n);
		at = put_items(to, at, size, x->p.n_groups);
		free(size);
	}
	return at;
}

static void put_dense(taut_word *to, const int32_t *q, uint32_t n, uint32_t row_words,
                      uint32_t bits)
{
	const uint64_t mask = ((uint64_t)1 << bits) - 1;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t j = 0; j < n; j++) {
			const uint64_t bit = (uint64_t)j * bits;

			to[i * row_words + bit / 512].v[bit / 64 % 8] |=
				((uint64_t)(int64_t)q[i * n + j] & mask) << bit % 64;
		}
}

static void pack_bits(instance *x, taut_kernel_kind kind, const int32_t *q, int32_t factor)
{
	static const uint32_t BITS[] = {0, 1, 8, 16, 32, 0};
	const uint32_t        n = x->p.n;
	uint32_t             *first = tb_new(n + 1, sizeof *first);
	/* a longer row than need be where n is odd */
	const uint32_t row_words =
		kind == TAUT_KIND_SPARSE ? 0 : (uint32_t)taut_words_of(n, BITS[kind]) + (n & 1u);

	for (uint32_t i = 0; i < n; i++)
		first[i + 1] = first[i] + (uint32_t)((x->row[i + 1] - x->row[i] + 7) / 8);
	x->problem = tb_new(put_problem(NULL, x, kind, first), sizeof *x->problem);
	put_problem(x->problem, x, kind, first);
	taut_word_set32(x->problem, TAUT_PROBLEM_KIND, kind);
	taut_word_set32(x->problem, TAUT_PROBLEM_SIZE, n);
	taut_word_set32(x->problem, TAUT_PROBLEM_ROW_WORDS, row_words);
	taut_word_set32(x->problem, TAUT_PROBLEM_FACTOR, (uint32_t)factor);
	taut_word_set32(x->problem, TAUT_PROBLEM_WINDOW, TAUT_KERNEL_WINDOW);
	taut_word_set32(x->problem, TAUT_PROBLEM_GROUPS, x->p.n_groups);
	x->couplings = tb_new(kind == TAUT_KIND_SPARSE ? first[n] : (size_t)n * row_words,
	                      sizeof *x->couplings);
	for (uint32_t i = 0; kind == TAUT_KIND_SPARSE && i < n; i++)
		for (uint64_t k = x->row[i]; k < x->row[i + 1]; k++) {
			const uint64_t at = k - x->row[i];

			x->couplings[first[i] + at / 8].v[at % 8] =
				(uint64_t)(uint32_t)x->coef[k] << 32 | x->col[k];
		}
	if (kind != TAUT_KIND_SPARSE)
		put_dense(x->couplings, q, n, row_words, BITS[kind]);
	free(first);
}

/* Largest entry of a kind that the bench uses, so that changes stay below 2^30. */
static int32_t range_of(taut_kernel_kind kind)
{
	if (kind == TAUT_KIND_DENSE16)
		return 32767;
	return kind == TAUT_KIND_DENSE32 ? 600000 : 127;
}

/* inside: groups have couplings inside. wrapping: linear terms beyond 2^30 that cancel in moves. */
static void make_bits(instance *x, uint32_t n, shape how, taut_kernel_kind kind, bool inside,
                      bool wrapping, uint64_t *seed)
{
	const int32_t range = range_of(kind);
	const int32_t factor = kind == TAUT_KIND_DENSE8 ? -3 : kind == TAUT_KIND_DENSE16 ? 2 : 1;
	int32_t      *q = tb_new((size_t)n * n, sizeof *q);
	int32_t      *scaled = tb_new((size_t)n * n, sizeof *scaled);

	memset(x, 0, sizeof *x);
	x->p.n = n;
	if (how != NO_GROUPS)
		make_groups(x, how, seed);
	x->linear = tb_new(n, sizeof *x->linear);
	for (uint32_t i = 0; i < n; i++) {
		x->linear[i] = tb_signed(seed, 4 * range);
		if (wrapping && x->group && x->group[i] != TAUT_UNGROUPED)
			x->linear[i] += INT32_MAX - 4 * range;
		for (uint32_t j = 0; j < i; j++) {
			const bool same = x->group && x->group[i] == x->group[j] &&
			                  x->group[i] != TAUT_UNGROUPED;

			if ((same && !inside) || tb_below(seed, 3) == 0)
				continue;
			q[i * n + j] = q[j * n + i] = tb_signed(seed, range);
			scaled[i * n + j] = scaled[j * n + i] = factor * q[i * n + j];
		}
	}
	make_rows(x, scaled);
	pack_bits(x, kind, q, factor);
	x->low = range > 127 ? 20 : 44;
	x->steps = 60;
	free(q);
	free(scaled);
}

#endif
