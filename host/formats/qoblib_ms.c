/* QOBLIB class 01, market split: comments after #, `m n` (rows first), then m rows of n
 * coefficients and the right-hand side. Read in the deviation form: minimise sum_k |demands_k x -
 * targets_k|. */
#include "formats/reader.h"

taut_status taut_read_qoblib_ms(taut_reader *reader, taut_error *err)
{
	taut_scan        *scan = reader->scan;
	taut_instance    *instance;
	taut_market_data *market;
	int64_t           m = 0;
	int64_t           n = 0;
	taut_status       st;

	st = taut_reader_add(&instance, reader, TAUT_FAMILY_MARKET_SHARE, NULL, err);
	if (st != TAUT_OK)
		return st;
	market = &instance->data.market;
	scan->comment = "#";
	st = taut_scan_integer(&m, scan, "number of rows", 1, TAUT_SCAN_COUNT_MAX, err);
	if (st == TAUT_OK)
		st = taut_scan_integer(&n, scan, "number of columns", 1, TAUT_SCAN_COUNT_MAX, err);
	market->m = (uint32_t)m;
	market->n = (uint32_t)n;
	for (uint32_t k = 0; st == TAUT_OK && k < market->m; k++) {
		st = taut_scan_numbers(&market->demands, scan, 1, market->n,
		                       "coefficients of a row", TAUT_SCAN_SIGNED, err);
		if (st == TAUT_OK)
			st = taut_scan_numbers(&market->targets, scan, 1, 1,
			                       "right-hand side of a row", TAUT_SCAN_SIGNED, err);
	}
	return st == TAUT_OK ? taut_scan_end(scan, err) : st;
}
