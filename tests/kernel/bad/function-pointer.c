/* refused: function pointer */
#include "hls/kernel/kernels.h"
#include "hls/kernel/pragmas.h"

typedef uint32_t (*step)(uint32_t);
