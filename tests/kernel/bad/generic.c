/* refused: C11 feature _Generic */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t kind(uint32_t x);

uint32_t kind(uint32_t x)
{
	return _Generic(x, uint32_t: 1, default: 0);
}
