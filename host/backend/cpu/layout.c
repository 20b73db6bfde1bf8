/* The choice among layouts. */
#include "backend/cpu/layout.h"

#include "backend/cpu/cpu.h"

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
