/* A sparse problem as spins s = 2x - 1 without fields:
 *
 *   4 E(x) = constant - sum_{i<j} w_ij s_i s_j,
 *
 * where the fields are couplings to one spin more, the ghost, that stands for 1. Flipping all spins
 * changes nothing, with fields or without; a state is read relative to its ghost. */
#ifndef TAUT_REFINE_SPINS_H
#define TAUT_REFINE_SPINS_H

#include "qubo/problem.h"

typedef struct {
	uint32_t  n;      /* spins, the ghost among them */
	bool      ghost;  /* spin n - 1 stands for 1; else the problem has no fields */
	uint64_t *row;    /* [n + 1] symmetric CSR, no diagonal */
	uint32_t *col;    /* [row[n]] */
	int64_t  *weight; /* [row[n]] */
} taut_spins;

/* The spins of a sparse problem of flips. ENOMEM. On failure there is nothing to fini. */
taut_status taut_spins_init(taut_spins *out, const taut_problem *problem,
                            taut_error *err) TAUT_MUST_CHECK;
void        taut_spins_fini(taut_spins *spins);

/* state[n] of +-1 from sample r, the ghost being 1, and back to bits[ceil(problem's n / 64)]. */
void taut_spins_read(int8_t *state, const taut_spins *spins, const taut_samples *samples, size_t r);
void taut_spins_write(uint64_t *bits, const taut_spins *spins, const int8_t *state);

/* sum_{i<j} w_ij s_i s_j: what is to be made large. 4 E falls as it rises. */
int64_t taut_spins_satisfied(const taut_spins *spins, const int8_t *state);

#endif
