/* refused: floating point */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

typedef struct {
	double energy;
} lane;
