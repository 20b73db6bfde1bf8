/* refused: pragma outside pragmas.h */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t sum(const uint32_t *x);

uint32_t sum(const uint32_t *x)
{
	uint32_t s = 0;

sum_each:
	for (uint32_t k = 0; k < 8; k++) {
#pragma HLS PIPELINE II = 1
		s += x[k];
	}
	return s;
}
