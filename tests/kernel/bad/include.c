/* refused: include of <string.h> */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

#include <string.h>
