#include "formats/qplib_lines.h"

#include <string.h>

bool taut_qplib_find_line(taut_scan *scan)
{
	while (taut_scan_find(scan)) {
		if (!strchr("!%#", scan->text[scan->at]))
			return true;
		taut_scan_skip_line(scan);
	}
	return false;
}

taut_status taut_qplib_word(taut_token *out, taut_scan *scan, const char *what, taut_error *err)
{
	taut_status st;

	(void)taut_qplib_find_line(scan);
	st = taut_scan_need(out, scan, what, err);
	if (st == TAUT_OK)
		taut_scan_skip_line(scan);
	return st;
}

taut_status taut_qplib_number(taut_decimal *out, taut_scan *scan, const char *what, taut_error *err)
{
	taut_token  token;
	taut_status st = taut_qplib_word(&token, scan, what, err);

	return st == TAUT_OK ? taut_token_number(out, scan, &token, what, err) : st;
}

taut_status taut_qplib_count(int64_t *out, taut_scan *scan, const char *what, int64_t low,
                             int64_t high, taut_error *err)
{
	taut_token  token;
	taut_status st = taut_qplib_word(&token, scan, what, err);

	return st == TAUT_OK ? taut_token_integer(out, scan, &token, what, low, high, err) : st;
}

int64_t taut_qplib_lines_most(const taut_scan *scan)
{
	return (int64_t)((scan->size - scan->at) / 3 + 1);
}

taut_status taut_qplib_index(uint32_t *out, taut_scan *scan, const char *what, uint32_t most,
                             taut_error *err)
{
	int64_t     index = 0;
	taut_status st = taut_scan_integer_here(&index, scan, what, 1, most, err);

	*out = (uint32_t)(index - 1);
	return st;
}
