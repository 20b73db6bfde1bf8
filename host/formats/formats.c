#include "formats/formats.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/detect.h"
#include "formats/reader.h"

typedef struct {
	taut_format format;
	taut_family family;                                        /* what it holds */
	taut_status (*read)(taut_reader *reader, taut_error *err); /* NULL: read elsewhere */
} format_row;

/* Adding a format is one row here, one in base/names.h, and what detect.c can tell about it. */
static const format_row rows[] = {
	{TAUT_FORMAT_ORLIB, TAUT_FAMILY_MDKP, taut_read_orlib},
	{TAUT_FORMAT_MKNAP2, TAUT_FAMILY_MDKP, taut_read_mknap2},
	{TAUT_FORMAT_SAC94, TAUT_FAMILY_MDKP, taut_read_sac94},
	{TAUT_FORMAT_QAPLIB, TAUT_FAMILY_QAP, taut_read_qaplib},
	{TAUT_FORMAT_TSPLIB, TAUT_FAMILY_TSP, taut_read_tsplib},
	{TAUT_FORMAT_DIMACS, TAUT_FAMILY_MIS, taut_read_dimacs},
	{TAUT_FORMAT_RUDY, TAUT_FAMILY_MAXCUT, taut_read_rudy},
	{TAUT_FORMAT_QOBLIB_MS, TAUT_FAMILY_MARKET_SHARE, taut_read_qoblib_ms},
	{TAUT_FORMAT_MARKET_JSON, TAUT_FAMILY_MARKET_SHARE, NULL},
	{TAUT_FORMAT_TRIANGLE, TAUT_FAMILY_QUBO, taut_read_triangle},
	{TAUT_FORMAT_OPB, TAUT_FAMILY_BINARY_PROGRAM, taut_read_opb},
	{TAUT_FORMAT_LP, TAUT_FAMILY_BINARY_PROGRAM, taut_read_lp},
	{TAUT_FORMAT_MPS, TAUT_FAMILY_BINARY_PROGRAM, taut_read_mps},
	{TAUT_FORMAT_QPLIB, TAUT_FAMILY_BINARY_PROGRAM, taut_read_qplib},
	{TAUT_FORMAT_BHOSLIB, TAUT_FAMILY_MIS, taut_read_bhoslib},
	{TAUT_FORMAT_COO, TAUT_FAMILY_QUBO, taut_read_coo},
	{TAUT_FORMAT_QBSOLV, TAUT_FAMILY_QUBO, taut_read_qbsolv},
	{TAUT_FORMAT_JSON, TAUT_FAMILY_QUBO, NULL},
};

/* Families that a format holds where --family asks for them. */
static const struct {
	taut_format format;
	taut_family family;
} also[] = {
	{TAUT_FORMAT_LP, TAUT_FAMILY_QUBO},    {TAUT_FORMAT_LP, TAUT_FAMILY_MARKET_SHARE},
	{TAUT_FORMAT_MPS, TAUT_FAMILY_QUBO},   {TAUT_FORMAT_MPS, TAUT_FAMILY_MARKET_SHARE},
	{TAUT_FORMAT_QPLIB, TAUT_FAMILY_QUBO}, {TAUT_FORMAT_BHOSLIB, TAUT_FAMILY_BINARY_PROGRAM},
};

void taut_instance_list_fini(taut_instance_list *list)
{
	for (size_t k = 0; k < list->count; k++)
		taut_instance_free(list->items[k]);
	taut_free(list->items);
	*list = (taut_instance_list){0};
}

static const format_row *find_row(taut_format format)
{
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
		if (rows[k].format == format)
			return &rows[k];
	assert(0 && "every format has a row");
	return NULL;
}

static bool holds(const format_row *row, taut_family family)
{
	bool found = family == row->family;

	for (size_t k = 0; k < sizeof also / sizeof *also; k++)
		found = found || (also[k].format == row->format && also[k].family == family);
	return found;
}

/* An option that would be ignored is a mistake. */
static taut_status check_options(taut_family family, const taut_options *options, taut_error *err)
{
	static const struct {
		taut_option_id id;
		taut_family    family;
	} needs[] = {
		{TAUT_OPTION_complement, TAUT_FAMILY_MIS},
		{TAUT_OPTION_weights, TAUT_FAMILY_MIS},
		{TAUT_OPTION_sense, TAUT_FAMILY_QUBO},
		{TAUT_OPTION_pairs, TAUT_FAMILY_QUBO},
		{TAUT_OPTION_integer_weight, TAUT_FAMILY_BINARY_PROGRAM},
	};

	for (size_t k = 0; k < sizeof needs / sizeof *needs; k++)
		if (taut_option_given(options, needs[k].id) && family != needs[k].family)
			return taut_fail(err, TAUT_EUSAGE, "--%s is for family %s, this is %s",
			                 taut_option_table[needs[k].id].flag,
			                 taut_family_names.names[needs[k].family].name,
			                 taut_family_names.names[family].name);
	return TAUT_OK;
}

/* The row that reads the file, after all checks that need only the options. */
static taut_status choose(const format_row **out, const taut_scan *scan,
                          const taut_options *options, taut_error *err)
{
	taut_format format = (taut_format)options->format;
	taut_family family = (taut_family)options->family;
	taut_status st = TAUT_OK;

	if (format == TAUT_FORMAT_AUTO)
		st = taut_format_detect(&format, scan, family, err);
	if (st != TAUT_OK)
		return st;
	*out = find_row(format);
	if (family == TAUT_FAMILY_AUTO)
		family = (*out)->family;
	if (!holds(*out, family))
		return taut_fail(err, TAUT_EINPUT, "%s: format %s holds family %s, not %s",
		                 scan->file, taut_format_names.names[format].name,
		                 taut_family_names.names[(*out)->family].name,
		                 taut_family_names.names[family].name);
	if (!(*out)->read)
		return taut_fail(err, TAUT_EUSAGE, "%s: format %s is %s", scan->file,
		                 taut_format_names.names[format].name,
		                 format == TAUT_FORMAT_MARKET_JSON ? "read with the specs"
		                                                   : "written and not read");
	return check_options(family, options, err);
}

static bool same_name(const char *a, const char *b)
{
	while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

static taut_status no_such_problem(const taut_instance_list *list, const taut_scan *scan,
                                   const char *index, taut_error *err)
{
	taut_nearest nearest = taut_nearest_to(index); /* names of mknap2 are in small letters */
	char         hint[64];

	for (size_t k = 0; k < list->count; k++)
		taut_nearest_try(&nearest, list->items[k]->name);
	taut_nearest_hint(hint, sizeof hint, &nearest);
	return taut_fail(err, TAUT_EUSAGE, "%s holds %zu problem%s, none is --index %s%s",
	                 scan->file, list->count, list->count == 1 ? "" : "s", index, hint);
}

/* Keeps the one problem that --index names: its number, else its name (case and ending do not
 * matter). */
static taut_status select_problem(taut_instance_list *list, const taut_scan *scan,
                                  const char *index, taut_error *err)
{
	size_t         chosen = list->count;
	int64_t        number = 0;
	char          *stem = taut_reader_stem(index, strlen(index), err);
	taut_instance *kept;
	taut_status    st = TAUT_OK;

	if (!stem)
		return TAUT_ENOMEM;
	if (taut_integer_parse(&number, index, strlen(index), NULL) == TAUT_OK && number >= 1 &&
	    (uint64_t)number <= list->count)
		chosen = (size_t)number - 1;
	for (size_t k = 0; chosen == list->count && k < list->count; k++)
		if (same_name(list->items[k]->name, index) || same_name(list->items[k]->name, stem))
			chosen = k;
	if (chosen == list->count) {
		st = no_such_problem(list, scan, index, err);
	} else {
		kept = list->items[chosen];
		list->items[chosen] = list->items[0];
		list->items[0] = kept;
		while (list->count > 1)
			taut_instance_free(list->items[--list->count]);
	}
	taut_free(stem);
	return st;
}

/* Reads an open file into reader->list. */
static taut_status read_file(taut_reader *reader, taut_error *err)
{
	const format_row *row;
	taut_status       st = choose(&row, reader->scan, reader->options, err);

	if (st == TAUT_OK)
		st = row->read(reader, err);
	if (st == TAUT_OK && reader->options->index)
		st = select_problem(reader->list, reader->scan, reader->options->index, err);
	return st;
}

taut_status taut_formats_read(taut_instance_list *out, const char *path,
                              const taut_options *options, taut_error *err)
{
	taut_scan   scan;
	taut_reader reader = {.scan = &scan, .options = options, .list = out};
	const char *base = strrchr(path, '/');
	char       *name = NULL;
	taut_status st;

	assert(out != NULL && options != NULL);
	*out = (taut_instance_list){0};
	st = taut_scan_open(&scan, path, err);
	if (st != TAUT_OK)
		return st;
	base = base ? base + 1 : path;
	name = taut_reader_stem(base, strlen(base), err);
	reader.name = name;
	st = name ? read_file(&reader, err) : TAUT_ENOMEM;
	if (st != TAUT_OK)
		taut_instance_list_fini(out);
	taut_free(name);
	taut_scan_close(&scan);
	return st;
}

bool taut_formats_is_spec(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}
