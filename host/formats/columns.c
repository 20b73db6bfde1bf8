#include "formats/columns.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/deviation.h"
#include "formats/unconstrained.h"

enum { INFINITE_DIGITS = 21 }; /* digits of 10^20, from which on solvers read infinity */

void taut_columns_fini(taut_columns *columns)
{
	taut_name_table_fini(&columns->names);
	taut_free(columns->items);
	taut_free(columns->odd);
	*columns = (taut_columns){0};
}

taut_status taut_columns_put(uint32_t *out, taut_columns *columns, size_t at, size_t length,
                             taut_error *err)
{
	const uint32_t n_before = columns->names.n;
	taut_column   *items;
	taut_status    st = taut_name_table_put(out, &columns->names, at, length, err);

	if (st != TAUT_OK || *out < n_before)
		return st;
	items = taut_grow(columns->items, &columns->capacity, (size_t)n_before + 1, sizeof *items,
	                  err);
	if (!items)
		return TAUT_ENOMEM;
	columns->items = items;
	items[n_before] =
		(taut_column){TAUT_COLUMN_CONTINUOUS, TAUT_BOUND_ZERO, TAUT_BOUND_NONE, 0};
	return TAUT_OK;
}

void taut_columns_declare(taut_columns *columns, uint32_t column, taut_column_kind kind)
{
	taut_column *c = &columns->items[column];

	assert(column < columns->names.n);
	if (c->kind != TAUT_COLUMN_BINARY)
		c->kind = (uint8_t)kind;
	if (c->declared == 0)
		c->declared = ++columns->n_declared;
}

static taut_bound bound_of(taut_limit limit, bool upper)
{
	if (limit.infinite)
		return limit.infinite > 0 && upper    ? TAUT_BOUND_NONE
		       : limit.infinite < 0 && !upper ? TAUT_BOUND_NONE
		                                      : TAUT_BOUND_OTHER;
	if (limit.value.value == 0)
		return TAUT_BOUND_ZERO;
	return limit.value.value == 1 && limit.value.decimals == 0 ? TAUT_BOUND_ONE
	                                                           : TAUT_BOUND_OTHER;
}

/* Neither 0, nor 1, nor the default of the upper bound. */
static bool is_odd(taut_bound bound, bool upper)
{
	return bound == TAUT_BOUND_OTHER || (bound == TAUT_BOUND_NONE && !upper);
}

taut_status taut_columns_bound(taut_columns *columns, uint32_t column, bool upper, taut_limit limit,
                               size_t at, taut_error *err)
{
	taut_bound      bound = bound_of(limit, upper);
	taut_odd_bound *odd;

	assert(column < columns->names.n);
	if (upper)
		columns->items[column].hi = (uint8_t)bound;
	else
		columns->items[column].lo = (uint8_t)bound;
	if (!is_odd(bound, upper))
		return TAUT_OK;
	odd = taut_grow(columns->odd, &columns->odd_capacity, columns->n_odd + 1, sizeof *odd, err);
	if (!odd)
		return TAUT_ENOMEM;
	columns->odd = odd;
	odd[columns->n_odd++] = (taut_odd_bound){column, upper, limit, at};
	return TAUT_OK;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	size_t k = 0;

	while (k < length && word[k] && tolower((unsigned char)text[k]) == word[k])
		k++;
	return k == length && !word[k];
}

/* True for digits[.digits][e[+]digits] of 10^20 and more; the rest is the decimal parser's. */
static bool is_huge(const char *text, size_t length)
{
	size_t  at = 0;
	int64_t digits = 0;
	int64_t exponent = 0;

	while (at < length && text[at] == '0')
		at++;
	for (; at < length && isdigit((unsigned char)text[at]); at++)
		digits++;
	if (at < length && text[at] == '.')
		at++;
	for (; at < length && isdigit((unsigned char)text[at]); at++)
		digits -= digits <= 0 && text[at] == '0';
	if (at < length && (text[at] == 'e' || text[at] == 'E')) {
		at++;
		if (at < length && text[at] == '+')
			at++;
		for (; at < length && isdigit((unsigned char)text[at]) && exponent < 1000; at++)
			exponent = 10 * exponent + (text[at] - '0');
	}
	return at == length && digits + exponent >= INFINITE_DIGITS;
}

taut_status taut_limit_parse(taut_limit *out, const char *text, size_t length, taut_error *err)
{
	const size_t sign = length > 0 && (text[0] == '+' || text[0] == '-');
	const bool   negative = sign && text[0] == '-';

	*out = (taut_limit){0};
	if (!is_word(text + sign, length - sign, "inf") &&
	    !is_word(text + sign, length - sign, "infinity") &&
	    !is_huge(text + sign, length - sign))
		return taut_decimal_parse(&out->value, text, length, err);
	out->infinite = negative ? -1 : 1;
	return TAUT_OK;
}

taut_token taut_token_at(const taut_scan *scan, size_t at, size_t length)
{
	taut_token  token = {scan->text + at, length, 1, 1};
	size_t      line_start = 0;
	const char *newline = scan->text;

	assert(at <= scan->size);
	while ((newline = memchr(newline, '\n', at - (size_t)(newline - scan->text))) != NULL) {
		token.line++;
		newline++;
		line_start = (size_t)(newline - scan->text);
	}
	token.column = at - line_start + 1;
	return token;
}

static taut_limit limit_of(taut_bound bound, bool upper)
{
	if (bound == TAUT_BOUND_NONE)
		return (taut_limit){.infinite = upper ? 1 : -1};
	return (taut_limit){.value = {bound == TAUT_BOUND_ONE, 0}};
}

static taut_range range_of(const taut_columns *columns, uint32_t column)
{
	const taut_column *c = &columns->items[column];
	size_t             length;

	return (taut_range){.lo = limit_of((taut_bound)c->lo, false),
	                    .hi = limit_of((taut_bound)c->hi, true),
	                    .at = taut_name_table_at(&columns->names, column, &length)};
}

static void apply_odd(taut_range *range, const taut_columns *columns, const taut_odd_bound *odd)
{
	const taut_column *c = &columns->items[odd->column];

	if (!is_odd((taut_bound)(odd->upper ? c->hi : c->lo), odd->upper))
		return; /* a later bound replaced it */
	*(odd->upper ? &range->hi : &range->lo) = odd->limit;
	range->at = odd->at;
}

taut_status taut_columns_ranges(taut_range **out, const taut_columns *columns, taut_error *err)
{
	taut_range *ranges = taut_alloc(columns->names.n, sizeof *ranges, err);

	*out = ranges;
	if (!ranges)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < columns->names.n; i++)
		ranges[i] = range_of(columns, i);
	for (size_t k = 0; k < columns->n_odd; k++)
		apply_odd(&ranges[columns->odd[k].column], columns, &columns->odd[k]);
	return TAUT_OK;
}

/* Of a binary variable an infinite bound says nothing. */
static taut_column as_said(const taut_columns *columns, uint32_t column)
{
	taut_column c = columns->items[column];

	if (c.kind == TAUT_COLUMN_BINARY && c.lo == TAUT_BOUND_NONE)
		c.lo = TAUT_BOUND_ZERO;
	if (c.kind == TAUT_COLUMN_BINARY && c.hi == TAUT_BOUND_NONE)
		c.hi = TAUT_BOUND_ONE;
	return c;
}

bool taut_columns_is_fixed(const taut_columns *columns, uint32_t column)
{
	taut_column c = as_said(columns, column);

	return c.lo == c.hi && (c.lo == TAUT_BOUND_ZERO || c.lo == TAUT_BOUND_ONE);
}

bool taut_columns_is_binary(const taut_columns *columns, uint32_t column)
{
	taut_column c = as_said(columns, column);

	return taut_columns_is_fixed(columns, column) ||
	       (c.kind != TAUT_COLUMN_CONTINUOUS && c.lo == TAUT_BOUND_ZERO &&
	        c.hi == TAUT_BOUND_ONE);
}

static void format_limit(char out[32], taut_limit limit)
{
	if (limit.infinite)
		(void)strcpy(out, limit.infinite < 0 ? "-inf" : "inf");
	else
		taut_decimal_format(out, 32, limit.value.value, limit.value.decimals);
}

bool taut_limit_whole(int64_t *out, taut_limit limit, bool down)
{
	const int64_t scale = taut_power_of_ten(limit.value.decimals);
	const int64_t rest = limit.value.value % scale;

	*out = limit.value.value / scale;
	if (rest > 0 && !down)
		++*out;
	if (rest < 0 && down)
		--*out;
	return !limit.infinite;
}

static bool same(taut_limit a, taut_limit b)
{
	return !a.infinite && !b.infinite && a.value.value == b.value.value &&
	       a.value.decimals == b.value.decimals;
}

/* The bounds of an integer; false where the column is none, or has not both. */
static bool integer_of(int64_t *lo, int64_t *hi, const taut_column *column, const taut_range *range)
{
	const bool bounded =
		taut_limit_whole(lo, range->lo, false) && taut_limit_whole(hi, range->hi, true);

	return bounded && *lo <= *hi && column->kind != TAUT_COLUMN_BINARY &&
	       (column->kind == TAUT_COLUMN_INTEGER || same(range->lo, range->hi));
}

/* Why a column is neither 0-1 nor an integer with two bounds, and what to do. */
static taut_status refuse_column(const taut_columns *columns, uint32_t column,
                                 const taut_range *range, const taut_scan *scan, taut_error *err)
{
	static const char *const kinds[] = {"continuous", "an integer", "binary"};
	const uint8_t            kind = columns->items[column].kind;
	const char              *advice = "no whole number is between them";
	taut_token               name = {.text = NULL};
	taut_token               where;
	char                     quote[TAUT_QUOTE_SIZE];
	char                     lo[32];
	char                     hi[32];

	if (kind == TAUT_COLUMN_CONTINUOUS)
		advice = "declare it binary or an integer";
	else if (kind == TAUT_COLUMN_BINARY)
		advice = "those of a binary variable are 0 and 1";
	else if (range->lo.infinite || range->hi.infinite)
		advice = "give it a finite lower and upper bound";
	name.text = scan->text + taut_name_table_at(&columns->names, column, &name.length);
	where = taut_token_at(scan, range->at, name.length);
	format_limit(lo, range->lo);
	format_limit(hi, range->hi);
	return taut_scan_fail(scan, &where, err, "variable %s is %s with bounds %s and %s: %s",
	                      taut_token_quote(quote, &name), kinds[kind], lo, hi, advice);
}

/* Adds an integer for every column that is not 0-1. */
static taut_status add_integers(const taut_columns *columns, taut_program_data *program,
                                const taut_scan *scan, taut_error *err)
{
	taut_range *ranges = NULL;
	taut_status st = taut_columns_ranges(&ranges, columns, err);

	for (uint32_t i = 0; i < columns->names.n && st == TAUT_OK; i++) {
		taut_error inner;
		int64_t    lo;
		int64_t    hi;

		if (taut_columns_is_binary(columns, i))
			continue;
		if (!integer_of(&lo, &hi, &columns->items[i], &ranges[i])) {
			st = refuse_column(columns, i, &ranges[i], scan, err);
			continue;
		}
		st = taut_program_add_integer(program, i, lo, hi, &inner);
		if (st == TAUT_EINPUT) {
			const taut_token where = taut_token_at(scan, ranges[i].at, 0);
			st = taut_scan_fail(scan, &where, err, "%s", inner.text);
		}
	}
	taut_free(ranges);
	return st;
}

/* A fixed variable stays a variable; a nameless row says its value. */
static taut_status add_fixing(taut_program_data *program, uint32_t column, bool at_one,
                              taut_error *err)
{
	taut_decimal value = {at_one, 0};
	taut_status  st = taut_program_add_row(program, NULL, &value, &value, err);

	return st != TAUT_OK ? st
	                     : taut_program_add_entry(program, column, (taut_decimal){1, 0}, err);
}

static taut_status finish_binary(const taut_columns *columns, taut_program_data *program,
                                 taut_error *err)
{
	taut_status st = TAUT_OK;

	program->names = taut_alloc(columns->names.n, sizeof *program->names, err);
	if (!program->names)
		return TAUT_ENOMEM;
	program->n = columns->names.n;
	for (uint32_t i = 0; i < program->n && st == TAUT_OK; i++) {
		program->names[i] = taut_name_table_copy(&columns->names, i, err);
		if (!program->names[i])
			return TAUT_ENOMEM;
		if (taut_columns_is_fixed(columns, i))
			st = add_fixing(program, i, as_said(columns, i).lo == TAUT_BOUND_ONE, err);
	}
	return st;
}

static taut_status give_deviation(taut_reader *reader, taut_instance *deviation, taut_error *err)
{
	taut_reader_replace(reader, deviation);
	return taut_reader_note(deviation,
	                        "a model with slack variables, read as the sum of deviations "
	                        "|a x - b| of its 0-1 variables",
	                        err);
}

/* EINPUT at the end of the file, for what is wrong with all of it. */
static taut_status fail_at_end(const taut_scan *scan, taut_error *err, const char *message)
{
	taut_token end = taut_token_at(scan, scan->size, 0);

	return taut_scan_fail(scan, &end, err, "%s", message);
}

taut_status taut_columns_finish(const taut_columns *columns, taut_reader *reader, taut_error *err)
{
	taut_instance *program = reader->list->items[reader->list->count - 1];
	taut_instance *deviation = NULL;
	taut_family    family = (taut_family)reader->options->family;
	taut_status    st = TAUT_OK;
	uint32_t       odd = 0;

	assert(program->family == TAUT_FAMILY_BINARY_PROGRAM);
	if (columns->names.n == 0)
		return fail_at_end(reader->scan, err, "no variable in the file");
	while (odd < columns->names.n && taut_columns_is_binary(columns, odd))
		odd++;
	if (family == TAUT_FAMILY_MARKET_SHARE ||
	    (family == TAUT_FAMILY_AUTO && odd < columns->names.n))
		st = taut_deviation_find(&deviation, columns, program, err);
	if (st != TAUT_OK)
		return taut_scan_context(reader->scan, st, err);
	if (deviation)
		return give_deviation(reader, deviation, err);
	if (odd < columns->names.n)
		st = add_integers(columns, &program->data.program, reader->scan, err);
	if (st != TAUT_OK)
		return st;
	if (odd < columns->names.n && family == TAUT_FAMILY_QUBO)
		return fail_at_end(
			reader->scan, err,
			"family qubo has 0-1 variables alone, and the file has integers");
	taut_program_settle_squares(&program->data.program);
	program->data.program.integer_weight = reader->options->integer_weight;
	if (family == TAUT_FAMILY_MARKET_SHARE)
		return fail_at_end(reader->scan, err,
		                   "the program is no sum of deviations p + m with rows "
		                   "a x + p - m = b");
	st = finish_binary(columns, &program->data.program, err);
	return st == TAUT_OK && family == TAUT_FAMILY_QUBO ? taut_unconstrained_replace(reader, err)
	                                                   : st;
}
