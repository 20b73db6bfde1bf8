#define VECTOR_BYTES 64
#define KERNELS      taut_cpu_kernels_avx512
#define KERNELS_NAME "avx512"
#define SLICED       taut_cpu_sliced_avx512
#define COSTS        taut_cpu_costs_avx512
#include "backend/cpu/kernels_body.h"
