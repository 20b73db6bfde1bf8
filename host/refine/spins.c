/* x_i = (1 + s_i) / 2: q x_i x_j = q (1 + s_i + s_j + s_i s_j) / 4, c x_i = c (1 + s_i) / 2. So
 * w_ij = -q_ij, and the weight to the ghost is -(2 c_i + sum_j q_ij). */
#include "refine/spins.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

static int64_t field(const taut_problem *p, uint32_t i)
{
	int64_t sum = 2 * (int64_t)p->linear[i];

	for (uint64_t k = p->row[i]; k < p->row[i + 1]; k++)
		sum += p->coef[k];
	return sum;
}

static taut_status reserve(taut_spins *s, uint64_t n_stored, taut_error *err)
{
	s->row = taut_alloc((size_t)s->n + 1, sizeof *s->row, err);
	s->col = s->row ? taut_alloc(n_stored, sizeof *s->col, err) : NULL;
	s->weight = s->col ? taut_alloc(n_stored, sizeof *s->weight, err) : NULL;
	return s->weight ? TAUT_OK : TAUT_ENOMEM;
}

taut_status taut_spins_init(taut_spins *out, const taut_problem *problem, taut_error *err)
{
	const uint32_t n = problem->n;
	uint64_t       n_fields = 0;
	uint64_t       at = 0;
	taut_status    st;

	assert(problem->row && !problem->group);
	for (uint32_t i = 0; i < n; i++)
		n_fields += field(problem, i) != 0;
	*out = (taut_spins){.n = n + (n_fields > 0), .ghost = n_fields > 0};
	st = reserve(out, problem->row[n] + 2 * n_fields, err);
	if (st != TAUT_OK) {
		taut_spins_fini(out);
		return st;
	}
	for (uint32_t i = 0; i < n; i++) {
		const int64_t to_ghost = field(problem, i);

		for (uint64_t k = problem->row[i]; k < problem->row[i + 1]; k++) {
			out->col[at] = problem->col[k];
			out->weight[at++] = -(int64_t)problem->coef[k];
		}
		if (to_ghost) {
			out->col[at] = n;
			out->weight[at++] = -to_ghost;
		}
		out->row[i + 1] = at;
	}
	for (uint32_t i = 0; i < n && out->ghost; i++) {
		const int64_t to_ghost = field(problem, i);

		if (to_ghost) {
			out->col[at] = i;
			out->weight[at++] = -to_ghost;
		}
	}
	out->row[out->n] = at;
	return TAUT_OK;
}

void taut_spins_fini(taut_spins *spins)
{
	taut_free(spins->row);
	taut_free(spins->col);
	taut_free(spins->weight);
	*spins = (taut_spins){0};
}

void taut_spins_read(int8_t *state, const taut_spins *spins, const taut_samples *samples, size_t r)
{
	const uint64_t *bits = samples->bits + r * samples->words;

	for (uint32_t i = 0; i < samples->n; i++)
		state[i] = bits[i / 64] >> (i % 64) & 1 ? 1 : -1;
	if (spins->ghost)
		state[samples->n] = 1;
}

void taut_spins_write(uint64_t *bits, const taut_spins *spins, const int8_t *state)
{
	const uint32_t n = spins->n - spins->ghost;
	const int8_t   one = spins->ghost ? state[n] : 1;

	memset(bits, 0, ((size_t)n + 63) / 64 * sizeof *bits);
	for (uint32_t i = 0; i < n; i++)
		bits[i / 64] |= (uint64_t)(state[i] == one) << (i % 64);
}

int64_t taut_spins_satisfied(const taut_spins *spins, const int8_t *state)
{
	int64_t twice = 0;

	for (uint32_t i = 0; i < spins->n; i++) {
		int64_t sum = 0;

		for (uint64_t k = spins->row[i]; k < spins->row[i + 1]; k++)
			sum += state[spins->col[k]] * spins->weight[k];
		twice += state[i] * sum;
	}
	return twice / 2;
}
