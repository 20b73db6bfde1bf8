/* Compiler attributes and vector types, kept in one place so that the rest is plain C11. */
#ifndef TAUT_BASE_ATTR_H
#define TAUT_BASE_ATTR_H

#if defined(__GNUC__) || defined(__clang__)
#define TAUT_MUST_CHECK __attribute__((warn_unused_result))
#define TAUT_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define TAUT_ALIGNED(bytes) __attribute__((aligned(bytes)))
/* a vector may be read from and written to arrays of its elements */
#define TAUT_VECTOR(bytes) __attribute__((vector_size(bytes), may_alias))
#else
#define TAUT_MUST_CHECK
#define TAUT_PRINTF(format_at, first_at)
#define TAUT_ALIGNED(bytes)
#endif

#endif
