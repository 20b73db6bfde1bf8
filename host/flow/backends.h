/* Which backend a run takes, and what is to be done for one that is not built in. */
#ifndef TAUT_FLOW_BACKENDS_H
#define TAUT_FLOW_BACKENDS_H

#include "base/options.h"
#include "flow/solve.h"

/* How to get a backend into the program, in one clause; static text. */
const char *taut_backends_hint(taut_backend_name name);

/* What `auto` begins with: xrt where there is a sign of a card, else the cpu. */
taut_backend_name taut_backends_auto(const taut_options *options, taut_find_fn *find);

/* Opens a backend by name. EDEVICE where it is not built in, ELIMIT where it has not the algorithm
 * (AUTO: any), and what its own open says. On failure *out is NULL. */
taut_status taut_backends_open(taut_backend **out, taut_limits *limits, taut_backend_name name,
                               taut_algorithm algorithm, const taut_options *options,
                               taut_find_fn *find, taut_error *err) TAUT_MUST_CHECK;

/* Whether rows may stay activities with that algorithm; AUTO takes one that they may. */
bool taut_backends_keep_terms(const taut_limits *limits, taut_algorithm algorithm);

#endif
