/* refused: call to memcpy, which is outside */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

void *memcpy(void *to, const void *from, unsigned long size);
void copy(taut_word *to, const taut_word *from);

void copy(taut_word *to, const taut_word *from)
{
	memcpy(to, from, sizeof *to);
}
