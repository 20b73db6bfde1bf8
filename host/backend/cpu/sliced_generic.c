#define VECTOR_BYTES 16
#define SLICED       taut_cpu_sliced_generic
#include "backend/cpu/sliced_kernels.h"
