/* Default temperatures of a problem, from the largest and smallest changes that matter (docs/machine.md derives them). */
#ifndef TAUT_QUBO_TEMPERATURE_H
#define TAUT_QUBO_TEMPERATURE_H

#include "qubo/problem.h"

typedef struct {
	double hot;  /* first temperature, device units, > 0 */
	double cold; /* last temperature, device units, 0 < cold <= hot */
} taut_temperature_range;

taut_temperature_range taut_temperature_default(const taut_problem *problem);

#endif
