/* Before a launch: programs, and memory for states on both sides. */
#include <stdio.h>
#include <string.h>

#include "backend/opencl/inside.h"
#include "base/alloc.h"

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
	(void)snprintf(out, size,
	               "-cl-std=CL1.2 -DPER_ITEM=%u -DBITS=%u -DMODE=%d -DDENSE=%d -DGROUPED=%d "
	               "-DLANE_MAJOR=%d",
	               (unsigned)self->per_item, (unsigned)self->bits, (int)mode,
	               self->problem->dense != NULL, self->problem->group != NULL,
	               (self->device.type & CL_DEVICE_TYPE_CPU) != 0);
}

static taut_status build(taut_opencl *self, taut_opencl_program *p, taut_machine_mode mode,
                         taut_error *err)
{
	cl_int      code = CL_SUCCESS;
	taut_status st;

	write_options(p->options, sizeof p->options, self, mode);
	st = taut_opencl_build(&p->program, self->context, &self->device, self->source, p->options,
	                       err);
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

static taut_status hold_device(taut_opencl *self, uint32_t groups, taut_error *err)
{
	const taut_problem *p = self->problem;
	const uint64_t      lanes =
		(uint64_t)taut_opencl_words(self, groups) * TAUT_LANES * (self->bits / 8);
	const struct {
		taut_opencl_buffer which;
		uint64_t           bytes;
	} NEEDS[] = {
		{BUFFER_LAUNCH, TAUT_OPENCL_LAUNCH_ITEMS * sizeof(cl_ulong)},
		{BUFFER_WORDS, 2 * taut_opencl_words(self, groups) * sizeof(uint64_t)},
		{BUFFER_LANES, 2 * lanes},
		{BUFFER_FIELDS, p->permutation_n ? (uint64_t)taut_opencl_positions(self, groups) *
	                                                   p->permutation_n * 4
	                                         : lanes},
		{BUFFER_POSITIONS, 2 * taut_opencl_positions(self, groups) * sizeof(uint16_t)},
		{BUFFER_ENERGIES, (uint64_t)groups * 2 * TAUT_LANES * sizeof(int64_t)},
		{BUFFER_RUNGS, (uint64_t)groups * 2 * TAUT_LANES * sizeof(cl_uint)},
		{BUFFER_CURRENT, (uint64_t)groups * p->n_groups * TAUT_LANES * sizeof(cl_uint)},
	};

	for (size_t k = 0; k < sizeof NEEDS / sizeof NEEDS[0]; k++) {
		const taut_status st =
			taut_opencl_reserve(self, NEEDS[k].which, NEEDS[k].bytes, err);

		if (st)
			return st;
	}
	return TAUT_OK;
}

taut_status taut_opencl_hold(taut_opencl *self, uint32_t groups, taut_error *err)
{
	const size_t words = 2 * taut_opencl_words(self, groups);
	const size_t positions = 2 * taut_opencl_positions(self, groups);

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
	self->launch = taut_alloc(TAUT_OPENCL_LAUNCH_ITEMS, sizeof *self->launch, err);
	if (!self->launch)
		return TAUT_ENOMEM;
	self->groups = groups;
	return hold_device(self, groups, err);
}
