/* ROWS, COLUMNS, RHS and RANGES. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/mps_sections.h"

/* A line that free MPS cannot hold; where it may be fixed MPS, the whole file is read again so. */
static taut_status wrong_count(taut_mps *m, const char *what, taut_error *err)
{
	m->not_free = !m->line.fixed && taut_mps_fits_fixed(&m->line);
	return taut_mps_fail(&m->line, -1, err, "%s should stand in this line", what);
}

static taut_status read_number(taut_decimal *out, const taut_mps *m, int k, const char *what,
                               taut_error *err)
{
	const taut_mps_field *field = &m->line.field[k];
	taut_error            inner;

	if (taut_decimal_parse(out, m->line.text + field->at, field->length, &inner) == TAUT_OK)
		return TAUT_OK;
	return taut_mps_fail(&m->line, k, err, "%s: %s", what, inner.text);
}

/* Finds the row that field k names. */
static taut_status find_row(uint32_t *out, const taut_mps *m, int k, taut_error *err)
{
	const taut_mps_field *field = &m->line.field[k];
	char                  quote[TAUT_QUOTE_SIZE];

	*out = taut_name_table_find(&m->row_names, m->line.text + field->at, field->length);
	if (*out == TAUT_NO_NAME)
		return taut_mps_fail(&m->line, k, err, "no row %s in ROWS",
		                     taut_mps_quote(quote, &m->line, k));
	return TAUT_OK;
}

taut_status taut_mps_read_row(taut_mps *m, taut_error *err)
{
	const uint32_t n_before = m->row_names.n;
	taut_mps_row  *rows;
	uint32_t       row;
	char           type;
	char           quote[TAUT_QUOTE_SIZE];
	taut_status    st;

	taut_mps_split(&m->line, true);
	if (m->line.n != 2 || m->line.field[1].length == 0)
		return wrong_count(m, "a type and a name", err);
	type = m->line.text[m->line.field[0].at];
	type = (char)(type >= 'a' ? type - 'a' + 'A' : type);
	if (m->line.field[0].length != 1 || !strchr("NLGE", type))
		return taut_mps_fail(&m->line, 0, err, "%s is no type of row: N, L, G or E",
		                     taut_mps_quote(quote, &m->line, 0));
	st = taut_name_table_put(&row, &m->row_names, m->line.field[1].at, m->line.field[1].length,
	                         err);
	if (st != TAUT_OK)
		return st;
	if (row < n_before)
		return taut_mps_fail(&m->line, 1, err, "a second row %s",
		                     taut_mps_quote(quote, &m->line, 1));
	rows = taut_grow(m->rows, &m->row_capacity, m->row_names.n, sizeof *rows, err);
	if (!rows)
		return TAUT_ENOMEM;
	m->rows = rows;
	rows[row] = (taut_mps_row){.type = type, .column = TAUT_NO_NAME};
	if (type == 'N' && m->objective == TAUT_NO_NAME)
		m->objective = row;
	return TAUT_OK;
}

/* True when field k is the word between quotes of any kind. */
static bool is_quoted(const taut_mps_line *line, int k, const char *word)
{
	return k < line->n && line->field[k].length == strlen(word) + 2 &&
	       !memcmp(line->text + line->field[k].at + 1, word, strlen(word));
}

/* name 'MARKER' 'INTORG' begins integers, 'INTEND' ends them; wherever the words stand. */
static taut_status read_marker(taut_mps *m, taut_error *err)
{
	for (int k = 2; k < m->line.n; k++) {
		const bool starts = is_quoted(&m->line, k, "INTORG");
		if (!starts && !is_quoted(&m->line, k, "INTEND"))
			continue;
		m->integer = starts;
		return TAUT_OK;
	}
	return taut_mps_fail(&m->line, -1, err, "a marker other than INTORG and INTEND");
}

static bool is_present_column(const taut_mps *m, const taut_mps_field *field)
{
	size_t length;
	size_t at;

	if (m->column == TAUT_NO_NAME)
		return false;
	at = taut_name_table_at(&m->columns.names, m->column, &length);
	return length == field->length &&
	       !memcmp(m->line.text + at, m->line.text + field->at, length);
}

/* Makes the column of field 0 the present one; its entries stand together. */
static taut_status start_column(taut_mps *m, taut_error *err)
{
	const taut_mps_field *field = &m->line.field[0];
	const uint32_t        n_before = m->columns.names.n;
	char                  quote[TAUT_QUOTE_SIZE];
	size_t               *ends;
	bool                 *bounded;
	taut_status st = taut_columns_put(&m->column, &m->columns, field->at, field->length, err);

	if (st != TAUT_OK)
		return st;
	if (m->column < n_before)
		return taut_mps_fail(&m->line, 0, err, "column %s stood before",
		                     taut_mps_quote(quote, &m->line, 0));
	ends = taut_grow(m->column_end, &m->end_capacity, (size_t)n_before + 1, sizeof *ends, err);
	if (!ends)
		return TAUT_ENOMEM;
	m->column_end = ends;
	bounded = taut_grow(m->bounded, &m->bounded_capacity, (size_t)n_before + 1, sizeof *bounded,
	                    err);
	if (!bounded)
		return TAUT_ENOMEM;
	m->bounded = bounded;
	if (m->integer) { /* CPLEX: 0 and 1 unless a bound says otherwise */
		m->columns.items[m->column].kind = TAUT_COLUMN_INTEGER;
		m->columns.items[m->column].hi = TAUT_BOUND_ONE;
	}
	return TAUT_OK;
}

static taut_status add_entry(taut_mps *m, uint32_t row, taut_decimal coef, taut_error *err)
{
	uint32_t *grown =
		taut_grow(m->entry_row, &m->entry_capacity, m->n_entries + 1, sizeof *grown, err);
	taut_status st;

	if (!grown)
		return TAUT_ENOMEM;
	m->entry_row = grown;
	st = taut_numbers_push(&m->entry_coef, coef, err);
	if (st != TAUT_OK)
		return st;
	m->entry_row[m->n_entries++] = row;
	m->rows[row].count++;
	return TAUT_OK;
}

/* The entry of the present column that fields k and k + 1 say. */
static taut_status read_entry(taut_mps *m, int k, taut_error *err)
{
	taut_decimal coef;
	uint32_t     row;
	taut_error   inner = {0};
	char         quote[TAUT_QUOTE_SIZE];
	taut_status  st = find_row(&row, m, k, err);

	if (st == TAUT_OK)
		st = read_number(&coef, m, k + 1, "coefficient", err);
	if (st != TAUT_OK)
		return st;
	if (m->rows[row].column == m->column)
		return taut_mps_fail(&m->line, k, err, "a second entry in row %s",
		                     taut_mps_quote(quote, &m->line, k));
	m->rows[row].column = m->column;
	if (row == m->objective)
		st = taut_program_add_term(m->program, m->column, m->column, coef, &inner);
	else if (m->rows[row].type != 'N')
		st = add_entry(m, row, coef, &inner);
	if (st == TAUT_EINPUT)
		return taut_mps_fail(&m->line, k + 1, err, "%s", inner.text);
	if (st != TAUT_OK && err)
		*err = inner;
	return st;
}

taut_status taut_mps_read_column(taut_mps *m, taut_error *err)
{
	const taut_mps_line *line = &m->line;
	taut_status          st = TAUT_OK;

	taut_mps_split_words(&m->line);
	if (is_quoted(line, 1, "MARKER"))
		return read_marker(m, err);
	if (line->fixed)
		taut_mps_split(&m->line, false);
	if ((line->n != 3 && line->n != 5) || line->field[0].length == 0)
		return wrong_count(m, "a column and one or two pairs of row and coefficient", err);
	if (!is_present_column(m, &line->field[0]))
		st = start_column(m, err);
	for (int k = 1; k < line->n && st == TAUT_OK; k += 2)
		st = read_entry(m, k, err);
	if (st == TAUT_OK)
		m->column_end[m->column] = m->n_entries;
	return st;
}

taut_status taut_mps_check_set(taut_mps *m, taut_mps_set which, int k, taut_error *err)
{
	const taut_mps_field *field = &m->line.field[k];
	taut_mps_field       *set = &m->set[which];
	char                  quote[TAUT_QUOTE_SIZE];

	if (field->length == 0)
		return TAUT_OK; /* fixed MPS with the name left out */
	if (!m->has_set[which])
		*set = *field;
	m->has_set[which] = true;
	if (set->length == field->length &&
	    !memcmp(m->line.text + set->at, m->line.text + field->at, field->length))
		return TAUT_OK;
	return taut_mps_fail(&m->line, k, err, "a second set %s; one for each section is supported",
	                     taut_mps_quote(quote, &m->line, k));
}

/* [set] row number [row number]: reads the pairs through `apply`. */
static taut_status read_pairs(taut_mps *m, taut_mps_set which, const char *what,
                              taut_status (*apply)(taut_mps *m, uint32_t row, taut_decimal value,
                                                   int k, taut_error *err),
                              taut_error *err)
{
	taut_decimal value;
	uint32_t     row;
	int          first;
	taut_status  st = TAUT_OK;

	taut_mps_split(&m->line, false);
	if (m->line.n < 2 || m->line.n > 5)
		return taut_mps_fail(&m->line, -1, err,
		                     "one or two pairs of row and %s should stand in this line",
		                     what);
	first = m->line.n % 2;
	if (first)
		st = taut_mps_check_set(m, which, 0, err);
	for (int k = first; k < m->line.n && st == TAUT_OK; k += 2) {
		st = find_row(&row, m, k, err);
		if (st == TAUT_OK)
			st = read_number(&value, m, k + 1, what, err);
		if (st == TAUT_OK)
			st = apply(m, row, value, k + 1, err);
	}
	return st;
}

static taut_status apply_side(taut_mps *m, uint32_t row, taut_decimal value, int k, taut_error *err)
{
	(void)k;
	(void)err;
	m->rows[row].side = value;
	if (row == m->objective) /* it stands on the right: the constant is its negative */
		m->program->offset = (taut_decimal){-value.value, value.decimals};
	return TAUT_OK;
}

static taut_status apply_range(taut_mps *m, uint32_t row, taut_decimal value, int k,
                               taut_error *err)
{
	if (m->rows[row].type == 'N')
		return taut_mps_fail(&m->line, k, err, "a range of a row of type N");
	m->rows[row].has_range = true;
	m->rows[row].range = value;
	return TAUT_OK;
}

taut_status taut_mps_read_side(taut_mps *m, taut_error *err)
{
	return read_pairs(m, TAUT_MPS_RHS, "right-hand side", apply_side, err);
}

taut_status taut_mps_read_range(taut_mps *m, taut_error *err)
{
	return read_pairs(m, TAUT_MPS_RANGES, "range", apply_range, err);
}
