/* Lists of pairs with a number on every line: edges and terms. */
#ifndef TAUT_FORMATS_PAIRS_H
#define TAUT_FORMATS_PAIRS_H

#include "formats/reader.h"

/* Reads the next two tokens of the line as two of n things, which count from 1 in the file; *u and
 * *v count from 0. `what` is "vertex" or "variable". */
taut_status taut_pairs_ends(uint32_t *u, uint32_t *v, taut_scan *scan, const char *what, uint32_t n,
                            taut_error *err) TAUT_MUST_CHECK;

/* Reads the two header numbers n and m of a line: n things of which m pairs are listed. */
taut_status taut_pairs_header(uint32_t *n, size_t *m, taut_scan *scan, const char *thing,
                              const char *listed, taut_error *err) TAUT_MUST_CHECK;

/* Marks the repeats: (*out)[k] where {u[k], v[k]} stood before, in either order. The caller frees
 * *out, [n_pairs]. Time and memory of the order n + n_pairs. ENOMEM. On failure *out is NULL. */
taut_status taut_pairs_repeats(bool **out, const uint32_t *u, const uint32_t *v, size_t n_pairs,
                               uint32_t n, taut_error *err) TAUT_MUST_CHECK;

/* EINPUT at the line of the first repeat. Pair k must stand in the k-th line from `body` on that is
 * not blank. */
taut_status taut_pairs_refuse_repeats(taut_scan body, const uint32_t *u, const uint32_t *v,
                                      size_t n_pairs, uint32_t n, taut_error *err) TAUT_MUST_CHECK;

#endif
