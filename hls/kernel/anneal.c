/*
 * Kernel taut_anneal (kernels.h, hls/abi/kernel.h): flips in the modes sa, pt and sqa.
 *
 *   noise ------> pool, 128 KiB ----------------------------------+
 *   launch -----> plan; temperatures of every sweep --------------|--+
 *   problem ----> linear terms, words of every row -----------+   |  |
 *                                                             v   v  v
 *   couplings --> tile ==> gather row t ----> sums -------> decide row t - 1
 *                 tile     parts x spins      late          half a group a step
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
 *   - gathers a part of a word of row t, 64 dense or 4 sparse couplings, for every
 *     TAUT_ANNEAL_PASSES-th group (anneal_gather.h): lanes add the coefficients of their ones;
 *   - decides variable t - 1 in half the lanes of one group: first the even lanes of all groups,
 *     then the odd ones, which is the order of sqa; the other modes have no order.
 * A row takes max(words * parts * passes, TAUT_ANNEAL_STEPS) steps. Why a step a cycle is possible:
 *   - a decision waits for that of the group's other half, TAUT_ANNEAL_TURN steps before: in sqa a
 *     choice of the neighbours' term, a subtraction, two shifts, a comparison; and for the same
 *     half's last one, at least as long before: one gated addition, a comparison;
 *   - what a step reads of spins in memory was decided TAUT_ANNEAL_DISTANCE steps before or
 *     earlier, as the columns of the TAUT_KERNEL_WINDOW visits before t are left out of the dot
 *     product. Their coefficients are kept and meet the decisions in registers (late, recent): D
 *     is exact for any order of variables, dense or sparse;
 *   - a step reads one word of every bank of spins and writes one at most: a block of 32 variables
 *     that is being decided is at hand (own), and what it was before was kept when it was gathered
 *     for its first variable (next);
 *   - lengths of rows are read TAUT_ANNEAL_AHEAD rows ahead.
 * A sweep begins with an empty pipeline, so its rows see all of the one before.
 *
 * Expected initiation intervals, loop by loop, with trip counts: hls/qor/taut_anneal.txt; they
 * stand at the loops as TAUT_PIPELINE. Those with an influence on the rate:
 *
 *   tile_words     1   a word of couplings from card memory
 *   tile_steps     1   as above
 *   best_rows      1   four variables of all groups, after a sweep in which a lane improved
 *   ladder_pairs   4   read, compare, write of two rungs
 *   loops over lanes, groups of a step, columns and pairs of a part: unrolled
 *
 * On chip: spins three times, as words of lanes by variable (a bank for every reader), by blocks of
 * 32 variables for dot products, and the best ones. Lanes stand in seats, the even ones first.
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
	TAUT_PARTITION_CYCLIC(chip.spins, TAUT_ANNEAL_BANKS, 2)
	TAUT_BIND_READERS(chip.spins)
	TAUT_PARTITION(chip.best, 1)
	TAUT_PARTITION_CYCLIC(chip.best, TAUT_ANNEAL_BANKS, 2)
	TAUT_BIND_URAM(chip.best)
	TAUT_PARTITION(chip.blocks, 1)
	TAUT_PARTITION(chip.blocks, 2)
	TAUT_PARTITION(chip.blocks, 4)
	TAUT_BIND_BRAM_PAIR(chip.blocks)
	TAUT_PARTITION(chip.own, 3)
	TAUT_BIND_LUTRAM(chip.own)
	TAUT_PARTITION(chip.next, 1)
	TAUT_PARTITION(chip.next, 3)
	TAUT_BIND_LUTRAM(chip.next)
	TAUT_PARTITION(chip.energy, 3)
	TAUT_BIND_LUTRAM(chip.energy)
	TAUT_PARTITION(chip.best_energy, 3)
	TAUT_BIND_LUTRAM(chip.best_energy)
	TAUT_PARTITION_CYCLIC(chip.exchange, 16, 1)
	TAUT_PARTITION(chip.table, 1)
	TAUT_PARTITION(chip.temperature, 3)
	TAUT_BIND_LUTRAM(chip.temperature)
	TAUT_PARTITION(chip.row.ahead, 1)
	TAUT_PARTITION(chip.row.sum, 0)
	TAUT_PARTITION(chip.row.late, 1)
	TAUT_PARTITION(chip.visit.sum, 0)
	TAUT_PARTITION(chip.visit.late, 1)
	TAUT_PARTITION(chip.visit.recent, 1)
	if (code == TAUT_CODE_DONE) {
		taut_anneal_load(&chip, &plan, launch, noise, problem, state);
	sweeps:
		for (uint64_t s = plan.launch.begin; s < plan.launch.end; s++) {
			TAUT_TRIP(1, 1000)
			taut_anneal_load_sweep(&chip, &plan, launch, s);
			taut_anneal_begin(&chip, &plan, s);
			sweep_tiles(&chip, &plan, couplings);
			taut_anneal_end(&chip, &plan, s);
		}
		taut_anneal_store(state, &chip, &plan);
	}
	taut_launch_store_status(status, &plan.launch, code, chip.moves);
}
