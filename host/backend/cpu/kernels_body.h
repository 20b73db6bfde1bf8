/* The loops for one instruction set: included with VECTOR_BYTES and KERNELS, the name of the table,
 * defined. */
#include <stddef.h>

#include "backend/cpu/kernels.h"
#include "backend/cpu/lanes.h"
#include "backend/cpu/rings.h"
#include "backend/cpu/tempered.h"
#include "backend/cpu/threshold.h"

#if VECTOR_BYTES > 16
#define BITS     16
#define HEATBATH 0
#define NAME(x)  narrow_##x
#include "backend/cpu/flip_body.h"
#endif

#define BITS     32
#define HEATBATH 0
#define NAME(x)  metropolis_##x
#include "backend/cpu/flip_body.h"

#define HEATBATH 0
#define NAME(x)  metropolis_group_##x
#define FLIP(x)  metropolis_##x
#include "backend/cpu/exchange_body.h"

#define BITS     32
#define HEATBATH 1
#define NAME(x)  heatbath_##x
#include "backend/cpu/flip_body.h"

#define HEATBATH 1
#define NAME(x)  heatbath_group_##x
#define FLIP(x)  heatbath_##x
#include "backend/cpu/exchange_body.h"

#include "backend/cpu/dense_body.h"
#include "backend/cpu/swap_body.h"

#include "backend/cpu/bifurcation_body.h"
#include "backend/cpu/lone_body.h"
#include "backend/cpu/tabu_body.h"

#define FLIP_KERNEL(name)                                                     \
	{                                                                     \
		name##_start, name##_sweep, name##_sweep_tempered,            \
			name##_sweep_rings, name##_measure                    \
	}

const taut_cpu_kernels KERNELS = {
	.name = KERNELS_NAME,
#if VECTOR_BYTES > 16
	.has_narrow = true,
	.narrow = FLIP_KERNEL(narrow),
#endif
	.flip = {[TAUT_RULE_METROPOLIS] = FLIP_KERNEL(metropolis),
                 [TAUT_RULE_HEATBATH] = FLIP_KERNEL(heatbath)},
	.exchange = {[TAUT_RULE_METROPOLIS] = FLIP_KERNEL(metropolis_group),
                     [TAUT_RULE_HEATBATH] = FLIP_KERNEL(heatbath_group)},
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
