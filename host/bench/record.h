/* One run of a bench as a row of its table: every column a text, as it stands in the CSV.
 * docs/bench.md says what they mean. */
#ifndef TAUT_BENCH_RECORD_H
#define TAUT_BENCH_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/result.h"
#include "base/options.h"
#include "bench/cases.h"

/* X(name, kind): kind says how JSON has it. */
#define TAUT_BENCH_COLUMNS(X)        \
	X(instance, TEXT)            \
	X(family, TEXT)              \
	X(path, TEXT)                \
	X(index, TEXT)               \
	X(n, NUMBER)                 \
	X(rows, NUMBER)              \
	X(method, TEXT)              \
	X(binaries, NUMBER)          \
	X(slack_avoided, NUMBER)     \
	X(coefficient_min, NUMBER)   \
	X(coefficient_max, NUMBER)   \
	X(coefficient_range, NUMBER) \
	X(status, TEXT)              \
	X(objective, NUMBER)         \
	X(best_known, NUMBER)        \
	X(gap, NUMBER)               \
	X(bound, NUMBER)             \
	X(bound_kind, TEXT)          \
	X(bound_gap, NUMBER)         \
	X(raw_samples, NUMBER)       \
	X(raw_feasible, NUMBER)      \
	X(raw_best, NUMBER)          \
	X(raw_mean, NUMBER)          \
	X(raw_repaired, NUMBER)      \
	X(repaired_mean, NUMBER)     \
	X(mean_gap, NUMBER)          \
	X(baseline, NUMBER)          \
	X(reads, NUMBER)             \
	X(sweeps, NUMBER)            \
	X(rounds, NUMBER)            \
	X(seed, NUMBER)              \
	X(time_limit, NUMBER)        \
	X(time_s, NUMBER)            \
	X(backend, TEXT)             \
	X(version, TEXT)             \
	X(options, TEXT)             \
	X(exit, NUMBER)              \
	X(error, TEXT)

typedef enum {
#define X(name, kind) TAUT_BENCH_##name,
	TAUT_BENCH_COLUMNS(X)
#undef X
		TAUT_BENCH_N_COLUMNS
} taut_bench_column;

typedef enum { TAUT_BENCH_TEXT, TAUT_BENCH_NUMBER } taut_bench_kind;

typedef struct {
	const char     *name;
	taut_bench_kind kind;
} taut_bench_column_row;

extern const taut_bench_column_row taut_bench_column_table[TAUT_BENCH_N_COLUMNS];

/* Zero-initialise; NULL is an empty field. All owned. */
typedef struct {
	char *field[TAUT_BENCH_N_COLUMNS];
} taut_bench_record;

void taut_bench_record_fini(taut_bench_record *record);

/* The field, "" where it is empty. */
const char *taut_bench_get(const taut_bench_record *record, taut_bench_column column);
taut_status taut_bench_set(taut_bench_record *record, taut_bench_column column, const char *text,
                           taut_error *err) TAUT_MUST_CHECK;

/* What is known of a run beforehand: the case, the method, version and the digest of the options.
 */
taut_status taut_bench_record_begin(taut_bench_record *out, const taut_bench_case *c,
                                    taut_method method, const taut_options *user,
                                    taut_error *err) TAUT_MUST_CHECK;
/* What a finished run says. used: its options, a spec's among them. */
taut_status taut_bench_record_result(taut_bench_record *record, const taut_result *result,
                                     const taut_options *used, taut_error *err) TAUT_MUST_CHECK;
/* The failure of a run. */
taut_status taut_bench_record_failure(taut_bench_record *record, taut_status status,
                                      const taut_error *failure, taut_error *err) TAUT_MUST_CHECK;

/* True for the same run: path, index, method, options and version. */
bool taut_bench_same_run(const taut_bench_record *a, const taut_bench_record *b);

/* The exit code of a row that failed, 0 for all others. */
int taut_bench_failed(const taut_bench_record *record);

/* True when a feasible answer is no worse than the best known value. */
bool taut_bench_reached(const taut_bench_record *record);

#endif
