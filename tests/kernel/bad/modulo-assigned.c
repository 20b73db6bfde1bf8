/* refused: division or modulo (%=) */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t rest(uint32_t a, uint32_t b);

uint32_t rest(uint32_t a, uint32_t b)
{
	a %= b;
	return a;
}
