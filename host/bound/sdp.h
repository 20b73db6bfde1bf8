/*
 * The semidefinite bound of an objective without rows (Max-Cut: Goemans & Williamson 1995; a QUBO
 * by one more spin).
 *
 * Proof obligation. 4 f = constant + E(s), E = 1/2 s^T W s over spins, W symmetric with zero
 * diagonal (host/bound/ising.h); linear terms are couplings to one more spin, which may be taken as
 * 1 as E(-s) = E(s). For any y with W + Diag(y) positive semidefinite,
 *
 *   E(s) = 1/2 s^T (W + Diag(y)) s - 1/2 sum y  >=  -1/2 sum y         as s_i^2 = 1
 *
 * y is held in integers, in units of 2^-bits, so that W + Diag(y) is a matrix of exact doubles. It
 * counts only once a Cholesky factorisation of W + Diag(y) has run to completion, and then with the
 * lemma's margin (host/bound/definite.h) added to every y_i, rounded up in integers. -1/2 sum y is
 * summed in 128-bit integers and rounded up to what f can be. Beside it stands Gershgorin's y_i =
 * sum_j |W_ij|, for which W + Diag(y) is diagonally dominant: kind "gershgorin".
 *
 * y is searched in floating point by the mixing method (Wang, Chang & Kolter 2017): unit vectors
 * v_i of ceil(sqrt(2 n)) + 1 numbers or a few more, at most 32, v_i = -g_i / |g_i| with g_i = sum_j
 * W_ij v_j, in turn; at its fixed point y_i = |g_i| is the dual optimum. What is missing to
 * definiteness is estimated by Lanczos steps and added to every y_i; the estimate proves nothing.
 */
#ifndef TAUT_BOUND_SDP_H
#define TAUT_BOUND_SDP_H

#include "bound/bound.h"

/* Of a model with TAUT_STRUCTURE_FREE, kind "sdp" or, where nothing better is proven, "gershgorin".
 * Counted work; weaker where ctx stops it. Unknown where numbers leave 64 bits. ENOMEM. */
taut_status taut_bound_sdp(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                           taut_error *err) TAUT_MUST_CHECK;

#endif
