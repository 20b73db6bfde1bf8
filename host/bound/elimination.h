/*
 * In which order a sparse symmetric matrix is factored: minimum degree (Tinney & Walker 1967,
 * scheme 2) on the elimination graph itself, as long as the least degree is below half of what
 * remains; the rest, which fills in anyway, is taken to be dense.
 *
 * Eliminating v makes its neighbours adjacent to each other; they are the rows of column v of the
 * factor. Ties go to the vertex whose degree changed last.
 */
#ifndef TAUT_BOUND_ELIMINATION_H
#define TAUT_BOUND_ELIMINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/status.h"

/* Off-diagonal entries, symmetric CSR, each pair in both rows, no diagonal. Views. */
typedef struct {
	uint32_t        n;
	const size_t   *row; /* [n + 1] */
	const uint32_t *col;
	const double   *value;
} taut_couplings;

typedef struct {
	uint32_t  n;
	uint32_t  head;  /* columns before the dense rest */
	uint32_t *place; /* [n] place of each variable in the order */
	size_t   *first; /* [head + 1] slices of row */
	uint32_t *row;   /* places of the rows below the diagonal, rising */
} taut_elimination;

/* `hub`: the last variable is coupled to most others; it comes last. *fits is false where the head
 * has more than `limit` rows; nothing else may then be asked. Once ctx stops it, the rest is dense.
 * End it with taut_elimination_fini either way. ENOMEM. */
taut_status taut_elimination_init(taut_elimination *out, bool *fits, const taut_couplings *a,
                                  bool hub, size_t limit, const taut_ctx *ctx,
                                  taut_error *err) TAUT_MUST_CHECK;
void        taut_elimination_fini(taut_elimination *e);

#endif
