/* refused: goto */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t jump(uint32_t a);

uint32_t jump(uint32_t a)
{
	if (a)
		goto done;
	a = 1;
done:
	return a;
}
