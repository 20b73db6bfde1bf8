/*
 * Terms over activities a_r(x) = sum_i coef_ri x_i, kept as they are instead of coupling by
 * coupling: a row of m entries is m numbers here and m^2 / 2 couplings else. Each is 0 at x = 0:
 *
 *   square   weight_r sum_{i<j} coef_ri coef_rj x_i x_j: what is left of weight_r / 2 (a_r - b)^2
 *            when its diagonal and its constant have become linear terms and offset
 *   excess   weight_r (max(0, a_r - limit_r) - max(0, -limit_r)), which no coupling can say; a
 * least activity is a limit of the negated row, and an equation has one of each
 */
#ifndef TAUT_QUBO_TERMS_H
#define TAUT_QUBO_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TAUT_TERM_SQUARE INT64_MIN /* in place of a limit */

enum { TAUT_ACTIVITY_BITS = 61 }; /* activities and limits are at most 2^61 in magnitude */

typedef struct taut_terms {
	uint32_t  count;
	uint64_t *first;  /* [count + 1] entries of term r: first[r] .. first[r + 1] - 1 */
	uint32_t *col;    /* [first[count]] ascending within a term, no repeats */
	int32_t  *coef;   /* [first[count]] not 0 */
	int64_t  *weight; /* [count] not 0; of an excess > 0 */
	int64_t  *limit;  /* [count] or TAUT_TERM_SQUARE */
} taut_terms;

/* Room for so many terms and entries, all zero; the caller fills it and frees it. ENOMEM. */
taut_status taut_terms_new(taut_terms **out, uint32_t count, size_t entries,
                           taut_error *err) TAUT_MUST_CHECK;
/* A copy; *out is NULL where terms is. ENOMEM. */
taut_status taut_terms_dup(taut_terms **out, const taut_terms *terms,
                           taut_error *err) TAUT_MUST_CHECK;
void        taut_terms_free(taut_terms *terms); /* accepts NULL */

static inline bool taut_term_is_square(const taut_terms *t, uint32_t r)
{
	return t->limit[r] == TAUT_TERM_SQUARE;
}

/* True where some term is an excess. False of NULL. */
bool taut_terms_exceed(const taut_terms *terms);

/* Least and largest activity of term r. False where one is larger than 2^61. */
bool taut_term_range(int64_t *lo, int64_t *hi, const taut_terms *t, uint32_t r);

/* Value of term r in a state of that activity; squares: sum of coef^2 over the ones. False on
 * overflow. */
bool taut_term_value(int64_t *out, const taut_terms *t, uint32_t r, int64_t activity,
                     int64_t squares);

/* The terms by variable. */
typedef struct {
	size_t   *first; /* [n + 1] */
	uint32_t *term;  /* [first[n]] ascending */
	int32_t  *coef;  /* [first[n]] */
} taut_term_columns;

/* Caller's storage; fini frees. ENOMEM. */
taut_status taut_term_columns_init(taut_term_columns *out, const taut_terms *terms, uint32_t n,
                                   taut_error *err) TAUT_MUST_CHECK;
void        taut_term_columns_fini(taut_term_columns *columns);

/* The terms of a problem, with what is looked up in them again and again. Read-only. */
typedef struct {
	uint32_t          n; /* variables */
	taut_terms       *rows;
	taut_term_columns columns;
	/* [n] least and largest part of a variable's field (its change from 0 to 1) over all
	 * states;
	 * +-2^61 where it is more */
	int64_t *lo, *hi;
	int64_t *total; /* [rows->count] sum of the coefficients */
	double  *gram;  /* [rows->count][rows->count] sum_j coef_rj coef_sj of square terms; NULL:
	                   too many of them */
} taut_term_table;

/* Takes `rows`, also on failure. ENOMEM. */
taut_status taut_term_table_new(taut_term_table **out, taut_terms *rows, uint32_t n,
                                taut_error *err) TAUT_MUST_CHECK;
void        taut_term_table_free(taut_term_table *table); /* accepts NULL */

/* Coupling of i and j by the square terms together, modulo 2^64. */
int64_t taut_term_coupling(const taut_term_table *t, uint32_t i, uint32_t j);

/* Sum over j != i of that coupling, and of its square: exact below 2^53. */
double taut_term_coupling_sum(const taut_term_table *t, uint32_t i);
double taut_term_coupling_squares(const taut_term_table *t, uint32_t i);

#endif
