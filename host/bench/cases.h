/* What a bench runs over: the problems that folders and files of the command line name, with what
 * best_known.csv says of them. That table is looked for in the folder (or the file's) and then
 * upwards; its columns family, instance, path, sense and best_known are used, paths are relative to
 * it. */
#ifndef TAUT_BENCH_CASES_H
#define TAUT_BENCH_CASES_H

#include "base/options.h"

typedef struct {
	char       *name;       /* as best_known.csv calls it, else the file does; owned */
	char       *path;       /* from the folder as the user wrote it; owned */
	char       *index;      /* --index of a file that holds several problems, or NULL; owned */
	char       *best_known; /* text of the best known value, or NULL; owned */
	taut_family family;     /* AUTO: as the file tells */
	bool        clique;     /* the complement's independent set, every vertex counting 1 */
	uint32_t    recipe;     /* 0, or number of a problem that is no file (recipes.h) */
	taut_sense  sense;      /* in which best_known is measured; FILE: not known */
} taut_bench_case;

typedef struct {
	taut_bench_case *items; /* [count] */
	size_t           count, capacity;
} taut_bench_cases;

/*
 * Appends the problems of one operand. A folder: its rows of best_known.csv in their order, then
 * YAML specs below it and, where options->family is given, all other files without a row
 * (solutions, tables and pages excepted), by name. A file: its rows, else its problems.
 * options->family and ->index keep those that fit. A problem that is there already is not taken
 * again. Files that cannot be read are taken as one case: running it tells why. EINPUT for a table
 * that is not one, EIO for an operand that is not there, ENOMEM. The caller frees *cases, after a
 * failure too.
 */
taut_status taut_bench_cases_add(taut_bench_cases *cases, const char *operand,
                                 const taut_options *options, taut_error *err) TAUT_MUST_CHECK;
void        taut_bench_cases_fini(taut_bench_cases *cases);

/* The options of a run of the case: the user's, and where he says nothing, what the case tells. */
taut_status taut_bench_case_options(taut_options *out, const taut_bench_case *c,
                                    const taut_options *user, taut_error *err) TAUT_MUST_CHECK;

#endif
