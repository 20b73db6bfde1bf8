/*
 * Rows of a plan as integer activities (qubo/terms.h): prices of what exceeds a row's limits, and the choice whether squares
 * stay factors or become couplings.
 *
 * The choice compares what one sweep costs, in instructions on registers of 16 lanes of 32 bits, four of them a group, as
 * counted in host/backend/cpu/term_body.h and flip_body.h (docs/cpu.md): an entry of a factor 16 a visit and 16 a flip; a
 * coupling 16 a flip; a dense row 2 a column (measured, mean over a schedule). A visit has a flip in some lane in 0.63 of
 * all visits, mean over a schedule. Kept where that is half of what couplings cost, since some algorithms need
 * couplings, or where there are too many couplings.
 */
#ifndef TAUT_FORMULATIONS_FACTORS_H
#define TAUT_FORMULATIONS_FACTORS_H

#include "formulations/plan.h"

/* Instructions of a sweep's visits and flips, over all variables, with the squares of the plan in either form beside the
 * couplings of objective and products. */
typedef struct {
	double kept, expanded;
	double couplings; /* of the expanded squares, before those of a pair are merged */
} taut_factor_costs;

taut_factor_costs taut_factors_cost(const taut_plan *plan, double variables);

/* Whether the squares of the plan's rows stay factors. */
bool taut_factors_kept(const taut_plan *plan, double variables);

/* excess_k (max(0, a_k x - hi) + max(0, lo - a_k x)) times 2^bits. Rows too wide for the machine's 32 bits are taken in
 * multiples of a power of two. EINPUT, ELIMIT, ENOMEM. */
taut_status taut_factors_add_excess(taut_qubo_builder *b, taut_plan *plan, uint32_t k, int32_t bits,
				    taut_error *err) TAUT_MUST_CHECK;

#endif
