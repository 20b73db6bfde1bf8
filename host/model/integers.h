/*
 * Whole numbers in bits. A number of 0 .. R is the sum of w_k x_k over bits x_k whose weights are
 *
 *   1, 2, 4, .. 2^(p-1),  then mu as often as it fits,  then what is left of R,
 *
 * where p is the largest with 2^(p-1) <= min(mu, R / 2). Without mu (log encoding) these are the
 * powers below R / 2 and one rest; with mu (bounded-coefficient encoding: Karimi & Ronagh 2019,
 * "Practical integer-to-binary mapping for quantum annealers", Quantum Information Processing 18,
 * algorithm 1) no weight is above mu, at the price of R / mu bits. mu = 1 is the unary encoding.
 * Every number of 0 .. R is some choice of bits and no choice is outside, so that no constraint has
 * to exclude any.
 */
#ifndef TAUT_MODEL_INTEGERS_H
#define TAUT_MODEL_INTEGERS_H

#include "model/instance.h"
#include "model/model.h"

enum { TAUT_INTEGER_BITS_MAX = 1 << 24 }; /* variables of a program in bits */

/* Number of bits for 0 .. range, and their weights into out (NULL: only counted). range >= 0; most:
 * mu, 0 for none. */
uint64_t taut_integer_weights(int64_t *out, int64_t range, int64_t most);

/* The bits of `value`, 0 .. the sum of the weights: the heaviest that fit, from the last on. */
void taut_integer_encode(uint8_t *out, const int64_t *weight, size_t count, int64_t value);

/* The same program over bits alone, in the order of its variables: out has no integers; rows and
 * objective have the same values, offsets moved into limits and constant. The integers' table goes
 * into `model`, of as many variables. Both are freed by the caller, also after a failure. EINPUT
 * where a number leaves 64 bits, ELIMIT for too many bits, ENOMEM. */
taut_status taut_program_to_bits(taut_program_data *out, const taut_program_data *program,
                                 taut_error *err) TAUT_MUST_CHECK;

/* Notes in the model of taut_program_to_bits' program what its bits mean. ENOMEM. */
taut_status taut_model_note_integers(taut_model *model, const taut_program_data *program,
                                     taut_error *err) TAUT_MUST_CHECK;

/* The answer that n characters 0 and 1 say where a bit of an integer weighs at most `most` (>= 0),
 * in the model's own bits: out [model->n], zeroed by the caller, says the same numbers. *fits: n is
 * what that encoding takes. ENOMEM. */
taut_status taut_model_take_bits(uint8_t *out, bool *fits, const taut_model *model,
                                 const char *bits, size_t n, int64_t most,
                                 taut_error *err) TAUT_MUST_CHECK;

/* What integer k is in x: [n]. */
int64_t taut_model_integer(const taut_model *model, uint32_t k, const uint8_t *x);

#endif
