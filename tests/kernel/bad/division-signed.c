/* refused: division or modulo (/) */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

int32_t half(int32_t a);

int32_t half(int32_t a)
{
	return a / 2;
}
