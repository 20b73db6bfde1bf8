/* Which of the compiled instruction sets this processor has, and what it is called. */
#ifndef TAUT_BACKEND_CPU_ISA_H
#define TAUT_BACKEND_CPU_ISA_H

#include <stddef.h>

#include "backend/cpu/kernels.h"

/* The set of that name, or the widest present for NULL and "". NULL when it is unknown or not
 * present. */
const taut_cpu_kernels *taut_cpu_isa_find(const char *name);

/* The processor's own name, "processor" where it has none. */
void taut_cpu_isa_brand(char *out, size_t size);

#endif
