#include "formats/name_table.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

enum { SLOTS_LEAST = 64 };

/* Eight bytes at a time, mixed by a multiplication; the multiplier is 2^64 / golden ratio. */
static uint32_t hash_of(const char *name, size_t length)
{
	const uint64_t multiplier = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t       h = length;
	uint64_t       word;

	for (; length >= sizeof word; length -= sizeof word, name += sizeof word) {
		memcpy(&word, name, sizeof word);
		h = (h ^ word) * multiplier;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, name, length);
	h = (h ^ word) * multiplier;
	h ^= h >> 32;
	return (uint32_t)((h * multiplier) >> 32);
}

/* The slot that holds the name, or the free one where it belongs. */
static size_t slot_of(const taut_name_table *t, uint32_t hash, const char *name, size_t length)
{
	size_t slot = hash & (t->n_slots - 1);

	for (; t->slots[slot] != 0; slot = (slot + 1) & (t->n_slots - 1)) {
		const taut_name_place *place;
		if (t->slots[slot] >> 32 != hash)
			continue;
		place = &t->places[(uint32_t)t->slots[slot] - 1];
		if (place->length == length && !memcmp(t->text + place->at, name, length))
			break;
	}
	return slot;
}

/* Room for one more name. */
static taut_status make_room(taut_name_table *t, taut_error *err)
{
	size_t    n_slots = t->n_slots ? t->n_slots * 2 : SLOTS_LEAST;
	uint64_t *slots;

	if ((size_t)t->n * 2 + 2 <= t->n_slots)
		return TAUT_OK;
	slots = taut_alloc(n_slots, sizeof *slots, err);
	if (!slots)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < t->n_slots; k++) {
		size_t slot = (size_t)(t->slots[k] >> 32) & (n_slots - 1);
		if (t->slots[k] == 0)
			continue;
		while (slots[slot] != 0)
			slot = (slot + 1) & (n_slots - 1);
		slots[slot] = t->slots[k];
	}
	taut_free(t->slots);
	t->slots = slots;
	t->n_slots = n_slots;
	return TAUT_OK;
}

taut_status taut_name_table_put(uint32_t *out, taut_name_table *table, size_t at, size_t length,
                                taut_error *err)
{
	const char      *name = table->text + at;
	uint32_t         hash = hash_of(name, length);
	taut_name_place *places;
	size_t           slot;

	assert(length <= UINT32_MAX && table->n < TAUT_NO_NAME);
	if (make_room(table, err) != TAUT_OK)
		return TAUT_ENOMEM;
	slot = slot_of(table, hash, name, length);
	if (table->slots[slot] == 0) {
		places = taut_grow(table->places, &table->place_capacity, (size_t)table->n + 1,
		                   sizeof *places, err);
		if (!places)
			return TAUT_ENOMEM;
		table->places = places;
		places[table->n++] = (taut_name_place){at, (uint32_t)length};
		table->slots[slot] = (uint64_t)hash << 32 | table->n;
	}
	*out = (uint32_t)table->slots[slot] - 1;
	return TAUT_OK;
}

uint32_t taut_name_table_find(const taut_name_table *table, const char *name, size_t length)
{
	size_t slot;

	if (table->n_slots == 0)
		return TAUT_NO_NAME;
	slot = slot_of(table, hash_of(name, length), name, length);
	return table->slots[slot] ? (uint32_t)table->slots[slot] - 1 : TAUT_NO_NAME;
}

char *taut_name_table_copy(const taut_name_table *table, uint32_t number, taut_error *err)
{
	const taut_name_place *place = &table->places[number];
	char                  *copy = taut_alloc((size_t)place->length + 1, 1, err);

	assert(number < table->n);
	if (copy)
		memcpy(copy, table->text + place->at, place->length);
	return copy;
}

void taut_name_table_fini(taut_name_table *table)
{
	taut_free(table->places);
	taut_free(table->slots);
	*table = (taut_name_table){0};
}
