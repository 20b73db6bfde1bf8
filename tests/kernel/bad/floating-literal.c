/* refused: floating point */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

int32_t scaled(int32_t x);

int32_t scaled(int32_t x)
{
	return (int32_t)(x * 1.5f);
}
