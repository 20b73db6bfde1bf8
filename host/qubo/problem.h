/* What a backend takes and gives: integer couplings that fit the machine (hls/abi/machine.h), and samples. */
#ifndef TAUT_QUBO_PROBLEM_H
#define TAUT_QUBO_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "qubo/terms.h"

/*
 * E(x) = sum linear_i x_i + sum_{i<j} coef_ij x_i x_j + terms over activities, in device units, |change of any move| < 2^30; or flow x distance
 * over permutations. Read-only after it is made (host/qubo/scale.h).
 */
typedef struct taut_problem {
	uint32_t  n;
	int32_t  *linear; /* [n] */
	uint64_t *row;    /* [n + 1] symmetric CSR, no diagonal */
	uint32_t *col;    /* [row[n]] */
	int32_t  *coef;   /* [row[n]] */
	/* Dense couplings in place of the CSR, whose arrays are then NULL: q_ij = dense_factor * entry(i, j).
	 * Never together with groups. Shared, or NULL. */
	const taut_matrix *dense;
	int32_t            dense_factor;
	taut_term_table   *terms; /* beside CSR couplings, or NULL; never with groups */
	uint32_t *group;  /* [n] one-hot groups for exchange moves (TAUT_QUBO_UNGROUPED outside), or NULL */
	uint32_t  n_groups;
	uint32_t  permutation_n; /* 0, or the permutation's length; n is then 0 */
	int32_t  *flow;          /* [permutation_n][permutation_n] */
	int32_t  *distance;      /* [permutation_n][permutation_n] */
} taut_problem;

/* Copy that shares dense couplings; the caller frees. ENOMEM. On failure *out is NULL. */
taut_status taut_problem_dup(taut_problem **out, const taut_problem *problem, taut_error *err)
	TAUT_MUST_CHECK;
void taut_problem_free(taut_problem *problem); /* accepts NULL */

/* A proven upper bound on |change of energy| over all moves from all states; INT64_MAX where it overflows. The machine
 * takes problems with a bound below 2^30. */
int64_t taut_problem_change_bound(const taut_problem *problem);

/* The reads of one run, in order of read number (read r is lane r % 64 of group r / 64). */
typedef struct taut_samples {
	size_t    count;
	uint32_t  n;             /* bits a sample; 0 for permutations */
	uint32_t  permutation_n; /* positions a sample; 0 for bits */
	size_t    words;         /* 64-bit words a sample: ceil(n / 64) */
	uint64_t *bits;          /* [count][words], bit i of a sample is bit i % 64 of word i / 64 */
	uint16_t *position;      /* [count][permutation_n] */
	int64_t  *energy;        /* [count] device units: a claim until the answer stage has recomputed */
	uint64_t  proposals;     /* counted work of the run */
	/* pt, where the backend counts them: proposed and accepted exchanges of the rungs (k, k + 1), all ladders
	 * together; else n_rungs is 0 */
	uint32_t n_rungs;
	uint64_t exchanges_proposed[64];
	uint64_t exchanges_accepted[64];
} taut_samples;

/* Zeroed samples for a problem. ELIMIT if count * n overflows, ENOMEM. On failure *out is NULL. */
taut_status taut_samples_new(taut_samples **out, const taut_problem *problem, size_t count, taut_error *err)
	TAUT_MUST_CHECK;
void taut_samples_free(taut_samples *samples); /* accepts NULL */

static inline bool taut_sample_bit(const taut_samples *s, size_t r, uint32_t i)
{
	return s->bits[r * s->words + i / 64] >> (i % 64) & 1;
}

#endif
