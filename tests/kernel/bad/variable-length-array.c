/* refused: variable-length array */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t sum(uint32_t n);

uint32_t sum(uint32_t n)
{
	uint32_t x[n];

	x[0] = 1;
	return x[0];
}
