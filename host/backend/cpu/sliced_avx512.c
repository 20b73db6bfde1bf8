#define VECTOR_BYTES 64
#define SLICED       taut_cpu_sliced_avx512
#include "backend/cpu/sliced_kernels.h"
