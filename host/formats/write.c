#include "formats/write.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "formats/writer.h"

typedef struct {
	taut_format format;
	taut_family family; /* the only one that it holds; AUTO: what the model says */
	taut_status (*write)(const taut_writer *w, taut_error *err);
} format_row;

/* A family's first row is its native format. */
static const format_row rows[] = {
	{TAUT_FORMAT_ORLIB, TAUT_FAMILY_MDKP, taut_write_orlib},
	{TAUT_FORMAT_MKNAP2, TAUT_FAMILY_MDKP, taut_write_mknap2},
	{TAUT_FORMAT_SAC94, TAUT_FAMILY_MDKP, taut_write_sac94},
	{TAUT_FORMAT_DIMACS, TAUT_FAMILY_MIS, taut_write_dimacs},
	{TAUT_FORMAT_BHOSLIB, TAUT_FAMILY_MIS, taut_write_bhoslib},
	{TAUT_FORMAT_QAPLIB, TAUT_FAMILY_QAP, taut_write_qaplib},
	{TAUT_FORMAT_TSPLIB, TAUT_FAMILY_TSP, taut_write_tsplib},
	{TAUT_FORMAT_QOBLIB_MS, TAUT_FAMILY_MARKET_SHARE, taut_write_qoblib_ms},
	{TAUT_FORMAT_MARKET_JSON, TAUT_FAMILY_MARKET_SHARE, taut_write_market_json},
	{TAUT_FORMAT_RUDY, TAUT_FAMILY_MAXCUT, taut_write_rudy},
	{TAUT_FORMAT_COO, TAUT_FAMILY_AUTO, taut_write_coo},
	{TAUT_FORMAT_QBSOLV, TAUT_FAMILY_AUTO, taut_write_qbsolv},
	{TAUT_FORMAT_TRIANGLE, TAUT_FAMILY_AUTO, taut_write_triangle},
	{TAUT_FORMAT_JSON, TAUT_FAMILY_AUTO, taut_write_qubo_json},
	{TAUT_FORMAT_LP, TAUT_FAMILY_AUTO, taut_write_lp},
	{TAUT_FORMAT_MPS, TAUT_FAMILY_AUTO, taut_write_mps},
	{TAUT_FORMAT_OPB, TAUT_FAMILY_AUTO, taut_write_opb},
};

static taut_format native(taut_family family)
{
	if (family == TAUT_FAMILY_QUBO)
		return TAUT_FORMAT_COO;
	if (family == TAUT_FAMILY_BINARY_PROGRAM)
		return TAUT_FORMAT_LP;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
		if (rows[k].family == family)
			return rows[k].format;
	assert(0 && "every family has a format");
	return TAUT_FORMAT_LP;
}

taut_status taut_formats_write(taut_text *out, const taut_instance *instance,
                               const taut_model *model, taut_format format, taut_error *err)
{
	const taut_writer w = {out, instance, model};
	const format_row *row = NULL;

	if (format == TAUT_FORMAT_AUTO)
		format = native(instance->family);
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
		if (rows[k].format == format)
			row = &rows[k];
	if (!row)
		return taut_fail(err, TAUT_EUSAGE, "format %s is read and not written",
		                 taut_format_names.names[format].name);
	if (row->family != TAUT_FAMILY_AUTO && row->family != instance->family)
		return taut_fail(err, TAUT_EUSAGE,
		                 "%s: format %s holds family %s, not %s; lp and mps hold any",
		                 instance->name, taut_format_names.names[format].name,
		                 taut_family_names.names[row->family].name,
		                 taut_family_names.names[instance->family].name);
	return row->write(&w, err);
}

taut_status taut_formats_write_list(taut_text *out, taut_instance *const *items, size_t count,
                                    taut_format format, taut_error *err)
{
	taut_status st = TAUT_OK;

	assert(count > 0);
	if (format == TAUT_FORMAT_AUTO)
		format = native(items[0]->family);
	if (format != TAUT_FORMAT_ORLIB && format != TAUT_FORMAT_MKNAP2)
		return taut_fail(err, TAUT_EUSAGE,
		                 "%zu problems, and format %s holds one; --index says which (orlib "
		                 "and mknap2 hold "
		                 "several)",
		                 count, taut_format_names.names[format].name);
	if (format == TAUT_FORMAT_ORLIB)
		taut_text_format(out, "%zu\n", count);
	for (size_t k = 0; k < count && st == TAUT_OK; k++) {
		taut_writer w = {out, items[k], NULL};
		assert(items[k]->family == TAUT_FAMILY_MDKP);
		st = format == TAUT_FORMAT_ORLIB ? taut_write_orlib_body(&w, err)
		                                 : taut_write_mknap2(&w, err);
	}
	return st;
}

taut_format taut_formats_by_ending(const char *path, taut_family family)
{
	static const struct {
		const char *ending;
		taut_format format;
	} endings[] = {
		{".lp", TAUT_FORMAT_LP},       {".mps", TAUT_FORMAT_MPS},
		{".opb", TAUT_FORMAT_OPB},     {".coo", TAUT_FORMAT_COO},
		{".qubo", TAUT_FORMAT_QBSOLV}, {".sparse", TAUT_FORMAT_TRIANGLE},
		{".mis", TAUT_FORMAT_BHOSLIB}, {".gph", TAUT_FORMAT_DIMACS},
		{".clq", TAUT_FORMAT_DIMACS},  {".col", TAUT_FORMAT_DIMACS},
		{".tsp", TAUT_FORMAT_TSPLIB},  {".atsp", TAUT_FORMAT_TSPLIB},
		{".mc", TAUT_FORMAT_RUDY},     {".rud", TAUT_FORMAT_RUDY},
		{".rudy", TAUT_FORMAT_RUDY},   {".json", TAUT_FORMAT_JSON},
	};
	const char *dot = strrchr(path, '.');

	if (dot && strcmp(dot, ".json") == 0 && family == TAUT_FAMILY_MARKET_SHARE)
		return TAUT_FORMAT_MARKET_JSON;
	for (size_t k = 0; dot && k < sizeof endings / sizeof *endings; k++)
		if (strcmp(dot, endings[k].ending) == 0)
			return endings[k].format;
	return TAUT_FORMAT_AUTO;
}

void taut_write_number(taut_text *text, int64_t value, int32_t decimals)
{
	char     digits[24]; /* from the back */
	size_t   at = sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	while (decimals > 0 && rest % 10 == 0) {
		rest /= 10;
		decimals--;
	}
	for (int32_t place = 0; place <= decimals || rest > 0; place++) {
		if (place > 0 && place == decimals)
			digits[--at] = '.';
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (value < 0)
		digits[--at] = '-';
	taut_text_add(text, digits + at, sizeof digits - at);
}

void taut_write_signed(taut_text *text, int64_t value, int32_t decimals)
{
	if (value >= 0)
		taut_text_add(text, "+", 1);
	taut_write_number(text, value, decimals);
	taut_text_add(text, " ", 1);
}

void taut_write_word(taut_text *text, const char *name)
{
	for (const char *c = name; *c; c++)
		taut_text_add(text, (unsigned char)*c <= ' ' || strchr("\"\\':/", *c) ? "_" : c, 1);
}

void taut_write_rows(taut_text *text, const taut_numbers *numbers, size_t rows_count,
                     size_t columns)
{
	for (size_t k = 0; k < rows_count; k++)
		for (size_t j = 0; j < columns; j++) {
			taut_write_number(text, numbers->v[k * columns + j], numbers->decimals);
			taut_text_add(text, j + 1 < columns ? " " : "\n", 1);
		}
}
