#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { fresh_byte = 0xA5, page = 4096 };

bool taut_memory_alloc(taut_memory *m, uint64_t address, uint64_t size)
{
	const size_t bytes = ((size_t)(size ? size : 1) + page - 1) / page * page;
	uint8_t     *data;

	taut_memory_free(m, address, false);
	if (m->n == m->room) {
		const size_t room = 2 * m->room + 16;
		taut_buffer *grown = realloc(m->buffer, room * sizeof *grown);

		if (grown == NULL)
			return false;
		m->buffer = grown;
		m->room = room;
	}
	data = aligned_alloc(page, bytes);
	if (data == NULL)
		return false;
	memset(data, fresh_byte, bytes);
	m->buffer[m->n++] = (taut_buffer){.address = address, .size = size, .data = data};
	return true;
}

void taut_memory_free(taut_memory *m, uint64_t address, bool keep)
{
	for (size_t k = 0; k < m->n; k++)
		if (m->buffer[k].address == address) {
			if (!keep)
				free(m->buffer[k].data);
			m->buffer[k] = m->buffer[--m->n];
			return;
		}
}

uint8_t *taut_memory_at(const taut_memory *m, uint64_t address, uint64_t size)
{
	for (size_t k = 0; k < m->n; k++) {
		const taut_buffer *b = &m->buffer[k];

		if (address >= b->address && address - b->address < b->size &&
		    size <= b->size - (address - b->address))
			return b->data + (address - b->address);
	}
	return NULL;
}
