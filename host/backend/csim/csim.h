/* The kernels of hls/kernel compiled for the host, through the packing of the card. */
#ifndef TAUT_BACKEND_CSIM_CSIM_H
#define TAUT_BACKEND_CSIM_CSIM_H

#include "backend/backend.h"

extern const taut_backend_ops taut_csim_ops;

#endif
