#include "backend/null/null.h"

#include <assert.h>
#include <stdio.h>

#include "backend/initial.h"
#include "base/alloc.h"

typedef struct {
	taut_backend  base;
	taut_problem *problem; /* NULL before the first load */
} null_backend;

static void null_devices(taut_devices *out)
{
	*out = (taut_devices){.count = 1};
	(void)snprintf(out->name[0], sizeof out->name[0], "none");
}

static taut_status null_open(taut_backend **out, const taut_backend_options *options,
                             taut_error *err)
{
	null_backend *b = taut_alloc(1, sizeof *b, err);

	(void)options;
	*out = NULL;
	if (!b)
		return TAUT_ENOMEM;
	b->base.ops = &taut_null_ops;
	*out = &b->base;
	return TAUT_OK;
}

static void null_limits(taut_limits *out, const taut_backend *b)
{
	(void)b;
	*out = (taut_limits){.max_variables = UINT64_MAX,
	                     .max_couplings = UINT64_MAX,
	                     .max_permutation = UINT32_MAX,
	                     .groups = true,
	                     .dense = true,
	                     .terms = true,
	                     .algorithms = UINT32_MAX,
	                     .exact = false};
	(void)snprintf(out->device, sizeof out->device, "samples are the first states");
}

static void null_times(taut_backend_times *out, const taut_backend *b)
{
	(void)b;
	*out = (taut_backend_times){0};
}

static taut_status null_load(taut_backend *b, const taut_problem *problem, taut_error *err)
{
	null_backend *self = (null_backend *)b;

	taut_problem_free(self->problem);
	return taut_problem_dup(&self->problem, problem, err);
}

static taut_status null_run(taut_samples **out, bool *finished, taut_backend *b,
                            const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	const null_backend *self = (const null_backend *)b;
	taut_status         st;

	(void)ctx;
	assert(self->problem != NULL);
	*finished = false;
	st = taut_initial_new(out, self->problem, schedule, err);
	if (st)
		return st;
	for (size_t r = 0; r < (*out)->count; r++)
		(*out)->energy[r] = taut_initial_energy(self->problem, *out, r);
	*finished = true;
	return TAUT_OK;
}

static void null_close(taut_backend *b)
{
	null_backend *self = (null_backend *)b;

	if (!self)
		return;
	taut_problem_free(self->problem);
	taut_free(self);
}

const taut_backend_ops taut_null_ops = {.abi = TAUT_BACKEND_ABI,
                                        .name = TAUT_BACKEND_NONE,
                                        .devices = null_devices,
                                        .open = null_open,
                                        .limits = null_limits,
                                        .times = null_times,
                                        .load = null_load,
                                        .run = null_run,
                                        .close = null_close};
