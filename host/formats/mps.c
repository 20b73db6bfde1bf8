/* MPS, free or fixed, with the extensions of CPLEX and others, for programs of 0-1 variables and
 * bounded integers: markers or bounds make them so. OBJSENSE, RANGES, and products in the objective
 * as QUADOBJ or QSECTION (one triangle of Q in x'Qx / 2) or QMATRIX (all of it). The first row of
 * type N is the objective; others limit nothing and are dropped. A file is read as free MPS; one
 * that cannot be, as a name holds a blank, is read as fixed. */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/mps_sections.h"

/* The word for a direction in field k; false where it is none. */
static bool read_sense(taut_mps *m, int k)
{
	static const char *const words[] = {"MIN", "MINIMIZE", "MINIMISE",
	                                    "MAX", "MAXIMIZE", "MAXIMISE"};

	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		if (!taut_mps_is(&m->line, k, words[w]))
			continue;
		m->program->maximise = words[w][1] == 'A';
		return true;
	}
	return false;
}

static taut_status read_sense_line(taut_mps *m, taut_error *err)
{
	taut_mps_split_words(&m->line);
	return read_sense(m, 0) ? TAUT_OK
	                        : taut_mps_fail(&m->line, 0, err, "MIN or MAX should stand here");
}

typedef struct {
	const char *name;
	taut_status (*read)(taut_mps *m, taut_error *err); /* its lines; NULL: it has none */
} section;

static const section sections[] = {
	{"NAME", NULL},
	{"OBJSENSE", read_sense_line},
	{"ROWS", taut_mps_read_row},
	{"COLUMNS", taut_mps_read_column},
	{"RHS", taut_mps_read_side},
	{"RANGES", taut_mps_read_range},
	{"BOUNDS", taut_mps_read_bound},
	{"QUADOBJ", taut_mps_read_triangle},
	{"QSECTION", taut_mps_read_triangle},
	{"QMATRIX", taut_mps_read_matrix},
	{"ENDATA", NULL},
};

static taut_status refuse_quadratic_row(const taut_mps_line *line, taut_error *err)
{
	char quote[TAUT_QUOTE_SIZE];

	return taut_mps_fail(line, 1, err,
	                     "row %s is quadratic: constraints must be linear, products may stand "
	                     "in the objective",
	                     taut_mps_quote(quote, line, 1));
}

/* A section's first line. */
static taut_status read_header(const section **out, taut_mps *m, taut_error *err)
{
	const taut_mps_line *line = &m->line;
	char                 quote[TAUT_QUOTE_SIZE];

	taut_mps_split_words(&m->line);
	if (*out && (*out)->read == read_sense_line && read_sense(m, 0))
		return TAUT_OK; /* a sense that begins in the first column */
	*out = NULL;
	for (size_t k = 0; k < sizeof sections / sizeof *sections; k++)
		if (taut_mps_is(line, 0, sections[k].name))
			*out = &sections[k];
	if (taut_mps_is(line, 0, "QCMATRIX") && line->n > 1)
		return refuse_quadratic_row(line, err);
	if (!*out)
		return taut_mps_fail(line, 0, err, "section %s is not supported",
		                     taut_mps_quote(quote, line, 0));
	if ((*out)->read == read_sense_line && line->n > 1 && !read_sense(m, 1))
		return taut_mps_fail(line, 1, err, "MIN or MAX should stand here");
	if (taut_mps_is(line, 0, "QSECTION") && line->n > 1 &&
	    (m->objective == TAUT_NO_NAME ||
	     taut_name_table_find(&m->row_names, line->text + line->field[1].at,
	                          line->field[1].length) != m->objective))
		return refuse_quadratic_row(line, err);
	return TAUT_OK;
}

/* Reads the file into m. */
static taut_status read_lines(taut_mps *m, taut_error *err)
{
	const section *present = NULL;
	taut_token     end;
	taut_status    st = TAUT_OK;

	while (st == TAUT_OK && taut_mps_next(&m->line)) {
		if (m->line.is_header)
			st = read_header(&present, m, err);
		else if (!present || !present->read)
			st = taut_mps_fail(&m->line, -1, err, "a line outside of a section");
		else
			st = present->read(m, err);
		if (st == TAUT_OK && present && !strcmp(present->name, "ENDATA"))
			return TAUT_OK;
	}
	if (st != TAUT_OK)
		return st;
	end = taut_token_at(m->line.scan, m->line.scan->size, 0);
	return taut_scan_fail(m->line.scan, &end, err,
	                      "the file ends without ENDATA: is it cut off?");
}

/* lo and hi of a row by its type, side and range. */
static taut_status set_limits(taut_program_row *out, const taut_mps_row *row, taut_error *err)
{
	taut_decimal width = row->range;
	taut_status  st = TAUT_OK;

	out->has_lo = row->type != 'L' || row->has_range;
	out->has_hi = row->type != 'G' || row->has_range;
	out->lo = row->side;
	out->hi = row->side;
	if (!row->has_range)
		return TAUT_OK;
	if (width.value < 0)
		width.value = -width.value;
	if (row->type == 'L' || (row->type == 'E' && row->range.value < 0))
		st = taut_decimal_sub(&out->lo, row->side, width, err);
	else
		st = taut_decimal_add(&out->hi, row->side, width, err);
	return st;
}

/* EINPUT at the row's line in ROWS. */
static taut_status fail_at_row(const taut_mps *m, uint32_t row, const char *message,
                               taut_error *err)
{
	taut_token name = {NULL, 0, 0, 0};
	size_t     at = taut_name_table_at(&m->row_names, row, &name.length);
	taut_token where = taut_token_at(m->line.scan, at, name.length);
	char       quote[TAUT_QUOTE_SIZE];

	name.text = m->line.text + at;
	return taut_scan_fail(m->line.scan, &where, err, "row %s: %s",
	                      taut_token_quote(quote, &name), message);
}

/* Adds row k without its entries, which will begin at `first`. One that has none is 0 and is
 * dropped where that is allowed; *added says. */
static taut_status add_row(bool *added, taut_mps *m, uint32_t k, size_t first, taut_error *err)
{
	taut_program_data *p = m->program;
	taut_program_row   row = {.first = first, .count = m->rows[k].count};
	taut_error         inner;
	taut_status        st;

	*added = false;
	if (m->rows[k].type == 'N')
		return TAUT_OK;
	if (set_limits(&row, &m->rows[k], &inner) != TAUT_OK)
		return fail_at_row(m, k, inner.text, err);
	if (row.count == 0 &&
	    ((row.has_lo && row.lo.value > 0) || (row.has_hi && row.hi.value < 0)))
		return fail_at_row(m, k, "no entries, and its limits exclude 0", err);
	if (row.count == 0)
		return TAUT_OK;
	st = taut_program_add_row(p, NULL, NULL, NULL, err);
	if (st != TAUT_OK)
		return st;
	*added = true;
	row.name = taut_name_table_copy(&m->row_names, k, err);
	p->rows[p->n_rows - 1] = row;
	return row.name ? TAUT_OK : TAUT_ENOMEM;
}

/* Adds the rows, without entries; those of row k will begin at place[k]. */
static taut_status add_rows(taut_mps *m, size_t *place, taut_error *err)
{
	size_t      first = 0;
	bool        added;
	taut_status st = TAUT_OK;

	for (uint32_t k = 0; k < m->row_names.n && st == TAUT_OK; k++) {
		place[k] = first;
		st = add_row(&added, m, k, first, err);
		if (added)
			first += m->rows[k].count;
	}
	return st;
}

/* The entries, by column, into their rows; those of a row come to stand in the order of the
 * columns. */
static taut_status add_entries(taut_mps *m, size_t *place, taut_error *err)
{
	taut_program_data *p = m->program;
	size_t             e = 0;

	p->row_col = taut_alloc(m->n_entries, sizeof *p->row_col, err);
	p->row_coef.v = taut_alloc(m->n_entries, sizeof *p->row_coef.v, err);
	if (!p->row_col || !p->row_coef.v)
		return TAUT_ENOMEM;
	p->row_entry_capacity = m->n_entries;
	p->n_row_entries = m->n_entries;
	p->row_coef.n = m->n_entries;
	p->row_coef.capacity = m->n_entries;
	p->row_coef.decimals = m->entry_coef.decimals;
	for (uint32_t j = 0; j < m->columns.names.n; j++) {
		for (; e < m->column_end[j]; e++) {
			const size_t to = place[m->entry_row[e]]++;
			p->row_col[to] = j;
			p->row_coef.v[to] = m->entry_coef.v[e];
		}
	}
	assert(e == m->n_entries);
	return TAUT_OK;
}

static taut_status finish(taut_mps *m, taut_reader *reader, taut_error *err)
{
	size_t     *place = taut_alloc(m->row_names.n, sizeof *place, err);
	taut_status st = place ? TAUT_OK : TAUT_ENOMEM;

	if (st == TAUT_OK)
		st = add_rows(m, place, err);
	if (st == TAUT_OK)
		st = add_entries(m, place, err);
	taut_free(place);
	return st == TAUT_OK ? taut_columns_finish(&m->columns, reader, err) : st;
}

static void fini(taut_mps *m)
{
	taut_name_table_fini(&m->row_names);
	taut_free(m->rows);
	taut_columns_fini(&m->columns);
	taut_free(m->bounded);
	taut_free(m->entry_row);
	taut_numbers_fini(&m->entry_coef);
	taut_free(m->column_end);
}

/* Reads the file into the newest instance; *not_free where only fixed MPS can hold it. */
static taut_status read_once(bool *not_free, taut_reader *reader, bool fixed, taut_error *err)
{
	taut_mps    m = {.line = {.scan = reader->scan, .text = reader->scan->text, .fixed = fixed},
	                 .program = &reader->list->items[reader->list->count - 1]->data.program,
	                 .row_names = {.text = reader->scan->text},
	                 .columns = {.names = {.text = reader->scan->text}},
	                 .objective = TAUT_NO_NAME,
	                 .column = TAUT_NO_NAME};
	taut_status st = read_lines(&m, err);

	*not_free = m.not_free;
	if (st == TAUT_OK)
		st = finish(&m, reader, err);
	fini(&m);
	return st;
}

taut_status taut_read_mps(taut_reader *reader, taut_error *err)
{
	taut_instance *instance;
	bool           not_free = false;
	taut_status st = taut_reader_add(&instance, reader, TAUT_FAMILY_BINARY_PROGRAM, NULL, err);

	if (st == TAUT_OK)
		st = read_once(&not_free, reader, false, err);
	if (st != TAUT_EINPUT || !not_free)
		return st;
	st = taut_instance_new(&instance, TAUT_FAMILY_BINARY_PROGRAM, NULL, err);
	if (st != TAUT_OK)
		return st;
	taut_reader_replace(reader, instance);
	return read_once(&not_free, reader, true, err);
}
