/*
 * An objective without rows as an exact energy of spins s_i = 2 x_i - 1, to be minimised (a
 * maximisation is negated): with f the objective less its offset, c and q its linear and quadratic
 * terms,
 *
 *   4 f = constant + sum_i field_i s_i + sum_{i<j} q_ij s_i s_j
 *   constant = 2 sum c + sum q,   field_i = 2 c_i + sum_j q_ij
 *
 * as x = (1 + s) / 2 and x_i x_j = (1 + s_i + s_j + s_i s_j) / 4. f is a multiple of the greatest
 * common divisor of c and q, to which a bound of 4 f is rounded up.
 */
#ifndef TAUT_BOUND_ISING_H
#define TAUT_BOUND_ISING_H

#include "model/model.h"

__extension__ typedef __int128 taut_int128;

typedef struct {
	const taut_model *model; /* a view */
	int64_t  sign;      /* -1: the model maximises; c = sign * linear, q = sign * coupling */
	int64_t *field;     /* [n] */
	bool     has_field; /* some field is not 0 */
	int64_t  constant;
	int64_t  divisor;   /* of c and q; 0: all are 0 */
	int64_t  magnitude; /* sum |field_i| + sum_{i<j} |q_ij| */
	int64_t  largest;   /* max_i |field_i| + sum_j |q_ij| */
	size_t   terms;     /* pairs with q_ij != 0 */
} taut_ising;

/* Of a model with TAUT_STRUCTURE_FREE, which outlives it. *fits is false, and nothing else may be
 * looked at, where a number leaves 64 bits. The caller ends it with taut_ising_fini either way.
 * ENOMEM. */
taut_status taut_ising_init(taut_ising *out, bool *fits, const taut_model *model,
                            taut_error *err) TAUT_MUST_CHECK;
void        taut_ising_fini(taut_ising *s);

/* The model's bound (its sense, offset included) that follows from 4 f >= numerator / denominator,
 * denominator > 0 and below 2^60. False where it leaves 64 bits. */
bool taut_ising_value(int64_t *out, const taut_ising *s, taut_int128 numerator,
                      int64_t denominator);

#endif
