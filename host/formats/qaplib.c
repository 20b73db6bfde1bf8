/* QAPLIB (Burkard, Karisch, Rendl 1997): n, then the matrices A and B row by row; the cost of
 * permutation p is sum_ij A[i][j] B[p(i)][p(j)]. Line breaks mean nothing. */
#include "formats/reader.h"

enum { FACILITIES_MAX = 10000 }; /* n^2 variables and n^2 numbers of 8 bytes, twice */

taut_status taut_read_qaplib(taut_reader *reader, taut_error *err)
{
	taut_scan     *scan = reader->scan;
	taut_instance *instance;
	taut_qap_data *qap;
	int64_t        n = 0;
	taut_status    st = taut_reader_add(&instance, reader, TAUT_FAMILY_QAP, NULL, err);

	if (st != TAUT_OK)
		return st;
	qap = &instance->data.qap;
	st = taut_scan_integer(&n, scan, "number of facilities", 1, FACILITIES_MAX, err);
	qap->n = (uint32_t)n;
	if (st == TAUT_OK)
		st = taut_scan_numbers(&qap->flows, scan, qap->n, qap->n, "first matrix",
		                       TAUT_SCAN_SIGNED, err);
	if (st == TAUT_OK)
		st = taut_scan_numbers(&qap->distances, scan, qap->n, qap->n, "second matrix",
		                       TAUT_SCAN_SIGNED, err);
	return st == TAUT_OK ? taut_scan_end(scan, err) : st;
}
