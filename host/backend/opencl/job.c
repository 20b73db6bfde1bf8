/* Launches on the device: programs, states to it and back, waiting with a limit. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "backend/opencl/inside.h"
#include "base/alloc.h"
#include "base/clock.h"

/* Items of the launch header (hls/opencl/machine.cl). */
enum { RULE, SEED, GROUP, BEGIN, END, COUNT, TRACK, WIDTH, RUNGS, FRACTION, RING, EXCHANGE = 16, LAUNCH_ITEMS = EXCHANGE + TAUT_LANES };

/* A launch is given up after patience and so many times what it is expected to take. */
static const double GENEROUS = 20.0;
static const double UPDATE_S = 1e-4; /* of a visit of 64 lanes before anything is measured: 100 times what a slow device takes */

static const char *const KERNEL_NAMES[KERNELS] = {"unpack", "start", "anneal", "pack"};

void taut_opencl_forget(taut_opencl_program *program)
{
	for (int k = 0; k < KERNELS; k++)
		if (program->kernel[k])
			(void)clReleaseKernel(program->kernel[k]);
	if (program->program)
		(void)clReleaseProgram(program->program);
	*program = (taut_opencl_program){.program = NULL};
}

static void write_options(char *out, size_t size, const taut_opencl *self, taut_machine_mode mode)
{
	(void)snprintf(out, size, "-cl-std=CL1.2 -DPER_ITEM=%u -DBITS=%u -DMODE=%d -DDENSE=%d -DGROUPED=%d -DLANE_MAJOR=%d",
	               (unsigned)self->per_item, (unsigned)self->bits, (int)mode, self->problem->dense != NULL,
	               self->problem->group != NULL, (self->device.type & CL_DEVICE_TYPE_CPU) != 0);
}

static taut_status build(taut_opencl *self, taut_opencl_program *p, taut_machine_mode mode, taut_error *err)
{
	cl_int code = CL_SUCCESS;
	taut_status st;

	write_options(p->options, sizeof p->options, self, mode);
	st = taut_opencl_build(&p->program, self->context, &self->device, self->source, p->options, err);
	for (int k = 0; k < KERNELS && st == TAUT_OK; k++) {
		if (self->source == TAUT_OPENCL_SWAPS && (k == KERNEL_UNPACK || k == KERNEL_PACK))
			continue;
		p->kernel[k] = clCreateKernel(p->program, KERNEL_NAMES[k], &code);
		st = taut_opencl_check(code, KERNEL_NAMES[k], err);
		if (st)
			p->kernel[k] = NULL;
	}
	if (st)
		taut_opencl_forget(p);
	return st;
}

taut_status taut_opencl_prepare(taut_opencl *self, taut_machine_mode mode, taut_error *err)
{
	taut_opencl_program *p = &self->program[mode];
	char                 options[sizeof p->options];
	taut_status          st;

	write_options(options, sizeof options, self, mode);
	if (p->program && strcmp(options, p->options) == 0)
		return TAUT_OK;
	taut_opencl_forget(p);
	st = build(self, p, mode, err);
	if (st != TAUT_EDEVICE || self->per_item == 1)
		return st;
	/* not a compiler with vectors of 64: lane by lane */
	self->per_item = 1;
	return build(self, p, mode, err);
}

/* Memory. */

void taut_opencl_release_host(taut_opencl *self)
{
	taut_free(self->words);
	taut_free(self->words_sent);
	taut_free(self->positions);
	taut_free(self->positions_sent);
	taut_free(self->energies);
	taut_free(self->rungs);
	taut_free(self->launch);
	taut_free(self->table);
	taut_free(self->jq);
	self->table = self->jq = NULL;
	self->table_bytes = self->jq_bytes = 0;
	self->words = self->words_sent = NULL;
	self->positions = self->positions_sent = NULL;
	self->energies = NULL;
	self->rungs = NULL;
	self->launch = NULL;
	self->groups = 0;
}

static size_t words_of(const taut_opencl *self, uint32_t groups)
{
	return (size_t)groups * self->problem->n;
}

static size_t positions_of(const taut_opencl *self, uint32_t groups)
{
	return (size_t)groups * TAUT_LANES * self->problem->permutation_n;
}

static taut_status hold_device(taut_opencl *self, uint32_t groups, taut_error *err)
{
	const taut_problem *p = self->problem;
	const uint64_t      lanes = (uint64_t)words_of(self, groups) * TAUT_LANES * (self->bits / 8);
	const struct {
		taut_opencl_buffer which;
		uint64_t           bytes;
	} NEEDS[] = {
		{BUFFER_LAUNCH, LAUNCH_ITEMS * sizeof(cl_ulong)},
		{BUFFER_WORDS, 2 * words_of(self, groups) * sizeof(uint64_t)},
		{BUFFER_LANES, 2 * lanes},
		{BUFFER_FIELDS, p->permutation_n ? (uint64_t)positions_of(self, groups) * p->permutation_n * 4 : lanes},
		{BUFFER_POSITIONS, 2 * positions_of(self, groups) * sizeof(uint16_t)},
		{BUFFER_ENERGIES, (uint64_t)groups * 2 * TAUT_LANES * sizeof(int64_t)},
		{BUFFER_RUNGS, (uint64_t)groups * 2 * TAUT_LANES * sizeof(cl_uint)},
		{BUFFER_CURRENT, (uint64_t)groups * p->n_groups * TAUT_LANES * sizeof(cl_uint)},
	};

	for (size_t k = 0; k < sizeof NEEDS / sizeof NEEDS[0]; k++) {
		const taut_status st = taut_opencl_reserve(self, NEEDS[k].which, NEEDS[k].bytes, err);

		if (st)
			return st;
	}
	return TAUT_OK;
}

taut_status taut_opencl_hold(taut_opencl *self, uint32_t groups, taut_error *err)
{
	const size_t words = 2 * words_of(self, groups);
	const size_t positions = 2 * positions_of(self, groups);

	self->resident = 0;
	taut_opencl_release_host(self);
	self->words = taut_alloc(words, sizeof *self->words, err);
	if (!self->words)
		return TAUT_ENOMEM;
	self->words_sent = taut_alloc(words, sizeof *self->words_sent, err);
	if (!self->words_sent)
		return TAUT_ENOMEM;
	self->positions = taut_alloc(positions, sizeof *self->positions, err);
	if (!self->positions)
		return TAUT_ENOMEM;
	self->positions_sent = taut_alloc(positions, sizeof *self->positions_sent, err);
	if (!self->positions_sent)
		return TAUT_ENOMEM;
	self->energies = taut_alloc((size_t)groups * 2 * TAUT_LANES, sizeof *self->energies, err);
	if (!self->energies)
		return TAUT_ENOMEM;
	self->rungs = taut_alloc((size_t)groups * 2 * TAUT_LANES, sizeof *self->rungs, err);
	if (!self->rungs)
		return TAUT_ENOMEM;
	self->launch = taut_alloc(LAUNCH_ITEMS, sizeof *self->launch, err);
	if (!self->launch)
		return TAUT_ENOMEM;
	self->groups = groups;
	return hold_device(self, groups, err);
}

/* Commands. */

cl_event *taut_opencl_next_event(taut_opencl *self, bool transfer)
{
	taut_opencl_events *e = &self->events;

	e->transfer[e->count] = transfer;
	return &e->event[e->count++];
}

static taut_status send(taut_opencl *self, taut_opencl_buffer which, const void *data, uint64_t bytes, taut_error *err)
{
	taut_status st = taut_opencl_reserve(self, which, bytes, err);
	cl_event   *event;

	if (st || bytes == 0)
		return st;
	event = taut_opencl_next_event(self, true);
	st = taut_opencl_check(clEnqueueWriteBuffer(self->queue, self->buffer[which], CL_FALSE, 0, (size_t)bytes, data, 0, NULL, event),
	                       "sending to the device", err);
	self->events.count -= st != TAUT_OK;
	return st;
}

static taut_status receive(taut_opencl *self, void *data, taut_opencl_buffer which, uint64_t bytes, taut_error *err)
{
	cl_event   *event;
	taut_status st;

	if (bytes == 0)
		return TAUT_OK;
	event = taut_opencl_next_event(self, true);
	st = taut_opencl_check(clEnqueueReadBuffer(self->queue, self->buffer[which], CL_FALSE, 0, (size_t)bytes, data, 0, NULL, event),
	                       "receiving from the device", err);
	self->events.count -= st != TAUT_OK;
	return st;
}

/* Arguments in order; the first failure stays. */
typedef struct {
	taut_opencl *self;
	cl_kernel    kernel;
	cl_uint      at;
	cl_int       code;
} arguments;

static void pass(arguments *a, const void *value, size_t bytes)
{
	const cl_int code = clSetKernelArg(a->kernel, a->at++, bytes, value);

	if (a->code == CL_SUCCESS)
		a->code = code;
}

static void pass_buffer(arguments *a, taut_opencl_buffer which)
{
	pass(a, &a->self->buffer[which], sizeof a->self->buffer[which]);
}

static void pass_uint(arguments *a, uint64_t value)
{
	const cl_uint v = (cl_uint)value;

	pass(a, &v, sizeof v);
}

static void pass_ulong(arguments *a, uint64_t value)
{
	const cl_ulong v = value;

	pass(a, &v, sizeof v);
}

static void pass_couplings(arguments *a, const taut_problem *p)
{
	const cl_int factor = p->dense_factor;

	if (p->dense) {
		pass_buffer(a, BUFFER_COEF);
		pass(a, &factor, sizeof factor);
		pass_uint(a, p->dense->stride);
		return;
	}
	pass_buffer(a, BUFFER_ROW);
	pass_buffer(a, BUFFER_COL);
	pass_buffer(a, BUFFER_COEF);
}

/* items is rounded up to whole work-groups: kernels but anneal look at their count. One size of groups for all, since some
 * compilers (PoCL) build a kernel anew for every other one. */
static taut_status enqueue(taut_opencl *self, arguments *a, size_t items, size_t local, taut_error *err)
{
	cl_event   *event;
	size_t      whole = (items + local - 1) / local * local;
	taut_status st = taut_opencl_check(a->code, "passing arguments", err);

	if (st || items == 0)
		return st;
	event = taut_opencl_next_event(self, false);
	st = taut_opencl_check(clEnqueueNDRangeKernel(self->queue, a->kernel, 1, NULL, &whole, &local, 0, NULL, event),
	                       "starting a kernel", err);
	self->events.count -= st != TAUT_OK;
	return st;
}

/* The states of the job as the device has them. */
static taut_status enqueue_start(taut_opencl *self, const taut_opencl_program *program, uint32_t groups, taut_error *err)
{
	const taut_problem *p = self->problem;
	const size_t        words = words_of(self, groups);
	const size_t        blocks = TAUT_LANES / self->per_item;
	arguments           unpack = {self, program->kernel[KERNEL_UNPACK], 0, CL_SUCCESS};
	arguments           start = {self, program->kernel[KERNEL_START], 0, CL_SUCCESS};
	taut_status         st;

	if (p->permutation_n) {
		st = send(self, BUFFER_POSITIONS, self->positions_sent, 2 * positions_of(self, groups) * sizeof(uint16_t), err);
		if (st)
			return st;
		pass_buffer(&start, BUFFER_POSITIONS);
		pass_buffer(&start, BUFFER_FIELDS);
		pass_buffer(&start, BUFFER_DATA);
		pass_uint(&start, p->permutation_n);
		pass_uint(&start, self->terms);
		pass_ulong(&start, (uint64_t)groups * TAUT_LANES);
		return enqueue(self, &start, (size_t)groups * TAUT_LANES, TAUT_LANES, err);
	}
	st = send(self, BUFFER_WORDS, self->words_sent, 2 * words * sizeof(uint64_t), err);
	if (st)
		return st;
	pass_buffer(&unpack, BUFFER_WORDS);
	pass_buffer(&unpack, BUFFER_LANES);
	pass_ulong(&unpack, 2 * words);
	st = enqueue(self, &unpack, 2 * words * blocks, TAUT_LANES, err);
	if (st)
		return st;
	pass_buffer(&start, BUFFER_LANES);
	pass_buffer(&start, BUFFER_FIELDS);
	pass_buffer(&start, BUFFER_LINEAR);
	pass_uint(&start, p->n);
	pass_ulong(&start, words);
	pass_couplings(&start, p);
	return enqueue(self, &start, words * blocks, TAUT_LANES, err);
}

static taut_status enqueue_anneal(taut_opencl *self, const taut_opencl_program *program, const taut_job *job, taut_error *err)
{
	const taut_problem *p = self->problem;
	const bool          heat = job->launch.rule == TAUT_RULE_HEATBATH;
	const size_t        local = TAUT_LANES / self->per_item;
	arguments           a = {self, program->kernel[KERNEL_ANNEAL], 0, CL_SUCCESS};

	pass_buffer(&a, BUFFER_LAUNCH);
	pass_buffer(&a, BUFFER_TABLE);
	if (!p->permutation_n)
		pass_buffer(&a, BUFFER_JQ);
	pass_buffer(&a, heat ? BUFFER_NOISE_HEATBATH : BUFFER_NOISE);
	pass_uint(&a, p->permutation_n ? p->permutation_n : p->n);
	if (p->permutation_n) {
		pass_uint(&a, self->terms);
		pass_buffer(&a, BUFFER_DATA);
		pass_buffer(&a, BUFFER_POSITIONS);
	} else {
		pass_buffer(&a, BUFFER_LANES);
	}
	pass_buffer(&a, BUFFER_FIELDS);
	pass_buffer(&a, BUFFER_ENERGIES);
	pass_buffer(&a, BUFFER_RUNGS);
	if (p->group) {
		pass_buffer(&a, BUFFER_PLACES);
		pass_uint(&a, p->n_groups);
		pass_buffer(&a, BUFFER_CURRENT);
	}
	if (!p->permutation_n)
		pass_couplings(&a, p);
	return enqueue(self, &a, job->groups * local, local, err);
}

static taut_status enqueue_results(taut_opencl *self, const taut_opencl_program *program, uint32_t groups, taut_error *err)
{
	const size_t words = 2 * words_of(self, groups);
	arguments    pack = {self, program->kernel[KERNEL_PACK], 0, CL_SUCCESS};
	taut_status  st = TAUT_OK;

	if (words) {
		pass_buffer(&pack, BUFFER_LANES);
		pass_buffer(&pack, BUFFER_WORDS);
		pass_ulong(&pack, words);
		st = enqueue(self, &pack, words, TAUT_LANES, err);
	}
	if (st == TAUT_OK)
		st = receive(self, self->words, BUFFER_WORDS, words * sizeof(uint64_t), err);
	if (st == TAUT_OK)
		st = receive(self, self->positions, BUFFER_POSITIONS, 2 * positions_of(self, groups) * sizeof(uint16_t), err);
	if (st == TAUT_OK)
		st = receive(self, self->energies, BUFFER_ENERGIES, (uint64_t)groups * 2 * TAUT_LANES * sizeof(int64_t), err);
	if (st == TAUT_OK)
		st = receive(self, self->rungs, BUFFER_RUNGS, (uint64_t)groups * 2 * TAUT_LANES * sizeof(cl_uint), err);
	if (st == TAUT_OK)
		st = taut_opencl_check(clFlush(self->queue), "starting", err);
	return st;
}

/* Host's side. */

static void write_launch(taut_opencl *self, const taut_job *job)
{
	const taut_machine_launch *l = &job->launch;
	cl_ulong                  *out = self->launch;

	memset(out, 0, LAUNCH_ITEMS * sizeof *out);
	out[RULE] = l->rule == TAUT_RULE_HEATBATH;
	out[SEED] = l->seed;
	out[GROUP] = l->group;
	out[BEGIN] = l->sweep_begin;
	out[END] = l->sweep_end;
	out[COUNT] = l->sweep_count;
	out[TRACK] = l->track_from;
	out[WIDTH] = l->temperature_width;
	out[RUNGS] = l->rungs;
	out[FRACTION] = l->exchange_fraction;
	out[RING] = l->ring;
	for (uint32_t k = 0; l->mode == TAUT_MODE_PT && k + 1 < l->rungs; k++)
		out[EXCHANGE + k] = l->exchange[k];
}

static void write_states(taut_opencl *self, const taut_job *job)
{
	const size_t n = self->problem->n;
	const size_t row = (size_t)TAUT_LANES * self->problem->permutation_n;
	uint64_t    *best_words = self->words_sent + words_of(self, job->groups);
	uint16_t    *best_positions = self->positions_sent + positions_of(self, job->groups);

	for (size_t g = 0; g < job->groups; g++) {
		const taut_machine_state *s = &job->state[g];

		if (n) {
			memcpy(self->words_sent + g * n, s->spins, n * sizeof *s->spins);
			memcpy(best_words + g * n, s->best_spins, n * sizeof *s->spins);
		}
		if (row) {
			memcpy(self->positions_sent + g * row, s->position, row * sizeof *s->position);
			memcpy(best_positions + g * row, s->best_position, row * sizeof *s->position);
		}
		for (size_t l = 0; l < TAUT_LANES; l++) {
			self->energies[g * 2 * TAUT_LANES + l] = s->energy[l];
			self->energies[(g * 2 + 1) * TAUT_LANES + l] = s->best_energy[l];
			self->rungs[g * 2 * TAUT_LANES + l] = s->rung[l];
			self->rungs[(g * 2 + 1) * TAUT_LANES + l] = 0;
		}
	}
}

static void read_states(const taut_opencl *self, taut_job *job)
{
	const size_t    n = self->problem->n;
	const size_t    row = (size_t)TAUT_LANES * self->problem->permutation_n;
	const uint64_t *best_words = self->words + words_of(self, job->groups);
	const uint16_t *best_positions = self->positions + positions_of(self, job->groups);

	for (uint32_t g = 0; g < job->groups; g++) {
		taut_machine_state *s = &job->state[g];
		const cl_uint      *rung = self->rungs + (size_t)g * 2 * TAUT_LANES;
		const uint32_t      rungs = job->launch.rungs;

		if (n) {
			memcpy(s->spins, self->words + g * n, n * sizeof *s->spins);
			memcpy(s->best_spins, best_words + g * n, n * sizeof *s->spins);
		}
		if (row) {
			memcpy(s->position, self->positions + g * row, row * sizeof *s->position);
			memcpy(s->best_position, best_positions + g * row, row * sizeof *s->position);
		}
		for (size_t l = 0; l < TAUT_LANES; l++) {
			s->energy[l] = self->energies[(size_t)g * 2 * TAUT_LANES + l];
			s->best_energy[l] = self->energies[((size_t)g * 2 + 1) * TAUT_LANES + l];
			s->rung[l] = (uint8_t)rung[l];
		}
		for (uint32_t l = 0; job->launch.mode == TAUT_MODE_PT && l < taut_job_ladders(job, g) * rungs; l++)
			job->accepted[l % rungs] += rung[TAUT_LANES + l];
	}
}

/* The device has these states from the launch before. */
static bool is_resident(const taut_opencl *self, const taut_job *job)
{
	const size_t words = 2 * words_of(self, job->groups);
	const size_t positions = 2 * positions_of(self, job->groups);

	return self->resident == job->groups && memcmp(self->words, self->words_sent, words * sizeof *self->words) == 0 &&
	       memcmp(self->positions, self->positions_sent, positions * sizeof *self->positions) == 0;
}

/* From a copy: a launch that hangs outlives the caller's. */
static taut_status send_table(taut_opencl *self, void **copy, size_t *capacity, taut_opencl_buffer which, const void *data,
                              uint64_t bytes, taut_error *err)
{
	void *grown = taut_grow(*copy, capacity, (size_t)bytes, 1, err);

	if (!grown)
		return TAUT_ENOMEM;
	*copy = grown;
	if (bytes)
		memcpy(grown, data, (size_t)bytes);
	return send(self, which, *copy, bytes, err);
}

static taut_status enqueue_all(taut_opencl *self, const taut_job *job, taut_error *err)
{
	const taut_machine_launch *l = &job->launch;
	const uint64_t             sweeps = l->sweep_end - l->sweep_begin;
	taut_opencl_program       *program = &self->program[l->mode];
	taut_status                st = send(self, BUFFER_LAUNCH, self->launch, LAUNCH_ITEMS * sizeof *self->launch, err);

	/* (m, s) as they lie in memory are m | s << 16: the host and all devices of OpenCL's embedded profile and of x86 and
	 * GPUs are little-endian */
	if (st == TAUT_OK)
		st = send_table(self, &self->table, &self->table_bytes, BUFFER_TABLE, l->temperature,
		                sweeps * l->temperature_width * sizeof *l->temperature, err);
	if (st == TAUT_OK)
		st = send_table(self, &self->jq, &self->jq_bytes, BUFFER_JQ, l->jq, l->mode == TAUT_MODE_SQA ? sweeps * sizeof *l->jq : 0,
		                err);
	if (st == TAUT_OK)
		st = send(self, BUFFER_ENERGIES, self->energies, (uint64_t)job->groups * 2 * TAUT_LANES * sizeof *self->energies, err);
	if (st == TAUT_OK)
		st = send(self, BUFFER_RUNGS, self->rungs, (uint64_t)job->groups * 2 * TAUT_LANES * sizeof *self->rungs, err);
	if (st == TAUT_OK && !is_resident(self, job))
		st = enqueue_start(self, program, job->groups, err);
	self->resident = 0;
	if (st == TAUT_OK)
		st = enqueue_anneal(self, program, job, err);
	if (st == TAUT_OK)
		st = enqueue_results(self, program, job->groups, err);
	return st;
}

static double visits_of(const taut_opencl *self, const taut_job *job)
{
	const double n = self->problem->permutation_n;

	return (double)(job->launch.sweep_end - job->launch.sweep_begin) * job->groups * (n > 0.0 ? n * n / 2.0 : self->problem->n + 1.0);
}

void taut_opencl_expect(taut_opencl *self, const taut_job *job)
{
	self->events.count = 0;
	self->expected_s = visits_of(self, job) * (self->update_s > 0.0 ? GENEROUS * self->update_s : UPDATE_S);
}

void taut_opencl_learn(taut_opencl *self, const taut_job *job, double spent_s)
{
	const double update_s = spent_s / visits_of(self, job);

	self->update_s = update_s > self->update_s ? update_s : self->update_s;
}

taut_status taut_opencl_start(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	taut_opencl *self = device;
	const double start_s = taut_clock_s();
	taut_status  st;

	(void)unit;
	taut_opencl_expect(self, job);
	write_launch(self, job);
	write_states(self, job);
	self->times.pack += taut_clock_s() - start_s;
	st = enqueue_all(self, job, err);
	if (st)
		taut_opencl_abandon(self);
	return st;
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
		const cl_int code = clGetEventInfo(self->events.event[k], CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL);

		if (code != CL_SUCCESS || status < 0)
			return taut_opencl_check(code != CL_SUCCESS ? code : status, "running on the device", err);
	}
	return TAUT_OK;
}

bool taut_opencl_idle(const taut_opencl *self)
{
	for (uint32_t k = 0; k < self->events.count; k++) {
		cl_int status = CL_QUEUED;

		if (clGetEventInfo(self->events.event[k], CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL) != CL_SUCCESS ||
		    status > CL_COMPLETE)
			return false;
	}
	return true;
}

/* Blocks until the last command is done. The clock is the host's: a device that hangs never says so. */
static taut_status await_end(taut_opencl *self, taut_error *err)
{
	const cl_event last = self->events.event[self->events.count - 1];
	const double   start_s = taut_clock_s();
	const double   limit_s = self->patience_s + self->expected_s;
	long           pause_ns = 20000;

	for (;;) {
		cl_int       status = CL_QUEUED;
		const cl_int code = clGetEventInfo(last, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, NULL);
		const struct timespec pause = {0, pause_ns};

		if (code != CL_SUCCESS || status < 0)
			return taut_opencl_check(code != CL_SUCCESS ? code : status, "running on the device", err);
		if (status == CL_COMPLETE)
			return check_all(self, err);
		if (taut_clock_s() - start_s > limit_s) {
			self->lost = true;
			return taut_fail(err, TAUT_EDEVICE,
			                 "OpenCL: a launch on '%s' has not ended after %.0f s: the device hangs or is shared; see its "
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

		if (clGetEventProfilingInfo(self->events.event[k], CL_PROFILING_COMMAND_START, sizeof begin, &begin, NULL) != CL_SUCCESS ||
		    clGetEventProfilingInfo(self->events.event[k], CL_PROFILING_COMMAND_END, sizeof end, &end, NULL) != CL_SUCCESS ||
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
	/* a command that failed is not the last one: what comes after it in the queue uses memory of the host */
	if (st)
		taut_opencl_abandon(self);
	release_events(self);
	return st;
}

taut_status taut_opencl_wait(void *device, uint32_t unit, taut_job *job, taut_error *err)
{
	taut_opencl *self = device;
	double       spent_s = 0.0;
	taut_status  st = taut_opencl_finish(self, &spent_s, err);
	double       start_s;

	(void)unit;
	if (st)
		return st;
	start_s = taut_clock_s();
	taut_opencl_learn(self, job, spent_s);
	read_states(self, job);
	self->resident = job->groups;
	self->times.pack += taut_clock_s() - start_s;
	return TAUT_OK;
}
