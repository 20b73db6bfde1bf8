/* Quadratic assignment: minimise sum_ij flows_ij distances_p(i)p(j). x_(i n + k): facility i stands
 * at location k = p(i). */
#include <inttypes.h>

#include "base/decimal.h"
#include "formulations/families/common.h"

static taut_status build(taut_model **out, const taut_instance *instance, taut_error *err)
{
	const taut_qap_data *data = &instance->data.qap;
	const int32_t        decimals = data->flows.decimals + data->distances.decimals;
	taut_model          *m = NULL;
	taut_status          st;

	*out = NULL;
	if (data->n == 0 || data->n > UINT16_MAX) /* n * n variables */
		return taut_fail(err, TAUT_EINPUT, "%" PRIu32 " facilities; 1 to 65535 are taken",
		                 data->n);
	st = taut_expect_numbers(&data->flows, data->n, data->n, "flows", err);
	if (st == TAUT_OK)
		st = taut_expect_numbers(&data->distances, data->n, data->n, "distances", err);
	if (st != TAUT_OK)
		return st;
	if (decimals > TAUT_DECIMALS_MAX)
		return taut_fail(err, TAUT_EINPUT,
		                 "products of flows and distances have %" PRId32
		                 " decimals; at most %d are taken",
		                 decimals, (int)TAUT_DECIMALS_MAX);
	st = taut_model_new(&m, TAUT_FAMILY_QAP, instance->name, data->n * data->n, false, decimals,
	                    err);
	if (st == TAUT_OK)
		st = taut_model_set_permutation(m, data->n, data->flows.v, data->distances.v, err);
	if (st == TAUT_OK)
		st = taut_family_hand_over(out, &m, err);
	taut_model_free(m);
	return st;
}

static taut_status decode(taut_decoded *out, const taut_model *m, const uint8_t *x, taut_error *err)
{
	int64_t *p;

	*out = (taut_decoded){0};
	return taut_decoded_add_permutation(&p, out, "assignment", m, x, err);
}

const taut_family_ops taut_qap_ops = {TAUT_FAMILY_QAP, build, decode};
