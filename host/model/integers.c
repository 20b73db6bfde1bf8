#include "model/integers.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"

/* Where each variable's bits stand: variable i is lo[i] + sum of weight over bits first[i] ..
 * first[i + 1] - 1. */
typedef struct {
	uint32_t *first;  /* [n + 1] */
	int64_t  *lo;     /* [n] */
	bool     *whole;  /* [n] an integer, no 0-1 variable */
	int64_t  *weight; /* [first[n]] */
} places;

uint64_t taut_integer_weights(int64_t *out, int64_t range, int64_t most)
{
	uint64_t count = 0;
	int64_t  rest = range;

	assert(range >= 0 && range <= TAUT_INTEGER_RANGE && most >= 0);
	if (most == 0 || most > range)
		most = range;
	for (int64_t w = 1; w <= most && w <= range / 2; w *= 2) {
		if (out)
			out[count] = w;
		count++;
		rest -= w;
	}
	if (!out)
		return rest > 0 ? count + (uint64_t)((rest - 1) / most) + 1 : count;
	while (rest > 0) {
		out[count] = rest < most ? rest : most;
		rest -= out[count++];
	}
	return count;
}

void taut_integer_encode(uint8_t *out, const int64_t *weight, size_t count, int64_t value)
{
	for (size_t k = count; k-- > 0;) {
		out[k] = value >= weight[k];
		if (out[k])
			value -= weight[k];
	}
	assert(value == 0);
}

static void places_fini(places *p)
{
	taut_free(p->first);
	taut_free(p->lo);
	taut_free(p->whole);
	taut_free(p->weight);
}

/* first as counts one place on, then as sums. Of a program whose variables are all fixed the last
 * one keeps a bit, of weight 0: a model has variables. */
static taut_status count_bits(places *p, const taut_program_data *program, taut_error *err)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < program->n; i++)
		p->first[i + 1] = 1;
	for (size_t k = 0; k < program->n_integers; k++) {
		const taut_program_integer *z = &program->integers[k];
		const uint64_t              bits =
			taut_integer_weights(NULL, z->hi - z->lo, program->integer_weight);

		if (bits > TAUT_INTEGER_BITS_MAX)
			return taut_fail(err, TAUT_ELIMIT,
			                 "an integer of %" PRId64 " to %" PRId64 " takes %" PRIu64
			                 " bits with integer_weight %" PRId64
			                 ", at most %d are taken: raise it, or 0 for none",
			                 z->lo, z->hi, bits, program->integer_weight,
			                 TAUT_INTEGER_BITS_MAX);
		p->first[z->variable + 1] = (uint32_t)bits;
		p->lo[z->variable] = z->lo;
		p->whole[z->variable] = true;
	}
	for (uint32_t i = 0; i < program->n; i++) {
		total += p->first[i + 1];
		if (total > TAUT_INTEGER_BITS_MAX)
			return taut_fail(err, TAUT_ELIMIT,
			                 "the program takes more than %d bits: raise "
			                 "integer_weight, or 0 for none",
			                 TAUT_INTEGER_BITS_MAX);
		p->first[i + 1] = (uint32_t)total;
	}
	if (program->n > 0 && total == 0)
		p->first[program->n] = 1;
	return TAUT_OK;
}

static taut_status places_init(places *p, const taut_program_data *program, taut_error *err)
{
	const uint32_t n = program->n;
	taut_status    st;

	*p = (places){.first = taut_alloc((size_t)n + 1, sizeof *p->first, err),
	              .lo = taut_alloc(n, sizeof *p->lo, err),
	              .whole = taut_alloc(n, sizeof *p->whole, err)};
	if (!p->first || !p->lo || !p->whole)
		return TAUT_ENOMEM;
	st = count_bits(p, program, err);
	if (st != TAUT_OK)
		return st;
	p->weight = taut_alloc(p->first[n], sizeof *p->weight, err);
	if (!p->weight)
		return TAUT_ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		if (!p->whole[i])
			p->weight[p->first[i]] = 1;
	for (size_t k = 0; k < program->n_integers; k++)
		(void)taut_integer_weights(p->weight + p->first[program->integers[k].variable],
		                           program->integers[k].hi - program->integers[k].lo,
		                           program->integer_weight);
	return TAUT_OK;
}

/* *out = q * by */
static taut_status times(taut_decimal *out, taut_decimal q, int64_t by, taut_error *err)
{
	out->decimals = q.decimals;
	if (taut_mul64(&out->value, q.value, by))
		return TAUT_OK;
	return taut_fail(err, TAUT_EINPUT,
	                 "a coefficient times a bound or a bit of an integer does not fit 64 bits: "
	                 "give it narrower bounds");
}

/* program += q a b x_i x_j, where a product with 0 is none. */
static taut_status add_bits(taut_program_data *out, uint32_t i, uint32_t j, taut_decimal q,
                            int64_t a, int64_t b, taut_error *err)
{
	taut_status st = times(&q, q, a, err);

	if (st == TAUT_OK)
		st = times(&q, q, b, err);
	return st != TAUT_OK || q.value == 0 ? st : taut_program_add_term(out, i, j, q, err);
}

static taut_status add_constant(taut_program_data *out, taut_decimal q, int64_t a, int64_t b,
                                taut_error *err)
{
	taut_status st = times(&q, q, a, err);

	if (st == TAUT_OK)
		st = times(&q, q, b, err);
	return st == TAUT_OK ? taut_decimal_add(&out->offset, out->offset, q, err) : st;
}

/* q times variable i times a constant */
static taut_status add_linear(taut_program_data *out, const places *p, uint32_t i, taut_decimal q,
                              int64_t by, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (uint32_t a = p->first[i]; a < p->first[i + 1] && st == TAUT_OK; a++)
		st = add_bits(out, a, a, q, p->weight[a], by, err);
	return st;
}

/* (lo_i + bits) (lo_j + bits); of a square every pair of different bits comes twice. */
static taut_status add_product(taut_program_data *out, const places *p, uint32_t i, uint32_t j,
                               taut_decimal q, taut_error *err)
{
	taut_status st = add_constant(out, q, p->lo[i], p->lo[j], err);

	if (st == TAUT_OK)
		st = add_linear(out, p, i, q, p->lo[j], err);
	if (st == TAUT_OK)
		st = add_linear(out, p, j, q, p->lo[i], err);
	for (uint32_t a = p->first[i]; a < p->first[i + 1]; a++)
		for (uint32_t b = p->first[j]; b < p->first[j + 1] && st == TAUT_OK; b++)
			st = add_bits(out, a, b, q, p->weight[a], p->weight[b], err);
	return st;
}

static taut_status add_objective(taut_program_data *out, const places *p,
                                 const taut_program_data *program, taut_error *err)
{
	taut_status st = TAUT_OK;

	out->maximise = program->maximise;
	out->offset = program->offset;
	for (size_t e = 0; e < program->n_terms && st == TAUT_OK; e++) {
		const taut_decimal q = {program->q.v[e], program->q.decimals};
		const uint32_t     i = program->i[e];
		const uint32_t     j = program->j[e];

		if (i != j)
			st = add_product(out, p, i, j == TAUT_SQUARE ? i : j, q, err);
		else
			st = add_constant(out, q, p->lo[i], 1, err);
		if (i == j && st == TAUT_OK)
			st = add_linear(out, p, i, q, 1, err);
	}
	return st == TAUT_OK ? st : taut_context(err, st, "objective");
}

/* The newest row's entries, and its limits less what the lower bounds give. */
static taut_status add_entries(taut_program_data *out, const places *p,
                               const taut_program_data *program, const taut_program_row *row,
                               taut_error *err)
{
	const int32_t decimals = program->row_coef.decimals;
	taut_decimal  shift = {0, decimals};
	taut_status   st = TAUT_OK;

	for (size_t e = row->first; e < row->first + row->count && st == TAUT_OK; e++) {
		const taut_decimal coef = {program->row_coef.v[e], decimals};
		const uint32_t     i = program->row_col[e];
		taut_decimal       q;

		st = times(&q, coef, p->lo[i], err);
		if (st == TAUT_OK)
			st = taut_decimal_add(&shift, shift, q, err);
		for (uint32_t a = p->first[i]; a < p->first[i + 1] && st == TAUT_OK; a++) {
			st = times(&q, coef, p->weight[a], err);
			if (st == TAUT_OK)
				st = taut_program_add_entry(out, a, q, err);
		}
	}
	out->rows[out->n_rows - 1].shift = shift;
	if (st == TAUT_OK && row->has_lo)
		st = taut_decimal_sub(&out->rows[out->n_rows - 1].lo, row->lo, shift, err);
	if (st == TAUT_OK && row->has_hi)
		st = taut_decimal_sub(&out->rows[out->n_rows - 1].hi, row->hi, shift, err);
	return st;
}

static taut_status add_rows(taut_program_data *out, const places *p,
                            const taut_program_data *program, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (size_t k = 0; k < program->n_rows && st == TAUT_OK; k++) {
		const taut_program_row *row = &program->rows[k];

		st = taut_program_add_row(out, row->name, row->has_lo ? &row->lo : NULL,
		                          row->has_hi ? &row->hi : NULL, err);
		if (st == TAUT_OK)
			st = add_entries(out, p, program, row, err);
		if (st != TAUT_OK && row->name)
			st = taut_context(err, st, "constraint '%.60s'", row->name);
		else if (st != TAUT_OK)
			st = taut_context(err, st, "constraint %zu", k + 1);
	}
	return st;
}

static taut_status add_pairs(taut_program_data *out, const places *p,
                             const taut_program_data *program, taut_error *err)
{
	taut_status st = TAUT_OK;

	for (size_t e = 0; e < program->n_conflicts && st == TAUT_OK; e++)
		st = taut_program_add_conflict(out, p->first[program->conflict_u[e]],
		                               p->first[program->conflict_v[e]], err);
	for (size_t g = 0; g < program->n_groups && st == TAUT_OK; g++) {
		const taut_program_group *group = &program->groups[g];

		st = taut_program_add_group(out, group->name, group->at_most, err);
		for (size_t e = group->first; e < group->first + group->count && st == TAUT_OK; e++)
			st = taut_program_add_member(out, p->first[program->group_var[e]], err);
	}
	return st;
}

/* Of bit `bit` of variable i, y#1, y#2, ..; or, for bit 0, of the variable itself: its own name or,
 * where the program has none, x1, x2, .. The caller frees. NULL with ENOMEM. */
static char *name_of(const taut_program_data *program, uint32_t i, uint32_t bit, taut_error *err)
{
	char         own[16];
	const char  *name = program->names ? program->names[i] : own;
	const size_t size = (program->names ? strlen(name) : sizeof own) + 12;
	char        *out = taut_alloc(size, 1, err);

	(void)snprintf(own, sizeof own, "x%" PRIu32, i + 1);
	if (out && bit > 0)
		(void)snprintf(out, size, "%s#%" PRIu32, name, bit);
	else if (out)
		(void)snprintf(out, size, "%s", name);
	return out;
}

static taut_status add_names(taut_program_data *out, const places *p,
                             const taut_program_data *program, taut_error *err)
{
	out->names = taut_alloc(p->first[program->n], sizeof *out->names, err);
	if (!out->names)
		return TAUT_ENOMEM;
	out->n = p->first[program->n];
	for (uint32_t i = 0; i < program->n; i++)
		for (uint32_t a = p->first[i]; a < p->first[i + 1]; a++) {
			out->names[a] =
				name_of(program, i, p->whole[i] ? a - p->first[i] + 1 : 0, err);
			if (!out->names[a])
				return TAUT_ENOMEM;
		}
	return TAUT_OK;
}

taut_status taut_program_to_bits(taut_program_data *out, const taut_program_data *program,
                                 taut_error *err)
{
	places      p;
	taut_status st;

	*out = (taut_program_data){0};
	st = places_init(&p, program, err);
	if (st == TAUT_OK)
		st = add_names(out, &p, program, err);
	if (st == TAUT_OK)
		st = add_objective(out, &p, program, err);
	if (st == TAUT_OK)
		st = add_rows(out, &p, program, err);
	if (st == TAUT_OK)
		st = add_pairs(out, &p, program, err);
	places_fini(&p);
	return st;
}

taut_status taut_model_note_integers(taut_model *model, const taut_program_data *program,
                                     taut_error *err)
{
	places      p;
	taut_status st = places_init(&p, program, err);

	if (st != TAUT_OK)
		goto done;
	assert(p.first[program->n] == model->n);
	model->integer_weight = program->integer_weight;
	model->integers = taut_alloc(program->n_integers, sizeof *model->integers, err);
	if (!model->integers) {
		st = TAUT_ENOMEM;
		goto done;
	}
	for (uint32_t i = 0; i < program->n; i++) {
		taut_integer *z = &model->integers[model->n_integers];

		if (!p.whole[i]) {
			p.weight[p.first[i]] = 0;
			continue;
		}
		*z = (taut_integer){.name = name_of(program, i, 0, err),
		                    .lo = p.lo[i],
		                    .first = p.first[i],
		                    .count = p.first[i + 1] - p.first[i]};
		if (!z->name) {
			st = TAUT_ENOMEM;
			goto done;
		}
		model->n_integers++;
	}
	model->bit_weight = p.weight;
	p.weight = NULL;
done:
	places_fini(&p);
	return st;
}

int64_t taut_model_integer(const taut_model *model, uint32_t k, const uint8_t *x)
{
	const taut_integer *z = &model->integers[k];
	int64_t             value = z->lo;

	for (uint32_t i = z->first; i < z->first + z->count; i++)
		value += x[i] ? model->bit_weight[i] : 0;
	return value;
}

/* The bits of integer k at `bits`, of another weight, as those of the model in out. Returns how
 * many there are, or SIZE_MAX where n is too few. weight: room for n. */
static size_t take_integer(uint8_t *out, int64_t *weight, const taut_model *model, uint32_t k,
                           const char *bits, size_t n, int64_t most)
{
	const taut_integer *z = &model->integers[k];
	int64_t             range = 0;
	int64_t             value = 0;
	uint64_t            count;

	for (uint32_t i = z->first; i < z->first + z->count; i++)
		range += model->bit_weight[i];
	if (range == 0) /* fixed: the same bits for any weight */
		return z->count <= n ? z->count : SIZE_MAX;
	count = taut_integer_weights(NULL, range, most);
	if (count > n)
		return SIZE_MAX;
	(void)taut_integer_weights(weight, range, most);
	for (size_t b = 0; b < count; b++)
		value += bits[b] == '1' ? weight[b] : 0;
	taut_integer_encode(out + z->first, model->bit_weight + z->first, z->count, value);
	return (size_t)count;
}

taut_status taut_model_take_bits(uint8_t *out, bool *fits, const taut_model *model,
                                 const char *bits, size_t n, int64_t most, taut_error *err)
{
	int64_t *weight = taut_alloc(n, sizeof *weight, err);
	uint32_t at = 0;
	size_t   from = 0;

	*fits = false;
	if (!weight)
		return TAUT_ENOMEM;
	for (uint32_t k = 0;; k++) {
		const bool     last = k == model->n_integers;
		const uint32_t first = last ? model->n : model->integers[k].first;
		size_t         count;

		if (first - at > n - from)
			break;
		while (at < first)
			out[at++] = bits[from++] == '1';
		if (last) {
			*fits = from == n;
			break;
		}
		count = take_integer(out, weight, model, k, bits + from, n - from, most);
		if (count == SIZE_MAX)
			break;
		from += count;
		at += model->integers[k].count;
	}
	taut_free(weight);
	return TAUT_OK;
}
