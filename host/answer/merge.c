/*
 * Part s of both halves is made as a list of keys that end in s; a filter of one hash's bits is set
 * by the left list and drops most of the right, one of another hash by what is left of the right
 * drops most of the left, and so on until both are a few. Parts are independent: they are searched
 * in batches on all threads, and of a batch's solutions the one of the lowest part is taken.
 */
#include "answer/merge.h"

#include <assert.h>
#include <string.h>

#include "answer/merge_lists.h"
#include "answer/window.h"
#include "base/alloc.h"
#include "base/parallel.h"

enum {
	BATCH = 64,      /* parts between two looks at what was found */
	BUCKET_BITS = 4, /* inner states that end alike, 2^4: fewer are slow to walk */
	LIST_BITS = 13,  /* keys of a part, 2^13, where that leaves more than one part */
	LIST_MOST = 20,  /* no more, 2^20, though buckets shrink */
	FILTER_BITS = 3, /* filter bits to a key, 2^3 */
	FILTER_MIN = 6,  /* bits of the smallest filter, one word */
	PASSES = 8,      /* filters tried before the rest is compared pair by pair */
	CHUNK = 1 << 12  /* right keys made between two filters */
};

/* Scratch of one thread. */
typedef struct {
	uint64_t *left, *few; /* [room_left] */
	uint64_t *right;      /* [room_right] */
	uint64_t *filter;     /* [2^filter_bits / 64] */
	uint64_t  work;
} bench;

typedef struct {
	bool     found;
	uint32_t mask[4]; /* of left outer, left inner, right outer, right inner */
} match;

typedef struct {
	const taut_ctx *ctx;
	taut_equations  eq;
	taut_half       left, right; /* right keys are target - key: equal to those of the left */
	uint32_t        part_bits;
	uint32_t        filter_bits;
	size_t          room_left, room_right;
	size_t          first_part;
	uint32_t        workers;
	bench          *benches; /* [workers] */
	match           matches[BATCH];
	bool            stopped[BATCH];
} search;

static bool all_equations(const taut_model *m)
{
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (m->rows[k].lo != m->rows[k].hi)
			return false;
	return m->n_rows > 0;
}

bool taut_merge_applies(const taut_model *m)
{
	if (m->n > TAUT_MERGE_MAX || m->n_conflicts > 0)
		return false;
	return m->structure == TAUT_STRUCTURE_DEVIATION ? taut_window_applies(m) : all_equations(m);
}

uint64_t taut_merge_work(const taut_model *m)
{
	return (UINT64_C(1) << m->n / 2) + (UINT64_C(1) << (m->n - m->n / 2));
}

static uint32_t log2_of(uint64_t v)
{
	uint32_t bits = 0;

	while (v >>= 1)
		bits++;
	return bits;
}

static void choose_parts(search *s)
{
	const size_t   left = s->left.inner.n, right = s->right.inner.n;
	const uint64_t all = (uint64_t)s->left.outer.n * left;
	const uint32_t inner_bits = log2_of(left < right ? left : right);
	const uint32_t all_bits = log2_of(all);
	size_t         list;

	s->part_bits = inner_bits > BUCKET_BITS ? inner_bits - BUCKET_BITS : 0;
	if (all_bits < LIST_BITS)
		s->part_bits = 0;
	else if (s->part_bits > all_bits - LIST_BITS)
		s->part_bits = all_bits - LIST_BITS;
	else if (all_bits > LIST_MOST && s->part_bits < all_bits - LIST_MOST)
		s->part_bits = all_bits - LIST_MOST;
	if (s->part_bits > inner_bits)
		s->part_bits = inner_bits;
	list = (size_t)(all >> s->part_bits);
	/* an outer state makes as many as one ending has, at most all inner ones */
	s->room_left = list + list / 4 + left;
	s->room_right = list / 4 + 2 * (right > CHUNK ? right : CHUNK);
	s->filter_bits = log2_of(list) + FILTER_BITS;
	if (s->filter_bits < FILTER_MIN)
		s->filter_bits = FILTER_MIN;
}

/* Bit of a key in the filter of that pass: the top of a product with an odd number. */
static inline uint64_t bit_of(uint64_t key, uint64_t factor, uint32_t filter_bits)
{
	return key * factor >> (64 - filter_bits);
}

static void mark(const search *s, bench *w, const uint64_t *list, size_t n, uint32_t pass)
{
	const uint64_t factor = taut_merge_multiplier(pass);
	const uint32_t bits = s->filter_bits;

	memset(w->filter, 0, ((size_t)1 << bits) / 8);
	for (size_t k = 0; k < n; k++) {
		const uint64_t bit = bit_of(list[k], factor, bits);
		w->filter[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

/* The keys that hit the filter, in their order; out may be list. */
static size_t keep(uint64_t *out, const search *s, const bench *w, const uint64_t *list, size_t n,
                   uint32_t pass)
{
	const uint64_t        factor = taut_merge_multiplier(pass);
	const uint32_t        bits = s->filter_bits;
	const uint64_t *const filter = w->filter;
	size_t                kept = 0;

	for (size_t k = 0; k < n; k++) {
		const uint64_t key = list[k];
		const uint64_t bit = bit_of(key, factor, bits);
		out[kept] = key;
		kept += filter[bit / 64] >> bit % 64 & 1;
	}
	return kept;
}

static bool solves(const search *s, const match *m)
{
	const taut_quarter *q[4] = {&s->left.outer, &s->left.inner, &s->right.outer,
	                            &s->right.inner};

	for (uint32_t k = 0; k < s->eq.n_rows; k++) {
		int64_t sum = 0;

		for (int at = 0; at < 4; at++)
			sum += taut_quarter_activity(&s->eq, k, q[at], m->mask[at]);
		if (sum != s->eq.target[k])
			return false;
	}
	return true;
}

/* A key of both halves: are there states of it whose rows meet? */
static bool take_key(match *m, const search *s, uint64_t key, uint64_t low)
{
	size_t left_at[2] = {0, 0};

	while (!m->found && taut_half_pair(m->mask, &left_at[0], &left_at[1], &s->left, key, low)) {
		size_t right_at[2] = {0, 0};

		while (!m->found &&
		       taut_half_pair(m->mask + 2, &right_at[0], &right_at[1], &s->right, key, low))
			m->found = solves(s, m);
	}
	return m->found;
}

/* Right keys that hit the first filter against all left ones. */
static void compare(match *m, const search *s, bench *w, size_t n_left, size_t n_right,
                    uint64_t low)
{
	const uint64_t *left = w->left;

	for (uint32_t pass = 1; pass < PASSES && n_right > 0; pass++) {
		mark(s, w, w->right, n_right, 2 * pass);
		n_left = keep(w->few, s, w, left, n_left, 2 * pass);
		left = w->few;
		mark(s, w, left, n_left, 2 * pass + 1);
		n_right = keep(w->right, s, w, w->right, n_right, 2 * pass + 1);
		if (n_left <= 1 && n_right <= 1)
			break;
	}
	for (size_t a = 0; a < n_left; a++)
		for (size_t b = 0; b < n_right; b++)
			if (left[a] == w->right[b] && take_key(m, s, left[a], low))
				return;
}

/* All right keys of the part against the left ones in w. */
static void match_right(match *m, const search *s, bench *w, size_t n_left, uint64_t part)
{
	const uint64_t low = (UINT64_C(1) << s->part_bits) - 1;
	const size_t   longest = s->right.inner.n;
	const size_t   chunk = longest > CHUNK ? longest : CHUNK;
	size_t         at = 0;

	while (at < s->right.outer.n && !m->found) {
		size_t kept = 0;

		mark(s, w, w->left, n_left, 0);
		while (at < s->right.outer.n && s->room_right - kept >= chunk) {
			const size_t n =
				taut_half_part(w->right + kept, &at, &s->right, part, low, chunk);
			w->work += n;
			kept += keep(w->right + kept, s, w, w->right + kept, n, 0);
		}
		compare(m, s, w, n_left, kept, low);
	}
}

static taut_status search_part(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	search        *s = payload;
	bench         *w = &s->benches[worker];
	match         *m = &s->matches[task];
	const uint64_t part = s->first_part + task;
	const uint64_t low = (UINT64_C(1) << s->part_bits) - 1;
	size_t         at = 0;

	(void)err;
	*m = (match){0};
	s->stopped[task] = false;
	while (at < s->left.outer.n && !m->found && !s->stopped[task]) {
		const size_t n = taut_half_part(w->left, &at, &s->left, part, low, s->room_left);

		s->stopped[task] = taut_ctx_stopped(s->ctx);
		w->work += n;
		if (!s->stopped[task] && n > 0)
			match_right(m, s, w, n, part);
	}
	return TAUT_OK;
}

static void write_quarter(uint8_t *x, const taut_quarter *q, uint32_t mask)
{
	for (uint32_t i = 0; i < q->count; i++)
		x[q->first + i] = mask >> i & 1;
}

static taut_status search_parts(taut_merge *out, uint8_t *x, search *s, taut_error *err)
{
	const size_t parts = (size_t)1 << s->part_bits;
	taut_status  st = TAUT_OK;
	bool         stopped = false;

	for (s->first_part = 0; s->first_part < parts && !stopped; s->first_part += BATCH) {
		const size_t left = parts - s->first_part;
		const size_t n = left < BATCH ? left : BATCH;

		st = taut_parallel(search_part, s, n, s->workers, err);
		if (st != TAUT_OK)
			return st;
		for (size_t t = 0; t < n; t++) {
			const match *m = &s->matches[t];

			stopped = stopped || s->stopped[t];
			if (!m->found)
				continue;
			write_quarter(x, &s->left.outer, m->mask[0]);
			write_quarter(x, &s->left.inner, m->mask[1]);
			write_quarter(x, &s->right.outer, m->mask[2]);
			write_quarter(x, &s->right.inner, m->mask[3]);
			out->found = true;
			return TAUT_OK;
		}
	}
	out->complete = !stopped;
	return st;
}

static taut_status halves_init(search *s, taut_error *err)
{
	const uint32_t n = s->eq.n;
	const uint32_t cut[5] = {0, n / 4, n / 2, n / 2 + (n - n / 2) / 2, n};
	taut_quarter  *q[4] = {&s->left.outer, &s->left.inner, &s->right.outer, &s->right.inner};
	uint64_t       goal = 0;
	taut_status    st = TAUT_OK;

	for (int at = 0; at < 4 && st == TAUT_OK; at++)
		st = taut_quarter_init(q[at], &s->eq, cut[at], cut[at + 1] - cut[at], err);
	if (st != TAUT_OK)
		return st;
	for (uint32_t k = 0; k < s->eq.n_rows; k++)
		goal += taut_merge_multiplier(k) * (uint64_t)s->eq.target[k];
	for (size_t at = 0; at < s->right.outer.n; at++)
		s->right.outer.states[at].key = goal - s->right.outer.states[at].key;
	for (size_t at = 0; at < s->right.inner.n; at++)
		s->right.inner.states[at].key = 0 - s->right.inner.states[at].key;
	choose_parts(s);
	st = taut_half_index(&s->left, s->part_bits, err);
	return st == TAUT_OK ? taut_half_index(&s->right, s->part_bits, err) : st;
}

static taut_status benches_init(search *s, taut_error *err)
{
	const size_t parts = (size_t)1 << s->part_bits;
	const size_t most = parts < BATCH ? parts : BATCH;

	s->workers = s->ctx->threads < most ? s->ctx->threads : (uint32_t)most;
	s->benches = taut_alloc(s->workers, sizeof *s->benches, err);
	for (uint32_t t = 0; s->benches && t < s->workers; t++) {
		bench *w = &s->benches[t];

		w->left = taut_alloc(s->room_left, sizeof *w->left, err);
		w->right = taut_alloc(s->room_right, sizeof *w->right, err);
		w->few = taut_alloc(s->room_left, sizeof *w->few, err);
		w->filter = taut_alloc((size_t)1 << (s->filter_bits - 6), sizeof *w->filter, err);
		if (!w->left || !w->right || !w->few || !w->filter)
			return TAUT_ENOMEM;
	}
	return s->benches ? TAUT_OK : TAUT_ENOMEM;
}

static void search_fini(search *s)
{
	taut_half *halves[2] = {&s->left, &s->right};

	for (uint32_t t = 0; s->benches && t < s->workers; t++) {
		taut_free(s->benches[t].left);
		taut_free(s->benches[t].right);
		taut_free(s->benches[t].few);
		taut_free(s->benches[t].filter);
	}
	taut_free(s->benches);
	for (int h = 0; h < 2; h++) {
		taut_free(halves[h]->outer.states);
		taut_free(halves[h]->inner.states);
		taut_free(halves[h]->inner_key);
		taut_free(halves[h]->start);
	}
	taut_free(s->eq.coef);
	taut_free(s->eq.target);
}

taut_status taut_merge_search(taut_merge *out, uint8_t *x, const taut_model *m, const taut_ctx *ctx,
                              taut_error *err)
{
	search      s = {.ctx = ctx};
	taut_status st = taut_equations_init(&s.eq, m, err);

	assert(taut_merge_applies(m) && ctx->threads >= 1);
	*out = (taut_merge){0};
	if (st == TAUT_OK && s.eq.absurd) {
		out->complete = true;
		goto done;
	}
	if (st == TAUT_OK)
		st = halves_init(&s, err);
	if (st == TAUT_OK)
		st = benches_init(&s, err);
	if (st == TAUT_OK)
		st = search_parts(out, x, &s, err);
	for (uint32_t t = 0; s.benches && t < s.workers; t++)
		out->work += s.benches[t].work;
done:
	search_fini(&s);
	return st;
}
