/*
 * The lists of a search by merging (merge.h): a system of equations, the states of quarters of its
 * variables, and the states of a half, made part by part from two quarters. Private to host/answer.
 */
#ifndef TAUT_ANSWER_MERGE_LISTS_H
#define TAUT_ANSWER_MERGE_LISTS_H

#include "model/model.h"

typedef struct {
	uint32_t n_rows, n;
	int64_t *coef;   /* [n_rows][n], row by row without common divisor */
	int64_t *target; /* [n_rows] */
	bool     absurd; /* a target is no multiple of its row's divisor */
} taut_equations;

typedef struct {
	uint64_t key;
	uint32_t mask; /* of the quarter's variables, those that are 1 */
} taut_merge_state;

typedef struct {
	taut_merge_state *states;
	size_t            n;
	uint32_t          first, count; /* variables [first, first + count) */
} taut_quarter;

/* States of a half: one outer and one inner state together. */
typedef struct {
	taut_quarter outer, inner;
	uint64_t    *inner_key; /* [inner.n] those of its states, sorted by their last p bits */
	size_t      *start;     /* [2^p + 1] where the keys of each ending start */
} taut_half;

/* A fixed odd number for each index. */
uint64_t taut_merge_multiplier(uint32_t index);

/* The equations of a model that taut_merge_applies to. The caller frees the arrays, also after a
 * failure. ENOMEM. */
taut_status taut_equations_init(taut_equations *eq, const taut_model *m,
                                taut_error *err) TAUT_MUST_CHECK;

/* All states of `count` <= 31 variables, one of each kind: of those with equal rows the least mask.
 * The caller frees the states, also after a failure. ENOMEM. */
taut_status taut_quarter_init(taut_quarter *q, const taut_equations *eq, uint32_t first,
                              uint32_t count, taut_error *err) TAUT_MUST_CHECK;

/* What the variables of the mask give row k. */
int64_t taut_quarter_activity(const taut_equations *eq, uint32_t k, const taut_quarter *q,
                              uint32_t mask);

/* Sorts the inner states of a half by the last part_bits of their keys, for the two below. The
 * caller frees inner_key and start, also after a failure. ENOMEM. */
taut_status taut_half_index(taut_half *h, uint32_t part_bits, taut_error *err) TAUT_MUST_CHECK;

/* Keys of the half that end in `part` (low: the mask of the last part_bits), from outer state *at
 * on, while `room` has place for all that an outer state makes; *at moves on. Returns how many. */
size_t taut_half_part(uint64_t *out, size_t *at, const taut_half *h, uint64_t part, uint64_t low,
                      size_t room);

/* The next pair of states with that key, from *outer and *inner on, which start at 0: mask[0] of
 * the outer, mask[1] of the inner. False where there are no more. */
bool taut_half_pair(uint32_t *mask, size_t *outer, size_t *inner, const taut_half *h, uint64_t key,
                    uint64_t low);

#endif
