/* Launches on the device: states to it and back. */
#include <string.h>

#include "backend/opencl/inside.h"
#include "base/alloc.h"
#include "base/clock.h"

/* Items of the launch header (hls/opencl/machine.cl). */
enum { RULE, SEED, GROUP, BEGIN, END, COUNT, TRACK, WIDTH, RUNGS, FRACTION, RING, EXCHANGE = 16 };

/* Commands. */

static taut_status send(taut_opencl *self, taut_opencl_buffer which, const void *data,
                        uint64_t bytes, taut_error *err)
{
	taut_status st = taut_opencl_reserve(self, which, bytes, err);
	cl_event   *event;

	if (st || bytes == 0)
		return st;
	event = taut_opencl_next_event(self, true);
	st = taut_opencl_check(clEnqueueWriteBuffer(self->queue, self->buffer[which], CL_FALSE, 0,
	                                            (size_t)bytes, data, 0, NULL, event),
	                       "sending to the device", err);
	self->events.count -= st != TAUT_OK;
	return st;
}

static taut_status receive(taut_opencl *self, void *data, taut_opencl_buffer which, uint64_t bytes,
                           taut_error *err)
{
	cl_event   *event;
	taut_status st;

	if (bytes == 0)
		return TAUT_OK;
	event = taut_opencl_next_event(self, true);
	st = taut_opencl_check(clEnqueueReadBuffer(self->queue, self->buffer[which], CL_FALSE, 0,
	                                           (size_t)bytes, data, 0, NULL, event),
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

/* items is rounded up to whole work-groups: kernels but anneal look at their count. One size of
 * groups for all, since some compilers (PoCL) build a kernel anew for every other one. */
static taut_status enqueue(taut_opencl *self, arguments *a, size_t items, size_t local,
                           taut_error *err)
{
	cl_event   *event;
	size_t      whole = (items + local - 1) / local * local;
	taut_status st = taut_opencl_check(a->code, "passing arguments", err);

	if (st || items == 0)
		return st;
	event = taut_opencl_next_event(self, false);
	st = taut_opencl_check(clEnqueueNDRangeKernel(self->queue, a->kernel, 1, NULL, &whole,
	                                              &local, 0, NULL, event),
	                       "starting a kernel", err);
	self->events.count -= st != TAUT_OK;
	return st;
}

/* The states of the job as the device has them. */
static taut_status enqueue_start(taut_opencl *self, const taut_opencl_program *program,
                                 uint32_t groups, taut_error *err)
{
	const taut_problem *p = self->problem;
	const size_t        words = taut_opencl_words(self, groups);
	const size_t        blocks = TAUT_LANES / self->per_item;
	arguments           unpack = {self, program->kernel[KERNEL_UNPACK], 0, CL_SUCCESS};
	arguments           start = {self, program->kernel[KERNEL_START], 0, CL_SUCCESS};
	taut_status         st;

	if (p->permutation_n) {
		st = send(self, BUFFER_POSITIONS, self->positions_sent,
		          2 * taut_opencl_positions(self, groups) * sizeof(uint16_t), err);
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

static taut_status enqueue_anneal(taut_opencl *self, const taut_opencl_program *program,
                                  const taut_job *job, taut_error *err)
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

static taut_status enqueue_results(taut_opencl *self, const taut_opencl_program *program,
                                   uint32_t groups, taut_error *err)
{
	const size_t words = 2 * taut_opencl_words(self, groups);
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
		st = receive(self, self->positions, BUFFER_POSITIONS,
		             2 * taut_opencl_positions(self, groups) * sizeof(uint16_t), err);
	if (st == TAUT_OK)
		st = receive(self, self->energies, BUFFER_ENERGIES,
		             (uint64_t)groups * 2 * TAUT_LANES * sizeof(int64_t), err);
	if (st == TAUT_OK)
		st = receive(self, self->rungs, BUFFER_RUNGS,
		             (uint64_t)groups * 2 * TAUT_LANES * sizeof(cl_uint), err);
	if (st == TAUT_OK)
		st = taut_opencl_check(clFlush(self->queue), "starting", err);
	return st;
}

/* Host's side. */

static void write_launch(taut_opencl *self, const taut_job *job)
{
	const taut_machine_launch *l = &job->launch;
	cl_ulong                  *out = self->launch;

	memset(out, 0, TAUT_OPENCL_LAUNCH_ITEMS * sizeof *out);
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
	uint64_t    *best_words = self->words_sent + taut_opencl_words(self, job->groups);
	uint16_t *best_positions = self->positions_sent + taut_opencl_positions(self, job->groups);

	for (size_t g = 0; g < job->groups; g++) {
		const taut_machine_state *s = &job->state[g];

		if (n) {
			memcpy(self->words_sent + g * n, s->spins, n * sizeof *s->spins);
			memcpy(best_words + g * n, s->best_spins, n * sizeof *s->spins);
		}
		if (row) {
			memcpy(self->positions_sent + g * row, s->position,
			       row * sizeof *s->position);
			memcpy(best_positions + g * row, s->best_position,
			       row * sizeof *s->position);
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
	const uint64_t *best_words = self->words + taut_opencl_words(self, job->groups);
	const uint16_t *best_positions = self->positions + taut_opencl_positions(self, job->groups);

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
			memcpy(s->best_position, best_positions + g * row,
			       row * sizeof *s->position);
		}
		for (size_t l = 0; l < TAUT_LANES; l++) {
			s->energy[l] = self->energies[(size_t)g * 2 * TAUT_LANES + l];
			s->best_energy[l] = self->energies[((size_t)g * 2 + 1) * TAUT_LANES + l];
			s->rung[l] = (uint8_t)rung[l];
		}
		for (uint32_t l = 0;
		     job->launch.mode == TAUT_MODE_PT && l < taut_job_ladders(job, g) * rungs; l++)
			job->accepted[l % rungs] += rung[TAUT_LANES + l];
	}
}

/* The device has these states from the launch before. */
static bool is_resident(const taut_opencl *self, const taut_job *job)
{
	const size_t words = 2 * taut_opencl_words(self, job->groups);
	const size_t positions = 2 * taut_opencl_positions(self, job->groups);

	return self->resident == job->groups &&
	       memcmp(self->words, self->words_sent, words * sizeof *self->words) == 0 &&
	       memcmp(self->positions, self->positions_sent, positions * sizeof *self->positions) ==
	               0;
}

/* From a copy: a launch that hangs outlives the caller's. */
static taut_status send_table(taut_opencl *self, void **copy, size_t *capacity,
                              taut_opencl_buffer which, const void *data, uint64_t bytes,
                              taut_error *err)
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
	taut_status                st = send(self, BUFFER_LAUNCH, self->launch,
	                                     TAUT_OPENCL_LAUNCH_ITEMS * sizeof *self->launch, err);

	/* (m, s) as they lie in memory are m | s << 16: the host and all devices of OpenCL's
	 * embedded profile and of x86 and GPUs are little-endian */
	if (st == TAUT_OK)
		st = send_table(self, &self->table, &self->table_bytes, BUFFER_TABLE,
		                l->temperature,
		                sweeps * l->temperature_width * sizeof *l->temperature, err);
	if (st == TAUT_OK)
		st = send_table(self, &self->jq, &self->jq_bytes, BUFFER_JQ, l->jq,
		                l->mode == TAUT_MODE_SQA ? sweeps * sizeof *l->jq : 0, err);
	if (st == TAUT_OK)
		st = send(self, BUFFER_ENERGIES, self->energies,
		          (uint64_t)job->groups * 2 * TAUT_LANES * sizeof *self->energies, err);
	if (st == TAUT_OK)
		st = send(self, BUFFER_RUNGS, self->rungs,
		          (uint64_t)job->groups * 2 * TAUT_LANES * sizeof *self->rungs, err);
	if (st == TAUT_OK && !is_resident(self, job))
		st = enqueue_start(self, program, job->groups, err);
	self->resident = 0;
	if (st == TAUT_OK)
		st = enqueue_anneal(self, program, job, err);
	if (st == TAUT_OK)
		st = enqueue_results(self, program, job->groups, err);
	return st;
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
