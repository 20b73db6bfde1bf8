#include "flow/load.h"

#include <inttypes.h>
#include <string.h>

#include "backend/backend.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "formats/formats.h"
#include "generate/generate.h"
#include "spec/market_json.h"
#include "spec/spec.h"

static bool ends_with(const char *text, const char *ending)
{
	size_t n = strlen(text);
	size_t k = strlen(ending);

	return n >= k && strcmp(text + n - k, ending) == 0;
}

static bool is_market_json(const char *path, const taut_options *options)
{
	return options->format == TAUT_FORMAT_MARKET_JSON ||
	       (options->format == TAUT_FORMAT_AUTO && ends_with(path, ".json"));
}

/* One instance as a list. Takes it over, also on failure. */
static taut_status list_of_one(taut_load_list *out, taut_instance *instance, taut_error *err)
{
	out->items = taut_alloc(1, sizeof *out->items, err);
	if (!out->items) {
		taut_instance_free(instance);
		return TAUT_ENOMEM;
	}
	out->items[0] = instance;
	out->count = 1;
	return TAUT_OK;
}

/* The problems of a native file, read as out->options say. */
static taut_status load_file(taut_load_list *out, const char *path, taut_error *err)
{
	taut_instance_list found = {0};
	taut_instance     *one = NULL;
	taut_status        st;

	if (is_market_json(path, &out->options)) {
		st = taut_market_json_read(&one, path, &out->options, err);
		return st == TAUT_OK ? list_of_one(out, one, err) : st;
	}
	st = taut_formats_read(&found, path, &out->options, err);
	if (st == TAUT_OK) {
		out->items = found.items;
		out->count = found.count;
	}
	return st;
}

/* A single problem carries the name that its spec gives. */
static taut_status rename_single(taut_load_list *out, taut_error *err)
{
	char *name;

	if (out->count != 1)
		return TAUT_OK;
	name = taut_copy_text(out->spec->name, err);
	if (!name)
		return TAUT_ENOMEM;
	taut_free(out->items[0]->name);
	out->items[0]->name = name;
	return TAUT_OK;
}

/* What the spec's problem.generate asks for; what is wrong with it is said with its place. */
static taut_status load_generated(taut_load_list *out, const char *path, taut_error *err)
{
	taut_instance *one = NULL;
	taut_status    st = taut_generate(&one, (taut_family)out->options.family, &out->options, err);

	if (st == TAUT_EUSAGE) {
		if (err)
			err->code = TAUT_EINPUT;
		return taut_context(err, TAUT_EINPUT, "%s:%" PRIu32 ":%" PRIu32 ": problem.generate", path,
				    out->spec->generate_line, out->spec->generate_column);
	}
	if (st == TAUT_OK)
		st = taut_spec_apply(one, &out->options, err);
	if (st == TAUT_OK)
		return list_of_one(out, one, err);
	taut_instance_free(one);
	return st;
}

static taut_status load_spec(taut_load_list *out, const char *path, const taut_options *over, taut_error *err)
{
	taut_instance *inline_data;
	taut_status    st = taut_spec_read(&out->spec, path, err);

	if (st == TAUT_OK)
		st = taut_spec_overlay(out->spec, over, err);
	if (st != TAUT_OK)
		return st;
	out->options = out->spec->options;
	/* the spec's device is not that of a backend which the command line names instead */
	if (taut_option_given(over, TAUT_OPTION_backend) &&
	    !taut_backend_has_choice((taut_backend_name)over->backend)) {
		out->options.device = over->device;
		out->options.bitstream = over->bitstream;
	}
	inline_data = out->spec->instance;
	if (inline_data) {
		out->spec->instance = NULL;
		return list_of_one(out, inline_data, err);
	}
	st = out->spec->file ? load_file(out, out->spec->file, err) : load_generated(out, path, err);
	return st == TAUT_OK ? rename_single(out, err) : st;
}

taut_status taut_load(taut_load_list *out, const char *path, const taut_options *over, taut_error *err)
{
	double      start_s = taut_clock_s();
	taut_status st;

	*out = (taut_load_list){.options = *over};
	if (taut_formats_is_spec(path))
		st = load_spec(out, path, over, err);
	else
		st = load_file(out, path, err);
	out->read_s = taut_clock_s() - start_s;
	if (st != TAUT_OK)
		taut_load_fini(out);
	return st;
}

void taut_load_fini(taut_load_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		taut_instance_free(list->items[i]);
	taut_free(list->items);
	taut_spec_free(list->spec);
	*list = (taut_load_list){0};
}
