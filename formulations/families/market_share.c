/* Market share (split): minimise sum_k |demands_k x - targets_k|, or find x with demands x =
 * targets. x_j: retailer j goes to the first division. */
#include "base/alloc.h"
#include "formulations/families/common.h"
#include "model/evaluate.h"

static taut_status add_products(taut_model *m, const taut_market_data *data, int32_t decimals,
                                taut_error *err)
{
	taut_status st;
	int64_t    *demands = NULL;
	int64_t    *targets = NULL;
	uint32_t   *col = NULL;

	st = taut_numbers_at_scale(&demands, &data->demands, decimals, err);
	if (st == TAUT_OK)
		st = taut_numbers_at_scale(&targets, &data->targets, decimals, err);
	if (st != TAUT_OK)
		goto done;
	col = taut_alloc(data->n, sizeof *col, err);
	if (!col) {
		st = TAUT_ENOMEM;
		goto done;
	}
	for (uint32_t j = 0; j < data->n; j++)
		col[j] = j;
	for (uint32_t k = 0; k < data->m && st == TAUT_OK; k++) {
		const int64_t *row = demands + (size_t)k * data->n;
		st = data->feasibility
		             ? taut_model_add_row(m, TAUT_ROW_LINEAR, col, row, data->n, targets[k],
		                                  targets[k], decimals, NULL, err)
		             : taut_model_add_form(m, TAUT_FORM_ABS, 1, col, row, data->n,
		                                   targets[k], NULL, err);
	}
done:
	taut_free(demands);
	taut_free(targets);
	taut_free(col);
	return st;
}

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_market_data *data = &instance->data.market;
	const int32_t           decimals = data->demands.decimals > data->targets.decimals
	                                           ? data->demands.decimals
	                                           : data->targets.decimals;
	taut_model             *m = NULL;
	taut_status             st;

	*out = NULL;
	st = taut_expect_numbers(&data->demands, data->m, data->n, "demands", err);
	if (st == TAUT_OK)
		st = taut_expect_numbers(&data->targets, 1, data->m, "targets", err);
	if (st == TAUT_OK)
		st = taut_model_new(&m, TAUT_FAMILY_MARKET_SHARE, instance->name, data->n, false,
		                    decimals, err);
	if (st == TAUT_OK)
		st = add_products(m, data, decimals, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

/* The retailers of the first division, and by product how far its demand is from the target
 * (signed). */
static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	taut_status st;
	int64_t    *deviation;

	*out = (taut_decoded){0};
	st = taut_decoded_add_ones(out, "chosen", m, x, err);
	if (st == TAUT_OK)
		st = taut_decoded_add(&deviation, out, "deviation", (size_t)m->n_forms + m->n_rows,
		                      m->decimals, err);
	if (st != TAUT_OK)
		return st;
	for (uint32_t f = 0; f < m->n_forms; f++)
		deviation[f] = taut_form_residual(m, f, x);
	for (uint32_t k = 0; k < m->n_rows; k++)
		deviation[k] = taut_row_activity(m, k, x) - m->rows[k].lo;
	return TAUT_OK;
}

const taut_family_ops taut_market_share_ops = {TAUT_FAMILY_MARKET_SHARE, build, decode};
