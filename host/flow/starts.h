/* States that the user gives to anneal from: of the model on reading, of the machine after every
 * encoding. */
#ifndef TAUT_FLOW_STARTS_H
#define TAUT_FLOW_STARTS_H

#include "flow/claims.h"
#include "formulations/formulation.h"
#include "qubo/codec.h"

typedef struct {
	taut_claims   claims;
	taut_samples *samples; /* [claims.count] of the last encoding, or NULL */
} taut_starts;

/* The answers of a file (flow/claims.h) as starts. With `exchange` every one must hold what the
 * moves keep: exactly one 1 in each one-hot group, permutations. EINPUT with file:line, EIO,
 * ENOMEM. On failure there is nothing to fini. */
taut_status taut_starts_read(taut_starts *out, const char *path, const taut_model *model,
                             uint32_t index, bool exchange, taut_error *err) TAUT_MUST_CHECK;
void        taut_starts_fini(taut_starts *starts);

/* starts->samples for the formulation's last encoding, which `codec` and `problem` are of; slack
 * bits as they suit each state. ELIMIT, ENOMEM. */
taut_status taut_starts_encode(taut_starts *starts, const taut_codec *codec,
                               const taut_problem *problem, const taut_formulation *formulation,
                               taut_error *err) TAUT_MUST_CHECK;

#endif
