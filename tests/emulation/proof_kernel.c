/* A trivial kernel with the contract's arguments: what the emulation itself is proven with. */
#include "hls/kernel/kernels.h"

/* Adds word k of couplings to word k of state, launch[0].v[0] words of them, and abi, noise and
 * problem to every item; the status counts calls. */
void taut_proof(uint32_t abi, const taut_word *launch, const taut_word *noise,
                const taut_word *problem, const taut_word *couplings, taut_word *state,
                taut_word *status);

void taut_proof(uint32_t abi, const taut_word *launch, const taut_word *noise,
                const taut_word *problem, const taut_word *couplings, taut_word *state,
                taut_word *status)
{
	static uint64_t calls;
	const uint64_t  n = launch[0].v[0];

	for (uint64_t k = 0; k < n; k++)
		for (uint32_t i = 0; i < 8; i++)
			state[k].v[i] += couplings[k].v[i] + noise[0].v[i] + problem[0].v[i] + abi;
	calls++;
	for (uint32_t i = 0; i < 8; i++)
		status[0].v[i] = calls;
}
