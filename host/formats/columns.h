/* What the LP and MPS readers share: variables by name, each with its kind and its bounds as they
 * are said one by one, and the step from there to a program of 0-1 variables and integers. A
 * variable is 0-1 when it is declared binary, when it is an integer with bounds 0 and 1, or when it
 * is fixed at 0 or 1; an integer when it is declared one and has two finite bounds, or is fixed at
 * a whole number. */
#ifndef TAUT_FORMATS_COLUMNS_H
#define TAUT_FORMATS_COLUMNS_H

#include "formats/name_table.h"
#include "formats/reader.h"

typedef enum { TAUT_COLUMN_CONTINUOUS, TAUT_COLUMN_INTEGER, TAUT_COLUMN_BINARY } taut_column_kind;

/* A number that may be infinite. */
typedef struct {
	int          infinite; /* -1, 0, 1 */
	taut_decimal value;    /* where infinite is 0 */
} taut_limit;

typedef enum { TAUT_BOUND_ZERO, TAUT_BOUND_ONE, TAUT_BOUND_NONE, TAUT_BOUND_OTHER } taut_bound;

typedef struct {
	uint8_t  kind;     /* taut_column_kind */
	uint8_t  lo, hi;   /* taut_bound */
	uint32_t declared; /* its place among the declared ones, from 1; 0: none */
} taut_column;

/* A bound other than 0, 1 and the default of no upper one; of several for one side of a column the
 * last counts. */
typedef struct {
	uint32_t   column;
	bool       upper;
	taut_limit limit;
	size_t     at; /* where it stands in the text */
} taut_odd_bound;

/* Zero-initialise with names.text set; free with taut_columns_fini. */
typedef struct {
	taut_name_table names;
	taut_column    *items; /* [names.n] */
	size_t          capacity;
	taut_odd_bound *odd; /* [n_odd], in the order of the text */
	size_t          n_odd, odd_capacity;
	uint32_t        n_declared;
} taut_columns;

void taut_columns_fini(taut_columns *columns);

/* The number of the variable text[at .. at + length); a new one is continuous, from 0 up. ENOMEM.
 */
taut_status taut_columns_put(uint32_t *out, taut_columns *columns, size_t at, size_t length,
                             taut_error *err) TAUT_MUST_CHECK;

/* Sets one bound, said at place `at` of the text. ENOMEM. */
taut_status taut_columns_bound(taut_columns *columns, uint32_t column, bool upper, taut_limit limit,
                               size_t at, taut_error *err) TAUT_MUST_CHECK;

/* Declares the variable to be binary or an integer; a binary one stays so. */
void taut_columns_declare(taut_columns *columns, uint32_t column, taut_column_kind kind);

/* Reads text[0 .. length) as a number, or as infinite: [+-]inf, [+-]infinity in any case, or a
 * number of magnitude 10^20 and more. EINPUT when it is neither, or does not fit 64 bits. */
taut_status taut_limit_parse(taut_limit *out, const char *text, size_t length,
                             taut_error *err) TAUT_MUST_CHECK;

/* The first whole number not below the limit or, where `down`, not above it; false where it is
 * infinite. */
bool taut_limit_whole(int64_t *out, taut_limit limit, bool down);

/* The token that stands at text[at .. at + length), with its line and column counted out. */
taut_token taut_token_at(const taut_scan *scan, size_t at, size_t length);

/*
 * Turns the newest instance, a binary_program whose terms and rows are over the columns, into what
 * is asked for: gives it the variables' names, its integers, and a nameless row for each 0-1
 * variable that is fixed; as a market_share when it is a deviation model, as a qubo when that is
 * asked for and it has no rows. Squares (TAUT_SQUARE) of 0-1 variables become linear. EINPUT at the
 * place of a variable that is continuous, or an integer without two finite bounds; ENOMEM.
 */
taut_status taut_columns_finish(const taut_columns *columns, taut_reader *reader,
                                taut_error *err) TAUT_MUST_CHECK;

/* The bounds of a column as they count, and where one that is neither 0, 1 nor none stands (or the
 * column's first place). */
typedef struct {
	taut_limit lo, hi;
	size_t     at;
} taut_range;

/* Of all columns: *out is [names.n], freed by the caller. ENOMEM. On failure *out is NULL. */
taut_status taut_columns_ranges(taut_range **out, const taut_columns *columns,
                                taut_error *err) TAUT_MUST_CHECK;

/* True when the column can only be 0, or only 1. */
bool taut_columns_is_fixed(const taut_columns *columns, uint32_t column);

/* True when the column can only be 0 or 1. */
bool taut_columns_is_binary(const taut_columns *columns, uint32_t column);

#endif
