/* What `taut compare` leaves behind: one problem, one row for every backend. Filled by host/flow,
 * written by host/report. */
#ifndef TAUT_ANSWER_COMPARISON_H
#define TAUT_ANSWER_COMPARISON_H

#include "answer/result.h"

typedef enum {
	TAUT_COMPARED_DONE,    /* every read ran to its end */
	TAUT_COMPARED_CUT,     /* ended early by the time limit or an interrupt */
	TAUT_COMPARED_ABSENT,  /* not built in, or it cannot be opened */
	TAUT_COMPARED_LIMIT,   /* the problem or the algorithm exceeds its limits */
	TAUT_COMPARED_LOST,    /* the device failed while it worked */
	TAUT_COMPARED_SKIPPED, /* the time limit or an interrupt came before */
	TAUT_N_COMPARED
} taut_compared_state;

typedef enum {
	TAUT_DIFFERS_BIT,      /* one bit of a sample */
	TAUT_DIFFERS_POSITION, /* one position of a permutation */
	TAUT_DIFFERS_ENERGY,   /* the states are the same */
	TAUT_DIFFERS_COUNT,    /* one of the two has no such read */
	TAUT_N_DIFFERS
} taut_differs;

#define TAUT_NO_VARIABLE UINT32_MAX

/* The first place where samples differ from the reference's. */
typedef struct {
	taut_differs kind;
	size_t       read;     /* from 0 */
	uint32_t     place;    /* bit of the sample or position of the permutation, from 0 */
	uint32_t     variable; /* of the model: the bit's; of a permutation that which is 1 in the
	                          reference; or     TAUT_NO_VARIABLE where the method added the bit */
	const char *name;      /* of the variable, or NULL; view of the model */
	uint32_t    value, reference_value;   /* bits, or positions from 0 */
	int64_t     energy, reference_energy; /* device units, as claimed */
} taut_difference;

typedef struct {
	taut_backend_name   backend;
	taut_compared_state state;
	taut_status         status;   /* OK for DONE, CUT and SKIPPED */
	char                why[512]; /* for all but DONE */
	char                device[96];
	bool                exact; /* it promises the machine's bits */

	/* where there are samples: DONE, CUT, and LOST after some */
	uint64_t samples, feasible, repaired; /* feasible before repair; repaired: feasible after */
	bool     has_raw;                     /* some sample was feasible before repair */
	int64_t  raw_best;                    /* of those */
	double   raw_mean;                    /* of those, the family's units */
	bool     has_answer;                  /* verified, after repair and local search */
	bool     feasible_answer;
	int64_t  best;      /* its objective */
	uint64_t successes; /* samples feasible before repair and as good as the target */
	uint64_t updates; /* proposals of one spin (or swap) in one replica, pt's pilot included */
	uint32_t crc;     /* CRC-32 of states and energies, little-endian */

	bool            compared; /* with the reference; of DONE rows alone */
	bool            differs;
	taut_difference difference;

	struct {
		/* seconds of wall-clock, one after the other; warm: a first sweep that does not
		 * count */
		double open, load, warm, run, answer;
		double pack, transfer, kernel; /* of load and run, as the backend tells */
	} time_s;
} taut_compared;

typedef enum {
	TAUT_TARGET_NONE,
	TAUT_TARGET_GIVEN,
	TAUT_TARGET_BEST_KNOWN,
	TAUT_TARGET_BEST_HERE, /* the best sample of all backends that was feasible before repair */
	TAUT_N_TARGETS
} taut_target_kind;

typedef struct {
	taut_result *
		problem; /* model, formulation and settings that all rows share; no answer; owned */
	taut_compared   *rows; /* [n_rows]; owned */
	size_t           n_rows;
	size_t           reference; /* the first row that is DONE; n_rows: none */
	taut_target_kind target_kind;
	int64_t          target; /* objective, the model's units */
	bool             interrupted;
	double           total_s;
} taut_comparison;

void taut_comparison_free(taut_comparison *comparison); /* accepts NULL */

/* Whether every row is DONE and has the reference's samples; false where fewer than two are. */
bool taut_comparison_identical(const taut_comparison *comparison);

/* Updates a second of wall-clock while it ran; false where there were none. */
bool taut_compared_rate(double *out, const taut_compared *row);

/* Seconds until a read has reached the target with a probability of 99 %, one read after the other
 * at the rate of this run (docs/compare.md); false where no read has. */
bool taut_compared_time_to_target(double *out, const taut_compared *row);

/* Relative distance of the best objective to the best known, as taut_result_best_known_gap. */
bool taut_compared_gap(double *out, const taut_comparison *comparison, const taut_compared *row);

#endif
