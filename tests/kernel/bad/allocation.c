/* refused: allocation (malloc) */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

void *malloc(unsigned long size);
uint32_t *taken(void);

uint32_t *taken(void)
{
	return malloc(4);
}
