/* Multidimensional knapsack: maximise profits x, weights x <= capacities. x_i: item i is chosen. */

#include "base/alloc.h"
#include "formulations/families/common.h"
#include "model/evaluate.h"

static taut_status check(const taut_mdkp_data *data, taut_error *err)
{
	taut_status st = taut_expect_numbers(&data->profits, 1, data->n, "profits", err);

	if (st == TAUT_OK)
		st = taut_expect_numbers(&data->weights, data->m, data->n, "weights", err);
	if (st == TAUT_OK)
		st = taut_expect_numbers(&data->capacities, 1, data->m, "capacities", err);
	if (st != TAUT_OK)
		return st;
	for (size_t i = 0; i < data->profits.n; i++)
		if (data->profits.v[i] < 0)
			return taut_fail(err, TAUT_EINPUT, "the profit of item %zu is negative",
			                 i + 1);
	for (size_t e = 0; e < data->weights.n; e++)
		if (data->weights.v[e] < 0)
			return taut_fail(err, TAUT_EINPUT,
			                 "the weight of item %zu in row %zu is negative",
			                 e % data->n + 1, e / data->n + 1);
	for (size_t k = 0; k < data->capacities.n; k++)
		if (data->capacities.v[k] < 0)
			return taut_fail(err, TAUT_EINPUT, "the capacity of row %zu is negative",
			                 k + 1);
	return TAUT_OK;
}

static taut_status add_rows(taut_model *m, const taut_mdkp_data *data, taut_error *err)
{
	const int32_t decimals = data->weights.decimals > data->capacities.decimals
	                                 ? data->weights.decimals
	                                 : data->capacities.decimals;
	taut_status   st;
	int64_t      *weights = NULL;
	int64_t      *capacities = NULL;
	uint32_t     *col = NULL;

	st = taut_numbers_at_scale(&weights, &data->weights, decimals, err);
	if (st == TAUT_OK)
		st = taut_numbers_at_scale(&capacities, &data->capacities, decimals, err);
	if (st != TAUT_OK)
		goto done;
	col = taut_alloc(data->n, sizeof *col, err);
	if (!col) {
		st = TAUT_ENOMEM;
		goto done;
	}
	for (uint32_t i = 0; i < data->n; i++)
		col[i] = i;
	for (uint32_t k = 0; k < data->m && st == TAUT_OK; k++)
		st = taut_model_add_row(m, TAUT_ROW_LINEAR, col, weights + (size_t)k * data->n,
		                        data->n, TAUT_NO_LIMIT_LO, capacities[k], decimals, NULL,
		                        err);
done:
	taut_free(weights);
	taut_free(capacities);
	taut_free(col);
	return st;
}

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_mdkp_data *data = &instance->data.mdkp;
	taut_model           *m = NULL;
	taut_status           st;

	*out = NULL;
	st = check(data, err);
	if (st == TAUT_OK)
		st = taut_model_new(&m, TAUT_FAMILY_MDKP, instance->name, data->n, true,
		                    data->profits.decimals, err);
	for (uint32_t i = 0; i < data->n && st == TAUT_OK; i++)
		st = taut_model_add_term(m, i, i, data->profits.v[i], err);
	if (st == TAUT_OK)
		st = add_rows(m, data, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	const int32_t decimals = m->n_rows ? m->rows[0].decimals : 0; /* one scale for all rows */
	taut_status   st;
	int64_t      *loads;
	int64_t      *capacities;

	*out = (taut_decoded){0};
	st = taut_decoded_add_ones(out, "items", m, x, err);
	if (st == TAUT_OK)
		st = taut_decoded_add(&loads, out, "loads", m->n_rows, decimals, err);
	if (st == TAUT_OK)
		st = taut_decoded_add(&capacities, out, "capacities", m->n_rows, decimals, err);
	if (st != TAUT_OK)
		return st;
	for (uint32_t k = 0; k < m->n_rows; k++) {
		loads[k] = taut_row_activity(m, k, x);
		capacities[k] = m->rows[k].hi;
	}
	return TAUT_OK;
}

const taut_family_ops taut_mdkp_ops = {TAUT_FAMILY_MDKP, build, decode};
