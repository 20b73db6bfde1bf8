/* The data of one problem as its file or spec gives it, before any model: what readers produce and what a
 * family turns into a taut_model. Numbers are exact (base/decimal.h); indices count from 0. */
#ifndef TAUT_MODEL_INSTANCE_H
#define TAUT_MODEL_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/matrix.h"
#include "base/names.h"

/* mdkp: maximise profits x subject to weights x <= capacities, all >= 0 */
typedef struct {
	uint32_t     n, m;
	taut_numbers profits;    /* [n] */
	taut_numbers weights;    /* [m][n], row by row */
	taut_numbers capacities; /* [m] */
} taut_mdkp_data;

/* mis and maxcut: a simple undirected graph */
typedef struct {
	uint32_t     n;
	size_t       n_edges;
	size_t       capacity; /* of u and v */
	uint32_t    *u, *v;    /* [n_edges], u != v; a pair stands once */
	taut_numbers edge_weights;   /* [n_edges] (maxcut); n == 0: all 1 */
	taut_numbers vertex_weights; /* [n] (mis); n == 0: all 1 */
	bool         complement;     /* mis: conflicts are the pairs that are no edge */
	/* maxcut: in place of the list, which is then empty, the weights dense_factor * entry, 0 where there is
	 * no edge. Shared, or NULL. */
	const taut_matrix *dense;
	int64_t            dense_factor;
} taut_graph_data;

/* qap: minimise sum_ij flows[i][j] distances[p(i)][p(j)] over permutations p */
typedef struct {
	uint32_t     n;
	taut_numbers flows;     /* [n][n] */
	taut_numbers distances; /* [n][n] */
} taut_qap_data;

/* tsp: shortest closed tour; distances symmetric or not */
typedef struct {
	uint32_t     n;
	taut_numbers distances; /* [n][n] */
} taut_tsp_data;

/* market_share: minimise sum_k |demands_k x - targets_k|, or (feasibility) demands x = targets as rows */
typedef struct {
	uint32_t     n, m;
	taut_numbers demands; /* [m][n] */
	taut_numbers targets; /* [m] */
	bool         feasibility;
} taut_market_data;

/* qubo: min or max offset + sum of q x_i x_j over the lines (i == j allowed; repeats add up) */
typedef struct {
	uint32_t     n;
	bool         maximise;
	taut_decimal offset;
	bool         pairs_twice; /* an off-diagonal line counts twice */
	size_t       n_terms;
	size_t       capacity; /* of i and j */
	uint32_t    *i, *j;    /* [n_terms], i <= j */
	taut_numbers q;        /* [n_terms] */
	/* The terms i < j, of which the list then holds none: dense_factor * entry. Shared, or NULL. */
	const taut_matrix *dense;
	int64_t            dense_factor;
} taut_qubo_data;

/* One linear row lo <= sum coef x[col] <= hi of a binary program. */
typedef struct {
	char        *name; /* NULL: unnamed */
	size_t       first, count; /* slice of row_col and row_coef */
	bool         has_lo, has_hi;
	taut_decimal lo, hi;
	taut_decimal shift; /* what has been taken from lo and hi (taut_row) */
} taut_program_row;

/* A set of variables of which exactly one (or at most one) is 1. */
typedef struct {
	char  *name; /* NULL: unnamed */
	size_t first, count; /* slice of group_var */
	bool   at_most;
} taut_program_group;

/* A variable of a program that is a whole number, lo <= x <= hi, in place of 0 or 1. hi - lo is at most
 * TAUT_INTEGER_RANGE. */
typedef struct {
	uint32_t variable;
	int64_t  lo, hi;
} taut_program_integer;

#define TAUT_INTEGER_RANGE (INT64_C(1) << 52)
#define TAUT_SQUARE UINT32_MAX /* in place of the second variable of a term: the square of the first */

/* binary_program: its variables are 0-1 but for the integers; those stand in no conflict and no group */
typedef struct {
	uint32_t            n;
	char              **names; /* [n], or NULL: x1, x2, ... */
	bool                maximise;
	taut_decimal        offset;
	size_t              n_terms, term_capacity; /* objective terms; repeats add up */
	uint32_t           *i, *j;                  /* [n_terms] i == j is linear, j may be TAUT_SQUARE */
	taut_numbers        q;                      /* [n_terms] */
	size_t              n_rows, row_capacity;
	taut_program_row   *rows;
	size_t              n_row_entries, row_entry_capacity;
	uint32_t           *row_col;  /* [n_row_entries] */
	taut_numbers        row_coef; /* [n_row_entries] */
	size_t              n_conflicts, conflict_capacity;
	uint32_t           *conflict_u, *conflict_v;
	size_t              n_groups, group_capacity;
	taut_program_group *groups;
	size_t              n_group_vars, group_var_capacity;
	uint32_t           *group_var;
	size_t                n_integers, integer_capacity;
	taut_program_integer *integers; /* [n_integers], by rising variable */
	int64_t integer_weight; /* most that a bit of an integer weighs; 0: any (model/integers.h) */
} taut_program_data;

typedef struct {
	taut_family  family; /* says which member of the union holds */
	char        *name;   /* from the file, the spec or the file's name; owned */
	char        *file;   /* where the data came from, as the user wrote it; NULL for inline data */
	uint32_t     index;  /* which problem of the file, from 1 */
	bool         has_best_known;
	taut_decimal best_known; /* in the family's own units and sense */
	char        *note;       /* a convention to tell the user ("maximise, pairs count twice"), or NULL */
	union {
		taut_mdkp_data    mdkp;
		taut_graph_data   graph; /* mis, maxcut */
		taut_qap_data     qap;
		taut_tsp_data     tsp;
		taut_market_data  market;
		taut_qubo_data    qubo;
		taut_program_data program;
	} data;
} taut_instance;

/* New instance of a family with empty data; the caller frees. ENOMEM. On failure *out is NULL. */
taut_status taut_instance_new(taut_instance **out, taut_family family, const char *name, taut_error *err)
	TAUT_MUST_CHECK;
void taut_instance_free(taut_instance *instance); /* accepts NULL */

/* Appends to the growable parts. ENOMEM, or EINPUT where a number overflows. `weight` may be NULL: no weight is
 * stored. Range checks are the caller's, who knows the place in the file. */
taut_status taut_graph_add_edge(taut_graph_data *graph, uint32_t u, uint32_t v, const taut_decimal *weight,
				taut_error *err) TAUT_MUST_CHECK;
taut_status taut_qubo_add_term(taut_qubo_data *qubo, uint32_t i, uint32_t j, taut_decimal q, taut_error *err)
	TAUT_MUST_CHECK;
taut_status taut_program_add_term(taut_program_data *program, uint32_t i, uint32_t j, taut_decimal q,
				  taut_error *err) TAUT_MUST_CHECK;
/* Opens a row; taut_program_add_entry then appends to the newest row. `name` is copied, may be NULL. */
taut_status taut_program_add_row(taut_program_data *program, const char *name, const taut_decimal *lo,
				 const taut_decimal *hi, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_program_add_entry(taut_program_data *program, uint32_t column, taut_decimal coef,
				   taut_error *err) TAUT_MUST_CHECK;
taut_status taut_program_add_conflict(taut_program_data *program, uint32_t u, uint32_t v, taut_error *err)
	TAUT_MUST_CHECK;
/* Opens a group; taut_program_add_member appends to the newest group. */
taut_status taut_program_add_group(taut_program_data *program, const char *name, bool at_most, taut_error *err)
	TAUT_MUST_CHECK;
taut_status taut_program_add_member(taut_program_data *program, uint32_t variable, taut_error *err)
	TAUT_MUST_CHECK;
/* lo <= hi; variables rise from call to call. EINPUT where hi - lo is above TAUT_INTEGER_RANGE. */
taut_status taut_program_add_integer(taut_program_data *program, uint32_t variable, int64_t lo, int64_t hi,
				     taut_error *err) TAUT_MUST_CHECK;
/* The square of a variable that is no integer becomes a linear term. */
void taut_program_settle_squares(taut_program_data *program);
/* Also what a family made from one on the way to a model. Leaves *program zeroed. */
void taut_program_fini(taut_program_data *program);

#endif
