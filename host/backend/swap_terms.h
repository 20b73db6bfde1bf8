/*
 * Permutations: the matrices from which a device finds what an exchange of two images changes.
 *
 *   G[a][k] = sum_b F_ab D_{k,p(b)} + F_ba D_{p(b),k} = sum_t sum_b x_t[b][a] y_t[p(b)][k]
 *
 * are the costs of placing a at k, with one term (x = F + F', y = D for symmetric D; x = F, y = D +
 * D' for symmetric F) or two (x = F', y = D'; x = F, y = D); what an exchange changes follows from
 * them and the corners of F and D (cpu/swap.h). All is modulo 2^32.
 */
#ifndef TAUT_BACKEND_SWAP_TERMS_H
#define TAUT_BACKEND_SWAP_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "qubo/problem.h"

/* How a matrix comes from m: its entries are m_ij, m_ji, m_ij + m_ji, m_ii + m_jj - m_ij - m_ji. */
typedef enum {
	TAUT_SHAPE_PLAIN,
	TAUT_SHAPE_TRANSPOSED,
	TAUT_SHAPE_SUM,
	TAUT_SHAPE_CORNER
} taut_shape;

typedef struct {
	uint32_t   count;         /* 1 or 2 */
	taut_shape x[2];          /* [count] from the flow */
	taut_shape y[2];          /* [count] from the distance */
	bool       even_distance; /* D is symmetric */
} taut_swap_terms;

/* Of a problem with a permutation. */
taut_swap_terms taut_swap_terms_of(const taut_problem *problem);

/* out: [n][stride], m: [n][n]; leaves alone what is beyond n. */
void taut_shape_fill(uint32_t *out, size_t stride, const int32_t *m, uint32_t n, taut_shape shape);

#endif
