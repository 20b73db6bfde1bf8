/* Answers that a user brings for a model: result JSON, solution files, lines of bits; as bitstrings with what they claim. */
#ifndef TAUT_FLOW_CLAIMS_H
#define TAUT_FLOW_CLAIMS_H

#include "base/decimal.h"
#include "model/model.h"

typedef struct {
	uint8_t     *bits; /* [model->n] */
	size_t       line; /* where it begins in the file */
	bool         has_objective;
	taut_decimal objective; /* in the family's units */
} taut_claim;

typedef struct {
	taut_claim *items; /* [count] */
	size_t      count;
} taut_claims;

/* The answers of a file for problem number `index` of its file (1 where there is only one). Of a result JSON with several
 * objects those with the model's name and index are taken; bits of another integer_weight are turned into the model's.
 * Of a permutation and its inverse the one that gives the stated objective. EINPUT with file:line where malformed or where no answer is for this problem; EIO, ENOMEM. On failure *out is
 * empty. */
taut_status taut_claims_read(taut_claims *out, const char *path, const taut_model *model, uint32_t index,
			     taut_error *err) TAUT_MUST_CHECK;
void        taut_claims_fini(taut_claims *claims);

/* True when the claimed objective is exactly `objective` in units of 10^-decimals, or none is claimed. */
bool taut_claim_agrees(const taut_claim *claim, int64_t objective, int32_t decimals);

#endif
