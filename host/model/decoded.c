#include "model/decoded.h"

#include "base/alloc.h"

void taut_decoded_fini(taut_decoded *decoded)
{
	for (size_t l = 0; l < decoded->n_lists; l++) {
		taut_decoded_list *list = &decoded->lists[l];
		for (size_t i = 0; list->texts && i < list->count; i++)
			taut_free(list->texts[i]);
		taut_free(list->texts);
		taut_free(list->values);
	}
	*decoded = (taut_decoded){0};
}
