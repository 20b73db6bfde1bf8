#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

void taut_anneal(uint32_t abi, const taut_word *launch, const taut_word *noise, const taut_word *problem,
                 const taut_word *couplings, taut_word *state, taut_word *status)
{
	TAUT_INTERFACE_CONTROL(abi)
	TAUT_INTERFACE_BURST(launch, gmem0)
	TAUT_INTERFACE_BURST(noise, gmem0)
	TAUT_INTERFACE_BURST(problem, gmem0)
	TAUT_INTERFACE_BURST(couplings, gmem1)
	TAUT_INTERFACE_BURST(state, gmem2)
	TAUT_INTERFACE_BURST(status, gmem2)
	TAUT_INTERFACE_CONTROL(return)
	(void)abi;
	(void)launch;
	(void)noise;
	(void)problem;
	(void)couplings;
	(void)state;
	(void)status;
}
