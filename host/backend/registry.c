/* The backends that are built in: one row each. */
#include <stddef.h>

#include "backend/backend.h"
#include "backend/cpu/cpu.h"
#include "backend/csim/csim.h"
#include "backend/null/null.h"
#include "backend/opencl/opencl.h"
#include "backend/xrt/xrt.h"

static const taut_backend_ops *const BACKENDS[TAUT_N_BACKENDS] = {
	[TAUT_BACKEND_AUTO] = &taut_cpu_ops,
	[TAUT_BACKEND_CPU] = &taut_cpu_ops,
	[TAUT_BACKEND_CSIM] = &taut_csim_ops,
#ifdef TAUT_WITH_OPENCL
	[TAUT_BACKEND_OPENCL] = &taut_opencl_ops,
#endif
#ifdef TAUT_WITH_XRT
	[TAUT_BACKEND_XRT] = &taut_xrt_ops,
#endif
	[TAUT_BACKEND_NONE] = &taut_null_ops,
};

const taut_backend_ops *taut_backend_find(taut_backend_name name)
{
	const taut_backend_ops *ops = (unsigned)name < TAUT_N_BACKENDS ? BACKENDS[name] : NULL;

	return ops && ops->abi == TAUT_BACKEND_ABI ? ops : NULL;
}

bool taut_backend_has_choice(taut_backend_name name)
{
	return name == TAUT_BACKEND_AUTO || name == TAUT_BACKEND_OPENCL || name == TAUT_BACKEND_XRT;
}
