/* The card's memory: buffers by device address. Fresh memory holds a pattern, so that what the host
 * forgot to send shows. */
#ifndef TAUT_EMULATION_MEMORY_H
#define TAUT_EMULATION_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint64_t address;
	uint64_t size;
	uint8_t *data; /* 4,096-byte aligned */
} taut_buffer;

typedef struct {
	taut_buffer *buffer; /* [n] */
	size_t       n;
	size_t       room;
} taut_memory;

/* A buffer at an address that the host chose; one that was there is forgotten. False: out of
 * memory. */
bool taut_memory_alloc(taut_memory *m, uint64_t address, uint64_t size);

/* keep: a kernel may still be at work in it, so its bytes stay. */
void taut_memory_free(taut_memory *m, uint64_t address, bool keep);

/* Where a device address lies, with at least `size` bytes after it in one buffer; NULL: nowhere. */
uint8_t *taut_memory_at(const taut_memory *m, uint64_t address, uint64_t size);

#endif
