#define VECTOR_BYTES 64
#define KERNELS      taut_cpu_kernels_avx512vnni
#define KERNELS_NAME "avx512vnni"
#define SLICED       taut_cpu_sliced_avx512
#define COSTS        taut_cpu_costs_avx512vnni
#include "backend/cpu/kernels_body.h"
