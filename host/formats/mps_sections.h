/* The sections of an MPS file, each read line by line into one state; mps.c goes through them and
 * makes the program in the end. */
#ifndef TAUT_FORMATS_MPS_SECTIONS_H
#define TAUT_FORMATS_MPS_SECTIONS_H

#include "formats/columns.h"
#include "formats/mps_line.h"

typedef struct {
	char         type; /* N, L, G, E */
	bool         has_range;
	taut_decimal side, range;
	uint32_t     column; /* whose entry stands in the row last; TAUT_NO_NAME: none */
	size_t       count;  /* entries */
} taut_mps_row;

/* Sections whose lines may begin with the name of a set, of which the first alone counts. */
typedef enum { TAUT_MPS_RHS, TAUT_MPS_RANGES, TAUT_MPS_BOUNDS, TAUT_MPS_N_SETS } taut_mps_set;

typedef struct {
	taut_mps_line      line;
	taut_program_data *program; /* gets the objective */
	taut_name_table    row_names;
	taut_mps_row      *rows; /* [row_names.n] */
	size_t             row_capacity;
	uint32_t           objective; /* its row; TAUT_NO_NAME: none yet */
	taut_columns       columns;
	bool              *bounded; /* [columns.names.n]: a bound was said */
	size_t             bounded_capacity;
	uint32_t           column;  /* the present one in COLUMNS; TAUT_NO_NAME: none */
	bool               integer; /* between markers */
	/* entries of the rows, by column */
	size_t         n_entries, entry_capacity;
	uint32_t      *entry_row;  /* [n_entries] */
	taut_numbers   entry_coef; /* [n_entries] */
	size_t        *column_end; /* [columns.names.n]: entries of a column end here */
	size_t         end_capacity;
	bool           has_set[TAUT_MPS_N_SETS];
	taut_mps_field set[TAUT_MPS_N_SETS];
	bool           not_free; /* a line was met that only fixed MPS can hold */
} taut_mps;

/* Each reads the present line, which is not a header. EINPUT with the place, ENOMEM. */
taut_status taut_mps_read_row(taut_mps *m, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_mps_read_column(taut_mps *m, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_mps_read_side(taut_mps *m, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_mps_read_range(taut_mps *m, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_mps_read_bound(taut_mps *m, taut_error *err) TAUT_MUST_CHECK;
taut_status taut_mps_read_triangle(taut_mps *m, taut_error *err) TAUT_MUST_CHECK; /* QUADOBJ */
taut_status taut_mps_read_matrix(taut_mps *m, taut_error *err) TAUT_MUST_CHECK;   /* QMATRIX */

/* Checks field k as the name of a set: in each section it is always the first one's. */
taut_status taut_mps_check_set(taut_mps *m, taut_mps_set which, int k,
                               taut_error *err) TAUT_MUST_CHECK;

#endif
