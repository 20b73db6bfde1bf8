/* BOUNDS, and the products of the objective: QUADOBJ, QSECTION and QMATRIX. */
#include "base/checked.h"
#include "formats/mps_sections.h"

typedef struct {
	const char *name;
	bool        has_value;
	bool        lower, upper; /* the sides that it sets, to infinity where it has no value */
	int         kind;         /* what the variable becomes, -1: stays */
} bound_type;

static const bound_type types[] = {
	{"UP", true, false, true, -1},
	{"LO", true, true, false, -1},
	{"FX", true, true, true, -1},
	{"BV", false, false, false, TAUT_COLUMN_BINARY},
	{"FR", false, true, true, -1},
	{"MI", false, true, false, -1},
	{"PL", false, false, true, -1},
	{"UI", true, false, true, TAUT_COLUMN_INTEGER},
	{"LI", true, true, false, TAUT_COLUMN_INTEGER},
};

static uint32_t find_column(const taut_mps *m, int k)
{
	const taut_mps_field *field = &m->line.field[k];

	return k >= m->line.n ? TAUT_NO_NAME
	                      : taut_name_table_find(&m->columns.names, m->line.text + field->at,
	                                             field->length);
}

static taut_status need_column(uint32_t *out, const taut_mps *m, int k, taut_error *err)
{
	char quote[TAUT_QUOTE_SIZE];

	*out = find_column(m, k);
	if (*out == TAUT_NO_NAME)
		return taut_mps_fail(&m->line, k, err, "no column %s in COLUMNS",
		                     taut_mps_quote(quote, &m->line, k));
	return TAUT_OK;
}

/* Which field holds the column, from `type [set] column [value]`; -1 where the line is none. */
static int column_field(const taut_mps *m, const bound_type *type)
{
	const int n = m->line.n;

	if (type->has_value) /* type column value, type set column value */
		return n == 3 || n == 4 ? n - 2 : -1;
	if (n == 3 && find_column(m, 2) == TAUT_NO_NAME && find_column(m, 1) != TAUT_NO_NAME)
		return 1; /* type column value: the value says nothing */
	return n == 2 ? 1 : n == 3 || n == 4 ? 2 : -1;
}

static taut_status read_limit(taut_limit *out, const taut_mps *m, int k, taut_error *err)
{
	const taut_mps_field *field = &m->line.field[k];
	taut_error            inner;

	if (taut_limit_parse(out, m->line.text + field->at, field->length, &inner) == TAUT_OK)
		return TAUT_OK;
	return taut_mps_fail(&m->line, k, err, "bound: %s", inner.text);
}

static taut_status apply(taut_mps *m, const bound_type *type, uint32_t column, taut_limit limit,
                         size_t at, taut_error *err)
{
	taut_column *c = &m->columns.items[column];
	taut_status  st = TAUT_OK;

	/* the bounds 0 and 1 of a variable between markers hold only where none is said */
	if (!m->bounded[column] && c->kind == TAUT_COLUMN_INTEGER)
		c->hi = TAUT_BOUND_NONE;
	m->bounded[column] = true;
	if (type->kind == TAUT_COLUMN_BINARY)
		*c = (taut_column){TAUT_COLUMN_BINARY, TAUT_BOUND_ZERO, TAUT_BOUND_ONE, 0};
	else if (type->kind == TAUT_COLUMN_INTEGER)
		c->kind = TAUT_COLUMN_INTEGER;
	if (type->lower) {
		if (!type->has_value)
			limit = (taut_limit){.infinite = -1};
		st = taut_columns_bound(&m->columns, column, false, limit, at, err);
	}
	if (st == TAUT_OK && type->upper) {
		if (!type->has_value)
			limit = (taut_limit){.infinite = 1};
		st = taut_columns_bound(&m->columns, column, true, limit, at, err);
	}
	return st;
}

taut_status taut_mps_read_bound(taut_mps *m, taut_error *err)
{
	const bound_type *type = NULL;
	taut_limit        limit = {0};
	uint32_t          column;
	int               column_at;
	char              quote[TAUT_QUOTE_SIZE];
	taut_status       st;

	taut_mps_split(&m->line, true);
	for (size_t k = 0; k < sizeof types / sizeof *types; k++)
		if (taut_mps_is(&m->line, 0, types[k].name))
			type = &types[k];
	if (!type)
		return taut_mps_fail(
			&m->line, 0, err,
			"%s is no type of bound that a 0-1 variable or an integer has: UP, LO, FX, "
			"BV, FR, MI, PL, UI, LI",
			taut_mps_quote(quote, &m->line, 0));
	column_at = column_field(m, type);
	if (column_at < 0)
		return taut_mps_fail(
			&m->line, -1, err,
			"a type, a set, a column and a bound should stand in this line");
	st = column_at == 2 ? taut_mps_check_set(m, TAUT_MPS_BOUNDS, 1, err) : TAUT_OK;
	if (st == TAUT_OK)
		st = need_column(&column, m, column_at, err);
	if (st == TAUT_OK && type->has_value)
		st = read_limit(&limit, m, column_at + 1, err);
	return st != TAUT_OK ? st : apply(m, type, column, limit, m->line.field[column_at].at, err);
}

/* value / 2, exactly; false where that does not fit. */
static bool halve(taut_decimal *value)
{
	if (value->value % 2 == 0) {
		value->value /= 2;
		return true;
	}
	value->decimals++;
	return value->decimals <= TAUT_DECIMALS_MAX && taut_mul64(&value->value, value->value, 5);
}

/* column column value, of the matrix Q of x'Qx / 2 */
static taut_status read_product(taut_mps *m, bool triangle, taut_error *err)
{
	taut_decimal q = {0, 0};
	taut_limit   limit = {0};
	uint32_t     i;
	uint32_t     j;
	taut_error   inner = {0};
	taut_status  st;

	taut_mps_split(&m->line, false);
	if (m->line.n != 3)
		return taut_mps_fail(&m->line, -1, err,
		                     "two columns and a coefficient should stand in this line");
	st = need_column(&i, m, 0, err);
	if (st == TAUT_OK)
		st = need_column(&j, m, 1, err);
	if (st == TAUT_OK)
		st = read_limit(&limit, m, 2, err);
	if (st != TAUT_OK)
		return st;
	q = limit.value;
	if (limit.infinite || ((i == j || !triangle) && !halve(&q)))
		return taut_mps_fail(&m->line, 2, err, "half of the coefficient does not fit");
	st = taut_program_add_term(m->program, i, i == j ? TAUT_SQUARE : j, q, &inner);
	if (st == TAUT_EINPUT)
		return taut_mps_fail(&m->line, 2, err, "%s", inner.text);
	if (st != TAUT_OK && err)
		*err = inner;
	return st;
}

taut_status taut_mps_read_triangle(taut_mps *m, taut_error *err)
{
	return read_product(m, true, err);
}

taut_status taut_mps_read_matrix(taut_mps *m, taut_error *err)
{
	return read_product(m, false, err);
}
