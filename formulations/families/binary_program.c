/* Linear or quadratic 0-1 program: terms, rows, conflicts and groups as they stand. Each row gets
 * the least scale that holds its numbers; rows that are one-hot or at-most-one by their numbers get
 * the tag, and a nameless x + y <= 1 becomes a conflict. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "formulations/families/common.h"
#include "model/integers.h"

/* A row's numbers at one scale. */
typedef struct {
	int32_t  decimals;
	int64_t *coef; /* [capacity], as many as the row has entries hold */
	size_t   capacity;
	int64_t  lo, hi;
	int64_t  shift;
} scaled_row;

/* Digits after the point that value / 10^decimals needs. */
static int32_t decimals_needed(int64_t value, int32_t decimals)
{
	while (decimals > 0 && value % 10 == 0) {
		value /= 10;
		decimals--;
	}
	return decimals;
}

static void raise_to(int32_t *decimals, int64_t value, int32_t from)
{
	const int32_t needed = decimals_needed(value, from);

	if (needed > *decimals)
		*decimals = needed;
}

/* value / 10^from in units of 10^-to, which hold it exactly. */
static taut_status to_scale(int64_t *out, int64_t value, int32_t from, int32_t to, taut_error *err)
{
	if (from <= to)
		return taut_rescale(out, value, from, to, err);
	assert(value % taut_power_of_ten(from - to) == 0);
	*out = value / taut_power_of_ten(from - to);
	return TAUT_OK;
}

static taut_status scale_row(scaled_row *out, const taut_program_data *data,
                             const taut_program_row *row, taut_error *err)
{
	const int64_t *coef = data->row_coef.v + row->first;
	const int32_t  from = data->row_coef.decimals;
	taut_status    st = TAUT_OK;
	int64_t       *grown = taut_grow(out->coef, &out->capacity, row->count, sizeof *grown, err);

	if (!grown)
		return TAUT_ENOMEM;
	out->coef = grown;
	out->decimals = 0;
	for (size_t e = 0; e < row->count; e++)
		raise_to(&out->decimals, coef[e], from);
	if (row->has_lo)
		raise_to(&out->decimals, row->lo.value, row->lo.decimals);
	if (row->has_hi)
		raise_to(&out->decimals, row->hi.value, row->hi.decimals);
	raise_to(&out->decimals, row->shift.value, row->shift.decimals);
	for (size_t e = 0; e < row->count && st == TAUT_OK; e++)
		st = to_scale(&out->coef[e], coef[e], from, out->decimals, err);
	out->lo = TAUT_NO_LIMIT_LO;
	out->hi = TAUT_NO_LIMIT_HI;
	if (st == TAUT_OK && row->has_lo)
		st = to_scale(&out->lo, row->lo.value, row->lo.decimals, out->decimals, err);
	if (st == TAUT_OK && row->has_hi)
		st = to_scale(&out->hi, row->hi.value, row->hi.decimals, out->decimals, err);
	if (st == TAUT_OK)
		st = to_scale(&out->shift, row->shift.value, row->shift.decimals, out->decimals,
		              err);
	if (st == TAUT_OK && (out->shift > INT64_MAX / 4 || out->shift < -(INT64_MAX / 4)))
		st = taut_fail(err, TAUT_EINPUT,
		               "the integers' lower bounds add up to too large a number");
	return st;
}

static bool all_equal(const int64_t *coef, size_t count, int64_t value)
{
	for (size_t e = 0; e < count; e++)
		if (coef[e] != value)
			return false;
	return true;
}

/* -x - y >= -1 says x + y <= 1; .opb files know no <=. */
static void turn_negative_row(scaled_row *row, size_t count)
{
	const int64_t lo = row->lo;

	if (count == 0 || row->decimals != 0 || row->hi == INT64_MIN ||
	    !all_equal(row->coef, count, -1))
		return;
	for (size_t e = 0; e < count; e++)
		row->coef[e] = 1;
	row->lo = row->hi == TAUT_NO_LIMIT_HI ? TAUT_NO_LIMIT_LO : -row->hi;
	row->hi = lo == TAUT_NO_LIMIT_LO ? TAUT_NO_LIMIT_HI : -lo;
	row->shift = -row->shift;
}

/* Tags the newest row of m when its merged numbers are a group's. */
static void tag_newest_row(taut_model *m)
{
	taut_row *row = &m->rows[m->n_rows - 1];

	if (row->decimals != 0 || row->hi != 1 || row->count == 0 ||
	    !all_equal(m->row_coef + row->first, row->count, 1))
		return;
	if (row->lo == 1) {
		row->tag = TAUT_ROW_ONE_HOT;
	} else {
		row->tag = TAUT_ROW_AT_MOST_ONE;
		row->lo = TAUT_NO_LIMIT_LO; /* a sum of bits cannot be negative */
	}
}

static taut_status add_row(taut_model *m, const taut_program_data *data,
                           const taut_program_row *row, scaled_row *scaled, taut_error *err)
{
	const uint32_t *col = data->row_col + row->first;
	taut_status     st = scale_row(scaled, data, row, err);

	if (st != TAUT_OK)
		return st;
	turn_negative_row(scaled, row->count);
	if (!row->name && row->count == 2 && col[0] != col[1] && scaled->decimals == 0 &&
	    scaled->lo <= 0 && scaled->hi == 1 && all_equal(scaled->coef, 2, 1))
		return taut_model_add_conflict(m, col[0], col[1], err);
	st = taut_model_add_row(m, TAUT_ROW_LINEAR, col, scaled->coef, row->count, scaled->lo,
	                        scaled->hi, scaled->decimals, row->name, err);
	if (st != TAUT_OK)
		return st;
	m->rows[m->n_rows - 1].shift = scaled->shift;
	tag_newest_row(m);
	return TAUT_OK;
}

static taut_status add_rows(taut_model *m, const taut_program_data *data, taut_error *err)
{
	scaled_row  scaled = {0};
	taut_status st = taut_expect_numbers(&data->row_coef, 1, data->n_row_entries,
	                                     "row coefficients", err);

	for (size_t k = 0; k < data->n_rows && st == TAUT_OK; k++) {
		st = add_row(m, data, &data->rows[k], &scaled, err);
		if (st != TAUT_OK && data->rows[k].name)
			st = taut_context(err, st, "constraint '%.60s'", data->rows[k].name);
		else if (st != TAUT_OK)
			st = taut_context(err, st, "constraint %zu", k + 1);
	}
	taut_free(scaled.coef);
	return st;
}

static taut_status add_groups(taut_model *m, const taut_program_data *data, taut_error *err)
{
	taut_status st = TAUT_OK;
	int64_t    *ones = taut_alloc(data->n_group_vars, sizeof *ones, err);

	if (!ones)
		return TAUT_ENOMEM;
	for (size_t e = 0; e < data->n_group_vars; e++)
		ones[e] = 1;
	for (size_t g = 0; g < data->n_groups && st == TAUT_OK; g++) {
		const taut_program_group *group = &data->groups[g];
		st = taut_model_add_row(m, group->at_most ? TAUT_ROW_AT_MOST_ONE : TAUT_ROW_ONE_HOT,
		                        data->group_var + group->first, ones, group->count,
		                        group->at_most ? TAUT_NO_LIMIT_LO : 1, 1, 0, group->name,
		                        err);
		if (st != TAUT_OK)
			st = taut_context(err, st, "group %zu", g + 1);
	}
	taut_free(ones);
	return st;
}

static taut_status add_objective(taut_model *m, const taut_program_data *data, taut_error *err)
{
	int64_t     value;
	taut_status st =
		taut_rescale(&value, data->offset.value, data->offset.decimals, m->decimals, err);

	if (st == TAUT_OK)
		st = taut_model_add_offset(m, value, err);
	for (size_t e = 0; e < data->n_terms && st == TAUT_OK; e++) {
		st = taut_rescale(&value, data->q.v[e], data->q.decimals, m->decimals, err);
		if (st == TAUT_OK)
			st = taut_model_add_term(m, data->i[e], data->j[e], value, err);
	}
	return st == TAUT_OK ? st : taut_context(err, st, "objective");
}

static taut_status copy_names(taut_model *m, char *const *names, taut_error *err)
{
	if (!names)
		return TAUT_OK;
	m->variable_name = taut_alloc(m->n, sizeof *m->variable_name, err);
	if (!m->variable_name)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < m->n; i++) {
		m->variable_name[i] = taut_copy_text(names[i], err);
		if (!m->variable_name[i])
			return TAUT_ENOMEM;
	}
	return TAUT_OK;
}

/* Of a program without integers; *out is freed by the caller, also after a failure. */
static taut_status build_bits(taut_model **out, const taut_program_data *data, const char *name,
                              taut_error *err)
{
	const int32_t decimals =
		data->q.decimals > data->offset.decimals ? data->q.decimals : data->offset.decimals;
	taut_model *m;
	taut_status st;

	st = taut_expect_numbers(&data->q, 1, data->n_terms, "objective coefficients", err);
	if (st == TAUT_OK)
		st = taut_model_new(out, TAUT_FAMILY_BINARY_PROGRAM, name, data->n, data->maximise,
		                    decimals, err);
	m = *out;
	if (st == TAUT_OK)
		st = copy_names(m, data->names, err);
	if (st == TAUT_OK)
		st = add_objective(m, data, err);
	if (st == TAUT_OK)
		st = add_rows(m, data, err);
	for (size_t e = 0; e < data->n_conflicts && st == TAUT_OK; e++)
		st = taut_model_add_conflict(m, data->conflict_u[e], data->conflict_v[e], err);
	return st == TAUT_OK ? add_groups(m, data, err) : st;
}

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_program_data *data = &instance->data.program;
	taut_program_data        bits = {0};
	taut_model              *m = NULL;
	taut_status              st = TAUT_OK;

	*out = NULL;
	if (data->n_integers > 0) {
		st = taut_program_to_bits(&bits, data, err);
		if (st == TAUT_OK)
			st = build_bits(&m, &bits, instance->name, err);
		if (st == TAUT_OK)
			st = taut_model_note_integers(m, data, err);
		taut_program_fini(&bits);
	} else {
		st = build_bits(&m, data, instance->name, err);
	}
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

/* The integers' names and what they are, where there are any. */
static taut_status decode_integers(taut_decoded *out, const taut_model *m, const uint8_t *x,
                                   taut_error *err)
{
	taut_decoded_list *names = &out->lists[out->n_lists];
	int64_t           *values;

	if (m->n_integers == 0)
		return TAUT_OK;
	names->key = "integers";
	names->texts = taut_alloc(m->n_integers, sizeof *names->texts, err);
	if (!names->texts)
		return TAUT_ENOMEM;
	out->n_lists++;
	for (; names->count < m->n_integers; names->count++) {
		names->texts[names->count] = taut_copy_text(m->integers[names->count].name, err);
		if (!names->texts[names->count])
			return TAUT_ENOMEM;
	}
	if (taut_decoded_add(&values, out, "values", m->n_integers, 0, err) != TAUT_OK)
		return TAUT_ENOMEM;
	for (uint32_t k = 0; k < m->n_integers; k++)
		values[k] = taut_model_integer(m, k, x);
	return TAUT_OK;
}

static bool is_one(const taut_model *m, const uint8_t *x, uint32_t i)
{
	return x[i] && !(m->bit_weight && m->bit_weight[i]);
}

/* The names of the 0-1 variables at 1; a program without names has x1, x2, ... */
static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	taut_status        st;
	taut_decoded_list *list = &out->lists[0];
	size_t             count = 0;

	*out = (taut_decoded){0};
	for (uint32_t i = 0; i < m->n; i++)
		count += is_one(m, x, i);
	list->key = "ones";
	list->texts = taut_alloc(count, sizeof *list->texts, err);
	if (!list->texts)
		return TAUT_ENOMEM;
	list->count = count;
	out->n_lists = 1;
	count = 0;
	for (uint32_t i = 0; i < m->n; i++) {
		char name[16];
		if (!is_one(m, x, i))
			continue;
		(void)snprintf(name, sizeof name, "x%lu", (unsigned long)i + 1);
		list->texts[count] =
			taut_copy_text(m->variable_name ? m->variable_name[i] : name, err);
		if (!list->texts[count++]) {
			taut_decoded_fini(out);
			return TAUT_ENOMEM;
		}
	}
	st = decode_integers(out, m, x, err);
	if (st != TAUT_OK)
		taut_decoded_fini(out);
	return st;
}

const taut_family_ops taut_binary_program_ops = {TAUT_FAMILY_BINARY_PROGRAM, build, decode};
