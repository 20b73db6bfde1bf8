/* Compiler attributes and vector types, kept in one place so that the rest is plain C11. TAUT_MUST_CHECK is public. */
#ifndef TAUT_BASE_ATTR_H
#define TAUT_BASE_ATTR_H

#include "taut/api.h"

#if defined(__GNUC__) || defined(__clang__)
#define TAUT_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define TAUT_ALIGNED(bytes) __attribute__((aligned(bytes)))
/* a vector may be read from and written to arrays of its elements */
#define TAUT_VECTOR(bytes) __attribute__((vector_size(bytes), may_alias))
/* an inner loop that wants all registers */
#define TAUT_NOINLINE __attribute__((noinline))
#else
#define TAUT_PRINTF(format_at, first_at)
#define TAUT_ALIGNED(bytes)
#define TAUT_NOINLINE
#endif

#endif
