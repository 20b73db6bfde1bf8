#include "formats/labels.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/writer.h"

enum { LENGTH_MOST = 255 };

static bool same_word(const char *a, const char *b)
{
	while (*a && tolower((unsigned char)*a) == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static bool is_label(const char *name)
{
	static const char *const keywords[] = {
		"st",       "s.t.",     "st.",     "subject",  "such",    "free",
		"inf",      "infinity", "bound",   "bounds",   "bin",     "binary",
		"binaries", "gen",      "general", "generals", "int",     "integer",
		"integers", "end",      "min",     "minimize", "minimum", "minimise",
		"max",      "maximize", "maximum", "maximise", "semi",    "semis",
		"sos",      "sos1",     "sos2",    "sections", "marker",  "nan",
	};
	size_t length = strlen(name);

	if (length == 0 || length > LENGTH_MOST ||
	    !(isalpha((unsigned char)name[0]) || name[0] == '_'))
		return false;
	if (tolower((unsigned char)name[0]) == 'e' &&
	    (length == 1 || isdigit((unsigned char)name[1])))
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_' && *c != '.')
			return false;
	for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++)
		if (same_word(name, keywords[k]))
			return false;
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* True when all names are labels and no two the same. The list is sorted. */
static bool all_labels(const char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_label(names[i]))
			return false;
	qsort(names, count, sizeof *names, by_text);
	for (size_t i = 1; i < count; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			return false;
	return true;
}

taut_status taut_labels_init(taut_labels *out, const taut_model *m, taut_error *err)
{
	size_t       count = 0;
	const char **names = taut_alloc(m->n > m->n_rows ? m->n : m->n_rows, sizeof *names, err);

	*out = (taut_labels){.model = m};
	if (!names)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < m->n_rows; k++)
		if (m->rows[k].name)
			names[count++] = m->rows[k].name;
	out->rows = all_labels(names, count);
	if (m->variable_name) {
		memcpy(names, m->variable_name, m->n * sizeof *names);
		out->variables = all_labels(names, m->n);
	}
	taut_free(names);
	return TAUT_OK;
}

void taut_labels_variable(taut_text *text, const taut_labels *labels, uint32_t i)
{
	if (labels->variables) {
		taut_text_put(text, labels->model->variable_name[i]);
		return;
	}
	taut_text_add(text, "x", 1);
	taut_write_number(text, (int64_t)i + 1, 0);
}

const char *taut_labels_row(const taut_labels *labels, uint32_t k)
{
	return labels->rows ? labels->model->rows[k].name : NULL;
}
