/* refused: pointer to pointer */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

typedef struct {
	uint32_t *row[4];
} rows;
