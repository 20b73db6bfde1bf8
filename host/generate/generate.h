/* Seeded instances of the families, made as the literature makes its benchmarks (docs/generate.md
 * says which and how). The same options give the same instance on every machine. */
#ifndef TAUT_GENERATE_GENERATE_H
#define TAUT_GENERATE_GENERATE_H

#include "base/options.h"
#include "model/instance.h"

/* A new instance of `family`, not AUTO, by the options of TAUT_GROUP_GENERATE (generator, size,
 * rows, edges, density, tightness, range, generate_seed). The caller frees. EUSAGE where these do
 * not fit the family or each other, or would make more than 2^30 numbers; ENOMEM. On failure *out
 * is NULL. */
taut_status taut_generate(taut_instance **out, taut_family family, const taut_options *options,
                          taut_error *err) TAUT_MUST_CHECK;

#endif
