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
