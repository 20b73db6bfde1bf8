/* refused: variadic function */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t many(uint32_t n, ...);
