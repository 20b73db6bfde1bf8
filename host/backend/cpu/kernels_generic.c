#define VECTOR_BYTES 16
#define KERNELS      taut_cpu_kernels_generic
#define KERNELS_NAME "generic"
#define SLICED       taut_cpu_sliced_generic
#define COSTS        taut_cpu_costs_generic
#include "backend/cpu/kernels_body.h"
