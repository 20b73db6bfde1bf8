#include "backend/lanes.h"

#include "backend/transpose.h"
#include "hls/abi/machine.h"

uint32_t taut_lanes_of(const taut_schedule *s)
{
	const uint32_t last = s->reads % TAUT_LANES;
	const uint32_t full = s->reads - last;
	const uint32_t size = s->algorithm == TAUT_ALGORITHM_PT    ? s->n_rungs
	                      : s->algorithm == TAUT_ALGORITHM_SQA ? s->ring
	                                                           : 1;
	const uint32_t whole = TAUT_LANES - TAUT_LANES % size; /* lanes of whole ladders */
	const uint32_t up = (last + size - 1) / size * size;

	return full + (last <= whole ? up : last);
}

void taut_lanes_load(uint64_t *words, size_t stride, const taut_samples *samples, size_t first,
                     uint32_t lanes)
{
	for (size_t w = 0; w < samples->words; w++) {
		const size_t n = samples->n - 64 * w < 64 ? samples->n - 64 * w : 64;
		uint64_t     block[64] = {0};

		for (size_t l = 0; l < lanes; l++)
			block[l] = samples->bits[(first + l) * samples->words + w];
		taut_transpose_64(block);
		for (size_t i = 0; i < n; i++)
			words[(64 * w + i) * stride] = block[i];
	}
}

void taut_lanes_store(taut_samples *samples, size_t first, uint32_t lanes, const uint64_t *words,
                      size_t stride)
{
	for (size_t w = 0; w < samples->words; w++) {
		const size_t n = samples->n - 64 * w < 64 ? samples->n - 64 * w : 64;
		uint64_t     block[64] = {0};

		for (size_t i = 0; i < n; i++)
			block[i] = words[(64 * w + i) * stride];
		taut_transpose_64(block);
		for (size_t l = 0; l < lanes; l++)
			samples->bits[(first + l) * samples->words + w] = block[l];
	}
}
