/*
 * Bound of a quadratic assignment by dual ascent on the level-1 reformulation-linearisation (Adams
 * & Sherali 1986; Adams & Johnson 1994; dual procedure: Hahn & Grant 1998, Operations Research 46,
 * with their later return of a falling share of the bound).
 *
 * Proof obligation. For every permutation p, with x_al = 1 where p(a) = l,
 *
 *   2^bits f(p) = K + sum_al L_al x_al + sum_{a != b, l != k} C_albk x_al x_bk
 *
 * is kept by every step, in integers: (1) costs move between C_albk and C_bkal, whose products are
 * the same; (2) u_b + v_k is subtracted from C_albk for one (a, l) and sum u + sum v added to L_al,
 * as x_al = 1 puts exactly one 1 in each row b and column k of the others; (3) u_a + v_l is
 * subtracted from L_al and sum u + sum v added to K; (4) (2) and (3) backwards. u and v are duals
 * of an assignment problem, and each is checked pair by pair (taut_assignment_proves), so C and L
 * stay
 * >= 0 and K is a bound of 2^bits f whatever found them. Then f >= K / 2^bits, rounded up to a
 * multiple of what divides every f(p): with D symmetric f has F_ab + F_ba in place of F_ab, once
 * per pair, and with F symmetric D likewise, so that the value of two symmetric matrices is even.
 * Nothing overflows: at C, L >= 0 and K >= 0 each entry is at most the largest 2^bits f(p), and
 * bits is chosen by that.
 */
#ifndef TAUT_BOUND_DUAL_ASCENT_H
#define TAUT_BOUND_DUAL_ASCENT_H

#include "bound/bound.h"

/* Bytes of C, 8 n^2 (n - 1)^2: 6 MB for n = 30, this for n = 53. */
#define TAUT_DUAL_ASCENT_BYTES (INT64_C(61) << 20)

/* Of a model with TAUT_STRUCTURE_ASSIGNMENT, kind "dual_ascent". Counted work; the best value so
 * far where ctx stops. Unknown where C is too large, numbers are near 64 bits or ctx stops the
 * first sweep. ENOMEM. */
taut_status taut_bound_dual_ascent(taut_bound *out, const taut_model *model, const taut_ctx *ctx,
                                   taut_error *err) TAUT_MUST_CHECK;

#endif
