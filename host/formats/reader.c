#include "formats/reader.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"

taut_status taut_reader_add(taut_instance **out, taut_reader *reader, taut_family family,
                            const char *name, taut_error *err)
{
	taut_instance_list *list = reader->list;
	taut_instance     **items;
	taut_instance      *instance;
	taut_status         st;

	assert(list->count < UINT32_MAX);
	*out = NULL;
	items = taut_grow(list->items, &reader->capacity, list->count + 1, sizeof *items, err);
	if (!items)
		return TAUT_ENOMEM;
	list->items = items;
	st = taut_instance_new(&instance, family, name ? name : reader->name, err);
	if (st != TAUT_OK)
		return st;
	items[list->count++] = instance;
	instance->index = (uint32_t)list->count;
	instance->file = taut_copy_text(reader->scan->file, err);
	if (!instance->file)
		return TAUT_ENOMEM;
	*out = instance;
	return TAUT_OK;
}

void taut_reader_replace(taut_reader *reader, taut_instance *instance)
{
	taut_instance **place = &reader->list->items[reader->list->count - 1];
	taut_instance  *old = *place;
	char           *name = instance->name;

	assert(!instance->file);
	instance->name = old->name;
	instance->file = old->file;
	instance->index = old->index;
	old->name = name;
	old->file = NULL;
	*place = instance;
	taut_instance_free(old);
}

taut_status taut_reader_note(taut_instance *instance, const char *note, taut_error *err)
{
	assert(!instance->note);
	instance->note = taut_copy_text(note, err);
	return instance->note ? TAUT_OK : TAUT_ENOMEM;
}

char *taut_reader_stem(const char *name, size_t length, taut_error *err)
{
	size_t dot = length;
	char  *stem;

	while (dot > 0 && isalpha((unsigned char)name[dot - 1]))
		dot--;
	if (dot > 1 && dot < length && name[dot - 1] == '.')
		length = dot - 1;
	stem = taut_alloc(length + 1, 1, err);
	if (stem)
		memcpy(stem, name, length);
	return stem;
}
