#include "bench/csv.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { CHUNK_BYTES = 1 << 16 };

/* What is read next, and where in the file that is. */
typedef struct {
	taut_csv   *csv;
	const char *path;
	char       *at;
	size_t      line;
} cursor;

static taut_status read_file(taut_text *out, const char *path, taut_error *err)
{
	FILE       *file = fopen(path, "rb");
	char        chunk[CHUNK_BYTES];
	size_t      got = 0;
	taut_status st = TAUT_OK;

	if (!file)
		return taut_fail(err, TAUT_EIO, "%s: %s", path, strerror(errno));
	while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
		taut_text_add(out, chunk, got);
	if (ferror(file))
		st = taut_fail(err, TAUT_EIO, "%s: %s", path, strerror(errno));
	(void)fclose(file);
	return st == TAUT_OK ? taut_text_check(out, err) : st;
}

/* Cuts the field that begins at c->at. *end is what ended it: ',', '\n' or '\0'. False when a quote
 * stays open. */
static bool cut_field(const char **out, char *end, cursor *c)
{
	char *to = c->at;
	bool  quoted = *c->at == '"';

	*out = to;
	if (quoted)
		c->at++;
	while (*c->at && (quoted || (*c->at != ',' && *c->at != '\n'))) {
		if (*c->at == '\n')
			c->line++;
		if (quoted && *c->at == '"' && c->at[1] != '"') {
			quoted = false;
			c->at++;
			continue;
		}
		if (quoted && *c->at == '"')
			c->at++;
		*to++ = *c->at++;
	}
	*end = *c->at;
	if (*c->at)
		c->at++;
	if (*end == '\n')
		c->line++;
	if (*end != ',' && to > *out && to[-1] == '\r')
		to--;
	*to = '\0';
	return !quoted;
}

static taut_status keep_field(taut_csv *csv, size_t at, const char *field, taut_error *err)
{
	const char **fields = taut_grow(csv->fields, &csv->capacity, at + 1, sizeof *fields, err);

	if (!fields)
		return TAUT_ENOMEM;
	csv->fields = fields;
	fields[at] = field;
	return TAUT_OK;
}

/* Reads one record. *kept is false for one that was cut and is to be dropped. */
static taut_status read_record(bool *kept, cursor *c, bool drop_cut, taut_error *err)
{
	taut_csv    *csv = c->csv;
	const size_t line = c->line;
	const size_t first = csv->n_records * csv->n_columns;
	size_t       n = 0;
	char         end = ',';
	bool         closed = true;
	size_t      *lines =
		taut_grow(csv->line, &csv->record_capacity, csv->n_records + 1, sizeof *lines, err);

	if (!lines)
		return TAUT_ENOMEM;
	csv->line = lines;
	lines[csv->n_records] = line;
	while (end == ',' && closed) {
		const char *field;
		taut_status st;
		closed = cut_field(&field, &end, c);
		st = keep_field(csv, first + n++, field, err);
		if (st != TAUT_OK)
			return st;
	}
	*kept = end == '\n' || !drop_cut;
	if (!*kept)
		return TAUT_OK;
	if (!closed)
		return taut_fail(err, TAUT_EINPUT, "%s:%zu: a quote stays open", c->path, line);
	if (csv->n_records == 0)
		csv->n_columns = n;
	if (n != csv->n_columns)
		return taut_fail(err, TAUT_EINPUT, "%s:%zu: %zu fields, the first line has %zu",
		                 c->path, line, n, csv->n_columns);
	csv->n_records++;
	return TAUT_OK;
}

taut_status taut_csv_read(taut_csv *out, const char *path, bool drop_cut, taut_error *err)
{
	cursor      c = {.csv = out, .path = path, .line = 1};
	bool        kept = true;
	taut_status st;

	*out = (taut_csv){0};
	st = read_file(&out->text, path, err);
	if (st == TAUT_OK && out->text.length > 0) {
		c.at = out->text.data;
		if (memchr(c.at, '\0', out->text.length))
			st = taut_fail(err, TAUT_EINPUT, "%s: holds a NUL byte: not a table", path);
		while (st == TAUT_OK && kept && *c.at)
			st = read_record(&kept, &c, drop_cut, err);
	}
	if (st != TAUT_OK)
		taut_csv_fini(out);
	return st;
}

void taut_csv_fini(taut_csv *csv)
{
	taut_text_fini(&csv->text);
	taut_free(csv->fields);
	taut_free(csv->line);
	*csv = (taut_csv){0};
}

const char *taut_csv_field(const taut_csv *csv, size_t record, size_t column)
{
	assert(record < csv->n_records && column < csv->n_columns);
	return csv->fields[record * csv->n_columns + column];
}

size_t taut_csv_column(const taut_csv *csv, const char *name)
{
	size_t column = 0;

	while (column < csv->n_columns && csv->n_records > 0 &&
	       strcmp(taut_csv_field(csv, 0, column), name) != 0)
		column++;
	return column;
}

void taut_csv_put(taut_text *out, const char *field)
{
	if (!strpbrk(field, ",\"\r\n")) {
		taut_text_put(out, field);
		return;
	}
	taut_text_put(out, "\"");
	for (const char *c = field; *c; c++) {
		if (*c == '"')
			taut_text_put(out, "\"");
		taut_text_add(out, c, 1);
	}
	taut_text_put(out, "\"");
}
