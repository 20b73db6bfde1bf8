/* QPLIB's own format (Furini, Traversi, Belotti, Frangioni, Gleixner, Gould, Liberti, Lodi,
 * Misener, Mittelmann, Sahinidis, Vigerske, Wiegele, "QPLIB: a library of quadratic programming
 * instances", Mathematical Programming Computation 11, 2019, appendix B), for problems of binary
 * variables or bounded integers with a linear or quadratic objective x'Qx / 2 + b x + q and linear
 * constraints or none: ?BN, ?BB, ?BL, ?IN, ?IB and ?IL. One whose type says quadratic constraints
 * is read up to the first. The starting points at the end are not kept. */
#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "formats/columns.h"
#include "formats/qplib_lines.h"
#include "formats/unconstrained.h"

typedef struct {
	taut_reader       *reader;
	taut_scan         *scan;
	taut_program_data *program;
	uint32_t           n_rows;
	bool               quadratic, constrained;
	bool               quadratic_rows; /* the type says so */
	bool               integers;       /* in place of binary variables */
	taut_limit         infinity;       /* a limit of at least this magnitude is none */
	/* entries of the rows as they come */
	size_t       n_entries;
	uint32_t    *entry_row, *entry_col; /* [n_entries] */
	taut_numbers entry_coef;
	taut_limit  *lo, *hi;   /* [n_rows] */
	char       **row_names; /* [n_rows], each NULL or owned; NULL where no row has one */
} qplib;

static taut_status read_limit(taut_limit *out, qplib *q, taut_error *err)
{
	taut_token   token;
	taut_error   inner;
	taut_decimal magnitude;
	taut_decimal gap;
	taut_status  st = taut_scan_need_here(&token, q->scan, "a limit", err);

	if (st != TAUT_OK)
		return st;
	if (taut_limit_parse(out, token.text, token.length, &inner) != TAUT_OK)
		return taut_scan_fail(q->scan, &token, err, "limit: %s", inner.text);
	if (out->infinite || q->infinity.infinite)
		return TAUT_OK;
	magnitude = out->value;
	if (magnitude.value < 0)
		magnitude.value = -magnitude.value;
	if (taut_decimal_sub(&gap, magnitude, q->infinity.value, NULL) != TAUT_OK || gap.value >= 0)
		out->infinite = out->value.value < 0 ? -1 : 1;
	return TAUT_OK;
}

/* `default`, `count`, then lines `index value`: into out, [n]. */
static taut_status read_limits(taut_limit *out, uint32_t n, qplib *q, taut_error *err)
{
	taut_limit  value;
	int64_t     count = 0;
	uint32_t    at;
	taut_status st;

	(void)taut_qplib_find_line(q->scan);
	(void)taut_scan_find(q->scan);
	st = read_limit(&value, q, err);
	for (uint32_t k = 0; k < n && st == TAUT_OK; k++)
		out[k] = value;
	taut_scan_skip_line(q->scan);
	if (st == TAUT_OK)
		st = taut_qplib_count(&count, q->scan, "number of limits", 0, n, err);
	for (int64_t k = 0; k < count && st == TAUT_OK; k++) {
		(void)taut_qplib_find_line(q->scan);
		st = taut_qplib_index(&at, q->scan, "index", n, err);
		if (st == TAUT_OK)
			st = read_limit(&out[at], q, err);
		taut_scan_skip_line(q->scan);
	}
	return st;
}

/* Name, type, sense and sizes. */
static taut_status read_head(qplib *q, taut_error *err)
{
	taut_token  token;
	int64_t     count = 0;
	char        type[3];
	char        quote[TAUT_QUOTE_SIZE];
	taut_status st = taut_qplib_word(&token, q->scan, "the problem's name", err);

	if (st == TAUT_OK)
		st = taut_qplib_word(&token, q->scan, "the problem's type", err);
	if (st != TAUT_OK)
		return st;
	if (token.length != 3)
		return taut_scan_fail(q->scan, &token, err, "%s is no type of problem, as QBL is",
		                      taut_token_quote(quote, &token));
	for (int k = 0; k < 3; k++)
		type[k] = (char)toupper((unsigned char)token.text[k]);
	if (!strchr("LDCQ", type[0]) || !strchr("BICMG", type[1]) || !strchr("NBLDCQ", type[2]))
		return taut_scan_fail(q->scan, &token, err, "%s is no type of problem, as QBL is",
		                      taut_token_quote(quote, &token));
	if (type[1] != 'B' && type[1] != 'I')
		return taut_scan_fail(
			q->scan, &token, err,
			"problems of type %.3s have continuous variables, which are not supported: "
			"binary variables (?B?) or integers (?I?)",
			token.text);
	q->quadratic = type[0] != 'L';
	q->constrained = !strchr("NB", type[2]);
	q->quadratic_rows = strchr("DCQ", type[2]) != NULL;
	q->integers = type[1] == 'I';
	st = taut_qplib_word(&token, q->scan, "minimize or maximize", err);
	if (st != TAUT_OK)
		return st;
	q->program->maximise = tolower((unsigned char)token.text[0]) == 'm' && token.length > 1 &&
	                       tolower((unsigned char)token.text[1]) == 'a';
	if (!q->program->maximise &&
	    (token.length < 3 || tolower((unsigned char)token.text[1]) != 'i'))
		return taut_scan_fail(q->scan, &token, err, "%s is neither minimize nor maximize",
		                      taut_token_quote(quote, &token));
	st = taut_qplib_count(&count, q->scan, "number of variables", 1,
	                      taut_scan_variables_most(q->scan), err);
	q->program->n = (uint32_t)count;
	count = 0;
	if (st == TAUT_OK && q->constrained)
		st = taut_qplib_count(&count, q->scan, "number of constraints", 1,
		                      taut_scan_variables_most(q->scan), err);
	q->n_rows = (uint32_t)count;
	return st;
}

/* Adds v x_i x_j for an entry off the diagonal, v / 2 x_i for one on it. */
static taut_status add_product(qplib *q, uint32_t i, uint32_t j, taut_decimal v, taut_error *err)
{
	if (i == j && v.value % 2 == 0)
		v.value /= 2;
	else if (i == j && (++v.decimals > TAUT_DECIMALS_MAX || !taut_mul64(&v.value, v.value, 5)))
		return taut_fail(err, TAUT_EINPUT, "half of the coefficient does not fit");
	return taut_program_add_term(q->program, i, i == j && q->integers ? TAUT_SQUARE : j, v,
	                             err);
}

static taut_status read_products(qplib *q, taut_error *err)
{
	taut_token   token;
	taut_decimal v;
	int64_t      count = 0;
	uint32_t     i;
	uint32_t     j;
	taut_status  st = taut_qplib_count(&count, q->scan, "number of quadratic terms", 0,
	                                   taut_qplib_lines_most(q->scan), err);

	for (int64_t k = 0; k < count && st == TAUT_OK; k++) {
		(void)taut_qplib_find_line(q->scan);
		st = taut_qplib_index(&i, q->scan, "row", q->program->n, err);
		if (st == TAUT_OK)
			st = taut_qplib_index(&j, q->scan, "column", i + 1, err);
		if (st == TAUT_OK)
			st = taut_scan_need_here(&token, q->scan, "a coefficient", err);
		if (st == TAUT_OK)
			st = taut_token_number(&v, q->scan, &token, "coefficient", err);
		if (st == TAUT_OK)
			st = taut_scan_context(q->scan, add_product(q, i, j, v, err), err);
		taut_scan_skip_line(q->scan);
	}
	return st;
}

/* The linear terms: a default for all, then lines for others; and the constant. */
static taut_status read_linear(qplib *q, taut_error *err)
{
	taut_program_data *p = q->program;
	taut_limit        *values = taut_alloc(p->n, sizeof *values, err);
	taut_status        st = values ? TAUT_OK : TAUT_ENOMEM;

	if (st == TAUT_OK)
		st = read_limits(values, p->n, q, err);
	for (uint32_t i = 0; i < p->n && st == TAUT_OK; i++) {
		if (values[i].infinite)
			st = taut_scan_fail(q->scan, NULL, err,
			                    "the linear coefficient of variable %" PRIu32
			                    " is infinite",
			                    i + 1);
		else if (values[i].value.value != 0)
			st = taut_scan_context(
				q->scan, taut_program_add_term(p, i, i, values[i].value, err), err);
	}
	taut_free(values);
	return st == TAUT_OK
	               ? taut_qplib_number(&p->offset, q->scan, "the objective's constant", err)
	               : st;
}

/* The number of quadratic terms of the constraints, which should be 0: the first is refused. */
static taut_status refuse_quadratic_rows(qplib *q, taut_error *err)
{
	int64_t     count = 0;
	uint32_t    row;
	taut_token  token;
	taut_status st =
		taut_qplib_count(&count, q->scan, "number of quadratic terms in constraints", 0,
	                         taut_qplib_lines_most(q->scan), err);

	if (st != TAUT_OK || count == 0)
		return st;
	(void)taut_qplib_find_line(q->scan);
	(void)taut_scan_peek(q->scan, &token);
	st = taut_qplib_index(&row, q->scan, "constraint", q->n_rows, err);
	if (st != TAUT_OK)
		return st;
	return taut_scan_fail(q->scan, &token, err,
	                      "constraint %" PRIu32 " is quadratic: constraints must be linear, "
	                      "products may stand in the objective",
	                      row + 1);
}

static taut_status read_entry(qplib *q, size_t k, taut_error *err)
{
	taut_token   token;
	taut_decimal v;
	taut_status  st;

	(void)taut_qplib_find_line(q->scan);
	st = taut_qplib_index(&q->entry_row[k], q->scan, "constraint", q->n_rows, err);
	if (st == TAUT_OK)
		st = taut_qplib_index(&q->entry_col[k], q->scan, "variable", q->program->n, err);
	if (st == TAUT_OK)
		st = taut_scan_need_here(&token, q->scan, "a coefficient", err);
	if (st == TAUT_OK)
		st = taut_token_number(&v, q->scan, &token, "coefficient", err);
	if (st == TAUT_OK)
		st = taut_scan_context(q->scan, taut_numbers_push(&q->entry_coef, v, err), err);
	taut_scan_skip_line(q->scan);
	return st;
}

static taut_status read_entries(qplib *q, taut_error *err)
{
	int64_t     count = 0;
	taut_status st = taut_qplib_count(&count, q->scan, "number of linear terms", 0,
	                                  taut_qplib_lines_most(q->scan), err);

	if (st != TAUT_OK)
		return st;
	q->n_entries = (size_t)count;
	q->entry_row = taut_alloc(q->n_entries, sizeof *q->entry_row, err);
	q->entry_col = taut_alloc(q->n_entries, sizeof *q->entry_col, err);
	q->lo = taut_alloc(q->n_rows, sizeof *q->lo, err);
	q->hi = taut_alloc(q->n_rows, sizeof *q->hi, err);
	if (!q->entry_row || !q->entry_col || !q->lo || !q->hi)
		return TAUT_ENOMEM;
	for (size_t k = 0; k < q->n_entries && st == TAUT_OK; k++)
		st = read_entry(q, k, err);
	return st;
}

/* An integer of bounds 0 and 1 is a 0-1 variable. */
static taut_status add_integer(qplib *q, uint32_t i, taut_limit lo, taut_limit hi, taut_error *err)
{
	int64_t from;
	int64_t to;

	if (!taut_limit_whole(&from, lo, false) || !taut_limit_whole(&to, hi, true))
		return taut_scan_fail(q->scan, NULL, err,
		                      "variable %" PRIu32 " is an integer without a finite lower "
		                      "and upper bound: give them",
		                      i + 1);
	if (from > to)
		return taut_scan_fail(q->scan, NULL, err,
		                      "variable %" PRIu32 " has no whole number between its bounds",
		                      i + 1);
	if (from == 0 && to == 1)
		return TAUT_OK;
	return taut_scan_context(q->scan, taut_program_add_integer(q->program, i, from, to, err),
	                         err);
}

/* The lower and upper bounds of all variables. */
static taut_status read_integers(qplib *q, taut_error *err)
{
	const uint32_t n = q->program->n;
	taut_limit    *lo = taut_alloc(n, sizeof *lo, err);
	taut_limit    *hi = taut_alloc(n, sizeof *hi, err);
	taut_status    st = lo && hi ? TAUT_OK : TAUT_ENOMEM;

	if (st == TAUT_OK)
		st = read_limits(lo, n, q, err);
	if (st == TAUT_OK)
		st = read_limits(hi, n, q, err);
	for (uint32_t i = 0; i < n && st == TAUT_OK; i++)
		st = add_integer(q, i, lo[i], hi[i], err);
	taut_program_settle_squares(q->program);
	taut_free(lo);
	taut_free(hi);
	return st;
}

static taut_status read_infinity(qplib *q, taut_error *err)
{
	taut_token  token;
	taut_error  inner;
	taut_status st = taut_qplib_word(&token, q->scan, "the value of infinity", err);

	if (st == TAUT_OK &&
	    taut_limit_parse(&q->infinity, token.text, token.length, &inner) != TAUT_OK)
		return taut_scan_fail(q->scan, &token, err, "infinity: %s", inner.text);
	return st;
}

/* Row k of the file, unless it limits nothing; *at is where its entries begin and end. */
static taut_status add_row(qplib *q, uint32_t k, const size_t *order, const size_t at[2],
                           taut_error *err)
{
	const taut_limit *lo = &q->lo[k];
	const taut_limit *hi = &q->hi[k];
	taut_status       st;

	if (lo->infinite > 0 || hi->infinite < 0)
		return taut_scan_fail(q->scan, NULL, err, "constraint %" PRIu32 " cannot hold",
		                      k + 1);
	if (at[0] == at[1] &&
	    ((!lo->infinite && lo->value.value > 0) || (!hi->infinite && hi->value.value < 0)))
		return taut_scan_fail(
			q->scan, NULL, err,
			"constraint %" PRIu32 " has no terms, and its limits exclude 0", k + 1);
	if ((lo->infinite && hi->infinite) || at[0] == at[1])
		return TAUT_OK;
	st = taut_program_add_row(q->program, NULL, lo->infinite ? NULL : &lo->value,
	                          hi->infinite ? NULL : &hi->value, err);
	if (st == TAUT_OK && q->row_names) { /* the name moves */
		q->program->rows[q->program->n_rows - 1].name = q->row_names[k];
		q->row_names[k] = NULL;
	}
	for (size_t e = at[0]; e < at[1] && st == TAUT_OK; e++)
		st = taut_program_add_entry(
			q->program, q->entry_col[order[e]],
			(taut_decimal){q->entry_coef.v[order[e]], q->entry_coef.decimals}, err);
	return st;
}

/* The rows, each with its entries, in whatever order those stand. */
static taut_status add_rows(qplib *q, taut_error *err)
{
	size_t     *first = taut_alloc((size_t)q->n_rows + 2, sizeof *first, err);
	size_t     *order = taut_alloc(q->n_entries, sizeof *order, err);
	taut_status st = first && order ? TAUT_OK : TAUT_ENOMEM;

	if (st != TAUT_OK)
		goto done;
	for (size_t e = 0; e < q->n_entries; e++)
		first[q->entry_row[e] + 2]++;
	for (uint32_t k = 0; k < q->n_rows; k++)
		first[k + 1] += first[k];
	for (size_t e = 0; e < q->n_entries; e++)
		order[first[q->entry_row[e] + 1]++] = e;
	for (uint32_t k = 0; k < q->n_rows && st == TAUT_OK; k++)
		st = add_row(q, k, order, first + k, err);
done:
	taut_free(first);
	taut_free(order);
	return st;
}

/* `default`, `count`, lines `index value`: read and forgotten. */
static taut_status skip_point(uint32_t n, qplib *q, taut_error *err)
{
	int64_t      count = 0;
	uint32_t     at;
	taut_decimal ignored;
	taut_status  st = taut_qplib_number(&ignored, q->scan, "a starting value", err);

	if (st == TAUT_OK)
		st = taut_qplib_count(&count, q->scan, "number of starting values", 0, n, err);
	for (int64_t k = 0; k < count && st == TAUT_OK; k++) {
		(void)taut_qplib_find_line(q->scan);
		st = taut_qplib_index(&at, q->scan, "index", n, err);
		taut_scan_skip_line(q->scan);
	}
	return st;
}

/* `count`, then lines `index name`. *names is [n] where there are any, NULL else; the caller frees,
 * after an error too. */
static taut_status read_names(char ***names, uint32_t n, qplib *q, taut_error *err)
{
	taut_token  token;
	int64_t     count = 0;
	uint32_t    at;
	taut_status st = taut_qplib_count(&count, q->scan, "number of names", 0, n, err);

	if (st != TAUT_OK || count == 0)
		return st;
	*names = taut_alloc(n, sizeof **names, err);
	if (!*names)
		return TAUT_ENOMEM;
	for (int64_t k = 0; k < count && st == TAUT_OK; k++) {
		(void)taut_qplib_find_line(q->scan);
		st = taut_qplib_index(&at, q->scan, "index", n, err);
		if (st == TAUT_OK)
			st = taut_scan_need_here(&token, q->scan, "a name", err);
		if (st == TAUT_OK && (*names)[at])
			return taut_scan_fail(q->scan, &token, err,
			                      "a second name of number %" PRIu32, at + 1);
		if (st != TAUT_OK)
			return st;
		(*names)[at] = taut_alloc(token.length + 1, 1, err);
		if (!(*names)[at])
			return TAUT_ENOMEM;
		memcpy((*names)[at], token.text, token.length);
		taut_scan_skip_line(q->scan);
	}
	return st;
}

/* Variables without a name among others that have one are x1, x2, ... */
static taut_status complete_names(taut_program_data *p, taut_error *err)
{
	char name[16];

	for (uint32_t i = 0; p->names && i < p->n; i++) {
		if (p->names[i])
			continue;
		(void)snprintf(name, sizeof name, "x%" PRIu32, i + 1);
		p->names[i] = taut_copy_text(name, err);
		if (!p->names[i])
			return TAUT_ENOMEM;
	}
	return TAUT_OK;
}

/* What follows the problem: points for x, y and z, names of variables and constraints; each may be
 * missing at the end of the file. */
static taut_status read_tail(qplib *q, taut_error *err)
{
	const uint32_t n = q->program->n;
	taut_status    st = TAUT_OK;

	if (taut_qplib_find_line(q->scan))
		st = skip_point(n, q, err);
	if (st == TAUT_OK && q->constrained && taut_qplib_find_line(q->scan))
		st = skip_point(q->n_rows, q, err);
	if (st == TAUT_OK && taut_qplib_find_line(q->scan))
		st = skip_point(n, q, err);
	if (st == TAUT_OK && taut_qplib_find_line(q->scan))
		st = read_names(&q->program->names, n, q, err);
	if (st == TAUT_OK && taut_qplib_find_line(q->scan))
		st = read_names(&q->row_names, q->n_rows, q, err);
	if (st == TAUT_OK && taut_qplib_find_line(q->scan))
		st = taut_scan_end(q->scan, err);
	return st == TAUT_OK ? complete_names(q->program, err) : st;
}

static taut_status read_problem(qplib *q, taut_error *err)
{
	taut_status st = read_head(q, err);

	if (st == TAUT_OK && q->quadratic)
		st = read_products(q, err);
	if (st == TAUT_OK)
		st = read_linear(q, err);
	if (st == TAUT_OK && q->quadratic_rows)
		st = refuse_quadratic_rows(q, err);
	if (st == TAUT_OK && q->constrained)
		st = read_entries(q, err);
	if (st == TAUT_OK)
		st = read_infinity(q, err);
	if (st == TAUT_OK && q->constrained)
		st = read_limits(q->lo, q->n_rows, q, err);
	if (st == TAUT_OK && q->constrained)
		st = read_limits(q->hi, q->n_rows, q, err);
	if (st == TAUT_OK && q->integers)
		st = read_integers(q, err);
	if (st == TAUT_OK)
		st = read_tail(q, err);
	return st == TAUT_OK ? add_rows(q, err) : st;
}

taut_status taut_read_qplib(taut_reader *reader, taut_error *err)
{
	qplib          q = {.reader = reader,
	                    .scan = reader->scan,
	                    .infinity = {.infinite = 1}}; /* the objective's numbers are finite */
	taut_instance *instance;
	taut_status st = taut_reader_add(&instance, reader, TAUT_FAMILY_BINARY_PROGRAM, NULL, err);

	if (st != TAUT_OK)
		return st;
	q.program = &instance->data.program;
	q.program->integer_weight = reader->options->integer_weight;
	st = read_problem(&q, err);
	if (st == TAUT_OK && reader->options->family == TAUT_FAMILY_QUBO &&
	    q.program->n_integers > 0)
		st = taut_scan_fail(
			q.scan, NULL, err,
			"family qubo has 0-1 variables alone, and the file has integers");
	if (st == TAUT_OK && reader->options->family == TAUT_FAMILY_QUBO)
		st = taut_unconstrained_replace(reader, err);
	for (uint32_t k = 0; q.row_names && k < q.n_rows; k++)
		taut_free(q.row_names[k]);
	taut_free(q.row_names);
	taut_free(q.entry_row);
	taut_free(q.entry_col);
	taut_numbers_fini(&q.entry_coef);
	taut_free(q.lo);
	taut_free(q.hi);
	return st;
}
