/*
 * Kernel taut_anneal (kernels.h, hls/abi/kernel.h): flips in the modes sa, pt and sqa.
 *
 *   noise ------> pool, 128 KiB ----------------------------------+
 *   launch -----> plan; temperatures of every sweep --------------|--+
 *   problem ----> linear terms, words of every row -----------+   |  |
 *                                                             v   v  v
 *   couplings --> tile ==> gather row t ----> sums -------> decide row t - 1
 *                 tile     words x spins      late          one group a step
 *                          ^    ^             coefficients   |   |
 *                          |    +---- recent decisions ------+   |
 *                          +--- spins in memory <----------------+
 *                                                                v
 *   state <-----> spins, best spins <--- end of a sweep: replica exchange, best states
 *
 * ==> two tiles take turns: one is loaded while the other is worked on. Every word of couplings is
 * read once a sweep, in bursts, and serves all groups of lanes.
 *
 * The loop that matters is tile_steps (anneal_sweep.h), one step a cycle. A step
 *   - gathers one word of row t for every TAUT_ANNEAL_PASSES-th group (anneal_gather.h): popcounts
 *     of spins and bits of coefficients where dense, else the columns' spins and additions;
 *   - decides variable t - 1 in all lanes of one group.
 * A row takes max(words * passes, TAUT_ANNEAL_STEPS) steps. Why a step a cycle is possible:
 *   - the decision of (t, group) waits for that of (t - 1, group), at least TAUT_ANNEAL_STEPS steps
 *     before: one gated addition, a comparison, and in sqa a choice among three answers;
 *   - what a step reads of spins in memory was decided TAUT_ANNEAL_DISTANCE steps before or
 *     earlier, as the columns of the TAUT_KERNEL_WINDOW visits before t are left out of the dot
 *     product. Their coefficients are kept and meet the decisions in registers (late, recent): D
 *     is exact for any order of variables, dense or sparse;
 *   - lengths of rows are read TAUT_ANNEAL_AHEAD rows ahead.
 * A sweep begins with an empty pipeline, so its rows see all of the one before.
 *
 * Expected initiation intervals, loop by loop, with trip counts: hls/qor/taut_anneal.txt; they
 * stand at the loops as TAUT_PIPELINE. Those with an influence on the rate:
 *
 *   tile_words     1   a word of couplings from card memory
 *   tile_steps     1   as above
 *   best_rows      1   eight variables of all groups, after a sweep in which a lane improved
 *   ladder_pairs   4   read, compare, write of two rungs
 *   loops over lanes, groups of a step, units and items of a word: unrolled
 *
 * On chip: spins three times, as words of lanes by variable (a bank for every reader), by blocks of
 * 32 variables for dot products, and the best ones.
 */
#include "hls/kernel/anneal_load.h"
#include "hls/kernel/anneal_store.h"
#include "hls/kernel/anneal_sweep.h"

/* One sweep: tiles are loaded while the ones before them are worked on. */
static void sweep_tiles(taut_anneal_chip *chip, const taut_anneal_plan *plan,
                        const taut_word *couplings)
{
	const uint32_t tiles =
		plan->words ? (plan->words + TAUT_ANNEAL_TILE - 1) / TAUT_ANNEAL_TILE : 1;

tiles:
	for (uint32_t k = 0; k < tiles; k++) {
		TAUT_DATAFLOW
		TAUT_TRIP(1, 32768)
		taut_word tile[TAUT_ANNEAL_TILE];

		taut_anneal_load_tile(tile, plan, couplings, k);
		taut_anneal_tile(chip, plan, tile, k);
	}
}

void taut_anneal(uint32_t abi, const taut_word *launch, const taut_word *noise,
                 const taut_word *problem, const taut_word *couplings, taut_word *state,
                 taut_word *status)
{
	TAUT_INTERFACE_CONTROL(abi)
	TAUT_INTERFACE_BURST(launch, gmem0)
	TAUT_INTERFACE_BURST(noise, gmem0)
	TAUT_INTERFACE_BURST(problem, gmem0)
	TAUT_INTERFACE_BURST(couplings, gmem1)
	TAUT_INTERFACE_BURST(state, gmem2)
	TAUT_INTERFACE_BURST(status, gmem2)
	TAUT_INTERFACE_CONTROL(return )
	TAUT_ON_CHIP taut_anneal_chip chip;
	taut_anneal_plan              plan;
	const taut_kernel_code        code = taut_anneal_load_plan(&plan, abi, launch, problem);

	TAUT_PARTITION(chip.pool, 2)
	TAUT_PARTITION_CYCLIC(chip.linear, 16, 1)
	TAUT_PARTITION_CYCLIC(chip.words, 16, 1)
	TAUT_PARTITION(chip.spins, 1)
	TAUT_PARTITION_CYCLIC(chip.spins, 8, 2)
	TAUT_BIND_READERS(chip.spins)
	TAUT_PARTITION(chip.best, 1)
	TAUT_PARTITION_CYCLIC(chip.best, 8, 2)
	TAUT_BIND_URAM(chip.best)
	TAUT_PARTITION(chip.halves, 1)
	TAUT_PARTITION_CYCLIC(chip.halves, 16, 2)
	TAUT_PARTITION(chip.halves, 3)
	TAUT_BIND_LUTRAM(chip.halves)
	TAUT_PARTITION(chip.own, 2)
	TAUT_PARTITION(chip.energy, 2)
	TAUT_PARTITION(chip.best_energy, 2)
	TAUT_PARTITION(chip.ones, 2)
	TAUT_PARTITION(chip.table, 1)
	TAUT_PARTITION(chip.temperature, 2)
	TAUT_PARTITION(chip.row.ahead, 1)
	TAUT_PARTITION(chip.row.sum, 0)
	TAUT_PARTITION(chip.row.late, 1)
	TAUT_PARTITION(chip.visit.sum, 0)
	TAUT_PARTITION(chip.visit.late, 1)
	TAUT_PARTITION(chip.visit.recent, 1)
	if (code == TAUT_CODE_DONE) {
		taut_anneal_load(&chip, &plan, launch, noise, problem, state);
	sweeps:
		for (uint64_t s = plan.begin; s < plan.end; s++) {
			TAUT_TRIP(1, 1000)
			taut_anneal_load_sweep(&chip, &plan, launch, s);
			taut_anneal_begin(&chip, &plan, s);
			sweep_tiles(&chip, &plan, couplings);
			taut_anneal_end(&chip, &plan, s);
		}
		taut_anneal_store(state, &chip, &plan);
	}
	taut_anneal_store_status(status, &chip, &plan, code);
}
