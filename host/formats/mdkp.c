#include "formats/mdkp.h"

#include <assert.h>

taut_status taut_mdkp_size(taut_mdkp_data *out, taut_scan *scan, bool items_first, taut_error *err)
{
	static const char *const what[2] = {"number of constraints", "number of items"};
	int64_t                  size[2] = {0, 0};
	taut_status              st;

	st = taut_scan_integer(&size[0], scan, what[items_first], 1, TAUT_SCAN_COUNT_MAX, err);
	if (st == TAUT_OK)
		st = taut_scan_integer(&size[1], scan, what[!items_first], 1, TAUT_SCAN_COUNT_MAX,
		                       err);
	out->n = (uint32_t)size[!items_first];
	out->m = (uint32_t)size[items_first];
	return st;
}

taut_status taut_mdkp_profits(taut_mdkp_data *out, taut_scan *scan, taut_error *err)
{
	assert(out->n > 0);
	return taut_scan_numbers(&out->profits, scan, 1, out->n, "profits", TAUT_SCAN_NOT_NEGATIVE,
	                         err);
}

taut_status taut_mdkp_weights(taut_mdkp_data *out, taut_scan *scan, taut_error *err)
{
	assert(out->n > 0 && out->m > 0);
	return taut_scan_numbers(&out->weights, scan, out->m, out->n, "weights",
	                         TAUT_SCAN_NOT_NEGATIVE, err);
}

taut_status taut_mdkp_capacities(taut_mdkp_data *out, taut_scan *scan, taut_error *err)
{
	assert(out->m > 0);
	return taut_scan_numbers(&out->capacities, scan, 1, out->m, "capacities",
	                         TAUT_SCAN_NOT_NEGATIVE, err);
}

taut_status taut_mdkp_optimum(taut_instance *out, taut_scan *scan, taut_error *err)
{
	taut_token  token;
	taut_status st = taut_scan_need(&token, scan, "the optimum", err);

	if (st == TAUT_OK)
		st = taut_token_number(&out->best_known, scan, &token, "optimum", err);
	out->has_best_known = st == TAUT_OK && out->best_known.value != 0;
	return st;
}
