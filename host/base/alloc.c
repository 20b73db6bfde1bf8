#include "base/alloc.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#ifdef TAUT_FAULTS
#include <stdatomic.h>

/* Test builds only: the one piece of state outside an object, since faults must reach every caller. */
static atomic_long fault_countdown;
static atomic_int  fault_persistent;

static int fault_due(void)
{
	long left = atomic_load(&fault_countdown);

	if (left == 0)
		return 0;
	if (left < 0) /* fired before */
		return atomic_load(&fault_persistent);
	left = atomic_fetch_sub(&fault_countdown, 1);
	if (left != 1)
		return 0;
	atomic_store(&fault_countdown, -1);
	return 1;
}

int taut_faults_built(void)
{
	return 1;
}

void taut_faults_arm(long nth, int persistent)
{
	atomic_store(&fault_persistent, persistent);
	atomic_store(&fault_countdown, nth);
}
#else
static int fault_due(void)
{
	return 0;
}

int taut_faults_built(void)
{
	return 0;
}

void taut_faults_arm(long nth, int persistent)
{
	(void)nth;
	(void)persistent;
}
#endif

enum { ALIGNMENT = 64 };

static void *no_memory(size_t count, size_t size, taut_error *err)
{
	(void)taut_fail(err, TAUT_ENOMEM, "out of memory: %zu elements of %zu bytes", count, size);
	return NULL;
}

void *taut_alloc(size_t count, size_t size, taut_error *err)
{
	size_t bytes;
	void  *memory = NULL;

	assert(size > 0);
	/* calloc checks the product too, but under a sanitizer it ends the program then */
	if (taut_mul_size(&bytes, count, size) && !fault_due())
		memory = calloc(count ? count : 1, size);
	return memory ? memory : no_memory(count, size, err);
}

void *taut_alloc_aligned(size_t count, size_t size, taut_error *err)
{
	size_t bytes;
	void  *memory = NULL;

	assert(size > 0);
	if (!taut_mul_size(&bytes, count ? count : 1, size) || bytes > SIZE_MAX - ALIGNMENT)
		return no_memory(count, size, err);
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!fault_due())
		memory = aligned_alloc(ALIGNMENT, bytes);
	if (!memory)
		return no_memory(count, size, err);
	memset(memory, 0, bytes);
	return memory;
}

void *taut_grow(void *array, size_t *capacity, size_t need, size_t size, taut_error *err)
{
	size_t want = *capacity;
	size_t bytes;
	void  *memory = NULL;

	assert(size > 0);
	if (array && need <= want)
		return array;
	if (want < 16)
		want = 16;
	while (want < need)
		if (!taut_mul_size(&want, want, 2))
			return no_memory(need, size, err);
	if (!taut_mul_size(&bytes, want, size))
		return no_memory(need, size, err);
	if (!fault_due())
		memory = realloc(array, bytes);
	if (!memory)
		return no_memory(want, size, err);
	if (!array)
		*capacity = 0;
	memset((char *)memory + *capacity * size, 0, bytes - *capacity * size);
	*capacity = want;
	return memory;
}

void *taut_copy(const void *array, size_t count, size_t size, taut_error *err)
{
	void *memory = taut_alloc(count, size, err);

	if (memory && count)
		memcpy(memory, array, count * size);
	return memory;
}

char *taut_copy_text(const char *text, taut_error *err)
{
	return taut_copy(text, strlen(text) + 1, 1, err);
}

void taut_free(void *memory)
{
	free(memory);
}
