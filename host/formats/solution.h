/* Answers in text files: QAPLIB .sln (`n value`, then a permutation), QOBLIB .opt.sol and .bst.sol
 * (a 0/1 vector, or the chosen vertices one by one, `# Objective value = V` above them), and lines
 * of 0/1, one bitstring each. What is read is raw; what it means for the family is the caller's to
 * say. Result JSON is read elsewhere. */
#ifndef TAUT_FORMATS_SOLUTION_H
#define TAUT_FORMATS_SOLUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"

typedef struct {
	size_t       line;  /* where it begins in the file, from 1 */
	size_t       count; /* of bits or list */
	uint8_t     *bits;  /* [count] of 0 and 1, count == n_bits; or NULL */
	int64_t     *list;  /* [count] whole numbers as they stand there; or NULL */
	bool         has_objective;
	taut_decimal objective; /* as the file states it, in its own units */
} taut_solution;

typedef struct {
	taut_solution *items; /* [count] */
	size_t         count;
	size_t         capacity;
} taut_solutions;

/*
 * Every answer in the length bytes of a file, at least one. n_bits: variables of the model;
 * n_permuted: size of the permutation that an answer is (qap, tsp), 0 for other families. Bits are
 * a line of n_bits characters 0 or 1 each, or exactly n_bits numbers 0 and 1; all else is one list
 * of numbers of [0, n_permuted], or [0, n_bits]. Commas count as blanks, # starts a comment. EINPUT
 * with "file:line: ..." for anything else (another count of bits, a permutation of another size),
 * ENOMEM. On failure *out is empty.
 */
taut_status taut_solutions_parse(taut_solutions *out, const char *bytes, size_t length,
                                 const char *path, uint32_t n_bits, uint32_t n_permuted,
                                 taut_error *err) TAUT_MUST_CHECK;
void        taut_solutions_fini(taut_solutions *solutions);

/* A list as a permutation of 0 .. n - 1; the list counts from 0 or from 1. out: [n]. EINPUT when it
 * is none. */
taut_status taut_solution_permutation(uint32_t *out, const taut_solution *solution, uint32_t n,
                                      taut_error *err) TAUT_MUST_CHECK;

/* A list of chosen things, from 1, as bits. out: [n]. EINPUT when one stands twice or is not of 1
 * .. n. */
taut_status taut_solution_chosen(uint8_t *out, const taut_solution *solution, uint32_t n,
                                 taut_error *err) TAUT_MUST_CHECK;

#endif
