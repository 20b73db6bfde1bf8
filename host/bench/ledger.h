/* The file that a bench leaves: a row is appended the moment its run is done, in one write, so that
 * an interrupted bench leaves whole rows and goes on where it stood. */
#ifndef TAUT_BENCH_LEDGER_H
#define TAUT_BENCH_LEDGER_H

#include "bench/record.h"

typedef struct {
	const char *path; /* view */
	int         file; /* -1: not open */
} taut_bench_ledger;

typedef struct {
	taut_bench_record *items; /* [count] */
	size_t             count, capacity;
} taut_bench_records;

void taut_bench_records_fini(taut_bench_records *records);

/* The rows of an earlier bench; none when there is no file. A row that was cut is dropped. EINPUT
 * for a file that is no such table (its first line is not the columns), EIO, ENOMEM. On failure
 * *out is empty. */
taut_status taut_bench_ledger_read(taut_bench_records *out, const char *path,
                                   taut_error *err) TAUT_MUST_CHECK;

/* Opens the file for appending, holding just `kept`: replaced whole, by a file renamed over it. A
 * path that is no regular file (a device, a pipe) is written in place. EIO, ENOMEM. On failure
 * nothing is open. */
taut_status taut_bench_ledger_open(taut_bench_ledger *out, const char *path,
                                   const taut_bench_records *kept, taut_error *err) TAUT_MUST_CHECK;
/* One row, at the file's end. EIO, ENOMEM. */
taut_status taut_bench_ledger_append(taut_bench_ledger *ledger, const taut_bench_record *record,
                                     taut_error *err) TAUT_MUST_CHECK;
void        taut_bench_ledger_close(taut_bench_ledger *ledger);

#endif
