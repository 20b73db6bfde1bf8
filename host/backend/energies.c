/* Long sparse rows take 64 samples together, so that a coupling is read once for all of them. */
#include "backend/energies.h"

#include <assert.h>

#include "backend/initial.h"
#include "base/alloc.h"
#include "base/parallel.h"

enum {
	LANES = 64,
	LONG_ROWS = 32,          /* couplings a variable from which on this pays */
	VARIABLES_MAX = 1 << 16, /* masks take 256 bytes a variable */
	WORK_PARALLEL = 1 << 18  /* terms of energies for which threads are worth starting */
};

typedef struct {
	taut_samples       *samples;
	const taut_problem *problem;
	size_t              first, end;
} range;

static taut_status single_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const range *r = payload;
	const size_t read = r->first + task;

	(void)worker;
	(void)err;
	r->samples->energy[read] = taut_initial_energy(r->problem, r->samples, read);
	return TAUT_OK;
}

/* sum_j<i q_ij x_j by lane, modulo 2^32: columns rise. mask: [n][LANES] all ones where x_j is. */
static void row_fields(uint32_t *restrict field, const uint32_t *restrict mask,
                       const taut_problem *p, uint32_t i)
{
	for (size_t l = 0; l < LANES; l++)
		field[l] = 0;
	for (uint64_t k = p->row[i]; k < p->row[i + 1] && p->col[k] < i; k++) {
		const uint32_t *restrict x = mask + (size_t)p->col[k] * LANES;
		const uint32_t q = (uint32_t)p->coef[k];

		for (size_t l = 0; l < LANES; l++)
			field[l] += q & x[l];
	}
}

/*
 * In a lane whose x_i is 1 the field fits 32 bits: the change of a move is below 2^30 whatever the
 * other variables are, all of them 0 included, so that the field is within 2^31 - 2 of 0; and of
 * i's own group, which that does not cover, no other is 1. Elsewhere it may wrap and is not used.
 */
static taut_status group_task(void *payload, size_t task, uint32_t worker, taut_error *err)
{
	const range        *r = payload;
	const taut_problem *p = r->problem;
	const size_t        first = r->first + task * LANES;
	const size_t        lanes = r->end - first < LANES ? r->end - first : LANES;
	uint32_t           *mask = taut_alloc_aligned((size_t)p->n * LANES, sizeof *mask, err);
	uint32_t            field[LANES];
	int64_t             sum[LANES] = {0};

	(void)worker;
	if (!mask)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t *x = mask + (size_t)i * LANES;

		for (size_t l = 0; l < lanes; l++)
			x[l] = 0u - taut_sample_bit(r->samples, first + l, i);
		row_fields(field, mask, p, i);
		for (size_t l = 0; l < LANES; l++)
			if (x[l])
				sum[l] += (int64_t)p->linear[i] + (int32_t)field[l];
	}
	for (size_t l = 0; l < lanes; l++)
		r->samples->energy[first + l] = sum[l];
	taut_free(mask);
	return TAUT_OK;
}

taut_status taut_energies_set(taut_samples *samples, const taut_problem *problem, size_t first,
                              size_t end, uint32_t threads, taut_error *err)
{
	const taut_problem *p = problem;
	const size_t        kept = p->terms ? p->terms->rows->first[p->terms->rows->count] : 0;
	const size_t        stored = p->row ? p->row[p->n] : 0;
	const size_t        terms = p->permutation_n ? (size_t)p->permutation_n * p->permutation_n
	                            : p->dense       ? (size_t)p->n * p->n
	                                             : stored + kept;
	const bool together = end - first > 8 && p->n <= VARIABLES_MAX && !p->terms &&
	                      stored / LONG_ROWS > p->n;
	range      r = {samples, problem, first, end};

	assert(first <= end && end <= samples->count);
	if (first == end)
		return TAUT_OK;
	return taut_parallel(together ? group_task : single_task, &r,
	                     together ? (end - first + LANES - 1) / LANES : end - first,
	                     threads && terms > WORK_PARALLEL / (end - first) ? threads : 1, err);
}
