/* The opencl backend: one device, one queue; a work-group is a group of 64 lanes. */
#include "backend/opencl/opencl.h"

#include <assert.h>
#include <stdio.h>

#include "backend/encode.h"
#include "backend/opencl/inside.h"
#include "backend/pack.h"
#include "base/alloc.h"
#include "base/clock.h"

static void opencl_devices(taut_devices *out)
{
	taut_opencl_devices devices;
	taut_error          err = {TAUT_OK, ""};

	*out = (taut_devices){.count = 0};
	if (taut_opencl_list(&devices, &err)) {
		(void)snprintf(out->missing, sizeof out->missing, "%.255s", err.text);
		return;
	}
	out->count = devices.count;
	for (uint32_t k = 0; k < devices.count; k++)
		(void)snprintf(out->name[k], sizeof out->name[k], "%s", devices.device[k].name);
}

static void opencl_close(taut_backend *b)
{
	taut_opencl *self = (taut_opencl *)b;

	if (!self)
		return;
	/* a command that hangs may still write to these: they are then left to the process's end */
	if (taut_opencl_idle(self)) {
		for (uint32_t k = 0; k < self->events.count; k++)
			(void)clReleaseEvent(self->events.event[k]);
		taut_opencl_card_close(self);
		for (int k = 0; k < TAUT_OPENCL_MODES; k++)
			taut_opencl_forget(&self->program[k]);
		for (int k = 0; k < BUFFERS; k++)
			if (self->buffer[k])
				(void)clReleaseMemObject(self->buffer[k]);
		if (self->queue)
			(void)clReleaseCommandQueue(self->queue);
		if (self->context)
			(void)clReleaseContext(self->context);
		taut_opencl_release_host(self);
	}
	taut_problem_free(self->problem);
	taut_noise_free(self->noise);
	taut_free(self);
}

static taut_status open_device(taut_opencl *self, taut_error *err)
{
	const uint64_t doubled = (uint64_t)2 * TAUT_NOISE_COUNT * sizeof(uint16_t);
	cl_int         code = CL_SUCCESS;
	taut_status    st;

	self->context = clCreateContext(NULL, 1, &self->device.id, NULL, NULL, &code);
	st = taut_opencl_check(code, "opening the device", err);
	if (st)
		return st;
	self->queue = clCreateCommandQueue(self->context, self->device.id,
	                                   CL_QUEUE_PROFILING_ENABLE, &code);
	st = taut_opencl_check(code, "a queue of the device", err);
	if (st || self->device.card)
		return st;
	st = taut_opencl_put(self, BUFFER_NOISE, self->noise->metropolis_doubled, doubled, err);
	if (st)
		return st;
	return taut_opencl_put(self, BUFFER_NOISE_HEATBATH, self->noise->heatbath_doubled, doubled,
	                       err);
}

/* Of the cards, in the runtime's order. */
static uint32_t card_number(const taut_opencl_devices *devices, uint32_t chosen)
{
	uint32_t number = 0;

	for (uint32_t k = 0; k < chosen; k++)
		number += devices->device[k].card;
	return number;
}

static taut_status opencl_open(taut_backend **out, const taut_backend_options *options,
                               taut_error *err)
{
	taut_opencl_devices devices;
	taut_opencl        *self = NULL;
	uint32_t            chosen;
	taut_status         st;

	*out = NULL;
	st = taut_opencl_list(&devices, err);
	if (st)
		goto done;
	st = taut_opencl_choose(&chosen, &devices, options ? options->device : NULL, err);
	if (st)
		goto done;
	st = TAUT_ENOMEM;
	self = taut_alloc(1, sizeof *self, err);
	if (!self)
		goto done;
	self->base.ops = &taut_opencl_ops;
	self->device = devices.device[chosen];
	self->patience_s = 60.0;
	st = taut_noise_new(&self->noise, err);
	if (st)
		goto done;
	st = open_device(self, err);
	if (st)
		goto done;
	if (self->device.card) {
		st = taut_opencl_card_open(self, card_number(&devices, chosen),
		                           options ? options->bitstream : NULL, err);
		if (st)
			goto done;
	}
	*out = &self->base;
	self = NULL;
done:
	opencl_close(self ? &self->base : NULL);
	return st == TAUT_EDEVICE ? taut_context(err, st, "backend opencl") : st;
}

void taut_opencl_set_patience(taut_backend *b, double seconds)
{
	((taut_opencl *)b)->patience_s = seconds;
}

static void opencl_limits(taut_limits *out, const taut_backend *b)
{
	const taut_opencl *self = (const taut_opencl *)b;

	/* of the buffers; the device's memory is looked at when a problem is loaded */
	*out = (taut_limits){.max_variables =
	                             self->device.allocation_bytes / ((uint64_t)2 * TAUT_LANES),
	                     .max_couplings = self->device.allocation_bytes / sizeof(uint32_t),
	                     .max_permutation = TAUT_PERMUTATION_MAX,
	                     .groups = true,
	                     .dense = true,
	                     .algorithms = TAUT_ENCODE_ALGORITHMS,
	                     .exact = true};
	if (out->max_variables > UINT32_MAX - 1)
		out->max_variables = UINT32_MAX - 1;
	if (self->card)
		taut_pack_limits(out, true, true);
	(void)snprintf(out->device, sizeof out->device, "%s", self->device.name);
}

static void opencl_times(taut_backend_times *out, const taut_backend *b)
{
	*out = ((const taut_opencl *)b)->times;
}

/* What a launch that hangs uses is left alone, and its queue never gets to another command. */
static taut_status check_present(const taut_opencl *self, taut_error *err)
{
	return self->lost ? taut_fail(err, TAUT_EDEVICE,
	                              "OpenCL: '%s' is lost: an earlier launch did not end",
	                              self->device.name)
	                  : TAUT_OK;
}

static taut_status opencl_load(taut_backend *b, const taut_problem *problem, taut_error *err)
{
	taut_opencl *self = (taut_opencl *)b;
	const double start_s = taut_clock_s();
	taut_status  st = check_present(self, err);

	if (st)
		return st;
	if (self->card) {
		taut_problem_free(self->problem);
		self->problem = NULL;
		st = taut_problem_dup(&self->problem, problem, err);
		return st ? st : taut_opencl_card_load(self, err);
	}
	st = taut_opencl_load(self, problem, err);

	self->times.pack += taut_clock_s() - start_s;
	/* sa is what mostly follows; other modes are built when they run */
	if (st == TAUT_OK)
		st = taut_opencl_prepare(self, TAUT_MODE_SA, err);
	return st;
}

static taut_status opencl_run(taut_samples **out, bool *finished, taut_backend *b,
                              const taut_schedule *schedule, const taut_ctx *ctx, taut_error *err)
{
	taut_opencl  *self = (taut_opencl *)b;
	taut_launcher launcher = {
		.device = self, .units = 1, .start = taut_opencl_start, .wait = taut_opencl_wait};
	uint32_t    groups;
	uint32_t    most;
	taut_status st;

	*out = NULL;
	*finished = false;
	assert(self->problem != NULL);
	st = check_present(self, err);
	if (st)
		return st;
	if (self->card) {
		launcher.groups = TAUT_KERNEL_GROUPS;
		launcher.start = taut_opencl_card_start;
		launcher.wait = taut_opencl_card_wait;
		return taut_launcher_run(out, finished, &launcher, self->problem, self->noise,
		                         schedule, ctx, err);
	}
	st = taut_opencl_prepare(self, taut_encode_mode(schedule->algorithm), err);
	if (st)
		return st;
	/* ladders and rings are made whole by lanes beyond the reads */
	groups = schedule->reads / TAUT_LANES + 1;
	most = taut_opencl_groups_most(self);
	launcher.groups = groups < most ? groups : most;
	st = taut_opencl_hold(self, launcher.groups, err);
	if (st)
		return st;
	return taut_launcher_run(out, finished, &launcher, self->problem, self->noise, schedule,
	                         ctx, err);
}

const taut_backend_ops taut_opencl_ops = {.abi = TAUT_BACKEND_ABI,
                                          .name = TAUT_BACKEND_OPENCL,
                                          .devices = opencl_devices,
                                          .open = opencl_open,
                                          .limits = opencl_limits,
                                          .times = opencl_times,
                                          .load = opencl_load,
                                          .run = opencl_run,
                                          .close = opencl_close};
