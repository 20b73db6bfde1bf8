/* Everything that a solve leaves behind: what reports write and callers read. Filled by host/flow. */
#ifndef TAUT_ANSWER_RESULT_H
#define TAUT_ANSWER_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "answer/verify.h"
#include "base/decimal.h"
#include "base/names.h"
#include "model/decoded.h"
#include "model/model.h"
#include "qubo/scale.h"

/* What one arm of algorithm auto did (host/flow/portfolio.h). */
typedef struct {
	const char *name; /* static */
	uint64_t    rounds;
	uint64_t    proposals;
	double      success; /* sum of 1 / (1 + rank) over the states that became elites */
	double      share;   /* of the proposals of all arms */
} taut_arm_result;

typedef struct {
	taut_arm_result arms[16];
	size_t          n; /* 0: no portfolio ran */
} taut_portfolio_result;

/* The ladder of pt (docs/pt.md). */
typedef struct {
	uint32_t n;               /* rungs; 0: pt did not run */
	double   temperature[64]; /* coldest first; objective units (family's) */
	double   rate[64];        /* [n - 1] share of the exchanges with the next rung that were accepted; below 0: none
	                             was proposed */
} taut_ladder_result;

/* What a method did in the loop. */
typedef struct {
	taut_method method;
	uint64_t    rounds;
	uint64_t    progress; /* of them with a better answer or a better bound */
} taut_method_result;

typedef struct {
	taut_model *model; /* owned; names, sizes and scales of everything below */
	char       *file;  /* as the user wrote it; NULL for inline data; owned */
	uint32_t    index; /* which problem of the file, from 1 */
	char       *note;  /* a convention worth telling, or NULL; owned */

	struct {
		taut_method method;
		const char *why; /* static */
		uint32_t    variables, slack_variables;
		uint64_t    slack_baseline_variables;
		uint64_t    rounds;
		taut_method_result played[2]; /* the method taken at first, and its rival where that has played: rounds > 0 */
		double     *weights;     /* [n_rows] or NULL; the family's units, see taut_applied; owned */
		double     *multipliers; /* [n_rows] or NULL; likewise */
		double      conflict_weight;
		taut_scale  scale; /* of the last round */
	} formulation;

	struct {
		taut_backend_name backend;
		char              device[96];
		taut_algorithm    algorithm;
		taut_acceptance   acceptance;
		taut_moves        moves; /* FLIP or EXCHANGE */
		uint64_t          reads, sweeps; /* of the last round */
		uint64_t          seed;
		uint32_t          threads;
		double            t_hot, t_cold; /* objective units (family's), of the last round */
		uint64_t          proposals;     /* counted work of all rounds */
		taut_portfolio_result portfolio;
		taut_ladder_result    ladder; /* of the last round of pt */
	} solver;

	bool         has_answer;
	uint8_t     *bits; /* [n]; owned */
	taut_verdict verdict;
	taut_decoded decoded;

	struct {
		uint64_t samples, feasible, repaired;
		double   mean_distance; /* bits changed per sample */
		bool     has_best;
		int64_t  best; /* best objective of a sample that needed no repair */
		bool     has_mean, has_mended; /* objective units of 10^-decimals: */
		double   mean;   /* of the samples that needed no repair */
		double   mended; /* of those feasible after repair and local search */
	} raw;

	struct {
		bool     known;
		int64_t  objective;
		uint64_t samples;
	} baseline;

	struct {
		bool        known;
		int64_t     value;
		const char *kind; /* static */
	} bound;

	bool         has_best_known;
	taut_decimal best_known;

	bool         has_target;
	taut_decimal target;         /* objective, the family's units */
	bool         target_reached; /* a verified feasible answer is at least that good */

	bool interrupted; /* by the stop flag, not by the time limit */
	bool proven;      /* the bound says that nothing is better */
	bool proven_infeasible; /* an exact search says that no answer is feasible */

	char failure[512]; /* the device was lost in mid-run, and how; "" where nothing failed */

	struct {
		double read, formulate, anneal, answer, total; /* seconds */
		double pack, transfer, kernel;                 /* of them, as the backend tells (taut_backend_times) */
	} time_s;
} taut_result;

void taut_result_free(taut_result *result); /* accepts NULL */

/* Relative distance |bound - objective| / |objective|; false where there is none (no bound, no feasible answer, zero). */
bool taut_result_gap(double *out, const taut_result *result);

/* Relative distance to the best known value, positive where the answer is worse, the distance itself where that value
 * is 0; false where there is none. */
bool taut_result_best_known_gap(double *out, const taut_result *result);

/* The same of the mean objective of the samples that are feasible after repair and local search. */
bool taut_result_mean_gap(double *out, const taut_result *result);

#endif
