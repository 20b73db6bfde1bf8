/* The options of a run: one table from which come the struct, the defaults, the range checks, the keys of a
 * YAML spec, the command line, the help and docs/options.md. */
#ifndef TAUT_BASE_OPTIONS_H
#define TAUT_BASE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"
#include "base/status.h"
#include "base/text.h"

/* Which commands take an option; a set. */
enum {
	TAUT_GROUP_SOURCE = 1,   /* how a SPEC is read: every command with a SPEC */
	TAUT_GROUP_SOLVE = 2,    /* how it is solved */
	TAUT_GROUP_LOOP = 1024,  /* likewise, where one backend anneals in rounds */
	TAUT_GROUP_OUTPUT = 4,   /* where results go */
	TAUT_GROUP_REPORT = 8,   /* json and quiet: every command that reports */
	TAUT_GROUP_METHOD = 16,  /* the one method of a solve */
	TAUT_GROUP_BENCH = 32,   /* several methods, and where their table goes */
	TAUT_GROUP_CONVERT = 128, /* the format of a file to write */
	TAUT_GROUP_EXPORT = 256, /* where formulate writes its QUBO */
	TAUT_GROUP_COMPARE = 512, /* which backends are compared, and how strictly */
	TAUT_GROUP_GENERATE = 64 /* what `taut generate` makes; in a spec, problem.generate */
};

/*
 * FLAG  (field, yaml path, flag, group,                              help)   false unless given
 * INT   (field, yaml path, flag, group, default, low, high, unit,    help)
 * REAL  (field, yaml path, flag, group, default, low, high, unit,    help)
 * CHOICE(field, yaml path, flag, group, default, list,               help)
 * TEXT  (field, yaml path, flag, group,                   what,      help)   NULL unless given
 *
 * A yaml path of NULL means that a spec cannot hold the option; a flag of NULL that the command line cannot.
 */
#define TAUT_OPTIONS(FLAG, INT, REAL, CHOICE, TEXT)                                                                     \
	CHOICE(family, "problem.type", "family", TAUT_GROUP_SOURCE, TAUT_FAMILY_AUTO, family, "kind of problem")       \
	CHOICE(format, "problem.format", "format", TAUT_GROUP_SOURCE, TAUT_FORMAT_AUTO, format, "file format")         \
	TEXT(index, "problem.index", "index", TAUT_GROUP_SOURCE, "K|NAME",                                              \
	     "which problem of a file that holds several, from 1 or by name; without it each in turn")                  \
	CHOICE(sense, "problem.sense", "sense", TAUT_GROUP_SOURCE, TAUT_SENSE_FILE, sense,                              \
	       "direction of a qubo's objective")                                                                       \
	CHOICE(pairs, "problem.pairs", "pairs", TAUT_GROUP_SOURCE, TAUT_PAIRS_FILE, pairs,                              \
	       "how often an off-diagonal line of a qubo counts")                                                       \
	FLAG(complement, "problem.complement", "complement", TAUT_GROUP_SOURCE,                                         \
	     "mis: take the complement of the file's graph (a clique problem)")                                         \
	CHOICE(weights, "problem.vertex_weights", "weights", TAUT_GROUP_SOURCE, TAUT_WEIGHTING_FILE, weighting,         \
	       "mis: weights of the vertices")                                                                          \
	INT(integer_weight, "problem.integer_weight", "integer-weight", TAUT_GROUP_SOURCE, 0, 0, INT64_MAX, "",          \
	    "binary_program: most that a bit of an integer weighs; 0: any (log encoding)")                              \
	TEXT(best_known, "best_known", "best-known", TAUT_GROUP_SOURCE, "V",                                            \
	     "best known objective; the gap is reported against it")                                                    \
	CHOICE(method, "formulation.method", "method", TAUT_GROUP_METHOD, TAUT_METHOD_AUTO, method, "formulation")       \
	INT(rounds, "formulation.rounds", "rounds", TAUT_GROUP_LOOP,  10, 1, 1000000, "rounds",                         \
	    "rounds of the closed loop: anneal, repair, update multipliers")                                            \
	REAL(penalty, "formulation.penalty", "penalty", TAUT_GROUP_SOLVE, 0, 0, 1e15, "objective",                      \
	     "weight of a squared violation; 0: by the method's published rule, per row")                               \
	CHOICE(penalty_rule, "formulation.penalty_rule", "penalty-rule", TAUT_GROUP_SOLVE, TAUT_PENALTY_RULE_FLIP,      \
	       penalty_rule, "method penalty: where its weights come from; not with a penalty")                                                    \
	CHOICE(shrink, "shrink.enabled", "shrink", TAUT_GROUP_SOLVE, TAUT_SWITCH_AUTO, switch,                          \
	       "graph shrinking (this version never shrinks: auto is off)")                                             \
	REAL(shrink_target, "shrink.target", "shrink-target", TAUT_GROUP_SOLVE, 0.66, 0.01, 1e9, "fraction or variables", \
	     "size to shrink to: below 1 a fraction, else variables (this version never shrinks)")                      \
	CHOICE(shrink_correlation, "shrink.correlation", "shrink-correlation", TAUT_GROUP_SOLVE,                        \
	       TAUT_CORRELATION_SDP, correlation, "what says which variables move together (this version never shrinks)") \
	CHOICE(backend, "solver.backend", "backend", TAUT_GROUP_LOOP,  TAUT_BACKEND_AUTO, backend, "where to anneal")   \
	TEXT(device, "solver.device", "device", TAUT_GROUP_SOLVE, "K|NAME",                                             \
	     "opencl, xrt: which device, from 0 or by part of its name; the first unless given")                        \
	TEXT(bitstream, "solver.bitstream", "bitstream", TAUT_GROUP_SOLVE, "FILE",                                      \
	     "xrt, opencl on a card: the .xclbin; else $TAUT_BITSTREAM, else the device's row of MANIFEST.yaml")        \
	CHOICE(algorithm, "solver.algorithm", "algorithm", TAUT_GROUP_SOLVE, TAUT_ALGORITHM_AUTO, algorithm,            \
	       "annealing algorithm")                                                                                   \
	CHOICE(acceptance, "solver.acceptance", "acceptance", TAUT_GROUP_SOLVE, TAUT_ACCEPTANCE_METROPOLIS,             \
	       acceptance, "acceptance rule")                                                                           \
	CHOICE(moves, "solver.moves", "moves", TAUT_GROUP_SOLVE, TAUT_MOVES_AUTO, moves, "kind of move")                \
	INT(reads, "solver.reads", "reads", TAUT_GROUP_SOLVE, 64, 1, 1000000, "samples", "independent anneals a round") \
	INT(sweeps, "solver.sweeps", "sweeps", TAUT_GROUP_SOLVE, 1000, 1, 100000000, "sweeps",                          \
	    "proposals per variable and anneal")                                                                        \
	REAL(t_hot, "solver.t_hot", "t-hot", TAUT_GROUP_SOLVE, 0, 0, 1e15, "objective",                                 \
	     "first temperature; 0: from the problem's largest change")                                                 \
	REAL(t_cold, "solver.t_cold", "t-cold", TAUT_GROUP_SOLVE, 0, 0, 1e15, "objective",                              \
	     "last temperature; 0: from the problem's smallest change")                                                 \
	TEXT(schedule, "solver.schedule", "schedule", TAUT_GROUP_SOLVE, "FILE",                                         \
	     "temperatures, one a line, spread over the sweeps; instead of t-hot and t-cold")                           \
	TEXT(initial, "solver.initial", "initial", TAUT_GROUP_SOLVE, "FILE",                                            \
	     "answers to anneal from: a result JSON, a solution file or lines of 0 and 1")                              \
	TEXT(target, "solver.target", "target", TAUT_GROUP_SOLVE, "OBJECTIVE",                                          \
	     "stop as soon as a feasible answer is at least this good")                                                 \
	INT(seed, "solver.seed", "seed", TAUT_GROUP_SOLVE, 1, 0, INT64_MAX, "", "seed of every random choice")          \
	INT(threads, "solver.threads", "threads", TAUT_GROUP_SOLVE, 0, 0, 4096, "threads",                              \
	    "0: all processors; the answer does not depend on it")                                                      \
	REAL(time_limit, "solver.time_limit", "time-limit", TAUT_GROUP_SOLVE, 0, 0, 1e9, "s",                           \
	     "wall-clock limit; 0: none, the work is reads x sweeps x rounds")                                          \
	CHOICE(repair, "answer.repair", "repair", TAUT_GROUP_SOLVE, TAUT_SWITCH_AUTO, switch,                           \
	       "make every returned bitstring feasible")                                                                \
	CHOICE(local_search, "answer.local_search", "local-search", TAUT_GROUP_SOLVE, TAUT_SWITCH_AUTO, switch,         \
	       "improve every feasible answer by small feasible moves")                                                 \
	TEXT(methods, NULL, "method", TAUT_GROUP_BENCH, "NAME,...",                                                     \
	     "bench: the methods to compare; auto unless given")                                                        \
	INT(jobs, NULL, "jobs", TAUT_GROUP_BENCH, 0, 0, 4096, "runs", "runs at a time; 0: processors / threads of a run") \
	TEXT(csv, NULL, "csv", TAUT_GROUP_BENCH, "FILE", "the table to append to; bench.csv unless given")              \
	FLAG(restart, NULL, "restart", TAUT_GROUP_BENCH, "run everything again, also what stands in the table")         \
	TEXT(plot, NULL, "plot", TAUT_GROUP_BENCH, "FOLDER",                                                            \
	     "bench formulations: draw SVG plots into this folder (needs gnuplot)")                                     \
	TEXT(backends, NULL, "backends", TAUT_GROUP_COMPARE, "NAME,...",                                                \
	     "compare: where to anneal; the first is what others are compared with; all that are present unless given") \
	FLAG(exact, NULL, "exact", TAUT_GROUP_COMPARE, "compare: exit with 11 unless all samples are the same")         \
	CHOICE(generator, "problem.generate.kind", "kind", TAUT_GROUP_GENERATE, TAUT_GENERATOR_AUTO, generator,         \
	       "what is generated")                                                                                     \
	INT(size, "problem.generate.size", "size", TAUT_GROUP_GENERATE, 100, 1, 2000000000, "",                         \
	    "items, facilities, cities, vertices or variables")                                                         \
	INT(rows, "problem.generate.rows", "rows", TAUT_GROUP_GENERATE, 0, 0, 1000000, "rows",                          \
	    "constraints; torus2d: rows of the grid; 0: by the kind and the size")                                      \
	INT(edges, "problem.generate.edges", "edges", TAUT_GROUP_GENERATE, 0, 0, 4000000000, "edges",                   \
	    "gnm: how many; 0: density x pairs")                                                                        \
	REAL(density, "problem.generate.density", "density", TAUT_GROUP_GENERATE, 0.1, 1e-9, 1, "",                     \
	     "share of the pairs, or of a row's coefficients, that is there")                                           \
	REAL(tightness, "problem.generate.tightness", "tightness", TAUT_GROUP_GENERATE, 0.5, 0, 1, "",                  \
	     "mdkp: capacity / sum of the row's weights; planted: 1 leaves the planted point no room")                  \
	TEXT(range, "problem.generate.range", "range", TAUT_GROUP_GENERATE, "LO..HI",                                   \
	     "whole numbers from LO to HI are drawn; without it the kind's own range")                                  \
	INT(generate_seed, "problem.generate.seed", "seed", TAUT_GROUP_GENERATE, 1, 0, INT64_MAX, "",                   \
	    "seed of the generated data; taillard: 123456789 unless given")                                             \
	CHOICE(to, NULL, "to", TAUT_GROUP_CONVERT, TAUT_FORMAT_AUTO, format,                                            \
	       "format to write; auto: by the file's ending, else the family's own")                                   \
	FLAG(json, NULL, "json", TAUT_GROUP_REPORT, "one JSON object per problem and line on stdout")                   \
	FLAG(quiet, NULL, "quiet", TAUT_GROUP_REPORT, "no progress and no notices on stderr")                           \
	TEXT(output, NULL, "output", TAUT_GROUP_OUTPUT | TAUT_GROUP_GENERATE | TAUT_GROUP_EXPORT | TAUT_GROUP_COMPARE, "FILE", \
	     "write results to FILE instead of stdout")                                                                 \
	TEXT(samples, NULL, "samples", TAUT_GROUP_OUTPUT, "FILE",                                                       \
	     "write every read to FILE: JSON lines, or binary where the name ends in .bin")                             \
	TEXT(trace, NULL, "trace", TAUT_GROUP_OUTPUT, "FILE",                                                           \
	     "write a record of every round to FILE: JSON lines, or CSV where the name ends in .csv")

typedef struct {
#define FLAG(field, path, flag, group, help) bool field;
#define INT(field, path, flag, group, def, lo, hi, unit, help) int64_t field;
#define REAL(field, path, flag, group, def, lo, hi, unit, help) double field;
#define CHOICE(field, path, flag, group, def, list, help) int field; /* index into taut_<list>_names */
#define TEXT(field, path, flag, group, what, help) const char *field; /* view */
	TAUT_OPTIONS(FLAG, INT, REAL, CHOICE, TEXT)
#undef FLAG
#undef INT
#undef REAL
#undef CHOICE
#undef TEXT
	uint64_t given; /* bit k: option number k of the table was set, not defaulted */
} taut_options;

/* Position of each option in the table, for `given` and taut_option_table. */
typedef enum {
#define FLAG(field, path, flag, group, help) TAUT_OPTION_##field,
#define INT(field, path, flag, group, def, lo, hi, unit, help) TAUT_OPTION_##field,
#define REAL(field, path, flag, group, def, lo, hi, unit, help) TAUT_OPTION_##field,
#define CHOICE(field, path, flag, group, def, list, help) TAUT_OPTION_##field,
#define TEXT(field, path, flag, group, what, help) TAUT_OPTION_##field,
	TAUT_OPTIONS(FLAG, INT, REAL, CHOICE, TEXT)
#undef FLAG
#undef INT
#undef REAL
#undef CHOICE
#undef TEXT
	TAUT_N_OPTIONS
} taut_option_id;

typedef enum {
	TAUT_KIND_FLAG,
	TAUT_KIND_INT,
	TAUT_KIND_REAL,
	TAUT_KIND_CHOICE,
	TAUT_KIND_TEXT
} taut_option_kind;

typedef struct {
	taut_option_kind      kind;
	const char           *path; /* "section.key" in a spec, or NULL */
	const char           *flag; /* without the dashes, or NULL */
	unsigned              group;
	double                low, high; /* INT and REAL; INT's are below 2^63 and exact in int_high */
	int64_t               int_low, int_high;
	double                real_default;
	int64_t               int_default;
	const taut_name_list *choices; /* CHOICE */
	const char           *unit;    /* INT, REAL: unit; TEXT: what stands for the value */
	const char           *help;
} taut_option;

extern const taut_option taut_option_table[TAUT_N_OPTIONS];

void taut_options_default(taut_options *out);

/* Sets one option from its text. EUSAGE with the name, the value and the allowed range or nearest name
 * (callers that read files turn that into EINPUT with a position). TEXT keeps a view of `text`. A FLAG takes
 * true/false/on/off/yes/no. `name` is how the user knows the option ("--reads", "solver.reads"). */
taut_status taut_option_set(taut_options *options, taut_option_id id, const char *text, const char *name,
			    taut_error *err) TAUT_MUST_CHECK;

/* Reads "LO..HI", two whole numbers within 32 bits, LO <= HI. EUSAGE that quotes the text. */
taut_status taut_range_parse(int64_t *low, int64_t *high, const char *text, taut_error *err) TAUT_MUST_CHECK;

/* Appends the option's value as taut_option_set takes it (reals to 15 digits; nothing for a TEXT that is NULL). */
void taut_option_put(taut_text *out, const taut_options *options, taut_option_id id);

/* True when the user set the option, in a spec or on the command line. */
bool taut_option_given(const taut_options *options, taut_option_id id);

/* Copies into *base every option that is given in *over: the command line over the spec. */
void taut_options_overlay(taut_options *base, const taut_options *over);

/* Finds an option by its spec path or by its flag; TAUT_N_OPTIONS when there is none. Of two options with one flag that of
 * the groups is found, else the first. */
taut_option_id taut_option_by_path(const char *path);
taut_option_id taut_option_by_flag(const char *flag, unsigned groups);

/* Default and range as text for help and docs: "1000 (1 to 100000000 sweeps)". */
void taut_option_describe(char *out, size_t size, taut_option_id id);

#endif
