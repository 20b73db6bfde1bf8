/* refused: 128-bit integer */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

typedef struct {
	__int128 sum;
} lane;
