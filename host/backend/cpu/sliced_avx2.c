#define VECTOR_BYTES 32
#define SLICED       taut_cpu_sliced_avx2
#include "backend/cpu/sliced_kernels.h"
