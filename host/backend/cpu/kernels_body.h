/* The loops for one instruction set: included with VECTOR_BYTES and KERNELS, the name of the table,
 * defined. */
#include <stddef.h>

#include "backend/cpu/kernels.h"
#include "backend/cpu/lanes.h"
#include "backend/cpu/narrow.h"
#include "backend/cpu/rings.h"
#include "backend/cpu/steps.h"
#include "backend/cpu/tempered.h"
#include "backend/cpu/threshold.h"

#define BITS     8
#define HEATBATH 0
#define NAME(x)  metropolis_8_##x
#include "backend/cpu/flip_body.h"

#define BITS     8
#define HEATBATH 1
#define NAME(x)  heatbath_8_##x
#include "backend/cpu/flip_body.h"

#define BITS     16
#define HEATBATH 0
#define NAME(x)  metropolis_16_##x
#include "backend/cpu/flip_body.h"

#define BITS     16
#define HEATBATH 1
#define NAME(x)  heatbath_16_##x
#include "backend/cpu/flip_body.h"

#define BITS     32
#define HEATBATH 0
#define NAME(x)  metropolis_##x
#include "backend/cpu/flip_body.h"

#define HEATBATH 0
#define NAME(x)  metropolis_group_##x
#define FLIP(x)  metropolis_##x
#include "backend/cpu/exchange_body.h"

#define HEATBATH 0
#define NAME(x)  metropolis_term_##x
#define FLIP(x)  metropolis_##x
#include "backend/cpu/term_body.h"

#define BITS     32
#define HEATBATH 1
#define NAME(x)  heatbath_##x
#include "backend/cpu/flip_body.h"

#define HEATBATH 1
#define NAME(x)  heatbath_group_##x
#define FLIP(x)  heatbath_##x
#include "backend/cpu/exchange_body.h"

#define HEATBATH 1
#define NAME(x)  heatbath_term_##x
#define FLIP(x)  heatbath_##x
#include "backend/cpu/term_body.h"

#include "backend/cpu/dense_body.h"
#include "backend/cpu/swap_body.h"

#include "backend/cpu/bifurcation_body.h"
#include "backend/cpu/lone_body.h"
#include "backend/cpu/tabu_body.h"

#define FLIP_KERNEL(name)                                                              \
	{                                                                              \
		name##_start, name##_sweep, name##_sweep_tempered, name##_sweep_rings, \
			name##_measure                                                 \
	}

const taut_cpu_kernels KERNELS = {
	.name = KERNELS_NAME,
	.flip = {[TAUT_CPU_8] = {{metropolis_8_start, metropolis_8_sweep,
                                  metropolis_8_sweep_tempered, NULL, metropolis_8_measure},
                                 {heatbath_8_start, heatbath_8_sweep, NULL, NULL,
                                  heatbath_8_measure}},
                 [TAUT_CPU_16] = {FLIP_KERNEL(metropolis_16),
                                  {heatbath_16_start, heatbath_16_sweep, NULL, NULL,
                                   heatbath_16_measure}},
                 [TAUT_CPU_32] = {FLIP_KERNEL(metropolis), FLIP_KERNEL(heatbath)}},
	.exchange = {[TAUT_RULE_METROPOLIS] = FLIP_KERNEL(metropolis_group),
                     [TAUT_RULE_HEATBATH] = FLIP_KERNEL(heatbath_group)},
	.term = {[TAUT_RULE_METROPOLIS] = {metropolis_term_start, metropolis_term_sweep,
                                           metropolis_term_sweep_tempered, NULL,
                                           metropolis_term_measure},
                 [TAUT_RULE_HEATBATH] = {heatbath_term_start, heatbath_term_sweep,
                                         heatbath_term_sweep_tempered, NULL,
                                         heatbath_term_measure}},
	.dense = {dense_start,
                  dense_keep_sums,
                  {dense_metropolis, dense_heatbath},
                  {dense_metropolis_rings, dense_heatbath_rings}},
	.costs = &COSTS,
	.swap = {swap_start, swap_rows},
	.lone = {lone_add_row, bifurcation_discrete, bifurcation_force, bifurcation_ballistic,
                 tabu_refresh, tabu_least, tabu_matching},
	.sliced = &SLICED,
};
