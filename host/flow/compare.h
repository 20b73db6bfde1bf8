/* One problem, built once, annealed by several backends with the same schedule and seed, and what
 * they gave side by side (docs/compare.md). */
#ifndef TAUT_FLOW_COMPARE_H
#define TAUT_FLOW_COMPARE_H

#include "answer/comparison.h"
#include "flow/solve.h"

typedef struct {
	const taut_backend_name *backends; /* [n] each once, never AUTO */
	size_t                   n;
	taut_find_fn            *find; /* NULL: taut_backend_find */
} taut_compare_request;

/*
 * Fixed reads and sweeps, also under a time limit, one round. Method auto is the first whose rounds
 * do not change the QUBO, algorithm auto is sa; what the options say of backend and rounds is not
 * looked at. A deadline of ctx is shared out evenly among the backends that are still to come;
 * interrupted or out of time is no failure, and neither is a backend that is absent, refuses the
 * problem or is lost: its row says so. The caller frees *out. EINPUT, EUSAGE, ELIMIT (the problem
 * suits no machine), ENOMEM; *out is then NULL.
 */
taut_status taut_compare(taut_comparison **out, const taut_instance *instance,
                         const taut_options *options, const taut_compare_request *request,
                         const taut_ctx *ctx, taut_error *err) TAUT_MUST_CHECK;

#endif
