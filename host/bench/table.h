/* What a bench says in the end, for people: a line for every run, then one for every method. */
#ifndef TAUT_BENCH_TABLE_H
#define TAUT_BENCH_TABLE_H

#include "base/text.h"
#include "bench/bench.h"

/* At most 80 columns, unless a name or number is longer than its column. */
void taut_bench_table(taut_text *out, const taut_bench_plan *plan,
                      const taut_bench_outcome *outcome);

#endif
