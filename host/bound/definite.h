/*
 * Is a symmetric matrix positive semidefinite? A floating-point Cholesky factorisation that runs to
 * completion, with an error term (Rump 2006, "Verification of positive definiteness", BIT 46, in
 * the form that needs no bound per entry; Demmel 1989, LAPACK Working Note 14).
 *
 * Lemma. Let A be symmetric, its entries exact doubles, n + 3 <= 2^24. If the factorisation runs to
 * completion with every pivot > 0, then A + margin I is positive semidefinite, margin = (n + 3)
 * 2^-50 tr(A) + 2^-300 n.
 *
 * Proof. Let l_i be the rows of the computed factor L. In whatever order the sums are taken, A = L
 * L^T - E with |E_ij| <= g sum_k |l_ik| |l_jk| + u, g = k e / (1 - k e), k = n + 3 (Higham 2002,
 * theorem 10.3: k = n + 1; two to spare). e is the relative error of an operation: 2^-53 rounding
 * to nearest, at most 2^-52 in any other mode, which is what is taken here. u is what underflow
 * adds: at most 2 n products and quotients of each entry, each off by at most 2^-1022 even where
 * subnormals are flushed to 0, times 1 + the largest l_jj < 2^512; so u < 2^-480. On the diagonal,
 * |l_i|^2 = a_ii + E_ii gives |l_i|^2 <= (a_ii + u) / (1 - g), so with Cauchy and Schwarz
 * |E_ij| <= g / (1 - g) sqrt((a_ii + u) (a_jj + u)) + u. The first part is a matrix of rank one, of
 * norm g / (1 - g) (tr A + n u), the rest has a norm of at most n u. As k e <= 2^-28, g / (1 - g) <
 * 2 k e = k 2^-51, half of what the margin takes. So A = L L^T - E >= -|E| I >= -margin I. No
 * overflow goes unnoticed: an infinite or undefined l_ij makes its row's pivot negative or
 * undefined, and such a pivot ends the factorisation.
 *
 * The sparse columns of an elimination order (host/bound/elimination.h) come first, in compressed
 * columns, left-looking; what they leave is a dense matrix in panels of four rows.
 */
#ifndef TAUT_BOUND_DEFINITE_H
#define TAUT_BOUND_DEFINITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/status.h"
#include "bound/elimination.h"

typedef struct {
	taut_couplings   a;
	taut_elimination order;
	double          *value;    /* [order.first[order.head]] of order.row */
	double          *diagonal; /* [order.head] */
	double          *sum;      /* [n] scratch: a column in the making */
	uint32_t        *waiting;  /* [n] first column whose next row is this one; NONE ends */
	uint32_t        *follows;  /* [head] the next such column */
	size_t          *at;       /* [head] where a column's next row stands */
	uint32_t         panels;   /* of the dense rest, four rows each */
	double *dense; /* column k, row p of panel b at 8 b (b + 1) + 4 k + p, k < 4 (b + 1) */
	uint64_t
		work; /* multiplications of one factorisation that completes; sparse ones count 4 */
} taut_definite;

/* Orders the matrix; `hub`: its last row is coupled to most others and stays last. *fits is false
 * where the factor has more than `limit` entries; nothing else may then be asked. End it with
 * taut_definite_fini either way. ENOMEM. */
taut_status taut_definite_init(taut_definite *d, bool *fits, const taut_couplings *a, bool hub,
                               size_t limit, const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;
void        taut_definite_fini(taut_definite *d);

/* True when the factorisation of the matrix with this diagonal ([n]) ran to completion; false when
 * a pivot was not positive or ctx stopped it. Entries below 2^60 in magnitude. */
bool taut_definite_factor(taut_definite *d, const double *diagonal, const taut_ctx *ctx);

#endif
