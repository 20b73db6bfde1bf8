/* What the tables of a bench have in common: numbers of a row and how a cell shows them. */
#ifndef TAUT_BENCH_CELLS_H
#define TAUT_BENCH_CELLS_H

#include <stdbool.h>

#include "base/text.h"
#include "bench/bench.h"

enum { TAUT_CELL = 32 };

/* A number of the row; false where the field is empty. */
bool taut_bench_number(double *out, const taut_bench_record *record, taut_bench_column column);

/* Share of the samples that were feasible before repair; false where there are none. */
bool taut_bench_raw_share(double *out, const taut_bench_record *record);

/* A share as a percentage in at most 6 columns, "-" where there is none. */
const char *taut_cell_percent(char out[TAUT_CELL], bool known, double share);
const char *taut_cell_seconds(char out[TAUT_CELL], bool known, double s);

/* A gap to the best known value (columns gap and mean_gap); where that is 0 there is no percentage,
 * and the distance stands with a sign: *relative is false. */
const char *taut_cell_gap(char out[TAUT_CELL], bool *relative, const taut_bench_record *record,
                          taut_bench_column column);

/* Columns of the names of methods. */
size_t taut_bench_method_width(const taut_bench_plan *plan);

/* The case's name, with the folder in front where several have it. */
void taut_bench_put_name(taut_text *out, const taut_bench_cases *cases, size_t at);

#endif
