/* Narrows a formulation's 64-bit integers to what the machine takes. Real numbers and wide integers stop here. */
#ifndef TAUT_QUBO_SCALE_H
#define TAUT_QUBO_SCALE_H

#include "qubo/problem.h"
#include "qubo/qubo.h"

/* device energy ~ value * 2^fraction_bits / (divisor * 2^shift), plus the offset that is left out */
typedef struct {
	int64_t divisor;        /* greatest common divisor of all coefficients: lossless */
	int32_t shift;          /* further bits dropped by rounding; 0: lossless */
	double  rounding_error; /* largest possible error of an energy, in objective units of 10^-decimals */
	int64_t coefficient_min; /* smallest non-zero and */
	int64_t coefficient_max; /* largest magnitude of the device's coefficients */
	double  unit;            /* objective units of 10^-decimals per device unit */
} taut_scale;

/* The caller frees *out. ELIMIT when the problem is too large for the machine; ENOMEM. On failure *out is NULL. */
taut_status taut_scale_problem(taut_problem **out, taut_scale *scale, const taut_qubo *qubo, taut_error *err)
	TAUT_MUST_CHECK;

#endif
