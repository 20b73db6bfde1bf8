#include "api/input.h"

#include <assert.h>

#include "base/alloc.h"

static taut_status new_input(taut_input **out, const taut_settings *settings, taut_error *err)
{
	taut_status st;
	taut_input *input = taut_alloc(1, sizeof *input, err);

	*out = NULL;
	if (!input)
		return TAUT_ENOMEM;
	st = taut_settings_dup(&input->settings, settings, err);
	if (st != TAUT_OK) {
		taut_free(input);
		return st;
	}
	*out = input;
	return TAUT_OK;
}

taut_status taut_input_read(taut_input **out, const char *path, const taut_settings *settings,
                            taut_error *err)
{
	taut_input *input = NULL;
	taut_status st;

	assert(out != NULL && path != NULL);
	*out = NULL;
	st = new_input(&input, settings, err);
	if (st == TAUT_OK)
		st = taut_load(&input->list, path, &input->settings->options, err);
	if (st == TAUT_OK) {
		*out = input;
		input = NULL; /* now the caller's */
	}
	taut_input_free(input);
	return st;
}

taut_status taut_input_take(taut_input **out, taut_instance *instance, taut_error *err)
{
	taut_status st = new_input(out, NULL, err);

	if (st == TAUT_OK) {
		(*out)->list.options = (*out)->settings->options;
		(*out)->list.items = taut_alloc(1, sizeof *(*out)->list.items, err);
		if ((*out)->list.items) {
			(*out)->list.items[0] = instance;
			(*out)->list.count = 1;
			return TAUT_OK;
		}
		st = TAUT_ENOMEM;
		taut_input_free(*out);
		*out = NULL;
	}
	taut_instance_free(instance);
	return st;
}

size_t taut_input_count(const taut_input *input)
{
	return input->list.count;
}

const char *taut_input_name(const taut_input *input, size_t at)
{
	return at < input->list.count ? input->list.items[at]->name : NULL;
}

void taut_input_free(taut_input *input)
{
	if (!input)
		return;
	taut_load_fini(&input->list);
	taut_settings_free(input->settings);
	taut_free(input);
}
