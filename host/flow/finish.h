/* Inside host/flow only: the exact finish of small programs, between rounds. Of linear objective
 * and rows: a depth-first search (bound/depth_first.h) looks for the rest of the proof, a better
 * answer, a better bound, or both met. Of equations, or sums of deviations: one merge of lists
 * (answer/merge.h) looks for an answer that meets them all. */
#ifndef TAUT_FLOW_FINISH_H
#define TAUT_FLOW_FINISH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef struct {
	uint64_t spent;      /* matrix entries looked at so far */
	uint64_t next;       /* what the next search may look at; 0: it is the first */
	bool     merged;     /* the equations have been merged, to the end or the deadline */
	bool     infeasible; /* there is no feasible answer: proven */
} taut_finish;

struct taut_run;

/* After a round. Searches where the model has the form, the answers are to be improved (local
 * search on) and enough work has been saved: a first amount, and then a share of the anneal's
 * proposals and the samples, each search allowed twice the one before. Counted, so the same in
 * every run; with a deadline at most a share of the time left. *improved: the incumbent is better
 * than before. The merge comes once, after the first round that leaves time for all of it (without
 * deadline: where it is small): with rows only while no answer is feasible, else while no bound
 * excludes deviation 0. ENOMEM. */
taut_status taut_finish_round(bool *improved, struct taut_run *r, taut_error *err) TAUT_MUST_CHECK;

#endif
