#include "base/alloc.h"
#include "base/checked.h"
#include "qubo/problem.h"

taut_status taut_samples_new(taut_samples **out, const taut_problem *problem, size_t count,
                             taut_error *err)
{
	taut_status   st = TAUT_ENOMEM;
	taut_samples *s = NULL;
	size_t        n_words;
	size_t        n_positions;

	*out = NULL;
	s = taut_alloc(1, sizeof *s, err);
	if (!s)
		goto done;
	s->count = count;
	s->n = problem->permutation_n ? 0 : problem->n;
	s->permutation_n = problem->permutation_n;
	s->words = ((size_t)s->n + 63) / 64;
	if (!taut_mul_size(&n_words, count, s->words) ||
	    !taut_mul_size(&n_positions, count, s->permutation_n)) {
		st = taut_fail(err, TAUT_ELIMIT, "%zu samples of %zu words exceed memory", count,
		               s->words + s->permutation_n);
		goto done;
	}
	s->bits = taut_alloc(n_words, sizeof *s->bits, err);
	if (!s->bits)
		goto done;
	s->position = taut_alloc(n_positions, sizeof *s->position, err);
	if (!s->position)
		goto done;
	s->energy = taut_alloc(count, sizeof *s->energy, err);
	if (!s->energy)
		goto done;
	*out = s;
	s = NULL;
	st = TAUT_OK;
done:
	taut_samples_free(s);
	return st;
}

void taut_samples_free(taut_samples *samples)
{
	if (!samples)
		return;
	taut_free(samples->bits);
	taut_free(samples->position);
	taut_free(samples->energy);
	taut_free(samples);
}
