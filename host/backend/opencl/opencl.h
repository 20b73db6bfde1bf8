/* OpenCL devices: the machine of hls/abi/machine.h in OpenCL C (hls/opencl). */
#ifndef TAUT_BACKEND_OPENCL_OPENCL_H
#define TAUT_BACKEND_OPENCL_OPENCL_H

#include "backend/backend.h"

extern const taut_backend_ops taut_opencl_ops;

/* Seconds that a launch may take beyond what is expected of it, instead of 60; for tests. */
void taut_opencl_set_patience(taut_backend *b, double seconds);

#endif
