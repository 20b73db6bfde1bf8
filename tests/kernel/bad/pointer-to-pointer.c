/* refused: pointer to pointer */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

uint32_t first(const uint32_t *const *rows);
