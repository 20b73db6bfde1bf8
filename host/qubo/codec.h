/* Which bit of a sample is which variable of the model: made by the formulation, travels forward to the answer. */
#ifndef TAUT_QUBO_CODEC_H
#define TAUT_QUBO_CODEC_H

#include "qubo/problem.h"

#define TAUT_CODEC_ZERO (UINT32_MAX - 1) /* the variable is fixed to 0 */
#define TAUT_CODEC_ONE UINT32_MAX        /* the variable is fixed to 1 */

typedef struct {
	uint32_t  n_model;     /* variables of the model */
	uint32_t *at;          /* [n_model] bit of the sample, or one of the two above; NULL: the same index */
	uint32_t  permutation; /* length n of a permutation problem (variable a * n + p(a) is 1), else 0 */
} taut_codec;

void taut_codec_fini(taut_codec *codec);

/* Sample number r as the model's bits, x: [n_model] of 0/1. */
void taut_codec_decode(uint8_t *x, const taut_codec *codec, const taut_samples *samples, size_t r);

/* The inverse: sets the bits of sample number r, all zero before, that stand for variables. A
 * permutation problem's x must hold a permutation; what x says of fixed variables is dropped. */
void taut_codec_encode(taut_samples *samples, size_t r, const taut_codec *codec, const uint8_t *x);

#endif
