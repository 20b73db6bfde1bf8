#include "formulations/factors.h"

#include <math.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "formulations/objective.h"

static const double ENTRY_VISIT = 16; /* instructions: the header */
static const double ENTRY_FLIP = 16;
static const double COUPLING_FLIP = 16;
static const double DENSE_COLUMN = 2;
static const double FLIPPING = 0.63; /* visits with a flip in some lane */
static const double WORTH = 0.5;     /* of the cost of couplings, at most */
static const double REACH_LIMIT = 0x1p29; /* of an activity less its limit */

static bool is_squared(const taut_plan *plan, uint32_t k)
{
	return plan->rows[k].weight > 0;
}

taut_factor_costs taut_factors_cost(const taut_plan *plan, double variables)
{
	const taut_model *m = plan->model;
	taut_factor_costs c = {0, 0, 0};
	const double      pairs = variables * (variables - 1) / 2;
	const double      objective = fmin(taut_objective_couplings(m), pairs);
	double            entries = 0;
	double            products = 0;

	for (uint32_t k = 0; k < m->n_rows; k++) {
		const double count = (double)m->rows[k].count;

		if (!is_squared(plan, k))
			continue;
		entries += count;
		products += count * (count - 1) / 2;
	}
	c.couplings = fmin(products, pairs);
	c.kept = entries * (ENTRY_VISIT + FLIPPING * ENTRY_FLIP) +
	         2 * objective * FLIPPING * COUPLING_FLIP;
	c.expanded = fmin(2 * fmin(c.couplings + objective, pairs) * FLIPPING * COUPLING_FLIP,
	                  variables * variables * DENSE_COLUMN);
	return c;
}

bool taut_factors_kept(const taut_plan *plan, double variables)
{
	const taut_factor_costs c = taut_factors_cost(plan, variables);

	if (plan->exchange && taut_formulation_exchanges(plan->model))
		return false; /* one-hot groups move beside couplings alone */
	if (plan->factors != TAUT_FACTORS_AUTO)
		return plan->factors == TAUT_FACTORS_KEPT;
	return c.kept < WORTH * c.expanded || c.couplings > TAUT_QUBO_COUPLINGS_MAX;
}

/* Bits that the row's numbers go without. */
static int32_t narrowing(const taut_model *m, uint32_t k)
{
	const taut_row *row = &m->rows[k];
	double          reach = taut_row_size(m, k);
	int32_t         bits = 0;

	if (row->hi != TAUT_NO_LIMIT_HI)
		reach += fabs((double)row->hi);
	if (row->lo != TAUT_NO_LIMIT_LO)
		reach += fabs((double)row->lo);
	while (ldexp(reach, -bits) >= REACH_LIMIT)
		bits++;
	return bits;
}

static int64_t nearest(int64_t v, int32_t bits)
{
	return bits ? (v + (INT64_C(1) << (bits - 1))) >> bits : v;
}

taut_status taut_factors_add_excess(taut_qubo_builder *b, taut_plan *plan, uint32_t k, int32_t bits,
                                    taut_error *err)
{
	const taut_model *m = plan->model;
	const taut_row   *row = &m->rows[k];
	const double      unit = (double)taut_power_of_ten(row->decimals);
	const int32_t     spare = narrowing(m, k);
	int64_t          *coef = taut_alloc(row->count, sizeof *coef, err);
	int64_t           price;
	taut_status       st = TAUT_ENOMEM;

	if (!coef)
		goto done;
	st = taut_fixed_point(&price, plan->rows[k].excess, bits + spare, err);
	if (st != TAUT_OK)
		goto done;
	price += price == 0;
	for (size_t e = 0; e < row->count; e++)
		coef[e] = nearest(m->row_coef[row->first + e], spare);
	if (row->hi != TAUT_NO_LIMIT_HI)
		st = taut_qubo_add_excess(b, price, m->row_col + row->first, coef, row->count,
		                          nearest(row->hi, spare), err);
	for (size_t e = 0; e < row->count; e++)
		coef[e] = -coef[e];
	if (st == TAUT_OK && row->lo != TAUT_NO_LIMIT_LO)
		st = taut_qubo_add_excess(b, price, m->row_col + row->first, coef, row->count,
		                          -nearest(row->lo, spare), err);
	plan->weights[k] = ldexp((double)price, -bits - spare) / plan->objective_unit * unit;
done:
	taut_free(coef);
	return st;
}
