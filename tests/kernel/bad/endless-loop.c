/* refused: loop without a static bound */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t sum(uint32_t n);

uint32_t sum(uint32_t n)
{
sum_each:
	for (;;) {
		if (n > 3)
			break;
		n++;
	}
	return n;
}
