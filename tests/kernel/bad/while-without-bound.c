/* refused: loop without a static bound */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t sum(uint32_t n);

uint32_t sum(uint32_t n)
{
sum_each:
	while (n) {
		n >>= 1;
	}
	return n;
}
