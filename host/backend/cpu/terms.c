#include "backend/cpu/terms.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"

static const int64_t ACTIVITY_LIMIT = INT64_C(1) << 30; /* a step more stays in 32 bits */

void taut_cpu_terms_fini(taut_cpu_terms *terms)
{
	taut_free(terms->first);
	taut_free(terms->excess);
	taut_free(terms->entry);
	taut_free(terms->own);
	taut_free(terms->empty);
	*terms = (taut_cpu_terms){0};
}

static taut_status check(const taut_terms *rows, taut_error *err)
{
	if (rows->first[rows->count] > INT32_MAX)
		return taut_fail(err, TAUT_ELIMIT, "terms of %zu entries, at most %d on the cpu",
		                 rows->first[rows->count], INT32_MAX);
	for (uint32_t r = 0; r < rows->count; r++) {
		int64_t lo, hi;

		if (taut_term_is_square(rows, r))
			continue;
		if (!taut_term_range(&lo, &hi, rows, r) || hi - rows->limit[r] >= ACTIVITY_LIMIT ||
		    lo - rows->limit[r] <= -ACTIVITY_LIMIT)
			return taut_fail(err, TAUT_ELIMIT,
			                 "an activity lies more than 2^30 from its limit %" PRId64
			                 ": the row's coefficients are too large for the cpu",
			                 rows->limit[r]);
	}
	return TAUT_OK;
}

static int32_t word(uint64_t v)
{
	const uint32_t low = (uint32_t)v;
	int32_t        out;

	memcpy(&out, &low, sizeof out);
	return out;
}

/* Entries of variable i of one kind, from `at` on. Returns where they end. */
static uint32_t fill(taut_cpu_terms *out, uint32_t at, const taut_term_table *t, uint32_t i,
                     bool squares)
{
	for (size_t k = t->columns.first[i]; k < t->columns.first[i + 1]; k++) {
		const uint32_t r = t->columns.term[k];
		const uint64_t c = (uint64_t)(int64_t)t->columns.coef[k];
		const uint64_t w = (uint64_t)t->rows->weight[r];

		if (taut_term_is_square(t->rows, r) != squares)
			continue;
		out->entry[at++] = squares ? (taut_cpu_term_entry){r, word(c), word(w * c)}
		                           : (taut_cpu_term_entry){r, word(w), word(c)};
		if (squares)
			out->own[i] = word((uint64_t)out->own[i] + w * c * c);
	}
	return at;
}

taut_status taut_cpu_terms_init(taut_cpu_terms *out, const taut_problem *problem, taut_error *err)
{
	const taut_term_table *t = problem->terms;
	const taut_terms      *rows = t->rows;
	taut_status            st = check(rows, err);
	uint32_t               at = 0;

	*out = (taut_cpu_terms){.count = rows->count};
	if (st != TAUT_OK)
		return st;
	out->first = taut_alloc((size_t)problem->n + 1, sizeof *out->first, err);
	out->excess = out->first ? taut_alloc(problem->n, sizeof *out->excess, err) : NULL;
	out->own = out->excess ? taut_alloc(problem->n, sizeof *out->own, err) : NULL;
	out->empty = out->own ? taut_alloc(rows->count, sizeof *out->empty, err) : NULL;
	out->entry =
		out->empty ? taut_alloc(rows->first[rows->count], sizeof *out->entry, err) : NULL;
	if (!out->entry) {
		taut_cpu_terms_fini(out);
		return TAUT_ENOMEM;
	}
	for (uint32_t i = 0; i < problem->n; i++) {
		out->excess[i] = at = fill(out, at, t, i, true);
		out->first[i + 1] = at = fill(out, at, t, i, false);
	}
	for (uint32_t r = 0; r < rows->count; r++)
		out->empty[r] = taut_term_is_square(rows, r) ? 0 : (int32_t)-rows->limit[r];
	return TAUT_OK;
}
