#include "spec/name_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static int compare(const void *a, const void *b)
{
	const taut_indexed_name *x = a;
	const taut_indexed_name *y = b;
	int                      order = strcmp(x->text, y->text);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

void taut_name_index_init(taut_name_index *out, taut_indexed_name *names, size_t count)
{
	assert(names != NULL || count == 0);
	*out = (taut_name_index){names, count};
	if (count > 1)
		qsort(names, count, sizeof *names, compare);
}

void taut_name_index_fini(taut_name_index *index)
{
	taut_free(index->sorted);
	*index = (taut_name_index){0};
}

uint32_t taut_name_index_find(const taut_name_index *index, const char *text)
{
	size_t low = 0;
	size_t high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(index->sorted[middle].text, text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == index->count || strcmp(index->sorted[low].text, text) != 0)
		return TAUT_NAME_NONE;
	return index->sorted[low].at;
}

uint32_t taut_name_index_repeat(const taut_name_index *index, uint32_t *first)
{
	uint32_t repeat = TAUT_NAME_NONE;

	for (size_t k = 1; k < index->count; k++) {
		const taut_indexed_name *s = index->sorted;
		if (s[k].at < repeat && strcmp(s[k - 1].text, s[k].text) == 0) {
			repeat = s[k].at;
			*first = s[k - 1].at;
		}
	}
	return repeat;
}
