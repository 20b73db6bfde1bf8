/*
 * The linear assignment problem in integers, with its dual:
 *
 *   least sum_a cost[a][p(a)] over permutations p  =  greatest sum_a u_a + sum_l v_l with u_a + v_l
 * <= cost[a][l]
 */
#ifndef TAUT_MODEL_ASSIGNMENT_H
#define TAUT_MODEL_ASSIGNMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/status.h"

typedef struct {
	uint32_t  n;
	int64_t  *cost;           /* [n][n] the caller's to fill */
	int64_t  *u, *v;          /* [n + 1] the dual, from index 1 */
	int64_t  *least;          /* [n + 1] scratch */
	uint32_t *match, *origin; /* [n + 1] scratch */
	uint8_t  *used;           /* [n + 1] scratch */
} taut_assignment;

/* Caller's storage; fini frees what init made. ENOMEM. */
taut_status taut_assignment_init(taut_assignment *a, uint32_t n, taut_error *err) TAUT_MUST_CHECK;
void        taut_assignment_fini(taut_assignment *a);

/* With it duals and reduced costs fit: a dual is at most 2 n + 1 costs. */
int64_t taut_assignment_cost_max(uint32_t n);

/* p[a] = l of least total cost, and the dual. |cost| <= taut_assignment_cost_max(n). O(n^3): the
 * shortest augmenting path method (Jonker & Volgenant 1987). */
void taut_assignment_solve(uint32_t *p, taut_assignment *a);

/* *value = sum u + sum v, a proven lower bound of the least total; false where some u_a + v_l >
 * cost[a][l] or the sum overflows. Looks at costs and dual only, so that it proves whatever made
 * them. O(n^2). */
bool taut_assignment_proves(int64_t *value, const taut_assignment *a);

/* A proven lower bound of the least total, of any costs with n |cost| < 2^63: too large ones are
 * halved, rounded down, as often as needed, in place. The least total itself where they are not and
 * ctx does not stop; false where nothing is proven. */
bool taut_assignment_bound(int64_t *value, taut_assignment *a, const taut_ctx *ctx);

#endif
