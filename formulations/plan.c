#include "formulations/plan.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/checked.h"
#include "base/decimal.h"
#include "formulations/factors.h"
#include "formulations/objective.h"
#include "model/evaluate.h"

enum {
	SIGNIFICANT_BITS = 12, /* weights and multipliers are rounded to 1 part in 2^13 or better */
	FRACTION_BITS_MAX = 40,
	NARROWING_MAX = 62
};
/* Every partial sum of the form stays below it. */
static const double MAGNITUDE_LIMIT = 0x1p61;

/* --- life --- */

static double row_unit(const taut_model *m, uint32_t k)
{
	return (double)taut_power_of_ten(m->rows[k].decimals);
}

double taut_plan_given_weight(const taut_plan *plan, const taut_options *options, uint32_t k)
{
	const double unit = row_unit(plan->model, k);

	return options->penalty * plan->objective_unit / (unit * unit);
}

taut_status taut_plan_init(taut_plan *plan, const taut_formulation_ops *ops,
                           const taut_model *model, const taut_options *options, bool exchange,
                           taut_error *err)
{
	*plan = (taut_plan){.base = {.ops = ops}, .model = model, .exchange = exchange, .pair_share = 1.0};
	plan->objective_unit = (double)taut_power_of_ten(model->decimals);
	plan->pair_fixed = options->penalty * plan->objective_unit;
	plan->largest = taut_objective_largest(model);
	plan->rows = taut_alloc(model->n_rows, sizeof *plan->rows, err);
	plan->weights = taut_alloc(model->n_rows, sizeof *plan->weights, err);
	plan->multipliers = taut_alloc(model->n_rows, sizeof *plan->multipliers, err);
	if (!plan->rows || !plan->weights || !plan->multipliers)
		return TAUT_ENOMEM;
	return taut_objective_changes(&plan->change, model, err);
}

void taut_plan_fini(taut_plan *plan)
{
	taut_free(plan->change);
	taut_free(plan->rows);
	taut_free(plan->weights);
	taut_free(plan->multipliers);
}

void taut_plan_close(taut_formulation *f)
{
	if (!f)
		return;
	taut_plan_fini((taut_plan *)f);
	taut_free(f);
}

/* --- fixed point --- */

/* Fraction bits with which v keeps its significant bits; 0 for whole numbers. */
static int32_t bits_for(double v)
{
	int exponent;

	v = fabs(v);
	if (v == floor(v))
		return 0;
	(void)frexp(v, &exponent); /* 2^(exponent - 1) <= v < 2^exponent */
	return exponent > SIGNIFICANT_BITS ? 0 : SIGNIFICANT_BITS - exponent + 1;
}

/* Largest |a_k x + s_k - target| that any bits give. */
static double reach(const taut_plan *plan, uint32_t k)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	double            sum = fabs((double)plan->rows[k].target) + (double)plan->rows[k].slack;

	for (size_t e = row->first; e < row->first + row->count; e++)
		sum += fabs((double)m->row_coef[e]);
	return sum;
}

/* Enough bits for every weight and multiplier to keep its significant ones, as far as 64 bits
 * allow. */
static int32_t fraction_bits(const taut_plan *plan)
{
	const taut_model *m = plan->model;
	double            magnitude = taut_objective_magnitude(plan);
	int32_t bits = bits_for(plan->pair_fixed > 0 ? plan->pair_fixed : plan->pair_share);

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row_term *t = &plan->rows[k];
		const double         r = reach(plan, k);

		magnitude += t->weight * r * r + (fabs(t->multiplier) + t->excess) * r;
		bits = bits_for(t->weight) > bits ? bits_for(t->weight) : bits;
		bits = bits_for(t->multiplier) > bits ? bits_for(t->multiplier) : bits;
		bits = bits_for(t->excess) > bits ? bits_for(t->excess) : bits;
	}
	bits = bits > FRACTION_BITS_MAX ? FRACTION_BITS_MAX : bits;
	while (bits > 0 && ldexp(magnitude, bits) >= MAGNITUDE_LIMIT)
		bits--;
	return bits;
}

/* --- the form --- */

/* Bits that cover 0..range: floor(log2 range) + 1. */
static uint32_t slack_bits(int64_t range)
{
	uint32_t bits = 0;

	for (; range > 0; range >>= 1)
		bits++;
	return bits;
}

uint64_t taut_slack_baseline(const taut_model *m)
{
	uint64_t count = m->n;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const taut_row *row = &m->rows[k];
		int64_t         lo, hi;

		taut_row_range(&lo, &hi, m, k);
		lo = row->lo > lo ? row->lo : lo;
		hi = row->hi < hi ? row->hi : hi;
		if (row->tag == TAUT_ROW_LINEAR && row->lo != row->hi && hi > lo)
			count += slack_bits(hi - lo);
	}
	return count;
}

/* Columns and coefficients of row k and of its slack: 1, 2, 4, ..., and last what is left of the
 * range, so that the bits reach exactly 0..range. Returns the number of slack bits. */
static uint32_t lay_out(uint32_t *col, int64_t *coef, const taut_plan *plan, uint32_t k,
                        uint32_t first_slack)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	const uint32_t    bits = slack_bits(plan->rows[k].slack);
	int64_t           left = plan->rows[k].slack;

	memcpy(col, m->row_col + row->first, row->count * sizeof *col);
	memcpy(coef, m->row_coef + row->first, row->count * sizeof *coef);
	for (uint32_t j = 0; j < bits; j++) {
		col[row->count + j] = first_slack + j;
		coef[row->count + j] = j + 1 < bits ? INT64_C(1) << j : left;
		left -= INT64_C(1) << j;
	}
	return bits;
}

/* Numbers of a row in multiples of 2^shift, rounded to the nearest. */
static int64_t narrowed(int64_t v, int32_t shift)
{
	const int64_t half = shift ? INT64_C(1) << (shift - 1) : 0;

	return (v + half) >> shift;
}

/* Low bits of a row's numbers that its square goes without. The square of wide numbers needs a
 * weight so small that `bits` fraction bits would not keep its significant ones; with numbers in
 * multiples of 2^s it is 4^s times as large. */
static int32_t bits_to_spare(const taut_row_term *t, int32_t bits)
{
	const int32_t lost = bits_for(t->weight) - bits;

	if (lost <= 0)
		return 0;
	return lost < 2 * NARROWING_MAX ? (lost + 1) / 2 : NARROWING_MAX;
}

/* Terms keep coefficients of 32 bits. */
static bool fits_factor(const int64_t *coef, size_t count)
{
	for (size_t e = 0; e < count; e++)
		if (coef[e] < INT32_MIN || coef[e] > INT32_MAX)
			return false;
	return true;
}

/* weight (a x + s - target)^2 + multiplier (a x - target) of row k, times 2^bits. */
static taut_status add_row(taut_qubo_builder *b, taut_plan *plan, uint32_t k, uint32_t first_slack,
                           int32_t bits, bool factors, taut_error *err)
{
	const taut_model    *m = plan->model;
	const taut_row      *row = &m->rows[k];
	const taut_row_term *t = &plan->rows[k];
	const int32_t        spare = bits_to_spare(t, bits);
	const size_t         count = row->count + slack_bits(t->slack);
	const double         unit = row_unit(m, k);
	uint32_t            *col = taut_alloc(count, sizeof *col, err);
	int64_t             *coef = taut_alloc(count, sizeof *coef, err);
	int64_t              weight = 0, multiplier = 0, value;
	taut_status          st = TAUT_ENOMEM;

	if (!col || !coef)
		goto done;
	(void)lay_out(col, coef, plan, k, first_slack);
	st = taut_fixed_point(&weight, t->weight, bits + 2 * spare, err);
	if (st == TAUT_OK)
		st = taut_fixed_point(&multiplier, t->multiplier, bits, err);
	for (size_t e = 0; st == TAUT_OK && multiplier && e < row->count; e++)
		st = taut_mul64(&value, multiplier, coef[e])
		             ? taut_qubo_add_pair(b, col[e], col[e], value, err)
		             : taut_fail(err, TAUT_EINPUT, "a multiplier exceeds 64 bits");
	if (st == TAUT_OK && multiplier)
		st = taut_mul64(&value, -multiplier, t->target)
		             ? taut_qubo_add_offset(b, value, err)
		             : taut_fail(err, TAUT_EINPUT, "a multiplier exceeds 64 bits");
	for (size_t e = 0; e < count; e++)
		coef[e] = narrowed(coef[e], spare);
	if (st == TAUT_OK && weight)
		st = (factors && fits_factor(coef, count)
		              ? taut_qubo_keep_square
		              : taut_qubo_add_square)(b, weight, col, coef, count,
		                                      narrowed(t->target, spare), err);
	plan->weights[k] =
		ldexp((double)weight, -bits - 2 * spare) / plan->objective_unit * unit * unit;
	plan->multipliers[k] = ldexp((double)multiplier, -bits) / plan->objective_unit * unit;
done:
	taut_free(col);
	taut_free(coef);
	return st;
}

static taut_status check_size(const taut_plan *plan, double variables, bool factors,
                              taut_error *err)
{
	const taut_model *m = plan->model;
	const double      given = (double)m->quad_row[m->n] / 2 + (double)m->n_conflicts;
	double            couplings = taut_objective_couplings(m);
	bool              rows = false;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double count =
			(double)m->rows[k].count + (double)slack_bits(plan->rows[k].slack);

		if (plan->rows[k].weight > 0 && !factors) {
			couplings += count * count / 2;
			rows = true;
		}
	}
	couplings = fmin(couplings, variables * (variables - 1) / 2);
	/* the model's own ones are there already */
	if (variables > UINT32_MAX / 2.0 || couplings - given > TAUT_QUBO_COUPLINGS_MAX)
		return taut_fail(err, TAUT_ELIMIT,
		                 "the quadratic form needs about %.3g couplings of %.0f variables; "
		                 "the limit is %.3g%s",
		                 couplings, variables, (double)TAUT_QUBO_COUPLINGS_MAX,
		                 taut_formulation_exchanges(m) && !plan->exchange
		                         ? ": --moves exchange needs no expansion"
		                 : rows  ? ": take --method native or auto"
		                         : "");
	return TAUT_OK;
}

/* The one-hot groups that exchange moves keep, numbered from 0. */
static taut_status set_groups(taut_qubo *q, const taut_plan *plan, taut_error *err)
{
	const taut_model *m = plan->model;
	uint32_t         *number;

	if (!plan->exchange || !taut_formulation_exchanges(m))
		return TAUT_OK;
	number = taut_alloc(m->n_rows, sizeof *number, err); /* from 1; 0: not met yet */
	q->group = taut_alloc(q->n, sizeof *q->group, err);
	if (!number || !q->group) {
		taut_free(number);
		return TAUT_ENOMEM;
	}
	for (uint32_t i = 0; i < q->n; i++) {
		const uint32_t k = i < m->n ? m->group_of[i] : TAUT_NO_GROUP;

		q->group[i] = TAUT_QUBO_UNGROUPED;
		if (k == TAUT_NO_GROUP)
			continue;
		if (!number[k])
			number[k] = ++q->n_groups;
		q->group[i] = number[k] - 1;
	}
	taut_free(number);
	return TAUT_OK;
}

/* *out stays NULL where ctx stops it between rows. */
static taut_status build(taut_qubo **out, taut_plan *plan, const taut_ctx *ctx, taut_error *err)
{
	const taut_model  *m = plan->model;
	const int32_t      bits = fraction_bits(plan);
	taut_qubo_builder *b = NULL;
	double             variables = m->n;
	uint32_t           slack = 0;
	bool               factors;
	taut_status        st;

	for (uint32_t k = 0; k < m->n_rows; k++)
		variables += slack_bits(plan->rows[k].slack);
	factors = taut_factors_kept(plan, variables);
	st = check_size(plan, variables, factors, err);
	if (st == TAUT_OK)
		st = taut_qubo_builder_new(&b, (uint32_t)variables, bits, err);
	if (st == TAUT_OK) {
		taut_qubo_builder_watch(b, ctx);
		st = taut_objective_add(b, plan, bits, err);
	}
	for (uint32_t k = 0; k < m->n_rows && st == TAUT_OK && !taut_ctx_stopped(ctx); k++) {
		st = plan->rows[k].excess > 0
		             ? taut_factors_add_excess(b, plan, k, bits, err)
		             : add_row(b, plan, k, m->n + slack, bits, factors, err);
		slack += slack_bits(plan->rows[k].slack);
	}
	if (st == TAUT_OK && !taut_ctx_stopped(ctx))
		st = taut_qubo_builder_finish(out, b, err);
	if (st == TAUT_OK && *out)
		st = set_groups(*out, plan, err);
	if (st != TAUT_OK) {
		taut_qubo_free(*out);
		*out = NULL;
	}
	plan->slack_variables = slack;
	taut_qubo_builder_free(b);
	return st;
}

/* The largest product's weight; 0 where the model has none. */
static double largest_pair(const taut_plan *plan)
{
	const taut_model *m = plan->model;
	double            top = 0;

	for (uint32_t u = 0; u < m->n; u++)
		for (size_t e = m->conflict_row[u]; e < m->conflict_row[u + 1]; e++)
			top = fmax(top, taut_plan_pair(plan, u, m->conflict_col[e]));
	return top / plan->objective_unit;
}

taut_status taut_plan_encode(taut_qubo **out, taut_codec *codec, taut_formulation *f,
                             const taut_ctx *ctx, taut_error *err)
{
	taut_plan        *plan = (taut_plan *)f;
	const taut_model *m = plan->model;

	*out = NULL;
	*codec = (taut_codec){.n_model = m->n};
	if (plan->exchange &&
	    (m->structure == TAUT_STRUCTURE_ASSIGNMENT || m->structure == TAUT_STRUCTURE_TOUR)) {
		codec->permutation = m->permutation.n;
		return taut_objective_permutation(out, m, err);
	}
	plan->pair_weight = largest_pair(plan);
	return build(out, plan, ctx, err);
}

void taut_plan_complete(uint64_t *bits, const taut_formulation *f, const uint8_t *x)
{
	const taut_plan  *plan = (const taut_plan *)f;
	const taut_model *m = plan->model;
	uint32_t          first = m->n;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const int64_t  range = plan->rows[k].slack;
		const uint32_t count = slack_bits(range);
		int64_t        need;

		if (!count)
			continue;
		need = plan->rows[k].target - taut_row_activity(m, k, x);
		need = need < 0 ? 0 : need > range ? range : need;
		/* from the last bit, what is left of the range, down: each is set where the rest
		 * cannot do without */
		for (uint32_t j = count; j-- > 0;) {
			const int64_t rest = (INT64_C(1) << j) - 1; /* of the bits below */
			const int64_t worth = j + 1 == count ? range - rest : rest + 1;

			if (need > rest) {
				bits[(first + j) / 64] |= UINT64_C(1) << (first + j) % 64;
				need -= worth;
			}
		}
		assert(need == 0);
		first += count;
	}
}

taut_status taut_plan_observe(taut_formulation *f, const taut_round *round, const taut_ctx *ctx,
                              taut_error *err)
{
	(void)ctx;
	(void)f;
	(void)round;
	(void)err;
	return TAUT_OK;
}

void taut_plan_describe(taut_applied *out, const taut_formulation *f)
{
	const taut_plan *plan = (const taut_plan *)f;
	bool             weights = false;
	bool             multipliers = false;

	for (uint32_t k = 0; k < plan->model->n_rows; k++) {
		weights |= plan->weights[k] != 0;
		multipliers |= plan->multipliers[k] != 0;
	}
	*out = (taut_applied){.slack_variables = plan->slack_variables,
	                      .weights = weights ? plan->weights : NULL,
	                      .multipliers = multipliers ? plan->multipliers : NULL,
	                      .conflict_weight = plan->pair_weight};
}
