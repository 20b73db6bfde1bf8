#include "formats/pairs.h"

#include <assert.h>
#include <inttypes.h>

#include "base/alloc.h"

taut_status taut_pairs_ends(uint32_t *u, uint32_t *v, taut_scan *scan, const char *what, uint32_t n,
                            taut_error *err)
{
	int64_t     end[2] = {1, 1};
	taut_status st = taut_scan_integer_here(&end[0], scan, what, 1, n, err);

	if (st == TAUT_OK)
		st = taut_scan_integer_here(&end[1], scan, what, 1, n, err);
	*u = (uint32_t)(end[0] - 1);
	*v = (uint32_t)(end[1] - 1);
	return st;
}

taut_status taut_pairs_header(uint32_t *n, size_t *m, taut_scan *scan, const char *thing,
                              const char *listed, taut_error *err)
{
	int64_t     count = 0;
	taut_status st = taut_scan_variables(n, scan, thing, err);

	if (st == TAUT_OK)
		st = taut_scan_integer_here(&count, scan, listed, 0, TAUT_SCAN_COUNT_MAX, err);
	if (st == TAUT_OK)
		st = taut_scan_line_end(scan, err);
	*m = (size_t)count;
	return st;
}

/* Buckets the pairs by their smaller end, in order (a counting sort); within a bucket the larger
 * end says in seen[] that it was met. */
taut_status taut_pairs_repeats(bool **out, const uint32_t *u, const uint32_t *v, size_t n_pairs,
                               uint32_t n, taut_error *err)
{
	taut_status st = TAUT_ENOMEM;
	bool       *repeats = taut_alloc(n_pairs, sizeof *repeats, err);
	size_t     *next = NULL;  /* [n + 1], where the next pair of a bucket goes */
	size_t     *order = NULL; /* [n_pairs], pairs bucket by bucket */
	uint32_t   *seen = NULL;  /* [n], 1 + the last bucket that had this larger end */

	*out = NULL;
	if (repeats)
		next = taut_alloc((size_t)n + 1, sizeof *next, err);
	if (next)
		order = taut_alloc(n_pairs, sizeof *order, err);
	if (order)
		seen = taut_alloc(n, sizeof *seen, err);
	if (!seen)
		goto done;
	for (size_t k = 0; k < n_pairs; k++) {
		assert(u[k] < n && v[k] < n);
		next[(u[k] < v[k] ? u[k] : v[k]) + 1]++;
	}
	for (uint32_t i = 0; i < n; i++)
		next[i + 1] += next[i];
	for (size_t k = 0; k < n_pairs; k++)
		order[next[u[k] < v[k] ? u[k] : v[k]]++] = k;
	for (size_t p = 0; p < n_pairs; p++) {
		size_t   k = order[p];
		uint32_t low = u[k] < v[k] ? u[k] : v[k];
		uint32_t high = u[k] < v[k] ? v[k] : u[k];
		repeats[k] = seen[high] == low + 1;
		seen[high] = low + 1;
	}
	*out = repeats;
	repeats = NULL; /* now the caller's */
	st = TAUT_OK;
done:
	taut_free(repeats);
	taut_free(next);
	taut_free(order);
	taut_free(seen);
	return st;
}

taut_status taut_pairs_refuse_repeats(taut_scan body, const uint32_t *u, const uint32_t *v,
                                      size_t n_pairs, uint32_t n, taut_error *err)
{
	bool       *repeats;
	size_t      k = 0;
	taut_status st = taut_pairs_repeats(&repeats, u, v, n_pairs, n, err);

	if (st != TAUT_OK)
		return st;
	while (k < n_pairs && !repeats[k])
		k++;
	taut_free(repeats);
	if (k == n_pairs)
		return TAUT_OK;
	for (size_t line = 0; line < k && taut_scan_find(&body); line++)
		taut_scan_skip_line(&body);
	(void)taut_scan_find(&body);
	return taut_scan_fail(&body, NULL, err, "the pair %" PRIu32 " %" PRIu32 " stood before",
	                      u[k] + 1, v[k] + 1);
}
