/* Nearest permutation to a bitstring, by an assignment problem. Private to host/answer. */
#ifndef TAUT_ANSWER_ROUNDING_H
#define TAUT_ANSWER_ROUNDING_H

#include "model/assignment.h"
#include "model/model.h"

/* p[a] = l for the ones of x ([n][n]); false where x is no permutation, p is then partly filled. */
bool taut_rounding_read(uint32_t *p, const uint8_t *x, uint32_t n);
void taut_rounding_write(uint8_t *x, const uint32_t *p, uint32_t n);

/* p: the permutation that shares most ones with x; among those, one that is cheap in flow x
 * distance against the places that x determines (sign -1: dear). O(n^3). */
void taut_rounding_nearest(uint32_t *p, taut_assignment *r, const taut_permutation *block,
                           const uint8_t *x, int64_t sign);

#endif
