/* What a running solve tells: given to the progress callback after every round. */
#ifndef TAUT_PUBLIC_PROGRESS_H
#define TAUT_PUBLIC_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	double  time_s;        /* since the solve began */
	double  time_limit_s;  /* 0: none */
	int64_t round;         /* rounds finished */
	bool    has_objective; /* a feasible answer is known */
	double  objective;     /* in the problem's own units and sense */
	bool    has_bound;
	double  bound; /* in the problem's own units and sense */
} taut_progress;

#endif
