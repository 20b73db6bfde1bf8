/* Xilinx cards through XRT's native C API. */
#ifndef TAUT_BACKEND_XRT_XRT_H
#define TAUT_BACKEND_XRT_XRT_H

#include "backend/backend.h"

extern const taut_backend_ops taut_xrt_ops;

#endif
