/* The backends that are built in: one row each. */
#include <stddef.h>

#include "backend/backend.h"
#include "backend/cpu/cpu.h"
#include "backend/null/null.h"

static const taut_backend_ops *const BACKENDS[TAUT_N_BACKENDS] = {
	[TAUT_BACKEND_AUTO] = &taut_cpu_ops,
	[TAUT_BACKEND_CPU] = &taut_cpu_ops,
	[TAUT_BACKEND_NONE] = &taut_null_ops,
};

const taut_backend_ops *taut_backend_find(taut_backend_name name)
{
	const taut_backend_ops *ops = (unsigned)name < TAUT_N_BACKENDS ? BACKENDS[name] : NULL;

	return ops && ops->abi == TAUT_BACKEND_ABI ? ops : NULL;
}
