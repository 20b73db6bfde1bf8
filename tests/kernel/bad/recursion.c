/* refused: recursion */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t even(uint32_t n);
uint32_t odd(uint32_t n);

uint32_t even(uint32_t n)
{
	return n == 0 ? 1 : odd(n - 1);
}

uint32_t odd(uint32_t n)
{
	return n == 0 ? 0 : even(n - 1);
}
