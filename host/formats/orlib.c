/* OR-Library mknap1 and mknapcb (J. E. Beasley): the number of problems, then for each `n m
 * optimum`, n profits, the weights constraint by constraint and m capacities. Line breaks mean
 * nothing. */
#include "formats/mdkp.h"

#include <inttypes.h>
#include <stdio.h>

static taut_status read_problem(taut_reader *reader, const char *name, taut_error *err)
{
	taut_scan     *scan = reader->scan;
	taut_instance *instance;
	taut_status    st = taut_reader_add(&instance, reader, TAUT_FAMILY_MDKP, name, err);

	if (st == TAUT_OK)
		st = taut_mdkp_size(&instance->data.mdkp, scan, true, err);
	if (st == TAUT_OK)
		st = taut_mdkp_optimum(instance, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_profits(&instance->data.mdkp, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_weights(&instance->data.mdkp, scan, err);
	if (st == TAUT_OK)
		st = taut_mdkp_capacities(&instance->data.mdkp, scan, err);
	return st;
}

taut_status taut_read_orlib(taut_reader *reader, taut_error *err)
{
	int64_t     count = 0;
	char        name[128];
	taut_status st;

	st = taut_scan_integer(&count, reader->scan, "number of problems", 1, TAUT_SCAN_COUNT_MAX,
	                       err);
	for (int64_t k = 1; st == TAUT_OK && k <= count; k++) {
		(void)snprintf(name, sizeof name, "%.100s-%" PRId64, reader->name, k);
		st = read_problem(reader, name, err);
	}
	return st == TAUT_OK ? taut_scan_end(reader->scan, err) : st;
}
