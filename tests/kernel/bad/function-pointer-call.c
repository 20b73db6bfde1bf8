/* refused: function pointer */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t twice(uint32_t step(uint32_t), uint32_t x);

uint32_t twice(uint32_t step(uint32_t), uint32_t x)
{
	return x;
}
