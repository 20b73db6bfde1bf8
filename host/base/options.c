#include "base/options.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

const taut_option taut_option_table[TAUT_N_OPTIONS] = {
#define FLAG(field, path_, flag_, group_, help_) \
	{.kind = TAUT_KIND_FLAG, .path = path_, .flag = flag_, .group = group_, .help = help_},
#define INT(field, path_, flag_, group_, def, lo, hi, unit_, help_)                                     \
	{.kind = TAUT_KIND_INT, .path = path_, .flag = flag_, .group = group_, .int_low = lo, .int_high = hi, \
	 .int_default = def, .unit = unit_, .help = help_},
#define REAL(field, path_, flag_, group_, def, lo, hi, unit_, help_)                                   \
	{.kind = TAUT_KIND_REAL, .path = path_, .flag = flag_, .group = group_, .low = lo, .high = hi, \
	 .real_default = def, .unit = unit_, .help = help_},
#define CHOICE(field, path_, flag_, group_, def, list, help_)                                    \
	{.kind = TAUT_KIND_CHOICE, .path = path_, .flag = flag_, .group = group_, .int_default = def, \
	 .choices = &taut_##list##_names, .help = help_},
#define TEXT(field, path_, flag_, group_, what_, help_) \
	{.kind = TAUT_KIND_TEXT, .path = path_, .flag = flag_, .group = group_, .unit = what_, .help = help_},
	TAUT_OPTIONS(FLAG, INT, REAL, CHOICE, TEXT)
#undef FLAG
#undef INT
#undef REAL
#undef CHOICE
#undef TEXT
};

static const size_t field_at[TAUT_N_OPTIONS] = {
#define FLAG(field, path, flag, group, help) offsetof(taut_options, field),
#define INT(field, path, flag, group, def, lo, hi, unit, help) offsetof(taut_options, field),
#define REAL(field, path, flag, group, def, lo, hi, unit, help) offsetof(taut_options, field),
#define CHOICE(field, path, flag, group, def, list, help) offsetof(taut_options, field),
#define TEXT(field, path, flag, group, what, help) offsetof(taut_options, field),
	TAUT_OPTIONS(FLAG, INT, REAL, CHOICE, TEXT)
#undef FLAG
#undef INT
#undef REAL
#undef CHOICE
#undef TEXT
};

/* Bytes of an option's field, by kind. */
static size_t field_size(taut_option_kind kind)
{
	switch (kind) {
	case TAUT_KIND_FLAG:
		return sizeof(bool);
	case TAUT_KIND_INT:
		return sizeof(int64_t);
	case TAUT_KIND_REAL:
		return sizeof(double);
	case TAUT_KIND_CHOICE:
		return sizeof(int);
	case TAUT_KIND_TEXT:
		return sizeof(const char *);
	}
	return 0;
}

static void *field_of(taut_options *options, taut_option_id id)
{
	return (char *)options + field_at[id];
}

void taut_options_default(taut_options *out)
{
	_Static_assert(TAUT_N_OPTIONS <= 64, "taut_options.given has a bit per option");
	*out = (taut_options){0};
	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		taut_option_id     id = (taut_option_id)i;
		const taut_option *o = &taut_option_table[i];
		switch (o->kind) {
		case TAUT_KIND_INT:
			*(int64_t *)field_of(out, id) = o->int_default;
			break;
		case TAUT_KIND_REAL:
			*(double *)field_of(out, id) = o->real_default;
			break;
		case TAUT_KIND_CHOICE:
			*(int *)field_of(out, id) = (int)o->int_default;
			break;
		case TAUT_KIND_FLAG:
		case TAUT_KIND_TEXT:
			break;
		}
	}
}

static taut_status set_flag(bool *out, const char *text, const char *name, taut_error *err)
{
	static const char *const words[] = {"false", "true", "off", "on", "no", "yes"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i % 2 == 1;
			return TAUT_OK;
		}
	}
	return taut_fail(err, TAUT_EUSAGE, "%s: '%.60s' is not true or false", name, text);
}

static taut_status set_choice(int *out, const taut_option *o, const char *text, const char *name,
			      taut_error *err)
{
	taut_nearest nearest = taut_nearest_to(text);
	char         hint[80];
	char         known[300] = "";
	size_t       used = 0;
	int          at;

	/* Switches are YAML booleans to many users. */
	if (o->choices == &taut_switch_names && strcmp(text, "true") == 0)
		text = "on";
	if (o->choices == &taut_switch_names && strcmp(text, "false") == 0)
		text = "off";
	at = taut_name_find(o->choices, text);
	if (at >= 0) {
		*out = at;
		return TAUT_OK;
	}
	for (size_t i = 0; i < o->choices->count; i++) {
		taut_nearest_try(&nearest, o->choices->names[i].name);
		if (used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "",
						 o->choices->names[i].name);
	}
	taut_nearest_hint(hint, sizeof hint, &nearest);
	return taut_fail(err, TAUT_EUSAGE, "%s: '%.60s' is none of %s%s", name, text, known, hint);
}

/* A number that cannot be read is the user's mistake here, not the input's. */
static taut_status misuse(taut_error *err, const char *name)
{
	if (err)
		err->code = TAUT_EUSAGE;
	return taut_context(err, TAUT_EUSAGE, "%s", name);
}

static taut_status set_int(int64_t *out, const taut_option *o, const char *text, const char *name,
			   taut_error *err)
{
	int64_t     value;
	taut_status st = taut_integer_parse(&value, text, strlen(text), err);

	if (st != TAUT_OK)
		return misuse(err, name);
	if (value < o->int_low || value > o->int_high)
		return taut_fail(err, TAUT_EUSAGE,
				 "%s: %" PRId64 " is outside %" PRId64 " to %" PRId64 "%s%s", name, value,
				 o->int_low, o->int_high, o->unit[0] ? " " : "", o->unit);
	*out = value;
	return TAUT_OK;
}

static taut_status set_real(double *out, const taut_option *o, const char *text, const char *name,
			    taut_error *err)
{
	taut_decimal x;
	double       value;
	taut_status  st = taut_decimal_parse(&x, text, strlen(text), err);

	if (st != TAUT_OK)
		return misuse(err, name);
	value = taut_decimal_to_double(x.value, x.decimals);
	if (value < o->low || value > o->high)
		return taut_fail(err, TAUT_EUSAGE, "%s: %.40s is outside %g to %g%s%s", name, text, o->low,
				 o->high, o->unit[0] ? " " : "", o->unit);
	*out = value;
	return TAUT_OK;
}

taut_status taut_range_parse(int64_t *low, int64_t *high, const char *text, taut_error *err)
{
	const char *dots = strstr(text, "..");

	if (!dots || taut_integer_parse(low, text, (size_t)(dots - text), NULL) != TAUT_OK ||
	    taut_integer_parse(high, dots + 2, strlen(dots + 2), NULL) != TAUT_OK)
		return taut_fail(err, TAUT_EUSAGE, "'%.60s' is no range, such as -1..1", text);
	if (*low < INT32_MIN || *high > INT32_MAX || *low > *high)
		return taut_fail(err, TAUT_EUSAGE, "'%.60s' is no range: -2147483648 <= LO <= HI <= 2147483647",
				 text);
	return TAUT_OK;
}

/* What the kind alone does not tell: values that are well written and still refused. */
static taut_status check_value(const taut_options *options, taut_option_id id, const char *name,
			       taut_error *err)
{
	const char  *decimal = id == TAUT_OPTION_best_known ? options->best_known
			       : id == TAUT_OPTION_target   ? options->target
							    : NULL;
	taut_decimal number;
	int64_t      low;
	int64_t      high;
	taut_status  st = TAUT_OK;

	if (id == TAUT_OPTION_shrink && options->shrink == TAUT_SWITCH_ON)
		st = taut_fail(err, TAUT_EUSAGE, "%s: this version has no shrinking; only auto and off", name);
	if (decimal && taut_decimal_parse(&number, decimal, strlen(decimal), err) != TAUT_OK)
		st = misuse(err, name);
	if (id == TAUT_OPTION_range && taut_range_parse(&low, &high, options->range, err) != TAUT_OK)
		st = taut_context(err, TAUT_EUSAGE, "%s", name);
	return st;
}

taut_status taut_option_set(taut_options *options, taut_option_id id, const char *text, const char *name,
			    taut_error *err)
{
	const taut_option *o = &taut_option_table[id];
	void              *field = field_of(options, id);
	taut_status        st = TAUT_OK;

	assert(id < TAUT_N_OPTIONS);
	switch (o->kind) {
	case TAUT_KIND_FLAG:
		st = set_flag(field, text, name, err);
		break;
	case TAUT_KIND_INT:
		st = set_int(field, o, text, name, err);
		break;
	case TAUT_KIND_REAL:
		st = set_real(field, o, text, name, err);
		break;
	case TAUT_KIND_CHOICE:
		st = set_choice(field, o, text, name, err);
		break;
	case TAUT_KIND_TEXT:
		if (!text[0])
			st = taut_fail(err, TAUT_EUSAGE, "%s: empty value, %s expected", name, o->unit);
		else
			*(const char **)field = text;
		break;
	}
	if (st == TAUT_OK)
		st = check_value(options, id, name, err);
	if (st == TAUT_OK)
		options->given |= UINT64_C(1) << id;
	return st;
}

void taut_option_put(taut_text *out, const taut_options *options, taut_option_id id)
{
	const taut_option *o = &taut_option_table[id];
	const void        *field = (const char *)options + field_at[id];
	const char        *text;

	switch (o->kind) {
	case TAUT_KIND_FLAG:
		taut_text_put(out, *(const bool *)field ? "true" : "false");
		break;
	case TAUT_KIND_INT:
		taut_text_format(out, "%" PRId64, *(const int64_t *)field);
		break;
	case TAUT_KIND_REAL:
		taut_text_format(out, "%.15g", *(const double *)field);
		break;
	case TAUT_KIND_CHOICE:
		taut_text_put(out, o->choices->names[*(const int *)field].name);
		break;
	case TAUT_KIND_TEXT:
		text = *(const char *const *)field;
		taut_text_put(out, text ? text : "");
		break;
	}
}

bool taut_option_given(const taut_options *options, taut_option_id id)
{
	return options->given >> id & 1;
}

void taut_options_overlay(taut_options *base, const taut_options *over)
{
	for (int i = 0; i < TAUT_N_OPTIONS; i++)
		if (taut_option_given(over, (taut_option_id)i))
			memcpy((char *)base + field_at[i], (const char *)over + field_at[i],
			       field_size(taut_option_table[i].kind));
	base->given |= over->given;
}

taut_option_id taut_option_by_path(const char *path)
{
	int i = 0;

	while (i < TAUT_N_OPTIONS &&
	       !(taut_option_table[i].path && strcmp(taut_option_table[i].path, path) == 0))
		i++;
	return (taut_option_id)i;
}

taut_option_id taut_option_by_flag(const char *flag, unsigned groups)
{
	int found = TAUT_N_OPTIONS;

	for (int i = 0; i < TAUT_N_OPTIONS; i++) {
		const taut_option *o = &taut_option_table[i];
		if (!o->flag || strcmp(o->flag, flag) != 0)
			continue;
		if (o->group & groups)
			return (taut_option_id)i;
		if (found == TAUT_N_OPTIONS)
			found = i;
	}
	return (taut_option_id)found;
}

void taut_option_describe(char *out, size_t size, taut_option_id id)
{
	const taut_option *o = &taut_option_table[id];
	size_t             used = 0;

	assert(size > 0);
	out[0] = '\0';
	switch (o->kind) {
	case TAUT_KIND_FLAG:
		(void)snprintf(out, size, "off");
		break;
	case TAUT_KIND_INT:
		(void)snprintf(out, size, "%" PRId64 " (%" PRId64 " to %" PRId64 "%s%s)", o->int_default,
			       o->int_low, o->int_high, o->unit[0] ? " " : "", o->unit);
		break;
	case TAUT_KIND_REAL:
		(void)snprintf(out, size, "%g (%g to %g%s%s)", o->real_default, o->low, o->high,
			       o->unit[0] ? " " : "", o->unit);
		break;
	case TAUT_KIND_CHOICE:
		used = (size_t)snprintf(out, size, "%s (", o->choices->names[o->int_default].name);
		for (size_t i = 0; i < o->choices->count && used < size; i++)
			used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "",
						 o->choices->names[i].name);
		if (used < size)
			(void)snprintf(out + used, size - used, ")");
		break;
	case TAUT_KIND_TEXT:
		(void)snprintf(out, size, "none");
		break;
	}
}
