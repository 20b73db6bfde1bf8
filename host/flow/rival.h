/* Inside host/flow only: a second method that auto may change to while a timed loop runs. */
#ifndef TAUT_FLOW_RIVAL_H
#define TAUT_FLOW_RIVAL_H

#include "formulations/formulation.h"

typedef struct {
	taut_formulation *other;     /* that does not play now; NULL: not started yet */
	int               playing;   /* 0: the method that auto took, 1: its rival */
	bool              due;       /* the other takes over with the next round */
	uint64_t          proposals; /* of all rounds observed */
	double            work[2];   /* proposals of each */
} taut_rival;

struct taut_run;

/* After a round that has or has not made progress. Where rounds make none (taut_rounds' stall) the
 * other method's turn comes, if it has not played yet or has made no less progress for its
 * proposals. */
void taut_rival_observe(struct taut_run *r, bool progress);

/* Before a round: the change that is due, if any. The method that stops keeps its state. ENOMEM. */
taut_status taut_rival_change(struct taut_run *r, taut_error *err) TAUT_MUST_CHECK;

#endif
