/* Commands under way: waiting for them with a limit, and what they took. */
#include <time.h>

#include "backend/opencl/inside.h"
#include "base/clock.h"

/* A launch is given up after patience and so many times what it is expected to take. */
static const double GENEROUS = 20.0;
static const double UPDATE_S = 1e-4; /* of a visit of 64 lanes before anything is measured: 100
                                        times what a slow device takes */

cl_event *taut_opencl_next_event(taut_opencl *self, bool transfer)
{
	taut_opencl_events *e = &self->events;

	e->transfer[e->count] = transfer;
	return &e->event[e->count++];
}

static double visits_of(const taut_opencl *self, const taut_job *job)
{
	const double n = self->problem->permutation_n;

	return (double)(job->launch.sweep_end - job->launch.sweep_begin) * job->groups *
	       (n > 0.0 ? n * n / 2.0 : self->problem->n + 1.0);
}

void taut_opencl_expect(taut_opencl *self, const taut_job *job)
{
	self->events.count = 0;
	self->expected_s = visits_of(self, job) *
	                   (self->update_s > 0.0 ? GENEROUS * self->update_s : UPDATE_S);
}

void taut_opencl_learn(taut_opencl *self, const taut_job *job, double spent_s)
{
	const double update_s = spent_s / visits_of(self, job);

	self->update_s = update_s > self->update_s ? update_s : self->update_s;
}

static void release_events(taut_opencl *self)
{
	for (uint32_t k = 0; k < self->events.count; k++)
		(void)clReleaseEvent(self->events.event[k]);
	self->events.count = 0;
}

void taut_opencl_abandon(taut_opencl *self)
{
	(void)clFinish(self->queue); /* what was enqueued uses memory of the host */
	release_events(self);
}

/* Not every runtime fails the commands after one that failed. */
static taut_status check_all(const taut_opencl *self, taut_error *err)
{
	for (uint32_t k = 0; k < self->events.count; k++) {
		cl_int       status = CL_COMPLETE;
		const cl_int code =
			clGetEventInfo(self->events.event[k], CL_EVENT_COMMAND_EXECUTION_STATUS,
		                       sizeof status, &status, NULL);

		if (code != CL_SUCCESS || status < 0)
			return taut_opencl_check(code != CL_SUCCESS ? code : status,
			                         "running on the device", err);
	}
	return TAUT_OK;
}

bool taut_opencl_idle(const taut_opencl *self)
{
	for (uint32_t k = 0; k < self->events.count; k++) {
		cl_int status = CL_QUEUED;

		if (clGetEventInfo(self->events.event[k], CL_EVENT_COMMAND_EXECUTION_STATUS,
		                   sizeof status, &status, NULL) != CL_SUCCESS ||
		    status > CL_COMPLETE)
			return false;
	}
	return true;
}

/* Blocks until the last command is done. The clock is the host's: a device that hangs never says
 * so. */
static taut_status await_end(taut_opencl *self, taut_error *err)
{
	const cl_event last = self->events.event[self->events.count - 1];
	const double   start_s = taut_clock_s();
	const double   limit_s = self->patience_s + self->expected_s;
	long           pause_ns = 20000;

	for (;;) {
		cl_int                status = CL_QUEUED;
		const cl_int          code = clGetEventInfo(last, CL_EVENT_COMMAND_EXECUTION_STATUS,
		                                            sizeof status, &status, NULL);
		const struct timespec pause = {0, pause_ns};

		if (code != CL_SUCCESS || status < 0)
			return taut_opencl_check(code != CL_SUCCESS ? code : status,
			                         "running on the device", err);
		if (status == CL_COMPLETE)
			return check_all(self, err);
		if (taut_clock_s() - start_s > limit_s) {
			self->lost = true;
			return taut_fail(err, TAUT_EDEVICE,
			                 "OpenCL: a launch on '%s' has not ended after %.0f s: the "
			                 "device hangs or is shared; see its "
			                 "driver's log",
			                 self->device.name, limit_s);
		}
		(void)nanosleep(&pause, NULL);
		pause_ns = pause_ns < 500000 ? pause_ns * 5 / 4 : pause_ns;
	}
}

static void add_times(taut_opencl *self, double *anneal_s)
{
	for (uint32_t k = 0; k < self->events.count; k++) {
		cl_ulong begin = 0;
		cl_ulong end = 0;
		double   spent_s;

		if (clGetEventProfilingInfo(self->events.event[k], CL_PROFILING_COMMAND_START,
		                            sizeof begin, &begin, NULL) != CL_SUCCESS ||
		    clGetEventProfilingInfo(self->events.event[k], CL_PROFILING_COMMAND_END,
		                            sizeof end, &end, NULL) != CL_SUCCESS ||
		    end < begin)
			continue;
		spent_s = (double)(end - begin) * 1e-9;
		if (self->events.transfer[k])
			self->times.transfer += spent_s;
		else
			self->times.kernel += spent_s;
		*anneal_s += spent_s;
	}
}

taut_status taut_opencl_finish(taut_opencl *self, double *spent_s, taut_error *err)
{
	const taut_status st = await_end(self, err);

	if (self->lost)
		return st;
	add_times(self, spent_s);
	/* a command that failed is not the last one: what comes after it in the queue uses memory
	 * of the host */
	if (st)
		taut_opencl_abandon(self);
	release_events(self);
	return st;
}
