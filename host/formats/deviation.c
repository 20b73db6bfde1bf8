#include "formats/deviation.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/checked.h"

/* A matrix of more numbers is left alone: demands are dense. */
enum { DEMANDS_MAX = 100000000 };

/* Where a slack variable stands. */
typedef struct {
	size_t row;   /* from 1; 0: in none yet */
	bool   minus; /* its coefficient there is -1 */
	bool   in_objective;
} slack;

typedef struct {
	const taut_columns      *columns;
	const taut_program_data *program;
	uint32_t                *number; /* [n]: of a 0-1 variable among those, from 0 */
	uint32_t                 n_binary;
	slack                   *slacks; /* [n], used where the column is no 0-1 variable */
} finder;

static bool is_one(const taut_numbers *numbers, size_t at, int sign)
{
	return numbers->v[at] == sign * taut_power_of_ten(numbers->decimals);
}

/* The objective is the plain sum of all slacks. */
static bool match_objective(const finder *f)
{
	const taut_program_data *p = f->program;

	if (p->maximise || p->offset.value != 0)
		return false;
	for (size_t k = 0; k < p->n_terms; k++) {
		slack *s = &f->slacks[p->i[k]];
		if (p->q.v[k] == 0)
			continue;
		if (p->i[k] != p->j[k] || taut_columns_is_binary(f->columns, p->i[k]) ||
		    s->in_objective || !is_one(&p->q, k, 1))
			return false;
		s->in_objective = true;
	}
	return true;
}

/* The row is an equation with one slack of each sign, which stand in no other row. */
static bool match_row(const finder *f, size_t row_at)
{
	const taut_program_data *p = f->program;
	const taut_program_row  *row = &p->rows[row_at];
	bool                     seen[2] = {false, false}; /* by minus */

	if (!row->has_lo || !row->has_hi || row->lo.value != row->hi.value ||
	    row->lo.decimals != row->hi.decimals)
		return false;
	for (size_t e = row->first; e < row->first + row->count; e++) {
		slack *s = &f->slacks[p->row_col[e]];
		bool   minus = is_one(&p->row_coef, e, -1);
		if (taut_columns_is_binary(f->columns, p->row_col[e]) || p->row_coef.v[e] == 0)
			continue;
		if ((!minus && !is_one(&p->row_coef, e, 1)) || seen[minus] || s->row != 0)
			return false;
		seen[minus] = true;
		*s = (slack){row_at + 1, minus, s->in_objective};
	}
	return seen[false] && seen[true];
}

/* a <= b; false also where the two fit no common scale. */
static bool at_most(taut_decimal a, taut_decimal b)
{
	const int32_t decimals = a.decimals > b.decimals ? a.decimals : b.decimals;
	int64_t       x;
	int64_t       y;

	return taut_rescale(&x, a.value, a.decimals, decimals, NULL) == TAUT_OK &&
	       taut_rescale(&y, b.value, b.decimals, decimals, NULL) == TAUT_OK && x <= y;
}

/* How far a row's activity can lie above and below its target, and whether all its numbers are
 * whole. */
typedef struct {
	taut_decimal over, under;
	bool         whole;
} reach;

static bool reach_of(reach *out, const taut_market_data *market, size_t row_at)
{
	const int32_t from = market->demands.decimals;
	const int32_t to = market->targets.decimals > from ? market->targets.decimals : from;
	int64_t       most = 0;
	int64_t       least = 0;
	int64_t       target;

	if (taut_rescale(&target, market->targets.v[row_at], market->targets.decimals, to, NULL) !=
	    TAUT_OK)
		return false;
	out->whole = target % taut_power_of_ten(to) == 0;
	for (uint32_t j = 0; j < market->n; j++) {
		int64_t a;
		if (taut_rescale(&a, market->demands.v[row_at * market->n + j], from, to, NULL) !=
		    TAUT_OK)
			return false;
		out->whole = out->whole && a % taut_power_of_ten(to) == 0;
		if (a > 0 ? !taut_add64(&most, most, a) : !taut_add64(&least, least, a))
			return false;
	}
	out->over.decimals = to;
	out->under.decimals = to;
	return taut_sub64(&out->over.value, most, target) &&
	       taut_sub64(&out->under.value, target, least);
}

/* The slacks of a row can take every value that its deviation can have: they start at 0, their
 * upper bounds do not bind, and integer ones meet whole numbers. */
static bool match_bounds(const finder *f, const taut_market_data *market, const taut_range *ranges,
                         size_t row_at)
{
	const taut_program_row *row = &f->program->rows[row_at];
	reach                   r;

	if (!reach_of(&r, market, row_at))
		return false;
	for (size_t e = row->first; e < row->first + row->count; e++) {
		const uint32_t    column = f->program->row_col[e];
		const taut_range *range = &ranges[column];
		const uint8_t     kind = f->columns->items[column].kind;
		if (f->slacks[column].row == 0)
			continue;
		if (range->lo.infinite || range->lo.value.value != 0 || range->hi.infinite < 0)
			return false;
		if (!range->hi.infinite &&
		    !at_most(f->slacks[column].minus ? r.over : r.under, range->hi.value))
			return false;
		if (kind == TAUT_COLUMN_BINARY || (kind == TAUT_COLUMN_INTEGER && !r.whole))
			return false;
	}
	return true;
}

/* Every row has its pair, every slack its row and its place in the objective. */
static bool match_places(const finder *f)
{
	for (size_t k = 0; k < f->program->n_rows; k++)
		if (!match_row(f, k))
			return false;
	for (uint32_t i = 0; i < f->columns->names.n; i++)
		if (!taut_columns_is_binary(f->columns, i) &&
		    (f->slacks[i].row == 0 || !f->slacks[i].in_objective))
			return false;
	return true;
}

typedef struct {
	uint32_t column, declared;
} binary;

/* By their declaration, which keeps the order of the model; then by their first occurrence. */
static int compare(const void *a, const void *b)
{
	const binary *x = a;
	const binary *y = b;

	if (x->declared != y->declared)
		return x->declared - 1 < y->declared - 1 ? -1 : 1; /* 0, undeclared, is last */
	return x->column < y->column ? -1 : x->column > y->column;
}

/* Numbers the 0-1 variables; none when one is fixed, which would be lost. */
static taut_status number_binaries(finder *f, taut_error *err)
{
	const taut_columns *columns = f->columns;
	binary             *list = taut_alloc(columns->names.n, sizeof *list, err);
	uint32_t            n = 0;

	if (!list)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < columns->names.n; i++) {
		if (taut_columns_is_fixed(columns, i)) {
			n = 0;
			break;
		}
		if (taut_columns_is_binary(columns, i))
			list[n++] = (binary){i, columns->items[i].declared};
	}
	qsort(list, n, sizeof *list, compare);
	for (uint32_t k = 0; k < n; k++)
		f->number[list[k].column] = k;
	f->n_binary = n;
	taut_free(list);
	return TAUT_OK;
}

static taut_status fill(taut_market_data *out, const finder *f, taut_error *err)
{
	const taut_program_data *p = f->program;
	const size_t             count = p->n_rows * f->n_binary;
	taut_status              st = TAUT_OK;

	out->n = f->n_binary;
	out->m = (uint32_t)p->n_rows;
	out->demands.v = taut_alloc(count, sizeof *out->demands.v, err);
	if (!out->demands.v)
		return TAUT_ENOMEM;
	out->demands.n = count;
	out->demands.capacity = count;
	out->demands.decimals = p->row_coef.decimals;
	for (size_t k = 0; k < p->n_rows && st == TAUT_OK; k++) {
		const taut_program_row *row = &p->rows[k];
		for (size_t e = row->first; e < row->first + row->count; e++) {
			int64_t *to = &out->demands.v[k * out->n + f->number[p->row_col[e]]];
			if (f->slacks[p->row_col[e]].row != 0)
				continue;
			if (!taut_add64(to, *to, p->row_coef.v[e]))
				return taut_fail(err, TAUT_EINPUT, "a demand does not fit 64 bits");
		}
		st = taut_numbers_push(&out->targets, row->lo, err);
	}
	return st;
}

static bool match_all_bounds(const finder *f, const taut_market_data *market,
                             const taut_range *ranges)
{
	for (size_t k = 0; k < f->program->n_rows; k++)
		if (!match_bounds(f, market, ranges, k))
			return false;
	return true;
}

/* The places match: makes the instance and looks at the bounds. */
static taut_status make(taut_instance **out, const finder *f, const char *name, taut_error *err)
{
	taut_instance *market = NULL;
	taut_range    *ranges = NULL;
	taut_status    st = taut_columns_ranges(&ranges, f->columns, err);

	if (st == TAUT_OK)
		st = taut_instance_new(&market, TAUT_FAMILY_MARKET_SHARE, name, err);
	if (st == TAUT_OK)
		st = fill(&market->data.market, f, err);
	if (st == TAUT_OK && match_all_bounds(f, &market->data.market, ranges)) {
		*out = market;
		market = NULL; /* now the caller's */
	}
	taut_instance_free(market);
	taut_free(ranges);
	return st;
}

taut_status taut_deviation_find(taut_instance **out, const taut_columns *columns,
                                const taut_instance *program, taut_error *err)
{
	const uint32_t n = columns->names.n;
	finder         f = {.columns = columns, .program = &program->data.program};
	size_t         count;
	taut_status    st = TAUT_OK;

	assert(program->family == TAUT_FAMILY_BINARY_PROGRAM);
	*out = NULL;
	f.number = taut_alloc(n, sizeof *f.number, err);
	f.slacks = taut_alloc(n, sizeof *f.slacks, err);
	if (!f.number || !f.slacks) {
		st = TAUT_ENOMEM;
		goto done;
	}
	st = number_binaries(&f, err);
	if (st == TAUT_OK && f.n_binary > 0 && f.program->n_rows > 0 &&
	    taut_mul_size(&count, f.n_binary, f.program->n_rows) && count <= DEMANDS_MAX &&
	    match_objective(&f) && match_places(&f))
		st = make(out, &f, program->name, err);
done:
	taut_free(f.number);
	taut_free(f.slacks);
	return st;
}
