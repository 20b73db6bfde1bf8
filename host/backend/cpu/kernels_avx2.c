#define VECTOR_BYTES 32
#define KERNELS      taut_cpu_kernels_avx2
#define KERNELS_NAME "avx2"
#define SLICED       taut_cpu_sliced_avx2
#define COSTS        taut_cpu_costs_avx2
#include "backend/cpu/kernels_body.h"
