/* The fixed data of the permutation engine (kernels.h) from flow and distance. */
#include <string.h>

#include "backend/cpu/cpu.h"
#include "base/alloc.h"

/* All modulo 2^32. */
static uint32_t at(const int32_t *m, uint32_t n, size_t i, size_t j)
{
	return (uint32_t)m[i * n + j];
}

static bool symmetric(const int32_t *m, uint32_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (m[i * n + j] != m[j * n + i])
				return false;
	return true;
}

typedef enum { PLAIN, TRANSPOSED, SUM /* m + m' */, CORNER /* m_ii + m_jj - m_ij - m_ji */ } shape;

static uint32_t entry(const int32_t *m, uint32_t n, size_t i, size_t j, shape kind)
{
	switch (kind) {
	case PLAIN:
		return at(m, n, i, j);
	case TRANSPOSED:
		return at(m, n, j, i);
	case SUM:
		return at(m, n, i, j) + at(m, n, j, i);
	case CORNER:
		return at(m, n, i, i) + at(m, n, j, j) - at(m, n, i, j) - at(m, n, j, i);
	}
	return 0;
}

static const uint32_t *spread(const taut_cpu_swaps *s, const int32_t *m, shape kind,
                              taut_error *err)
{
	const size_t stride = s->stride;
	uint32_t    *out = taut_alloc_aligned(s->n * stride + TAUT_CPU_BLOCK, sizeof *out, err);

	for (size_t i = 0; out && i < s->n; i++)
		for (size_t j = 0; j < s->n; j++)
			out[i * stride + j] = entry(m, s->n, i, j, kind);
	return out;
}

static taut_status widen_noise(taut_cpu_swaps *s, const taut_noise *noise, taut_error *err)
{
	int32_t *metropolis = taut_alloc(TAUT_NOISE_COUNT, sizeof *metropolis, err);
	int32_t *heatbath;

	s->noise[TAUT_RULE_METROPOLIS] = metropolis;
	if (!metropolis)
		return TAUT_ENOMEM;
	heatbath = taut_alloc(TAUT_NOISE_COUNT, sizeof *heatbath, err);
	s->noise[TAUT_RULE_HEATBATH] = heatbath;
	if (!heatbath)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < TAUT_NOISE_COUNT; k++) {
		metropolis[k] = noise->metropolis[k];
		heatbath[k] = noise->heatbath[k];
	}
	return TAUT_OK;
}

taut_status taut_cpu_swaps_init(taut_cpu_swaps *swaps, const taut_problem *problem,
                                const taut_noise *noise, taut_error *err)
{
	const uint32_t n = problem->permutation_n;
	const bool     even_flow = symmetric(problem->flow, n);
	const bool     even_distance = symmetric(problem->distance, n);
	taut_cpu_swaps s = {.n = n,
	                    .stride = (n + TAUT_CPU_BLOCK - 1) / TAUT_CPU_BLOCK * TAUT_CPU_BLOCK,
	                    .terms = even_flow || even_distance ? 1 : 2};
	taut_status    st = TAUT_ENOMEM;

	*swaps = (taut_cpu_swaps){.n = 0};
	s.x[0] = spread(&s, problem->flow,
	                even_distance ? SUM
	                : even_flow   ? PLAIN
	                              : TRANSPOSED,
	                err);
	if (!s.x[0])
		goto done;
	s.y[0] = spread(&s, problem->distance,
	                even_distance ? PLAIN
	                : even_flow   ? SUM
	                              : TRANSPOSED,
	                err);
	if (!s.y[0])
		goto done;
	if (s.terms == 2) {
		s.x[1] = spread(&s, problem->flow, PLAIN, err);
		if (!s.x[1])
			goto done;
		s.y[1] = spread(&s, problem->distance, PLAIN, err);
		if (!s.y[1])
			goto done;
	}
	s.p = spread(&s, problem->flow, CORNER, err);
	if (!s.p)
		goto done;
	s.q = spread(&s, problem->distance, CORNER, err);
	if (!s.q)
		goto done;
	st = widen_noise(&s, noise, err);
	if (st)
		goto done;
	*swaps = s;
	s = (taut_cpu_swaps){.n = 0};
done:
	taut_cpu_swaps_fini(&s);
	return st;
}

void taut_cpu_swaps_fini(taut_cpu_swaps *swaps)
{
	for (int t = 0; t < 2; t++) {
		taut_free((void *)swaps->x[t]);
		taut_free((void *)swaps->y[t]);
		taut_free((void *)swaps->noise[t]);
	}
	taut_free((void *)swaps->p);
	taut_free((void *)swaps->q);
	*swaps = (taut_cpu_swaps){.n = 0};
}
