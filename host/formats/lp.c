/* CPLEX LP format (IBM, "File formats supported by CPLEX": LP file format), as CPLEX, Gurobi,
 * HiGHS, SCIP and DOcplex write it, for programs of 0-1 variables and bounded integers: objective
 * with a constant and products `[ 2 x ^ 2 + 4 x * y ] / 2`, rows with names and ranges, bounds,
 * Binary and General sections. Sections may come again. What such a program cannot say is refused:
 * quadratic rows, indicators, SOS, continuous and semi-continuous variables. The words are
 * lp_lex.c's. */
#include <assert.h>
#include <inttypes.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "formats/columns.h"
#include "formats/lp_lex.h"
#include "formats/lp_sum.h"

typedef struct {
	taut_reader *reader;
	taut_lp_sum  sum; /* holds the words, the columns and the program */
	bool         has_objective;
} lp;

/* Words that say a relation's direction: -1 for <=, 0 for =, 1 for >=. */
static int direction(const taut_lp_lex *lex)
{
	for (size_t k = lex->from; k < lex->at; k++)
		if (lex->text[k] != '=')
			return lex->text[k] == '<' ? -1 : 1;
	return 0;
}

/* Moves past the signs; true when an odd number of them are minus. */
static bool skip_signs(taut_lp_lex *lex)
{
	bool negative = false;

	for (; lex->kind == TAUT_LP_SIGN; taut_lp_next(lex))
		negative ^= lex->text[lex->from] == '-';
	return negative;
}

static bool is_limit_word(const taut_lp_lex *lex)
{
	return lex->kind == TAUT_LP_NUMBER || taut_lp_is_word(lex, "inf") ||
	       taut_lp_is_word(lex, "infinity");
}

/* True when a limit and a relation come: -3 <= ..., not -3 x <= ... */
static bool starts_with_limit(taut_lp_lex lex)
{
	(void)skip_signs(&lex);
	if (!is_limit_word(&lex))
		return false;
	taut_lp_next(&lex);
	return lex.kind == TAUT_LP_RELATION;
}

/* Reads [signs] number or inf. */
static taut_status read_limit(taut_limit *out, taut_lp_lex *lex, taut_error *err)
{
	const bool negative = skip_signs(lex);
	taut_error inner;

	if (!is_limit_word(lex))
		return taut_lp_fail(lex, err, "a number should stand here");
	if (taut_limit_parse(out, lex->text + lex->from, lex->at - lex->from, &inner) != TAUT_OK)
		return taut_lp_fail(lex, err, "limit: %s", inner.text);
	if (negative) {
		out->infinite = -out->infinite;
		out->value.value = -out->value.value;
	}
	taut_lp_next(lex);
	return TAUT_OK;
}

/* Sets the newest row's limits where `activity relation limit` says them; direction as above. The
 * sum's constant stands on the activity's side. `where` is the limit's place. */
static taut_status set_limit(lp *l, int relation, taut_limit limit, const taut_lp_lex *where,
                             taut_error *err)
{
	taut_program_row *row = &l->sum.program->rows[l->sum.program->n_rows - 1];
	taut_error        inner;
	taut_decimal      value = {0, 0};

	if (limit.infinite) {
		if (limit.infinite == relation || relation == 0)
			return taut_lp_fail(where, err,
			                    "a limit that is infinite on the wrong side");
		return TAUT_OK;
	}
	if (taut_decimal_sub(&value, limit.value, l->sum.constant, &inner) != TAUT_OK)
		return taut_lp_fail(where, err, "limit: %s", inner.text);
	if (relation <= 0) {
		row->has_hi = true;
		row->hi = value;
	}
	if (relation >= 0) {
		row->has_lo = true;
		row->lo = value;
	}
	return TAUT_OK;
}

static taut_program_row *newest_row(lp *l)
{
	return &l->sum.program->rows[l->sum.program->n_rows - 1];
}

static taut_status read_label(lp *l, taut_error *err)
{
	taut_lp_lex *lex = &l->sum.lex;
	size_t       length = lex->at - lex->from;
	char        *name;

	if (!taut_lp_is_label(lex))
		return TAUT_OK;
	name = taut_alloc(length + 1, 1, err);
	if (!name)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < length; k++)
		name[k] = lex->text[lex->from + k];
	newest_row(l)->name = name;
	taut_lp_next(lex);
	taut_lp_next(lex);
	return TAUT_OK;
}

/* True when the present word begins a section, or the file ends. A word in the middle of a line
 * that is the name of a variable is the variable. */
static bool at_section(const lp *l)
{
	const taut_lp_lex *lex = &l->sum.lex;
	size_t             end;

	if (lex->kind == TAUT_LP_END)
		return true;
	return taut_lp_section_at(lex, &end) != TAUT_LP_NO_SECTION &&
	       (lex->first || taut_name_table_find(&l->sum.columns.names, lex->text + lex->from,
	                                           lex->at - lex->from) == TAUT_NO_NAME);
}

/* From the relation after the terms on. `before` is the relation of a limit that stood before the
 * terms, has_before whether there was one. */
static taut_status read_right_side(lp *l, bool has_before, int before, taut_error *err)
{
	taut_lp_lex *lex = &l->sum.lex;
	const int    relation = direction(lex);
	taut_limit   limit;
	taut_lp_lex  where;
	taut_status  st;

	if (has_before && (before == 0 || relation != before))
		return taut_lp_fail(lex, err, "the two relations of a range must both be <= or >=");
	taut_lp_next(lex);
	where = *lex;
	st = read_limit(&limit, lex, err);
	if (st == TAUT_OK)
		st = set_limit(l, relation, limit, &where, err);
	if (st == TAUT_OK && lex->text[lex->from] == '-' && lex->text[lex->at] == '>')
		return taut_lp_fail(lex, err, "indicator constraints are not supported");
	if (st == TAUT_OK && !lex->first && !taut_lp_is_label(lex) && !at_section(l))
		return taut_lp_fail(
			lex, err,
			"one number stands right of the relation, and a new line begins "
			"after it");
	return st;
}

static bool excludes_zero(const taut_program_row *row)
{
	return (row->has_lo && row->lo.value > 0) || (row->has_hi && row->hi.value < 0);
}

/* Checks the newest row, which began at `from`, and drops it when it limits nothing. */
static taut_status close_row(lp *l, size_t from, taut_error *err)
{
	taut_program_data *program = l->sum.program;
	taut_program_row  *row = newest_row(l);
	taut_lp_lex        at = l->sum.lex;
	taut_decimal       gap = {0, 0};

	at.from = from;
	at.at = from;
	if (row->count == 0 && excludes_zero(row))
		return taut_lp_fail(&at, err,
		                    "the constraint has no variable, and its limits exclude 0");
	if (row->has_lo && row->has_hi &&
	    (taut_decimal_sub(&gap, row->hi, row->lo, NULL) != TAUT_OK || gap.value < 0))
		return taut_lp_fail(&at, err, "the lower limit is above the upper limit");
	if (row->count > 0 && (row->has_lo || row->has_hi))
		return TAUT_OK;
	program->n_row_entries = row->first;
	program->row_coef.n = row->first;
	taut_free(row->name);
	program->n_rows--;
	return TAUT_OK;
}

/* [name:] terms relation limit, or [name:] limit relation terms [relation limit] */
static taut_status read_row(lp *l, taut_error *err)
{
	taut_lp_lex *lex = &l->sum.lex;
	const size_t from = lex->from;
	taut_lp_lex  where;
	bool         has_before;
	int          before = 0;
	taut_limit   limit = {0};
	taut_status  st = taut_program_add_row(l->sum.program, NULL, NULL, NULL, err);

	if (st == TAUT_OK)
		st = read_label(l, err);
	if (st != TAUT_OK)
		return st;
	has_before = starts_with_limit(*lex);
	where = *lex;
	if (has_before) {
		st = read_limit(&limit, lex, err);
		before = direction(lex);
		taut_lp_next(lex);
	}
	if (st == TAUT_OK)
		st = taut_lp_sum_read(&l->sum, TAUT_LP_SUM_ROW, err);
	if (st == TAUT_OK && has_before)
		st = set_limit(l, -before, limit, &where, err);
	if (st == TAUT_OK && lex->kind == TAUT_LP_RELATION)
		st = read_right_side(l, has_before, before, err);
	else if (st == TAUT_OK && !has_before)
		st = taut_lp_fail(lex, err, "<=, >= or = should stand here");
	return st == TAUT_OK ? close_row(l, from, err) : st;
}

static taut_status read_objective(lp *l, bool maximise, taut_error *err)
{
	taut_lp_lex *lex = &l->sum.lex;
	taut_status  st;

	if (l->has_objective)
		return taut_lp_fail(lex, err, "a second objective");
	l->has_objective = true;
	l->sum.program->maximise = maximise;
	if (taut_lp_is_label(lex)) {
		taut_lp_next(lex);
		taut_lp_next(lex);
	}
	st = taut_lp_sum_read(&l->sum, TAUT_LP_SUM_OBJECTIVE, err);
	l->sum.program->offset = l->sum.constant;
	return st;
}

/* The present word as a variable. */
static taut_status read_variable(uint32_t *out, lp *l, taut_error *err)
{
	taut_lp_lex *lex = &l->sum.lex;
	taut_status  st;

	if (lex->kind != TAUT_LP_NAME)
		return taut_lp_fail(lex, err, "the name of a variable should stand here");
	st = taut_columns_put(out, &l->sum.columns, lex->from, lex->at - lex->from, err);
	taut_lp_next(lex);
	return st;
}

/* Sets the bounds that `variable relation limit` says; `at` is the variable's place. */
static taut_status set_bounds(lp *l, uint32_t column, int relation, taut_limit limit, size_t at,
                              taut_error *err)
{
	taut_status st = TAUT_OK;

	if (relation >= 0)
		st = taut_columns_bound(&l->sum.columns, column, false, limit, at, err);
	if (st == TAUT_OK && relation <= 0)
		st = taut_columns_bound(&l->sum.columns, column, true, limit, at, err);
	return st;
}

/* [limit relation] variable [relation limit], or variable free */
static taut_status read_bound(lp *l, taut_error *err)
{
	taut_lp_lex *lex = &l->sum.lex;
	const bool   has_before = starts_with_limit(*lex);
	taut_limit   before_limit = {0};
	taut_limit   limit = {0};
	int          before = 0;
	uint32_t     column = 0;
	size_t       at;
	taut_status  st = TAUT_OK;

	if (has_before) {
		st = read_limit(&before_limit, lex, err);
		before = -direction(lex);
		taut_lp_next(lex);
	}
	at = lex->from;
	if (st == TAUT_OK)
		st = read_variable(&column, l, err);
	if (st == TAUT_OK && has_before)
		st = set_bounds(l, column, before, before_limit, at, err);
	if (st != TAUT_OK)
		return st;
	if (!has_before && taut_lp_is_word(lex, "free")) {
		taut_lp_next(lex);
		st = set_bounds(l, column, 1, (taut_limit){.infinite = -1}, at, err);
		return st != TAUT_OK
		               ? st
		               : set_bounds(l, column, -1, (taut_limit){.infinite = 1}, at, err);
	}
	if (lex->kind == TAUT_LP_RELATION) {
		const int relation = direction(lex);
		taut_lp_next(lex);
		st = read_limit(&limit, lex, err);
		return st != TAUT_OK ? st : set_bounds(l, column, relation, limit, at, err);
	}
	return has_before ? TAUT_OK : taut_lp_fail(lex, err, "<=, >=, = or free should stand here");
}

static taut_status read_kind(lp *l, taut_column_kind kind, taut_error *err)
{
	uint32_t    column;
	taut_status st = read_variable(&column, l, err);

	if (st == TAUT_OK)
		taut_columns_declare(&l->sum.columns, column, kind);
	return st;
}

/* The statements of a section, up to the next one. */
static taut_status read_statements(lp *l, taut_lp_section section, taut_error *err)
{
	taut_status st = TAUT_OK;

	while (st == TAUT_OK && !at_section(l)) {
		if (section == TAUT_LP_ROWS)
			st = read_row(l, err);
		else if (section == TAUT_LP_BOUNDS)
			st = read_bound(l, err);
		else
			st = read_kind(l,
			               section == TAUT_LP_BINARIES ? TAUT_COLUMN_BINARY
			                                           : TAUT_COLUMN_INTEGER,
			               err);
	}
	return st;
}

/* Reads one section; *ended after End. */
static taut_status read_section(lp *l, bool *ended, taut_error *err)
{
	taut_lp_lex    *lex = &l->sum.lex;
	size_t          end = lex->at;
	taut_lp_section section = taut_lp_section_at(lex, &end);
	const bool      objective = section == TAUT_LP_MINIMISE || section == TAUT_LP_MAXIMISE;

	if (lex->kind == TAUT_LP_END)
		return taut_lp_fail(lex, err, "the file ends without End: is it cut off?");
	if (section == TAUT_LP_NO_SECTION)
		return taut_lp_fail(lex, err,
		                    l->has_objective ? "a section should begin here, or End stand"
		                                     : "Minimize or Maximize should stand here");
	if (!objective && !l->has_objective)
		return taut_lp_fail(lex, err, "Minimize or Maximize should stand before this");
	lex->at = end;
	taut_lp_next(lex);
	*ended = section == TAUT_LP_FILE_END;
	if (*ended)
		return lex->kind == TAUT_LP_END ? TAUT_OK
		                                : taut_lp_fail(lex, err, "a word after End");
	if (section == TAUT_LP_REFUSED) /* empty ones do no harm */
		return at_section(l)
		               ? TAUT_OK
		               : taut_lp_fail(lex, err,
		                              "this section is not supported: the program must be "
		                              "linear or quadratic in 0-1 variables and "
		                              "integers, with linear rows");
	return objective ? read_objective(l, section == TAUT_LP_MAXIMISE, err)
	                 : read_statements(l, section, err);
}

taut_status taut_read_lp(taut_reader *reader, taut_error *err)
{
	lp             l = {.reader = reader};
	taut_instance *instance;
	bool           ended = false;
	taut_status st = taut_reader_add(&instance, reader, TAUT_FAMILY_BINARY_PROGRAM, NULL, err);

	if (st != TAUT_OK)
		return st;
	l.sum.lex = (taut_lp_lex){.scan = reader->scan, .text = reader->scan->text};
	l.sum.columns.names.text = reader->scan->text;
	l.sum.program = &instance->data.program;
	taut_lp_next(&l.sum.lex);
	while (st == TAUT_OK && !ended)
		st = read_section(&l, &ended, err);
	if (st == TAUT_OK)
		st = taut_columns_finish(&l.sum.columns, reader, err);
	taut_columns_fini(&l.sum.columns);
	return st;
}
