/*
 * All of a system of linear equations over bits, A x = b, by merging two lists of 2^(n/2) sums that
 * are never held: four lists of about 2^(n/4) make them part by part (Schroeppel & Shamir 1981,
 * SIAM J. Computing 10; parts by residues: Howgrave-Graham & Joux 2010, EUROCRYPT, section 4). For
 * market split, where an answer without deviation is looked for, and for programs whose rows are
 * all equations.
 *
 * A state of a half has the key sum_k r_k (A x)_k mod 2^64, r_k odd constants after each row's
 * common divisor is taken out. Keys add up, so halves that complete each other have keys l + r =
 * sum_k r_k b_k; part s holds the l with l = s mod 2^p. Every solution has such a pair, hence a
 * search to the end without one proves that there is none; a pair is taken only when its rows meet
 * exactly. Quarter states with equal rows count once.
 */
#ifndef TAUT_ANSWER_MERGE_H
#define TAUT_ANSWER_MERGE_H

#include "base/ctx.h"
#include "model/model.h"

enum { TAUT_MERGE_MAX = 72 };

typedef struct {
	bool     found;    /* x solves the system */
	bool     complete; /* searched to the end: if not found, there is none */
	uint64_t work;     /* keys made; the same for any number of threads unless ctx stops it */
} taut_merge;

/* At most TAUT_MERGE_MAX variables, no conflicts, and either rows that are all equations or no rows
 * and an objective that is a sum of forms, each >= 0 where it is minimised (the system is then that
 * all of them are 0). */
bool taut_merge_applies(const taut_model *m);

/* Keys that a search to the end makes, 2^(n/2) twice, fewer where states have equal rows; 2 to 3 ns
 * each on one core. Where keys end alike far more often than random ones do it may be more. */
uint64_t taut_merge_work(const taut_model *m);

/* x: [n], written where a solution is found: the same one for any number of threads. Uses ctx's
 * threads. At most 26 MiB and 32 MiB a thread, of which 64 at most are used
 * (n = 60: 4 and 13). ENOMEM. */
taut_status taut_merge_search(taut_merge *out, uint8_t *x, const taut_model *m, const taut_ctx *ctx,
                              taut_error *err) TAUT_MUST_CHECK;

#endif
