/* The choice among layouts, and what they share. */
#include "backend/cpu/layout.h"

#include "backend/cpu/cpu.h"
#include "backend/cpu/transpose.h"

const taut_cpu_layout *taut_cpu_layout_choose(const taut_cpu *cpu, taut_machine_mode mode,
                                              size_t groups)
{
	if (cpu->dense.n)
		return &taut_cpu_dense_rows;
	if (cpu->sliced && mode == TAUT_MODE_SA &&
	    (cpu->form == TAUT_CPU_FORM_SLICED || taut_cpu_sliced_pays(cpu->sliced, groups)))
		return taut_cpu_bit_slices(cpu);
	return &taut_cpu_lane_major;
}

void taut_cpu_words_load(uint64_t *words, size_t stride, const taut_samples *samples, size_t first,
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

void taut_cpu_words_store(taut_samples *samples, size_t first, uint32_t lanes,
                          const uint64_t *words, size_t stride)
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
