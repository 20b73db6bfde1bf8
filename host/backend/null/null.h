/* The backend that anneals nothing, for testing what stands around one: samples are the first
 * states with their energies, any problem is taken. */
#ifndef TAUT_BACKEND_NULL_NULL_H
#define TAUT_BACKEND_NULL_NULL_H

#include "backend/backend.h"

extern const taut_backend_ops taut_null_ops;

#endif
