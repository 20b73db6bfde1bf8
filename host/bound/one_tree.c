#include "bound/one_tree.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "model/assignment.h"

/* Measured on TSPLIB (docs/bound.md). */
enum {
	STEPS_MAX = 3000,
	STEPS_MIN = 30,
	ROUND_FIRST = 100,
	WORK = 120000000, /* edges looked at: steps on large models are fewer */
	FRACTION_BITS_MAX = 20
};
static const double MOMENTUM = 0.4; /* share of the last step's degrees */

typedef struct {
	size_t    n;
	int       bits;    /* f; may be negative */
	int64_t  *w;       /* [n][n] */
	int64_t  *pi;      /* [n] */
	int64_t   pi_max;  /* |pi| stays below it: no sum leaves 64 bits */
	int64_t   best;    /* the largest V so far */
	int64_t  *best_pi; /* [n] where it was found */
	int64_t  *degree;  /* [n] of the last 1-tree, less 2 */
	int64_t  *before;  /* [n] of the one before */
	int64_t  *key;     /* [n] scratch: least edge from the tree to a city outside */
	uint32_t *parent;  /* [n] scratch: where that edge ends */
	uint32_t *outside; /* [n] scratch: the cities outside, key and parent in the same order */
} ascent;

static void ascent_fini(ascent *s)
{
	taut_free(s->w);
	taut_free(s->pi);
	taut_free(s->best_pi);
	taut_free(s->degree);
	taut_free(s->before);
	taut_free(s->key);
	taut_free(s->parent);
	taut_free(s->outside);
}

static int64_t scaled(int64_t d, int bits)
{
	return bits >= 0 ? d * (INT64_C(1) << bits) : d >> -bits;
}

/* A 1-tree has n edges of at most |w| + 2 |pi| each, and 2 sum |pi| is taken off. With n |w| and
 * n |pi| below 2^59 all sums stay below 2^62. */
static void set_scale(ascent *s, const int64_t *distance)
{
	int64_t largest = 1;

	for (size_t e = 0; e < s->n * s->n; e++) {
		const int64_t size = distance[e] < 0 ? -distance[e] : distance[e];
		largest = size > largest ? size : largest;
	}
	s->pi_max = (INT64_C(1) << 59) / (int64_t)s->n;
	s->bits = FRACTION_BITS_MAX;
	/* + 1: rounding down can make a negative one larger */
	while (ldexp((double)largest + 1, s->bits) * (double)s->n >= 0x1p59)
		s->bits--;
}

static taut_status ascent_init(ascent *s, const taut_permutation *block, taut_error *err)
{
	const size_t   n = block->n;
	const int64_t *d = block->distance;

	*s = (ascent){.n = n};
	s->w = taut_alloc(n * n, sizeof *s->w, err);
	s->pi = taut_alloc(n, sizeof *s->pi, err);
	s->best_pi = taut_alloc(n, sizeof *s->best_pi, err);
	s->degree = taut_alloc(n, sizeof *s->degree, err);
	s->before = taut_alloc(n, sizeof *s->before, err);
	s->key = taut_alloc(n, sizeof *s->key, err);
	s->parent = taut_alloc(n, sizeof *s->parent, err);
	s->outside = taut_alloc(n, sizeof *s->outside, err);
	if (!s->w || !s->pi || !s->best_pi || !s->degree || !s->before || !s->key || !s->parent ||
	    !s->outside)
		return TAUT_ENOMEM;
	set_scale(s, d);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			const int64_t there = d[i * n + j];
			const int64_t back = d[j * n + i];
			s->w[i * n + j] = s->w[j * n + i] =
				scaled(there < back ? there : back, s->bits);
		}
	return TAUT_OK;
}

/* The two least edges at city 0; returns their sum. */
static int64_t close_tree(ascent *s)
{
	int64_t  least[2] = {INT64_MAX, INT64_MAX};
	uint32_t end[2] = {0, 0};

	for (uint32_t j = 1; j < s->n; j++) {
		const int64_t edge = s->w[j] + s->pi[j];
		const bool    first = edge < least[0];

		if (!first && edge >= least[1])
			continue;
		if (first) {
			least[1] = least[0];
			end[1] = end[0];
		}
		least[!first] = edge;
		end[!first] = j;
	}
	s->degree[0] += 2;
	s->degree[end[0]]++;
	s->degree[end[1]]++;
	return least[0] + least[1] + 2 * s->pi[0];
}

/* V(pi), and the least 1-tree's degrees less 2. */
static int64_t evaluate(ascent *s)
{
	const size_t   n = s->n;
	const int64_t *pi = s->pi;
	int64_t       *key = s->key;
	uint32_t      *parent = s->parent;
	uint32_t      *outside = s->outside;
	uint32_t       last = 1;
	int64_t        value = 0;

	for (size_t i = 0; i < n; i++) {
		s->degree[i] = -2;
		value -= 2 * pi[i];
	}
	for (uint32_t j = 2; j < n; j++) {
		outside[j - 2] = j;
		key[j - 2] = INT64_MAX;
	}
	for (size_t left = n - 2; left > 0; left--) {
		const int64_t *row = s->w + last * n;
		const int64_t  here = pi[last];
		int64_t        least = INT64_MAX;
		size_t         nearest = 0;

		for (size_t at = 0; at < left; at++) {
			const int64_t edge = row[outside[at]] + pi[outside[at]] + here;
			const bool    nearer = edge < key[at];
			const int64_t now = nearer ? edge : key[at];

			key[at] = now;
			parent[at] = nearer ? last : parent[at];
			nearest = now < least ? at : nearest;
			least = now < least ? now : least;
		}
		value += least;
		last = outside[nearest];
		s->degree[last]++;
		s->degree[parent[nearest]]++;
		outside[nearest] = outside[left - 1];
		key[nearest] = key[left - 1];
		parent[nearest] = parent[left - 1];
	}
	return value + close_tree(s);
}

/* pi += step ((1 - MOMENTUM) degree + MOMENTUM before); false at a tour. */
static bool move(ascent *s, double step)
{
	bool tour = true;

	for (size_t i = 0; i < s->n; i++) {
		const double by = step * ((1 - MOMENTUM) * (double)s->degree[i] +
		                          MOMENTUM * (double)s->before[i]);
		const double to = (double)s->pi[i] + floor(by + 0.5);

		tour = tour && s->degree[i] == 0;
		if (fabs(to) < (double)s->pi_max)
			s->pi[i] += (int64_t)floor(by + 0.5);
	}
	memcpy(s->before, s->degree, s->n * sizeof *s->before);
	return !tour;
}

/*
 * Step m of M after Volgenant & Jonker 1982 (European J. Operational Research 9): lengths fall from
 * t_1 to 0 with constant second difference, the first difference three times the last one.
 */
static double step_length(double first, int m, int steps)
{
	const double a = m - 1;
	const double M = steps;

	return first *
	       (a * (2 * M - 5) / (2 * (M - 1)) - (a - 1) + a * (a - 1) / (2 * (M - 1) * (M - 2)));
}

/* `steps` steps from the best pi so far; false when ctx stops or the 1-tree is a tour. */
static bool ascend(ascent *s, double first, int steps, const taut_ctx *ctx)
{
	memcpy(s->pi, s->best_pi, s->n * sizeof *s->pi);
	(void)evaluate(s);
	memcpy(s->before, s->degree, s->n * sizeof *s->before);
	for (int m = 1; m <= steps; m++) {
		int64_t value;

		if (taut_ctx_stopped(ctx) || !move(s, step_length(first, m, steps)))
			return false;
		value = evaluate(s);
		if (value <= s->best)
			continue;
		s->best = value;
		memcpy(s->best_pi, s->pi, s->n * sizeof *s->pi);
	}
	return true;
}

/* The largest V found. Rounds of growing length, so that one that ctx cuts wastes little. */
static int64_t climb(ascent *s, const taut_ctx *ctx)
{
	const int64_t limit = WORK / (int64_t)(s->n * s->n / 2 + 1);
	int    left = limit > STEPS_MAX ? STEPS_MAX : limit < STEPS_MIN ? STEPS_MIN : (int)limit;
	int    round = ROUND_FIRST;
	double first;

	s->best = evaluate(s); /* pi = 0 */
	first = fmax(fabs((double)s->best) / (2.0 * (double)s->n), 1.0);
	for (; left > 0; left -= round, round *= 3) {
		if (left < 3 * round)
			round = left;
		if (!ascend(s, first, round, ctx))
			break;
	}
	return s->best;
}

static void raise(taut_bound *out, int64_t value, const char *kind)
{
	if (!out->known || value > out->value)
		*out = (taut_bound){.known = true, .value = value, .kind = kind};
}

static taut_status trees(taut_bound *out, const taut_permutation *block, const taut_ctx *ctx,
                         taut_error *err)
{
	ascent      s = {0};
	taut_status st = ascent_init(&s, block, err);
	int64_t     value;

	if (st != TAUT_OK)
		goto done;
	value = climb(&s, ctx);
	if (s.bits >= 0)
		raise(out, -(-value >> s.bits), "one_tree");
	else if (taut_mul64(&value, value, INT64_C(1) << -s.bits))
		raise(out, value, "one_tree");
done:
	ascent_fini(&s);
	return st;
}

/* A fixed point costs more than all legs together; p without one cost what they cost. */
static taut_status successors(taut_bound *out, const taut_permutation *block, const taut_ctx *ctx,
                              taut_error *err)
{
	const size_t    n = block->n;
	taut_assignment a = {0};
	taut_status     st = taut_assignment_init(&a, block->n, err);
	int64_t         sum = 1;
	int64_t         value;

	if (st != TAUT_OK)
		return st;
	for (size_t e = 0; e < n * n; e++) {
		a.cost[e] = block->distance[e];
		sum += a.cost[e] < 0 ? -a.cost[e] : a.cost[e]; /* the model proves that it fits */
	}
	for (size_t i = 0; i < n; i++)
		a.cost[i * n + i] = sum;
	if (taut_assignment_bound(&value, &a, ctx))
		raise(out, value, "assignment");
	taut_assignment_fini(&a);
	return TAUT_OK;
}

static bool is_symmetric(const taut_permutation *block)
{
	const size_t n = block->n;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (block->distance[i * n + j] != block->distance[j * n + i])
				return false;
	return true;
}

taut_status taut_bound_one_tree(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                taut_error *err)
{
	const taut_permutation *block = &model->permutation;
	taut_status             st = TAUT_OK;

	assert(model->structure == TAUT_STRUCTURE_TOUR && !model->maximise);
	*out = (taut_bound){0};
	if (block->n == 1) /* no leg */
		raise(out, 0, "one_tree");
	if (block->n == 2 || !is_symmetric(block))
		st = successors(out, block, ctx, err);
	if (st == TAUT_OK && block->n > 2)
		st = trees(out, block, ctx, err);
	if (st == TAUT_OK && out->known && !taut_add64(&out->value, out->value, model->offset))
		*out = (taut_bound){0};
	return st;
}
