/* One knapsack problem: `n m optimum` (SAC-94 as published by SMU-Quantum) or `n m` (Glover and
 * Kochenberger), n profits, the weights constraint by constraint, m capacities. Line breaks mean
 * nothing, so whether the optimum stands there is told by counting the numbers; and where that
 * leaves a doubt, by the first line. */
#include "formats/mdkp.h"

#include <inttypes.h>

#include "base/checked.h"

/* Sets *has_optimum; EINPUT when the count of numbers fits neither form. `scan` stands at the
 * file's beginning. */
static taut_status find_form(bool *has_optimum, taut_scan scan, const taut_mdkp_data *size,
                             taut_error *err)
{
	taut_token token;
	size_t     n_first_line = 0;
	size_t     n_numbers;
	size_t     without = 0; /* n m, profits, weights, capacities */

	(void)taut_scan_find(&scan);
	while (taut_scan_next_here(&scan, &token))
		n_first_line++;
	n_numbers = n_first_line;
	while (taut_scan_next(&scan, &token))
		n_numbers++;
	if (!taut_mul_size(&without, (size_t)size->n + 1, (size_t)size->m + 1) ||
	    !taut_add_size(&without, without, 1)) /* (n + 1)(m + 1) + 1 = 2 + n + n m + m */
		without = SIZE_MAX - 1;
	*has_optimum = n_numbers == without + 1;
	if ((n_numbers == without && n_first_line != 3) ||
	    (n_numbers == without + 1 && n_first_line != 2))
		return TAUT_OK;
	return taut_scan_fail(&scan, NULL, err,
	                      "the file holds %zu numbers; %" PRIu32 " items and %" PRIu32
	                      " constraints take %zu, or %zu with the optimum in the first line",
	                      n_numbers, size->n, size->m, without, without + 1);
}

taut_status taut_read_sac94(taut_reader *reader, taut_error *err)
{
	taut_scan     *scan = reader->scan;
	taut_scan      start = *scan;
	bool           has_optimum = false;
	taut_instance *instance;
	taut_status    st = taut_reader_add(&instance, reader, TAUT_FAMILY_MDKP, NULL, err);

	if (st == TAUT_OK)
		st = taut_mdkp_size(&instance->data.mdkp, scan, true, err);
	if (st == TAUT_OK)
		st = find_form(&has_optimum, start, &instance->data.mdkp, err);
	if (st == TAUT_OK && has_optimum)
		st = taut_mdkp_optimum(instance, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_profits(&instance->data.mdkp, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_weights(&instance->data.mdkp, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_capacities(&instance->data.mdkp, scan, err);
	return st == TAUT_OK ? taut_scan_end(scan, err) : st;
}
