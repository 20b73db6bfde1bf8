/* The closed lists of names that users type: one place for the enum, the spelling and the help line.
 * A list is X(CONSTANT, "spelling", "help"). Registries elsewhere are tables indexed by these enums. */
#ifndef TAUT_BASE_NAMES_H
#define TAUT_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define TAUT_FAMILIES(X)                                                               \
	X(AUTO, "auto", "told by the file's format where that is enough")              \
	X(MDKP, "mdkp", "multidimensional 0-1 knapsack")                               \
	X(MIS, "mis", "maximum (weight) independent set")                              \
	X(QAP, "qap", "quadratic assignment")                                          \
	X(TSP, "tsp", "travelling salesman")                                           \
	X(MARKET_SHARE, "market_share", "market share / market split")                 \
	X(MAXCUT, "maxcut", "maximum cut")                                             \
	X(QUBO, "qubo", "unconstrained binary quadratic")                              \
	X(BINARY_PROGRAM, "binary_program", "linear or quadratic 0-1 program")

#define TAUT_FORMATS(X)                                                                \
	X(AUTO, "auto", "told by name and content")                                    \
	X(ORLIB, "orlib", "OR-Library mknap1/mknapcb: several problems in a file")     \
	X(MKNAP2, "mknap2", "OR-Library mknap2: named problems in a file")             \
	X(SAC94, "sac94", "SAC-94 and Glover-Kochenberger .dat: one problem")          \
	X(QAPLIB, "qaplib", "QAPLIB .dat")                                             \
	X(TSPLIB, "tsplib", "TSPLIB .tsp")                                             \
	X(DIMACS, "dimacs", "DIMACS .clq/.col/.gph ASCII graph")                       \
	X(RUDY, "rudy", "rudy / G-set edge list with weights")                         \
	X(QOBLIB_MS, "qoblib_ms", "QOBLIB market split .dat")                          \
	X(MARKET_JSON, "market_json", "market-share demands as JSON")                  \
	X(TRIANGLE, "triangle", "QUBO as lines i j q of one triangle")                 \
	X(OPB, "opb", "pseudo-Boolean .opb")                                           \
	X(LP, "lp", "CPLEX LP of a 0-1 program")                                       \
	X(MPS, "mps", "MPS of a 0-1 program, fixed or free")                           \
	X(QPLIB, "qplib", "QPLIB's own .qplib")                                        \
	X(BHOSLIB, "bhoslib", "BHOSLIB .mis ASCII graph")                              \
	X(COO, "coo", "QUBO as lines i j q from 0, each counting once")                \
	X(QBSOLV, "qbsolv", "qbsolv .qubo")                                            \
	X(JSON, "json", "QUBO as JSON; written, not read")

#define TAUT_METHODS(X)                                                                \
	X(AUTO, "auto", "chosen from the problem's structure; the report says why")    \
	X(PENALTY, "penalty", "squared penalties, one weight per row")                 \
	X(SLACK, "slack", "squared penalties with binary slack bits (the baseline)")   \
	X(UNBALANCED, "unbalanced", "linear and squared terms of an expanded exponential") \
	X(SUBGRADIENT, "subgradient", "multipliers moved along deflected residuals")   \
	X(STOCHASTIC, "stochastic", "multipliers of random rows moved at a time")      \
	X(DUAL_AVERAGING, "dual_averaging", "multipliers from the sum of all residuals") \
	X(MIRROR_DESCENT, "mirror_descent", "multipliers times exponentials of residuals") \
	X(CUTTING_PLANE, "cutting_plane", "multipliers from a linear program of cuts (needs CLP)") \
	X(BUNDLE, "bundle", "the same, held near the best by a quadratic term")        \
	X(AUGMENTED_LAGRANGIAN, "augmented_lagrangian",                                \
	  "multipliers inside a shifted squared term, updated every round")              \
	X(NATIVE, "native", "rows as activities in the cpu's machine, what exceeds them priced")

#define TAUT_BACKENDS(X)                                                               \
	X(AUTO, "auto", "the best that is present")                                    \
	X(CPU, "cpu", "vector lanes on the host's processor")                          \
	X(CSIM, "csim", "the hardware kernels, compiled for the host's processor")     \
	X(OPENCL, "opencl", "a device of OpenCL: processor, GPU or accelerator")       \
	X(XRT, "xrt", "the hardware kernels on a Xilinx card")                         \
	X(NONE, "null", "anneals nothing: samples are the initial spins")

#define TAUT_ALGORITHMS(X)                                                             \
	X(AUTO, "auto", "a portfolio whose shares follow success")                     \
	X(SA, "sa", "simulated annealing")                                             \
	X(PT, "pt", "parallel tempering, its ladder set from energy variances")        \
	X(SQA, "sqa", "simulated quantum annealing over rings of Trotter slices")      \
	X(SB, "sb", "simulated bifurcation: even reads ballistic, odd reads discrete") \
	X(TABU, "tabu", "one-flip tabu search with restarts")                          \
	X(RANDOM, "random", "uniform random states: what any search must beat")

#define TAUT_ACCEPTANCES(X)                                                            \
	X(METROPOLIS, "metropolis", "flip iff change <= T * exponential noise")        \
	X(HEATBATH, "heatbath", "flip iff change <= T * logistic noise")

#define TAUT_MOVES(X)                                                                  \
	X(AUTO, "auto", "exchange where the structure allows it, else flip")           \
	X(FLIP, "flip", "one bit at a time")                                           \
	X(EXCHANGE, "exchange", "moves that keep one-hot groups and permutations")

#define TAUT_SENSES(X)                                                                 \
	X(FILE, "file", "as the format says, minimise where it does not")              \
	X(MIN, "min", "minimise")                                                      \
	X(MAX, "max", "maximise")

#define TAUT_PAIRS(X)                                                                  \
	X(FILE, "file", "as the format says")                                          \
	X(ONCE, "once", "a line i j q adds q x_i x_j")                                 \
	X(TWICE, "twice", "a line i j q adds 2 q x_i x_j (one triangle of a matrix)")

#define TAUT_WEIGHTINGS(X)                                                             \
	X(FILE, "file", "vertex weights of the file where it has any")                 \
	X(UNIT, "unit", "every vertex weighs 1")

#define TAUT_SWITCHES(X)                                                               \
	X(AUTO, "auto", "where it helps")                                              \
	X(ON, "on", "always")                                                          \
	X(OFF, "off", "never")

#define TAUT_PENALTY_RULES(X)                                                          \
	X(FLIP, "flip", "no single flip that breaks a row by its least amount gains")  \
	X(RATIO, "ratio", "no single flip out of a row that is kept gains")            \
	X(RANGE, "range", "1 + range of the objective, the same for every row")        \
	X(CALIBRATED, "calibrated", "short anneals move the weights until a share is feasible")

#define TAUT_CORRELATIONS(X)                                                           \
	X(SDP, "sdp", "vectors of a semidefinite relaxation")                          \
	X(SAMPLE, "sample", "products of spins averaged over samples")                 \
	X(LP, "lp", "a linear relaxation")                                             \
	X(HYBRID, "hybrid", "relaxation and samples together")

#define TAUT_GENERATORS(X)                                                             \
	X(AUTO, "auto", "the first of these that fits the family")                     \
	X(CHU_BEASLEY, "chu_beasley", "mdkp: profits correlated with weights")         \
	X(TAILLARD, "taillard", "qap: uniform; without a seed QAPLIB's taiNNa")        \
	X(EUCLIDEAN, "euclidean", "tsp: uniform points in a square, rounded distances") \
	X(CORNUEJOLS_DAWANDE, "cornuejols_dawande", "market_share: halves of row sums") \
	X(BEASLEY, "beasley", "qubo: uniform coefficients")                            \
	X(PLANTED, "planted", "binary_program: random rows around a feasible point")   \
	X(PLANTED_QUADRATIC, "planted_quadratic", "the same with products in the objective") \
	X(GNP, "gnp", "mis, maxcut, qubo: each pair an edge with probability density") \
	X(GNM, "gnm", "mis, maxcut, qubo: that many edges, every choice as likely")    \
	X(TORUS2D, "torus2d", "mis, maxcut, qubo: square grid, closed in both directions") \
	X(TORUS3D, "torus3d", "mis, maxcut, qubo: cubic grid, closed in all directions") \
	X(COMPLETE, "complete", "maxcut, qubo: every pair an edge")

#define X(constant, spelling, help) TAUT_FAMILY_##constant,
typedef enum { TAUT_FAMILIES(X) TAUT_N_FAMILIES } taut_family;
#undef X
#define X(constant, spelling, help) TAUT_FORMAT_##constant,
typedef enum { TAUT_FORMATS(X) TAUT_N_FORMATS } taut_format;
#undef X
#define X(constant, spelling, help) TAUT_METHOD_##constant,
typedef enum { TAUT_METHODS(X) TAUT_N_METHODS } taut_method;
#undef X
#define X(constant, spelling, help) TAUT_BACKEND_##constant,
typedef enum { TAUT_BACKENDS(X) TAUT_N_BACKENDS } taut_backend_name;
#undef X
#define X(constant, spelling, help) TAUT_ALGORITHM_##constant,
typedef enum { TAUT_ALGORITHMS(X) TAUT_N_ALGORITHMS } taut_algorithm;
#undef X
#define X(constant, spelling, help) TAUT_ACCEPTANCE_##constant,
typedef enum { TAUT_ACCEPTANCES(X) TAUT_N_ACCEPTANCES } taut_acceptance;
#undef X
#define X(constant, spelling, help) TAUT_MOVES_##constant,
typedef enum { TAUT_MOVES(X) TAUT_N_MOVES } taut_moves;
#undef X
#define X(constant, spelling, help) TAUT_SENSE_##constant,
typedef enum { TAUT_SENSES(X) TAUT_N_SENSES } taut_sense;
#undef X
#define X(constant, spelling, help) TAUT_PAIRS_##constant,
typedef enum { TAUT_PAIRS(X) TAUT_N_PAIRS } taut_pairs;
#undef X
#define X(constant, spelling, help) TAUT_WEIGHTING_##constant,
typedef enum { TAUT_WEIGHTINGS(X) TAUT_N_WEIGHTINGS } taut_weighting;
#undef X
#define X(constant, spelling, help) TAUT_SWITCH_##constant,
typedef enum { TAUT_SWITCHES(X) TAUT_N_SWITCHES } taut_switch;
#undef X
#define X(constant, spelling, help) TAUT_PENALTY_RULE_##constant,
typedef enum { TAUT_PENALTY_RULES(X) TAUT_N_PENALTY_RULES } taut_penalty_rule;
#undef X
#define X(constant, spelling, help) TAUT_CORRELATION_##constant,
typedef enum { TAUT_CORRELATIONS(X) TAUT_N_CORRELATIONS } taut_correlation;
#undef X
#define X(constant, spelling, help) TAUT_GENERATOR_##constant,
typedef enum { TAUT_GENERATORS(X) TAUT_N_GENERATORS } taut_generator;
#undef X

typedef struct {
	const char *name;
	const char *help;
} taut_name;

/* A list as data, in enum order. */
typedef struct {
	const taut_name *names; /* [count] */
	size_t           count;
} taut_name_list;

extern const taut_name_list taut_family_names;
extern const taut_name_list taut_format_names;
extern const taut_name_list taut_method_names;
extern const taut_name_list taut_backend_names;
extern const taut_name_list taut_algorithm_names;
extern const taut_name_list taut_acceptance_names;
extern const taut_name_list taut_moves_names;
extern const taut_name_list taut_sense_names;
extern const taut_name_list taut_pairs_names;
extern const taut_name_list taut_weighting_names;
extern const taut_name_list taut_switch_names;
extern const taut_name_list taut_penalty_rule_names;
extern const taut_name_list taut_correlation_names;
extern const taut_name_list taut_generator_names;

/* Index of text in the list; -1 when it is not there. */
int taut_name_find(const taut_name_list *list, const char *text);

/* A running search for the known name nearest to what was typed (Damerau-Levenshtein distance). Use:
 * taut_nearest n = taut_nearest_to(typed); taut_nearest_try(&n, name) for all names; then
 * taut_nearest_hint writes " (did you mean 'x'?)" or "" into a buffer. */
typedef struct {
	const char *typed;
	const char *best;
	size_t      distance;
} taut_nearest;

taut_nearest taut_nearest_to(const char *typed);
void         taut_nearest_try(taut_nearest *nearest, const char *name);
void         taut_nearest_hint(char *out, size_t size, const taut_nearest *nearest);

#endif
