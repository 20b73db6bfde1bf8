#include "answer/merge_lists.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/rng.h"

/* Row k: the entries, divided. */
static void set_row(taut_equations *eq, uint32_t k, const uint32_t *col, const int64_t *coef,
                    size_t count, int64_t target)
{
	int64_t *row = eq->coef + (size_t)k * eq->n;
	uint64_t divisor = 0;

	for (size_t e = 0; e < count; e++)
		divisor = taut_gcd(divisor, coef[e]);
	eq->target[k] = target;
	eq->absurd = eq->absurd || (divisor ? taut_magnitude(target) % divisor != 0 : target != 0);
	if (eq->absurd || divisor == 0 || divisor > INT64_MAX)
		return;
	eq->target[k] = target / (int64_t)divisor;
	for (size_t e = 0; e < count; e++)
		row[col[e]] = coef[e] / (int64_t)divisor;
}

taut_status taut_equations_init(taut_equations *eq, const taut_model *m, taut_error *err)
{
	const bool forms = m->structure == TAUT_STRUCTURE_DEVIATION;

	*eq = (taut_equations){.n_rows = forms ? m->n_forms : m->n_rows, .n = m->n};
	eq->coef = taut_alloc((size_t)eq->n_rows * eq->n, sizeof *eq->coef, err);
	eq->target = taut_alloc(eq->n_rows, sizeof *eq->target, err);
	if (!eq->coef || !eq->target)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < eq->n_rows; k++) {
		const taut_form *f = forms ? &m->forms[k] : NULL;
		const taut_row  *r = forms ? NULL : &m->rows[k];

		if (forms)
			set_row(eq, k, m->form_col + f->first, m->form_coef + f->first, f->count,
			        f->target);
		else
			set_row(eq, k, m->row_col + r->first, m->row_coef + r->first, r->count,
			        r->lo);
	}
	return TAUT_OK;
}

uint64_t taut_merge_multiplier(uint32_t row)
{
	return taut_mix64((uint64_t)row + 1) | 1;
}

static uint64_t key_of(const taut_equations *eq, uint32_t i)
{
	uint64_t key = 0;

	for (uint32_t k = 0; k < eq->n_rows; k++)
		key += taut_merge_multiplier(k) * (uint64_t)eq->coef[(size_t)k * eq->n + i];
	return key;
}

/* The sum lies within the row's, which model.h keeps within 64 bits. */
int64_t taut_quarter_activity(const taut_equations *eq, uint32_t k, const taut_quarter *q,
                              uint32_t mask)
{
	const int64_t *row = eq->coef + (size_t)k * eq->n + q->first;
	int64_t        sum = 0;

	for (uint32_t i = 0; i < q->count; i++)
		if (mask >> i & 1)
			sum += row[i];
	return sum;
}

static bool same_rows(const taut_equations *eq, const taut_quarter *q, uint32_t a, uint32_t b)
{
	for (uint32_t k = 0; k < eq->n_rows; k++)
		if (taut_quarter_activity(eq, k, q, a) != taut_quarter_activity(eq, k, q, b))
			return false;
	return true;
}

static int by_key(const void *a, const void *b)
{
	const taut_merge_state *p = a;
	const taut_merge_state *q = b;

	if (p->key != q->key)
		return p->key < q->key ? -1 : 1;
	return p->mask < q->mask ? -1 : p->mask > q->mask;
}

taut_status taut_quarter_init(taut_quarter *q, const taut_equations *eq, uint32_t first,
                              uint32_t count, taut_error *err)
{
	const size_t all = (size_t)1 << count;
	size_t       run = 0; /* start of the kept states of the key at hand */

	*q = (taut_quarter){.first = first, .count = count};
	q->states = taut_alloc(all, sizeof *q->states, err);
	if (!q->states)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t key = key_of(eq, first + i);
		const size_t   n = (size_t)1 << i;

		for (size_t at = 0; at < n; at++)
			q->states[n + at] =
				(taut_merge_state){q->states[at].key + key, (uint32_t)(n + at)};
	}
	qsort(q->states, all, sizeof *q->states, by_key);
	for (size_t at = 0; at < all; at++) {
		const taut_merge_state s = q->states[at];
		bool                   known = false;

		if (q->n > 0 && s.key != q->states[run].key)
			run = q->n;
		for (size_t e = run; e < q->n && !known; e++)
			known = same_rows(eq, q, q->states[e].mask, s.mask);
		if (!known)
			q->states[q->n++] = s;
	}
	return TAUT_OK;
}

taut_status taut_half_index(taut_half *h, uint32_t part_bits, taut_error *err)
{
	const size_t      parts = (size_t)1 << part_bits;
	const uint64_t    low = parts - 1;
	taut_merge_state *sorted = taut_alloc(h->inner.n, sizeof *sorted, err);

	h->inner_key = taut_alloc(h->inner.n, sizeof *h->inner_key, err);
	h->start = taut_alloc(parts + 2, sizeof *h->start, err);
	if (!sorted || !h->inner_key || !h->start) {
		taut_free(sorted);
		return TAUT_ENOMEM;
	}
	/* counted two places on, so that start[e + 1] runs from ending e's start to its end */
	for (size_t at = 0; at < h->inner.n; at++)
		h->start[(h->inner.states[at].key & low) + 2]++;
	for (size_t e = 2; e < parts + 2; e++)
		h->start[e] += h->start[e - 1];
	for (size_t at = 0; at < h->inner.n; at++)
		sorted[h->start[(h->inner.states[at].key & low) + 1]++] = h->inner.states[at];
	taut_free(h->inner.states);
	h->inner.states = sorted;
	for (size_t at = 0; at < h->inner.n; at++)
		h->inner_key[at] = sorted[at].key;
	return TAUT_OK;
}

size_t taut_half_part(uint64_t *out, size_t *at, const taut_half *h, uint64_t part, uint64_t low,
                      size_t room)
{
	size_t n = 0;

	for (; *at < h->outer.n; (*at)++) {
		const uint64_t outer = h->outer.states[*at].key;
		const uint64_t ending = (part - outer) & low;
		const size_t   from = h->start[ending];
		const size_t   count = h->start[ending + 1] - from;

		if (count > room - n)
			break;
		for (size_t e = 0; e < count; e++)
			out[n + e] = outer + h->inner_key[from + e];
		n += count;
	}
	return n;
}

bool taut_half_pair(uint32_t *mask, size_t *outer, size_t *inner, const taut_half *h, uint64_t key,
                    uint64_t low)
{
	for (; *outer < h->outer.n; (*outer)++, *inner = 0) {
		const uint64_t rest = key - h->outer.states[*outer].key;
		const size_t   from = h->start[rest & low];

		for (; from + *inner < h->start[(rest & low) + 1]; (*inner)++) {
			if (h->inner_key[from + *inner] != rest)
				continue;
			mask[0] = h->outer.states[*outer].mask;
			mask[1] = h->inner.states[from + *inner].mask;
			(*inner)++;
			return true;
		}
	}
	return false;
}
