#include "backend/initial.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "qubo/qubo.h"

enum { STRIP = 256 }; /* columns of a dense problem that are unpacked at once */

/* Members of the groups, group by group. */
typedef struct {
	uint32_t *first;  /* [n_groups + 1] */
	uint32_t *member; /* [first[n_groups]] */
} group_index;

static void group_index_fini(group_index *g)
{
	taut_free(g->first);
	taut_free(g->member);
}

static taut_status group_index_init(group_index *g, const taut_problem *p, taut_error *err)
{
	*g = (group_index){NULL, NULL};
	g->first = taut_alloc((size_t)p->n_groups + 2, sizeof *g->first, err);
	if (!g->first)
		return TAUT_ENOMEM;
	g->member = taut_alloc(p->n, sizeof *g->member, err);
	if (!g->member)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->group && p->group[i] != TAUT_QUBO_UNGROUPED)
			g->first[p->group[i] + 2]++;
	for (uint32_t k = 0; k < p->n_groups; k++)
		g->first[k + 2] += g->first[k + 1];
	/* first[k + 1] runs from the start of group k to its end, where group k + 1 starts */
	for (uint32_t i = 0; i < p->n; i++)
		if (p->group && p->group[i] != TAUT_QUBO_UNGROUPED)
			g->member[g->first[p->group[i] + 1]++] = i;
	return TAUT_OK;
}

static void random_bits(uint64_t *bits, const taut_problem *p, const group_index *g, taut_rng *rng)
{
	const size_t words = ((size_t)p->n + 63) / 64;

	for (size_t w = 0; w < words; w++)
		bits[w] = taut_rng_next(rng);
	if (p->n % 64)
		bits[words - 1] &= ((uint64_t)1 << p->n % 64) - 1;
	if (!p->group)
		return;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->group[i] != TAUT_QUBO_UNGROUPED)
			bits[i / 64] &= ~((uint64_t)1 << i % 64);
	for (uint32_t k = 0; k < p->n_groups; k++) {
		const uint32_t count = g->first[k + 1] - g->first[k];
		uint32_t       i;

		if (!count)
			continue;
		i = g->member[g->first[k] + taut_rng_below(rng, count)];
		bits[i / 64] |= (uint64_t)1 << i % 64;
	}
}

static void random_permutation(uint16_t *position, uint32_t n, taut_rng *rng)
{
	for (uint32_t a = 0; a < n; a++)
		position[a] = (uint16_t)a;
	for (uint32_t a = n; a > 1; a--) {
		const uint64_t b = taut_rng_below(rng, a);
		const uint16_t x = position[a - 1];

		position[a - 1] = position[b];
		position[b] = x;
	}
}

/* Whether sample r has one 1 in every group; seen: [n_groups] scratch. */
static bool groups_hold(const taut_problem *p, const taut_samples *s, size_t r,
                        const group_index *g)
{
	for (uint32_t k = 0; k < p->n_groups; k++) {
		uint32_t ones = 0;

		for (uint32_t m = g->first[k]; m < g->first[k + 1]; m++)
			ones += taut_sample_bit(s, r, g->member[m]);
		if (ones != 1 && g->first[k] != g->first[k + 1])
			return false;
	}
	return true;
}

static bool is_permutation(const uint16_t *position, uint32_t n, uint8_t *seen)
{
	memset(seen, 0, n);
	for (uint32_t a = 0; a < n; a++)
		if (position[a] >= n || seen[position[a]]++)
			return false;
	return true;
}

static taut_status check(const taut_problem *p, const taut_samples *s, const group_index *g,
                         taut_error *err)
{
	const uint32_t n = p->permutation_n;
	uint8_t       *seen;
	bool           good = true;

	if (s->count == 0 || s->permutation_n != n || s->n != (n ? 0 : p->n))
		return taut_fail(
			err, TAUT_EINPUT,
			"initial states are %zu of %u bits or %u positions, the problem has %u "
			"or %u",
			s->count, s->n, s->permutation_n, n ? 0 : p->n, n);
	seen = taut_alloc(n, 1, err);
	if (!seen)
		return TAUT_ENOMEM;
	for (size_t r = 0; r < s->count && good; r++) {
		good = n ? is_permutation(s->position + r * n, n, seen) : groups_hold(p, s, r, g);
		if (!good)
			(void)taut_fail(err, TAUT_EINPUT, "initial state %zu %s", r + 1,
			                n ? "is no permutation"
			                  : "does not have exactly one 1 in every group");
	}
	taut_free(seen);
	return good ? TAUT_OK : TAUT_EINPUT;
}

static void fill(taut_samples *s, const taut_problem *p, const taut_schedule *schedule,
                 const group_index *g)
{
	const taut_samples *from = schedule->initial;
	const size_t        n = p->permutation_n;

	for (size_t r = 0; r < s->count; r++) {
		taut_rng rng;

		if (from) {
			const size_t k = r % from->count;

			memcpy(s->bits + r * s->words, from->bits + k * s->words,
			       s->words * sizeof *s->bits);
			memcpy(s->position + r * n, from->position + k * n,
			       n * sizeof *s->position);
			continue;
		}
		taut_rng_init(&rng, schedule->seed, r);
		if (n)
			random_permutation(s->position + r * n, p->permutation_n, &rng);
		else if (p->n)
			random_bits(s->bits + r * s->words, p, g, &rng);
	}
}

taut_status taut_initial_new(taut_samples **out, const taut_problem *problem,
                             const taut_schedule *schedule, taut_error *err)
{
	group_index   g = {NULL, NULL};
	taut_samples *s = NULL;
	taut_status   st;

	*out = NULL;
	st = group_index_init(&g, problem, err);
	if (st)
		goto done;
	if (schedule->initial) {
		st = check(problem, schedule->initial, &g, err);
		if (st)
			goto done;
	}
	st = taut_samples_new(&s, problem, schedule->reads, err);
	if (st)
		goto done;
	fill(s, problem, schedule, &g);
	*out = s;
done:
	group_index_fini(&g);
	return st;
}

/* The couplings' part of an energy. */
static int64_t couplings(const taut_problem *p, const taut_samples *samples, size_t r)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		if (!taut_sample_bit(samples, r, i))
			continue;
		for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
			if (p->col[k] < i && taut_sample_bit(samples, r, p->col[k]))
				sum += p->coef[k];
	}
	return sum;
}

/* The same of dense ones, a strip of columns at a time, so that its bits are unpacked once. */
static int64_t dense_couplings(const taut_problem *p, const taut_samples *samples, size_t r)
{
	uint8_t x[STRIP];
	int64_t sum = 0;

	for (uint32_t first = 0; first < p->n; first += STRIP) {
		const uint32_t width = p->n - first < STRIP ? p->n - first : STRIP;

		for (uint32_t j = 0; j < width; j++)
			x[j] = taut_sample_bit(samples, r, first + j);
		for (uint32_t i = first + 1; i < p->n; i++)
			if (taut_sample_bit(samples, r, i))
				sum += taut_matrix_row_dot(p->dense, i, first, x,
				                           i - first < width ? i - first : width);
	}
	return p->dense_factor * sum;
}

/* The terms' part: within 63 bits, since every move changes an energy by less than 2^30. */
static int64_t terms(const taut_terms *t, const taut_samples *samples, size_t r)
{
	int64_t sum = 0;

	for (uint32_t k = 0; k < t->count; k++) {
		int64_t activity = 0;
		int64_t squares = 0;
		int64_t value = 0;

		for (size_t e = t->first[k]; e < t->first[k + 1]; e++) {
			const int64_t c = taut_sample_bit(samples, r, t->col[e]) ? t->coef[e] : 0;

			activity += c;
			squares += c * c;
		}
		(void)taut_term_value(&value, t, k, activity, squares);
		sum += value;
	}
	return sum;
}

int64_t taut_initial_energy(const taut_problem *problem, const taut_samples *samples, size_t r)
{
	const taut_problem *p = problem;
	const size_t        n = p->permutation_n;
	int64_t             sum = 0;

	assert(r < samples->count);
	if (n) {
		const uint16_t *position = samples->position + r * n;

		for (size_t a = 0; a < n; a++)
			for (size_t b = 0; b < n; b++)
				sum += (int64_t)p->flow[a * n + b] *
				       p->distance[position[a] * n + position[b]];
		return sum;
	}
	for (uint32_t i = 0; i < p->n; i++)
		if (taut_sample_bit(samples, r, i))
			sum += p->linear[i];
	if (p->terms)
		sum += terms(p->terms->rows, samples, r);
	return sum + (p->dense ? dense_couplings(p, samples, r) : couplings(p, samples, r));
}
