#include "formats/name_table.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

enum { SLOTS_LEAST = 64 };

/* A record in words: the first place of the name, its number and length, its bytes. */
enum { AT_WORD, NUMBER_WORD, BYTES_WORD };

static uint64_t number_and_length(uint32_t number, size_t length)
{
	return (uint64_t)number << 32 | length;
}

static uint32_t number_of(const uint64_t *record)
{
	return (uint32_t)(record[NUMBER_WORD] >> 32);
}

static uint32_t length_of(const uint64_t *record)
{
	return (uint32_t)record[NUMBER_WORD];
}

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

static const uint64_t *record_at(const taut_name_table *t, uint64_t slot)
{
	return t->words + ((uint32_t)slot - 1);
}

/* The slot that holds the name, or the free one where it belongs. */
static size_t slot_of(const taut_name_table *t, uint32_t hash, const char *name, size_t length)
{
	size_t slot = hash & (t->n_slots - 1);

	for (; t->slots[slot] != 0; slot = (slot + 1) & (t->n_slots - 1)) {
		const uint64_t *record = record_at(t, t->slots[slot]);
		if (t->slots[slot] >> 32 == hash && length_of(record) == length &&
		    !memcmp(record + BYTES_WORD, name, length))
			break;
	}
	return slot;
}

/* Keeps more than two slots per name. */
static taut_status grow_slots(taut_name_table *t, taut_error *err)
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

/* Appends a record for the name. */
static taut_status append(taut_name_table *t, size_t at, size_t length, taut_error *err)
{
	const size_t need = t->n_words + BYTES_WORD + (length + 7) / 8;
	uint64_t    *words;
	uint32_t    *records;

	if (need >= UINT32_MAX || length > UINT32_MAX)
		return taut_fail(err, TAUT_ELIMIT, "more than 32 GiB of names");
	words = taut_grow(t->words, &t->word_capacity, need, sizeof *words, err);
	if (!words)
		return TAUT_ENOMEM;
	t->words = words;
	records =
		taut_grow(t->records, &t->record_capacity, (size_t)t->n + 1, sizeof *records, err);
	if (!records)
		return TAUT_ENOMEM;
	t->records = records;
	words += t->n_words;
	words[AT_WORD] = at;
	words[NUMBER_WORD] = number_and_length(t->n, length);
	memcpy(words + BYTES_WORD, t->text + at, length);
	records[t->n++] = (uint32_t)t->n_words;
	t->n_words = need;
	return TAUT_OK;
}

taut_status taut_name_table_put(uint32_t *out, taut_name_table *table, size_t at, size_t length,
                                taut_error *err)
{
	const char *name = table->text + at;
	uint32_t    hash = hash_of(name, length);
	size_t      slot;
	taut_status st = grow_slots(table, err);

	if (st != TAUT_OK)
		return st;
	slot = slot_of(table, hash, name, length);
	if (table->slots[slot] != 0) {
		*out = number_of(record_at(table, table->slots[slot]));
		return TAUT_OK;
	}
	st = append(table, at, length, err);
	if (st != TAUT_OK)
		return st;
	*out = table->n - 1;
	table->slots[slot] = (uint64_t)hash << 32 | ((uint64_t)table->records[*out] + 1);
	return TAUT_OK;
}

uint32_t taut_name_table_find(const taut_name_table *table, const char *name, size_t length)
{
	size_t slot;

	if (table->n_slots == 0)
		return TAUT_NO_NAME;
	slot = slot_of(table, hash_of(name, length), name, length);
	return table->slots[slot] ? number_of(record_at(table, table->slots[slot])) : TAUT_NO_NAME;
}

size_t taut_name_table_at(const taut_name_table *table, uint32_t number, size_t *length)
{
	const uint64_t *record = table->words + table->records[number];

	assert(number < table->n);
	*length = length_of(record);
	return (size_t)record[AT_WORD];
}

char *taut_name_table_copy(const taut_name_table *table, uint32_t number, taut_error *err)
{
	const uint64_t *record = table->words + table->records[number];
	char           *copy = taut_alloc((size_t)length_of(record) + 1, 1, err);

	if (copy)
		memcpy(copy, record + BYTES_WORD, length_of(record));
	return copy;
}

void taut_name_table_fini(taut_name_table *table)
{
	taut_free(table->records);
	taut_free(table->words);
	taut_free(table->slots);
	*table = (taut_name_table){0};
}
