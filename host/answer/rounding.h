/* Nearest permutation to a bitstring, by an assignment problem. Private to host/answer. */
#ifndef TAUT_ANSWER_ROUNDING_H
#define TAUT_ANSWER_ROUNDING_H

#include "model/model.h"

typedef struct {
	uint32_t  n;
	int64_t  *cost;           /* [n][n] */
	int64_t  *u, *v, *least;  /* [n + 1] scratch of the assignment */
	uint32_t *match, *origin; /* [n + 1] */
	uint8_t  *used;           /* [n + 1] */
} taut_rounding;

/* Caller's storage; fini frees what init made. ENOMEM. */
taut_status taut_rounding_init(taut_rounding *r, uint32_t n, taut_error *err) TAUT_MUST_CHECK;
void        taut_rounding_fini(taut_rounding *r);

/* p[a] = l for the ones of x ([n][n]); false where x is no permutation, p is then partly filled. */
bool taut_rounding_read(uint32_t *p, const uint8_t *x, uint32_t n);
void taut_rounding_write(uint8_t *x, const uint32_t *p, uint32_t n);

/* p: the permutation that shares most ones with x; among those, one that is cheap in flow x
 * distance against the places that x determines (sign -1: dear). O(n^3). */
void taut_rounding_nearest(uint32_t *p, taut_rounding *r, const taut_permutation *block,
                           const uint8_t *x, int64_t sign);

/* p[a] = l of least total r->cost. The shortest augmenting path method (Jonker & Volgenant 1987).
 */
void taut_rounding_assign(uint32_t *p, taut_rounding *r);

#endif
