#include "backend/swap_terms.h"

static bool symmetric(const int32_t *m, uint32_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			if (m[i * n + j] != m[j * n + i])
				return false;
	return true;
}

taut_swap_terms taut_swap_terms_of(const taut_problem *p)
{
	const bool      even_flow = symmetric(p->flow, p->permutation_n);
	const bool      even_distance = symmetric(p->distance, p->permutation_n);
	taut_swap_terms s = {.count = 1, .even_distance = even_distance};

	if (even_distance) {
		s.x[0] = TAUT_SHAPE_SUM;
		s.y[0] = TAUT_SHAPE_PLAIN;
	} else if (even_flow) {
		s.x[0] = TAUT_SHAPE_PLAIN;
		s.y[0] = TAUT_SHAPE_SUM;
	} else {
		s.count = 2;
		s.x[0] = s.y[0] = TAUT_SHAPE_TRANSPOSED;
		s.x[1] = s.y[1] = TAUT_SHAPE_PLAIN;
	}
	return s;
}

static uint32_t entry(const int32_t *m, size_t n, size_t i, size_t j, taut_shape shape)
{
	const uint32_t ij = (uint32_t)m[i * n + j];
	const uint32_t ji = (uint32_t)m[j * n + i];

	switch (shape) {
	case TAUT_SHAPE_PLAIN:
		return ij;
	case TAUT_SHAPE_TRANSPOSED:
		return ji;
	case TAUT_SHAPE_SUM:
		return ij + ji;
	case TAUT_SHAPE_CORNER:
		return (uint32_t)m[i * n + i] + (uint32_t)m[j * n + j] - ij - ji;
	}
	return 0;
}

void taut_shape_fill(uint32_t *out, size_t stride, const int32_t *m, uint32_t n, taut_shape shape)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			out[i * stride + j] = entry(m, n, i, j, shape);
}
