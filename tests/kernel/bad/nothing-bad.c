/* refused: nothing */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t sum(const uint32_t x[8], uint32_t n);

/* A % in a comment, a "#pragma" as well; malloc(4) too. */
uint32_t sum(const uint32_t x[8], uint32_t n)
{
	uint32_t s = x[0] / 4 + n % 8;

sum_each:
	for (uint32_t k = 0; k < n; k++) {
		TAUT_TRIP(1, 8)
		TAUT_PIPELINE(1)
		s += x[k & 7u];
	}
sum_again:
	for (uint32_t k = 0; k < TAUT_KERNEL_LANES / 8; k++)
		s += x[k & 7u];
	return s;
}
