/* A formulation's QUBO as a problem of its own, so that it can be written to a file like any other.
 */
#ifndef TAUT_FLOW_EXPORT_H
#define TAUT_FLOW_EXPORT_H

#include "model/instance.h"
#include "model/model.h"
#include "qubo/qubo.h"

/*
 * An instance (name and family alone) and a model, family qubo, minimised, with the same value at
 * every x; the caller frees both. decimals: of the objective that the QUBO stands for. Where a
 * coefficient with a fraction of 2^-k has no decimal within 64 bits and 15 digits, all are
 * multiplied by 2^k and *times_bits is k; else that is 0. EUSAGE for a permutation problem, which
 * has no coefficients; EINPUT when a sum leaves 64 bits; ENOMEM. On failure *instance and *model
 * are NULL.
 */
taut_status taut_export_qubo(taut_instance **instance, taut_model **model, int32_t *times_bits,
                             const taut_qubo *qubo, int32_t decimals, const char *name,
                             taut_error *err) TAUT_MUST_CHECK;

#endif
