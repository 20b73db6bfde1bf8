/* Allocation: sizes are multiplied with overflow checks here and nowhere else, memory comes zeroed,
 * and a build with TAUT_FAULTS can make the n-th allocation fail (tests/fault). */
#ifndef TAUT_BASE_ALLOC_H
#define TAUT_BASE_ALLOC_H

#include <stddef.h>

#include "base/status.h"

/* count zeroed elements of size bytes; never NULL for count 0. The caller frees with taut_free.
 * NULL with ENOMEM in *err when memory or address space does not suffice. */
void *taut_alloc(size_t count, size_t size, taut_error *err);

/* The same, aligned to 64 bytes (a cache line and the widest vector register). */
void *taut_alloc_aligned(size_t count, size_t size, taut_error *err);

/* Grows an array of elements of size bytes so that *capacity >= need, at least doubling. New elements
 * are zero. Returns the array, or NULL with ENOMEM, the old array then still valid and owned. */
void *taut_grow(void *array, size_t *capacity, size_t need, size_t size, taut_error *err);

/* A copy of count elements, or of a string. NULL with ENOMEM. */
void *taut_copy(const void *array, size_t count, size_t size, taut_error *err);
char *taut_copy_text(const char *text, taut_error *err);

/* Accepts NULL. */
void taut_free(void *memory);

/* Fault injection, effective in builds with TAUT_FAULTS (taut_faults_built says so): the n-th
 * allocation from now fails, and when `persistent` every later one too. 0 switches off. */
int  taut_faults_built(void);
void taut_faults_arm(long nth, int persistent);

#endif
