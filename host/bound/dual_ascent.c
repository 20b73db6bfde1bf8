#include "bound/dual_ascent.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/rng.h"
#include "bound/gilmore_lawler.h"
#include "model/assignment.h"

/* Measured on QAPLIB (docs/bound.md). */
enum {
	SWEEPS_MAX = 2000,
	PLAIN = 8,       /* sweeps at first, and share of all sweeps, that return nothing of K */
	FIRST_SHARE = 4, /* -log2 of the share of K that goes back before a sweep, */
	SHARE_HALVINGS = 10, /* halved so often over all sweeps */
	BITS_MAX = 16
};
static const uint64_t WORK = 72000000; /* cells of C that are visited */

typedef struct {
	const taut_permutation *block;
	uint32_t                n, m; /* m = n - 1 */
	int64_t                 sign; /* -1: maximise; D counts negated */
	int                     bits;
	int64_t                *pair;     /* [n n][m][m] C: (a, l), b without a, k without l */
	int64_t                *single;   /* [n n] L */
	int64_t                 constant; /* K, of 2^bits f + offset */
	int64_t                 offset;   /* makes all costs >= 0 */
	int64_t                 divisor;  /* of f(p), for every p */
	uint32_t               *order;    /* [n n] the (a, l) as they are visited */
	uint32_t               *match;    /* [n] scratch */
	taut_assignment         inner;    /* of m */
	taut_assignment         outer;    /* of n */
} ascent;

static void ascent_fini(ascent *s)
{
	taut_free(s->pair);
	taut_free(s->single);
	taut_free(s->order);
	taut_free(s->match);
	taut_assignment_fini(&s->inner);
	taut_assignment_fini(&s->outer);
}

static taut_status ascent_init(ascent *s, taut_error *err)
{
	const size_t cells = (size_t)s->n * s->n;
	taut_status  st;

	s->pair = taut_alloc(cells * s->m * s->m, sizeof *s->pair, err);
	s->single = taut_alloc(cells, sizeof *s->single, err);
	s->order = taut_alloc(cells, sizeof *s->order, err);
	s->match = taut_alloc(s->n, sizeof *s->match, err);
	if (!s->pair || !s->single || !s->order || !s->match)
		return TAUT_ENOMEM;
	st = taut_assignment_init(&s->inner, s->m, err);
	return st == TAUT_OK ? taut_assignment_init(&s->outer, s->n, err) : st;
}

/* False where the sum leaves 62 bits. */
static bool take_size(int64_t *sum, int64_t *largest, const int64_t *matrix, size_t cells)
{
	*sum = *largest = 0;
	for (size_t e = 0; e < cells; e++) {
		const uint64_t size = taut_magnitude(matrix[e]);

		if (size > (UINT64_C(1) << 62) - 1 - (uint64_t)*sum)
			return false;
		*sum += (int64_t)size;
		*largest = (int64_t)size > *largest ? (int64_t)size : *largest;
	}
	return true;
}

/* The most fraction bits with which every cost fits the assignment solver; -1: none do. */
static int choose_bits(const ascent *s)
{
	const int64_t cells = (int64_t)s->n * s->n;
	int64_t       flow, distance, most_flow, most_distance, total, shift;
	int           bits = BITS_MAX;

	/* the largest |f|, and what making every cost >= 0 can add to it */
	if (!take_size(&flow, &most_flow, s->block->flow, (size_t)cells) ||
	    !take_size(&distance, &most_distance, s->block->distance, (size_t)cells) ||
	    !taut_mul64(&total, flow, distance) || !taut_mul64(&shift, most_flow, most_distance) ||
	    !taut_mul64(&shift, shift, 2 * cells) || !taut_add64(&total, total, shift))
		return -1;
	while (bits >= 0 && total >= taut_assignment_cost_max(s->n) >> bits)
		bits--;
	return bits;
}

/* Where C_albk stands. */
static size_t cell(const ascent *s, uint32_t a, uint32_t l, uint32_t b, uint32_t k)
{
	return (((size_t)a * s->n + l) * s->m + (b - (b > a))) * s->m + (k - (k > l));
}

/* C and L less their least entries, which every permutation pays n (n - 1) and n times. */
static void set_costs(ascent *s)
{
	const uint32_t n = s->n;
	const int64_t *flow = s->block->flow;
	const int64_t *distance = s->block->distance;
	const size_t   cells = (size_t)n * n * s->m * s->m;
	const int64_t  scale = s->sign * (INT64_C(1) << s->bits);
	int64_t        least = 0, least_single = 0;

	for (uint32_t a = 0; a < n; a++)
		for (uint32_t l = 0; l < n; l++) {
			const int64_t c = flow[a * n + a] * distance[l * n + l] * scale;

			s->single[a * n + l] = c;
			least_single = c < least_single ? c : least_single;
			for (uint32_t b = 0; b < n; b++)
				for (uint32_t k = 0; k < n; k++) {
					const int64_t q =
						flow[a * n + b] * distance[l * n + k] * scale;

					if (b == a || k == l)
						continue;
					s->pair[cell(s, a, l, b, k)] = q;
					least = q < least ? q : least;
				}
		}
	for (size_t e = 0; e < cells; e++)
		s->pair[e] -= least;
	for (size_t e = 0; e < (size_t)n * n; e++)
		s->single[e] -= least_single;
	s->offset = -((int64_t)n * s->m * least + n * least_single);
}

/* (1): half of every partner's cost comes to (a, l); cell (b, k) goes to row * b + column * k. */
static void gather(ascent *s, uint32_t e, size_t row, size_t column)
{
	const uint32_t a = e / s->n, l = e % s->n;
	const int64_t *own = s->pair + (size_t)e * s->m * s->m;

	for (uint32_t b = 0; b < s->n; b++)
		for (uint32_t k = 0; k < s->n; k++) {
			int64_t *other;
			int64_t  half;

			if (b == a || k == l)
				continue;
			other = s->pair + cell(s, b, k, a, l);
			half = *other >> 1;
			*other -= half;
			s->inner.cost[row * (b - (b > a)) + column * (k - (k > l))] = *own++ + half;
		}
}

/* (2): what (a, l) costs at least goes to L_al. False where the solver proves nothing. Its dual
 * favours rows; every other pair of sweeps it is given columns as rows. */
static bool visit(ascent *s, uint32_t e, uint32_t sweep)
{
	const uint32_t m = s->m;
	const bool     turned = sweep >> 1 & 1;
	const size_t   row = turned ? 1 : m, column = turned ? m : 1;
	const int64_t *u = turned ? s->inner.v : s->inner.u;
	const int64_t *v = turned ? s->inner.u : s->inner.v;
	int64_t       *own = s->pair + (size_t)e * m * m;
	int64_t        value;

	if (sweep == 0)
		memcpy(s->inner.cost, own, (size_t)m * m * sizeof *own);
	else
		gather(s, e, row, column);
	taut_assignment_solve(s->match, &s->inner);
	if (!taut_assignment_proves(&value, &s->inner))
		return false;
	for (uint32_t b = 0; b < m; b++)
		for (uint32_t k = 0; k < m; k++)
			*own++ = s->inner.cost[row * b + column * k] - u[b + 1] - v[k + 1];
	s->single[e] += value;
	return true;
}

/* (3) */
static bool collect(ascent *s)
{
	const uint32_t n = s->n;
	int64_t        value;

	memcpy(s->outer.cost, s->single, (size_t)n * n * sizeof *s->single);
	taut_assignment_solve(s->match, &s->outer);
	if (!taut_assignment_proves(&value, &s->outer))
		return false;
	for (uint32_t a = 0; a < n; a++)
		for (uint32_t l = 0; l < n; l++)
			s->single[a * n + l] -= s->outer.u[a + 1] + s->outer.v[l + 1];
	s->constant += value;
	return true;
}

/* Is the permutation that collect found so little above K that rounding makes them equal? Then no
 * bound is higher. What it still costs is 2^bits f(p) + offset - K. */
static bool is_met(const ascent *s)
{
	int64_t left = 0;

	for (uint32_t a = 0; a < s->n; a++)
		for (uint32_t b = 0; b < s->n; b++)
			left += a == b ? s->single[a * s->n + s->match[a]]
			               : s->pair[cell(s, a, s->match[a], b, s->match[b])];
	return left < s->divisor << s->bits;
}

/* (4): a share of K, then all of L, goes back, evenly over the rows. The share falls as sweeps
 * pass: it shakes the ascent out of where it is stuck and lets it settle. */
static void spread(ascent *s, uint32_t sweep, uint32_t sweeps)
{
	const uint32_t n = s->n, m = s->m;
	const uint32_t halvings = sweep * SHARE_HALVINGS / sweeps;
	const int64_t  part = (int64_t)(sweep * SHARE_HALVINGS % sweeps);
	int64_t        back = (s->constant >> (FIRST_SHARE + halvings)) / n;

	back -= back / (2 * (int64_t)sweeps) * part;
	if (sweep <= PLAIN && sweep <= sweeps / PLAIN)
		back = 0;
	s->constant -= back * n;
	for (size_t e = 0; e < (size_t)n * n; e++) {
		const int64_t total = s->single[e] + back;
		int64_t      *row = s->pair + e * m * m;

		s->single[e] = 0;
		for (uint32_t b = 0; b < m; b++, row += m)
			for (uint32_t k = 0; k < m; k++)
				row[k] += total / m + (b < total % m);
	}
}

/* The best K, of 2^bits f + offset; false where ctx stops the first sweep. */
static bool climb(int64_t *best, ascent *s, const taut_ctx *ctx)
{
	const uint32_t cells = s->n * s->n;
	const uint64_t work = WORK / ((uint64_t)cells * s->m * s->m) + 1;
	const uint32_t sweeps = work < SWEEPS_MAX ? (uint32_t)work : SWEEPS_MAX;
	taut_rng       rng;

	taut_rng_init(&rng, 1, 0);
	for (uint32_t e = 0; e < cells; e++)
		s->order[e] = e;
	for (uint32_t k = 0; k < sweeps; k++) {
		if (k > 0)
			spread(s, k, sweeps);
		for (uint32_t at = 0; at < cells; at++) {
			const uint32_t other = at + (uint32_t)taut_rng_below(&rng, cells - at);
			const uint32_t e = s->order[other];

			s->order[other] = s->order[at];
			s->order[at] = e;
			if (taut_ctx_stopped(ctx) || !visit(s, e, k))
				return k > 0;
		}
		if (!collect(s))
			return k > 0;
		*best = k == 0 || s->constant > *best ? s->constant : *best;
		if (is_met(s))
			break;
	}
	return true;
}

/* The greatest common divisor of the diagonal, or of the other entries, each of which is added to
 * its mirror image where `both`. */
static int64_t divisor_of(const int64_t *matrix, uint32_t n, bool diagonal, bool both)
{
	uint64_t divisor = 0;

	for (uint32_t a = 0; a < n; a++)
		for (uint32_t b = 0; b < n; b++)
			if ((a == b) == diagonal)
				divisor = taut_gcd(divisor, matrix[a * n + b] +
				                                    (both ? matrix[b * n + a] : 0));
	return (int64_t)divisor;
}

/* Divides f(p) for every p; at least 1. */
static int64_t divisor_of_values(const taut_permutation *block)
{
	const uint32_t n = block->n;
	const bool     flows = taut_is_symmetric(block->distance, n);
	const bool     distances = !flows && taut_is_symmetric(block->flow, n);
	const int64_t  pairs = divisor_of(block->flow, n, false, flows) *
	                      divisor_of(block->distance, n, false, distances);
	const int64_t singles = divisor_of(block->flow, n, true, false) *
	                        divisor_of(block->distance, n, true, false);
	const int64_t divisor = (int64_t)taut_gcd((uint64_t)pairs, singles);

	return divisor ? divisor : 1;
}

/* f >= (best - offset) / 2^bits, up to the next multiple of the divisor. */
static bool round_up(int64_t *value, const ascent *s, int64_t best)
{
	const int64_t unit = INT64_C(1) << s->bits;
	const int64_t numerator = best - s->offset;
	int64_t       steps = numerator / unit;

	steps += numerator > steps * unit;
	best = steps / s->divisor;
	best += steps > best * s->divisor;
	return taut_mul64(value, best, s->divisor);
}

taut_status taut_bound_dual_ascent(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                   taut_error *err)
{
	const uint32_t n = model->permutation.n;
	const size_t   side = (size_t)n * (n - 1);
	ascent         s = {.block = &model->permutation, .n = n, .m = n - 1};
	int64_t        value = 0;
	taut_status    st;

	assert(model->structure == TAUT_STRUCTURE_ASSIGNMENT);
	*out = (taut_bound){0};
	s.sign = model->maximise ? -1 : 1;
	s.bits = choose_bits(&s);
	if (n < 2 || s.bits < 0 || side > INT32_MAX ||
	    side * side * sizeof *s.pair > TAUT_DUAL_ASCENT_BYTES)
		return TAUT_OK;
	st = ascent_init(&s, err);
	if (st == TAUT_OK) {
		set_costs(&s);
		s.divisor = divisor_of_values(s.block);
		if (climb(&value, &s, ctx) && round_up(&value, &s, value) &&
		    taut_add64(&value, s.sign * value, model->offset))
			*out = (taut_bound){.known = true, .value = value, .kind = "dual_ascent"};
	}
	ascent_fini(&s);
	return st;
}
