#include "api/settings.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"

enum { NAME_MAX_LENGTH = 64 };

/* How a problem is read and solved; where results go is the program's affair. */
static const unsigned GROUPS =
	TAUT_GROUP_SOURCE | TAUT_GROUP_SOLVE | TAUT_GROUP_LOOP | TAUT_GROUP_METHOD;

taut_status taut_settings_new(taut_settings **out, taut_error *err)
{
	return taut_settings_dup(out, NULL, err);
}

taut_status taut_settings_dup(taut_settings **out, const taut_settings *settings, taut_error *err)
{
	taut_status    st = TAUT_OK;
	taut_settings *copy = taut_alloc(1, sizeof *copy, err);

	*out = NULL;
	if (!copy)
		return TAUT_ENOMEM;
	if (!settings)
		taut_options_default(&copy->options);
	else
		copy->options = settings->options;
	for (int i = 0; settings && i < TAUT_N_OPTIONS && st == TAUT_OK; i++) {
		if (!settings->texts[i])
			continue;
		copy->texts[i] = taut_copy_text(settings->texts[i], err);
		st = copy->texts[i] ? taut_option_set(&copy->options, (taut_option_id)i,
		                                      copy->texts[i], "settings", err)
		                    : TAUT_ENOMEM;
	}
	if (st == TAUT_OK) {
		*out = copy;
		copy = NULL; /* now the caller's */
	}
	taut_settings_free(copy);
	return st;
}

void taut_settings_free(taut_settings *settings)
{
	if (!settings)
		return;
	for (int i = 0; i < TAUT_N_OPTIONS; i++)
		taut_free(settings->texts[i]);
	taut_free(settings);
}

static bool is_taken(taut_option_id id)
{
	return id != TAUT_N_OPTIONS && (taut_option_table[id].group & GROUPS) != 0;
}

/* By the command line's name, '_' read as '-', or by a spec's key. */
static taut_status find(taut_option_id *out, const char *name, taut_error *err)
{
	char         flag[NAME_MAX_LENGTH];
	char         hint[80];
	size_t       length = strlen(name);
	taut_nearest nearest = taut_nearest_to(name);

	*out = taut_option_by_path(name);
	if (*out == TAUT_N_OPTIONS && length < sizeof flag) {
		memcpy(flag, name, length + 1);
		for (char *c = flag; *c; c++)
			if (*c == '_')
				*c = '-';
		*out = taut_option_by_flag(flag, GROUPS);
	}
	if (is_taken(*out))
		return TAUT_OK;
	if (*out != TAUT_N_OPTIONS)
		return taut_fail(err, TAUT_EUSAGE,
		                 "option '%s' is the program's, not the library's", name);
	for (int i = 0; i < TAUT_N_OPTIONS; i++)
		if (taut_option_table[i].flag && is_taken((taut_option_id)i))
			taut_nearest_try(&nearest, taut_option_table[i].flag);
	taut_nearest_hint(hint, sizeof hint, &nearest);
	return taut_fail(err, TAUT_EUSAGE, "unknown option '%.60s'%s", name, hint);
}

taut_status taut_settings_set(taut_settings *settings, const char *name, const char *value,
                              taut_error *err)
{
	taut_options   before = settings->options;
	taut_option_id id = TAUT_N_OPTIONS;
	char          *text;
	taut_status    st = find(&id, name, err);

	if (st != TAUT_OK)
		return st;
	text = taut_copy_text(value, err);
	if (!text)
		return TAUT_ENOMEM;
	st = taut_option_set(&settings->options, id, text, name, err);
	if (st == TAUT_OK && taut_option_table[id].kind == TAUT_KIND_TEXT) {
		taut_free(settings->texts[id]);
		settings->texts[id] = text;
		return TAUT_OK;
	}
	/* a refused value may stand there, as a view of `text` */
	if (st != TAUT_OK)
		settings->options = before;
	taut_free(text);
	return st;
}
