/* refused: pragma outside pragmas.h */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t sum(const uint32_t *x);

uint32_t sum(const uint32_t *x)
{
	_Pragma("HLS INLINE")
	return x[0];
}
