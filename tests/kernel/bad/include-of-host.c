/* refused: include of "host/qubo/problem.h" */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

#include "host/qubo/problem.h"
