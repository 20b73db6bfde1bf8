/*
 * Closed tours. Repair: the nearest permutation. Local search: 2-opt and Or-opt (segments of up to
 * three cities, either way round) over neighbour lists with a queue of cities in place of
 * don't-look bits (Bentley 1992, ORSA J. Computing 4), then double-bridge kicks among nearby
 * places, each taken back where it lengthens the tour (Martin, Otto & Felten 1991). Asymmetric
 * distances: a reversed stretch is charged with what reversing it costs.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "answer/rounding.h"
#include "answer/strategy.h"
#include "base/alloc.h"

enum { NEIGHBOURS = 12, SEGMENT_MAX = 3, KICKS_PER_CITY = 10, KICK_SPAN = 50, LOOK_EVERY = 16 };

typedef struct {
	const taut_model *m;
	uint32_t          n;
	int64_t           sign;
	bool              symmetric;
	int64_t        *length; /* [n][n] of the edge from one city to the next, to be made small */
	uint32_t        n_near; /* entries per city of near */
	uint32_t       *near;   /* [n][n_near] other cities, nearest first */
	uint32_t       *city;   /* [n] by place */
	uint32_t       *place;  /* [n] by city */
	uint32_t       *best;   /* [n] */
	uint32_t       *queue;  /* [n] circular */
	uint8_t        *queued; /* [n] */
	uint32_t        head, n_queued;
	taut_assignment rounding;
} tour;

bool taut_tour_applies(const taut_model *m)
{
	const size_t   n = m->permutation.n;
	const int64_t *F = m->permutation.flow;

	if (n < 5 || !F)
		return false;
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; b < n; b++) {
			int64_t want = 0;
			if (b == (a + 1) % n)
				want = F[1];
			else if (a == (b + 1) % n)
				want = F[n];
			if (F[a * n + b] != want)
				return false;
		}
	return true;
}

static void tour_close(void *state)
{
	tour *s = state;

	if (!s)
		return;
	taut_assignment_fini(&s->rounding);
	taut_free(s->length);
	taut_free(s->near);
	taut_free(s->city);
	taut_free(s->place);
	taut_free(s->best);
	taut_free(s->queue);
	taut_free(s->queued);
	taut_free(s);
}

static void set_lengths(tour *s)
{
	const size_t   n = s->n;
	const int64_t *D = s->m->permutation.distance;
	const int64_t  forward = s->sign * s->m->permutation.flow[1];
	const int64_t  backward = s->sign * s->m->permutation.flow[n];

	s->symmetric = true;
	for (size_t c = 0; c < n; c++)
		for (size_t d = 0; d < n; d++)
			s->length[c * n + d] = forward * D[c * n + d] + backward * D[d * n + c];
	for (size_t c = 0; c < n; c++)
		for (size_t d = 0; d < c; d++)
			s->symmetric = s->symmetric && s->length[c * n + d] == s->length[d * n + c];
}

/* The n_near nearest of every city by the mean of both directions, ties by number: insertion into a
 * sorted list. */
static void list_neighbours(tour *s)
{
	const size_t n = s->n;

	for (size_t c = 0; c < n; c++) {
		uint32_t *near = s->near + c * s->n_near;
		uint32_t  count = 0;
		for (uint32_t d = 0; d < n; d++) {
			const int64_t far = s->length[c * n + d] + s->length[d * n + c];
			uint32_t      at = count;
			if (d == c)
				continue;
			while (at > 0 && far < s->length[c * n + near[at - 1]] +
			                                 s->length[near[at - 1] * n + c])
				at--;
			if (at == s->n_near)
				continue;
			count += count < s->n_near;
			memmove(near + at + 1, near + at, (count - 1 - at) * sizeof *near);
			near[at] = d;
		}
	}
}

static taut_status tour_open(void **out, const taut_model *m, const double *multipliers,
                             taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	tour       *s = taut_alloc(1, sizeof *s, err);

	(void)multipliers;
	assert(taut_tour_applies(m));
	*out = NULL;
	if (!s)
		goto done;
	s->m = m;
	s->n = m->permutation.n;
	s->sign = m->maximise ? -1 : 1;
	s->n_near = s->n - 1 < NEIGHBOURS ? s->n - 1 : NEIGHBOURS;
	s->length = taut_alloc(m->n, sizeof *s->length, err);
	s->near = taut_alloc((size_t)s->n * s->n_near, sizeof *s->near, err);
	s->city = taut_alloc(s->n, sizeof *s->city, err);
	s->place = taut_alloc(s->n, sizeof *s->place, err);
	s->best = taut_alloc(s->n, sizeof *s->best, err);
	s->queue = taut_alloc(s->n, sizeof *s->queue, err);
	s->queued = taut_alloc(s->n, 1, err);
	if (!s->length || !s->near || !s->city || !s->place || !s->best || !s->queue || !s->queued)
		goto done;
	st = taut_assignment_init(&s->rounding, s->n, err);
	if (st != TAUT_OK)
		goto done;
	set_lengths(s);
	list_neighbours(s);
	*out = s;
	s = NULL; /* now the caller's */
done:
	tour_close(s);
	return st;
}

static void tour_make_feasible(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	tour *s = state;

	(void)rng, (void)ctx;
	taut_rounding_nearest(s->city, &s->rounding, &s->m->permutation, x, s->sign);
	taut_rounding_write(x, s->city, s->n);
}

static int64_t edge(const tour *s, uint32_t from, uint32_t to)
{
	return s->length[(size_t)from * s->n + to];
}

/* The city k places after place at, k <= n. */
static uint32_t city_at(const tour *s, uint32_t at, uint32_t k)
{
	const uint32_t sum = at + k;

	return s->city[sum < s->n ? sum : sum - s->n];
}

static void put(tour *s, uint32_t at, uint32_t city)
{
	const uint32_t wrapped = at < s->n ? at : at - s->n;

	s->city[wrapped] = city;
	s->place[city] = wrapped;
}

static void push(tour *s, uint32_t city)
{
	const uint32_t at = s->head + s->n_queued;

	if (s->queued[city])
		return;
	s->queue[at < s->n ? at : at - s->n] = city;
	s->n_queued++;
	s->queued[city] = 1;
}

static uint32_t pop(tour *s)
{
	const uint32_t city = s->queue[s->head];

	s->head = s->head + 1 < s->n ? s->head + 1 : 0;
	s->n_queued--;
	s->queued[city] = 0;
	return city;
}

/* What it adds to walk the `count` cities from place `from` on the other way round, without the
 * ends. */
static int64_t reversal(const tour *s, uint32_t from, uint32_t count)
{
	int64_t sum = 0;

	if (s->symmetric)
		return 0;
	for (uint32_t k = 0; k + 1 < count; k++) {
		const uint32_t c = city_at(s, from, k);
		const uint32_t d = city_at(s, from, k + 1);
		sum += edge(s, d, c) - edge(s, c, d);
	}
	return sum;
}

/* Reverses count cities from place `from`; of a symmetric tour the rest where that is shorter. */
static void reverse(tour *s, uint32_t from, uint32_t count)
{
	uint32_t low;
	uint32_t high;

	if (s->symmetric && 2 * count > s->n) {
		from = from + count < s->n ? from + count : from + count - s->n;
		count = s->n - count;
	}
	low = from;
	high = from + count - 1;
	for (uint32_t k = 0; k < count / 2; k++, low++, high--) {
		const uint32_t c = city_at(s, low, 0);
		put(s, low, city_at(s, high, 0));
		put(s, high, c);
	}
}

static int64_t tour_length(const tour *s)
{
	int64_t sum = 0;

	for (uint32_t a = 0; a < s->n; a++)
		sum += edge(s, s->city[a], city_at(s, a, 1));
	return sum;
}

/* 2-opt with the new edge from a to c (a's place first) or, mirrored, into a. */
static bool two_opt(tour *s, uint32_t a, uint32_t c, bool forward)
{
	const uint32_t n = s->n;
	/* the edges (u, u') and (v, v') become (u, v) and (u', v'); u' .. v is reversed */
	const uint32_t u = forward ? s->place[a] : (s->place[a] + n - 1) % n;
	const uint32_t v = forward ? s->place[c] : (s->place[c] + n - 1) % n;
	const uint32_t count = (v + n - u) % n;
	const uint32_t first = (u + 1) % n;
	const uint32_t ends[4] = {s->city[u], s->city[first], s->city[v], city_at(s, v, 1)};
	int64_t        change;

	if (count < 2)
		return false;
	change = edge(s, ends[0], ends[2]) + edge(s, ends[1], ends[3]) - edge(s, ends[0], ends[1]) -
	         edge(s, ends[2], ends[3]);
	if (s->symmetric ? change >= 0 : change + reversal(s, first, count) >= 0)
		return false;
	reverse(s, first, count);
	for (int k = 0; k < 4; k++)
		push(s, ends[k]);
	return true;
}

/* Moves the segment of `count` cities at place `from` behind place `to`, which lies outside it. */
static void move_segment(tour *s, uint32_t from, uint32_t count, uint32_t to, bool turned)
{
	const uint32_t n = s->n;
	const uint32_t ahead =
		(to + n - (from + count - 1) % n) % n; /* cities between it and its new place */
	uint32_t segment[SEGMENT_MAX];

	for (uint32_t k = 0; k < count; k++)
		segment[turned ? count - 1 - k : k] = city_at(s, from, k);
	if (2 * ahead <= n) {
		for (uint32_t k = 0; k < ahead; k++)
			put(s, (from + k) % n, city_at(s, (from + k) % n, count));
		for (uint32_t k = 0; k < count; k++)
			put(s, (from + ahead + k) % n, segment[k]);
		return;
	}
	for (uint32_t k = 0; k < n - count - ahead; k++)
		put(s, (from + count - 1 + 2 * n - k) % n, s->city[(from + 2 * n - 1 - k) % n]);
	for (uint32_t k = 0; k < count; k++)
		put(s, (to + 1 + k) % n, segment[k]);
}

/* Or-opt: a segment that begins or ends at a moves between c and the city after or before it,
 * either way round. */
static bool or_opt(tour *s, uint32_t a, uint32_t c, uint32_t count, bool a_first)
{
	const uint32_t n = s->n;
	const uint32_t from = a_first ? s->place[a] : (s->place[a] + n - count + 1) % n;
	const uint32_t head = s->city[from];
	const uint32_t tail = city_at(s, from, count - 1);
	const uint32_t before = s->city[(from + n - 1) % n];
	const uint32_t after = s->city[(from + count) % n];
	const int64_t  out = edge(s, before, after) - edge(s, before, head) - edge(s, tail, after);
	const int64_t  turn = reversal(s, from, count);

	if ((s->place[c] + n - from) % n < count)
		return false;
	for (uint32_t side = 0; side < 2; side++) {
		const uint32_t to = side ? (s->place[c] + n - 1) % n : s->place[c];
		const uint32_t left = s->city[to];
		const uint32_t right = s->city[(to + 1) % n];
		const int64_t  gap = out - edge(s, left, right);
		int64_t        change[2];
		if (left == before || (to + n - from) % n < count)
			continue;
		change[0] = gap + edge(s, left, head) + edge(s, tail, right);
		change[1] = gap + turn + edge(s, left, tail) + edge(s, head, right);
		if (change[0] >= 0 && change[1] >= 0)
			continue;
		move_segment(s, from, count, to, change[1] < change[0]);
		push(s, before), push(s, after), push(s, head);
		push(s, tail), push(s, left), push(s, right);
		return true;
	}
	return false;
}

/* Of a symmetric tour only neighbours that are nearer than one of a's two on the tour: an improving
 * move has such a new edge at one of its ends. */
static bool improve_city(tour *s, uint32_t a)
{
	const uint32_t *near = s->near + (size_t)a * s->n_near;
	const int64_t   in = edge(s, city_at(s, s->place[a], s->n - 1), a);
	const int64_t   out = edge(s, a, city_at(s, s->place[a], 1));

	for (uint32_t k = 0; k < s->n_near; k++) {
		if (s->symmetric && edge(s, a, near[k]) >= (in > out ? in : out))
			return false;
		if (two_opt(s, a, near[k], true) || two_opt(s, a, near[k], false) ||
		    (!s->symmetric &&
		     (two_opt(s, near[k], a, true) || two_opt(s, near[k], a, false))))
			return true;
		for (uint32_t count = 1; count <= SEGMENT_MAX; count++)
			if (or_opt(s, a, near[k], count, true) ||
			    (count > 1 && or_opt(s, a, near[k], count, false)))
				return true;
	}
	return false;
}

/* Every step shortens the tour by at least one, so it ends. */
static void climb(tour *s)
{
	while (s->n_queued > 0) {
		const uint32_t a = pop(s);
		if (improve_city(s, a))
			push(s, a);
	}
}

/* Double bridge on three neighbouring stretches: A B becomes B A. */
static void kick(tour *s, taut_rng *rng)
{
	const uint32_t n = s->n;
	const uint32_t span = n - 2 < KICK_SPAN ? n - 2 : KICK_SPAN;
	const uint32_t from = (uint32_t)taut_rng_below(rng, n);
	const uint32_t n_a = 1 + (uint32_t)taut_rng_below(rng, span / 2);
	const uint32_t n_b = 1 + (uint32_t)taut_rng_below(rng, span / 2);
	uint32_t       first[KICK_SPAN];

	for (uint32_t k = 0; k < n_a; k++)
		first[k] = city_at(s, from, k);
	push(s, s->city[(from + n - 1) % n]);
	push(s, first[0]);
	push(s, first[n_a - 1]);
	push(s, city_at(s, from, n_a));
	push(s, city_at(s, from, n_a + n_b - 1));
	push(s, city_at(s, from, n_a + n_b));
	for (uint32_t k = 0; k < n_b; k++)
		put(s, from + k, city_at(s, from, n_a + k));
	for (uint32_t k = 0; k < n_a; k++)
		put(s, from + n_b + k, first[k]);
}

static void take(tour *s, const uint32_t *cities)
{
	for (uint32_t a = 0; a < s->n; a++)
		put(s, a, cities[a]);
}

static void tour_improve(void *state, uint8_t *x, taut_rng *rng, const taut_ctx *ctx)
{
	tour   *s = state;
	int64_t best;
	bool    read = taut_rounding_read(s->best, x, s->n);

	assert(read);
	if (!read)
		return;
	take(s, s->best);
	s->head = s->n_queued = 0;
	memset(s->queued, 0, s->n);
	for (uint32_t a = 0; a < s->n; a++)
		push(s, s->city[a]);
	climb(s);
	best = tour_length(s);
	memcpy(s->best, s->city, s->n * sizeof *s->best);
	for (uint32_t k = 0; k < KICKS_PER_CITY * s->n; k++) {
		int64_t now;
		if (k % LOOK_EVERY == 0 && taut_ctx_stopped(ctx))
			break;
		kick(s, rng);
		climb(s);
		now = tour_length(s);
		if (now <= best) {
			best = now;
			memcpy(s->best, s->city, s->n * sizeof *s->best);
		} else {
			take(s, s->best);
		}
	}
	taut_rounding_write(x, s->best, s->n);
}

const taut_strategy taut_strategy_tour = {
	.open = tour_open,
	.close = tour_close,
	.make_feasible = tour_make_feasible,
	.improve = tour_improve,
};
